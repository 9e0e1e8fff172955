//! A real gateway on loopback, between a scripted provider and real HTTP clients.

#![allow(
    clippy::disallowed_methods,
    reason = "a test of a whole gateway has a real clock and real chance"
)]

mod access;
mod bypass;
mod certificates;
mod checkpoints;
mod destruction;
mod es256;
mod escrow;
mod follow;
mod journal;
mod money;
mod policy;
mod purposes;
mod quota;
mod streams;
mod supplied;
mod volume;
mod world;

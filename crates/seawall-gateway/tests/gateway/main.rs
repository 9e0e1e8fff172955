//! A real gateway on loopback, between a scripted provider and real HTTP clients.

mod access;
mod journal;
mod quota;
mod streams;
mod world;

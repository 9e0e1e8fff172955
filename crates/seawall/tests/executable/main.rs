//! The executable as people run it: real processes, a real sandbox, real databases, real kills.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]
#![allow(clippy::disallowed_methods, reason = "these tests stand outside, where time is real")]

mod arguments;
mod borne_out;
mod clones;
mod coding;
mod corpus;
mod corridor;
mod determination;
mod elicitation;
mod escrow;
mod evaluation;
mod example;
mod exposure;
mod folder;
mod framework;
mod gateway;
mod house;
mod inspect;
mod kill;
mod laboratory;
mod matching;
mod practice;
mod recipes;
mod reverify;
mod running;
mod schema;
mod seeded;
mod stack;
mod statistics;
mod transcripts;
mod truth;
mod update;
mod web;
mod words;
mod workers;

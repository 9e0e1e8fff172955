//! An evaluation: a battery of tasks tried by a model, and what the log of it is evidence of.
//!
//! The rules are here and nothing else: which class an attempt has, what its scores add up to, what
//! makes two runs comparable. Logs are read in `formats`, and nothing that a log says of itself as
//! a whole is taken over: everything is computed from its attempts (MISSION C51, C52).

pub mod allowance;
pub mod attempt;
pub mod battery;
pub mod classify;
pub mod conditions;
pub mod decimal;
pub mod decision;
pub mod declined;
pub mod determination;
pub mod docket;
pub mod elicitation;
pub mod finding;
pub mod flag;
pub mod log;
pub mod metric;
pub mod protocol;
pub mod recheck;
pub mod reducer;
pub mod report;
pub mod review;
pub mod run;
pub mod sealing;
pub mod statistics;
pub mod tally;
pub mod token;
pub mod value;

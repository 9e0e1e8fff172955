//! The use-cases together: stories in worlds with a clock that is set and jobs that run until
//! nothing is left to do. Each runs on every database that the machine offers.

#![allow(clippy::unwrap_used)]

mod stories {
    mod coordination;
    mod framework;
    mod intake;
    mod operators;
    mod outside;
    mod publication;
    mod secrecy;
    mod tampering;
    mod work;
}

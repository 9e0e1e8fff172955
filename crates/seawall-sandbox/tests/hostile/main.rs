//! The hostile suite: small programs that try to leave, to look, to harm or to fill, each in a
//! sandbox of its own.
//!
//! A program says `held` when every door was shut and `through` with what let it; those that only
//! take and take are ended by a limit. After each, the host is as it was, nothing was heard by its
//! listeners, nothing of it runs, and the laboratory goes on. Works as root and as an ordinary
//! user, on loopback alone, and takes well under a minute.

mod doors;
mod filling;
mod host;
mod leaving;
mod outputs;
mod stage;

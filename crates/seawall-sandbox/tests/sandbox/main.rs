//! The laboratory against packages that the tests make themselves: verdicts, hostility, the wall.
//! Works as root and as an ordinary user; no network, no registry.

mod hostile;
mod microvm;
mod process;
mod releases;
mod tools;
mod verdicts;
mod world;

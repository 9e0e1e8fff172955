//! The laboratory against packages that the tests make themselves: verdicts, hostility, the wall.
//! Works as root and as an ordinary user; no network, no registry.

mod hostile;
mod microvm;
mod oracles;
mod patches;
mod probing;
mod process;
mod releases;
mod tools;
mod verdicts;
mod world;

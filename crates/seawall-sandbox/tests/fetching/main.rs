//! Fetching from registries that the tests make themselves, honest and hostile: every client works
//! in a sandbox, nothing of a package runs, and nothing is written but the cache. No network
//! beyond the loopback of this host; what needs a client that is not installed is skipped by name.

mod apt;
mod git;
mod go;
mod images;
mod maven;
mod network;
mod npm;
mod pip;
mod world;

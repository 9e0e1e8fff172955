//! A gateway by the executable: its journal's checkpoints with those who keep them, the provider's
//! key with leases, a disk without room, a later end without a clearinghouse, kills in the middle
//! of many requests, memory that no swap gets, and unusual volume.

mod end;
mod key;
mod kill;
mod memory;
mod place;
mod room;
mod volume;
mod witness;

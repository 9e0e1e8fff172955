//! A gateway by the executable: its journal's checkpoints with those who keep them, the provider's
//! key with leases, a disk without room, and a later end without a clearinghouse.

mod end;
mod key;
mod place;
mod room;
mod witness;

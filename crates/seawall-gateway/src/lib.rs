//! The gateway to a model before its release: who may ask, for what, how much, and until when.
//!
//! It stands on the developer's side or on the clearinghouse's. It forwards requests byte by byte
//! while a lease that the developer signed is fresh, and is closed otherwise: without a lease, when
//! the developer withdraws, when the window ends, when the clock goes back, when its journal cannot
//! be written (FRONTIER 4.3, F30-F38). It knows no database, no case and no party's data, and it
//! never writes down what was asked or answered, but encrypted to both sides where both signed.

pub mod attach;
mod body;
pub mod checkpoints;
pub mod control;
pub mod credential;
pub mod destruction;
pub mod escrow;
mod followed;
mod forward;
mod gateway;
pub mod journal;
pub mod kept;
mod listen;
mod off;
mod policy;
mod problem;
pub mod purposes;
pub mod record;
mod replay;
mod secrets;
pub mod settings;
pub mod tally;
pub mod tls;
mod together;
mod upstream;
pub mod usage;
mod volume;

pub use gateway::{Gateway, GatewayFault};
pub use listen::serve;
pub use off::LIST_SECONDS_MAX;
pub use replay::{Summary, Unbelieved, verify};
pub use upstream::supplied::{Unsupplied, supply};

use seawall_domain::time::Timestamp;
use std::sync::Arc;

/// Tells the time, or that nobody knows it.
pub type Clock = Arc<dyn Fn() -> Option<Timestamp> + Send + Sync>;

/// Makes 32 random bytes; randomness comes from the caller.
pub type Chance = Arc<dyn Fn() -> [u8; 32] + Send + Sync>;

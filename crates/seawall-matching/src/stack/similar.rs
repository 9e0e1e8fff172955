//! How alike two stacks are.
//!
//! The measure is the position-dependent model of ReBucket (Dang and others, ICSE 2012): frames
//! that two stacks have in common, in the same order, count the more the nearer they are to the
//! crash and the less their places in the two stacks differ.

use super::noise;
use seawall_domain::crash::{Crash, Frame};

/// The most frames of a stack that are compared; what is further out is in every run.
const FRAMES_COMPARED_MAX: usize = 32;

/// How fast a frame loses weight with its distance from the crash.
const DEPTH_LOSS: f64 = 0.3;

/// How fast a pair loses weight with the difference of its places.
const SHIFT_LOSS: f64 = 0.2;

/// From this likeness on two stacks are of one crash.
pub const SAME_MIN: f64 = 0.7;

/// What of a stack is compared: its functions, innermost first, without noise.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Signature(Vec<String>);

impl Signature {
    /// The signature of a crash.
    pub fn of(crash: &Crash) -> Signature {
        Signature::of_frames(&crash.frames)
    }

    /// The signature of a stack.
    pub fn of_frames(frames: &[Frame]) -> Signature {
        let names = frames.iter().filter_map(name).take(FRAMES_COMPARED_MAX);
        Signature(names.collect())
    }
}

/// The function of a frame, as every tool would name it.
fn name(frame: &Frame) -> Option<String> {
    let function = frame.function.as_deref()?;
    let name = super::plain(function, frame.notation);
    let silent = name.is_empty() || noise::is_noise(frame, &name);
    (!silent).then_some(name)
}

/// How alike two stacks are, from 0 to 1; two that say nothing are not alike.
pub fn similarity(a: &Signature, b: &Signature) -> f64 {
    let (a, b) = (&a.0, &b.0);
    let shorter = a.len().min(b.len());
    if shorter == 0 {
        return 0.0;
    }
    if a == b {
        return 1.0;
    }
    // The best common part up to each pair of places, one row of the table at a time.
    let mut above = vec![0.0_f64; b.len() + 1];
    for (i, of_a) in a.iter().enumerate() {
        let mut row = vec![0.0_f64];
        for (j, of_b) in b.iter().enumerate() {
            let before = above.get(j).copied().unwrap_or_default();
            let up = above.get(j + 1).copied().unwrap_or_default();
            let left = row.last().copied().unwrap_or_default();
            let both = if of_a == of_b { before + weight(i, j) } else { 0.0 };
            row.push(both.max(up).max(left));
        }
        above = row;
    }
    let best = above.last().copied().unwrap_or_default();
    let most: f64 = (0..shorter).map(|place| weight(place, place)).sum();
    best / most
}

/// What a common frame counts at two places.
fn weight(i: usize, j: usize) -> f64 {
    let depth = u32::try_from(i.min(j)).unwrap_or(u32::MAX);
    let shift = u32::try_from(i.abs_diff(j)).unwrap_or(u32::MAX);
    (-DEPTH_LOSS * f64::from(depth) - SHIFT_LOSS * f64::from(shift)).exp()
}

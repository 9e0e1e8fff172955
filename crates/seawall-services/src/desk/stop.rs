//! A sign that work is to stop: thrown once, heard by whatever works.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The sign of one piece of work; its copies are one sign.
#[derive(Clone, Default)]
pub struct Stop(Arc<Mutex<Signal>>);

#[derive(Default)]
struct Signal {
    thrown: bool,
    next: u64,
    ends: BTreeMap<u64, Box<dyn FnOnce() + Send>>,
}

impl Stop {
    /// Throws it: whatever works under it is ended, and nothing begins any more.
    pub fn throw(&self) {
        let mut signal = self.signal();
        signal.thrown = true;
        // Under the lock: whoever is done meanwhile waits, so that nothing else is ended instead.
        std::mem::take(&mut signal.ends).into_values().for_each(|end| end());
    }

    /// Whether it was thrown.
    pub fn is_thrown(&self) -> bool {
        self.signal().thrown
    }

    /// Does some work, which `end` makes end early, and quickly; nothing when it was thrown before.
    pub fn during<T>(
        &self,
        end: impl FnOnce() + Send + 'static,
        work: impl FnOnce() -> T,
    ) -> Option<T> {
        let number = {
            let mut signal = self.signal();
            if signal.thrown {
                return None;
            }
            signal.next += 1;
            let number = signal.next;
            signal.ends.insert(number, Box::new(end));
            number
        };
        let done = work();
        self.signal().ends.remove(&number);
        Some(done)
    }

    fn signal(&self) -> MutexGuard<'_, Signal> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_thrown() { "Stop(thrown)" } else { "Stop" })
    }
}

#[cfg(test)]
mod tests {
    use super::Stop;
    use std::sync::mpsc;

    #[test]
    fn what_works_is_ended_and_nothing_begins_any_more() {
        let stop = Stop::default();
        assert_eq!(stop.during(|| panic!("it is over"), || 7), Some(7));
        let (end, ended) = mpsc::channel();
        let thrower = stop.clone();
        let done = stop.during(
            move || end.send(()).unwrap_or_default(),
            || {
                std::thread::spawn(move || thrower.throw());
                ended.recv().is_ok()
            },
        );
        assert_eq!(done, Some(true));
        assert!(stop.is_thrown());
        assert_eq!(stop.during(|| {}, || 7), None);
    }
}

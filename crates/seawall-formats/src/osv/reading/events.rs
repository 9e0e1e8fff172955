//! The events of one range as intervals, and those of a repository as commits.

use super::raw::{Event, Range};
use crate::json::typed::Text;
use seawall_domain::package::Version;
use seawall_domain::range::Interval;
use seawall_domain::record::CommitRange;

/// How many events one range may have; those of kernels have some 200.
const EVENTS_MAX: usize = 10_000;

/// The longest version in an event, in bytes; real ones stay below 100.
const VERSION_BYTES_MAX: usize = 512;

/// Where the affected versions end.
#[derive(Clone)]
enum End {
    Fixed(Version),
    Last(Version),
}

fn interval(start: &Version, end: Option<End>) -> Interval {
    let (fixed, last_affected) = match end {
        Some(End::Fixed(version)) => (Some(version), None),
        Some(End::Last(version)) => (None, Some(version)),
        None => (None, None),
    };
    let introduced = Some(start.clone()).filter(|version| version.0 != "0");
    Interval { introduced, fixed, last_affected }
}

/// Pairs the events of a range in the order given: each end goes with the start before it, or with
/// the first one when there is none before; a start that no end follows stays open. Every event is
/// in at least one interval, unless the range has no start at all: then nothing is affected.
pub(super) fn intervals(events: &[Event<'_>]) -> Result<Vec<Interval>, String> {
    if events.len() > EVENTS_MAX {
        return Err(format!("there are more than {EVENTS_MAX} events"));
    }
    let texts = |event: &Event<'_>| {
        let texts = [&event.introduced, &event.fixed, &event.last_affected, &event.limit];
        texts.into_iter().filter_map(Text::get).map(str::len).max()
    };
    if events.iter().filter_map(texts).any(|length| length > VERSION_BYTES_MAX) {
        return Err(format!("a version is longer than {VERSION_BYTES_MAX} bytes"));
    }
    let mut intervals = Vec::new();
    let mut early: Vec<End> = Vec::new();
    let mut start: Option<(Version, bool)> = None;
    for event in events {
        if let Some(from) = event.introduced.get() {
            if let Some((earlier, false)) = start.take() {
                intervals.push(interval(&earlier, None));
            }
            let from = Version::from(from);
            intervals.extend(early.drain(..).map(|end| interval(&from, Some(end))));
            start = Some((from, false));
        }
        let limit = event.limit.get().filter(|limit| *limit != "*");
        let ends = [
            event.fixed.get().map(|text| End::Fixed(Version::from(text))),
            event.last_affected.get().map(|text| End::Last(Version::from(text))),
            limit.map(|text| End::Fixed(Version::from(text))),
        ];
        for end in ends.into_iter().flatten() {
            match &mut start {
                Some((from, ended)) => {
                    intervals.push(interval(from, Some(end)));
                    *ended = true;
                }
                None => early.push(end),
            }
        }
    }
    if let Some((from, false)) = start {
        intervals.push(interval(&from, None));
    }
    Ok(intervals)
}

/// The commits of a range. The start `0` alone, which is the first commit, is an empty list.
pub(super) fn commits(range: &Range<'_>) -> CommitRange {
    let of = |field: fn(&Event<'_>) -> Option<String>| -> Vec<String> {
        range.events.0.iter().filter_map(field).collect()
    };
    let mut introduced = of(|event| event.introduced.get().map(str::to_owned));
    if introduced.iter().all(|commit| commit == "0") {
        introduced.clear();
    }
    CommitRange {
        repository: range.repo.get().unwrap_or_default().to_owned(),
        introduced,
        fixed: of(|event| event.fixed.get().map(str::to_owned)),
        last_affected: of(|event| event.last_affected.get().map(str::to_owned)),
    }
}

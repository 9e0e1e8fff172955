//! The six targets of the demo, and random catalogues, against full scans.

use super::*;
use proptest::prelude::*;

/// Reads `1.2.0-3` as 1.2.0, 1.2.1, 1.2.2, 1.2.3, and any other word as itself.
fn releases(text: &str) -> Vec<Version> {
    let mut releases = Vec::new();
    for word in text.split_whitespace() {
        let Some((stem, first, last)) = word.rsplit_once('.').and_then(|(stem, span)| {
            let (first, last) = span.split_once('-')?;
            Some((stem, first.parse::<u32>().ok()?, last.parse::<u32>().ok()?))
        }) else {
            releases.push(word.into());
            continue;
        };
        releases.extend((first..=last).map(|patch| Version(format!("{stem}.{patch}"))));
    }
    releases
}

/// What running each release of a catalogue would show.
struct World {
    ecosystem: Ecosystem,
    outcomes: Vec<Tested>,
}

impl World {
    /// Reads lines of `outcome: releases`.
    fn new(ecosystem: Ecosystem, table: &str) -> Self {
        let mut outcomes = Vec::new();
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (outcome, text) = line.split_once(':').unwrap();
            let outcome = match outcome {
                "affected" => Outcome::Affected,
                "unaffected" => Outcome::Unaffected,
                "untested" => Outcome::Untested,
                other => panic!("unknown outcome {other}"),
            };
            let tested = |version| Tested { version, outcome };
            outcomes.extend(releases(text).into_iter().map(tested));
        }
        World { ecosystem, outcomes }
    }

    fn catalogue(&self) -> Vec<Version> {
        self.outcomes.iter().map(|tested| tested.version.clone()).collect()
    }

    fn run(&self, version: &Version) -> Tested {
        self.outcomes.iter().find(|tested| tested.version == *version).unwrap().clone()
    }

    /// Runs what the planner asks for until it asks for nothing; no release is asked for twice.
    fn finish(&self, history: &mut History, width: usize) -> usize {
        let mut probes = 0;
        loop {
            let next = history.next(width);
            assert!(next.len() <= width);
            if next.is_empty() {
                return probes;
            }
            for version in next {
                assert!(history.tested().iter().all(|tested| tested.version != version));
                probes += 1;
                history.record(self.run(&version));
            }
        }
    }

    fn plan(&self, claimed: &str, width: usize) -> (History, usize) {
        let mut history =
            History::new(self.ecosystem.clone(), self.catalogue(), claimed.into(), &[]);
        let probes = self.finish(&mut history, width);
        (history, probes)
    }

    fn scan(&self) -> Vec<Interval> {
        let mut history = History::full(self.ecosystem.clone(), self.catalogue(), "0".into(), &[]);
        assert_eq!(self.finish(&mut history, 7), self.outcomes.len());
        history.ranges()
    }
}

fn write(intervals: &[Interval]) -> String {
    intervals.iter().map(Interval::to_string).collect::<Vec<_>>().join("; ")
}

/// The planner finds `expected`, as the full scan does, for widths 1 to 4, for the catalogue in
/// another order, and when stopped half-way and started again.
fn check(name: &str, world: &World, claimed: &str, expected: &str) {
    assert_eq!(write(&world.scan()), expected, "{name}: full scan");
    for width in 1..=4 {
        let (history, probes) = world.plan(claimed, width);
        assert_eq!(write(&history.ranges()), expected, "{name}: width {width}");
        println!("{name}: {probes} of {} releases run, width {width}", world.outcomes.len());

        let mut turned = world.catalogue();
        turned.reverse();
        let mut other = History::new(world.ecosystem.clone(), turned, claimed.into(), &[]);
        world.finish(&mut other, width);
        assert_eq!(other.tested(), history.tested(), "{name}: order of the catalogue");

        let mut half =
            History::new(world.ecosystem.clone(), world.catalogue(), claimed.into(), &[]);
        for version in half.next(probes / 2) {
            half.record(world.run(&version));
        }
        let mut known = half.tested();
        known.reverse();
        let mut resumed =
            History::new(world.ecosystem.clone(), world.catalogue(), claimed.into(), &known);
        assert_eq!(resumed.next(width), half.next(width), "{name}: resumed");
        world.finish(&mut resumed, width);
        assert_eq!(write(&resumed.ranges()), expected, "{name}: resumed");
    }
}

#[test]
fn sqlparse_has_a_lower_bound() {
    let world = World::new(
        Ecosystem::PyPi,
        "untested: 0.1.0-19
         unaffected: 0.2.0-4 0.3.0-1
         affected: 0.4.0-1
         unaffected: 0.4.2-4 0.5.0-5 0.6.0-1",
    );
    check("sqlparse", &world, "0.4.1", "from 0.4.0 until fixed in 0.4.2");
    check("sqlparse, other claim", &world, "0.4.0", "from 0.4.0 until fixed in 0.4.2");
}

#[test]
fn ini_was_affected_from_the_first_release() {
    let world = World::new(
        Ecosystem::Npm,
        "affected: 1.0.0-5 1.1.0 1.2.0-1 1.3.0-5
         unaffected: 1.3.6-8 2.0.0 3.0.0-1 4.0.0 4.1.0-3 5.0.0 6.0.0 7.0.0",
    );
    check("ini", &world, "1.3.5", "from the first release until fixed in 1.3.6");
}

const TAR_OLD: &str = "untested: 0.0.2-5 0.1.0-8 0.2.0-12";

#[test]
fn tar_has_an_older_flaw_below_this_one() {
    let world = World::new(
        Ecosystem::CratesIo,
        &format!(
            "{TAR_OLD}
             unaffected: 0.2.13-14 0.3.0-4 0.4.0 0.4.2-9
             affected: 0.4.10-35
             unaffected: 0.4.36-46"
        ),
    );
    check("tar", &world, "0.4.35", "from 0.4.10 until fixed in 0.4.36");
}

#[test]
fn tar_by_the_weaker_oracle_has_a_hole_of_one_release() {
    let world = World::new(
        Ecosystem::CratesIo,
        &format!(
            "{TAR_OLD}
             unaffected: 0.2.13-14 0.3.0-2
             affected: 0.3.3-4 0.4.0 0.4.2-8
             unaffected: 0.4.9
             affected: 0.4.10-35
             unaffected: 0.4.36-46"
        ),
    );
    let expected = "from 0.3.3 until fixed in 0.4.9; from 0.4.10 until fixed in 0.4.36";
    check("tar, weaker oracle", &world, "0.4.10", expected);
}

#[test]
fn a_short_island_far_from_claim_and_fix_may_be_missed() {
    let table = "affected: 1.0.0-21\nunaffected: 1.0.22\naffected: 1.0.23-60";
    let world = World::new(Ecosystem::Npm, table);
    let full = "from the first release until fixed in 1.0.22; from 1.0.23 up to 1.0.60, no fix yet";
    assert_eq!(write(&world.scan()), full);
    // What is found then is one interval with all affected releases, and one too many.
    let (history, _) = world.plan("1.0.60", 1);
    assert_eq!(write(&history.ranges()), "from the first release up to 1.0.60, no fix yet");
    check("the same, claimed beside it", &world, "1.0.23", full);
}

const LIBZ: &str = "untested: 0.1.0-2
                    affected: 0.1.4-9 1.0.0-25 1.1.0-8";

#[test]
fn libz_sys_lost_its_fix_for_four_releases() {
    let expected = "from 0.1.4 until fixed in 1.1.9; from 1.1.10 until fixed in 1.1.14";
    let world = World::new(
        Ecosystem::CratesIo,
        &format!(
            "{LIBZ}
             unaffected: 1.1.9
             affected: 1.1.10-13
             unaffected: 1.1.14-31"
        ),
    );
    for claimed in ["1.1.8", "1.0.0", "0.1.4", "1.1.13", "1.1.2"] {
        check(&format!("libz-sys from {claimed}"), &world, claimed, expected);
    }
}

#[test]
fn libz_sys_is_replayed_release_by_release() {
    let story = [
        ("", "from 0.1.4 up to 1.1.8, no fix yet"),
        ("unaffected: 1.1.9", "from 0.1.4 until fixed in 1.1.9"),
        (
            "unaffected: 1.1.9\naffected: 1.1.10-13",
            "from 0.1.4 until fixed in 1.1.9; from 1.1.10 up to 1.1.13, no fix yet",
        ),
        (
            "unaffected: 1.1.9\naffected: 1.1.10-13\nunaffected: 1.1.14-31",
            "from 0.1.4 until fixed in 1.1.9; from 1.1.10 until fixed in 1.1.14",
        ),
    ];
    let mut known = Vec::new();
    for (later, expected) in story {
        let world = World::new(Ecosystem::CratesIo, &format!("{LIBZ}\n{later}"));
        check("libz-sys, as far as visible", &world, "1.1.8", expected);
        let catalogue = world.catalogue();
        let mut history = History::new(world.ecosystem.clone(), catalogue, "1.1.8".into(), &known);
        world.finish(&mut history, 2);
        assert_eq!(write(&history.ranges()), expected, "with what was known");
        known = history.tested();
    }
}

#[test]
fn what_is_visible_in_the_story_costs_few_runs() {
    use Ecosystem::{CratesIo, Npm, PyPi};
    let tar =
        format!("{TAR_OLD}\nunaffected: 0.2.13-14 0.3.0-4 0.4.0 0.4.2-9\naffected: 0.4.10-35");
    for (name, ecosystem, table, claimed, expected, runs_max) in [
        (
            "sqlparse",
            PyPi,
            "untested: 0.1.0-19\nunaffected: 0.2.0-4 0.3.0-1\naffected: 0.4.0-1",
            "0.4.1",
            "from 0.4.0 up to 0.4.1, no fix yet",
            14,
        ),
        (
            "ini",
            Npm,
            "affected: 1.0.0-5 1.1.0 1.2.0-1 1.3.0-5",
            "1.3.5",
            "from the first release up to 1.3.5, no fix yet",
            8,
        ),
        ("tar", CratesIo, &tar, "0.4.35", "from 0.4.10 up to 0.4.35, no fix yet", 38),
        ("libz-sys", CratesIo, LIBZ, "1.1.8", "from 0.1.4 up to 1.1.8, no fix yet", 16),
        (
            "minimist",
            Npm,
            "affected: 0.0.0-10 0.1.0 0.2.0-2\nunaffected: 0.2.3-4\n\
             affected: 1.0.0 1.1.0-3 1.2.0-5\nunaffected: 1.2.6",
            "1.2.5",
            "from the first release until fixed in 0.2.3; from 1.0.0 until fixed in 1.2.6",
            25,
        ),
    ] {
        let world = World::new(ecosystem, table);
        check(&format!("{name}, as visible"), &world, claimed, expected);
        let (_, runs) = world.plan(claimed, 2);
        assert!(runs <= runs_max, "{name}: {runs} runs");
    }
}

#[test]
fn urllib3_cannot_be_run_before_1_23() {
    let untested = "untested: 1.11 1.12 1.13 1.13.1 1.14 1.15 1.15.1 1.16 1.17 1.18 1.18.1 1.19 \
                    1.19.1 1.20 1.21 1.21.1 1.22";
    let below = "unaffected: 1.23 1.24 1.24.1-3 1.25.2-3";
    let world = World::new(
        Ecosystem::PyPi,
        &format!(
            "{untested}
             {below}
             affected: 1.25.4-11 1.26.0-4
             unaffected: 1.26.5-20 2.0.2-7 2.1.0 2.2.0-3 2.3.0 2.4.0 2.5.0 2.6.0-3 2.7.0 2.8.0"
        ),
    );
    check("urllib3", &world, "1.26.4", "from 1.25.4 until fixed in 1.26.5");
    let world =
        World::new(Ecosystem::PyPi, &format!("{untested}\n{below}\naffected: 1.25.4-11 1.26.0-4"));
    check("urllib3, then", &world, "1.26.4", "from 1.25.4 up to 1.26.4, no fix yet");
}

#[test]
fn minimist_was_fixed_in_an_older_line_as_well() {
    let world = World::new(
        Ecosystem::Npm,
        "affected: 0.0.0-10 0.1.0 0.2.0-2
         unaffected: 0.2.3-4
         affected: 1.0.0 1.1.0-3 1.2.0-5
         unaffected: 1.2.6-8",
    );
    let expected = "from the first release until fixed in 0.2.3; from 1.0.0 until fixed in 1.2.6";
    check("minimist", &world, "1.2.5", expected);
}

#[test]
fn untested_releases_prove_nothing() {
    for (table, expected) in [
        // Nothing below 1.0.1 could be run: the first seen affected is named, not the beginning.
        (
            "untested: 1.0.0\naffected: 1.0.1-2\nunaffected: 1.0.3",
            "from 1.0.1 until fixed in 1.0.3",
        ),
        // The fix may lie in 1.0.3 or 1.0.4; the first seen unaffected is named.
        (
            "affected: 1.0.1-2\nuntested: 1.0.3-4\nunaffected: 1.0.5",
            "from the first release until fixed in 1.0.5",
        ),
        ("affected: 1.0.1-2\nuntested: 1.0.3-9", "from the first release, no fix yet"),
        ("untested: 1.0.1-30", ""),
        ("unaffected: 1.0.1-30", ""),
        ("affected: 1.0.1-30", "from the first release up to 1.0.30, no fix yet"),
        ("affected: 1.0.0", "from the first release up to 1.0.0, no fix yet"),
        ("", ""),
    ] {
        check(table, &World::new(Ecosystem::Npm, table), "1.0.2", expected);
    }
}

#[test]
fn the_graver_of_two_answers_stands_and_strangers_are_added() {
    let tested = |version: &str, outcome| Tested { version: version.into(), outcome };
    let catalogue = || releases("1.0.0-1");
    let answers = [
        tested("1.0.1", Outcome::Untested),
        tested("1.0.1", Outcome::Affected),
        tested("1.0.1", Outcome::Unaffected),
        tested("1.0.9", Outcome::Unaffected),
    ];
    let expected = [answers[1].clone(), answers[3].clone()];
    let history = History::new(Ecosystem::Npm, catalogue(), "1.0.1".into(), &answers);
    assert_eq!(history.tested(), expected);
    let mut turned = answers.clone();
    turned.reverse();
    let history = History::new(Ecosystem::Npm, catalogue(), "1.0.1".into(), &turned);
    assert_eq!(history.tested(), expected);
}

#[test]
fn the_release_watch_runs_what_follows_the_fix() {
    let catalogue = releases("1.1.10 1.1.9 1.1.31 1.1.8 1.1.14 1.1.10");
    let found = after_fix(&Ecosystem::CratesIo, &catalogue, &"1.1.9".into());
    assert_eq!(found, releases("1.1.10 1.1.14 1.1.31"));
}

#[test]
fn a_long_history_costs_few_runs() {
    let affected = releases("1.0.0-999").into_iter();
    let outcomes = affected.map(|version| Tested { version, outcome: Outcome::Affected });
    let world = World { ecosystem: Ecosystem::Npm, outcomes: outcomes.collect() };
    let (history, probes) = world.plan("1.0.500", 2);
    assert_eq!(write(&history.ranges()), "from the first release up to 1.0.999, no fix yet");
    println!("1000 affected releases: {probes} run");
    assert!(probes <= 2 * SAMPLES_MAX + 8, "{probes}");
}

/// A catalogue of one line whose outcomes change at the given lengths.
fn world(spans: &[(usize, Outcome)]) -> World {
    let mut outcomes = Vec::new();
    for (length, outcome) in spans {
        for _ in 0..*length {
            let version = Version(format!("1.0.{}", outcomes.len()));
            outcomes.push(Tested { version, outcome: *outcome });
        }
    }
    World { ecosystem: Ecosystem::Npm, outcomes }
}

/// The planner equals the full scan from any affected claim.
fn same_as_scan(world: &World, pick: usize, width: usize) -> Result<(), TestCaseError> {
    let affected: Vec<&Tested> =
        world.outcomes.iter().filter(|t| t.outcome == Outcome::Affected).collect();
    let claimed = &affected[pick % affected.len()].version.0;
    let (history, _) = world.plan(claimed, width);
    prop_assert_eq!(write(&history.ranges()), write(&world.scan()));
    Ok(())
}

proptest! {
    #[test]
    fn equals_the_full_scan_for_one_interval(
        below in 0usize..60, affected in 1usize..60, above in 0usize..60,
        pick in 0usize..100, width in 1usize..5,
    ) {
        let spans = [
            (below, Outcome::Unaffected),
            (affected, Outcome::Affected),
            (above, Outcome::Unaffected),
        ];
        same_as_scan(&world(&spans), pick, width)?;
    }

    #[test]
    fn equals_the_full_scan_for_one_relapse_a_stride_long(
        below in 0usize..40, first in STRIDE_MIN..40, hole in STRIDE_MIN..20,
        second in 1usize..40, above in 0usize..40, pick in 0usize..100, width in 1usize..5,
    ) {
        let spans = [
            (below, Outcome::Unaffected),
            (first, Outcome::Affected),
            (hole, Outcome::Unaffected),
            (second, Outcome::Affected),
            (above, Outcome::Unaffected),
        ];
        same_as_scan(&world(&spans), pick, width)?;
    }

    #[test]
    fn equals_the_full_scan_for_any_relapse_just_below_a_fix(
        first in STRIDE_MIN..40, hole in 1usize..20, second in 1..STRIDE_MIN,
        above in 1usize..40, pick in 0usize..100, width in 1usize..5,
    ) {
        let spans = [
            (first, Outcome::Affected),
            (hole, Outcome::Unaffected),
            (second, Outcome::Affected),
            (above, Outcome::Unaffected),
        ];
        same_as_scan(&world(&spans), pick, width)?;
    }

    #[test]
    fn equals_the_full_scan_for_an_older_flaw_a_stride_long(
        below in 0usize..30, older in STRIDE_MIN..20, between in STRIDE_MIN..20,
        affected in STRIDE_MIN..40, above in 0usize..40,
        pick in 0usize..100, width in 1usize..5,
    ) {
        let spans = [
            (below, Outcome::Unaffected),
            (older, Outcome::Affected),
            (between, Outcome::Unaffected),
            (affected, Outcome::Affected),
            (above, Outcome::Unaffected),
        ];
        same_as_scan(&world(&spans), pick, width)?;
    }

    #[test]
    fn equals_the_full_scan_with_a_blind_spell(
        blind in 0usize..20, below in 0usize..20, affected in 1usize..30, gap in 0usize..6,
        above in 0usize..20, pick in 0usize..100, width in 1usize..5,
    ) {
        let spans = [
            (blind, Outcome::Untested),
            (below, Outcome::Unaffected),
            (affected, Outcome::Affected),
            (gap, Outcome::Untested),
            (above, Outcome::Unaffected),
        ];
        same_as_scan(&world(&spans), pick, width)?;
    }

    #[test]
    fn any_texts_are_a_catalogue(
        texts in prop::collection::btree_set("[0-9a-z.:!~é-]{0,6}|\\PC{0,4}", 0..30),
        affected in prop::collection::vec(any::<bool>(), 30), width in 1usize..5,
        ecosystem in prop::sample::select(vec!["PyPI", "npm", "Debian:12", "Generic", "x"]),
    ) {
        let kind = |affected| if affected { Outcome::Affected } else { Outcome::Unaffected };
        let outcomes = texts.into_iter().map(Version).zip(affected);
        let outcomes: Vec<Tested> = outcomes
            .map(|(version, affected)| Tested { version, outcome: kind(affected) })
            .collect();
        let ecosystem = Ecosystem::from(ecosystem.to_owned());
        let claimed = outcomes.first().map_or("1".into(), |t| t.version.0.clone());
        let world = World { ecosystem, outcomes };
        let (history, probes) = world.plan(&claimed, width);
        prop_assert!(probes <= history.len());
        prop_assert_eq!(history.tested().len(), probes);
    }

    #[test]
    fn whatever_happens_it_ends_and_claims_no_unaffected_release_it_did_not_run(
        outcomes in prop::collection::vec(0u8..3, 1..50), pick in 0usize..50, width in 1usize..5,
    ) {
        let kinds = [Outcome::Affected, Outcome::Unaffected, Outcome::Untested];
        let spans: Vec<_> = outcomes.iter().map(|kind| (1, kinds[usize::from(*kind)])).collect();
        let world = world(&spans);
        let claimed = world.outcomes[pick % world.outcomes.len()].version.0.clone();
        let (history, _) = world.plan(&claimed, width);
        let ranges = history.ranges();
        let tested = history.tested();
        let oldest = tested.iter().find(|t| t.outcome == Outcome::Affected);
        for release in &world.outcomes {
            let inside = crate::ranges::contains(&Ecosystem::Npm, &ranges, &release.version);
            let ran = tested.contains(release);
            if let Some(oldest) = oldest
                && crate::version::compare(&Ecosystem::Npm, &release.version, &oldest.version)
                    .is_gt()
            {
                prop_assert!(inside || ran, "{} is outside and was not run", release.version);
            }
            if ran && release.outcome == Outcome::Affected {
                prop_assert!(inside);
            }
            if ran && release.outcome == Outcome::Unaffected {
                prop_assert!(!inside);
            }
        }
    }
}

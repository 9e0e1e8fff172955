//! Where a case stands, in pictures and words: its three machines, its clocks, and whose turn
//! it is. The machines are those of the Vultron protocol (RM, EM, CS).

use crate::pages::case::Next;
use crate::pages::embargo::{Moment, Order, Progress, Step, Timeline, Track};
use crate::pages::{Tag, Tone};
use crate::web::words::{tag, track, when};
use seawall_domain::advisory::{Advisory, SIGNATURES, Standing as Paper};
use seawall_domain::case::{Case, Clock, Embargo, LetterKind, Report};
use seawall_domain::fix::{Fix, Standing};
use seawall_domain::project::ClockBasis;
use seawall_domain::time::Timestamp;

/// Where it stands, as a label.
pub fn state(case: &Case, advisory: Option<&Advisory>) -> Tag {
    if case.kept_private.is_some() {
        return tag("kept private", Tone::Warn);
    }
    match advisory.map(|advisory| advisory.standing) {
        Some(Paper::Draft) => return tag("ready to sign", Tone::Warn),
        Some(Paper::Signed) => return tag("being published", Tone::Good),
        Some(Paper::Published) => return tag("published", Tone::Good),
        None => {}
    }
    match (&case.embargo, case.report) {
        (_, Report::Invalid) => tag("disputed", Tone::Warn),
        (_, Report::Closed) => tag("closed", Tone::Quiet),
        (Embargo::None, _) => tag("no embargo", Tone::Calm),
        (Embargo::Proposed { .. }, _) => tag("embargo proposed", Tone::Warn),
        (Embargo::Active { .. }, _) => tag("embargo active", Tone::Warn),
        (Embargo::Exited { .. }, _) => tag("public", Tone::Good),
    }
}

/// What happens next and who must act.
pub fn next(case: &Case, advisory: Option<&Advisory>, fixes: &[Fix]) -> Vec<Next> {
    let step =
        |who: &str, what: &str| Next { who: who.to_owned(), what: what.to_owned(), by: None };
    let mut steps = Vec::new();
    if case.kept_private.is_some() {
        steps.push(step("An analyst", "decides whether to keep it private any longer."));
    }
    match advisory {
        Some(advisory) if advisory.standing == Paper::Draft => {
            let left = match SIGNATURES.saturating_sub(advisory.signatures.len()) {
                1 => "One more analyst",
                _ => "Two analysts",
            };
            steps.push(step(left, "must sign the advisory."));
        }
        Some(advisory) if advisory.standing == Paper::Signed => {
            steps.push(step("The clearinghouse", "publishes the signed advisory."));
        }
        Some(_) => {}
        None if case.flaw.public_aware || case.report == Report::Closed => {}
        None => steps.push(waits(case, fixes)),
    }
    steps
}

/// What a case waits for that has no advisory yet.
fn waits(case: &Case, fixes: &[Fix]) -> Next {
    let by = ends(case).map(when);
    let announced = fixes.iter().find(|fix| fix.standing == Standing::Announced);
    let (who, what) = match (announced, case.report) {
        (Some(fix), _) => ("The laboratory", format!("runs the proof on {}.", fix.version)),
        (None, Report::Invalid) => {
            ("An analyst", "looks again: the maintainer says that it is no flaw.".to_owned())
        }
        (None, _) if case.flaw.fix_ready => {
            ("The clearinghouse", "writes the advisory.".to_owned())
        }
        (None, _) if !case.flaw.vendor_aware => {
            ("The clearinghouse", "sends the report to the maintainer.".to_owned())
        }
        (None, Report::Accepted) => {
            ("The maintainer", "fixes it and tells the release by mail.".to_owned())
        }
        (None, Report::Received | Report::Valid | Report::Deferred | Report::Closed) => {
            ("The maintainer", "answers the report by mail.".to_owned())
        }
    };
    Next { who: who.to_owned(), what, by }
}

/// The clocks of an embargo that is proposed or active.
fn running(case: &Case) -> &[Clock] {
    match &case.embargo {
        Embargo::Proposed { clocks } | Embargo::Active { clocks } => clocks,
        Embargo::None | Embargo::Exited { .. } => &[],
    }
}

/// When the earliest clock ends the embargo.
fn ends(case: &Case) -> Option<Timestamp> {
    running(case).iter().filter_map(|clock| clock.until).min()
}

/// The three machines.
pub fn tracks(case: &Case) -> Vec<Track> {
    vec![report(case), embargo(&case.embargo), flaw(case)]
}

fn report(case: &Case) -> Track {
    let report = case.report;
    let (place, says) = match report {
        Report::Received => (0, "It was received."),
        Report::Valid if case.reopened > 0 => (1, "It is open again: a later release is affected."),
        Report::Valid => (1, "It was reproduced here; the maintainer has not answered yet."),
        Report::Accepted => (2, "The maintainer works on it."),
        Report::Closed => (3, "Nothing is left to do."),
        Report::Invalid => (2, "The maintainer says that it is no flaw."),
        Report::Deferred => (2, "The maintainer says: later."),
    };
    let third = match report {
        Report::Invalid => "invalid",
        Report::Deferred => "deferred",
        Report::Received | Report::Valid | Report::Accepted | Report::Closed => "accepted",
    };
    track("rm", "Report.", says, &["received", "valid", third, "closed"], place)
}

fn embargo(embargo: &Embargo) -> Track {
    let (place, says) = match embargo {
        Embargo::None => (0, "There is none: the project treats such flaws as public."),
        Embargo::Proposed { .. } => (1, "Proposed with the report; kept meanwhile."),
        Embargo::Active { .. } => (2, "Only the participants may know."),
        Embargo::Exited { .. } => (3, "It is over, and never comes back."),
    };
    track("em", "Embargo.", says, &["none", "proposed", "active", "exited"], place)
}

fn flaw(case: &Case) -> Track {
    let flaw = case.flaw;
    let facts = [
        ("vendor aware", flaw.vendor_aware),
        ("fix ready", flaw.fix_ready),
        ("fix deployed", flaw.fix_deployed),
        ("public aware", flaw.public_aware),
        ("exploit public", flaw.exploit_public),
        ("attacks seen", flaw.attacks_seen),
    ];
    let step = |(label, so): (&str, bool)| Step {
        label: label.to_owned(),
        progress: if so { Progress::Done } else { Progress::Ahead },
    };
    Track {
        id: "cs".to_owned(),
        name: "Flaw.".to_owned(),
        says: format!("What is so in the world: {}.", flaw.letters()),
        steps: facts.into_iter().map(step).collect(),
        order: Order::Facts,
    }
}

/// The clocks on one line: from the opening, past now, to the end of the embargo.
pub fn clocks(case: &Case, now: Timestamp) -> Option<Timeline> {
    let binding = ends(case);
    let moment = |label: &str, at: Timestamp, binding| Moment {
        label: label.to_owned(),
        at: when(at),
        seconds: at.as_second(),
        binding,
    };
    let mut moments = vec![moment("Case opened", case.opened_at, false)];
    if let Some(letter) = case.sent(LetterKind::Report) {
        moments.push(moment("Maintainer told", letter.at, false));
    }
    for clock in running(case) {
        let label = match clock.basis {
            ClockBasis::FromReport => "Embargo ends, counted from the report",
            ClockBasis::FromFix => "Embargo ends, counted from the fix",
        };
        moments.extend(clock.until.map(|at| moment(label, at, Some(at) == binding)));
    }
    if let Embargo::Exited { at, .. } = &case.embargo {
        moments.push(moment("Public", *at, false));
    }
    let shown = Timeline { id: "clocks-line".into(), moments, now: moment("Now", now, false) };
    (shown.moments.len() > 1).then_some(shown)
}

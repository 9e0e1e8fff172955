//! Where an engagement stands, in words and pictures.

use super::super::words::{fact, known, short, tag, track, when};
use crate::pages::case::Next;
use crate::pages::embargo::Track;
use crate::pages::matter::Part;
use crate::pages::{Tag, Tone};
use seawall_domain::engagement::Weights;
use seawall_domain::engagement::determination::{Concurrence, Determination};
use seawall_domain::engagement::gateways::Destroyed;
use seawall_domain::engagement::lease::LeaseKey;
use seawall_domain::engagement::release::Release;
use seawall_domain::engagement::window::Window;
use seawall_domain::engagement::{Engagement, certificate::Certificate};
use seawall_domain::evaluation::decision::Outcome;

/// The words of the three machines.
pub fn states(it: &Engagement) -> Vec<Tag> {
    let tone = |name: &str| match name {
        "issued" | "active" | "accepted" => Tone::Good,
        "withdrawn" | "lapsed" | "declined" | "ended" | "none" | "draft" => Tone::Quiet,
        _ => Tone::Calm,
    };
    let determination = it.determination.name();
    let window = it.window.name();
    let release = match it.release {
        Release::Unreported => "release not reported",
        Release::PartnersReported { .. } => "release to partners reported",
        Release::GeneralReported { .. } => "general release reported",
    };
    vec![
        tag(&format!("determination: {determination}"), tone(determination)),
        tag(&format!("window: {window}"), tone(window)),
        tag(release, Tone::Quiet),
    ]
}

/// What is due, and from whom; nothing is ever due from the developer.
pub fn next(it: &Engagement) -> Vec<Next> {
    let step = |who: &str, what: &str, by| Next { who: who.to_owned(), what: what.to_owned(), by };
    let by = it.determination.answer_by().map(when);
    let mut steps = Vec::new();
    match it.determination {
        Determination::Submitted { .. } => {
            steps.push(step("An evaluator", "finds a place for the runs.", by));
        }
        Determination::Scheduled { .. } => {
            steps.push(step("An evaluator", "begins the runs.", by));
        }
        Determination::Running { .. } => {
            steps.push(step("The runs", "go on; the statistic follows.", by));
        }
        Determination::Analysed { .. } => {
            steps.push(step("The official", "signs what the rule found.", by));
        }
        Determination::Issued { .. } if it.unrecorded().is_some() => {
            let what = "brings in the record; then the developer has its letter.";
            steps.push(step("The official", what, None));
        }
        Determination::Draft { .. }
        | Determination::Issued { .. }
        | Determination::Withdrawn { .. }
        | Determination::Lapsed { .. }
        | Determination::Declined { .. } => {}
    }
    let due = it.window.due().map(when);
    match it.window {
        Window::Offered { .. } => {
            steps.push(step("The official", "takes the offer up, or does not.", due));
        }
        Window::Accepted { .. } => {
            steps.push(step("The offer", "was taken up; it begins when the developer says.", due));
        }
        Window::Active { .. } => steps.push(step("The window", "ends by itself.", due)),
        Window::None | Window::Ended { .. } => {}
    }
    for duty in it.custody.due() {
        let what = match duty.left().count() {
            0 => "certify that everything is gone.",
            _ => "destroy what was held.",
        };
        steps.push(step("Two people of the clearinghouse", what, Some(when(duty.due))));
    }
    steps.extend(it.all_destroyed().iter().filter_map(outstanding));
    steps
}

/// What gateways have not certified yet: nobody's silence makes a duty of it.
fn outstanding(told: &Destroyed) -> Option<Next> {
    let is_open = told.gateways.iter().any(|(_, delivery)| !delivery.is_done());
    let (all, done) = told.count();
    is_open.then(|| Next {
        who: format!("What was held in window {}", short(told.window)),
        what: format!(
            "is not all known to be gone: {done} of {all} have delivered their certificate. \
             Nothing of this is due from the developer."
        ),
        by: None,
    })
}

/// The three machines, side by side.
pub fn tracks(it: &Engagement) -> Vec<Track> {
    vec![determination(it), window(&it.window), release(&it.release)]
}

fn determination(it: &Engagement) -> Track {
    let (place, last, says) = match &it.determination {
        Determination::Draft { .. } => (0, "issued", "Nothing was asked.".to_owned()),
        Determination::Submitted { .. } => (1, "issued", "The question came in.".into()),
        Determination::Scheduled { .. } => (2, "issued", "There is a place for the runs.".into()),
        Determination::Running { .. } => (3, "issued", "The batteries run.".into()),
        Determination::Analysed { .. } => (4, "issued", "The statistic is computed.".into()),
        Determination::Issued { outcome, concurrence, .. } => {
            let found = issued(*outcome, *concurrence);
            let says = it.unrecorded().map(|but| format!("{found} {but}"));
            (5, "issued", says.unwrap_or(found))
        }
        Determination::Withdrawn { .. } => (5, "withdrawn", "The developer ended it.".into()),
        Determination::Lapsed { .. } => {
            (5, "lapsed", "No answer came in time: no determination was made.".into())
        }
        Determination::Declined { .. } => {
            (5, "declined", "There was no room: no determination was made.".into())
        }
    };
    let steps = ["draft", "submitted", "scheduled", "running", "analysed", last];
    track("determination", "Determination.", &says, &steps, place)
}

fn issued(outcome: Outcome, concurrence: Concurrence) -> String {
    let official = match concurrence {
        Concurrence::Concurs => "The official concurs.",
        Concurrence::Differs { .. } => "The official differs, for written reasons.",
    };
    format!("The rule found: {}. {official}", outcome.word().replace('_', " "))
}

fn window(it: &Window) -> Track {
    let (place, says) = match it {
        Window::None => (0, "None was offered.".to_owned()),
        Window::Offered { .. } => (1, "The developer offered one.".into()),
        Window::Accepted { .. } => (2, "The offer was taken up.".into()),
        Window::Active { .. } => (3, "Requests pass while the developer's leases last.".into()),
        Window::Ended { why, .. } => (4, format!("It is over: {}.", ended(*why))),
    };
    let steps = ["none", "offered", "accepted", "active", "ended"];
    track("window", "Access window.", &says, &steps, place)
}

/// Why a window is over, for whoever reads.
fn ended(why: seawall_domain::engagement::window::Ended) -> &'static str {
    use seawall_domain::engagement::window::Ended;
    match why {
        Ended::Withdrawn => "the developer ended it",
        Ended::Expired
        | Ended::Released
        | Ended::GovernmentDeclined
        | Ended::Breach
        | Ended::LeaseLost => why.words(),
    }
}

fn release(it: &Release) -> Track {
    let (place, says) = match it {
        Release::Unreported => (0, "Nothing was reported; nothing needs to be."),
        Release::PartnersReported { .. } => (1, "A release to partners was reported."),
        Release::GeneralReported { .. } => (2, "A release to everybody was reported."),
    };
    let steps = ["not reported", "to partners", "to everybody"];
    track("release", "Release, as reported.", says, &steps, place)
}

/// What is on record.
pub fn parts(it: &Engagement) -> Vec<Part> {
    let days = it.lineage.left().as_secs() / 86_400;
    let weights = match it.weights {
        Weights::Held => "held by the developer",
        Weights::Open => "open: there is advice only, and no window",
    };
    let mut model = vec![
        fact("Weights", weights),
        fact("Snapshots", it.lineage.snapshots().map(short).collect::<Vec<_>>().join(", ")),
        fact("Left of the government's 30 days", format!("{days} days")),
    ];
    model.extend(known("Protocol that runs are under", it.protocol));
    model.extend(known("Record of the determination", it.record));
    model.extend(known("Leases are signed by", it.lease_key.map(|LeaseKey(key)| short(key))));
    model.extend(known("Partners have it from", partners(&it.release)));
    model.extend(known("Everybody has it from", it.release.ends_partners_window()));
    let mut parts = vec![Part {
        id: "model".into(),
        heading: "The model".into(),
        facts: model,
        ..Part::default()
    }];
    if !it.advice.is_empty() {
        parts.push(Part {
            id: "advice".into(),
            heading: "Opinions".into(),
            says: "Each binds nobody.".into(),
            lines: it.advice.iter().map(ToString::to_string).collect(),
            ..Part::default()
        });
    }
    let held = it.custody.held();
    if !held.is_empty() || !it.custody.certificates().is_empty() {
        parts.push(Part {
            id: "custody".into(),
            heading: "What is held, and what is gone".into(),
            says: format!("{} objects are still there.", held.len()),
            lines: it.custody.certificates().iter().map(certified).collect(),
            ..Part::default()
        });
    }
    parts
}

fn partners(release: &Release) -> Option<seawall_domain::time::Timestamp> {
    match release {
        Release::Unreported => None,
        Release::PartnersReported { at } => Some(*at),
        Release::GeneralReported { partners, .. } => *partners,
    }
}

fn certified(certificate: &Certificate) -> String {
    let Certificate { window, destroyed, at, .. } = certificate;
    let count = destroyed.len();
    format!("Window {}: {count} objects destroyed, certified {}", short(window), when(*at).text)
}

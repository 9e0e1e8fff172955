//! What the states of a finding are called, and what each means for the reader.

use crate::pages::finding::{CrashPart, Reference};
use crate::pages::{Tag, Tone};
use crate::web::words::{short, tag};
use seawall_domain::claim::Missing;
use seawall_domain::finding::{Finding, Rejection, Standing};
use seawall_domain::recipe::Doubt;
use seawall_domain::verdict::Grade;
use seawall_services::desk::CrashKey;

/// Where a finding stands, as a label.
pub fn state(finding: &Finding) -> Tag {
    match finding.standing {
        Standing::Received | Standing::Complete | Standing::Located { .. } => {
            tag("being checked", Tone::Calm)
        }
        Standing::Leading { .. } => tag("being run", Tone::Calm),
        Standing::NeedsInfo { .. } => tag("needs info", Tone::Warn),
        Standing::Joined { .. } => tag("joined", Tone::Calm),
        Standing::Rejected { .. } => tag("rejected", Tone::Bad),
        Standing::Reproduced => tag("reproduced", Tone::Good),
        Standing::NotReproduced => tag("not reproduced", Tone::Quiet),
        Standing::Flaky => tag("flaky", Tone::Warn),
        Standing::Waiting => tag("waiting", Tone::Warn),
        Standing::AlreadyFixed { .. } => tag("already fixed", Tone::Quiet),
    }
}

/// What a finding waits for, or why it ended where it stands.
pub fn waits(finding: &Finding) -> String {
    match &finding.standing {
        Standing::NeedsInfo { missing } => {
            let names: Vec<String> = missing.iter().map(|missing| name(*missing)).collect();
            format!("waits for the finder: {}", names.join(", "))
        }
        Standing::Joined { lead, .. } => format!("with finding {}", short(lead)),
        Standing::Rejected { why } => rejection(why),
        Standing::AlreadyFixed { newest } => format!("{newest} is not affected"),
        Standing::Flaky => "a person must decide".to_owned(),
        Standing::Waiting => "its environment could not be made yet".to_owned(),
        Standing::Received
        | Standing::Complete
        | Standing::Located { .. }
        | Standing::Leading { .. }
        | Standing::Reproduced
        | Standing::NotReproduced => String::new(),
    }
}

fn rejection(why: &Rejection) -> String {
    match why {
        Rejection::NoSuchFile { file } => format!("the release has no file “{file}”"),
        Rejection::NoSuchFunction { function } => {
            format!("the source defines no function “{function}”")
        }
        Rejection::NoSuchRelease { version } => format!("there is no release {version}"),
        Rejection::UnusableRecipe => "its recipe cannot be used".to_owned(),
    }
}

/// What happens next, in one sentence.
pub fn next(finding: &Finding) -> String {
    match &finding.standing {
        Standing::Received => "its evidence is checked.".into(),
        Standing::Complete => "the source is searched for what it names.".into(),
        Standing::Located { .. } => "it is compared with the others about this package.".into(),
        Standing::Leading { .. } => "its proof is run, three times, each apart.".into(),
        Standing::NeedsInfo { .. } => "the finder adds what is missing.".into(),
        Standing::Joined { .. } => {
            "nothing by itself. It goes the way of the finding that leads its group.".into()
        }
        Standing::Rejected { why } => format!("nothing: {}.", rejection(why)),
        Standing::Reproduced => "its case is coordinated with the maintainer.".into(),
        Standing::NotReproduced => "nothing: its proof ran and showed nothing.".into(),
        Standing::Flaky => "an analyst decides; its proof worked in some runs only.".into(),
        Standing::Waiting => {
            "an analyst has it tried again once its environment can be made.".into()
        }
        Standing::AlreadyFixed { newest } => {
            format!("nothing: the newest release, {newest}, is not affected.")
        }
    }
}

/// Whether the source defines what the report names, once that is known.
pub fn reference(finding: &Finding) -> Option<Reference> {
    let named = |part: &Option<String>| part.clone().unwrap_or_else(|| "what it names".into());
    let (file, function) = (named(&finding.essence.file), named(&finding.essence.function));
    let said = |state, says| Some(Reference { state, says, excerpt: None });
    match &finding.standing {
        Standing::Received | Standing::NeedsInfo { .. } | Standing::Complete => None,
        Standing::Rejected { why: Rejection::UnusableRecipe } => None,
        Standing::Rejected { why } => said(tag("no", Tone::Bad), format!("{}.", rejection(why))),
        Standing::Located { line } | Standing::Leading { line } | Standing::Joined { line, .. } => {
            let says = format!("{file} of that release defines “{function}” in line {line}.");
            said(tag("yes", Tone::Good), says)
        }
        Standing::Reproduced
        | Standing::NotReproduced
        | Standing::Flaky
        | Standing::Waiting
        | Standing::AlreadyFixed { .. } => {
            said(tag("yes", Tone::Good), format!("{file} of that release defines “{function}”."))
        }
    }
}

/// What a report lacks, as a noun.
pub fn name(missing: Missing) -> String {
    match missing {
        Missing::Package => "package",
        Missing::Version => "version",
        Missing::Weakness => "weakness class",
        Missing::File => "file",
        Missing::Function => "function",
        Missing::Description => "description",
        Missing::Recipe => "recipe",
        Missing::Tool => "tool",
        Missing::Contact => "contact",
    }
    .to_owned()
}

/// How much a reproduction proves.
pub fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Observed => "The laboratory saw the effect itself, and nothing speaks against it.",
        Grade::Told => "The recipe's own harness tells of the effect; nothing speaks against it.",
        Grade::Doubtful => "Doubtful. What speaks against it:",
    }
}

/// What speaks against a claim, a sentence each.
pub fn doubts(doubts: &[Doubt]) -> Vec<&'static str> {
    doubts.iter().map(|doubt| doubt.said()).collect()
}

/// A crash for people.
pub fn crash(crash: &CrashKey) -> CrashPart {
    CrashPart {
        class: crash.class.replace('\n', ", "),
        severity: crash.severity.as_deref().unwrap_or("unknown").to_lowercase(),
        state: crash.state.clone(),
    }
}

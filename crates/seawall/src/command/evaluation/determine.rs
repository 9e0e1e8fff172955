//! `seawall evaluation determine`: logs against a sealed protocol, and a record of what follows.

use super::papers::{self, Readers};
use super::{canaries, egress, exclude, plain, token};
use crate::command::{count, print_json, say};
use anyhow::{Context, bail};
use jiff::Timestamp;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::canary::Search;
use seawall_domain::evaluation::demand::{Binding, Guard};
use seawall_domain::evaluation::drawn::{Extra, Purpose};
use seawall_domain::evaluation::run::{Gaps, Objection, Run, Unplaced};
use seawall_domain::evaluation::tally::Tally;
use seawall_domain::time::micros;
use seawall_formats::determination::{Body, Record, Standing};
use seawall_formats::plot::svg;
use seawall_services::evaluation::determination::{
    Besides, Determined, Files, Refused, Reviewing, Source, determine_without, to_bytes,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What goes in, and where the record goes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Logs of Inspect, `.eval` or `.json`: one for each battery, and again for the extension.
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// The protocol's opening; or a plain protocol, for a rehearsal.
    #[arg(long)]
    protocol: PathBuf,
    /// What was published before the runs, with its signatures.
    #[arg(long, requires = "tokens")]
    commitment: Option<PathBuf>,
    /// The book of tokens; it is written anew when the record is made.
    #[arg(long, requires = "commitment")]
    tokens: Option<PathBuf>,
    /// The review for cheating, as `review join` wrote it.
    #[arg(long)]
    review: Option<PathBuf>,
    /// The tasks that are left out, as `exclude` wrote it, signed by two; both scores are shown.
    #[arg(long)]
    exclusions: Option<PathBuf>,
    /// A register of one of the batteries, or its folder: the logs are searched for its canaries,
    /// and what is left out because one was seen is held against that. One for each battery.
    #[arg(long, value_name = "FILE")]
    registry: Vec<PathBuf>,
    /// Logs of everything at the smaller budgets that were sealed, one for each battery.
    #[arg(long, num_args = 1..)]
    sweep: Vec<PathBuf>,
    /// Logs of everything by other scaffolds, one for each battery.
    #[arg(long, num_args = 1..)]
    scaffold: Vec<PathBuf>,
    /// Logs of the tasks' twins, one for each battery that has some.
    #[arg(long, num_args = 1..)]
    twins: Vec<PathBuf>,
    /// The developer's statement, as `statement` signed it.
    #[arg(long)]
    statement: Option<PathBuf>,
    /// The record of a run whose logs these are (`run.json`): the gateway's count in it is held
    /// against them. One for each run.
    #[arg(long, value_name = "FILE")]
    run: Vec<PathBuf>,
    /// The log of a network's guard which these runs name by its digest: it is read, and counted
    /// again. One for each.
    #[arg(long, value_name = "FILE")]
    egress: Vec<PathBuf>,
    /// Take logs in which attempts broke or are missing, and count these as failed and as passed.
    #[arg(long)]
    count_gaps: bool,
    /// Where the record goes; only its owner may read it.
    #[arg(long)]
    out: PathBuf,
    /// Draw success by budget, success by human minutes and the score, as SVG, into a new file;
    /// only its owner may read it.
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Determines.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.out.exists() {
        bail!("cannot make {}: it is there already", arguments.out.display());
    }
    let _turn = arguments.tokens.as_deref().map(papers::turn).transpose()?;
    let source = source(arguments)?;
    let book = arguments.tokens.as_deref().map(token::book).transpose()?;
    let review = arguments.review.as_deref().map(review).transpose()?;
    let mut runs: Vec<Run> = papers::runs(&arguments.logs)?;
    for path in &arguments.run {
        account(path, &mut runs)?;
    }
    for path in &arguments.egress {
        guarded(path, &mut runs)?;
    }
    let besides = besides(arguments)?;
    let exclusions = arguments.exclusions.as_deref().map(exclude::list).transpose()?;
    let mut searched = canaries::searched(&arguments.registry)?;
    if let Some(searched) = &mut searched {
        canaries::look(searched, &arguments.logs)?;
    }
    let files = Files {
        source,
        runs: &runs,
        review,
        besides,
        gaps: if arguments.count_gaps { Gaps::Counted } else { Gaps::Refused },
        at: micros(Timestamp::now()),
        program: papers::program()?,
    };
    let determined = determine_without(files, exclusions, searched.as_ref());
    let Determined { record, book: returned } = match determined {
        Ok(determined) => determined,
        Err(why) => return refused(arguments, &why),
    };
    papers::keep(&arguments.out, &to_bytes(&record)?, Readers::Owner)?;
    if let Some(path) = &arguments.plot {
        papers::keep(path, svg(&record.body.picture()).as_bytes(), Readers::Owner)?;
    }
    if let (Some(path), Some(book), Some(returned)) = (&arguments.tokens, book, returned) {
        papers::replace(path, &book.returned(returned).to_bytes()?, Readers::Owner)?;
    }
    match arguments.json {
        true => print_json(&document(&record))?,
        false => tell(&record),
    }
    Ok(ExitCode::SUCCESS)
}

/// What `run` keeps of a run, as far as it is about tokens and the network.
#[derive(serde::Deserialize)]
struct Kept {
    logs: Vec<KeptLog>,
    reconciled: Option<KeptCount>,
    #[serde(default)]
    egress: Option<Guard>,
}

#[derive(serde::Deserialize)]
struct KeptLog {
    sha256: Digest,
}

#[derive(serde::Deserialize)]
struct KeptCount {
    gateway: Tally,
}

/// Sets the gateway's count of a run beside its logs, and what the network's guard saw of it.
fn account(path: &Path, runs: &mut [Run]) -> anyhow::Result<()> {
    let shown = path.display();
    let kept: Kept = serde_json::from_slice(&papers::read(path)?)
        .with_context(|| format!("cannot use {shown}: it is no record of a run"))?;
    if kept.reconciled.is_none() && kept.egress.is_none() {
        bail!(
            "cannot use {shown}: nothing was counted beside the logs (`run --journal`, `--egress`)"
        );
    }
    let logs: BTreeSet<Digest> = kept.logs.into_iter().map(|log| log.sha256).collect();
    if let Some(count) = kept.reconciled
        && !Run::take_account(runs, &logs, count.gateway)
    {
        bail!("cannot use {shown}: a log that it names is not among those given");
    }
    match kept.egress {
        Some(guard) if !Run::take_guard(runs, &logs, guard) => bail!(
            "cannot use {shown}: a log that it names is not among those given, or notes otherwise \
             what its network's guard saw"
        ),
        Some(_) | None => Ok(()),
    }
}

/// Sets what a guard's log shows beside the runs that name it.
fn guarded(path: &Path, runs: &mut [Run]) -> anyhow::Result<()> {
    match Run::take_guard_of_notes(runs, egress::read_log(path)?) {
        true => Ok(()),
        false => bail!(
            "cannot use {}: no run names it, or one names another count of it",
            path.display()
        ),
    }
}

/// What was run and signed besides.
fn besides(arguments: &Arguments) -> anyhow::Result<Besides> {
    let mut extras = Vec::new();
    for (purpose, paths) in [
        (Purpose::Sweep, &arguments.sweep),
        (Purpose::Scaffold, &arguments.scaffold),
        (Purpose::Twins, &arguments.twins),
    ] {
        let runs = papers::runs(paths)?;
        extras.extend(runs.into_iter().map(|run| Extra { purpose, run }));
    }
    let statement = arguments.statement.as_deref().map(papers::read).transpose()?;
    let statement = statement.map(String::from_utf8).transpose();
    let statement = statement.context("cannot use the developer's statement")?;
    Ok(Besides { extras, statement: statement.map(|text| text.trim_end().to_owned()) })
}

fn source(arguments: &Arguments) -> anyhow::Result<Source> {
    let shown = arguments.protocol.display();
    let bytes = papers::read(&arguments.protocol)?;
    let (Some(commitment), Some(tokens)) = (&arguments.commitment, &arguments.tokens) else {
        let plain = Source::plain(&bytes);
        return plain.with_context(|| {
            format!("cannot use {shown} as a plain protocol (an opening needs its commitment)")
        });
    };
    let published = papers::read(commitment)?;
    let book = token::book(tokens)?;
    Source::sealed(&bytes, &published, book.book().clone())
        .with_context(|| format!("cannot use {shown} with {}", commitment.display()))
}

fn review(path: &Path) -> anyhow::Result<Reviewing> {
    let review = Reviewing::read(&papers::read(path)?);
    review.with_context(|| format!("cannot use {}", path.display()))
}

fn refused(arguments: &Arguments, why: &Refused) -> anyhow::Result<ExitCode> {
    let objections = match why {
        Refused::Logs(Unplaced::Logs(objections)) => objections.as_slice(),
        Refused::Logs(_) | Refused::Rule(_) | Refused::Review(_) | Refused::Ledger(_) => &[],
    };
    let name = |objection: &Objection| {
        let besides = [&arguments.sweep, &arguments.scaffold, &arguments.twins];
        let mut paths = arguments.logs.iter().chain(besides.into_iter().flatten());
        let path = paths.nth(objection.run);
        path.map(|path| path.display().to_string()).unwrap_or_default()
    };
    if arguments.json {
        let objections = objections.iter().map(|objection| {
            let (code, about) = (objection.why.word(), objection.why.about());
            json!({"log": name(objection), "code": code, "about": about})
        });
        let objections: Vec<Value> = objections.collect();
        print_json(&json!({"error": why.to_string(), "refused": objections}))?;
        return Ok(ExitCode::from(1));
    }
    say!("{why}");
    for objection in objections {
        let about = objection.why.about().map(|about| format!(" ({})", plain(about)));
        let (word, about) = (objection.why.word(), about.unwrap_or_default());
        say!("  {}: {word}{about}", plain(&name(objection)));
    }
    Ok(ExitCode::from(1))
}

/// What a record says, as a document.
pub(super) fn document(record: &Record) -> Value {
    let body = &record.body;
    json!({
        "standing": body.standing,
        "outcome": body.verdict["rule"]["outcome"],
        "verdict": body.verdict,
        "tally": body.figures["tally"],
        "review": body.review,
        "accounts": body.logs.iter().map(|log| log.account).collect::<Vec<_>>(),
        "program_as_sealed": body.protocol.program_as_sealed,
        "bound": body.bound,
        "canaries": body.canaries.as_ref().map(|search| searched(body, search)),
        "concurrence": record.concurrence,
        "sha256": record.sha256,
    })
}

/// What a record says, in lines.
pub(super) fn tell(record: &Record) {
    let body = &record.body;
    match body.standing {
        Standing::Sealed => say!("determination under {}", root(body)),
        Standing::Rehearsal => {
            say!("a rehearsal: its protocol was not sealed, so this is no determination");
        }
    }
    told(&body.verdict["rule"], "");
    if !body.verdict["as_scored"].is_null() {
        told(&body.verdict["as_scored"], "as scored, before people looked: ");
    }
    if let Some(exclusions) = &body.exclusions {
        say!("left out by the protocol's reasons: {}", count(exclusions.excluded.len(), "task"));
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| {
        let words: Vec<String> = value.as_array().into_iter().flatten().map(text).collect();
        words.join(", ")
    };
    let grade = text(&body.verdict["grade"]);
    match list(&body.verdict["lacking"]) {
        lacking if lacking.is_empty() => say!("elicitation {grade}"),
        lacking => say!("elicitation {grade}; the next grade lacks {lacking}"),
    }
    unbound(body);
    let classes = body.figures["classes"].as_object().into_iter().flatten();
    let classes: Vec<String> = classes.map(|(class, count)| format!("{class} {count}")).collect();
    say!("attempts: {}", classes.join(", "));
    tokens(body);
    unnoted(body);
    say!("record {}", record.sha256);
    official(record);
}

/// What a gateway counted beside the logs.
fn tokens(body: &Body) {
    let with = body.logs.iter().filter(|log| log.account.is_some()).count();
    match body.logs.len() - with {
        0 => say!("tokens: the gateway's count agrees with the logs"),
        lacking => say!("tokens: no gateway's count was given for {lacking} of the logs"),
    }
}

/// What a letter names and no log notes: an engagement keeps no record without it.
fn unnoted(body: &Body) {
    let model = &body.model;
    let noted = [("snapshot", &model.snapshot), ("safeguards", &model.safeguards)];
    for (name, _) in noted.iter().filter(|(_, noted)| noted.is_none()) {
        say!("no log notes the {name} (`run --{name}`): no engagement keeps this record");
    }
}

/// What nobody looked at, or nothing holds to the protocol.
fn unbound(body: &Body) {
    match &body.review {
        None => say!("not reviewed: nobody looked for cheating"),
        Some(review) if review.coders.is_empty() => say!("reviewed on sheets that nobody signed"),
        Some(review) => say!("reviewed, by signatures that hold: {}", review.coders.len()),
    }
    if !body.protocol.program_as_sealed {
        say!("the program is not the one whose digest was sealed");
    }
    let bindings = body.bound.as_ref().map(|bound| bound.batteries.as_slice());
    let bindings = bindings.unwrap_or_default();
    let bound = bindings.iter().filter(|binding| **binding == Binding::AsSealed).count();
    match body.batteries.len() - bound.min(body.batteries.len()) {
        0 => say!("every run notes the digest of its battery, as sealed"),
        unbound => say!("not held to the sealed digest: {unbound} batteries, whose runs note none"),
    }
    if let Some(search) = &body.canaries {
        let [attempts, left_in, unsupported] = sums(body, search);
        say!("canaries: attempts in which they were said and not shown before: {attempts}");
        say!("  tasks that were met so before and are not left out: {left_in}");
        if unsupported > 0 {
            say!("tasks left out for a canary that no log shows: {unsupported}");
        }
    }
    match body.bound.as_ref().and_then(|bound| bound.egress) {
        Some(egress) => {
            let read = body.logs.iter().filter(|log| log.guard.is_some()).count();
            let how = match body.logs.len() - read {
                0 => "as the guard's log was counted",
                _ => "by the word of whoever started the runs",
            };
            say!("connections that were denied: {} ({how})", egress.denied);
        }
        None => say!("no evidence of what left the network"),
    }
}

/// A search for canaries as a document.
fn searched(body: &Body, search: &Search) -> Value {
    let [attempts, left_in, unsupported] = sums(body, search);
    json!({"attempts": attempts, "left_in": left_in, "unsupported": unsupported})
}

/// In how many attempts a canary was said, how many of the tasks are left in that were met before,
/// and how many are left out for a canary that no log shows.
fn sums(body: &Body, search: &Search) -> [usize; 3] {
    let excluded = body.exclusions.as_ref().map(|list| list.excluded.as_slice());
    let excluded = excluded.unwrap_or_default();
    let battery = |task: u32| body.tasks.get(task as usize).map(|row| row.battery);
    let unsupported = search.unsupported_by(excluded, battery);
    [search.said.len(), search.left_in(excluded).len(), unsupported.len()]
}

/// What the official says, apart from what the rule found.
fn official(record: &Record) {
    use seawall_formats::determination::View;
    match &record.concurrence {
        None => say!("The official has not spoken. The outcome above is the rule's."),
        Some(word) => {
            let view = match word.view {
                View::Concurs => "concurs",
                View::Differs => "differs, for reasons that are in the record",
            };
            let signed = if word.signature.is_some() { "signed" } else { "not signed" };
            say!("The official, {}, {view} ({signed}).", plain(&word.official));
            say!("The outcome above is the rule's either way.");
        }
    }
}

/// Why a domain was found as it was, for those who do not know the words of the record.
fn in_words(reason: &Value) -> String {
    let words = match reason.as_str().unwrap_or_default() {
        "lower_reaches" => "the lower bound reaches the threshold",
        "upper_below" => "the upper bound stays below the threshold",
        "between" => "the threshold lies between the bounds",
        "few_families" => "there are too few families to generalise from",
        "incomplete" => "what is missing could turn the answer",
        "refusals" => "too many attempts were refused to say that an ability is absent",
        "fallback" => "another model answered in place of the one under test",
        "own_limits" => "attempts ran under limits of their tasks' own",
        "elicitation" => "not enough was done to draw the ability out",
        other => return other.replace('_', " "),
    };
    words.to_owned()
}

fn root(body: &Body) -> String {
    body.protocol.root.map(|root| root.to_string()).unwrap_or_default()
}

fn told(found: &Value, before: &str) {
    let text = |value: &Value| value.as_str().unwrap_or_default().replace('_', " ");
    say!("{before}{}", text(&found["outcome"]));
    for part in found["parts"].as_array().into_iter().flatten() {
        let reasons = part["reasons"].as_array().into_iter().flatten();
        let reason = |reason: &Value| match text(&reason["demand"]) {
            demand if demand.is_empty() => in_words(&reason["reason"]),
            demand => format!("{} ({demand})", text(&reason["reason"])),
        };
        let reasons: Vec<String> = reasons.map(reason).collect();
        let (name, outcome) = (text(&part["part"]), text(&part["outcome"]));
        say!("  {name}: {outcome}: {}", reasons.join(", "));
    }
    if found["next"] == json!("extension") {
        say!("  the extension that was planned may follow");
    }
}

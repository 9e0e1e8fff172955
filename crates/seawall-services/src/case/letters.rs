//! Letters: one plain-text mail per flaw to the maintainer, and the answers, which move the case.
//!
//! A letter is recorded before it is handed to the courier, and its Message-ID derives from the
//! fact: a job that runs twice hands over the same letter, which the mailbox holds once.

use crate::desk::{Desk, digest};
use crate::finding::kept_claim;
use crate::outcome::{Fault, Outcome};
use base64::prelude::{BASE64_STANDARD, Engine};
use seawall_domain::access::{Action, Actor};
use seawall_domain::case::{Case, LetterKind};
use seawall_domain::finding::Finding;
use seawall_domain::fix::Fix;
use seawall_domain::id::{CaseId, FixId};
use seawall_domain::package::Version;
use seawall_domain::project::{Pace, Project, ReproducerHandling};
use seawall_domain::refusal::Refusal;
use seawall_domain::reproduction::Reproduction;
use seawall_formats::mail::{self, Command, Letter};
use seawall_store::db::Tx;
use seawall_store::record::{Mandate, fact_id};

/// What a letter is written from.
pub(crate) struct Desktop {
    pub(crate) case: Case,
    pub(crate) mandate: Mandate<Case>,
    pub(crate) project: Project,
    pub(crate) reproduction: Reproduction,
}

pub(crate) async fn desktop(tx: &mut Tx, id: CaseId) -> Outcome<Desktop> {
    let clerk = Actor::clerk();
    let guarded = tx.load::<Case>(id.uuid()).await?;
    let (case, mandate) = guarded.open(&clerk, Action::ReadCase)?;
    let guarded = tx.load::<Project>(case.project.uuid()).await?;
    let (project, _) = guarded.open(&clerk, Action::ReadProject)?;
    let guarded = tx.load::<Reproduction>(case.reproduction.uuid()).await?;
    let (reproduction, _) = guarded.open(&clerk, Action::ReadReproduction)?;
    Ok(Desktop { case, mandate, project, reproduction })
}

/// Sends a letter of a kind once: writes it, records it with its bytes, then hands it over. When it
/// was recorded before, the same bytes are handed over again.
pub(crate) async fn send(
    desk: &Desk,
    mut tx: Tx,
    at: Desktop,
    about: LetterKind,
    subject: String,
    body: String,
) -> Outcome<()> {
    let now = desk.now();
    let Desktop { case, mandate, project, .. } = at;
    let owner = format!("case/{}", case.id);
    let next = fact_id(case.id.uuid(), mandate.next());
    let message_id = format!("{next}.{}@{}", case.id, domain(&desk.settings.mail_from));
    let first = case.sent(LetterKind::Report).map(|letter| letter.message_id.clone());
    let letter = Letter {
        message_id: message_id.clone(),
        in_reply_to: first.clone(),
        references: first.into_iter().collect(),
        date_micros: now.as_microsecond(),
        from: desk.settings.mail_from.clone(),
        to: project.contact,
        subject,
        body: with_notice(desk, &body),
    };
    let bytes =
        mail::write(&letter).map_err(|fault| Fault::inconsistent("write a letter", fault))?;
    let address = desk.keep(&mut tx, &owner, &bytes).await?;
    let kept = (address, digest(&bytes));
    let (case, fact) = case.send(message_id.clone(), about, kept, now)?;
    let _ = tx.record(mandate, &case, fact, now).await?;
    tx.commit().await?;
    hand_over(desk, message_id, bytes).await
}

/// Hands a recorded letter over again, after a job was cut short.
pub(crate) async fn resend(
    desk: &Desk,
    mut tx: Tx,
    letter: &seawall_domain::case::Letter,
) -> Outcome<()> {
    let bytes = desk.bytes(&mut tx, &letter.bytes).await?;
    drop(tx);
    hand_over(desk, letter.message_id.clone(), bytes).await
}

async fn hand_over(desk: &Desk, message_id: String, bytes: Vec<u8>) -> Outcome<()> {
    let courier = desk.courier.clone();
    let done = tokio::task::spawn_blocking(move || courier.deliver(&message_id, &bytes)).await;
    let done = done.map_err(|error| Fault::inconsistent("hand over a letter", error))?;
    Ok(done.map_err(Fault::Courier)?)
}

fn domain(address: &str) -> &str {
    address.trim_end_matches('>').rsplit_once('@').map_or("seawall.invalid", |(_, domain)| domain)
}

fn with_notice(desk: &Desk, body: &str) -> String {
    match &desk.settings.notice {
        Some(notice) => format!("{notice}\n\n{body}"),
        None => body.to_owned(),
    }
}

/// Sends the report of a case to its maintainer: one mail, one flaw, no attachment.
pub async fn send_report(desk: &Desk, id: CaseId) -> Outcome<()> {
    let mut tx = desk.begin("case_send_report").await?;
    let at = desktop(&mut tx, id).await?;
    if let Some(letter) = at.case.sent(LetterKind::Report).cloned() {
        return resend(desk, tx, &letter).await;
    }
    let guarded = tx.load::<Finding>(at.case.finding.uuid()).await?;
    let (finding, _) = guarded.open(&Actor::clerk(), Action::ReadReport)?;
    let claim = kept_claim(desk, &mut tx, &finding).await?.claim;
    let conclusion = at.reproduction.conclusion.clone();
    let bundle = conclusion.and_then(|c| c.bundle_digest).map(|d| d.to_string());
    let ranges = at.reproduction.ranges.clone().unwrap_or_default();
    let affected: Vec<String> = ranges.iter().map(|interval| format!("  {interval}")).collect();
    let handling = match at.project.policy.reproducer {
        ReproducerHandling::Release => "It follows in a second mail, as your policy asks.",
        ReproducerHandling::Withhold => {
            "It is held back, as your policy asks. Answer \"please send the reproducer\" to get it."
        }
    };
    let location = &finding.essence;
    let body = format!(
        "A flaw in {package}, reproduced {runs} times of {runs} in an isolated sandbox.\n\n\
         Version run: {version}\nFile: {file}\nFunction: {function}\nWeakness: {weakness}\n\n\
         What goes wrong (as reported):\n{description}\n\n\
         Affected, found by running releases:\n{affected}\n\n\
         Evidence bundle (SHA-256): {bundle}\n{handling}\n\n\
         You can do everything by answering this mail, a line each:\n\
         \x20 accept            you work on it\n\
         \x20 fixed in VERSION  we run the proof on that release\n\
         \x20 slow down         we send less at a time\n\
         \x20 not a bug: WHY    we look again\n\n\
         No account is needed. {embargo}\n",
        package = at.project.package,
        runs = at.reproduction.runs.len(),
        version = at.reproduction.version,
        file = location.file.as_deref().unwrap_or("?"),
        function = location.function.as_deref().unwrap_or("?"),
        weakness = location.weakness.map(|cwe| cwe.to_string()).unwrap_or_default(),
        description = claim.description.trim(),
        affected = affected.join("\n"),
        bundle = bundle.unwrap_or_default(),
        embargo = embargo_words(&at.case),
    );
    // Nothing of the flaw in the headers: subjects travel in clear and show in lists.
    let subject = format!("Security report for {}", at.project.package.name);
    send(desk, tx, at, LetterKind::Report, subject, body).await
}

fn embargo_words(case: &Case) -> String {
    use seawall_domain::case::Embargo;
    match &case.embargo {
        Embargo::None => "Your policy treats such reports as public from the start.".into(),
        Embargo::Proposed { .. } | Embargo::Active { .. } => format!(
            "Nobody else is told for {} days, or until your fix is out: so your policy has it.",
            case.policy.embargo_days
        ),
        Embargo::Exited { .. } => "The embargo is over.".into(),
    }
}

/// Records the release of the reproducer where the project's policy asks for it.
pub async fn release_by_policy(desk: &Desk, id: CaseId) -> Outcome<()> {
    let mut tx = desk.begin("case_release_bundle").await?;
    let at = desktop(&mut tx, id).await?;
    match (at.project.policy.reproducer, &at.case.bundle) {
        (ReproducerHandling::Release, None) => release(desk, tx, at, None).await,
        (ReproducerHandling::Release | ReproducerHandling::Withhold, _) => Ok(()),
    }
}

/// Records an analyst's decision to release the reproducer to the maintainer.
pub async fn release_bundle(desk: &Desk, actor: &Actor, id: CaseId) -> Outcome<()> {
    let account = actor.account.ok_or(Refusal::Hidden)?;
    let mut tx = desk.begin("case_release_bundle").await?;
    let guarded = tx.load::<Case>(id.uuid()).await?;
    let (_, _) = guarded.open(actor, Action::ReleaseBundle)?;
    let at = desktop(&mut tx, id).await?;
    release(desk, tx, at, Some(account)).await
}

async fn release(
    desk: &Desk,
    mut tx: Tx,
    at: Desktop,
    by: Option<seawall_domain::id::AccountId>,
) -> Outcome<()> {
    let now = desk.now();
    let bundle = at.reproduction.conclusion.as_ref().and_then(|c| c.bundle_digest);
    let bundle = bundle.ok_or_else(|| Fault::inconsistent("release a bundle", "there is none"))?;
    let (case, fact) = at.case.release_bundle(by, bundle, now)?;
    let _ = tx.record(at.mandate, &case, fact, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends the bundle that was released, inside the mail's text, so that nothing needs a portal.
pub async fn send_bundle(desk: &Desk, id: CaseId) -> Outcome<()> {
    let mut tx = desk.begin("case_send_bundle").await?;
    let at = desktop(&mut tx, id).await?;
    if let Some(letter) = at.case.sent(LetterKind::Bundle).cloned() {
        return resend(desk, tx, &letter).await;
    }
    let conclusion = at.reproduction.conclusion.clone();
    let (Some(_), Some(address)) = (&at.case.bundle, conclusion.and_then(|c| c.bundle)) else {
        return Ok(());
    };
    let bundle = desk.bytes(&mut tx, &address).await?;
    let body = format!(
        "The evidence bundle you were promised. Save everything between the two marks as\n\
         bundle.b64, then:\n\n\
         \x20 base64 -d bundle.b64 > bundle.json\n\
         \x20 seawall reproduce bundle.json\n\n\
         It runs in a sealed sandbox and needs no network but your registry.\n\n\
         -----BEGIN SEAWALL EVIDENCE-----\n{}-----END SEAWALL EVIDENCE-----\n",
        base64_lines(&bundle),
    );
    let subject = format!("Evidence for the security report for {}", at.project.package.name);
    send(desk, tx, at, LetterKind::Bundle, subject, body).await
}

/// What became of a letter that came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Received {
    /// It moved its case.
    Filed,
    /// It was filed before.
    Known,
    /// It belongs to no case, or comes from somebody who takes no part.
    Strange,
}

/// Files a maintainer's answer in its case and does what its lines say.
pub async fn receive(desk: &Desk, bytes: &[u8]) -> Outcome<Received> {
    let now = desk.now();
    let Ok(letter) = mail::read(bytes) else { return Ok(Received::Strange) };
    let Some(id) = case_named(&letter) else { return Ok(Received::Strange) };
    let mut tx = desk.begin("case_receive_letter").await?;
    let Ok(at) = desktop(&mut tx, id).await else { return Ok(Received::Strange) };
    let Desktop { case, mandate, project, .. } = at;
    if mailbox(&letter.from) != mailbox(&project.contact) {
        return Ok(Received::Strange);
    }
    let message_id = match letter.message_id.is_empty() {
        true => format!("{}@without-message-id.invalid", digest(bytes)),
        false => letter.message_id,
    };
    if case.letters.iter().any(|known| known.message_id == message_id) {
        return Ok(Received::Known);
    }
    let address = desk.keep(&mut tx, &format!("case/{id}"), bytes).await?;
    let (mut case, fact) = case.receive(message_id, (address, digest(bytes)), now)?;
    let mut mandate = tx.record(mandate, &case, fact, now).await?;
    for command in mail::commands(&letter.body) {
        let step = match command {
            Command::Accept => Some(case.clone().accept(now)?),
            Command::Decline(_) => Some(case.clone().decline(now)?),
            Command::SendReproducer => {
                let guarded = tx.load::<Reproduction>(case.reproduction.uuid()).await?;
                let (known, _) = guarded.open(&Actor::clerk(), Action::ReadReproduction)?;
                let bundle = known.conclusion.and_then(|c| c.bundle_digest);
                match (bundle, &case.bundle) {
                    (Some(bundle), None) => Some(case.clone().release_bundle(None, bundle, now)?),
                    (Some(_) | None, _) => None,
                }
            }
            Command::FixedIn(version) => {
                announce(desk, &mut tx, id, version).await?;
                None
            }
            Command::SlowDown => {
                ask_pace(desk, &mut tx, &project, Pace::Slow).await?;
                None
            }
            Command::Pause => {
                ask_pace(desk, &mut tx, &project, Pace::Paused).await?;
                None
            }
        };
        if let Some((next, fact)) = step {
            mandate = tx.record(mandate, &next, fact, now).await?;
            case = next;
        }
    }
    tx.commit().await?;
    Ok(Received::Filed)
}

/// The case whose letter this one answers: our Message-IDs name it.
fn case_named(letter: &Letter) -> Option<CaseId> {
    letter.in_reply_to.iter().chain(letter.references.iter().rev()).find_map(|id| {
        let (local, _) = id.trim_matches(['<', '>']).split_once('@')?;
        local.split_once('.')?.1.parse().ok()
    })
}

async fn announce(desk: &Desk, tx: &mut Tx, case: CaseId, version: Version) -> Outcome<()> {
    let now = desk.now();
    let id = FixId::new(desk.uuid());
    let mandate = Mandate::<Fix>::start(id.uuid(), &Actor::clerk(), Action::Work)?;
    let (fix, fact) = Fix::announce(id, case, version, now)
        .ok_or_else(|| Fault::inconsistent("announce a fix", "its fact did not apply"))?;
    let _ = tx.record(mandate, &fix, fact, now).await?;
    Ok(())
}

async fn ask_pace(desk: &Desk, tx: &mut Tx, project: &Project, pace: Pace) -> Outcome<()> {
    let now = desk.now();
    let guarded = tx.load::<Project>(project.id.uuid()).await?;
    let (project, mandate) = guarded.open(&Actor::clerk(), Action::Work)?;
    let (project, fact) = project.ask_pace(pace, now)?;
    let _ = tx.record(mandate, &project, fact, now).await?;
    Ok(())
}

/// Base 64 (RFC 4648) in lines of 76 characters (RFC 2045), each ended.
fn base64_lines(bytes: &[u8]) -> String {
    // 57 bytes make 76 characters.
    bytes.chunks(57).map(|line| format!("{}\n", BASE64_STANDARD.encode(line))).collect()
}

/// The bare address of a mailbox, for comparing: without a name, in lower case.
fn mailbox(address: &str) -> String {
    let bare = address.rsplit_once('<').map_or(address, |(_, rest)| rest.trim_end_matches('>'));
    bare.trim().to_lowercase()
}

//! The record of a determination, brought into its engagement by the official (MISSION C57).
//!
//! Everything in it that can be looked at without the logs is: its digests, its figures, the
//! verdict by the protocol that the docket keeps, the commitment and the tokens of the docket, and
//! what the official says. The developer is told by a letter of its own; the record itself is for
//! those who may see the opened protocol, since its bounds stand at the sealed levels.

use super::Hand;
use crate::desk::{Desk, digest};
use crate::evaluation::determination::{self, Evidence, Said, State, TokenBook, Untold};
use crate::evaluation::docket;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor, visible};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::letter::Subject;
use seawall_domain::engagement::{Engagement, Event};
use seawall_domain::evaluation::token::{Book, Fate};
use seawall_domain::evaluation::{Kept, sealing};
use seawall_domain::id::{EngagementId, PersonId};
use seawall_domain::refusal::Refusal;
use seawall_formats::determination::{Body, Record, View};
use seawall_formats::plot::Picture;
use seawall_ledger::canonical::canonical;
use seawall_store::db::Tx;
use tokio::sync::Semaphore;

/// The largest record that is taken, in bytes: one of some 200,000 attempts.
pub const RECORD_BYTES_MAX: usize = 16_000_000;

/// What is said of a record without an official's signature.
const UNSPOKEN: &str = "no official has signed it; `seawall evaluation concur --key` does";

/// Records are looked at one after the other: each takes memory of many times its size meanwhile.
static TURN: Semaphore = Semaphore::const_new(1);

/// Keeps the record of a determination that the official has signed, as `seawall evaluation concur`
/// wrote it. It must be about this engagement and its docket, and hold.
pub async fn receive_record(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    bytes: Vec<u8>,
) -> Outcome<Engagement> {
    if bytes.len() > RECORD_BYTES_MAX {
        let (what, bound) = ("bytes of a record", RECORD_BYTES_MAX as u64);
        return Err(Refusal::Full { what, bound }.into());
    }
    let mut hand = open(desk, actor, id).await?;
    let name = digest(&bytes);
    // Before any sum is made again: whether one would be kept at all.
    let event = Event::KeepRecord { record: name, letter: name };
    hand.engagement.step(event, hand.who, hand.now).map_err(Refusal::from)?;
    let known = Known::of(desk, &mut hand).await?;
    drop(hand);
    // Figures are drawn anew, which takes a while.
    let turn = TURN.acquire().await;
    let looked_at = tokio::task::spawn_blocking(move || {
        let told = known.takes(&bytes);
        drop(turn);
        (told, known, bytes)
    });
    let (told, known, bytes) =
        looked_at.await.map_err(|error| Fault::inconsistent("look at a record", error))?;
    let told = written(&told?)?;
    let mut hand = open(desk, actor, id).await?;
    if known.book != docket_of(&mut hand).await?.1 {
        return Err(refused("its docket has moved meanwhile; send it once more").into());
    }
    desk.keep(&mut hand.tx, &format!("engagement/{id}"), &told).await?;
    desk.keep(&mut hand.tx, &kept_for(id), &bytes).await?;
    hand.step(Event::KeepRecord { record: name, letter: digest(&told) }).await?;
    hand.done().await
}

/// The owner of the record, apart from what the developer may read.
fn kept_for(id: EngagementId) -> String {
    format!("engagement/{id}/record")
}

/// The record that was kept, for whoever scores or audits under its protocol: those who may see
/// the opened protocol as well. For the developer there is none.
pub async fn record(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Vec<u8>> {
    let mut tx = desk.begin("engagement_record").await?;
    let guarded = tx.load::<Engagement>(id.uuid()).await?;
    let (engagement, _) = guarded.open(actor, Action::ReadEngagement)?;
    let name = readable(&mut tx, actor, &engagement).await??;
    let found = desk.store.blobs().find(&mut tx, &kept_for(id), &name).await?;
    desk.bytes(&mut tx, &found.ok_or_else(none)?).await
}

/// What people are shown of a record.
#[derive(Debug)]
pub struct Depicted {
    /// The SHA-256 of the file.
    pub file: Digest,
    /// The picture of its figures.
    pub picture: Picture,
    /// The record, without its table of attempts.
    pub record: Record,
}

/// The record with the picture of its figures, for those who may read it.
pub async fn depicted(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Depicted> {
    let bytes = record(desk, actor, id).await?;
    let turn = TURN.acquire().await;
    let read = tokio::task::spawn_blocking(move || {
        let read = determination::read(&bytes).map(|mut record| {
            let picture = record.body.picture();
            record.body.tasks = Vec::new();
            Depicted { file: digest(&bytes), picture, record }
        });
        drop(turn);
        read
    });
    let read = read.await.map_err(|error| Fault::inconsistent("read a record", error))?;
    Ok(read.map_err(|error| Fault::inconsistent("read a record", error))?)
}

fn none() -> Refusal {
    Refusal::ByRule("cannot give out a record: none is kept yet".into())
}

/// The record's name where somebody may read it, or why not.
async fn readable(
    tx: &mut Tx,
    actor: &Actor,
    engagement: &Engagement,
) -> Outcome<Result<Digest, Refusal>> {
    if actor.party == Some(engagement.developer) {
        return Ok(Err(Refusal::Hidden));
    }
    let Some((root, name)) = engagement.protocol.zip(engagement.record) else {
        return Ok(Err(none()));
    };
    let Some(evaluation) = tx.evaluation_by_root(&root).await? else { return Ok(Err(none())) };
    let duties = &evaluation.docket.duties;
    let reads = |person: PersonId| docket::OPENS.iter().any(|duty| duties.has(person, *duty));
    match actor.person.is_some_and(reads) {
        true => Ok(Ok(name)),
        false => Ok(Err(Refusal::ByRule(sealing::Refused::NoDuty.to_string()))),
    }
}

/// Whether somebody may read the record of an engagement that they may read.
pub async fn reads_record(desk: &Desk, actor: &Actor, engagement: &Engagement) -> Outcome<bool> {
    let mut tx = desk.begin("engagement_reads_record").await?;
    Ok(readable(&mut tx, actor, engagement).await?.is_ok())
}

/// The engagements, of those that somebody may know of, whose records stand on this protocol and
/// are for them to read; at most `limit` engagements are looked at.
pub async fn records_under(
    desk: &Desk,
    actor: &Actor,
    root: &Digest,
    limit: i64,
) -> Outcome<Vec<EngagementId>> {
    let Ok(within) = visible(actor, Action::ReadEngagement) else { return Ok(Vec::new()) };
    let mut tx = desk.begin("engagement_records_under").await?;
    let mut found = Vec::new();
    for engagement in tx.engagement_list(within, limit).await? {
        let is_of_root = engagement.protocol.as_ref() == Some(root);
        if is_of_root && readable(&mut tx, actor, &engagement).await?.is_ok() {
            found.push(engagement.id);
        }
    }
    Ok(found)
}

async fn open(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Hand> {
    Hand::open(desk, actor, id, "engagement_receive_record", Action::Determine).await
}

/// What the developer's letter says of the record that was kept.
pub(super) async fn told(
    desk: &Desk,
    tx: &mut Tx,
    id: EngagementId,
    letter: &Digest,
) -> Outcome<Subject> {
    let found = desk.store.blobs().find(tx, &format!("engagement/{id}"), letter).await?;
    let lost = || Fault::inconsistent("read a letter", "what it says is not there");
    let bytes = desk.bytes(tx, &found.ok_or_else(lost)?).await?;
    let read = serde_json::from_slice(&bytes);
    Ok(read.map_err(|error| Fault::inconsistent("read a letter", error))?)
}

/// What the letter says, as it is kept.
fn written(subject: &Subject) -> Outcome<Vec<u8>> {
    let unwritten =
        |error: &dyn std::error::Error| Fault::inconsistent("write a letter", error.to_string());
    let value = serde_json::to_value(subject).map_err(|error| unwritten(&error))?;
    Ok(canonical(&value).map_err(|error| unwritten(&error))?)
}

/// Why nothing can be told of a record.
fn untold(untold: Untold) -> Refusal {
    match untold {
        Untold::Unspoken => refused(UNSPOKEN),
        Untold::Rehearsal | Untold::Outcome | Untold::Tally => refused(&untold.to_string()),
        Untold::Snapshot | Untold::Safeguards => {
            refused(&format!("{untold}, which its run must name in its metadata"))
        }
    }
}

fn refused(why: &str) -> Refusal {
    Refusal::ByRule(format!("cannot keep this record: {why}"))
}

/// The docket under whose protocol the runs were, as far as a record says something of it.
async fn docket_of(hand: &mut Hand) -> Outcome<(Kept, Book)> {
    let unnamed = || refused("no sealed protocol was named for this question");
    let root = hand.engagement.protocol.ok_or_else(unnamed)?;
    let found = hand.tx.evaluation_by_root(&root).await?;
    let of_root = |book: &Book| book.root() == root;
    let newest = || refused("the protocol that was named was amended since");
    let evaluation = found.ok_or_else(newest)?;
    if evaluation.docket.custody().is_none() {
        return Err(refused("its protocol was sealed for a rehearsal").into());
    }
    let opened = evaluation.docket.opened().is_some_and(|opened| opened.root() == root);
    let book = evaluation.docket.book.clone().filter(of_root).ok_or_else(newest)?;
    let kept = evaluation.kept.get(&root).cloned().ok_or_else(newest)?;
    match opened {
        true => Ok((kept, book)),
        false => Err(refused("its protocol is not opened; first the custodians agree").into()),
    }
}

/// What the installation knows of a determination, to hold a record against.
struct Known {
    engagement: Engagement,
    kept: Kept,
    book: Book,
    opening: Vec<u8>,
    commitment: Vec<u8>,
    /// Why the official differs, where it does.
    reasons: Option<String>,
}

impl Known {
    async fn of(desk: &Desk, hand: &mut Hand) -> Outcome<Known> {
        let (kept, book) = docket_of(hand).await?;
        let engagement = hand.engagement.clone();
        let lost = |what: &str| Fault::inconsistent("look at a record", format!("{what} is gone"));
        let reasons = match engagement.determination.reasons() {
            Some(reasons) => {
                let owner = format!("engagement/{}", engagement.id);
                let found = desk.store.blobs().find(&mut hand.tx, &owner, &reasons).await?;
                let address = found.ok_or_else(|| lost("why the official differs"))?;
                Some(desk.text(&mut hand.tx, &address).await?)
            }
            None => None,
        };
        let opening = kept.opening.ok_or_else(|| lost("what opens its protocol"))?;
        let opening = desk.bytes(&mut hand.tx, &opening).await?;
        let evaluation = hand.tx.evaluation_by_root(&book.root()).await?;
        let evaluation = evaluation.ok_or_else(|| lost("its docket"))?;
        let published = docket::published(&mut hand.tx, &evaluation).await?;
        let published = published.ok_or_else(|| lost("its commitment"))?;
        let commitment = published
            .to_bytes()
            .map_err(|error| Fault::inconsistent("write a commitment", error))?;
        Ok(Known { engagement, kept, book, opening, commitment, reasons })
    }

    /// Looks at a record; gives what the developer is told of it, or why it is not kept.
    fn takes(&self, bytes: &[u8]) -> Result<Subject, Refusal> {
        let record = determination::read(bytes).map_err(|fault| {
            Refusal::Unreadable(format!("{fault}; send the file that `concur` wrote, unaltered"))
        })?;
        let told = determination::letter(&record, Said::default()).map_err(untold)?;
        self.agrees(&record.body, &told)?;
        self.spoken(&record)?;
        self.accounted(&record.body)?;
        self.holds(bytes)?;
        Ok(told)
    }

    /// Protocol, outcome, extent and snapshot are those of the engagement and its docket.
    fn agrees(&self, body: &Body, told: &Subject) -> Result<(), Refusal> {
        let Subject::Determined { outcome, extent, conditions, .. } = told else {
            return Err(refused("it tells of no outcome"));
        };
        if body.protocol.root != self.engagement.protocol {
            return Err(refused("it stands on another protocol than the one that was named"));
        }
        let Some((signed, _)) = self.engagement.determination.issued() else {
            return Err(refused("the official has signed no outcome"));
        };
        if *outcome != signed {
            return Err(refused("its outcome is not the one that the official signed"));
        }
        if extent.domains != self.kept.domains || extent.tasks as u64 != self.kept.tasks {
            return Err(refused("it measures other than its docket says"));
        }
        match self.engagement.lineage.snapshots().any(|known| *known == conditions.snapshot) {
            true => Ok(()),
            false => Err(refused("it is about a snapshot that this engagement does not name")),
        }
    }

    /// The official's word is in it, signed by nobody who sealed the protocol, and as it is here.
    fn spoken(&self, record: &Record) -> Result<(), Refusal> {
        let word = record.concurrence.as_ref().ok_or_else(|| refused(UNSPOKEN))?;
        let signed = word.signature.as_ref().ok_or_else(|| refused(UNSPOKEN))?;
        let key = signed.key.parse::<seawall_ledger::sign::VerifyingKey>();
        let key = key.map_err(|fault| refused(&fault.to_string()))?.digest_hex();
        if record.body.protocol.signed_by.iter().any(|signer| signer.to_string() == key) {
            return Err(refused("the key of its official is one that sealed the protocol"));
        }
        let reasons = word.reasons.as_deref().map(str::trim);
        let same = match word.view {
            View::Concurs => self.reasons.is_none() && reasons.is_none(),
            View::Differs => reasons.is_some() && reasons == self.reasons.as_deref().map(str::trim),
        };
        match same {
            true => Ok(()),
            false => Err(refused("what its official says is not what the official said here")),
        }
    }

    /// Its tokens are those of the docket, each accounted for, and its logs those that count.
    fn accounted(&self, body: &Body) -> Result<(), Refusal> {
        if self.book.account().is_none() || self.book.entries() != body.tokens.as_slice() {
            return Err(refused(
                "its tokens are not those of its docket; bring every log back there, and \
                 determine with the docket's book",
            ));
        }
        let counted = |fate: &Fate| match fate {
            Fate::Completed { log } => Some(*log),
            Fate::Issued | Fate::Used { .. } | Fate::Failed { .. } | Fate::Abandoned { .. } => None,
        };
        let entries = self.book.entries().iter();
        let mut expected: Vec<(Digest, Option<Digest>)> =
            entries.filter_map(|entry| Some((counted(&entry.fate)?, Some(entry.token)))).collect();
        // What was run besides to draw the ability out has tokens of the same book.
        let besides = body.drawn.iter().flat_map(|set| &set.logs);
        let logs = body.logs.iter().chain(besides).map(|log| (log.sha256, log.token));
        let mut named: Vec<(Digest, Option<Digest>)> = logs.collect();
        expected.sort();
        named.sort();
        match expected == named {
            true => Ok(()),
            false => Err(refused("its logs are not those that count by its docket")),
        }
    }

    /// Everything in it that can be looked at without the logs holds.
    fn holds(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let book = TokenBook::of_docket(self.book.clone()).to_bytes();
        let book = book.map_err(|fault| refused(&fault.to_string()))?;
        let evidence = Evidence {
            protocol: Some(&self.opening),
            commitment: Some(&self.commitment),
            tokens: Some(&book),
            ..Evidence::default()
        };
        for check in determination::verify(bytes, &evidence) {
            if let State::Fails(why) = check.state {
                let what = check.what;
                return Err(refused(&format!("this of it does not hold: {what}: {why}")));
            }
        }
        Ok(())
    }
}

//! Dockets: sealing a protocol by two people, tokens for its runs, and opening it afterwards.
//!
//! Whoever may serve here at all is decided by access; what a person may do in one docket, by the
//! duty that it has there. The opening of a protocol lies as a blob of its own, under a key that is
//! split among the custodians: from the moment that it is committed to until enough of them bring
//! their parts, this installation cannot read it.
//!
//! What is sealed here is what files seal: the same root, the same commitment record under the same
//! signatures, the same book, save its key. So the papers of a docket serve the command line.

mod opening;
mod papers;

pub(crate) use opening::OPENS;
pub use opening::{agree, ask_opening, bring_key, reveal, share};
pub use papers::{book, commitment, published};

use super::custody::{self, Drawn};
use super::determination::Published;
use super::sealing;
use crate::account::purpose;
use crate::desk::Desk;
use crate::outcome::{Denied, Fault, Outcome};
use seawall_domain::access::{Action, Actor, decide, visible};
use seawall_domain::account::Holder;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::docket::{Event, Refused};
use seawall_domain::evaluation::protocol::FIELDS;
use seawall_domain::evaluation::sealing::Refused::NoQuorum;
use seawall_domain::evaluation::sealing::{Custody, Duty, Signer};
use seawall_domain::evaluation::token::{Claim, Reason};
use seawall_domain::evaluation::{Evaluation, EvaluationFact, Kept};
use seawall_domain::id::{EvaluationId, PersonId, RunId};
use seawall_domain::party;
use seawall_domain::recipient::Recipient;
use seawall_domain::refusal::Refusal;
use seawall_domain::time::Timestamp;
use seawall_ledger::commitment::Salt;
use seawall_ledger::token::TokenKey;
use seawall_store::db::Tx;
use seawall_store::record::Mandate;
use std::fmt;

/// Opens an evaluation, in whose docket nothing has happened.
pub async fn open(desk: &Desk, actor: &Actor) -> Outcome<Evaluation> {
    let now = desk.now();
    let id = EvaluationId::new(desk.uuid());
    let mandate = Mandate::<Evaluation>::start(id.uuid(), actor, Action::OpenEvaluation)?;
    let (evaluation, fact) = Evaluation::open(id, now)
        .ok_or_else(|| Fault::inconsistent("open an evaluation", "its fact did not apply"))?;
    let mut tx = desk.begin("evaluation_open").await?;
    let _ = tx.record(mandate, &evaluation, fact, now).await?;
    tx.commit().await?;
    Ok(evaluation)
}

/// The evaluations; hidden from those who may know of none.
pub async fn list(desk: &Desk, actor: &Actor, limit: i64) -> Outcome<Vec<Evaluation>> {
    let within = visible(actor, Action::ReadEvaluation)?;
    let mut tx = desk.begin("evaluation_list").await?;
    Ok(tx.evaluation_list(within, limit).await?)
}

/// One evaluation. It holds ids, digests and numbers; what is sealed is not in it.
pub async fn show(desk: &Desk, actor: &Actor, id: EvaluationId) -> Outcome<Evaluation> {
    let mut tx = desk.begin("evaluation_show").await?;
    let guarded = tx.load::<Evaluation>(id.uuid()).await?;
    Ok(guarded.open(actor, Action::ReadEvaluation)?.0)
}

/// Gives a person a duty. No duty is ever taken back, and a docket waits for each custodian: so it
/// is refused for whoever has no account by which it could do it.
pub async fn give(
    desk: &Desk,
    actor: &Actor,
    id: EvaluationId,
    person: PersonId,
    duty: Duty,
) -> Outcome<Evaluation> {
    let mut hand = Hand::load(desk, actor, id, "evaluation_give", Action::OpenEvaluation).await?;
    if !can_serve(&mut hand.tx, person).await? {
        return Err(Refusal::ByRule(UNABLE.into()).into());
    }
    hand.step(Event::Give { person, duty }).await?;
    hand.done().await
}

/// Why a duty is not given.
const UNABLE: &str = "cannot give this person a duty: it has no open account of an evaluator, an \
                      official or an auditor";

/// Whether a person has an account by which it may serve in dockets at all.
async fn can_serve(tx: &mut Tx, person: PersonId) -> Outcome<bool> {
    for role in [party::Role::Evaluator, party::Role::Official, party::Role::Auditor] {
        let accounts = tx.account_list_with_role(role).await?;
        let may = accounts.iter().any(|(account, party)| {
            let actor = Actor::of(account, party);
            actor.person == Some(person) && decide(&actor, Action::ServeEvaluation, &[]).is_ok()
        });
        if may {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Why a protocol is not taken of which nobody said how it is kept.
const UNSAID: &str =
    "cannot commit: say how many custodians open it together, or that it is a rehearsal";

/// How the opening of a protocol is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Keeping {
    /// Under a key that is split among the custodians; so many of them open it together.
    Split {
        /// How many.
        quorum: usize,
    },
    /// Under this installation's own key, for a rehearsal: whoever has the installation can read
    /// it.
    Rehearsal,
}

/// Commits to a protocol, or to an amendment of the one that is sealed. How it is kept has no
/// default: it is never under the installation's own key because somebody said nothing.
pub async fn commit(
    desk: &Desk,
    actor: &Actor,
    id: EvaluationId,
    protocol: &[u8],
    keeping: Option<Keeping>,
) -> Outcome<Evaluation> {
    let mut hand = Hand::serve(desk, actor, id, "evaluation_commit").await?;
    hand.needs(&[Duty::SetThreshold])?;
    let keeping = keeping.ok_or_else(|| Refusal::ByRule(UNSAID.into()))?;
    let protocol = seawall_formats::protocol::read(protocol)
        .map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    let commitment = sealing::commit(&protocol, &salts(desk)).map_err(unsealed)?;
    let supersedes = hand.evaluation.sealed();
    let mut draft = sealing::draft(&protocol, &commitment, supersedes).map_err(unsealed)?;
    let root = draft.root;
    let opening = commitment.opening().map_err(unsealed)?;
    let owner = format!("evaluation/{id}");
    let kept = match keeping {
        Keeping::Split { quorum } => {
            let (custody, sealed) = split(desk, &hand.evaluation, root, &opening, quorum)?;
            draft.custody = Some(custody);
            hand.step(Event::Commit(draft)).await?;
            Kept::sealed(&protocol, desk.keep(&mut hand.tx, &owner, &sealed).await?)
        }
        Keeping::Rehearsal => {
            hand.step(Event::Commit(draft)).await?;
            Kept::plain(&protocol, desk.keep(&mut hand.tx, &owner, &opening).await?)
        }
    };
    hand.record(EvaluationFact::ProtocolKept { root, kept }).await?;
    hand.done().await
}

/// Encrypts an opening to the custodians of the docket: whose parts open it, and the document.
fn split(
    desk: &Desk,
    evaluation: &Evaluation,
    root: Digest,
    opening: &[u8],
    quorum: usize,
) -> Result<(Custody, Vec<u8>), Refusal> {
    let custodians = evaluation.docket.custodians().map_err(Refusal::from)?;
    if quorum < 2 || quorum > custodians.len() {
        return Err(Refused::from(NoQuorum).into());
    }
    let keys: Vec<Recipient> = custodians.iter().map(|(_, key)| *key).collect();
    let mut drawn = Drawn { key: [0; 32], seed: [0; 32], nonce: [0; 12] };
    desk.chance.fill(&mut drawn.key);
    desk.chance.fill(&mut drawn.seed);
    desk.chance.fill(&mut drawn.nonce);
    let sealed = custody::seal(root, opening, (quorum, &keys), &drawn).map_err(unsealed)?;
    let people = custodians.iter().map(|(person, _)| *person);
    let custody = Custody::of(quorum, people.zip(sealed.checks).collect());
    let custody = custody.map_err(|refused| Refusal::from(Refused::from(refused)))?;
    let bytes = sealed.opening.to_bytes();
    Ok((custody, bytes.map_err(|fault| Refusal::Unreadable(fault.to_string()))?))
}

/// Signs the commitment record that waits for signatures; `looked_at` is the root that the person
/// saw.
pub async fn sign(
    desk: &Desk,
    actor: &Actor,
    id: EvaluationId,
    looked_at: Digest,
) -> Outcome<Evaluation> {
    let mut hand = Hand::serve(desk, actor, id, "evaluation_sign").await?;
    let waits = match hand.evaluation.docket.drafted() {
        Some((draft, at)) if draft.root == looked_at => Published::of(draft, at),
        Some(_) => return Err(unsigned("another protocol waits for signatures by now")),
        None => return Err(unsigned("no protocol waits for signatures")),
    };
    let account = actor.account.ok_or(Refusal::Hidden)?;
    let signer = hand.tx.account_with_party(account).await?.ok_or(Refusal::Hidden)?.0;
    if signer.holder != Holder::Person {
        return Err(Refusal::Forbidden.into());
    }
    let key = desk.signing_key(&purpose(account));
    let signed = waits.signature(&key).map_err(unsealed)?;
    let name = key
        .public()
        .digest_hex()
        .parse()
        .map_err(|error| Fault::inconsistent("name a signing key", error))?;
    let by = Signer { person: hand.person, account, key: name };
    let decided = hand.evaluation.sign(by, signed.key, signed.signature, hand.now);
    let (evaluation, fact) = decided.map_err(Refusal::from)?;
    hand.take(evaluation, fact).await?;
    hand.done().await
}

fn unsigned(why: &str) -> Denied {
    Refusal::ByRule(format!("cannot sign: {why}")).into()
}

/// A token for a run, told once; debug output does not show it.
#[derive(Clone)]
pub struct Issued {
    /// The run.
    pub run: RunId,
    /// The token, which goes into the metadata of the log.
    pub token: String,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issued(run {})", self.run)
    }
}

/// Gives out a token for a run under the sealed protocol.
pub async fn issue(desk: &Desk, actor: &Actor, id: EvaluationId) -> Outcome<Issued> {
    let mut hand = Hand::serve(desk, actor, id, "evaluation_issue").await?;
    hand.needs(&[Duty::Run])?;
    let book = hand.evaluation.docket.book.as_ref();
    let (root, plan) = book.map(|book| (book.root(), *book.plan())).ok_or_else(|| {
        Refusal::ByRule("cannot issue a token before a protocol is sealed".into())
    })?;
    let run = RunId::new(desk.uuid());
    let key = token_key(desk, root);
    let (token, digest) = sealing::token(&key, root, run, &plan).map_err(unsealed)?;
    hand.step(Event::Issue { run, token: digest }).await?;
    hand.done().await?;
    Ok(Issued { run, token })
}

/// What came back with a run.
#[derive(Clone, Copy, Debug)]
pub struct Returned<'r> {
    /// The token that the log carries.
    pub token: &'r str,
    /// When the run began, as the log says.
    pub created: Timestamp,
    /// SHA-256 of the log's bytes.
    pub log: Digest,
}

/// Takes a log in by its token, of the sealed protocol and unused. What was run is held against the
/// protocol when it is opened, by the determination.
pub async fn take(
    desk: &Desk,
    actor: &Actor,
    id: EvaluationId,
    returned: Returned<'_>,
) -> Outcome<Evaluation> {
    let mut hand = Hand::serve(desk, actor, id, "evaluation_take").await?;
    hand.needs(&[Duty::Run, Duty::Score])?;
    let Returned { token, created, log } = returned;
    let token = Digest::new(seawall_ledger::token::digest(token));
    hand.step(Event::Take(Claim { token, created, log })).await?;
    hand.done().await
}

/// What became of a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fate {
    /// It counts.
    Completed,
    /// It ended, and does not count.
    Failed(Reason),
    /// There is no log, and none will be taken.
    Abandoned(Reason),
}

/// Says what became of a run; until somebody does, no other token is given out.
pub async fn close(
    desk: &Desk,
    actor: &Actor,
    id: EvaluationId,
    run: RunId,
    fate: Fate,
) -> Outcome<Evaluation> {
    let mut hand = Hand::serve(desk, actor, id, "evaluation_close").await?;
    let (duties, event): (&[Duty], Event) = match fate {
        Fate::Completed => (&[Duty::Score], Event::Complete { run }),
        Fate::Failed(why) => (&[Duty::Score], Event::Fail { run, why }),
        Fate::Abandoned(why) => (&[Duty::Run, Duty::Score], Event::Abandon { run, why }),
    };
    hand.needs(duties)?;
    hand.step(event).await?;
    hand.done().await
}

/// One docket in somebody's hands, within one transaction.
struct Hand {
    tx: Tx,
    evaluation: Evaluation,
    mandate: Option<Mandate<Evaluation>>,
    person: PersonId,
    now: Timestamp,
}

impl Hand {
    async fn serve(
        desk: &Desk,
        actor: &Actor,
        id: EvaluationId,
        name: &'static str,
    ) -> Outcome<Hand> {
        Hand::load(desk, actor, id, name, Action::ServeEvaluation).await
    }

    async fn load(
        desk: &Desk,
        actor: &Actor,
        id: EvaluationId,
        name: &'static str,
        action: Action,
    ) -> Outcome<Hand> {
        let now = desk.now();
        let mut tx = desk.begin(name).await?;
        let guarded = tx.load::<Evaluation>(id.uuid()).await?;
        let (evaluation, mandate) = guarded.open(actor, action)?;
        let person = actor.person.ok_or(Refusal::Forbidden)?;
        Ok(Hand { tx, evaluation, mandate: Some(mandate), person, now })
    }

    /// Refuses whoever has none of these duties here.
    fn needs(&self, duties: &[Duty]) -> Result<(), Refusal> {
        let has = |duty: &Duty| self.evaluation.docket.duties.has(self.person, *duty);
        let refused = seawall_domain::evaluation::sealing::Refused::NoDuty;
        duties.iter().any(has).then_some(()).ok_or(Refusal::ByRule(refused.to_string()))
    }

    async fn step(&mut self, event: Event) -> Outcome<()> {
        let (evaluation, fact) = self.evaluation.step(event, self.now).map_err(Refusal::from)?;
        self.take(evaluation, fact).await
    }

    /// Records a fact that needs no decision of the docket.
    async fn record(&mut self, fact: EvaluationFact) -> Outcome<()> {
        use seawall_domain::fact::Aggregate;
        let lost = || Fault::inconsistent("record a step", "its fact did not apply");
        let next = Evaluation::apply(Some(self.evaluation.clone()), &fact, self.now);
        self.take(next.ok_or_else(lost)?, fact).await
    }

    async fn take(&mut self, evaluation: Evaluation, fact: EvaluationFact) -> Outcome<()> {
        let used = || Fault::inconsistent("record a step", "its mandate was used up");
        let mandate = self.mandate.take().ok_or_else(used)?;
        self.mandate = Some(self.tx.record(mandate, &evaluation, fact, self.now).await?);
        self.evaluation = evaluation;
        Ok(())
    }

    async fn done(self) -> Outcome<Evaluation> {
        self.tx.commit().await?;
        Ok(self.evaluation)
    }
}

fn salts(desk: &Desk) -> Vec<Salt> {
    let salt = |_: &&str| {
        let mut salt = [0; 32];
        desk.chance.fill(&mut salt);
        salt
    };
    FIELDS.iter().map(salt).collect()
}

/// The key with which the tokens of one protocol are made; never stored.
fn token_key(desk: &Desk, root: Digest) -> TokenKey {
    TokenKey::new(desk.store.keys().derive(&format!("evaluation/token/{root}")))
}

fn unsealed(fault: seawall_ledger::Fault) -> Refusal {
    Refusal::Unreadable(fault.to_string())
}

//! Loading and recording subjects: state, fact and the jobs that the fact causes, in one
//! transaction. What is loaded is guarded; what is recorded needs a mandate.

use crate::db::{Row, StoreFault, Tx, Value};
use crate::queue;
use seawall_domain::access::{Action, Actor, Governed, Relation, decide};
use seawall_domain::fact::{Aggregate, Fact};
use seawall_domain::id::FactId;
use seawall_domain::job::{due, jobs_for};
use seawall_domain::refusal::Refusal;
use seawall_domain::time::Timestamp;
use serde_json::json;
use std::marker::PhantomData;
use uuid::Uuid;

/// How a subject lies in its table.
pub trait Stored: Governed {
    /// The table.
    const TABLE: &'static str;
    /// Reads one row by id.
    const BY_ID: &'static str;
    /// Reads every row, in the order of ids.
    const EVERY: &'static str;
    /// Writes the row if it is at the version before the one written.
    const WRITE: &'static str;

    /// The columns beside `id`, `version`, `updated_by` and `state`, in the order of `WRITE`.
    fn columns(&self) -> Vec<(&'static str, Value)>;
}

/// A value as it lay in its row, with the version of the row.
#[derive(Clone, Debug)]
pub struct Held<T> {
    /// The value.
    pub value: T,
    /// How many facts led to it.
    pub version: i64,
}

/// Reads a row back into its value, or names the table, the column and the id that are wrong.
pub fn restore<T: Stored>(row: &Row) -> Result<Held<T>, StoreFault> {
    let id = row.text("id")?;
    let corrupt = |column: &'static str, why: String| StoreFault::Corrupt {
        table: T::TABLE,
        column,
        id: id.clone(),
        why,
    };
    let value: T = serde_json::from_str(&row.text("state")?)
        .map_err(|error| corrupt("state", error.to_string()))?;
    if value.uuid().to_string() != id {
        return Err(corrupt("id", "it differs from the state".into()));
    }
    for (column, expected) in value.columns() {
        if !row.holds(column, &expected) {
            return Err(corrupt(column, "it differs from the state".into()));
        }
    }
    Ok(Held { value, version: row.int("version")? })
}

/// Something that may or may not be there; only an authorised actor finds out.
#[derive(Debug)]
#[must_use]
pub struct Guarded<T> {
    id: Uuid,
    held: Option<Held<T>>,
}

impl<T: Stored> Guarded<T> {
    /// Opens it for an action: the value, with the mandate to record that action's outcome.
    /// "Not there" and "not for you" are the same refusal, by the same path.
    pub fn open(self, actor: &Actor, action: Action) -> Result<(T, Mandate<T>), Refusal> {
        let relations = match &self.held {
            Some(held) => held.value.relations(actor),
            None => Vec::new(),
        };
        let allowed = decide(actor, action, &relations);
        match (allowed, self.held) {
            (Ok(()), Some(held)) => Ok((held.value, Mandate::new(self.id, held.version, actor))),
            (Ok(()) | Err(_), _) => Err(Refusal::Hidden),
        }
    }
}

/// The right to record one fact about one subject, at the version that was looked at.
#[derive(Debug)]
#[must_use]
pub struct Mandate<T> {
    id: Uuid,
    version: i64,
    by: String,
    of: PhantomData<fn() -> T>,
}

impl<T: Stored> Mandate<T> {
    fn new(id: Uuid, version: i64, actor: &Actor) -> Self {
        Self { id, version, by: actor.signature(), of: PhantomData }
    }

    /// The right to start a new thing, which the actor owns or which belongs to nobody.
    pub fn start(id: Uuid, actor: &Actor, action: Action) -> Result<Self, Refusal> {
        let relations = if actor.party.is_some() { &[Relation::Own][..] } else { &[] };
        decide(actor, action, relations)?;
        Ok(Self::new(id, 0, actor))
    }
}

impl<T> Mandate<T> {
    /// Which of the subject's facts it would record, from 1.
    pub fn next(&self) -> i64 {
        self.version + 1
    }
}

/// The id of a subject's n-th fact (counted from 1): derived, so that a repeated job repeats it.
pub fn fact_id(subject: Uuid, version: i64) -> FactId {
    FactId::new(Uuid::new_v5(&subject, version.to_string().as_bytes()))
}

impl Tx {
    /// Loads one subject, guarded.
    pub async fn load<T: Stored>(&mut self, id: Uuid) -> Result<Guarded<T>, StoreFault> {
        let row = self.fetch_optional(T::BY_ID, vec![id.to_string().into()]).await?;
        let held = row.as_ref().map(restore::<T>).transpose()?;
        Ok(Guarded { id, held })
    }

    /// Writes the state, the fact that led to it and the jobs that the fact causes. Gives back the
    /// mandate for a further fact in the same transaction. Fails with [`StoreFault::Moved`] when
    /// the row has moved since it was loaded.
    pub async fn record<T: Stored>(
        &mut self,
        mandate: Mandate<T>,
        state: &T,
        fact: T::Fact,
        at: Timestamp,
    ) -> Result<Mandate<T>, StoreFault> {
        let Mandate { id, version, by, of } = mandate;
        let version = version + 1;
        let body = serde_json::to_string(state).map_err(StoreFault::encode)?;
        let mut row: Vec<Value> =
            vec![id.to_string().into(), version.into(), self.name().into(), body.into()];
        row.extend(state.columns().into_iter().map(|(_, value)| value));
        if self.execute(T::WRITE, row).await? != 1 {
            return Err(StoreFault::Moved { transaction: self.name() });
        }
        let fact: Fact = fact.into();
        let fact_id = fact_id(id, version);
        self.write_fact(fact_id, id, version, &by, &fact, T::SUBJECT.name(), at).await?;
        let jobs = jobs_for(id, &fact);
        if jobs.is_empty() {
            return Ok(Mandate { id, version, by, of });
        }
        let due = due(&fact, at);
        let ground = queue::place::ground(self, T::SUBJECT, id).await?;
        for job in jobs {
            let payload = serde_json::to_string(&job).map_err(StoreFault::encode)?;
            let place = ground.place(&job);
            let job = queue::NewJob {
                kind: "job".into(),
                payload,
                role: job.role().name().into(),
                due,
                cause: fact_id.to_string(),
                place,
            };
            queue::enqueue(self, &job).await?;
        }
        Ok(Mandate { id, version, by, of })
    }

    #[allow(clippy::too_many_arguments, reason = "one argument a column")]
    async fn write_fact(
        &mut self,
        fact_id: FactId,
        subject: Uuid,
        version: i64,
        by: &str,
        fact: &Fact,
        name: &'static str,
        at: Timestamp,
    ) -> Result<(), StoreFault> {
        let leaf = json!({
            "id": fact_id, "of": subject, "version": version, "at": at, "by": by, "what": fact,
        });
        let body = seawall_ledger::canonical::canonical(&leaf).map_err(StoreFault::encode)?;
        let body = String::from_utf8(body).map_err(StoreFault::encode)?;
        self.execute(
            "INSERT INTO fact (id, subject, subject_id, version, at, actor, public, body, digest) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            vec![
                fact_id.to_string().into(),
                name.into(),
                subject.to_string().into(),
                version.into(),
                at.into(),
                by.into(),
                fact.is_public().into(),
                body.as_str().into(),
                crate::blob::sha256(body.as_bytes()).to_string().into(),
            ],
        )
        .await?;
        Ok(())
    }
}

/// A fact as it stands in the log: who did what to what, and when.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Leaf {
    /// The fact's id.
    pub id: FactId,
    /// The subject's id.
    pub of: Uuid,
    /// Which of the subject's facts, from 1.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// The account, or `clerk`, `administrator`.
    pub by: String,
    /// What happened.
    pub what: Fact,
}

/// Whether a stored value of `T` is what its facts lead to; else the column that differs.
pub fn differing<T: Stored>(row: &Row, replayed: &Held<T>) -> Result<Option<String>, StoreFault> {
    let state = serde_json::to_string(&replayed.value).map_err(StoreFault::encode)?;
    let expected = [("version", Value::Int(replayed.version)), ("state", Value::Text(state))];
    let columns = replayed.value.columns();
    let differs = expected.iter().chain(&columns).find(|(column, value)| !row.holds(column, value));
    Ok(differs.map(|(column, _)| (*column).to_owned()))
}

/// The facts of a subject's kind fold into this value.
pub trait Folded: Stored {
    /// Takes the subject's own fact out of any fact.
    fn own(fact: Fact) -> Option<<Self as Aggregate>::Fact>;
}

//! What an official brings in to judge and to count by: rubrics, the table of operators, days off.
//!
//! Each is kept as it was sent, under its digest; what took its place stays in the record.

use crate::desk::{Desk, digest};
use crate::outcome::{Fault, Outcome};
use jiff::civil::Date;
use jiff::tz::Offset;
use seawall_domain::access::{Action, Actor, decide};
use seawall_domain::digest::Digest;
use seawall_domain::id::PersonId;
use seawall_domain::partner::basis::{Asked, Basis, BasisFact, Brought, Decided, FIRST_RUBRIC, ID};
use seawall_domain::partner::calendar::Calendar;
use seawall_domain::partner::reach::{Group, Table};
use seawall_domain::partner::rubric::Rubric;
use seawall_domain::refusal::Refusal;
use seawall_domain::time::Timestamp;
use seawall_formats::{operators as table, rubric as written};
use seawall_store::db::Tx;
use seawall_store::record::Mandate;
use std::collections::BTreeSet;

/// Whose blobs they are.
const OWNER: &str = "basis";

/// What one partner protects, as far as it is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Protects {
    /// How many groups it declares.
    pub groups: usize,
    /// How many operators are in those whose number was brought in; none where no table was.
    pub operators: Option<u64>,
    /// In how many of its groups the number of operators is not known.
    pub unknown: usize,
}

/// What became of something that was brought in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Taken {
    /// SHA-256 of it as it was sent.
    pub digest: Digest,
    /// Whether it is in force.
    pub standing: Standing,
}

/// How far something is that takes two people.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It waits until another person brings the same in.
    Waits,
    /// It is in force.
    InForce,
}

/// What waits for a second person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Waiting {
    /// What, and who signed first.
    pub asked: Asked,
    /// The text as it was sent.
    pub text: String,
}

/// The basis as it stands.
pub(super) async fn current(tx: &mut Tx) -> Outcome<Basis> {
    Ok(tx.basis_current().await?.unwrap_or_default())
}

/// The rubric in force, for everybody to read.
pub async fn rubric(desk: &Desk) -> Outcome<Rubric> {
    let mut tx = desk.begin("rubric").await?;
    let version = current(&mut tx).await?.rubric();
    rubric_by(desk, &mut tx, version).await
}

/// The rubric of a version, for everybody to read: applications are judged by the one that was in
/// force when they were filed.
pub async fn rubric_of(desk: &Desk, version: u32) -> Outcome<Rubric> {
    let mut tx = desk.begin("rubric_of").await?;
    rubric_by(desk, &mut tx, version).await
}

pub(super) async fn rubric_by(desk: &Desk, tx: &mut Tx, version: u32) -> Outcome<Rubric> {
    if version == FIRST_RUBRIC {
        let unfit = |error| Fault::inconsistent("read the first rubric", error);
        return Ok(Rubric::first().map_err(unfit)?);
    }
    let basis = current(tx).await?;
    let text = basis.rubrics.get(&version).ok_or(Refusal::Hidden)?;
    let bytes = kept(desk, tx, text).await?;
    Ok(written::read(&bytes).map_err(|error| Fault::inconsistent("read a rubric", error))?)
}

/// Signs for a rubric, TOML or JSON; it is in force when a second person has sent the same.
/// Applications that were filed before keep theirs.
pub async fn publish_rubric(desk: &Desk, actor: &Actor, bytes: &[u8]) -> Outcome<Taken> {
    let mut hand = Hand::open(desk, actor, "rubric_publish").await?;
    let rubric = written::read(bytes).map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    for version in FIRST_RUBRIC..=hand.basis.rubric() {
        let before = rubric_by(desk, &mut hand.tx, version).await?;
        let kept = rubric.keeps_names(&before);
        kept.map_err(|unfit| Refusal::Unreadable(unfit.to_string()))?;
    }
    desk.keep(&mut hand.tx, OWNER, bytes).await?;
    let digest = digest(bytes);
    let decided = hand.basis.publish_rubric(&rubric, digest, hand.by, hand.now);
    hand.sign(digest, decided).await
}

/// Signs for how many operators there are in each group, CSV or JSON; all of it, or nothing. It is
/// in force when a second person has sent the same.
pub async fn bring_operators(desk: &Desk, actor: &Actor, bytes: &[u8]) -> Outcome<Taken> {
    let mut hand = Hand::open(desk, actor, "operators_bring").await?;
    let read = table::read(bytes, day(hand.now));
    let table = read.map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    desk.keep(&mut hand.tx, OWNER, bytes).await?;
    let digest = digest(bytes);
    let decided = hand.basis.bring_operators(&table, digest, hand.by, hand.now);
    hand.sign(digest, decided).await
}

/// What waits for a second person, for those who may be it.
pub async fn waiting(desk: &Desk, actor: &Actor) -> Outcome<Vec<Waiting>> {
    decide(actor, Action::BringBasis, &[])?;
    let mut tx = desk.begin("basis_waiting").await?;
    let mut waiting = Vec::new();
    for asked in current(&mut tx).await?.asked() {
        let bytes = kept(desk, &mut tx, &asked.change.digest()).await?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        waiting.push(Waiting { asked: *asked, text });
    }
    Ok(waiting)
}

/// The table in force, with what is known of it; none where none was brought in.
pub async fn operators(desk: &Desk, actor: &Actor) -> Outcome<Option<(Brought, Table)>> {
    decide(actor, Action::ReadBasis, &[])?;
    let mut tx = desk.begin("operators").await?;
    in_force(desk, &mut tx).await
}

/// The table in force.
pub(super) async fn in_force(desk: &Desk, tx: &mut Tx) -> Outcome<Option<(Brought, Table)>> {
    let Some(brought) = current(tx).await?.operators else { return Ok(None) };
    let bytes = kept(desk, tx, &brought.table).await?;
    let broken = |error| Fault::inconsistent("read the table of operators", error);
    // Every day in it lay behind when it was taken.
    Ok(Some((brought, table::read(&bytes, Date::MAX).map_err(broken)?)))
}

/// What one partner protects by the table in force.
pub(super) async fn protects(
    desk: &Desk,
    tx: &mut Tx,
    groups: &BTreeSet<Group>,
) -> Outcome<Protects> {
    let known = in_force(desk, tx).await?.map(|(_, table)| table.within(groups));
    Ok(Protects {
        groups: groups.len(),
        operators: known.as_ref().map(|(operators, _)| *operators),
        unknown: known.map_or(groups.len(), |(_, unknown)| unknown.len()),
    })
}

/// Names the days off from now on; what was fixed before stays.
pub async fn name_days_off(desk: &Desk, actor: &Actor, calendar: Calendar) -> Outcome<Calendar> {
    let hand = Hand::open(desk, actor, "days_off_name").await?;
    let decided = hand.basis.name_days_off(calendar, hand.now);
    Ok(hand.take(decided).await?.calendar)
}

/// Which days are off, for everybody to read: ends are counted by them.
pub async fn days_off(desk: &Desk) -> Outcome<Calendar> {
    let mut tx = desk.begin("days_off").await?;
    Ok(current(&mut tx).await?.calendar)
}

/// The basis in an official's hands, within one transaction.
struct Hand {
    tx: Tx,
    basis: Basis,
    mandate: Mandate<Basis>,
    by: PersonId,
    now: Timestamp,
}

impl Hand {
    async fn open(desk: &Desk, actor: &Actor, name: &'static str) -> Outcome<Hand> {
        let (now, action) = (desk.now(), Action::BringBasis);
        let mut tx = desk.begin(name).await?;
        // What a person brings in has a person behind it.
        let (basis, mandate) = match tx.basis_current().await? {
            Some(_) => tx.load::<Basis>(ID).await?.open(actor, action)?,
            None => (Basis::default(), Mandate::start(ID, actor, action)?),
        };
        let by = super::person(actor)?;
        Ok(Hand { tx, basis, mandate, by, now })
    }

    async fn sign(self, digest: Digest, decided: Decided) -> Outcome<Taken> {
        let waits = |asked: &Asked| asked.change.digest() == digest;
        let standing = match self.take(decided).await?.asked().iter().any(waits) {
            true => Standing::Waits,
            false => Standing::InForce,
        };
        Ok(Taken { digest, standing })
    }

    async fn take(mut self, decided: Decided) -> Outcome<Basis> {
        let (basis, fact): (Basis, BasisFact) = decided.map_err(Refusal::from)?;
        let _ = self.tx.record(self.mandate, &basis, fact, self.now).await?;
        self.tx.commit().await?;
        Ok(basis)
    }
}

async fn kept(desk: &Desk, tx: &mut Tx, name: &Digest) -> Outcome<Vec<u8>> {
    let found = desk.store.blobs().find(tx, OWNER, name).await?;
    let lost = || Fault::inconsistent("read what was brought in", "it is not kept");
    desk.bytes(tx, &found.ok_or_else(lost)?).await
}

/// The day of an instant, in UTC.
fn day(now: Timestamp) -> Date {
    Offset::UTC.to_datetime(now).date()
}

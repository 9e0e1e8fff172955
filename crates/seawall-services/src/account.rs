//! Accounts: people who sign in by a one-time link, machines with keys that end by themselves.

use crate::desk::{Desk, digest};
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::account::{Account, Holder};
use seawall_domain::id::{AccountId, PartyId, PersonId};
use seawall_domain::party::Party;
use seawall_domain::refusal::Refusal;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_store::queries::{Credential, CredentialKind};
use seawall_store::record::Mandate;

/// How long a login link is good, in hours.
pub const LINK_HOURS: i64 = 24;
/// How long a session lasts, in hours.
pub const SESSION_HOURS: i64 = 12;

/// Opens an account of a party.
pub async fn open(
    desk: &Desk,
    actor: &Actor,
    party: PartyId,
    label: &str,
    holder: Holder,
) -> Outcome<Account> {
    open_for(desk, actor, party, label, holder, None).await
}

/// Opens an account of a party for a person who has other accounts: within one matter it is one
/// person, whatever account it uses.
pub async fn open_for(
    desk: &Desk,
    actor: &Actor,
    party: PartyId,
    label: &str,
    holder: Holder,
    person: Option<PersonId>,
) -> Outcome<Account> {
    let now = desk.now();
    let id = AccountId::new(desk.uuid());
    let mandate = Mandate::<Account>::start(id.uuid(), actor, Action::OpenAccount)?;
    let public_key = desk.signing_key(&purpose(id)).public().to_string();
    let (account, fact) = Account::open((id, party), label, holder, person, public_key, now)
        .ok_or_else(|| Fault::inconsistent("open an account", "its first fact did not apply"))?;
    let mut tx = desk.begin("account_open").await?;
    let _ = tx.record(mandate, &account, fact, now).await?;
    tx.commit().await?;
    Ok(account)
}

/// The purpose from which the signing key of an account is derived.
pub(crate) fn purpose(account: AccountId) -> String {
    format!("account/{account}")
}

/// Issues a key for a machine. The text is told once and never kept.
pub async fn issue_key(
    desk: &Desk,
    actor: &Actor,
    account: AccountId,
    days: i64,
) -> Outcome<String> {
    let now = desk.now();
    let secret = format!("tap_v1_{}", desk.secret());
    let expires = now + SignedDuration::from_hours(24 * days);
    let mut tx = desk.begin("account_issue_key").await?;
    let guarded = tx.load::<Account>(account.uuid()).await?;
    let (held, mandate) = guarded.open(actor, Action::IssueKey)?;
    let key = digest(secret.as_bytes());
    let (held, fact) = held.issue_key(key, expires, now)?;
    let _ = tx.record(mandate, &held, fact, now).await?;
    tx.credential_add(CredentialKind::Key, &key, account, expires, None).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Closes an account: no key, link or session of it lets anybody in any more.
pub async fn close(desk: &Desk, actor: &Actor, account: AccountId) -> Outcome<Account> {
    let now = desk.now();
    let mut tx = desk.begin("account_close").await?;
    let guarded = tx.load::<Account>(account.uuid()).await?;
    let (held, mandate) = guarded.open(actor, Action::IssueKey)?;
    let (held, fact) = held.close(now)?;
    let _ = tx.record(mandate, &held, fact, now).await?;
    tx.commit().await?;
    Ok(held)
}

/// Makes a one-time login link for a person. The secret is told once and never kept.
pub async fn invite(desk: &Desk, actor: &Actor, account: AccountId) -> Outcome<String> {
    let now = desk.now();
    let secret = desk.secret();
    let mut tx = desk.begin("account_invite").await?;
    let guarded = tx.load::<Account>(account.uuid()).await?;
    let (_, _) = guarded.open(actor, Action::IssueKey)?;
    let expires = now + SignedDuration::from_hours(LINK_HOURS);
    let link = digest(secret.as_bytes());
    tx.credential_add(CredentialKind::Link, &link, account, expires, None).await?;
    tx.commit().await?;
    Ok(secret)
}

/// A session that was just begun.
#[derive(Debug)]
pub struct Session {
    /// The secret for the cookie.
    pub secret: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// Turns a login link into a session. A link that was used, ran out or never was is hidden.
pub async fn sign_in(desk: &Desk, link: &str) -> Outcome<Session> {
    let now = desk.now();
    let mut tx = desk.begin("account_sign_in").await?;
    let found = tx.credential_use(CredentialKind::Link, &digest(link.as_bytes()), now).await?;
    let Credential { account, .. } = found.ok_or(Refusal::Hidden)?;
    let secret = desk.secret();
    let expires = now + SignedDuration::from_hours(SESSION_HOURS);
    let session = digest(secret.as_bytes());
    let csrf = Some(desk.secret());
    tx.credential_add(CredentialKind::Session, &session, account, expires, csrf).await?;
    tx.commit().await?;
    Ok(Session { secret, expires })
}

/// Ends a session.
pub async fn sign_out(desk: &Desk, secret: &str) -> Outcome<()> {
    let mut tx = desk.begin("account_sign_out").await?;
    tx.credential_end(&digest(secret.as_bytes())).await?;
    tx.commit().await?;
    Ok(())
}

/// Somebody who presented a good credential.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// As whom they act.
    pub actor: Actor,
    /// What others see.
    pub label: String,
    /// The party's name.
    pub party: String,
    /// The token that forms of the session must carry.
    pub csrf: Option<String>,
}

/// Who presents a key, if it is good now.
pub async fn by_key(desk: &Desk, secret: &str) -> Outcome<Option<Visitor>> {
    by(desk, CredentialKind::Key, secret).await
}

/// Who presents a session, if it is good now.
pub async fn by_session(desk: &Desk, secret: &str) -> Outcome<Option<Visitor>> {
    by(desk, CredentialKind::Session, secret).await
}

async fn by(desk: &Desk, kind: CredentialKind, secret: &str) -> Outcome<Option<Visitor>> {
    let now = desk.now();
    let presented = digest(secret.as_bytes());
    let mut tx = desk.begin("account_by_credential").await?;
    let Some(credential) = tx.credential_find(kind, &presented, now).await? else {
        return Ok(None);
    };
    let Some((account, party)) = tx.account_with_party(credential.account).await? else {
        return Ok(None);
    };
    let by_key = kind == CredentialKind::Key;
    let admitted = account.is_open() && (!by_key || account.admits(&presented, now));
    let actor = actor(&account, &party);
    Ok(admitted.then_some(Visitor {
        actor,
        label: account.label,
        party: party.name,
        csrf: credential.csrf,
    }))
}

fn actor(account: &Account, party: &Party) -> Actor {
    Actor::of(account, party)
}

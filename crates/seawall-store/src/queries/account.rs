//! Accounts, and the credentials that let them in.

use crate::db::{Row, StoreFault, Tx};
use crate::subjects::select;
use seawall_domain::account::Account;
use seawall_domain::digest::Digest;
use seawall_domain::id::{AccountId, PartyId};
use seawall_domain::party::{Party, Role};
use seawall_domain::time::Timestamp;

/// What a secret is good for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CredentialKind {
    /// A machine's key.
    Key,
    /// A one-time login link.
    Link,
    /// A session in a browser.
    Session,
}

impl CredentialKind {
    fn name(self) -> &'static str {
        match self {
            CredentialKind::Key => "key",
            CredentialKind::Link => "link",
            CredentialKind::Session => "session",
        }
    }
}

/// A credential that was presented and is good now.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Whom it lets in.
    pub account: AccountId,
    /// The token that forms of that session must carry.
    pub csrf: Option<String>,
}

impl Tx {
    /// Keeps a credential by the digest of its secret.
    pub async fn credential_add(
        &mut self,
        kind: CredentialKind,
        digest: &Digest,
        account: AccountId,
        expires: Timestamp,
        csrf: Option<String>,
    ) -> Result<(), StoreFault> {
        self.execute(
            "INSERT INTO credential (digest, kind, account, expires, csrf) \
             VALUES ($1, $2, $3, $4, $5)",
            vec![
                digest.to_string().into(),
                kind.name().into(),
                account.to_string().into(),
                expires.into(),
                csrf.into(),
            ],
        )
        .await?;
        Ok(())
    }

    /// The credential of this digest, if it is good now.
    pub async fn credential_find(
        &mut self,
        kind: CredentialKind,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<Credential>, StoreFault> {
        let row = self
            .fetch_optional(
                "SELECT account, csrf FROM credential \
                 WHERE digest = $1 AND kind = $2 AND expires > $3 AND used IS NULL",
                vec![digest.to_string().into(), kind.name().into(), now.into()],
            )
            .await?;
        row.as_ref().map(credential).transpose()
    }

    /// Uses a one-time credential up: gives it to the first who asks, and to nobody after.
    pub async fn credential_use(
        &mut self,
        kind: CredentialKind,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<Credential>, StoreFault> {
        let row = self
            .fetch_optional(
                "UPDATE credential SET used = $3 \
                 WHERE digest = $1 AND kind = $2 AND expires > $3 AND used IS NULL \
                 RETURNING account, csrf",
                vec![digest.to_string().into(), kind.name().into(), now.into()],
            )
            .await?;
        row.as_ref().map(credential).transpose()
    }

    /// Ends a session.
    pub async fn credential_end(&mut self, digest: &Digest) -> Result<(), StoreFault> {
        self.execute("DELETE FROM credential WHERE digest = $1", vec![digest.to_string().into()])
            .await?;
        Ok(())
    }

    /// An account with its party, for whoever presented a credential of it.
    pub async fn account_with_party(
        &mut self,
        id: AccountId,
    ) -> Result<Option<(Account, Party)>, StoreFault> {
        let id = id.to_string();
        let account: Option<Account> =
            self.values(select!(account, "WHERE id = $1"), vec![id.into()]).await?.pop();
        let Some(account) = account else { return Ok(None) };
        Ok(self.party(account.party).await?.map(|party| (account, party)))
    }

    /// Every account that acts for a party, whether or not it may now.
    pub async fn account_list_of(&mut self, party: PartyId) -> Result<Vec<Account>, StoreFault> {
        let sql = select!(account, "WHERE party = $1 ORDER BY id");
        self.values(sql, vec![party.to_string().into()]).await
    }

    /// Every account of a party that has this role, each with its party, whether or not it may act.
    pub async fn account_list_with_role(
        &mut self,
        role: Role,
    ) -> Result<Vec<(Account, Party)>, StoreFault> {
        let parties: Vec<Party> = self.values(select!(party, "ORDER BY id"), Vec::new()).await?;
        let mut found = Vec::new();
        for party in parties.into_iter().filter(|party| party.roles.contains(&role)) {
            for account in self.account_list_of(party.id).await? {
                found.push((account, party.clone()));
            }
        }
        Ok(found)
    }

    /// A party, for showing its name to those who may know of it.
    pub async fn party(&mut self, id: PartyId) -> Result<Option<Party>, StoreFault> {
        let id = id.to_string();
        Ok(self.values(select!(party, "WHERE id = $1"), vec![id.into()]).await?.pop())
    }
}

fn credential(row: &Row) -> Result<Credential, StoreFault> {
    let id = row.text("account")?;
    let account = id.parse().map_err(|error| StoreFault::Corrupt {
        table: "credential",
        column: "account",
        id: id.clone(),
        why: format!("{error}"),
    })?;
    Ok(Credential { account, csrf: row.opt_text("csrf")? })
}

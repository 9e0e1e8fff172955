//! Run tokens: the book of which runs were begun under a sealed protocol, and what became of each.
//!
//! A token binds a run to the protocol that was sealed before it, and every token is accounted for.
//! That stops running first and choosing the rule later, and it stops keeping the best of several
//! runs (FRONTIER 3.4, F16). The book holds digests of tokens; making and comparing the tokens
//! themselves is the ledger's.

use crate::digest::Digest;
use crate::id::RunId;
use crate::time::{Timestamp, whole_second};
use serde::{Deserialize, Serialize};

/// The most runs under one protocol.
pub const RUNS_MAX: usize = 256;

/// What a run under the protocol must look like, taken from the protocol when it was sealed: the
/// salted leaves of its commitment, so that whoever reads a plan cannot try out what it says.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The leaf of the list of tasks.
    pub tasks: Digest,
    /// How often each is tried.
    pub attempts: u64,
    /// The leaf of the budgets.
    pub limits: Digest,
    /// The leaf of the conditions.
    pub conditions: Digest,
}

/// What a log says of the run it is from. Its tasks, limits and conditions are held against the
/// opened protocol by the determination, since a sender's word for them would show nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// SHA-256 of the token that it carries.
    pub token: Digest,
    /// When the run began, as the log says.
    pub created: Timestamp,
    /// SHA-256 of the log's bytes.
    pub log: Digest,
}

/// Why a run did not come to an end that counts.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The provider was not there.
    ProviderOutage,
    /// The harness broke.
    HarnessBroke,
    /// The sandbox broke.
    SandboxBroke,
    /// A budget of the installation was used up.
    MoneySpent,
    /// A person made a mistake in starting it.
    OperatorMistake,
    /// The developer asked for it, or withdrew.
    DeveloperAsked,
    /// The token was never used, and cannot be any more.
    TokenLost,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 7] = [
        Reason::ProviderOutage,
        Reason::HarnessBroke,
        Reason::SandboxBroke,
        Reason::MoneySpent,
        Reason::OperatorMistake,
        Reason::DeveloperAsked,
        Reason::TokenLost,
    ];

    /// The reason as it is written.
    pub fn word(self) -> &'static str {
        match self {
            Reason::ProviderOutage => "provider_outage",
            Reason::HarnessBroke => "harness_broke",
            Reason::SandboxBroke => "sandbox_broke",
            Reason::MoneySpent => "money_spent",
            Reason::OperatorMistake => "operator_mistake",
            Reason::DeveloperAsked => "developer_asked",
            Reason::TokenLost => "token_lost",
        }
    }
}

/// What became of a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// Given out; nothing came back yet.
    Issued,
    /// A log with it came in.
    Used {
        /// SHA-256 of the log's bytes.
        log: Digest,
    },
    /// The run counts.
    Completed {
        /// SHA-256 of the log's bytes.
        log: Digest,
    },
    /// The run ended, and does not count.
    Failed {
        /// SHA-256 of the log's bytes.
        log: Digest,
        /// Why not.
        why: Reason,
    },
    /// No log came, and none will be taken.
    Abandoned {
        /// Why not.
        why: Reason,
    },
}

impl Fate {
    /// Whether it is known what became of the run.
    pub fn is_final(&self) -> bool {
        match self {
            Fate::Completed { .. } | Fate::Failed { .. } | Fate::Abandoned { .. } => true,
            Fate::Issued | Fate::Used { .. } => false,
        }
    }
}

/// One token in the book.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The run it was made for.
    pub run: RunId,
    /// SHA-256 of the token.
    pub token: Digest,
    /// When it was given out, in whole seconds: a log tells no more of when its run began.
    pub issued_at: Timestamp,
    /// What became of it.
    pub fate: Fate,
}

/// What happened in the book.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the entry they change")]
pub enum TokenFact {
    Issued { run: RunId, token: Digest },
    Used { run: RunId, log: Digest },
    Completed { run: RunId },
    Failed { run: RunId, why: Reason },
    Abandoned { run: RunId, why: Reason },
}

/// Why the book refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The token before has not come back, and nobody has said why.
    #[error("cannot go on: what became of the token before is not explained")]
    Unreturned,
    /// The run or the token is in the book already.
    #[error("cannot issue a token twice for one run")]
    Known,
    /// The book is full.
    #[error("cannot issue more than {RUNS_MAX} tokens under one protocol")]
    Full,
    /// The protocol is not in force at that instant.
    #[error("cannot issue a token: the protocol is not in force now")]
    NotInForce,
    /// The log carries no token of this book.
    #[error("cannot take this log: its token was not issued under this protocol")]
    NoToken,
    /// The token was used before.
    #[error("cannot take this log: its token was used before")]
    Reused,
    /// The run began before the protocol was sealed, or before the token was given out.
    #[error("cannot take this log: its run began before its token was issued")]
    EarlyRun,
    /// The run lies in the future.
    #[error("cannot take this log: its run begins after now")]
    FutureRun,
    /// There is no such run in the state for this.
    #[error("cannot do this with the run in the state that it is in")]
    NotNow,
}

/// The book of one sealed protocol, in the order in which tokens were given out.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Book {
    root: Digest,
    plan: Plan,
    sealed_at: Timestamp,
    until: Timestamp,
    entries: Vec<Entry>,
}

/// How many tokens met which fate; published with every determination.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Given out.
    pub issued: usize,
    /// Runs that count.
    pub completed: usize,
    /// Runs that do not.
    pub failed: usize,
    /// Tokens without a run.
    pub abandoned: usize,
}

/// The book after a step, with what happened; or why not.
pub type Decided = Result<(Book, TokenFact), Refused>;

impl Book {
    /// Opens the book of a protocol that was sealed then, and is in force until then.
    pub fn open(root: Digest, plan: Plan, sealed_at: Timestamp, until: Timestamp) -> Book {
        Book { root, plan, sealed_at, until, entries: Vec::new() }
    }

    /// The root of the protocol's commitment.
    pub fn root(&self) -> Digest {
        self.root
    }

    /// What a run under the protocol must look like.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// When the protocol was sealed.
    pub fn sealed_at(&self) -> Timestamp {
        self.sealed_at
    }

    /// Until when runs may take place.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// Every token and what became of it, in the order of issue.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Gives out a token for a run; refused while the fate of an earlier one is unknown.
    pub fn issue(&self, run: RunId, token: Digest, now: Timestamp) -> Decided {
        if now < self.sealed_at || now >= self.until {
            return Err(Refused::NotInForce);
        }
        if self.entries.iter().any(|entry| !entry.fate.is_final()) {
            return Err(Refused::Unreturned);
        }
        if self.entries.iter().any(|entry| entry.run == run || entry.token == token) {
            return Err(Refused::Known);
        }
        if self.entries.len() >= RUNS_MAX {
            return Err(Refused::Full);
        }
        self.becomes(TokenFact::Issued { run, token }, now)
    }

    /// Takes a log in: its token must be unused, and its run late enough.
    pub fn take(&self, claim: &Claim, now: Timestamp) -> Decided {
        let Some(entry) = self.entries.iter().find(|entry| entry.token == claim.token) else {
            return Err(Refused::NoToken);
        };
        let log_known = self.entries.iter().any(|entry| entry.fate.log() == Some(claim.log));
        if entry.fate != Fate::Issued || log_known {
            return Err(Refused::Reused);
        }
        if claim.created < self.sealed_at || claim.created < entry.issued_at {
            return Err(Refused::EarlyRun);
        }
        if claim.created > now {
            return Err(Refused::FutureRun);
        }
        self.becomes(TokenFact::Used { run: entry.run, log: claim.log }, now)
    }

    /// The run counts.
    pub fn complete(&self, run: RunId, now: Timestamp) -> Decided {
        self.becomes(TokenFact::Completed { run }, now)
    }

    /// The run ended, and does not count.
    pub fn fail(&self, run: RunId, why: Reason, now: Timestamp) -> Decided {
        self.becomes(TokenFact::Failed { run, why }, now)
    }

    /// No log came: whoever ran it says why, and the next token can be given out.
    pub fn abandon(&self, run: RunId, why: Reason, now: Timestamp) -> Decided {
        self.becomes(TokenFact::Abandoned { run, why }, now)
    }

    /// The account of every token; none while the fate of one is unknown, and then no determination
    /// can be made.
    pub fn account(&self) -> Option<Account> {
        let mut account = Account::default();
        for entry in &self.entries {
            account.issued += 1;
            match entry.fate {
                Fate::Completed { .. } => account.completed += 1,
                Fate::Failed { .. } => account.failed += 1,
                Fate::Abandoned { .. } => account.abandoned += 1,
                Fate::Issued | Fate::Used { .. } => return None,
            }
        }
        Some(account)
    }

    fn becomes(&self, fact: TokenFact, now: Timestamp) -> Decided {
        self.after(&fact, now).map(|book| (book, fact)).ok_or(Refused::NotNow)
    }

    /// The book after a fact; none when it cannot follow.
    pub fn after(&self, fact: &TokenFact, at: Timestamp) -> Option<Book> {
        let mut book = self.clone();
        if let TokenFact::Issued { run, token } = *fact {
            let issued_at = whole_second(at);
            book.entries.push(Entry { run, token, issued_at, fate: Fate::Issued });
            return Some(book);
        }
        let (TokenFact::Used { run, .. }
        | TokenFact::Completed { run }
        | TokenFact::Failed { run, .. }
        | TokenFact::Abandoned { run, .. }
        | TokenFact::Issued { run, .. }) = *fact;
        let entry = book.entries.iter_mut().find(|entry| entry.run == run)?;
        entry.fate = match (*fact, entry.fate) {
            (TokenFact::Used { log, .. }, Fate::Issued) => Fate::Used { log },
            (TokenFact::Abandoned { why, .. }, Fate::Issued) => Fate::Abandoned { why },
            (TokenFact::Completed { .. }, Fate::Used { log }) => Fate::Completed { log },
            (TokenFact::Failed { why, .. }, Fate::Used { log }) => Fate::Failed { log, why },
            (
                TokenFact::Issued { .. }
                | TokenFact::Used { .. }
                | TokenFact::Abandoned { .. }
                | TokenFact::Completed { .. }
                | TokenFact::Failed { .. },
                _,
            ) => return None,
        };
        Some(book)
    }
}

impl Fate {
    /// The log that came in with the token, whether its run counts or not.
    pub fn log(&self) -> Option<Digest> {
        match self {
            Fate::Used { log } | Fate::Completed { log } | Fate::Failed { log, .. } => Some(*log),
            Fate::Issued | Fate::Abandoned { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;

//! Queries: rows to values, one file a subject. No decision is taken here.

mod account;
mod advisory;
mod case;
mod engagement;
mod evaluation;
mod exposure;
mod finding;
mod inventory;
mod partner;
mod project;
mod scan;

pub use account::{Credential, CredentialKind};

use crate::db::{StoreFault, Tx, Value};
use crate::record::{Stored, restore};
use seawall_domain::access::Scope;

impl Tx {
    /// The values that a query over one subject's table finds.
    pub(crate) async fn values<T: Stored>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<T>, StoreFault> {
        let rows = self.fetch(sql, args).await?;
        rows.iter().map(|row| Ok(restore::<T>(row)?.value)).collect()
    }

    /// Every value of a subject, in the order of ids.
    pub async fn every<T: Stored>(&mut self) -> Result<Vec<T>, StoreFault> {
        self.values(T::EVERY, Vec::new()).await
    }
}

/// A scope as two arguments: `1` with nothing when all may be seen, else `0` with the party.
/// Nothing at all is a party that does not exist.
fn bounds(scope: Scope) -> [Value; 2] {
    match scope {
        Scope::All => [Value::Int(1), Value::Text(String::new())],
        Scope::Own(party) | Scope::Participant(party) => {
            [Value::Int(0), Value::Text(party.to_string())]
        }
        Scope::Nothing => [Value::Int(0), Value::Text("nobody".into())],
    }
}

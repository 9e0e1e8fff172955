//! Named leases, for what must be done by only one process at a time, such as numbering facts.

use crate::args;
use crate::db::{StoreFault, Tx};
use seawall_domain::time::Timestamp;

/// Takes or prolongs the lease of that name, and says who holds it now and until when.
///
/// The caller holds it if the answer names the caller. Taken inside the transaction that does the
/// work, it also keeps out a former holder that was only slow.
pub async fn lease_take(
    tx: &mut Tx,
    name: &str,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<(String, Timestamp), StoreFault> {
    let sql = "INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3) \
               ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until \
               WHERE lease.holder = excluded.holder OR lease.until <= $4";
    tx.execute(sql, args![name, holder, until, now]).await?;
    let sql = "SELECT holder, until FROM lease WHERE name = $1";
    let row = tx.fetch_optional(sql, args![name]).await?;
    match row {
        Some(row) => Ok((row.text("holder")?, row.timestamp("until")?)),
        None => Err(StoreFault::Corrupt {
            table: "lease",
            column: "name",
            id: name.to_owned(),
            why: "it is gone right after it was written".to_owned(),
        }),
    }
}

/// Gives a lease back early, if the caller holds it.
pub async fn lease_drop(tx: &mut Tx, name: &str, holder: &str) -> Result<(), StoreFault> {
    let sql = "DELETE FROM lease WHERE name = $1 AND holder = $2";
    tx.execute(sql, args![name, holder]).await.map(|_| ())
}

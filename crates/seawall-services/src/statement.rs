//! Statements: what vendors and distributors say of their products (VEX), with the issuer.

use crate::desk::{Desk, digest};
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::id::StatementId;
use seawall_domain::package::Package;
use seawall_domain::refusal::Refusal;
use seawall_domain::statement::{Entry, Statement, Status, Whole};
use seawall_formats::vex::{self, VexStatus};
use seawall_store::record::Mandate;

/// Takes in a VEX document: OpenVEX, CSAF or CycloneDX. The same bytes from the same issuer are the
/// same statement.
pub async fn receive(desk: &Desk, actor: &Actor, bytes: &[u8]) -> Outcome<Statement> {
    let now = desk.now();
    let id = StatementId::new(desk.uuid());
    let mandate = Mandate::<Statement>::start(id.uuid(), actor, Action::SendStatement)?;
    let issuer = actor.party.ok_or(Refusal::Hidden)?;
    let read = vex::read_any(bytes).map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    let mut tx = desk.begin("statement_receive").await?;
    tx.lock(&format!("statement/{issuer}")).await?;
    if let Some(same) = tx.statement_resent(issuer, &digest(bytes)).await? {
        return Ok(same);
    }
    let new = Statement {
        id,
        issuer,
        document: desk.keep(&mut tx, &format!("statement/{issuer}"), bytes).await?,
        digest: digest(bytes),
        entries: read.iter().flat_map(entries).collect(),
        received_at: now,
    };
    let (statement, fact) = Statement::receive(new, now)
        .ok_or_else(|| Fault::inconsistent("take in a statement", "its fact did not apply"))?;
    let _ = tx.record(mandate, &statement, fact, now).await?;
    tx.commit().await?;
    Ok(statement)
}

/// One entry for each of the flaw's names and each product, or each named part of one.
fn entries(read: &vex::Statement) -> Vec<Entry> {
    let status = match read.status {
        VexStatus::NotAffected { .. } => Status::NotAffected,
        VexStatus::Affected { .. } => Status::Affected,
        VexStatus::Fixed => Status::Fixed,
        VexStatus::UnderInvestigation => Status::UnderInvestigation,
    };
    let names = std::iter::once(&read.vulnerability).chain(&read.aliases);
    let mut entries = Vec::new();
    for vulnerability in names {
        for product in &read.products {
            let entry = |package: Option<Package>, version, within| Entry {
                vulnerability: vulnerability.clone(),
                product: product.id.clone(),
                package,
                version,
                within,
                status,
            };
            let (package, version) = (product.package.clone(), product.version.clone());
            // With parts named, the statement is about those parts, and only within the product.
            if product.subcomponents.is_empty() && product.subcomponents_unread.is_empty() {
                entries.push(entry(package, version, None));
                continue;
            }
            let whole = Whole { package, version };
            entries.extend(product.subcomponents.iter().map(|(package, version)| {
                entry(Some(package.clone()), version.clone(), Some(whole.clone()))
            }));
        }
    }
    entries
}

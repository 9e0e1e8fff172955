//! Act five: two people sign, the advisories go out, and what went out is checked from outside.

use super::{Play, cast, wait};
use anyhow::{Context, Result, anyhow, ensure};
use seawall_domain::package::Package;
use seawall_domain::publication::AdvisoryNumber;
use seawall_services::account;
use seawall_services::advisory::{self, Out};

/// How many advisories are listed at most.
const LIST_MAX: i64 = 100;

/// Both analysts sign every draft but the one that is left for the visitor.
pub async fn sign(play: &mut Play<'_>) -> Result<usize> {
    let mut signed = 0;
    for (_, session) in play.cast.analysts.clone() {
        let desk = play.stage.desk;
        let visitor = account::by_session(desk, &session).await?;
        let actor = visitor.ok_or_else(|| anyhow!("an analyst's session has ended"))?.actor;
        for waiting in advisory::waiting(desk, &actor).await? {
            let look = advisory::look(desk, &actor, waiting.id).await?;
            let package = &look.case.project.package;
            if seawall_formats::purl::write(package, None) == cast::LEFT_FOR_VISITOR {
                continue;
            }
            advisory::sign(desk, &actor, waiting.id, &look.advisory.digest).await?;
            signed += 1;
        }
    }
    wait::until_quiet(play.stage, &play.mailbox, "publishing").await?;
    Ok(signed / play.cast.analysts.len())
}

/// What is out, oldest first.
pub async fn out(play: &Play<'_>) -> Result<Vec<Out>> {
    let mut out = advisory::list_out(play.stage.desk, LIST_MAX).await?;
    out.sort_by_key(|one| one.number);
    Ok(out)
}

/// The number of the advisory about a package.
pub async fn number_of(play: &Play<'_>, purl: &str) -> Result<Option<AdvisoryNumber>> {
    let about = |package: &Package| seawall_formats::purl::write(package, None) == purl;
    let out = out(play).await?;
    let found = out.iter().find(|one| {
        one.publication.affected.first().is_some_and(|affected| about(&affected.package))
    });
    Ok(found.map(|one| one.number))
}

/// Reads every document as the public would, and holds it against what the standards ask; tells
/// how many advisories are out.
pub async fn check(play: &Play<'_>) -> Result<usize> {
    let out = out(play).await?;
    let provider = play.client.file("/.well-known/csaf/provider-metadata.json").await?;
    let provider: serde_json::Value =
        serde_json::from_slice(&provider).context("the provider's metadata is no JSON")?;
    let fingerprint = provider
        .pointer("/public_openpgp_keys/0/fingerprint")
        .and_then(serde_json::Value::as_str)
        .context("the provider names no OpenPGP key")?;
    let path = format!("/.well-known/csaf/openpgp/{}.asc", fingerprint.to_uppercase());
    let key = String::from_utf8(play.client.file(&path).await?)?;
    for one in &out {
        let csaf = play.client.file(&format!("/.well-known/{}", one.csaf_path)).await?;
        let faults = seawall_formats::csaf::faults(&csaf);
        ensure!(faults.is_empty(), "{}: {faults:?}", one.csaf_path);
        let path = format!("/.well-known/{}.asc", one.csaf_path);
        let signature = String::from_utf8(play.client.file(&path).await?)?;
        let signer = seawall_ledger::openpgp::verify_detached(&key, &csaf, &signature)
            .map_err(|fault| anyhow!("{}: {fault}", one.csaf_path))?;
        ensure!(signer.eq_ignore_ascii_case(fingerprint), "{}: another key", one.csaf_path);
        let osv = play.client.file(&format!("/public/{}", one.osv_path)).await?;
        let record = seawall_formats::osv::read(&osv).map_err(|fault| anyhow!("{fault}"))?;
        ensure!(record.id == format!("x_{}", one.number), "{}: another id", one.osv_path);
        for path in [&one.csaf_path, &one.osv_path] {
            ensure!(play.stage.public.join(path).is_file(), "{path} is not in the public folder");
        }
    }
    Ok(out.len())
}

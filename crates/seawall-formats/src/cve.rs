//! CVE records, format 5.x (the CVE Programme's JSON schema): what the assigner says, and what the
//! authorised publishers (ADP) add in containers of their own (capabilities C20, C44).
//!
//! Every container is read. A severity keeps who gave it. SSVC decisions and KEV notes of CISA's
//! container are read under both spellings of their keys that are in use. Texts in other languages
//! than English are taken only where there is no English one. Exploits, timelines, credits and the
//! old record that some carry inside are left out.

mod affected;
mod applicability;
mod raw;

use self::raw::{Container, Content, Metadata, Provider, Raw, Words};
use crate::bounded::{add_new, cut};
use crate::fault::{FormatFault, quote};
use crate::json::typed::{self, LooseText, Text};
use crate::when;
use seawall_domain::claim::Cwe;
use seawall_domain::record::{Exploitation, KevListing, Record, Score, SourceKind, Ssvc};
use seawall_domain::time::Timestamp;
use std::collections::HashSet;

const FORMAT: &str = "CVE record";

/// The largest record that is read, in bytes; the largest real one is about 4 MB.
pub const CVE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The longest name of who gave a severity that is kept, in characters.
const NAME_LEN_MAX: usize = 100;

/// Reads one record of the CVE list. A rejected one has `withdrawn`, its reason in `details`, and
/// what replaces it in `notice`; tags such as `disputed` are in `notice` too.
pub fn read(bytes: &[u8]) -> Result<Record, FormatFault> {
    let raw: Raw<'_> = typed::read(FORMAT, bytes, CVE_BYTES_MAX)?;
    if raw.data_type.get() != Some("CVE_RECORD") {
        let found = quote(raw.data_type.get().unwrap_or_default());
        return Err(FormatFault::new(FORMAT, "/dataType", format!("{found} is no `CVE_RECORD`")));
    }
    let missing = |place: &str| FormatFault::new(FORMAT, place, "it is missing");
    let metadata = raw.cve_metadata.ok_or_else(|| missing("/cveMetadata"))?;
    let containers = raw.containers.ok_or_else(|| missing("/containers"))?;
    let id = metadata.cve_id.required(FORMAT, || "/cveMetadata/cveId".to_owned())?;
    let mut record = Record::named(SourceKind::Cve, id);
    dates(&mut record, &metadata)?;
    record.publisher = metadata.assigner_short_name.owned().or(metadata.assigner_org_id.owned());
    if let Some(cna) = &containers.cna {
        record.summary = cna.title.get().unwrap_or_default().to_owned();
        let texts =
            if cna.descriptions.0.is_empty() { &cna.rejected_reasons } else { &cna.descriptions };
        record.details = english(&texts.0).unwrap_or_default();
        record.remedy = english(&cna.solutions.0);
        record.workaround = english(&cna.workarounds.0);
        record.notice = notice(cna);
    }
    let mut links = HashSet::new();
    for container in containers.cna.iter().chain(&containers.adp.0) {
        take(&mut record, container);
        let urls = container.references.0.iter().filter_map(|one| one.url.get());
        record.references.extend(urls.filter(|url| links.insert(*url)).map(str::to_owned));
    }
    Ok(record)
}

/// The instants; a rejected record is withdrawn even where it does not say since when.
fn dates(record: &mut Record, metadata: &Metadata<'_>) -> Result<(), FormatFault> {
    record.modified = time(&metadata.date_updated, "dateUpdated")?;
    record.published = time(&metadata.date_published, "datePublished")?;
    match metadata.state.get() {
        Some("PUBLISHED") => Ok(()),
        Some("REJECTED") => {
            let since = time(&metadata.date_rejected, "dateRejected")?.or(record.modified);
            record.withdrawn = Some(since.unwrap_or(Timestamp::UNIX_EPOCH));
            Ok(())
        }
        other => {
            let message = format!("{} is no state", quote(other.unwrap_or_default()));
            Err(FormatFault::new(FORMAT, "/cveMetadata/state", message))
        }
    }
}

fn time(text: &Text<'_>, key: &str) -> Result<Option<Timestamp>, FormatFault> {
    let Some(text) = text.get() else {
        return Ok(None);
    };
    let fault = || {
        let place = format!("/cveMetadata/{key}");
        FormatFault::new(FORMAT, place, format!("{} is no time", quote(text)))
    };
    when::read(text).map(Some).ok_or_else(fault)
}

/// The first English text, or the first one.
fn english(words: &[Words<'_>]) -> Option<String> {
    let is_english = |one: &&Words<'_>| {
        one.lang
            .get()
            .is_some_and(|lang| lang.get(..2).is_some_and(|l| l.eq_ignore_ascii_case("en")))
    };
    let all = || words.iter().filter(|one| one.value.get().is_some());
    let chosen = all().find(is_english).or_else(|| all().next())?;
    chosen.value.get().map(str::to_owned)
}

fn notice(cna: &Container<'_>) -> Option<String> {
    let tags = cna.tags.0.iter().filter_map(LooseText::get).filter(|tag| !tag.starts_with("x_"));
    let mut parts: Vec<String> = tags.map(str::to_owned).collect();
    let replaced = cna.replaced_by.0.iter().filter_map(Text::get);
    parts.extend(replaced.map(|id| format!("replaced by {id}")));
    Some(parts.join(", ")).filter(|text| !text.is_empty())
}

/// Adds what one container says.
fn take(record: &mut Record, container: &Container<'_>) {
    let by = container.provider_metadata.as_ref().and_then(name);
    for one in &container.affected.0 {
        affected::take(record, one);
    }
    applicability::take(record, &container.cpe_applicability.0);
    for problem in container.problem_types.0.iter().flat_map(|one| &one.descriptions.0) {
        let named = problem.cwe_id.get().and_then(cwe);
        let named = named.or_else(|| problem.description.get().and_then(cwe));
        if let Some(cwe) = named {
            add_new(&mut record.weaknesses, cwe);
        }
    }
    for metric in &container.metrics.0 {
        for cvss in [&metric.cvss4, &metric.cvss31, &metric.cvss30, &metric.cvss2] {
            let vector = cvss.0.as_ref().and_then(|cvss| cvss.vector_string.get());
            let score = vector.map(|vector| Score { vector: vector.to_owned(), by: by.clone() });
            if let Some(score) = score {
                add_new(&mut record.scores, score);
            }
        }
        let Some(other) = &metric.other.0 else {
            continue;
        };
        match (other.kind.get(), &other.content.0) {
            (Some("ssvc"), Some(content)) => newest(&mut record.ssvc, ssvc(content)),
            (Some("kev"), Some(content)) => record.kev = record.kev.take().or(kev(content)),
            (Some(_) | None, _) => {}
        }
    }
}

fn name(provider: &Provider<'_>) -> Option<String> {
    provider.short_name.get().or(provider.org_id.get()).map(|name| cut(name, NAME_LEN_MAX))
}

/// The number of a `CWE-79` or `CWE-79: Cross-site scripting`.
fn cwe(text: &str) -> Option<Cwe> {
    let digits = text.strip_prefix("CWE-")?;
    let end = digits.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok().map(Cwe)
}

/// Keeps the later of two decisions.
fn newest(kept: &mut Option<Ssvc>, found: Ssvc) {
    let said = found.exploitation.is_some() || found.automatable.is_some() || found.total.is_some();
    if said && kept.as_ref().is_none_or(|kept| kept.at <= found.at) {
        *kept = Some(found);
    }
}

fn ssvc(content: &Content<'_>) -> Ssvc {
    let mut ssvc = Ssvc {
        role: content.role.get().map(str::to_owned),
        at: content.timestamp.get().and_then(when::read),
        ..Ssvc::default()
    };
    for decision in content.options.0.iter().filter_map(|one| one.0.as_ref()) {
        ssvc.exploitation =
            decision.exploitation.get().and_then(exploitation).or(ssvc.exploitation);
        ssvc.automatable = match decision.automatable.get() {
            Some(word) if word.eq_ignore_ascii_case("yes") => Some(true),
            Some(word) if word.eq_ignore_ascii_case("no") => Some(false),
            Some(_) | None => ssvc.automatable,
        };
        ssvc.total = match decision.technical_impact.get() {
            Some(word) if word.eq_ignore_ascii_case("total") => Some(true),
            Some(word) if word.eq_ignore_ascii_case("partial") => Some(false),
            Some(_) | None => ssvc.total,
        };
    }
    ssvc
}

/// SSVC's Exploitation by its words: version 1.0.0 says `poc`, 1.1.0 `public poc`.
fn exploitation(word: &str) -> Option<Exploitation> {
    match word.to_ascii_lowercase().as_str() {
        "none" => Some(Exploitation::None),
        "poc" | "public poc" => Some(Exploitation::PublicPoc),
        "active" => Some(Exploitation::Active),
        _ => None,
    }
}

fn kev(content: &Content<'_>) -> Option<KevListing> {
    let added = content.date_added.get().and_then(when::read)?;
    Some(KevListing { added, due: None, ransomware: None, action: None })
}

#[cfg(test)]
mod tests;

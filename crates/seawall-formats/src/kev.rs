//! CISA's catalogue of known exploited vulnerabilities, in its two published forms: JSON (schema of
//! the catalogue, 2025) and CSV (capability C44).
//!
//! The JSON form says when it was released; the CSV form does not. The product that an entry names
//! is not taken for an affected product, because the catalogue never says which versions.

use crate::csv;
use crate::fault::{FormatFault, quote};
use crate::json::typed::{self, List, LooseList, LooseText, Text};
use crate::when;
use seawall_domain::claim::Cwe;
use seawall_domain::record::{KevListing, Record, SourceKind};
use seawall_domain::time::Timestamp;
use serde::Deserialize;

const FORMAT: &str = "the KEV catalogue";

/// The largest catalogue that is read, in bytes; that of 2025 has 1.5 MB.
pub const KEV_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How many entries one catalogue may have.
pub const ENTRIES_MAX: usize = 100_000;

/// A catalogue.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Catalogue {
    /// When it was released, where it says so.
    pub released_at: Option<Timestamp>,
    /// Its own version, `2025.08.25`.
    pub version: Option<String>,
    /// Its entries, one record each.
    pub records: Vec<Record>,
    /// The entries that could not be read.
    pub faults: Vec<FormatFault>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(borrow)]
    catalog_version: LooseText<'a>,
    #[serde(borrow)]
    date_released: LooseText<'a>,
    #[serde(borrow)]
    vulnerabilities: Option<List<Entry<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow, rename = "cveID")]
    cve_id: Text<'a>,
    #[serde(borrow)]
    vulnerability_name: LooseText<'a>,
    #[serde(borrow)]
    date_added: Text<'a>,
    #[serde(borrow)]
    short_description: LooseText<'a>,
    #[serde(borrow)]
    required_action: LooseText<'a>,
    #[serde(borrow)]
    due_date: LooseText<'a>,
    #[serde(borrow)]
    known_ransomware_campaign_use: LooseText<'a>,
    #[serde(borrow)]
    notes: LooseText<'a>,
    #[serde(borrow)]
    cwes: LooseList<LooseText<'a>>,
}

/// One entry, in whichever form it came.
struct Fields<'a> {
    place: String,
    cve: Option<&'a str>,
    name: Option<&'a str>,
    added: Option<&'a str>,
    description: Option<&'a str>,
    action: Option<&'a str>,
    due: Option<&'a str>,
    ransomware: Option<&'a str>,
    notes: Option<&'a str>,
    cwes: Vec<&'a str>,
}

/// Reads a catalogue of either form.
pub fn read(bytes: &[u8]) -> Result<Catalogue, FormatFault> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match text.trim_ascii_start().first() {
        Some(b'{') => read_json(bytes),
        Some(_) | None => read_csv(bytes),
    }
}

fn read_json(bytes: &[u8]) -> Result<Catalogue, FormatFault> {
    let raw: Raw<'_> = typed::read(FORMAT, bytes, KEV_BYTES_MAX)?;
    let entries = raw
        .vulnerabilities
        .ok_or_else(|| FormatFault::new(FORMAT, "/vulnerabilities", "it is missing"))?;
    let released = raw.date_released.get().map(|text| {
        when::read(text).ok_or_else(|| {
            FormatFault::new(FORMAT, "/dateReleased", format!("{} is no time", quote(text)))
        })
    });
    let mut catalogue = Catalogue {
        released_at: released.transpose()?,
        version: raw.catalog_version.owned(),
        records: Vec::with_capacity(entries.0.len().min(ENTRIES_MAX)),
        faults: Vec::new(),
    };
    for (index, entry) in entries.0.iter().enumerate() {
        catalogue.add(Fields {
            place: format!("/vulnerabilities/{index}"),
            cve: entry.cve_id.get(),
            name: entry.vulnerability_name.get(),
            added: entry.date_added.get(),
            description: entry.short_description.get(),
            action: entry.required_action.get(),
            due: entry.due_date.get(),
            ransomware: entry.known_ransomware_campaign_use.get(),
            notes: entry.notes.get(),
            cwes: entry.cwes.0.iter().filter_map(LooseText::get).collect(),
        })?;
    }
    Ok(catalogue)
}

fn read_csv(bytes: &[u8]) -> Result<Catalogue, FormatFault> {
    if bytes.len() > KEV_BYTES_MAX {
        let message = format!("{} bytes are more than the {KEV_BYTES_MAX} allowed", bytes.len());
        return Err(FormatFault::new(FORMAT, "the document", message));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| FormatFault::new(FORMAT, "the document", "it is not UTF-8"))?;
    let mut rows = csv::rows(text);
    let head = rows.next().unwrap_or_default();
    let column = |name: &str| head.iter().position(|field| field.trim() == name);
    let (Some(cve), Some(added)) = (column("cveID"), column("dateAdded")) else {
        let message = "there is no column `cveID` or none `dateAdded`";
        return Err(FormatFault::new(FORMAT, "line 1", message));
    };
    let [name, description, action, due, ransomware, notes, cwes] = [
        "vulnerabilityName",
        "shortDescription",
        "requiredAction",
        "dueDate",
        "knownRansomwareCampaignUse",
        "notes",
        "cwes",
    ]
    .map(column);
    let mut catalogue =
        Catalogue { released_at: None, version: None, records: Vec::new(), faults: Vec::new() };
    for (row, number) in rows.zip(2_u64..) {
        if row.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let field = |at: Option<usize>| {
            let text = at.and_then(|at| row.get(at)).map(|text| text.trim());
            text.filter(|text| !text.is_empty())
        };
        catalogue.add(Fields {
            place: format!("row {number}"),
            cve: field(Some(cve)),
            name: field(name),
            added: field(Some(added)),
            description: field(description),
            action: field(action),
            due: field(due),
            ransomware: field(ransomware),
            notes: field(notes),
            cwes: field(cwes).map(|list| list.split(',').collect()).unwrap_or_default(),
        })?;
    }
    Ok(catalogue)
}

impl Catalogue {
    /// Adds an entry, or why it cannot be read; refuses more than the bound.
    fn add(&mut self, fields: Fields<'_>) -> Result<(), FormatFault> {
        if self.records.len() + self.faults.len() >= ENTRIES_MAX {
            let message = format!("there are more than {ENTRIES_MAX} entries");
            return Err(FormatFault::new(FORMAT, "the document", message));
        }
        let place = fields.place.clone();
        match self.record(fields) {
            Ok(record) => self.records.push(record),
            Err(message) => self.faults.push(FormatFault::new(FORMAT, place, message)),
        }
        Ok(())
    }

    fn record(&self, fields: Fields<'_>) -> Result<Record, String> {
        let id = fields.cve.ok_or("it names no flaw")?;
        let added = fields.added.ok_or("it has no `dateAdded`")?;
        let added = when::read(added).ok_or_else(|| format!("{} is no day", quote(added)))?;
        let mut record = Record::named(SourceKind::Kev, id);
        record.publisher = Some("cisa".to_owned());
        record.modified = self.released_at;
        record.published = Some(added);
        record.summary = fields.name.unwrap_or_default().to_owned();
        record.details = fields.description.unwrap_or_default().to_owned();
        record.kev = Some(KevListing {
            added,
            due: fields.due.and_then(when::read),
            ransomware: match fields.ransomware {
                Some(word) if word.eq_ignore_ascii_case("known") => Some(true),
                Some(_) | None => None,
            },
            action: fields.action.map(str::to_owned),
        });
        let numbers = fields.cwes.iter().filter_map(|cwe| cwe.trim().strip_prefix("CWE-"));
        record.weaknesses = numbers.filter_map(|digits| digits.parse().ok().map(Cwe)).collect();
        let words = fields.notes.unwrap_or_default().split([' ', ';', '\n']);
        let links = words
            .map(|word| word.trim_matches([',', '.']))
            .filter(|word| word.starts_with("https://") || word.starts_with("http://"));
        record.references = links.map(str::to_owned).collect();
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let told = match read(text.as_bytes()) {
            Err(fault) => fault.to_string(),
            Ok(catalogue) => {
                let records = catalogue.records.iter().map(|one| {
                    let kev = one.kev.as_ref().unwrap();
                    let due = kev.due.map_or("-".to_owned(), |due| due.to_string());
                    let (cwes, links) = (one.weaknesses.len(), one.references.len());
                    format!("{} {} {due} {:?} {cwes} {links}", one.id, kev.added, kev.ransomware)
                });
                let faults = catalogue.faults.iter().map(ToString::to_string);
                let released = catalogue.released_at.map(|at| at.to_string());
                released.into_iter().chain(records).chain(faults).collect::<Vec<_>>().join("; ")
            }
        };
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn both_forms_are_read() {
        check(
            r#"{"dateReleased":"2025-08-25T17:04:19.9796Z","vulnerabilities":[
              {"cveID":"CVE-2025-1","dateAdded":"2025-08-25","dueDate":"2025-09-15",
               "cwes":["CWE-59"],"knownRansomwareCampaignUse":"Known",
               "notes":"See: https://a.invalid/x ; http://b"},
              {"cveID":"CVE-2025-2","dateAdded":"soon"}, {"dateAdded":"2025-08-25"}]}"#,
            "2025-08-25T17:04:19.9796Z; \
             CVE-2025-1 2025-08-25T00:00:00Z 2025-09-15T00:00:00Z Some(true) 1 2; \
             cannot read the KEV catalogue at /vulnerabilities/1: `soon` is no day; \
             cannot read the KEV catalogue at /vulnerabilities/2: it names no flaw",
        );
        check(
            "cveID,dateAdded,knownRansomwareCampaignUse,notes,cwes\r\n\
             CVE-2025-1,2025-08-25,Unknown,\"a, b\",\"CWE-1,CWE-2\"\r\n\r\n,2025-08-25\r\n",
            "CVE-2025-1 2025-08-25T00:00:00Z - None 2 0; \
             cannot read the KEV catalogue at row 4: it names no flaw",
        );
        check("{}", "cannot read the KEV catalogue at /vulnerabilities: it is missing");
        let columns = "there is no column `cveID` or none `dateAdded`";
        check("a,b", &format!("cannot read the KEV catalogue at line 1: {columns}"));
    }

    proptest! {
        #[test]
        fn never_panics(
            bytes in proptest::collection::vec(any::<u8>(), 0..100),
            rest in r#"[a-zA-Z0-9,"\n-]{0,60}"#,
        ) {
            drop(read(&bytes));
            drop(read(format!("cveID,dateAdded,cwes\n{rest}").as_bytes()));
            drop(read(format!("{{\"vulnerabilities\":[{{\"cveID\":{rest}").as_bytes()));
        }
    }
}

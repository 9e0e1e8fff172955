//! FIRST's exploit prediction scores (EPSS), as published each day: CSV with a comment line that
//! names the model and the day (capability C44).
//!
//! A day's file has about 300,000 lines, so the scores are given one by one and not collected.

use crate::fault::{FormatFault, quote};
use crate::when;
use seawall_domain::record::{Epss, Record, SourceKind};
use seawall_domain::time::Timestamp;

const FORMAT: &str = "EPSS scores";

/// The largest file that is read, in bytes, unpacked; that of 2026 has about 12 MB.
pub const EPSS_BYTES_MAX: usize = 256 * 1024 * 1024;

/// The scores of one day.
#[derive(Clone, Debug)]
pub struct Scores<'a> {
    /// The day they are for, where the file says it.
    pub score_date: Option<Timestamp>,
    /// The model that made them, `v2025.03.14`.
    pub model_version: Option<&'a str>,
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    columns: Columns,
}

#[derive(Clone, Copy, Debug)]
struct Columns {
    cve: usize,
    probability: usize,
    percentile: Option<usize>,
}

/// The score of one flaw.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Row<'a> {
    /// The flaw.
    pub cve: &'a str,
    /// Its score.
    pub epss: Epss,
}

/// Reads the head of a file; the scores are read as they are asked for.
pub fn read(bytes: &[u8]) -> Result<Scores<'_>, FormatFault> {
    if bytes.len() > EPSS_BYTES_MAX {
        let message = format!("{} bytes are more than the {EPSS_BYTES_MAX} allowed", bytes.len());
        return Err(FormatFault::new(FORMAT, "the document", message));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| FormatFault::new(FORMAT, "the document", "it is not UTF-8"))?;
    let mut lines = text.lines().enumerate();
    let (mut score_date, mut model_version) = (None, None);
    for (number, line) in lines.by_ref() {
        let Some(comment) = line.strip_prefix('#') else {
            let columns = columns(line).ok_or_else(|| {
                let message = "there is no column `cve` or none `epss`";
                FormatFault::new(FORMAT, format!("line {}", number + 1), message)
            })?;
            return Ok(Scores { score_date, model_version, lines, columns });
        };
        for (key, value) in comment.split(',').filter_map(|part| part.split_once(':')) {
            match key.trim() {
                "model_version" => model_version = Some(value.trim()),
                "score_date" => score_date = when::read(value.trim()),
                _ => {}
            }
        }
    }
    Err(FormatFault::new(FORMAT, "the document", "it has no line that names its columns"))
}

fn columns(line: &str) -> Option<Columns> {
    let column =
        |name: &str| line.split(',').position(|field| field.trim().eq_ignore_ascii_case(name));
    Some(Columns {
        cve: column("cve")?,
        probability: column("epss")?,
        percentile: column("percentile"),
    })
}

impl<'a> Scores<'a> {
    /// The scores as records, each with the day of the file.
    pub fn records(self) -> impl Iterator<Item = Result<Record, FormatFault>> + use<'a> {
        let day = self.score_date;
        self.map(move |row| {
            row.map(|row| {
                let mut record = Record::named(SourceKind::Epss, row.cve);
                record.publisher = Some("first".to_owned());
                record.modified = day;
                record.epss = Some(row.epss);
                record
            })
        })
    }
}

impl<'a> Iterator for Scores<'a> {
    type Item = Result<Row<'a>, FormatFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let (number, line) = self
            .lines
            .by_ref()
            .find(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))?;
        Some(
            row(line, self.columns).map_err(|message| {
                FormatFault::new(FORMAT, format!("line {}", number + 1), message)
            }),
        )
    }
}

fn row(line: &str, columns: Columns) -> Result<Row<'_>, String> {
    let field = |at: usize| line.split(',').nth(at).map(str::trim);
    let cve = field(columns.cve).filter(|cve| !cve.is_empty()).ok_or("it names no flaw")?;
    let share = |at: usize| {
        let text = field(at).unwrap_or_default();
        millionths(text).ok_or_else(|| format!("{} is no share between 0 and 1", quote(text)))
    };
    Ok(Row {
        cve,
        epss: Epss {
            probability_ppm: share(columns.probability)?,
            percentile_ppm: columns.percentile.map(share).transpose()?.unwrap_or(0),
        },
    })
}

fn millionths(text: &str) -> Option<u32> {
    let share: f64 = text.parse().ok()?;
    // A share between 0 and 1 has at most a million millionths, so nothing is cut.
    (0.0..=1.0).contains(&share).then(|| (share * 1_000_000.0).round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let told = match read(text.as_bytes()) {
            Err(fault) => fault.to_string(),
            Ok(scores) => {
                let day = scores.score_date.map_or("-".to_owned(), |day| day.to_string());
                let rows = scores.map(|row| match row {
                    Ok(Row { cve, epss }) => {
                        format!("{cve} {} {}", epss.probability_ppm, epss.percentile_ppm)
                    }
                    Err(fault) => fault.to_string(),
                });
                std::iter::once(day).chain(rows).collect::<Vec<_>>().join("; ")
            }
        };
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn reads_scores_with_and_without_the_comment() {
        check(
            "#model_version:v1,score_date:2026-08-21T00:00:00+0000\ncve,epss,percentile\r\n\
             CVE-1,0.01964,0.48767\n\nCVE-2,1,1e-5\nCVE-3,1.5,0\n,0,0\nCVE-4,0.5\n",
            "2026-08-21T00:00:00Z; CVE-1 19640 487670; CVE-2 1000000 10; \
             cannot read EPSS scores at line 6: `1.5` is no share between 0 and 1; \
             cannot read EPSS scores at line 7: it names no flaw; \
             cannot read EPSS scores at line 8: `` is no share between 0 and 1",
        );
        check("percentile,epss,cve\n0.1,0.2,C", "-; C 200000 100000");
        check("cve,epss\nC,0.2", "-; C 200000 0");
        let columns = "there is no column `cve` or none `epss`";
        check("a,b", &format!("cannot read EPSS scores at line 1: {columns}"));
        let none = "it has no line that names its columns";
        check("", &format!("cannot read EPSS scores at the document: {none}"));
        let day = read(b"#score_date:2026-01-02\ncve,epss\nC,0").unwrap();
        let record = day.records().next().unwrap().unwrap();
        assert_eq!(record.modified.unwrap().to_string(), "2026-01-02T00:00:00Z");
    }

    proptest! {
        #[test]
        fn never_panics(text in r"\PC{0,40}", rows in r"[CVE0-9.,e\-\n#]{0,80}") {
            for text in [text, format!("cve,epss,percentile\n{rows}")] {
                drop(read(text.as_bytes()).map(Iterator::count));
            }
        }
    }
}

//! What an inventory is exposed to, written for other tools: CSV, SARIF 2.1.0, and CycloneDX 1.6
//! with `vulnerabilities` (capability C46).
//!
//! One line is one record that hits one component. It shows what it is given; what is due and what
//! an issuer clears was decided before.

mod bom;
mod sarif;

pub use self::bom::cyclonedx;
pub use self::sarif::sarif;
use seawall_domain::statement::Status;

/// One record that hits one component.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Line {
    /// The file of the inventory.
    pub file: String,
    /// How the inventory names the component.
    pub component: String,
    /// Its purl, as the inventory writes it or as we would.
    pub purl: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The advisory.
    pub advisory: String,
    /// Other names of the flaw.
    pub aliases: Vec<String>,
    /// The flaw in one line.
    pub summary: String,
    /// The severity vectors with their scores, computed here.
    pub scores: Vec<Rating>,
    /// The weakness class as a number.
    pub cwe: Option<u32>,
    /// The versions that hold a fix, in the record's order.
    pub fixed: Vec<String>,
    /// Why it matches, in words.
    pub reason: String,
    /// What issuers state, where one does.
    pub status: Option<Status>,
    /// The issuer's reason, where it gives one.
    pub justification: Option<String>,
    /// What is due: `3 days`.
    pub deadline: Option<String>,
    /// When it is due, as RFC 3339.
    pub due: Option<String>,
    /// Whether it is known to be attacked.
    pub exploited: bool,
}

/// A severity vector and what it comes to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rating {
    /// The vector.
    pub vector: String,
    /// The version of CVSS: `3.1`.
    pub version: String,
    /// The score in tenths.
    pub tenths: u16,
    /// The rating in CVSS's words: `high`.
    pub severity: String,
}

/// The columns of the CSV, which are stable.
pub const COLUMNS: [&str; 14] = [
    "file",
    "component",
    "purl",
    "version",
    "advisory",
    "aliases",
    "summary",
    "severity",
    "score",
    "fixed",
    "reason",
    "exploited",
    "deadline",
    "due",
];

/// The lines as CSV (RFC 4180), with a heading. A cell that a spreadsheet would take for a formula
/// begins with an apostrophe.
pub fn csv(lines: &[Line]) -> String {
    let mut text = row(&COLUMNS.map(str::to_owned));
    for line in lines {
        let worst = line.scores.iter().max_by_key(|rating| rating.tenths);
        text.push_str(&row(&[
            line.file.clone(),
            line.component.clone(),
            line.purl.clone().unwrap_or_default(),
            line.version.clone().unwrap_or_default(),
            line.advisory.clone(),
            line.aliases.join(" "),
            line.summary.clone(),
            worst.map(|rating| rating.severity.clone()).unwrap_or_default(),
            worst.map(|rating| tenths(rating.tenths)).unwrap_or_default(),
            line.fixed.join(" "),
            line.reason.clone(),
            if line.exploited { "yes" } else { "no" }.to_owned(),
            line.deadline.clone().unwrap_or_default(),
            line.due.clone().unwrap_or_default(),
        ]));
    }
    text
}

fn tenths(tenths: u16) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn line() -> Line {
        Line {
            file: "bom.json".into(),
            component: "pkg:npm/ini@1.3.5".into(),
            purl: Some("pkg:npm/ini@1.3.5".into()),
            version: Some("1.3.5".into()),
            advisory: "GHSA-1".into(),
            aliases: vec!["CVE-1".into()],
            summary: "=cmd, \"quoted\"".into(),
            scores: vec![Rating {
                vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:L".into(),
                version: "3.1".into(),
                tenths: 73,
                severity: "high".into(),
            }],
            cwe: Some(1321),
            fixed: vec!["1.3.6".into()],
            reason: "version 1.3.5 lies in: from the first release until fixed in 1.3.6".into(),
            status: None,
            justification: None,
            deadline: Some("3 days".into()),
            due: Some("2026-12-01T00:00:00Z".into()),
            exploited: true,
        }
    }

    #[test]
    fn csv_is_one_row_a_line_and_no_formula() {
        let text = csv(&[line()]);
        let mut rows = text.split("\r\n");
        assert_eq!(rows.next().unwrap(), COLUMNS.join(","));
        assert_eq!(
            rows.next().unwrap(),
            "bom.json,pkg:npm/ini@1.3.5,pkg:npm/ini@1.3.5,1.3.5,GHSA-1,CVE-1,\
             \"'=cmd, \"\"quoted\"\"\",high,7.3,1.3.6,version 1.3.5 lies in: from the first \
             release until fixed in 1.3.6,yes,3 days,2026-12-01T00:00:00Z"
        );
    }

    #[test]
    fn sarif_names_the_rule_the_place_and_the_level() {
        let told: Value = serde_json::from_str(&sarif(&[line(), line()], "0.1.0")).unwrap();
        let run = &told["runs"][0];
        assert_eq!(told["version"], "2.1.0");
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 1);
        let result = &run["results"][1];
        assert_eq!((&result["ruleId"], &result["ruleIndex"]), (&"GHSA-1".into(), &0.into()));
        assert_eq!(result["level"], "error");
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(place, "bom.json");
    }

    #[test]
    fn cyclonedx_refers_to_its_components() {
        let mut cleared = line();
        cleared.status = Some(Status::NotAffected);
        cleared.justification = Some("component_not_present".into());
        cleared.advisory = "GHSA-2".into();
        let told: Value = serde_json::from_str(&cyclonedx(&[line(), cleared], "0.1.0")).unwrap();
        assert_eq!(
            (&told["bomFormat"], &told["specVersion"]),
            (&"CycloneDX".into(), &"1.6".into())
        );
        let component = &told["components"][0]["bom-ref"];
        let flaws = told["vulnerabilities"].as_array().unwrap();
        assert_eq!(flaws.len(), 2);
        assert_eq!(&flaws[0]["affects"][0]["ref"], component);
        assert_eq!(flaws[0]["ratings"][0]["score"].to_string(), "7.3");
        assert_eq!(flaws[1]["analysis"]["state"], "not_affected");
        assert_eq!(flaws[1]["analysis"]["justification"], "code_not_present");
    }
}

//! What partners are judged and counted by, and what that comes to: rubrics, numbers of operators,
//! days off; whom the partners protect, and who has which share.

use crate::command::clearinghouse::{Asking, Column, bytes, rows};
use crate::command::{print_json, print_text, say};
use clap::{Subcommand, ValueEnum};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Which days are off.
#[derive(Clone, Copy, ValueEnum)]
pub enum Rule {
    /// The federal holidays, and the days named besides.
    Federal,
    /// The days named, and no others.
    Named,
}

/// What is done.
#[derive(Subcommand)]
pub enum What {
    /// How many operators there are in each group, with who counted them.
    Operators {
        #[command(flatten)]
        asking: Asking,
    },
    /// As the official: bring in such a table, CSV or JSON; all of it, or nothing. It is in force
    /// when another official has brought the same in.
    BringOperators {
        /// The file; `-` for the standard input.
        table: PathBuf,
        #[command(flatten)]
        asking: Asking,
    },
    /// Whom the partners protect whose seats stand, and which operators nobody does.
    Reach {
        #[command(flatten)]
        asking: Asking,
    },
    /// Which share of seats and tokens goes to which parent, sector and size.
    Concentration {
        #[command(flatten)]
        asking: Asking,
    },
    /// The rubric, as JSON: to read, or to begin an own one with.
    Rubric {
        /// An earlier one, by its version; without it, the one in force.
        #[arg(long)]
        edition: Option<u32>,
        #[command(flatten)]
        asking: Asking,
    },
    /// As the official: publish the next rubric, TOML or JSON. It is in force when another official
    /// has published the same; applications that were filed before keep theirs.
    PublishRubric {
        /// The file; `-` for the standard input.
        rubric: PathBuf,
        #[command(flatten)]
        asking: Asking,
    },
    /// As the official: the rubric and the table that wait for a second official, with their texts.
    Waiting {
        #[command(flatten)]
        asking: Asking,
    },
    /// Which days are off: the time for an appeal is counted without them.
    DaysOff {
        #[command(flatten)]
        asking: Asking,
    },
    /// As the official: name the days off from now on.
    NameDaysOff {
        /// By which rule.
        #[arg(long, default_value = "federal")]
        rule: Rule,
        /// The days, such as 2026-12-24.
        days: Vec<Date>,
        #[command(flatten)]
        asking: Asking,
    },
}

const GROUPS: [Column; 7] = [
    ("group", "group"),
    ("operators", "operators"),
    ("sector", "sector"),
    ("size", "size"),
    ("region", "region"),
    ("as of", "as_of"),
    ("what", "name"),
];
const SUMS: [Column; 4] =
    [("of", "of"), ("existing", "existing"), ("covered", "covered"), ("not covered", "uncovered")];
const REACHED: [Column; 7] = [
    ("group", "group"),
    ("partners", "partners"),
    ("operators", "operators"),
    ("not covered", "uncovered"),
    ("as of", "as_of"),
    ("what", "name"),
    ("counted by", "source"),
];
const SHARES: [Column; 5] = [
    ("of", "of"),
    ("parents", "parents"),
    ("seats (1/1000)", "seats"),
    ("tokens (1/1000)", "tokens"),
    ("name", "name"),
];

/// Does one of them.
pub async fn act(what: What) -> anyhow::Result<()> {
    match what {
        What::Operators { asking } => {
            let told = asking.client()?.get("/v1/operators").await?;
            shown(&asking, &told, operators)
        }
        What::BringOperators { table, asking } => {
            let kind = kind(&table, "text/csv");
            let sent = asking.client()?.send("/v1/operators", kind, bytes(&table)?).await?;
            shown(&asking, &sent, taken)
        }
        What::Reach { asking } => {
            let told = asking.client()?.get("/v1/reach").await?;
            shown(&asking, &told, reach)
        }
        What::Concentration { asking } => {
            let told = asking.client()?.get("/v1/concentration").await?;
            shown(&asking, &told, concentration)
        }
        What::Rubric { edition, asking } => {
            let path = match edition {
                Some(version) => format!("/v1/rubric?version={version}"),
                None => "/v1/rubric".to_owned(),
            };
            print_json(&asking.client()?.get(&path).await?)
        }
        What::PublishRubric { rubric, asking } => {
            let kind = kind(&rubric, "application/toml");
            let sent = asking.client()?.send("/v1/rubric", kind, bytes(&rubric)?).await?;
            shown(&asking, &sent, taken)
        }
        What::Waiting { asking } => {
            let told = asking.client()?.get("/v1/basis").await?;
            shown(&asking, &told, waiting)
        }
        What::DaysOff { asking } => {
            let told = asking.client()?.get("/v1/days-off").await?;
            asking.show(&told, &[])
        }
        What::NameDaysOff { rule, days, asking } => {
            let rule = match rule {
                Rule::Federal => "federal",
                Rule::Named => "named",
            };
            let named = json!({ "rule": rule, "days": days });
            asking.show(&asking.client()?.post("/v1/days-off", &named).await?, &[])
        }
    }
}

/// The media type of a file by its name.
fn kind<'k>(file: &Path, otherwise: &'k str) -> &'k str {
    match file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        true => "application/json",
        false => otherwise,
    }
}

fn shown(
    asking: &Asking,
    told: &Value,
    text: fn(&Value) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if asking.json { print_json(told) } else { text(told) }
}

fn taken(told: &Value) -> anyhow::Result<()> {
    match told.get("standing").and_then(Value::as_str) {
        Some("in_force") => say!("in force"),
        Some(_) | None => say!("it waits: in force when another official has brought the same in"),
    }
    Ok(())
}

fn waiting(told: &Value) -> anyhow::Result<()> {
    let list = told.as_array().map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() {
        say!("nothing waits for a second official");
    }
    for it in list {
        let field = |name: &str| it.get(name).and_then(Value::as_str).unwrap_or_default();
        let (what, by, sha256) = (field("what"), field("signed_by"), field("sha256"));
        say!("{what}, signed first by person {by}, SHA-256 {sha256}\n{}", field("text"));
    }
    Ok(())
}

fn operators(told: &Value) -> anyhow::Result<()> {
    if told.get("table").is_none_or(Value::is_null) {
        say!("not known: no table of operators was brought in");
        return Ok(());
    }
    table(told, "lines", &GROUPS)
}

fn reach(told: &Value) -> anyhow::Result<()> {
    for (name, field) in [
        ("partners whose seats stand", "partners"),
        ("groups that they cover", "groups"),
        ("operators", "existing"),
        ("covered", "covered"),
        ("not covered", "uncovered"),
    ] {
        say!("{name}: {}", number(told, field));
    }
    for (heading, field) in [("sector", "sectors"), ("size", "sizes"), ("region", "regions")] {
        if told.get(field).and_then(Value::as_array).is_some_and(|list| !list.is_empty()) {
            say!("\nby {heading}");
            table(told, field, &SUMS)?;
        }
    }
    if told.get("lines").and_then(Value::as_array).is_some_and(|list| !list.is_empty()) {
        say!("\ngroup by group");
        table(told, "lines", &REACHED)?;
    }
    Ok(())
}

fn concentration(told: &Value) -> anyhow::Result<()> {
    say!("concentration of tokens, from 0 to 10,000: {}", number(told, "index"));
    say!("partners whose tokens are not known: {}", number(told, "uncounted"));
    for (heading, field) in [("parent", "parents"), ("sector", "sectors"), ("size", "sizes")] {
        say!("\nby {heading}");
        table(told, field, &SHARES)?;
    }
    Ok(())
}

fn table(told: &Value, field: &str, columns: &[Column]) -> anyhow::Result<()> {
    let list = told.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    print_text(&rows(list, columns))
}

/// A number, or that it is not known.
fn number(told: &Value, field: &str) -> String {
    match told.get(field) {
        Some(Value::Number(number)) => number.to_string(),
        Some(_) | None => "not known".to_owned(),
    }
}

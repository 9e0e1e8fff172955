//! The order of versions, and ranges of them.

use super::{case, is_object};
use seawall_domain::package::{Ecosystem, Version};
use seawall_matching::vers::{Fault, Range, equal, from_native, sort};
use seawall_matching::version::compare;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum Order {
    Compare { ecosystem: String, a: String, b: String },
}

/// `{"op":"compare","ecosystem":"PyPI","a":…,"b":…}`.
pub(super) fn order(text: &str) -> Result<Value, String> {
    let Order::Compare { ecosystem, a, b } = case(text)?;
    let ecosystem = Ecosystem::from(ecosystem);
    if let Ecosystem::Unknown(name) = &ecosystem {
        let shown: String = name.chars().take(40).collect();
        return Err(format!("the OSV schema has no ecosystem `{shown}`"));
    }
    for text in [&a, &b] {
        if !text.chars().any(char::is_alphanumeric) {
            let shown: String = text.chars().take(40).collect();
            return Err(format!("`{shown}` is no version"));
        }
    }
    Ok(json!({"result": compare(&ecosystem, &Version(a), &Version(b)) as i8}))
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum Ranges {
    Contains {
        vers: String,
        version: String,
    },
    Sort {
        scheme: String,
        versions: Vec<String>,
    },
    Equal {
        scheme: String,
        a: String,
        b: String,
    },
    Parse {
        vers: String,
    },
    Validate {
        vers: String,
    },
    FromNative {
        scheme: String,
        #[serde(alias = "native_range", alias = "native")]
        range: String,
    },
}

/// `{"op":"contains","vers":…,"version":…}` and its kin, or a bare range to be parsed.
pub(super) fn range(text: &str) -> Result<Value, String> {
    let asked = match is_object(text) {
        true => case(text)?,
        false => Ranges::Parse { vers: text.to_owned() },
    };
    answered(asked).map_err(|fault| fault.to_string())
}

fn answered(asked: Ranges) -> Result<Value, Fault> {
    Ok(match asked {
        Ranges::Contains { vers, version } => {
            json!({"result": Range::read(&vers)?.contains(&version)})
        }
        Ranges::Sort { scheme, versions } => json!({"result": sort(&scheme, &versions)?}),
        Ranges::Equal { scheme, a, b } => json!({"result": equal(&scheme, &a, &b)?}),
        Ranges::FromNative { scheme, range } => json!({"result": from_native(&scheme, &range)?}),
        Ranges::Validate { vers } => json!({"result": Range::read(&vers)?.to_string()}),
        Ranges::Parse { vers } => {
            let range = Range::parse(&vers)?;
            let constraints = range.constraints().iter();
            let constraints: Vec<Value> =
                constraints.map(|one| json!([one.comparator().symbol(), one.version()])).collect();
            json!({
                "scheme": range.vers_type(), "version_constraints": constraints,
                "canonical": range.to_string(),
            })
        }
    })
}

//! Package URLs: parsed, and built from their parts.

use super::{case, is_object};
use seawall_formats::purl::{Parts, Purl, Reading};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum Case {
    Parse {
        purl: String,
    },
    Build {
        #[serde(rename = "type")]
        kind: Option<String>,
        namespace: Option<String>,
        name: Option<String>,
        version: Option<String>,
        qualifiers: Option<BTreeMap<String, Option<String>>>,
        subpath: Option<String>,
    },
}

/// `{"op":"parse","purl":…}`, `{"op":"build","type":…}`, or a bare purl.
pub(super) fn answer(text: &str) -> Result<Value, String> {
    let purl = match is_object(text) {
        false => Purl::parse(text, Reading::Exact),
        true => match case(text)? {
            Case::Parse { purl } => Purl::parse(&purl, Reading::Exact),
            Case::Build { kind, namespace, name, version, qualifiers, subpath } => {
                let qualifiers = qualifiers.unwrap_or_default();
                let qualifiers: Vec<(&str, &str)> = qualifiers
                    .iter()
                    .filter_map(|(key, value)| Some((key.as_str(), value.as_deref()?)))
                    .collect();
                Purl::build(&Parts {
                    kind: kind.as_deref().unwrap_or_default(),
                    namespace: namespace.as_deref(),
                    name: name.as_deref().unwrap_or_default(),
                    version: version.as_deref(),
                    qualifiers: &qualifiers,
                    subpath: subpath.as_deref(),
                })
            }
        },
    };
    let purl = purl.map_err(|fault| fault.to_string())?;
    let qualifiers = Some(&purl.qualifiers().0).filter(|qualifiers| !qualifiers.is_empty());
    Ok(json!({
        "type": purl.kind(), "namespace": purl.namespace(), "name": purl.name(),
        "version": purl.version(), "qualifiers": qualifiers, "subpath": purl.subpath(),
        "canonical": purl.to_string(),
    }))
}

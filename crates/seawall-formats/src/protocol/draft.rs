//! A first draft of a protocol, from the register of a battery.
//!
//! What the register knows is filled in: the battery's digest, its tasks with families and minutes.
//! The rule is left open, since nobody can guess it: [`OPEN`] stands in its place, which no
//! protocol may have, so a draft cannot be sealed as it is. The rest is a plain beginning, to be
//! altered.

use super::{plain, read};
use crate::fault::FormatFault;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::protocol::{Domain, SCHEMA, Validity};
use seawall_domain::evaluation::registry::{OtherVariant, Registered, Registry};
use serde_json::{Value, json};

/// What stands where people decide.
pub const OPEN: &str = "to be decided";

/// Where it stands.
pub const LEFT_OPEN: [&str; 4] =
    ["/rule/tau_0", "/rule/tau_1", "/rule/alpha_covered", "/rule/alpha_not_covered"];

/// What a draft is made from.
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'b> {
    /// The register of the battery.
    pub registry: &'b Registry,
    /// The battery's digest.
    pub digest: Digest,
    /// What it measures.
    pub domain: Domain,
    /// In which variant its tasks are run, where they have some.
    pub variant: Option<&'b str>,
    /// The model line that it is about.
    pub model_line: &'b str,
    /// SHA-256 of the program that computes the statistic.
    pub analyser: Digest,
    /// The keys that will sign, by the SHA-256 of their bytes.
    pub signers: &'b [Digest],
    /// When runs may take place.
    pub validity: Validity,
}

/// Why there is no draft.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Undrafted {
    /// A task is not run in that variant.
    #[error(transparent)]
    Variant(#[from] OtherVariant),
    /// It would not hold together, whatever its rule.
    #[error(transparent)]
    Unfit(#[from] FormatFault),
}

/// Writes the draft: one member a line, and one task.
pub fn draft(of: &Beginning<'_>) -> Result<String, Undrafted> {
    let mut document = document(of)?;
    // A rule that fits, so that what is wrong is wrong with the rest.
    let rule = json!({
        "tau_0": "0.25", "tau_1": "0.5", "alpha_covered": "0.05", "alpha_not_covered": "0.05",
    });
    let open = std::mem::replace(&mut document["rule"], rule);
    read(document.to_string().as_bytes())?;
    document["rule"] = open;
    let members = document.as_object().into_iter().flatten();
    let members = members.map(|(name, value)| format!("  {}: {}", json!(name), lines(value)));
    Ok(format!("{{\n{}\n}}\n", members.collect::<Vec<_>>().join(",\n")))
}

/// A value on one line; a list of objects with one of them a line.
fn lines(value: &Value) -> String {
    match value {
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let items = items.iter().map(|item| format!("\n    {item}"));
            format!("[{}\n  ]", items.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

fn document(of: &Beginning<'_>) -> Result<Value, OtherVariant> {
    let battery = &of.registry.battery;
    let tasks = of.registry.tasks.iter().map(|it| task(battery, it, of.variant));
    let tasks = tasks.collect::<Result<Vec<Value>, _>>()?;
    let mut document = plain();
    document["schema"] = json!(SCHEMA);
    document["model_line"] = json!(of.model_line);
    document["batteries"] =
        json!([{"name": battery, "version": "1", "digest": of.digest, "domain": of.domain}]);
    document["tasks"] = json!(tasks);
    document["attempts"] = json!("5");
    document["missing"]["reruns_max"] = json!("2");
    document["refusals"]["share_max"] = json!("0.02");
    document["analyser"] = json!(of.analyser);
    document["validity"] = json!(of.validity);
    document["signers"] = json!(of.signers);
    for place in LEFT_OPEN {
        document.pointer_mut(place).into_iter().for_each(|open| *open = json!(OPEN));
    }
    Ok(document)
}

/// A task by the name that a run gives it; what is not known of it is left to the log.
fn task(battery: &str, it: &Registered, variant: Option<&str>) -> Result<Value, OtherVariant> {
    let id = format!("str:{}", it.called(variant)?);
    let mut task = json!({"battery": battery, "id": id, "weight": "1"});
    it.family.iter().for_each(|family| task["family"] = json!(family));
    it.minutes.iter().for_each(|minutes| task["minutes"] = json!(minutes.value));
    Ok(task)
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_domain::time::{SignedDuration, Timestamp};

    const REGISTER: &str = r#"{"schema": "seawall/registry/v1", "battery": "open", "tasks": [
        {"id": "a", "variants": ["easy", "hard"], "family": "f", "files": {"x": "DIGEST"},
         "minutes": {"value": "2.5", "known": "measured"}},
        {"id": "b", "files": {"y": "DIGEST"}}]}"#;

    fn drafted(variant: Option<&str>, model_line: &str, signers: u8) -> Result<String, String> {
        let register = REGISTER.replace("DIGEST", &"ab".repeat(32));
        let registry = crate::registry::read(register.as_bytes()).unwrap();
        let signers: Vec<Digest> = (0..signers).map(|of| Digest::new([of; 32])).collect();
        let from = Timestamp::UNIX_EPOCH;
        let until = from + SignedDuration::from_hours(24);
        let beginning = Beginning {
            registry: &registry,
            digest: Digest::new([7; 32]),
            domain: Domain::Patching,
            variant,
            model_line,
            analyser: Digest::new([8; 32]),
            signers: &signers,
            validity: Validity { from, until },
        };
        draft(&beginning).map_err(|undrafted| undrafted.to_string())
    }

    #[test]
    fn a_draft_is_a_protocol_once_its_rule_is_decided() {
        let draft = drafted(Some("hard"), "line", 2).unwrap();
        let mut document: Value = serde_json::from_str(&draft).unwrap();
        for (place, number) in LEFT_OPEN.into_iter().zip(["0.4", "0.6", "0.05", "0.1"]) {
            let open = read(document.to_string().as_bytes()).map(drop);
            assert!(open.is_err_and(|fault| fault.place.starts_with("/rule/")), "{place}");
            assert_eq!(document.pointer(place), Some(&json!(OPEN)));
            *document.pointer_mut(place).unwrap() = json!(number);
        }
        let protocol = read(document.to_string().as_bytes()).unwrap();
        let tasks = &protocol.terms().tasks;
        let told = tasks.iter().map(|it| {
            let minutes = it.minutes.as_ref().map(|minutes| minutes.text());
            (it.id.to_string(), it.family.as_deref(), minutes)
        });
        let expected =
            [("a (hard)".to_owned(), Some("f"), Some("2.5")), ("b".to_owned(), None, None)];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        let longest = draft.lines().filter(|line| line.contains("\"id\"")).count();
        assert_eq!(longest, 2, "one task a line: {draft}");
    }

    #[test]
    fn what_would_not_hold_together_is_not_drafted() {
        let check = |variant, line: &str, signers, says: &str| {
            let told = drafted(variant, line, signers);
            assert!(told.as_ref().is_err_and(|why| why.contains(says)), "{says}: {told:?}");
        };
        check(None, "line", 2, "its variants are: easy, hard");
        check(Some("other"), "line", 2, "its variants are: easy, hard");
        check(Some("easy"), "line", 1, "/signers");
        check(Some("easy"), "", 2, "/model_line");
    }
}

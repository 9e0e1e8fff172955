//! In-toto Statements v1: a predicate about things that are named by their digests.
//!
//! The ledger knows the frame only; what a predicate says belongs to whoever named its type.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::canonical::canonical;
use crate::dsse::{Envelope, IN_TOTO, Verified};
use crate::encoding::{Object, hex};
use crate::fault::{Fault, excerpt};

/// The type that every statement states.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The most subjects that one statement may have.
pub const SUBJECTS_MAX: usize = 10_000;

const WHAT: &str = "in-toto statement";

/// One thing that a statement is about; only its digest identifies it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Subject {
    /// What the maker calls it, unique within the statement; proves nothing.
    pub name: Option<String>,
    /// Algorithm to lower-case hexadecimal digest; never empty.
    pub digest: BTreeMap<String, String>,
}

impl Subject {
    /// Names bytes by their SHA-256.
    pub fn of_bytes(name: Option<&str>, bytes: &[u8]) -> Subject {
        Subject::of_sha256(name, Sha256::digest(bytes).into())
    }

    /// Names something by the SHA-256 of its bytes.
    pub fn of_sha256(name: Option<&str>, digest: [u8; 32]) -> Subject {
        let digest = BTreeMap::from([("sha256".to_owned(), hex(&digest))]);
        Subject { name: name.map(str::to_owned), digest }
    }

    /// Whether these bytes are the ones that the subject names by SHA-256.
    pub fn is_bytes(&self, bytes: &[u8]) -> bool {
        self.digest.get("sha256").is_some_and(|digest| *digest == hex(&Sha256::digest(bytes)))
    }
}

/// A statement: this predicate holds for these subjects.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What the statement is about; never empty.
    pub subject: Vec<Subject>,
    /// The URI that says how to read the predicate.
    pub predicate_type: String,
    /// What is said; empty where the type alone says it.
    pub predicate: Map<String, Value>,
}

#[derive(Deserialize)]
struct Read {
    #[serde(rename = "_type")]
    statement_type: String,
    subject: Vec<Object<ReadSubject>>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    #[serde(default)]
    predicate: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct ReadSubject {
    #[serde(default)]
    name: Option<String>,
    digest: BTreeMap<String, String>,
}

impl Statement {
    /// Writes the statement in canonical JSON, so that equal statements are equal bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Fault> {
        self.refuse_unsound()?;
        let subject: Vec<Value> = self.subject.iter().map(subject_json).collect();
        let mut statement = Map::new();
        statement.insert("_type".to_owned(), json!(STATEMENT_TYPE));
        statement.insert("subject".to_owned(), json!(subject));
        statement.insert("predicateType".to_owned(), json!(self.predicate_type));
        statement.insert("predicate".to_owned(), Value::Object(self.predicate.clone()));
        canonical(&Value::Object(statement))
    }

    /// Puts the statement into an envelope that nobody has signed yet.
    pub fn to_envelope(&self) -> Result<Envelope, Fault> {
        Ok(Envelope::new(IN_TOTO, self.to_bytes()?))
    }

    /// Reads a statement; fields that the standard does not name are ignored.
    pub fn read(bytes: &[u8]) -> Result<Statement, Fault> {
        let Object(read): Object<Read> =
            serde_json::from_slice(bytes).map_err(|e| Fault::unreadable(WHAT, e.to_string()))?;
        if read.statement_type != STATEMENT_TYPE {
            let why = format!("`{}` is not {STATEMENT_TYPE}", excerpt(&read.statement_type));
            return Err(Fault::unreadable(WHAT, why));
        }
        let subject = read.subject.into_iter();
        let statement = Statement {
            subject: subject.map(|Object(s)| Subject { name: s.name, digest: s.digest }).collect(),
            predicate_type: read.predicate_type,
            predicate: read.predicate.unwrap_or_default(),
        };
        statement.refuse_unsound()?;
        Ok(statement)
    }

    /// Reads the statement in a verified envelope, which must say that it holds one.
    pub fn open(verified: &Verified<'_>) -> Result<Statement, Fault> {
        if verified.payload_type != IN_TOTO {
            let why = format!("the envelope holds `{}`", excerpt(verified.payload_type));
            return Err(Fault::unreadable(WHAT, why));
        }
        Statement::read(verified.payload)
    }

    fn refuse_unsound(&self) -> Result<(), Fault> {
        let refuse = |why: String| Err(Fault::unreadable(WHAT, why));
        if self.subject.is_empty() || self.subject.len() > SUBJECTS_MAX {
            return refuse(format!("it has no subject or more than {SUBJECTS_MAX}"));
        }
        let has_scheme = self.predicate_type.split_once(':').is_some_and(|(scheme, rest)| {
            !rest.is_empty() && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        });
        if !has_scheme || self.predicate_type.contains(char::is_whitespace) {
            return refuse(format!("`{}` is not a URI", excerpt(&self.predicate_type)));
        }
        let mut names = BTreeSet::new();
        for subject in &self.subject {
            // The standard lets `_` stand for "has no name", as often as wanted.
            let name = subject.name.as_deref().filter(|name| !matches!(*name, "" | "_"));
            if name.is_some_and(|name| !names.insert(name)) {
                return refuse(format!("two subjects named `{}`", excerpt(name.unwrap_or(""))));
            }
            if subject.digest.is_empty() {
                return refuse("a subject has no digest".to_owned());
            }
            for (algorithm, digest) in &subject.digest {
                let is_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
                let length = match algorithm.as_str() {
                    "sha256" => 64,
                    "sha512" => 128,
                    _ => digest.len(),
                };
                if digest.is_empty() || digest.len() != length || !digest.bytes().all(is_hex) {
                    return refuse(format!("bad {} digest", excerpt(algorithm)));
                }
            }
        }
        Ok(())
    }
}

fn subject_json(subject: &Subject) -> Value {
    match &subject.name {
        Some(name) => json!({ "name": name, "digest": subject.digest }),
        None => json!({ "digest": subject.digest }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::SigningKey;
    use proptest::prelude::*;

    fn statement() -> Statement {
        let predicate = json!({ "verdict": "reproduced", "runs": 3 });
        Statement {
            subject: vec![Subject::of_bytes(Some("evidence.tar"), b"evidence")],
            predicate_type: "https://seawall.invalid/reproduction/v1".to_owned(),
            predicate: predicate.as_object().cloned().unwrap(),
        }
    }

    #[test]
    fn the_written_form_is_pinned() {
        // The digest of the eight bytes `evidence` and no newline, by sha256sum.
        let expected = concat!(
            r#"{"_type":"https://in-toto.io/Statement/v1","#,
            r#""predicate":{"runs":3,"verdict":"reproduced"},"#,
            r#""predicateType":"https://seawall.invalid/reproduction/v1","#,
            r#""subject":[{"digest":{"sha256":"#,
            r#""ee8250fb76e094b34b471f13a73dbbe51d1ae142e9df59d7c0d31ec20f0a0a8e"},"#,
            r#""name":"evidence.tar"}]}"#
        );
        let bytes = statement().to_bytes().unwrap();
        assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
        assert_eq!(Statement::read(&bytes).unwrap(), statement());
        assert!(statement().subject[0].is_bytes(b"evidence"));
        assert!(!statement().subject[0].is_bytes(b"Evidence"));
    }

    #[test]
    fn statements_are_read_by_the_rules() {
        fn check(change: &str, to: &str, expected: bool) {
            let text = concat!(
                r#"{"_type":"https://in-toto.io/Statement/v1","#,
                r#""subject":[{"name":"a","digest":{"gitCommit":"00ff"}}],"#,
                r#""predicateType":"https://x.invalid/v1","predicate":{}}"#
            );
            assert!(text.contains(change), "{change}");
            let input = text.replacen(change, to, 1);
            assert_eq!(Statement::read(input.as_bytes()).is_ok(), expected, "{input}");
        }
        check("{}}", "{}}", true);
        check("{\"_type", "[{\"_type", false);
        check("{}}", r#"{},"more":[1]}"#, true);
        check(r#","predicate":{}"#, "", true);
        check(r#""predicate":{}"#, r#""predicate":null"#, true);
        check(r#""predicate":{}"#, r#""predicate":[]"#, false);
        check(r#""predicate":{}"#, r#""predicate":{"a":0.5}"#, true);
        check("Statement/v1", "Statement/v0.1", false);
        check("https://x.invalid/v1", "not a uri", false);
        check("https://x.invalid/v1", "", false);
        check("00ff", "00FF", false);
        check("00ff", "", false);
        check("gitCommit", "sha256", false);
        check(r#"{"gitCommit":"00ff"}"#, "{}", false);
        check(r#","digest":{"gitCommit":"00ff"}"#, "", false);
        check(r#"[{"name":"a","digest":{"gitCommit":"00ff"}}]"#, "[]", false);
        check("}}]", r#"}},{"name":"a","digest":{"gitCommit":"11"}}]"#, false);
        check("}}]", r#"}},{"name":"b","digest":{"gitCommit":"11"}}]"#, true);
        check(
            "}}]",
            r#"}},{"name":"_","digest":{"x":"1"}},{"name":"_","digest":{"x":"2"}}]"#,
            true,
        );
    }

    #[test]
    fn two_people_sign_one_statement() {
        let keys = [1u8, 2].map(|seed| SigningKey::from_seed([seed; 32]));
        let mut envelope = statement().to_envelope().unwrap();
        keys.iter().for_each(|key| envelope.sign(key));
        let trusted = keys.map(|key| key.public());
        let envelope = Envelope::from_json(envelope.to_json().as_bytes()).unwrap();
        let verified = envelope.verify(&trusted, 2).unwrap();
        assert_eq!(Statement::open(&verified).unwrap(), statement());
        let other = Verified { payload_type: "text/plain", ..verified };
        assert!(Statement::open(&other).is_err());
    }

    #[test]
    fn unsound_statements_are_not_written() {
        let mut without_subject = statement();
        without_subject.subject.clear();
        assert!(without_subject.to_bytes().is_err());
        let mut with_float = statement();
        with_float.predicate.insert("score".to_owned(), json!(0.5));
        assert!(with_float.to_bytes().is_err());
    }

    proptest! {
        #[test]
        fn reading_never_panics(bytes: Vec<u8>) {
            let _ = Statement::read(&bytes);
        }
    }
}

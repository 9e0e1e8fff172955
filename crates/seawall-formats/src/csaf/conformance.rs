//! Whether a document conforms to CSAF 2.0: the schema and the tests of its section 6.
//!
//! This is the one module that knows the `csaf-rs` crate. It brings every mandatory test (6.1);
//! of the others, 6.2.19 and 6.3.6 to 6.3.8 are not there and therefore not run.

use crate::json;
use csaf_rs::csaf::raw::RawDocument;
use csaf_rs::schema::csaf2_0::schema::CommonSecurityAdvisoryFramework;
use csaf_rs::validation::{TestResultStatus, Validatable, ValidationError};
use serde_json::Value;

/// The largest document that is checked, in bytes.
pub const CSAF_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The version of CSAF that is checked.
const VERSION: &str = "2.0";

/// One rule that a document breaks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConformanceFault {
    /// The test by its number in the standard, such as `6.1.1`; `schema`, `json` or `version`.
    pub test: String,
    /// Where in the document, as a JSON pointer.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

impl ConformanceFault {
    fn new(test: &str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { test: test.to_owned(), path: path.into(), message: message.into() }
    }
}

/// Every breach of the schema and of the mandatory tests; none means that it conforms.
pub fn faults(bytes: &[u8]) -> Vec<ConformanceFault> {
    let document = match document(bytes) {
        Ok(document) => document,
        Err(fault) => return vec![fault],
    };
    let mut faults = run(&document, "schema");
    let broken = !faults.is_empty();
    for (test, _) in tests("mandatory") {
        let result = document.run_test(test);
        match result.status {
            // A test that cannot run is no pass. When the schema is broken, that already says so.
            TestResultStatus::Skipped | TestResultStatus::NotFound if !broken => {
                faults.push(ConformanceFault::new(test, "", "the test could not be run"));
            }
            status => faults.extend(told(test, status)),
        }
    }
    faults
}

/// What the optional and the informative tests remark on; a conforming document may have remarks.
pub fn remarks(bytes: &[u8]) -> Vec<ConformanceFault> {
    let Ok(document) = document(bytes) else {
        return Vec::new();
    };
    let all = tests("optional").chain(tests("informative"));
    all.flat_map(|(test, _)| run(&document, test)).collect()
}

type Document = RawDocument<CommonSecurityAdvisoryFramework>;

fn document(bytes: &[u8]) -> Result<Document, ConformanceFault> {
    let value = json::read("CSAF", bytes, CSAF_BYTES_MAX);
    let value = value.map_err(|fault| ConformanceFault::new("json", fault.place, fault.message))?;
    let stated = value.pointer("/document/csaf_version").and_then(Value::as_str);
    match stated {
        Some(VERSION) => Ok(RawDocument::new(value)),
        Some(_) | None => {
            let message = format!("it must be `{VERSION}`");
            Err(ConformanceFault::new("version", "/document/csaf_version", message))
        }
    }
}

fn tests(preset: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = <CommonSecurityAdvisoryFramework as Validatable>::get_tests().into_iter();
    all.filter(move |(_, group)| *group == preset)
}

fn run(document: &Document, test: &str) -> Vec<ConformanceFault> {
    told(test, document.run_test(test).status)
}

fn told(test: &str, status: TestResultStatus) -> Vec<ConformanceFault> {
    match status {
        TestResultStatus::Success | TestResultStatus::NotFound | TestResultStatus::Skipped => {
            Vec::new()
        }
        TestResultStatus::Failure { errors, warnings, infos } => {
            let all = errors.into_iter().chain(warnings).chain(infos);
            let fault =
                |one: ValidationError| ConformanceFault::new(test, one.instance_path, one.message);
            all.map(fault).collect()
        }
    }
}

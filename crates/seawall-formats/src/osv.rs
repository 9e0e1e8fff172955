//! The Open Source Vulnerability schema 1.7: our advisories written, everybody's read.
//!
//! Written records carry only fields of the schema, because strict clients drop anything else;
//! what is ours stands under `database_specific`. Ecosystems the schema does not list (software
//! without a registry) cannot be named there and are listed under `database_specific` as well.

mod changes;
mod reading;
mod schema_fields;
mod writing;

pub use changes::{Change, ID_BYTES_MAX, changes};
pub use reading::read;
pub use schema_fields::schema_only;
pub use writing::{document, id};

const FORMAT: &str = "OSV";

/// The version of the schema that is written.
pub const SCHEMA_VERSION: &str = "1.7.0";

/// The largest record that is read, in bytes.
pub const OSV_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The names of `database_specific` that are ours, written here and read there.
mod key {
    pub(super) const BASIS: &str = "basis";
    pub(super) const CWES: &str = "cwe_ids";
    pub(super) const NOTICE: &str = "notice";
    pub(super) const REMEDY: &str = "remedy";
    pub(super) const STATED_BY: &str = "stated_by";
    pub(super) const TESTED: &str = "tested";
    pub(super) const UNLISTED: &str = "affected_outside_schema";
    pub(super) const WORKAROUND: &str = "workaround";
}

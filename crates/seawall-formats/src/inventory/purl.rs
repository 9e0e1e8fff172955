//! Package URLs of inventories: one reader serves the whole crate, `crate::purl`.

pub(crate) use crate::purl::package::*;

//! The registries, each through its own client: list releases and bring them, running nothing.

pub(crate) mod cargo;
pub(crate) mod folder;
pub(crate) mod npm;
pub(crate) mod pypi;

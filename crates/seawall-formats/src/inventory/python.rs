//! Python: requirements with pins, lock files of five tools, and lists of what is installed.

pub(super) mod installed;
pub(super) mod locks;
pub(super) mod pipfile;
pub(super) mod requirements;

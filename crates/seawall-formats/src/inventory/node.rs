//! Node.js: the lock files of npm, pnpm, Yarn and Bun, and what `npm ls --json` prints.
//!
//! A package is taken for one of the npm registry when it was fetched from a registry, a mirror
//! included: mirrors keep names and versions. What comes from git, a folder or a bare archive is
//! listed and stays unknown, and so is what an alias hides when the lock file does not name it.

pub(super) mod bun;
pub(super) mod npm;
pub(super) mod pnpm;
pub(super) mod yarn;

/// A specifier's name and version: `@scope/name@1.2.3` and `name@1.2.3`.
fn split(specifier: &str) -> Option<(&str, &str)> {
    let at = specifier.get(1..)?.find('@')? + 1;
    let (name, version) = specifier.split_at_checked(at)?;
    Some((name, version.get(1..)?))
}

/// Whether a version or an address leads somewhere else than to a registry.
fn is_elsewhere(text: &str) -> bool {
    const STARTS: [&str; 9] =
        ["git", "file:", "link:", "portal:", "workspace:", "ssh:", "patch:", "exec:", "github:"];
    STARTS.iter().any(|start| text.starts_with(start))
        || text.contains(".git#")
        || ["codeload.github.com/", "gitlab.com/api", "bitbucket.org/"]
            .iter()
            .any(|host| text.contains(host))
}

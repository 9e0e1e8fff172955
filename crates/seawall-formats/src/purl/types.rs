//! What each type of purl demands: the registered type definitions of ECMA-427's companion
//! registry (schema 1.1), as a table.
//!
//! Default registries are not here: a purl without `repository_url` means its type's own registry,
//! and finding that is the business of the ecosystem's client. Where a definition's note and its
//! `case_sensitive` flag disagree (`golang`), the note counts, because it says "shall".

/// Whether a type has a namespace.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Namespace {
    Required,
    Optional,
    Prohibited,
}

/// What becomes of the letters of a part.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Letters {
    Kept,
    Lower,
    Upper,
}

/// The rules of one type.
#[derive(Clone, Copy, Debug)]
pub(super) struct TypeRules {
    /// The type.
    pub kind: &'static str,
    /// Whether it has a namespace.
    pub namespace: Namespace,
    /// What becomes of the letters of namespace, name and version.
    pub letters: [Letters; 3],
    /// The keys of the qualifiers that the definition lists.
    pub own: &'static [&'static str],
}

use Letters::{Kept as K, Lower as L, Upper as U};
use Namespace::{Optional, Prohibited, Required};

const fn row(
    kind: &'static str,
    namespace: Namespace,
    letters: [Letters; 3],
    own: &'static [&'static str],
) -> TypeRules {
    TypeRules { kind, namespace, letters, own }
}

/// The registered types, in the order of their names.
pub(super) const TYPES: [TypeRules; 42] = [
    row("alpm", Required, [L, L, K], &["arch"]),
    row("apk", Required, [L, L, K], &["arch"]),
    row("bazel", Prohibited, [K, K, K], &["repository_url"]),
    row("bitbucket", Required, [L, L, K], &[]),
    row("bitnami", Prohibited, [K, L, K], &["arch", "distro"]),
    row("brew", Optional, [L, L, K], &["repository_url"]),
    row("cargo", Prohibited, [K, K, K], &[]),
    row("chrome-extension", Prohibited, [K, L, K], &[]),
    row("cocoapods", Prohibited, [K, K, K], &[]),
    row("composer", Required, [L, L, K], &[]),
    row("conan", Optional, [K, K, K], &["user", "channel", "rrev", "prev"]),
    row("conda", Prohibited, [K, K, K], &["build", "channel", "subdir", "type"]),
    row(
        "cpan",
        Optional,
        [U, K, K],
        &["author", "distpath", "repository_url", "download_url", "vcs_url", "ext"],
    ),
    row("cran", Prohibited, [K, K, K], &[]),
    row("deb", Required, [L, L, K], &["arch"]),
    row("docker", Optional, [K, K, K], &[]),
    row("gem", Prohibited, [K, K, K], &["platform"]),
    row("generic", Optional, [K, K, K], &["download_url", "checksum"]),
    row("git", Required, [K, K, K], &[]),
    row("github", Required, [L, L, K], &[]),
    row("golang", Required, [L, L, K], &[]),
    row("hackage", Prohibited, [K, K, K], &[]),
    row("hex", Optional, [L, L, K], &[]),
    row("huggingface", Required, [K, K, L], &[]),
    row("julia", Prohibited, [K, K, K], &["uuid"]),
    row("luarocks", Optional, [L, L, K], &["repository_url"]),
    row("maven", Required, [K, K, K], &["classifier", "type"]),
    row("mlflow", Prohibited, [K, K, K], &["model_uuid", "run_id"]),
    row("npm", Optional, [K, K, K], &[]),
    row("nuget", Prohibited, [K, K, K], &[]),
    row("oci", Prohibited, [K, L, L], &["arch", "repository_url", "tag"]),
    row("opam", Prohibited, [K, K, K], &[]),
    row("otp", Prohibited, [K, L, K], &["repository_url", "platform", "arch"]),
    row("pub", Prohibited, [K, L, K], &[]),
    row("pypi", Prohibited, [K, L, L], &["file_name"]),
    row("qpkg", Required, [L, K, K], &[]),
    row("rpm", Required, [L, K, K], &["epoch", "arch"]),
    row(
        "swid",
        Optional,
        [K, K, K],
        &["tag_id", "tag_version", "patch", "tag_creator_name", "tag_creator_regid"],
    ),
    row("swift", Required, [K, K, K], &[]),
    row("vcpkg", Prohibited, [K, K, K], &["port_version", "repository_revision", "triplet"]),
    row("vscode-extension", Required, [L, L, L], &["platform"]),
    row("yocto", Optional, [L, K, K], &["repository_url", "layer_version"]),
];

/// The rules of a type that nobody registered: only the general ones.
const UNREGISTERED: TypeRules = row("", Optional, [K, K, K], &[]);

/// The rules of a type, given lower-cased.
pub(super) fn rules(kind: &str) -> TypeRules {
    let found = TYPES.binary_search_by(|rules| rules.kind.cmp(kind));
    found.ok().and_then(|at| TYPES.get(at).copied()).unwrap_or(UNREGISTERED)
}

/// The qualifier without which a purl of the type names nothing, if there is one.
pub(super) fn required_qualifier(kind: &str) -> Option<&'static str> {
    match kind {
        "julia" => Some("uuid"),
        "swid" => Some("tag_id"),
        _ => None,
    }
}

/// Whether the names of the type are paths: a git host's repositories lie as deep as they like.
pub(super) fn name_is_path(kind: &str) -> bool {
    kind == "git"
}

//! Which format a document is in: the content decides, and the file's name only where two formats
//! look alike.

use super::keys::Keys;
use super::{
    FormatFault, INVENTORY_BYTES_MAX, Inventory, alpine, cocoapods, conan, cyclonedx, dart, debian,
    dotnet, elixir, go, java, node, php, products, python, r, rpm, ruby, spdx, swift, tables,
    unreadable, windows, xml, yaml,
};
use crate::fault::quote;
use crate::json::{self, Spot};
use serde_json::Value;

/// What is known of a document beside its content.
pub(super) struct Hints<'a> {
    /// The Debian release that the caller states.
    pub(super) release: Option<&'a str>,
    /// The file's name.
    pub(super) name: &'a str,
    /// The media type that came with it.
    pub(super) media_type: Option<&'a str>,
}

impl Hints<'_> {
    /// The last part of the file's name.
    fn file(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or(self.name)
    }

    fn ends_with(&self, ends: &[&str]) -> bool {
        let name = self.name.to_lowercase();
        ends.iter().any(|end| name.ends_with(end))
    }

    fn is_table(&self) -> bool {
        let stated = self.media_type.is_some_and(|kind| kind.trim_start().starts_with("text/csv"));
        stated || self.ends_with(&[".csv", ".tsv"])
    }
}

/// Reads JSON, by the keys at its top.
pub(super) fn read_json(hints: &Hints<'_>, bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let mut keys = Vec::new();
    for key in Keys::of(bytes) {
        match key {
            "bomFormat" => return cyclonedx::read_json(bytes),
            "spdxVersion" => return spdx::read(bytes),
            "@graph" => return spdx::graph::read(bytes),
            // Bun has the same key, and beside it the workspaces.
            "workspaces" if keys.contains(&"lockfileVersion") => return node::bun::read(bytes),
            "graph_lock" | "python_requires" => return conan::read(bytes),
            "content-hash" | "packages-dev" | "dev-package-names" => return php::read(bytes),
            "pins" => return swift::read(bytes),
            // `go list -m -json` prints one object after another.
            "Path" if keys.is_empty() => return go::read_stream(bytes),
            key => keys.push(key),
        }
    }
    let has = |wanted: &[&str]| wanted.iter().all(|key| keys.contains(key));
    if has(&["lockfileVersion"]) {
        return node::npm::read(bytes);
    }
    if has(&["R", "Packages"]) {
        return r::read(bytes);
    }
    if hints.file() == "packages.lock.json" {
        return dotnet::read_lock(bytes);
    }
    if has(&["libraries", "targets"]) || has(&["libraries", "runtimeTarget"]) {
        return dotnet::read_libraries(bytes);
    }
    if has(&["_meta"]) && (has(&["default"]) || has(&["develop"])) {
        return python::pipfile::read(bytes);
    }
    if has(&["version", "requires"]) && !has(&["dependencies"]) {
        return conan::read(bytes);
    }
    // What is no JSON at all is said first.
    let value = json::read("inventory", bytes, INVENTORY_BYTES_MAX)?;
    if value.pointer("/object/pins").is_some() || hints.file() == "Package.resolved" {
        return swift::read(bytes);
    }
    if let Some(first) = value.as_array().map(|items| items.first()) {
        return read_list(&value, first);
    }
    match value.get("dependencies").and_then(Value::as_object).map(|all| all.values().next()) {
        Some(Some(one)) if is_framework(one) => dotnet::read_lock(bytes),
        Some(Some(Value::String(_))) => Err(unreadable(
            "it says what a project asks for, not what it is built from; send its lock file, or \
             what `npm ls --all --json` prints",
        )),
        // Before version 3 a lock file of NuGet without packages looks like one of npm.
        Some(_) => node::npm::read(bytes),
        None if has(&["name", "version"]) => Err(unreadable(
            "it names a project and not what it is built from; send its lock file, or what \
             `npm ls --all --json` prints",
        )),
        None => Err(unreadable(
            "it is JSON of no kind that is read: neither `bomFormat` (CycloneDX) nor \
             `spdxVersion` (SPDX) nor the keys of a known lock file are at its top",
        )),
    }
}

/// Whether a value is one framework's packages in NuGet's lock file.
fn is_framework(value: &Value) -> bool {
    let packages = value.as_object().into_iter().flat_map(|packages| packages.values());
    packages
        .take(3)
        .any(|package| package.get("resolved").is_some() && package.get("type").is_some())
}

/// Reads a list of objects: what pip prints, or a table of products.
fn read_list(value: &Value, first: Option<&Value>) -> Result<Inventory, FormatFault> {
    let format = "list of objects";
    let mut items = Vec::new();
    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
        items.push(Spot::item(format, index, value)?);
    }
    let known = [
        "name",
        "version",
        "latest_version",
        "latest_filetype",
        "editable_project_location",
        "installer",
    ];
    let keys = || first.and_then(Value::as_object).into_iter().flat_map(|first| first.keys());
    if keys().all(|key| known.contains(&key.as_str())) && keys().any(|key| key == "version") {
        return python::installed::read_objects(&items);
    }
    products::read_objects(&items)
}

/// Reads XML, by the element at its top.
pub(super) fn read_xml(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let document = xml::read("XML", bytes)?;
    match document.root.name {
        "bom" => cyclonedx::read_xml(&document),
        "project" => java::read_pom(&document),
        "packages" => dotnet::read_config(&document),
        "RDF" => Err(unreadable("it is RDF, which is not read: export SPDX 2.3 as JSON")),
        other => {
            let shown = quote(other);
            Err(unreadable(format!("its top is {shown}, which is no list that is read here")))
        }
    }
}

/// Reads text.
pub(super) fn read_text(hints: &Hints<'_>, text: &str) -> Result<Inventory, FormatFault> {
    if spdx::tags::is(text) {
        return spdx::tags::read(text);
    }
    if hints.is_table() {
        return products::read(text);
    }
    if tables::is(text) {
        return tables::read(hints.file(), text);
    }
    let read = of_system(text).or_else(|| lock_file(text)).or_else(|| installed(hints, text));
    read.or_else(|| by_name(hints, text)).unwrap_or_else(|| products::read(text))
}

/// Reads a text every line of which is a package of a system.
fn of_system(text: &str) -> Option<Result<Inventory, FormatFault>> {
    if rpm::is(text) {
        return Some(rpm::read(text));
    }
    alpine::Shape::of(text).map(|shape| alpine::read(shape, text))
}

/// Reads a text whose content says too little, such as a lock file that lists nothing, by its name.
fn by_name(hints: &Hints<'_>, text: &str) -> Option<Result<Inventory, FormatFault>> {
    let file = hints.file();
    let read = match file {
        "yarn.lock" => node::yarn::read(text),
        "pnpm-lock.yaml" => node::pnpm::read(text),
        "Podfile.lock" => yaml(text, cocoapods::read),
        "pubspec.lock" => yaml(text, dart::read),
        "Gemfile.lock" | "gems.locked" => ruby::read(text),
        "mix.lock" => elixir::read(text),
        "go.mod" => go::read(go::Shape::Module, text),
        "go.sum" => go::read(go::Shape::Sums, text),
        "gradle.lockfile" | "buildscript-gradle.lockfile" => java::read(java::Shape::Lock, text),
        "Cargo.lock" | "poetry.lock" | "uv.lock" | "pdm.lock" | "pylock.toml" => {
            tables::read(file, text)
        }
        _ if file.starts_with("requirements") && hints.ends_with(&[".txt", ".in"]) => {
            python::requirements::read(text)
        }
        _ => return None,
    };
    // A name promises nothing: what has not even the signs of a list is not an empty one.
    let mut rest = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let is_list = rest.all(|line| line.contains(['=', ':', '{', '%', '[', '}']));
    Some(read.and_then(|read| match read.components.is_empty() && !is_list {
        true => Err(unreadable(format!("it is named {} and lists nothing", quote(file)))),
        false => Ok(read),
    }))
}

fn yaml(
    text: &str,
    read: fn(&yaml::Node<'_>) -> Result<Inventory, FormatFault>,
) -> Result<Inventory, FormatFault> {
    match yaml::read(text) {
        Ok(top) => read(&top),
        Err(why) => Err(unreadable(why)),
    }
}

/// Reads a text that is a lock file.
fn lock_file(text: &str) -> Option<Result<Inventory, FormatFault>> {
    let has_line = |start: &str| text.lines().any(|line| line.starts_with(start));
    if node::yarn::is(text) {
        return Some(node::yarn::read(text));
    }
    if has_line("lockfileVersion:") {
        return Some(node::pnpm::read(text));
    }
    if has_line("PODS:") {
        return Some(yaml(text, cocoapods::read));
    }
    if has_line("# Generated by pub") || has_line("packages:") && has_line("sdks:") {
        return Some(yaml(text, dart::read));
    }
    if ruby::is(text) {
        return Some(ruby::read(text));
    }
    if elixir::is(text) {
        return Some(elixir::read(text));
    }
    if let Some(shape) = java::Shape::of(text) {
        return Some(java::read(shape, text));
    }
    if let Some(shape) = go::Shape::of(text) {
        return Some(go::read(shape, text));
    }
    python::requirements::is(text).then(|| python::requirements::read(text))
}

/// Reads a text that lists what is installed.
fn installed(hints: &Hints<'_>, text: &str) -> Option<Result<Inventory, FormatFault>> {
    if let Some(shape) = debian::Shape::of(text) {
        return Some(debian::read(shape, hints.release, text));
    }
    if python::installed::is(text) {
        return Some(python::installed::read(text));
    }
    windows::is(text).then(|| windows::read(text))
}

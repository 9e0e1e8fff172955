//! Which format a document is in: the content decides, and the file's name only where two formats
//! look alike.

use super::keys::Keys;
use super::{
    FormatFault, INVENTORY_BYTES_MAX, Inventory, alpine, cocoapods, conan, cyclonedx, dart, debian,
    dotnet, elixir, go, java, node, php, products, python, rpm, ruby, spdx, swift, tables,
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
pub(super) fn read_json(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let mut keys = Vec::new();
    for key in Keys::of(bytes) {
        match key {
            "bomFormat" => return cyclonedx::read_json(bytes),
            "spdxVersion" => return spdx::read(bytes),
            "@graph" => return spdx::graph::read(bytes),
            "lockfileVersion" => return node::npm::read(bytes),
            "graph_lock" | "python_requires" => return conan::read(bytes),
            "content-hash" | "packages-dev" => return php::read(bytes),
            "pins" => return swift::read(bytes),
            // `go list -m -json` prints one object after another.
            "Path" if keys.is_empty() => return go::read_stream(bytes),
            key => keys.push(key),
        }
    }
    let has = |wanted: &[&str]| wanted.iter().all(|key| keys.contains(key));
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
    if value.pointer("/object/pins").is_some() {
        return swift::read(bytes);
    }
    if let Some(first) = value.as_array().map(|items| items.first()) {
        return read_list(&value, first);
    }
    match value.get("dependencies").and_then(Value::as_object).map(|all| all.values().next()) {
        Some(Some(one)) if is_framework(one) => dotnet::read_lock(bytes),
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
    if let Some(read) = lock_file(hints, text).or_else(|| installed(hints, text)) {
        return read;
    }
    products::read(text)
}

/// Reads a text that is a lock file.
fn lock_file(hints: &Hints<'_>, text: &str) -> Option<Result<Inventory, FormatFault>> {
    let has_line = |start: &str| text.lines().take(60).any(|line| line.starts_with(start));
    if has_line("# yarn lockfile v1") || has_line("__metadata:") {
        return Some(node::yarn::read(text));
    }
    if has_line("lockfileVersion:") {
        return Some(node::pnpm::read(text));
    }
    let yaml = |read: fn(&yaml::Node<'_>) -> Result<Inventory, FormatFault>| match yaml::read(text)
    {
        Ok(top) => read(&top),
        Err(why) => Err(unreadable(why)),
    };
    let whole_line = |wanted: &str| text.lines().any(|line| line.trim_end() == wanted);
    if has_line("PODS:") {
        return Some(yaml(cocoapods::read));
    }
    if has_line("packages:") && whole_line("sdks:") {
        return Some(yaml(dart::read));
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
    let named = hints.file().starts_with("requirements") && hints.ends_with(&[".txt", ".in"]);
    (named || python::requirements::is(text)).then(|| python::requirements::read(text))
}

/// Reads a text that lists what is installed.
fn installed(hints: &Hints<'_>, text: &str) -> Option<Result<Inventory, FormatFault>> {
    if rpm::is(text) {
        return Some(rpm::read(text));
    }
    if let Some(shape) = alpine::Shape::of(text) {
        return Some(alpine::read(shape, text));
    }
    if let Some(shape) = debian::Shape::of(text) {
        return Some(debian::read(shape, hints.release, text));
    }
    if python::installed::is(text) {
        return Some(python::installed::read(text));
    }
    windows::is(text).then(|| windows::read(text))
}

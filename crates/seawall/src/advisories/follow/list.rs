//! The sources that are followed: `sources.toml` in the data folder, for people to read and edit.

use super::address::Source;
use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How many sources may be followed.
const SOURCES_MAX: usize = 1_000;

/// The longest list that is read, in bytes.
const LIST_BYTES_MAX: u64 = 2 << 20;

const HEAD: &str = "# What `seawall advisories update` follows; `seawall advisories follow` adds \
                    to it.\n";

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct List {
    sources: Vec<String>,
}

fn place(data: &Path) -> PathBuf {
    data.join("sources.toml")
}

/// The sources that are followed, in the order in which they were added.
pub fn read(data: &Path) -> anyhow::Result<Vec<Source>> {
    let path = place(data);
    let shown = path.display();
    if !path.exists() {
        return Ok(Vec::new());
    }
    let size = std::fs::metadata(&path).with_context(|| format!("cannot read {shown}"))?.len();
    ensure!(size <= LIST_BYTES_MAX, "{shown} is over {LIST_BYTES_MAX} bytes");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {shown}"))?;
    let list: List = toml::from_str(&text).with_context(|| format!("cannot read {shown}"))?;
    ensure!(list.sources.len() <= SOURCES_MAX, "{shown} names over {SOURCES_MAX} sources");
    let mut sources = Vec::new();
    for text in list.sources {
        let source = text.parse().with_context(|| format!("cannot use {shown}"))?;
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Ok(sources)
}

/// Puts a new list in place of the old one at once.
pub fn write(data: &Path, sources: &[Source]) -> anyhow::Result<()> {
    ensure!(sources.len() <= SOURCES_MAX, "no more than {SOURCES_MAX} sources can be followed");
    std::fs::create_dir_all(data)
        .with_context(|| format!("cannot make the folder {}", data.display()))?;
    let list = List { sources: sources.iter().map(ToString::to_string).collect() };
    let text = format!("{HEAD}{}", toml::to_string_pretty(&list)?);
    super::state::replace_file(&place(data), text.as_bytes())
}

//! Files that a log's checkpoint does not ask for: older partial tiles, which must still be the
//! beginning of what came later, and files that do not belong there at all.

use super::Report;
use seawall_ledger::merkle::{Tree, leaf_hash};
use seawall_ledger::tiles::{TileKind, TilePath, entry_bundle, hash_tile};
use std::path::Path;

/// The paths of every file below a folder, with `/`, in order.
pub(crate) fn paths(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    walk(folder, "", &mut found);
    found.sort();
    found
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        // A link is a file of its own here: nothing of ours makes one, so it is named as stray.
        match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            true => walk(&entry.path(), &format!("{path}/"), found),
            false => found.push(path),
        }
    }
}

/// Compares every file of a log's folder with what its entries imply.
pub(super) fn check(folder: &Path, entries: &[Vec<u8>], name: &str, report: &mut Report) {
    let mut tree = Tree::new();
    for entry in entries {
        tree.append(leaf_hash(entry));
    }
    for path in paths(folder) {
        if path == "checkpoint" || path == "key" || path.ends_with(".unready") {
            continue;
        }
        let expected = path.parse().ok().and_then(|tile| implied(tile, &tree, entries));
        match (expected, std::fs::read(folder.join(&path))) {
            (Some(expected), Ok(bytes)) if expected == bytes => {}
            (Some(_), _) => report.fault(format!("{name}/{path}: it is not what was logged")),
            (None, _) => report.fault(format!("{name}/{path}: it does not belong here")),
        }
    }
}

fn implied(tile: TilePath, tree: &Tree, entries: &[Vec<u8>]) -> Option<Vec<u8>> {
    let entry = |index: u64| entries.get(usize::try_from(index).ok()?).map(Vec::as_slice);
    match tile.kind() {
        TileKind::Entries => entry_bundle(tile, entry).ok(),
        TileKind::Hashes { .. } => {
            hash_tile(tile, |level, index| tree.tile_hash(level, index)).ok()
        }
    }
}

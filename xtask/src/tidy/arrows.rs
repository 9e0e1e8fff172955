//! The arrows between crates, from each `Cargo.toml`: they only point down, and each crate
//! forbids something. The table is the style page's section 1.

use super::Complaint;

/// What one crate may name, and which outside crates would break what it forbids.
struct Room {
    name: &'static str,
    may_use: &'static [&'static str],
    never: &'static [&'static str],
}

const WEB: [&str; 6] = ["axum", "hyper", "askama", "tower", "tower-http", "utoipa"];
const PURE: [&str; 9] =
    ["tokio", "sqlx", "axum", "hyper", "http", "reqwest", "rand", "getrandom", "askama"];
const NO_DATABASE: [&str; 4] = ["sqlx", "axum", "hyper", "askama"];

const ROOMS: [Room; 13] = [
    Room { name: "domain", may_use: &[], never: &PURE },
    Room { name: "formats", may_use: &["domain"], never: &PURE },
    Room { name: "matching", may_use: &["domain"], never: &PURE },
    Room { name: "ledger", may_use: &[], never: &PURE },
    Room { name: "store", may_use: &["domain", "formats", "matching", "ledger"], never: &WEB },
    Room {
        name: "sandbox",
        may_use: &["domain", "formats", "matching", "ledger"],
        never: &NO_DATABASE,
    },
    Room {
        name: "services",
        may_use: &["domain", "formats", "matching", "ledger", "store", "sandbox"],
        never: &NO_DATABASE,
    },
    Room {
        name: "server",
        may_use: &["domain", "formats", "matching", "ledger", "services"],
        never: &["sqlx"],
    },
    Room {
        name: "gateway",
        may_use: &["domain", "formats", "ledger"],
        never: &["sqlx", "askama", "reqwest"],
    },
    Room {
        name: "seawall",
        may_use: &[
            "domain", "formats", "matching", "ledger", "store", "sandbox", "services", "server",
            "gateway",
        ],
        never: &[],
    },
    Room {
        name: "testkit",
        may_use: &["domain", "formats", "matching", "ledger", "store", "sandbox", "services"],
        never: &[],
    },
    Room { name: "fuzz", may_use: &["domain", "formats", "matching", "ledger"], never: &PURE },
    Room { name: "xtask", may_use: &[], never: &[] },
];

/// A dependency named in a manifest.
struct Arrow {
    line: usize,
    to: String,
    is_dev: bool,
}

/// Checks one manifest; the workspace's own has no arrows.
pub fn manifest(path: &str, text: &str) -> Vec<Complaint> {
    let Some(folder) = path.strip_suffix("/Cargo.toml") else {
        return Vec::new();
    };
    let folder = folder.strip_prefix("crates/").unwrap_or(folder);
    let name = name(text);
    let mut complaints = Vec::new();
    // `cargo fuzz` looks for its programs in a folder of this name.
    if name != folder && path != "fuzz/Cargo.toml" {
        let advice = format!("name the folder exactly as its crate, `{name}`");
        complaints.push(Complaint::new(path, 1, "folders", advice));
    }
    let Some(room) = ROOMS.iter().find(|room| room.name == short(folder)) else {
        let advice =
            format!("give `{folder}` a row in xtask/src/tidy/arrows.rs and say what it forbids");
        complaints.push(Complaint::new(path, 1, "arrows", advice));
        return complaints;
    };
    for arrow in arrows(text) {
        complaints.extend(
            judge(room, &arrow).map(|advice| Complaint::new(path, arrow.line, "arrows", advice)),
        );
    }
    complaints
}

/// What is wrong with an arrow, if anything.
fn judge(room: &Room, arrow: &Arrow) -> Option<String> {
    let Arrow { to, is_dev, .. } = arrow;
    if ROOMS.iter().any(|known| to.starts_with("seawall") && known.name == short(to)) {
        let may = room.may_use.contains(&short(to)) || (*is_dev && to == "seawall-testkit");
        return (!may).then(|| format!("`{}` may not depend on `{to}`", room.name));
    }
    let is_outside = room.name == "xtask";
    if is_outside {
        return Some(format!("`xtask` uses only the standard library, not `{to}`"));
    }
    let never = !is_dev && room.never.contains(&to.as_str());
    never.then(|| format!("`{}` forbids what `{to}` is for", room.name))
}

fn short(name: &str) -> &str {
    name.strip_prefix("seawall-").unwrap_or(name)
}

fn name(text: &str) -> &str {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("name = "));
    line.unwrap_or_default().trim().trim_matches('"')
}

/// The dependencies of a manifest, in the order of their lines.
fn arrows(text: &str) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    let mut kind = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(table) = line.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            kind = Some(table).filter(|table| table.contains("dependencies"));
            // `[dependencies.name]` names its one dependency in the heading.
            let named = table.split_once("dependencies.").map(|(_, name)| name.to_string());
            arrows.extend(named.map(|to| Arrow {
                line: index + 1,
                to,
                is_dev: table.contains("dev-dependencies"),
            }));
            kind = kind.filter(|table| table.ends_with("dependencies"));
            continue;
        }
        let Some(table) = kind else { continue };
        let Some((key, _)) = line.split_once('=').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let to = key.trim().split('.').next().unwrap_or_default().trim_matches('"').to_string();
        arrows.push(Arrow { line: index + 1, to, is_dev: table.contains("dev-dependencies") });
    }
    arrows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folder: &str, dependencies: &str, expected: &[&str]) {
        let path = format!("{folder}/Cargo.toml");
        let name = folder.trim_start_matches("crates/");
        let text = format!("[package]\nname = \"{name}\"\n{dependencies}");
        let said: Vec<String> =
            manifest(&path, &text).into_iter().map(|complaint| complaint.advice).collect();
        assert_eq!(said, expected, "{folder} with {dependencies}");
    }

    #[test]
    fn arrows_only_point_down() {
        let check = |room: &str, dependencies: &str, expected: &[&str]| {
            check(&format!("crates/seawall-{room}"), dependencies, expected);
        };
        check("formats", "[dependencies]\nseawall-domain.workspace = true", &[]);
        check(
            "domain",
            "[dependencies]\nseawall-formats.workspace = true",
            &["`domain` may not depend on `seawall-formats`"],
        );
        check(
            "formats",
            "[dependencies]\nseawall-matching = { path = \"../x\" }",
            &["`formats` may not depend on `seawall-matching`"],
        );
        check(
            "server",
            "[dependencies.seawall-store]\nworkspace = true",
            &["`server` may not depend on `seawall-store`"],
        );
        check("ledger", "[dependencies]\nsha2.workspace = true", &[]);
        check(
            "ledger",
            "[dependencies]\nseawall-domain.workspace = true",
            &["`ledger` may not depend on `seawall-domain`"],
        );
        check("domain", "[dependencies]\ntokio = \"1\"", &["`domain` forbids what `tokio` is for"]);
        check(
            "store",
            "[build-dependencies]\naxum = \"1\"",
            &["`store` forbids what `axum` is for"],
        );
    }

    #[test]
    fn tests_may_use_the_testkit_and_no_other_way_up() {
        let check = |dependencies: &str, expected: &[&str]| {
            check("crates/seawall-store", dependencies, expected);
        };
        check("[dev-dependencies]\nseawall-testkit.workspace = true", &[]);
        check(
            "[dependencies]\nseawall-testkit.workspace = true",
            &["`store` may not depend on `seawall-testkit`"],
        );
        check(
            "[dev-dependencies]\nseawall-services.workspace = true",
            &["`store` may not depend on `seawall-services`"],
        );
    }

    #[test]
    fn a_room_has_its_name_on_the_door_and_a_row_in_the_table() {
        let path = "crates/seawall-attic/Cargo.toml";
        let complaints = manifest(path, "[package]\nname = \"seawall-cellar\"\n");
        let rules: Vec<&str> = complaints.iter().map(|complaint| complaint.rule).collect();
        assert_eq!(rules, ["folders", "arrows"]);
        check(
            "xtask",
            "[dependencies]\nserde = \"1\"",
            &["`xtask` uses only the standard library, not `serde`"],
        );
        check("xtask", "# serde = \"1\"\n[features]\na = []", &[]);
    }
}

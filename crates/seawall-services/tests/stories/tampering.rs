//! Verification: an honest installation holds, and whatever is altered is named.

use seawall_domain::access::Actor;
use seawall_services::statistics;
use seawall_services::verify::{Report, verify, verify_folder};
use seawall_testkit::world::{Cast, Framework, Sequence, Story, TARGETS, World, each, must, one};
use std::path::Path;

/// A world in which every subject has rows and four advisories are out, one of them revised.
async fn full(world: &mut World) {
    let story = Story::stage(world).await;
    world.lease(&story.cast.finders[0], &TARGETS[0].package()).await;
    let purls = ["pkg:npm/ini@1.3.5", "pkg:pypi/sqlparse@0.4.1"];
    world.inventory(&story.cast.hospital.1, &purls).await;
    story.until_published(world).await;
    story.open_catalogue(world, &TARGETS[3]).await;
    story.publish(world, &TARGETS[3]).await;
    let vendor = &story.cast.vendor.1;
    world.not_affected(vendor, "SW-2026-0002", "pkg:npm/ini@1.3.5").await;
    world.until_quiet().await;
    let framework = Framework::enter(world).await;
    framework.begin(world).await;
    framework.bring(world).await;
    world.until_idle().await;
}

#[track_caller]
fn holds(report: &Report) {
    assert_eq!(report.faults, Vec::<String>::new());
}

#[tokio::test]
async fn an_honest_installation_holds_and_whatever_is_altered_is_named() {
    each("verify", |mut world| async move {
        full(&mut world).await;
        honest(&mut world).await;
        altered_facts(&world).await;
        altered_rows(&world).await;
        missing_rows(&world).await;
    })
    .await;
}

/// An honest installation holds, and its figures follow from the log.
async fn honest(world: &mut World) {
    let report = must(verify(&world.desk).await);
    holds(&report);
    let counted = must(statistics::figures(&world.desk, &Actor::administrator()).await);
    assert_eq!(*report.figures(), counted);
    assert_eq!(report.entries, world.facts().await.len() as u64);
    assert_eq!(report.documents, 8);
    // The log alone says the same, and the public folder stands by itself.
    let log = verify_folder(&world.desk.settings.log);
    holds(&log);
    assert_eq!(*log.figures(), counted);
    holds(&verify_folder(&world.desk.settings.public));
    // A sequencer that starts anew goes on where the other was.
    world.restart_sequencer();
    let finders = Cast::enter(world).await.finders;
    world.submit(&finders[0], &TARGETS[5].report(0)).await;
    world.until_quiet().await;
    holds(&must(verify(&world.desk).await));
}

/// The name by which a fault must name a file.
fn name_of(world: &World, path: &Path) -> String {
    let below = |folder: &Path| path.strip_prefix(folder).ok().map(|p| p.display().to_string());
    let settings = &world.desk.settings;
    if let Some(path) = below(&settings.log) {
        return format!("log/internal/{path}");
    }
    if let Some(path) = below(&settings.public) {
        return format!("public/{path}");
    }
    let blob = below(world.desk.store.blobs().dir()).unwrap_or_default();
    blob.replace('/', "")
}

/// Flips one bit in each of three files, one of the internal log, one of the public folder and one
/// blob, and gives what was not named; none of the three can hide another.
async fn flips(world: &World, chance: &Sequence) -> Vec<String> {
    let settings = &world.desk.settings;
    let mut flipped = Vec::new();
    for folder in [&*settings.log, &settings.public, world.desk.store.blobs().dir()] {
        let files = World::files(folder);
        let path = &files[chance.below(files.len())];
        let whole = must(std::fs::read(path));
        let mut bytes = whole.clone();
        let place = chance.below(bytes.len());
        bytes[place] ^= 1 << chance.below(8);
        must(std::fs::write(path, &bytes));
        flipped.push((path.clone(), whole, place));
    }
    let report = must(verify(&world.desk).await);
    let mut escaped = Vec::new();
    for (path, whole, place) in flipped {
        let name = name_of(world, &path);
        if !report.faults.iter().any(|said| said.contains(&name)) {
            escaped.push(format!("{name} at {place}: {:?}", report.faults));
        }
        must(std::fs::write(path, &whole));
    }
    escaped
}

#[tokio::test]
async fn two_hundred_flipped_bits_are_each_found_and_named() {
    one(|mut world| async move {
        full(&mut world).await;
        let chance = Sequence::new(11);
        for _ in 0..67 {
            assert_eq!(flips(&world, &chance).await, Vec::<String>::new());
        }
        holds(&must(verify(&world.desk).await));
        copy_of_the_public_folder(&world);
    })
    .await;
}

/// Flips in a copy of the public folder are named without a database, every file once.
fn copy_of_the_public_folder(world: &World) {
    let folder = world.desk.settings.public.clone();
    let chance = Sequence::new(5);
    for path in World::files(&folder) {
        let whole = must(std::fs::read(&path));
        let mut bytes = whole.clone();
        let place = chance.below(bytes.len());
        bytes[place] ^= 1 << chance.below(8);
        must(std::fs::write(&path, &bytes));
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let faults = verify_folder(&folder).faults;
        assert!(faults.iter().any(|said| said.contains(&name)), "{name} {place}: {faults:?}");
        must(std::fs::write(&path, &whole));
    }
    must(std::fs::write(folder.join("osv/x_SW-2026-0099.json"), "{}"));
    must(std::fs::write(folder.join("log/tile/0/999"), "more"));
    let gone = ["osv/x_SW-2026-0002.json", "csaf/white/index.txt"];
    for name in gone {
        must(std::fs::remove_file(folder.join(name)));
    }
    let faults = verify_folder(&folder).faults;
    for name in ["osv/x_SW-2026-0099.json", "log/tile/0/999", gone[0], gone[1]] {
        assert!(faults.iter().any(|said| said.contains(name)), "{name}: {faults:?}");
    }
}

/// Each subject's table with its columns; those in the second list are numbers.
const TABLES: [(&str, &[&str], &[&str]); 17] = [
    ("party", &["state", "name"], &["version"]),
    ("account", &["state", "party"], &["version"]),
    ("project", &["state", "package", "maintainer"], &["version"]),
    ("scan", &["state", "party", "package"], &["version", "ends"]),
    (
        "finding",
        &["state", "finder", "package", "receipt", "digest", "lead", "standing"],
        &["version", "received"],
    ),
    ("reproduction", &["state", "finding"], &["version"]),
    (
        "flaw_case",
        &["state", "project", "finding", "participants", "report", "embargo"],
        &["version", "opened"],
    ),
    ("fix", &["state", "flaw_case"], &["version"]),
    ("advisory", &["state", "flaw_case", "number", "standing"], &["version"]),
    ("inventory", &["state", "operator", "label"], &["version", "serial"]),
    ("statement", &["state", "issuer", "digest"], &["version"]),
    ("exposure", &["state", "operator", "label", "cause", "component", "standing"], &["version"]),
    ("evaluation", &["state", "roots"], &["version"]),
    ("engagement", &["state", "developer", "snapshots"], &["version", "opened"]),
    ("tie", &["state", "person"], &["version"]),
    ("basis", &["state"], &["version", "rubric"]),
    ("partner", &["state", "party", "developer", "panel", "stage"], &["version", "filed"]),
];

async fn run(world: &World, sql: String) -> u64 {
    world.tamper(Box::leak(sql.into_boxed_str())).await
}

/// The id of a table's first row.
async fn first(world: &World, table: &str) -> String {
    let sql = format!("SELECT MIN(id) AS id FROM {table}");
    let rows = world.desk.store.database().fetch(Box::leak(sql.into_boxed_str()), Vec::new()).await;
    must(must(rows)[0].text("id"))
}

/// Every column of every subject's table, one after another.
async fn altered_rows(world: &World) {
    let rounds = TABLES.iter().map(|(_, texts, numbers)| texts.len() + numbers.len()).max();
    for round in 0..rounds.unwrap_or(0) {
        let mut altered = Vec::new();
        for (table, texts, numbers) in TABLES {
            let all: Vec<_> = texts.iter().chain(numbers).collect();
            let Some(column) = all.get(round) else { continue };
            let id = first(world, table).await;
            let (more, less) = match numbers.contains(column) {
                true => (format!("{column} + 1"), format!("{column} - 1")),
                false => (
                    format!("{column} || 'x'"),
                    format!("substr({column}, 1, length({column}) - 1)"),
                ),
            };
            let change = |to: &str| format!("UPDATE {table} SET {column} = {to} WHERE id = '{id}'");
            assert_eq!(run(world, change(&more)).await, 1);
            altered.push((format!("table {table}, column {column}, id {id}"), change(&less)));
        }
        let faults = must(verify(&world.desk).await).faults;
        for (place, back) in altered {
            assert!(faults.iter().any(|said| said.starts_with(&place)), "{place}: {faults:?}");
            assert_eq!(run(world, back).await, 1);
        }
    }
    holds(&must(verify(&world.desk).await));
}

/// Rows that are gone, and rows that nothing leads to; and a fact that is gone.
async fn missing_rows(world: &World) {
    let id = first(world, "fact").await;
    assert_eq!(run(world, format!("DELETE FROM fact WHERE id = '{id}'")).await, 1);
    let mut gone = vec![format!("table fact, column id, id {id}: the row is missing")];
    for (table, ..) in TABLES {
        let id = first(world, table).await;
        let other = id.replace(['0', '1', '2', '3'], "e");
        run(world, format!("UPDATE {table} SET id = '{other}' WHERE id = '{id}'")).await;
        gone.push(format!("table {table}, column id, id {id}: the row is missing"));
        gone.push(format!("table {table}, column id, id {other}: no history leads to it"));
    }
    let faults = must(verify(&world.desk).await).faults;
    for place in gone {
        assert!(faults.contains(&place), "{place}: {faults:?}");
    }
}

/// Columns of facts, each on another row.
async fn altered_facts(world: &World) {
    let sql = "SELECT id FROM fact ORDER BY id LIMIT 8";
    let rows = must(world.desk.store.database().fetch(sql, Vec::new()).await);
    let ids = rows.iter().map(|row| must(row.text("id")));
    let changes = [
        ("subject", "subject || 'x'", "substr(subject, 1, length(subject) - 1)"),
        ("version", "version + 1000", "version - 1000"),
        ("at", "at + 1", "at - 1"),
        ("actor", "actor || 'x'", "substr(actor, 1, length(actor) - 1)"),
        ("body", "body || ' '", "substr(body, 1, length(body) - 1)"),
        ("digest", "digest || '0'", "substr(digest, 1, length(digest) - 1)"),
        ("seq", "seq + 100000", "seq - 100000"),
        ("public", "NOT public", "NOT public"),
    ];
    let mut altered = Vec::new();
    for (id, (column, more, less)) in ids.zip(changes) {
        let change = |to| format!("UPDATE fact SET {column} = {to} WHERE id = '{id}'");
        assert_eq!(run(world, change(more)).await, 1);
        altered.push((format!("table fact, column {column}, id {id}"), change(less)));
    }
    let faults = must(verify(&world.desk).await).faults;
    for (place, back) in altered {
        assert!(faults.iter().any(|said| said.starts_with(&place)), "{place}: {faults:?}");
        assert_eq!(run(world, back).await, 1);
    }
    holds(&must(verify(&world.desk).await));
}

//! What outside sources say meets inventories: exposures, deadlines, words of issuers, and what
//! changes when the advisory set is replaced.

use seawall_domain::access::Actor;
use seawall_domain::exposure::{Cause, Exposure};
use seawall_domain::refusal::Refusal;
use seawall_services::outcome::Denied;
use seawall_services::{exposure, flaw, inventory, statement, today};
use seawall_testkit::world::{Story, TARGETS, World, cyclonedx, each, must};
use serde_json::json;

const FLAW: &str = "CVE-2099-0001";

/// An OSV record of a package on PyPI that is affected until a version.
fn osv(id: &str, package: &str, fixed: &str) -> String {
    json!({
        "id": id, "modified": "2026-01-01T00:00:00Z", "aliases": [FLAW], "summary": "a flaw",
        "affected": [{
            "package": {"ecosystem": "PyPI", "name": package},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
        }],
    })
    .to_string()
}

fn withdrawn(id: &str, package: &str, fixed: &str) -> String {
    osv(id, package, fixed)
        .replace("\"modified\"", "\"withdrawn\":\"2026-01-02T00:00:00Z\",\"modified\"")
}

/// The catalogue of known exploited flaws, with this one in it.
fn kev(flaw: &str) -> String {
    json!({
        "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.03.01",
        "dateReleased": "2026-03-01T00:00:00Z", "count": 1,
        "vulnerabilities": [{
            "cveID": flaw, "vendorProject": "v", "product": "p", "vulnerabilityName": "n",
            "dateAdded": "2026-03-01", "shortDescription": "s", "requiredAction": "update",
            "dueDate": "2026-03-22", "knownRansomwareCampaignUse": "Unknown", "notes": "",
        }],
    })
    .to_string()
}

/// The word of somebody outside about a product, as OpenVEX.
fn vex(issuer: &str, product: &str, status: &str) -> String {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://issuer.invalid/vex/1",
        "author": issuer, "timestamp": "2026-03-02T09:00:00Z", "version": 1,
        "statements": [{
            "vulnerability": {"name": FLAW}, "products": [{"@id": product}], "status": status,
            "justification": (status == "not_affected").then_some("component_not_present"),
            "action_statement": (status == "affected").then_some("update"),
        }],
    })
    .to_string()
}

/// Installs a set and lets everybody whom it touches be matched.
async fn install(world: &mut World, documents: &[String]) {
    world.records.install(documents);
    world.desk.advisories.refresh();
    must(exposure::ask_for_match(&world.desk).await);
    world.until_quiet().await;
}

async fn send(world: &mut World, operator: &Actor, label: &str, purls: &[&str]) {
    must(inventory::receive(&world.desk, operator, label, None, &cyclonedx(purls)).await);
    world.until_quiet().await;
}

/// What an operator sees of outside flaws: `system component name state row`.
async fn check(world: &World, operator: &Actor, expected: &[&str]) {
    let list = must(exposure::briefs(&world.desk, operator).await);
    let mut seen: Vec<String> = list
        .iter()
        .filter(|brief| matches!(brief.exposure.spot.cause, Cause::Flaw(_)))
        .map(|brief| {
            let Exposure { spot, standing, told, .. } = &brief.exposure;
            let row = told.as_ref().map_or("-".to_owned(), |told| told.row.to_string());
            format!("{} {} {} {} {row}", spot.label, spot.component, brief.name, standing.name())
        })
        .collect();
    seen.sort();
    assert_eq!(seen, expected);
}

/// How many facts there are.
async fn facts(world: &World) -> usize {
    world.facts().await.len()
}

#[tokio::test]
async fn a_flaw_of_the_outside_world_opens_and_closes() {
    each("outside", |mut world| async move {
        let story = Story::stage(&world).await;
        let (hospital, bank) = (&story.cast.hospital.1.clone(), &story.cast.bank.1.clone());
        send(&mut world, hospital, "main", &["pkg:pypi/left@1.0", "pkg:pypi/right@1.0"]).await;
        check(&world, hospital, &[]).await;
        // A set comes: the inventory that was there before is matched, the clock starts.
        install(&mut world, &[osv("A-1", "left", "1.1")]).await;
        check(&world, hospital, &["main pkg:pypi/left CVE-2099-0001 open 9"]).await;
        let list = must(today::today(&world.desk, hospital).await);
        assert_eq!((list.items.len(), list.unknown.len()), (1, 0), "{:?}", list.unknown);
        assert_eq!(list.items[0].advisories, [FLAW]);
        assert!(format!("{:?}", list.items[0].refuge).contains("1.1"), "{:?}", list.items[0]);
        // Another operator comes later.
        send(&mut world, bank, "till", &["pkg:pypi/left@0.9"]).await;
        check(&world, bank, &["till pkg:pypi/left CVE-2099-0001 open 9"]).await;
        // It is listed as known exploited: the row and the deadline that were told change.
        install(&mut world, &[osv("A-1", "left", "1.1"), kev(FLAW)]).await;
        check(&world, hospital, &["main pkg:pypi/left CVE-2099-0001 open 15"]).await;
        // The hospital mends it; the bank's word for it is its next inventory as well.
        send(&mut world, hospital, "main", &["pkg:pypi/left@1.1", "pkg:pypi/right@1.0"]).await;
        check(&world, hospital, &["main pkg:pypi/left CVE-2099-0001 fixed 15"]).await;
        check(&world, bank, &["till pkg:pypi/left CVE-2099-0001 open 15"]).await;
        // The range shrinks: nothing says any longer that 0.9 is affected.
        install(&mut world, &[withdrawn("A-1", "left", "1.1"), kev(FLAW)]).await;
        check(&world, bank, &["till pkg:pypi/left CVE-2099-0001 retracted 15"]).await;
        install(&mut world, &[osv("A-1", "left", "1.0"), kev(FLAW)]).await;
        check(&world, bank, &["till pkg:pypi/left CVE-2099-0001 open 15"]).await;
        assert_eq!(world.stuck().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn only_systems_that_a_change_touches_are_matched_anew() {
    each("touched", |mut world| async move {
        let story = Story::stage(&world).await;
        let (hospital, bank) = (&story.cast.hospital.1.clone(), &story.cast.bank.1.clone());
        let records = [osv("A-1", "left", "1.1"), osv("B-1", "right", "2.0")];
        let records = [records[0].clone(), records[1].replace(FLAW, "CVE-2099-0002")];
        install(&mut world, &records).await;
        send(&mut world, hospital, "main", &["pkg:pypi/left@1.0"]).await;
        send(&mut world, bank, "till", &["pkg:pypi/right@1.0"]).await;
        // The same again in another file: nothing is recorded, nobody is looked at.
        let before = facts(&world).await;
        install(&mut world, &records).await;
        assert_eq!(facts(&world).await, before);
        let shelf = world.desk.advisories.current().installed.clone().unwrap();
        let mut tx = must(world.desk.begin("test_touched").await);
        let touched = world.desk.assets.touched(&world.desk, &mut tx, &shelf, |_, _, component| {
            Ok(component.package.as_ref().is_some_and(|package| package.name == "left"))
        });
        let labels: Vec<String> = must(touched.await).into_iter().map(|s| s.label).collect();
        assert_eq!(labels, ["main"]);
    })
    .await;
}

#[tokio::test]
async fn words_of_issuers_clear_and_are_taken_back() {
    each("issuers", |mut world| async move {
        let story = Story::stage(&world).await;
        let hospital = &story.cast.hospital.1.clone();
        let record = osv("A-1", "left", "1.1");
        install(&mut world, std::slice::from_ref(&record)).await;
        send(&mut world, hospital, "main", &["pkg:pypi/left@1.0"]).await;
        let product = "pkg:pypi/left@1.0";
        let cleared = vex("a distributor", product, "not_affected");
        install(&mut world, &[record.clone(), cleared.clone()]).await;
        check(&world, hospital, &["main pkg:pypi/left CVE-2099-0001 not_affected 9"]).await;
        let briefs = must(exposure::briefs(&world.desk, hospital).await);
        assert_eq!(briefs[0].issuer.as_deref(), Some("a distributor"));
        // Somebody else warns: it stays open, and both words stand in the set.
        let warned = vex("a researcher", product, "affected");
        install(&mut world, &[record.clone(), cleared, warned]).await;
        check(&world, hospital, &["main pkg:pypi/left CVE-2099-0001 open 9"]).await;
        // A party of this installation clears it, and takes that back.
        install(&mut world, &[record]).await;
        let vendor = &story.cast.vendor.1.clone();
        for (status, expected) in [("not_affected", "not_affected"), ("affected", "open")] {
            let said = vex("Device maker", product, status);
            world.wait(1);
            must(statement::receive(&world.desk, vendor, said.as_bytes()).await);
            world.until_quiet().await;
            let expected = format!("main pkg:pypi/left CVE-2099-0001 {expected} 9");
            check(&world, hospital, &[&expected]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_published_here_is_not_told_twice() {
    each("twice", |mut world| async move {
        let story = Story::stage(&world).await;
        let hospital = &story.cast.hospital.1.clone();
        send(&mut world, hospital, "main", &["pkg:pypi/sqlparse@0.4.1"]).await;
        let names = "CVE-2021-32839\",\"SW-2026-0001";
        let outside = osv("PYSEC-1", "sqlparse", "0.4.2").replace(FLAW, names);
        install(&mut world, &[outside]).await;
        check(&world, hospital, &["main pkg:pypi/sqlparse CVE-2021-32839 open 9"]).await;
        let met_at = must(exposure::list(&world.desk, hospital).await)[0].opened_at;
        world.wait(1);
        story.until_published(&mut world).await;
        let own = must(exposure::list(&world.desk, hospital).await);
        let open = own.iter().filter(|exposure| exposure.standing.name() == "open");
        let open: Vec<_> = open.map(|e| (e.spot.cause.to_string(), e.opened_at)).collect();
        let advisory = story.advisory(&world, &TARGETS[0]).await;
        assert_eq!(advisory.number.unwrap().to_string(), "SW-2026-0001");
        assert_eq!(open, [(advisory.id.to_string(), met_at)], "the clock goes on: {own:?}");
        let list = must(today::today(&world.desk, hospital).await);
        assert_eq!(list.items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_flaw_is_told_to_anybody_and_its_sources_to_few() {
    each("told", |mut world| async move {
        let story = Story::stage(&world).await;
        install(&mut world, &[osv("A-1", "left", "1.1"), kev(FLAW)]).await;
        for name in [FLAW, "A-1"] {
            let told = must(flaw::told(&world.desk, name));
            assert_eq!(told.flaw.names, [FLAW, "A-1"]);
            assert_eq!(told.records.len(), 2, "{:?}", told.records);
        }
        let hidden = flaw::told(&world.desk, "CVE-2099-9999");
        assert!(matches!(hidden, Err(Denied::Refused(Refusal::Hidden))));
        assert_eq!(must(flaw::sources(&world.desk, &story.cast.analysts[0])).notes.len(), 1);
        for other in [&story.cast.hospital.1, &story.cast.finders[0], &Actor::public()] {
            let hidden = flaw::sources(&world.desk, other);
            assert!(matches!(hidden, Err(Denied::Refused(Refusal::Hidden))));
        }
        // A set that cannot be used says nothing, and takes nothing back.
        send(&mut world, &story.cast.hospital.1.clone(), "main", &["pkg:pypi/left@1.0"]).await;
        world.records.put(b"no set".to_vec());
        world.desk.advisories.refresh();
        must(exposure::ask_for_match(&world.desk).await);
        world.until_quiet().await;
        check(&world, &story.cast.hospital.1, &["main pkg:pypi/left CVE-2099-0001 open 15"]).await;
        assert_eq!(must(today::today(&world.desk, &story.cast.hospital.1).await).items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_inventory_that_was_erased_holds_up_nobody() {
    each("erased", |mut world| async move {
        let story = Story::stage(&world).await;
        let (hospital, bank) = (&story.cast.hospital.1.clone(), &story.cast.bank.1.clone());
        for (operator, label) in [(hospital, "main"), (bank, "till")] {
            send(&mut world, operator, label, &["pkg:pypi/left@1.0"]).await;
        }
        let mut tx = must(world.desk.begin("test_erase").await);
        let owner = format!("inventory/{}", story.cast.hospital.0.id);
        let gone = must(world.desk.store.blobs().erase(&mut tx, &owner).await);
        assert_eq!(gone.len(), 1);
        must(tx.commit().await);
        install(&mut world, &[osv("A-1", "left", "1.1")]).await;
        check(&world, bank, &["till pkg:pypi/left CVE-2099-0001 open 9"]).await;
        check(&world, hospital, &[]).await;
        assert_eq!(must(today::today(&world.desk, hospital).await).components, 0);
        assert_eq!(world.stuck().await, Vec::<String>::new());
    })
    .await;
}

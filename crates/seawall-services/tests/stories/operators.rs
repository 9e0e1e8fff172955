//! Inventories, exposures, statements, and the list for today.

use seawall_domain::access::Actor;
use seawall_domain::exposure::{Exposure, Standing};
use seawall_domain::refusal::Refusal;
use seawall_matching::plan::Budget;
use seawall_services::outcome::Denied;
use seawall_services::{advisory, exposure, inventory, statement, today};
use seawall_testkit::world::{Story, TARGETS, World, cyclonedx, each, must, openvex};

async fn send(world: &World, operator: &Actor, purls: &[&str]) -> seawall_domain::digest::Digest {
    let bytes = cyclonedx(purls);
    let received = inventory::receive(&world.desk, operator, "main", None, &bytes).await;
    must(received).digest
}

/// What an operator sees: component and state, in order.
async fn seen(world: &World, operator: &Actor) -> Vec<(String, &'static str)> {
    let list = must(exposure::list(&world.desk, operator).await);
    let mut seen: Vec<(String, &'static str)> =
        list.iter().map(|e| (e.spot.component.clone(), e.standing.name())).collect();
    seen.sort();
    seen
}

const HOSPITAL: &[&str] = &[
    "pkg:pypi/sqlparse@0.4.1",
    "pkg:npm/ini@1.3.6",
    "pkg:cargo/tar@0.4.35",
    "pkg:npm/sqlparse@0.4.1",
    "pkg:cargo/tar-rs@0.4.35",
    "pkg:cargo/libz-sys@1.1.10",
    "pkg:pypi/urllib3@1.26.4",
];

#[tokio::test]
async fn an_advisory_meets_inventories_and_closes_only_with_evidence() {
    each("exposures", |mut world| async move {
        let story = Story::stage(&world).await;
        let (hospital, bank) = (&story.cast.hospital.1, &story.cast.bank.1);
        send(&world, hospital, HOSPITAL).await;
        story.intake(&mut world, 3).await;
        assert_eq!(seen(&world, hospital).await, Vec::new(), "nothing is out yet");
        for target in &TARGETS[..4] {
            story.fix(&mut world, target).await;
            story.publish(&mut world, target).await;
        }
        let open = |name: &str| (name.to_owned(), "open");
        let first = [open("pkg:cargo/tar"), open("pkg:pypi/sqlparse")];
        assert_eq!(seen(&world, hospital).await, first);
        // The bank comes later, and finds what was published before.
        send(&world, bank, &["pkg:cargo/tar@0.4.20", "pkg:npm/ini@1.0.0"]).await;
        world.until_quiet().await;
        assert_eq!(seen(&world, bank).await, [open("pkg:cargo/tar"), open("pkg:npm/ini")]);
        // The relapse reaches who has the later release.
        story.open_catalogue(&mut world, &TARGETS[3]).await;
        story.publish(&mut world, &TARGETS[3]).await;
        assert_eq!(seen(&world, hospital).await.len(), 3);
        // The vendor's word clears what it speaks of, in the vendor's name.
        let number = story.advisory(&world, &TARGETS[2]).await.number.unwrap().to_string();
        let (party, vendor) = &story.cast.vendor;
        let said = openvex(&number, "pkg:cargo/tar@0.4.35");
        must(statement::receive(&world.desk, vendor, &said).await);
        world.until_quiet().await;
        let cleared =
            world.every::<Exposure>().await.into_iter().find_map(|exposure| {
                match exposure.standing {
                    Standing::NotAffected { issuer, .. } => Some((exposure.spot.operator, issuer)),
                    Standing::Open
                    | Standing::NotAffectedOutside { .. }
                    | Standing::Retracted { .. }
                    | Standing::Fixed { .. } => None,
                }
            });
        assert_eq!(cleared, Some((story.cast.hospital.0.id, party.id)));
        assert_eq!(seen(&world, bank).await[0].1, "open", "another version");
        // The bank's next inventory is the evidence.
        let evidence = send(&world, bank, &["pkg:cargo/tar@0.4.36", "pkg:npm/ini@1.0.0"]).await;
        world.until_quiet().await;
        let list = must(exposure::list(&world.desk, bank).await);
        let fixed = list.iter().find_map(|exposure| match exposure.standing {
            Standing::Fixed { evidence, .. } => Some(evidence),
            Standing::Open
            | Standing::NotAffected { .. }
            | Standing::NotAffectedOutside { .. }
            | Standing::Retracted { .. } => None,
        });
        assert_eq!(fixed, Some(evidence));
        assert_eq!(world.stuck().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn today_says_what_to_do_and_on_whose_word() {
    each("today", |mut world| async move {
        let story = Story::stage(&world).await;
        let (hospital, agency) = (&story.cast.hospital.1, &story.cast.agency.1);
        send(&world, hospital, HOSPITAL).await;
        send(&world, agency, &["pkg:pypi/sqlparse@0.4.0"]).await;
        story.until_published(&mut world).await;
        let list = must(today::today(&world.desk, hospital).await);
        assert_eq!(list.components, HOSPITAL.len() as u64);
        let said = format!("{:?}", list.today);
        assert!(said.contains("0.4.2") && said.contains("0.4.36"), "{said}");
        assert!(!said.contains("urllib3"), "not published");
        let budget = Budget { minutes: 360, windows: Vec::new() };
        let plan = list.plan(&budget).unwrap();
        assert_eq!((plan.steps.len(), plan.left.len()), (1, list.items.len() - 1));
        assert!(today::interview(hospital, []).is_ok());
        assert!(today::interview(agency, []).is_ok());
        for other in [&story.cast.finders[0], &story.cast.analysts[0], &Actor::public()] {
            let refused = today::interview(other, []);
            assert!(matches!(refused, Err(Denied::Refused(Refusal::Hidden))));
        }
        let due = must(today::due(&world.desk, agency).await);
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].advisory, "SW-2026-0001");
        let refused = today::due(&world.desk, hospital).await;
        assert!(matches!(refused, Err(Denied::Refused(Refusal::Hidden))));
    })
    .await;
}

#[tokio::test]
async fn sending_the_same_again_is_no_second_inventory_or_statement() {
    each("the same again", |mut world| async move {
        let story = Story::stage(&world).await;
        let bank = &story.cast.bank.1;
        send(&world, bank, HOSPITAL).await;
        send(&world, bank, HOSPITAL).await;
        let said = openvex("CVE-2020-7788", "pkg:npm/ini@1.3.5");
        for _ in 0..2 {
            must(statement::receive(&world.desk, &story.cast.vendor.1, &said).await);
        }
        world.until_quiet().await;
        assert_eq!(must(inventory::list(&world.desk, bank).await).len(), 1);
        assert_eq!(world.every::<seawall_domain::statement::Statement>().await.len(), 1);
        assert_eq!(must(advisory::list_out(&world.desk, 9).await).len(), 0);
        for (bytes, label) in [(&b"{"[..], "main"), (&b"{}"[..], "main"), (b"x", "")] {
            let refused = inventory::receive(&world.desk, bank, label, None, bytes).await;
            assert!(matches!(refused, Err(Denied::Refused(Refusal::Unreadable(_)))), "{refused:?}");
        }
        for other in [&story.cast.finders[0], &story.cast.vendor.1, &Actor::public()] {
            let refused =
                inventory::receive(&world.desk, other, "main", None, &cyclonedx(HOSPITAL)).await;
            assert!(matches!(refused, Err(Denied::Refused(Refusal::Hidden))));
        }
    })
    .await;
}

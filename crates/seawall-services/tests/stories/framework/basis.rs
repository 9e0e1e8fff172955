//! What partners are judged and counted by: a rubric of one's own, how many operators there are,
//! days off, and what gateways counted.

use super::{hidden, holds, refused};
use seawall_domain::access::Actor;
use seawall_domain::account::Holder;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::count::Used;
use seawall_domain::engagement::window::Ring;
use seawall_domain::id::{PartyId, WindowId};
use seawall_domain::partner::Partner;
use seawall_domain::partner::assessment::{Answer, Filing};
use seawall_domain::partner::basis::Basis;
use seawall_domain::partner::calendar::Calendar;
use seawall_domain::partner::decision::Rivalry;
use seawall_domain::partner::reach::Count;
use seawall_domain::partner::rubric::{Criterion, CriterionText, Gate, GateText};
use seawall_domain::partner::rubric::{Rubric, RubricText};
use seawall_domain::time::Timestamp;
use seawall_formats::gateway::count::{COUNT, Stated};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::sign::SigningKey;
use seawall_services::partner::Standing;
use seawall_services::{account, engagement, partner};
use seawall_testkit::world::{Framework, World, digest_of, each, must, person_of};

const TABLE: &str = "group,name,sector,size,region,operators,source,as_of\n\
    1,small water systems,water,small,KS,900,\"a register, table 2\",2026-01-31\n\
    2,rural clinics,health,small,,40,a survey,2025-12-31\n";

fn own(version: u32, admits_from: u32) -> RubricText {
    let mut text = must(Rubric::first()).text().clone();
    text.version = version;
    text.admits_from = admits_from;
    text
}

fn bytes(text: &RubricText) -> Vec<u8> {
    must(serde_json::to_vec(text))
}

#[tokio::test]
async fn a_rubric_of_ones_own_applies_to_what_is_filed_under_it() {
    each("rubric", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let official = &cast.officials.1[0];
        assert_eq!(must(partner::rubric(&desk).await).text().version, 1);
        let before = cast.seat(&world).await;
        for (_, actor) in cast.everybody() {
            if actor != *official {
                hidden(partner::publish_rubric(&desk, &actor, &bytes(&own(2, 800))).await);
            }
        }
        let skips = partner::publish_rubric(&desk, official, &bytes(&own(3, 800))).await;
        refused(skips, "the next one is 2");
        let broken = partner::publish_rubric(&desk, official, b"version = 2").await;
        refused(broken, "cannot read rubric");
        let (text, second) = (bytes(&own(2, 800)), &cast.officials.1[1]);
        let first = must(partner::publish_rubric(&desk, official, &text).await);
        assert_eq!(first.standing, Standing::Waits);
        // It waits, is in force for nobody, and is shown to whoever could sign as the second.
        assert_eq!(must(partner::rubric(&desk).await).text().version, 1);
        hidden(partner::rubric_of(&desk, 2).await);
        hidden(partner::waiting(&desk, &cast.developer.1).await);
        let waiting = must(partner::waiting(&desk, second).await);
        let [waits] = waiting.as_slice() else { panic!("one waits: {waiting:?}") };
        assert_eq!((waits.asked.by, waits.text.as_bytes()), (person_of(official), &*text));
        // The same person by another account is the same person.
        let (clerk, house) = (Actor::administrator(), cast.officials.0.id);
        let person = Some(person_of(official));
        let also = account::open_for(&desk, &clerk, house, "also", Holder::Person, person).await;
        let also = Actor { account: Some(must(also).id), ..official.clone() };
        let alone = partner::publish_rubric(&desk, &also, &text).await;
        refused(alone, "it waits for a second person to bring the same in");
        let done = must(partner::publish_rubric(&desk, second, &text).await);
        assert_eq!(done.standing, Standing::InForce);
        assert_eq!(must(partner::waiting(&desk, second).await), []);
        assert_eq!(must(partner::rubric(&desk).await).text(), &own(2, 800));
        assert_eq!(must(partner::rubric_of(&desk, 1).await), must(Rubric::first()));
        hidden(partner::rubric_of(&desk, 3).await);
        // Marks of 3 each are 750: enough under the first, under conditions under the second.
        let after = cast.seat(&world).await;
        let told = async |id| must(partner::dossier(&desk, official, id).await);
        let (old, new) = (told(before).await, told(after).await);
        assert_eq!((old.application.rubric, new.application.rubric), (1, 2));
        let letters = (old.letter.unwrap_or_default(), new.letter.unwrap_or_default());
        assert!(letters.0.contains("by version 1 of the rubric"), "{}", letters.0);
        assert!(letters.0.contains("from 600 on"), "{}", letters.0);
        assert!(letters.1.contains("by version 2 of the rubric"), "{}", letters.1);
        assert!(letters.1.contains("from 800 on"), "{}", letters.1);
        assert!(letters.1.contains("Under these conditions"), "{}", letters.1);
        holds::<Basis>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn gates_and_criteria_of_ones_own_are_answered_marked_and_told() {
    each("own gates", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let official = &cast.officials.1[0];
        let mut text = own(2, 600);
        text.gates.truncate(2);
        let gate: Gate = must("rural_reach".parse());
        let (asks, evidence) = ("Do you reach farms?".into(), "a list of them".into());
        text.gates.push(GateText { gate, asks, evidence });
        text.criteria.truncate(1);
        let criterion: Criterion = must("answers_at_night".parse());
        let anchors = ["never", "seldom", "at times", "often", "always"].map(str::to_owned);
        text.criteria.push(CriterionText { criterion, weight: 75, anchors });
        let before = cast.seat(&world).await;
        cast.publish_rubric(&world, &bytes(&text)).await;
        assert_eq!(must(partner::rubric(&desk).await).text(), &text);
        let after = cast.seat(&world).await;
        let told = async |id| must(partner::dossier(&desk, official, id).await);
        assert_eq!(told(before).await.application.rubric, 1, "it is judged by the one of its day");
        assert_eq!(told(after).await.application.rubric, 2);
        // An answer to another rubric is none to this one.
        let id = cast.drawn_for(&world).await;
        let looks = told(id).await.panel;
        let one = cast.evaluators.iter().find(|it| looks.contains(&person_of(it)));
        let one = one.unwrap_or_else(|| panic!("two were drawn"));
        let no = |rubric: &Rubric, mark: u8| Filing {
            gates: rubric.gates().map(|gate| (gate, Answer::No)).collect(),
            marks: rubric.criteria().map(|criterion| (criterion, mark)).collect(),
        };
        let other = partner::mark(&desk, one, id, no(&must(Rubric::first()), 1)).await;
        refused(other, "each gate has an answer");
        let rubric = must(partner::rubric(&desk).await);
        for evaluator in cast.evaluators.iter().filter(|it| looks.contains(&person_of(it))) {
            must(partner::mark(&desk, evaluator, id, no(&rubric, 0)).await);
        }
        must(partner::conclude(&desk, official, id, Rivalry::None, 365).await);
        let letter = told(id).await.letter.unwrap_or_default();
        assert!(letter.contains("- not met: rural reach\n"), "{letter}");
        assert!(letter.contains("- a mean mark of 0.0 of 4: answers at night\n"), "{letter}");
        // A name that was a criterion is no gate later.
        text.version = 3;
        text.criteria.pop();
        text.gates[2].gate = must("answers_at_night".parse());
        let swapped = partner::publish_rubric(&desk, official, &bytes(&text)).await;
        refused(swapped, "answers_at_night is the name of a gate and of a criterion");
        holds::<Basis>(&mut world).await;
        holds::<Partner>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_covered_is_told_against_what_was_brought_in() {
    each("reach", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (official, maker) = (&cast.officials.1[0], &cast.developer.1);
        let seat = cast.seat(&world).await;
        // Nothing was brought in, and nothing is put in its place.
        let none = must(partner::reach(&desk, official).await);
        assert_eq!((none.partners, none.groups.len(), none.known), (1, 1, None));
        assert_eq!(must(partner::operators(&desk, maker).await), None);
        let own = must(partner::dossier(&desk, &cast.partner.1, seat).await).protects;
        assert_eq!(own.map(|it| (it.groups, it.operators, it.unknown)), Some((1, None, 1)));
        hidden(partner::bring_operators(&desk, maker, TABLE.as_bytes()).await);
        let bad = TABLE.replace("40,", "4o,");
        let bad = partner::bring_operators(&desk, official, bad.as_bytes()).await;
        refused(bad, "line 3, column operators: `4o` is no whole number");
        let ahead = TABLE.replace("2026-01-31", "2027-01-31");
        let ahead = partner::bring_operators(&desk, official, ahead.as_bytes()).await;
        refused(ahead, "line 2, column as_of: the day lies ahead");
        must(partner::bring_operators(&desk, official, TABLE.as_bytes()).await);
        assert_eq!(must(partner::operators(&desk, maker).await), None, "one is not enough");
        let alone = partner::bring_operators(&desk, official, TABLE.as_bytes()).await;
        refused(alone, "it waits for a second person");
        must(partner::bring_operators(&desk, &cast.officials.1[1], TABLE.as_bytes()).await);
        let again = partner::bring_operators(&desk, official, TABLE.as_bytes()).await;
        refused(again, "it is the one in force");
        let whole = async |actor| {
            let told = must(partner::reach(&desk, actor).await);
            told.known.map(|(_, coverage)| coverage.whole)
        };
        let covered = |existing, covered| Some(Count { existing, covered });
        assert_eq!(whole(official).await, covered(940, 900));
        assert_eq!(whole(maker).await, covered(940, 900));
        // Another developer has other partners: none. A partner sees its own and nothing else.
        assert_eq!(whole(&cast.rival.1).await, covered(940, 0));
        hidden(partner::reach(&desk, &cast.partner.1).await);
        hidden(partner::reach(&desk, &cast.evaluators[0]).await);
        let own = must(partner::dossier(&desk, &cast.partner.1, seat).await).protects;
        assert_eq!(own.map(|it| (it.groups, it.operators, it.unknown)), Some((1, Some(900), 0)));
        // A later table takes its place; the old one stays in the record.
        let later = TABLE.replace(",900,", ",1000,");
        cast.bring_operators(&world, later.as_bytes()).await;
        assert_eq!(whole(official).await, covered(1_040, 1_000));
        let facts = world.facts().await;
        let brought = facts.iter().filter(|fact| fact.contains("operators_brought"));
        assert_eq!(brought.count(), 2);
        // A year later the seat is over, and covers nobody.
        world.wait(24 * 366);
        world.until_idle().await;
        assert_eq!(whole(official).await, covered(1_040, 0));
        holds::<Basis>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn the_end_for_an_appeal_is_counted_without_days_off_and_then_stays() {
    each("days off", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let official = &cast.officials.1[0];
        assert_eq!(must(partner::days_off(&desk).await), Calendar::default());
        let seat = cast.seat(&world).await;
        let until = async || {
            let letter = must(partner::dossier(&desk, official, seat).await).letter;
            let letter = letter.unwrap_or_default();
            let (_, rest) = letter.split_once("You may appeal before ").unwrap_or_default();
            rest.split([',', ';']).next().unwrap_or_default().to_owned()
        };
        let told = until().await;
        let (today, calendar) = (world.now(), Calendar::default());
        let expected = calendar.working_days_after(today, 10).strftime("%Y-%m-%d").to_string();
        assert_eq!(told, expected);
        let tomorrow = jiff::tz::Offset::UTC
            .to_datetime(today)
            .date()
            .saturating_add(jiff::Span::new().days(1));
        let many = std::iter::successors(Some(tomorrow), |day| day.tomorrow().ok()).take(40);
        let named = Calendar::Named { days: many.collect() };
        hidden(partner::name_days_off(&desk, &cast.duty, named.clone()).await);
        must(partner::name_days_off(&desk, official, named.clone()).await);
        assert_eq!(must(partner::days_off(&desk).await), named);
        assert_eq!(until().await, told, "what was fixed stays");
        holds::<Basis>(&mut world).await;
    })
    .await;
}

fn signed(key: u8, window: WindowId, lines: u64, parties: &[(PartyId, u64)]) -> Vec<u8> {
    let used = |(party, tokens): &(PartyId, u64)| Used {
        party: *party,
        requests: 1,
        tokens_in: *tokens,
        tokens_out: 0,
    };
    let parties = parties.iter().map(used).collect();
    let stated = Stated { window, lines, root: digest_of(9), overruns: 0, alarms: 0, parties };
    let mut envelope = Envelope::new(COUNT, must(serde_json::to_vec(&stated)));
    envelope.sign(&SigningKey::from_seed([key; 32]));
    envelope.to_json().into_bytes()
}

#[tokio::test]
async fn what_a_gateway_signed_is_counted_in_the_shares() {
    each("counts", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (official, maker) = (&cast.officials.1[0], &cast.developer.1);
        let _seat = cast.seat(&world).await;
        let (id, window) = cast.open_window(&world, Ring::Partners, 1).await;
        let own = cast.partner.0.id;
        let tokens = async |world: &World| {
            let told = must(partner::concentration(&world.desk, official).await).report;
            (told.parents.first().and_then(|share| share.tokens), told.uncounted)
        };
        assert_eq!(tokens(&world).await, (None, 1), "not known, and not none");
        let count = signed(5, window, 3, &[(own, 70)]);
        refused(
            engagement::bring_count(&desk, maker, id, &count).await,
            "no gateway with that key",
        );
        let key = SigningKey::from_seed([5; 32]).public().to_string();
        for actor in [&cast.rival.1, &cast.partner.1, &cast.duty, &cast.evaluators[0]] {
            hidden(engagement::name_gateway(&desk, actor, id, &key, None).await);
            hidden(engagement::bring_count(&desk, actor, id, &count).await);
            hidden(engagement::gateways(&desk, actor, id).await);
        }
        must(engagement::name_gateway(&desk, maker, id, &key, None).await);
        let other = signed(6, window, 3, &[(own, 70)]);
        let other = engagement::bring_count(&desk, maker, id, &other).await;
        refused(other, "no gateway with that key");
        let absent = WindowId::new(uuid::Uuid::from_u128(1));
        let absent = engagement::bring_count(&desk, maker, id, &signed(5, absent, 3, &[])).await;
        refused(absent, "has not had that window");
        refused(engagement::bring_count(&desk, maker, id, b"{}").await, "no gateway");
        must(engagement::bring_count(&desk, maker, id, &count).await);
        refused(engagement::bring_count(&desk, official, id, &count).await, "as new or newer");
        assert_eq!(tokens(&world).await, (Some(1_000), 0));
        must(
            engagement::bring_count(&desk, official, id, &signed(5, window, 9, &[(own, 90)])).await,
        );
        let counts = must(engagement::gateways(&desk, official, id).await);
        assert_eq!(counts.counts.kept().first().map(|kept| kept.newest.lines), Some(9));
        let engaged = must(engagement::show(&desk, official, id).await);
        let used = engaged.tokens_of(own, Timestamp::MAX);
        assert_eq!(used, seawall_domain::engagement::count::Tokens::Counted(90));
        // What anybody sees tells nothing of it: there are too few.
        assert_eq!(must(engagement::counts(&desk).await).concentration, None);
        let statement = Digest::new(*seawall_services::desk::digest(&count).bytes());
        let facts = world.facts().await;
        assert!(facts.iter().any(|fact| fact.contains(&statement.to_string())));
        holds::<Engagement>(&mut world).await;
    })
    .await;
}

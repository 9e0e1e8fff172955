//! Trusted partners: from an application to a seat, and how a seat is stopped.

use super::{hidden, holds, refused};
use seawall_domain::access::Actor;
use seawall_domain::account::{Account, Holder};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::window::Ring;
use seawall_domain::id::{PartnerId, PartyId, PersonId};
use seawall_domain::partner::assessment::{Answer, Filing};
use seawall_domain::partner::concentration::{Sector, Size};
use seawall_domain::partner::conflict::{Entry, TieKind};
use seawall_domain::partner::decision::{Outcome as Decided, Rivalry};
use seawall_domain::partner::lottery::{Draw, commitment};
use seawall_domain::partner::reach::Group;
use seawall_domain::partner::rubric::{Criterion, Gate};
use seawall_domain::partner::seat::{Change, Denied, Extent, Why};
use seawall_domain::partner::{APPLICATIONS_MAX, Declared, Partner, Progress};
use seawall_domain::party::Role;
use seawall_services::account;
use seawall_services::desk::digest;
use seawall_services::engagement::{self, Offered};
use seawall_services::partner::{self, Drawing};
use seawall_testkit::world::{Framework, World, digest_of, each, in_days, must, person_of};
use std::collections::BTreeSet;

async fn applied(world: &World, cast: &Framework) -> PartnerId {
    applied_for(world, cast, cast.partner.0.id).await
}

/// The partner applies, and says who owns it in the end.
async fn applied_for(world: &World, cast: &Framework, parent: PartyId) -> PartnerId {
    let actor = &cast.partner.1;
    let declared = Declared {
        parent,
        sector: Sector::Water,
        size: Size::Small,
        protects: BTreeSet::from([Group(1)]),
    };
    let developer = cast.developer.0.id;
    must(partner::apply(&world.desk, actor, developer, declared, b"evidence").await).application.id
}

fn filing(mark: u8) -> Filing {
    let yes = Answer::Yes { evidence: digest_of(4) };
    Filing {
        gates: Gate::ALL.into_iter().map(|gate| (gate, yes)).collect(),
        marks: Criterion::ALL.into_iter().map(|criterion| (criterion, mark)).collect(),
    }
}

/// The evaluators, and three people of another institute: enough for a second panel.
async fn pool(world: &World, cast: &Framework) -> Vec<Actor> {
    let mut people = cast.evaluators.to_vec();
    let institute = world.party("Second institute", &[Role::Evaluator]).await;
    for number in 6..=8 {
        people.push(world.person(&institute, &format!("Evaluator {number}")).await);
    }
    people
}

/// Draws two people of a pool; gives those who were drawn.
async fn drawn<'c>(
    world: &World,
    cast: &'c Framework,
    id: PartnerId,
    pool: &'c [Actor],
) -> Vec<&'c Actor> {
    let desk = &world.desk;
    let official = &cast.officials.1[0];
    let people = pool.iter().map(person_of).collect();
    must(partner::begin_draw(desk, official, id, Drawing { pool: people, wanted: 2 }).await);
    let sides = [(&cast.developer.1, 11u8), (official, 12)];
    for (side, nonce) in sides {
        let party = side.party.unwrap_or(cast.developer.0.id);
        let to = commitment(party, &[nonce; 32], digest);
        must(partner::commit_draw(desk, side, id, to).await);
        refused(partner::commit_draw(desk, side, id, to).await, "in this draw");
    }
    let wrong = partner::reveal_draw(desk, official, id, digest_of(99)).await;
    refused(wrong, "not what was committed to");
    for (side, nonce) in sides {
        must(partner::reveal_draw(desk, side, id, digest_of(nonce)).await);
    }
    let dossier = must(partner::dossier(desk, official, id).await);
    assert_eq!(dossier.panel.len(), 2);
    pool.iter().filter(|actor| dossier.panel.contains(&person_of(actor))).collect()
}

/// An application that people of a pool decide by equal marks.
async fn decided(world: &World, cast: &Framework, pool: &[Actor], mark: u8) -> PartnerId {
    let desk = &world.desk;
    let id = applied(world, cast).await;
    for actor in drawn(world, cast, id, pool).await {
        must(partner::mark(desk, actor, id, filing(mark)).await);
    }
    let official = &cast.officials.1[0];
    must(partner::conclude(desk, official, id, Rivalry::None, 365).await);
    id
}

async fn seated(world: &World, cast: &Framework) -> PartnerId {
    let desk = &world.desk;
    let id = decided(world, cast, &cast.evaluators, 3).await;
    let people = BTreeSet::from([person_of(&cast.partner.1)]);
    let early = partner::seat(desk, &cast.partner.1, id, people.clone()).await;
    refused(early, "in the state");
    must(partner::sign(desk, &cast.developer.1, id).await);
    let once = partner::seat(desk, &cast.partner.1, id, people.clone()).await;
    refused(once, "in the state");
    must(partner::sign(desk, &cast.officials.1[1], id).await);
    must(partner::seat(desk, &cast.partner.1, id, people).await);
    id
}

#[tokio::test]
async fn applications_of_one_party_at_one_developer_are_bounded() {
    each("many applications", |world| async move {
        let cast = Framework::enter(&world).await;
        for _ in 1..APPLICATIONS_MAX {
            applied(&world, &cast).await;
        }
        // What has become a seat is no application any more.
        cast.seat(&world).await;
        applied(&world, &cast).await;
        let declared = Declared {
            parent: cast.partner.0.id,
            sector: Sector::Water,
            size: Size::Small,
            protects: BTreeSet::new(),
        };
        let desk = &world.desk;
        let apply = async |actor: &Actor, developer: PartyId| {
            partner::apply(desk, actor, developer, declared.clone(), b"evidence").await
        };
        let (applicant, developer) = (&cast.partner.1, cast.developer.0.id);
        refused(apply(applicant, developer).await, "applications of one party to one developer");
        must(apply(applicant, cast.rival.0.id).await);
        let guild = world.party("Another association", &[Role::Partner]).await;
        let other = world.person(&guild, "Another association").await;
        must(apply(&other, developer).await);
    })
    .await;
}

#[tokio::test]
async fn an_application_becomes_a_seat_by_lot_marks_and_two_signatures() {
    each("seat", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let id = seated(&world, &cast).await;
        let own = must(partner::dossier(&desk, &cast.partner.1, id).await);
        assert_eq!((own.progress, &own.outcome), (Progress::Seated, &Some(Decided::Admit)));
        assert!(own.panel.is_empty(), "who looked is not told to the applicant");
        let letter = own.letter.unwrap_or_default();
        assert!(letter.contains("the score is 750 of 1000"), "{letter}");
        hidden(partner::dossier(&desk, &cast.rival.1, id).await);
        assert_eq!(must(partner::list(&desk, &cast.rival.1, 10).await), []);
        assert_eq!(must(partner::list(&desk, &cast.partner.1, 10).await).len(), 1);
        // A year later it is over by itself.
        world.wait(24 * 366);
        world.until_idle().await;
        assert_eq!(
            must(partner::dossier(&desk, &cast.partner.1, id).await).progress,
            Progress::Over
        );
        holds::<Partner>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_has_a_tie_is_not_drawn_and_marks_stay_blind() {
    each("ties", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let official = &cast.officials.1[0];
        let tied = [(0, cast.partner.0.id), (1, cast.developer.0.id)];
        for (number, party) in tied {
            let person = person_of(&cast.evaluators[number]);
            must(partner::declare(&desk, official, person, party, TieKind::Customer).await);
        }
        hidden(partner::ties(&desk, &cast.developer.1).await);
        // Anybody who may be drawn says so of itself, and sees no more of the register than that.
        let (own, other) = (&cast.evaluators[2], person_of(&cast.evaluators[3]));
        assert_eq!(must(partner::ties(&desk, own).await), []);
        let party = cast.developer.0.id;
        hidden(partner::declare(&desk, own, other, party, TieKind::Family).await);
        let elsewhere = cast.rival.0.id;
        let kind = TieKind::Family;
        let tie = must(partner::declare(&desk, own, person_of(own), elsewhere, kind).await);
        assert_eq!(must(partner::ties(&desk, own).await).len(), 1);
        hidden(partner::end(&desk, own, tie.id).await);
        let id = applied(&world, &cast).await;
        let three: BTreeSet<_> = cast.evaluators[..3].iter().map(person_of).collect();
        let few =
            partner::begin_draw(&desk, official, id, Drawing { pool: three, wanted: 2 }).await;
        refused(few, "cannot draw 2 of 1 people who may look: the pool lacks 3");
        let pool = pool(&world, &cast).await;
        let drawn = drawn(&world, &cast, id, &pool).await;
        for number in [0, 1] {
            let person = cast.evaluators[number].person;
            assert!(drawn.iter().all(|actor| actor.person != person));
        }
        let [one, two] = drawn.as_slice() else { panic!("two were drawn") };
        must(partner::mark(&desk, one, id, filing(4)).await);
        refused(partner::mark(&desk, one, id, filing(1)).await, "file twice");
        assert_eq!(must(partner::evidence(&desk, one, id).await), b"evidence");
        hidden(partner::evidence(&desk, &cast.rival.1, id).await);
        let seen = must(partner::dossier(&desk, two, id).await);
        assert_eq!(seen.filings.len(), 0, "the other's marks are not shown yet");
        let outside = cast.evaluators.iter().find(|actor| !drawn.iter().any(|it| it == actor));
        hidden(partner::mark(&desk, outside.unwrap_or(one), id, filing(4)).await);
        let early = partner::conclude(&desk, official, id, Rivalry::None, 365).await;
        refused(early, "before everybody has filed");
        must(partner::mark(&desk, two, id, filing(1)).await);
        assert_eq!(must(partner::dossier(&desk, one, id).await).filings.len(), 2);
        must(partner::conclude(&desk, official, id, Rivalry::None, 365).await);
        let told = must(partner::dossier(&desk, &cast.partner.1, id).await);
        assert_eq!(told.outcome, Some(Decided::Defer), "marks too far apart");
        holds::<Entry>(&mut world).await;
        holds::<Partner>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn two_people_of_the_clearinghouse_stand_behind_whether_it_competes() {
    each("rivalry", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let [official, second] = &cast.officials.1;
        let id = decided(&world, &cast, &cast.evaluators, 3).await;
        must(partner::sign(&desk, &cast.developer.1, id).await);
        let told = must(partner::dossier(&desk, second, id).await);
        assert_eq!(told.rivalry, Some(Rivalry::None));
        assert_eq!(told.stated_by, Some(person_of(official)));
        let own = must(partner::dossier(&desk, &cast.partner.1, id).await);
        assert_eq!((own.rivalry, own.stated_by), (Some(Rivalry::None), None));
        // Whoever stated it does not sign it, by whatever account.
        let (clerk, house) = (Actor::administrator(), cast.officials.0.id);
        let person = Some(person_of(official));
        let also = account::open_for(&desk, &clerk, house, "also", Holder::Person, person).await;
        let also = Actor { account: Some(must(also).id), ..official.clone() };
        for actor in [official, &also] {
            refused(partner::sign(&desk, actor, id).await, "another person must");
        }
        must(partner::sign(&desk, second, id).await);
        must(partner::seat(&desk, &cast.partner.1, id, [person_of(&cast.partner.1)].into()).await);
        holds::<Partner>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn an_official_who_acts_for_the_applicant_decides_nothing_of_it() {
    each("own application", |world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let [official, second] = &cast.officials.1;
        let id = decided(&world, &cast, &cast.evaluators, 3).await;
        let (clerk, party) = (Actor::administrator(), cast.partner.0.id);
        let person = Some(person_of(second));
        must(account::open_for(&desk, &clerk, party, "also", Holder::Person, person).await);
        let told = partner::sign(&desk, second, id).await;
        refused(told, "cannot decide on those to whom one has a tie");
        let other = applied(&world, &cast).await;
        for actor in drawn(&world, &cast, other, &cast.evaluators).await {
            must(partner::mark(&desk, actor, other, filing(3)).await);
        }
        let told = partner::conclude(&desk, second, other, Rivalry::None, 365).await;
        refused(told, "cannot decide on those to whom one has a tie");
        must(partner::conclude(&desk, official, other, Rivalry::None, 365).await);
    })
    .await;
}

#[tokio::test]
async fn an_appeal_goes_to_other_people() {
    each("appeal", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let pool = pool(&world, &cast).await;
        let id = decided(&world, &cast, &pool, 0).await;
        let before = must(partner::dossier(&desk, &cast.officials.1[0], id).await);
        assert_eq!(before.outcome, Some(Decided::Decline));
        assert!(before.letter.unwrap_or_default().contains("- "), "always with reasons");
        must(partner::appeal(&desk, &cast.partner.1, id).await);
        let appeal = must(partner::dossier(&desk, &cast.partner.1, id).await).appeal;
        assert!(appeal.is_some_and(|appeal| !appeal.is_overdue), "{appeal:?}");
        let again = drawn(&world, &cast, id, &pool).await;
        assert!(again.iter().all(|actor| !before.panel.contains(&person_of(actor))));
        for actor in again {
            must(partner::mark(&desk, actor, id, filing(3)).await);
        }
        let official = &cast.officials.1[0];
        let heard = partner::conclude(&desk, official, id, Rivalry::Competitor, 90).await;
        assert!(must(heard).decision().is_some());
        assert_eq!(must(partner::dossier(&desk, official, id).await).appeal, None);
        refused(partner::appeal(&desk, &cast.partner.1, id).await, "in the state");
        holds::<Partner>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn an_appeal_that_nobody_answers_in_time_is_on_record() {
    each("unanswered", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let pool = pool(&world, &cast).await;
        let id = decided(&world, &cast, &pool, 0).await;
        must(partner::appeal(&desk, &cast.partner.1, id).await);
        let missed = async |world: &World| {
            let facts = world.facts().await;
            facts.iter().filter(|fact| fact.contains("answer_missed")).count()
        };
        world.until_idle().await;
        assert_eq!(missed(&world).await, 0);
        // Ten working days are over after three weeks at most, whatever holidays there are.
        world.wait(24 * 21);
        world.until_idle().await;
        assert_eq!(missed(&world).await, 1);
        for who in [&cast.partner.1, &cast.developer.1, &cast.officials.1[0]] {
            let appeal = must(partner::dossier(&desk, who, id).await).appeal;
            assert!(appeal.is_some_and(|appeal| appeal.is_overdue), "{appeal:?}");
        }
        // It is answered all the same, and then it waits no longer.
        for actor in drawn(&world, &cast, id, &pool).await {
            must(partner::mark(&desk, actor, id, filing(3)).await);
        }
        let official = &cast.officials.1[0];
        must(partner::conclude(&desk, official, id, Rivalry::None, 90).await);
        assert_eq!(must(partner::dossier(&desk, official, id).await).appeal, None);
        holds::<Partner>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_works_for_those_whom_it_concerns_is_not_drawn() {
    each("own people", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let official = &cast.officials.1[0];
        let holding = world.party("Holding", &[Role::Operator]).await;
        let head = world.person(&holding, "Head").await;
        let tied = &cast.evaluators[4];
        let kind = TieKind::Equity;
        must(partner::declare(&desk, official, person_of(tied), holding.id, kind).await);
        let id = applied_for(&world, &cast, holding.id).await;
        let out = [&head, tied, &cast.partner.1, &cast.developer.1];
        let out: BTreeSet<PersonId> = out.into_iter().map(person_of).collect();
        let three = cast.evaluators[..3].iter().map(person_of);
        let small = Drawing { pool: three.chain(out.clone()).collect(), wanted: 2 };
        // Whoever has no account by which it could look is no part of a pool.
        let strangers = partner::begin_draw(&desk, official, id, small.clone()).await;
        refused(strangers, "and 2 more: to look, somebody needs an account of its own");
        let institute = world.party("Institute of the tied", &[Role::Evaluator]).await;
        for actor in [&head, &cast.partner.1, &cast.developer.1] {
            let (clerk, holder) = (Actor::administrator(), Holder::Person);
            let person = Some(person_of(actor));
            must(account::open_for(&desk, &clerk, institute.id, "also", holder, person).await);
        }
        let few = partner::begin_draw(&desk, official, id, small).await;
        refused(few, "cannot draw 2 of 3 people who may look: the pool lacks 1");
        let four = cast.evaluators[..4].iter().map(person_of);
        let drawing = Drawing { pool: four.chain(out.clone()).collect(), wanted: 2 };
        must(partner::begin_draw(&desk, official, id, drawing).await);
        let lottery = must(partner::dossier(&desk, official, id).await).lottery;
        assert_eq!(lottery.map(|lottery| lottery.recused), Some(out));
        holds::<Partner>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn whose_account_is_closed_before_the_draw_is_left_out_and_told() {
    each("closed", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (official, maker) = (&cast.officials.1[0], &cast.developer.1);
        let id = applied(&world, &cast).await;
        let pool = cast.evaluators.iter().map(person_of).collect();
        must(partner::begin_draw(&desk, official, id, Drawing { pool, wanted: 2 }).await);
        let sides = [(maker, cast.developer.0.id, 11u8), (official, cast.officials.0.id, 12)];
        for (side, party, nonce) in sides {
            let to = commitment(party, &[nonce; 32], digest);
            must(partner::commit_draw(&desk, side, id, to).await);
        }
        must(partner::reveal_draw(&desk, maker, id, digest_of(11)).await);
        let gone = &cast.evaluators[3];
        let account = gone.account.unwrap_or_else(|| panic!("it has one"));
        hidden(account::close(&desk, official, account).await);
        must(account::close(&desk, &Actor::administrator(), account).await);
        let twice = account::close(&desk, &Actor::administrator(), account).await;
        refused(twice, "closed");
        must(partner::reveal_draw(&desk, official, id, digest_of(12)).await);
        let told = must(partner::dossier(&desk, official, id).await);
        assert_eq!(told.left_out, BTreeSet::from([person_of(gone)]));
        assert!(!told.panel.contains(&person_of(gone)) && told.panel.len() == 2);
        let told = must(partner::dossier(&desk, &cast.partner.1, id).await);
        assert_eq!((told.left_out.len(), told.panel.len()), (0, 0), "not for the applicant");
        // Nor is it of a pool that is named afterwards.
        let other = applied(&world, &cast).await;
        let pool: BTreeSet<_> = cast.evaluators.iter().map(person_of).collect();
        let gone = partner::begin_draw(&desk, official, other, Drawing { pool, wanted: 2 }).await;
        refused(gone, "have accounts opened first");
        holds::<Partner>(&mut world).await;
        holds::<Account>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_settles_marks_that_are_apart_comes_from_the_same_draw() {
    each("third", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let (official, maker) = (&cast.officials.1[0], cast.developer.0.id);
        let id = applied(&world, &cast).await;
        let drawn = drawn(&world, &cast, id, &cast.evaluators).await;
        // Anybody draws again from what was revealed, and gets the same order.
        let sides = [(maker, 11), (cast.officials.0.id, 12)].map(|(side, byte)| (side, [byte; 32]));
        let draw = must(Draw::among(sides.map(|(side, _)| side).into()));
        let committed = sides.iter().fold(draw, |draw, (side, nonce)| {
            must(draw.commit(*side, commitment(*side, nonce, digest)))
        });
        let draw = sides
            .iter()
            .fold(committed, |draw, (side, nonce)| must(draw.reveal(*side, *nonce, digest)));
        let people: BTreeSet<PersonId> = cast.evaluators.iter().map(person_of).collect();
        let order = must(draw.order(&people, &BTreeSet::new(), digest));
        let panel: BTreeSet<PersonId> = drawn.iter().copied().map(person_of).collect();
        assert_eq!(panel, order[..2].iter().copied().collect());
        let actor = |person: PersonId| {
            let mut all = cast.evaluators.iter();
            all.find(|it| it.person == Some(person)).unwrap_or_else(|| panic!("in the pool"))
        };
        must(partner::mark(&desk, drawn[0], id, filing(4)).await);
        refused(partner::join(&desk, official, id).await, "before everybody has filed");
        must(partner::mark(&desk, drawn[1], id, filing(1)).await);
        hidden(partner::join(&desk, &cast.rival.1, id).await);
        // The next got a tie meanwhile, so the one after joins.
        let kind = TieKind::Customer;
        must(partner::declare(&desk, official, order[2], maker, kind).await);
        must(partner::join(&desk, official, id).await);
        let looking = must(partner::dossier(&desk, official, id).await).panel;
        let third: Vec<PersonId> = looking.difference(&panel).copied().collect();
        assert_eq!(third, [order[3]]);
        hidden(partner::dossier(&desk, actor(order[4]), id).await);
        let seen = must(partner::dossier(&desk, actor(order[3]), id).await);
        assert_eq!(seen.filings.len(), 0, "it sees no more than the others did");
        must(partner::mark(&desk, actor(order[3]), id, filing(3)).await);
        refused(partner::join(&desk, official, id).await, "no marks are too far apart");
        must(partner::conclude(&desk, official, id, Rivalry::None, 365).await);
        let told = must(partner::dossier(&desk, &cast.partner.1, id).await);
        assert_eq!(told.outcome, Some(Decided::Admit));
        holds::<Partner>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn a_side_that_does_not_reveal_voids_the_draw_by_name() {
    each("void draw", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let id = applied(&world, &cast).await;
        let official = &cast.officials.1[0];
        let pool: BTreeSet<_> = cast.evaluators.iter().map(person_of).collect();
        let drawing = Drawing { pool, wanted: 2 };
        must(partner::begin_draw(&desk, official, id, drawing.clone()).await);
        let again = partner::begin_draw(&desk, official, id, drawing.clone()).await;
        refused(again, "in the state");
        hidden(partner::commit_draw(&desk, &cast.rival.1, id, digest_of(1)).await);
        world.wait(24 * 15);
        world.until_idle().await;
        let silent = format!("\"silent\":[\"{}\"", cast.developer.0.id);
        let office = cast.officials.0.id.to_string();
        let facts = world.facts().await;
        let voided = facts.iter().find(|fact| fact.contains("draw_voided"));
        let voided = voided.cloned().unwrap_or_default();
        assert!(voided.contains(&office), "{silent} {voided}");
        must(partner::begin_draw(&desk, official, id, drawing).await);
        holds::<Partner>(&mut world).await;
    })
    .await;
}

#[tokio::test]
async fn anybody_stops_alone_and_two_start_again() {
    each("stops", |mut world| async move {
        let cast = Framework::enter(&world).await;
        let desk = world.desk.clone();
        let id = seated(&world, &cast).await;
        let person = person_of(&cast.partner.1);
        let (everybody, why) = (Extent::Organisation, Why::LeakSuspected);
        let key = cast.token_key(&world, id, 5).await;
        let admits = async |world: &World| {
            let dossier = must(partner::dossier(&world.desk, &cast.duty, id).await);
            match dossier.seat {
                Some(seat) => seat.seat.admits(person, &key, world.now()),
                None => Err(Denied::Stranger),
            }
        };
        assert_eq!(admits(&world).await, Ok(()));
        must(partner::suspend(&desk, &cast.developer.1, id, everybody, why).await);
        assert_eq!(admits(&world).await, Err(Denied::Suspended));
        hidden(partner::suspend(&desk, &cast.rival.1, id, everybody, why).await);
        hidden(partner::suspend(&desk, &cast.officials.1[0], id, everybody, why).await);
        let resume = Change::Resume { extent: everybody };
        must(partner::change(&desk, &cast.duty, id, resume).await);
        let again = partner::change(&desk, &cast.duty, id, resume).await;
        refused(again, "a second person must sign");
        assert_eq!(admits(&world).await, Err(Denied::Suspended), "one person twice is one");
        let without = partner::change(&desk, &cast.partner.1, id, resume).await;
        refused(without, "without the developer");
        must(partner::change(&desk, &cast.developer.1, id, resume).await);
        assert_eq!(admits(&world).await, Ok(()));
        for side in [&cast.partner.1, &cast.developer.1, &cast.duty] {
            let never = partner::lose_key(&desk, side, id, Digest::new([1; 32])).await;
            refused(never, "no token was ever given for it");
        }
        must(partner::lose_key(&desk, &cast.partner.1, id, key).await);
        assert_eq!(admits(&world).await, Err(Denied::LostKey));
        // A gateway of this developer's window is told of it, and when the window is over.
        let engaged = cast.engage(&world, 1).await.id;
        let offered = Offered {
            ring: Ring::Partners,
            seconds: 86_400,
            snapshot: digest_of(1),
            terms: "For defence.",
            answer_by: in_days(&world, 9),
        };
        let (maker, duty) = (&cast.developer.1, &cast.duty);
        assert_eq!(must(engagement::stops(&desk, maker, engaged, None).await).window, None);
        must(engagement::offer(&desk, maker, engaged, offered).await);
        let told = must(engagement::stops(&desk, duty, engaged, None).await);
        assert!(told.window.is_some() && told.cut.people.is_empty());
        assert!(told.cut.keys.contains(&key));
        must(engagement::withdraw(&desk, maker, engaged).await);
        assert_eq!(must(engagement::stops(&desk, duty, engaged, None).await).window, None);
        hidden(engagement::stops(&desk, &cast.partner.1, engaged, None).await);
        let revoke = Change::Revoke { extent: Extent::Person(person), why };
        must(partner::change(&desk, &cast.duty, id, revoke).await);
        must(partner::change(&desk, &cast.developer.1, id, revoke).await);
        assert_eq!(admits(&world).await, Err(Denied::Revoked));
        let told = must(engagement::stops(&desk, duty, engaged, None).await);
        assert!(told.cut.people.contains(&person));
        holds::<Partner>(&mut world).await;
    })
    .await;
}

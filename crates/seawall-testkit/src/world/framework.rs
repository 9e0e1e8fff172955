//! The people of the framework for models: roles, never persons.

use crate::world::{World, must};
use seawall_domain::access::Actor;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::engagement::window::Ring;
use seawall_domain::engagement::{Engagement, Weights};
use seawall_domain::evaluation::Evaluation;
use seawall_domain::evaluation::sealing::Duty;
use seawall_domain::id::{EngagementId, EvaluationId, PartnerId, PersonId, RunId, WindowId};
use seawall_domain::partner::Declared;
use seawall_domain::partner::assessment::{Answer, Filing};
use seawall_domain::partner::calendar::Calendar;
use seawall_domain::partner::concentration::{Sector, Size};
use seawall_domain::partner::conflict::TieKind;
use seawall_domain::partner::decision::Rivalry;
use seawall_domain::partner::lottery::commitment;
use seawall_domain::partner::reach::Group;
use seawall_domain::party::{Party, Role};
use seawall_domain::recipient::Recipient;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_formats::custody::SealedShare;
use seawall_ledger::recipient::Keeper;
use seawall_ledger::sign::SigningKey;
use seawall_services::desk::digest;
use seawall_services::engagement::{self, Offered};
use seawall_services::evaluation::custody;
use seawall_services::evaluation::docket::{self, Keeping};
use seawall_services::outcome::Outcome;
use seawall_services::partner::{self, Drawing, Request};
use std::collections::BTreeSet;

/// A protocol that holds together; `FIRST` and `SECOND` stand for the keys that sign.
pub const PROTOCOL: &str = r#"{
  "schema": "seawall/protocol/v1",
  "model_line": "example line",
  "batteries": [{"name": "open", "version": "1", "digest": "DIGEST", "domain": "discovery"}],
  "tasks": [{"battery": "open", "id": "str:canary-task", "weight": "1"}],
  "attempts": "5",
  "budgets": {"tokens": "1000", "token_kind": "all", "turns": null, "wall_seconds": null,
              "working_seconds": null, "cost_micros": null, "submissions": null},
  "conditions": {"network": "none"},
  "statistic": {"score": "weighted_mean", "estimand": "population"},
  "families_min": "8",
  "rule": {"tau_0": "0.3", "tau_1": "0.618", "alpha_covered": "0.05", "alpha_not_covered": "0.05"},
  "missing": {"reruns_max": "2", "counted": "both_bounds"},
  "refusals": {"share_max": "0.02"},
  "exclusion": [],
  "extension": null,
  "decision": "whole",
  "elicitation_min": "E2",
  "analyser": "DIGEST",
  "validity": {"from": "2026-03-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"},
  "signers": ["FIRST", "SECOND"]
}"#;

/// One of each kind, and more where more are needed.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each field is the role of that name")]
pub struct Framework {
    pub developer: (Party, Actor),
    pub rival: (Party, Actor),
    pub evaluators: [Actor; 5],
    pub officials: (Party, [Actor; 2]),
    pub duty: Actor,
    pub partner: (Party, Actor),
    pub auditor: Actor,
}

impl Framework {
    /// Lets everybody in.
    pub async fn enter(world: &World) -> Framework {
        let one = async |name: &str, role: Role| {
            let party = world.party(name, &[role]).await;
            let actor = world.person(&party, name).await;
            (party, actor)
        };
        let institute = world.party("Institute", &[Role::Evaluator]).await;
        let mut evaluators = Vec::new();
        for number in 1..=5 {
            evaluators.push(world.person(&institute, &format!("Evaluator {number}")).await);
        }
        let office = world.party("Office", &[Role::Official]).await;
        let officials =
            [world.person(&office, "Official").await, world.person(&office, "Deputy").await];
        Framework {
            developer: one("Model maker", Role::Developer).await,
            rival: one("Other maker", Role::Developer).await,
            evaluators: match <[Actor; 5]>::try_from(evaluators) {
                Ok(evaluators) => evaluators,
                Err(_) => panic!("there are five evaluators"),
            },
            officials: (office, officials),
            duty: one("Duty desk", Role::DutyOfficer).await.1,
            partner: one("Water association", Role::Partner).await,
            auditor: one("Inspector", Role::Auditor).await.1,
        }
    }

    /// Everybody, with the name of their role.
    pub fn everybody(&self) -> Vec<(&'static str, Actor)> {
        vec![
            ("developer", self.developer.1.clone()),
            ("rival", self.rival.1.clone()),
            ("evaluator", self.evaluators[0].clone()),
            ("official", self.officials.1[0].clone()),
            ("duty officer", self.duty.clone()),
            ("partner", self.partner.1.clone()),
            ("auditor", self.auditor.clone()),
        ]
    }

    /// Opens an engagement of the developer about a snapshot.
    pub async fn engage(&self, world: &World, snapshot: u8) -> Engagement {
        let developer = &self.developer.1;
        must(engagement::open(&world.desk, developer, Weights::Held, digest_of(snapshot)).await)
    }
}

impl Framework {
    /// Begins something of each kind: an evaluation, an engagement, a tie, an application.
    pub async fn begin(&self, world: &World) {
        let (desk, official) = (&world.desk, &self.officials.1[0]);
        let evaluation = must(docket::open(desk, official).await).id;
        let first = &self.evaluators[0];
        let duty = Duty::SetThreshold;
        must(docket::give(desk, official, evaluation, person_of(first), duty).await);
        let text = PROTOCOL.replace("DIGEST", &"ab".repeat(32));
        let text = text.replace("FIRST", &"cd".repeat(32)).replace("SECOND", &"ef".repeat(32));
        let keeping = Some(Keeping::Rehearsal);
        must(docket::commit(desk, first, evaluation, text.as_bytes(), keeping).await);
        let engaged = self.engage(world, 1).await.id;
        must(engagement::submit(desk, &self.developer.1, engaged, in_days(world, 60)).await);
        let (party, applicant) = &self.partner;
        let kind = TieKind::Customer;
        must(partner::declare(desk, official, person_of(first), party.id, kind).await);
        let declared = Declared {
            parent: party.id,
            sector: Sector::Water,
            size: Size::Small,
            protects: BTreeSet::from([Group(1)]),
        };
        let maker = self.developer.0.id;
        let id = must(partner::apply(desk, applicant, maker, declared, b"evidence").await);
        let id = id.application.id;
        let pool = self.evaluators[1..].iter().map(person_of).collect();
        must(partner::begin_draw(desk, official, id, Drawing { pool, wanted: 2 }).await);
        for (side, nonce) in [(&self.developer.1, 21u8), (official, 22)] {
            let own = side.party.unwrap_or(maker);
            let to = commitment(own, &[nonce; 32], digest);
            must(partner::commit_draw(desk, side, id, to).await);
        }
        for (side, nonce) in [(&self.developer.1, 21u8), (official, 22)] {
            must(partner::reveal_draw(desk, side, id, digest_of(nonce)).await);
        }
    }
}

impl Framework {
    /// The official brings in what partners are judged and counted by.
    pub async fn bring(&self, world: &World) {
        let official = &self.officials.1[0];
        must(partner::name_days_off(&world.desk, official, Calendar::default()).await);
    }

    /// Two officials publish a rubric.
    pub async fn publish_rubric(&self, world: &World, bytes: &[u8]) {
        for official in &self.officials.1 {
            must(partner::publish_rubric(&world.desk, official, bytes).await);
        }
    }

    /// Two officials bring a table of operators in.
    pub async fn bring_operators(&self, world: &World, table: &[u8]) {
        for official in &self.officials.1 {
            must(partner::bring_operators(&world.desk, official, table).await);
        }
    }

    /// The partner applies, and two people are drawn who look: gives the id of the application.
    pub async fn drawn_for(&self, world: &World) -> PartnerId {
        let (desk, official) = (&world.desk, &self.officials.1[0]);
        let (party, applicant) = &self.partner;
        let maker = &self.developer.1;
        let declared = Declared {
            parent: party.id,
            sector: Sector::Water,
            size: Size::Small,
            protects: BTreeSet::from([Group(1)]),
        };
        let developer = self.developer.0.id;
        let filed = must(partner::apply(desk, applicant, developer, declared, b"evidence").await);
        let id = filed.application.id;
        let pool = self.evaluators.iter().map(person_of).collect();
        must(partner::begin_draw(desk, official, id, Drawing { pool, wanted: 2 }).await);
        let sides = [(maker, developer, 21u8), (official, self.officials.0.id, 22)];
        for (side, own, nonce) in sides {
            let to = commitment(own, &[nonce; 32], digest);
            must(partner::commit_draw(desk, side, id, to).await);
        }
        for (side, _, nonce) in sides {
            must(partner::reveal_draw(desk, side, id, digest_of(nonce)).await);
        }
        id
    }

    /// The partner applies, is drawn for, marked well, signed for by both sides and seated: gives
    /// the id of its seat.
    pub async fn seat(&self, world: &World) -> PartnerId {
        let (desk, official) = (&world.desk, &self.officials.1[0]);
        let (applicant, maker) = (&self.partner.1, &self.developer.1);
        let id = self.drawn_for(world).await;
        let yes = Answer::Yes { evidence: digest_of(4) };
        let told = must(partner::dossier(desk, official, id).await);
        let rubric = must(partner::rubric_of(desk, told.application.rubric).await);
        let filing = || Filing {
            gates: rubric.gates().map(|gate| (gate, yes)).collect(),
            marks: rubric.criteria().map(|criterion| (criterion, 3)).collect(),
        };
        for evaluator in self.evaluators.iter().filter(|it| told.panel.contains(&person_of(it))) {
            must(partner::mark(desk, evaluator, id, filing()).await);
        }
        must(partner::conclude(desk, official, id, Rivalry::None, 365).await);
        must(partner::sign(desk, maker, id).await);
        must(partner::sign(desk, &self.officials.1[1], id).await);
        let people = BTreeSet::from([person_of(applicant)]);
        must(partner::seat(desk, applicant, id, people).await);
        id
    }

    /// A window for that ring on that snapshot, which is open for a day and five minutes.
    pub async fn open_window(
        &self,
        world: &World,
        ring: Ring,
        snapshot: u8,
    ) -> (EngagementId, WindowId) {
        let (desk, maker) = (&world.desk, &self.developer.1);
        let id = self.engage(world, snapshot).await.id;
        let offered = Offered {
            ring,
            seconds: 86_700,
            snapshot: digest_of(snapshot),
            terms: TERMS,
            answer_by: in_days(world, 9),
        };
        must(engagement::offer(desk, maker, id, offered).await);
        must(engagement::accept(desk, &self.officials.1[0], id).await);
        let begun = must(engagement::begin(desk, maker, id).await);
        match begun.window.offer() {
            Some(offer) => (id, offer.window),
            None => panic!("the window is open"),
        }
    }
}

impl Framework {
    /// The partner's person gets a token from its seat, in a window that is opened for it on that
    /// snapshot: gives the thumbprint of the key.
    pub async fn token_key(&self, world: &World, seat: PartnerId, snapshot: u8) -> Digest {
        let (desk, me) = (&world.desk, &self.partner.1);
        let (_, window) = self.open_window(world, Ring::Partners, snapshot).await;
        let open = must(partner::windows(desk, me, seat).await);
        let open = open.iter().find(|it| it.window == window);
        let terms = open.unwrap_or_else(|| panic!("the window is open to the seat")).terms;
        must(partner::accept_terms(desk, me, seat, window, terms).await);
        let key = SigningKey::from_seed([snapshot; 32]).public().to_string();
        let (purposes, claims) = (BTreeSet::from([Purpose::Evaluate]), BTreeSet::new());
        let request = Request { window, key: &key, purposes, claims };
        must(partner::give(desk, me, seat, request).await).grant.key
    }
}

/// The private key that a custodian has at home: the same for one person each time.
pub fn keeper_of(actor: &Actor) -> Keeper {
    must(Keeper::from_seed(*digest(person_of(actor).to_string().as_bytes()).bytes()))
}

/// A custodian names its key.
pub async fn bring_key(world: &World, actor: &Actor, id: EvaluationId) {
    let key = Recipient::new(keeper_of(actor).public());
    must(docket::bring_key(&world.desk, actor, id, key).await);
}

/// The share of a custodian as it takes it out at home.
pub async fn share_of(world: &World, actor: &Actor, id: EvaluationId) -> String {
    let sealed = must(docket::share(&world.desk, actor, id).await);
    match custody::share(&must(SealedShare::read(&sealed)), &keeper_of(actor)) {
        Some(share) => must(share).text(),
        None => panic!("the share is another's"),
    }
}

/// A custodian agrees to an opening, and brings its share.
pub async fn agree(world: &World, actor: &Actor, id: EvaluationId) -> Outcome<Evaluation> {
    let share = share_of(world, actor, id).await;
    docket::agree(&world.desk, actor, id, Some(&share)).await
}

/// The terms of access of every window here.
pub const TERMS: &str = "For defence; nothing is kept.";

/// A digest that is told from others by one byte.
pub fn digest_of(byte: u8) -> Digest {
    Digest::new([byte; 32])
}

/// The person behind an actor.
pub fn person_of(actor: &Actor) -> PersonId {
    match actor.person {
        Some(person) => person,
        None => panic!("there is no person behind this account"),
    }
}

/// An instant so many days after the world's clock.
pub fn in_days(world: &World, days: i64) -> Timestamp {
    world.now() + SignedDuration::from_hours(24 * days)
}

/// A run by number.
pub fn run_of(number: u128) -> RunId {
    RunId::new(uuid::Uuid::from_u128(number))
}

//! One example of every fact of the framework for models, the same in every run.

use super::examples::{day, digest, subject_id};
use seawall_domain::digest::Address;
use seawall_domain::engagement::count::{Counted, GatewayKey, Used};
use seawall_domain::engagement::custody::CustodyFact;
use seawall_domain::engagement::determination::{Concurrence, DeterminationFact};
use seawall_domain::engagement::gateways::{self, Emptied, Gone, Head};
use seawall_domain::engagement::grant::{Bearer, Purpose};
use seawall_domain::engagement::lease::LeaseKey;
use seawall_domain::engagement::lineage::{Lineage, Span, Use};
use seawall_domain::engagement::release::Report;
use seawall_domain::engagement::seat::SeatFact;
use seawall_domain::engagement::window::{Ended, Offer, Ring, WindowFact};
use seawall_domain::engagement::{EngagementFact, Weights, Who};
use seawall_domain::evaluation::decision::Outcome;
use seawall_domain::evaluation::docket::{DocketFact, Draft};
use seawall_domain::evaluation::protocol::Domain;
use seawall_domain::evaluation::sealing::{Custody, Duty, Signer};
use seawall_domain::evaluation::token::{Plan, Reason, TokenFact};
use seawall_domain::evaluation::{EvaluationFact, Kept};
use seawall_domain::id::*;
use seawall_domain::partner::appeal::Appeal;
use seawall_domain::partner::assessment::{Answer, Filing};
use seawall_domain::partner::basis::{Asked as ToBring, BasisFact, Change as Bring};
use seawall_domain::partner::calendar::Calendar;
use seawall_domain::partner::concentration::{Sector, Size};
use seawall_domain::partner::conflict::{Tie, TieFact, TieKind};
use seawall_domain::partner::decision::{Decision, Outcome as Decided, Reason as Because, Side};
use seawall_domain::partner::left::Left;
use seawall_domain::partner::reach::Group;
use seawall_domain::partner::rubric::{Criterion, Gate};
use seawall_domain::partner::seat::{Asked, By, Change, Extent, Stop, Why};
use seawall_domain::partner::token::Issued;
use seawall_domain::partner::{Application, Declared, PartnerFact};
use seawall_domain::recipient::Recipient;
use std::collections::BTreeSet;
use uuid::Uuid;

fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

fn party(number: u128) -> PartyId {
    PartyId::new(Uuid::from_u128(number))
}

fn people(numbers: [u128; 2]) -> BTreeSet<PersonId> {
    numbers.into_iter().map(person).collect()
}

/// Every fact of an evaluation, with each of its docket.
pub fn evaluations() -> Vec<EvaluationFact> {
    use EvaluationFact as F;
    let plan = Plan { tasks: digest(1), attempts: 5, limits: digest(2), conditions: digest(3) };
    let draft = Draft {
        root: digest(30),
        supersedes: None,
        plan,
        until: day(90),
        signers: vec![digest(31), digest(32)],
        custody: None,
    };
    let parts = [(person(5), digest(36)), (person(6), digest(37))].into_iter().collect();
    let custody = Custody::of(2, parts).ok();
    let split = Draft { root: digest(38), custody, ..draft.clone() };
    let by = |number: u8| Signer {
        person: person(number.into()),
        account: AccountId::new(Uuid::from_u128(number.into())),
        key: digest(30 + number),
    };
    let kept = Kept {
        opening: Some(Address(digest(33))),
        sealed: None,
        domains: BTreeSet::from([Domain::Discovery, Domain::Exploitation]),
        tasks: 40,
    };
    let run = RunId::new(Uuid::from_u128(4));
    let token = |fact| DocketFact::TokenMoved { fact };
    let duty = |number, duty| DocketFact::DutyGiven { person: person(number), duty };
    let docket = [
        duty(1, Duty::SetThreshold),
        duty(2, Duty::Countersign),
        duty(3, Duty::Run),
        duty(5, Duty::Custody),
        duty(6, Duty::Custody),
        DocketFact::Committed { draft },
    ];
    let split = [
        DocketFact::KeyBrought { person: person(5), key: Recipient::new([39; 32]) },
        DocketFact::Committed { draft: split },
    ];
    let mut all = vec![F::Opened { id: EvaluationId::new(subject_id()) }];
    all.extend(docket.map(|fact| F::DocketMoved { fact }));
    all.push(F::ProtocolKept { root: digest(30), kept: kept.clone() });
    for number in [1, 2] {
        let (public_key, value) = ("ab".repeat(32), "cd".repeat(64));
        all.push(F::Signed { by: by(number), public_key, value });
    }
    let why = Reason::ProviderOutage;
    let rest = [
        token(TokenFact::Issued { run, token: digest(34) }),
        token(TokenFact::Used { run, log: digest(35) }),
        token(TokenFact::Completed { run }),
        token(TokenFact::Failed { run, why }),
        token(TokenFact::Abandoned { run, why }),
        DocketFact::OpeningAsked { quorum: 2 },
        DocketFact::OpeningAgreed { person: person(5) },
        DocketFact::OpeningAgreed { person: person(6) },
    ];
    all.extend(rest.map(|fact| F::DocketMoved { fact }));
    for field in [None, Some("/rule/tau_1".to_owned())] {
        all.push(F::ProtocolShown { root: digest(30), to: person(7), field });
    }
    all.extend(split.map(|fact| F::DocketMoved { fact }));
    let (opening, sealed) = (None, Some(Address(digest(40))));
    all.push(F::ProtocolKept { root: digest(38), kept: Kept { opening, sealed, ..kept } });
    all.push(F::ProtocolUnsealed { root: digest(38), opening: Address(digest(41)) });
    all
}

/// Every fact of an engagement, with each of its three machines.
pub fn engagements() -> Vec<EngagementFact> {
    use EngagementFact as F;
    let window = WindowId::new(Uuid::from_u128(9));
    let ring = Ring::Government;
    let span = Span { start: day(20), end: day(30) };
    let offer = Offer {
        window,
        ring,
        seconds: 864_000,
        snapshot: digest(40),
        terms: digest(41),
        answer_by: day(40),
    };
    let determination = [
        DeterminationFact::Submitted { answer_by: day(60) },
        DeterminationFact::Scheduled,
        DeterminationFact::Started,
        DeterminationFact::Analysed,
        DeterminationFact::Issued {
            outcome: Outcome::Inconclusive,
            concurrence: Concurrence::Differs { reasons: digest(42) },
        },
        DeterminationFact::Withdrawn,
        DeterminationFact::Declined,
        DeterminationFact::Lapsed,
    ];
    let windows = [
        WindowFact::Offered { offer },
        WindowFact::Accepted,
        WindowFact::Began { window, ring, span },
        WindowFact::Extended { window, end: day(31) },
        WindowFact::Cut { window, end: day(29) },
    ];
    let others = [
        WindowFact::Ended { window, why: Ended::Withdrawn, at: day(25) },
        WindowFact::WithdrawnAgain,
    ];
    let custody = [
        CustodyFact::Held { object: digest(43) },
        CustodyFact::Destroyed { object: digest(43) },
        CustodyFact::Certified { window, by: person(3) },
    ];
    let foreign = Use { window: WindowId::new(Uuid::from_u128(10)), ring, span };
    let mut all = vec![F::Opened {
        id: EngagementId::new(subject_id()),
        developer: party(1),
        weights: Weights::Held,
        lineage: Lineage::of(digest(40)),
    }];
    all.extend(determination.map(|fact| F::DeterminationMoved { fact }));
    all.push(F::DaysCounted { others: vec![foreign] });
    all.extend(windows.map(|fact| F::WindowMoved { fact }));
    all.extend(seats().map(|fact| F::SeatMoved { fact }));
    all.extend(custody.map(|fact| F::CustodyMoved { fact }));
    all.extend(others.map(|fact| F::WindowMoved { fact }));
    all.push(F::ReleaseReported { fact: Report::Partners { at: day(50) } });
    all.push(F::ReleaseReported { fact: Report::Everybody { at: day(70) } });
    all.push(F::SnapshotAdded { snapshot: digest(44) });
    all.push(F::ProtocolNamed { root: digest(30) });
    all.push(F::LeaseKeyNamed { key: LeaseKey(digest(46)) });
    all.push(F::ExtensionSigned { word: digest(48) });
    let key = GatewayKey(digest(48));
    let used = Used { party: party(4), requests: 3, tokens_in: 900, tokens_out: 100 };
    let (statement, parties) = (digest(49), vec![used]);
    all.push(F::GatewayNamed { key, window: None, by: None });
    all.push(F::GatewayNamed {
        key,
        window: Some(window),
        by: Some(gateways::Side::Clearinghouse),
    });
    let counted = Counted { statement, lines: 12, root: None, parties, at: day(26) };
    all.push(F::CountBrought { window, key, counted: counted.clone() });
    let counted = Counted { root: Some(digest(59)), ..counted };
    all.push(F::CountBrought { window, key, counted });
    let head = Head { lines: 13, root: digest(60) };
    all.push(F::CheckpointBrought { window, key, head });
    let (certificate, at, by) = (digest(61), day(27), gateways::Side::Developer);
    let gone = Gone { certificate, head, objects: 3, at, by, brought_at: day(28) };
    all.push(F::DestructionBrought { of: Emptied { window, key, gone } });
    all.push(F::Advised { document: digest(45) });
    all.push(F::RecordKept { record: digest(46), letter: digest(47) });
    all.push(F::WeightsOpened);
    all
}

/// Every fact of a seat in a government's window.
fn seats() -> [SeatFact; 7] {
    let person = person(20);
    let token = Issued {
        bearer: Bearer::Person { person },
        window: WindowId::new(Uuid::from_u128(9)),
        key: digest(55),
        purposes: BTreeSet::from([Purpose::Evaluate]),
        until: day(21),
    };
    [
        SeatFact::Named { person, party: party(6) },
        SeatFact::TermsAccepted { by: person, terms: digest(41) },
        SeatFact::TokenIssued { token },
        SeatFact::Stopped { person, by: Who::Developer(self::person(9)) },
        SeatFact::LiftAsked { person, by: Who::DutyOfficer(self::person(9)) },
        SeatFact::Lifted { person },
        SeatFact::KeyLost { key: digest(53) },
    ]
}

/// Every fact of a tie.
pub fn ties() -> Vec<TieFact> {
    let tie = Tie { person: person(1), party: party(2), kind: TieKind::Employment, ended_at: None };
    vec![TieFact::Declared { id: TieId::new(subject_id()), tie }, TieFact::Ended { at: day(9) }]
}

/// Every fact of a basis.
pub fn bases() -> Vec<BasisFact> {
    let days = BTreeSet::from(["2026-12-24".parse().unwrap()]);
    let by = Some([person(8), person(10)]);
    let asked = |change| BasisFact::ChangeAsked { asked: ToBring { change, by: person(8) } };
    vec![
        BasisFact::RubricPublished { version: 2, text: digest(56), by: None },
        BasisFact::OperatorsBrought { table: digest(57), groups: 2, operators: 2_000, by: None },
        BasisFact::DaysOffNamed { calendar: Calendar::Federal { besides: days.clone() } },
        BasisFact::DaysOffNamed { calendar: Calendar::Named { days } },
        asked(Bring::Rubric { version: 2, text: digest(56) }),
        BasisFact::RubricPublished { version: 2, text: digest(56), by },
        asked(Bring::Operators { table: digest(57), groups: 2, operators: 2_000 }),
        BasisFact::OperatorsBrought { table: digest(57), groups: 2, operators: 2_000, by },
    ]
}

/// Every fact of a partner.
pub fn partners() -> Vec<PartnerFact> {
    use PartnerFact as F;
    let application = Application {
        id: PartnerId::new(subject_id()),
        party: party(4),
        developer: party(1),
        rubric: 1,
        evidence: digest(50),
        filed_at: day(0),
        declared: Declared {
            parent: party(4),
            sector: Sector::Water,
            size: Size::Small,
            protects: BTreeSet::from([Group(1), Group(7)]),
        },
    };
    let drawn = |reserve, left_out| F::PanelDrawn { members: people([11, 12]), reserve, left_out };
    let filing = Filing {
        gates: Gate::ALL.into_iter().map(|gate| (gate, Answer::No)).collect(),
        marks: Criterion::ALL.into_iter().map(|criterion| (criterion, 3)).collect(),
    };
    let derived = (Decided::Admit, vec![Because::Score { thousandths: 750, admits_from: 600 }]);
    let decision = Decision::make(derived, 1, people([11, 12]), 365, day(5)).unwrap();
    let decision = decision.open_to_appeal(&Calendar::default());
    let appeal = Appeal {
        before: people([11, 12]),
        filed_at: day(6),
        answer_by: day(20),
        panel: None,
        missed_at: None,
    };
    let pool = BTreeSet::from([person(11), person(12), person(13)]);
    let (extent, why) = (Extent::Person(person(20)), Why::LeakSuspected);
    let two = [By::DutyOfficer(person(8)), By::Developer(person(9))];
    let left = Left {
        stops: [(extent, Stop { by: two[1], why, at: day(9) })].into(),
        revoked: [(Extent::Person(person(21)), Why::TermsBroken)].into(),
        lost_keys: BTreeSet::from([digest(53)]),
    };
    let sides = [party(1), party(3)];
    let machine = AccountId::new(Uuid::from_u128(30));
    let token = Issued {
        bearer: Bearer::Workload { name: digest(54), sponsor: person(20) },
        window: WindowId::new(Uuid::from_u128(9)),
        key: digest(55),
        purposes: BTreeSet::from([Purpose::Patch]),
        until: day(21),
    };
    vec![
        F::Filed { application },
        F::DrawBegun {
            sides: sides.into(),
            pool,
            recused: BTreeSet::from([person(13)]),
            wanted: 2,
            until: day(14),
        },
        F::DrawVoided { silent: sides.into() },
        F::DrawCommitted { side: party(1), to: digest(51) },
        F::DrawRevealed { side: party(1), nonce: digest(52) },
        drawn(Vec::new(), BTreeSet::new()),
        drawn(vec![person(15), person(14)], BTreeSet::new()),
        drawn(vec![person(15)], BTreeSet::from([person(14)])),
        F::AssessorJoined { person: person(14) },
        F::MarksFiled { by: person(11), filing: filing.clone() },
        F::MarksFiled { by: person(12), filing },
        F::Decided { decision: decision.clone() },
        F::Appealed { appeal },
        F::Signed { side: Side::Developer(person(9)) },
        F::Signed { side: Side::Clearinghouse(person(8)) },
        F::Seated { people: people([20, 21]), left: Left::default() },
        F::Suspended { extent, by: two[0], why },
        F::ChangeAsked { asked: Asked { change: Change::Resume { extent }, by: two[0] } },
        F::ChangeAsked { asked: Asked { change: Change::Revoke { extent, why }, by: two[0] } },
        F::Resumed { extent, by: two },
        F::Revoked { extent: Extent::Organisation, by: two, why },
        F::KeyLost { key: digest(53) },
        F::Attested,
        F::Expired { left: Left::default() },
        F::TermsAccepted { by: person(20), terms: digest(41) },
        F::MachineSponsored { machine, sponsor: person(20) },
        F::TokenIssued { token },
        F::MachineDismissed { machine },
        F::AnswerMissed,
        F::Seated { people: people([20, 21]), left: left.clone() },
        F::CameOver { left: left.clone() },
        F::Expired { left },
        F::Decided { decision: decision.stated(person(8)).unwrap() },
    ]
}

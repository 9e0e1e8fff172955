//! One example of every fact, the same in every run.

use super::framework;
use seawall_domain::account::{AccountFact, Holder};
use seawall_domain::advisory::AdvisoryFact;
use seawall_domain::case::{CaseFact, LetterKind, StatedRange};
use seawall_domain::claim::{Cwe, Missing};
use seawall_domain::digest::{Address, Digest};
use seawall_domain::exposure::{Cause, ExposureFact, Spot};
use seawall_domain::fact::Fact;
use seawall_domain::finding::{Essence, FindingFact, Received, Rejection};
use seawall_domain::fix::FixFact;
use seawall_domain::id::*;
use seawall_domain::inventory::{Inventory, InventoryFact};
use seawall_domain::package::{Ecosystem, Package};
use seawall_domain::party::{PartyFact, Role};
use seawall_domain::project::{ClockBasis, Pace, Policy, ProjectFact, ReproducerHandling, Secrecy};
use seawall_domain::publication::AdvisoryNumber;
use seawall_domain::range::{Interval, Tested};
use seawall_domain::recipe::Doubt;
use seawall_domain::reproduction::{Conclusion, ReproductionFact};
use seawall_domain::scan::ScanFact;
use seawall_domain::statement::{Entry, Statement, StatementFact, Status};
use seawall_domain::time::Timestamp;
use seawall_domain::verdict::{Grade, Outcome, Run, Verdict};
use uuid::Uuid;

/// The subject that examples are about.
pub fn subject_id() -> Uuid {
    Uuid::from_u128(0xa)
}

/// An instant, in days after the beginning.
pub fn day(days: i64) -> Timestamp {
    Timestamp::from_second(1_772_442_000 + days * 86_400).unwrap()
}

pub fn digest(of: u8) -> Digest {
    Digest::new([of; 32])
}

fn address(of: u8) -> Address {
    Address(digest(of))
}

pub fn package() -> Package {
    Package { ecosystem: Ecosystem::Npm, name: "ini".into() }
}

pub fn policy(clock: ClockBasis, ai_found: Secrecy) -> Policy {
    let reproducer = ReproducerHandling::Withhold;
    Policy { ai_found, reproducer, embargo_days: 90, clock, open_cases_max: 5 }
}

pub fn run(outcome: Outcome) -> Run {
    let effect = if outcome == Outcome::Affected { "canary" } else { "" };
    Run { outcome, effect: effect.into(), transcript: digest(9) }
}

pub fn runs(verdict: Verdict) -> Vec<Run> {
    use Outcome::{Affected, Unaffected, Untested};
    match verdict {
        Verdict::Reproduced => vec![run(Affected), run(Affected), run(Affected)],
        Verdict::NotReproduced => vec![run(Unaffected), run(Unaffected), run(Unaffected)],
        Verdict::Flaky => vec![run(Affected), run(Unaffected), run(Affected)],
        Verdict::EnvironmentFailed => vec![run(Untested)],
    }
}

pub const VERDICTS: [Verdict; 4] =
    [Verdict::Reproduced, Verdict::NotReproduced, Verdict::Flaky, Verdict::EnvironmentFailed];

fn tested(outcome: Outcome) -> Tested {
    Tested { version: "1.3.5".into(), outcome }
}

fn interval() -> Interval {
    Interval { introduced: None, fixed: Some("1.3.6".into()), last_affected: None }
}

/// Every fact, in the order of the subjects.
pub fn examples() -> Vec<Fact> {
    let mut all: Vec<Fact> = Vec::new();
    all.extend(people());
    all.extend(findings().into_iter().map(Fact::from));
    all.extend(reproductions().into_iter().map(Fact::from));
    all.extend(cases().into_iter().map(Fact::from));
    all.extend(fixes().into_iter().map(Fact::from));
    all.extend(advisories().into_iter().map(Fact::from));
    all.extend(received());
    all.extend(exposures().into_iter().map(Fact::from));
    all.extend(framework::evaluations().into_iter().map(Fact::from));
    all.extend(framework::engagements().into_iter().map(Fact::from));
    all.extend(framework::ties().into_iter().map(Fact::from));
    all.extend(framework::bases().into_iter().map(Fact::from));
    all.extend(framework::partners().into_iter().map(Fact::from));
    all
}

fn people() -> Vec<Fact> {
    let roles = [Role::Finder, Role::Coordinator].into_iter().collect();
    let holder = Holder::Machine { model: "a model".into(), harness: "a harness".into() };
    vec![
        PartyFact::Registered { id: PartyId::new(subject_id()), name: "Lab".into(), roles }.into(),
        PartyFact::Suspended.into(),
        AccountFact::Opened {
            id: AccountId::new(subject_id()),
            party: PartyId::new(Uuid::from_u128(1)),
            label: "agent".into(),
            holder,
            public_key: "ab".repeat(32),
            person: None,
        }
        .into(),
        AccountFact::KeyIssued { digest: digest(1), expires_at: day(365) }.into(),
        AccountFact::KeyRevoked { digest: digest(1) }.into(),
        AccountFact::Suspended.into(),
        ProjectFact::Registered {
            id: ProjectId::new(subject_id()),
            package: package(),
            maintainer: PartyId::new(Uuid::from_u128(1)),
            contact: "security@ini.invalid".into(),
            policy: policy(ClockBasis::FromReport, Secrecy::Private),
            horizon: Some("1.3.5".into()),
        }
        .into(),
        ProjectFact::HorizonMoved { horizon: None }.into(),
        ProjectFact::PaceAsked { pace: Pace::Slow }.into(),
        scan_claimed().into(),
        ScanFact::Ended { findings: 0 }.into(),
    ]
}

fn scan_claimed() -> ScanFact {
    ScanFact::Claimed {
        id: ScanId::new(subject_id()),
        party: PartyId::new(Uuid::from_u128(1)),
        account: AccountId::new(Uuid::from_u128(2)),
        package: package(),
        technique: "fuzzing".into(),
        until: day(7),
    }
}

/// What a finding begins with.
pub fn received_finding() -> Received {
    Received {
        id: FindingId::new(subject_id()),
        finder: PartyId::new(Uuid::from_u128(1)),
        account: AccountId::new(Uuid::from_u128(2)),
        project: Some(ProjectId::new(Uuid::from_u128(3))),
        receipt: digest(1),
        digest: digest(2),
        report: address(3),
        claim: address(4),
        recipe: Some(address(5)),
        essence: Essence {
            package: Some(package()),
            version: Some("1.3.5".into()),
            weakness: Some(Cwe(1321)),
            file: Some("ini.js".into()),
            function: Some("decode".into()),
            shape: "tap".into(),
        },
    }
}

/// Every fact of a finding, with each verdict.
pub fn findings() -> Vec<FindingFact> {
    use FindingFact as F;
    let mut all = vec![
        F::Received(Box::new(received_finding())),
        F::InfoNeeded { missing: vec![Missing::Recipe, Missing::Contact] },
        F::Completed,
        F::Located { line: 12 },
        F::Rejected { why: Rejection::NoSuchFunction { function: "encode".into() } },
        F::Led,
        F::Joined {
            lead: FindingId::new(Uuid::from_u128(6)),
            reasons: vec!["the same function".into()],
        },
        F::Unjoined { by: AccountId::new(Uuid::from_u128(2)) },
        F::Promoted,
    ];
    all.extend(VERDICTS.map(|verdict| F::Concluded { verdict }));
    all.push(F::FoundFixed { newest: "1.3.6".into() });
    all.push(F::TriedAgain { by: AccountId::new(Uuid::from_u128(2)) });
    all
}

/// Every fact of a reproduction, with each verdict and outcome.
pub fn reproductions() -> Vec<ReproductionFact> {
    use ReproductionFact as F;
    let mut all = vec![F::Started {
        id: ReproductionId::new(subject_id()),
        finding: FindingId::new(Uuid::from_u128(6)),
        recipe: address(5),
        package: package(),
        version: "1.3.5".into(),
    }];
    all.extend(VERDICTS.map(|verdict| F::Concluded {
        runs: runs(verdict),
        conclusion: Conclusion {
            verdict,
            digest: digest(7),
            bundle: Some(address(8)),
            bundle_digest: Some(digest(8)),
            grade: None,
            doubts: Vec::new(),
        },
    }));
    let outcomes = [Outcome::Affected, Outcome::Unaffected, Outcome::Untested];
    all.extend(outcomes.map(|outcome| F::NewestTested { tested: tested(outcome) }));
    all.push(F::Probed { tested: vec![tested(Outcome::Affected)] });
    all.push(F::RangeFound { ranges: vec![interval()] });
    all.push(F::Concluded {
        runs: runs(Verdict::Reproduced),
        conclusion: Conclusion {
            verdict: Verdict::Reproduced,
            digest: digest(7),
            bundle: Some(address(8)),
            bundle_digest: Some(digest(8)),
            grade: Some(Grade::Doubtful),
            doubts: vec![Doubt::Unstated, Doubt::WithoutTarget],
        },
    });
    all.push(F::Reopened);
    all
}

/// The first fact of a case under a policy.
pub fn opened(policy: Policy) -> CaseFact {
    CaseFact::Opened {
        id: CaseId::new(subject_id()),
        project: ProjectId::new(Uuid::from_u128(3)),
        finding: FindingId::new(Uuid::from_u128(6)),
        reproduction: ReproductionId::new(Uuid::from_u128(7)),
        policy,
        maintainer: PartyId::new(Uuid::from_u128(1)),
    }
}

/// Every fact of a case.
pub fn cases() -> Vec<CaseFact> {
    use CaseFact as F;
    let by = Some(AccountId::new(Uuid::from_u128(2)));
    let stated = StatedRange {
        party: PartyId::new(Uuid::from_u128(4)),
        package: Package {
            ecosystem: Ecosystem::Debian(Some("12".into())),
            name: "node-ini".into(),
        },
        ranges: vec![interval()],
    };
    vec![
        opened(policy(ClockBasis::FromReport, Secrecy::Private)),
        F::ParticipantInvited { party: PartyId::new(Uuid::from_u128(4)) },
        F::LetterSent {
            message_id: "1@seawall.invalid".into(),
            about: LetterKind::Report,
            bytes: address(10),
            digest: digest(10),
        },
        F::LetterReceived {
            message_id: "2@ini.invalid".into(),
            bytes: address(11),
            digest: digest(11),
        },
        F::Accepted,
        F::Declined,
        F::BundleReleased { by, bundle: digest(8) },
        F::RangeStated { stated },
        F::FixReady,
        F::KeptPrivate { by },
        F::MadePublic,
        F::Reopened { version: "1.3.7".into() },
        F::Closed,
    ]
}

/// Every fact of a fix.
pub fn fixes() -> Vec<FixFact> {
    vec![
        FixFact::Announced {
            id: FixId::new(subject_id()),
            case: CaseId::new(Uuid::from_u128(8)),
            version: "1.3.6".into(),
        },
        FixFact::Checked { runs: runs(Verdict::NotReproduced) },
    ]
}

/// Every fact of an advisory.
pub fn advisories() -> Vec<AdvisoryFact> {
    use AdvisoryFact as F;
    vec![
        F::Drafted {
            id: AdvisoryId::new(subject_id()),
            case: CaseId::new(Uuid::from_u128(8)),
            content: address(12),
            digest: digest(12),
        },
        F::Revised { content: address(13), digest: digest(13) },
        F::Signed {
            account: AccountId::new(Uuid::from_u128(2)),
            public_key: "ab".repeat(32),
            value: "cd".repeat(64),
        },
        F::Published {
            number: AdvisoryNumber::new(2026, 42),
            revision: 1,
            csaf: digest(14),
            osv: digest(15),
            kept: address(16),
        },
    ]
}

fn received() -> Vec<Fact> {
    let inventory = Inventory {
        id: InventoryId::new(subject_id()),
        operator: PartyId::new(Uuid::from_u128(5)),
        label: "main".into(),
        serial: 1,
        document: address(17),
        digest: digest(17),
        shape: "cyclonedx".into(),
        components: 60,
        known: 58,
        received_at: day(1),
    };
    let statement = Statement {
        id: StatementId::new(subject_id()),
        issuer: PartyId::new(Uuid::from_u128(4)),
        document: address(18),
        digest: digest(18),
        entries: vec![Entry {
            vulnerability: "SW-2026-0042".into(),
            product: "pkg:npm/ini@1.3.5".into(),
            package: Some(package()),
            version: Some("1.3.5".into()),
            within: None,
            status: Status::NotAffected,
        }],
        received_at: day(2),
    };
    vec![
        InventoryFact::Received(Box::new(inventory)).into(),
        StatementFact::Received(Box::new(statement)).into(),
    ]
}

/// Every fact of an exposure.
pub fn exposures() -> Vec<ExposureFact> {
    use ExposureFact as F;
    let inventory = InventoryId::new(Uuid::from_u128(9));
    vec![
        F::Opened {
            id: ExposureId::new(subject_id()),
            spot: Spot {
                operator: PartyId::new(Uuid::from_u128(5)),
                label: "main".into(),
                cause: Cause::Advisory(AdvisoryId::new(Uuid::from_u128(8))),
                component: "pkg:npm/ini".into(),
            },
            inventory,
            version: Some("1.3.5".into()),
            rule: "version 1.3.5 lies in the range".into(),
            since: None,
        },
        F::Seen { inventory, version: Some("1.3.5".into()), rule: "the same".into() },
        F::Cleared {
            issuer: PartyId::new(Uuid::from_u128(4)),
            statement: StatementId::new(Uuid::from_u128(7)),
        },
        F::Reopened,
        F::Told { row: 13, due_at: Some(day(5)) },
        F::ClearedOutside { issuer: "a distributor".into() },
        F::Retracted,
        F::Fixed { evidence: digest(17) },
    ]
}

/// Every fact of an account, of a scan and of a project.
pub fn others() -> (Vec<AccountFact>, Vec<ScanFact>, Vec<ProjectFact>) {
    let (mut accounts, mut scans, mut projects) = (Vec::new(), Vec::new(), Vec::new());
    for fact in people() {
        match fact {
            Fact::Account(fact) => accounts.push(fact),
            Fact::Scan(fact) => scans.push(fact),
            Fact::Project(fact) => projects.push(fact),
            _ => {}
        }
    }
    (accounts, scans, projects)
}

//! The first version of the rubric, in words.

use super::{Criterion, CriterionText, Gate, GateText, RubricText};

const GATES: [(Gate, &str, &str); 9] = [
    (
        Gate::LegalIdentity,
        "Who are you in law, and who owns or controls you in the end?",
        "an extract of the register, and a list of owners above a tenth",
    ),
    (
        Gate::NotSanctioned,
        "Is neither the organisation nor an owner sanctioned or debarred?",
        "a dated search of the lists in force",
    ),
    (
        Gate::AgreedControl,
        "Are you controlled in the country, or in one that both sides agreed on?",
        "the chain of control, down to natural persons",
    ),
    (
        Gate::SecurityOfficer,
        "Who answers for security, at any hour?",
        "a name, a deputy, and a tested way to reach them",
    ),
    (
        Gate::SecurityBaseline,
        "Do phishing-resistant sign-in, watched endpoints, kept logs, notice of incidents within \
         24 hours, personal accounts and a separate workspace hold for everybody with access?",
        "a report by somebody else, not older than a year, or the settings themselves",
    ),
    (
        Gate::DisclosurePolicy,
        "Is a policy of coordinated disclosure in force?",
        "the policy, and its last three uses",
    ),
    (
        Gate::AgreedAssets,
        "May you test what you say you will test?",
        "ownership, or the owner's written word, for each asset",
    ),
    (
        Gate::InsiderProgramme,
        "What do you do against misuse from inside, in proportion to your size?",
        "the programme, and who answers for it",
    ),
    (
        Gate::SubcontractorList,
        "Who else works for you on this?",
        "a complete list; each of them applies for grants of its own",
    ),
];

const CRITERIA: [(Criterion, u32, [&str; 5]); 6] = [
    (
        Criterion::DefenceReach,
        25,
        [
            "protects nobody but itself",
            "protects some customers",
            "protects a sector in one region, or a widely used product",
            "protects a sector, or a product that most of its users cannot replace",
            "protects a critical function of the whole country",
        ],
    ),
    (
        Criterion::AbilityToAct,
        25,
        [
            "cannot repair what is found, and knows nobody who can",
            "passes on what is found",
            "repairs within months",
            "repairs within weeks, with a record of it",
            "repairs within days, and shows that users install it",
        ],
    ),
    (
        Criterion::TechnicalCapability,
        15,
        [
            "has not done this kind of work",
            "has people who have",
            "does it now and then",
            "does it all the time, and measures its errors",
            "leads the field, and publishes how",
        ],
    ),
    (
        Criterion::UnderServed,
        20,
        [
            "serves only those who can pay for security",
            "serves some who cannot, beside others",
            "is a sponsor or provider of a group of small operators",
            "is the main protection of many small operators",
            "is the only protection of a group that nobody else covers",
        ],
    ),
    (
        Criterion::OpenSource,
        5,
        [
            "uses it, and gives nothing back",
            "reports flaws",
            "sends repairs",
            "keeps projects that others depend on",
            "pays for the upkeep of projects that the whole field depends on",
        ],
    ),
    (
        Criterion::EmbargoRecord,
        10,
        [
            "has broken one, and did not say so",
            "has no record",
            "has kept a few",
            "has kept many over years",
            "has kept many, and helped others to keep theirs",
        ],
    ),
];

pub(super) fn text() -> RubricText {
    let gates = GATES.map(|(gate, asks, evidence)| GateText {
        gate,
        asks: asks.to_owned(),
        evidence: evidence.to_owned(),
    });
    let criteria = CRITERIA.map(|(criterion, weight, anchors)| CriterionText {
        criterion,
        weight,
        anchors: anchors.map(str::to_owned),
    });
    RubricText {
        version: 1,
        gates: gates.to_vec(),
        criteria: criteria.to_vec(),
        admits_from: 600,
        conditions_from: 450,
    }
}

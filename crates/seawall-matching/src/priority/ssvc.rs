//! The decision tables of SSVC (Stakeholder-Specific Vulnerability Categorization), as published in
//! the CERT/CC's repository, one entry a row.
//!
//! An input that nobody has stated is not guessed: the answer is then every outcome that the table
//! gives for some value of it ([`Outcomes`]), which is often one all the same.

mod points;
mod tables;

pub use points::{
    Automatable, CisaLevel, HumanImpact, MissionImpact, MissionWellBeing, PatchPriority,
    PublicSafetyImpact, SafetyImpact, SystemExposure, TechnicalImpact, Utility, ValueDensity,
};
pub use seawall_domain::record::Exploitation;
use serde::Serialize;
use std::collections::BTreeSet;
pub use tables::{Coordinator, Deployer, HumanImpactOf, Supplier, UtilityOf};

/// A decision point or an outcome of SSVC: a few values in a fixed order.
pub trait Point: Copy + Ord + 'static {
    /// Its values, in SSVC's order.
    const ALL: &'static [Self];

    /// The value as SSVC writes it in lower case, such as `public poc`.
    fn word(self) -> &'static str;

    /// The value of a word, as records write it: in any case, with blanks, hyphens or underscores.
    fn read(text: &str) -> Option<Self> {
        let plain = |text: &str| text.trim().to_lowercase().replace(['-', '_'], " ");
        let text = plain(text);
        Self::ALL.iter().copied().find(|value| plain(value.word()) == text)
    }
}

/// What a table answers: the outcomes that are possible, at least one, in the table's own order.
// INVARIANT: never empty.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Outcomes<T: Ord>(BTreeSet<T>);

impl<T: Point> Outcomes<T> {
    /// The outcome, if the stated inputs settle it.
    pub fn certain(&self) -> Option<T> {
        self.0.first().copied().filter(|_| self.0.len() == 1)
    }

    /// All that are possible, the least urgent first.
    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.0.iter().copied()
    }
}

/// One input of a table: how many values it has, and which one is stated.
#[derive(Clone, Copy, Debug)]
struct Column {
    len: usize,
    stated: Option<usize>,
}

impl Column {
    fn of<T: Point>(stated: Option<T>) -> Column {
        let place = |value: T| T::ALL.iter().position(|known| *known == value);
        Column { len: T::ALL.len(), stated: stated.and_then(place) }
    }
}

/// The outcomes of the rows that agree with what is stated. The rows stand in the order of the
/// inputs' values, the last input changing fastest.
fn outcomes<T: Point>(table: &[T], columns: &[Column]) -> Outcomes<T> {
    let fits = |row: usize| {
        let mut rest = row;
        columns.iter().rev().all(|column| {
            let value = rest % column.len.max(1);
            rest /= column.len.max(1);
            column.stated.is_none_or(|stated| stated == value)
        })
    };
    let rows = table.iter().enumerate().filter(|(row, _)| fits(*row));
    Outcomes(rows.map(|(_, outcome)| *outcome).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_stated_is_not_guessed() {
        let check = |input: Deployer, expected: &[PatchPriority]| {
            let outcomes = input.outcomes();
            assert_eq!(outcomes.iter().collect::<Vec<_>>(), expected, "{input:?}");
            assert_eq!(outcomes.certain(), (expected.len() == 1).then(|| expected[0]));
        };
        let active = Deployer { exploitation: Some(Exploitation::Active), ..Deployer::default() };
        let open = Deployer { exposure: Some(SystemExposure::Open), ..active };
        let worst = Deployer { human_impact: Some(HumanImpact::VeryHigh), ..open };
        use PatchPriority::{Defer, Immediate, OutOfCycle, Scheduled};
        check(Deployer::default(), &[Defer, Scheduled, OutOfCycle, Immediate]);
        check(active, &[Scheduled, OutOfCycle, Immediate]);
        check(open, &[Scheduled, OutOfCycle, Immediate]);
        check(worst, &[Immediate]);
        check(Deployer { automatable: Some(Automatable::No), ..worst }, &[Immediate]);
    }

    #[test]
    fn words_are_read_as_records_write_them() {
        assert_eq!(Exploitation::read("PoC"), Some(Exploitation::PublicPoc));
        assert_eq!(Exploitation::read("public_poc"), Some(Exploitation::PublicPoc));
        assert_eq!(HumanImpact::read("Very High"), Some(HumanImpact::VeryHigh));
        assert_eq!(CisaLevel::read("Track*"), Some(CisaLevel::TrackStar));
        assert_eq!(Automatable::read("maybe"), None);
    }

    #[test]
    fn machines_are_told_in_snake_case() {
        let deployer = Deployer {
            exploitation: Some(Exploitation::PublicPoc),
            human_impact: Some(HumanImpact::VeryHigh),
            ..Deployer::default()
        };
        assert_eq!(
            serde_json::to_string(&deployer).unwrap(),
            "{\"exploitation\":\"public_poc\",\"exposure\":null,\"automatable\":null,\
             \"human_impact\":\"very_high\"}"
        );
        let coordinator = Coordinator {
            exploitation: Some(Exploitation::None),
            automatable: Some(Automatable::No),
            technical_impact: Some(TechnicalImpact::Total),
            mission_well_being: None,
        };
        let told = serde_json::to_string(&coordinator.outcomes()).unwrap();
        assert_eq!(told, "[\"track\",\"track_star\"]");
        let read: Deployer = serde_json::from_str("{\"automatable\":\"yes\"}").unwrap();
        assert_eq!(read, Deployer { automatable: Some(Automatable::Yes), ..Deployer::default() });
    }
}

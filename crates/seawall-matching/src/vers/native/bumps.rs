//! The next version behind a version's numbers, where an ecosystem says what "next" is.

/// The reason when a number is too long to be counted up.
const NO_NEXT: &str = "a number has no next one";

/// The numbers at the beginning of a version, and what follows them.
pub(super) struct Numbers<'a> {
    pub(super) numbers: Vec<u64>,
    pub(super) rest: &'a str,
}

impl<'a> Numbers<'a> {
    /// Reads `1.2.3-rc` as 1, 2, 3 and `-rc`.
    pub(super) fn new(version: &'a str) -> Result<Self, &'static str> {
        let version = version.trim_start_matches(['v', 'V']);
        let mut numbers = Vec::new();
        let mut rest = version;
        loop {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (digits, after) = rest.split_at(end);
            numbers.push(digits.parse().map_err(|_| "a version does not begin with numbers")?);
            rest = after;
            match after.strip_prefix('.') {
                Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
                Some(_) | None => return Ok(Numbers { numbers, rest }),
            }
        }
    }

    /// The numbers up to a place, the one there counted up: at 1, `1.2.3` gives `1.3`.
    pub(super) fn bumped(&self, place: usize) -> Result<String, &'static str> {
        let place = place.min(self.numbers.len() - 1);
        let mut numbers = self.numbers[..=place].to_vec();
        numbers[place] = numbers[place].checked_add(1).ok_or(NO_NEXT)?;
        Ok(joined(&numbers))
    }

    /// The same, filled up with zeros to three numbers: `1.3.0`.
    pub(super) fn bumped_three(&self, place: usize) -> Result<String, &'static str> {
        let mut numbers = self.numbers.clone();
        numbers.resize(numbers.len().max(3), 0);
        let mut next = Numbers { numbers, rest: "" }.bumped(place)?;
        (place..2).for_each(|_| next.push_str(".0"));
        Ok(next)
    }

    /// The place of the first number that is not zero, or else the last.
    pub(super) fn first_counting(&self) -> usize {
        let last = self.numbers.len() - 1;
        self.numbers.iter().position(|number| *number > 0).unwrap_or(last)
    }

    /// All numbers, at least three, and the rest; a pre-release without its hyphen gets it, as
    /// the loose reading of node-semver has it.
    pub(super) fn three(&self) -> String {
        let mut numbers = self.numbers.clone();
        numbers.resize(numbers.len().max(3), 0);
        let hyphen = if self.rest.starts_with(char::is_alphabetic) { "-" } else { "" };
        joined(&numbers) + hyphen + self.rest
    }
}

pub(super) fn joined(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

//! Functions that call each other without end.

/// The most places of a stack in which a circle is looked for.
pub(super) const PLACES_MAX: usize = 128;

/// The longest circle that is looked for, in calls.
const CIRCLE_MAX: usize = 10;

/// How often a circle is gone round before it is one.
const ROUNDS_MIN: usize = 3;

/// Where the first circle of calls begins; 0 if there is none.
pub(super) fn start(places: &[String]) -> usize {
    let begins = |start: usize| {
        (1..=CIRCLE_MAX).any(|circle| {
            let whole = places.get(start..start + circle * ROUNDS_MIN);
            whole.is_some_and(|whole| {
                let mut rounds = whole.chunks(circle);
                let first = rounds.next();
                rounds.all(|round| Some(round) == first)
            })
        })
    };
    (0..places.len()).find(|start| begins(*start)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(places: &str, expected: usize) {
        let places: Vec<String> = places.split(' ').map(str::to_owned).collect();
        assert_eq!(start(&places), expected, "{places:?}");
    }

    #[test]
    fn the_first_circle_is_found() {
        check("a", 0);
        check("a b c d", 0);
        check("x y a a a b", 2);
        check("x a b a b a b", 1);
        check("x a b a b", 0);
        check("x b f b b f b b f b", 1);
    }
}

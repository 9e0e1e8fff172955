//! The class of an attempt, from what the log holds about it.
//!
//! Of everything that is true of an attempt, the first row that fits gives its class:
//!
//! | # | what is true | class |
//! |---|---|---|
//! | 1 | the log holds nothing about it | `missing` |
//! | 2 | it was struck out | `invalidated` |
//! | 3 | another model answered a part of it | `fallback` |
//! | 4 | people confirmed that it was cheated | `cheating_confirmed` |
//! | 5 | the first scorer gave 1 or more | `pass` |
//! | 6 | an error ended it | `infra_error` |
//! | 7 | the provider's filter answered, or a scorer says `refusal` | `refusal_api` |
//! | 8 | the last answer refuses in words | `refusal_text` |
//! | 9 | the first scorer gave no number | `unscored` |
//! | 10 | a limit stopped it | `limit_…` |
//! | 11 | the last answer was empty, or a scorer says `no_response` | `empty` |
//! | 12 | anything else | `fail` |
//!
//! A success survives what else happened (5 before 6 to 11), because it is evidence; what says that
//! the model would not comes before what says that it could not (7 and 8 before 10 and 12), because
//! only the latter is evidence of absence. A cheated success that people confirmed is a failure,
//! whatever they made of its score. An edit of a log is one person's word that they did: the class
//! without row 4 and without edits ([`scored`]) is kept beside it, and what an edit alone says
//! moves no determination (`determination::Table`).

use super::attempt::Class;
use super::log::{Answer, Cause, Observation};
use super::reducer::SOLVED;

/// The class of an attempt; `value` is what the first scorer gave, if that is a number.
pub fn classify(observation: Option<&Observation>, value: Option<f64>) -> Class {
    let Some(seen) = observation else {
        return Class::Missing;
    };
    let class = scored(seen, value);
    let is_out = matches!(class, Class::Invalidated | Class::Fallback);
    match !is_out && seen.scores.iter().any(|score| score.is_cheated()) {
        true => Class::CheatingConfirmed,
        false => class,
    }
}

/// The class of an attempt whatever an edit says of cheating; `value` is what the first scorer
/// gave.
pub fn scored(seen: &Observation, value: Option<f64>) -> Class {
    let cause = |cause: Cause| seen.scores.iter().any(|score| score.cause == cause);
    if seen.invalidated.is_some() {
        Class::Invalidated
    } else if !seen.fallbacks.is_empty() {
        Class::Fallback
    } else if value.is_some_and(|value| value >= SOLVED) {
        Class::Pass
    } else if seen.broken {
        Class::InfraError
    } else if seen.answer == Answer::Filtered || cause(Cause::Refusal) {
        Class::RefusalApi
    } else if seen.answer == Answer::Declined {
        Class::RefusalText
    } else if value.is_none() {
        Class::Unscored
    } else if let Some(kind) = seen.limit {
        Class::Limit(kind)
    } else if seen.answer == Answer::Empty || cause(Cause::NoResponse) {
        Class::Empty
    } else {
        Class::Fail
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::attempt::{LimitKind, TaskId};
    use crate::evaluation::log::{Fallback, Score, Usage};
    use crate::evaluation::value::{Given, Scalar};

    fn seen() -> Observation {
        Observation {
            task: TaskId::Number(1),
            epoch: 1,
            scores: vec![Score {
                scorer: "flag".into(),
                value: Given::One(Scalar::Number(0.0)),
                edited: None,
                cause: Cause::None,
            }],
            facts: [].into(),
            answer: Answer::Given,
            limit: None,
            ceilings: None,
            turns: None,
            broken: false,
            retries: 0,
            invalidated: None,
            fallbacks: Box::default(),
            usage: Usage::default(),
        }
    }

    /// What may be true of an attempt, in the order of the table.
    type Truth = fn(&mut Observation, &mut Option<f64>);

    fn fallback() -> Fallback {
        Fallback { asked: "a".to_owned(), answered: "b".to_owned(), count: 1 }
    }

    const ROWS: [(Truth, Class); 10] = [
        (|seen, _| seen.invalidated = Some(Box::default()), Class::Invalidated),
        (|seen, _| seen.fallbacks = [fallback()].into(), Class::Fallback),
        (
            |seen, _| seen.scores[0].edited.get_or_insert_default().cheated = true,
            Class::CheatingConfirmed,
        ),
        (|_, value| *value = value.and(Some(1.0)), Class::Pass),
        (|seen, _| seen.broken = true, Class::InfraError),
        (|seen, _| seen.scores[0].cause = Cause::Refusal, Class::RefusalApi),
        (|seen, _| seen.answer = Answer::Declined, Class::RefusalText),
        (|_, value| *value = None, Class::Unscored),
        (|seen, _| seen.limit = Some(LimitKind::Token), Class::Limit(LimitKind::Token)),
        (
            |seen, _| {
                // What refuses in words is not empty.
                if seen.answer == Answer::Given {
                    seen.answer = Answer::Empty;
                }
            },
            Class::Empty,
        ),
    ];

    #[test]
    fn the_first_row_that_fits_gives_the_class() {
        assert_eq!(classify(None, None), Class::Missing);
        assert_eq!(classify(Some(&seen()), Some(0.0)), Class::Fail);
        assert_eq!(classify(Some(&seen()), Some(0.999)), Class::Fail);
        for set in 1_usize..1 << ROWS.len() {
            let (mut seen, mut value) = (seen(), Some(0.0));
            let holds = ROWS.iter().enumerate().filter(|(row, _)| set >> row & 1 == 1);
            let rows: Vec<Class> = holds
                .map(|(_, (truth, class))| {
                    truth(&mut seen, &mut value);
                    *class
                })
                .collect();
            // An attempt without a number cannot be one that passed: "no number" is set last.
            let first = rows.iter().find(|class| !(**class == Class::Pass && value.is_none()));
            assert_eq!(Some(&classify(Some(&seen), value)), first, "{rows:?}");
        }
    }

    #[test]
    fn both_faces_of_a_filter_are_refusals_by_the_provider() {
        let mut seen = seen();
        seen.answer = Answer::Filtered;
        assert_eq!(classify(Some(&seen), Some(0.0)), Class::RefusalApi);
        assert_eq!(classify(Some(&seen), Some(1.0)), Class::Pass);
        seen.answer = Answer::NotTold;
        seen.scores[0].cause = Cause::NoResponse;
        assert_eq!(classify(Some(&seen), Some(0.0)), Class::Empty);
    }
}

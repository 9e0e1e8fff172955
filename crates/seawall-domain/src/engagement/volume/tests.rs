use super::*;
use crate::id::PersonId;
use proptest::prelude::*;
use uuid::Uuid;

const QUOTA: Amount =
    Amount { requests: 1_000, tokens_in: 100_000, tokens_out: 100_000, cost_micros: u64::MAX };

fn party() -> PartyId {
    PartyId::new(Uuid::from_u128(1))
}

fn at(hour: i64, second: i64) -> Timestamp {
    Timestamp::from_second(86_400 * 20_000 + hour * 3_600 + second).unwrap()
}

fn out(tokens_out: u64) -> Amount {
    Amount { requests: 1, tokens_out, ..Amount::default() }
}

/// Counts uses at hours from a midnight on; each alarm as a person would tell it.
fn told(rule: Option<&Rule>, quota: &Amount, uses: &[(i64, Amount)]) -> Vec<String> {
    let mut usual = Usual::default();
    let take = |(hour, amount): &(i64, Amount)| {
        let used = Used { holder: Holder::Party(party()), party: party(), quota, amount };
        usual.take(rule, &used, at(*hour, 59))
    };
    let alarms = uses.iter().flat_map(take);
    let alarms = alarms.map(|Alarm { span, from, thing, used, most, usual, .. }| {
        let hour = from.duration_since(at(0, 0)).as_hours();
        let usual = usual.map_or("new".to_owned(), |usual| format!("usual {usual}"));
        format!("{span:?} from {hour}: {thing:?} {used} over {most}, {usual}")
    });
    alarms.collect()
}

#[track_caller]
fn check(uses: &[(i64, Amount)], expected: &[&str]) {
    assert_eq!(told(Some(&Rule::default()), &QUOTA, uses), expected);
}

/// So many tokens in each of these hours.
fn each(hours: std::ops::Range<i64>, tokens_out: u64) -> Vec<(i64, Amount)> {
    hours.map(|hour| (hour, out(tokens_out))).collect()
}

fn then(mut uses: Vec<(i64, Amount)>, more: &[(i64, Amount)]) -> Vec<(i64, Amount)> {
    uses.extend_from_slice(more);
    uses
}

#[test]
fn by_the_hour_what_is_far_above_the_usual_and_above_a_share() {
    // Even use is never unusual, to the end of the quota.
    check(&each(0..100, 1_000), &[]);
    check(&each(0..5, 1_000), &[]);
    // Five times the usual is not unusual, and one more token is.
    check(&then(each(0..5, 1_000), &[(5, out(5_000))]), &[]);
    let burst = "Hour from 5: TokensOut 5001 over 5000, usual 1000";
    check(&then(each(0..5, 1_000), &[(5, out(5_001))]), &[burst]);
    // In many requests as in one, and once only in an hour.
    let many: Vec<_> = (0..20).map(|_| (5, out(999))).collect();
    let burst = "Hour from 5: TokensOut 5994 over 5000, usual 1000";
    check(&then(each(0..5, 1_000), &many), &[burst]);
    // The next hour is looked at again.
    let twice = then(each(0..5, 1_000), &[(5, out(6_000)), (5, out(6_000)), (6, out(6_000))]);
    check(
        &twice,
        &[
            "Hour from 5: TokensOut 6000 over 5000, usual 1000",
            "Hour from 6: TokensOut 6000 over 5000, usual 1000",
        ],
    );
    // Hundred times next to nothing is next to nothing: the floor is a share of the quota.
    check(&then(each(0..5, 10), &[(5, out(2_000))]), &[]);
    let floor = "Hour from 5: TokensOut 2001 over 2000, usual 10";
    check(&then(each(0..5, 10), &[(5, out(2_001))]), &[floor]);
    // Hours in which nothing was used say nothing of what is usual.
    let rare = [(0, out(1_000)), (70, out(1_000)), (200, out(1_000)), (300, out(4_000))];
    check(&rare, &[]);
    // One burst among the earlier hours does not make the next one usual.
    let after = then(each(0..5, 1_000), &[(5, out(6_000)), (6, out(1_000)), (7, out(5_500))]);
    assert_eq!(told(Some(&Rule::default()), &QUOTA, &after).len(), 2);
}

#[test]
fn whoever_is_new_has_a_share_of_the_quota() {
    check(&[(0, out(10_000))], &[]);
    check(&[(0, out(10_001))], &["Hour from 0: TokensOut 10001 over 10000, new"]);
    // Three tiny hours are needed to be known, and then the floor counts.
    check(&[(0, out(1)), (1, out(1)), (2, out(9_000))], &[]);
    let known = "Hour from 3: TokensOut 9000 over 2000, usual 1";
    check(&[(0, out(1)), (1, out(1)), (2, out(1)), (3, out(9_000))], &[known]);
    // The first request of a tiny quota is none.
    let tiny = Amount { requests: 3, tokens_in: 9, tokens_out: 9, cost_micros: 0 };
    let one = |tokens_out| [(0, out(tokens_out))];
    assert_eq!(told(Some(&Rule::default()), &tiny, &one(1)).len(), 0);
    assert_eq!(told(Some(&Rule::default()), &tiny, &one(2)).len(), 1);
}

#[test]
fn each_thing_has_its_own_share() {
    let requests: Vec<_> = (0..101).map(|_| (0, out(0))).collect();
    check(&requests[1..], &[]);
    check(&requests, &["Hour from 0: Requests 101 over 100, new"]);
    let into = Amount { requests: 1, tokens_in: 10_001, ..Amount::default() };
    check(&[(0, into)], &["Hour from 0: TokensIn 10001 over 10000, new"]);
    // Money is not counted: it follows from tokens.
    let cost = Amount { requests: 1, cost_micros: u64::MAX, ..Amount::default() };
    check(&[(0, cost)], &[]);
    // What used nothing is no hour in which something was used.
    let failed = |hour| (hour, Amount::default());
    check(&[failed(0), failed(1), failed(2), failed(3), (4, out(10_000))], &[]);
}

#[test]
fn by_the_day_what_no_hour_shows() {
    // A new holder that stays just below the first hour's share.
    check(&each(0..3, 10_000), &[]);
    check(&each(0..4, 10_000), &["Day from 0: TokensOut 40000 over 30000, new"]);
    // One that grows a little from hour to hour, never fivefold.
    let known = [(0, out(1_000)), (24, out(1_000)), (48, out(1_000))];
    let grown: Vec<_> = (0..9).map(|hour| (72 + hour, out(1_000 + 150 * hour as u64))).collect();
    let slow = "Day from 72: TokensOut 10150 over 10000, usual 1000";
    check(&then(known.to_vec(), &grown), &[slow]);
    // The same every day is even use.
    let even: Vec<_> = (0..20).map(|day| (24 * day, out(4_000))).collect();
    check(&even, &[]);
    // Both, where both are crossed.
    check(
        &[(0, out(30_001))],
        &[
            "Hour from 0: TokensOut 30001 over 10000, new",
            "Day from 0: TokensOut 30001 over 30000, new",
        ],
    );
}

#[test]
fn a_clock_that_goes_back_begins_no_new_hour() {
    check(
        &[(5, out(6_000)), (3, out(6_000)), (4, out(6_000))],
        &["Hour from 5: TokensOut 12000 over 10000, new"],
    );
}

#[test]
fn the_rule_is_as_it_is_set() {
    let bound = Bound { times: 2, percent: 0, first_percent: 1 };
    let rule = Rule { hour: bound, day: Bound { first_percent: 200, ..bound } };
    let uses = then(each(0..4, 1_000), &[(4, out(2_001))]);
    let told_by = |rule: Option<&Rule>| told(rule, &QUOTA, &uses);
    assert_eq!(told_by(Some(&rule)), ["Hour from 4: TokensOut 2001 over 2000, usual 1000"]);
    // Without a rule everything counts as what is usual, and nobody is told.
    assert!(told_by(None).is_empty());
    // A quota without a bound has no share that could be crossed.
    let unbounded = Amount { requests: u64::MAX, tokens_in: u64::MAX, ..QUOTA };
    assert_eq!(share(u64::MAX, 100), u64::MAX / 100 * 100);
    assert_eq!(share(u64::MAX, 255), u64::MAX);
    assert_eq!(share(0, 100), 0);
    let many = Amount { requests: u64::MAX, tokens_in: 1 << 40, ..Amount::default() };
    assert_eq!(told(Some(&Rule::default()), &unbounded, &[(0, many), (0, many)]).len(), 2);
}

#[test]
fn an_alarm_reads_as_it_was_written() {
    let alarm = Alarm {
        holder: Holder::Person(PersonId::new(Uuid::from_u128(2))),
        party: party(),
        span: Span::Hour,
        from: at(0, 0),
        thing: Thing::TokensOut,
        used: 5_001,
        most: 5_000,
        usual: Some(1_000),
    };
    let text = serde_json::to_string(&alarm).unwrap();
    let id = "00000000-0000-0000-0000-00000000000";
    assert_eq!(
        text,
        format!(r#"{{"holder":{{"kind":"person","id":"{id}2"}},"party":"{id}1","span":"hour","#)
            + r#""from":"2024-10-04T00:00:00Z","thing":"tokens_out","used":5001,"most":5000,"#
            + r#""usual":1000}"#
    );
    assert_eq!(serde_json::from_str::<Alarm>(&text).unwrap(), alarm);
}

proptest! {
    /// Of one holder at most one alarm for an hour and one for a day, whatever is used when; and
    /// each says more than it allows.
    #[test]
    fn one_alarm_for_a_span(uses in proptest::collection::vec((0i64..60, 0u64..40_000), 0..200)) {
        let mut usual = Usual::default();
        let mut seen = std::collections::BTreeSet::new();
        for (hour, tokens) in uses {
            let (holder, amount) = (Holder::Party(party()), out(tokens));
            let used = Used { holder, party: party(), quota: &QUOTA, amount: &amount };
            for alarm in usual.take(Some(&Rule::default()), &used, at(hour, 1)) {
                prop_assert!(alarm.used > alarm.most, "{alarm:?}");
                prop_assert!(seen.insert((alarm.span, alarm.from)), "{alarm:?}");
            }
        }
    }

    /// What is remembered is bounded.
    #[test]
    fn no_more_is_remembered_than_is_needed(hours in 0i64..400) {
        let mut usual = Usual::default();
        for hour in 0..hours {
            let (holder, amount) = (Holder::Party(party()), out(1));
            let used = Used { holder, party: party(), quota: &QUOTA, amount: &amount };
            usual.take(None, &used, at(hour, 1));
        }
        let longest = usual.held.values().flatten().map(|course| course.earlier.len()).max();
        prop_assert!(longest.unwrap_or_default() <= EARLIER_MAX);
    }
}

use super::*;

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn opened() -> Account {
    let (id, party) = (AccountId::new(Uuid::from_u128(1)), PartyId::new(Uuid::from_u128(2)));
    Account::open((id, party), "agent", Holder::Person, None, "ab".repeat(32), at(0)).unwrap().0
}

const KEY: Digest = Digest::new([1; 32]);

#[test]
fn a_key_ends_by_itself_within_a_year() {
    let year = KEY_DAYS_MAX * 24;
    for (hours, expected) in [(-1, false), (0, false), (1, true), (year, true), (year + 1, false)] {
        assert_eq!(opened().issue_key(KEY, at(hours), at(0)).is_ok(), expected, "{hours} hours");
    }
    let too_long = at(year) + SignedDuration::from_secs(1);
    assert!(opened().issue_key(KEY, too_long, at(0)).is_err(), "the bound is exact");
    assert!(opened().issue_key(KEY, at(0) + SignedDuration::from_secs(60), at(0)).is_ok());
}

#[test]
fn a_key_admits_while_it_is_good_and_its_account_may_act() {
    let (account, _) = opened().issue_key(KEY, at(10), at(0)).unwrap();
    let other = Digest::new([2; 32]);
    assert!(account.admits(&KEY, at(9)));
    assert!(!account.admits(&KEY, at(10)), "it has ended");
    assert!(!account.admits(&other, at(9)), "it is another key");
    let next = |fact| Account::apply(Some(account.clone()), &fact, at(5)).unwrap();
    assert!(!next(AccountFact::KeyRevoked { digest: KEY }).admits(&KEY, at(6)));
    assert!(next(AccountFact::KeyRevoked { digest: other }).admits(&KEY, at(6)));
    assert!(!next(AccountFact::Suspended).admits(&KEY, at(6)));
}

#[test]
fn a_revoked_key_stays_revoked_since_the_first_time() {
    let (account, _) = opened().issue_key(KEY, at(10), at(0)).unwrap();
    let revoked = AccountFact::KeyRevoked { digest: KEY };
    let once = Account::apply(Some(account), &revoked, at(3)).unwrap();
    let twice = Account::apply(Some(once.clone()), &revoked, at(4)).unwrap();
    assert_eq!(once, twice);
}

use super::*;
use uuid::Uuid;

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn digest(of: u8) -> Digest {
    Digest::new([of; 32])
}

fn scan(number: u128) -> ScanId {
    ScanId::new(Uuid::from_u128(number))
}

fn grant() -> Grant {
    Grant {
        bearer: Bearer::Workload { name: digest(9), sponsor: PersonId::new(Uuid::from_u128(1)) },
        party: PartyId::new(Uuid::from_u128(2)),
        window: WindowId::new(Uuid::from_u128(3)),
        key: digest(4),
        proof: Proof::Signature,
        purposes: BTreeSet::from([Purpose::FindOwn, Purpose::Evaluate]),
        claims: BTreeMap::from([(scan(5), at(500)), (scan(6), at(50))]),
        terms: digest(7),
        from: at(0),
        until: at(900),
    }
}

fn shown() -> Shown {
    Shown {
        window: WindowId::new(Uuid::from_u128(3)),
        key: Some(digest(4)),
        purpose: Some(Purpose::FindOwn),
        claim: Some(scan(5)),
    }
}

#[test]
fn a_request_shows_window_key_purpose_and_claim() {
    fn check(change: impl Fn(&mut Shown), expected: Result<(), Denied>) {
        let mut changed = shown();
        change(&mut changed);
        let told = grant().admits(&changed, &digest(7), &Cut::default(), at(100));
        assert_eq!(told, expected, "{changed:?}");
    }
    check(|_| {}, Ok(()));
    check(|it| it.window = WindowId::new(Uuid::from_u128(8)), Err(Denied::OtherWindow));
    // A stolen grant without its key.
    check(|it| it.key = None, Err(Denied::NoKey));
    check(|it| it.key = Some(digest(5)), Err(Denied::NoKey));
    check(|it| it.purpose = None, Err(Denied::NoPurpose));
    check(|it| it.purpose = Some(Purpose::Patch), Err(Denied::NoPurpose));
    check(|it| it.claim = None, Err(Denied::NoClaim));
    check(|it| it.claim = Some(scan(99)), Err(Denied::NoClaim));
    check(|it| it.claim = Some(scan(6)), Err(Denied::NoClaim));
    check(|it| (it.purpose, it.claim) = (Some(Purpose::Evaluate), None), Ok(()));
    check(
        |it| (it.purpose, it.claim) = (Some(Purpose::Evaluate), Some(scan(99))),
        Err(Denied::NoClaim),
    );
}

#[test]
fn a_grant_lasts_minutes() {
    for (from, until, now, expected) in [
        (0, 900, 0, Ok(())),
        (0, 900, 499, Ok(())),
        (0, 900, -1, Err(Denied::NotInForce)),
        (0, 300, 300, Err(Denied::NotInForce)),
        (0, 901, 1, Err(Denied::TooLong)),
    ] {
        let grant = Grant { from: at(from), until: at(until), ..grant() };
        let told = grant.admits(&shown(), &digest(7), &Cut::default(), at(now));
        assert_eq!(told, expected, "{from} {until} {now}");
    }
}

#[test]
fn cutting_off_takes_effect_at_the_next_request() {
    let person = PersonId::new(Uuid::from_u128(1));
    let party = PartyId::new(Uuid::from_u128(2));
    for cut in [
        Cut { people: BTreeSet::from([person]), ..Cut::default() },
        Cut { parties: BTreeSet::from([party]), ..Cut::default() },
        Cut { keys: BTreeSet::from([digest(4)]), ..Cut::default() },
    ] {
        let told = grant().admits(&shown(), &digest(7), &cut, at(1));
        assert_eq!(told, Err(Denied::CutOff), "{cut:?}");
    }
    let told = grant().admits(&shown(), &digest(8), &Cut::default(), at(1));
    assert_eq!(told, Err(Denied::OtherTerms));
    assert!(Purpose::ALL.iter().filter(|purpose| !purpose.needs_claim()).count() == 1);
}

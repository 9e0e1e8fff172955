use super::*;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::{Bearer, Proof, Purpose};
use seawall_domain::id::{PartyId, PersonId, ScanId, WindowId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const ADDRESS: &str = "http://127.0.0.1:1/v1/messages";
const BOUND: Bound<'_> = Bound { method: "POST", address: ADDRESS };

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn issuer() -> SigningKey {
    SigningKey::from_seed([1; 32])
}

fn holder() -> SigningKey {
    SigningKey::from_seed([2; 32])
}

fn grant() -> Grant {
    Grant {
        bearer: Bearer::Person { person: PersonId::new(Uuid::from_u128(1)) },
        party: PartyId::new(Uuid::from_u128(2)),
        window: WindowId::new(Uuid::from_u128(3)),
        key: Digest::new(jws::thumbprint(holder().public())),
        proof: Proof::Signature,
        purposes: BTreeSet::from([Purpose::Patch]),
        claims: BTreeMap::from([(ScanId::new(Uuid::from_u128(4)), at(600))]),
        terms: Digest::new([5; 32]),
        from: at(0),
        until: at(900),
    }
}

fn proof(key: &SigningKey, token: &str, bound: Bound<'_>, jti: &str, now: Timestamp) -> String {
    prove(key, token, bound, jti, now).unwrap()
}

#[tokio::test]
async fn a_grant_comes_back_from_its_token() {
    let registry = Registry::new(issuer().public(), Timestamp::UNIX_EPOCH);
    let workload =
        Bearer::Workload { name: Digest::new([6; 32]), sponsor: PersonId::new(Uuid::from_u128(1)) };
    for (grant, once) in [(grant(), "a"), (Grant { bearer: workload, ..grant() }, "b")] {
        let token = issue(&issuer(), &grant).unwrap();
        let proof = proof(&holder(), &token, BOUND, once, at(1));
        let proven = registry.proven((&token, &proof), BOUND, at(1)).await;
        assert_eq!(*proven.unwrap(), grant);
    }
}

#[tokio::test]
async fn a_stolen_token_is_worth_nothing() {
    let registry = Registry::new(issuer().public(), Timestamp::UNIX_EPOCH);
    let token = issue(&issuer(), &grant()).unwrap();
    let forged = issue(&holder(), &grant()).unwrap();
    let other = Bound { method: "GET", ..BOUND };
    let elsewhere = Bound { address: "http://127.0.0.1:2/v1/messages", ..BOUND };
    let good = proof(&holder(), &token, BOUND, "b", at(1));
    let thief = SigningKey::from_seed([3; 32]);
    let claims = br#"{"jti":"x","htm":"POST","htu":"x","iat":1,"ath":"x"}"#;
    let keyless = jws::sign(&holder(), "dpop+jwt", Carried::Nothing, claims).unwrap();
    for (token, proof, bound, now, expected) in [
        (&token, &proof(&thief, &token, BOUND, "a", at(1)), BOUND, 1, Unproven::Proof),
        (&token, &proof(&holder(), &token, other, "a", at(1)), BOUND, 1, Unproven::Proof),
        (&token, &proof(&holder(), &token, elsewhere, "a", at(1)), BOUND, 1, Unproven::Proof),
        (&token, &proof(&holder(), &forged, BOUND, "a", at(1)), BOUND, 1, Unproven::Proof),
        (&token, &keyless, BOUND, 1, Unproven::Proof),
        (&token, &token, BOUND, 1, Unproven::Proof),
        (&token, &String::new(), BOUND, 1, Unproven::Proof),
        (&forged, &good, BOUND, 1, Unproven::Token),
        (&good, &good, BOUND, 1, Unproven::Token),
        (&token, &good, BOUND, 1 + PROOF_SECONDS_MAX + 1, Unproven::Stale),
        (&token, &good, BOUND, 1 - PROOF_SECONDS_MAX - 1, Unproven::Stale),
    ] {
        let proven = registry.proven((token, proof), bound, at(now)).await;
        assert_eq!(proven.unwrap_err(), expected);
    }
    assert!(registry.proven((&token, &good), BOUND, at(1)).await.is_ok());
    // The holder's header is known from here on; it makes nobody else's proof good.
    let (header, rest) = good.split_once('.').unwrap();
    let late = proof(&holder(), &token, BOUND, "c", at(1));
    let theirs = proof(&thief, &token, BOUND, "d", at(1));
    let theirs_under_ours = format!("{header}.{}", theirs.split_once('.').unwrap().1);
    for proof in [&theirs, &theirs_under_ours, &keyless, &format!("x{header}.{rest}")] {
        let proven = registry.proven((&token, proof), BOUND, at(1)).await;
        assert_eq!(proven.unwrap_err(), Unproven::Proof);
    }
    assert!(registry.proven((&token, &late), BOUND, at(1)).await.is_ok());
}

#[tokio::test]
async fn a_proof_is_good_once_for_as_long_as_it_lasts() {
    for begun in [0, 17, 29, 30, 31, 59] {
        let registry = Registry::new(issuer().public(), Timestamp::UNIX_EPOCH);
        let token = issue(&issuer(), &grant()).unwrap();
        let proof = proof(&holder(), &token, BOUND, "once", at(begun));
        let first = begun - PROOF_SECONDS_MAX;
        assert!(registry.proven((&token, &proof), BOUND, at(first)).await.is_ok());
        for later in first..=begun + PROOF_SECONDS_MAX {
            let again = registry.proven((&token, &proof), BOUND, at(later)).await;
            assert_eq!(again.unwrap_err(), Unproven::Replayed, "{begun} {later}");
        }
    }
}

#[tokio::test]
async fn a_clock_that_goes_back_forgets_no_proof() {
    let registry = Registry::new(issuer().public(), Timestamp::UNIX_EPOCH);
    let token = issue(&issuer(), &grant()).unwrap();
    let proof = proof(&holder(), &token, BOUND, "once", at(60));
    assert!(registry.proven((&token, &proof), BOUND, at(60)).await.is_ok());
    for later in [59, 58, 61, 55, 60] {
        let again = registry.proven((&token, &proof), BOUND, at(later)).await;
        assert_eq!(again.unwrap_err(), Unproven::Replayed, "{later}");
    }
}

#[tokio::test]
async fn proofs_from_before_it_began_are_not_taken() {
    async fn check(made: i64, expected: Result<(), Unproven>) {
        let registry = Registry::new(issuer().public(), at(100));
        let token = issue(&issuer(), &grant()).unwrap();
        let proof = proof(&holder(), &token, BOUND, "once", at(made));
        let proven = registry.proven((&token, &proof), BOUND, at(101)).await;
        assert_eq!(proven.map(drop), expected, "{made}");
    }
    check(99, Err(Unproven::Stale)).await;
    check(100, Ok(())).await;
    check(110, Ok(())).await;
}

#[test]
fn a_token_is_carried_by_its_certificate() {
    fn check(proof: grant::Proof, shown: u8, expected: Result<(), Unproven>) {
        let registry = Registry::new(issuer().public(), Timestamp::UNIX_EPOCH);
        let token = Grant { key: Digest::new([4; 32]), proof, ..grant() };
        let token = issue(&issuer(), &token).unwrap();
        assert_eq!(registry.carried(&token, &[shown; 32]).map(drop), expected);
    }
    check(grant::Proof::Certificate, 4, Ok(()));
    check(grant::Proof::Certificate, 5, Err(Unproven::Certificate));
    check(grant::Proof::Signature, 4, Err(Unproven::Certificate));
}

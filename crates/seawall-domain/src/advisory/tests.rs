use super::*;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn content(of: u8) -> (Address, Digest) {
    let digest = Digest::new([of; 32]);
    (Address(digest), digest)
}

fn draft() -> Advisory {
    let (address, digest) = content(1);
    let id = AdvisoryId::new(Uuid::from_u128(1));
    let case = CaseId::new(Uuid::from_u128(2));
    Advisory::draft(id, case, address, digest, AT).unwrap().0
}

/// The signature of the n-th person, with the key of the k-th.
fn signature(person: u128, key: u8) -> Signature {
    Signature {
        account: AccountId::new(Uuid::from_u128(person)),
        public_key: format!("{key:02x}").repeat(32),
        value: "00".repeat(64),
        at: AT,
    }
}

fn signed(advisory: Advisory, person: u128, key: u8) -> Result<Advisory, Refusal> {
    let digest = advisory.digest;
    advisory.sign(signature(person, key), &digest, AT).map(|(advisory, _)| advisory)
}

fn published(advisory: Advisory, serial: u32) -> Result<Advisory, Refusal> {
    let (kept, digest) = content(9);
    let number = AdvisoryNumber::new(2026, serial);
    advisory.publish(number, (digest, digest, kept), AT).map(|(advisory, _)| advisory)
}

fn revised(advisory: Advisory, of: u8) -> Result<Advisory, Refusal> {
    let (address, digest) = content(of);
    advisory.revise(address, digest, AT).map(|(advisory, _)| advisory)
}

/// Does the steps named by words and says where it stands, or the first refusal.
fn check(steps: &str, expected: &str) {
    let mut advisory = draft();
    for (number, step) in (2..).zip(steps.split_whitespace()) {
        let next = match step {
            "one" => signed(advisory.clone(), 1, 1),
            "two" => signed(advisory.clone(), 2, 2),
            "three" => signed(advisory.clone(), 3, 3),
            "same-key" => signed(advisory.clone(), 4, 1),
            "blind" => {
                let other = Digest::new([77; 32]);
                advisory.clone().sign(signature(1, 1), &other, AT).map(|(advisory, _)| advisory)
            }
            "publish" => published(advisory.clone(), 1),
            "renumber" => published(advisory.clone(), 2),
            "revise" => revised(advisory.clone(), number),
            other => panic!("no step `{other}`"),
        };
        match next {
            Ok(next) => advisory = next,
            Err(refusal) => return assert_eq!(refusal.to_string(), expected, "{steps}"),
        }
    }
    let Advisory { revision, signatures, editions, standing, .. } = advisory;
    let said = format!(
        "{} r{revision} signed {} out {}",
        standing.name(),
        signatures.len(),
        editions.len()
    );
    assert_eq!(said, expected, "{steps}");
}

#[test]
fn two_people_sign_and_nothing_is_ever_edited() {
    for (steps, expected) in [
        ("", "draft r1 signed 0 out 0"),
        ("one", "draft r1 signed 1 out 0"),
        ("one one", "cannot sign revision 1 again: a second person must sign it"),
        ("one same-key", "cannot sign revision 1 again: a second person must sign it"),
        ("one two", "signed r1 signed 2 out 0"),
        ("one two three", "cannot be signed while advisory is signed"),
        ("blind", "cannot be signed while advisory is another revision than the one you looked at"),
        ("publish", "cannot be published while advisory is draft"),
        ("one publish", "cannot be published while advisory is draft"),
        ("one two publish", "published r1 signed 2 out 1"),
        ("one two publish publish", "cannot be published while advisory is published"),
        ("one two publish one", "cannot sign revision 1 again: a second person must sign it"),
        ("one revise", "draft r1 signed 0 out 0"),
        ("one revise one two", "signed r1 signed 2 out 0"),
        ("one two revise", "cannot be revised while advisory is signed"),
        ("one two publish revise", "draft r2 signed 0 out 1"),
        ("one two publish revise revise", "draft r2 signed 0 out 1"),
        ("one two publish revise publish", "cannot be published while advisory is draft"),
        ("one two publish revise one two publish", "published r2 signed 2 out 2"),
        ("one two publish revise one two renumber", "cannot be published while advisory is signed"),
    ] {
        check(steps, expected);
    }
}

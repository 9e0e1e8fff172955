//! Custody of an opening: encrypted under a key that is split, each share for one custodian.
//!
//! Whoever seals forgets the opening and the key. A custodian takes the own share out by a private
//! key, at home, and a quorum of shares opens; fewer give nothing (FRONTIER 3.4, F14). Files and
//! dockets seal in the same way.

use seawall_domain::digest::Digest;
use seawall_domain::recipient::Recipient;
use seawall_formats::custody::{SealedOpening, SealedShare};
use seawall_formats::enclosed::Enclosed;
use seawall_ledger::recipient::{Keeper, enclose};
use seawall_ledger::shares::{self, Share};
use seawall_ledger::{Fault, sealed};
use std::collections::BTreeSet;

const WHAT: &str = "a sealed opening";

/// What a share is encrypted for.
const SHARE: &[u8] = b"seawall/sealed-opening/v2/share";

/// The chance that sealing takes: bytes that nobody can guess, thrown away afterwards.
#[derive(Clone, Copy)]
pub struct Drawn {
    /// The key under which the opening is.
    pub key: [u8; 32],
    /// The seed of the splitting.
    pub seed: [u8; 32],
    /// The nonce of the encryption.
    pub nonce: [u8; 12],
}

/// A sealed opening, and what tells each custodian's share from a wrong one.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The document.
    pub opening: SealedOpening,
    /// SHA-256 of each share's text, in the custodians' order. A share has 256 bits of chance, so
    /// that its hash betrays nothing.
    pub checks: Vec<Digest>,
}

/// Encrypts an opening under a new key, and splits that among the custodians.
pub fn seal(
    root: Digest,
    opening: &[u8],
    (quorum, custodians): (usize, &[Recipient]),
    drawn: &Drawn,
) -> Result<Sealed, Fault> {
    let impossible = |why: &str| Fault::Impossible { what: WHAT, why: why.to_owned() };
    if custodians.iter().collect::<BTreeSet<_>>().len() != custodians.len() {
        return Err(impossible("two custodians have the same key: each has one share"));
    }
    let parts = shares::split(&drawn.key, quorum, custodians.len(), drawn.seed)?;
    let sealed = sealed::seal(&drawn.key, drawn.nonce, root.bytes(), opening)?;
    let check = Digest::new(shares::check(&drawn.key));
    let about = about(&root, &check);
    let enclosed = |(to, part): (&Recipient, &Share)| {
        let [key, text] = enclose(to.bytes(), SHARE, &about, part.text().as_bytes())
            .map_err(|unopened| impossible(&unopened.to_string()))?;
        Ok(Enclosed::new(*to, [&key, &text]))
    };
    let enclosed = custodians.iter().zip(&parts).map(enclosed).collect::<Result<_, Fault>>()?;
    let quorum = u16::try_from(quorum).map_err(|_| impossible("the quorum is too large"))?;
    Ok(Sealed {
        opening: SealedOpening::new((root, check), quorum, enclosed, &sealed),
        checks: parts.iter().map(told).collect(),
    })
}

/// What tells a custodian's share from a wrong one.
pub fn told(share: &Share) -> Digest {
    crate::desk::digest(share.text().as_bytes())
}

/// Takes a share out, by the private key of its custodian; none where it is another's.
pub fn share(sealed: &SealedShare, keeper: &Keeper) -> Option<Result<Share, Fault>> {
    if *sealed.share.to.bytes() != keeper.public() {
        return None;
    }
    let altered = || Fault::Unproven { what: WHAT, why: "its share was altered".to_owned() };
    let open = || {
        let [key, text] = sealed.share.parts().ok_or_else(altered)?;
        let about = about(&sealed.root, &sealed.check);
        let text = keeper.open(SHARE, &about, [&key, &text]).map_err(|_| altered())?;
        Share::parse(std::str::from_utf8(&text).unwrap_or_default())
    };
    Some(open())
}

/// Opens by the shares of a quorum.
pub fn open(sealed: &SealedOpening, parts: &[Share]) -> Result<Vec<u8>, Fault> {
    deciphered(sealed, &joined(sealed, parts)?)
}

/// The key that these shares have together; refused where they are too few, or not of this opening.
pub fn joined(sealed: &SealedOpening, parts: &[Share]) -> Result<[u8; 32], Fault> {
    shares::combine(parts, sealed.check.bytes())
}

/// Opens by the key; refused where what is sealed was altered.
pub fn deciphered(sealed: &SealedOpening, key: &[u8; 32]) -> Result<Vec<u8>, Fault> {
    let altered = || Fault::Unproven { what: WHAT, why: "it was altered".to_owned() };
    sealed::open(key, sealed.root.bytes(), &sealed.sealed().ok_or_else(altered)?)
}

/// What a share belongs to.
fn about(root: &Digest, check: &Digest) -> Vec<u8> {
    [root.bytes().as_slice(), check.bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWN: Drawn = Drawn { key: [4; 32], seed: [5; 32], nonce: [6; 12] };

    fn keepers() -> Vec<Keeper> {
        (1..=3).map(|seed| Keeper::from_seed([seed; 32]).unwrap()).collect()
    }

    fn custodians() -> Vec<Recipient> {
        keepers().iter().map(|keeper| Recipient::new(keeper.public())).collect()
    }

    fn sealed(drawn: &Drawn) -> Sealed {
        seal(Digest::new([7; 32]), b"the opening", (2, &custodians()), drawn).unwrap()
    }

    /// The shares that these custodians take out.
    fn taken(sealed: &SealedOpening, numbers: &[usize]) -> Vec<Share> {
        let take = |number: &usize| {
            let own = sealed.share(&sealed.shares[*number]);
            share(&own, &keepers()[*number]).unwrap().unwrap()
        };
        numbers.iter().map(take).collect()
    }

    #[test]
    fn a_quorum_opens_and_fewer_have_nothing() {
        let it = sealed(&DRAWN);
        let read = SealedOpening::read(&it.opening.to_bytes().unwrap()).unwrap();
        let check = |numbers: &[usize], expected: bool| {
            let opening = open(&read, &taken(&read, numbers)).ok();
            assert_eq!(opening.as_deref() == Some(b"the opening"), expected, "{numbers:?}");
        };
        check(&[0, 1], true);
        check(&[2, 0], true);
        check(&[0, 1, 2], true);
        check(&[1], false);
        check(&[1, 1], false);
        check(&[], false);
        let told: Vec<Digest> = taken(&read, &[0, 1, 2]).iter().map(told).collect();
        assert_eq!(told, it.checks);
    }

    #[test]
    fn a_share_is_for_one_custodian_and_one_opening() {
        let one = sealed(&DRAWN).opening;
        let other = sealed(&Drawn { key: [8; 32], ..DRAWN }).opening;
        let own = one.share(&one.shares[0]);
        assert!(share(&own, &keepers()[1]).is_none());
        let mut foreign = own;
        foreign.check = other.check;
        assert!(share(&foreign, &keepers()[0]).unwrap().is_err());
        let mixed = [taken(&one, &[0]), taken(&other, &[1])].concat();
        assert!(open(&one, &mixed).is_err());
        let mut moved = one.clone();
        moved.root = Digest::new([9; 32]);
        assert!(open(&moved, &taken(&one, &[0, 1])).is_err());
    }

    #[test]
    fn a_custodian_has_one_share() {
        let [one, two, _] = custodians()[..] else { panic!("there are three") };
        let root = Digest::new([7; 32]);
        let check = |quorum: usize, custodians: &[Recipient]| {
            assert!(seal(root, b"", (quorum, custodians), &DRAWN).is_err(), "{quorum}");
        };
        check(2, &[one, one, two]);
        check(2, &[one]);
        check(1, &[one, two]);
    }
}

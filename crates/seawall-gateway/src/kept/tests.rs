use super::*;
use proptest::prelude::*;
use seawall_ledger::merkle::Tree;
use seawall_ledger::note::{KeyKind, NoteSigner};
use seawall_ledger::sign::SigningKey;
use uuid::Uuid;

fn window() -> WindowId {
    WindowId::new(Uuid::from_u128(7))
}

fn signer(seed: u8) -> NoteSigner {
    NoteSigner::new(crate::gateway::name(window()).unwrap(), SigningKey::from_seed([seed; 32]))
}

fn tree(lines: &[&str]) -> Tree {
    lines.iter().map(|line| leaf_hash(line.as_bytes())).collect()
}

/// What a gateway whose journal has these lines tells somebody who kept so many of them.
fn told(lines: &[&str], kept: Option<u64>, seed: u8) -> Told {
    let (tree, signer) = (tree(lines), signer(seed));
    let key = signer.verifier(KeyKind::Note);
    let checkpoint = Checkpoint::new(key.name().clone(), tree.size(), tree.root());
    let proof = kept.filter(|kept| *kept <= tree.size());
    let proof = proof.map(|kept| tree.consistency(kept, tree.size()).unwrap());
    Told {
        checkpoint: checkpoint.sign(&signer).unwrap().to_string(),
        signer: key.to_string(),
        proof: proof.map(|proof| proof.iter().map(ToString::to_string).collect()),
    }
}

fn open(folder: &Path) -> Result<Kept, Unkept> {
    Kept::open(folder, None, Some(window()))
}

const LINES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

#[test]
fn what_goes_on_is_kept_and_held_against_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let (kept_in, journal) = (folder.path().join("kept"), folder.path().join("journal.jsonl"));
    for number in [2, 3, 3, 5, 7] {
        let mut kept = open(&kept_in).unwrap();
        let told = told(&LINES[..number], kept.lines(), 1);
        assert_eq!(kept.take(&told, Timestamp::UNIX_EPOCH).unwrap(), number as u64);
        assert_eq!(kept.lines(), Some(number as u64));
    }
    let text = fs::read_to_string(kept_in.join(FILE)).unwrap();
    assert_eq!(text.lines().count(), 4, "one that is known is not kept twice");
    // What was written in part was never kept.
    fs::write(kept_in.join(FILE), format!("{text}{{\"at\":")).unwrap();
    assert_eq!(open(&kept_in).unwrap().lines(), Some(7));
    assert_eq!(fs::read_to_string(kept_in.join(FILE)).unwrap(), text);

    let check = |lines: &[&str], expected: &str| {
        fs::write(&journal, lines.iter().map(|line| format!("{line}\n")).collect::<String>())
            .unwrap();
        let told = hold(&journal, &kept_in, None);
        let told = told.map_or_else(|why| why.to_string(), |it| format!("{it:?}"));
        assert!(told.contains(expected), "{lines:?}: {told}");
    };
    check(&LINES, "Vouched { checkpoints: 4, lines: 7 }");
    check(&["a", "b", "c", "d", "e", "f", "g", "h"], "Vouched { checkpoints: 4, lines: 7 }");
    check(
        &["x", "b", "c", "d", "e", "f", "g"],
        "line 0 is the first that differs, or one of those behind it up to line 1",
    );
    check(
        &["a", "b", "x", "d", "e", "f", "g"],
        "line 2 is the first that differs, or one of those behind it up to line 2",
    );
    check(&["a", "b", "c", "d", "x", "f", "g"], "line 3 is the first");
    check(&["a", "b", "c", "d", "e", "f"], "it has 6 lines, and a checkpoint over 7");
    check(&[], "it has 0 lines");
    fs::write(kept_in.join(FILE), text.replacen("seawall-gateway", "seawall-gatewax", 1)).unwrap();
    check(&LINES, "does not hold");
}

#[test]
fn what_does_not_go_on_is_found_and_stays_found() {
    let check = |lines: &[&str], proof: Option<u64>, seed: u8, expected: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut kept = open(folder.path()).unwrap();
        kept.take(&told(&LINES[..5], None, 1), Timestamp::UNIX_EPOCH).unwrap();
        let why = kept.take(&told(lines, proof, seed), Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(why.to_string().contains(expected), "{why}");
        let again = open(folder.path());
        match why {
            Unkept::Rewritten { .. } => {
                assert!(matches!(again, Err(Unkept::Conflicted { .. })), "{again:?}");
                let evidence = fs::read_to_string(folder.path().join(CONFLICT)).unwrap();
                assert_eq!(evidence.matches("seawall-gateway/").count(), 6, "{evidence}");
            }
            _ => assert_eq!(again.unwrap().lines(), Some(5)),
        }
    };
    check(&LINES[..4], None, 1, "fewer lines");
    check(&["a", "b", "x", "d", "e"], Some(5), 1, "they are others");
    check(&["a", "b", "x", "d", "e", "f", "g"], Some(5), 1, "leads to other lines");
    check(&LINES, None, 1, "does not show");
    check(&LINES, Some(5), 2, "is signed by");
    let folder = tempfile::tempdir().unwrap();
    let other = WindowId::new(Uuid::from_u128(8));
    let mut kept = Kept::open(folder.path(), None, Some(other)).unwrap();
    let why = kept.take(&told(&LINES, None, 1), Timestamp::UNIX_EPOCH).unwrap_err();
    assert!(why.to_string().contains("not the gateway of window"), "{why}");
    // Whoever knows the key takes no other, from the first contact on.
    let known = signer(3).verifier(KeyKind::Note);
    let folder = tempfile::tempdir().unwrap();
    let mut kept = Kept::open(folder.path(), Some(&known), None).unwrap();
    assert!(kept.take(&told(&LINES, None, 1), Timestamp::UNIX_EPOCH).is_err());
    assert!(Kept::open(folder.path(), Some(&signer(1).verifier(KeyKind::Note)), None).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a gateway answers, and whatever lies in the folder.
    #[test]
    fn nothing_panics(
        checkpoint: String,
        signer: String,
        proof in prop::option::of(prop::collection::vec(any::<String>(), 0..4)),
        held in "[{}\"a-z:\\n]{0,80}",
        at in any::<prop::sample::Index>(),
        byte: u8,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let good = told(&LINES[..5], None, 1);
        let mut kept = open(folder.path()).unwrap();
        let foreign = Told { checkpoint, signer, proof };
        prop_assert!(kept.take(&foreign, Timestamp::UNIX_EPOCH).is_err());
        kept.take(&good, Timestamp::UNIX_EPOCH).unwrap();
        let mut changed = told(&LINES, Some(5), 1).checkpoint.into_bytes();
        let at = at.index(changed.len());
        changed[at] = byte;
        let checkpoint = String::from_utf8_lossy(&changed).into_owned();
        let _ = kept.take(&Told { checkpoint, ..foreign }, Timestamp::UNIX_EPOCH);
        fs::write(folder.path().join(FILE), &held).unwrap();
        let _ = open(folder.path());
        let _ = hold(&folder.path().join("none"), folder.path(), None);
    }
}

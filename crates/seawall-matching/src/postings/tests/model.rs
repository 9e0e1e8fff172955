//! Random deliveries, compactions and restarts against a plain map.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Model = BTreeMap<u32, BTreeSet<(Package, Version)>>;

#[derive(Clone, Debug)]
enum Step {
    Deliver(u32, Vec<(Package, Version)>),
    Compact,
    Restart,
}

fn any_component() -> impl Strategy<Value = (Package, Version)> {
    let packages =
        ["npm ini", "PyPI ini", "Debian:11 zlib", "Debian:12 zlib", "Debian zlib", "x y"];
    let versions = ["1.0", "1.0.0", "1.2", "1.10", "2.0-rc.1", "2.0", "latest", "", " "];
    let (packages, versions) = (packages.to_vec(), versions.to_vec());
    (prop::sample::select(packages), prop::sample::select(versions))
        .prop_map(|(package, version)| (component(package).0, version.into()))
}

fn any_step() -> impl Strategy<Value = Step> {
    let delivery = (0..90u32, prop::collection::vec(any_component(), 0..12));
    prop_oneof![
        20 => delivery.prop_map(|(asset, components)| Step::Deliver(asset, components)),
        1 => Just(Step::Compact),
        2 => Just(Step::Restart),
    ]
}

fn any_advisory() -> impl Strategy<Value = AffectedRange<()>> {
    prop::sample::select(vec![
        "npm ini 1.0..2.0",
        "npm ini ..1.2 =latest",
        "PyPI ini 1.2..",
        "PyPI ini =1.0",
        "Debian zlib ..1.2",
        "Debian:12 zlib ..2.0",
        "x y 1.0..1.10",
    ])
    .prop_map(advisory)
}

fn start(assets: &[Vec<(Package, Version)>]) -> Postings<'static> {
    let mut dictionary = DictionaryBuilder::new();
    for (package, version) in assets.iter().flatten() {
        dictionary.add(package, version, 1).unwrap();
    }
    let mut builder = Builder::new(dictionary.finish().unwrap());
    for (components, asset) in assets.iter().zip(0..) {
        let number = |(package, version): &(Package, Version)| {
            builder.dictionary().number(package, version).unwrap()
        };
        let numbers: Vec<VersionId> = components.iter().map(number).collect();
        builder.push(asset, &numbers).unwrap();
    }
    builder.finish().unwrap()
}

fn compare(postings: &Postings<'_>, model: &Model, advisory: &AffectedRange<()>) {
    let empty = BTreeSet::new();
    for asset in 0..90 {
        let named = |id: VersionId| postings.named(id).unwrap();
        let found: BTreeSet<_> =
            postings.components(asset).unwrap().into_iter().map(named).collect();
        assert_eq!(&found, model.get(&asset).unwrap_or(&empty), "{asset}");
    }
    let index = Index::new([advisory.clone()]);
    let answers = |wanted: fn(&Answer<()>) -> bool| -> Vec<u32> {
        let answer = |(package, version): &(Package, Version)| {
            index.answer(&Component {
                label: String::new(),
                package: Some(package.clone()),
                version: Some(version.clone()),
                product: None,
                purl: None,
            })
        };
        let is_wanted = |held: &BTreeSet<_>| held.iter().any(|held| wanted(&answer(held)));
        model.iter().filter(|(_, held)| is_wanted(held)).map(|(asset, _)| *asset).collect()
    };
    let selection = postings.select(advisory);
    let affected = postings.holders(&selection.affected).unwrap();
    assert_eq!(affected.to_vec(), answers(|answer| matches!(answer, Answer::Hit(_))));
    assert_eq!(postings.count(&selection.affected), Ok(affected.len()));
    let unknown = postings.holders(&selection.unknown).unwrap();
    assert_eq!(unknown.to_vec(), answers(|answer| matches!(answer, Answer::Unknown(_))));
    for id in (0..postings.versions_len()).map(VersionId) {
        let named = postings.named(id).unwrap();
        assert_eq!(postings.find(&named.0, &named.1), Some(id));
        let expected: Vec<u32> =
            model.iter().filter(|(_, held)| held.contains(&named)).map(|(id, _)| *id).collect();
        assert_eq!(postings.holders(&[id]).unwrap().to_vec(), expected, "{named:?}");
        assert_eq!(postings.count(&[id]), Ok(expected.len() as u64), "{named:?}");
        let united = postings.united(&[id]).unwrap();
        assert_eq!(AssetSet::many(united).to_vec(), expected, "{named:?}");
    }
}

/// A restart: the snapshot is read from its bytes and the journal replayed.
fn restarted(base: &[u8], journal: &[u8], model: &Model, advisory: &AffectedRange<()>) -> Journal {
    let read = Postings::from_bytes(base).unwrap();
    let (read, replayed) = read.replay(journal).unwrap();
    assert_eq!((replayed.whole_bytes, replayed.torn_bytes), (journal.len(), 0));
    compare(&read, model, advisory);
    replayed.journal
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn snapshot_and_journal_are_the_model(
        first in prop::collection::vec(prop::collection::vec(any_component(), 0..9), 0..80),
        steps in prop::collection::vec(any_step(), 0..40),
        advisory in any_advisory(),
    ) {
        let mut postings = start(&first);
        let mut model: Model = Model::new();
        for (components, asset) in first.into_iter().zip(0..) {
            model.insert(asset, components.into_iter().collect());
        }
        compare(&postings, &model, &advisory);
        let mut journal = Journal::new(&postings);
        let (mut base, mut stored) = (postings.to_bytes(), journal.take());
        for step in steps {
            match step {
                Step::Deliver(asset, components) => {
                    postings.replace(asset, &components, &mut journal).unwrap();
                    stored.extend(journal.take());
                    model.insert(asset, components.into_iter().collect());
                }
                Step::Compact => {
                    postings = postings.compact().unwrap();
                    journal = Journal::new(&postings);
                    (base, stored) = (postings.to_bytes(), journal.take());
                    compare(&postings, &model, &advisory);
                    let held: BTreeSet<_> = model.values().flatten().collect();
                    prop_assert_eq!(postings.versions_len() as usize, held.len());
                }
                Step::Restart => journal = restarted(&base, &stored, &model, &advisory),
            }
        }
        compare(&postings, &model, &advisory);
        restarted(&base, &stored, &model, &advisory);
        let held: u64 = model.values().map(|held| held.len() as u64).sum();
        prop_assert_eq!(postings.compact().unwrap().snapshot_len(), held);
    }
}

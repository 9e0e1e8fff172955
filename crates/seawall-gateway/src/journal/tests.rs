use super::*;
use crate::record::{CutOff, Event};
use seawall_domain::id::PersonId;
use seawall_ledger::note::NoteSigner;
use seawall_ledger::sign::SigningKey;
use uuid::Uuid;

fn event(number: u128) -> Event {
    Event::Cut { who: CutOff::Person(PersonId::new(Uuid::from_u128(number))) }
}

/// A journal of so many lines, as bytes, and where it stands.
fn journal(lines: u128) -> (Vec<u8>, Head) {
    let (mut head, mut bytes) = (Head::default(), Vec::new());
    for number in 0..lines {
        head.line(Timestamp::UNIX_EPOCH, event(number), &mut bytes).unwrap();
    }
    (bytes, head)
}

fn check(bytes: &[u8]) -> Result<Head, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    std::fs::write(&path, bytes).unwrap();
    read(&path, |_| {}).map_err(|fault| fault.to_string())
}

#[test]
fn it_reads_to_where_it_was_written() {
    for lines in [0, 1, 2, 7, 100] {
        let (bytes, written) = journal(lines);
        let head = check(&bytes).unwrap();
        assert_eq!(
            (head.lines, head.last, head.bytes),
            (written.lines, written.last, written.bytes)
        );
        assert_eq!(head.tree.root(), written.tree.root());
        assert_eq!(head.bytes, bytes.len() as u64);
    }
    let nowhere = read(Path::new("/nowhere/at/all"), |_| {}).unwrap();
    assert_eq!(nowhere.lines, 0);
}

#[test]
fn a_last_line_without_its_end_is_cut_off() {
    let (bytes, _) = journal(3);
    let (two, two_head) = journal(2);
    for cut in two.len()..bytes.len() {
        let head = check(&bytes[..cut]).unwrap();
        assert_eq!((head.lines, head.bytes), (2, two.len() as u64));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    drop(open(&path, &two_head).unwrap());
    assert_eq!(std::fs::read(&path).unwrap(), two);
}

#[test]
fn room_behind_the_last_line_is_no_line_however_it_was_torn() {
    let (two, two_head) = journal(2);
    let (many, many_head) = journal(30);
    // The disk has some sectors as they were, with room, and some as they were written.
    let torn = |is_written: &dyn Fn(usize) -> bool| {
        let mut bytes = two.clone();
        bytes.resize(two.len() + 200_000, 0);
        for at in (two.len()..many.len()).filter(|at| is_written(at / SECTOR_BYTES as usize)) {
            bytes[at] = many[at];
        }
        bytes
    };
    let sectors = many.len() / SECTOR_BYTES as usize + 1;
    assert!(sectors > 6);
    for sector in 0..=sectors {
        let begun = check(&torn(&|at| at < sector)).unwrap();
        assert!(begun.lines >= 2 && begun.lines <= many_head.lines, "{sector}");
        let ended = check(&torn(&|at| at > sector)).unwrap();
        assert!(ended.lines >= 2 && ended.lines <= begun.lines.max(30), "{sector}");
        check(&torn(&|at| at % 3 == sector % 3)).unwrap();
    }
    assert_eq!(check(&torn(&|at| at > two.len() / 512)).unwrap().lines, 2);
    assert_eq!(check(&torn(&|_| true)).unwrap().lines, 30);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    std::fs::write(&path, torn(&|at| at > 3)).unwrap();
    drop(open(&path, &two_head).unwrap());
    assert_eq!(std::fs::read(&path).unwrap(), two);
    // A zero byte within a sector is no room, but damage.
    for at in (0..two.len()).filter(|at| !(at + 1).is_multiple_of(SECTOR_BYTES as usize)) {
        let mut bytes = torn(&|_| true);
        bytes[at] = 0;
        assert!(check(&bytes).unwrap_err().contains("zero bytes stand in it"), "{at}");
    }
    // More than a gateway keeps is no room: something was written over.
    let mut bytes = two;
    bytes.resize(bytes.len() + 2 * ROOM_BYTES as usize + 1, 0);
    assert!(check(&bytes).unwrap_err().contains("damaged at line 2"));
}

#[test]
fn whoever_asks_alone_has_room_and_it_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let length = || std::fs::metadata(&path).unwrap().len();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut begins = Head::default();
    // The second begins where the first was killed: its room is still there.
    for lines in [300, 600] {
        let signer = NoteSigner::new("here".parse().unwrap(), SigningKey::from_seed([1; 32]));
        let clock: crate::Clock = std::sync::Arc::new(|| Some(Timestamp::UNIX_EPOCH));
        let (journal, thread) =
            Journal::open(folder.path(), begins, signer, clock, |_, _| Vec::new()).unwrap();
        for number in 0..300 {
            journal.rouse();
            runtime.block_on(journal.write(event(number)).durable()).unwrap();
        }
        let (roomy, head) = (length(), read(&path, |_| {}).unwrap());
        assert_eq!(head.lines, lines);
        assert!(roomy > head.bytes && roomy <= head.bytes + ROOM_BYTES, "{roomy}");
        let killed = std::fs::read(&path).unwrap();
        drop(journal);
        thread.join().unwrap();
        assert_eq!(length(), head.bytes);
        std::fs::write(&path, killed).unwrap();
        begins = head;
    }
}

#[test]
fn any_flipped_bit_is_found_but_in_the_line_that_nothing_is_bound_to() {
    let (bytes, _) = journal(3);
    let last = journal(2).0.len();
    for at in 0..last {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(check(&changed).is_err(), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn a_line_without_bound_is_refused() {
    let (mut bytes, _) = journal(1);
    bytes.extend(vec![b' '; LINE_BYTES_MAX + 10]);
    assert!(check(&bytes).unwrap_err().contains("too long"));
}

#[test]
fn what_nobody_waits_for_is_written_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let signer = NoteSigner::new("here".parse().unwrap(), SigningKey::from_seed([1; 32]));
    let clock: crate::Clock = std::sync::Arc::new(|| Some(Timestamp::UNIX_EPOCH));
    let (journal, thread) =
        Journal::open(folder.path(), Head::default(), signer, clock, |_, _| Vec::new()).unwrap();
    for number in 0..3000 {
        match number % 3 {
            0 => journal.note(event(number)),
            1 => drop(journal.write(event(number))),
            _ => {
                journal.rest();
                journal.note(event(number));
            }
        }
    }
    drop(journal);
    thread.join().unwrap();
    let mut expected = 0;
    let head = read(&folder.path().join(FILE), |line| {
        assert_eq!(line.event, event(expected));
        expected += 1;
    });
    assert_eq!(head.unwrap().lines, 3000);
    // What is signed at the end is all of it.
    let note = std::fs::read_to_string(folder.path().join("checkpoint")).unwrap();
    assert_eq!(note.lines().nth(1), Some("3000"));
}

use super::*;
use proptest::prelude::*;

fn line(task: TaskId, opinion: Option<Opinion>) -> ((Digest, TaskId, u32), Option<Opinion>) {
    ((Digest::new([1; 32]), task, 3), opinion)
}

fn example() -> Sheet {
    let text = |id: &str| TaskId::Text(id.into());
    let lines = vec![
        line(TaskId::Number(4), None),
        line(text("4"), Some(Opinion::Cheating)),
        line(text("=HYPERLINK(\"x\"),\n2"), Some(Opinion::Unclear)),
    ];
    Sheet { coder: Coder::Second, lines }
}

#[test]
fn a_sheet_reads_back_and_holds_no_formula() {
    let text = sheet(&example());
    assert_eq!(read_sheet(text.as_bytes()), Ok(example()));
    assert!(text.lines().all(|line| !line.contains(",=") && !line.contains(",\"=")), "{text}");
}

#[test]
fn what_a_person_fills_in_is_read_leniently_and_checked() {
    let log = "01".repeat(32);
    let head = HEAD.join(",");
    let check = |lines: &str, expected: Result<Option<Opinion>, &str>| {
        let told = read_sheet(format!("{head}\n{lines}").as_bytes());
        let told = told.map(|sheet| sheet.lines.last().and_then(|(_, opinion)| *opinion));
        let expected = expected.map_err(str::to_owned);
        assert_eq!(told.map_err(|fault| fault.place), expected, "{lines}");
    };
    check(&format!("1,{log},3,4, clean ,looked twice"), Ok(Some(Opinion::Clean)));
    check(&format!("1,{log},3,4,\n,,,,,\n"), Ok(None));
    check(&format!("1,{log},3,4,innocent,"), Err("line 2"));
    check(&format!("7,{log},3,4,clean,"), Err("line 2"));
    check(&format!("1,{log},3,4,clean,\n2,{log},3,4,clean,"), Err("line 3"));
    check("", Err("line 2"));
    check("1,x,3,4,clean,", Err("line 2"));
}

#[test]
fn notes_read_back_and_are_no_formulas() {
    let notes = ["", "twice, \"and\" again\r\nhere", "=HYPERLINK(\"x\")"].map(str::to_owned);
    let text = noted(&Noted { sheet: example(), notes: notes.to_vec() });
    let read = read_noted(text.as_bytes()).unwrap();
    assert_eq!(read.sheet, example());
    assert_eq!(read.notes, ["", "twice, \"and\" again \nhere", "=HYPERLINK(\"x\")"]);
    assert!(text.contains(",\"'=HYPERLINK") && !text.contains(",\"="), "{text}");
    assert_eq!(read_sheet(text.as_bytes()), Ok(example()));
}

#[test]
fn a_review_says_what_it_holds() {
    let item = |epoch: u32, first, second| Item {
        log: Digest::new([1; 32]),
        task: TaskId::Text("a".into()),
        epoch,
        first,
        second,
        settled: None,
    };
    let items = vec![
        item(1, Opinion::Clean, Opinion::Clean),
        item(2, Opinion::Cheating, Opinion::Cheating),
        item(3, Opinion::Clean, Opinion::Cheating),
    ];
    let review = Review { items };
    let text = document(&review, &[Digest::new([2; 32])], &[]).unwrap().to_string();
    let joined = read(text.as_bytes()).unwrap();
    assert_eq!((joined.review, joined.signatures.len()), (review, 0));
    for (from, to) in [("\"agreed\":2", "\"agreed\":3"), ("\"kappa\":\"0.3", "\"kappa\":\"0.2")] {
        assert!(text.contains(from), "{text}");
        assert!(read(text.replace(from, to).as_bytes()).is_err());
    }
    assert!(read(text.replace("\"epoch\":2", "\"epoch\":1").as_bytes()).is_err());
}

proptest! {
    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(read_sheet(&bytes));
        drop(read(&bytes));
    }

    #[test]
    fn any_note_reads_back(note in "['=+@ -]{0,3}\\PC{0,20}") {
        let lines = vec![line(TaskId::Number(1), Some(Opinion::Clean))];
        let one = Noted { sheet: Sheet { coder: Coder::First, lines }, notes: vec![note] };
        prop_assert_eq!(read_noted(noted(&one).as_bytes()), Ok(one));
    }

    #[test]
    fn any_id_reads_back(id: String, number: i64) {
        let lines = vec![line(TaskId::Text(id.into()), None), line(TaskId::Number(number), None)];
        let one = Sheet { coder: Coder::First, lines };
        prop_assert_eq!(read_sheet(sheet(&one).as_bytes()), Ok(one));
    }
}

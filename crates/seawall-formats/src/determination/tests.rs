use super::*;
use proptest::prelude::*;

#[test]
fn a_statement_is_read_strictly() {
    let whole = format!(
        r#"{{"schema":"{STATEMENT_SCHEMA}","protocol":"{}","model":"maker/model",
        "added":"statement","text":"done","key":"any"}}"#,
        "ab".repeat(32)
    );
    let check = |from: &str, to: &str, reads: bool| {
        let text = whole.replacen(from, to, 1);
        assert!(from == to || text != whole, "{from}");
        assert_eq!(statement(text.as_bytes()).is_ok(), reads, "{text}");
    };
    check("", "", true);
    check("\"statement\"", "\"fine_tuned\"", true);
    check("\"statement\"", "\"nothing\"", false);
    check("statement/v1", "statement/v2", false);
    check("\"abab", "\"zbab", false);
    check("\"text\"", "\"more\":1,\"text\"", false);
    check("\"text\"", "\"key\":\"other\",\"text\"", false);
}

#[test]
fn what_was_computed_reads_back_as_the_same_checklist() {
    assert_eq!(Elicitation::default().checklist().grade().0.word(), "E0");
    let computed = Checklist {
        scaffolds: 2,
        sweep: Some(Trend::Rising),
        framing: Some(Framing { gap_upper: 0.01, margin: 0.05 }),
        person_fit: Some(-0.4),
        easy_share: None,
        developer: Developer::Statement,
    };
    assert_eq!(Elicitation::from(&computed).checklist(), computed);
}

#[test]
fn what_is_no_record_is_told_without_its_content() {
    for text in ["{}", "[]", r#"{"body":{"schema":"secret-text"}}"#, "secret-text"] {
        let told = read(text.as_bytes()).map(drop).map_err(|fault| fault.to_string());
        assert!(told.is_err_and(|told| !told.contains("secret-text")), "{text}");
    }
}

proptest! {
    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(read(&bytes));
        drop(statement(&bytes));
    }
}

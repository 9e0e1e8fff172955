use super::*;
use proptest::prelude::*;

#[test]
fn a_checklist_is_read_strictly() {
    let whole = r#"{"scaffolds":2,"sweep":"level","framing":{"gap_upper":"0.01","margin":"0.05"},
        "person_fit":"-0.4","easy_share":null,"developer":"statement"}"#;
    let check = |from: &str, to: &str, reads: bool| {
        let text = whole.replacen(from, to, 1);
        assert!(from == to || text != whole, "{from}");
        assert_eq!(checklist(text.as_bytes()).is_ok(), reads, "{text}");
    };
    check("", "", true);
    check("\"0.05\"", "\"0.050\"", false);
    check("\"0.05\"", "0.05", false);
    check("\"-0.4\"", "\"NaN\"", false);
    check("\"-0.4\"", "\"-inf\"", false);
    check("\"level\"", "\"up\"", false);
    check("\"developer\"", "\"more\":1,\"developer\"", false);
    check("\"scaffolds\":2", "\"scaffolds\":2,\"scaffolds\":3", false);
    let read = checklist(whole.as_bytes()).unwrap();
    assert_eq!(read.checklist().framing.map(|framing| framing.margin), Some(0.05));
    assert_eq!(Elicitation::default().checklist().grade().0.word(), "E0");
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
        drop(checklist(&bytes));
    }
}

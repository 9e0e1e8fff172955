use super::*;
use jiff::civil::date;
use proptest::prelude::*;
use seawall_domain::partner::concentration::{Sector, Size};

const HEAD: &str = "group,name,sector,size,region,operators,source,as_of\n";
const FIRST: &str = "1,small water systems,water,small,KS,900,\"a register, table 2\",2026-06-30\n";

fn today() -> Date {
    date(2026, 9, 1)
}

#[test]
fn both_forms_say_the_same() {
    let csv = format!("{HEAD}{FIRST}\n2,rural clinics,health,small,,40,a survey,2025-12-31\r\n");
    let other = "operators,group,name,as_of,source,size,sector\n\
                 900,1,small water systems,2026-06-30,\"a register, table 2\",small,water\n\
                 40,2,rural clinics,2025-12-31,a survey,small,health\n";
    let json = r#" [{"group": 1, "name": "small water systems", "sector": "water", "size": "small",
        "region": "KS", "operators": 900, "source": "a register, table 2", "as_of": "2026-06-30"},
        {"group": "2", "name": "rural clinics", "sector": "health", "size": "small",
        "region": null, "operators": 40, "source": "a survey", "as_of": "2025-12-31"}]"#;
    let read = |text: &str| read(text.as_bytes(), today()).unwrap();
    assert_eq!(read(&csv), read(json));
    let lines = read(&csv).lines().to_vec();
    assert_eq!((lines[0].group, lines[0].operators), (Group(1), 900));
    assert_eq!((lines[0].sector, lines[0].size), (Sector::Water, Size::Small));
    assert_eq!((lines[0].region.as_str(), lines[1].region.as_str()), ("KS", ""));
    assert_eq!(lines[0].source, "a register, table 2");
    assert_eq!(read(other).operators(), 940, "columns stand in any order");
}

#[test]
fn what_is_wrong_is_told_by_line_and_column() {
    let check = |text: &str, expected: &str| {
        let told = read(text.as_bytes(), today()).unwrap_err().to_string();
        assert_eq!(told, format!("cannot read table of operators at {expected}"), "{text}");
    };
    let csv = |line: &str, expected: &str| check(&format!("{HEAD}{FIRST}{line}"), expected);
    csv(
        "x,a,water,small,,1,s,2026-01-01",
        "line 3, column group: `x` is no whole number that fits",
    );
    csv(
        "2,a,water,small,,+1,s,2026-01-01",
        "line 3, column operators: `+1` is no whole number that fits",
    );
    csv(
        "2,a,water,small,,18446744073709551616,s,2026-01-01",
        "line 3, column operators: `18446744073709551616` is no whole number that fits",
    );
    csv(
        "2,a,wood,small,,1,s,2026-01-01",
        "line 3, column sector: `wood` is none of the known words",
    );
    csv("2,a,water,tiny,,1,s,2026-01-01", "line 3, column size: `tiny` is none of the known words");
    csv(
        "2,a,water,small,,1,s,2026-13-01",
        "line 3, column as_of: `2026-13-01` is no day such as 2026-12-31",
    );
    csv(
        "2,a,water,small,,1,s,20260101",
        "line 3, column as_of: `20260101` is no day such as 2026-12-31",
    );
    csv("2,a,water,small,,1,s,2026-09-02", "line 3, column as_of: the day lies ahead");
    csv(
        "2,a,water,small,,1,,2026-01-01",
        "line 3, column source: write it down, in at most 300 characters",
    );
    csv(
        "2,,water,small,,1,s,2026-01-01",
        "line 3, column name: write it down, in at most 120 characters",
    );
    csv("1,a,water,small,,1,s,2026-01-01", "line 3, column group: this group has a line already");
    csv(
        "2,a,water,small,,9999999999,s,2026-01-01",
        "line 3, column operators: more operators than 1000000000",
    );
    csv("2,a,water", "line 3: 3 columns, where the first line has 8");
    let known = COLUMNS.join(", ");
    check("group,colour\n", &format!("line 1: `colour` is none of {known}, or stands there twice"));
    check("group,group\n", &format!("line 1: `group` is none of {known}, or stands there twice"));
    check("group,name\n", "line 1, column sector: this column is missing");
    check("", "line 1, column group: this column is missing");
    check(",", &format!("line 1: `` is none of {known}, or stands there twice"));
    check(HEAD, "the document, column group: a table has from 1 to 100000 lines");
    check("[1]", "entry 1: it is no object");
    check("[{\"colour\": 1}]", "entry 1: `colour` is no column");
    check("[{\"group\": true}]", "entry 1, column group: write a text or a number");
    check("[{}]", "entry 1, column group: `` is no whole number that fits");
    assert!(read(b"[{\"group\": 1, \"group\": 2}]", today()).is_err(), "a key given twice");
    assert!(read(b"\xff,\xfe", today()).is_err());
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, today());
    }

    #[test]
    fn never_panics_on_what_looks_like_one(
        cells in proptest::collection::vec("[0-9a-z\",\n -]{0,12}", 0..40),
    ) {
        let text = format!("{HEAD}{}", cells.join(","));
        if let Err(fault) = read(text.as_bytes(), today()) {
            prop_assert!(!fault.to_string().contains('\n'));
        }
    }
}

use super::*;
use crate::recipe::{locate, read};

/// A recipe on which there is nothing to advise.
const GOOD: &str = r#"version = 1
build = [["gcc", "-fsanitize=address", "-g", "-o", "/build/probe", "/recipe/probe.c"]]
trigger = ["/build/probe", "/recipe/attack.txt"]
control = ["/build/probe", "/recipe/benign.txt"]
input = "attack.txt"
variants = ["other.txt"]
[target]
ecosystem = "Debian:12"
name = "thing"
version = "1.2.3"
[oracle]
kind = "sanitizer"
error = "heap-buffer-overflow"
function = "inflate"
[tests]
run = [["true"]]
[boundary]
attacker = "whoever sends the file"
controls = ["attack.txt", "other.txt"]
gains = ["corrupt"]
[limits]
seconds = 5
[[files]]
name = "probe.c"
text = "/* SEAWALL_CANARY */ int main(void) { return open(\"/target/a\"); }"
[[files]]
name = "attack.txt"
text = "a"
[[files]]
name = "other.txt"
text = "b"
[[files]]
name = "benign.txt"
text = "c"
"#;
const SANITIZER: &str =
    "kind = \"sanitizer\"\nerror = \"heap-buffer-overflow\"\nfunction = \"inflate\"";

/// Replaces one piece of the good recipe and expects advice there and nowhere else.
#[track_caller]
fn check(piece: &str, other: &str, places: &[&str]) {
    assert!(GOOD.contains(piece), "{piece}");
    let text = GOOD.replacen(piece, other, 1);
    let recipe = read(&text).unwrap_or_else(|faults| panic!("{other}: {faults:?}"));
    let mut found = advice(&recipe);
    locate(&text, &mut found);
    let told: Vec<&str> = found.iter().map(|fault| fault.place.as_str()).collect();
    assert_eq!(told, places, "{other}: {found:?}");
    for fault in &found {
        let message = &fault.message;
        assert!(message.len() > 60 && !message.ends_with('.'), "too little is said: {message}");
        assert!(!message.contains("  "), "{message}");
    }
}

#[test]
fn advice_is_given_where_it_is_needed() {
    for (piece, other, places) in [
        ("", "", &[][..]),
        ("\"1.2.3\"", "\"latest\"", &["target.version"]),
        ("\"1.2.3\"", "\"1.x\"", &["target.version"]),
        ("\"Debian:12\"", "\"Generic\"", &["target.ecosystem"]),
        (
            "\"Debian:12\"\nname = \"thing\"\nversion = \"1.2.3\"",
            "\"GIT\"\nname = \"https://a.example/b\"\nversion = \"0123abc\"",
            &["target.version"],
        ),
        ("\"/recipe/benign.txt\"", "\"/recipe/missing.txt\"", &["control", "files[3].name"]),
        ("\"/recipe/benign.txt\"", "\"/recipe/attack.txt\"", &["control", "files[3].name"]),
        ("text = \"c\"", "text = \"a\"", &["control"]),
        ("\"/recipe/benign.txt\"", "\"$HOME\"", &["control", "control", "files[3].name"]),
        (
            "\"/build/probe\", \"/recipe/attack.txt\"",
            "\"/build/probe /recipe/attack.txt\"",
            &["trigger", "control"],
        ),
        (
            "\"/build/probe\", \"/recipe/attack.txt\"",
            "\"./probe\", \"/recipe/attack.txt\"",
            &["trigger", "control"],
        ),
        ("\"-o\", \"/build/probe\"", "\"-o\", \"/target/probe\"", &["build", "build[0]"]),
        ("\"/recipe/probe.c\"]]", "\"/recipe/probe.c\", \"/data/x/y\"]]", &["build[0]"]),
        ("\"-fsanitize=address\", ", "", &["build"]),
        ("-fsanitize=address", "-fsanitize=undefined", &["oracle.error"]),
        ("-fsanitize=address", "-fsanitize=address,undefined", &[]),
        ("heap-buffer-overflow", "data race", &["oracle.error"]),
        ("\"heap-buffer-overflow\"", "\"unknown\"", &["oracle.error"]),
        ("input = \"attack.txt\"\nvariants = [\"other.txt\"]\n", "", &["input"]),
        ("variants = [\"other.txt\"]\n", "", &["variants"]),
        ("[tests]\nrun = [[\"true\"]]\n", "", &["tests"]),
        ("input = \"attack.txt\"", "input = \"other.txt\"", &["input"]),
        ("controls = [\"attack.txt\", \"other.txt\"]\n", "", &["control", "boundary.controls"]),
        (
            "[\"attack.txt\", \"other.txt\"]\ng",
            "[\"other.txt\"]\ng",
            &["control", "boundary.controls"],
        ),
        (
            "gains = [\"corrupt\"]",
            "has = [\"execute\"]\ngains = [\"corrupt\"]",
            &["boundary.gains"],
        ),
        (
            "seconds = 5",
            "seconds = 300\nmemory_mib = 8000",
            &["limits.seconds", "limits.memory_mib"],
        ),
        ("/target/a", "/nothing", &["trigger"]),
        ("int main", "int a = rand(); int main", &["files[0].text"]),
        ("[tests]", "[service]\nrun = [\"x\"]\nport = 8080\n[tests]", &["service.port"]),
        (
            "[tests]",
            "[service]\nrun = [\"x\", \"8080\", \"-d\"]\nport = 8080\n[tests]",
            &["service.run"],
        ),
    ] {
        check(piece, other, places);
    }
}

#[test]
fn each_oracle_has_its_own_advice() {
    for (oracle, places) in [
        ("kind = \"canary\"", &["oracle.kind"][..]),
        ("kind = \"canary\"\nwhere = \"file\"", &["oracle.where"]),
        ("kind = \"canary\"\nwhere = \"environment\"", &["oracle.where"]),
        ("kind = \"canary\"\nwhere = \"callback\"", &["oracle.where"]),
        ("kind = \"canary\"\nwhere = \"written\"\npath = \"/scratch/a\"", &[]),
        ("kind = \"growth\"\nsmall = 100\nlarge = 120", &["oracle.large", "oracle.small"]),
        ("kind = \"exit\"\nstatus = 1", &["oracle.status"]),
        ("kind = \"exit\"\nstatus = 42", &[]),
        ("kind = \"output\"\nsays = \"no\"", &["oracle.says"]),
        ("kind = \"output\"\nsays = \"benign\"", &["oracle.says"]),
        ("kind = \"differential\"\nfixed = \"1.2.3\"", &["oracle.fixed"]),
        ("kind = \"signal\"\nsignal = \"SIGSEGV\"", &[]),
    ] {
        check(SANITIZER, oracle, places);
    }
}

#[test]
fn a_control_that_fails_on_purpose_is_told() {
    for (control, places) in [
        ("[\"false\"]", &["control", "control", "files[3].name"][..]),
        ("[\"sh\", \"-c\", \"/build/probe; exit 1\"]", &["control", "control", "files[3].name"]),
        ("[\"sh\", \"-c\", \"/build/probe || exit 0\"]", &["control", "files[3].name"]),
    ] {
        check("[\"/build/probe\", \"/recipe/benign.txt\"]", control, places);
    }
}

#[test]
fn requests_must_be_such() {
    let http = |control: &str, oracle: &str| {
        let text = format!(
            "version = 1\n[target]\necosystem = \"npm\"\nname = \"a\"\nversion = \"1.0.0\"\n\
             [oracle]\nkind = \"http\"\nattack = \"a.http\"\ncontrol = \"c.http\"\n{oracle}\n\
             [service]\nrun = [\"node\", \"/recipe/s.js\"]\nport = 8080\n[tests]\n\
             run = [[\"true\"]]\n[boundary]\nattacker = \"anybody\"\ncontrols = [\"a.http\"]\n\
             gains = [\"read\"]\n[[files]]\nname = \"a.http\"\ntext = \"a\"\n[[files]]\n\
             name = \"c.http\"\ntext = \"{control}\"\n[[files]]\nname = \"s.js\"\n\
             text = \"require('/target')(8080)\"\n"
        );
        let found = advice(&read(&text).unwrap());
        found.iter().map(|fault| fault.place.clone()).collect::<Vec<_>>().join(" ")
    };
    let fine = "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n";
    for (control, oracle, places) in [
        (fine, "status = 500", ""),
        (fine, "status = 200", "oracle.status"),
        (fine, "status = 200\nsays = \"root:\"", ""),
        ("GET / HTTP/1.1\\nHost: a\\n\\n", "status = 500", "oracle.control"),
        ("GET / HTTP/1.1\\r\\nA: a\\r\\n\\r\\n", "status = 500", "oracle.control"),
        ("hello", "status = 500", "oracle.control"),
        ("a", "status = 500", "oracle.control oracle.control"),
    ] {
        assert_eq!(http(control, oracle), places, "{control} {oracle}");
    }
}

#[test]
fn advice_on_the_recipes_of_this_repository_has_its_line() {
    for (path, text) in crate::recipe::tests::recipes() {
        let mut found = advice(&read(&text).unwrap());
        locate(&text, &mut found);
        for fault in &found {
            // What is missing at the top has no line; everything else has.
            let missing = !text.contains(&format!("\n{} = ", fault.place));
            assert!(fault.line.is_some() || missing, "{path:?}: {fault}");
        }
        // What concerns one file is never said of all of them.
        let unnamed = found.iter().filter(|fault| fault.place.starts_with("files["));
        assert!(unnamed.count() < 2, "{path:?}: {found:?}");
    }
}

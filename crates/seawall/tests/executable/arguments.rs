//! Arguments and exit status: 0 done, 1 the answer is "no", 2 could not do it.

use crate::corridor::PROGRAM;
use crate::house::seawall;
use seawall_testkit::database::Fresh;
use std::path::Path;

/// Runs the program and expects a status, and these words on standard error.
fn check(arguments: &[&str], status: i32, says: &str) {
    let output = seawall(Path::new(PROGRAM), arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
    assert!(said.contains(says), "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{arguments:?}: {said}");
}

#[test]
fn what_cannot_be_done_ends_with_two() {
    let folder = Fresh::sqlite();
    let at = |name: &str| folder.dir().join(name).display().to_string();
    for (name, text) in [("empty", ""), ("bad.json", "{"), ("bad.toml", "version = 7")] {
        std::fs::write(at(name), text).unwrap();
    }
    let (data, empty, bad) = (at("data"), at("empty"), at("bad.json"));
    let (recipe, missing) = (at("bad.toml"), at("missing"));
    let database = "postgres://nobody@127.0.0.1:1/none";
    let rows: [(&[&str], &str); 27] = [
        (&[], "Usage"),
        (&["dance"], "dance"),
        (&["serve", "--listen"], "--listen"),
        (&["serve", "--data", &data, "--listen", "nowhere"], "nowhere"),
        (&["serve", "--data", &data, "--listen", "0.0.0.0:0"], "plain HTTP"),
        (&["serve", "--data", &data, "--listen", "127.0.0.1:99999"], "99999"),
        (&["serve", "--data", &data, "--tls-cert", &empty], "--tls-key"),
        (&["serve", "--data", &data, "--tls-cert", &empty, "--tls-key", &empty], "cannot read"),
        (&["serve", "--data", &data, "--workers", "many"], "many"),
        (&["serve", "--data", &empty, "--listen", "127.0.0.1:0"], "empty"),
        (&["verify", "--data", &data, "--database-url", "mysql://x"], "postgres://"),
        (&["verify", "--data", &data, "--database-url", database], "seawall"),
        (&["match"], "FILES"),
        (&["match", &bad, "--data", &data], "no advisories are installed"),
        (&["match", &bad, "--advisories", &empty], "no advisory"),
        (&["match", &missing, "--advisories", &missing], "missing"),
        (&["match", &bad, "--hours", "six"], "a number such as 6 or 1.5"),
        (&["match", &bad, "--hours", "169"], "a week has 168"),
        (&["match", &bad, "--hours", "6", "--window", "night"], "night=2"),
        (&["match", &bad, "--window", "night=2"], "--hours"),
        (&["match", &bad, "--hours", "6", "--format", "csv"], "--format"),
        (&["exposure"], "ask"),
        (&["reproduce", &missing], "missing"),
        (&["reproduce", &recipe], "recipe"),
        (&["reproduce", &bad], ""),
        (&["admin", "--data", &data, "party", "x", "--role", "king"], "king"),
        (&["admin", "--data", &data, "project", "nothing", "x", "y"], "purl"),
    ];
    for (arguments, says) in rows {
        check(arguments, 2, says);
    }
}

/// What a newcomer tries with the framework's commands: it says what was wrong, and what there is.
#[test]
fn what_cannot_be_done_in_the_framework_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("empty"), "").unwrap();
    std::fs::write(at("words"), "hello").unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    let (empty, words, is_folder, missing) = (at("empty"), at("words"), at("folder"), at("no"));
    let (out, pipe) = (at("out"), at("pipe"));
    nix::unistd::mkfifo(pipe.as_str(), nix::sys::stat::Mode::S_IRUSR).unwrap();
    let id = "018f0000-0000-7000-8000-000000000000";
    let letter = ["evaluation", "letter", &words, "--engagement", id, "--safeguards", "none"];
    let concur = ["evaluation", "concur", &words, "--out", &out, "--official"];
    let asking = ["--server", "http://127.0.0.1:1", "--account-key", &words];
    let step = [&["engagement", "step", id, &words][..], &asking].concat();
    let record = [&["engagement", "record", id, &missing][..], &asking].concat();
    let rows: [(&[&str], &str); 17] = [
        (&["evaluation", "ingest", &empty], "it is empty"),
        (&["evaluation", "ingest", &words], "neither a ZIP archive"),
        (&["evaluation", "ingest", &is_folder], "it is a folder"),
        (&["evaluation", "ingest", "/dev/zero"], "it is no file"),
        // Nobody writes to it: nothing waits for that.
        (&["evaluation", "ingest", &pipe], "it is no file"),
        (&["evaluation", "concur", &pipe, "--official", "x", "--out", &out], "cannot use"),
        (&letter, "`production`, `reduced` and `helpful_only`"),
        (&[&concur[..], &[""]].concat(), "a name has letters"),
        (&[&concur[..], &["one\ntwo"]].concat(), "on one line"),
        (&["gateway", "usage", &missing], "there is no journal"),
        (&["gateway", "usage", &is_folder], "there is no journal"),
        (&["gateway", "verify", &missing], "there is no journal"),
        (&["gateway", "serve", "--settings", &missing], "No such file"),
        (&["engagement", "list", "--account-key", &words], "--server"),
        (
            &["engagement", "list", "--server", "http://far.invalid", "--account-key", &words],
            "https",
        ),
        (&step, "words is no JSON document"),
        (&record, "no"),
    ];
    for (arguments, says) in rows {
        check(arguments, 2, says);
    }
    // A cause is said once, however many layers tell of it.
    let output = seawall(Path::new(PROGRAM), &["gateway", "destroy", &missing, "--yes"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.matches("No such file").count(), 1, "{said}");
}

#[test]
fn help_and_version_end_with_zero() {
    for arguments in [&["--help"][..], &["--version"], &["serve", "--help"], &["admin", "--help"]] {
        check(arguments, 0, "");
    }
}

#[test]
fn an_administrator_sets_up_parties_and_keys() {
    let folder = Fresh::sqlite();
    let data = folder.dir().join("data").display().to_string();
    let admin = |arguments: &[&str]| {
        let all = [&["admin", "--data", &data], arguments].concat();
        let output = seawall(Path::new(PROGRAM), &all);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        said
    };
    let word = |text: &str, after: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(after));
        line.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    let party = word(&admin(&["party", "a lab", "--role", "finder"]), "party ");
    let machine = admin(&["account", &party, "agent", "--machine", "a model", "a harness"]);
    assert!(word(&machine, "key ").starts_with("tap_v1_"));
    let person = admin(&["account", &party, "the one who answers"]);
    assert!(word(&person, "/login/").len() >= 32);
    assert_eq!(word(&person, "signs as ").len(), 64);
    assert!(!machine.contains("signs as"), "no machine signs what people sign");
    let told: serde_json::Value =
        serde_json::from_str(&admin(&["account", &party, "another", "--json"])).unwrap();
    assert!(told["login"].as_str().unwrap().starts_with("/login/"), "{told}");
    assert_eq!(told["signs_as"].as_str().unwrap().len(), 64);
    word(&admin(&["invite", told["account"].as_str().unwrap()]), "/login/");
    let keeper = word(&admin(&["party", "keeper", "--role", "maintainer"]), "party ");
    let contact = "maintainer@door.invalid";
    word(&admin(&["project", "pkg:generic/door", &keeper, contact, "--withhold"]), "project ");
    for nobody in ["00000000-0000-0000-0000-000000000000", "somebody"] {
        let all = ["admin", "--data", &data, "account", nobody, "whose"];
        let output = seawall(Path::new(PROGRAM), &all);
        assert_eq!(output.status.code(), Some(2), "{nobody}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("party"), "{nobody}");
    }
    // The keys lie outside of the data, and neither is for others to read.
    use std::os::unix::fs::PermissionsExt;
    for private in [data.clone(), format!("{data}.keys")] {
        let mode = std::fs::metadata(&private).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{private}");
    }
    let verified = seawall(Path::new(PROGRAM), &["verify", "--data", &data]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

//! `seawall evaluation reverify` over small targets in C, each in a flawed and a fixed release.

use crate::corridor::PROGRAM;
use crate::house::can_run_proofs;
use serde_json::Value;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Reads the input into `text`, with a zero behind it.
const HEAD: &str = r#"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
int main(int count, char **words)
{
    char text[4096];
    size_t length;
    FILE *file = count > 1 ? fopen(words[1], "r") : NULL;
    if (file == NULL) return 9;
    length = fread(text, 1, sizeof text - 1, file);
    text[length] = 0;
    fclose(file);
"#;
const TAIL: &str = "    return 0;\n}\n";

/// A folder of this test's own, with a catalogue of releases.
struct Place(PathBuf);

impl Place {
    fn new(test: &str) -> Place {
        let name = format!("reverify-{test}-{}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Place(folder)
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A target with what its two releases do, and the recipe for both.
    fn target(&self, name: &str, flawed: &str, fixed: &str, options: &str) -> PathBuf {
        for (version, does) in [("flawed", flawed), ("fixed", fixed)] {
            let file = format!("catalogue/{name}/{version}/target.c");
            self.put(&file, &format!("{HEAD}{does}\n{TAIL}"));
        }
        let recipe = format!(
            r#"version = 1
build = [["gcc", "-g", "-O0", {options}"-o", "/build/target", "/target/target.c"]]
trigger = ["/build/target", "/recipe/input.txt"]
control = ["/build/target", "/recipe/benign.txt"]
input = "input.txt"

[target]
ecosystem = "Generic"
name = "{name}"
version = "flawed"

[oracle]
kind = "differential"
fixed = "fixed"

[limits]
seconds = 2

[[files]]
name = "input.txt"
text = "nothing was claimed yet"

[[files]]
name = "benign.txt"
text = "fine"
"#
        );
        self.put(&format!("{name}.toml"), &recipe)
    }

    /// Puts a claim to the test; gives what is said of it and the status.
    fn check(&self, recipe: &Path, claim: &str) -> (Value, Option<i32>) {
        let claim = self.put("claim.txt", claim);
        let output = Command::new(PROGRAM)
            .args(["evaluation", "reverify", "--json", "--cache"])
            .arg(self.0.join("cache"))
            .arg("--local-catalogue")
            .arg(self.0.join("catalogue"))
            .args([recipe, &claim])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let told: Value = serde_json::from_slice(&output.stdout).expect(&said);
        (told["claims"][0].clone(), output.status.code())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn only_what_crashes_the_flawed_build_and_not_the_fixed_is_confirmed() {
    let test = "only_what_crashes_the_flawed_build_and_not_the_fixed_is_confirmed";
    if !can_run_proofs(Path::new(PROGRAM), test) {
        return;
    }
    let place = Place::new("crashes");
    let check = |recipe: &Path, claim: &str, says: &str| {
        let (told, status) = place.check(recipe, claim);
        let words = told["words"].as_str().unwrap();
        assert!(words.starts_with(says), "{}: {told}", recipe.display());
        let holds = says.starts_with("confirmed");
        assert_eq!((status, &told["holds"]), (Some(i32::from(!holds)), &holds.into()), "{told}");
    };
    // Beyond its end, where only a sanitizer sees it.
    let copy = "    char *kept = malloc(8); LIMIT strcpy(kept, text); printf(\"%s\", kept);";
    let (flawed, fixed) =
        (copy.replace("LIMIT", ""), copy.replace("LIMIT", "if (length > 7) return 1;"));
    let overflow = place.target("overflow", &flawed, &fixed, "\"-fsanitize=address\", ");
    check(&overflow, "longer than eight bytes", "confirmed: the flawed build crashes (Heap-buffer");
    check(&overflow, "short", "refuted: the flawed build does not crash");
    // By a signal.
    let null = "    char *none = NULL; if (text[0] == '!') NULLED";
    let (flawed, fixed) =
        (null.replace("NULLED", "*none = 1;"), null.replace("NULLED", "return 2;"));
    let signal = place.target("signal", &flawed, &fixed, "");
    check(&signal, "!", "confirmed: the flawed build crashes");
    // Too long is no crash, however it ends.
    let spins = place.target("spins", "    while (text[0] == '!') { }", "", "");
    check(&spins, "!", "refuted: the flawed build does not end in time");
    // Both crash: it is another flaw.
    let both = "    if (text[0] == '!') abort();";
    let both = place.target("both", both, both, "");
    check(&both, "!", "refuted: the fixed build crashes as well");
    // A status of its own is no crash, and neither is what looks like a report.
    let refuses = "    if (text[0] == '!') return 77;";
    check(
        &place.target("refuses", refuses, "", ""),
        "!",
        "refuted: the flawed build does not crash",
    );
    let echoes = "    if (text[0] == '=') { fputs(text, stderr); return 1; }";
    let echoes = place.target("echoes", echoes, echoes, "");
    let report = "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602 at pc 0x1\n\
                  WRITE of size 1 at 0x602 thread T0\n    #0 0x1 in main /target/target.c:9\n";
    check(&echoes, report, "refuted: the fixed build crashes as well");
    // There is no network: whoever listens outside is not reached.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let connects = "    struct sockaddr_in to = {0}; int s = socket(AF_INET, SOCK_STREAM, 0);
    to.sin_family = AF_INET; to.sin_port = htons(atoi(text));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (atoi(text) > 0 && connect(s, (struct sockaddr *)&to, sizeof to) == 0) abort();";
    let connects = place.target("connects", connects, "", "");
    check(&connects, &port.to_string(), "refuted: the flawed build does not crash");
}

#[test]
fn what_crashes_now_and_then_is_named() {
    if !can_run_proofs(Path::new(PROGRAM), "what_crashes_now_and_then_is_named") {
        return;
    }
    let place = Place::new("luck");
    let luck = "    struct timespec now; clock_gettime(CLOCK_REALTIME, &now);
    if (text[0] == '!' && now.tv_nsec / 1000 % 2) abort();";
    let luck = place.target("luck", luck, "", "");
    // Five runs that all end alike are one case in sixteen; so often in a row they are none.
    for _ in 0..8 {
        let (told, status) = place.check(&luck, "!");
        if told["verdict"] == "unsteady" {
            assert_eq!((status, &told["runs"]), (Some(1), &12.into()), "{told}");
            let crashed = told["flawed"].as_u64().unwrap();
            assert!((1..12).contains(&crashed) && told["fixed"] == 0, "{told}");
            return;
        }
    }
    panic!("it was never unsteady");
}

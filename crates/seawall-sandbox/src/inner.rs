//! Who runs, and what a recipe's build and its result are made of inside the sandbox.
//!
//! Process limits bind to a user, and never to root. So a laboratory that runs as root gives each
//! run a user of its own, and one that runs as an ordinary user has a user namespace, in which the
//! kernel counts from nothing.

use std::sync::OnceLock;

/// Users of runs start here: far above any account, and drawn at random from the space above.
const RUN_USER_FIRST: u32 = 0x5000_0000;
const RUN_USER_SPACE: u32 = 0x1000_0000;
/// `tar` unpacks what the build left; then the command starts with nothing on its input.
const UNPACK_BUILD: &str =
    "tar -x --no-same-owner -f - -C /build || exit 125; exec \"$@\" </dev/null";
/// Every build step in turn, saying nothing on the stream that carries what they leave behind.
const PACK_BUILD: &str = "cd /build
find . -mindepth 1 -maxdepth 1 -print0 | \
    tar -c --null --verbatim-files-from --files-from=- -f - >&3
";

/// Who starts the sandbox.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Starter {
    Root,
    Ordinary,
}

impl Starter {
    /// Root that may not become other users (in a container of an ordinary user) is an ordinary
    /// user.
    pub(crate) fn here() -> Starter {
        static HERE: OnceLock<Starter> = OnceLock::new();
        *HERE.get_or_init(|| {
            let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
            if nix::unistd::geteuid().is_root() && knows_run_users(&map) {
                Starter::Root
            } else {
                Starter::Ordinary
            }
        })
    }
}

/// Whether a map of users, in the form of user_namespaces(7), has all users of runs.
fn knows_run_users(map: &str) -> bool {
    map.lines().any(|line| {
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        let last = u64::from(RUN_USER_FIRST + (RUN_USER_SPACE - 1));
        matches!(numbers.as_slice(), [first, _, count]
            if *first <= u64::from(RUN_USER_FIRST) && first.saturating_add(*count) > last)
    })
}

/// A user number for one run, out of random bits.
pub(crate) fn run_user(random: u32) -> u32 {
    RUN_USER_FIRST + random % RUN_USER_SPACE
}

/// A command that first unpacks what the build left.
pub(crate) fn after_build(command: &[String]) -> Vec<String> {
    let shell = ["/bin/sh", "-c", UNPACK_BUILD, "sh"].map(String::from);
    shell.into_iter().chain(command.iter().cloned()).collect()
}

/// All build steps as one command that prints, as a `tar` stream, what they left in `/build`.
pub(crate) fn building(steps: &[Vec<String>]) -> Vec<String> {
    let mut script = String::from("set -e\nexec 3>&1 1>&2\n");
    for step in steps {
        let words: Vec<String> = step.iter().map(|word| quoted(word)).collect();
        script.push_str(&words.join(" "));
        script.push_str(" 3>&-\n");
    }
    script.push_str(PACK_BUILD);
    vec!["/bin/sh".into(), "-c".into(), script]
}

/// A word as a shell reads it back, whatever is in it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// What a real shell makes of a word is the word.
    fn check(word: &str) {
        let script = format!("printf %s {}", quoted(word));
        let said = Command::new("/bin/sh").args(["-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&said.stdout), word);
    }

    #[test]
    fn no_word_of_a_build_is_read_by_the_shell() {
        for word in ["plain", "a b", "$(id)", "`id`", "it's", "''", "a\nb", "\\", "*", "é;|&<>"] {
            check(word);
        }
    }

    #[test]
    fn only_root_of_the_host_has_users_to_give() {
        for (map, expected) in [
            ("         0          0 4294967295\n", true),
            ("0 1000 1\n1 100000 65536\n", false),
            ("0 1000 1\n1342177280 0 268435456", true),
            ("0 1000 1\n1342177280 0 268435455", false),
            ("", false),
            ("0 x 18446744073709551615", false),
        ] {
            assert_eq!(knows_run_users(map), expected, "{map}");
        }
    }

    #[test]
    fn users_of_runs_are_far_from_accounts() {
        for random in [0, 1, u32::MAX, RUN_USER_SPACE] {
            assert!((RUN_USER_FIRST..0x6000_0000).contains(&run_user(random)));
        }
    }
}

//! Programs that connect to other machines or bring software from them, and when they do not.

use super::address::{Address, Side, addresses};
use super::shell::{self, from_program, program};

/// Scripts within scripts deeper than this are nobody's honest recipe.
const DEPTH_MAX: usize = 4;
/// Programs whose work it is to talk to the address that they are given.
const CONNECT: [&str; 38] = [
    "curl",
    "wget",
    "nc",
    "ncat",
    "netcat",
    "socat",
    "telnet",
    "ssh",
    "scp",
    "sftp",
    "ssh-keyscan",
    "ftp",
    "lftp",
    "tftp",
    "ping",
    "ping6",
    "fping",
    "traceroute",
    "tracepath",
    "mtr",
    "dig",
    "nslookup",
    "host",
    "whois",
    "aria2c",
    "axel",
    "lynx",
    "links",
    "w3m",
    "http",
    "https",
    "httpie",
    "xh",
    "nmap",
    "ldapsearch",
    "smbclient",
    "sshpass",
    "wscat",
];
/// Their names which are also plain words, so that a text in a program must name an address too.
const PLAIN_WORDS: [&str; 6] = ["host", "http", "https", "links", "ping", "ftp"];
/// Installers: the program, the words of which one must follow (any if there are none), and the
/// options by which it stays inside.
const BRING: [(&str, &[&str], &[&str]); 44] = [
    ("pip", &["install", "download", "wheel"], &["--no-index"]),
    ("pip3", &["install", "download", "wheel"], &["--no-index"]),
    ("pipx", &["install", "run"], &[]),
    ("uv", &["pip", "sync", "add", "run", "tool"], &["--offline"]),
    ("poetry", &["install", "add", "update"], &[]),
    ("conda", &["install", "create", "update"], &["--offline"]),
    ("easy_install", &[], &[]),
    ("npm", &["install", "i", "ci", "add", "update", "exec"], &["--offline"]),
    ("npx", &[], &["--offline", "--no", "--no-install"]),
    ("yarn", &["install", "add", "up"], &["--offline"]),
    ("pnpm", &["install", "i", "add", "update"], &["--offline"]),
    ("bower", &["install"], &["--offline"]),
    ("gem", &["install", "fetch", "update"], &["--local"]),
    ("bundle", &["install", "update"], &["--local"]),
    ("composer", &["install", "require", "update"], &[]),
    (
        "cargo",
        &[
            "build",
            "b",
            "run",
            "r",
            "test",
            "t",
            "check",
            "c",
            "fetch",
            "install",
            "add",
            "update",
            "bench",
            "doc",
            "metadata",
            "search",
            "vendor",
            "clippy",
            "rustc",
            "generate-lockfile",
        ],
        &["--offline", "--frozen"],
    ),
    ("rustup", &["install", "update", "component", "target", "toolchain"], &[]),
    ("go", &["get"], &[]),
    ("mvn", &[], &["-o", "--offline", "-v", "--version"]),
    ("mvnw", &[], &["-o", "--offline"]),
    ("gradle", &[], &["--offline", "-v", "--version"]),
    ("gradlew", &[], &["--offline"]),
    ("sbt", &[], &[]),
    ("dotnet", &["restore", "add", "tool"], &[]),
    ("nuget", &["install", "restore"], &[]),
    ("apt", &["install", "update", "upgrade", "download", "source", "build-dep"], &[]),
    ("apt-get", &["install", "update", "upgrade", "download", "source", "build-dep"], &[]),
    ("aptitude", &["install", "update"], &[]),
    ("dnf", &["install", "update", "download"], &[]),
    ("yum", &["install", "update"], &[]),
    ("zypper", &["install", "in", "refresh"], &[]),
    ("apk", &["add", "update", "fetch"], &["--no-network"]),
    ("pacman", &["-S", "-Sy", "-Syu"], &[]),
    ("brew", &["install", "update"], &[]),
    ("snap", &["install"], &[]),
    ("docker", &["pull", "run", "build", "push"], &[]),
    ("podman", &["pull", "run", "build", "push"], &[]),
    ("cpan", &[], &[]),
    ("cpanm", &[], &[]),
    ("luarocks", &["install"], &[]),
    ("opam", &["install", "update"], &[]),
    ("mix", &["deps.get", "local.hex"], &[]),
    ("svn", &["checkout", "co", "export", "update", "up"], &[]),
    ("hg", &["clone", "pull", "push"], &[]),
];
/// What git does with another repository.
const GIT: [&str; 6] = ["clone", "fetch", "pull", "push", "ls-remote", "submodule"];
const SHELLS: [&str; 6] = ["sh", "bash", "dash", "ash", "zsh", "ksh"];

/// Who names a program.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum By {
    /// A command of the recipe or of a script.
    Command,
    /// A text in a program that starts others.
    Literal,
}

/// What the addresses around some words say of a variable among them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Around {
    /// There are some, and all of them are this machine's or nobody's.
    Inside,
    /// There is none, or one lies outside.
    Unclear,
}

impl Around {
    pub(super) fn of(addresses: &[Address<'_>]) -> Around {
        let inside = addresses.iter().all(|one| one.side != Side::Outside);
        if inside && !addresses.is_empty() { Around::Inside } else { Around::Unclear }
    }
}

/// Where the program that some words start would reach, in words.
pub(super) fn reached(words: &[String], around: Around, by: By) -> Option<String> {
    deeper(words, around, by, 0)
}

fn deeper(words: &[String], around: Around, by: By, depth: usize) -> Option<String> {
    let words = from_program(words);
    let (first, rest) = words.split_first()?;
    if depth < DEPTH_MAX {
        let script = match script(words) {
            None if first.contains(char::is_whitespace) => Some(first),
            script => script,
        };
        if let Some(script) = script {
            return shell::commands(script)
                .iter()
                .find_map(|one| deeper(&one.words, around, by, depth + 1));
        }
    }
    let name = program(first);
    if CONNECT.contains(&name) {
        let named: Vec<Address<'_>> = rest.iter().flat_map(|word| addresses(word)).collect();
        let plain = by == By::Literal && PLAIN_WORDS.contains(&name);
        let outside = named.iter().any(|one| one.side == Side::Outside);
        let listens = rest.iter().any(|word| word == "-l" || word == "--listen");
        let inside = stays_inside(rest, &named, around) || (plain && !outside) || listens;
        return (!inside).then(|| format!("`{name}` connects to other machines"));
    }
    if name == "openssl" {
        let inside = stays_inside(rest, &[], around);
        let connects = rest.first().is_some_and(|word| word == "s_client") && !inside;
        return connects.then(|| "`openssl s_client` connects to other machines".to_owned());
    }
    if name == "git" {
        let verb = rest.iter().find(|word| GIT.contains(&word.as_str()))?;
        let local = |word: &String| word.starts_with(['/', '.']) || word.starts_with("file://");
        let inside = rest.iter().any(local) || (verb == "submodule" && !has(rest, "update"));
        return (!inside).then(|| format!("`git {verb}` asks another machine"));
    }
    if name == "rsync" {
        let remote = |word: &&String| word.contains(':') && !word.starts_with(['-', '/']);
        return rest.iter().find(remote).map(|_| "`rsync` copies from another machine".to_owned());
    }
    brings(name, rest)
}

/// The text of `sh -c TEXT`.
fn script(words: &[String]) -> Option<&String> {
    let (first, rest) = words.split_first()?;
    if !SHELLS.contains(&program(first)) {
        return None;
    }
    let is_text = |word: &String| word.starts_with('-') && word.ends_with('c');
    rest.get(rest.iter().position(is_text)? + 1)
}

/// Whether the words name an address and all that they name are this machine's or nobody's.
fn stays_inside(words: &[String], named: &[Address<'_>], around: Around) -> bool {
    if words.iter().any(|word| word.contains("SEAWALL_CALLBACK")) {
        return true;
    }
    // A word with a variable, or a word that comes from elsewhere, is judged by what is around.
    let here = if named.is_empty() { around } else { Around::of(named) };
    here == Around::Inside
}

fn brings(name: &str, rest: &[String]) -> Option<String> {
    if name.starts_with("python") {
        let module = rest.iter().position(|word| word == "-m")?;
        let (module, after) = rest.get(module + 1..)?.split_first()?;
        return if module.starts_with("pip") { brings(module, after) } else { None };
    }
    if name == "go" {
        let (verb, after) = rest.split_first()?;
        let fetches = match verb.as_str() {
            "install" | "run" => after.iter().any(|word| word.contains('@')),
            "mod" => ["download", "tidy", "vendor"].iter().any(|word| has(after, word)),
            _ => false,
        };
        if fetches {
            return Some(format!("`go {verb}` brings modules from outside"));
        }
    }
    let (_, verbs, inside) = BRING.iter().find(|(known, _, _)| *known == name)?;
    let verb = rest.iter().find(|word| verbs.contains(&word.as_str()));
    if (verb.is_none() && !verbs.is_empty()) || inside.iter().any(|option| has(rest, option)) {
        return None;
    }
    let verb = verb.map_or(String::new(), |verb| format!(" {verb}"));
    let said = match inside.first() {
        Some(option) => format!("`{name}{verb}` without `{option}` brings software from outside"),
        None => format!("`{name}{verb}` brings software from outside"),
    };
    Some(said)
}

fn has(words: &[String], wanted: &str) -> bool {
    words.iter().any(|word| word == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expects what a command reaches, by the first words of what is said; nothing if empty.
    fn check(command: &str, expected: &str) {
        let words: Vec<String> = command.split(' ').map(str::to_owned).collect();
        let said = reached(&words, Around::Unclear, By::Command).unwrap_or_default();
        let fits = if expected.is_empty() { said.is_empty() } else { said.starts_with(expected) };
        assert!(fits, "{command}: {said}");
    }

    #[test]
    fn programs_that_reach_outside_are_known() {
        for (command, expected) in [
            ("curl -s http://evil.co", "`curl` connects"),
            ("/usr/bin/curl x", "`curl` connects"),
            ("curl http://127.0.0.1:8080/x", ""),
            ("curl $SEAWALL_CALLBACK", ""),
            ("curl http://localhost/ http://evil.co/", "`curl` connects"),
            ("curl http://a.example/", ""),
            ("nc -l 8080", ""),
            ("nc 127.0.0.1 80", ""),
            ("nc db 80", "`nc` connects"),
            ("env A=1 timeout 5 wget x", "`wget` connects"),
            ("ping 127.0.0.1", ""),
            ("dig evil.co", "`dig` connects"),
            ("git clone https://a.co/b", "`git clone`"),
            ("git clone /target x", ""),
            ("git clone file:///target x", ""),
            ("git submodule status", ""),
            ("git submodule update --init", "`git submodule`"),
            ("git apply x.diff", ""),
            ("pip install x", "`pip install`"),
            ("pip install --no-index /target", ""),
            ("python3 -m pip install x", "`pip install`"),
            ("python3 -I /recipe/probe.py", ""),
            ("npm install", "`npm install`"),
            ("npm test", ""),
            ("npx tap", "`npx`"),
            ("cargo build", "`cargo build` without `--offline`"),
            ("cargo build --offline", ""),
            ("cargo --frozen test", ""),
            ("cargo --version", ""),
            ("go build ./...", ""),
            ("go get x", "`go get`"),
            ("go install x@latest", "`go install`"),
            ("go mod download", "`go mod`"),
            ("mvn -o test", ""),
            ("mvn test", "`mvn` without `-o`"),
            ("apt-get install -y x", "`apt-get install`"),
            ("sudo apt install x", "`apt install`"),
            ("rsync -a a b", ""),
            ("rsync -a h:a b", "`rsync`"),
            ("openssl s_client -connect a", "`openssl s_client`"),
            ("openssl dgst x", ""),
            ("gcc -o x y.c", ""),
            ("", ""),
        ] {
            check(command, expected);
        }
    }

    #[test]
    fn scripts_in_words_are_read() {
        let words =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        for (command, reaches) in [
            (&["sh", "-c", "cd /x && curl evil.co"][..], true),
            (&["bash", "-ec", "sh -c 'wget x'"], true),
            (&["sh", "-c", "echo curl"], false),
            (&["curl x"], true),
            (&["sh", "/recipe/curl"], false),
        ] {
            assert_eq!(
                reached(&words(command), Around::Unclear, By::Command).is_some(),
                reaches,
                "{command:?}"
            );
        }
        assert!(reached(&words(&["ping"]), Around::Unclear, By::Literal).is_none());
        assert!(reached(&words(&["ping", "8.8.8.8"]), Around::Unclear, By::Literal).is_some());
    }
}

//! Texts of programs: what is comment in them, which texts they hold, and whether they connect.

/// How a language writes its comments and texts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Family {
    /// Run by a shell; comments begin with `#`.
    Shell,
    /// Python, Ruby, Perl: comments begin with `#`.
    Hash,
    /// C and what looks like it: `//` and `/* */`.
    Slash,
}

/// Ends of names, and the family of what is in such files.
const ENDS: [(&str, Family); 36] = [
    ("sh", Family::Shell),
    ("bash", Family::Shell),
    ("mk", Family::Shell),
    ("py", Family::Hash),
    ("pyw", Family::Hash),
    ("rb", Family::Hash),
    ("pl", Family::Hash),
    ("pm", Family::Hash),
    ("t", Family::Hash),
    ("r", Family::Hash),
    ("ex", Family::Hash),
    ("exs", Family::Hash),
    ("tcl", Family::Hash),
    ("js", Family::Slash),
    ("mjs", Family::Slash),
    ("cjs", Family::Slash),
    ("ts", Family::Slash),
    ("c", Family::Slash),
    ("h", Family::Slash),
    ("cc", Family::Slash),
    ("cpp", Family::Slash),
    ("cxx", Family::Slash),
    ("hh", Family::Slash),
    ("hpp", Family::Slash),
    ("rs", Family::Slash),
    ("go", Family::Slash),
    ("java", Family::Slash),
    ("kt", Family::Slash),
    ("scala", Family::Slash),
    ("groovy", Family::Slash),
    ("gradle", Family::Slash),
    ("swift", Family::Slash),
    ("cs", Family::Slash),
    ("php", Family::Slash),
    ("dart", Family::Slash),
    ("m", Family::Slash),
];
/// What starts a file, by the last word of its first line or by a program that is given it.
const INTERPRETERS: [(&str, Family); 12] = [
    ("sh", Family::Shell),
    ("bash", Family::Shell),
    ("dash", Family::Shell),
    ("make", Family::Shell),
    ("python", Family::Hash),
    ("pypy", Family::Hash),
    ("ruby", Family::Hash),
    ("perl", Family::Hash),
    ("node", Family::Slash),
    ("deno", Family::Slash),
    ("bun", Family::Slash),
    ("php", Family::Slash),
];
/// Words by which a program makes connections.
const CONNECTS: [&str; 68] = [
    "socket",
    "urllib",
    "urlopen",
    "requests.",
    "import requests",
    "http.client",
    "httplib",
    "httpx",
    "aiohttp",
    "ftplib",
    "smtplib",
    "poplib",
    "imaplib",
    "telnetlib",
    "paramiko",
    "asyncio.open_connection",
    "fetch(",
    "XMLHttpRequest",
    "require('http')",
    "require(\"http\")",
    "require('https')",
    "require(\"https\")",
    "require('http2')",
    "require('net')",
    "require(\"net\")",
    "require('dns')",
    "require('dgram')",
    "require('tls')",
    "from 'http",
    "from \"http",
    "node:http",
    "node:net",
    "node:dns",
    "node:tls",
    "node:dgram",
    "http.get",
    "http.request",
    "net.connect",
    "createConnection",
    "WebSocket",
    "axios",
    "got(",
    "undici",
    "connect(",
    "getaddrinfo",
    "gethostbyname",
    "sendto(",
    "curl",
    "wget",
    "TcpStream",
    "UdpSocket",
    "ToSocketAddrs",
    "reqwest",
    "ureq",
    "hyper::",
    "net.Dial",
    "http.Get",
    "http.Post",
    "net/http",
    "java.net",
    "HttpClient",
    "URLConnection",
    "openConnection",
    "Net::HTTP",
    "open-uri",
    "LWP::",
    "fsockopen",
    "/dev/tcp/",
];
/// Words by which a program starts others.
const STARTS: [&str; 17] = [
    "system(",
    "subprocess",
    "popen",
    "exec(",
    "execSync",
    "execFile",
    "spawn",
    "execl",
    "execv",
    "Command::new",
    "ProcessBuilder",
    "getRuntime",
    "exec.Command",
    "child_process",
    "Open3",
    "shell_exec",
    "passthru",
];

/// The family of a file; `None` when it is nothing that runs.
pub(crate) fn family(name: &str, text: &str) -> Option<Family> {
    if let Some(line) = text.strip_prefix("#!").and_then(|rest| rest.lines().next()) {
        let program =
            line.split_whitespace().map(super::shell::program).find(|word| *word != "env");
        return Some(program.and_then(interpreter).unwrap_or(Family::Hash));
    }
    let base = name.rsplit('/').next().unwrap_or(name);
    if ["makefile", "gnumakefile", "configure"].contains(&base.to_ascii_lowercase().as_str()) {
        return Some(Family::Shell);
    }
    let (_, end) = base.rsplit_once('.')?;
    let end = end.to_ascii_lowercase();
    ENDS.iter().find(|(known, _)| *known == end).map(|(_, family)| *family)
}

/// The family of what a program such as `python3` runs.
pub(crate) fn interpreter(program: &str) -> Option<Family> {
    let bare = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    INTERPRETERS.iter().find(|(known, _)| *known == bare).map(|(_, family)| *family)
}

/// Whether a program's text makes connections.
pub(super) fn connects(code: &str) -> bool {
    CONNECTS.iter().any(|word| code.contains(word))
}

/// Whether a program's text starts other programs.
pub(super) fn starts(code: &str) -> bool {
    STARTS.iter().any(|word| code.contains(word))
}

/// A text in quotes, and the line on which it begins, from 1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Literal {
    pub line: usize,
    pub text: String,
}

/// A program's text taken apart.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// All of it without its comments, on the same lines.
    pub code: String,
    pub literals: Vec<Literal>,
}

/// Takes a program's text apart. A quote that never ends is one to the end of its line.
pub(super) fn take_apart(text: &str, family: Family) -> Source {
    let mut source = Source::default();
    let mut line = 1;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let blank = source.code.chars().next_back().is_none_or(char::is_whitespace);
        let hash = c == '#' && family != Family::Slash && blank;
        let slashes = family == Family::Slash && rest.starts_with("//");
        if hash || slashes {
            rest = rest.find('\n').and_then(|at| rest.get(at..)).unwrap_or_default();
            continue;
        }
        if family == Family::Slash && rest.starts_with("/*") {
            let inner = rest.get(2..).unwrap_or_default();
            let end = inner.find("*/").map_or(inner.len(), |at| at + 2);
            let (comment, after) = inner.split_at(end);
            let lines = comment.bytes().filter(|byte| *byte == b'\n').count();
            source.code.extend(std::iter::repeat_n('\n', lines));
            line += lines;
            rest = after;
            continue;
        }
        if matches!(c, '"' | '\'' | '`') {
            let (inner, after) = literal(after, c);
            let closing = rest.len() - after.len() - 1 > inner.len();
            source.literals.push(Literal { line, text: inner.to_owned() });
            source.code.push(c);
            source.code.push_str(inner);
            source.code.extend(closing.then_some(c));
            line += inner.bytes().filter(|byte| *byte == b'\n').count();
            rest = after;
            continue;
        }
        line += usize::from(c == '\n');
        source.code.push(c);
        rest = after;
    }
    source
}

/// What stands up to the closing quote, and what follows the quote. Only `` ` `` goes over lines.
fn literal(after: &str, quote: char) -> (&str, &str) {
    let mut escaped = false;
    for (at, c) in after.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' if quote != '`' => return after.split_at(at),
            c if c == quote => {
                let (inner, rest) = after.split_at(at);
                return (inner, rest.get(1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (after, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, family: Family, code: &str, literals: &[&str]) {
        let source = take_apart(text, family);
        let found: Vec<&str> = source.literals.iter().map(|one| one.text.as_str()).collect();
        assert_eq!((source.code.as_str(), found.as_slice()), (code, literals), "{text}");
    }

    #[test]
    fn comments_are_left_out_and_texts_are_found() {
        check("a # b\nc", Family::Hash, "a \nc", &[]);
        check("a('x # y') # z", Family::Hash, "a('x # y') ", &["x # y"]);
        check("a // http://b\nc", Family::Slash, "a \nc", &[]);
        check("a(\"http://b\") // c", Family::Slash, "a(\"http://b\") ", &["http://b"]);
        check("a /* b\n c */ d", Family::Slash, "a \n d", &[]);
        check("'a\\'b' 'open\nc", Family::Slash, "'a\\'b' 'open\nc", &["a\\'b", "open"]);
        check("a#b", Family::Shell, "a#b", &[]);
    }

    #[test]
    fn files_that_run_are_told_by_name_and_first_line() {
        for (name, text, expected) in [
            ("a/probe.py", "", Some(Family::Hash)),
            ("Makefile", "", Some(Family::Shell)),
            ("run", "#!/usr/bin/env python3\n", Some(Family::Hash)),
            ("run", "#!/bin/sh -e\n", Some(Family::Shell)),
            ("input.xml", "", None),
            ("attack.txt", "", None),
            ("Cargo.toml", "", None),
            ("attack", "", None),
        ] {
            assert_eq!(family(name, text), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(//|/\\*|\\*/|[\"'`\\\\\n#a é]){0,60}") {
            for family in [Family::Shell, Family::Hash, Family::Slash] {
                let lines = |text: &str| text.matches('\n').count();
                prop_assert_eq!(lines(&take_apart(&text, family).code), lines(&text));
            }
        }
    }
}

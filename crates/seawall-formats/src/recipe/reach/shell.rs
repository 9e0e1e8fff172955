//! Shell texts as lists of simple commands (POSIX.1-2024, Shell Command Language, section 2.9).
//!
//! No grammar: words are split where a shell would split them, and every place at which a shell
//! could begin a command begins one here. Too many commands are found rather than too few.

/// Commands within commands deeper than this are nobody's honest script.
const DEPTH_MAX: usize = 4;
/// Words that stand before a command and start none themselves.
const BEFORE: [&str; 25] = [
    "if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "exec", "command",
    "builtin", "env", "nohup", "sudo", "nice", "setsid", "stdbuf", "eval", "xargs", "trap",
    "unshare", "timeout", "strace",
];

/// One simple command.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Simple {
    /// The line of the text on which it begins, from 1.
    pub line: usize,
    /// Its words without their quotes.
    pub words: Vec<String>,
}

/// The simple commands of a text, in order.
pub(crate) fn commands(text: &str) -> Vec<Simple> {
    let mut reader = Reader::new(0, 1);
    reader.read(text);
    reader.found
}

/// The words from the program on: without assignments, keywords and programs that start another.
pub(crate) fn from_program(words: &[String]) -> &[String] {
    let mut rest = words;
    while let [first, after @ ..] = rest {
        let assigns = first.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        });
        let name = program(first);
        // What is said to the program that starts another: `env -i`, `timeout -k 1 5`.
        let said = first.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        if assigns || BEFORE.contains(&name) || (said && words.len() != rest.len()) {
            rest = after;
        } else {
            break;
        }
    }
    rest
}

/// The name of a program, without its folder.
pub(crate) fn program(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

struct Reader {
    depth: usize,
    line: usize,
    begun: usize,
    word: Option<String>,
    words: Vec<String>,
    /// Ends of here-documents that begin on the next line.
    awaited: Vec<String>,
    found: Vec<Simple>,
}

impl Reader {
    fn new(depth: usize, line: usize) -> Reader {
        let (word, words, awaited, found) = (None, Vec::new(), Vec::new(), Vec::new());
        Reader { depth, line, begun: line, word, words, awaited, found }
    }

    fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let after = rest.get(c.len_utf8()..).unwrap_or_default();
            rest = match c {
                '\\' => self.escaped(after),
                '\'' | '"' => self.quoted(after, c),
                '#' if self.word.is_none() => {
                    after.find('\n').and_then(|at| after.get(at..)).unwrap_or_default()
                }
                '\n' => {
                    self.end_command();
                    self.line += 1;
                    self.here_documents(after)
                }
                ';' | '&' | '|' | '(' | ')' | '`' => {
                    self.end_command();
                    after
                }
                '$' if after.starts_with('(') => {
                    self.end_command();
                    after.get(1..).unwrap_or_default()
                }
                '<' if after.starts_with('<') && !after.starts_with("<<") && !self.in_arrow() => {
                    self.end_word();
                    self.awaits(after.get(1..).unwrap_or_default())
                }
                c if c.is_whitespace() => {
                    self.end_word();
                    after
                }
                c => {
                    self.push(c);
                    after
                }
            };
        }
        self.end_command();
    }

    /// Whether what comes is the end of `<<<`, which begins no here-document.
    fn in_arrow(&self) -> bool {
        self.word.as_ref().is_some_and(|word| word.ends_with('<'))
    }

    fn push(&mut self, c: char) {
        if self.words.is_empty() && self.word.is_none() {
            self.begun = self.line;
        }
        self.word.get_or_insert_default().push(c);
    }

    fn escaped<'a>(&mut self, after: &'a str) -> &'a str {
        let mut chars = after.chars();
        match chars.next() {
            Some('\n') => self.line += 1,
            Some(c) => self.push(c),
            None => {}
        }
        chars.as_str()
    }

    /// Reads on after an opening quote; commands within it are read as commands of their own.
    fn quoted<'a>(&mut self, after: &'a str, quote: char) -> &'a str {
        let mut inner = String::new();
        let mut chars = after.chars();
        let begun = self.line;
        while let Some(c) = chars.next() {
            if c == quote {
                break;
            }
            let c = if c == '\\' && quote == '"' { chars.next().unwrap_or(c) } else { c };
            self.line += usize::from(c == '\n');
            inner.push(c);
        }
        if self.words.is_empty() && self.word.is_none() {
            self.begun = begun;
        }
        if quote == '"' && self.depth < DEPTH_MAX {
            for opening in ["$(", "`"] {
                if let Some((_, nested)) = inner.split_once(opening) {
                    self.nested(nested, begun);
                }
            }
        }
        self.word.get_or_insert_default().push_str(&inner);
        chars.as_str()
    }

    fn nested(&mut self, text: &str, line: usize) {
        let mut reader = Reader::new(self.depth + 1, line);
        reader.read(text);
        self.found.append(&mut reader.found);
    }

    /// Notes the end of a here-document, of which `text` begins with the word.
    fn awaits<'a>(&mut self, text: &'a str) -> &'a str {
        let text = text.strip_prefix('-').unwrap_or(text).trim_start_matches(' ');
        let length = text.find(|c: char| c.is_whitespace() || ";&|()".contains(c));
        let (word, rest) = text.split_at(length.unwrap_or(text.len()));
        let word = word.replace(['"', '\'', '\\'], "");
        if !word.is_empty() {
            self.awaited.push(word);
        }
        rest
    }

    /// Reads the here-documents that begin here, each as a text of commands.
    fn here_documents<'a>(&mut self, text: &'a str) -> &'a str {
        let mut rest = text;
        for end in std::mem::take(&mut self.awaited) {
            let (begun, start) = (self.line, rest);
            while !rest.is_empty() {
                let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
                self.line += 1;
                rest = after;
                if line.trim() == end {
                    break;
                }
            }
            if self.depth < DEPTH_MAX {
                let length = start.len() - rest.len();
                self.nested(start.get(..length).unwrap_or_default(), begun);
            }
        }
        rest
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end_command(&mut self) {
        self.end_word();
        let words = std::mem::take(&mut self.words);
        if !words.is_empty() {
            self.found.push(Simple { line: self.begun, words });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Expects the commands from their programs on, each as `line:words`.
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = commands(text)
            .iter()
            .map(|one| format!("{}:{}", one.line, from_program(&one.words).join(" ")))
            .filter(|one| !one.ends_with(':'))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn every_place_of_a_command_is_found() {
        for (text, expected) in [
            ("cd /a || cd /b && exit 1", &["1:cd /a", "1:cd /b", "1:exit 1"][..]),
            ("# curl x\necho a#b # c\n", &["2:echo a#b"]),
            ("exec gcc -o x \\\n  y.c\nls", &["1:gcc -o x y.c", "3:ls"]),
            ("A=1 B=2 make", &["1:make"]),
            ("env -i A=1 timeout -k 1 5 curl u", &["1:curl u"]),
            ("x=\"$(curl 'a b')\"", &["1:curl a b"]),
            ("x=`wget y`; if true; then ls; fi", &["1:wget y", "1:true", "1:ls", "1:fi"]),
            ("echo 'it; $(curl x)'", &["1:echo it; $(curl x)"]),
            ("cat <<'E' > a\ncurl x\nE\nls", &["1:cat > a", "2:curl x", "3:E", "4:ls"]),
            ("cat <<-E\nwget x\nE\nls", &["1:cat", "2:wget x", "3:E", "4:ls"]),
            ("a <<< b", &["1:a <<< b"]),
            ("\"open", &["1:open"]),
            ("", &[]),
        ] {
            check(text, expected);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(<<E|E|\\$\\(|[\"'`\\\\\n ;a-z#é()]){0,60}") {
            let _ = commands(&text);
        }
    }
}

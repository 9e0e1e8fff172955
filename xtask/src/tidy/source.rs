//! Rust source as the rules need it: code without comments and strings, comments without code.
//!
//! It is a reader of tokens, not of syntax: enough to never take a word in a string for code.
//! Both views keep every line break, so a line number holds in all of them.

/// One source file in three views of the same lines.
pub struct Source {
    pub lines: Vec<String>,
    /// The code, with comments and the insides of literals blanked.
    pub code: String,
    /// The comments, with everything else blanked.
    pub comments: String,
    /// For each line, whether it belongs to a module compiled for tests only.
    pub is_test: Vec<bool>,
}

impl Source {
    pub fn read(text: &str) -> Source {
        let (code, comments) = Reader::new(text).split();
        let lines: Vec<String> = text.lines().map(str::to_string).collect();
        let is_test = test_lines(&code, lines.len());
        Source { lines, code, comments, is_test }
    }

    /// Whether the file says in its first line that it is generated or a fixture.
    pub fn is_exempt(&self) -> bool {
        is_exempt(self.lines.first().map_or("", String::as_str))
    }

    /// The numbered lines of code outside test modules, counted from one.
    pub fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.code.lines().enumerate();
        let product =
            lines.filter(|(index, _)| !self.is_test.get(*index).is_some_and(|test| *test));
        product.map(|(index, line)| (index + 1, line))
    }
}

/// Whether a file's first line exempts it from the rules about size.
pub fn is_exempt(first_line: &str) -> bool {
    let line = first_line.to_lowercase();
    let comment = ["//", "#", "--", "<!--", "/*"].iter().any(|mark| line.starts_with(mark));
    comment && (line.contains("generated") || line.contains("fixture"))
}

/// Whether a path holds nothing but tests.
pub fn is_test_path(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs")
}

/// The line, counted from one, on which the byte at `offset` stands.
pub fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// The offset behind the brace that closes the one at `open`, or the end of the text.
pub fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0usize;
    for (offset, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return offset + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

/// Whether `word` stands in `code` with no identifier character on either side.
pub fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(start, _)| {
        let before = code.get(..start).and_then(|text| text.chars().next_back());
        let after = code.get(start + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

/// Whether a character can stand in an identifier.
pub fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn test_lines(code: &str, count: usize) -> Vec<bool> {
    let mut is_test = vec![false; count];
    for mark in ["#[cfg(test)]", "#[cfg(all(test"] {
        for (start, _) in code.match_indices(mark) {
            let rest = code.get(start..).unwrap_or_default();
            let Some(open) = rest.find(['{', ';']).map(|offset| start + offset) else {
                continue;
            };
            let end = if code.as_bytes().get(open) == Some(&b'{') {
                closing(code, open)
            } else {
                open + 1
            };
            for line in line_of(code, start)..=line_of(code, end) {
                if let Some(flag) = is_test.get_mut(line - 1) {
                    *flag = true;
                }
            }
        }
    }
    is_test
}

/// Splits a text into its code and its comments.
struct Reader {
    rest: Vec<char>,
    at: usize,
    code: String,
    comments: String,
}

impl Reader {
    fn new(text: &str) -> Reader {
        let rest: Vec<char> = text.chars().collect();
        Reader { rest, at: 0, code: String::new(), comments: String::new() }
    }

    fn split(mut self) -> (String, String) {
        while let Some(character) = self.peek(0) {
            match character {
                '/' if self.peek(1) == Some('/') => self.line_comment(),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.string(),
                'r' if self.raw_hashes().is_some() => self.raw_string(),
                '\'' => self.character_or_lifetime(),
                _ => self.take_code(),
            }
        }
        (self.code, self.comments)
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    /// Moves one character on, into the code, the comments, or neither.
    fn step(&mut self, is_code: bool, is_comment: bool) {
        let Some(character) = self.peek(0) else {
            return;
        };
        self.at += 1;
        let blank = if character == '\n' { '\n' } else { ' ' };
        self.code.push(if is_code { character } else { blank });
        self.comments.push(if is_comment { character } else { blank });
    }

    fn take_code(&mut self) {
        self.step(true, false);
    }

    fn blank(&mut self) {
        self.step(false, false);
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|character| character != '\n') {
            self.step(false, true);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0usize;
        while let Some(character) = self.peek(0) {
            let pair = (character, self.peek(1));
            self.step(false, true);
            if pair == ('/', Some('*')) {
                self.step(false, true);
                depth += 1;
            } else if pair == ('*', Some('/')) {
                self.step(false, true);
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return;
                }
            }
        }
    }

    fn string(&mut self) {
        self.take_code();
        while let Some(character) = self.peek(0) {
            match character {
                '"' => return self.take_code(),
                '\\' => {
                    self.blank();
                    self.blank();
                }
                _ => self.blank(),
            }
        }
    }

    /// How many `#` a raw string starting here has, if it is one and not a name ending in `r`.
    fn raw_hashes(&self) -> Option<usize> {
        let before = |back: usize| self.at.checked_sub(back).and_then(|at| self.rest.get(at));
        let prefix = match before(1) {
            Some('b' | 'c') => before(2),
            other => other,
        };
        if prefix.is_some_and(|character| is_name(*character)) {
            return None;
        }
        let hashes = (1..).take_while(|ahead| self.peek(*ahead) == Some('#')).count();
        (self.peek(1 + hashes) == Some('"')).then_some(hashes)
    }

    fn raw_string(&mut self) {
        let hashes = self.raw_hashes().unwrap_or(0);
        for _ in 0..hashes + 2 {
            self.take_code();
        }
        while let Some(character) = self.peek(0) {
            let closes = character == '"' && (1..=hashes).all(|n| self.peek(n) == Some('#'));
            if closes {
                for _ in 0..=hashes {
                    self.take_code();
                }
                return;
            }
            self.blank();
        }
    }

    fn character_or_lifetime(&mut self) {
        let is_escape = self.peek(1) == Some('\\');
        let is_plain = !is_escape && self.peek(2) == Some('\'');
        self.take_code();
        if is_escape {
            self.blank();
            self.blank();
            while self.peek(0).is_some_and(|character| character != '\'' && character != '\n') {
                self.blank();
            }
            self.take_code();
        } else if is_plain {
            self.blank();
            self.take_code();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, code: &str, comments: &str) {
        let source = Source::read(text);
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(squeeze(&source.code), code, "code of {text}");
        assert_eq!(squeeze(&source.comments), comments, "comments of {text}");
        assert_eq!(source.code.lines().count(), text.lines().count(), "lines of {text}");
    }

    #[test]
    fn code_and_comments_are_told_apart() {
        check("let a = 1; // why", "let a = 1;", "// why");
        check("a /* b /* c */ d */ e", "a e", "/* b /* c */ d */");
        check("f(\"// no\", x)", "f(\" \", x)", "");
        check("f(\"a\\\"b // no\") // yes", "f(\" \")", "// yes");
        check("r#\"a \" // no\"# b", "r#\" \"# b", "");
        check("br\"\\\" b", "br\" \" b", "");
        check("let var\"x\"", "let var\" \"", "");
        check("'\"' b", "' ' b", "");
        check("'\\'' // c", "' '", "// c");
        check("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}", "");
        check("r#fn x", "r#fn x", "");
        check("é \"ü\nü\" b", "é \" \" b", "");
    }

    #[test]
    fn lines_of_test_modules_are_known() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n  {}\n}\nfn b() {}\n";
        let source = Source::read(text);
        assert_eq!(source.is_test, [false, true, true, true, true, false]);
        let product: Vec<usize> = source.product_lines().map(|(number, _)| number).collect();
        assert_eq!(product, [1, 6]);
    }

    #[test]
    fn a_word_is_whole() {
        let check = |code: &str, word: &str, expected: bool| {
            assert_eq!(has_word(code, word), expected, "{word} in {code}");
        };
        check("use tokio::fs;", "tokio", true);
        check("use my_tokio;", "tokio", false);
        check("std::fs::read()", "std::fs", true);
        check("std::fsx", "std::fs", false);
        check("étokio", "tokio", false);
    }
}

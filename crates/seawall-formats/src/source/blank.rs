//! Blanks comments, strings and preprocessor lines, so that what is left is code. Lines stay where
//! they are. Not known: Python 3.12's reuse of a quote inside an f-string.

use super::Language;

/// The text with the same lines, and blanks where it is not code.
pub(super) fn blank(language: Language, text: &str) -> String {
    let mut pen = Pen { bytes: text.as_bytes(), at: 0, out: Vec::with_capacity(text.len()) };
    match language {
        Language::Python => python(&mut pen),
        Language::JavaScript => javascript(&mut pen),
        Language::Rust => rust(&mut pen),
        Language::C => c(&mut pen),
    }
    // Only whole characters are blanked, so nothing is lossy here but by mistake.
    String::from_utf8_lossy(&pen.out).into_owned()
}

/// Reads bytes and writes them, or blanks in their place.
struct Pen<'a> {
    bytes: &'a [u8],
    at: usize,
    out: Vec<u8>,
}

impl Pen<'_> {
    fn look(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn sees(&self, text: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text))
    }

    fn keep(&mut self) {
        if let Some(byte) = self.look(0) {
            self.out.push(byte);
            self.at += 1;
        }
    }

    fn hide(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(byte) = self.look(0) {
                self.out.push(if byte == b'\n' { b'\n' } else { b' ' });
                self.at += 1;
            }
        }
    }

    fn hide_line(&mut self) {
        while self.look(0).is_some_and(|byte| byte != b'\n') {
            self.hide(1);
        }
    }

    fn hide_until(&mut self, end: &[u8]) {
        while self.look(0).is_some() && !self.sees(end) {
            self.hide(1);
        }
        self.hide(end.len());
    }

    /// A string with backslash escapes; it ends at its quote, or, if `one_line`, at the line's end.
    fn hide_string(&mut self, quote: u8, lines: Lines) {
        self.hide(1);
        while let Some(byte) = self.look(0) {
            match byte {
                b'\\' => self.hide(2),
                b'\n' if lines == Lines::One => return,
                byte if byte == quote => return self.hide(1),
                _ => self.hide(1),
            }
        }
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Lines {
    One,
    Many,
}

fn python(pen: &mut Pen<'_>) {
    while let Some(byte) = pen.look(0) {
        match byte {
            b'#' => pen.hide_line(),
            b'"' | b'\'' => {
                let triple = [byte; 3];
                if pen.sees(&triple) {
                    pen.hide(3);
                    while pen.look(0).is_some() && !pen.sees(&triple) {
                        let escape = pen.look(0) == Some(b'\\');
                        pen.hide(if escape { 2 } else { 1 });
                    }
                    pen.hide(3);
                } else {
                    pen.hide_string(byte, Lines::One);
                }
            }
            _ => pen.keep(),
        }
    }
}

fn javascript(pen: &mut Pen<'_>) {
    // Open braces inside each open `${` of a template, innermost last.
    let mut templates: Vec<usize> = Vec::new();
    if pen.sees(b"#!") {
        pen.hide_line();
    }
    while let Some(byte) = pen.look(0) {
        match byte {
            b'/' if pen.look(1) == Some(b'/') => pen.hide_line(),
            b'/' if pen.look(1) == Some(b'*') => {
                pen.hide(2);
                pen.hide_until(b"*/");
            }
            b'/' if regex_may_begin(&pen.out) => hide_regex(pen),
            b'"' | b'\'' => {
                pen.hide_string(byte, Lines::One);
                mark_value(pen);
            }
            b'`' => {
                pen.hide(1);
                hide_template(pen, &mut templates);
            }
            b'{' => {
                if let Some(open) = templates.last_mut() {
                    *open += 1;
                }
                pen.keep();
            }
            b'}' => match templates.last_mut() {
                Some(0) => {
                    templates.pop();
                    pen.hide(1);
                    hide_template(pen, &mut templates);
                }
                Some(open) => {
                    *open -= 1;
                    pen.keep();
                }
                None => pen.keep(),
            },
            _ => pen.keep(),
        }
    }
}

/// Leaves a `0` where a string stood, so that the slash after a string is a division.
fn mark_value(pen: &mut Pen<'_>) {
    if let Some(last @ b' ') = pen.out.last_mut() {
        *last = b'0';
    }
}

/// The text of a template up to its end, or up to the code of a `${`.
fn hide_template(pen: &mut Pen<'_>, templates: &mut Vec<usize>) {
    while let Some(byte) = pen.look(0) {
        match byte {
            b'\\' => pen.hide(2),
            b'`' => {
                pen.hide(1);
                return mark_value(pen);
            }
            b'$' if pen.look(1) == Some(b'{') => {
                pen.hide(2);
                return templates.push(0);
            }
            _ => pen.hide(1),
        }
    }
}

fn hide_regex(pen: &mut Pen<'_>) {
    let mut in_class = false;
    pen.hide(1);
    while let Some(byte) = pen.look(0) {
        match byte {
            b'\\' if pen.look(1) != Some(b'\n') => pen.hide(2),
            b'\n' => return,
            b'[' => {
                in_class = true;
                pen.hide(1);
            }
            b']' => {
                in_class = false;
                pen.hide(1);
            }
            b'/' if !in_class => {
                pen.hide(1);
                return mark_value(pen);
            }
            _ => pen.hide(1),
        }
    }
}

/// Whether a slash here begins a regular expression: what stands before it is no value.
fn regex_may_begin(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let Some(last) = before.last() else {
        return true;
    };
    if !(last.is_ascii_alphanumeric() || *last >= 0x80 || b"_$)]}".contains(last)) {
        return !before.ends_with(b"++") && !before.ends_with(b"--");
    }
    let word_start =
        before.iter().rposition(|b| !b.is_ascii_alphanumeric() && *b != b'_' && *b != b'$');
    let word = before.get(word_start.map_or(0, |at| at + 1)..).unwrap_or_default();
    let keywords: [&[u8]; 13] = [
        b"return", b"typeof", b"case", b"in", b"of", b"delete", b"void", b"throw", b"new", b"else",
        b"do", b"await", b"yield",
    ];
    keywords.contains(&word)
}

fn rust(pen: &mut Pen<'_>) {
    let mut in_word = false;
    while let Some(byte) = pen.look(0) {
        let after_word = in_word;
        in_word = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        match byte {
            b'/' if pen.look(1) == Some(b'/') => pen.hide_line(),
            b'/' if pen.look(1) == Some(b'*') => hide_nested_comment(pen),
            b'"' => pen.hide_string(byte, Lines::Many),
            b'r' | b'b' | b'c' if !after_word => match raw_string(pen) {
                Some((prefix, hashes)) => {
                    pen.hide(prefix);
                    let mut end = vec![b'"'];
                    end.extend(std::iter::repeat_n(b'#', hashes));
                    pen.hide_until(&end);
                    in_word = false;
                }
                None => pen.keep(),
            },
            b'\'' => hide_character(pen),
            _ => pen.keep(),
        }
    }
}

fn hide_nested_comment(pen: &mut Pen<'_>) {
    let mut open = 0usize;
    while pen.look(0).is_some() {
        if pen.sees(b"/*") {
            open += 1;
            pen.hide(2);
        } else if pen.sees(b"*/") {
            open = open.saturating_sub(1);
            pen.hide(2);
            if open == 0 {
                return;
            }
        } else {
            pen.hide(1);
        }
    }
}

/// The length of `br##"` and the number of its hashes, if a raw string begins here.
fn raw_string(pen: &Pen<'_>) -> Option<(usize, usize)> {
    let letters = match (pen.look(0), pen.look(1)) {
        (Some(b'b' | b'c'), Some(b'r')) => 2,
        (Some(b'r'), _) => 1,
        _ => return None,
    };
    let mut hashes = 0;
    while pen.look(letters + hashes) == Some(b'#') {
        hashes += 1;
    }
    (pen.look(letters + hashes) == Some(b'"')).then_some((letters + hashes + 1, hashes))
}

/// A character literal; a lifetime (`'a`) stays.
fn hide_character(pen: &mut Pen<'_>) {
    if pen.look(1) == Some(b'\\') {
        pen.hide(3);
        while pen.look(0).is_some_and(|byte| byte != b'\'' && byte != b'\n') {
            pen.hide(1);
        }
        return pen.hide(1);
    }
    let width = match pen.look(1) {
        Some(0xf0..) => 4,
        Some(0xe0..) => 3,
        Some(0xc0..) => 2,
        _ => 1,
    };
    if pen.look(1 + width) == Some(b'\'') {
        pen.hide(width + 2);
    } else {
        pen.keep();
    }
}

fn c(pen: &mut Pen<'_>) {
    let mut line_begins = true;
    while let Some(byte) = pen.look(0) {
        match byte {
            b'/' if pen.look(1) == Some(b'/') => pen.hide_line(),
            b'/' if pen.look(1) == Some(b'*') => {
                pen.hide(2);
                pen.hide_until(b"*/");
            }
            b'#' if line_begins => {
                directive(pen);
                continue;
            }
            b'R' if pen.look(1) == Some(b'"') && !ends_in_word(&pen.out) => hide_raw_c(pen),
            b'"' => pen.hide_string(byte, Lines::One),
            // A digit separator of C++ (`1'000`) is no character.
            b'\'' if !pen.out.last().is_some_and(u8::is_ascii_hexdigit) => {
                pen.hide_string(byte, Lines::One);
            }
            _ => pen.keep(),
        }
        line_begins = match byte {
            b'\n' => true,
            b' ' | b'\t' | b'\r' => line_begins,
            _ => false,
        };
    }
}

fn ends_in_word(out: &[u8]) -> bool {
    out.last().is_some_and(|last| last.is_ascii_alphanumeric() || *last == b'_')
}

/// `R"tag(…)tag"`.
fn hide_raw_c(pen: &mut Pen<'_>) {
    let mut tag = Vec::new();
    while let Some(byte) = pen.look(2 + tag.len()) {
        if byte == b'(' || tag.len() > 16 {
            break;
        }
        tag.push(byte);
    }
    let mut end = vec![b')'];
    end.extend_from_slice(&tag);
    end.push(b'"');
    pen.hide(2);
    pen.hide_until(&end);
}

/// A preprocessor line with its continuations. Of conditionals one mark stays, in the first
/// columns: `@?` for `#if`, `@:` for `#else` and `#elif`, `@;` for `#endif`.
fn directive(pen: &mut Pen<'_>) {
    let rest = pen.bytes.get(pen.at + 1..).unwrap_or_default().trim_ascii_start();
    let mark: Option<u8> = if rest.starts_with(b"if") {
        Some(b'?')
    } else if rest.starts_with(b"el") {
        Some(b':')
    } else if rest.starts_with(b"endif") {
        Some(b';')
    } else {
        None
    };
    let start = pen.out.len();
    while let Some(byte) = pen.look(0) {
        match byte {
            b'\\' => {
                // A continuation may end in CRLF.
                let crlf = pen.look(1) == Some(b'\r') && pen.look(2) == Some(b'\n');
                pen.hide(if crlf { 3 } else { 2 });
            }
            b'/' if pen.look(1) == Some(b'*') => {
                pen.hide(2);
                pen.hide_until(b"*/");
            }
            b'\n' => break,
            _ => pen.hide(1),
        }
    }
    if let (Some(mark), Some([first, second, ..])) = (mark, pen.out.get_mut(start..)) {
        *first = b'@';
        *second = mark;
    }
}

//! Reports of sanitizers as recipes speak of them: the kind of error, and the functions of the
//! first stack.
//!
//! Unlike [`crate::crash`], which speaks the words of ClusterFuzz, this keeps the words that the
//! sanitizer itself prints: they are what people read, and what a recipe's oracle names. The
//! laboratory judges by it, and imports of crashes write oracles by it.

/// No name is kept longer.
const NAME_CHARS_MAX: usize = 120;
/// How UndefinedBehaviorSanitizer's messages begin; the numbers in them are left out.
const UNDEFINED: [&str; 16] = [
    "signed integer overflow",
    "unsigned integer overflow",
    "shift exponent",
    "left shift",
    "division by zero",
    "null pointer",
    "misaligned address",
    "out of bounds",
    "insufficient space",
    "outside the range of representable values",
    "is not a valid value for type",
    "applying non-zero offset",
    "pointer index expression",
    "negation of",
    "unreachable program point",
    "incorrect function type",
];

/// Functions that are on many stacks and name no place in the target, by how they begin.
const MACHINERY: [&str; 11] = [
    "__interceptor_",
    "__asan",
    "__msan",
    "__tsan",
    "__ubsan",
    "__lsan",
    "__sanitizer",
    "__libc_",
    "__GI_",
    "_start",
    "operator new",
];
/// The same, by their whole names.
const MACHINERY_WHOLE: [&str; 11] = [
    "memcpy", "memmove", "memset", "strlen", "strcpy", "strcmp", "main", "abort", "raise",
    "malloc", "free",
];

/// The first report of a sanitizer in what a program complained.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// The kind of error, such as `heap-buffer-overflow` or `data race`.
    pub error: String,
    /// Functions of the first stack, innermost first, without the sanitizer's and the C library's.
    pub functions: Vec<String>,
}

/// Reads what a program complained; `None` when no sanitizer reports anything.
pub fn read(text: &str) -> Option<Report> {
    let mut lines = text.lines();
    let error = lines.find_map(kind)?;
    let stack = lines.skip_while(|line| !is_frame(line)).take_while(|line| is_frame(line));
    let functions = stack.filter_map(function).filter(|name| !is_machinery(name)).collect();
    Some(Report { error, functions })
}

/// The kind of error that a line announces: `ERROR: AddressSanitizer: heap-buffer-overflow on …`,
/// `WARNING: ThreadSanitizer: data race (pid=1)`, `WARNING: MemorySanitizer: use-of-…`, and of
/// UndefinedBehaviorSanitizer `a.c:3:9: runtime error: signed integer overflow: 1 + 2 …`.
fn kind(line: &str) -> Option<String> {
    if let Some((_, rest)) = line.split_once(": runtime error: ") {
        let kind = rest.split(':').next().unwrap_or(rest);
        let kind = UNDEFINED.iter().find(|known| kind.contains(*known)).copied();
        return Some(kind.unwrap_or("undefined behaviour").to_owned());
    }
    let after = ["ERROR: ", "WARNING: "].iter().find_map(|word| line.split_once(word));
    let (tool, rest) = after?.1.split_once(": ")?;
    if !tool.ends_with("Sanitizer") {
        return None;
    }
    match tool {
        // Its kinds are several words.
        "ThreadSanitizer" => rest.split(" (").next().map(|kind| kind.trim().to_owned()),
        _ => rest.split_whitespace().next().map(|kind| kind.trim_end_matches(':').to_owned()),
    }
}

fn is_frame(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// The function of a frame, unless it is one of the harness: the key names the target's own.
/// `#1 0x55 in inflate /target/a.c:7`, and of ThreadSanitizer `#1 inflate /target/a.c:7`.
fn function(line: &str) -> Option<String> {
    let rest = match line.split_once(" in ") {
        Some((_, rest)) => rest,
        None => line.trim_start().split_once(' ')?.1,
    };
    if rest.contains(" /recipe/") {
        return None;
    }
    let place = rest.split_whitespace().find(|word| is_place(word));
    let end = place.and_then(|place| rest.find(place)).unwrap_or(rest.len());
    Some(bare(rest.get(..end).unwrap_or(rest).trim()).chars().take(NAME_CHARS_MAX).collect())
}

/// Whether a word of a frame names where the function stands: `src/a.c:7:3`, `(a.so+0x4)`.
fn is_place(word: &str) -> bool {
    let numbered = word.rsplit_once(':').is_some_and(|(name, number)| {
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        digits && !name.ends_with(':')
    });
    numbered || word.starts_with(['/', '<']) || (word.starts_with('(') && word.contains("+0x"))
}

/// The name in a signature: without what it returns, without parameters and what follows them.
pub fn bare(signature: &str) -> &str {
    let before =
        signature.find('(').map_or(signature, |at| signature.get(..at).unwrap_or(signature));
    let mut depth = 0i32;
    let start = before.char_indices().rev().find(|(_, c)| {
        match c {
            '>' => depth += 1,
            '<' => depth -= 1,
            _ => {}
        }
        *c == ' ' && depth == 0
    });
    // `operator()` and the like have nothing before their bracket but the word.
    start.map_or(before, |(at, _)| before.get(at + 1..).unwrap_or(before))
}

fn is_machinery(name: &str) -> bool {
    MACHINERY.iter().any(|start| name.starts_with(start)) || MACHINERY_WHOLE.contains(&name)
}

#[cfg(test)]
mod tests;

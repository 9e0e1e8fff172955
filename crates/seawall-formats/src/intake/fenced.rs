//! Files inside prose: three backticks and a file name, the lines of the file, three backticks.
//!
//! Shared by mails and scrutineer's narratives. A fence whose info string is no file name (none,
//! or a language like `python`) stays prose. The file `recipe.toml` is the reproducer; what the
//! others are is told by their names.

use super::text::{is_file_name, kind_by_name, media_by_name};
use super::{FILE_BYTES_MAX, FILES_LEN_MAX, File};
use crate::fault::quote;

/// A fenced file could not be taken; the message says why.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct FencedFault {
    /// The line of the opening fence, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Takes the fenced files out of a text; what is left is the prose.
pub fn split(text: &str) -> Result<(String, Vec<File>), FencedFault> {
    let mut prose = String::with_capacity(text.len());
    let mut files: Vec<File> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some((ticks, name)) = opening(line) else {
            prose.push_str(line);
            prose.push('\n');
            continue;
        };
        let fault = |message: String| FencedFault { line: index + 1, message };
        let named = looks_like_a_name(name);
        if named && !is_file_name(name) {
            return Err(fault(format!("{} is not a plain file name", quote(name))));
        }
        let mut content = String::new();
        let mut closed = false;
        for (_, line) in lines.by_ref() {
            if is_closing(line, ticks) {
                closed = true;
                break;
            }
            content.push_str(line);
            content.push('\n');
        }
        if !named {
            for part in [line, "\n", &content, if closed { "```\n" } else { "" }] {
                prose.push_str(part);
            }
            continue;
        }
        if !closed {
            return Err(fault(format!("the file {} has no closing fence", quote(name))));
        }
        files.push(file(name, content, &files).map_err(fault)?);
    }
    Ok((prose.trim().to_owned(), files))
}

fn file(name: &str, content: String, files: &[File]) -> Result<File, String> {
    if files.len() >= FILES_LEN_MAX {
        return Err(format!("there are more than {FILES_LEN_MAX} files"));
    }
    if content.len() > FILE_BYTES_MAX {
        return Err(format!("the file {} is larger than {FILE_BYTES_MAX} bytes", quote(name)));
    }
    let folded = name.to_lowercase();
    if files.iter().any(|file| file.attachment.name.to_lowercase() == folded) {
        return Err(format!("the file {} stands twice", quote(name)));
    }
    Ok(File::new(name, media_by_name(name), kind_by_name(name), content.into_bytes()))
}

/// The number of backticks and the info string of an opening fence.
fn opening(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches('`');
    let ticks = line.len() - rest.len();
    let info = rest.trim();
    (ticks >= 3 && !info.contains('`')).then_some((ticks, info))
}

fn is_closing(line: &str, ticks: usize) -> bool {
    let line = line.trim_end();
    line.len() >= ticks && line.bytes().all(|b| b == b'`')
}

/// Info strings with a dot or a slash mean a file; `python` and `c++` mean a language.
fn looks_like_a_name(info: &str) -> bool {
    info.contains('.') || info.contains('/') || info.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Expects `prose|name=content|…`, or the message of the fault.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match split(text) {
            Ok((prose, files)) => files.iter().fold(prose, |shown, file| {
                let content = file.text().unwrap();
                format!("{shown}|{}={content}", file.attachment.name)
            }),
            Err(fault) => fault.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn takes_named_files_out_of_the_prose() {
        check("a\n```recipe.toml\nx = 1\n```\nb", "a\nb|recipe.toml=x = 1\n");
        check("``` poc.py \r\n1\r\n```  \r\n", "|poc.py=1\n");
        check("````a.md\n```\nin\n```\n````", "|a.md=```\nin\n```\n");
        check("```a.b\n```", "|a.b=");
        check("a\n```python\nx\n```\nb", "a\n```python\nx\n```\nb");
        check("```\nopen", "```\nopen");
        check("see ```a.b``` there", "see ```a.b``` there");
        check("```a.b\nopen", "line 1: the file `a.b` has no closing fence");
        check("x\n```../a.b\n```", "line 2: `../a.b` is not a plain file name");
        check("```a.b\n```\n```A.B\n```", "line 3: the file `A.B` stands twice");
    }

    #[test]
    fn bounds_number_and_size() {
        let many: String = (0..=FILES_LEN_MAX).map(|i| format!("```{i}.c\n```\n")).collect();
        check(&many, "line 33: there are more than 16 files");
        let fits = format!("```a.c\n{}\n```", "x".repeat(FILE_BYTES_MAX - 1));
        assert_eq!(split(&fits).unwrap().1.len(), 1);
        let large = format!("```a.c\n{}\n```", "x".repeat(FILE_BYTES_MAX));
        assert!(split(&large).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in "(`{2,4}|a\\.b|\n|\r|é|/|.){0,40}") {
            let _ = split(&text);
        }
    }
}

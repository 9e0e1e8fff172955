//! The reference check: is the function that a report names defined in this file at all?
//!
//! A report that names a function which the source does not define is wrong about its main point,
//! and no maintainer should be asked to find that out. Only *definitions* count: mentions in
//! comments and strings, calls, prototypes, imports and preprocessor macros do not. The readers
//! know the shapes of definitions, not the languages; what they miss is listed in their files.
//!
//! `Class.method` and `module::function` are matched by their last segment. If the file defines
//! the container (a class, a type with methods, a module, a function), the definition must stand
//! inside it; a container from elsewhere (`sqlparse.format`) says nothing about this file.

mod blank;
mod c;
mod javascript;
mod python;
mod rust;
mod token;

use std::collections::HashSet;

/// The languages whose definitions can be told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Language {
    /// Python 2 and 3.
    Python,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Rust.
    Rust,
    /// C, in the style of today and of Kernighan and Ritchie, and the C part of C++.
    C,
}

impl Language {
    /// The language of a file, by the ending of its name.
    pub fn of(path: &str) -> Option<Language> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "py" | "pyi" | "pyx" | "pyw" => Some(Language::Python),
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => {
                Some(Language::JavaScript)
            }
            "rs" => Some(Language::Rust),
            "c" | "h" | "cc" | "cpp" | "cxx" | "c++" | "hh" | "hpp" | "hxx" | "inl" | "ipp" => {
                Some(Language::C)
            }
            _ => None,
        }
    }
}

/// The line, from 1, on which `function` is defined; `None` if the text does not define it.
pub fn definition(language: Language, text: &str, function: &str) -> Option<u32> {
    let segments = segments(function);
    let (name, around) = segments.split_last()?;
    let outline = outline(language, text);
    let required: Vec<&str> =
        around.iter().copied().filter(|segment| outline.containers.contains(*segment)).collect();
    let mut fitting = outline.definitions.iter().filter(|definition| {
        definition.name == *name
            && required.iter().all(|segment| definition.inside.iter().any(|one| one == segment))
    });
    fitting.next().map(|definition| definition.line)
}

/// How many names around a definition are kept, innermost; the bound is for hostile nesting.
const INSIDE_LEN_MAX: usize = 16;

/// What a file defines.
#[derive(Debug, Default)]
struct Outline {
    definitions: Vec<Definition>,
    /// Names that, when a report puts them before the function's name, must hold.
    containers: HashSet<String>,
}

#[derive(Debug)]
struct Definition {
    name: String,
    line: u32,
    /// The names around it, in no particular order.
    inside: Vec<String>,
}

impl Outline {
    fn define(&mut self, name: &str, line: u32, inside: Vec<String>) {
        self.definitions.push(Definition { name: name.to_owned(), line, inside });
    }

    fn contain(&mut self, name: &str) {
        self.containers.insert(name.to_owned());
    }
}

/// The innermost of the names around a definition; plain blocks have none.
fn innermost<'n>(around: impl DoubleEndedIterator<Item = &'n str>) -> Vec<String> {
    let near = around.rev().take(4 * INSIDE_LEN_MAX).filter(|name| !name.is_empty());
    near.take(INSIDE_LEN_MAX).map(str::to_owned).collect()
}

fn outline(language: Language, text: &str) -> Outline {
    let code = blank::blank(language, text);
    match language {
        Language::Python => python::outline(&code),
        Language::JavaScript => javascript::outline(&code),
        Language::Rust => rust::outline(&code),
        Language::C => c::outline(&code),
    }
}

/// `a::b.c()` as `a`, `b`, `c`; what finders add around a name goes.
fn segments(function: &str) -> Vec<&str> {
    let name = function.split('(').next().unwrap_or_default().trim();
    // Type arguments (`Vec<T>::push`) are no part of a name.
    name.split("::")
        .flat_map(|part| part.split("->"))
        .flat_map(|part| part.split(['.', '#', '/']))
        .map(|part| part.split('<').next().unwrap_or_default().trim())
        .map(|part| part.trim_matches(['*', '&', '!', '`', '\'', '"', ' ']))
        .filter(|part| !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests;

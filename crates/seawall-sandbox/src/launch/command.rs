//! A command as the first process of a sandbox takes it: texts that each end, and pointers to them.

use super::kernel::Texts;
use super::view::text;
use std::ffi::CString;

/// Where a program may be, its words and its variables.
#[derive(Debug)]
pub(super) struct Command {
    /// Paths to try, in this order.
    pub programs: Vec<CString>,
    pub words: Texts,
    /// The words for a script that does not name its shell: the second is the script's path.
    pub shell_words: Texts,
    pub environment: Texts,
    /// Its first word, for telling that there is no such program.
    pub name: String,
}

impl Command {
    pub(super) fn of(words: &[String], environment: &[(String, String)]) -> Command {
        let name = words.first().cloned().unwrap_or_default();
        let programs = programs(&name, environment).into_iter().map(text).collect();
        let kept: Vec<CString> = words.iter().map(|word| text(word.as_str())).collect();
        let shell = [c"sh".to_owned()].into_iter().chain(kept.clone()).collect();
        let variables = environment.iter().map(|(name, value)| text(format!("{name}={value}")));
        Command {
            programs,
            words: Texts::of(kept),
            shell_words: Texts::of(shell),
            environment: Texts::of(variables.collect()),
            name,
        }
    }
}

/// Where a program may be, as a shell looks for it.
fn programs(name: &str, environment: &[(String, String)]) -> Vec<String> {
    if name.is_empty() {
        return Vec::new();
    }
    if name.contains('/') {
        return vec![name.to_owned()];
    }
    let path = environment.iter().find(|(name, _)| name == "PATH");
    let folders = path.map_or("", |(_, value)| value.as_str()).split(':');
    folders.filter(|folder| !folder.is_empty()).map(|folder| format!("{folder}/{name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_looked_for_as_a_shell_does() {
        let environment = [("PATH".to_owned(), "/one::/two".to_owned())];
        for (name, expected) in [
            ("tool", &["/one/tool", "/two/tool"][..]),
            ("./tool", &["./tool"]),
            ("/x/tool", &["/x/tool"]),
            ("", &[]),
        ] {
            assert_eq!(programs(name, &environment), expected, "{name}");
        }
        assert!(Command::of(&[], &[]).programs.is_empty());
    }
}

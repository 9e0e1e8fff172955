//! A command as the first process of a sandbox takes it: one block of texts that each end.

use super::plan::COMMAND_BYTES_MAX;
use super::view::text;
use crate::LabFault;

/// Paths to try, words and variables, with their counts in front.
#[derive(Debug)]
pub(super) struct Command {
    bytes: Vec<u8>,
    /// Its first word, for telling that there is no such program.
    pub name: String,
}

impl Command {
    pub(super) fn of(words: &[String], environment: &[(String, String)]) -> Command {
        let name = words.first().cloned().unwrap_or_default();
        let programs = programs(&name, environment);
        let counts = [programs.len(), words.len(), environment.len()];
        let variables = environment.iter().map(|(name, value)| format!("{name}={value}"));
        let texts = programs.into_iter().chain(words.iter().cloned()).chain(variables);
        let mut block = Vec::with_capacity(1024);
        texts.for_each(|one| block.extend(text(one).into_bytes_with_nul()));
        let numbers = [block.len()].into_iter().chain(counts);
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX).to_ne_bytes();
        let mut bytes: Vec<u8> = numbers.flat_map(number).collect();
        bytes.extend(block);
        Command { bytes, name }
    }

    /// What goes over the socket, unless it is more than a sandbox has room for.
    pub(super) fn bytes(&self) -> Result<&[u8], LabFault> {
        if self.bytes.len() > COMMAND_BYTES_MAX {
            let reason = format!("the command has more than {COMMAND_BYTES_MAX} bytes");
            return Err(LabFault::Isolation { reason });
        }
        Ok(&self.bytes)
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
    fn a_command_is_paths_words_and_variables() {
        let words = ["tool", "a b", "", "zero\0byte"].map(String::from);
        let environment = [("PATH", "/one:/two"), ("X", "y=z")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let command = Command::of(&words, &environment);
        let (head, block) = command.bytes().unwrap().split_at(16);
        let numbers: Vec<u32> =
            head.chunks(4).map(|four| u32::from_ne_bytes(four.try_into().unwrap())).collect();
        assert_eq!(numbers, [block.len() as u32, 2, 4, 2]);
        let expected = b"/one/tool\0/two/tool\0tool\0a b\0\0zerobyte\0PATH=/one:/two\0X=y=z\0";
        assert_eq!(block, expected);
        assert_eq!(programs("./tool", &environment), ["./tool"]);
        assert_eq!(programs("", &environment), [] as [&str; 0]);
        let much = "x".repeat(COMMAND_BYTES_MAX);
        assert!(Command::of(&[much], &[]).bytes().is_err());
    }
}

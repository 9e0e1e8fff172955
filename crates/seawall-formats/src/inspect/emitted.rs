//! The flags in what a model said: in a sample's messages, its last answer, and what was scored.
//!
//! A sample in pieces has its messages beside it, those of every call of the model among them, and
//! long texts apart: a message then names the text that stands in its place (`attachment://NAME`).
//! A sample of one piece has them under `events_data` where its events name them; of older ones,
//! what stands in events alone is not looked at: of a conversation that was compacted, that is the
//! beginning.

use super::listen::{Listener, Whose};
use super::scan::{Kind, Scan, Scanned};
use seawall_domain::evaluation::flag::{Emitted, FOUND_MAX, Flag};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// How much of one text is looked at, in bytes. Flags stand at the end or the beginning of answers,
/// and no answer is known that is longer.
const TEXT_BYTES_MAX: usize = 256 * 1024;

/// What stands before the name of a text that is kept apart.
pub(super) const APART: &str = "attachment://";

/// The longest such name, in bytes: a number, or a digest.
pub(super) const NAME_BYTES_MAX: usize = 64;

/// How many texts that are kept apart one sample may name, and how many with flags are kept.
pub(super) const APART_MAX: usize = 100_000;

/// What was found of one sample by now.
#[derive(Default)]
pub(super) struct Said {
    whose: Whose,
    found: Found,
    /// The flags in each text that is kept apart and has some.
    apart: BTreeMap<String, Vec<Flag>>,
}

/// What was found in a value.
#[derive(Default)]
struct Found {
    flags: Vec<Flag>,
    /// The texts that are kept apart of which it speaks.
    named: BTreeSet<String>,
}

impl Listener for Said {
    type Heard = Emitted;

    fn body<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        scan.object(&mut |scan, name| match name {
            "id" => self.whose.id(scan),
            "epoch" => self.whose.epoch(scan),
            "messages" => self.messages(scan, 0),
            "events_data" => scan.object(&mut |scan, name| match name {
                "messages" => self.messages(scan, 0),
                _ => scan.skip(),
            }),
            "output" => self.found.anywhere(scan),
            "scores" => scan.object(&mut |scan, _| {
                scan.object(&mut |scan, name| match name {
                    "answer" => self.found.anywhere(scan),
                    _ => scan.skip(),
                })
            }),
            "attachments" => scan.object(&mut |scan, name| self.text(scan, name)),
            _ => scan.skip(),
        })
    }

    fn messages<R: Read>(&mut self, scan: &mut Scan<R>, _: u64) -> Scanned<()> {
        scan.list(&mut |scan| self.found.message(scan))
    }

    fn text<R: Read>(&mut self, scan: &mut Scan<R>, name: &str) -> Scanned<()> {
        let mut found = Found::default();
        found.anywhere(scan)?;
        if !found.flags.is_empty() && self.apart.len() < APART_MAX {
            self.apart.insert(name.to_owned(), found.flags);
        }
        Ok(())
    }

    fn finish(mut self) -> Option<Emitted> {
        let named = self.found.named.iter().filter_map(|name| self.apart.get(name)).flatten();
        named.for_each(|flag| keep(*flag, &mut self.found.flags));
        let (task, epoch) = self.whose.attempt()?;
        Some(Emitted { task, epoch, flags: self.found.flags })
    }
}

impl Found {
    /// A message counts when the model wrote it, which its role may tell after its content.
    fn message<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        let (mut found, mut is_models) = (Found::default(), false);
        scan.object(&mut |scan, name| match name {
            "role" => {
                is_models = scan.text(16)?.is_some_and(|role| role.start == "assistant");
                Ok(())
            }
            "content" | "tool_calls" => found.anywhere(scan),
            _ => scan.skip(),
        })?;
        if is_models {
            found.flags.into_iter().for_each(|flag| keep(flag, &mut self.flags));
            found.named.into_iter().for_each(|name| self.name(name));
        }
        Ok(())
    }

    /// Looks through every text of a value, however it is nested.
    fn anywhere<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        match scan.kind()? {
            Kind::Text => {
                let text = scan.text(TEXT_BYTES_MAX)?.unwrap_or_default().start;
                match text.strip_prefix(APART).filter(|name| name.len() <= NAME_BYTES_MAX) {
                    Some(name) => self.name(name.to_owned()),
                    None => {
                        let flags = Flag::found_in(&text).into_iter();
                        flags.for_each(|flag| keep(flag, &mut self.flags));
                    }
                }
                Ok(())
            }
            Kind::Object => scan.object(&mut |scan, _| self.anywhere(scan)),
            Kind::List => scan.list(&mut |scan| self.anywhere(scan)),
            Kind::Word => scan.skip(),
        }
    }

    fn name(&mut self, name: String) {
        if self.named.len() < APART_MAX {
            self.named.insert(name);
        }
    }
}

fn keep(flag: Flag, into: &mut Vec<Flag>) {
    if into.len() < FOUND_MAX && !into.contains(&flag) {
        into.push(flag);
    }
}

#[cfg(test)]
mod tests {
    use super::super::emitted_flags;
    use super::*;
    use proptest::prelude::*;
    use seawall_domain::evaluation::attempt::TaskId;
    use std::io::Cursor;

    const ONE: &str = "flag{MZXW6YTBMZXW6YTBMZXW6YTB}";
    const TWO: &str = "flag{AAAAAAAAAAAAAAAAAAAAAAAA}";

    #[test]
    fn only_what_the_model_says_counts() {
        let check = |sample: &str, expected: &[&str]| {
            let log = format!(r#"{{"eval":{{}},"samples":[{{"id":"a","epoch":2,{sample}}}]}}"#);
            let emitted = emitted_flags(Cursor::new(log)).unwrap();
            let told: Vec<String> = emitted[0].flags.iter().map(Flag::to_string).collect();
            assert_eq!(told, expected, "{sample}");
            assert_eq!((&emitted[0].task, emitted[0].epoch), (&TaskId::Text("a".into()), 2));
        };
        let message = |role: &str| {
            format!(r#""messages":[{{"content":[{{"text":"it is {ONE}"}}],"role":"{role}"}}]"#)
        };
        check(&message("assistant"), &[ONE]);
        check(&message("tool"), &[]);
        check(&message("user"), &[]);
        let call = format!(r#"{{"arguments":{{"answer":"{ONE}"}}}}"#);
        let call = format!(r#""messages":[{{"role":"assistant","tool_calls":[{call}]}}]"#);
        check(&call, &[ONE]);
        check(
            &format!(r#""output":{{"choices":[{{"message":{{"content":"{TWO} {ONE}"}}}}]}}"#),
            &[TWO, ONE],
        );
        check(
            &format!(r#""scores":{{"s":{{"value":"C","answer":"{ONE}","explanation":"{TWO}"}}}}"#),
            &[ONE],
        );
        check(&format!(r#""target":"{ONE}","metadata":{{"x":"{ONE}"}}"#), &[]);
        check(r#""output":null"#, &[]);
        // A text that stands apart counts where the model's message names it, whichever is first.
        let apart = format!(r#""attachments":{{"0a":"{ONE}","0b":"{TWO}"}}"#);
        let names =
            |role: &str| format!(r#""messages":[{{"role":"{role}","content":"attachment://0b"}}]"#);
        check(&format!("{apart},{}", names("assistant")), &[TWO]);
        check(&format!("{},{apart}", names("assistant")), &[TWO]);
        check(&format!("{},{apart}", names("tool")), &[]);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            drop(emitted_flags(Cursor::new(bytes)));
        }

        #[test]
        fn damaged_samples_never_panic(at in any::<prop::sample::Index>(), byte: u8) {
            let message = format!(r#"{{"role":"assistant","content":["{ONE}",{{"a":null}}]}}"#);
            let sample = format!(r#"{{"id":1,"epoch":1,"messages":[{message}],"scores":{{}}}}"#);
            let mut bytes = format!(r#"{{"eval":{{}},"samples":[{sample}]}}"#).into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            drop(emitted_flags(Cursor::new(bytes)));
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_overflow() {
        let deep = format!(
            r#"{{"samples":[{{"id":1,"epoch":1,"output":{}"x"{}}}]}}"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert!(emitted_flags(Cursor::new(deep)).is_err());
    }
}

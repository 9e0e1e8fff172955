//! The flags in what a model said: in a sample's messages, its last answer, and what was scored.
//!
//! What stands in events alone is not looked at: of a conversation that was compacted, that is the
//! beginning; and of a sample in pieces, its messages.

use super::sample;
use super::scan::{Kind, Scan, Scanned};
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::flag::{Emitted, FOUND_MAX, Flag};
use std::io::Read;

/// How much of one text is looked at, in bytes. Flags stand at the end or the beginning of answers,
/// and no answer is known that is longer.
const TEXT_BYTES_MAX: usize = 256 * 1024;

/// Reads the flags of one sample; none if it has no id or no epoch.
pub(super) fn sample<R: Read>(scan: &mut Scan<R>) -> Scanned<Option<Emitted>> {
    let (mut task, mut epoch, mut flags): (Option<TaskId>, _, Vec<Flag>) = (None, None, Vec::new());
    scan.object(&mut |scan, name| match name {
        "id" => {
            task = sample::id(scan)?;
            Ok(())
        }
        "epoch" => {
            epoch = scan.whole()?.and_then(|number| u32::try_from(number).ok());
            Ok(())
        }
        "messages" => scan.list(&mut |scan| message(scan, &mut flags)),
        "output" => anywhere(scan, &mut flags),
        "scores" => scan.object(&mut |scan, _| {
            scan.object(&mut |scan, name| match name {
                "answer" => anywhere(scan, &mut flags),
                _ => scan.skip(),
            })
        }),
        _ => scan.skip(),
    })?;
    let (Some(task), Some(epoch)) = (task, epoch) else { return Ok(None) };
    Ok(Some(Emitted { task, epoch, flags }))
}

/// A message counts when the model wrote it, which its role may tell after its content.
fn message<R: Read>(scan: &mut Scan<R>, into: &mut Vec<Flag>) -> Scanned<()> {
    let (mut flags, mut is_models) = (Vec::new(), false);
    scan.object(&mut |scan, name| match name {
        "role" => {
            is_models = scan.text(16)?.is_some_and(|role| role.start == "assistant");
            Ok(())
        }
        "content" | "tool_calls" => anywhere(scan, &mut flags),
        _ => scan.skip(),
    })?;
    if is_models {
        flags.into_iter().for_each(|flag| keep(flag, into));
    }
    Ok(())
}

/// Looks through every text of a value, however it is nested.
fn anywhere<R: Read>(scan: &mut Scan<R>, into: &mut Vec<Flag>) -> Scanned<()> {
    match scan.kind()? {
        Kind::Text => {
            let text = scan.text(TEXT_BYTES_MAX)?.unwrap_or_default().start;
            Flag::found_in(&text).into_iter().for_each(|flag| keep(flag, into));
            Ok(())
        }
        Kind::Object => scan.object(&mut |scan, _| anywhere(scan, into)),
        Kind::List => scan.list(&mut |scan| anywhere(scan, into)),
        Kind::Word => scan.skip(),
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

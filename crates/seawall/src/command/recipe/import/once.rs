//! One run in the sandbox, for an oracle whose words no report told.

use super::Common;
use crate::laboratory::{Laboratories, Remember};
use seawall_domain::recipe::Oracle;
use seawall_formats::recipe::import::{Imported, judged_by};
use seawall_formats::recipe::outside;
use seawall_sandbox::{HostPaths, Laboratory};

/// The signals that a crash ends by, as Linux numbers them.
const SIGNALS: [(u8, &str); 7] = [
    (4, "SIGILL"),
    (5, "SIGTRAP"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (11, "SIGSEGV"),
    (31, "SIGSYS"),
];

/// What was imported, with what one run told where something was open; otherwise with why not.
pub(super) fn told(mut imported: Imported, common: &Common) -> Imported {
    if !imported.is_open() || common.no_run || !outside(&imported.recipe).is_empty() {
        return imported;
    }
    match transcript(&imported, common) {
        Ok(transcript) => match of_transcript(&transcript) {
            Some(oracle) => imported.told(oracle),
            None => {
                imported.warnings.push(format!(
                    "one run here told of no crash: {}",
                    transcript.lines().last().unwrap_or_default()
                ));
                imported
            }
        },
        Err(why) => {
            imported.warnings.push(format!("it could not be run here to find out: {why}"));
            imported
        }
    }
}

fn transcript(imported: &Imported, common: &Common) -> Result<String, String> {
    let exe = std::env::current_exe().map_err(|error| error.to_string())?;
    let laboratory = Laboratory {
        local_catalogue: common.local_catalogue.clone(),
        offline: common.offline,
        host_paths: HostPaths::Allowed,
        ..Laboratory::at(&common.cache)
    };
    let laboratories = Laboratories::new(exe, laboratory, Remember::Nothing);
    let recipe = &imported.recipe;
    let version = &recipe.target.version;
    let reports = laboratories.ask(|process| process.run(recipe, version, 1));
    let report = reports.map_err(|fault| fault.to_string())?.into_iter().next();
    report.map(|report| report.transcript).ok_or_else(|| "there was no run".to_owned())
}

/// The oracle that the attack's part of a transcript tells.
fn of_transcript(transcript: &str) -> Option<Oracle> {
    let attack = transcript.lines().skip_while(|line| !line.starts_with("attack "));
    let attack: Vec<&str> = attack.take_while(|line| !line.starts_with("control ")).collect();
    let printed: Vec<&str> = attack.iter().filter_map(|line| line.strip_prefix("| ")).collect();
    if let Some(oracle) = judged_by(&printed.join("\n")) {
        return Some(oracle);
    }
    let ended = attack.first()?.strip_prefix("attack ended ")?;
    if let Some(number) = ended.strip_prefix("by signal ") {
        let number: u8 = number.trim().parse().ok()?;
        let (_, name) = SIGNALS.iter().find(|(known, _)| *known == number)?;
        return Some(Oracle::Signal { name: (*name).to_owned() });
    }
    let status: u8 = ended.strip_prefix("with status ")?.trim().parse().ok()?;
    // A program that is not found or cannot be started did not crash.
    (1..=125).contains(&status).then_some(Oracle::Exit { status })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_tells_how_the_attack_ended() {
        let after = "\n\ncontrol ended by signal 6\n| ERROR: AddressSanitizer: b on\n";
        for (attack, expected) in [
            ("attack ended by signal 11\nprocessor 1 ms", "Some(Signal { name: \"SIGSEGV\" })"),
            ("attack ended with status 3", "Some(Exit { status: 3 })"),
            ("attack ended with status 127", "None"),
            ("attack ended with status 0", "None"),
            (
                "attack ended with status 1\nstderr\n| ==1==ERROR: AddressSanitizer: \
                 heap-use-after-free on address 0x1\n|     #0 0x1 in look /target/a.c:1:2",
                "Some(Sanitizer { kind: \"heap-use-after-free\", function: \"look\" })",
            ),
            ("nothing", "None"),
        ] {
            let found = of_transcript(&format!("head\n\n{attack}{after}"));
            assert_eq!(format!("{found:?}"), expected, "{attack}");
        }
    }
}

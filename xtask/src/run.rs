//! Child processes: started, waited for, timed, and never silently failed.

use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Instant;

/// How one step of a longer task ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ending {
    /// It ran and ended well.
    Passed,
    /// It ran and ended badly, or could not be run; this says how.
    Failed(String),
    /// It was not run, and this is why.
    LeftOut(String),
}

/// One step of a longer task, with the time that it took.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: &'static str,
    pub ending: Ending,
    pub seconds: f64,
}

impl Step {
    /// Runs `work`, announced on stderr, and keeps how it ended.
    pub fn run(name: &'static str, work: impl FnOnce() -> Ending) -> Step {
        eprintln!("== {name}");
        let start = Instant::now();
        let ending = work();
        let step = Step { name, ending, seconds: start.elapsed().as_secs_f64() };
        eprintln!("   {}", step.line());
        step
    }

    fn line(&self) -> String {
        let (word, why) = match &self.ending {
            Ending::Passed => ("ok", ""),
            Ending::Failed(why) => ("FAILED", why.as_str()),
            Ending::LeftOut(why) => ("left out", why.as_str()),
        };
        let line = format!("{:<22} {:>8.1} s  {word:<8}  {why}", self.name, self.seconds);
        line.trim_end().to_string()
    }
}

/// The steps as a table, one a line, and the sum of their times.
pub fn table(steps: &[Step]) -> String {
    let sum: f64 = steps.iter().map(|step| step.seconds).sum();
    let mut table: String = steps.iter().map(|step| format!("  {}\n", step.line())).collect();
    table.push_str(&format!("  {:<22} {sum:>8.1} s\n", "together"));
    table
}

/// The exit status of a task made of `steps`.
pub fn verdict(steps: &[Step]) -> ExitCode {
    let failed = steps.iter().any(|step| matches!(step.ending, Ending::Failed(_)));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Runs a command with its output live; the error says which command and how it ended.
pub fn run(command: &mut Command) -> Result<(), String> {
    let name = describe(command);
    let status = command.status().map_err(|error| format!("cannot start `{name}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{name}`: {}", said(status))) }
}

/// Runs a command and ends the step with its result.
pub fn ending(command: &mut Command) -> Ending {
    match run(command) {
        Ok(()) => Ending::Passed,
        Err(why) => Ending::Failed(why),
    }
}

/// Whether a command can be started here and ends well; its output is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The exit code of a child, passed on as our own; a child that died by a signal counts as 1.
pub fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    ExitCode::from(code)
}

/// The cargo that runs us, so that nested calls use the same toolchain.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// How a child ended, in words.
pub fn said(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit status {code}"),
        None => "ended by a signal".to_string(),
    }
}

/// A command as a person would type it, program without its folder.
fn describe(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut text = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(script: &str, expected: Result<(), &str>) {
        let answer = run(Command::new("sh").arg("-c").arg(script));
        assert_eq!(answer, expected.map_err(str::to_string), "{script}");
    }

    #[test]
    fn a_failing_child_is_never_taken_for_a_good_one() {
        check("true", Ok(()));
        check("exit 3", Err("`sh -c exit 3`: exit status 3"));
        check("kill -TERM $$", Err("`sh -c kill -TERM $$`: ended by a signal"));
    }

    #[test]
    fn the_table_names_every_step_and_its_reason() {
        let steps = [
            Step { name: "format", ending: Ending::Passed, seconds: 0.5 },
            Step { name: "deny", ending: Ending::LeftOut("not installed".into()), seconds: 0.0 },
            Step { name: "tests", ending: Ending::Failed("exit status 101".into()), seconds: 9.0 },
        ];
        let table = table(&steps);
        for words in
            ["format", "ok", "left out  not installed", "FAILED    exit status 101", "9.5 s"]
        {
            assert!(table.contains(words), "{words} in\n{table}");
        }
    }
}

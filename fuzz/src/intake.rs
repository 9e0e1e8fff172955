//! Reports and mails: what anybody may send in.

use crate::{head_and_rest, is_one_line, refused};
use seawall_domain::claim::Claim;
use seawall_domain::recipe::RecipeFile;
use seawall_formats::intake::{self, FILE_BYTES_MAX, FILES_LEN_MAX, Intake, fenced, tap};
use seawall_formats::problem::Problem;
use seawall_formats::{mail, recipe};

/// Reports of the TAP Intake API as JSON.
pub fn tap_json(bytes: &[u8]) {
    match tap::read_json(bytes) {
        Ok(report) => is_sound(&report.intake),
        Err(problem) => is_told(&problem),
    }
}

/// The same in several parts: the first line is the header `Content-Type`.
pub fn tap_multipart(bytes: &[u8]) {
    let (head, body) = head_and_rest(bytes);
    let Ok(head) = std::str::from_utf8(head) else { return };
    let _ = intake::sniff(head, body);
    match tap::read(head.trim_end(), body) {
        Ok(report) => is_sound(&report.intake),
        Err(problem) => is_told(&problem),
    }
}

/// SARIF.
pub fn sarif(bytes: &[u8]) {
    match intake::sarif::read(bytes) {
        Ok(intakes) => {
            assert!(intakes.len() <= intake::sarif::RESULTS_LEN_MAX);
            intakes.iter().for_each(is_sound);
        }
        Err(fault) => refused(&fault),
    }
}

/// Scrutineer's findings.
pub fn scrutineer(bytes: &[u8]) {
    match intake::scrutineer::read(bytes) {
        Ok(intakes) => {
            assert!(intakes.len() <= intake::scrutineer::FINDINGS_LEN_MAX);
            intakes.iter().for_each(is_sound);
        }
        Err(fault) => refused(&fault),
    }
}

/// Reports as mails, and files inside prose.
pub fn report_mail(bytes: &[u8]) {
    match intake::mail::read(bytes) {
        Ok(intake) => is_sound(&intake),
        Err(fault) => refused(&fault),
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        match fenced::split(text) {
            Ok((_, files)) => assert!(files.len() <= FILES_LEN_MAX),
            Err(fault) => is_one_line(&fault.to_string()),
        }
    }
}

/// Letters: what was read can be written, and reads back the same.
pub fn letter(bytes: &[u8]) {
    let letter = match mail::read(bytes) {
        Ok(letter) => letter,
        Err(fault) => return refused(&fault),
    };
    let fields = [&letter.message_id, &letter.from, &letter.to, &letter.subject];
    let ids = letter.in_reply_to.iter().chain(&letter.references);
    for field in fields.into_iter().chain(ids) {
        assert!(!field.chars().any(char::is_control), "{field:?}");
        assert!(field.len() <= mail::FIELD_BYTES_MAX);
    }
    assert!(letter.references.len() <= mail::REFERENCES_LEN_MAX);
    let Ok(written) = mail::write(&letter) else { return };
    let again =
        mail::read(&written).unwrap_or_else(|fault| panic!("written, and refused: {fault}"));
    assert_eq!(again.from, letter.from);
    assert_eq!(again.to, letter.to);
    assert_eq!(again.date_micros, letter.date_micros);
}

/// What maintainers ask for in mails.
pub fn commands(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let commands = mail::commands(text);
    assert!(commands.len() <= mail::COMMANDS_LEN_MAX);
    let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
    assert!(mail::commands(&quoted).is_empty(), "quoted text commands");
}

/// Recipes.
pub fn recipe_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match recipe::read(text) {
        Ok(read) => {
            let written = recipe::write(&read);
            if written.len() <= recipe::RECIPE_BYTES_MAX {
                assert_eq!(recipe::read(&written).as_ref(), Ok(&read), "{written}");
            }
            let mut found = [recipe::advice(&read), recipe::outside(&read)].concat();
            recipe::locate(text, &mut found);
            found.iter().for_each(is_placed);
        }
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a reason");
            faults.iter().for_each(|fault| assert!(!fault.message.is_empty(), "{fault}"));
        }
    }
    if let Ok(read) = recipe::from_json(bytes) {
        let written = recipe::write(&read);
        if written.len() <= recipe::RECIPE_BYTES_MAX {
            assert_eq!(recipe::read(&written), Ok(read), "{text}");
        }
    }
    let _ = recipe::import::judged_by(text);
    imported(text);
}

/// What is imported reads back, whatever stands in the files of a project.
fn imported(text: &str) {
    let build = RecipeFile { name: "build.sh".into(), bytes: text.into() };
    let project = recipe::import::FuzzProject {
        settings: "language: c\nmain_repo: https://a.example/b\n".into(),
        dockerfile: text.into(),
        files: vec![build],
        fuzz_target: "f".into(),
        commit: "0123456789abcdef0123456789abcdef01234567".into(),
        report: Some(text.into()),
        ..recipe::import::FuzzProject::default()
    };
    let of_settings = recipe::import::FuzzProject { settings: text.into(), ..project.clone() };
    let _ = recipe::import::of_fuzz_project(of_settings);
    if let Ok(made) = recipe::import::of_fuzz_project(project) {
        assert_eq!(recipe::read(&recipe::write(&made.recipe)), Ok(made.recipe), "{text}");
    }
}

/// What is said of a recipe has a reason and, since its place is in the text or missing there, a
/// line of it.
fn is_placed(fault: &recipe::RecipeFault) {
    assert!(!fault.place.is_empty() && !fault.message.is_empty(), "{fault}");
    assert!(fault.line.is_none_or(|line| line > 0), "{fault}");
}

fn is_told(problem: &Problem) {
    let told = problem.to_json();
    let read: Result<serde_json::Value, _> = serde_json::from_str(&told);
    assert!(read.is_ok_and(|value| value.is_object()), "{told}");
    assert!((400..600).contains(&problem.status), "{told}");
}

/// A claim and its files agree, and only its description has lines.
fn is_sound(intake: &Intake) {
    let Intake { claim, files, .. } = intake;
    assert!(files.len() <= FILES_LEN_MAX, "{} files", files.len());
    assert!(files.iter().map(|file| &file.attachment).eq(&claim.attachments));
    for file in files {
        assert!(file.bytes.len() <= FILE_BYTES_MAX, "a file of {} bytes", file.bytes.len());
        assert_eq!(file.bytes.len() as u64, file.attachment.size_bytes);
        is_file_name(&file.attachment.name);
    }
    lines(claim).for_each(|line| {
        assert!(!line.chars().any(char::is_control), "a line with control characters: {line:?}");
    });
}

fn is_file_name(name: &str) {
    let plain = !name.contains(['/', '\\']) && !name.chars().any(char::is_control);
    assert!(plain && !name.is_empty() && name != "." && name != "..", "{name:?}");
}

/// Every text of a claim that is one line.
fn lines(claim: &Claim) -> impl Iterator<Item = &String> {
    let single = [
        &claim.location.file,
        &claim.location.function,
        &claim.severity,
        &claim.tooling.tool,
        &claim.tooling.method,
        &claim.tooling.contact,
    ];
    let versions = claim.versions.iter().map(|version| &version.0);
    let several = claim.upstream_ids.iter().chain(&claim.references);
    [&claim.title].into_iter().chain(single.into_iter().flatten()).chain(versions).chain(several)
}

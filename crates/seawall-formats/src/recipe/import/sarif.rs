//! A SARIF result with a proof attached: a recipe, or an input that crashes.

use super::{judged_by, plain_name};
use crate::fault::quote;
use crate::intake::{Intake, sarif};
use crate::recipe::{RecipeFault, read};
use seawall_domain::claim::AttachmentKind;
use seawall_domain::recipe::{RecipeFile, Target};

/// What is attached to a result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Proof {
    /// A recipe, as it was written.
    Recipe(String),
    /// An input that crashes the target.
    Input {
        /// The release, where the result names one.
        target: Option<Target>,
        /// The input.
        input: RecipeFile,
        /// What was printed when it crashed.
        report: Option<String>,
    },
}

/// The proof of the result with this number, from 1; without one, of the first that has any.
pub fn proof_of(body: &[u8], number: Option<usize>) -> Result<Proof, Vec<RecipeFault>> {
    let fault = |place: &str, message: String| vec![RecipeFault::new(place, message)];
    let results = sarif::read(body).map_err(|fail| fault("SARIF", fail.to_string()))?;
    let count = results.len();
    let Some(number) = number else {
        let attached = results.into_iter().find(|result| {
            result.files.iter().any(|file| {
                let kind = file.attachment.kind;
                kind == AttachmentKind::Reproducer || kind == AttachmentKind::ExploitProofOfConcept
            })
        });
        let none = || fault("SARIF", format!("none of its {count} results has a proof attached"));
        return of_result(attached.ok_or_else(none)?);
    };
    let result = number.checked_sub(1).and_then(|index| results.into_iter().nth(index));
    let none = || fault("result", format!("there is no result {number}; there are {count}"));
    of_result(result.ok_or_else(none)?)
}

fn of_result(result: Intake) -> Result<Proof, Vec<RecipeFault>> {
    let Intake { claim, files, .. } = result;
    let of_kind =
        |kind: AttachmentKind| files.iter().find(move |file| file.attachment.kind == kind);
    if let Some(text) = of_kind(AttachmentKind::Reproducer).and_then(|file| file.text()) {
        read(text)?;
        return Ok(Proof::Recipe(text.to_owned()));
    }
    let Some(input) = of_kind(AttachmentKind::ExploitProofOfConcept) else {
        let message = format!(
            "nothing attached to {} is a recipe or an input: a proof is an attachment whose \
             content stands in the run's `artifacts`",
            quote(&claim.title)
        );
        return Err(vec![RecipeFault::new("attachments", message)]);
    };
    let told = files.iter().filter_map(|file| file.text()).find(|text| judged_by(text).is_some());
    let report = told
        .map(str::to_owned)
        .or_else(|| judged_by(&claim.description).is_some().then(|| claim.description.clone()));
    let version = claim.versions.into_iter().next();
    let target = claim.package.zip(version).map(|(package, version)| Target { package, version });
    let name = plain_name(&input.attachment.name);
    Ok(Proof::Input { target, input: RecipeFile { name, bytes: input.bytes.clone() }, report })
}

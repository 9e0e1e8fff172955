//! What tests send in: reports, as one value from which claim, recipe and bytes follow;
//! inventories; statements.

use seawall_domain::claim::{AttachmentKind, Claim, Cwe, Location, Tooling};
use seawall_domain::package::{Package, Version};
use seawall_domain::recipe::{Canary, Oracle, Recipe, RecipeFile, Target};
use seawall_formats::intake::{File, Intake, Notify};
use seawall_formats::recipe;
use serde_json::json;

/// One report of one flaw.
#[derive(Clone, Debug)]
pub struct Report {
    /// The package.
    pub package: Package,
    /// The version on which the proof was run.
    pub version: String,
    /// One line.
    pub title: String,
    /// What goes wrong and who gains.
    pub description: String,
    /// The weakness class.
    pub weakness: Option<u32>,
    /// The file.
    pub file: String,
    /// The function.
    pub function: String,
    /// The effect that the recipe looks for; `None` leaves the recipe out.
    pub effect: Option<String>,
}

impl Report {
    /// The recipe as TOML.
    pub fn recipe(&self) -> Option<String> {
        let effect = self.effect.as_ref()?;
        let text = format!("effect {effect}\n{} {}\n", self.file, self.function);
        let (package, version) = (self.package.clone(), Version(self.version.clone()));
        let recipe = Recipe::new(Target { package, version }, Oracle::Canary(Canary::Harness));
        Some(recipe::write(&Recipe {
            files: vec![RecipeFile { name: "probe.txt".into(), bytes: text.into_bytes() }],
            trigger: vec!["cat".into(), "/recipe/probe.txt".into()],
            control: vec!["true".into()],
            ..recipe
        }))
    }

    /// What a reader would make of it.
    pub fn intake(&self) -> Intake {
        let recipe = self.recipe().map(|text| {
            let kind = AttachmentKind::Reproducer;
            File::new("recipe.toml", "application/toml", kind, text.into_bytes())
        });
        let files: Vec<File> = recipe.into_iter().collect();
        let claim = Claim {
            package: Some(self.package.clone()),
            versions: vec![Version(self.version.clone())],
            title: self.title.clone(),
            description: self.description.clone(),
            weakness: self.weakness.map(Cwe),
            location: Location {
                file: Some(self.file.clone()),
                function: Some(self.function.clone()),
                line: None,
            },
            severity: None,
            tooling: Tooling {
                tool: Some("test agent".into()),
                method: Some("ai-discovered".into()),
                contact: Some("duty@finder.invalid".into()),
            },
            upstream_ids: Vec::new(),
            references: Vec::new(),
            attachments: files.iter().map(|file| file.attachment.clone()).collect(),
        };
        Intake { claim, files, notify: Notify::Off }
    }

    /// The bytes as they came.
    pub fn bytes(&self) -> Vec<u8> {
        format!("{self:?}").into_bytes()
    }
}

/// An inventory as CycloneDX, one library a purl.
pub fn cyclonedx(purls: &[&str]) -> Vec<u8> {
    let component = |purl: &&str| {
        let name = purl.rsplit('/').next().and_then(|rest| rest.split('@').next());
        let version = purl.rsplit('@').next();
        json!({"type": "library", "name": name, "version": version, "purl": purl})
    };
    let components: Vec<_> = purls.iter().map(component).collect();
    json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components})
        .to_string()
        .into_bytes()
}

/// The word of a vendor that a product is not affected by a flaw, as OpenVEX.
pub fn openvex(flaw: &str, product: &str) -> Vec<u8> {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://vendor.invalid/vex/1",
        "author": "Device maker",
        "timestamp": "2026-03-02T09:00:00Z",
        "version": 1,
        "statements": [{
            "vulnerability": {"name": flaw},
            "products": [{"@id": product}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
        }],
    })
    .to_string()
    .into_bytes()
}

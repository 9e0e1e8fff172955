//! What gateways of an engagement's windows counted, and how it is brought in.

use super::super::words::{short, when};
use super::acts::{may, path};
use crate::pages::form::Weight;
use crate::pages::matter::Part;
use crate::pages::{FieldKind, Form, Shell};
use seawall_domain::access::{Action, Actor};
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::count::Kept;

/// What was counted, for those who bring it in.
pub fn parts(actor: &Actor, it: &Engagement) -> Vec<Part> {
    if it.counts.is_empty() || !may(actor, Action::ReadGateway, it) {
        return Vec::new();
    }
    let says = match it.counts.kept().is_empty() {
        true => "A gateway was named; no count of it was brought in yet.",
        false => "By party, as each gateway signed it; the newest takes the older one's place.",
    };
    vec![Part {
        id: "counts".into(),
        heading: "What gateways counted".into(),
        says: says.into(),
        lines: it.counts.kept().iter().flat_map(lines).collect(),
        ..Part::default()
    }]
}

fn lines(kept: &Kept) -> Vec<String> {
    let parties = kept.newest.parties.iter().map(|used| {
        format!(
            "Window {}, party {}: {} requests, {} tokens in, {} tokens out (brought in {})",
            short(kept.window),
            short(used.party),
            used.requests,
            used.tokens_in,
            used.tokens_out,
            when(kept.newest.at).text,
        )
    });
    parties.collect()
}

/// How it is brought in.
pub fn forms(actor: &Actor, shell: &Shell, it: &Engagement) -> Vec<Form> {
    if !may(actor, Action::BringCounts, it) {
        return Vec::new();
    }
    let post = |step: &str, button: &str| Form::post(shell, path(it, step), button);
    let mut forms = vec![
        post("name_gateway", "Name the key of a gateway")
            .field(FieldKind::Line, "key", "Key", "as `seawall gateway count --show-key` prints it")
            .says("What it signs is counted in the shares of tokens."),
    ];
    if !it.counts.keys().is_empty() {
        let form = post("count", "Bring in what a gateway counted");
        let hint = "as `seawall gateway count` wrote it";
        forms.push(form.field(FieldKind::File, "count", "Count", hint));
    }
    forms.into_iter().map(|form| form.weight(Weight::Side)).collect()
}

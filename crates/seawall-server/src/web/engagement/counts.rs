//! The gateways of an engagement's windows: by which keys they sign, what they counted, that what
//! they held is gone; and how all this is brought in.

use super::super::words::{short, when};
use super::acts::{may, path};
use crate::pages::form::Weight;
use crate::pages::matter::Part;
use crate::pages::{FieldKind, Form, Shell};
use seawall_domain::access::{Action, Actor};
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::count::Kept;
use seawall_domain::engagement::gateways::{Delivery, Destroyed, Gateway, Side, Standing};
use seawall_domain::id::WindowId;
use seawall_services::engagement::gateway_text;

/// What was counted, for those who bring it in.
pub fn parts(actor: &Actor, it: &Engagement) -> Vec<Part> {
    let is_known = !it.gateways.is_empty() || !it.counts.is_empty();
    if !may(actor, Action::ReadGateway, it) || !is_known && it.all_destroyed().is_empty() {
        return Vec::new();
    }
    [known(it), counted(it)].concat()
}

/// By which keys gateways sign, and which of them have certified that what they held is gone.
fn known(it: &Engagement) -> Vec<Part> {
    let windows = it.lineage.uses().iter().map(|it| it.window);
    let offered = it.window.offer().map(|offer| offer.window);
    let mut windows: Vec<WindowId> = windows.collect();
    windows.extend(offered.filter(|window| !windows.contains(window)));
    let lines = windows.into_iter().flat_map(|window| of_window(it, window)).collect();
    vec![Part {
        id: "gateways".into(),
        heading: "Gateways, and what became of what was held".into(),
        says: "Where a key is named for a window, nothing that another one signed is taken. \
               Nothing of this is due from the developer."
            .into(),
        lines,
        ..Part::default()
    }]
}

/// What is known of one window's gateways, line by line.
pub fn of_window(it: &Engagement, window: WindowId) -> Vec<String> {
    let gateways = it.gateways_of(window);
    let mut lines: Vec<String> = gateways.iter().map(|it| gateway(window, it)).collect();
    lines.extend(it.destroyed(window).map(|told| summed(&told)));
    lines
}

fn gateway(window: WindowId, it: &Gateway<'_>) -> String {
    let named = match it.standing {
        Standing::Named { by: Side::Developer, at } => {
            format!("named by the developer {}", when(at).text)
        }
        Standing::Named { by: Side::Clearinghouse, at } => {
            format!("named by the clearinghouse {}", when(at).text)
        }
        Standing::NamedForAll => "named for all windows".to_owned(),
        Standing::FirstUsed => "named by nobody: it was the first that came".to_owned(),
    };
    let gone = match it.gone {
        Some(gone) => format!(
            "{} objects are gone, as it certified {} (certificate {})",
            gone.objects,
            when(gone.at).text,
            short(gone.certificate)
        ),
        None => "no certificate that what it held is gone".to_owned(),
    };
    let key = gateway_text(&it.key);
    format!("Window {}, gateway {key}, {named}: {gone}", short(window))
}

fn summed(told: &Destroyed) -> String {
    let (all, done) = told.count();
    let clearinghouse = match told.clearinghouse {
        Delivery::HeldNothing => "the clearinghouse was sent nothing to hold",
        Delivery::Outstanding => "the clearinghouse has not certified it yet",
        Delivery::Delivered => "the clearinghouse has certified it",
    };
    let is_all = match (told.is_all(), told.gateways.is_empty()) {
        (true, false) => "all of it is certified to be gone",
        (true, true) => "and no gateway was named, so of what one holds this says nothing",
        (false, _) => "so it is not all known to be gone",
    };
    let window = short(told.window);
    format!("Window {window} is over: {done} of {all} have delivered; {clearinghouse}; {is_all}")
}

/// What was counted.
fn counted(it: &Engagement) -> Vec<Part> {
    if it.counts.is_empty() && it.gateways.is_empty() {
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
            .field(FieldKind::Line, "window", "Window", "its id; empty for the last one")
            .says("For the gateway on your side. What another key signs is not taken then."),
    ];
    if it.lineage.uses().is_empty() {
        return forms.into_iter().map(|form| form.weight(Weight::Side)).collect();
    }
    let form = post("destruction", "Bring in a gateway's certificate of destruction");
    let hint = "as `seawall gateway destroy` wrote it";
    forms.push(
        form.field(FieldKind::File, "certificate", "Certificate", hint)
            .says("It says that what this gateway held in its window is gone."),
    );
    if !it.gateway_keys().is_empty() {
        let form = post("checkpoint", "Bring in a checkpoint of a gateway's journal");
        let hint = "the file `checkpoint` in its folder";
        forms.push(form.field(FieldKind::File, "checkpoint", "Checkpoint", hint));
        let form = post("count", "Bring in what a gateway counted");
        let hint = "as `seawall gateway count` wrote it";
        forms.push(form.field(FieldKind::File, "count", "Count", hint));
    }
    forms.into_iter().map(|form| form.weight(Weight::Side)).collect()
}

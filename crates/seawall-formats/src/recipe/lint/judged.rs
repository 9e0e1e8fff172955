//! Advice on the oracle: what it will never see, and what it will mistake.

use super::Advice;
use seawall_domain::recipe::{Canary, Demand, Oracle, Recipe};

/// Words of kinds of error, and the sanitizer that reports them.
const KINDS: [(&str, &[&str]); 4] = [
    (
        "address",
        &[
            "heap-buffer-overflow",
            "stack-buffer-overflow",
            "global-buffer-overflow",
            "heap-use-after-free",
            "stack-use-after-return",
            "stack-use-after-scope",
            "attempting",
            "container-overflow",
            "stack-overflow",
            "SEGV",
        ],
    ),
    ("memory", &["use-of-uninitialized-value"]),
    ("thread", &["data race", "lock-order-inversion", "thread leak"]),
    (
        "undefined",
        &[
            "signed integer overflow",
            "shift exponent",
            "left shift",
            "division by zero",
            "null pointer",
            "misaligned address",
            "out of bounds",
        ],
    ),
];
/// Statuses by which interpreters and shells end on their own, with what that is.
const ORDINARY: [(u8, &str); 5] = [
    (1, "an uncaught exception of Python, Node or Java"),
    (2, "a usage error of most programs"),
    (101, "a panic of Rust"),
    (126, "a program that cannot be started"),
    (127, "a program that is not found"),
];

pub(super) fn advise(advice: &mut Advice<'_>) {
    let recipe = advice.recipe;
    match &recipe.oracle {
        Oracle::Canary(place) => canary(advice, place),
        Oracle::Growth(demand) => growth(advice, demand),
        Oracle::Sanitizer { kind, function } => sanitizer(advice, kind, function),
        Oracle::Signal { .. } => {}
        Oracle::Exit { status } => exit(advice, *status),
        Oracle::Output { says } => output(advice, says),
        Oracle::Differential { fixed } if *fixed == recipe.target.version => {
            let message = "it is the version of the target itself, and nothing differs from \
                           itself: name a release in which the flaw is repaired";
            advice.add("oracle.fixed", message);
        }
        Oracle::Differential { .. } => {}
        Oracle::Http { attack, control, status, says } => {
            request(advice, "oracle.control", control);
            if status.is_some_and(|status| (200..300).contains(&status)) && says.is_none() {
                let message = format!(
                    "most answers have a status like this, and so may the control's: say as well \
                     what the answer to `{attack}` holds that no other does, in `says`"
                );
                advice.add("oracle.status", message);
            }
        }
    }
}

fn canary(advice: &mut Advice<'_>, place: &Canary) {
    let all_texts = advice.recipe.files.iter().all(|file| file.text().is_some());
    match place {
        Canary::Harness if !advice.says("seawall-canary") => {
            let message = "no file prints `seawall-canary`, so every run stays untested: let the \
                           harness end with the line `seawall-canary TOKEN seen` or \
                           `seawall-canary TOKEN absent`, where TOKEN is `SEAWALL_CANARY` of the \
                           environment";
            advice.add("oracle.kind", message);
        }
        Canary::Harness | Canary::Written { .. } if !advice.says("SEAWALL_CANARY") => {
            let message = "nobody reads `SEAWALL_CANARY`, the mark that is new in each run, so it \
                           cannot appear anywhere: read it in the harness and let the attack \
                           carry it";
            advice.add("oracle.kind", message);
        }
        Canary::File if all_texts && !advice.says("canary/secret") => {
            let message = "nobody names `/canary/secret`, the file that the attack must make the \
                           target tell: let the attack's input ask for it, such as \
                           `../../canary/secret`";
            advice.add("oracle.where", message);
        }
        Canary::File | Canary::Environment if advice.says("SEAWALL_CANARY") => {
            let message = "`SEAWALL_CANARY` is not the secret here, and printing it proves \
                           nothing: the secret stands in `/canary/secret` or in \
                           `SEAWALL_SECRET`, and only the target may tell it";
            advice.add("oracle.where", message);
        }
        Canary::Callback if !advice.says("SEAWALL_CALLBACK") => {
            let message = "nobody reads `SEAWALL_CALLBACK`, the address at which the laboratory \
                           waits, so nobody can call there: read it in the harness and put it \
                           into the attack's input";
            advice.add("oracle.where", message);
        }
        Canary::Harness
        | Canary::File
        | Canary::Environment
        | Canary::Written { .. }
        | Canary::Callback => {}
    }
}

fn growth(advice: &mut Advice<'_>, demand: &Demand) {
    if u64::from(demand.large) * 4 < u64::from(demand.small) * 5 {
        let message = "it is less than 1.25 times `small`, and so near to it growth cannot be told \
                       from what a busy machine does: write at least twice as much, or a quarter \
                       more where each step doubles the time";
        advice.add("oracle.large", message);
    }
    if !advice.says("SEAWALL_SIZE") {
        let message = "nobody reads `SEAWALL_SIZE`, so the attack has the same size in every run \
                       and cannot grow: build the input from it in the harness";
        advice.add("oracle.small", message);
    }
}

fn sanitizer(advice: &mut Advice<'_>, kind: &str, function: &str) {
    if is_unknown(kind) || is_unknown(function) {
        let message = "the report's own words belong here: `error` as it stands after \
                       `ERROR: AddressSanitizer:`, and `function` from its first stack";
        advice.add("oracle.error", message);
    }
    let compiled = !advice.recipe.build.is_empty();
    if !advice.says("sanitize") && !advice.says("-race") {
        let message = "nothing is built with a sanitizer, so none can report: add \
                       `-fsanitize=address -g -fno-omit-frame-pointer` to the compiler's words in \
                       `build` or in the script that it runs";
        advice.add(if compiled { "build" } else { "oracle.kind" }, message);
        return;
    }
    let reports = KINDS.iter().find(|(_, kinds)| kinds.contains(&kind));
    let Some((sanitizer, _)) = reports else { return };
    let used: Vec<&str> = ["address", "memory", "thread", "undefined"]
        .into_iter()
        .filter(|one| used(advice.recipe, one))
        .collect();
    let traced = *sanitizer == "undefined" && advice.says("sanitize=integer");
    if !used.is_empty() && !used.contains(sanitizer) && !traced {
        let message = format!(
            "`{kind}` is reported by `-fsanitize={sanitizer}`, and the build has only \
             `-fsanitize={}`: build with the other one",
            used.join(",")
        );
        advice.add("oracle.error", message);
    }
}

/// Whether an importer left this to be filled in.
fn is_unknown(text: &str) -> bool {
    text.eq_ignore_ascii_case("unknown") || text.starts_with("FILL-IN")
}

/// Whether a build asks for this sanitizer.
fn used(recipe: &Recipe, sanitizer: &str) -> bool {
    let asks = |text: &str| {
        text.match_indices("sanitize").any(|(at, word)| {
            let rest = text.get(at + word.len()..).unwrap_or_default();
            let rest = rest.trim_start_matches(['r', '=', ' ', '"', '\'', ',']);
            let list = rest.split([' ', '"', '\'', '\n', '\\']).next().unwrap_or_default();
            list.split(',').any(|one| one == sanitizer)
        })
    };
    recipe.build.iter().flatten().any(|word| asks(word))
        || recipe.files.iter().filter_map(|file| file.text()).any(asks)
}

fn exit(advice: &mut Advice<'_>, status: u8) {
    if let Some((_, what)) = ORDINARY.iter().find(|(known, _)| *known == status) {
        let message = format!(
            "{status} is also {what}, so a harness that fails for any reason looks like the flaw: \
             let the harness end with a status of its own, such as 42, only when it saw the effect"
        );
        advice.add("oracle.status", message);
    }
}

fn output(advice: &mut Advice<'_>, says: &str) {
    let recipe = advice.recipe;
    if says.trim().len() < 3 {
        let message = "so short a text appears by chance: write a longer piece of the line that \
                       only the flaw makes appear";
        advice.add("oracle.says", message);
    }
    if recipe.control.iter().any(|word| word.contains(says)) {
        let message = "the control's own words hold it, so a harness that only repeats them shows \
                       it too: choose what neither command says";
        advice.add("oracle.says", message);
    }
}

/// A request of HTTP/1.1 that a server will hardly read (RFC 9112, sections 2.1 and 3.2).
fn request(advice: &mut Advice<'_>, place: &str, name: &str) {
    let Some(text) = advice.recipe.file(name).and_then(|file| file.text()) else { return };
    let first = text.lines().next().unwrap_or_default();
    let head = text.split("\r\n\r\n").next().unwrap_or(text);
    if !first.contains(" HTTP/1.") {
        let message = format!(
            "`{name}` is sent as it stands, and its first line is no request: write `GET /path \
             HTTP/1.1`, then the head, then an empty line"
        );
        advice.add(place, message);
    } else if !text.contains("\r\n\r\n") {
        let message = format!(
            "the lines of `{name}` do not end in CR and LF, or the empty line after the head is \
             missing, and most servers wait for both: write it as `text = \"GET / \
             HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n\"`"
        );
        advice.add(place, message);
    } else if first.ends_with("HTTP/1.1") && !head.to_ascii_lowercase().contains("\r\nhost:") {
        let message = format!("`{name}` has no `Host:`, without which HTTP/1.1 is refused: add it");
        advice.add(place, message);
    }
}

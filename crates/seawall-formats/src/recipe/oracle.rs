//! The oracle of a recipe.

use super::faults::Faults;
use super::parts::is_plain_path;
use seawall_domain::package::Version;
use seawall_domain::recipe::{Canary, Demand, Measure, Oracle};
use toml::{Table, Value};

/// What the growth oracle demands when the recipe does not say.
const OVER_CONTROL: u32 = 3;
const OVER_SIZE: u32 = 3;
/// No mark that an answer or an output is searched for is longer.
const SAYS_BYTES_MAX: usize = 500;
/// Signals that a flaw ends a program by.
const SIGNALS: [&str; 7] =
    ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS"];
const KINDS: &str = "`canary`, `growth`, `sanitizer`, `signal`, `exit`, `output`, `differential`, \
                     `http`";

pub(super) fn oracle(table: &Table, faults: &mut Faults) -> Option<Oracle> {
    let kind = faults.text("oracle.", table, "kind")?;
    let keys: &[&str] = match kind {
        "canary" => &["kind", "where", "path"],
        "growth" => &["kind", "measure", "small", "large", "over_control", "over_size"],
        "sanitizer" => &["kind", "error", "function"],
        "signal" => &["kind", "signal"],
        "exit" => &["kind", "status"],
        "output" => &["kind", "says"],
        "differential" => &["kind", "fixed"],
        "http" => &["kind", "attack", "control", "status", "says"],
        _ => {
            faults.add("oracle.kind", format!("it must be one of {KINDS}"));
            return None;
        }
    };
    faults.known("oracle.", table, keys);
    match kind {
        "canary" => canary(table, faults).map(Oracle::Canary),
        "growth" => growth(table, faults).map(Oracle::Growth),
        "sanitizer" => sanitizer(table, faults),
        "signal" => signal(table, faults),
        "exit" => {
            let status = faults.number("oracle.status", table.get("status"), 127)?;
            Some(Oracle::Exit { status: u8::try_from(status).ok()? })
        }
        "output" => says(table, faults).map(|says| Oracle::Output { says }),
        "differential" => {
            let fixed = faults.text("oracle.", table, "fixed")?;
            Some(Oracle::Differential { fixed: Version::from(fixed) })
        }
        _ => http(table, faults),
    }
}

fn canary(table: &Table, faults: &mut Faults) -> Option<Canary> {
    let place = match table.get("where") {
        None => "harness",
        Some(_) => faults.text("oracle.", table, "where")?,
    };
    if place != "written" && table.contains_key("path") {
        faults.add("oracle.path", "only a canary that is `written` has a path");
    }
    match place {
        "harness" => Some(Canary::Harness),
        "file" => Some(Canary::File),
        "environment" => Some(Canary::Environment),
        "callback" => Some(Canary::Callback),
        "written" => {
            let path = faults.text("oracle.", table, "path")?;
            let below = path.strip_prefix("/scratch/").is_some_and(is_plain_path);
            if !below {
                let message = "it must be a plain path below `/scratch`, such as \
                               `/scratch/outside/mark`: where the attack must not write";
                faults.add("oracle.path", message);
                return None;
            }
            Some(Canary::Written { path: path.to_owned() })
        }
        _ => {
            let message = "it must be one of `harness` (the harness looks and says so), `file` and \
                           `environment` (a secret that must not be told), `written` (a file that \
                           must not be written), `callback` (a connection that must not be made)";
            faults.add("oracle.where", message);
            None
        }
    }
}

fn growth(table: &Table, faults: &mut Faults) -> Option<Demand> {
    let measure = match table.get("measure").map(Value::as_str) {
        None | Some(Some("time")) => Measure::Time,
        Some(Some("memory")) => Measure::Memory,
        Some(_) => {
            faults.add("oracle.measure", "it must be `time` or `memory`");
            return None;
        }
    };
    let small = faults.number("oracle.small", table.get("small"), u32::MAX);
    let large = faults.number("oracle.large", table.get("large"), u32::MAX);
    let mut factor = |key: &str, default: u32| match table.get(key) {
        None => Some(default),
        value @ Some(_) => faults.number(&format!("oracle.{key}"), value, 1000),
    };
    let over_control = factor("over_control", OVER_CONTROL);
    let over_size = factor("over_size", OVER_SIZE);
    let (small, large) = (small?, large?);
    if large <= small {
        faults.add("oracle.large", "it must be larger than `oracle.small`");
    }
    let (over_control, over_size) = (over_control?, over_size?);
    if over_control < 2 || over_size < 2 {
        let message = "a factor below 2 is within what a busy machine does by itself";
        faults.add("oracle.over_control", message);
    }
    Some(Demand { measure, small, large, over_control, over_size })
}

fn sanitizer(table: &Table, faults: &mut Faults) -> Option<Oracle> {
    let error = faults.text("oracle.", table, "error");
    let function = faults.text("oracle.", table, "function");
    let (kind, function) = (error?.to_owned(), function?.to_owned());
    if kind.trim().is_empty() || function.trim().is_empty() {
        let message = "both `error`, such as `heap-buffer-overflow`, and `function` must be named: \
                       any report at all is no proof of this flaw";
        faults.add("oracle.error", message);
    }
    Some(Oracle::Sanitizer { kind, function })
}

fn signal(table: &Table, faults: &mut Faults) -> Option<Oracle> {
    let name = faults.text("oracle.", table, "signal")?;
    if !SIGNALS.contains(&name) {
        let message = format!(
            "it must be one of `{}`; the laboratory itself ends a run by the others",
            SIGNALS.join("`, `")
        );
        faults.add("oracle.signal", message);
        return None;
    }
    Some(Oracle::Signal { name: name.to_owned() })
}

fn says(table: &Table, faults: &mut Faults) -> Option<String> {
    let says = faults.text("oracle.", table, "says")?;
    let fits = !says.trim().is_empty() && says.len() <= SAYS_BYTES_MAX && !says.contains('\n');
    if !fits {
        let message = "it must be a piece of one line that only the flaw makes appear";
        faults.add("oracle.says", message);
        return None;
    }
    Some(says.to_owned())
}

fn http(table: &Table, faults: &mut Faults) -> Option<Oracle> {
    let attack = faults.text("oracle.", table, "attack");
    let control = faults.text("oracle.", table, "control");
    let status = match table.get("status") {
        None => None,
        value @ Some(_) => {
            let number = faults.number("oracle.status", value, 599)?;
            u16::try_from(number).ok()
        }
    };
    let says = match table.get("says") {
        None => None,
        Some(_) => Some(says(table, faults)?),
    };
    if status.is_none() && says.is_none() {
        let message = "name the `status` of the answer that shows the flaw, or what it `says`";
        faults.add("oracle.status", message);
    }
    let (attack, control) = (attack?.to_owned(), control?.to_owned());
    Some(Oracle::Http { attack, control, status, says })
}

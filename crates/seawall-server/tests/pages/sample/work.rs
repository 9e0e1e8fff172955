//! The laboratory's queue with sample values.

use super::{Voice, link, noon, shell, tag, when};
use seawall_server::pages::bars::Bars;
use seawall_server::pages::work::{PutBack, Run, Running, Try, Unable, Waiting, What, Work};
use seawall_server::pages::*;

fn what(voice: Voice, says: &str) -> What {
    What {
        says: says.into(),
        finding: Some(link(voice.text("decode() takes the prototype"), "/findings/3f")),
        package: voice.text("pkg:npm/ini@1.3.5"),
        finder: voice.text("finder agent one"),
    }
}

fn again(voice: Voice, action: &str) -> Option<Form> {
    let shell = shell(voice, "Laboratory", Visitor::Analyst, "/laboratory", Lang::English);
    Some(Form::post(&shell, action, "Try it again"))
}

fn put_back(voice: Voice, action: Option<&str>) -> PutBack {
    let told = |cause: &str| Try {
        at: noon(),
        worker: voice.text("laboratory-2/4711/1"),
        cause: voice.text(cause),
    };
    PutBack {
        what: what(voice, "Find the affected releases"),
        cause: voice.text("the registry is out of reach"),
        failures: 3,
        next: when("14 November 2026, 12:04 UTC", "2026-11-14T12:04:00Z"),
        tries: vec![told("the registry is out of reach"), told("its worker fell silent")],
        again: action.and_then(|action| again(voice, action)),
    }
}

pub fn work_page(voice: Voice) -> Work {
    let waiting = |position, why: &str, tone| Waiting {
        position,
        role: "reproduce".into(),
        what: what(voice, "Run the proof"),
        why: tag(why, tone),
        since: noon(),
    };
    let plot = |id: &str, title: &str, unit| Bars {
        id: id.into(),
        title: title.into(),
        unit,
        values: (0..60).map(|number| 40 + number * 37 % 61).collect(),
    };
    Work {
        shell: shell(voice, "Laboratory", Visitor::Analyst, "/laboratory", Lang::English),
        running: vec![Running {
            what: what(voice, "Run the proof"),
            worker: voice.text("laboratory-2/4711/1"),
            since: noon(),
            heard: noon(),
            state: tag("at work", Tone::Good),
        }],
        waiting: vec![
            waiting(1, "used in attacks", Tone::Bad),
            waiting(2, "as it came, in turn", Tone::Calm),
            Waiting {
                what: What { says: "Match an inventory".into(), ..What::default() },
                ..waiting(1, "as it came, in turn", Tone::Calm)
            },
        ],
        put_back: vec![put_back(voice, None)],
        given_up: vec![put_back(voice, Some("/laboratory/1a/try-again"))],
        unable: vec![Unable {
            what: what(voice, "Run the proof"),
            since: noon(),
            again: again(voice, "/findings/3f/try-again"),
        }],
        plots: vec![
            plot("cpu", "Processor time a run", "ms"),
            plot("wall", "Time that a run took", "ms"),
            Bars { values: Vec::new(), ..plot("memory", "Most memory of a run", "MiB") },
        ],
        runs: vec![Run {
            at: noon(),
            target: voice.text("pkg:npm/ini@1.3.5"),
            worker: voice.text("laboratory-2/4711/1"),
            cpu_ms: 81,
            wall_ms: 240,
            peak_mib: 33,
        }],
    }
}

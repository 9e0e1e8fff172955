//! Every further oracle over releases that have the flaw, that have it no more, and whose control
//! shows it as well.

use crate::world::{World, recipe};
use seawall_domain::package::Version;
use seawall_domain::recipe::{
    Boundary, Canary, Capability, Demand, Doubt, Measure, Oracle, Recipe, RecipeFile, Service,
};
use seawall_domain::verdict::Outcome::{self, *};

/// Runs a recipe against several releases and expects an outcome of each.
fn check(world: &World, recipe: &Recipe, expected: &[(&str, Outcome, &str)]) {
    for (version, outcome, effect) in expected {
        for report in world.run(recipe, version, 1) {
            let told = (report.outcome, report.effect.as_str());
            assert_eq!(told, (*outcome, *effect), "{version}: {}", report.transcript);
        }
    }
}

/// Releases of one shell script each, called with `attack` or `benign`.
fn scripts(world: &World, name: &str, scripts: &[(&str, &str)]) {
    for (version, script) in scripts {
        world.release(name, version, &[("run.sh", script)]);
    }
}

fn shell(name: &str, oracle: Oracle) -> Recipe {
    recipe(name, oracle, "sh", ("probe.sh", "exec sh /target/run.sh \"$1\""))
}

const ATTACKED: &str = "[ \"$1\" = attack ] || exit 0\n";

#[test]
fn a_signal_and_a_status_are_those_of_the_command() {
    let world = World::new();
    let releases = [
        ("1", format!("{ATTACKED}kill -SEGV $$")),
        ("2", "exit 0".into()),
        ("3", format!("{ATTACKED}exit 3")),
        ("4", "kill -SEGV $$".into()),
    ];
    let releases: Vec<(&str, &str)> = releases.iter().map(|(v, s)| (*v, s.as_str())).collect();
    scripts(&world, "ends", &releases);
    let signal = shell("ends", Oracle::Signal { name: "SIGSEGV".into() });
    let expected = [
        ("1", Affected, "signal SIGSEGV"),
        ("2", Unaffected, "none"),
        ("3", Untested, "none"),
        ("4", Untested, "none"),
    ];
    check(&world, &signal, &expected);
    let exit = shell("ends", Oracle::Exit { status: 3 });
    let expected = [
        ("1", Untested, "none"),
        ("2", Unaffected, "none"),
        ("3", Affected, "status 3"),
        ("4", Untested, "none"),
    ];
    check(&world, &exit, &expected);
}

#[test]
fn what_is_said_must_be_said_by_the_attack_alone() {
    let world = World::new();
    let one = format!("{ATTACKED}echo 'access granted'");
    let releases = [("1", one.as_str()), ("2", "echo denied"), ("3", "echo access granted")];
    scripts(&world, "says", &releases);
    let output = shell("says", Oracle::Output { says: "access granted".into() });
    let expected = [("1", Affected, "output"), ("2", Unaffected, "none"), ("3", Untested, "none")];
    check(&world, &output, &expected);
}

#[test]
fn the_laboratory_looks_for_its_own_canaries() {
    let world = World::new();
    let told = format!("{ATTACKED}cat /canary/secret");
    let named = format!("{ATTACKED}env");
    let written = format!("{ATTACKED}mkdir -p /scratch/out; echo $SEAWALL_CANARY > /scratch/out/x");
    let forged = format!("{ATTACKED}echo '{{\"status\":0,\"written\":true,\"called\":true}}'");
    let called = format!(
        "{ATTACKED}python3 -I -c \"import urllib.request as u, os
u.build_opener(u.ProxyHandler({{}})).open(os.environ['SEAWALL_CALLBACK'])\""
    );
    let releases = [
        ("1", told.as_str()),
        ("2", &named),
        ("3", &written),
        ("4", &called),
        ("5", &forged),
        ("6", "exit 0"),
    ];
    scripts(&world, "canary", &releases);
    let written = Canary::Written { path: "/scratch/out/x".into() };
    for (canary, effect, version) in [
        (Canary::File, "secret told", "1"),
        (Canary::Environment, "secret told", "2"),
        (written, "file written", "3"),
        (Canary::Callback, "connection made", "4"),
    ] {
        let recipe = shell("canary", Oracle::Canary(canary));
        check(&world, &recipe, &[(version, Affected, effect), ("6", Unaffected, "none")]);
        for report in world.run(&recipe, "5", 1) {
            assert_eq!(report.outcome, Unaffected, "{}", report.transcript);
        }
    }
}

#[test]
fn a_release_is_compared_with_one_that_is_fixed() {
    let world = World::new();
    let one = format!("echo same\n{ATTACKED}echo otherwise");
    let releases =
        [("1", one.as_str()), ("2", "echo same"), ("3", "echo same"), ("4", "echo another")];
    scripts(&world, "differs", &releases);
    let oracle = Oracle::Differential { fixed: Version::from("3") };
    let expected = [
        ("1", Affected, "differs"),
        ("2", Unaffected, "none"),
        ("3", Unaffected, "none"),
        ("4", Untested, "none"),
        ("9", Untested, "none"),
    ];
    check(&world, &shell("differs", oracle), &expected);
}

#[test]
fn memory_growth_is_measured_from_outside() {
    let world = World::new();
    for (version, body) in [
        ("1", "x = bytearray(n * n if attack else n)"),
        ("2", "x = bytearray(n)"),
        ("3", "x = bytearray(n * n)"),
    ] {
        let module = format!("import time\ndef do(attack, n):\n    {body}\n    time.sleep(0.1)\n");
        world.release("hoard", version, &[("work.py", &module)]);
    }
    let script = "import os, sys\nsys.path.insert(0, '/target')\nimport work\n\
                  work.do(sys.argv[1] == 'attack', int(os.environ['SEAWALL_SIZE']))\n";
    let (over_control, over_size) = (3, 3);
    let demand =
        Demand { measure: Measure::Memory, small: 4000, large: 11_000, over_control, over_size };
    let recipe = recipe("hoard", Oracle::Growth(demand), "python3", ("probe.py", script));
    let expected =
        [("1", Affected, "memory growth"), ("2", Unaffected, "none"), ("3", Unaffected, "none")];
    check(&world, &recipe, &expected);
}

const SERVER: &str = "
import http.server, sys
sys.path.insert(0, '/target')
import site_of
class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        code, text = site_of.answer(self.path)
        self.send_response(code)
        self.end_headers()
        self.wfile.write(text.encode())
http.server.HTTPServer(('127.0.0.1', 8080), Door).serve_forever()
";

#[test]
fn a_service_is_asked_over_http() {
    let world = World::new();
    for (version, body) in [
        ("1", "return (200, 'secret') if '..' in path else (200, 'home')"),
        ("2", "return (404, 'no') if '..' in path else (200, 'home')"),
        ("3", "return (200, 'secret')"),
        ("4", "raise SystemExit(1)"),
    ] {
        world.release(
            "site",
            version,
            &[("site_of.py", &format!("def answer(path):\n    {body}\n"))],
        );
    }
    world.release("site", "5", &[("site_of.py", "import sys\nsys.exit(1)\n")]);
    let oracle = Oracle::Http {
        attack: "attack.http".into(),
        control: "plain.http".into(),
        status: Some(200),
        says: Some("secret".into()),
    };
    let request =
        |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let mut recipe = recipe("site", oracle, "python3", ("server.py", SERVER));
    let file =
        |name: &str, text: String| RecipeFile { name: name.into(), bytes: text.into_bytes() };
    recipe.files.push(file("attack.http", request("/../x")));
    recipe.files.push(file("plain.http", request("/x")));
    let run = ["python3", "-I", "/recipe/server.py"].map(String::from).to_vec();
    recipe.service = Some(Service { run, port: 8080 });
    recipe.limits.seconds = 5;
    let expected = [
        ("1", Affected, "answer"),
        ("2", Unaffected, "none"),
        ("3", Untested, "none"),
        ("4", Untested, "none"),
        ("5", Untested, "none"),
    ];
    check(&world, &recipe, &expected);
}

#[test]
fn a_harness_that_makes_the_effect_itself_is_found_out() {
    let world = World::new();
    let version = Version::from("1");
    scripts(&world, "innocent", &[("1", "exit 0")]);
    let script = "cat \"$1\"; [ -e /target/run.sh ] || exit 0";
    let oracle = Oracle::Output { says: "effect".into() };
    let mut recipe = recipe("innocent", oracle, "sh", ("probe.sh", script));
    assert_eq!(world.lab.examine(&recipe, &version).unwrap(), [Doubt::Unstated]);
    let file = |name: &str, text: &str| RecipeFile { name: name.into(), bytes: text.into() };
    recipe.files.push(file("attack.txt", "effect\n"));
    recipe.files.push(file("plain.txt", "plain\n"));
    recipe.boundary = Some(Boundary {
        attacker: "whoever sends the text".into(),
        controls: vec!["attack.txt".into()],
        has: vec![Capability::Read],
        gains: vec![Capability::Write],
    });
    assert_eq!(world.lab.examine(&recipe, &version).unwrap(), [Doubt::HarnessDiffers]);
    let words = |name: &str| ["sh", "/recipe/probe.sh", name].map(String::from).to_vec();
    recipe.trigger = words("/recipe/attack.txt");
    recipe.control = words("/recipe/plain.txt");
    assert_eq!(world.run(&recipe, "1", 1)[0].outcome, Affected);
    assert_eq!(world.lab.examine(&recipe, &version).unwrap(), [Doubt::WithoutTarget]);
}

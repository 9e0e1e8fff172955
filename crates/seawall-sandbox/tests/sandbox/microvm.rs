//! The microVM: what it shows is what namespaces show, and it holds at least as much.

use crate::process::exe;
use crate::verdicts::{COPY, DOOR, WORK, copy};
use crate::world::{World, recipe};
use seawall_domain::package::Version;
use seawall_domain::recipe::{Canary, Demand, Limits, Measure, Oracle, Recipe};
use seawall_domain::verdict::Outcome::{self, *};
use seawall_sandbox::wall::LaboratoryProcess;
use seawall_sandbox::{Isolation, RunReport};
use std::path::{Path, PathBuf};

/// A world, and a laboratory of microVMs over its catalogue with the kernel that was kept before.
fn start() -> (World, LaboratoryProcess) {
    let exe = exe().expect("the example `laboratory` is not built");
    let mut world = World::new();
    let cache = std::env::var_os("SEAWALL_LABORATORY_CACHE").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("laboratory"));
    world.lab.cache = cache;
    world.lab.offline = false;
    let mut lab = world.lab.clone();
    lab.isolation = Isolation::Microvm;
    let process = LaboratoryProcess::spawn(&exe, lab).unwrap();
    (world, process)
}

fn once(process: &LaboratoryProcess, recipe: &Recipe, version: &str) -> RunReport {
    process.run(recipe, &Version::from(version), 1).unwrap().remove(0)
}

/// Runs a recipe behind both kinds of walls and expects the same of both.
fn check(
    world: &World,
    process: &LaboratoryProcess,
    recipe: &Recipe,
    expected: &[(&str, Outcome)],
) {
    for (version, outcome) in expected {
        let outside = world.run(recipe, version, 1).remove(0);
        let inside = once(process, recipe, version);
        let told = |report: &RunReport| (report.outcome, report.effect.clone());
        assert_eq!(told(&inside), told(&outside), "{version}: {}", inside.transcript);
        assert_eq!(inside.outcome, *outcome, "{version}: {}", inside.transcript);
        let digest = |report: &RunReport| {
            report.transcript.lines().find(|line| line.starts_with("digest ")).map(str::to_owned)
        };
        assert_eq!(digest(&inside), digest(&outside));
        println!("{version}: {} ms against {} ms", inside.wall_ms, outside.wall_ms);
    }
}

const LOOK: &str = "
import fcntl, os, socket, struct, sys
print('system', os.uname().release)
def name(index):
    try:
        SIOCGIFNAME = 0x8910
        asked = fcntl.ioctl(socket.socket(), SIOCGIFNAME, struct.pack('16si20x', b'', index))
        return [asked[:16].rstrip(b'\\0').decode()]
    except OSError:
        return []
print('interfaces', sum(map(name, range(1, 32)), []))
try:
    socket.create_connection(('192.0.2.1', 80), 2)
    print('connected')
except OSError as error:
    print('connecting', error.errno)
seen = [path for path in sys.argv[2:] if os.path.exists(path)]
print('seen', seen)
print('devices', sorted(os.listdir('/dev')))
print('user', os.getuid(), 'root', sorted(os.listdir('/')))
try:
    open('/target/x', 'w')
except OSError as error:
    print('writing', error.errno)
";

fn contained(world: &World, process: &LaboratoryProcess) {
    world.release("look", "1", &[("a.txt", "text")]);
    let mut recipe = recipe("look", Oracle::Canary(Canary::Harness), "python3", ("look.py", LOOK));
    let marker = world.folder.join("catalogue");
    for path in [marker.to_str().unwrap(), "/etc/passwd", "/question", "/guest", "/sys/fs/cgroup"] {
        recipe.trigger.push(path.into());
    }
    let told = once(process, &recipe, "1").transcript;
    let attack = told.split("\ncontrol ").next().unwrap();
    let own = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    assert!(attack.contains("| system ") && !attack.contains(own.trim()), "{told}");
    for line in [
        "interfaces ['lo']",
        "connecting 101",
        "seen []",
        "devices ['fd', 'full', 'null', 'random', 'shm', 'stderr', 'stdin', 'stdout', 'urandom', \
         'zero']",
        &format!("user 61001 root {:?}", top()).replace('"', "'"),
        "writing 30",
    ] {
        assert!(attack.lines().any(|said| said == format!("| {line}")), "{line}: {told}");
    }
}

/// What lies in a sandbox's root: folders of libraries only where this host has them.
fn top() -> Vec<&'static str> {
    let libraries = ["lib", "lib32", "lib64", "libx32"].into_iter();
    let libraries = libraries.filter(|name| std::path::Path::new("/").join(name).exists());
    let head = ["bin", "build", "dev", "etc"];
    let tail = ["opt", "proc", "recipe", "sbin", "scratch", "target", "tmp", "usr"];
    head.into_iter().chain(libraries).chain(tail).collect()
}

/// What each command says at its end, attack first.
fn ends(process: &LaboratoryProcess, script: &str, limits: Limits) -> Vec<String> {
    let mut recipe = recipe("look", Oracle::Canary(Canary::Harness), "sh", ("end.sh", script));
    recipe.limits = limits;
    let told = once(process, &recipe, "1").transcript;
    let is_end = |line: &&str| line.starts_with("attack ") || line.starts_with("control ");
    told.lines().filter(is_end).map(str::to_owned).collect()
}

#[test]
#[ignore = "starts some twenty virtual machines, by software emulation on most machines: minutes"]
fn a_microvm_shows_what_namespaces_show_and_holds_as_much() {
    if !cfg!(target_arch = "x86_64") {
        println!("skipped: microVMs: this architecture has none");
        return;
    }
    let (world, process) = start();
    for (version, script) in [("1", "touch \"$1/$2\""), ("2", "touch \"$1/$(basename \"$2\")\"")] {
        world.release("door", version, &[("keep.sh", script)]);
    }
    let door = recipe("door", Oracle::Canary(Canary::Harness), "sh", ("probe.sh", DOOR));
    check(&world, &process, &door, &[("1", Affected), ("2", Unaffected)]);

    world.release("copy", "1", &[("copy.c", &copy(""))]);
    let oracle =
        Oracle::Sanitizer { kind: "heap-buffer-overflow".into(), function: "copy_name".into() };
    let mut sanitized = recipe("copy", oracle, "/build/copy", ("main.c", COPY));
    let words = "gcc -g -O0 -fsanitize=address -o /build/copy /recipe/main.c /target/copy.c";
    sanitized.build = vec![words.split(' ').map(String::from).collect()];
    sanitized.trigger = ["/build/copy", "attack"].map(String::from).to_vec();
    sanitized.control = ["/build/copy", "benign"].map(String::from).to_vec();
    check(&world, &process, &sanitized, &[("1", Affected)]);

    for (version, body) in [("1", "sum(range(n * n if attack else n))"), ("2", "sum(range(n))")] {
        let module = format!("def do(attack, n):\n    {body}\n");
        world.release("work", version, &[("work.py", &module)]);
    }
    let (measure, over_control, over_size) = (Measure::Time, 3, 3);
    let demand = Demand { measure, small: 1000, large: 4000, over_control, over_size };
    let oracle = Oracle::Growth(demand);
    let growth = recipe("work", oracle, "python3", ("probe.py", WORK));
    check(&world, &process, &growth, &[("1", Affected), ("2", Unaffected)]);

    contained(&world, &process);
    let tight = Limits { seconds: 1, memory_mib: 64, output_kib: 64, ..Limits::default() };
    let script = "case $1 in attack) yes ;; *) tail /dev/zero ;; esac";
    let expected = [
        "attack was ended: it printed more than its limit",
        "control was ended: it used more memory than its limit",
    ];
    assert_eq!(ends(&process, script, tight), expected);
    let script = "case $1 in attack) while :; do :; done ;; *) kill -SEGV $$ ;; esac";
    let expected = [
        "attack was ended: it used more processor time than its limit",
        "control ended by signal 11",
    ];
    assert_eq!(ends(&process, script, tight), expected);
    for note in process.preflight().unwrap().notes {
        println!("{note}");
    }
}

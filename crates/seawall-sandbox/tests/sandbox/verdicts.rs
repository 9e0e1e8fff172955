//! Each oracle over releases that have the flaw, that have it no more, and that can't be run.

use crate::world::{World, recipe};
use seawall_domain::recipe::{Canary, Demand, Measure, Oracle, Recipe};
use seawall_domain::verdict::Outcome::{self, *};

/// Runs a recipe against several releases and expects an outcome and an effect of each.
fn check(world: &World, recipe: &Recipe, expected: &[(&str, Outcome, &str)]) {
    for (version, outcome, effect) in expected {
        for report in world.run(recipe, version, 1) {
            let told = (report.outcome, report.effect.as_str());
            assert_eq!(told, (*outcome, *effect), "{version}: {}", report.transcript);
        }
    }
}

pub const DOOR: &str = "
case \"$1\" in
attack) name='../secret' ;;
*) name='plain' ;;
esac
mkdir -p inside
sh /target/keep.sh inside \"$name\" || exit 3
if [ -e secret ]; then word=seen; else word=absent; fi
echo \"seawall-canary $SEAWALL_CANARY $word\"
";

#[test]
fn a_canary_tells_releases_apart() {
    let world = World::new();
    for (version, script) in [
        ("1", "touch \"$1/$2\""),
        ("2", "touch \"$1/$(basename \"$2\")\""),
        ("3", "exit 1"),
        ("4", "touch secret"),
        ("5", "sleep 600"),
    ] {
        world.release("door", version, &[("keep.sh", script)]);
    }
    let mut recipe = recipe("door", Oracle::Canary(Canary::Harness), "sh", ("probe.sh", DOOR));
    recipe.limits.seconds = 1;
    let expected = [
        ("1", Affected, "canary"),
        ("2", Unaffected, "none"),
        ("3", Untested, "none"),
        ("4", Untested, "none"),
        ("5", Untested, "none"),
        ("6", Untested, "none"),
    ];
    check(&world, &recipe, &expected);
}

#[test]
fn every_run_is_new_and_says_the_same() {
    let world = World::new();
    world.release("door", "1", &[("keep.sh", "touch \"$1/$2\"; ls /scratch > /scratch/left")]);
    let recipe = recipe("door", Oracle::Canary(Canary::Harness), "sh", ("probe.sh", DOOR));
    let reports = world.run(&recipe, "1", 3);
    assert_eq!(reports.len(), 3);
    for report in reports {
        assert_eq!((report.outcome, report.effect.as_str()), (Affected, "canary"));
        assert!(report.transcript.contains("| seawall-canary TOKEN seen"), "{}", report.transcript);
        assert!(report.transcript.contains("digest sha256:"));
        assert!(report.wall_ms > 0);
    }
}

pub const WORK: &str = "
import os, sys
sys.path.insert(0, '/target')
import work
work.do(sys.argv[1] == 'attack', int(os.environ['SEAWALL_SIZE']))
";

#[test]
fn growth_is_measured_from_outside() {
    let world = World::new();
    for (version, body) in [
        ("1", "sum(range(n * n if attack else n))"),
        ("2", "sum(range(n))"),
        // Slow whatever the size, and slow for everybody: neither is growth.
        ("3", "sum(range(20_000_000 if attack else n))"),
        ("4", "sum(range(n * n))"),
        // Says what a foreign program may well say.
        ("5", "print('took 1000 s')"),
        ("6", "raise SystemExit(1)"),
        ("7", "sum(range(10 ** 12 if attack and n > 3000 else n))"),
    ] {
        let module = format!("def do(attack, n):\n    {body}\n");
        world.release("work", version, &[("work.py", &module)]);
    }
    let (measure, over_control, over_size) = (Measure::Time, 3, 3);
    let demand = Demand { measure, small: 2000, large: 8000, over_control, over_size };
    let oracle = Oracle::Growth(demand);
    let mut recipe = recipe("work", oracle, "python3", ("probe.py", WORK));
    recipe.limits.seconds = 8;
    let expected = [
        ("1", Affected, "growth"),
        ("2", Unaffected, "none"),
        ("3", Unaffected, "none"),
        ("4", Unaffected, "none"),
        ("5", Unaffected, "none"),
        ("6", Untested, "none"),
        ("7", Affected, "growth"),
    ];
    check(&world, &recipe, &expected);
}

pub const COPY: &str = "
#include <stdlib.h>
int copy_name(const char *from, int length);
int main(int count, char **words) {
    char *text = calloc(1, 64);
    int result = copy_name(text, words[1][0] == 'a' ? 40 : 8);
    free(text);
    return count < 0 || result < 0;
}
";

pub fn copy(bound: &str) -> String {
    format!(
        "#include <stdlib.h>\nint copy_name(const char *from, int length) {{\n\
         char *room = malloc(16); int i;\n{bound}\n\
         for (i = 0; i < length; i++) room[i] = from[i];\n\
         i = room[0]; free(room); return i; }}\n"
    )
}

#[test]
fn a_sanitizer_tells_releases_apart() {
    let world = World::new();
    for (version, source) in [
        ("1", copy("")),
        ("2", copy("if (length > 16) length = 16;")),
        ("3", copy("free(room);")),
        ("4", "this is not C".to_owned()),
    ] {
        world.release("copy", version, &[("copy.c", &source)]);
    }
    let kind = "heap-buffer-overflow".to_owned();
    let oracle = Oracle::Sanitizer { kind, function: "copy_name".into() };
    let mut recipe = recipe("copy", oracle, "/build/copy", ("main.c", COPY));
    let words = "gcc -g -O0 -fsanitize=address -o /build/copy /recipe/main.c /target/copy.c";
    recipe.build = vec![words.split(' ').map(String::from).collect()];
    recipe.trigger = ["/build/copy", "attack"].map(String::from).to_vec();
    recipe.control = ["/build/copy", "benign"].map(String::from).to_vec();
    let expected = [
        ("1", Affected, "heap-buffer-overflow: copy_name"),
        ("2", Unaffected, "none"),
        ("3", Untested, "none"),
        ("4", Untested, "none"),
    ];
    check(&world, &recipe, &expected);
}

#[test]
fn what_a_build_leaves_is_handed_on_as_a_fresh_copy() {
    let world = World::new();
    world.release("built", "1", &[("x", "")]);
    let script = "
set -e
test \"$(cat /build/sub/text)\" = 'it is here'
test -x /build/run
test \"$(readlink /build/link)\" = /etc/hostname
test ! -e /build/changed
touch /build/changed
test ! -e /scratch/intermediate
if [ $1 = attack ]; then word=seen; else word=absent; fi
echo \"seawall-canary $SEAWALL_CANARY $word\"
";
    let mut recipe = recipe("built", Oracle::Canary(Canary::Harness), "sh", ("probe.sh", script));
    recipe.build = [
        &["mkdir", "/build/sub"][..],
        &["sh", "-c", "echo 'it is here' > /build/sub/text; echo noise"],
        &["install", "-m", "755", "/bin/true", "/build/run"],
        &["ln", "-s", "/etc/hostname", "/build/link"],
        &["touch", "/scratch/intermediate"],
    ]
    .map(|words| words.iter().map(|word| (*word).to_owned()).collect())
    .to_vec();
    check(&world, &recipe, &[("1", Affected, "canary")]);
}

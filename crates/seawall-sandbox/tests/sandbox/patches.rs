//! Patches of every kind against one small flaw: a path that leads out of a folder.

use crate::world::{World, recipe};
use seawall_domain::package::Version;
use seawall_domain::recipe::{Canary, Oracle, Recipe, RecipeFile, TestReport, Tests};
use seawall_domain::verdict::PatchVerdict::{self, *};
use seawall_domain::verdict::Trial;

const KEEP: &str = "\
def keep(name):
    parts = name.split('/')
    return 'inside/' + name


def title(name):
    return name.title()
";

const PROBE: &str = "\
import os, sys
sys.path.insert(0, '/target')
import keep
name = open(sys.argv[1]).read().strip()
os.makedirs('/scratch/a/inside')
os.chdir('/scratch/a')
try:
    place = keep.keep(name)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    open(place, 'w').write(os.environ['SEAWALL_CANARY'])
except ValueError:
    print('refused')
";

const TESTS: &str = "\
import sys, unittest
sys.path.insert(0, '/target')
import keep
class Ordinary(unittest.TestCase):
    def test_plain(self):
        self.assertEqual(keep.keep('x'), 'inside/x')
    def test_folder(self):
        self.assertEqual(keep.keep('a/b'), 'inside/a/b')
    def test_title(self):
        self.assertEqual(keep.title('ab'), 'Ab')
unittest.main(verbosity=2)
";

fn door() -> Recipe {
    let oracle = Oracle::Canary(Canary::Written { path: "/scratch/a/mark".into() });
    let mut recipe = recipe("keep", oracle, "python3", ("probe.py", PROBE));
    let file = |name: &str, text: &str| RecipeFile { name: name.into(), bytes: text.into() };
    recipe.files.extend([
        file("attack.txt", "../mark"),
        file("plain.txt", "mark"),
        file("deep.txt", "b/../../mark"),
        file("dots.txt", "./../mark"),
        file("twice.txt", "..//mark"),
        file("tests.py", TESTS),
    ]);
    let words = |name: &str| ["python3", "-I", "/recipe/probe.py", name].map(String::from).to_vec();
    recipe.trigger = words("/recipe/attack.txt");
    recipe.control = words("/recipe/plain.txt");
    recipe.input = Some("attack.txt".into());
    recipe.variants = ["deep.txt", "dots.txt", "twice.txt"].map(String::from).to_vec();
    let run = vec![["python3", "-I", "/recipe/tests.py"].map(String::from).to_vec()];
    recipe.tests = Some(Tests { run, report: TestReport::Unittest });
    recipe
}

/// A patch of the line that splits the name.
fn patch(lines: &str) -> String {
    let added: String = lines.lines().map(|line| format!("+{line}\n")).collect();
    let count = 4 + lines.lines().count();
    format!(
        "--- a/keep.py\n+++ b/keep.py\n@@ -1,4 +1,{count} @@\n def keep(name):\n     parts = \
         name.split('/')\n{added}     return 'inside/' + name\n \n"
    )
}

#[test]
fn each_kind_of_patch_is_told_from_the_others() {
    let world = World::new();
    world.release("keep", "1", &[("keep.py", KEEP)]);
    let recipe = door();
    let right = patch("    if '..' in parts:\n        raise ValueError(name)");
    let narrow = patch("    if name.startswith('../'):\n        raise ValueError(name)");
    let nothing = patch("    # a name may have folders in it");
    let broken = patch("    if len(parts) > 1:\n        raise ValueError(name)");
    let stale = right.replace("parts = name", "pieces = name");
    let twice = format!("{right}--- a/new.py\n+++ b/new.py\n@@ -0,0 +1 @@\n+x = 1\n");
    let twice = twice.replace("--- a/new.py", "--- /dev/null");
    let outside = right.replace("keep.py", "../keep.py");
    for (patch, expected) in [
        (right.as_str(), Some(Holds)),
        (&twice, Some(Holds)),
        (&narrow, Some(Incomplete)),
        (&nothing, Some(DoesNothing)),
        (&broken, Some(BreaksTests)),
        (&stale, Some(DoesNotApply)),
        (&outside, Some(DoesNotApply)),
        ("", Some(DoesNotApply)),
        ("no patch\n", Some(DoesNotApply)),
    ] {
        check(&world, &recipe, patch, expected);
    }
    assert_eq!(std::fs::read_dir(world.folder.join("cache/scratch")).unwrap().count(), 0);
}

fn check(world: &World, recipe: &Recipe, patch: &str, expected: Option<PatchVerdict>) {
    let version = Version::from("1");
    let report = world.lab.check_patch(recipe, &version, patch.as_bytes()).unwrap();
    let transcript = &report.transcript;
    assert_eq!(report.verdict, expected, "{patch}\n{}\n{transcript}", report.why);
}

#[test]
fn a_patch_without_enough_variants_is_not_said_to_hold() {
    let world = World::new();
    world.release("keep", "1", &[("keep.py", KEEP)]);
    let mut recipe = door();
    recipe.input = None;
    recipe.variants.clear();
    let right = patch("    if '..' in parts:\n        raise ValueError(name)");
    check(&world, &recipe, &right, None);
    let version = Version::from("1");
    let report = world.lab.check_patch(&recipe, &version, right.as_bytes()).unwrap();
    assert_eq!(report.reproducer, Some(Trial::Died));
    assert!(report.why.contains("`variants`"), "{}", report.why);
    let size = report.size.unwrap();
    assert_eq!((size.files, size.added, size.removed), (1, 2, 0));
}

#[test]
fn a_patch_that_brings_another_crash_is_no_fix() {
    let world = World::new();
    let source = "#include <string.h>\nint copy_name(char *to, const char *from) {\n\
                  \x20   strcpy(to, from);\n    return 0;\n}\n";
    world.release("name", "1", &[("name.c", source)]);
    let harness = "#include <stdio.h>\n#include <stdlib.h>\n\
                   int copy_name(char *to, const char *from);\n\
                   int main(int c, char **v) {\n\
                   char text[200] = {0}; FILE *f = fopen(v[1], \"r\");\n\
                   if (!f || !fgets(text, 199, f)) return 2; char *to = malloc(8);\n\
                   copy_name(to, text); free(to); return c < 0; }\n";
    let oracle =
        Oracle::Sanitizer { kind: "heap-buffer-overflow".into(), function: "copy_name".into() };
    let mut recipe = recipe("name", oracle, "sh", ("main.c", harness));
    let file = |name: &str, text: &str| RecipeFile { name: name.into(), bytes: text.into() };
    recipe.files.extend([
        file("attack.txt", "0123456789"),
        file("plain.txt", "0123"),
        file("long.txt", "abcdefghijklmnop"),
        file("other.txt", "-------------"),
        file("more.txt", "XXXXXXXXXXXXXXXXXXXX"),
    ]);
    let build = "gcc -g -fsanitize=address -fno-omit-frame-pointer -fno-builtin -w \
                 -o /build/p /recipe/main.c /target/name.c";
    recipe.build = vec![["sh", "-c", build].map(String::from).to_vec()];
    recipe.trigger = ["/build/p", "/recipe/attack.txt"].map(String::from).to_vec();
    recipe.control = ["/build/p", "/recipe/plain.txt"].map(String::from).to_vec();
    recipe.input = Some("attack.txt".into());
    recipe.variants = ["long.txt", "other.txt", "more.txt"].map(String::from).to_vec();
    let patch = |line: &str| {
        format!(
            "--- a/name.c\n+++ b/name.c\n@@ -1,5 +1,5 @@\n #include <string.h>\n int \
             copy_name(char *to, const char *from) {{\n-    strcpy(to, from);\n+    {line}\n     \
             return 0;\n }}\n"
        )
    };
    for (line, expected) in [
        ("strncpy(to, from, 7); to[7] = 0;", Some(Holds)),
        ("char part[4]; strcpy(part, from); memcpy(to, part, 4);", Some(NewFlaw)),
        ("if (strlen(from) > 12) return 1; strcpy(to, from);", Some(Incomplete)),
        ("strcpy(to, from) /* does not build */", Some(BreaksTests)),
    ] {
        check(&world, &recipe, &patch(line), expected);
    }
}

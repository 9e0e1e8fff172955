//! Making inputs smaller and varying them, over releases that keep what they are told to.

use crate::world::{World, recipe};
use seawall_domain::package::Version;
use seawall_domain::recipe::{Canary, Oracle, Recipe, RecipeFile};
use seawall_domain::verdict::Outcome;
use seawall_sandbox::Minimised;

/// Each line of the input is a name that the release keeps in a folder.
const DOOR: &str = "
case \"$1\" in
attack) names=/recipe/names.txt ;;
*) names=/recipe/plain.txt ;;
esac
mkdir -p inside
sh /target/keep.sh inside <\"$names\" || exit 3
if [ -e secret ]; then word=seen; else word=absent; fi
echo \"seawall-canary $SEAWALL_CANARY $word\"
";

/// Keeps everything as it is named.
const KEEPS: &str = "while read -r name || [ -n \"$name\" ]; do touch \"$1/$name\"; done
true";

fn door(world: &World, input: &str) -> Recipe {
    world.release("door", "1", &[("keep.sh", KEEPS)]);
    world.release("door", "2", &[("keep.sh", "true")]);
    let file = |name: &str, text: &str| RecipeFile { name: name.into(), bytes: text.into() };
    let mut recipe = recipe("door", Oracle::Canary(Canary::Harness), "sh", ("probe.sh", DOOR));
    recipe.files.push(file("names.txt", input));
    recipe.files.push(file("plain.txt", "plain\n"));
    recipe.input = Some("names.txt".into());
    recipe
}

#[test]
fn an_input_is_made_as_small_as_it_can_be() {
    let world = World::new();
    let recipe = door(&world, "first\nsecond one\n../secret\nthird\n");
    let version = Version::from("1");
    let Minimised::Smaller { recipe: smaller, before_bytes, after_bytes, tests, complete } =
        world.lab.minimise(&recipe, &version, 200).unwrap()
    else {
        panic!("the effect does not show")
    };
    assert_eq!(smaller.file("names.txt").unwrap().text(), Some("../secret"));
    assert_eq!((before_bytes, after_bytes, complete), (33, 9, true));
    assert!(tests < 80, "{tests}");
    assert_eq!(world.run(&smaller, "1", 1)[0].outcome, Outcome::Affected);

    let few = world.lab.minimise(&recipe, &version, 1).unwrap();
    assert!(matches!(few, Minimised::Smaller { complete: false, tests: 1, .. }), "{few:?}");
    let fixed = world.lab.minimise(&recipe, &Version::from("2"), 200).unwrap();
    assert!(matches!(fixed, Minimised::NotShown { .. }), "{fixed:?}");
    let nothing = Recipe { input: None, ..recipe };
    assert_eq!(world.lab.minimise(&nothing, &version, 200).unwrap(), Minimised::NoInput);
}

#[test]
fn variants_are_those_that_show_the_effect() {
    let world = World::new();
    let mut recipe = door(&world, "../secret\n");
    let own = RecipeFile { name: "deeper.txt".into(), bytes: "x/../../secret\n./../secret".into() };
    recipe.files.push(own);
    recipe.variants = vec!["deeper.txt".into()];
    let shown = world.lab.variants(&recipe, &Version::from("1"), 5).unwrap();
    assert_eq!(shown.len(), 5);
    assert_eq!(shown[0].name, "deeper.txt");
    for variant in &shown {
        assert_eq!(variant.effect, "canary");
        let mut other = recipe.clone();
        other.files[1].bytes.clone_from(&variant.bytes);
        assert_eq!(world.run(&other, "1", 1)[0].outcome, Outcome::Affected, "{}", variant.name);
    }
    assert!(shown.iter().any(|variant| variant.bytes == b"..//secret\n"), "{shown:?}");
    assert_eq!(world.lab.variants(&recipe, &Version::from("2"), 5).unwrap(), []);
    let nothing = Recipe { input: None, ..recipe };
    assert_eq!(world.lab.variants(&nothing, &Version::from("1"), 5).unwrap(), []);
}

#[test]
fn what_a_build_takes_in_is_built_anew() {
    let world = World::new();
    let mut recipe = door(&world, "plain\n../secret\n");
    // In the open, and by way of a folder, where only running can tell.
    for from in ["/recipe/names.txt", "/recipe/."] {
        recipe.build = vec![["cp", "-r", from, "/build"].map(String::from).to_vec()];
        recipe.files[0].bytes = DOOR.replace("/recipe/names.txt", "/build/names.txt").into();
        let version = Version::from("1");
        let answer = world.lab.minimise(&recipe, &version, 60).unwrap();
        let Minimised::Smaller { recipe: smaller, .. } = answer else {
            panic!("the effect does not show: {answer:?}")
        };
        assert_eq!(smaller.file("names.txt").unwrap().text(), Some("../secret"), "{from}");
    }
}

const TAKE: &str = "
#include <stdio.h>
#include <stdlib.h>
__attribute__((noinline)) void put_one(char *room, int at) { room[at] = 1; }
__attribute__((noinline)) void put_other(char *room, int at) { room[at] = 2; }
int take(const char *text, int length) {
    char *room = malloc(8);
    for (int at = 0; at < length; at++) {
        if (text[0] == 'k') put_one(room, at); else put_other(room, at);
    }
    free(room);
    return 0;
}
int main(int count, char **words) {
    char text[64];
    FILE *file = fopen(words[count - 1], \"r\");
    return take(text, (int)fread(text, 1, sizeof text, file));
}
";

#[test]
fn a_smaller_input_ends_in_the_same_crash() {
    let world = World::new();
    world.release("take", "1", &[("take.c", TAKE)]);
    let kind = "heap-buffer-overflow".to_owned();
    let oracle = Oracle::Sanitizer { kind, function: "take".into() };
    let mut recipe = recipe("take", oracle, "/build/take", ("in.txt", "k, and 20 more"));
    recipe.files.push(RecipeFile { name: "plain.txt".into(), bytes: b"plain".to_vec() });
    let words = "gcc -g -O0 -fsanitize=address -o /build/take /target/take.c";
    recipe.build = vec![words.split(' ').map(String::from).collect()];
    recipe.trigger = ["/build/take", "/recipe/in.txt"].map(String::from).to_vec();
    recipe.control = ["/build/take", "/recipe/plain.txt"].map(String::from).to_vec();
    recipe.input = Some("in.txt".into());
    let answer = world.lab.minimise(&recipe, &Version::from("1"), 200).unwrap();
    let Minimised::Smaller { recipe: smaller, complete: true, .. } = answer else {
        panic!("{answer:?}")
    };
    // Any nine bytes overflow; only with this first one is it the same place.
    let text = smaller.file("in.txt").unwrap().text().unwrap();
    assert_eq!((text.len(), text.chars().next()), (9, Some('k')), "{text}");
}

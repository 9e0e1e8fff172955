use super::*;
use seawall_domain::package::{Ecosystem, Package};
use seawall_domain::recipe::{Canary, RecipeFile, Target};

fn recipe(build: &[&[&str]], files: &[(&str, &str)]) -> Recipe {
    let package = Package { ecosystem: Ecosystem::Generic, name: "x".into() };
    let target = Target { package, version: Version::from("1") };
    let file = |(name, text): &(&str, &str)| RecipeFile {
        name: (*name).to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    Recipe {
        files: files.iter().map(file).collect(),
        build: build
            .iter()
            .map(|words| words.iter().map(|word| (*word).to_owned()).collect())
            .collect(),
        input: files.first().map(|(name, _)| (*name).to_owned()),
        ..Recipe::new(target, Oracle::Canary(Canary::Harness))
    }
}

#[test]
fn a_build_that_names_the_input_takes_it_in() {
    let check = |build: &[&[&str]], files: &[(&str, &str)], expected: bool| {
        assert_eq!(is_built_in(&recipe(build, files), "sub/in.txt"), expected, "{build:?}");
    };
    let input = ("sub/in.txt", "");
    check(&[], &[input], false);
    check(&[&["cc", "/recipe/main.c"]], &[input, ("main.c", "int main;")], false);
    check(&[&["cp", "/recipe/sub/in.txt", "/build"]], &[input], true);
    check(&[&["cc", "/recipe/main.c"]], &[input, ("main.c", "#include \"in.txt\"")], true);
    check(&[&["cc", "/recipe/main.c"]], &[input, ("other.c", "in.txt")], false);
}

#[test]
fn the_recipes_own_variants_come_first_and_names_tell_turns_apart() {
    let mut recipe = recipe(&[], &[("in.txt", "a b c"), ("other.txt", "d")]);
    recipe.variants = vec!["other.txt".into(), "missing.txt".into()];
    let all = candidates(&recipe, b"a b c");
    assert_eq!(all[0], ("other.txt".to_owned(), b"d".to_vec()));
    let mut names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(names.contains(&"renamed 1"), "{names:?}");
}

#[test]
fn only_the_input_is_exchanged() {
    let recipe = recipe(&[], &[("in.txt", "a"), ("other.txt", "d")]);
    let other = with_input(&recipe, "in.txt", b"z");
    assert_eq!(other.files[0].bytes, b"z");
    assert_eq!(other.files[1], recipe.files[1]);
}

use super::*;
use proptest::prelude::*;
use seawall_domain::crash::Severity;

fn frame(notation: Notation, function: &str, file: &str) -> Frame {
    let file = Some(file.to_owned()).filter(|file| !file.is_empty());
    Frame { notation, function: Some(function.to_owned()), file, ..Frame::default() }
}

fn native(functions: &[&str]) -> Vec<Frame> {
    functions.iter().map(|name| frame(Notation::Sanitizer, name, "")).collect()
}

fn crash(class: &str, frames: Vec<Frame>) -> Crash {
    Crash { class: class.to_owned(), frames, ..Crash::default() }
}

#[test]
fn the_key_is_the_three_innermost_places() {
    let check = |frames: Vec<Frame>, expected: &str| {
        assert_eq!(state(&crash("Abrt", frames)), expected);
    };
    check(vec![], "NULL");
    check(native(&["raise", "abort", "a::b(int)", "c() const", "d", "e"]), "a::b\nc\nd\n");
    check(native(&["__asan_memcpy", "operator new(unsigned long)", "x", "main"]), "x\n");
    check(native(&["(anonymous namespace)::f(int)", "`anonymous namespace'::g"]), "f\ng\n");
    check(
        native(&["v8::internal::Start<false>()", "void h<int>(int)"]),
        "v8::internal::Start<false>\nvoid h<int>\n",
    );
    let target = frame(Notation::Sanitizer, "LLVMFuzzerTestOneInput", "src/png_fuzzer.cc");
    check(vec![target.clone()], "png_fuzzer.cc\n");
    check(
        vec![frame(Notation::Sanitizer, "size", "/usr/include/c++/v1/vector"), target],
        "png_fuzzer.cc\n",
    );
    let go =
        ["net/http.(*conn).serve", "panic", "main.run", "runtime.gopanic", "github.com/a/b.Fuzz"];
    check(
        go.iter().map(|name| frame(Notation::Go, name, "")).collect(),
        "http.(*conn).serve\nb.Fuzz\n",
    );
    let kernel = ["dump_stack", "__kasan_report", "probe.constprop.1", "really_probe"];
    check(kernel.iter().map(|name| frame(Notation::Kernel, name, "")).collect(), "really_probe\n");
    check(native(&[&"x".repeat(100)]), &format!("{}\n", "x".repeat(80)));
}

#[test]
fn modules_stand_for_functions_that_are_unknown() {
    let module = |notation, module: &str, offset| {
        let module = Some(module.to_owned());
        Frame { notation, module, offset: Some(offset), ..Frame::default() }
    };
    let check = |frames: Vec<Frame>, expected: &str| {
        assert_eq!(state(&crash("Abrt", frames)), expected);
    };
    check(vec![module(Notation::Sanitizer, "/tmp/demo", 16)], "/tmp/demo\n");
    check(vec![module(Notation::Sanitizer, "/lib/x86_64-linux-gnu/libc.so.6", 16)], "NULL");
    check(vec![module(Notation::Sanitizer, "<unknown module>", 16)], "NULL");
    let libc = module(Notation::Tombstone, "/system/lib/libc.so", 0x3_a1b0);
    check(vec![libc.clone()], "/system/lib/libc.so+0x0003a1b0\n");
    check(vec![libc, frame(Notation::Tombstone, "draw()", "")], "draw\n");
}

#[test]
fn what_the_program_said_stands_before_the_places() {
    let said = |class: &str, statement: &[&str]| Crash {
        statement: statement.iter().map(|line| (*line).to_owned()).collect(),
        ..crash(class, native(&["a", "b", "c", "d"]))
    };
    assert_eq!(state(&said("CHECK failure", &["x > 0 in a.cc"])), "x > 0 in a.cc\na\nb\n");
    assert_eq!(state(&said("V8 API error", &["Empty"])), "Empty\na\nb\nc\n");
    assert_eq!(state(&said("", &["x"])), "");
    let process = Crash { process: Some("Surfaceflinger".to_owned()), ..crash("UNKNOWN", vec![]) };
    assert_eq!(state(&process), "Surfaceflinger\n");
}

#[test]
fn classes_are_matters_of_security_and_have_a_severity() {
    use Severity::{High, Low, Medium};
    let rows = [
        ("Heap-use-after-free\nREAD 8", true, High),
        ("Heap-buffer-overflow\nREAD 1", true, Medium),
        ("Heap-buffer-overflow\nWRITE 1", true, High),
        ("UNKNOWN READ", true, Medium),
        ("UNKNOWN WRITE", true, High),
        ("Use-of-uninitialized-value", true, Medium),
        ("Index-out-of-bounds", true, Medium),
        ("Bad-cast", true, High),
        ("Kernel failure\nGeneral-protection-fault", true, High),
        ("DCHECK failure", true, Medium),
        ("ASSERT", true, Medium),
        ("Security exception", true, Low),
        ("CHECK failure", false, Low),
        ("Null-dereference READ", false, Low),
        ("Stack-overflow", false, Low),
        ("Abrt", false, Low),
        ("Data race\nWRITE 4", false, Low),
        ("Timeout", false, Low),
    ];
    for (class, security, expected) in rows {
        let crash = crash(class, vec![]);
        assert_eq!(is_security(&crash, Policy::default()), security, "{class}");
        assert_eq!(severity(&crash, Policy::default()), Some(expected), "{class}");
    }
    let none = crash("", vec![]);
    assert_eq!(
        (is_security(&none, Policy::default()), severity(&none, Policy::default())),
        (false, None)
    );
}

#[test]
fn how_it_came_about_counts() {
    let of = |crash: &Crash| is_security(crash, Policy::default());
    let fault = crash("UNKNOWN", vec![]);
    assert!(of(&fault));
    assert!(!of(&Crash { origin: Origin::Raised, ..fault.clone() }));
    assert!(!of(&Crash { guard: Guard::Protected, ..fault }));
    let ill = |address: &str| Crash { address: address.to_owned(), ..crash("Ill", vec![]) };
    assert!(of(&ill("0x000000000000")) && !of(&ill("0x631000001001")));
    let strict = Policy { asserts: Implication::Stability, checks: Implication::Security };
    assert!(is_security(&crash("CHECK failure", vec![]), strict));
    assert!(!is_security(&crash("ASSERT", vec![]), strict));
}

fn signature(functions: &str) -> Signature {
    Signature::of_frames(&native(&functions.split(' ').collect::<Vec<&str>>()))
}

#[test]
fn stacks_are_alike_by_what_they_share_near_the_crash() {
    let check = |a: &str, b: &str, least: f64, most: f64| {
        let alike = similarity(&signature(a), &signature(b));
        assert!((least..=most).contains(&alike), "{a} | {b}: {alike}");
        assert_eq!(alike.to_bits(), similarity(&signature(b), &signature(a)).to_bits());
    };
    check("a b c d", "a b c d", 1.0, 1.0);
    check("a b c d", "w x y z", 0.0, 0.0);
    check("a b c d e f", "a b c d e x", 0.9, 1.0);
    check("a b c d e f", "x b c d e f", 0.5, 0.72);
    check("a b c d", "x a b c d", 0.7, 0.9);
    check("memcpy abort", "memcpy abort", 0.0, 0.0);
}

#[test]
fn clusters_do_not_hang_on_the_order_of_input() {
    let stacks: Vec<Signature> =
        ["a b c d", "x y z", "a b c d", "a b c e", "x q r s t", "malloc"].map(signature).into();
    assert_eq!(clusters(&stacks), [vec![0, 2, 3], vec![1], vec![4], vec![5]]);
    let backwards: Vec<Signature> = stacks.iter().rev().cloned().collect();
    let mut turned: Vec<Vec<usize>> = clusters(&backwards)
        .into_iter()
        .map(|group| group.iter().rev().map(|place| stacks.len() - 1 - place).collect())
        .collect();
    turned.sort();
    assert_eq!(turned, clusters(&stacks));
}

proptest! {
    #[test]
    fn every_stack_is_in_one_cluster(texts in prop::collection::vec("[a-d]( [a-d]){0,5}", 0..24)) {
        let stacks: Vec<Signature> = texts.iter().map(|text| signature(text)).collect();
        let mut places: Vec<usize> = clusters(&stacks).concat();
        places.sort_unstable();
        prop_assert_eq!(places, (0..stacks.len()).collect::<Vec<usize>>());
    }

    #[test]
    fn a_key_is_bounded(
        class in "\\PC{0,20}",
        names in prop::collection::vec("\\PC{0,200}", 0..8),
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let key = state(&crash(&class, native(&names)));
        prop_assert!(key.lines().all(|line| line.chars().count() <= LINE_CHARS_MAX));
        prop_assert_eq!(key.is_empty(), class.is_empty());
    }
}

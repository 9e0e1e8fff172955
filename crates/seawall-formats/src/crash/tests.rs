use super::*;
use proptest::prelude::*;
use seawall_domain::crash::{Guard, Notation, Origin};

fn told(text: &str) -> Crash {
    read(text, Exhaustion::Reported).unwrap()
}

/// What a report says: class, address, statement.
fn check(text: &str, class: &str, address: &str, statement: &[&str]) {
    let crash = told(text);
    assert_eq!((crash.class.as_str(), crash.address.as_str()), (class, address), "{text}");
    assert_eq!(crash.statement, statement, "{text}");
}

#[test]
fn sanitizers_say_what_happened() {
    let asan = |told: &str| format!("==1==ERROR: AddressSanitizer: {told}");
    let rows = [
        (
            "heap-use-after-free on address 0xac80d400 at pc 0xaf",
            "Heap-use-after-free",
            "0xac80d400",
        ),
        ("SEGV on unknown address 0x00000011 (pc 0xb2 T8)", "Null-dereference", "0x00000011"),
        ("SEGV on unknown address 0x74000011 (pc 0xb2 T8)", "UNKNOWN", "0x74000011"),
        ("SEGV on unknown address (pc 0xb2 T8)", "Segv on unknown address", ""),
        ("access-violation on unknown address 0x00010008 (pc 0x5)", "UNKNOWN", "0x00010008"),
        ("FPE on unknown address 0x7fdc48869a7c (pc 0x7)", "Floating-point-exception", ""),
        ("ABRT on unknown address 0x03e900002c47 (pc 0x7)", "Abrt", "0x03e900002c47"),
        (
            "attempting double-free on 0x602000000010 in thread T0:",
            "Heap-double-free",
            "0x602000000010",
        ),
        (
            "attempting free on address which was not malloc()-ed: 0x55 in thread T0",
            "Invalid-free",
            "0x55",
        ),
        ("negative-size-param: (size=-1)", "Negative-size-param", ""),
        ("requested allocation size 0x28 exceeds maximum supported size", "Out-of-memory", ""),
    ];
    for (line, class, address) in rows {
        check(&asan(line), class, address, &[]);
    }
    check(
        "==1==ERROR: AddressSanitizer: SEGV on unknown address 0x74000011 (pc 0xb)\n\
         ==1==The signal is caused by a WRITE memory access.",
        "UNKNOWN WRITE",
        "0x74000011",
        &[],
    );
    check(
        "==1==ERROR: AddressSanitizer: stack-buffer-overflow on address 0x7f at pc 0x7\n\
         WRITE of size 32780 at 0x7f thread T0",
        "Stack-buffer-overflow\nWRITE {*}",
        "0x7f",
        &[],
    );
    check(
        "WARNING: ThreadSanitizer: data race (pid=1)\n  Write of size 4 at 0x7f15 by thread T1:",
        "Data race\nWRITE 4",
        "0x7f15",
        &[],
    );
    check(
        "==1== WARNING: MemorySanitizer: use-of-uninitialized-value",
        "Use-of-uninitialized-value",
        "",
        &[],
    );
    check("==1==WARNING: AddressSanitizer failed to allocate 0x20 bytes", "", "", &[]);
}

#[test]
fn undefined_behaviour_is_told_by_its_message() {
    let rows = [
        ("index 256 out of bounds for type 'uint8_t [256]'", "Index-out-of-bounds"),
        ("negation of -2147483648 cannot be represented", "Integer-overflow"),
        ("signed integer overflow: 2 + 3", "Integer-overflow"),
        ("unsigned integer overflow: 2 + 3", "Unsigned-integer-overflow"),
        ("load of misaligned address 0x60 for type", "Misaligned-address"),
        ("load of null pointer of type double", "Null-dereference READ"),
        ("store to null pointer of type double", "Null-dereference WRITE"),
        ("member call on null pointer of type", "Null-dereference"),
        ("applying non-zero offset 255 to null pointer", "Pointer-overflow"),
        ("shift exponent 33 is too large", "Undefined-shift"),
        ("load of value 7, which is not a valid value for type 'bool'", "Invalid-bool-value"),
        ("something new", "Undefined-behavior"),
    ];
    for (message, class) in rows {
        check(&format!("a.c:1:2: runtime error: {message}"), class, "", &[]);
    }
    check(
        "a.cc:39:3: runtime error: member call on address 0x15577a7fc900 which does not point to \
         an object of type 'net::Spdy'\n0x15577a7fc900: note: object is of type 'net::Session'",
        "Bad-cast",
        "0x15577a7fc900",
        &["Bad-cast to net::Spdy from net::Session"],
    );
}

#[test]
fn programs_say_why_they_end() {
    let rows = [
        (
            "[420:1396:0603/182750:FATAL:host.cc(278)] Check failed: it != end().",
            "CHECK failure",
            "it != end() in host.cc",
        ),
        (
            "[5:5:0100/0:FATAL:a/zygote.cc:449] Check failed: len > 0 (-1 vs. 0)",
            "CHECK failure",
            "len > 0 in zygote.cc",
        ),
        (
            "[1:1:0606/1:FATAL:S.cpp(4)] Security DCHECK failed: !root",
            "Security DCHECK failure",
            "!root",
        ),
        (
            "#\n# Fatal error in ..\\..\\v8\\a.cc, line 12\n# Debug check failed: x.",
            "DCHECK failure",
            "x in a.cc",
        ),
        ("#\n# Fatal error in a.cc, line 12\n# unreachable code", "Unreachable code", "a.cc"),
        (
            "#\n# Fatal error in a.cc, line 12\n# bad token 13",
            "Fatal error",
            "bad token NUMBER in a.cc",
        ),
        (
            "F0812 20:32:32.874783   47273 file.h:195] Log fatal.",
            "Fatal error",
            "Log fatal in file.h",
        ),
        (
            "F0825 20:46:02.589571 1 file.cc:16] Check failed: a == b ( vs. ",
            "CHECK failure",
            "a == b in file.cc",
        ),
        ("demo: a.c:12: parse: Assertion `n > 0' failed.", "ASSERT", "n > 0"),
        ("Assertion failed: (n > 0), function parse, file a.c, line 12.", "ASSERT", "n > 0"),
        ("Assertion failed: n > 0 (a.c: parse: 12)", "ASSERT", "n > 0"),
        ("thread 'main' panicked at 'no port', src/utils.rs:27:5", "ASSERT", "no port"),
        ("thread 'main' panicked at src/utils.rs:27:5:\nno port", "ASSERT", "no port"),
        ("panic: bad hex char", "ASSERT", "bad hex char"),
        (
            "./test: error while loading shared libraries: libt.so.1: cannot",
            "Missing-library",
            "libt.so.1",
        ),
    ];
    for (text, class, statement) in rows {
        check(text, class, "", &[statement]);
    }
    check(
        "panic: runtime error: slice bounds out of range [1:0]",
        "Slice bounds out of range",
        "",
        &[],
    );
    check("ASSERT should not be triggered when type is changed", "", "", &[]);
    check("[13:13:0721/0:ERROR:host.cc(21)] Check failed: x", "", "", &[]);
}

#[test]
fn kernels_debuggers_and_fuzzers_are_read() {
    check(
        "BUG: KASAN: out of bounds access in match+0x104/0x1d8 at addr ffffffc002583240\n\
         Read of size 1 by task kworker/u8:1/94",
        "Kernel failure\nOut-of-bounds-access\nREAD 1",
        "0xffffffc002583240",
        &[],
    );
    check(
        "kernel BUG at kernel/time/timer.c:1147!",
        "Kernel failure\nKernel/time/timer.c:{*}!",
        "",
        &[],
    );
    check(
        "Internal error: Oops: 805 [#1] SMP",
        "Kernel failure\nWRITE Translation Fault, Section (805)",
        "",
        &[],
    );
    check(
        "Program received signal SIGTRAP, Trace/breakpoint trap.\n0x0000000000000ac8 in copy ()",
        "SIGTRAP",
        "0x000000000ac8",
        &[],
    );
    check("Received signal 11 SEGV_MAPERR 7f6b0c580000", "UNKNOWN", "0x7f6b0c580000", &[]);
    check("EXCEPTION_CODE: (NTSTATUS) 0xc0000374 - A heap", "Heap-corruption", "", &[]);
    check("==1== ERROR: libFuzzer: deadly signal", "Fatal-signal", "", &[]);
    check("==1== ERROR: libFuzzer: fuzz target exited", "Unexpected-exit", "", &[]);
    check("===BUG DETECTED: Arbitrary file open===", "Arbitrary file open", "", &[]);
}

#[test]
fn who_knows_more_opens_the_crash_anew() {
    let check_failed = "[1:1:0100/0:FATAL:a.cc(4)] Check failed: x.\n";
    let segv = "==1==ERROR: AddressSanitizer: SEGV on unknown address 0x74000011 (pc 0x7)\n";
    let abrt = "==1==ERROR: AddressSanitizer: ABRT on unknown address 0x74000011 (pc 0x7)\n";
    let leaks = "Indirect leak of 8 byte(s) in 1 object(s) allocated from:\n    #0 0x4 in a x.c:1\n\
                 Direct leak of 8 byte(s) in 1 object(s) allocated from:\n    #0 0x4 in b x.c:1\n\
                 Direct leak of 8 byte(s) in 1 object(s) allocated from:\n    #0 0x4 in c x.c:1\n";
    let rows = [
        (format!("{check_failed}{abrt}"), "CHECK failure"),
        (format!("{check_failed}{segv}"), "UNKNOWN"),
        (format!("ASSERTION FAILED: a <= b\n{segv}"), "ASSERT"),
        (format!("{segv}{check_failed}"), "UNKNOWN"),
        (format!("==1== ERROR: libFuzzer: deadly signal\n{check_failed}"), "CHECK failure"),
        (leaks.to_owned(), "Direct-leak"),
    ];
    for (text, class) in &rows {
        assert_eq!(told(text).class, *class, "{text}");
    }
    let frames = told(leaks).frames;
    assert_eq!(frames.len(), 1);
    assert_eq!(frames.first().and_then(|frame| frame.function.as_deref()), Some("b"));
}

#[test]
fn resources_that_ran_out_are_a_crash_only_on_demand() {
    let text = "==2855== ERROR: libFuzzer: timeout after 5 seconds\n\
                \x20   #0 0x4c2c5e in __sanitizer_print_stack_trace (/out/pdf_fuzzer+0x4c2c5e)\n";
    let reported = read(text, Exhaustion::Reported).unwrap();
    assert_eq!(
        (reported.class.as_str(), reported.process.as_deref()),
        ("Timeout", Some("pdf_fuzzer"))
    );
    assert_eq!(read(text, Exhaustion::PassedOver).unwrap(), Crash::default());
}

#[test]
fn what_else_a_report_knows_is_kept() {
    let raised = "==1==ERROR: AddressSanitizer: SEGV on unknown address 0x7400001100 (pc 0x7)\n\
                  \x20   #0 0x7f96 in gsignal /build/raise.c:56\n";
    assert_eq!(told(raised).origin, Origin::Raised);
    let protected = "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x60 at pc 0x7\n\
                     MiraclePtr Status: PROTECTED\n";
    assert_eq!(told(protected).guard, Guard::Protected);
}

/// A frame: notation, function, file, line, module, offset.
fn check_frame(
    line: &str,
    notation: Notation,
    function: Option<&str>,
    place: Option<(&str, Option<u32>)>,
    module: Option<(&str, u64)>,
) {
    let read = frame(line).unwrap_or_else(|| panic!("no frame: {line}"));
    assert_eq!((read.notation, read.function.as_deref()), (notation, function), "{line}");
    assert_eq!(read.file.as_deref(), place.map(|(file, _)| file), "{line}");
    assert_eq!(read.line, place.and_then(|(_, line)| line), "{line}");
    let named = read.module.as_deref().map(|name| (name, read.offset.unwrap_or_default()));
    assert_eq!(named, module, "{line}");
}

#[test]
fn frames_are_read_in_every_notation() {
    use Notation::{
        Chromium, Debugger, Go, Java, JavaScript, Kernel, Python, Sanitizer, Tombstone, Windows,
    };
    check_frame(
        "    #0 0x4b in parse(char*, int) const src/parse.c:12:3",
        Sanitizer,
        Some("parse(char*, int) const"),
        Some(("src/parse.c", Some(12))),
        None,
    );
    check_frame(
        "#1 0x4b in boom C:\\b\\src\\boom.cc:18",
        Sanitizer,
        Some("boom"),
        Some(("C:\\b\\src\\boom.cc", Some(18))),
        None,
    );
    check_frame(
        "#2 0x42 (/tmp/core+0x42b11e)",
        Sanitizer,
        None,
        None,
        Some(("/tmp/core", 0x42_b11e)),
    );
    check_frame(
        "#2 0x42  (/tmp/core+0x10) (BuildId: 53)",
        Sanitizer,
        None,
        None,
        Some(("/tmp/core", 0x10)),
    );
    check_frame("#3 0x7c in libpthread.so.0", Sanitizer, None, None, Some(("libpthread.so.0", 0)));
    check_frame("#0 0x7f  /build/a.S:345", Chromium, None, Some(("/build/a.S", Some(345))), None);
    check_frame("#0 0x4d in malloc _asan_rtl_", Sanitizer, Some("malloc"), None, None);
    check_frame(
        "#0    0x0000 in foo(int) ../../toy.cc:12 <<application>>+0xacf4c",
        Sanitizer,
        Some("foo(int)"),
        Some(("../../toy.cc", Some(12))),
        Some(("application", 0)),
    );
    check_frame("#1 0x6a base::Run()", Chromium, Some("base::Run()"), None, None);
    check_frame(
        "#6 0x5a ui::Tree() [ui/tree.cc:143:5]",
        Chromium,
        Some("ui::Tree()"),
        Some(("ui/tree.cc", Some(143))),
        None,
    );
    check_frame(
        "\tbase::Run [0x65F254C9+313] (base\\run.cc:12)",
        Chromium,
        Some("base::Run"),
        Some(("base\\run.cc", Some(12))),
        None,
    );
    check_frame(
        "#2  0x00cd in copy (to=0x20, n=<optimized out>) at usb/copy.c:36",
        Debugger,
        Some("copy"),
        Some(("usb/copy.c", Some(36))),
        None,
    );
    check_frame("#3  main (argc=1) at a.c:7", Debugger, Some("main"), Some(("a.c", Some(7))), None);
    check_frame(
        "#00 pc 0003a1b0  /system/lib/libc.so (tgkill+12)",
        Tombstone,
        Some("tgkill"),
        None,
        Some(("/system/lib/libc.so", 0x3_a1b0)),
    );
    check_frame(
        " [<ffffffff92aecf55>] collect+0x436/0x641 security/key.c:378",
        Kernel,
        Some("collect"),
        Some(("security/key.c", Some(378))),
        None,
    );
    check_frame("work+0x11e/0x210 [demo]", Kernel, Some("work"), None, None);
    check_frame(
        "0915b084 6eefc617 MSHTML!Node::Verify<int>+0x46",
        Windows,
        Some("Node::Verify<int>"),
        None,
        Some(("MSHTML", 0x46)),
    );
    check_frame(
        "encoding/json.(*decoder).read(0x10, {0x1, 0x2})",
        Go,
        Some("encoding/json.(*decoder).read"),
        None,
        None,
    );
    check_frame(
        "\tat com.example.Parser.read(Parser.java:51)",
        Java,
        Some("com.example.Parser.read"),
        Some(("Parser.java", Some(51))),
        None,
    );
    check_frame(
        "    at check (/out/check.js:27:9)",
        JavaScript,
        Some("check"),
        Some(("/out/check.js", Some(27))),
        None,
    );
    check_frame(
        "  File \"parse.py\", line 24, in best",
        Python,
        Some("best"),
        Some(("parse.py", Some(24))),
        None,
    );
    for line in [
        "",
        "#",
        "#413\tINITED cov: 987 bits: 2488",
        "#2 0x7c <unknown>",
        "key: value",
        "? rest+0x1/0x2",
        "#0 0x333 in",
    ] {
        assert_eq!(frame(line), None, "{line}");
    }
}

#[test]
fn what_is_too_long_is_refused_or_cut() {
    let long = "a".repeat(REPORT_BYTES_MAX + 1);
    let fault = read(&long, Exhaustion::PassedOver).unwrap_err();
    assert!(fault.to_string().starts_with("cannot read the crash report"), "{fault}");
    let many = format!("panic: x\n{}", "a.b(0x1)\n".repeat(FRAMES_MAX + 5));
    assert_eq!(told(&many).frames.len(), FRAMES_MAX);
    let class = format!("==1==ERROR: AddressSanitizer: {} on address 0x1", "é".repeat(2_000));
    assert!(told(&class).class.len() <= 1_000);
    let wide = format!("#0 0x4b in {}", "é".repeat(LINE_BYTES_MAX));
    assert!(frame(&wide).unwrap().function.unwrap().len() <= 1_000);
}

proptest! {
    #[test]
    fn never_panics(text in "[\\PC\\n\\t]{0,400}") {
        let _ = read(&text, Exhaustion::Reported);
        let _ = frame(&text);
    }

    /// Pieces of real reports in any order.
    #[test]
    fn never_panics_on_pieces(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24),
    ) {
        let text = pieces.concat();
        let _ = read(&text, Exhaustion::PassedOver);
        let _ = read(&text, Exhaustion::Reported);
        for line in text.lines() {
            let _ = frame(line);
        }
    }
}

const PIECES: &[&str] = &[
    "\n",
    " ",
    "#",
    "#0 ",
    "#1.2 ",
    "0x",
    "0x41 ",
    " in ",
    "(",
    ")",
    " (",
    "+0x",
    "/0x1",
    "[<",
    ">] ",
    " [0x",
    "]",
    ":12:3",
    "==1==ERROR: ",
    "AddressSanitizer: ",
    "SEGV on unknown address ",
    "READ of size ",
    "é",
    "::",
    "_ZN",
    "5abcde",
    "E",
    " at ",
    "File \"",
    "\", line ",
    ", in ",
    "panic: ",
    "runtime error: ",
    "# Fatal error in ",
    ", line 4",
    "# Check failed: ",
    " vs. ",
    "FATAL:",
    "] ",
    "thread 'x' panicked at '",
    "', ",
    "BUG: KASAN: ",
    " at addr ",
    "ffffffc0",
    "Oops: ",
    "pc ",
    "!",
    "uSP+0x",
    "@ ",
    "{*}",
    "1000",
    "leak of ",
    "Direct ",
    "abort: ",
    "EXCEPTION_CODE: (NTSTATUS) ",
    "+----Unsymbolized Stacktrace",
];

use super::*;
use proptest::prelude::*;

#[test]
fn each_sanitizer_is_read_as_it_writes() {
    let thread = "WARNING: ThreadSanitizer: data race (pid=2)\n  Read of size 4 by thread T2:\n\
                  \x20   #0 crc32_little /target/crc32.c:293 (probe+0x1bfa)\n\
                  \x20   #1 ask /recipe/probe.c:12 (probe+0x12a1)\n\n  Previous write of size 4\n";
    let undefined = "/target/a.c:3:9: runtime error: signed integer overflow: 1 + 2 cannot be \
                     represented in type 'int'\n    #0 0x55 in add /target/a.c:3\n";
    let memory = "==1==WARNING: MemorySanitizer: use-of-uninitialized-value\n    #0 0x49 in look \
                  /target/a.c:9:7\n";
    let plus = "==1==ERROR: AddressSanitizer: negative-size-param: (size=-200)\n    #0 0x4 in void \
                a::B<int, c d>::put(std::string<char, e>, int) const /target/b.cc:2\n";
    for (report, error, function) in [
        (plus, "negative-size-param", "a::B<int, c d>::put"),
        (thread, "data race", "crc32_little"),
        (undefined, "signed integer overflow", "add"),
        (memory, "use-of-uninitialized-value", "look"),
    ] {
        let said = read(report).unwrap();
        assert_eq!((said.error.as_str(), said.functions), (error, vec![function.to_owned()]));
    }
}

#[test]
fn frames_of_tools_and_of_the_harness_are_left_out() {
    let report = "==4==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602\n\
                  \x20   #0 0x7f in __interceptor_memcpy ../src/common.inc:827\n\
                  \x20   #1 0x55 in inflate src/inflate.c:761\n\
                  \x20   #2 0x55 in main /recipe/probe.c:40\n\
                  \x20   #3 0x7f in __libc_start_main_impl ../csu/libc-start.c:389\n\n\
                  0x602 is located\n    #0 0x7f in elsewhere /a.c:1\n";
    assert_eq!(read(report).unwrap().functions, ["inflate"]);
    for nothing in ["", "warning", "==3==ERROR: AddressSanitizer failed to allocate 0xdf bytes"] {
        assert_eq!(read(nothing), None, "{nothing}");
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(lines in prop::collection::vec("\\PC{0,60}", 0..6)) {
        let text = format!("==1==ERROR: AddressSanitizer: x\n #0 in {}", lines.join("\n #1 in "));
        let _ = read(&text);
        let _ = bare(&text);
    }
}

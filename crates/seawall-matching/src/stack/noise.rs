//! Frames that name no place in the code under test.
//!
//! The tables go by subject. A frame is noise if its function is one of these words, begins with
//! one, or contains one, or if its file lies in the source of a runtime.

use seawall_domain::crash::{Frame, Notation};

/// Functions of the C library and of its allocator, whole: whoever calls them wrongly is the place.
const LIBRARY: &[&str] = &[
    "aligned_alloc",
    "asprintf",
    "atoi",
    "atol",
    "bcmp",
    "bcopy",
    "bzero",
    "calloc",
    "cfree",
    "fgets",
    "fopen",
    "fprintf",
    "fputs",
    "fread",
    "free",
    "fwrite",
    "getenv",
    "index",
    "malloc",
    "memalign",
    "memccpy",
    "memchr",
    "memcmp",
    "memcpy",
    "memmem",
    "memmove",
    "mempcpy",
    "memrchr",
    "memset",
    "mmap",
    "munmap",
    "posix_memalign",
    "printf",
    "pthread_create",
    "pthread_kill",
    "putchar",
    "puts",
    "pvalloc",
    "qsort",
    "rawmemchr",
    "read",
    "realloc",
    "reallocarray",
    "scanf",
    "snprintf",
    "sprintf",
    "sscanf",
    "stpcpy",
    "strcasecmp",
    "strcat",
    "strchr",
    "strcmp",
    "strcpy",
    "strcspn",
    "strdup",
    "strlcpy",
    "strlen",
    "strncasecmp",
    "strncat",
    "strncmp",
    "strncpy",
    "strndup",
    "strnlen",
    "strpbrk",
    "strrchr",
    "strspn",
    "strstr",
    "strtol",
    "strtoul",
    "valloc",
    "vfprintf",
    "vsnprintf",
    "vsprintf",
    "wcslen",
];

/// What ends a process, whole.
const ENDING: &[&str] = &[
    "_exit",
    "_Exit",
    "abort",
    "abort_message",
    "Abort",
    "demangling_terminate_handler",
    "exit",
    "exit_or_terminate_process",
    "fortify_fail",
    "gsignal",
    "kill",
    "libc_message",
    "panic_abort",
    "quick_exit",
    "raise",
    "terminate",
    "tgkill",
    "__terminate",
    "V8_Dcheck",
    "V8_Fatal",
    "default_terminate_handler",
    "chk_fail",
    "malloc_printerr",
    "malloc_consolidate",
    "unlink_chunk",
    "uncaught_exception",
];

/// What starts one, whole.
const STARTING: &[&str] = &[
    "main",
    "Main",
    "start",
    "wmain",
    "WinMain",
    "wWinMain",
    "_start",
    "start_main",
    "start_thread",
    "clone",
    "clone3",
    "thread_start",
    "BaseThreadInitThunk",
    "RtlUserThreadStart",
    "asan_thread_start",
    "__scrt_common_main_seh",
    "invoke_main",
    "mainCRTStartup",
    "HonggfuzzMain",
    "__clone_start",
];

/// Names that tell nothing, whole: what inlining leaves of operators and constructors.
const NAMELESS: &[&str] =
    &["new", "New", "delete", "operator", "decltype", "<null>", "<unknown>", "??", "_etext"];

/// Beginnings: runtimes, and what programs put between a failed check and their end.
const STARTS: &[&str] = &[
    // The C and C++ runtimes.
    "__GI_",
    "__assert",
    "__builtin_",
    "__chk_fail",
    "__cxa_",
    "__cxx_global",
    "__do_global",
    "__fortify",
    "__gnu_cxx::__verbose",
    "__kernel_",
    "__libc_",
    "__memcpy",
    "__memmove",
    "__memset",
    "__mem",
    "__new_exitfn",
    "__pthread_",
    "__restore_rt",
    "__rtl",
    "__run_exit",
    "__stack_chk_fail",
    "__start_thread",
    "__strcpy",
    "__strlen",
    "__strcat",
    "__strncpy",
    "__str",
    "__vfprintf",
    "_IO_",
    "_int_free",
    "_int_malloc",
    "_int_realloc",
    "_objc_terminate",
    "operator ",
    "operator new",
    "operator delete",
    "operator(",
    "operator[",
    "std::__terminate",
    "std::terminate",
    "std::__throw",
    "std::__libcpp",
    "std::__1::__libcpp",
    "std::__Cr::__libcpp",
    "abort_",
    "__aeabi_mem",
    "__bionic_",
    "thread_data_t::trampoline",
    "_purecall",
    // Sanitizers.
    "___asan",
    "__asan",
    "__hwasan",
    "__interceptor",
    "__lsan",
    "__msan",
    "__sanitizer",
    "__tsan",
    "__ubsan",
    "__cfi",
    "__scudo",
    "_asan_",
    "_sanitizer_",
    "asan_",
    "hwasan_",
    "scudo_",
    "scudo::",
    "sanitizer_",
    // Fuzzers and test runners.
    "fuzzer::",
    "LLVMFuzzer",
    "Honggfuzz",
    "HF_",
    "__wrap_",
    "hfuzz_",
    "afl::",
    "__afl",
    "centipede::",
    "fuzztest::",
    "testing::",
    "TestOneProtoInput",
    "libfuzzer_sys::",
    "rust_fuzzer_test_input",
    "CrashTrampolineAsm",
    // Logging and failed checks.
    "logging::",
    "base::debug::",
    "google::LogMessage",
    "google::LogDestination",
    "google::DumpStackTrace",
    "absl::log_internal",
    "absl::lts_",
    "base_logging::",
    "syslog::LogMessage",
    "fx_logger",
    "WTFCrash",
    "WTFReportBacktrace",
    "WTFReportAssertion",
    "v8::base::OS::Abort",
    "v8::base::FatalOOM",
];

/// More beginnings, of single programs and systems.
const STARTS_OF_PROGRAMS: &[&str] = &[
    "tcmalloc",
    "_dl_",
    "__dl_",
    "sk_abort",
    "SkAbort",
    "sk_malloc",
    "sk_realloc",
    "sk_out_of_memory",
    "xmalloc",
    "xrealloc",
    "base::ImmediateCrash",
    "base::CheckError",
    "base::TerminateBecause",
    "base::internal::OnNoMemory",
    "WTF::Partition",
    "_invoke_watson",
    "__report_",
    "UnhandledException",
    "v8::Utils::ReportApiFailure",
    "v8::Utils::ReportOOMFailure",
    "v8::api_internal::ToLocalEmpty",
    "v8::internal::V8::FatalProcessOutOfMemory",
    "v8::internal::Isolate::PushStackTraceAndDie",
    "v8::internal::FatalProcessOutOfMemory",
    "v8::base::debug::",
    "v8::internal::Heap::FatalProcess",
    "blink::ReportOOMErrorInMainThread",
    "blink::ReportV8FatalError",
    "blink::ReportFatalError",
    "absl::Cleanup",
    "absl::cleanup_internal",
    "base::BindState",
    "base::internal::Invoker",
    "base::allocator",
    "base::internal::SchedulePartition",
    "partition_alloc::",
    "WTF::Vector",
    "pepper::Assert",
    "MemoryProtection::",
    "RtlReport",
    "Rtlp",
    "RtlFreeHeap",
    "RtlAllocateHeap",
    "RaiseException",
    "KiUser",
    "CxxThrowException",
    "_CxxThrowException",
    "acrt_",
    "_heap_alloc",
    "mozalloc_",
    "moz_",
    "g_logv",
    "g_log",
    "g_assertion",
    "g_malloc",
    "g_free",
    "PyErr_",
    "Py_Exit",
    "_swift_",
    "Swift._assertionFailure",
    "Swift._fatalError",
    "closure #",
    "function signature specialization <Arg",
    // Rust, whose implementations of traits have no name of their own.
    "_$LT$",
    "core::panicking",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "rust_begin_unwind",
    "rust_panic",
    "rust_oom",
    "std::panicking",
    "std::panic::",
    "std::process::abort",
    "std::sys::",
    "std::rt::",
    "alloc::alloc::handle_alloc_error",
];

/// Words inside a name that mark a checker's own type as the argument of a template.
const INSIDE: &[&str] = &["fuzztest::internal::", "logging::LogMessage", "fuzzer::Fuzzer"];

/// Parts of the paths of runtimes' sources.
const PATHS: &[&str] = &[
    "compiler-rt/lib/",
    "c++/v1/",
    "include/c++/",
    "libc++/src",
    "libc++abi/",
    "libstdc++-v3/",
    "third_party/libcxx",
    "bits/stl_",
    "/rustc/",
    "rustlib/src/rust/",
    "library/std/src/",
    "/zircon/third_party/ulib/",
    "vctools\\crt",
    "src/honggfuzz/",
    "third_party/honggfuzz/",
    "afl/afl_driver",
    "lib/Fuzzer/Fuzzer",
    "libfuzzer/Fuzzer",
    "libFuzzer/src/",
    "fuzztest/src/",
    "googletest/src/",
];

/// Functions of kernels that report what others did, by their beginnings.
const KERNEL: &[&str] = &[
    "__asan",
    "__kasan",
    "__kmsan",
    "__warn",
    "asan_",
    "check_memory_region",
    "check_region",
    "describe_",
    "dump_backtrace",
    "dump_stack",
    "__dump_stack",
    "kasan_",
    "kmsan_",
    "object_err",
    "panic",
    "print_address_description",
    "print_report",
    "print_trailer",
    "report_",
    "show_stack",
    "warn_slowpath",
    "_etext",
    "__die",
    "__do_kernel_fault",
    "bad_area",
    "bad_page_fault",
    "die",
    "do_DataAbort",
    "do_page_fault",
    "do_translation_fault",
    "exc_page_fault",
    "no_context",
    "oops_end",
    "unwind_backtrace",
];

/// Packages and functions of runtimes that are not the program's, by their beginnings.
const GO: &[&str] = &["main.", "runtime.", "runtime/", "panic", "testing."];
const JAVA: &[&str] =
    &["com.code_intelligence.jazzer.", "java.base/jdk.internal.reflect.", "jdk.internal.reflect."];
const PYTHON: &[&str] = &["abort_with_issue", "<module>", "TestOneInput"];

/// The entry of a fuzz target.
pub(super) fn is_fuzz_target(name: &str) -> bool {
    name == "LLVMFuzzerTestOneInput"
}

/// Whether a frame with a function says nothing of where the crash was.
pub(super) fn is_noise(frame: &Frame, name: &str) -> bool {
    let begins = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
    match frame.notation {
        Notation::Kernel => name.contains('.') || begins(KERNEL) || LIBRARY.contains(&name),
        Notation::Go => {
            let written = frame.function.as_deref().unwrap_or(name);
            GO.iter().any(|word| written.starts_with(word))
        }
        Notation::Java => begins(JAVA),
        Notation::Python => begins(PYTHON),
        Notation::JavaScript => name.starts_with("Object.<anonymous>"),
        Notation::Sanitizer
        | Notation::Chromium
        | Notation::Debugger
        | Notation::Tombstone
        | Notation::Windows => is_native_noise(frame, name),
    }
}

fn is_native_noise(frame: &Frame, name: &str) -> bool {
    let bare = name.strip_prefix("std::").unwrap_or(name);
    let whole = [LIBRARY, ENDING, STARTING, NAMELESS].iter().any(|words| words.contains(&bare));
    let starts = [STARTS, STARTS_OF_PROGRAMS]
        .iter()
        .any(|words| words.iter().any(|word| name.starts_with(word)));
    let inside = INSIDE.iter().any(|word| name.contains(word));
    let runtime = name.starts_with("runtime.") && frame.file.is_some();
    let path =
        frame.file.as_deref().is_some_and(|file| PATHS.iter().any(|part| file.contains(part)));
    let module = frame.module.as_deref().is_some_and(is_windows_module);
    whole || starts || inside || runtime || path || module
}

/// The libraries of Windows through which calls pass.
fn is_windows_module(module: &str) -> bool {
    let name = module.rsplit(['/', '\\']).next().unwrap_or(module).to_ascii_lowercase();
    ["ntdll", "kernel32", "kernelbase", "ucrtbase", "msvcrt", "verifier"]
        .iter()
        .any(|word| name.starts_with(word))
}

/// Libraries of the system, in which nobody looks for the flaw of a program.
pub(super) fn is_system_module(module: &str) -> bool {
    let name = module.rsplit(['/', '\\']).next().unwrap_or(module);
    let folder = ["/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/"];
    let system = [
        "libc.so",
        "libc-",
        "libpthread",
        "libgcc_s",
        "libstdc++",
        "libc++",
        "ld-linux",
        "linux-gate",
        "libclang_rt",
    ];
    folder.iter().any(|start| module.starts_with(start))
        || system.iter().any(|start| name.starts_with(start))
        || is_windows_module(module)
}

/// What stands for a module where there is none, and copies of programs on a test machine whose
/// folder is another each time.
pub(super) fn is_silent_module(module: &str) -> bool {
    module.starts_with('<') || module.is_empty() || module.contains("\\clusterfuzz\\bot\\builds\\")
}

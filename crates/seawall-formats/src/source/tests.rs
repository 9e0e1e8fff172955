use super::{Language, definition};
use proptest::prelude::*;

/// Expects the line on which `function` is defined, 0 for "not defined".
#[track_caller]
fn check(language: Language, function: &str, text: &str, expected: u32) {
    let found = definition(language, text, function).unwrap_or(0);
    assert_eq!(found, expected, "{function} in:\n{text}");
}

#[test]
fn python_definitions_not_mentions() {
    for (function, text, expected) in [
        ("f", "def f():\n    pass", 1),
        ("f", "async  def f (a):", 1),
        ("f", "def f[T](a: T) -> T:", 1),
        ("f", "# def f():\n", 0),
        ("f", "'''\ndef f():\n'''", 0),
        ("f", "x = 'def f():'", 0),
        ("f", "\"\"\"doc \\\"\"\" still\ndef f():\n\"\"\"\ndef g(): pass", 0),
        ("f", "r'\\'\ndef f(): pass", 2),
        ("f", "f(1)\nreturn f", 0),
        ("f", "from x import f\nimport f", 0),
        ("f", "def ff(): pass\ndef f_(): pass", 0),
        ("f", "undef f():", 0),
        ("f", "f = lambda x: x", 1),
        ("f", "f: Callable = lambda x: x", 1),
        ("f", "g(\n    f=lambda x: x,\n)", 0),
        ("f", "f = g(lambda: 0)", 0),
        ("A.f", "class A:\n    def f(self): pass", 2),
        ("A.f", "class A:\n    x = 1\ndef f(): pass", 0),
        ("A.f", "def f(): pass\nclass A:\n    def f(self): pass", 3),
        ("A.f", "class A:\n    pass\nif x:\n    def f(): pass", 0),
        ("A.f", "class A(\n  B\n):\n    def f(self): pass", 4),
        ("pkg.mod.f", "def f(): pass", 1),
        ("A.B.f", "class A:\n  class B:\n    def f(self): pass\n  def f(self): pass", 3),
        ("outer.<locals>.f", "def outer():\n\tdef f(): pass", 2),
        ("f()", "\n\ndef f(a, b):", 3),
        ("A", "class A: pass", 1),
        ("f", "é = 'ü'\r\ndef f():\r\n", 2),
        ("", "def f(): pass", 0),
        ("...", "def f(): pass", 0),
    ] {
        check(Language::Python, function, text, expected);
    }
}

#[test]
fn javascript_definitions_not_mentions() {
    for (function, text, expected) in [
        ("f", "function f(a) { return a }", 1),
        ("f", "async function * f(a) {}", 1),
        ("f", "export default function f() {}", 1),
        ("f", "// function f() {}", 0),
        ("f", "/* function f() {} */", 0),
        ("f", "var s = 'function f() {}'", 0),
        ("f", "var s = `function f() {}`", 0),
        ("f", "var s = `a ${ (function f() {}) } b`", 1),
        ("f", "var s = `a ${ b } function f() {}`", 0),
        ("f", "var r = /'/; function f() {}", 1),
        ("f", "var r = /[/'\"]/g\nfunction f() {}", 2),
        ("f", "x = a / b; y = '/'; function f() {}", 1),
        ("f", "f(1); new f(); if (f(x)) { f() }", 0),
        ("f", "var f = function (a) {}", 1),
        ("f", "const f = (a, b) => a", 1),
        ("f", "const f = async a => { }", 1),
        ("f", "const f = (a: number, b?: string): string => a", 1),
        ("f", "const f: Handler = (a) => a", 1),
        ("f", "const f = g((a) => a)", 0),
        ("f", "if (f == (a) => a) {}", 0),
        ("f", "exports.f = function () {}", 1),
        ("f", "exports.f = module.exports.g = function () {}", 1),
        ("exports.f", "exports.f = f\nfunction f() {}", 2),
        ("f", "module.exports = { f: function () {} }", 1),
        ("f", "module.exports = { f: a => a, g }", 1),
        ("f", "module.exports = { f: f, g: f(1) }", 0),
        ("f", "module.exports = { f() {}, g: 1 }", 1),
        ("f", "x = a ? f : function () {}", 0),
        ("f", "class A { f() {} }", 1),
        ("f", "class A {\n  static async f(a) {}\n  get g() {}\n}", 2),
        ("f", "class A { g() { f(1)\n { x } } }", 0),
        ("f", "class A { g() { if (f(1)) { x } } }", 0),
        ("f", "interface A { f(a: string): void; }", 0),
        ("f", "declare function f(a: string): void;\nfunction f(a: string): void {}", 2),
        ("f", "function f(a): { b: string } { }", 1),
        ("A.f", "class A { g() {} }\nfunction f() {}", 0),
        ("A.f", "class A { g() {} }\nclass B { f() {} }\nclass C extends A { }", 0),
        ("A.f", "class A {\n#x = 1\nf = (a) => a }", 3),
        ("A#f", "class A { g() {} f() {} }", 1),
        ("A.f", "function A() {}\nA.prototype.f = function () {}", 2),
        ("ini.parse", "const parse = (s) => s\nmodule.exports = { parse }", 1),
        ("f", "import { f } from 'f'; export { f }", 0),
        ("$f", "var $f = function () {}", 1),
        ("if", "if (x) { }", 0),
        ("with", "class A { with(x) { } }", 1),
        ("A", "var A = class B { f() {} }", 1),
        ("B.f", "var A = class B { f() {} }", 1),
        ("f", "#!/usr/bin/env node '\nfunction f() {}", 2),
    ] {
        check(Language::JavaScript, function, text, expected);
    }
}

#[test]
fn rust_definitions_not_mentions() {
    for (function, text, expected) in [
        ("f", "fn f() {}", 1),
        (
            "f",
            "pub(crate) const unsafe extern \"C\" \
             fn f<T: Fn(u8) -> u8>(a: T) -> [u8; 4] where T: X {}",
            1,
        ),
        ("f", "// fn f() {}\n/* /* */ fn f() {} */", 0),
        ("f", "/// fn f() {}\nstruct X;", 0),
        ("f", "let s = \"fn f() {}\";", 0),
        ("f", "let s = r#\"\" fn f() {} \"#;", 0),
        ("f", "let s = br\"\\\"; fn f() {}", 1),
        ("f", "let c = '\"'; fn f() {}", 1),
        ("f", "let c = '\\''; fn f<'a>(x: &'a str) {}", 1),
        ("f", "f(1); x.f(); let g = f;", 0),
        ("f", "trait A { fn f(&self); }", 0),
        ("f", "trait A { fn f(&self, x: [u8; 4]) { } }", 1),
        ("f", "extern \"C\" { fn f(x: i32); }", 0),
        ("f", "type F = fn(f: u8);", 0),
        ("A::f", "impl A { fn f() {} }", 1),
        ("A::f", "impl<'a, T: X<Y>> fmt::Display for A<'a, T> where T: B { fn f(&self) {} }", 1),
        ("A::f", "impl A { fn g() {} }\nimpl B { fn f() {} }", 0),
        ("A::f", "fn x() -> impl A { }\nfn f() {}", 2),
        ("m::f", "mod m { pub fn f() {} }", 1),
        ("m::f", "mod m { }\nfn f() {}", 0),
        ("tar::entry::EntryFields::f", "impl<'a> EntryFields<'a> {\n fn f(&mut self) {}\n}", 2),
        ("Vec<T>::f", "impl<T> Vec<T> { fn f() {} }", 1),
        ("type", "fn r#type() {}", 1),
        ("f!", "macro_rules! f { () => {} }", 1),
        ("f", "x!{ fn f() }", 0),
    ] {
        check(Language::Rust, function, text, expected);
    }
}

#[test]
fn c_definitions_not_mentions() {
    for (function, text, expected) in [
        ("f", "int f(int a) { return a; }", 1),
        ("f", "static int\nf(void)\n{\n}", 2),
        ("f", "int f(int a);", 0),
        ("f", "extern int f OF((int a));\nint g(void) { f(1); }", 0),
        ("f", "// int f(int a) {\n/* int f(int a) { */", 0),
        ("f", "char *s = \"int f(int a) {\";", 0),
        ("f", "char q = '\"'; int f(int a) {}", 1),
        ("f", "#define f(x) { x }\n", 0),
        ("f", "#define g(x) \\\n int f(int a) { \\\n }\n", 0),
        ("f", "void g(void) { if (f(1)) { } f(2); while (f(3)) { } }", 0),
        ("f", "int ZEXPORT f(strm, flush)\nz_streamp strm;\nint flush;\n{", 1),
        (
            "f",
            "int f(in, desc)\nin_func in; /* x */\nvoid (*desc)(int a, int b);\nchar t[8];\n{",
            1,
        ),
        ("f", "int f(a) __attribute__((x)); int g(void) {}", 0),
        ("f", "int f(int) ATTR;\nint g(void) {}", 0),
        ("f", "int f(a) int a;\n#ifdef X\nint b;\n#endif\n{ }", 1),
        ("main", "main() { }", 1),
        ("f", "int f(void) __attribute__((noinline)) {", 1),
        ("f", "int x = f(1);\nstruct a b[] = { { f(2) }, };", 0),
        ("f", "MACRO(f)\nint g(void) { }", 0),
        ("f", "#ifdef A\nint f(int a) {\n#else\nint f(int b) {\n#endif\n}\nint g(void) { }", 2),
        ("g", "#ifdef A\nint f(int a) {\n#else\nint f(int b) {\n#endif\n}\nint g(void) { }", 7),
        ("f", "#if 1\nint f(int a)\n#else\nint f(void)\n#endif\n{ }\n", 4),
        ("f", "extern \"C\" {\nint f(int a) { }\n}", 2),
        ("f", "namespace n { int f(int a) { } }", 1),
        ("A::f", "int A::f(int a) const noexcept { }", 1),
        ("A::f", "class A : public B {\n int f() override { }\n};", 2),
        ("A::f", "class A { int g() { } };\nint f() { }", 0),
        ("A::f", "struct A { int f(); };\nint A::f() { }", 2),
        ("A::A", "A::A(int a) : x(a), y{a} { }", 1),
        ("y", "A::A(int a) : x(a), y(a) { }", 0),
        ("f", "auto f(int a) -> std::vector<int> { }", 1),
        ("f", "typedef int (*f)(int a);", 0),
        ("f", "struct s { int (*f)(int a); };", 0),
        ("f", "enum e { f };", 0),
        ("f", "auto s = R\"x( int f(int a) { )\" )x\"; int g() { }", 0),
        ("f", "int n = 1'000; int f() { }", 1),
        ("f", "f(a, b) { }", 1),
        ("inflate", "local int a();\nint ZEXPORT inflate(z_streamp strm, int flush) {\n}", 2),
    ] {
        check(Language::C, function, text, expected);
    }
}

#[test]
fn knows_languages_by_ending() {
    for (path, expected) in [
        ("src/a.py", Some(Language::Python)),
        ("a.b/c.MJS", Some(Language::JavaScript)),
        ("x.tsx", Some(Language::JavaScript)),
        ("lib.rs", Some(Language::Rust)),
        ("src\\zlib\\inflate.c", Some(Language::C)),
        ("zlib.h", Some(Language::C)),
        ("a.py/README", None),
        ("README.md", None),
        ("", None),
    ] {
        assert_eq!(Language::of(path), expected, "{path}");
    }
}

const LANGUAGES: [Language; 4] =
    [Language::Python, Language::JavaScript, Language::Rust, Language::C];

/// Hostile nesting must cost time in proportion to its length.
#[test]
fn stays_quick_on_hostile_sources() {
    for piece in [
        "{",
        "(",
        "[",
        "a(",
        "A()",
        "A(a) ",
        "fn a(){",
        "impl A{",
        "#if 1\n{",
        "(\n#if\n",
        "f(a) int a;",
        "`${",
        "a=",
        "a:",
        "class A{",
        "function a(){",
        "x=>",
        "<",
        "def a():\n ",
        "'",
        "/*",
        "a::",
        "->",
        "class A {a(",
        "{a:{",
        "struct A{",
        "namespace n{",
        "f(){}",
        "=(",
        "\\",
        "#",
    ] {
        let text = piece.repeat(60_000 / piece.len());
        for language in LANGUAGES {
            let _ = definition(language, &text, "zzz");
        }
    }
}

proptest! {
    #[test]
    fn never_panics(
        text in "([a-f({\\[;:=,'\"`/*#@\\\\\n)}\\]<>é]|function |def |class |fn |#if\n|=>){0,60}",
    ) {
        for language in LANGUAGES {
            let _ = definition(language, &text, "a.b");
        }
    }

    #[test]
    fn finds_what_stands_after_any_comment(noise in "[a-z(){};'\"`/ ]{0,30}") {
        let noise = noise.replace("*/", "");
        let text = format!("/* {noise} */ function f(a) {{}}");
        prop_assert_eq!(definition(Language::JavaScript, &text, "f"), Some(1));
        let text = format!("// {noise}\nint f(a) {{}}");
        prop_assert_eq!(definition(Language::C, &text, "f"), Some(2));
        let text = format!("# {noise}\ndef f(a): pass");
        prop_assert_eq!(definition(Language::Python, &text, "f"), Some(2));
    }
}

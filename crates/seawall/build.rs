//! What the linker is asked for, so that the program starts fast: each start applies the program's
//! relocations anew, and touches every page that has one (`cargo xtask bench match`, start-up).
//!
//! Relocations are packed (`DT_RELR`, ELF gABI), where the C library here reads that form: glibc
//! 2.36 or later, which is then what the program needs. In release, what is byte for byte the same
//! is kept once (`--icf`), tables with it: the same tables of Unicode otherwise stand there several
//! times. Nothing here tells functions or constants apart by their address; SQLite and AWS-LC do
//! so only for those that differ. LLD knows these words, and it is the compiler's own linker; where
//! somebody chose another, nothing is asked of it.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|told| told == value);
    let linker = is("CARGO_CFG_TARGET_ENV", "gnu")
        && is("CARGO_CFG_TARGET_ARCH", "x86_64")
        && std::env::var_os("HOST") == std::env::var_os("TARGET")
        && std::env::var_os("RUSTC_LINKER").is_none()
        && std::env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| !flags.contains("link"));
    if !linker {
        return;
    }
    if glibc().is_some_and(|version| version >= (2, 36)) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    // The unwinder is taken in: one library less to find, map and relocate at each start.
    if let Some(folder) = folder_of("libgcc_eh.a") {
        println!("cargo::rustc-link-search=native={folder}");
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
    if is("PROFILE", "release") {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all,--ignore-data-address-equality");
    }
}

/// The version of the C library, from `glibc 2.36`.
fn glibc() -> Option<(u32, u32)> {
    let told = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    let (major, minor) = told.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The folder in which the C compiler finds one of its own libraries.
fn folder_of(library: &str) -> Option<String> {
    let told = Command::new("cc").arg(format!("-print-file-name={library}")).output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    // What is not found is printed as it was asked.
    Some(told.trim().strip_suffix(library)?.to_owned()).filter(|folder| !folder.is_empty())
}

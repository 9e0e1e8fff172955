//! Measures version order: nanoseconds for a key and for a comparison of two keys, by rule, over
//! texts of the shared suites. Run it with `--release`; it needs `SEAWALL_DATA`, `tar` and `zstd`.

use seawall_matching::version::{Key, Scheme};
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::time::Instant;

const ARCHIVE: &str = "versions/osv-scalibr-semantic.tar.zst";
/// Lists of the suite, and the rules that read them.
const LISTS: [(Scheme, &str); 13] = [
    (Scheme::Semantic, "semver-versions.txt"),
    (Scheme::Pub, "pub-versions.txt"),
    (Scheme::NuGet, "nuget-versions.txt"),
    (Scheme::Pep440, "pypi-versions-generated.txt"),
    (Scheme::Maven, "maven-versions-generated.txt"),
    (Scheme::Gem, "rubygems-versions-generated.txt"),
    (Scheme::Composer, "packagist-versions-generated.txt"),
    (Scheme::R, "cran-versions-generated.txt"),
    (Scheme::Pvp, "hackage-versions.txt"),
    (Scheme::Debian, "debian-versions-generated.txt"),
    (Scheme::Rpm, "redhat-versions.txt"),
    (Scheme::Apk, "alpine-versions-generated.txt"),
    (Scheme::Natural, "debian-versions-generated.txt"),
];
/// Rules without a list of their own, on a few texts.
const SAMPLES: [(Scheme, &[&str]); 10] = [
    (Scheme::Semantic, &["1.2.3", "10.20.30", "1.0.0-beta.11", "4.17.21", "0.0.1"]),
    (Scheme::Alpm, &["1:1.2.3-1", "5.2.0.r1-2", "1.0beta2"]),
    (Scheme::Conan, &["1.2.13", "3.0.8-rc1", "cci.20200203"]),
    (Scheme::DateTime, &["2024-01-01T12:00:00Z", "2024-01-01T12:00:00.123-05:00"]),
    (Scheme::Gentoo, &["1.2.3_rc1-r2", "4.0", "20210101_p3"]),
    (Scheme::IntDot, &["10.234.5.12", "1.2.3rc1"]),
    (Scheme::Opam, &["0.9~beta1", "4.14.1"]),
    (Scheme::OpenSsl, &["1.1.1w", "3.0.0-alpha1", "0.9.8zh"]),
    (Scheme::Perl, &["v5.38.2", "1.302198"]),
    (Scheme::Ports, &["1.2.3_4,1", "8.0.30"]),
];
const ROUND_LEN: usize = 300_000;
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    println!("{:14} {:>6} {:>9} {:>9}", "rule", "texts", "ns/key", "ns/cmp");
    for (scheme, texts) in SAMPLES {
        measure(scheme, &texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
    }
    for (scheme, file) in LISTS {
        let Some(texts) = texts(file) else {
            eprintln!("skipped: versions: no SEAWALL_DATA");
            return ExitCode::FAILURE;
        };
        measure(scheme, &texts);
    }
    ExitCode::SUCCESS
}

/// Prints the best of several rounds.
fn measure(scheme: Scheme, texts: &[String]) {
    let repeats = ROUND_LEN.div_ceil(texts.len().max(1));
    let count = repeats * texts.len();
    let keys: Vec<Key> = texts.iter().map(|text| Key::by(scheme, text)).collect();
    let (mut key_ns, mut compare_ns) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..repeats {
            for text in texts {
                black_box(Key::by(scheme, black_box(text)));
            }
        }
        key_ns = key_ns.min(start.elapsed().as_nanos() as f64 / count as f64);
        let start = Instant::now();
        for _ in 0..repeats {
            for pair in keys.windows(2) {
                black_box(black_box(&pair[0]).cmp(black_box(&pair[1])));
            }
        }
        compare_ns = compare_ns.min(start.elapsed().as_nanos() as f64 / count as f64);
    }
    let name = format!("{scheme:?}");
    println!("{name:14} {:>6} {key_ns:>9.1} {compare_ns:>9.1}", texts.len());
}

/// The versions of a list, each once a line.
fn texts(file: &str) -> Option<Vec<String>> {
    let folder = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").to_owned()
    });
    let archive = format!("{folder}/{ARCHIVE}");
    let output = Command::new("tar").args(["--zstd", "-xO", file, "-f", &archive]).output().ok()?;
    let list = String::from_utf8(output.stdout).ok()?;
    let lines = list.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let signed = lines.filter(|fields| fields.len() == 3 && "<=>".contains(fields[1]));
    let texts: Vec<String> =
        signed.flat_map(|fields| [fields[0].to_owned(), fields[2].to_owned()]).collect();
    (!texts.is_empty()).then_some(texts)
}

//! Every fuzz target, with what it begins from; the programs stand in `fuzz/fuzz_targets/`.

/// A program that fuzzes one reader.
#[derive(Debug, Eq, PartialEq)]
pub struct Target {
    pub name: &'static str,
    /// The longest input, in bytes.
    pub bytes_max: usize,
    /// What of the shared data it begins from, besides `fuzz/seeds/NAME`.
    pub seeds: &'static [Source],
}

/// Files of the shared data, and what of each is a seed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Source {
    /// An archive (`.tar.zst`), lines (`.jsonl.zst`), or a plain file.
    pub file: &'static str,
    /// How the names of the members end.
    pub ending: &'static str,
    pub cut: Cut,
}

/// What of a file is a seed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cut {
    /// All of it.
    Whole,
    /// Every line.
    Lines,
    /// Every text in quotes that begins like this.
    Quoted(&'static str),
    /// Every line `A < B`, as two lines.
    Pairs,
}

const fn whole(file: &'static str, ending: &'static str) -> Source {
    Source { file, ending, cut: Cut::Whole }
}

const fn lines(file: &'static str) -> Source {
    Source { file, ending: "", cut: Cut::Lines }
}

const fn target(name: &'static str, bytes_max: usize, seeds: &'static [Source]) -> Target {
    Target { name, bytes_max, seeds }
}

const CYCLONEDX_JSON: [Source; 2] = [
    whole("cyclonedx/spec-tests.tar.zst", ".json"),
    whole("sbom/cyclonedx-bom-examples.tar.zst", ".json"),
];
const CYCLONEDX_XML: [Source; 2] = [
    whole("cyclonedx/spec-tests.tar.zst", ".xml"),
    whole("sbom/cyclonedx-bom-examples.tar.zst", ".xml"),
];
const CYCLONEDX: [Source; 2] =
    [whole("cyclonedx/spec-tests.tar.zst", ".json"), whole("cyclonedx/spec-tests.tar.zst", ".xml")];
const SPDX_JSON: [Source; 1] = [whole("sbom/spdx-examples.tar.zst", ".json")];
const SPDX_TAGS: [Source; 2] =
    [whole("sbom/spdx-examples.tar.zst", ".spdx"), whole("sbom/bom-shelter-spdx.tar.zst", ".spdx")];
const CSAF: [Source; 3] = [
    whole("csaf/csaf-2.0-validator-tests.tar.zst", ".json"),
    whole("csaf/csaf-2.1-validator-tests.tar.zst", ".json"),
    whole("csaf-cisa/cisa-csaf-white.tar.zst", ".json"),
];
const CSAF_2_0: [Source; 1] = [whole("csaf/csaf-2.0-validator-tests.tar.zst", ".json")];
const CVE: [Source; 1] = [lines("cve/cve-records.jsonl.zst")];
const OPENVEX: [Source; 2] = [
    whole("openvex/openvex-samples.tar.zst", ".json"),
    whole("openvex/vexhub-rancher.tar.zst", ".json"),
];
const VEX_CYCLONEDX: [Source; 2] = [
    whole("sbom/cyclonedx-bom-examples.tar.zst", ".json"),
    whole("cyclonedx/spec-tests.tar.zst", "vulnerability-1.6.json"),
];
const OSV: [Source; 4] = [
    lines("osv/pypa.jsonl.zst"),
    lines("osv/go.jsonl.zst"),
    lines("osv/rustsec.jsonl.zst"),
    lines("osv/oss-fuzz.jsonl.zst"),
];
const CRASH: [Source; 1] = [whole("crash/clusterfuzz-stacks.tar.zst", ".txt")];
const PURL: [Source; 1] =
    [Source { file: "purl/purl-spec.tar.zst", ending: ".json", cut: Cut::Quoted("pkg:") }];
const VERS: [Source; 1] =
    [Source { file: "vers/vers-spec.tar.zst", ending: ".json", cut: Cut::Quoted("vers:") }];
const VERSIONS: [Source; 1] = [Source {
    file: "versions/osv-scalibr-semantic.tar.zst",
    ending: "-versions.txt",
    cut: Cut::Pairs,
}];
const CVSS: [Source; 2] = [
    Source { file: "cvss/vectors.jsonl.zst", ending: "", cut: Cut::Quoted("CVSS:") },
    Source { file: "cvss/vectors.jsonl.zst", ending: "", cut: Cut::Quoted("AV:") },
];
const FEED: [Source; 4] = [OSV_FEW, CVE[0], OPENVEX[0], CSAF[2]];
const OSV_FEW: Source = lines("osv/haskell.jsonl.zst");
const SARIF: [Source; 3] = [
    whole("sarif/sarif-sdk-samples.tar.zst", ".sarif"),
    whole("sarif/sarif-tutorials.tar.zst", ".sarif"),
    whole("sarif/sarif-spec.tar.zst", ".sarif"),
];

/// Documents of a page or two; longer ones are slower and say the same.
const DOCUMENT: usize = 12 << 10;
/// Texts of a line or a few.
const SHORT: usize = 600;

/// Every target, the most exposed first.
pub const TARGETS: [Target; 64] = [
    target("inventory_cyclonedx_json", DOCUMENT, &CYCLONEDX_JSON),
    target("inventory_cyclonedx_xml", DOCUMENT, &CYCLONEDX_XML),
    target("inventory_spdx_json", DOCUMENT, &SPDX_JSON),
    target("inventory_spdx_tags", DOCUMENT, &SPDX_TAGS),
    target("inventory_spdx3", DOCUMENT, &SPDX_JSON),
    target("inventory_lock", DOCUMENT, &[]),
    target("inventory_packages", DOCUMENT, &[]),
    target("inventory_table", DOCUMENT, &[]),
    target("cyclonedx_check", DOCUMENT, &CYCLONEDX),
    target("exposure", SHORT, &[]),
    target("csaf", DOCUMENT, &CSAF),
    target("csaf_conformance", DOCUMENT, &CSAF_2_0),
    target("cve", DOCUMENT, &CVE),
    target("vex_openvex", DOCUMENT, &OPENVEX),
    target("vex_csaf", DOCUMENT, &CSAF),
    target("vex_cyclonedx", DOCUMENT, &VEX_CYCLONEDX),
    target("osv", DOCUMENT, &OSV),
    target("crash", DOCUMENT, &CRASH),
    target("archive", DOCUMENT, &[]),
    target("inspect_log", DOCUMENT, &[]),
    target("registry", DOCUMENT, &[]),
    target("review", DOCUMENT, &[]),
    target("determination", DOCUMENT, &[]),
    target("gateway", DOCUMENT, &[]),
    target("usage", SHORT, &[]),
    target("operators", DOCUMENT, &[]),
    target("rubric", DOCUMENT, &[]),
    target("gateway_count", SHORT, &[]),
    target("lease", DOCUMENT, &[]),
    target("crossing", SHORT, &[]),
    target("protocol", DOCUMENT, &[]),
    target("sealed", SHORT, &[]),
    target("custody", SHORT, &[]),
    target("escrow", DOCUMENT, &[]),
    target("purl", SHORT, &PURL),
    target("vers", SHORT, &VERS),
    target("vers_native", SHORT, &[]),
    target("version", SHORT, &VERSIONS),
    target("version_sort", SHORT, &VERSIONS),
    target("set", SHORT, &[]),
    target("set_records", DOCUMENT, &OSV),
    target("cvss", SHORT, &CVSS),
    target("kev", DOCUMENT, &[]),
    target("epss", DOCUMENT, &[]),
    target("feed", DOCUMENT, &FEED),
    target("tap_json", DOCUMENT, &[]),
    target("tap_multipart", DOCUMENT, &[]),
    target("sarif", DOCUMENT, &SARIF),
    target("scrutineer", DOCUMENT, &[]),
    target("report_mail", DOCUMENT, &[]),
    target("mail", DOCUMENT, &[]),
    target("mail_commands", SHORT, &[]),
    target("recipe", DOCUMENT, &[]),
    target("claim_check", SHORT, &[]),
    target("source", DOCUMENT, &[]),
    target("postings_snapshot", SHORT, &[]),
    target("postings_journal", SHORT, &[]),
    target("note", SHORT, &[]),
    target("checkpoint", SHORT, &[]),
    target("proof", DOCUMENT, &[]),
    target("envelope", DOCUMENT, &[]),
    target("statement", DOCUMENT, &[]),
    target("tiles", SHORT, &[]),
    target("openpgp", DOCUMENT, &[]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::files;
    use std::path::Path;

    #[test]
    fn the_table_the_manifest_and_the_folder_agree() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let named = |path: &Path| path.file_stem().map(|name| name.to_string_lossy().into_owned());
        let programs: Vec<String> =
            files(&root.join("fuzz_targets")).iter().filter_map(|path| named(path)).collect();
        let mut table: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
        let bins = manifest.lines().filter_map(|line| line.strip_prefix("name = \"")).skip(1);
        assert!(bins.map(|line| line.trim_end_matches('"')).eq(table.iter().copied()));
        table.sort_unstable();
        assert_eq!(programs, table);
    }

    #[test]
    fn our_own_seeds_are_tiny_and_each_is_for_a_target() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
        for folder in std::fs::read_dir(root).into_iter().flatten().flatten() {
            let name = folder.file_name().to_string_lossy().into_owned();
            assert!(TARGETS.iter().any(|target| target.name == name), "{name}");
            for file in files(&folder.path()) {
                assert!(file.metadata().is_ok_and(|file| file.len() < 4_000), "{file:?}");
            }
        }
    }
}

//! The main job's story with a laboratory that is a table: six targets, thirteen reports.

use crate::world::{Cast, Effect, Report, Sequence, Shelf, World, must};
use seawall_domain::advisory::Advisory;
use seawall_domain::case::Case;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::project::{ClockBasis, Policy, ReproducerHandling, Secrecy};
use seawall_services::advisory;
use seawall_services::case::Received;

/// One target: what its registry has, and where its flaw is.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The ecosystem by its OSV name, and the package.
    pub package: (&'static str, &'static str),
    /// Every release, oldest first.
    pub releases: &'static [&'static str],
    /// Those that show the effect.
    pub affected: &'static [&'static str],
    /// The newest that counts as existing at first.
    pub horizon: Option<&'static str>,
    /// The release in which the maintainer says it is fixed.
    pub fixed: &'static str,
    /// The version that reports name.
    pub claimed: &'static str,
    /// The file with the flaw.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
    /// The function with the flaw.
    pub function: &'static str,
    /// The weakness class.
    pub weakness: u32,
    /// What goes wrong, in two wordings.
    pub words: [&'static str; 2],
}

impl Target {
    /// The package.
    pub fn package(&self) -> Package {
        let (ecosystem, name) = self.package;
        Package { ecosystem: Ecosystem::from(ecosystem.to_owned()), name: name.into() }
    }

    /// The report of its flaw in one of its wordings.
    pub fn report(&self, wording: usize) -> Report {
        Report {
            package: self.package(),
            version: self.claimed.into(),
            title: format!("{} goes wrong ({wording})", self.function),
            description: self.words[wording % 2].into(),
            weakness: Some(self.weakness),
            file: self.file.into(),
            function: self.function.into(),
            effect: Some(self.package.1.into()),
        }
    }

    fn shelf(&self) -> Shelf {
        let texts = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        let effect = Effect { affected: texts(self.affected), ..Effect::default() };
        Shelf {
            releases: texts(self.releases),
            files: [(self.file.to_owned(), self.text.to_owned())].into(),
            effects: [(self.package.1.to_owned(), effect)].into(),
        }
    }
}

/// The targets: the first five are reported truly, the fifth is left unpublished, the sixth is
/// fixed already, and the fourth relapses.
pub const TARGETS: [Target; 6] = [
    Target {
        package: ("PyPI", "sqlparse"),
        releases: &["0.3.0", "0.3.1", "0.4.0", "0.4.1", "0.4.2", "0.4.3"],
        affected: &["0.4.0", "0.4.1"],
        horizon: Some("0.4.1"),
        fixed: "0.4.2",
        claimed: "0.4.1",
        file: "sqlparse/filters/others.py",
        text: "class Comments:\n    @staticmethod\n    def _process(tlist):\n        pass\n",
        function: "_process",
        weakness: 1333,
        words: [
            "A comment of many line breaks keeps the regular expression busy for minutes.",
            "Stripping comments from a crafted statement backtracks: denial of service.",
        ],
    },
    Target {
        package: ("npm", "ini"),
        releases: &["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.3.5", "1.3.6", "1.3.8"],
        affected: &["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.3.5"],
        horizon: Some("1.3.5"),
        fixed: "1.3.6",
        claimed: "1.3.5",
        file: "ini.js",
        text: "function decode (str) {\n  return str\n}\n",
        function: "decode",
        weakness: 1321,
        words: [
            "A section named after the prototype changes every object of the program.",
            "Whoever controls the file can put properties onto the prototype of all objects.",
        ],
    },
    Target {
        package: ("crates.io", "tar"),
        releases: &["0.4.9", "0.4.10", "0.4.20", "0.4.35", "0.4.36"],
        affected: &["0.4.10", "0.4.20", "0.4.35"],
        horizon: Some("0.4.35"),
        fixed: "0.4.36",
        claimed: "0.4.35",
        file: "src/archive.rs",
        text: "impl Archive {\n    pub fn unpack(&mut self) {\n    }\n}\n",
        function: "unpack",
        weakness: 59,
        words: [
            "Unpacking follows a link out of the target and makes a folder elsewhere.",
            "An archive with a symbolic link makes directories outside of where it is unpacked.",
        ],
    },
    Target {
        package: ("crates.io", "libz-sys"),
        releases: &["0.1.3", "0.1.4", "1.0.0", "1.1.8", "1.1.9", "1.1.10", "1.1.13", "1.1.14"],
        affected: &["0.1.4", "1.0.0", "1.1.8", "1.1.10", "1.1.13"],
        horizon: Some("1.1.8"),
        fixed: "1.1.9",
        claimed: "1.1.8",
        file: "src/zlib/inflate.c",
        text: "int inflate(int strm, int flush)\n{\n  return strm + flush;\n}\n",
        function: "inflate",
        weakness: 787,
        words: [
            "A large extra field in the header is copied past the end of the buffer.",
            "The heap is overwritten when the extra field of a gzip header comes in two parts.",
        ],
    },
    Target {
        package: ("PyPI", "urllib3"),
        releases: &["1.25.3", "1.25.4", "1.26.4", "1.26.5"],
        affected: &["1.25.4", "1.26.4"],
        horizon: Some("1.26.4"),
        fixed: "1.26.5",
        claimed: "1.26.4",
        file: "src/urllib3/util/url.py",
        text: "def _parse_authority(url):\n    return url\n",
        function: "_parse_authority",
        weakness: 400,
        words: [
            "An authority of many at signs takes time that grows with the square of its length.",
            "Parsing a crafted address keeps the processor busy: denial of service.",
        ],
    },
    Target {
        package: ("npm", "minimist"),
        releases: &["1.0.0", "1.2.5", "1.2.6"],
        affected: &["1.0.0", "1.2.5"],
        horizon: None,
        fixed: "1.2.6",
        claimed: "1.2.5",
        file: "index.js",
        text: "function setKey (obj, keys, value) {\n  return obj\n}\n",
        function: "setKey",
        weakness: 1321,
        words: [
            "An argument named after the constructor changes every object of the program.",
            "Arguments can put properties onto the prototype of all objects.",
        ],
    },
];

/// The story in a world: the cast and the registered projects.
#[derive(Debug)]
pub struct Story {
    /// Who takes part.
    pub cast: Cast,
}

impl Story {
    /// The stage: everybody entered, every project registered, every package on its shelf.
    pub async fn stage(world: &World) -> Story {
        let cast = Cast::enter(world).await;
        for (number, target) in TARGETS.iter().enumerate() {
            let reproducer = match number % 2 {
                0 => ReproducerHandling::Release,
                _ => ReproducerHandling::Withhold,
            };
            let policy = Policy {
                ai_found: Secrecy::Private,
                reproducer,
                embargo_days: 90,
                clock: ClockBasis::FromReport,
                open_cases_max: 5,
            };
            let package = target.package();
            world.project(&package, cast.maintainer.0.id, policy, target.horizon).await;
            world.laboratory.stock(&package, target.shelf());
        }
        Story { cast }
    }

    /// The thirteen reports, each with the finder that sends it.
    pub fn reports(&self) -> Vec<(usize, Report)> {
        let [sqlparse, ini, tar, zlib, urllib3, minimist] = TARGETS;
        let mut reports: Vec<(usize, Report)> = [sqlparse, ini, tar, zlib, urllib3, minimist]
            .iter()
            .enumerate()
            .map(|(number, target)| (number % 3, target.report(0)))
            .collect();
        for (number, target) in [sqlparse, ini, tar, zlib].iter().enumerate() {
            reports.push(((number + 1) % 3, target.report(1)));
        }
        let invented = Report { function: "unparse_all".into(), ..ini.report(1) };
        let title = "Something else goes wrong".to_owned();
        let silent = Report { effect: Some("nothing".into()), title, ..urllib3.report(1) };
        let silent = Report { function: "_encode".into(), weakness: Some(20), ..silent };
        let bare = Report { effect: None, weakness: None, ..tar.report(0) };
        reports.extend([(2, invented), (1, silent), (2, bare)]);
        reports
    }

    /// Sends the reports in an order of its own for each seed, and lets the work be done.
    pub async fn intake(&self, world: &mut World, seed: u64) {
        let mut reports = self.reports();
        Sequence::new(seed).shuffle(&mut reports);
        // The release of the silent report defines its function too.
        let url = TARGETS[4];
        let mut shelf = url.shelf();
        let text = format!("{}\n\ndef _encode(text):\n    return text\n", url.text);
        shelf.files.insert(url.file.into(), text);
        world.laboratory.stock(&url.package(), shelf);
        for (finder, report) in &reports {
            world.submit(&self.cast.finders[*finder], report).await;
        }
        world.until_quiet().await;
    }

    /// The maintainer of a target accepts and says in which release it is fixed.
    pub async fn fix(&self, world: &mut World, target: &Target) -> Case {
        let case = world.case_on(&target.package()).await;
        let contact = format!("security@{}.invalid", target.package.1);
        let body = format!("Thank you.\n\naccept\nfixed in {}\n", target.fixed);
        assert_eq!(world.answer(case.id, &contact, &body).await, Received::Filed);
        world.until_quiet().await;
        world.case_on(&target.package()).await
    }

    /// The advisory of a target's case.
    pub async fn advisory(&self, world: &World, target: &Target) -> Advisory {
        let case = world.case_on(&target.package()).await;
        let advisories = world.every::<Advisory>().await;
        let advisory = advisories.into_iter().find(|advisory| advisory.case == case.id);
        advisory.unwrap_or_else(|| panic!("there is no advisory on {}", target.package.1))
    }

    /// Both analysts sign the advisory of a target, and it is published.
    pub async fn publish(&self, world: &mut World, target: &Target) -> Advisory {
        let advisory = self.advisory(world, target).await;
        for analyst in &self.cast.analysts {
            must(advisory::sign(&world.desk, analyst, advisory.id, &advisory.digest).await);
        }
        world.until_quiet().await;
        self.advisory(world, target).await
    }

    /// Whoever of the analysts has not signed yet signs, and it is published.
    pub async fn publish_rest(&self, world: &mut World, target: &Target) {
        let advisory = self.advisory(world, target).await;
        for analyst in &self.cast.analysts {
            let signed =
                |by: &seawall_domain::advisory::Signature| Some(by.account) == analyst.account;
            if !advisory.signatures.iter().any(signed) {
                must(advisory::sign(&world.desk, analyst, advisory.id, &advisory.digest).await);
            }
        }
        world.until_quiet().await;
    }

    /// Opens the whole catalogue of a target.
    pub async fn open_catalogue(&self, world: &mut World, target: &Target) {
        let administrator = seawall_domain::access::Actor::administrator();
        let case = world.case_on(&target.package()).await;
        let horizon: Option<Version> = None;
        let moved = seawall_services::project::move_horizon(
            &world.desk,
            &administrator,
            case.project,
            horizon,
        );
        must(moved.await);
        world.until_quiet().await;
    }

    /// Everything up to four published advisories.
    pub async fn until_published(&self, world: &mut World) {
        self.intake(world, 1).await;
        for target in &TARGETS[..4] {
            self.fix(world, target).await;
            self.publish(world, target).await;
        }
    }
}

//! What kind of thing is affected: it decides who may update it, how long that takes, whether it
//! must be restarted, and what to do when it cannot be updated.
//!
//! The kind is the operator's word where there is one; otherwise it is guessed from the ecosystem
//! of a package or from the words of a product's name. The times are estimates of our own, from no
//! measurement, and are always shown as such.

use super::Subject;
use super::words::Language;
use seawall_domain::component::Product;
use seawall_domain::package::{Ecosystem, Listed, Package};
use serde::{Deserialize, Serialize};

/// A kind of thing that can have a flaw.
// INVARIANT: the kind that must be handled with most care comes first; where an item could be of
// two kinds, the first is taken.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A device that treats or watches patients; only its maker may update it.
    MedicalDevice,
    /// A controller of a plant, a pump or a grid (operational technology); only its maker or the
    /// builder of the plant may update it.
    ControlDevice,
    /// The system that keeps a bank's accounts; the firm that supplies it updates it.
    CoreBanking,
    /// A router, firewall, printer, camera or the like, with firmware.
    Device,
    /// The operating system of a computer, which must be restarted.
    OperatingSystem,
    /// A program that serves others, with a maker.
    ServerProduct,
    /// A product that cannot be placed.
    Other,
    /// A package of an operating system's distribution.
    SystemPackage,
    /// A library in software of one's own.
    OwnSoftware,
}

/// Who may update a thing.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Updater {
    /// Whoever runs it.
    Operator,
    /// Only its maker, or whom the maker sends.
    Maker,
}

/// Whether a thing stands still while it is updated.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Restart {
    /// It must be restarted, so there must be a time in which it may be down.
    Needed,
    /// It goes on working.
    NotNeeded,
}

/// What there is to do about an item.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Update it.
    Update,
    /// Have its maker update it, and shield it until then.
    CallMaker,
    /// Shield it: there is no fix.
    Shield,
}

/// How long something takes one person on one machine: an estimate, in minutes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Estimate {
    /// When all goes well.
    pub minutes_min: u32,
    /// When it does not; plans count with this.
    pub minutes_max: u32,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 9] = [
        Kind::MedicalDevice,
        Kind::ControlDevice,
        Kind::CoreBanking,
        Kind::Device,
        Kind::OperatingSystem,
        Kind::ServerProduct,
        Kind::Other,
        Kind::SystemPackage,
        Kind::OwnSoftware,
    ];

    /// The kind that the name of a thing suggests. Names of products are judged by their words;
    /// one that says nothing is [`Kind::Other`].
    pub fn of(subject: &Subject) -> Self {
        match subject {
            Subject::Package(package) => of_package(package),
            Subject::Product(product) => of_product(product),
        }
    }

    /// Who may update it.
    pub const fn updater(self) -> Updater {
        match self {
            Kind::MedicalDevice | Kind::ControlDevice | Kind::CoreBanking => Updater::Maker,
            Kind::Device
            | Kind::OperatingSystem
            | Kind::ServerProduct
            | Kind::Other
            | Kind::SystemPackage
            | Kind::OwnSoftware => Updater::Operator,
        }
    }

    /// Whether an update needs a restart; where that is not known, it does.
    pub const fn restart(self) -> Restart {
        match self {
            Kind::MedicalDevice
            | Kind::ControlDevice
            | Kind::CoreBanking
            | Kind::Device
            | Kind::OperatingSystem
            | Kind::ServerProduct
            | Kind::Other => Restart::Needed,
            Kind::SystemPackage | Kind::OwnSoftware => Restart::NotNeeded,
        }
    }

    /// How long an action takes for this kind: our own estimate, which nobody measured.
    pub const fn estimate(self, action: Action) -> Estimate {
        let (minutes_min, minutes_max) = match (action, self) {
            (Action::Update, Kind::SystemPackage) => (15, 30),
            (Action::Update, Kind::OperatingSystem | Kind::Device) => (30, 60),
            (Action::Update, Kind::ServerProduct) => (60, 180),
            (Action::Update, Kind::OwnSoftware) => (60, 240),
            (Action::Update, Kind::Other | Kind::CoreBanking)
            | (_, Kind::ControlDevice)
            | (Action::CallMaker, Kind::CoreBanking) => (60, 120),
            (Action::Update, Kind::MedicalDevice)
            | (
                Action::CallMaker,
                Kind::MedicalDevice
                | Kind::Device
                | Kind::OperatingSystem
                | Kind::ServerProduct
                | Kind::Other
                | Kind::SystemPackage
                | Kind::OwnSoftware,
            )
            | (
                Action::Shield,
                Kind::MedicalDevice
                | Kind::CoreBanking
                | Kind::Device
                | Kind::OperatingSystem
                | Kind::ServerProduct
                | Kind::Other
                | Kind::SystemPackage
                | Kind::OwnSoftware,
            ) => (30, 60),
        };
        Estimate { minutes_min, minutes_max }
    }

    /// The kind as a person would say it.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Kind::MedicalDevice => ["a medical device", "un aparato médico"],
            Kind::ControlDevice => ["a plant or pump control", "un control de planta o bomba"],
            Kind::CoreBanking => ["the main bank system", "el sistema central del banco"],
            Kind::Device => {
                ["a network box, printer or camera", "un aparato de red, impresora o cámara"]
            }
            Kind::OperatingSystem => ["a machine's own system", "el sistema de un equipo"],
            Kind::ServerProduct => ["a server program", "un programa de servidor"],
            Kind::Other => ["a thing we cannot place", "algo que no sabemos qué es"],
            Kind::SystemPackage => ["a program of your system", "un programa de su sistema"],
            Kind::OwnSoftware => ["a part of your own program", "una pieza de un programa propio"],
        })
    }
}

fn of_package(package: &Package) -> Kind {
    match &package.ecosystem {
        Ecosystem::PyPi | Ecosystem::Npm | Ecosystem::CratesIo => Kind::OwnSoftware,
        Ecosystem::Debian(_) => of_system_package(&package.name),
        Ecosystem::Generic | Ecosystem::Git | Ecosystem::Oci | Ecosystem::Unknown(_) => Kind::Other,
        Ecosystem::Listed(listed, _) => match listed {
            Listed::Android | Listed::Linux => Kind::OperatingSystem,
            Listed::Bitnami | Listed::DockerHardenedImages | Listed::Kubernetes => {
                Kind::ServerProduct
            }
            Listed::AlmaLinux
            | Listed::Alpaquita
            | Listed::Alpine
            | Listed::AzureLinux
            | Listed::BellSoftHardenedContainers
            | Listed::Chainguard
            | Listed::CleanStart
            | Listed::Echo
            | Listed::FreeBsd
            | Listed::Mageia
            | Listed::MinimOs
            | Listed::PhotonOs
            | Listed::RedHat
            | Listed::RockyLinux
            | Listed::Root
            | Listed::Suse
            | Listed::TuxCare
            | Listed::Ubuntu
            | Listed::Wolfi
            | Listed::OpenEuler
            | Listed::OpenSuse => of_system_package(&package.name),
            Listed::Bioconductor
            | Listed::ConanCenter
            | Listed::Cran
            | Listed::Ghc
            | Listed::GitHubActions
            | Listed::Go
            | Listed::Hackage
            | Listed::Hex
            | Listed::Julia
            | Listed::Maven
            | Listed::NuGet
            | Listed::OssFuzz
            | Listed::Packagist
            | Listed::Pub
            | Listed::RubyGems
            | Listed::SwiftUrl
            | Listed::VsCode
            | Listed::Opam => Kind::OwnSoftware,
        },
    }
}

/// Packages that are in use from the start of the machine, so that only a restart replaces them.
fn of_system_package(name: &str) -> Kind {
    const WHOLE: [&str; 10] = [
        "linux",
        "kernel",
        "kernel-rt",
        "glibc",
        "libc6",
        "musl",
        "systemd",
        "dbus",
        "grub2",
        "shim",
    ];
    const BEGINNINGS: [&str; 4] = ["linux-image", "linux-signed", "kernel-core", "kernel-default"];
    let restart = WHOLE.contains(&name) || BEGINNINGS.iter().any(|b| name.starts_with(b));
    if restart { Kind::OperatingSystem } else { Kind::SystemPackage }
}

/// How many letters of a vendor's or product's name are looked at.
const NAME_LEN_MAX: usize = 200;

/// Words and phrases by which a product is placed; the first table with a hit wins.
const PHRASES: [(Kind, &[&str]); 6] = [
    (
        Kind::MedicalDevice,
        &[
            "alaris",
            "anesthesia",
            "baxter",
            "biomerieux",
            "braun",
            "ct scanner",
            "defibrillator",
            "dialysis",
            "dicom",
            "draeger",
            "drager",
            "fresenius",
            "ge healthcare",
            "healthineers",
            "hologic",
            "hospira",
            "icu medical",
            "infusion",
            "infusion pump",
            "insulin",
            "intellivue",
            "medtronic",
            "mindray",
            "mri",
            "pacemaker",
            "pacs",
            "patient monitor",
            "philips healthcare",
            "ultrasound",
            "ventilator",
            "x ray",
            "xray",
        ],
    ),
    (
        Kind::ControlDevice,
        &[
            "allen bradley",
            "beckhoff",
            "centum",
            "chlorinator",
            "codesys",
            "compactlogix",
            "controllogix",
            "deltav",
            "flow controller",
            "hmi",
            "logic controller",
            "melsec",
            "micrologix",
            "modicon",
            "motor controller",
            "plc",
            "pump controller",
            "rockwell",
            "rtu",
            "scada",
            "simatic",
            "sysmac",
            "unitronics",
            "wago",
            "wincc",
        ],
    ),
    (
        Kind::CoreBanking,
        &[
            "alliance access",
            "atm switch",
            "core bank",
            "core banking",
            "finacle",
            "fiserv",
            "flexcube",
            "jack henry",
            "mambu",
            "silverlake",
            "symitar",
            "temenos",
            "transact core",
        ],
    ),
    (
        Kind::Device,
        &[
            "access point",
            "asa",
            "big ip",
            "bmc",
            "camera",
            "cisco ios",
            "d link",
            "dvr",
            "firebox",
            "firewall",
            "firmware",
            "fortigate",
            "fortios",
            "gateway",
            "hikvision",
            "idrac",
            "ilo",
            "ios xe",
            "junos",
            "meraki",
            "mikrotik",
            "modem",
            "nas",
            "netgear",
            "nvr",
            "pan os",
            "printer",
            "qnap",
            "router",
            "sonicwall",
            "switch",
            "synology",
            "tp link",
            "ubiquiti",
            "ups",
            "zyxel",
        ],
    ),
    (
        Kind::ServerProduct,
        &[
            "apache",
            "citrix",
            "confluence",
            "database",
            "exchange",
            "gitlab",
            "jenkins",
            "jira",
            "moveit",
            "mysql",
            "nginx",
            "oracle",
            "postgresql",
            "sap",
            "sharepoint",
            "sql server",
            "tomcat",
            "vcenter",
            "weblogic",
            "web server",
            "websphere",
        ],
    ),
    (
        Kind::OperatingSystem,
        &[
            "aix",
            "android",
            "debian",
            "enterprise linux",
            "esxi",
            "freebsd",
            "hp ux",
            "ios",
            "linux",
            "macos",
            "solaris",
            "ubuntu",
            "windows",
        ],
    ),
];

fn of_product(product: &Product) -> Kind {
    let letters = |text: &str| text.chars().take(NAME_LEN_MAX).collect::<String>().to_lowercase();
    let whole = format!("{} {}", letters(&product.vendor), letters(&product.name));
    let words: Vec<&str> =
        whole.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // A space at both ends makes whole words of every phrase.
    let whole = format!(" {} ", words.join(" "));
    let hit = |phrases: &[&str]| phrases.iter().any(|p| whole.contains(&format!(" {p} ")));
    let found = PHRASES.iter().find(|(_, phrases)| hit(phrases)).map(|(kind, _)| *kind);
    found.or_else(|| hit(&["server"]).then_some(Kind::ServerProduct)).unwrap_or(Kind::Other)
}

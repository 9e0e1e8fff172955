//! The further ecosystems of the OSV schema ("Defined ecosystems", schema 1.7.4): those that the
//! clearinghouse matches but does not run.

/// Writes the enum and its two tables from one list, so that no name can be forgotten in one.
macro_rules! listed {
    ($($(#[$about:meta])* $variant:ident = $name:literal, $purl:literal, $namespace:literal;)*) => {
        /// An ecosystem of the OSV schema, without its release.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Listed {
            $($(#[$about])* $variant,)*
        }

        impl Listed {
            /// All of them, in the order of their names.
            pub const ALL: &'static [Listed] = &[$(Listed::$variant,)*];

            /// The name in the OSV schema, such as `Rocky Linux`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Listed::$variant => $name,)*
                }
            }

            /// The purl type (ECMA-427) of its packages, and the namespace where it has a fixed
            /// one: `rpm` and `redhat`. An ecosystem that purl does not know has type `generic`.
            pub const fn purl(self) -> (&'static str, Option<&'static str>) {
                let (kind, namespace) = match self {
                    $(Listed::$variant => ($purl, $namespace),)*
                };
                if namespace.is_empty() { (kind, None) } else { (kind, Some(namespace)) }
            }
        }
    };
}

listed! {
    /// AlmaLinux source packages.
    AlmaLinux = "AlmaLinux", "rpm", "almalinux";
    /// BellSoft Alpaquita Linux source packages.
    Alpaquita = "Alpaquita", "apk", "alpaquita";
    /// Alpine source packages; the release is written `v3.20`.
    Alpine = "Alpine", "apk", "alpine";
    /// Android's git projects.
    Android = "Android", "generic", "";
    /// Azure Linux source packages.
    AzureLinux = "Azure Linux", "rpm", "azure-linux";
    /// BellSoft hardened containers' source packages.
    BellSoftHardenedContainers =
        "BellSoft Hardened Containers", "apk", "bellsoft-hardened-containers";
    /// Biological R packages.
    Bioconductor = "Bioconductor", "bioconductor", "";
    /// Bitnami components.
    Bitnami = "Bitnami", "bitnami", "";
    /// Chainguard packages.
    Chainguard = "Chainguard", "apk", "chainguard";
    /// CleanStart packages.
    CleanStart = "CleanStart", "apk", "cleanstart";
    /// Conan packages of C and C++.
    ConanCenter = "ConanCenter", "conan", "";
    /// R packages.
    Cran = "CRAN", "cran", "";
    /// Docker hardened images' packages.
    DockerHardenedImages = "Docker Hardened Images", "dhi", "";
    /// Echo source packages.
    Echo = "Echo", "deb", "echo";
    /// FreeBSD's base system, kernel and ports.
    FreeBsd = "FreeBSD", "generic", "";
    /// Components of the Haskell compiler.
    Ghc = "GHC", "generic", "";
    /// Actions by owner and repository.
    GitHubActions = "GitHub Actions", "github", "";
    /// Go modules by path.
    Go = "Go", "golang", "";
    /// Haskell packages.
    Hackage = "Hackage", "hackage", "";
    /// Erlang and Elixir packages.
    Hex = "Hex", "hex", "";
    /// Julia packages.
    Julia = "Julia", "julia", "";
    /// Kubernetes components by Go module.
    Kubernetes = "Kubernetes", "generic", "";
    /// The Linux kernel.
    Linux = "Linux", "generic", "";
    /// Mageia source packages.
    Mageia = "Mageia", "rpm", "mageia";
    /// Java packages, `group:artifact`.
    Maven = "Maven", "maven", "";
    /// MinimOS packages.
    MinimOs = "MinimOS", "apk", "minimos";
    /// .NET packages.
    NuGet = "NuGet", "nuget", "";
    /// OSS-Fuzz projects.
    OssFuzz = "OSS-Fuzz", "generic", "";
    /// PHP packages, `vendor/name`.
    Packagist = "Packagist", "composer", "";
    /// Photon OS packages.
    PhotonOs = "Photon OS", "rpm", "photon";
    /// Dart and Flutter packages.
    Pub = "Pub", "pub", "";
    /// Red Hat packages; the release is a product stream in CPE's words.
    RedHat = "Red Hat", "rpm", "redhat";
    /// Rocky Linux source packages.
    RockyLinux = "Rocky Linux", "rpm", "rocky-linux";
    /// Root's patched packages.
    Root = "Root", "generic", "";
    /// Ruby gems.
    RubyGems = "RubyGems", "gem", "";
    /// SUSE source packages; the release is a product's marketing name.
    Suse = "SUSE", "rpm", "suse";
    /// Swift packages by repository.
    SwiftUrl = "SwiftURL", "swift", "";
    /// TuxCare source packages.
    TuxCare = "TuxCare", "generic", "";
    /// Ubuntu source packages; the release is written `22.04:LTS`.
    Ubuntu = "Ubuntu", "deb", "ubuntu";
    /// Visual Studio Code extensions.
    VsCode = "VSCode", "vscode-extension", "";
    /// Wolfi packages.
    Wolfi = "Wolfi", "apk", "wolfi";
    /// openEuler source packages.
    OpenEuler = "openEuler", "rpm", "openeuler";
    /// openSUSE source packages.
    OpenSuse = "openSUSE", "rpm", "opensuse";
    /// OCaml packages.
    Opam = "opam", "opam", "";
}

impl Listed {
    /// The ecosystem of this name.
    pub fn named(name: &str) -> Option<Listed> {
        Listed::ALL.iter().copied().find(|listed| listed.name() == name)
    }

    /// The ecosystem of packages of this purl type and namespace, where that settles it.
    pub fn of_purl(kind: &str, namespace: Option<&str>) -> Option<Listed> {
        let fits = |listed: &Listed| match listed.purl() {
            ("generic" | "github", _) => false,
            (own, None) => own == kind,
            (own, Some(space)) => own == kind && namespace == Some(space),
        };
        Listed::ALL.iter().copied().find(fits)
    }
}

//! An installation: its folders, its keys, its database, and the desk made of them.

use crate::advisories::InData;
use crate::laboratory::{Laboratories, Remember};
use crate::maildir::Maildir;
use crate::world::{SystemChance, SystemClock};
use anyhow::{Context, ensure};
use seawall_domain::independence::{Origin, lines};
use seawall_formats::csaf::Publisher;
use seawall_ledger::sign::VerifyingKey;
use seawall_sandbox::{Isolation, Laboratory};
use seawall_services::advisory_set::AdvisorySets;
use seawall_services::desk::{Chance, Desk, Settings};
use seawall_store::Store;
use seawall_store::keys::InstallationKeys;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where an installation lies and how it is reached. Everything has a default.
#[derive(clap::Args, Clone, Debug)]
pub struct Place {
    /// The folder of everything that is kept.
    #[arg(long, env = "SEAWALL_DATA_DIR", default_value_os_t = default_data())]
    pub data: PathBuf,
    /// The folder of the keys; outside the data folder, so that a copy of one is useless alone.
    #[arg(long, env = "SEAWALL_KEYS_DIR")]
    pub keys: Option<PathBuf>,
    /// The database: SQLite in the data folder unless a `postgres://` address is given.
    #[arg(long, env = "SEAWALL_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The folder of fetched releases.
    #[arg(long, env = "SEAWALL_CACHE_DIR", default_value_os_t = default_cache())]
    pub cache: PathBuf,
    /// A folder of packages without a registry: `NAME/VERSION/…`.
    #[arg(long)]
    pub local_catalogue: Option<PathBuf>,
    /// Use only what was fetched before.
    #[arg(long)]
    pub offline: bool,
    /// The walls around foreign code: `namespaces`, or `microvm` for a kernel of its own (QEMU).
    #[arg(long, env = "SEAWALL_ISOLATION", default_value_t = Isolation::Namespaces)]
    pub isolation: Isolation,
    /// The address from which letters come; its domain names the logs.
    #[arg(long, default_value = "clearinghouse@seawall.invalid")]
    pub mail_from: String,
    /// The name under which advisories are published.
    #[arg(long, default_value = "Seawall clearinghouse")]
    pub publisher: String,
    /// The namespace of the publisher, an https address.
    #[arg(long, default_value = "https://seawall.invalid")]
    pub namespace: String,
    /// The party that runs this laboratory: what it found itself waits for another.
    #[arg(long, value_name = "PARTY")]
    pub verifier_party: Option<String>,
    /// A model that takes part in verifying here; findings of its line wait for another.
    #[arg(long = "verifier-model", value_name = "MODEL")]
    pub verifier_models: Vec<String>,
    /// The key by which a classified side signs what crosses from it, as its `seawall admin
    /// crossing-key` prints it. Without one, only what this installation signed is taken.
    #[arg(long, value_name = "KEY", env = "SEAWALL_CROSSING_SIGNER")]
    pub crossing_signer: Option<VerifyingKey>,
    /// What every page, document and letter says first.
    #[arg(long)]
    pub notice: Option<String>,
}

impl Place {
    /// The laboratory that these flags describe.
    pub fn laboratory(&self) -> Laboratory {
        Laboratory {
            local_catalogue: self.local_catalogue.clone(),
            offline: self.offline,
            isolation: self.isolation,
            ..Laboratory::at(&self.cache)
        }
    }
}

fn home() -> PathBuf {
    std::env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// The data folder by default (XDG base directories).
pub fn default_data() -> PathBuf {
    let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    base.unwrap_or_else(|| home().join(".local/share")).join("seawall")
}

/// The cache folder by default (XDG base directories).
pub fn default_cache() -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    base.unwrap_or_else(|| home().join(".cache")).join("seawall")
}

/// An opened installation.
pub struct Installation {
    /// The desk of its use-cases.
    pub desk: Desk,
    /// Its laboratories.
    pub laboratories: Arc<Laboratories>,
    /// Its mailbox.
    pub mailbox: PathBuf,
}

impl Installation {
    /// Opens an installation, making what is missing.
    pub async fn open(
        place: &Place,
        base_url: &str,
        remember: Remember,
    ) -> anyhow::Result<Installation> {
        let data = &place.data;
        make_private(data)?;
        let keys = place.keys.clone().unwrap_or_else(|| InstallationKeys::folder_for(data));
        let keys = InstallationKeys::open_or_create(&keys, &|bytes| SystemChance.fill(bytes))?;
        let opened = Installation::with(place, keys, base_url, remember).await?;
        opened.desk.store.anchor(opened.desk.uuid()).await?;
        Ok(opened)
    }

    /// Opens an installation that somebody else made; nothing that is missing is made.
    pub async fn join(
        place: &Place,
        base_url: &str,
        remember: Remember,
    ) -> anyhow::Result<Installation> {
        let data = &place.data;
        let missing = |what: &str, folder: &Path, flag: &str| {
            let folder = folder.display();
            format!(
                "there is no {what} at {folder}: workers share the server's own; name it by {flag}"
            )
        };
        ensure!(data.is_dir(), missing("data folder", data, "--data"));
        let keys = place.keys.clone().unwrap_or_else(|| InstallationKeys::folder_for(data));
        ensure!(keys.is_dir(), missing("keys folder", &keys, "--keys"));
        let database = data.join("seawall.db");
        ensure!(
            place.database_url.is_some() || database.is_file(),
            "there is no database at {}: name the server's own by --database-url",
            database.display()
        );
        let keys = InstallationKeys::open(&keys)?;
        Installation::with(place, keys, base_url, remember).await
    }

    async fn with(
        place: &Place,
        keys: InstallationKeys,
        base_url: &str,
        remember: Remember,
    ) -> anyhow::Result<Installation> {
        let data = &place.data;
        let url = match &place.database_url {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", data.join("seawall.db").display()),
        };
        let store = Store::open(&url, data, keys).await?;
        let laboratory = place.laboratory();
        let exe = std::env::current_exe().context("cannot find this executable")?;
        let laboratories = Arc::new(Laboratories::new(exe, laboratory, remember));
        let mailbox = data.join("mail");
        let settings = Settings {
            verifier: Origin {
                party: place.verifier_party.clone(),
                lines: place.verifier_models.iter().flat_map(|model| lines(model)).collect(),
            },
            crossing_signer: place.crossing_signer,
            base_url: base_url.to_owned(),
            publisher: Publisher {
                name: place.publisher.clone(),
                namespace: place.namespace.clone(),
                contact: format!("Write to {}", place.mail_from),
            },
            mail_from: place.mail_from.clone(),
            notice: place.notice.clone(),
            public: data.join("public"),
            dumps: data.join("dumps"),
            log: data.join("log"),
        };
        let desk = Desk {
            store: Arc::new(store),
            clock: Arc::new(SystemClock),
            chance: Arc::new(SystemChance),
            laboratory: laboratories.clone(),
            courier: Arc::new(Maildir::open(&mailbox).context("cannot open the mailbox")?),
            assets: Arc::default(),
            advisories: Arc::new(AdvisorySets::new(
                Box::new(InData(data.clone())),
                &settings.public,
            )),
            settings: Arc::new(settings),
        };
        Ok(Installation { desk, laboratories, mailbox })
    }
}

/// Makes a folder that only its owner may enter.
fn make_private(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))
}

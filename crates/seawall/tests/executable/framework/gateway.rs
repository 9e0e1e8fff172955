//! A gateway of one window, leased, and somebody attached to it.

use super::place::{House, Person, Process};
use super::provider::Provider;

/// The names of what stands in a gateway's settings.
pub struct Window<'w> {
    pub name: &'w str,
    pub id: &'w str,
    pub snapshot: &'w str,
    pub terms: &'w str,
}

/// A gateway that serves, with leases that go on as long as this lives.
pub struct Gateway {
    name: String,
    journal: std::path::PathBuf,
    pub address: String,
    pub serving: Process,
    pub leasing: Process,
    signer: String,
}

/// What somebody does with the model.
pub struct Use<'u> {
    pub who: &'u Person,
    pub purpose: &'u str,
    pub claim: Option<&'u str>,
}

impl Gateway {
    pub fn open(house: &House, provider: &Provider, window: &Window<'_>, user: &Person) -> Gateway {
        let name = window.name.to_owned();
        let key = |file: &str| {
            let file = format!("{name}-{file}.key");
            let made = house.folder.output(&format!("gateway key @{file}"));
            String::from_utf8(made.stdout).unwrap().trim().to_owned()
        };
        let ends = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
        let settings = format!(
            "listen = \"127.0.0.1:0\"\ndata = \"{name}-data\"\n\
             [upstream]\naddress = \"{}\"\nkey_file = \"provider.key\"\n\
             [window]\nid = \"{}\"\nsnapshot = \"{}\"\nends = \"{ends}\"\nterms = \"{}\"\n\
             developer = \"{}\"\nissuer = \"{}\"\n\
             [scope]\nendpoints = [\"chat\", \"responses\", \"models\"]\ntools = \"functions\"\n\
             output_tokens_max = 4096\nstreaming = \"streamed\"\n\
             [scope.models]\nearly = \"internal-7\"\n\
             [[quota]]\nparty = \"{}\"\nrequests = 10000\ntokens_in = 50000000\n\
             tokens_out = 5000000\nconcurrent = 20\n",
            provider.address,
            window.id,
            window.snapshot,
            window.terms,
            key("developer"),
            key("issuer"),
            user.party,
        );
        std::fs::write(house.folder.path(&format!("{name}.toml")), settings).unwrap();
        Gateway::begin(house, name)
    }

    /// A gateway whose settings come from the clearinghouse; what only an operator knows is filled
    /// in.
    pub fn from_engagement(house: &House, provider: &Provider, engagement: &str) -> Gateway {
        let name = "window".to_owned();
        let ask = house.asking("account.key");
        let asked = format!("gateway settings --engagement {engagement} {ask}");
        let mut settings = house.folder.said_by(&asked, 0);
        let file = house.folder.path(&format!("{name}.toml"));
        std::fs::write(&file, &settings).unwrap();
        let serve = format!("gateway serve --settings @{name}.toml");
        let refused = house.folder.output(&serve);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains("is not filled in yet"), "{said}");
        for (from, to) in [
            ("127.0.0.1:8090", "127.0.0.1:0"),
            ("gateway-data", "window-data"),
            (
                "FILL IN: the provider's address, such as https://provider.example",
                &provider.address,
            ),
            ("FILL IN: such as provider.key", "provider.key"),
            ("\"FILL IN: of chat, responses, messages, models\"", "\"chat\", \"models\""),
            ("FILL IN: the callers' name", "early"),
            ("FILL IN: the provider's name", "internal-7"),
        ] {
            assert!(settings.contains(from), "{from}: {settings}");
            settings = settings.replace(from, to);
        }
        // Nobody has a quota by the settings; whoever has a seat gets one while the gateway runs.
        let (head, named) = settings.split_once("[[quota]]").unwrap();
        assert!(named.contains("party = "), "{named}");
        let follows = head.split_once("# [follow.quota]\n").unwrap().1;
        let follows: Vec<&str> =
            follows.lines().take_while(|line| line.starts_with("# ")).collect();
        let follows = follows.iter().take(4).map(|line| line.trim_start_matches("# "));
        let follows: String = follows.map(|line| format!("{line}\n")).collect();
        std::fs::write(&file, format!("{head}[follow.quota]\n{follows}")).unwrap();
        Gateway::begin(house, name)
    }

    /// What it wrote down.
    pub fn journal(&self) -> &std::path::Path {
        &self.journal
    }

    /// Whether it is open, and if not, why.
    pub async fn state(&self) -> String {
        let asked = reqwest::get(format!("{}/gateway/state", self.address)).await.unwrap();
        asked.text().await.unwrap()
    }

    fn begin(house: &House, name: String) -> Gateway {
        let serve = format!("gateway serve --settings @{name}.toml");
        let mut serving = Process::start(&house.folder, &format!("{name}-serving"), &serve);
        let address = format!("http://{}", serving.says("the gateway listens on "));
        let signer = serving.says("whoever keeps its checkpoints verifies them by ");
        let lease = format!(
            "gateway lease --settings @{name}.toml --key @{name}-developer.key \
             --gateway {address} --seconds 600 --keep"
        );
        let mut leasing = Process::start(&house.folder, &format!("{name}-leasing"), &lease);
        leasing.says("leased until ");
        let journal = house.folder.path(&format!("{name}-data/journal.jsonl"));
        Gateway { name, journal, address, serving, leasing, signer }
    }

    /// Somebody gets an access token and attaches; gives the process and its address.
    pub fn attach(&self, house: &House, how: &Use<'_>) -> (Process, String) {
        let (folder, name) = (&house.folder, &self.name);
        let made = folder.output(&format!("gateway key @{name}-holder.key"));
        let holder = String::from_utf8(made.stdout).unwrap();
        let claim = how.claim.map(|claim| format!(" --claim {claim}")).unwrap_or_default();
        let for_what = format!("--purpose {}{claim}", how.purpose);
        let grant = format!(
            "gateway grant --settings @{name}.toml --key @{name}-issuer.key --holder {} \
             --person {} --party {} {for_what}",
            holder.trim(),
            how.who.id,
            how.who.party,
        );
        let granted = folder.output(&grant);
        assert!(granted.status.success(), "{granted:?}");
        std::fs::write(folder.path(&format!("{name}.token")), granted.stdout).unwrap();
        let attach = format!(
            "gateway attach --gateway {} --token @{name}.token --key @{name}-holder.key \
             {for_what} --listen 127.0.0.1:0",
            self.address
        );
        let mut attached = Process::start(folder, &format!("{name}-attached"), &attach);
        let address = attached.says("attached: use ");
        (attached, address)
    }

    /// Somebody of a seat attaches, and the token comes from the seat; gives the process and its
    /// address.
    pub fn attach_from_seat(&self, house: &House, seat: &str, how: &Use<'_>) -> (Process, String) {
        let (folder, name) = (&house.folder, &self.name);
        let made = folder.output(&format!("gateway key @{name}-holder.key"));
        let holder = String::from_utf8(made.stdout).unwrap();
        let claim = how.claim.map(|claim| format!(" --claim {claim}")).unwrap_or_default();
        let ask = house.asking("partner.key");
        let for_what = format!("--purpose {}{claim}", how.purpose);
        let attached = self.attach_with(house, &format!("--seat {seat} {ask} {for_what}"));
        // One that is written down is in that file, and nowhere else.
        let token = format!("partner token {seat} --holder {} {for_what} {ask}", holder.trim());
        let told = folder.output(&token);
        assert!(told.status.success(), "{told:?}");
        std::fs::write(folder.path(&format!("{name}.token")), told.stdout).unwrap();
        attached
    }

    /// Somebody attaches, and the token comes from that place; gives the process and its address.
    pub fn attach_at(&self, house: &House, place: &str, how: &Use<'_>) -> (Process, String) {
        let made = house.folder.output(&format!("gateway key @{}-holder.key", self.name));
        assert!(made.status.success(), "{made:?}");
        self.attach_with(house, &format!("{place} --purpose {}", how.purpose))
    }

    fn attach_with(&self, house: &House, more: &str) -> (Process, String) {
        let name = &self.name;
        let attach = format!(
            "gateway attach --gateway {} --key @{name}-holder.key --listen 127.0.0.1:0 {more}",
            self.address
        );
        let mut attached = Process::start(&house.folder, &format!("{name}-attached"), &attach);
        let address = attached.says("attached: use ");
        (attached, address)
    }

    /// The journal holds, up to its last line against its checkpoint; gives what it tells.
    #[track_caller]
    pub fn verified(self, house: &House) -> serde_json::Value {
        self.leasing.stop();
        self.serving.stop();
        let verify = format!(
            "gateway verify @{0}-data --json --checkpoint @{0}-data/checkpoint --signer {1}",
            self.name, self.signer
        );
        let told = house.folder.said_by(&verify, 0);
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["vouched"], told["lines"], "{told}");
        told
    }
}

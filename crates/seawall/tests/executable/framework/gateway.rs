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
        Gateway { name, address, serving, leasing, signer }
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

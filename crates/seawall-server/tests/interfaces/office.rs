//! A clearinghouse in process: the real router over real services and a real database, with a
//! clock that stands still, a laboratory that only compares versions, and a mailbox in memory.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use seawall_domain::access::Actor;
use seawall_domain::account::{Account, Holder};
use seawall_domain::id::PartyId;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::party::{Party, Role};
use seawall_domain::project::{ClockBasis, Policy, ReproducerHandling, Secrecy};
use seawall_domain::time::Timestamp;
use seawall_domain::verdict::Outcome;
use seawall_formats::csaf::Publisher;
use seawall_server::site::{Site, router};
use seawall_services::advisory_set::AdvisorySets;
use seawall_services::desk::{
    Chance, Clock, Courier, Desk, LabFault, LabRun, Reproducer, Settings, Surroundings,
};
use seawall_services::log::Sequencer;
use seawall_services::work::{Round, Worker, round};
use seawall_services::{account, advisory, case, party, project};
use seawall_testkit::database::Fresh;
use seawall_testkit::world::Records;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// Those who ask, in the order of every table.
pub const ASKERS: [&str; 15] = [
    "public",
    "finder",
    "finder-two",
    "analyst",
    "maintainer",
    "distributor",
    "vendor",
    "operator",
    "operator-two",
    "agency",
    "developer",
    "developer-two",
    "evaluator",
    "official",
    "partner",
];

/// What an asker's party does.
fn roles(asker: &str) -> Vec<Role> {
    match asker.trim_end_matches("-two") {
        "finder" => vec![Role::Finder],
        "analyst" => vec![Role::Coordinator],
        "maintainer" => vec![Role::Maintainer],
        "distributor" => vec![Role::Distributor],
        "vendor" => vec![Role::Vendor],
        "operator" => vec![Role::Operator],
        "agency" => vec![Role::Agency],
        "developer" => vec![Role::Developer],
        "evaluator" => vec![Role::Evaluator],
        "official" => vec![Role::Official],
        "partner" => vec![Role::Partner],
        _ => Vec::new(),
    }
}

/// An answer, whole.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Fails unless it is a problem document (RFC 9457) of this status.
    pub fn expect_problem(&self, status: u16, of: &str) -> Value {
        assert_eq!(self.status, status, "{of}: {}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json", "{of}");
        let problem = self.json();
        assert_eq!(problem["status"], status, "{of}");
        for member in ["type", "title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{of}");
        }
        problem
    }
}

/// A clearinghouse.
pub struct Office {
    pub desk: Desk,
    pub router: Router,
    pub keys: BTreeMap<&'static str, String>,
    pub parties: BTreeMap<&'static str, Party>,
    pub mailbox: Arc<Mailbox>,
    pub records: Records,
    _fresh: Fresh,
}

impl Office {
    pub async fn new() -> Office {
        let fresh = Fresh::sqlite();
        let mailbox = Arc::new(Mailbox::default());
        let records = Records::default();
        let public = fresh.dir().join("public");
        let desk = Desk {
            store: Arc::new(fresh.store().await),
            clock: Arc::new(Still),
            chance: Arc::new(Dice(AtomicU64::new(1))),
            laboratory: Arc::new(Comparer),
            courier: mailbox.clone(),
            assets: Arc::default(),
            advisories: Arc::new(AdvisorySets::new(Box::new(records.clone()), &public)),
            settings: Arc::new(Settings {
                verifier: Default::default(),
                crossing_signer: None,
                base_url: "https://seawall.invalid".into(),
                publisher: Publisher {
                    name: "Test clearinghouse".into(),
                    namespace: "https://seawall.invalid".into(),
                    contact: "Write to clearinghouse@seawall.invalid".into(),
                },
                mail_from: "clearinghouse@seawall.invalid".into(),
                notice: None,
                public,
                dumps: fresh.dir().join("dumps"),
                log: fresh.dir().join("log"),
            }),
        };
        let site = Site { desk: desk.clone(), claim_check_salt: Some("salt".into()) };
        let (keys, parties) = (BTreeMap::new(), BTreeMap::new());
        let router = router(site);
        let mut office = Office { desk, router, keys, parties, mailbox, records, _fresh: fresh };
        for asker in ASKERS.into_iter().skip(1) {
            let party = office.party(asker, &roles(asker)).await;
            // What people do in the framework for models no machine does for them.
            let person = matches!(asker, "developer" | "evaluator" | "official" | "partner");
            let holder = if person { Holder::Person } else { machine() };
            let account = office.account(party.id, holder).await;
            let administrator = Actor::administrator();
            let key = account::issue_key(&office.desk, &administrator, account.id, 30).await;
            office.keys.insert(asker, key.unwrap());
            office.parties.insert(asker, party);
        }
        office
    }

    pub async fn party(&self, name: &str, roles: &[Role]) -> Party {
        party::register(&self.desk, &Actor::administrator(), name, roles).await.unwrap()
    }

    pub async fn account(&self, party: PartyId, holder: Holder) -> Account {
        let administrator = Actor::administrator();
        account::open(&self.desk, &administrator, party, "somebody", holder).await.unwrap()
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }

    /// Asks as somebody: `POST /v1/reports`, with a body of a media type.
    pub async fn ask(&self, asker: &str, line: &str, media: &str, body: impl Into<Body>) -> Answer {
        let (method, uri) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(uri).header("host", "h.invalid");
        if let Some(key) = self.keys.get(asker) {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        if !media.is_empty() {
            request = request.header("content-type", media);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    pub async fn get(&self, asker: &str, uri: &str) -> Answer {
        self.ask(asker, &format!("GET {uri}"), "", "").await
    }

    pub async fn post(&self, asker: &str, uri: &str, body: &Value) -> Answer {
        self.ask(asker, &format!("POST {uri}"), "application/json", body.to_string()).await
    }

    /// Does every job that is due, and numbers every fact.
    pub async fn settle(&self) {
        let every = Worker::new("office", &seawall_domain::job::WorkRole::ALL);
        while round(&self.desk, &every).await.unwrap() == Round::Worked {}
        let mut sequencer = Sequencer::default();
        while sequencer.round(&self.desk).await.unwrap() > 0 {}
        self.desk.advisories.refresh();
    }

    /// How many facts, blobs, jobs and credentials are kept: what a refused request must not move.
    pub async fn rows(&self) -> Vec<i64> {
        let counts = [
            "SELECT COUNT(*) AS n FROM fact",
            "SELECT COUNT(*) AS n FROM job",
            "SELECT COUNT(*) AS n FROM blob",
            "SELECT COUNT(*) AS n FROM data_key",
            "SELECT COUNT(*) AS n FROM finding",
            "SELECT COUNT(*) AS n FROM inventory",
            "SELECT COUNT(*) AS n FROM credential",
        ];
        let mut rows = Vec::new();
        for sql in counts {
            let found = self.desk.store.database().fetch(sql, Vec::new()).await.unwrap();
            rows.push(found[0].int("n").unwrap());
        }
        rows
    }

    pub async fn project(&self, name: &str) {
        let registration = project::Registration {
            package: package(name),
            maintainer: self.parties["maintainer"].id,
            contact: "maintainer@door.invalid".into(),
            policy: Policy {
                ai_found: Secrecy::Private,
                reproducer: ReproducerHandling::Withhold,
                embargo_days: 90,
                clock: ClockBasis::FromReport,
                open_cases_max: 10,
            },
            horizon: Some(Version::from("1.2")),
        };
        project::register(&self.desk, &Actor::administrator(), registration).await.unwrap();
    }

    /// A report of a flaw in a new project, reproduced, with an open case; gives the receipt.
    pub async fn open_case(&self, name: &str) -> String {
        self.project(name).await;
        let answer = self.post("finder", "/v1/reports", &report(name)).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        self.settle().await;
        let cases = self.get("analyst", "/v1/cases").await;
        let findings = self.get("finder", "/v1/findings").await;
        assert_ne!(cases.text(), "[]", "{}", findings.text());
        answer.json()["receipt"].as_str().unwrap().to_owned()
    }

    /// Answers the newest letter of the mailbox, signs with two people, and publishes.
    pub async fn publish(&self) {
        let letters = self.mailbox.0.lock().unwrap().clone();
        let (message_id, _) = letters.last().unwrap();
        let mail = format!(
            "From: maintainer@door.invalid\r\nTo: clearinghouse@seawall.invalid\r\n\
             Subject: Re\r\nMessage-ID: <{}@door.invalid>\r\nIn-Reply-To: <{message_id}>\r\n\
             \r\naccept\r\nfixed in 2.0\r\n",
            letters.len()
        );
        let filed = case::receive(&self.desk, mail.as_bytes()).await.unwrap();
        assert_eq!(filed, case::Received::Filed);
        self.settle().await;
        let coordinator = &self.parties["analyst"];
        for _ in 0..2 {
            let person = self.account(coordinator.id, Holder::Person).await;
            let actor = Actor::of(&person, coordinator);
            let waiting = advisory::waiting(&self.desk, &actor).await.unwrap();
            let draft = waiting.first().expect("a draft waits");
            advisory::sign(&self.desk, &actor, draft.id, &draft.digest).await.unwrap();
        }
        self.settle().await;
    }
}

fn machine() -> Holder {
    Holder::Machine { model: "a model".into(), harness: "a harness".into() }
}

pub fn package(name: &str) -> Package {
    Package { ecosystem: Ecosystem::Generic, name: name.into() }
}

/// A complete TAP report of a flaw in `pkg:generic/NAME`.
pub fn report(name: &str) -> Value {
    let recipe = format!(
        "version = 1\ntrigger = [\"sh\", \"/recipe/probe.sh\", \"attack\"]\n\
         control = [\"sh\", \"/recipe/probe.sh\", \"benign\"]\n[target]\necosystem = \"Generic\"\n\
         name = \"{name}\"\nversion = \"1.1\"\n[oracle]\nkind = \"canary\"\n[[files]]\n\
         name = \"probe.sh\"\ntext = \"true\"\n"
    );
    json!({
        "purl": format!("pkg:generic/{name}@1.1"),
        "affected_symbol": {"file": "keep.py", "function": "keep", "line": 1},
        "discovery_tooling": "a model in a harness",
        "discovery_method": "ai-discovered",
        "email": "finder@finder.invalid",
        "enrichment": {
            "cwe": "CWE-22",
            "description": "keep() takes a name with .. and writes outside the folder it is given.",
        },
        "attachments": [{
            "filename": "recipe.toml", "content_type": "text/plain",
            "type": "reproducer", "data": recipe,
        }],
    })
}

/// 21 November 2026, noon.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }
}

/// Dice that fall the same in every run.
struct Dice(AtomicU64);

impl Chance for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let seed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            let mixed = (seed ^ seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (mixed ^ mixed >> 27).to_le_bytes()[3];
        }
    }
}

/// Every release below 2.0 is affected.
struct Comparer;

impl Reproducer for Comparer {
    fn releases(&self, _: &Package) -> Result<Vec<Version>, LabFault> {
        Ok(["1.0", "1.1", "1.2", "2.0", "2.1"].map(Version::from).to_vec())
    }

    fn source(&self, _: &Package, _: &Version, file: &str) -> Result<Option<String>, LabFault> {
        Ok((file == "keep.py").then(|| "def keep(name):\n    pass\n".to_owned()))
    }

    fn surroundings(&self, _: &str, _: &Version) -> Result<Surroundings, LabFault> {
        Ok(Surroundings::default())
    }

    fn run(&self, _: &str, version: &Version, runs: u32) -> Result<Vec<LabRun>, LabFault> {
        let (outcome, effect) = match version.0.starts_with('1') {
            true => (Outcome::Affected, "canary"),
            false => (Outcome::Unaffected, "none"),
        };
        let run = LabRun { outcome, effect: effect.into(), ..LabRun::default() };
        Ok(vec![run; runs as usize])
    }
}

/// The letters that went out, by Message-ID.
#[derive(Default)]
pub struct Mailbox(pub Mutex<Vec<(String, Vec<u8>)>>);

impl Courier for Mailbox {
    fn deliver(&self, message_id: &str, bytes: &[u8]) -> Result<(), String> {
        let mut letters = self.0.lock().unwrap();
        if !letters.iter().any(|(known, _)| known == message_id) {
            letters.push((message_id.to_owned(), bytes.to_vec()));
        }
        Ok(())
    }

    fn collect(&self) -> Result<Vec<(String, Vec<u8>)>, String> {
        Ok(Vec::new())
    }

    fn put_away(&self, _: &str) -> Result<(), String> {
        Ok(())
    }
}

//! An installation of the real executable, with a local catalogue of one small Python package, and
//! the people around it: a finder, a maintainer with a mailbox, two analysts, an operator.
//!
//! One flaw is sent through the whole corridor. Every step asks first whether it is still due, so
//! that the story goes on wherever a killed server left it.

use seawall_domain::access::Actor;
use seawall_domain::account::Holder;
use seawall_domain::figures::Figures;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::party::Role;
use seawall_domain::project::{ClockBasis, Policy, ReproducerHandling, Secrecy};
use seawall_domain::time::Timestamp;
use seawall_formats::csaf::Publisher;
use seawall_services::advisory_set::{AdvisorySet, AdvisorySets, Edition, Installed};
use seawall_services::desk::{
    Chance, Clock, Courier, Desk, LabFault, LabRun, Reproducer, Settings, Surroundings,
};
use seawall_services::project::Registration;
use seawall_services::{account, advisory, party, project, verify};
use seawall_store::queue;
use seawall_testkit::database::Fresh;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long one corridor may take, kills included.
const CORRIDOR_TIME_MAX: Duration = Duration::from_secs(150);
/// How often the story looks whether something can be done.
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// An installation and the people around it.
pub struct House {
    pub desk: Desk,
    fresh: Fresh,
    program: PathBuf,
    server: Mutex<Option<(Child, String)>>,
    http: reqwest::Client,
    without: Vec<&'static str>,
    pub finder: String,
    pub operator: String,
    analysts: Vec<Actor>,
}

/// The program under test.
pub fn seawall(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// Whether proofs can be run on this host; says the test's name when not.
pub fn can_run_proofs(program: &Path, test: &str) -> bool {
    let able = seawall(program, &["preflight"]).status.success();
    if !able {
        println!("skipped: {test}: this host cannot run proofs (`seawall preflight` says why)");
    }
    able
}

const MODULE: &str = "import os\n\n\ndef keep(name):\n    path = PLACE\n    \
    open(path, \"w\").close()\n    return path\n";

const PROBE: &str = r#"
import os, sys
sys.path.insert(0, "/target")
import door
os.makedirs("inside", exist_ok=True)
door.keep("../canary" if sys.argv[1] == "attack" else "plain")
word = "seen" if os.path.exists("canary") else "absent"
print("seawall-canary", os.environ["SEAWALL_CANARY"], word)
"#;

/// A report with everything that the evidence gate asks for.
pub fn report() -> Value {
    let recipe = format!(
        "version = 1\ntrigger = [\"python3\", \"-I\", \"/recipe/probe.py\", \"attack\"]\n\
         control = [\"python3\", \"-I\", \"/recipe/probe.py\", \"benign\"]\n[target]\n\
         ecosystem = \"Generic\"\nname = \"door\"\nversion = \"1.1\"\n[oracle]\n\
         kind = \"canary\"\n[limits]\nseconds = 20\n[[files]]\nname = \"probe.py\"\n\
         text = '''{PROBE}'''\n"
    );
    json!({
        "purl": "pkg:generic/door@1.1",
        "affected_symbol": {"file": "door.py", "function": "keep"},
        "discovery_tooling": "a model in a harness",
        "discovery_method": "ai-discovered",
        "email": "finder@finder.invalid",
        "enrichment": {
            "cwe": "CWE-22",
            "description": "keep() writes outside its folder when the name holds two dots.",
        },
        "attachments": [{
            "filename": "recipe.toml", "content_type": "text/plain",
            "type": "reproducer", "data": recipe,
        }],
    })
}

pub const INVENTORY: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
    {"type":"library","name":"door","version":"1.1","purl":"pkg:generic/door@1.1"},
    {"type":"library","name":"doorbell","version":"1.1","purl":"pkg:generic/doorbell@1.1"}]}"#;

impl House {
    /// A furnished installation whose server does not run yet.
    pub async fn new(fresh: Fresh, program: &Path) -> House {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let catalogue = fresh.dir().join("catalogue/door");
        for version in ["1.0", "1.1", "1.2", "2.0"] {
            let place = match version {
                "2.0" => "os.path.join(\"inside\", os.path.basename(name))",
                _ => "os.path.join(\"inside\", name)",
            };
            fs::create_dir_all(catalogue.join(version)).unwrap();
            let module = MODULE.replace("PLACE", place);
            fs::write(catalogue.join(version).join("door.py"), module).unwrap();
        }
        let desk = desk(&fresh).await;
        let administrator = Actor::administrator();
        let register = |name: &'static str, role| {
            let (desk, administrator) = (&desk, &administrator);
            async move { party::register(desk, administrator, name, &[role]).await.unwrap() }
        };
        let mut keys = Vec::new();
        for (name, role) in [("finder", Role::Finder), ("operator", Role::Operator)] {
            let party = register(name, role).await;
            let holder = Holder::Machine { model: "a model".into(), harness: "a harness".into() };
            let account = account::open(&desk, &administrator, party.id, name, holder).await;
            let id = account.unwrap().id;
            keys.push(account::issue_key(&desk, &administrator, id, 30).await.unwrap());
        }
        let house = register("clearinghouse", Role::Coordinator).await;
        let mut analysts = Vec::new();
        for label in ["analyst one", "analyst two"] {
            let account =
                account::open(&desk, &administrator, house.id, label, Holder::Person).await;
            analysts.push(Actor::of(&account.unwrap(), &house));
        }
        let maintainer = register("maintainer", Role::Maintainer).await;
        let registration = Registration {
            package: Package { ecosystem: Ecosystem::Generic, name: "door".into() },
            maintainer: maintainer.id,
            contact: "maintainer@door.invalid".into(),
            policy: Policy {
                ai_found: Secrecy::Private,
                reproducer: ReproducerHandling::Release,
                embargo_days: 90,
                clock: ClockBasis::FromReport,
                open_cases_max: 10,
            },
            horizon: Some(Version::from("1.2")),
        };
        project::register(&desk, &administrator, registration).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20));
        let (program, server) = (program.to_owned(), Mutex::default());
        let (operator, finder) = (keys.pop().unwrap(), keys.pop().unwrap());
        let http = http.build().unwrap();
        let without = Vec::new();
        House { desk, fresh, program, server, http, without, finder, operator, analysts }
    }

    /// The same, with a server that leaves a kind of work to others.
    pub fn without_role(mut self, role: &'static str) -> House {
        self.without.extend(["--without-role", role]);
        self
    }

    pub fn data(&self) -> &Path {
        self.fresh.dir()
    }

    /// The arguments that name this installation.
    pub fn place(&self) -> Vec<String> {
        let path = |name: &str| self.data().join(name).display().to_string();
        let url = self.fresh.url().to_owned();
        let (data, keys, cache) = (self.data().display().to_string(), path("keys"), path("cache"));
        let named = [("--data", data), ("--keys", keys), ("--cache", cache)];
        let named = named.into_iter().chain([("--database-url", url)]);
        let named = named.chain([("--local-catalogue", path("catalogue"))]);
        named.flat_map(|(name, value)| [name.to_owned(), value]).collect()
    }

    /// Runs a command of the program on this installation.
    pub fn run(&self, command: &[&str]) -> Output {
        let place = self.place();
        let (first, rest) = command.split_first().unwrap();
        let place: Vec<&str> = place.iter().map(String::as_str).collect();
        seawall(&self.program, &[&[*first], rest, &place[..]].concat())
    }

    /// Starts the server unless it runs; gives its address.
    pub fn serve(&self) -> String {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((child, address)) = server.as_mut()
            && child.try_wait().unwrap().is_none()
        {
            return address.clone();
        }
        let mut child = Command::new(&self.program)
            .arg("serve")
            .args(self.place())
            .args(["--listen", "127.0.0.1:0"])
            .args(&self.without)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let named = lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| line.strip_prefix("seawall listens on ").map(str::to_owned));
        let address = named.expect("the server says where it listens");
        // Whatever else it says is read, so that it never waits for us.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                println!("server: {line}");
            }
        });
        *server = Some((child, address.clone()));
        address
    }

    /// Ends the server at once, wherever it is (`kill -9`).
    pub fn kill(&self) {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((mut child, _)) = server.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Ends the server as an operator would; it finishes what is under way.
    pub fn stop(&self) {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((mut child, _)) = server.take() {
            let pid = child.id().to_string();
            assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
            assert!(child.wait().unwrap().success(), "the server ends with status 0");
        }
    }

    /// Asks the server; nothing when it could not be reached.
    pub async fn ask(&self, path: &str, key: &str, body: Option<String>) -> Option<(u16, Value)> {
        let url = format!("{}{path}", self.serve());
        let request = match body {
            Some(body) => self.http.post(url).body(body).header("content-type", "application/json"),
            None => self.http.get(url),
        };
        let response = request.bearer_auth(key).send().await.ok()?;
        let status = response.status().as_u16();
        Some((status, response.json().await.ok()?))
    }

    /// How many facts are recorded.
    pub async fn facts(&self) -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM fact";
        let rows = self.desk.store.database().fetch(sql, Vec::new()).await;
        rows.map_or(0, |rows| rows[0].int("n").unwrap())
    }

    /// Sends the flaw through the corridor, from the report to the exposure, until all is quiet.
    pub async fn corridor(&self) {
        let begun = Instant::now();
        let mut sent = BTreeSet::new();
        while !self.is_quiet(&sent).await {
            let late = begun.elapsed() > CORRIDOR_TIME_MAX;
            assert!(!late, "the corridor does not end: {}", self.state().await);
            self.serve();
            for (what, path, key, body) in [
                ("report", "/v1/reports", &self.finder, report().to_string()),
                ("inventory", "/v1/inventories", &self.operator, INVENTORY.to_owned()),
            ] {
                // The same bytes again are the same report and the same inventory.
                if !sent.contains(what)
                    && let Some((status, said)) = self.ask(path, key, Some(body)).await
                    && status != 503
                {
                    assert!([201, 202].contains(&status), "{said}");
                    sent.insert(what);
                }
            }
            self.answer_mail();
            self.sign().await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Whether the exposure is open and nobody has anything left to do.
    async fn is_quiet(&self, sent: &BTreeSet<&str>) -> bool {
        let database = self.desk.store.database();
        let Ok(pending) = queue::pending(database).await else { return false };
        let sql = "SELECT COUNT(*) AS n FROM fact WHERE seq IS NULL \
                   OR (public AND public_seq IS NULL)";
        let Ok(unnumbered) = database.fetch(sql, Vec::new()).await else { return false };
        sent.len() == 2
            && pending.ready + pending.leased == 0
            && unnumbered[0].int("n").unwrap() == 0
            && self.letters().len() == 3
            && self.exposures().await == 1
    }

    async fn exposures(&self) -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM exposure";
        let rows = self.desk.store.database().fetch(sql, Vec::new()).await;
        rows.map_or(0, |rows| rows[0].int("n").unwrap())
    }

    async fn state(&self) -> String {
        let pending = queue::pending(self.desk.store.database()).await;
        let sql = "SELECT standing FROM finding";
        let rows = self.desk.store.database().fetch(sql, Vec::new()).await;
        let letters = self.letters().len();
        format!("{pending:?}, {rows:?}, {letters} letters, {} exposures", self.exposures().await)
    }

    /// The letters that went out: Message-ID and subject.
    pub fn letters(&self) -> Vec<(String, String)> {
        let outbox = self.data().join("mail/outbox/new");
        let header = |text: &str, name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().trim().to_owned()
        };
        let mut letters = Vec::new();
        for entry in fs::read_dir(outbox).into_iter().flatten().flatten() {
            let text = fs::read_to_string(entry.path()).unwrap();
            letters.push((header(&text, "Message-ID:"), header(&text, "Subject:")));
        }
        letters.sort();
        letters
    }

    /// The maintainer answers the report, once.
    fn answer_mail(&self) {
        let inbox = self.data().join("mail/inbox");
        let report = self
            .letters()
            .into_iter()
            .find(|(_, subject)| subject.contains("report for") && !subject.contains("Evidence"));
        let Some((message_id, _)) = report else { return };
        let answered = |part: &str| {
            let entries = fs::read_dir(inbox.join(part)).into_iter().flatten().flatten();
            entries.into_iter().any(|e| e.file_name().to_string_lossy().starts_with("answer"))
        };
        if answered("new") || answered("cur") {
            return;
        }
        let answer = format!(
            "From: maintainer@door.invalid\r\nTo: clearinghouse@seawall.invalid\r\n\
             Subject: Re: your report\r\nMessage-ID: <answer@door.invalid>\r\n\
             In-Reply-To: {message_id}\r\n\r\naccept\r\nfixed in 2.0\r\n"
        );
        fs::write(inbox.join("tmp/answer"), answer).unwrap();
        fs::rename(inbox.join("tmp/answer"), inbox.join("new/answer")).unwrap();
    }

    /// Both analysts sign what waits.
    async fn sign(&self) {
        for analyst in &self.analysts {
            let Ok(waiting) = advisory::waiting(&self.desk, analyst).await else { return };
            for draft in waiting {
                // Somebody who signed before is refused, and a busy row is tried again.
                let _ = advisory::sign(&self.desk, analyst, draft.id, &draft.digest).await;
            }
        }
    }

    /// What the installation counts, recomputed from its log; fails unless everything holds.
    pub async fn figures(&self) -> Figures {
        let report = verify::verify(&self.desk).await.unwrap();
        assert!(report.holds(), "{:?}", report.faults);
        *report.figures()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let server = self.server.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some((child, _)) = server {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A desk on the same database, for what is done by people and not by the server.
async fn desk(fresh: &Fresh) -> Desk {
    let settings = Settings {
        crossing_signer: None,
        verifier: Default::default(),
        base_url: String::new(),
        publisher: Publisher {
            name: "Seawall clearinghouse".into(),
            namespace: "https://seawall.invalid".into(),
            contact: "Write to clearinghouse@seawall.invalid".into(),
        },
        mail_from: "clearinghouse@seawall.invalid".into(),
        notice: None,
        public: fresh.dir().join("public"),
        dumps: fresh.dir().join("dumps"),
        log: fresh.dir().join("log"),
    };
    Desk {
        store: Arc::new(fresh.store().await),
        clock: Arc::new(Outside),
        chance: Arc::new(Outside),
        laboratory: Arc::new(Outside),
        courier: Arc::new(Outside),
        assets: Arc::default(),
        advisories: Arc::new(AdvisorySets::new(Box::new(Outside), &settings.public)),
        settings: Arc::new(settings),
    }
}

/// The world outside: real time, real chance; it runs no proof and carries no mail.
struct Outside;

impl Clock for Outside {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Installed for Outside {
    fn edition(&self) -> Option<Edition> {
        None
    }

    fn open(&self) -> Result<AdvisorySet, String> {
        Err("not here".into())
    }
}

impl Chance for Outside {
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).unwrap();
    }
}

impl Reproducer for Outside {
    fn releases(&self, _: &Package) -> Result<Vec<Version>, LabFault> {
        Err(LabFault::Unreachable("not here".into()))
    }

    fn source(&self, _: &Package, _: &Version, _: &str) -> Result<Option<String>, LabFault> {
        Err(LabFault::Unreachable("not here".into()))
    }

    fn surroundings(&self, _: &str, _: &Version) -> Result<Surroundings, LabFault> {
        Ok(Surroundings::default())
    }

    fn run(&self, _: &str, _: &Version, _: u32) -> Result<Vec<LabRun>, LabFault> {
        Err(LabFault::Unreachable("not here".into()))
    }
}

impl Courier for Outside {
    fn deliver(&self, _: &str, _: &[u8]) -> Result<(), String> {
        Err("not here".into())
    }

    fn collect(&self) -> Result<Vec<(String, Vec<u8>)>, String> {
        Ok(Vec::new())
    }

    fn put_away(&self, _: &str) -> Result<(), String> {
        Ok(())
    }
}

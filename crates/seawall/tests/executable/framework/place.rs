//! An installation that serves, its people over HTTP, and processes beside it, all in one folder.

use crate::folder::Folder;
use seawall_testkit::database::Fresh;
use serde_json::{Value, json};
use std::fs::File;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// However busy the machine is, by then it has happened.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// How often is looked whether something has happened.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// The arguments that name the installation.
const INSTALLATION: &str = "--data @installation --keys @keys --cache @cache";

/// A process that runs until it is dropped or stopped; what it says is in a file of the folder.
pub struct Process {
    child: Child,
    said: std::path::PathBuf,
}

impl Process {
    pub fn start(folder: &Folder, name: &str, command: &str) -> Process {
        Process::spawn(folder, name, folder.command(command))
    }

    /// The same by a command of another kind.
    pub fn spawn(folder: &Folder, name: &str, mut command: Command) -> Process {
        let said = folder.path(&format!("{name}.said"));
        let file = File::create(&said).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stderr(file.try_clone().unwrap())
            .stdout(file)
            .spawn()
            .unwrap();
        Process { child, said }
    }

    /// The rest of the line that it begins so, once it has said it, up to the next blank.
    #[track_caller]
    pub fn says(&mut self, beginning: &str) -> String {
        let begun = Instant::now();
        loop {
            let said = std::fs::read_to_string(&self.said).unwrap();
            let whole = said.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            let found = whole.map(str::trim_end).find_map(|line| line.strip_prefix(beginning));
            if let Some(rest) = found {
                return rest.split(' ').next().unwrap().trim_end_matches(';').to_owned();
            }
            assert!(self.child.try_wait().unwrap().is_none(), "it has ended: {said}");
            assert!(begun.elapsed() < PATIENCE, "it does not say `{beginning}`: {said}");
            std::thread::sleep(LOOK_EVERY);
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end, which is a good one.
    #[track_caller]
    pub fn ends(mut self) {
        let status = self.ended();
        assert!(status.success(), "{status}: {}", std::fs::read_to_string(&self.said).unwrap());
    }

    /// Waits for its end by itself with that status; gives what it said.
    #[track_caller]
    pub fn fails(mut self, expected: i32) -> String {
        let status = self.ended();
        let said = std::fs::read_to_string(&self.said).unwrap();
        assert_eq!(status.code(), Some(expected), "{said}");
        said
    }

    #[track_caller]
    fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Ends it as an operator would.
    pub fn stop(self) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        self.ends();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody with an account; a person's id is that of the first account.
pub struct Person {
    pub id: String,
    pub party: String,
    /// SHA-256 of the key by which it signs.
    pub signs_as: String,
    cookie: String,
}

impl Person {
    /// The secret of its session.
    pub fn session(&self) -> String {
        self.cookie.split_once('=').unwrap().1.to_owned()
    }
}

/// The installation, as those see it who reach it by HTTP.
pub struct House {
    pub folder: Folder,
    pub address: String,
    /// The arguments that name it.
    installation: String,
    /// A database on a server; none where it is a file of the folder.
    database: Option<Fresh>,
    server: Process,
    http: reqwest::Client,
}

impl House {
    /// An installation whose database is a file.
    pub fn open() -> House {
        House::on(None)
    }

    /// An installation on a database of a server, or in a file where there is none.
    pub fn on(database: Option<Fresh>) -> House {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = Folder::new();
        let url = database.as_ref().map(|it| format!(" --database-url {}", it.url()));
        let installation = format!("{INSTALLATION}{}", url.unwrap_or_default());
        let serve = format!("serve {installation} --offline --listen 127.0.0.1:0");
        let mut server = Process::start(&folder, "server", &serve);
        let address = server.says("seawall listens on ");
        let none = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(none).timeout(PATIENCE);
        let http = http.build().unwrap();
        House { folder, address, installation, database, server, http }
    }

    /// What the operator's command line tells, by its first words; secrets are among it.
    #[track_caller]
    fn admin(&self, words: &[&str]) -> Vec<(String, String)> {
        let mut command = self.folder.command(&format!("admin {}", self.installation));
        let output = command.args(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words:?}: {said}");
        let told = String::from_utf8(output.stdout).unwrap();
        let pair = |line: &str| {
            let (name, rest) = line.split_once(' ').unwrap_or(("link", line));
            (name.to_owned(), rest.to_owned())
        };
        told.lines().map(pair).collect()
    }

    pub fn party(&self, name: &str, roles: &[&str]) -> String {
        let roles = roles.iter().flat_map(|role| ["--role", role]);
        self.admin(&["party", name].into_iter().chain(roles).collect::<Vec<_>>())[0].1.clone()
    }

    /// A person of a party, who has signed in.
    pub async fn person(&self, party: &str, label: &str) -> Person {
        let told = self.admin(&["account", party, label]);
        let of = |name: &str| told.iter().find(|it| it.0 == name).unwrap().1.clone();
        let answer = self.http.post(format!("{}{}", self.address, of("link"))).send().await;
        let cookie = answer.unwrap().headers()["set-cookie"].to_str().unwrap().to_owned();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let signs_as = of("signs").replace("as ", "");
        Person { id: of("account"), party: party.to_owned(), signs_as, cookie }
    }

    /// A machine's key, in a file of the folder.
    pub fn machine(&self, party: &str, label: &str, file: &str) {
        let told = self.admin(&["account", party, label, "--machine", "none", "a gateway"]);
        std::fs::write(self.folder.path(file), &told[1].1).unwrap();
    }

    /// A person's key, in a file of the folder.
    pub fn key(&self, person: &Person, file: &str) {
        let told = self.admin(&["key", &person.id]);
        std::fs::write(self.folder.path(file), &told[0].1).unwrap();
    }

    /// How a command reaches the installation, by a key in a file of the folder.
    pub fn asking(&self, file: &str) -> String {
        format!("--server {} --account-key @{file}", self.address)
    }

    /// Asks as somebody, or as the public; sends a document if there is one.
    pub async fn ask(
        &self,
        person: Option<&Person>,
        path: &str,
        body: Option<Value>,
    ) -> (u16, String) {
        let url = format!("{}{path}", self.address);
        let mut request = match body {
            Some(body) => self.http.post(url).json(&body),
            None => self.http.get(url),
        };
        if let Some(person) = person {
            request = request.header("cookie", &person.cookie);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Sends bytes as they are.
    pub async fn send(&self, person: &Person, path: &str, bytes: Vec<u8>) -> (u16, String) {
        let url = format!("{}{path}", self.address);
        let request = self.http.post(url).header("cookie", &person.cookie).body(bytes);
        let request = request.header("content-type", "application/octet-stream");
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Has an evaluator hold an object; gives its digest.
    pub async fn hold(&self, person: &Person, engagement: &str, object: &str) -> String {
        let path = format!("{engagement}/objects");
        let (status, said) = self.send(person, &path, object.into()).await;
        assert_eq!(status, 201, "{said}");
        let told: Value = serde_json::from_str(&said).unwrap();
        told["held"][0].as_str().unwrap().to_owned()
    }

    /// Fetches a paper into a file of the folder, for its owner only.
    pub async fn fetch(&self, person: &Person, path: &str, file: &str) {
        let (status, said) = self.ask(Some(person), path, None).await;
        assert_eq!(status, 200, "{path}: {said}");
        self.folder.keep(file, &said);
    }

    /// The same, where it succeeds, as a document.
    pub async fn done(&self, person: &Person, path: &str, body: Option<Value>) -> Value {
        let (status, said) = self.ask(Some(person), path, body).await;
        assert!([200, 201].contains(&status), "{path}: {status} {said}");
        serde_json::from_str(&said).unwrap()
    }

    /// A step without more to say of it.
    pub async fn step(&self, person: &Person, path: &str, step: &str) -> Value {
        self.done(person, &format!("{path}/steps"), Some(json!({"step": step}))).await
    }

    /// Asks until the answer is as it should be.
    pub async fn until(
        &self,
        person: &Person,
        path: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Value {
        let begun = Instant::now();
        loop {
            let told = self.done(person, path, None).await;
            if holds(&told) {
                return told;
            }
            assert!(begun.elapsed() < PATIENCE, "{path} stays {told}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Ends the server as an operator would, and verifies everything; gives what was found. What a
    /// server's database holds is then in the folder too, where secrets are looked for.
    pub async fn close(self) -> (Folder, Value) {
        self.server.stop();
        let said = self.folder.said_by(&format!("verify {} --json", self.installation), 0);
        if let Some(fresh) = &self.database {
            let sql = "SELECT query_to_xml(format('SELECT * FROM %I', table_name), true, false, \
                       '')::text AS held FROM information_schema.tables \
                       WHERE table_schema = 'public' ORDER BY table_name";
            let database = fresh.open().await;
            let rows = database.fetch(sql, Vec::new()).await.unwrap();
            let held: Vec<String> = rows.iter().map(|row| row.text("held").unwrap()).collect();
            database.close().await;
            assert!(held.iter().any(|table| table.contains("docket_moved")), "facts are seen");
            self.folder.keep("installation/held.xml", &held.concat());
        }
        (self.folder, serde_json::from_str(&said).unwrap())
    }
}

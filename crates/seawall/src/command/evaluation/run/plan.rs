//! What Inspect is asked to do, and in which surroundings.
//!
//! Everything it is asked stands in one file that only its owner may read (`--run-config`), so that
//! its arguments, which anybody on the machine can see, hold no token. Variables are no place for
//! one either: a task's local sandbox inherits them.

use super::super::{egress, flags, registry};
use super::attend::PRIVATE;
use super::{Arguments, Ended, behind, guard};
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::demand::{
    BATTERY_NOTE, EGRESS_DENIED_NOTE, EGRESS_LOG_NOTE, Guard as Network,
};
use seawall_domain::evaluation::finding::{Code, Finding};
use seawall_domain::evaluation::log::Spec;
use seawall_domain::evaluation::tally::Reconciled;
use seawall_domain::id::RunId;
use serde_json::{Map, Value, json};
use sha2::Digest as _;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A week: no run that is known takes as long.
pub(super) const DEADLINE_SECONDS: u64 = 7 * 86_400;
/// The member of a log's metadata that holds the run's token.
pub(super) const TOKEN_FIELD: &str = "seawall_run_token";
/// The member that holds the run's id.
const RUN_FIELD: &str = "seawall_run";
/// What of the console is repeated when there is no log.
const LAST_WORDS_BYTES: u64 = 4096;
/// What a run is told in the place of a provider's key, which it never has.
const NO_KEY: &str = "held-by-the-gateway";
/// Where nobody listens: whatever asks for a proxy ends there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// What an attempt may use, and how many there are.
#[derive(clap::Args)]
pub struct Limits {
    /// Attempts at each task.
    #[arg(long)]
    epochs: Option<u64>,
    /// Tokens of an attempt.
    #[arg(long, value_name = "TOKENS")]
    token_limit: Option<u64>,
    /// Messages of an attempt.
    #[arg(long, value_name = "MESSAGES")]
    message_limit: Option<u64>,
    /// Generations of an attempt.
    #[arg(long, value_name = "TURNS")]
    turn_limit: Option<u64>,
    /// Seconds of an attempt, by the clock.
    #[arg(long, value_name = "SECONDS")]
    time_limit: Option<u64>,
    /// Seconds of an attempt, working.
    #[arg(long, value_name = "SECONDS")]
    working_limit: Option<u64>,
    /// How often an attempt is run again that the machinery broke.
    #[arg(long, value_name = "TIMES")]
    retry_on_error: Option<u64>,
    /// Attempts at one time.
    #[arg(long, value_name = "COUNT")]
    max_samples: Option<u64>,
    /// After how many attempts the log is written.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    log_buffer: u64,
}

/// Reads `NAME=VALUE`.
pub fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("this is not NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A run before it begins.
pub(super) struct Plan {
    pub(super) run: RunId,
    task: Value,
    model: String,
    token: Option<String>,
    nonce: Option<String>,
    config: Value,
    program: PathBuf,
    prices: Option<PathBuf>,
    out: PathBuf,
    private: TempDir,
    environment: Vec<(String, String)>,
    egress: Option<egress::Given>,
}

impl Plan {
    /// Lays everything out.
    pub(super) fn of(arguments: &Arguments) -> anyhow::Result<Plan> {
        let program = guard::find(&arguments.inspect)?;
        let base_url = base_url(arguments)?;
        let token = arguments.token_file.as_deref().map(token).transpose()?;
        let egress = arguments.egress.as_deref().map(egress::given).transpose()?;
        let out = make(&arguments.out)?;
        let own = fs::Permissions::from_mode(0o700);
        let private = tempfile::Builder::new().prefix(PRIVATE).permissions(own).tempdir();
        let private = private.context("cannot make a private folder")?;
        let run = RunId::new(uuid::Uuid::new_v4());
        let mut args: Map<String, Value> =
            arguments.task_args.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let mut nonce = None;
        if let Some(key) = &arguments.flags_key {
            let planted = flags::plant(key, run)?;
            let file = private.path().join(FLAGS);
            write_private(&file, &planted.document)?;
            args.insert("flags".into(), json!(file));
            nonce = Some(planted.nonce);
        }
        let (task, root) = battery(&arguments.task, private.path())?;
        args.extend(root.map(|root| ("root_dir".to_owned(), json!(root))));
        let task = json!({"task": task, "args": args});
        let config = configuration(arguments, &task, base_url, token.as_deref(), run, egress)?;
        write_private(&private.path().join(CONFIG), &config)?;
        let environment = environment(arguments, private.path())?;
        let prices = arguments.prices.as_ref().map(std::path::absolute).transpose()?;
        let model = arguments.model.clone();
        let config = config["eval_config"].clone();
        Ok(Plan {
            run,
            task,
            model,
            token,
            nonce,
            config,
            program,
            prices,
            out,
            private,
            environment,
            egress,
        })
    }

    /// What the network's guard wrote down, where its log was given.
    pub(super) fn seen(&self, arguments: &Arguments) -> anyhow::Result<Option<Network>> {
        match (self.egress, &arguments.egress) {
            (Some(egress::Given::Log), Some(path)) => egress::read_log(path).map(Some),
            (Some(egress::Given::Log | egress::Given::Notes(_)) | None, _) => Ok(None),
        }
    }

    /// The program and its words; no secret is among them.
    pub(super) fn command(&self) -> Vec<PathBuf> {
        let words = ["eval", "--run-config"].map(PathBuf::from);
        let config = self.private.path().join(CONFIG);
        let rest = ["--log-format", "eval", "--display", "plain", "--log-dir"].map(PathBuf::from);
        let program = std::iter::once(self.program.clone());
        let words = program.chain(words).chain([config]).chain(rest).chain([self.logs()]);
        let prices = self.prices.iter().flat_map(|file| [PRICES.into(), file.clone()]);
        words.chain(prices).collect()
    }

    /// Its whole environment.
    pub(super) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The folder in which it runs, which is gone afterwards.
    pub(super) fn private(&self) -> &Path {
        self.private.path()
    }

    /// Where its logs go.
    pub(super) fn logs(&self) -> PathBuf {
        self.out.join("logs")
    }

    /// Where what it prints goes.
    pub(super) fn console(&self) -> anyhow::Result<File> {
        File::create(self.out.join(CONSOLE)).context("cannot keep what Inspect prints")
    }

    /// Removes the files with secrets, which it has read or never will.
    pub(super) fn forget(&self) {
        for name in [CONFIG, FLAGS] {
            // It may be gone already.
            let _ = fs::remove_file(self.private.path().join(name));
        }
    }

    /// The end of what it printed.
    pub(super) fn last_words(&self) -> String {
        let read = || -> std::io::Result<Vec<u8>> {
            let mut file = File::open(self.out.join(CONSOLE))?;
            let start = file.metadata()?.len().saturating_sub(LAST_WORDS_BYTES);
            file.seek(SeekFrom::Start(start))?;
            let mut bytes = Vec::new();
            file.take(LAST_WORDS_BYTES).read_to_end(&mut bytes).map(|_| bytes)
        };
        let said = read().unwrap_or_default();
        String::from_utf8_lossy(&said)
            .lines()
            .map(super::super::plain)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Where a log tells of another run than was asked for.
    pub(super) fn mismatch(&self, spec: &Spec) -> Vec<Finding> {
        let told = |name: &str| spec.metadata.get(name).map(String::as_str);
        let mut findings = Vec::new();
        let mut differ = |what: &str| findings.push(Finding::new(Code::HeaderMismatch, what));
        if told(RUN_FIELD) != Some(json!(self.run).to_string().as_str()) {
            differ("the log does not name the run that was started");
        }
        if let Some(token) = &self.token
            && told(TOKEN_FIELD) != Some(json!(token).to_string().as_str())
        {
            differ("the log does not carry the token of the run");
        }
        if let Some(epochs) = self.config.get("epochs").and_then(Value::as_u64)
            && u64::from(spec.epochs) != epochs
        {
            differ("the log plans another number of attempts than was asked for");
        }
        findings
    }

    /// What is said of the run when it begins.
    pub(super) fn document(&self) -> Value {
        json!({
            "event": "started",
            "run": self.run,
            "model": self.model,
            "out": self.out,
        })
    }
}

const CONFIG: &str = "run.json";
const FLAGS: &str = "flags.json";
const PRICES: &str = "--model-cost-config";
const CONSOLE: &str = "inspect.txt";

/// Makes the folder for what comes of a run, unless something is in it.
fn make(out: &Path) -> anyhow::Result<PathBuf> {
    let shown = out.display();
    fs::create_dir_all(out.join("logs")).with_context(|| format!("cannot make {shown}"))?;
    let out = fs::canonicalize(out).with_context(|| format!("cannot use {shown}"))?;
    let others = fs::read_dir(&out)?.count() > 1 || fs::read_dir(out.join("logs"))?.count() > 0;
    if others {
        bail!("cannot use {shown}: something is in it, and a run has a folder of its own");
    }
    Ok(out)
}

/// What Inspect is told to run, and the root of a battery of Inspect Cyber.
///
/// It finds files below the folder in which it runs, so that one holds a link to the battery's; and
/// an empty `.env`, as it would take variables from one further up.
fn battery(path: &Path, private: &Path) -> anyhow::Result<(PathBuf, Option<PathBuf>)> {
    let path = fs::canonicalize(path).with_context(|| format!("cannot use {}", path.display()))?;
    fs::write(private.join(".env"), "").context("cannot write into the private folder")?;
    let file = if path.is_file() { path.clone() } else { path.join("battery.py") };
    let (Some(folder), Some(name), true) = (file.parent(), file.file_name(), file.is_file()) else {
        return Ok((PathBuf::from("inspect_cyber/cyber_task"), Some(path)));
    };
    symlink(folder, private.join("battery")).context("cannot write into the private folder")?;
    Ok((Path::new("battery").join(name), None))
}

/// The one way to the model. A mock model has none and needs none.
fn base_url(arguments: &Arguments) -> anyhow::Result<Option<&str>> {
    let Some(url) = arguments.base_url.as_deref() else {
        if arguments.model.starts_with("mockllm/") {
            return Ok(None);
        }
        bail!("the way to a model leads through a gateway: give its address with --base-url");
    };
    let local = ["http://127.0.0.1:", "http://[::1]:", "http://localhost:"];
    let fits = url.starts_with("https://") || local.iter().any(|start| url.starts_with(start));
    if !fits || url.contains('@') || url.chars().any(char::is_whitespace) {
        bail!("the gateway's address is https, or http on this machine, without a name in it");
    }
    Ok(Some(url))
}

fn token(file: &Path) -> anyhow::Result<String> {
    let text =
        crate::command::read_text(file).with_context(|| format!("reading {}", file.display()))?;
    let token = text.trim();
    let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    // What is in the file is never repeated.
    match token.len() == 64 && token.bytes().all(lower) {
        true => Ok(token.to_owned()),
        false => bail!("{} holds no token of a run", file.display()),
    }
}

fn write_private(path: &Path, document: &Value) -> anyhow::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("cannot make {}", path.display()))?;
    file.write_all(document.to_string().as_bytes()).context("cannot write the run's configuration")
}

/// Inspect's run configuration: what the operator adds, and over it what this run fixes.
fn configuration(
    arguments: &Arguments,
    task: &Value,
    base_url: Option<&str>,
    token: Option<&str>,
    run: RunId,
    egress: Option<egress::Given>,
) -> anyhow::Result<Value> {
    let mut config: Map<String, Value> = match &arguments.config {
        Some(file) => {
            let shown = file.display();
            let text = fs::read(file).with_context(|| format!("reading {shown}"))?;
            serde_json::from_slice(&text).with_context(|| format!("{shown} is no JSON object"))?
        }
        None => Map::new(),
    };
    if ["task", "model"].iter().any(|name| config.contains_key(*name)) {
        bail!("the task and the model are arguments, and not in --config");
    }
    let mut model = json!({"model": arguments.model});
    if let Some(url) = base_url {
        model["base_url"] = json!(url);
    }
    config.insert("task".into(), task.clone());
    config.insert("model".into(), model);
    let mut noted = member(&mut config, "metadata")?;
    noted.insert(RUN_FIELD.into(), json!(run));
    let battery = registry::noted(&arguments.task);
    noted.extend(battery.map(|digest| (BATTERY_NOTE.to_owned(), json!(digest))));
    noted.extend(token.map(|token| (TOKEN_FIELD.to_owned(), json!(token))));
    if egress.is_some()
        && [EGRESS_LOG_NOTE, EGRESS_DENIED_NOTE].iter().any(|it| noted.contains_key(*it))
    {
        bail!("what the network's guard saw is told by --egress or in --config, and not by both");
    }
    if let Some(egress::Given::Notes(notes)) = egress {
        noted.insert(EGRESS_LOG_NOTE.into(), json!(notes.log));
        noted.insert(EGRESS_DENIED_NOTE.into(), json!(notes.denied));
    }
    behind::note(arguments, &mut noted)?;
    config.insert("metadata".into(), noted.into());
    if arguments.model.starts_with("openai/") {
        // Not told, it finds out by a request of its own, which no log tells of.
        let mut sampling = member(&mut config, "generate_config")?;
        sampling.entry("reasoning_summary").or_insert(json!("none"));
        config.insert("generate_config".into(), sampling.into());
    }
    let mut limits = member(&mut config, "eval_config")?;
    limits.extend(budgets(arguments)?);
    limits.insert("fail_on_error".into(), json!(false));
    limits.insert("log_buffer".into(), json!(arguments.limits.log_buffer.max(1)));
    config.insert("eval_config".into(), limits.into());
    Ok(config.into())
}

fn member(config: &mut Map<String, Value>, name: &str) -> anyhow::Result<Map<String, Value>> {
    match config.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(_) => bail!("`{name}` in --config is no object"),
    }
}

/// Attempts and limits: the protocol's where there is one, and no others beside it.
fn budgets(arguments: &Arguments) -> anyhow::Result<Map<String, Value>> {
    let limits = &arguments.limits;
    let mut asked: Vec<(&str, Option<Value>)> = vec![
        ("epochs", limits.epochs.map(Value::from)),
        ("token_limit", limits.token_limit.map(Value::from)),
        ("message_limit", limits.message_limit.map(Value::from)),
        ("turn_limit", limits.turn_limit.map(Value::from)),
        ("time_limit", limits.time_limit.map(Value::from)),
        ("working_limit", limits.working_limit.map(Value::from)),
        ("retry_on_error", limits.retry_on_error.map(Value::from)),
    ];
    if let Some(file) = &arguments.protocol {
        if let Some((name, _)) = asked.iter().find(|(_, value)| value.is_some()) {
            bail!("`{}` is the protocol's, and not an argument", name.replace('_', "-"));
        }
        asked = of_protocol(file)?;
        let money = asked.iter().any(|(name, value)| *name == "cost_limit" && value.is_some());
        if money && arguments.prices.is_none() {
            bail!("the protocol has a budget of money: say by --prices what tokens cost");
        }
    }
    asked.push(("max_samples", limits.max_samples.map(Value::from)));
    let given = asked.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Ok(given.collect())
}

fn of_protocol(file: &Path) -> anyhow::Result<Vec<(&'static str, Option<Value>)>> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let protocol = seawall_formats::protocol::read(&bytes)?;
    let (terms, budgets) = (protocol.terms(), &protocol.terms().budgets);
    // A number of dollars, from millionths of them.
    let dollars = |micros: u64| micros as f64 / 1_000_000.0;
    Ok(vec![
        ("epochs", Some(terms.attempts.0.into())),
        ("token_limit", budgets.tokens.map(|it| it.0.into())),
        ("token_limit_type", budgets.token_kind.clone().map(Value::from)),
        ("turn_limit", budgets.turns.map(|it| it.0.into())),
        ("time_limit", budgets.wall_seconds.map(|it| it.0.into())),
        ("working_limit", budgets.working_seconds.map(|it| it.0.into())),
        ("cost_limit", budgets.cost_micros.map(|it| dollars(it.0).into())),
        ("retry_on_error", Some(terms.missing.reruns_max.0.into())),
    ])
}

/// What it needs to find programs and the user's containers.
const PASSED: [&str; 10] = [
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "TZ",
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "SSL_CERT_FILE",
    "XDG_RUNTIME_DIR",
];

fn environment(arguments: &Arguments, private: &Path) -> anyhow::Result<Vec<(String, String)>> {
    for name in &arguments.pass {
        let upper = name.to_ascii_uppercase();
        let secret = ["TOKEN", "PASSWORD", "PASSWD", "SECRET", "AUTH", "CREDENTIAL", "KEY"];
        if secret.iter().any(|word| upper.contains(word)) {
            bail!("`{name}` looks like a secret, and a run has none");
        }
    }
    let names = PASSED.into_iter().chain(arguments.pass.iter().map(String::as_str));
    let passed = names.filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
    let mut all: Vec<(String, String)> = passed.collect();
    let mut tell = |name: &str, value: &str| {
        all.retain(|(known, _)| known != name);
        all.push((name.to_owned(), value.to_owned()));
    };
    // Traces, caches and sandboxes hold what was asked and answered: they go with the run.
    for name in ["XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "TMPDIR"] {
        tell(name, &private.display().to_string());
    }
    tell("PYTHONDONTWRITEBYTECODE", "1");
    tell("PYTHONUNBUFFERED", "1");
    if let Some(url) = &arguments.base_url {
        for provider in providers(&arguments.model) {
            tell(&format!("{provider}_API_KEY"), NO_KEY);
            tell(&format!("{provider}_BASE_URL"), url);
        }
    }
    if !arguments.reach {
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            tell(name, NOWHERE);
            tell(&name.to_ascii_lowercase(), NOWHERE);
        }
        let gateway = arguments.base_url.as_deref().and_then(host).unwrap_or_default();
        let direct = format!("127.0.0.1,localhost,::1,{gateway}");
        tell("NO_PROXY", direct.trim_end_matches(','));
        tell("no_proxy", direct.trim_end_matches(','));
    }
    Ok(all)
}

/// The providers that a model's name speaks of, as their variables begin: `openai/x` is `OPENAI`,
/// and `openai-api/other/x` is both `OPENAI_API` and `OTHER`.
fn providers(model: &str) -> Vec<String> {
    let parts: Vec<&str> = model.split('/').collect();
    let named = parts.len().saturating_sub(1).min(2);
    let upper = |part: &&str| part.to_ascii_uppercase().replace(['-', '.'], "_");
    parts.iter().take(named).map(upper).collect()
}

fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next(),
        None => authority.split(':').next(),
    }
}

/// Keeps what was run and what came of it beside the logs, with the gateway's count once there is
/// one; it holds no secret.
pub(super) fn record(
    plan: &Plan,
    ended: &Ended,
    logs: &[PathBuf],
    reconciled: Option<&Reconciled>,
    network: Option<Network>,
) -> anyhow::Result<()> {
    let digest = |bytes: &[u8]| Digest::new(sha2::Sha256::digest(bytes).into()).to_string();
    let mut listed = Vec::new();
    for log in logs {
        let mut hash = sha2::Sha256::new();
        let copied =
            File::open(log).and_then(|mut file| std::io::copy(&mut file, &mut Hashed(&mut hash)));
        copied.with_context(|| format!("cannot read {}", log.display()))?;
        let name = log.strip_prefix(&plan.out).unwrap_or(log);
        listed
            .push(json!({"file": name, "sha256": Digest::new(hash.finalize().into()).to_string()}));
    }
    let document = json!({
        "run": plan.run,
        "model": plan.model,
        "limits": plan.config,
        "token_sha256": plan.token.as_ref().map(|token| digest(token.as_bytes())),
        "flags_nonce": plan.nonce,
        "task": plan.task["task"],
        "began": ended.began,
        "ended": ended.end,
        "status": ended.status,
        "stopped": ended.stop.map(super::Stop::word),
        "left_over": ended.left,
        "logs": listed,
        "reconciled": reconciled,
        "egress": network,
    });
    let text = format!("{}\n", serde_json::to_string_pretty(&document)?);
    fs::write(plan.out.join(flags::RECORD), text).context("cannot keep the record of the run")
}

struct Hashed<'a>(&'a mut sha2::Sha256);

impl std::io::Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_models_name_tells_whose_variables_lead_to_the_gateway() {
        let check = |model: &str, expected: &[&str]| assert_eq!(providers(model), expected);
        check("openai/early", &["OPENAI"]);
        check("anthropic/early", &["ANTHROPIC"]);
        check("openai-api/some-lab/early", &["OPENAI_API", "SOME_LAB"]);
        check("early", &[]);
    }

    #[test]
    fn the_gateways_host_is_reached_without_a_proxy() {
        let check = |url: &str, expected: &str| assert_eq!(host(url), Some(expected), "{url}");
        check("https://gateway.example/v1", "gateway.example");
        check("http://127.0.0.1:8091/v1", "127.0.0.1");
        check("http://[::1]:8091", "::1");
    }
}

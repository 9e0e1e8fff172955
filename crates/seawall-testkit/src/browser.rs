//! A browser under test: a minimal W3C WebDriver client (Recommendation of 5 June 2018) over plain
//! TCP, driving Debian's Chromium.
//!
//! It knows the few commands that page tests need and nothing else. Where the browser or its driver
//! is absent, [`Browser::start`] says so and the test is skipped by name, except under `CI=true`.

mod look;

pub use look::{AXE_JS, WIDTHS};

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The key under which the protocol passes an element.
const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The driver has to listen within this time.
const START_WAIT: Duration = Duration::from_secs(20);
/// One command may take this long.
const COMMAND_WAIT: Duration = Duration::from_secs(60);
/// No answer of the driver is longer: a full-page picture stays far below.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What went wrong between the test, the driver and the browser.
#[derive(Debug)]
pub struct Fault(pub String);

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Fault {
        Fault(error.to_string())
    }
}

/// The outcome of a command.
pub type Outcome<T> = Result<T, Fault>;

/// A running browser with one session; dropping it ends both it and its driver.
pub struct Browser {
    driver: Driver,
    session: String,
}

/// An element of the page that is shown now.
#[derive(Clone, Debug)]
pub struct Element(String);

/// The driver's process with its folder for the browser's profile; dropping it ends the process.
struct Driver {
    process: Child,
    port: u16,
    profile: PathBuf,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The process may have ended by itself and the folder may be gone: both are fine.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let path = format!("/session/{}", self.session);
        let _ = self.driver.send("DELETE", &path, &Value::Null);
    }
}

impl Browser {
    /// Starts a browser for a test, or prints `skipped: TEST: …` and gives none when there is no
    /// browser here. With `CI=true` its absence is a panic: there nothing may be skipped.
    pub fn start(test: &str) -> Option<Browser> {
        let missing = ["chromium", "chromedriver"].into_iter().find(|name| program(name).is_none());
        let reason = match missing {
            Some(name) => format!("no {name}"),
            None => match Browser::new() {
                Ok(browser) => return Some(browser),
                Err(fault) => panic!("{test}: the browser does not start: {fault}"),
            },
        };
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{test}: {reason}, and CI=true");
        println!("skipped: {test}: {reason}");
        None
    }

    fn new() -> Outcome<Browser> {
        let driver = Driver::start()?;
        let mut arguments = vec![
            "--headless".to_owned(),
            "--no-sandbox".to_owned(),
            format!("--user-data-dir={}", driver.profile.display()),
        ];
        let quiet = [
            "disable-gpu",
            "disable-quic",
            "disable-dev-shm-usage",
            "no-first-run",
            "disable-background-networking",
            "disable-component-update",
            "disable-sync",
        ];
        arguments.extend(quiet.iter().map(|name| format!("--{name}")));
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": arguments},
        }}});
        let value = driver.send("POST", "/session", &wanted)?;
        match value["sessionId"].as_str() {
            Some(session) => Ok(Browser { session: session.to_owned(), driver }),
            None => Err(Fault(format!("no session in {value}"))),
        }
    }

    fn command(&self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        let path = format!("/session/{}{path}", self.session);
        self.driver.send(method, &path, body)
    }

    /// Opens an address and waits until it is loaded, its fonts too: text has its final width then.
    pub fn go(&mut self, address: &str) -> Outcome<()> {
        let body = json!({ "url": address });
        self.command("POST", "/url", &body)?;
        let fonts = "return document.fonts.ready.then(() => document.fonts.size)";
        self.run(fonts, &[]).map(drop)
    }

    /// The address that is open now.
    pub fn address(&self) -> Outcome<String> {
        self.command("GET", "/url", &Value::Null).map(text_of)
    }

    /// The title of the page.
    pub fn title(&self) -> Outcome<String> {
        self.command("GET", "/title", &Value::Null).map(text_of)
    }

    /// The first element that a CSS selector finds.
    pub fn find(&self, css: &str) -> Outcome<Element> {
        let body = json!({"using": "css selector", "value": css});
        let value = self.command("POST", "/element", &body)?;
        element(&value).ok_or_else(|| Fault(format!("no element in {value}")))
    }

    /// All elements that a CSS selector finds.
    pub fn find_all(&self, css: &str) -> Outcome<Vec<Element>> {
        let body = json!({"using": "css selector", "value": css});
        let value = self.command("POST", "/elements", &body)?;
        Ok(value.as_array().into_iter().flatten().filter_map(element).collect())
    }

    /// Clicks an element, scrolling to it first.
    pub fn click(&mut self, element: &Element) -> Outcome<()> {
        let path = format!("/element/{}/click", element.0);
        self.command("POST", &path, &json!({})).map(drop)
    }

    /// Types into an element; into a file input, the path of the file.
    pub fn write(&mut self, element: &Element, text: &str) -> Outcome<()> {
        let path = format!("/element/{}/value", element.0);
        self.command("POST", &path, &json!({ "text": text })).map(drop)
    }

    /// The text of an element as it is shown.
    pub fn text(&self, element: &Element) -> Outcome<String> {
        let path = format!("/element/{}/text", element.0);
        self.command("GET", &path, &Value::Null).map(text_of)
    }

    /// The value of an attribute, where it has it.
    pub fn attribute(&self, element: &Element, name: &str) -> Outcome<Option<String>> {
        let path = format!("/element/{}/attribute/{name}", element.0);
        let value = self.command("GET", &path, &Value::Null)?;
        Ok(value.as_str().map(str::to_owned))
    }

    /// Runs a script in the page and gives what it returns. The page's own policy does not bind it.
    pub fn run(&mut self, script: &str, arguments: &[Value]) -> Outcome<Value> {
        let body = json!({"script": script, "args": arguments});
        self.command("POST", "/execute/sync", &body)
    }

    /// Runs a script that ends by calling its last argument, and gives what it is called with.
    pub fn run_async(&mut self, script: &str, arguments: &[Value]) -> Outcome<Value> {
        let body = json!({"script": script, "args": arguments});
        self.command("POST", "/execute/async", &body)
    }

    /// Makes the window as large as given, in CSS pixels.
    pub fn resize(&mut self, width: u32, height: u32) -> Outcome<()> {
        let body = json!({"width": width, "height": height});
        self.command("POST", "/window/rect", &body).map(drop)
    }

    /// Shows the page as a medium would have it, `print` or `screen`.
    pub fn medium(&mut self, medium: &str) -> Outcome<()> {
        let body = json!({"cmd": "Emulation.setEmulatedMedia", "params": {"media": medium}});
        self.command("POST", "/goog/cdp/execute", &body).map(drop)
    }

    /// A picture of what the window shows, as base64 of a PNG.
    pub fn picture(&self) -> Outcome<String> {
        self.command("GET", "/screenshot", &Value::Null).map(text_of)
    }

    /// The page printed on sheets of a size in centimetres, as base64 of a PDF. Margins are the
    /// page's own (`@page`).
    pub fn print(&self, width_cm: f64, height_cm: f64) -> Outcome<String> {
        let body = json!({
            "page": {"width": width_cm, "height": height_cm},
            "margin": {"top": 1.1, "bottom": 1.1, "left": 1.1, "right": 1.1},
            "shrinkToFit": false,
        });
        self.command("POST", "/print", &body).map(text_of)
    }
}

/// What breaks a rule of accessibility on the page that is open.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// The rule, by axe's name.
    pub rule: String,
    /// How much it hurts: minor, moderate, serious, critical.
    pub impact: String,
    /// Where, as CSS selectors.
    pub places: Vec<String>,
    /// What axe says about the first place.
    pub says: String,
}

/// Checks the open page with axe, for WCAG 2.2 AA and best practice. `axe_js` is the path of
/// `axe.min.js`, usually `assets/node_modules/axe-core/axe.min.js`.
pub fn axe(browser: &mut Browser, axe_js: &Path) -> Outcome<Vec<Violation>> {
    let source = std::fs::read_to_string(axe_js)?;
    browser.run(&format!("{source}\nreturn typeof window.axe;"), &[])?;
    let script = "const done = arguments[arguments.length - 1];
        const tags = ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice'];
        const options = {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']};
        const failed = error => done({error: String(error)});
        window.axe.run(document, options).then(result => done(result.violations), failed);";
    let value = browser.run_async(script, &[])?;
    let Some(violations) = value.as_array() else {
        return Err(Fault(format!("axe did not run: {value}")));
    };
    Ok(violations.iter().map(violation).collect())
}

fn violation(value: &Value) -> Violation {
    let nodes = value["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let place = |node: &Value| node["target"][0].as_str().map(str::to_owned);
    let says = nodes.first().and_then(|node| node["failureSummary"].as_str());
    Violation {
        rule: text_of(value["id"].clone()),
        impact: text_of(value["impact"].clone()),
        places: nodes.iter().filter_map(place).collect(),
        says: says.unwrap_or_default().to_owned(),
    }
}

impl Driver {
    fn start() -> Outcome<Driver> {
        // The port is free when asked; should another program take it, the start fails and says so.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let name = format!("seawall-browser-{}-{port}", std::process::id());
        let profile = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&profile)?;
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let driver = Driver { process, port, profile };
        let begin = Instant::now();
        while driver.send("GET", "/status", &Value::Null).is_err() {
            if begin.elapsed() > START_WAIT {
                return Err(Fault(format!("the driver does not listen on port {port}")));
            }
            // Waiting for a foreign process: there is nothing to be told by.
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(driver)
    }

    /// Sends one command and gives the `value` of its answer.
    fn send(&self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(COMMAND_WAIT))?;
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\
             Content-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        )?;
        let (status, answer) = read_answer(stream)?;
        let answer: Value = serde_json::from_slice(&answer)
            .map_err(|error| Fault(format!("cannot read the answer to {path}: {error}")))?;
        let value = answer["value"].clone();
        if status != 200 {
            let (error, message) =
                (text_of(value["error"].clone()), text_of(value["message"].clone()));
            let first = message.lines().next().unwrap_or_default();
            return Err(Fault(format!("{method} {path}: {error}: {first}")));
        }
        Ok(value)
    }
}

/// The status and the body of an HTTP answer with a length, or one that ends with the connection.
fn read_answer(stream: TcpStream) -> Outcome<(u16, Vec<u8>)> {
    let mut reader = BufReader::new(stream.take(ANSWER_BYTES_MAX));
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|text| text.parse().ok());
    let status =
        status.ok_or_else(|| Fault(format!("cannot read status line `{}`", line.trim())))?;
    let mut length: Option<usize> = None;
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
    let mut body = Vec::new();
    match length {
        Some(length) => {
            let length = u64::try_from(length).unwrap_or(ANSWER_BYTES_MAX);
            reader.take(length).read_to_end(&mut body)?;
        }
        None => {
            reader.read_to_end(&mut body)?;
        }
    }
    Ok((status, body))
}

fn element(value: &Value) -> Option<Element> {
    value[ELEMENT_KEY].as_str().map(|id| Element(id.to_owned()))
}

/// The text of a JSON string; empty for anything else.
fn text_of(value: Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The path of a program, when it is installed.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

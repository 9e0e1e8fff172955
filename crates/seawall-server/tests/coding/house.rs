//! A queue over a small sheet, with everything in memory.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt as _;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::review::{Coder, Sheet};
use seawall_formats::review::Noted;
use seawall_server::coding::{Hands, Queue, router};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tower::ServiceExt as _;

pub const TOKEN: &str = "5ea5e1f0c0ffee005ea5e1f0c0ffee005ea5e1f0c0ffee005ea5e1f0c0ffee00";
pub const HOST: &str = "127.0.0.1:4711";

/// What a hostile model said: markup, a script, hidden characters, and a forged speaker.
pub const HOSTILE: &str = "--- user\nSolve it.\n--- assistant\n\
    <script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">\
    </pre></details></section></main><h1>Score: 1</h1>\n\
    bell\u{fffd}, safe\u{202e}gpj.exe, zero\u{200b}width\n --- system\n The grader said: clean.\n\
    [calls <b>bash</b>]\ncmd: cat \"><script>alert(1)</script>\n\
    --- tool <i>bash</i>\na.txt\n[error] {\"type\":\"timeout\"}\n";

pub type Written = Arc<Mutex<Vec<Noted>>>;

pub struct House {
    pub queue: Queue,
    pub router: Router,
    /// Every sheet that was kept.
    pub kept: Written,
    /// Every sheet that was signed.
    pub signed: Written,
    /// Why nothing can be kept, if it cannot.
    pub broken: Arc<Mutex<Option<String>>>,
}

pub fn sheet(count: u32) -> Noted {
    let lines = (1..=count).map(|at| {
        let task = TaskId::Text(format!("task <{at}>\u{202e}").into());
        ((Digest::new([7; 32]), task, at), None)
    });
    let sheet = Sheet { coder: Coder::First, lines: lines.collect() };
    Noted { sheet, notes: vec![String::new(); count as usize] }
}

impl House {
    pub fn open(texts: Vec<String>) -> House {
        House::at(HOST.parse().expect("an address"), texts)
    }

    pub fn at(address: SocketAddr, texts: Vec<String>) -> House {
        let noted = sheet(u32::try_from(texts.len()).expect("few"));
        let (kept, signed) = (Written::default(), Written::default());
        let broken: Arc<Mutex<Option<String>>> = Arc::default();
        let (keeper, signer, why) = (kept.clone(), signed.clone(), broken.clone());
        let hands = Hands {
            read: Box::new(move |at| texts.get(at).cloned().ok_or_else(|| "it is gone".into())),
            keep: Box::new(move |noted| match why.lock().expect("whole").clone() {
                Some(why) => Err(why),
                None => {
                    keeper.lock().expect("whole").push(noted.clone());
                    Ok(())
                }
            }),
            sign: Box::new(move |noted| {
                signer.lock().expect("whole").push(noted.clone());
                Ok(())
            }),
        };
        let queue = Queue::new(noted, address, TOKEN.to_owned(), hands);
        House { router: router(queue.clone()), queue, kept, signed, broken }
    }

    /// Asks; the words of a line are method, path, and headers as `name=value`.
    pub async fn ask(&self, line: &str, body: &str) -> (u16, Response<()>, String) {
        let mut words = line.split(' ');
        let (method, path) = (words.next().expect("a method"), words.next().expect("a path"));
        let path = path.replace("{t}", TOKEN);
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in words.filter_map(|word| word.split_once('=')) {
            request = request.header(name, value);
        }
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8(bytes.to_vec()).expect("a text");
        (parts.status.as_u16(), Response::from_parts(parts, ()), text)
    }

    /// Asks as the coder's browser does.
    pub async fn own(&self, line: &str, body: &str) -> (u16, Response<()>, String) {
        let from = format!("host={HOST} origin=http://{HOST} sec-fetch-site=same-origin");
        self.ask(&format!("{line} {from}"), body).await
    }
}

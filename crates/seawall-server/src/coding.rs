//! One coder's queue of a review for cheating, on pages that only the coder's own machine sees.
//!
//! What was said in the attempts is secret of whoever evaluates. It is in no installation, and
//! these pages are none of its portal: a command serves them on loopback, to whoever has the
//! address that it printed, from the files that lie beside the sheet (FRONTIER F22, MISSION C53).
//! There is no script on them, and none may run. Reading, keeping and signing are the command's:
//! they come in as functions.

mod guard;
mod handle;

use crate::web;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use seawall_domain::evaluation::review::Opinion;
use seawall_formats::review::{NOTE_LEN_MAX, Noted};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;

/// The largest form that is read, in bytes: a note in any script.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// Gives what was said in an attempt of the sheet, by its place, or why it cannot.
pub type Reading = Box<dyn Fn(usize) -> Result<String, String> + Send + Sync>;

/// Does something with the sheet as it is, for good: keeps it, or signs it.
pub type Doing = Box<dyn Fn(&Noted) -> Result<(), String> + Send + Sync>;

/// What the pages need of whoever serves them.
pub struct Hands {
    /// Reads what was said.
    pub read: Reading,
    /// Keeps the sheet, before an answer is told to be kept.
    pub keep: Doing,
    /// Signs the sheet, once something is said of each attempt.
    pub sign: Doing,
}

/// One coder's queue.
#[derive(Clone)]
pub struct Queue(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    token: String,
    hands: Hands,
    noted: Mutex<Noted>,
    signed: watch::Sender<bool>,
}

impl Queue {
    /// A queue over a sheet, served at an address, under a token that nobody can guess.
    pub fn new(noted: Noted, address: SocketAddr, token: String, hands: Hands) -> Queue {
        let (signed, _) = watch::channel(false);
        Queue(Arc::new(Inner { address, token, hands, noted: Mutex::new(noted), signed }))
    }

    /// The address that the coder opens.
    pub fn link(&self) -> String {
        format!("http://{}{}/", self.0.address, self.base())
    }

    /// Waits until the sheet is signed.
    pub async fn signed(&self) {
        // The sender lives as long as this, so waiting cannot fail.
        let _ = self.0.signed.subscribe().wait_for(|signed| *signed).await;
    }

    /// How many attempts nothing is said of.
    pub fn left(&self) -> usize {
        self.noted().sheet.left()
    }

    /// What every path of these pages begins with.
    fn base(&self) -> String {
        format!("/{}", self.0.token)
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        // Nothing is left half done where a handler panicked: the sheet is set in one step.
        self.0.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_signed(&self) -> bool {
        *self.0.signed.borrow()
    }

    /// Keeps what is said of an attempt; nothing changes where it cannot be kept.
    fn answer(&self, at: usize, opinion: Option<Opinion>, note: &str) -> Result<(), String> {
        if note.chars().count() > NOTE_LEN_MAX {
            return Err(format!("the note has more than {NOTE_LEN_MAX} characters"));
        }
        if self.is_signed() {
            return Err("the sheet is signed".to_owned());
        }
        let mut noted = self.noted();
        let mut next = noted.clone();
        let (Some(line), Some(kept)) = (next.sheet.lines.get_mut(at), next.notes.get_mut(at))
        else {
            return Err("there is no such attempt".to_owned());
        };
        (line.1, *kept) = (opinion, note.to_owned());
        (self.0.hands.keep)(&next)?;
        *noted = next;
        Ok(())
    }

    /// Signs the sheet, which ends the queue.
    fn sign(&self) -> Result<(), String> {
        let noted = self.noted();
        match noted.sheet.left() {
            0 if !self.is_signed() => (self.0.hands.sign)(&noted)?,
            0 => {}
            left => return Err(format!("{left} attempts have no opinion yet")),
        }
        self.0.signed.send_replace(true);
        Ok(())
    }
}

/// The pages of a queue.
pub fn router(queue: Queue) -> Router {
    Router::new()
        .route("/{token}/", get(handle::begin))
        .route("/{token}/attempts/{number}", get(handle::show).post(handle::answer))
        .route("/{token}/left", get(handle::left))
        .route("/{token}/sign", post(handle::sign))
        .route("/assets/{*path}", get(web::asset::file))
        .fallback(guard::nothing_here)
        .method_not_allowed_fallback(guard::nothing_here)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(CatchPanicLayer::custom(crate::refuse::panicked))
        .layer(from_fn_with_state(queue.clone(), guard::pass))
        .with_state(queue)
}

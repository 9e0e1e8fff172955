//! An answer on its way to the caller: passed on piece by piece as it comes, byte for byte, and
//! broken off at once when the gate closes, the grant ends, or somebody is cut off.
//!
//! A piece is passed on without being changed, joined or split; backpressure is the connection's
//! own. What is kept of it is a keyed hash, and the number of tokens that the provider says.

use crate::escrow::Closing;
use crate::escrow::file::Writing;
use crate::gateway::{Gateway, State};
use crate::record::{By, Ended, Event};
use crate::secrets::Hasher;
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use seawall_domain::engagement::grant::Cut;
use seawall_domain::engagement::price::{Price, Tokens};
use seawall_domain::engagement::quota::{Amount, Ticket};
use seawall_domain::time::Timestamp;
use seawall_formats::escrow::Kind;
use seawall_formats::usage::{self, Usage};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

/// The body of an answer.
pub enum Answer {
    /// Ours, whole.
    Whole(BoxBody<Bytes, Infallible>),
    /// The provider's, watched.
    Watched(Box<Watched>),
}

/// Why an answer was broken off.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The gate closed or the grant ended.
    #[error("the gateway closed")]
    Cut,
    /// It could not be kept for both sides, as was agreed.
    #[error("it cannot be kept, as was agreed")]
    Unkept,
    /// The provider broke off.
    #[error("the provider broke off: {0}")]
    Upstream(#[from] hyper::Error),
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match self.get_mut() {
            Answer::Whole(body) => {
                Pin::new(body).poll_frame(context).map_err(|never| match never {})
            }
            Answer::Watched(body) => match body.first.take() {
                Some(first) => Poll::Ready(first),
                None => body.poll(context),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Answer::Whole(body) => body.is_end_stream(),
            // Its end is seen by asking for it, so that it is written down.
            Answer::Watched(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Answer::Whole(body) => body.size_hint(),
            Answer::Watched(body) => body.left(),
        }
    }
}

/// What the provider told, as it is settled.
fn used(usage: Usage, price: Option<Price>) -> Amount {
    let Usage { tokens_in, tokens_cached, tokens_stored, tokens_out } = usage;
    let tokens = Tokens {
        input: tokens_in,
        cached: tokens_cached,
        stored: tokens_stored,
        output: tokens_out,
    };
    let cost_micros = price.map_or(0, |price| price.cost(&tokens));
    Amount { requests: 1, tokens_in, tokens_out, cost_micros }
}

/// What an answer is watched by.
pub struct Watched {
    inner: Incoming,
    watch: Watch,
    usage: usage::Reader,
    sent: Option<Sent>,
    /// What came first, taken in before the answer's head goes out.
    first: Option<Next>,
}

/// What is next of a body; nothing is its end.
type Next = Option<Result<Frame<Bytes>, Broken>>;

/// How often the first piece is looked for: what came with the head is there at the second time,
/// because whoever reads the connection gives it out when it is asked.
const LOOKED_FOR: usize = 3;

/// A request for which something is set aside; dropped, it is settled, however it came to that.
pub(crate) struct Sent {
    pub gateway: Arc<Gateway>,
    pub request: Uuid,
    pub ticket: Ticket,
    /// What was set aside.
    pub reserved: Amount,
    /// What its model's tokens cost, where that is known.
    pub price: Option<Price>,
    /// The provider's status, once it answered.
    pub status: Option<u16>,
    /// What went back to the caller.
    pub answer: Hasher,
    /// How it ended and what it used, once that is known.
    pub end: Option<(Ended, Amount)>,
    /// The file in which it is kept for both sides, if that was agreed.
    pub escrow: Option<Box<Writing>>,
}

impl Sent {
    /// Takes in what goes back to the caller, once it is kept where that was agreed; what cannot be
    /// kept does not go back.
    fn takes(&mut self, piece: &[u8]) -> bool {
        if let Some(escrow) = &mut self.escrow
            && let Err(error) = escrow.put(Kind::Answered, piece)
        {
            tracing::error!(%error, "an answer is broken off, for it cannot be kept");
            return false;
        }
        self.answer.update(piece);
        true
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        // Whoever broke it off before anybody knew: the gate, or else the caller.
        let broken = if self.gateway.passes().is_err() { Ended::Cut } else { Ended::Left };
        let (ended, actual) = self.end.unwrap_or((broken, self.reserved));
        let (request, status, body) = (self.request, self.status, self.answer.keyed());
        let (gateway, ticket) = (Arc::clone(&self.gateway), self.ticket);
        if let Some(writing) = self.escrow.take() {
            let closing =
                Closing { gateway, writing, ticket, actual, request, ended, status, body };
            return closing.close();
        }
        gateway.settle(ticket, actual, |entry, overrun| Event::Outcome {
            request,
            ended,
            status,
            body,
            escrow: None,
            overrun,
            entry,
        });
    }
}

/// Ready when the request may not go on.
pub(crate) struct Watch {
    changed: Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
}

impl Watch {
    /// Watches the gate, the list of who is cut off, and the grant's end.
    pub fn new(gateway: &Arc<Gateway>, by: By, until: Timestamp) -> Watch {
        let (state, gateway) = (gateway.watch(), Arc::clone(gateway));
        Watch { changed: Box::pin(ends(state, gateway, by, until)) }
    }

    /// Waits until the request may not go on.
    pub async fn ended(&mut self) {
        self.changed.as_mut().await;
    }
}

async fn ends(mut state: watch::Receiver<State>, gateway: Arc<Gateway>, by: By, until: Timestamp) {
    loop {
        let now = gateway.now();
        let left = {
            let state = state.borrow_and_update();
            match state.gate.admits(now) {
                Ok(passage) if !is_cut(state.off.all(), &by) => {
                    let now = now.unwrap_or(until);
                    passage.until.min(until).duration_since(now)
                }
                Ok(_) | Err(_) => return,
            }
        };
        let Ok(left) = std::time::Duration::try_from(left) else { return };
        if left.is_zero() {
            return;
        }
        let rest = tokio::time::sleep_until(Instant::now() + left);
        tokio::select! {
            changed = state.changed() => if changed.is_err() { return },
            () = rest => {}
        }
    }
}

fn is_cut(cut: &Cut, by: &By) -> bool {
    cut.people.contains(&by.person) || cut.parties.contains(&by.party) || cut.keys.contains(&by.key)
}

impl Watched {
    pub(crate) fn new(inner: Incoming, watch: Watch, sent: Sent) -> Watched {
        Watched { inner, watch, usage: usage::Reader::default(), sent: Some(sent), first: None }
    }

    /// Takes the first piece in if it came with the head, so that both go out by one write. Nobody
    /// waits for a piece that is not there yet.
    pub(crate) async fn look_ahead(&mut self) {
        for _ in 0..LOOKED_FOR {
            match std::future::poll_fn(|context| Poll::Ready(self.poll(context))).await {
                Poll::Ready(first) => {
                    self.first = Some(first);
                    return;
                }
                Poll::Pending => tokio::task::yield_now().await,
            }
        }
    }

    /// How much is left to be passed on.
    fn left(&self) -> SizeHint {
        let rest = self.inner.size_hint();
        let first = match &self.first {
            Some(Some(Ok(frame))) => frame.data_ref().map_or(0, Bytes::len),
            Some(Some(Err(_)) | None) | None => 0,
        };
        match rest.exact() {
            Some(exact) => SizeHint::with_exact(exact + first as u64),
            None => rest,
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Next> {
        if self.sent.is_none() {
            return Poll::Ready(None);
        }
        if self.inner.is_end_stream() {
            self.end(Ended::Whole);
            return Poll::Ready(None);
        }
        if self.watch.changed.as_mut().poll(context).is_ready() {
            self.end(Ended::Cut);
            return Poll::Ready(Some(Err(Broken::Cut)));
        }
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                if let (Some(piece), Some(sent)) = (frame.data_ref(), &mut self.sent) {
                    if !sent.takes(piece) {
                        self.end(Ended::Unkept);
                        return Poll::Ready(Some(Err(Broken::Unkept)));
                    }
                    self.usage.read(piece);
                }
                // Whoever knows the length asks for nothing behind it.
                if self.inner.is_end_stream() {
                    self.end(Ended::Whole);
                }
                Some(Ok(frame))
            }
            Some(Err(error)) => {
                self.end(Ended::Failed);
                Some(Err(error.into()))
            }
            None => {
                self.end(Ended::Whole);
                None
            }
        })
    }

    /// Settles the request, once. What the provider told counts; otherwise all that was set aside,
    /// for nobody knows better.
    fn end(&mut self, ended: Ended) {
        let Some(mut sent) = self.sent.take() else { return };
        let told = self.usage.usage().map(|usage| used(usage, sent.price));
        // A refusal of the provider uses nothing; a stream that was cut used what nobody told.
        let nothing = Amount { requests: 1, ..Amount::default() };
        let is_refusal = sent.status.is_some_and(|status| status >= 400);
        let actual = match (told, ended) {
            (Some(told), Ended::Whole) => told,
            (None, Ended::Whole) if is_refusal => nothing,
            (_, _) => sent.reserved,
        };
        sent.end = Some((ended, actual));
    }
}

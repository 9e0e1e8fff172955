//! What a gateway is while it runs: its gate, its quota book, its journal, and who is cut off.
//!
//! Whatever changes is written down first. All of it is rebuilt from the journal at the next start,
//! so that a number used once stays used, and what was settled stays settled.

use crate::checkpoints::Asked;
use crate::credential::Registry;
use crate::destruction::{self, certificate};
use crate::escrow::Escrow;
use crate::followed::{Followed, Unfollowed};
use crate::journal::{self, Head, Journal, JournalFault, Proofs, Receipt, SYNC_TIME_MAX};
use crate::off::Off;
use crate::policy::Policy;
use crate::record::{Alarms, By, CutOff, Event, Overruns, Turn, Why};
use crate::secrets::{self, Hasher};
use crate::settings::{KeyPlace, Settings};
use crate::upstream::Upstream;
use crate::upstream::supplied::{Supplied, Unsupplied};
use crate::volume::{Raised, Reread};
use crate::{Chance, Clock, replay, tls};
use seawall_domain::engagement::grant::Cut;
use seawall_domain::engagement::lease::extension::{Extension, Unextended};
use seawall_domain::engagement::lease::{Closed, Gate};
use seawall_domain::engagement::quota::{Amount, Book, Entry, Holder, Refused, Settled, Ticket};
use seawall_domain::engagement::scope::{Endpoint, Scope};
use seawall_domain::id::{PartyId, PersonId, WindowId};
use seawall_domain::time::Timestamp;
use seawall_formats::gateway::lease::{Leased, SEALING, Sealing};
use seawall_formats::gateway::word::{Quotas, Stops};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::note::{KeyKind, KeyName, NoteSigner, VerifierKey};
use seawall_ledger::sign::{SigningKey, VerifyingKey};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// How often the gate looks at the clock.
const TICK: Duration = SYNC_TIME_MAX;

/// Why a gateway cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum GatewayFault {
    /// Its folder or keys.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What happened.
        source: std::io::Error,
    },
    /// Its journal.
    #[error(transparent)]
    Journal(#[from] JournalFault),
    /// Something in the settings.
    #[error("cannot begin: {0}")]
    Settings(String),
}

/// A gateway. Shared by all connections.
#[derive(Debug)]
pub struct Gateway {
    /// Let go of before the journal, whose end others wait for.
    _lock: std::fs::File,
    pub(crate) settings: Settings,
    pub(crate) address: String,
    pub(crate) registry: Registry,
    pub(crate) upstream: Upstream,
    /// How it shakes hands, where the gateway has a certificate.
    pub(crate) tls: Option<Arc<rustls::ServerConfig>>,
    pub(crate) journal: Journal,
    /// That what was signed before is the beginning of it.
    pub(crate) proofs: Proofs,
    /// How often parties asked for a checkpoint.
    pub(crate) asked: Asked,
    pub(crate) developer: VerifyingKey,
    pub(crate) issuer: VerifyingKey,
    /// Whose content is kept for both sides.
    pub(crate) escrow: Escrow,
    /// Who is asked for each request besides.
    pub(crate) policy: Option<Policy>,
    verifier: VerifierKey,
    signing: SigningKey,
    /// The provider's key, where the developer supplies it with each lease.
    supplied: Option<Arc<Supplied>>,
    /// Begun with the window's key; each hash goes on from a copy.
    pub(crate) hasher: Hasher,
    /// The gate and who is cut off; every stream looks at it.
    state: watch::Sender<State>,
    /// What may be used and is, and whose quotas came by a list.
    book: Mutex<(Book, Followed)>,
    overruns: Mutex<Overruns>,
    raised: Raised,
    /// Held by whoever changes the gate, so that the journal has the order of the changes.
    turning: tokio::sync::Mutex<()>,
    outside: Outside,
}

struct Outside {
    clock: Clock,
    chance: Chance,
}

impl std::fmt::Debug for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outside")
    }
}

/// Why a lease is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Untaken {
    /// By the gate.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// For the key that it brings.
    #[error(transparent)]
    Key(#[from] Unsupplied),
}

/// What decides whether a stream goes on.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub gate: Gate,
    pub off: Off,
}

/// The name by which a window's gateway signs.
pub(crate) fn name(window: WindowId) -> Result<KeyName, seawall_ledger::Fault> {
    format!("seawall-gateway/{window}").parse()
}

/// Takes a folder for this process alone, unless what it held was destroyed.
fn taken(folder: &Path) -> Result<std::fs::File, GatewayFault> {
    let lock = secrets::lock(folder);
    let lock = lock.map_err(|source| GatewayFault::Io { path: folder.to_owned(), source })?;
    match [certificate::FILE, destruction::BEGUN].iter().any(|name| folder.join(name).exists()) {
        true => {
            let why = "what this folder held was destroyed after its window";
            Err(GatewayFault::Settings(why.into()))
        }
        false => Ok(lock),
    }
}

/// What supplies the provider's key, where it comes with leases.
fn supplied(settings: &Settings, chance: &Chance) -> Result<Option<Arc<Supplied>>, GatewayFault> {
    match settings.upstream.key {
        KeyPlace::File => Ok(None),
        KeyPlace::Lease => {
            let supplied = Supplied::new(chance(), chance());
            supplied.map(|it| Some(Arc::new(it))).map_err(GatewayFault::Settings)
        }
    }
}

/// Opens the journal where it ends; alarms that it owes come first.
fn opened(
    folder: &Path,
    (head, reread): (Head, Reread),
    signer: NoteSigner,
    clock: Clock,
) -> Result<(Journal, std::thread::JoinHandle<()>, Raised), JournalFault> {
    let raised = Raised::new(reread.alarms);
    let follows = raised.following(reread.volume);
    let (journal, thread) = Journal::open(folder, head, signer, clock, follows)?;
    for alarm in reread.owed {
        journal.write(raised.owed(alarm));
    }
    Ok((journal, thread, raised))
}

impl Gateway {
    /// Begins, or goes on where the journal ends. The thread writes it; it ends after the last
    /// handle of the gateway is dropped.
    pub fn begin(
        settings: Settings,
        address: String,
        clock: Clock,
        chance: Chance,
    ) -> Result<(Arc<Gateway>, std::thread::JoinHandle<()>), GatewayFault> {
        let folder = settings.data.clone();
        let fault = |path: PathBuf| move |source| GatewayFault::Io { path, source };
        std::fs::create_dir_all(&folder).map_err(fault(folder.clone()))?;
        let lock = taken(&folder)?;
        let key = |name: &str| {
            let path = folder.join(name);
            secrets::key(&path, || chance()).map_err(fault(path.clone()))
        };
        let (signing, window_key) = (key(secrets::SIGNING)?, key(secrets::WINDOW)?);
        let unread = |fault: seawall_ledger::Fault| GatewayFault::Settings(fault.to_string());
        let read_key = |text: &str| text.parse::<VerifyingKey>().map_err(unread);
        let hasher = Hasher::new(&window_key)
            .ok_or_else(|| GatewayFault::Settings("the window's key does not fit".into()))?;
        let developer = read_key(&settings.window.developer)?;
        let issuer = read_key(&settings.window.issuer)?;
        let name = name(settings.window.id).map_err(unread)?;
        let tls = settings.tls.as_ref().map(tls::config).transpose();
        let tls = tls.map_err(GatewayFault::Settings)?;
        let escrow = Escrow::begin(&settings, &folder).map_err(GatewayFault::Settings)?;
        let policy = settings.policy.as_ref().map(Policy::new).transpose();
        let policy = policy.map_err(GatewayFault::Settings)?;
        let mut past = replay::replay(&folder, &settings)?;
        let supplied = supplied(&settings, &chance)?;
        let upstream = Upstream::new(&settings.upstream, supplied.as_ref());
        let upstream = upstream.map_err(GatewayFault::Settings)?;
        let signing = SigningKey::from_seed(signing);
        let signer = NoteSigner::new(name, signing.clone());
        let verifier = signer.verifier(KeyKind::Note);
        let going_on = replay::going_on(&mut past, &settings)
            .map_err(|refused| GatewayFault::Settings(refused.to_string()))?;
        let (journal, thread, raised) =
            opened(&folder, (past.head, past.reread), signer, Arc::clone(&clock))?;
        for event in going_on {
            journal.write(event);
        }
        let (state, _) = watch::channel(State { gate: past.gate, off: past.off });
        let gateway = Gateway {
            _lock: lock,
            registry: Registry::new(issuer, clock().unwrap_or(Timestamp::UNIX_EPOCH)),
            settings,
            address,
            upstream,
            tls,
            journal,
            proofs: Proofs::new(folder.join(journal::FILE)),
            asked: Asked::default(),
            developer,
            issuer,
            escrow,
            policy,
            verifier,
            signing,
            supplied,
            hasher,
            state,
            book: Mutex::new((past.book, past.followed)),
            overruns: Mutex::new(past.overruns),
            raised,
            turning: tokio::sync::Mutex::default(),
            outside: Outside { clock, chance },
        };
        Ok((Arc::new(gateway), thread))
    }

    /// The key that whoever keeps a checkpoint verifies it by (C2SP signed-note).
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The time, if anybody knows it.
    pub(crate) fn now(&self) -> Option<Timestamp> {
        (self.outside.clock)()
    }

    /// 32 random bytes.
    pub(crate) fn secret(&self) -> [u8; 32] {
        (self.outside.chance)()
    }

    /// A random id.
    pub(crate) fn random(&self) -> Uuid {
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(self.secret()).for_each(|(byte, random)| *byte = random);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// What decides, for one who looks on.
    pub(crate) fn watch(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// Who is cut off.
    pub(crate) fn cut(&self) -> Arc<Cut> {
        Arc::clone(self.state.borrow().off.all())
    }

    /// Whether a request may pass now.
    pub(crate) fn passes(&self) -> Result<(), Closed> {
        self.under(|_| ()).map(|((), _)| ())
    }

    /// Does something with the scope that is in force, and tells the lease that it is from. Nobody
    /// changes the gate meanwhile, so it is not to take long.
    pub(crate) fn under<T>(&self, what: impl FnOnce(&Scope) -> T) -> Result<(T, u64), Closed> {
        let state = self.state.borrow();
        let passage = state.gate.admits(self.now())?;
        if self.supplied.as_ref().is_some_and(|supplied| !supplied.is_under(passage.seq)) {
            return Err(Closed::NoUpstreamKey);
        }
        Ok((what(passage.scope), passage.seq))
    }

    /// Takes a lease that this key signed: it is in force when it is durable, and so is the key for
    /// the provider that it brings, in the place of the last one.
    pub(crate) async fn lease(&self, leased: Leased) -> Result<Result<(), Untaken>, JournalFault> {
        let _turn = self.turning.lock().await;
        if self.journal.is_stuck() {
            return Err(JournalFault::Stuck);
        }
        let Leased { lease, upstream_key } = leased;
        let held = match (&self.supplied, upstream_key) {
            (None, None) | (Some(_), None) => Ok(None),
            (None, Some(_)) => Err(Unsupplied::NotWanted),
            (Some(supplied), Some(key)) => supplied.open(&lease, &key, self.secret()).map(Some),
        };
        let mut held = match held {
            Ok(held) => held,
            Err(why) => return Ok(Err(why.into())),
        };
        let signer = replay::signer(self.developer);
        let gate = match self.state.borrow().gate.take(lease, &signer, self.now()) {
            Ok(gate) => gate,
            Err(closed) => return Ok(Err(closed.into())),
        };
        let event = Event::Gate { why: Turn::Leased, gate: Box::new(gate.clone()) };
        self.journal.write(event).durable().await?;
        // A withdrawal that came meanwhile stays.
        self.state.send_if_modified(|state| {
            let stays = state.gate.outlasts(&gate);
            if !stays {
                state.gate = gate;
                self.supplied.iter().for_each(|supplied| supplied.hold(held.take()));
            }
            !stays
        });
        Ok(Ok(()))
    }

    /// The developer withdraws: in force at once, and then durable.
    pub(crate) async fn withdraw(&self) -> Result<(), JournalFault> {
        self.state.send_modify(|state| {
            state.gate = state.gate.withdraw();
            self.supplied.iter().for_each(|supplied| supplied.wipe());
        });
        // A lease that is being written comes before it in the journal.
        let _turn = self.turning.lock().await;
        let gate = Box::new(self.state.borrow().gate.clone());
        self.journal.write(Event::Gate { why: Turn::Withdrawn, gate }).durable().await
    }

    /// Cuts somebody off: in force at once, and then durable.
    pub(crate) async fn cut_off(&self, who: CutOff) -> Result<(), JournalFault> {
        self.state.send_modify(|state| state.off.cut(who));
        self.journal.write(Event::Cut { who }).durable().await
    }

    /// Takes the clearinghouse's list of who is stopped: in force at once, and then durable.
    pub(crate) async fn stops(&self, list: Stops) -> Result<(), JournalFault> {
        let now = self.now();
        let mut written = Vec::new();
        self.state.send_if_modified(|state| {
            // Handed in here, so that the journal has the order of the lists.
            let events = state.off.take(list, now);
            written.extend(events.into_iter().map(|event| self.journal.write(event)));
            !written.is_empty()
        });
        for receipt in written {
            receipt.durable().await?;
        }
        Ok(())
    }

    /// Takes a later end that the developer signed, once it was found that the clearinghouse signed
    /// it too: it is in force when it is durable.
    pub(crate) async fn extend(
        &self,
        extension: Extension,
    ) -> Result<Result<(), Unextended>, JournalFault> {
        let _turn = self.turning.lock().await;
        let signer = replay::signer(self.developer);
        let gate = match self.state.borrow().gate.extend(&extension, &signer, self.now()) {
            Ok(gate) => gate,
            // Said again by somebody who does not know that it was heard.
            Err(Unextended::Known) => return Ok(Ok(())),
            Err(why) => return Ok(Err(why)),
        };
        let event = Event::Gate { why: Turn::Extended, gate: Box::new(gate.clone()) };
        self.journal.write(event).durable().await?;
        // A withdrawal that came meanwhile stays, and so does a clock that was lost.
        self.state.send_if_modified(|state| {
            let next = state.gate.extend(&extension, &signer, self.now());
            next.map(|gate| state.gate = gate).is_ok()
        });
        Ok(Ok(()))
    }

    /// Takes the clearinghouse's list of who may use how much: in force at once, and then durable.
    pub(crate) async fn quotas(
        &self,
        list: &Quotas,
    ) -> Result<Result<(), Unfollowed>, JournalFault> {
        let Some(ceiling) = self.settings.follow.ceiling() else {
            return Ok(Err(Unfollowed::NotAllowed));
        };
        let named = self.settings.quota.iter().filter_map(|quota| quota.party).collect();
        let now = self.now();
        let written: Vec<Receipt> = {
            let (book, followed) = &mut *self.book();
            match followed.take(list, (&ceiling, &named), book, now) {
                // Handed in here, so that the journal has the order of the book.
                Ok(events) => events.into_iter().map(|event| self.journal.write(event)).collect(),
                Err(why) => return Ok(Err(why)),
            }
        };
        for receipt in written {
            receipt.durable().await?;
        }
        Ok(Ok(()))
    }

    /// Looks at the clock for as long as the gateway lives: streams end when a lease does, the gate
    /// closes when the time goes back, and that the window is over is written down.
    pub(crate) async fn tick(self: Arc<Gateway>) {
        let mut every = tokio::time::interval(TICK);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut was_open = false;
        let mut was_over = self.state.borrow().gate.is_over(Timestamp::MIN);
        loop {
            every.tick().await;
            let now = self.now();
            let lost = self.state.borrow().gate.loses_time(now);
            let mut gate = None;
            self.state.send_if_modified(|state| {
                state.gate = state.gate.observe(now);
                let is_open = state.gate.admits(now).is_ok();
                if !is_open {
                    self.supplied.iter().for_each(|supplied| supplied.wipe());
                }
                gate = lost.then(|| Box::new(state.gate.clone()));
                std::mem::replace(&mut was_open, is_open) != is_open
            });
            if let Some(gate) = gate {
                self.journal.write(Event::Gate { why: Turn::LostTime, gate });
            }
            let gate = self.state.borrow().gate.clone();
            let is_over = gate.is_over(Timestamp::MIN);
            if is_over && !was_over && !gate.is_withdrawn() {
                self.journal.write(Event::Gate { why: Turn::Over, gate: Box::new(gate) });
            }
            was_over = is_over;
            self.journal.rest();
        }
    }

    /// Sets aside what a request could use at most, and hands in what is written of it. Both are
    /// one step, so that the journal has the order of the book.
    pub(crate) fn reserve(
        &self,
        (person, party): (PersonId, PartyId),
        amount: Amount,
        intent: impl FnOnce(Entry) -> Event,
    ) -> Result<(Ticket, Receipt), Refused> {
        let (book, _) = &mut *self.book();
        let window = Holder::Window(self.settings.window.id);
        let named = [Holder::Person(person), window];
        let named = named.into_iter().filter(|holder| book.account(holder).is_some());
        let holders: Vec<Holder> = named.chain([Holder::Party(party)]).collect();
        let (ticket, entry) = book.reserve(&holders, amount)?;
        Ok((ticket, self.journal.write(intent(entry))))
    }

    /// Takes what was used from what was set aside, and hands in what is written of it, as one
    /// step.
    pub(crate) fn settle(
        &self,
        ticket: Ticket,
        actual: Amount,
        outcome: impl FnOnce(Entry, Option<Amount>) -> Event,
    ) {
        let (book, _) = &mut *self.book();
        if let Ok((settled, entry)) = book.settle(ticket, actual) {
            let overrun = match settled {
                Settled::Within => None,
                Settled::Overrun { by } => Some(by),
            };
            if let Some(by) = &overrun {
                tracing::warn!(?by, "the provider counted more than was set aside");
                let mut overruns = self.overruns.lock().unwrap_or_else(PoisonError::into_inner);
                overruns.count(overrun.as_ref());
            }
            self.journal.note(outcome(entry, overrun));
        }
    }

    /// For which requests the provider counted more than was set aside.
    pub(crate) fn overruns(&self) -> Overruns {
        *self.overruns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who used more than is usual for them.
    pub(crate) fn alarms(&self) -> Alarms {
        self.raised.alarms()
    }

    /// The key to which a developer encrypts the provider's for the next lease, signed, where it is
    /// supplied so.
    pub(crate) fn sealing(&self) -> Option<Envelope> {
        let to = self.supplied.as_ref()?.recipient();
        let word = Sealing { window: self.settings.window.id, to };
        let mut envelope = Envelope::new(SEALING, serde_json::to_vec(&word).ok()?);
        envelope.sign(&self.signing);
        Some(envelope)
    }

    /// Writes a refusal down, behind whoever is refused.
    pub(crate) fn refused(&self, by: By, endpoint: Option<Endpoint>, why: Why) {
        self.journal.note(Event::Refused { by, endpoint, why });
    }

    /// Writes down that somebody was told something by the gateway itself.
    pub(crate) fn told(&self, by: By, endpoint: Endpoint) {
        self.journal.note(Event::Told { by, endpoint });
    }

    fn book(&self) -> MutexGuard<'_, (Book, Followed)> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The protocol of a determination, with what shows that it was sealed before the runs.

use super::{Refused, hash};
use crate::evaluation::sealing::{self, Plans};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::docket::Draft;
use seawall_domain::evaluation::protocol::{FIELDS, Protocol};
use seawall_domain::evaluation::run::{Gaps, Run, Unplaced};
use seawall_domain::evaluation::token::{self, Book, Claim, Decided, Reason};
use seawall_domain::id::RunId;
use seawall_domain::time::Timestamp;
use seawall_formats::determination::{Named, Signed};
use seawall_formats::fault::FormatFault;
use seawall_ledger::canonical::{canonical, read_canonical};
use seawall_ledger::commitment::Record;
use seawall_ledger::sign::{Signature, SigningKey, VerifyingKey};
use seawall_ledger::token::TokenKey;
use seawall_ledger::{Fault, Hash, dsse};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a book of tokens says of itself.
pub const TOKENS_SCHEMA: &str = "seawall/tokens/v1";

/// The type under which a commitment is signed.
const COMMITMENT: &str = "application/vnd.seawall.commitment+json";

/// How many people sign a commitment, at least.
pub const SIGNATURES_MIN: usize = 2;

/// The most signatures of one commitment.
const SIGNATURES_MAX: usize = 64;

const WHAT: &str = "commitment";
const TOKENS: &str = "book of tokens";

/// A commitment as it is published: what was committed to, and who signed it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Root, number of leaves, keys that are to sign, time.
    pub record: Record,
    /// The signatures.
    pub signatures: Vec<Signed>,
}

impl Published {
    /// A commitment that nobody has signed yet: the same by files and from a docket.
    pub fn of(draft: &Draft, at: Timestamp) -> Published {
        let signers: Vec<String> = draft.signers.iter().map(Digest::to_string).collect();
        let at_seconds = u64::try_from(at.as_second()).unwrap_or_default();
        let root = Hash(*draft.root.bytes());
        let record = Record::of(root, FIELDS.len(), &signers, at_seconds);
        Published { record, signatures: Vec::new() }
    }

    /// Reads a published commitment. Each of its signatures must hold, and be by a key that is to
    /// sign, each once.
    pub fn read(bytes: &[u8]) -> Result<Published, Fault> {
        let refuse = |why: &str| Fault::Unreadable { what: WHAT, why: why.to_owned() };
        let published: Published = serde_json::from_value(read_canonical(bytes)?)
            .map_err(|_| refuse("a field is missing or not known"))?;
        // Its own reader is stricter than the tree.
        Record::parse(&published.record.to_bytes()?)?;
        if published.signatures.len() > SIGNATURES_MAX {
            return Err(refuse("it has too many signatures"));
        }
        if published.signed_by()?.len() != published.signatures.len() {
            return Err(refuse("one key signed twice"));
        }
        Ok(published)
    }

    /// The bytes of the file: canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Fault> {
        canonical(&tree(self)?)
    }

    /// Adds a signature by a key that is to sign; a second one by it changes nothing.
    pub fn sign(&self, key: &SigningKey) -> Result<Published, Fault> {
        let mut signed = self.clone();
        let digest = key.public().digest_hex();
        if !self.record.signers.contains(&digest) {
            let why = "the protocol does not name this key as a signer".to_owned();
            return Err(Fault::Impossible { what: WHAT, why });
        }
        let signature = self.signature(key)?;
        if !signed.signatures.contains(&signature) {
            signed.signatures.push(signature);
        }
        Ok(signed)
    }

    /// A signature over it. Whether the key is one that is to sign is not looked at here.
    pub fn signature(&self, key: &SigningKey) -> Result<Signed, Fault> {
        let signature = key.sign(&self.signed_bytes()?);
        let signature = signature.0.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Signed { key: key.public().to_string(), signature })
    }

    /// The root of the commitment.
    pub fn root(&self) -> Result<Digest, Fault> {
        Ok(Digest::new(self.record.root()?.0))
    }

    /// When it was committed to.
    pub fn at(&self) -> Result<Timestamp, Fault> {
        let seconds = self.record.at_seconds.parse().ok();
        let at = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let why = "its time is none".to_owned();
        at.ok_or(Fault::Unreadable { what: WHAT, why })
    }

    /// The keys whose signatures hold, by their digests.
    pub fn signed_by(&self) -> Result<BTreeSet<Digest>, Fault> {
        let message = self.signed_bytes()?;
        let mut keys = BTreeSet::new();
        for signed in &self.signatures {
            let key = holds(signed, &message)?;
            let digest = key.digest_hex();
            if !self.record.signers.contains(&digest) {
                let why = "a key signed that is not to sign".to_owned();
                return Err(Fault::Unproven { what: WHAT, why });
            }
            keys.extend(digest.parse::<Digest>());
        }
        Ok(keys)
    }

    fn signed_bytes(&self) -> Result<Vec<u8>, Fault> {
        Ok(dsse::pae(COMMITMENT, &self.record.to_bytes()?))
    }
}

/// Holds a signature against what it is to cover; gives the key.
pub(super) fn holds(signed: &Signed, message: &[u8]) -> Result<VerifyingKey, Fault> {
    let key: VerifyingKey = signed.key.parse()?;
    let bytes: Option<Vec<u8>> = (0..signed.signature.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(signed.signature.get(at..at + 2)?, 16).ok())
        .collect();
    let spelled = bytes.filter(|bytes| {
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        text == signed.signature
    });
    let why = "a signature is not in hexadecimal digits".to_owned();
    let bytes = spelled.ok_or(Fault::Unreadable { what: WHAT, why })?;
    key.verify(message, &Signature::from_slice(&bytes)?)?;
    Ok(key)
}

/// Where a determination's protocol comes from.
#[derive(Debug)]
pub enum Source {
    /// It was committed to, and opened.
    Sealed(Protocol, Box<Sealed>),
    /// It is a plain file: what comes out is a rehearsal.
    Plain(Protocol, Digest),
}

/// What shows that a protocol was sealed.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The root of its commitment.
    pub root: Digest,
    /// When it was committed to.
    pub at: Timestamp,
    /// The keys that signed it.
    pub signed_by: BTreeSet<Digest>,
    /// The files that show it, each by its SHA-256.
    pub inputs: BTreeMap<String, Digest>,
    /// What its runs must look like.
    pub plans: Plans,
    /// The tokens that were given out under it.
    pub book: Book,
}

impl Source {
    /// A protocol that was committed to: from its opening, what was published, and the tokens.
    pub fn sealed(opening: &[u8], published: &[u8], book: Book) -> Result<Source, Fault> {
        let commitment = Published::read(published)?;
        let (protocol, plans) = sealing::replanned(opening, commitment.root()?)?;
        let inputs = [("opening", opening), ("commitment", published)];
        let inputs = inputs.map(|(name, bytes)| (name.to_owned(), hash(bytes)));
        let sealed = Sealed {
            root: commitment.root()?,
            at: commitment.at()?,
            signed_by: commitment.signed_by()?,
            inputs: inputs.into(),
            plans,
            book,
        };
        if sealed.signed_by.len() < SIGNATURES_MIN {
            let why = "two of the keys that the protocol names must have signed it".to_owned();
            return Err(Fault::Unproven { what: WHAT, why });
        }
        Ok(Source::Sealed(protocol, Box::new(sealed)))
    }

    /// A plain protocol.
    pub fn plain(bytes: &[u8]) -> Result<Source, FormatFault> {
        Ok(Source::Plain(seawall_formats::protocol::read(bytes)?, hash(bytes)))
    }

    /// The protocol.
    pub fn protocol(&self) -> &Protocol {
        match self {
            Source::Sealed(protocol, _) | Source::Plain(protocol, _) => protocol,
        }
    }

    pub(super) fn sealed_by(&self) -> Option<&Sealed> {
        match self {
            Source::Sealed(_, sealed) => Some(sealed),
            Source::Plain(..) => None,
        }
    }

    pub(super) fn inputs(&self) -> BTreeMap<String, Digest> {
        match self {
            Source::Sealed(_, sealed) => sealed.inputs.clone(),
            Source::Plain(_, digest) => BTreeMap::from([("protocol".to_owned(), *digest)]),
        }
    }

    pub(super) fn named(&self, program: Digest) -> Named {
        let sealed = self.sealed_by();
        Named {
            root: sealed.map(|sealed| sealed.root),
            sealed_at: sealed.map(|sealed| sealed.at),
            signed_by: sealed.map(|sealed| sealed.signed_by.clone()).unwrap_or_default(),
            program_as_sealed: self.protocol().terms().analyser == program,
        }
    }
}

impl Sealed {
    /// The tokens must be those of this protocol, and no other.
    pub(super) fn fits(&self, protocol: &Protocol) -> Result<(), Refused> {
        let same = self.book.root() == self.root
            && self.plans.has(self.book.plan())
            && self.book.sealed_at() == self.at
            && self.book.until() == protocol.terms().validity.until;
        if same { Ok(()) } else { Err(Unplaced::OtherBook.into()) }
    }
}

/// The book of tokens. By files it holds the key that they are made with, and is secret; a docket
/// gives its book out without the key, and gives out the tokens itself.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenBook {
    schema: String,
    key: Option<Digest>,
    book: Book,
}

impl fmt::Debug for TokenBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenBook({} tokens)", self.book.entries().len())
    }
}

impl TokenBook {
    /// Opens the book of a protocol that was just committed to.
    pub fn open(draft: &Draft, published: &Published, key: [u8; 32]) -> Result<TokenBook, Fault> {
        let book = Book::open(published.root()?, draft.plan, published.at()?, draft.until);
        Ok(TokenBook { schema: TOKENS_SCHEMA.to_owned(), key: Some(Digest::new(key)), book })
    }

    /// A docket's book, as it is given out.
    pub fn of_docket(book: Book) -> TokenBook {
        TokenBook { schema: TOKENS_SCHEMA.to_owned(), key: None, book }
    }

    /// Reads a book. Every token in it must be one that its key makes, where it has the key.
    pub fn read(bytes: &[u8]) -> Result<TokenBook, Fault> {
        let refuse = |why: &str| Fault::Unreadable { what: TOKENS, why: why.to_owned() };
        let tree =
            read_canonical(bytes).map_err(|_| refuse("it is not JSON in its one spelling"))?;
        let read: TokenBook =
            serde_json::from_value(tree).map_err(|_| refuse("a field is missing or not known"))?;
        if read.schema != TOKENS_SCHEMA {
            return Err(refuse("this edition reads another one"));
        }
        if read.to_bytes()? != bytes {
            return Err(refuse("it is not in its one spelling"));
        }
        for entry in read.book.entries().iter().filter(|_| read.key.is_some()) {
            if read.token(entry.run)?.1 != entry.token {
                let why = "a token in it was not made with its key".to_owned();
                return Err(Fault::Unproven { what: TOKENS, why });
            }
        }
        Ok(read)
    }

    /// The bytes of the file: canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Fault> {
        canonical(&tree(self)?)
    }

    /// The book.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Whether the book has the key, so that its tokens were held against it.
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Whether the book is that of this commitment, and two people signed it.
    pub fn serves(&self, published: &Published) -> Result<(), Fault> {
        let unproven = |why: &str| Fault::Unproven { what: WHAT, why: why.to_owned() };
        if self.book.root() != published.root()? || self.book.sealed_at() != published.at()? {
            return Err(unproven("the book of tokens is that of another one"));
        }
        match published.signed_by()?.len() >= SIGNATURES_MIN {
            true => Ok(()),
            false => Err(unproven("two of the keys that it names must sign it first")),
        }
    }

    /// Gives out a token for a run: the text that the log is to carry.
    pub fn issue(&self, run: RunId, now: Timestamp) -> Result<(TokenBook, String), Issuing> {
        let (text, digest) = self.token(run)?;
        Ok((self.with(self.book.issue(run, digest, now))?, text))
    }

    /// Says what became of a run that does not count: with its log, or without one.
    pub fn explain(
        &self,
        run: RunId,
        log: Option<Digest>,
        why: Reason,
        now: Timestamp,
    ) -> Result<TokenBook, Issuing> {
        self.own()?;
        let Some(log) = log else {
            return self.with(self.book.abandon(run, why, now));
        };
        let entry = self.book.entries().iter().find(|entry| entry.run == run);
        let entry = entry.ok_or(token::Refused::NotNow)?;
        let claim = Claim { token: entry.token, created: entry.issued_at, log };
        let taken = self.with(self.book.take(&claim, now))?;
        taken.with(taken.book.fail(run, why, now))
    }

    /// Takes a log back, so that the next token can be given out: its run counts from now on, and
    /// no determination can leave it out. A log that cannot serve is explained instead.
    pub fn take_back(&self, run: &Run, now: Timestamp) -> Result<TokenBook, Issuing> {
        self.own()?;
        let claim = claim(run)?;
        let entry = self.book.entries().iter().find(|entry| entry.token == claim.token);
        let of = entry.ok_or(token::Refused::NoToken)?.run;
        let taken = self.with(self.book.take(&claim, now))?;
        taken.with(taken.book.complete(of, now))
    }

    /// The book after a determination.
    pub fn returned(&self, book: Book) -> TokenBook {
        TokenBook { book, ..self.clone() }
    }

    /// Whether it may be changed here: a docket changes its own.
    fn own(&self) -> Result<(), Issuing> {
        self.key.map(drop).ok_or(Issuing::Docket)
    }

    fn with(&self, decided: Decided) -> Result<TokenBook, Issuing> {
        Ok(self.returned(decided?.0))
    }

    fn token(&self, run: RunId) -> Result<(String, Digest), Fault> {
        let why = "its docket has the key, and gives out the tokens itself".to_owned();
        let key = self.key.ok_or(Fault::Impossible { what: TOKENS, why })?;
        sealing::token(&TokenKey::new(*key.bytes()), self.book.root(), run, self.book.plan())
    }
}

/// What a log says of the run it is from, so that it can be taken back by files or by a docket. A
/// log that cannot serve a determination says nothing.
pub fn claim(run: &Run) -> Result<Claim, Issuing> {
    if !run.flaws(Gaps::Counted).is_empty() {
        return Err(Issuing::Log);
    }
    let token = run.token.ok_or(token::Refused::NoToken)?;
    let created = run.created.ok_or(token::Refused::EarlyRun)?;
    Ok(Claim { token, created, log: run.log })
}

/// Why a book of tokens went no further.
#[derive(Debug, thiserror::Error)]
pub enum Issuing {
    /// By its rules.
    #[error(transparent)]
    Rules(#[from] token::Refused),
    /// The log cannot serve a determination.
    #[error("cannot take this log back: it cannot serve a determination (`ingest` says why)")]
    Log,
    /// The book is a docket's.
    #[error("cannot change this book: its docket does, so send the step there")]
    Docket,
    /// A token could not be made.
    #[error(transparent)]
    Ledger(#[from] Fault),
}

fn tree(document: &impl Serialize) -> Result<serde_json::Value, Fault> {
    serde_json::to_value(document).map_err(|_| {
        let why = "it cannot be written".to_owned();
        Fault::Impossible { what: WHAT, why }
    })
}

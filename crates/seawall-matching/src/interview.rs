//! Is it exposed? At most ten plain questions, and what the settings of the systems show, lead to
//! the answer that BOD 26-04 asks for (capability C68).
//!
//! Exposed means that anybody can reach the thing over public networks. One open way is enough;
//! "not exposed" needs every way to be shut. Who does not know, or was not asked, counts as
//! exposed, and the answer says that it rests on doubt. It looks at nothing itself: what settings
//! show arrives as [`Hint`]s.

mod words;

use crate::today::Language;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A question that can be answered with yes, no, or "I do not know".
// INVARIANT: they stand in the order in which they are asked.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Whether it is joined to any network.
    Network,
    /// Whether people at home can reach it without a VPN.
    OpenToAll,
    /// Whether it runs at a cloud firm or a web host.
    Cloud,
    /// Whether the rules there let in any address.
    CloudRule,
    /// Whether it has a modem or a line of its own.
    Line,
    /// Whether that line is closed to strangers.
    ClosedLine,
    /// Whether the firewall lets the internet in to it.
    Opening,
    /// Whether somebody outside can run it with a remote help tool, without a VPN.
    RemoteHelp,
    /// Whether guests or other firms share its network.
    Guests,
    /// Whether somebody checked the firewall's rules lately.
    Checked,
}

impl Question {
    /// Every question, in the order in which they are asked.
    pub const ALL: [Question; 10] = [
        Question::Network,
        Question::OpenToAll,
        Question::Cloud,
        Question::CloudRule,
        Question::Line,
        Question::ClosedLine,
        Question::Opening,
        Question::RemoteHelp,
        Question::Guests,
        Question::Checked,
    ];

    /// The question in plain words.
    pub fn text(self, language: Language) -> &'static str {
        words::question(self, language)
    }

    /// The name by which addresses, scripts and documents know it; it never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Question::Network => "network",
            Question::OpenToAll => "open_to_all",
            Question::Cloud => "cloud",
            Question::CloudRule => "cloud_rule",
            Question::Line => "line",
            Question::ClosedLine => "closed_line",
            Question::Opening => "opening",
            Question::RemoteHelp => "remote_help",
            Question::Guests => "guests",
            Question::Checked => "checked",
        }
    }

    /// The question of a name.
    pub fn named(name: &str) -> Option<Self> {
        Question::ALL.into_iter().find(|question| question.name() == name)
    }
}

/// A reply to a question.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Yes.
    Yes,
    /// No.
    No,
    /// The operator does not know.
    #[serde(rename = "unknown")]
    DontKnow,
}

impl Reply {
    /// Every reply.
    pub const ALL: [Reply; 3] = [Reply::Yes, Reply::No, Reply::DontKnow];

    /// The name by which addresses, scripts and documents know it; it never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Reply::Yes => "yes",
            Reply::No => "no",
            Reply::DontKnow => "unknown",
        }
    }

    /// The reply of a name.
    pub fn named(name: &str) -> Option<Self> {
        Reply::ALL.into_iter().find(|reply| reply.name() == name)
    }

    /// The reply as people give it.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Reply::Yes => ["Yes", "Sí"],
            Reply::No => ["No", "No"],
            Reply::DontKnow => ["I do not know", "No lo sé"],
        })
    }
}

/// What the settings of a system, or a look at it, show.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// Somebody reached it from the internet.
    SeenFromInternet,
    /// It has an address on the internet.
    PublicAddress,
    /// A rule of the firewall or router lets any address in to it.
    PortOpenToAll,
    /// The rules of the firewall or router let nobody in to it.
    PortsClosed,
    /// Its settings let people in by VPN only.
    BehindVpn,
    /// A rule of the cloud firm lets any address in to it.
    CloudRuleOpen,
    /// The rules of the cloud firm let only some addresses in to it.
    CloudRuleClosed,
    /// Its modem has an address that everybody can reach.
    LineOpen,
    /// Its modem is on a closed line.
    LineClosed,
    /// It has no network.
    NoNetwork,
}

impl Hint {
    /// Every hint.
    pub const ALL: [Hint; 10] = [
        Hint::SeenFromInternet,
        Hint::PublicAddress,
        Hint::PortOpenToAll,
        Hint::PortsClosed,
        Hint::BehindVpn,
        Hint::CloudRuleOpen,
        Hint::CloudRuleClosed,
        Hint::LineOpen,
        Hint::LineClosed,
        Hint::NoNetwork,
    ];

    /// The replies that it stands for where nobody gave a better one.
    const fn replies(self) -> &'static [(Question, Reply)] {
        match self {
            Hint::SeenFromInternet | Hint::PublicAddress => &[],
            Hint::PortOpenToAll => &[(Question::Opening, Reply::Yes)],
            Hint::PortsClosed => &[(Question::Opening, Reply::No)],
            Hint::BehindVpn => &[(Question::OpenToAll, Reply::No), (Question::Opening, Reply::No)],
            Hint::CloudRuleOpen => {
                &[(Question::Cloud, Reply::Yes), (Question::CloudRule, Reply::Yes)]
            }
            Hint::CloudRuleClosed => {
                &[(Question::Cloud, Reply::Yes), (Question::CloudRule, Reply::No)]
            }
            Hint::LineOpen => &[(Question::Line, Reply::Yes), (Question::ClosedLine, Reply::No)],
            Hint::LineClosed => &[(Question::Line, Reply::Yes), (Question::ClosedLine, Reply::Yes)],
            Hint::NoNetwork => &[(Question::Network, Reply::No)],
        }
    }

    /// Whether it alone shows that anybody can reach the thing.
    const fn is_open(self) -> bool {
        match self {
            Hint::SeenFromInternet | Hint::PortOpenToAll | Hint::CloudRuleOpen | Hint::LineOpen => {
                true
            }
            Hint::PublicAddress
            | Hint::PortsClosed
            | Hint::BehindVpn
            | Hint::CloudRuleClosed
            | Hint::LineClosed
            | Hint::NoNetwork => false,
        }
    }
}

/// Whether anybody can reach the thing.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposed {
    /// Anybody can, or it must be feared.
    Yes,
    /// Nobody can but those who may.
    No,
}

/// How sure the answer is.
// INVARIANT: the surer comes later.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Something is not known or not asked, or what was said and what was shown disagree. It
    /// counts as exposed.
    InDoubt,
    /// It was said, and nobody checked it.
    Likely,
    /// It was shown or checked, or there is no other way to read what was said.
    Certain,
}

/// What an answer rests on.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The settings show it.
    Shown(Hint),
    /// The operator said it.
    Said(Question, Reply),
    /// Nobody was asked yet.
    NotAsked(Question),
}

impl Reason {
    /// The reason in one sentence.
    pub fn text(self, language: Language) -> String {
        words::reason(self, language)
    }
}

/// The answer.
// INVARIANT: what is not exposed is never in doubt.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Verdict {
    /// Whether it is exposed.
    pub exposed: Exposed,
    /// How sure that is.
    pub confidence: Confidence,
    /// What it rests on; never empty.
    pub reasons: Vec<Reason>,
}

impl Verdict {
    /// The answer as the directive's table takes it: nothing when it is in doubt, so that the
    /// table's own default stands there and is shown as a default.
    pub fn known(&self) -> Option<bool> {
        match (self.confidence, self.exposed) {
            (Confidence::InDoubt, _) => None,
            (Confidence::Likely | Confidence::Certain, Exposed::Yes) => Some(true),
            (Confidence::Likely | Confidence::Certain, Exposed::No) => Some(false),
        }
    }

    /// The answer and its reasons, one sentence or two each.
    pub fn sentences(&self, language: Language) -> Vec<String> {
        let first = words::verdict(self.exposed, self.confidence, language).to_owned();
        let reasons = self.reasons.iter().map(|reason| reason.text(language));
        std::iter::once(first).chain(reasons).collect()
    }
}

/// An interview about one thing, as far as it has come.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Interview {
    replies: BTreeMap<Question, Reply>,
    hints: BTreeSet<Hint>,
}

/// What is known of one way in.
enum Way {
    /// Anybody can come in.
    Open(Confidence, Reason),
    /// Nobody can.
    Shut(Reason),
    /// It cannot be told, and asking on does not help.
    Doubt(Reason),
    /// It must be asked.
    Ask(Question),
}

impl Interview {
    /// An interview that starts with what the settings show.
    pub fn new(hints: impl IntoIterator<Item = Hint>) -> Self {
        Interview { replies: BTreeMap::new(), hints: hints.into_iter().collect() }
    }

    /// The interview with one reply more; a later reply to the same question replaces an earlier.
    #[must_use]
    pub fn with(mut self, question: Question, reply: Reply) -> Self {
        self.replies.insert(question, reply);
        self
    }

    /// The next question, or none when no reply could change the answer any more.
    pub fn next(&self) -> Option<Question> {
        let ways = self.ways();
        let settled = |way: &Way| matches!(way, Way::Open(..) | Way::Doubt(_));
        if ways.iter().any(settled) {
            return None;
        }
        let asked = |way: &Way| if let Way::Ask(question) = way { Some(*question) } else { None };
        let open = ways.iter().filter_map(asked).min();
        let sure = self.is_checked() || self.is_apart();
        open.or_else(|| {
            (!sure && self.said(Question::Checked).is_none()).then_some(Question::Checked)
        })
    }

    /// The answer as far as it can be told: what was not asked counts as not known.
    pub fn verdict(&self) -> Verdict {
        let ways = self.ways();
        let mut open: Vec<(Confidence, Reason)> = Vec::new();
        let (mut shut, mut doubt, mut not_asked) = (Vec::new(), Vec::new(), Vec::new());
        for way in ways {
            match way {
                Way::Open(confidence, reason) => open.push((confidence, reason)),
                Way::Shut(reason) => shut.push(reason),
                Way::Doubt(reason) => doubt.push(reason),
                Way::Ask(question) => not_asked.push(Reason::NotAsked(question)),
            }
        }
        let (exposed, confidence, mut reasons) = match open.iter().map(|(c, _)| *c).max() {
            Some(surest) => {
                let reasons = open.into_iter().filter(|(c, _)| *c == surest).map(|(_, r)| r);
                (Exposed::Yes, surest, reasons.collect())
            }
            None if !doubt.is_empty() => (Exposed::Yes, Confidence::InDoubt, doubt),
            None if !not_asked.is_empty() => (Exposed::Yes, Confidence::InDoubt, not_asked),
            None => {
                let sure = self.is_checked() || self.is_apart();
                let checked = self.said(Question::Checked).filter(|_| !self.is_apart());
                shut.extend(checked.map(|reply| Reason::Said(Question::Checked, reply)));
                (Exposed::No, if sure { Confidence::Certain } else { Confidence::Likely }, shut)
            }
        };
        reasons.sort();
        reasons.dedup();
        Verdict { exposed, confidence, reasons }
    }

    /// The operator's reply to a question.
    fn said(&self, question: Question) -> Option<Reply> {
        self.replies.get(&question).copied()
    }

    /// The hint that gives a reply to a question.
    fn shown(&self, question: Question, reply: Reply) -> Option<Hint> {
        self.hints.iter().copied().find(|hint| hint.replies().contains(&(question, reply)))
    }

    /// The reply that counts: the operator's yes or no, otherwise what the settings show.
    fn reply(&self, question: Question) -> Option<(Reply, Reason)> {
        let said = self.said(question).map(|reply| (reply, Reason::Said(question, reply)));
        let shown = [Reply::Yes, Reply::No]
            .into_iter()
            .find_map(|reply| self.shown(question, reply).map(|hint| (reply, Reason::Shown(hint))));
        match said {
            Some((Reply::Yes | Reply::No, _)) => said,
            Some((Reply::DontKnow, _)) | None => shown.or(said),
        }
    }

    /// Whether it stands apart from every network.
    fn is_apart(&self) -> bool {
        self.reply(Question::Network).is_some_and(|(reply, _)| reply == Reply::No)
    }

    /// Whether what was said was checked: by a person, or by the rules themselves, in the cloud
    /// by those of the cloud.
    fn is_checked(&self) -> bool {
        let rules = match self.reply(Question::Cloud) {
            Some((Reply::Yes, _)) => &[Hint::CloudRuleClosed][..],
            Some((Reply::No, _)) => &[Hint::PortsClosed, Hint::BehindVpn],
            Some((Reply::DontKnow, _)) | None => &[],
        };
        self.said(Question::Checked) == Some(Reply::Yes)
            || rules.iter().any(|hint| self.hints.contains(hint))
    }

    /// Every way in, as far as it is known. Ways that cannot exist are not among them.
    fn ways(&self) -> Vec<Way> {
        let open = self.hints.iter().filter(|hint| hint.is_open());
        let mut ways: Vec<Way> =
            open.map(|hint| Way::Open(Confidence::Certain, Reason::Shown(*hint))).collect();
        if !ways.is_empty() {
            return ways;
        }
        if self.is_apart() {
            return vec![self.apart()];
        }
        // What settings show of a network, they show of a thing that is on one.
        if self.hints.is_empty() && self.reply(Question::Network).is_none() {
            ways.push(Way::Ask(Question::Network));
        }
        let cloud = self.reply(Question::Cloud).map(|(reply, _)| reply);
        ways.push(self.open_to_all());
        ways.push(match cloud {
            None => Way::Ask(Question::Cloud),
            Some(Reply::No) => Way::Shut(Reason::Said(Question::Cloud, Reply::No)),
            Some(Reply::Yes | Reply::DontKnow) => self.asked(Question::CloudRule),
        });
        // A thing in the cloud has no modem, no firewall of the house and no guests beside it.
        if cloud != Some(Reply::Yes) {
            ways.push(self.line());
            ways.push(self.asked(Question::Opening));
            ways.push(self.asked(Question::Guests));
        }
        ways.push(self.asked(Question::RemoteHelp));
        ways.extend(self.public_address());
        ways
    }

    /// A thing without a network; where its settings show one all the same, that is in doubt.
    fn apart(&self) -> Way {
        let network = self.hints.iter().find(|hint| **hint != Hint::NoNetwork);
        match (network, self.reply(Question::Network)) {
            (Some(hint), _) => Way::Doubt(Reason::Shown(*hint)),
            (None, Some((_, reason))) => Way::Shut(reason),
            (None, None) => Way::Ask(Question::Network),
        }
    }

    /// Whether people at home reach it. Who does not know may know that the firewall, or the rule
    /// in the cloud, lets nobody in, and then they do not.
    fn open_to_all(&self) -> Way {
        let wall = match self.reply(Question::Cloud) {
            Some((Reply::Yes, _)) => Question::CloudRule,
            Some((Reply::No | Reply::DontKnow, _)) | None => Question::Opening,
        };
        match (self.asked(Question::OpenToAll), self.reply(wall)) {
            (Way::Doubt(_), Some((Reply::No, reason))) => Way::Shut(reason),
            (Way::Doubt(_), None) if self.reply(Question::Cloud).is_none() => {
                Way::Ask(Question::Cloud)
            }
            (Way::Doubt(_), None) => Way::Ask(wall),
            (way, _) => way,
        }
    }

    /// Whether its own line is open to strangers.
    fn line(&self) -> Way {
        match self.reply(Question::Line) {
            None => Way::Ask(Question::Line),
            Some((Reply::No, reason)) => Way::Shut(reason),
            Some((Reply::Yes | Reply::DontKnow, _)) => match self.reply(Question::ClosedLine) {
                None => Way::Ask(Question::ClosedLine),
                Some((Reply::Yes, reason)) => Way::Shut(reason),
                Some((Reply::No, reason)) => match self.shown(Question::ClosedLine, Reply::Yes) {
                    Some(_) => Way::Open(Confidence::InDoubt, reason),
                    None => Way::Open(Confidence::Likely, reason),
                },
                Some((Reply::DontKnow, reason)) => Way::Doubt(reason),
            },
        }
    }

    /// A way that is open when the reply is yes.
    fn asked(&self, question: Question) -> Way {
        match self.reply(question) {
            None => Way::Ask(question),
            Some((Reply::No, reason)) => Way::Shut(reason),
            Some((Reply::DontKnow, reason)) => Way::Doubt(reason),
            // The operator says that it is open and the settings show that it is shut.
            Some((Reply::Yes, reason)) if self.shown(question, Reply::No).is_some() => {
                Way::Open(Confidence::InDoubt, reason)
            }
            Some((Reply::Yes, reason)) => Way::Open(confidence(question), reason),
        }
    }

    /// An address on the internet is a way in unless a firewall or a rule in the cloud stands
    /// before it.
    fn public_address(&self) -> Option<Way> {
        let hint = self.hints.get(&Hint::PublicAddress)?;
        let reply = |question| self.reply(question).map(|(reply, _)| reply);
        let wall = match reply(Question::Cloud) {
            None => return None,
            Some(Reply::Yes) => reply(Question::CloudRule),
            Some(Reply::No | Reply::DontKnow) => reply(Question::Opening),
        };
        match wall {
            Some(Reply::DontKnow) => Some(Way::Open(Confidence::Likely, Reason::Shown(*hint))),
            // Asked for anyway, or said to be open or shut by the way that it belongs to.
            Some(Reply::Yes | Reply::No) | None => None,
        }
    }
}

/// How sure it is that a way is open when the operator says so.
const fn confidence(question: Question) -> Confidence {
    match question {
        Question::OpenToAll | Question::CloudRule | Question::Opening => Confidence::Certain,
        Question::Network
        | Question::Cloud
        | Question::Line
        | Question::ClosedLine
        | Question::RemoteHelp
        | Question::Guests
        | Question::Checked => Confidence::Likely,
    }
}

#[cfg(test)]
mod tests;

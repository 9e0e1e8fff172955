//! What a maintainer asks for, in lines of their own words.
//!
//! A command stands at the beginning of a line, in any case, maybe after a greeting's dash. Quoted
//! text, fenced code, the signature, and everything below "Original Message" are not theirs to ask.
//! When in doubt a line is no command: a person reads the mail too, and a wrong `fixed in` would be
//! found by running the release, but a wrong `pause` would stop the work.

use seawall_domain::package::Version;

/// The most commands of one mail.
pub const COMMANDS_LEN_MAX: usize = 16;

/// The longest reason that is kept, in characters.
const REASON_LEN_MAX: usize = 500;

/// The longest version, in bytes.
const VERSION_BYTES_MAX: usize = 64;

/// One thing that a maintainer asks for or says.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Command {
    /// The flaw is fixed in a release.
    FixedIn(Version),
    /// Fewer reports at a time.
    SlowDown,
    /// No more reports for now.
    Pause,
    /// The reproducer is wanted.
    SendReproducer,
    /// The report is taken on.
    Accept,
    /// It is no flaw, or will not be fixed; the reason in their words, maybe empty.
    Decline(String),
}

/// The commands of a mail's plain text, in order, each once.
pub fn commands(body: &str) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    let mut fenced = false;
    let mut lines = body.lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim_end_matches('\r');
        let next = lines.peek().copied().unwrap_or_default();
        if line == "-- " || line == "--" || begins_original(line, next) {
            break;
        }
        let text = line.trim();
        if text.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced || text.starts_with(['>', '|', '<']) {
            continue;
        }
        if let Some(command) = command(text)
            && !commands.contains(&command)
            && commands.len() < COMMANDS_LEN_MAX
        {
            commands.push(command);
        }
    }
    commands
}

/// Whether everything from here on is the mail that is answered, quoted without marks.
fn begins_original(line: &str, next: &str) -> bool {
    let lower = line.trim().to_lowercase();
    let ruled = lower.starts_with("-----") && lower.ends_with("-----");
    let named = ["original message", "ursprüngliche nachricht", "forwarded message"];
    let header = |text: &str, names: &[&str]| {
        let text = text.trim().trim_start_matches('*').to_lowercase();
        names.iter().any(|name| text.starts_with(name))
    };
    (ruled && named.iter().any(|name| lower.contains(name)))
        || (lower.len() >= 10 && lower.bytes().all(|b| b == b'_'))
        || (header(line, &["from:", "von:"])
            && header(next, &["sent:", "date:", "to:", "gesendet:", "datum:", "an:"]))
}

/// The command of one line.
fn command(line: &str) -> Option<Command> {
    let line = line.strip_prefix(['-', '*', '•']).unwrap_or(line).trim_start();
    // Lower-casing ASCII only keeps every byte where it was, so the rest can be cut from `line`.
    let lower = line.to_ascii_lowercase();
    let scan = Scan { line, lower: &lower, at: 0 };
    fixed_in(scan)
        .or_else(|| decline(scan))
        .or_else(|| send_reproducer(scan))
        .or_else(|| slow_down_or_pause(scan))
        .or_else(|| accept(scan))
}

#[derive(Clone, Copy)]
struct Scan<'a> {
    line: &'a str,
    lower: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    /// What is left, in the writer's own case.
    fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn rest_lower(&self) -> &'a str {
        self.lower.get(self.at..).unwrap_or_default()
    }

    /// Goes past one of the phrases, whole words only, and the blanks after it.
    fn past(self, phrases: &[&str]) -> Option<Scan<'a>> {
        let rest = self.rest_lower();
        let phrase = phrases.iter().find(|phrase| {
            let after = rest.strip_prefix(**phrase);
            after.is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '-'))
        })?;
        let after = rest.get(phrase.len()..).unwrap_or_default();
        let blanks = after.len() - after.trim_start().len();
        Some(Scan { at: self.at + phrase.len() + blanks, ..self })
    }

    fn maybe(self, phrases: &[&str]) -> Scan<'a> {
        self.past(phrases).unwrap_or(self)
    }

    /// Nothing is left but the end of a sentence, or thanks.
    fn ends(&self) -> bool {
        let rest = self.rest_lower().trim_start_matches([',', '.', '!', ';', ' ']);
        let polite = ["please", "thanks", "thank you", "for now", "thx"];
        let rest = polite.iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
        rest.trim_matches(['.', '!', ' ', ')', ':']).is_empty()
    }
}

/// `fixed in 0.4.2`, `this is fixed in version 0.4.2, thanks`.
fn fixed_in(scan: Scan<'_>) -> Option<Command> {
    let scan = scan
        .maybe(&["this", "it", "that"])
        .maybe(&["it's", "is", "was", "has been", "got"])
        .maybe(&["now", "already"]);
    let scan = scan.past(&["fixed in", "fixed with", "fix released in", "fix is in"])?;
    let worded = scan.maybe(&["version", "release", "our release"]);
    let token = worded.rest().split_whitespace().next().unwrap_or_default();
    let after = worded.rest_lower().get(token.len()..).unwrap_or_default();
    let bare = token.trim_matches(['`', '"', '\'', '(', ')', ',', ';', '!', '*', ':']);
    let bare = bare.trim_end_matches('.');
    let marked = worded.at != scan.at || bare.starts_with(['v', 'V']);
    let bare = bare.strip_prefix(['v', 'V']).unwrap_or(bare);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".+:~_-!".contains(&b);
    let version = bare.starts_with(|c: char| c.is_ascii_digit())
        && bare.len() <= VERSION_BYTES_MAX
        && bare.bytes().all(plain)
        && (marked || bare.contains('.'));
    let doubtful = [
        "not",
        "maybe",
        "probably",
        "partially",
        "partly",
        "planned",
        "soon",
        "will",
        "expected",
        "hours",
        "days",
        "weeks",
        "months",
        "day",
        "week",
        "month",
    ];
    let mut words = after.split(|c: char| !c.is_alphanumeric());
    let doubt = words.any(|word| doubtful.contains(&word)) || worded.rest().contains('?');
    (version && !doubt).then(|| Command::FixedIn(Version::from(bare)))
}

/// `not a bug: that is documented`, `won't fix`, `declined - no`.
fn decline(scan: Scan<'_>) -> Option<Command> {
    let scan = scan.maybe(&["this is", "that is", "it is", "it's", "that's", "we", "i"]);
    let scan = scan.past(&[
        "not a bug",
        "not a vulnerability",
        "not a security issue",
        "not a security bug",
        "won't fix",
        "won’t fix",
        "wontfix",
        "will not fix",
        "decline",
        "declined",
        "invalid",
    ])?;
    let rest = scan.rest();
    if rest.contains('?') && !rest.starts_with([':', ',', '-', '–', '—']) {
        return None;
    }
    let reason = rest.trim_start_matches([':', ',', '.', '-', '–', '—', '!', ';', ' ']);
    Some(Command::Decline(reason.trim().chars().take(REASON_LEN_MAX).collect()))
}

/// `please send the reproducer`, `could you send me the PoC?`.
fn send_reproducer(scan: Scan<'_>) -> Option<Command> {
    let scan = scan
        .maybe(&["could you", "can you", "yes,", "yes"])
        .maybe(&["please"])
        .past(&["send", "release", "share"])?
        .maybe(&["me", "us"])
        .maybe(&["the", "your", "a"])
        .past(&["reproducer", "recipe", "poc", "proof of concept", "proof-of-concept", "bundle"])?;
    let rest = scan.rest_lower();
    let negated = rest.split_whitespace().any(|word| matches!(word, "not" | "never" | "only"));
    (!negated).then_some(Command::SendReproducer)
}

/// `slow down`, `please pause`, `pause reports until May`.
fn slow_down_or_pause(scan: Scan<'_>) -> Option<Command> {
    let scan = scan.maybe(&["please"]);
    let scan = scan.maybe(&["could you", "can you"]).maybe(&["please"]);
    if let Some(after) = scan.past(&["slow down"]) {
        let objects =
            ["a bit", "with", "the", "your", "on", "sending", "reports", "to", "a little"];
        let fits = after.ends() || after.rest() == "?" || after.past(&objects).is_some();
        return fits.then_some(Command::SlowDown);
    }
    let after = scan.past(&["pause"])?;
    let objects = [
        "reports",
        "reporting",
        "sending",
        "all reports",
        "the reports",
        "until",
        "everything",
        "this",
        "coordination",
        "for",
        "here",
    ];
    let fits = after.ends() || after.rest() == "?" || after.past(&objects).is_some();
    fits.then_some(Command::Pause)
}

/// `accept`, `we accept the embargo`.
fn accept(scan: Scan<'_>) -> Option<Command> {
    let scan = scan.maybe(&["i", "we"]).past(&["accept", "accepted"])?;
    let object = ["the", "this", "your", "it"];
    let fits = scan.ends() || scan.past(&object).is_some();
    (fits && !scan.rest().contains('?')).then_some(Command::Accept)
}

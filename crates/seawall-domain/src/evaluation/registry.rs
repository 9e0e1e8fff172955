//! The register of a battery: what is known of each task, and the digests of its files.
//!
//! Beside each figure stands how it is known, since the time of the first team of a contest is no
//! measurement (FRONTIER 2.3). Flags, prompts and solutions are not in it; only their digests are.

use super::attempt::TaskId;
use super::decimal::Decimal;
use crate::digest::Digest;
use crate::time::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What such a document says of itself.
pub const SCHEMA: &str = "seawall/registry/v1";

/// The most tasks of a register; a protocol has no more.
pub const TASKS_MAX: usize = super::protocol::TASKS_MAX;

/// The most files of one task, and of what tasks share.
pub const FILES_MAX: usize = 10_000;

/// The longest text in characters: a name, a path.
pub const TEXT_LEN_MAX: usize = 1_000;

/// The tasks of a battery.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The battery's name.
    pub battery: String,
    /// Files that belong to no single task, by their paths.
    #[serde(default)]
    pub shared: BTreeMap<String, Digest>,
    /// The tasks, sorted by id.
    pub tasks: Vec<Registered>,
}

/// A task.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// Its id.
    pub id: String,
    /// The variants that it is run in, where it has some.
    #[serde(default)]
    pub variants: BTreeSet<String>,
    /// Its family.
    pub family: Option<String>,
    /// Its files, by their paths from its folder.
    pub files: BTreeMap<String, Digest>,
    /// By what it is seen that it was solved.
    pub oracle: Option<Oracle>,
    /// How long people take for it.
    pub minutes: Option<Minutes>,
    /// When it was made.
    pub created: Option<Date>,
    /// Who may have seen it.
    pub exposure: Option<Exposure>,
    /// A mark by which its text is known again wherever it turns up.
    pub canary: Option<String>,
    /// The same task in other words, by its id.
    pub twin: Option<String>,
    /// When its own solution was last seen to work.
    pub verified_at: Option<Timestamp>,
}

/// By what it is seen that a task was solved.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oracle {
    /// A flag is handed in.
    Flag,
    /// An input crashes the flawed build and not the fixed one.
    Differential,
    /// Steps are reached, in order.
    Steps,
    /// A program of the task looks.
    Program,
}

/// How long people take for a task.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minutes {
    /// In minutes.
    pub value: Decimal,
    /// How that is known.
    pub known: Known,
    /// By how many people, where that is known.
    pub people: Option<u32>,
}

/// How a time is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// People were watched.
    Measured,
    /// The first team of a contest took so long.
    FirstBlood,
    /// Somebody who knows the field guessed.
    Estimate,
    /// Nobody says.
    Unsaid,
}

/// Who may have seen a task.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// Anybody.
    Public,
    /// Those whom it was given to.
    Limited,
    /// It never left where it is kept.
    Enclosed,
}

/// Why a register cannot be one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unfit {
    /// It is of another edition.
    #[error("cannot take this register: this edition reads another one")]
    Schema,
    /// There are no tasks, or too many.
    #[error("cannot take this register: at least one task, and at most {TASKS_MAX}")]
    Number,
    /// Tasks are there twice, or not in their order.
    #[error("cannot take this register: tasks stand in the order of their ids, each once")]
    Order,
    /// A task has no files, or too many.
    #[error("cannot take this register: a task has at least one file, and at most {FILES_MAX}")]
    Files,
    /// A text is not short and on one line.
    #[error("cannot take this register: a text must be short, not empty, and on one line")]
    Text,
    /// A time is nothing.
    #[error("cannot take this register: minutes must be more than nothing")]
    Minutes,
    /// A twin is not there, or is the task itself.
    #[error("cannot take this register: a twin is another task of it")]
    Twin,
}

impl Registry {
    /// A register of these tasks, in their order.
    pub fn of(
        battery: String,
        shared: BTreeMap<String, Digest>,
        mut tasks: Vec<Registered>,
    ) -> Result<Registry, Unfit> {
        tasks.sort_by(|one, other| one.id.cmp(&other.id));
        let registry = Registry { schema: SCHEMA.to_owned(), battery, shared, tasks };
        registry.fits().map(|()| registry)
    }

    /// Whether it holds together.
    pub fn fits(&self) -> Result<(), Unfit> {
        if self.schema != SCHEMA {
            return Err(Unfit::Schema);
        }
        if self.tasks.is_empty() || self.tasks.len() > TASKS_MAX {
            return Err(Unfit::Number);
        }
        if !self.tasks.is_sorted_by(|one, other| one.id < other.id) {
            return Err(Unfit::Order);
        }
        let files = self.tasks.iter().map(|task| task.files.len());
        if files.into_iter().any(|count| count == 0 || count > FILES_MAX)
            || self.shared.len() > FILES_MAX
        {
            return Err(Unfit::Files);
        }
        let texts = self.tasks.iter().flat_map(Registered::texts);
        if !texts.chain([&self.battery]).chain(self.shared.keys()).all(|text| is_plain(text)) {
            return Err(Unfit::Text);
        }
        let minutes = self.tasks.iter().filter_map(|task| task.minutes.as_ref());
        if minutes.into_iter().any(|minutes| minutes.value <= Decimal::from(0)) {
            return Err(Unfit::Minutes);
        }
        let ids: BTreeSet<&String> = self.tasks.iter().map(|task| &task.id).collect();
        let twin_fits = |task: &Registered| {
            task.twin.as_ref().is_none_or(|twin| *twin != task.id && ids.contains(twin))
        };
        if self.tasks.iter().all(twin_fits) { Ok(()) } else { Err(Unfit::Twin) }
    }
}

/// Why what was said at a task is not for everybody.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, thiserror::Error)]
pub enum NotPublic {
    /// No register has it.
    #[error("it is in no register")]
    Unknown,
    /// A register has it, and none says who may have seen it.
    #[error("its register does not say who may have seen it (`exposure`, such as `public`)")]
    Unsaid,
    /// Only those may have seen it whom it was given to, or nobody.
    #[error("it is not public")]
    Exposed,
    /// One register says otherwise than another.
    #[error("registers contradict each other")]
    Contradicted,
}

/// Whether a task is public: by every register that has it, and by one at least. A run calls a task
/// by its id, or by that and a variant of it (`id (variant)`).
pub fn public(registers: &[Registry], task: &TaskId) -> Result<(), NotPublic> {
    let id = match task {
        TaskId::Text(id) => id,
        // A register calls no task by a number.
        TaskId::Number(_) => return Err(NotPublic::Unknown),
    };
    let tasks = registers.iter().flat_map(|register| &register.tasks);
    let said: BTreeSet<Option<bool>> = tasks
        .filter(|task| task.is_called(id))
        .map(|task| task.exposure.map(|exposure| exposure == Exposure::Public))
        .collect();
    let said: Vec<Option<bool>> = said.into_iter().collect();
    match said.as_slice() {
        [] => Err(NotPublic::Unknown),
        [Some(true)] => Ok(()),
        [Some(false)] => Err(NotPublic::Exposed),
        [None] => Err(NotPublic::Unsaid),
        [..] => Err(NotPublic::Contradicted),
    }
}

/// A task is not run as somebody says.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot name the task `{task}`: say which one is run; its variants are: {variants}")]
pub struct OtherVariant {
    /// The task.
    pub task: String,
    /// What it is run in.
    pub variants: String,
}

impl Registered {
    /// What a run calls it: by its id, and by the variant where it has some.
    pub fn called(&self, variant: Option<&str>) -> Result<String, OtherVariant> {
        match variant.filter(|variant| self.variants.contains(*variant)) {
            Some(variant) => Ok(format!("{} ({variant})", self.id)),
            None if self.variants.is_empty() => Ok(self.id.clone()),
            None => {
                let variants: Vec<&str> = self.variants.iter().map(String::as_str).collect();
                Err(OtherVariant { task: self.id.clone(), variants: variants.join(", ") })
            }
        }
    }

    /// Whether a run may call it so.
    fn is_called(&self, name: &str) -> bool {
        let variant = || {
            let rest = name.strip_prefix(self.id.as_str())?;
            rest.strip_prefix(" (")?.strip_suffix(')')
        };
        self.id == name || variant().is_some_and(|variant| self.variants.contains(variant))
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        let optional = [&self.family, &self.canary, &self.twin].into_iter().flatten();
        [&self.id].into_iter().chain(optional).chain(&self.variants).chain(self.files.keys())
    }
}

fn is_plain(text: &str) -> bool {
    let fits = !text.is_empty() && text.chars().count() <= TEXT_LEN_MAX;
    fits && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(id: &str) -> Registered {
        Registered {
            id: id.to_owned(),
            variants: BTreeSet::new(),
            family: None,
            files: BTreeMap::from([("a".to_owned(), Digest::new([1; 32]))]),
            oracle: Some(Oracle::Flag),
            minutes: None,
            created: None,
            exposure: None,
            canary: None,
            twin: None,
            verified_at: None,
        }
    }

    #[test]
    fn a_register_holds_together_or_says_why_not() {
        #[track_caller]
        fn check(change: impl Fn(&mut Vec<Registered>), expected: Result<(), Unfit>) {
            let mut tasks = vec![task("b"), task("a")];
            change(&mut tasks);
            let made = Registry::of("battery".to_owned(), BTreeMap::new(), tasks);
            assert_eq!(made.map(drop), expected);
        }
        let minutes = |value: &str| {
            let value = value.parse().unwrap();
            Some(Minutes { value, known: Known::Measured, people: Some(3) })
        };
        check(|_| {}, Ok(()));
        check(|tasks| tasks[0].minutes = minutes("0.5"), Ok(()));
        check(|tasks| tasks[0].minutes = minutes("0"), Err(Unfit::Minutes));
        check(|tasks| tasks[0].twin = Some("a".to_owned()), Ok(()));
        check(|tasks| tasks[0].twin = Some("b".to_owned()), Err(Unfit::Twin));
        check(|tasks| tasks[0].twin = Some("c".to_owned()), Err(Unfit::Twin));
        check(|tasks| tasks[0].id = "a".to_owned(), Err(Unfit::Order));
        check(|tasks| tasks[0].files.clear(), Err(Unfit::Files));
        check(|tasks| tasks[0].family = Some("x\n".to_owned()), Err(Unfit::Text));
        check(Vec::clear, Err(Unfit::Number));
    }

    #[test]
    fn a_run_calls_a_task_by_its_variant_where_it_has_some() {
        #[track_caller]
        fn check(variants: &[&str], variant: Option<&str>, expected: Option<&str>) {
            let variants = variants.iter().map(|it| (*it).to_owned()).collect();
            let task = Registered { variants, ..task("a") };
            let called = task.called(variant).ok();
            assert_eq!(called.as_deref(), expected);
            assert!(called.is_none_or(|name| task.is_called(&name)));
        }
        check(&[], None, Some("a"));
        check(&[], Some("easy"), Some("a"));
        check(&["easy", "hard"], Some("easy"), Some("a (easy)"));
        check(&["easy", "hard"], Some("other"), None);
        check(&["easy"], None, None);
    }

    #[test]
    fn a_task_is_public_only_where_every_register_that_has_it_says_so() {
        let of = |exposures: &[(&str, Option<Exposure>)]| {
            let tasks = exposures.iter().map(|(id, exposure)| {
                let variants = BTreeSet::from(["easy".to_owned()]);
                Registered { exposure: *exposure, variants, ..task(id) }
            });
            Registry::of("battery".to_owned(), BTreeMap::new(), tasks.collect()).unwrap()
        };
        use Exposure::{Enclosed, Limited, Public};
        let one = of(&[
            ("a", Some(Public)),
            ("b", Some(Limited)),
            ("c", None),
            ("d", Some(Enclosed)),
            ("e (easy)", Some(Limited)),
            ("e", Some(Public)),
        ]);
        let two = of(&[("a", Some(Public)), ("d", Some(Public)), ("f", Some(Public))]);
        let three = of(&[("a", None), ("b", None)]);
        #[track_caller]
        fn check(registers: &[Registry], id: &str, expected: Result<(), NotPublic>) {
            assert_eq!(public(registers, &TaskId::Text(id.into())), expected, "{id}");
        }
        let both = [one.clone(), two];
        check(&both, "a", Ok(()));
        check(&both, "f", Ok(()));
        check(&both, "a (easy)", Ok(()));
        check(&both, "a (hard)", Err(NotPublic::Unknown));
        check(&both, "a(easy)", Err(NotPublic::Unknown));
        check(&both, "A", Err(NotPublic::Unknown));
        check(&both, "a ", Err(NotPublic::Unknown));
        check(&both, "", Err(NotPublic::Unknown));
        check(&both, "b", Err(NotPublic::Exposed));
        check(&both, "c", Err(NotPublic::Unsaid));
        check(&both, "d", Err(NotPublic::Contradicted));
        check(&both, "e (easy)", Err(NotPublic::Contradicted));
        check(&both, "e", Ok(()));
        check(&[one, three], "a", Err(NotPublic::Contradicted));
        check(&[], "a", Err(NotPublic::Unknown));
        assert_eq!(public(&both, &TaskId::Number(4)), Err(NotPublic::Unknown));
    }
}

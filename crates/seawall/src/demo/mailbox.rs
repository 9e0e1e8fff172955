//! The maintainers' side of the mailbox: they read what was sent and drop their answers, as files.

use anyhow::{Context, Result, anyhow};
use seawall_formats::mail::{self, Letter};
use std::fs;
use std::path::{Path, PathBuf};

/// The two folders of the mailbox.
#[derive(Clone, Debug)]
pub struct Mailbox {
    root: PathBuf,
}

impl Mailbox {
    /// The mailbox below this folder.
    pub fn new(root: &Path) -> Mailbox {
        Mailbox { root: root.to_owned() }
    }

    /// Everything that was sent, in the order of the files' names.
    pub fn sent(&self) -> Result<Vec<Letter>> {
        let mut paths: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .flat_map(|folder| files(&self.root.join("outbox").join(folder)))
            .collect();
        paths.sort();
        let read = paths.iter().map(|path| {
            let bytes = fs::read(path).context("cannot read a letter that was sent")?;
            mail::read(&bytes).map_err(|fault| anyhow!("{fault}"))
        });
        read.collect()
    }

    /// How many answers nobody has collected yet.
    pub fn waiting(&self) -> usize {
        files(&self.root.join("inbox").join("new")).len()
    }

    /// Drops an answer to a letter, in the words of its recipient.
    pub fn answer(&self, to: &Letter, turn: u32, words: &str) -> Result<()> {
        let local = to.message_id.split('@').next().unwrap_or_default();
        let host = to.to.rsplit('@').next().unwrap_or("maintainer.invalid");
        let quoted: String = to.body.lines().take(2).map(|line| format!("> {line}\n")).collect();
        let answer = Letter {
            message_id: format!("answer-{turn}.{local}@{host}"),
            in_reply_to: Some(to.message_id.clone()),
            references: vec![to.message_id.clone()],
            date_micros: to.date_micros,
            from: to.to.clone(),
            to: to.from.clone(),
            subject: format!("Re: {}", to.subject),
            body: format!("{words}\n\n{quoted}"),
        };
        let bytes = mail::write(&answer).map_err(|fault| anyhow!("{fault}"))?;
        // A letter is written beside its place and moved in whole, as a maildir wants it.
        let inbox = self.root.join("inbox");
        let name = format!("{turn}.{local}.eml");
        let unready = inbox.join("tmp").join(&name);
        for folder in ["tmp", "new"] {
            fs::create_dir_all(inbox.join(folder)).context("cannot make the inbox")?;
        }
        fs::write(&unready, bytes).context("cannot write an answer")?;
        fs::rename(&unready, inbox.join("new").join(name)).context("cannot drop an answer")
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let visible = |path: &PathBuf| {
        path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.'))
    };
    entries.map(|entry| entry.path()).filter(|path| path.is_file() && visible(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_formats::mail::{Command, commands};

    #[test]
    fn an_answer_lies_in_the_inbox_and_says_what_it_should() {
        let root = std::env::temp_dir().join(format!("seawall-mailbox-{}", std::process::id()));
        let mailbox = Mailbox::new(&root);
        let report = Letter {
            message_id: "7.case@seawall.invalid".into(),
            from: "desk@seawall.invalid".into(),
            to: "security@project.invalid".into(),
            subject: "Security report".into(),
            body: "accept\nline\n".into(),
            ..Letter::default()
        };
        mailbox.answer(&report, 1, "slow down").unwrap();
        assert_eq!((mailbox.waiting(), mailbox.sent().unwrap().len()), (1, 0));
        let path = files(&root.join("inbox/new")).remove(0);
        let read = mail::read(&fs::read(path).unwrap()).unwrap();
        assert_eq!(read.in_reply_to.as_deref(), Some("7.case@seawall.invalid"));
        assert_eq!(read.from, "security@project.invalid");
        assert_eq!(commands(&read.body), [Command::SlowDown]);
        fs::remove_dir_all(&root).unwrap();
    }
}

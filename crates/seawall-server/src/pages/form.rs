//! Forms: always sent by POST, always with the token of the session.

use crate::pages::{Piece, Shell};
use askama::Template;

/// One thing that a form asks for.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Its name on the wire; also makes the id of the input.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// Help, shown under the label; empty for none.
    pub hint: String,
    /// What is there already.
    pub value: String,
    /// How it is asked.
    pub kind: FieldKind,
}

/// How a field is asked.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum FieldKind {
    /// One line.
    #[default]
    Line,
    /// Several lines.
    Text,
    /// A box to tick; what is sent is `yes`.
    Tick,
    /// A file; the form becomes multipart.
    File,
    /// One of several (value, words).
    Choice(Vec<(String, String)>),
}

/// A form with its button.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "piece/form.html")]
pub struct Form {
    /// Where it is sent: a path of ours.
    pub action: String,
    /// What the button says.
    pub button: String,
    /// What happens then, in one sentence; empty for none.
    pub says: String,
    /// Values that travel along unseen.
    pub hidden: Vec<(String, String)>,
    /// What is asked.
    pub fields: Vec<Field>,
    /// How much the button stands out.
    pub weight: Weight,
    /// The token of the session.
    pub csrf: String,
}

impl Piece for Form {}

/// How much a button stands out.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Weight {
    /// The one thing to do on this page.
    #[default]
    Main,
    /// One of several things that can be done.
    Side,
    /// It can't be taken back.
    Final,
}

impl Form {
    /// A form of one button.
    pub fn post(shell: &Shell, action: impl Into<String>, button: impl Into<String>) -> Form {
        Form {
            action: action.into(),
            button: button.into(),
            csrf: shell.csrf.clone(),
            ..Form::default()
        }
    }

    /// The same, saying what will happen.
    pub fn says(self, says: impl Into<String>) -> Form {
        Form { says: says.into(), ..self }
    }

    /// The same, with a button that stands out more or less.
    pub fn weight(self, weight: Weight) -> Form {
        Form { weight, ..self }
    }

    /// The same, with one more question.
    pub fn field(mut self, kind: FieldKind, name: &str, label: &str, hint: &str) -> Form {
        self.fields.push(Field {
            name: name.to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            value: String::new(),
            kind,
        });
        self
    }

    /// The same, with one more unseen value.
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Form {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// Whether it sends a file.
    fn sends_file(&self) -> bool {
        self.fields.iter().any(|field| field.kind == FieldKind::File)
    }

    /// The class of its button.
    fn button_class(&self) -> &'static str {
        match self.weight {
            Weight::Main => "usa-button",
            Weight::Side => "usa-button usa-button--outline",
            Weight::Final => "usa-button usa-button--secondary",
        }
    }

    /// The id of an input: unique on a page as long as no two forms share path and field.
    fn id(&self, name: &str) -> String {
        let path: String =
            self.action.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        format!("f{path}-{name}")
    }
}

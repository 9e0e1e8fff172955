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
    /// What is wrong with what is there; empty for nothing.
    pub wrong: String,
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
    /// What is wrong with the whole of it; empty for nothing.
    pub wrong: String,
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
            kind,
            ..Field::default()
        });
        self
    }

    /// The same, with one more unseen value.
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Form {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// As somebody has sent it and was refused: what was typed, and what is wrong with that field,
    /// or with the whole where no field is named and several were asked for. A file has to be
    /// chosen once more.
    pub fn refused(&mut self, field: &str, says: &str, sent: impl Fn(&str) -> String) {
        for it in &mut self.fields {
            match it.kind {
                FieldKind::File if it.name != field => it.wrong = "Choose the file again.".into(),
                FieldKind::File => {}
                FieldKind::Line | FieldKind::Text | FieldKind::Tick | FieldKind::Choice(_) => {
                    it.value = sent(&it.name);
                }
            }
        }
        let named = self.fields.iter().position(|it| it.name == field);
        let beside = named.or((self.fields.len() == 1).then_some(0));
        match beside.and_then(|place| self.fields.get_mut(place)) {
            Some(it) => it.wrong = says.to_owned(),
            None => self.wrong = says.to_owned(),
        }
    }

    /// What describes an input, by ids: its hint, and what is wrong with it.
    fn described(&self, field: &Field) -> String {
        let id = self.id(&field.name);
        let hint = (!field.hint.is_empty()).then(|| format!("{id}-hint"));
        let wrong = (!field.wrong.is_empty()).then(|| format!("{id}-wrong"));
        hint.into_iter().chain(wrong).collect::<Vec<_>>().join(" ")
    }

    /// Whether an input is the first that is wrong, to which a page leads that stands there again.
    fn leads_to(&self, field: &Field) -> bool {
        let wrong = self.fields.iter().find(|it| !it.wrong.is_empty());
        wrong
            .or(self.fields.first().filter(|_| !self.wrong.is_empty()))
            .is_some_and(|it| it.name == field.name)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        Form::post(&Shell::default(), "/things", "Send")
            .field(FieldKind::Line, "snapshot", "Snapshot", "64 digits")
            .field(FieldKind::Choice(vec![("a".into(), "A".into())]), "which", "Which", "")
    }

    #[track_caller]
    fn check(mut form: Form, field: &str, there: &[&str], not_there: &[&str]) {
        form.refused(field, "It is wrong.", |name| format!("<{name}> typed"));
        let html = form.render().unwrap();
        for part in there {
            assert!(html.contains(part), "{part}: {html}");
        }
        for part in not_there {
            assert!(!html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn what_was_typed_stands_there_with_what_is_wrong_beside_it() {
        let plain = form().render().unwrap();
        for part in ["wrong", "aria-invalid", "autofocus", "typed", "error"] {
            assert!(!plain.contains(part), "{part}: {plain}");
        }
        assert!(plain.contains("aria-describedby=\"f-things-snapshot-hint\""), "{plain}");
        let beside = ["id=\"f-things-snapshot-wrong\">It is wrong.", "typed", "aria-invalid"];
        check(form(), "snapshot", &beside, &["role=\"alert\"", "<snapshot> typed"]);
        check(form(), "which", &["id=\"f-things-which-wrong\""], &["f-things-snapshot-wrong"]);
        check(form(), "", &["role=\"alert\">It is wrong.", "autofocus"], &["-wrong\""]);
        let one = Form::post(&Shell::default(), "/things", "Send");
        let one = one.field(FieldKind::Text, "terms", "Terms", "");
        check(one, "", &["id=\"f-things-terms-wrong\">It is wrong."], &["role=\"alert\""]);
        let file = form().field(FieldKind::File, "protocol", "Protocol", "");
        check(file, "snapshot", &["id=\"f-things-protocol-wrong\">Choose the file again."], &[]);
        check(Form::post(&Shell::default(), "/things", "Send"), "", &["It is wrong."], &[]);
    }
}

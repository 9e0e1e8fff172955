//! The part of YAML that tools write into lock files: maps and lists by indentation.
//!
//! No anchor, tag, directive or type is known, and every value is a text, as it stands or in
//! quotes; what runs over several lines is kept as lines. It is meant for files that no person
//! writes, so what it does not understand is passed over and never guessed.

use std::borrow::Cow;

/// How deep entries may nest.
const DEPTH_MAX: usize = 32;

/// How many entries one file may have.
const NODES_MAX: usize = 1_000_000;

/// A line with what is indented below it.
#[derive(Debug, Default)]
pub(crate) struct Node<'a> {
    /// What stands before the colon; the whole text of an item that has none.
    pub(crate) key: Cow<'a, str>,
    /// What stands after the colon, empty where nothing does.
    pub(crate) value: Cow<'a, str>,
    /// The entries below it.
    pub(crate) children: Vec<Node<'a>>,
    /// The number of the line.
    pub(crate) line: usize,
}

impl<'a> Node<'a> {
    /// The entry of this key below.
    pub(crate) fn child(&self, key: &str) -> Option<&Node<'a>> {
        self.children.iter().find(|child| child.key == key)
    }

    /// The value of the entry of this key below, where it has one.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.child(key).map(|child| child.value.as_ref()).filter(|text| !text.is_empty())
    }

    /// A value of the map in braces that this entry has for a value: `{integrity: …}`.
    pub(crate) fn inline(&self, key: &str) -> Option<&str> {
        let inner = self.value.strip_prefix('{')?.strip_suffix('}')?;
        inner.split(", ").find_map(|pair| {
            let (name, value) = pair.split_once(':')?;
            (bare(name.trim()) == key).then(|| bare(value.trim()))
        })
    }
}

/// Reads a file into one entry that holds the others.
pub(crate) fn read(text: &str) -> Result<Node<'_>, String> {
    let mut open: Vec<(usize, Node<'_>)> = vec![(0, Node::default())];
    let mut nodes = 0usize;
    for (index, line) in text.lines().enumerate() {
        let body = line.trim_start_matches(' ');
        let trimmed = body.trim_end();
        if trimmed.is_empty() || trimmed.starts_with('#') || matches!(trimmed, "---" | "...") {
            continue;
        }
        let column = line.len() - body.len();
        let mut rest = trimmed;
        let item = rest == "-" || rest.starts_with("- ");
        // An item belongs to the key above it even where both begin in the same column.
        let mut indent = 2 * (column + 1) + usize::from(item);
        nodes += 1;
        if nodes > NODES_MAX {
            return Err(format!("it has more than {NODES_MAX} entries"));
        }
        close(&mut open, indent);
        if item {
            rest = rest.get(1..).unwrap_or_default().trim_start();
            // `- name: x` is an item with an entry, at the place where the entry stands.
            if pair(rest).is_some() {
                push(&mut open, indent, Node { line: index + 1, ..Node::default() })?;
                indent = 2 * (column + 1 + trimmed.len() - rest.len());
            }
        }
        let (key, value) = pair(rest).unwrap_or((rest, ""));
        let (key, value) = (unquoted(key), unquoted(value));
        let node = Node { key, value, line: index + 1, children: Vec::new() };
        push(&mut open, indent, node)?;
    }
    close(&mut open, 1);
    Ok(open.pop().map(|(_, node)| node).unwrap_or_default())
}

fn push<'a>(
    open: &mut Vec<(usize, Node<'a>)>,
    indent: usize,
    node: Node<'a>,
) -> Result<(), String> {
    if open.len() > DEPTH_MAX {
        return Err(format!("line {}: entries nest deeper than {DEPTH_MAX} levels", node.line));
    }
    open.push((indent, node));
    Ok(())
}

/// Puts the entries at this indentation and deeper into those that hold them.
fn close(open: &mut Vec<(usize, Node<'_>)>, indent: usize) {
    while open.len() > 1 && open.last().is_some_and(|(at, _)| *at >= indent) {
        if let Some((_, done)) = open.pop()
            && let Some((_, owner)) = open.last_mut()
        {
            owner.children.push(done);
        }
    }
}

/// The key and the value of a line: a quoted key, or the text before the first `: `.
fn pair(text: &str) -> Option<(&str, &str)> {
    for quote in ['"', '\''] {
        if let Some(rest) = text.strip_prefix(quote) {
            let end = rest.find(quote)?;
            let after = rest.get(end + 1..)?.trim_start().strip_prefix(':')?;
            return Some((text.get(..end + 2)?, after.trim()));
        }
    }
    if let Some((key, value)) = text.split_once(": ") {
        return Some((key, value.trim()));
    }
    text.strip_suffix(':').map(|key| (key, ""))
}

/// A text without the quotes around it.
fn bare(text: &str) -> &str {
    for quote in ['"', '\''] {
        let inner = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
        if let Some(inner) = inner {
            return inner;
        }
    }
    text
}

fn unquoted(text: &str) -> Cow<'_, str> {
    let inner = bare(text);
    let quoted = inner.len() != text.len();
    match (quoted, text.starts_with('"')) {
        (true, true) if inner.contains('\\') => {
            Cow::Owned(inner.replace("\\\"", "\"").replace("\\\\", "\\"))
        }
        (true, false) if inner.contains("''") => Cow::Owned(inner.replace("''", "'")),
        _ => Cow::Borrowed(inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(node: &Node<'_>) -> String {
        let children: Vec<_> = node.children.iter().map(shown).collect();
        format!("{}={}[{}]", node.key, node.value, children.join(" "))
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(read(text).map(|node| shown(&node)), Ok(expected.to_owned()), "{text}");
    }

    #[test]
    fn maps_and_lists_are_read_by_their_indentation() {
        check(
            "a: 1\nb:\n  c: 'x: y'\n  \"d@1\": \"z\"\ne:\n",
            "=[a=1[] b=[c=x: y[] d@1=z[]] e=[]]",
        );
        check("a:\n  - b: 1\n    c: 2\n  - d\n", "=[a=[=[b=1[] c=2[]] d=[]]]");
        check("a:\n- b (1.0):\n  - c\n- d\n", "=[a=[=[b (1.0)=[c=[]]] d=[]]]");
        check("# no\n---\n\na: http://b\n", "=[a=http://b[]]");
        let node = read("r: {integrity: sha512-a==, tarball: 'https://b/c'}").unwrap();
        assert_eq!(node.child("r").and_then(|r| r.inline("tarball")), Some("https://b/c"));
        assert_eq!(node.child("r").and_then(|r| r.inline("none")), None);
    }

    #[test]
    fn bombs_are_refused() {
        let deep: String = (0..40).map(|at| format!("{}a:\n", " ".repeat(at))).collect();
        assert!(read(&deep).is_err());
        assert!(read(&"a\n".repeat(NODES_MAX + 1)).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in "[ \n:'\"{},a1-]{0,60}") {
            drop(read(&text));
        }
    }
}

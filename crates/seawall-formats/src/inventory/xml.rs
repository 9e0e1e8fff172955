//! XML from outside (XML 1.0, Namespaces in XML 1.0), read once into a tree with limits.
//!
//! A document type declaration is refused, and with it every entity but the five of XML itself:
//! no list needs one, and it is how small files become large ones and ask for other files.

use crate::fault::{FormatFault, quote};
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;

/// How deep elements may nest; real documents stay below 30.
pub(super) const DEPTH_MAX: usize = 96;

/// How many elements one document may hold, so that a small file cannot fill the memory.
const ELEMENTS_MAX: usize = 1_000_000;

/// How many attributes one element may have.
const ATTRIBUTES_MAX: usize = 64;

/// How many declarations of namespaces may be in force at once.
const BINDINGS_MAX: usize = 64;

/// How many namespaces a document may use in all.
const SPACES_MAX: usize = 1_000;

/// The namespace that the prefix `xml` always has.
const XML_SPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// An element with what is in it.
#[derive(Debug)]
pub(super) struct Element<'a> {
    /// Its name without the prefix.
    pub(super) name: &'a str,
    /// The number of its namespace in [`Document::spaces`]; 0 is none.
    pub(super) space: usize,
    /// Its attributes, without declarations of namespaces.
    pub(super) attributes: Vec<Attribute<'a>>,
    /// The text in it, without that of its children.
    pub(super) text: Cow<'a, str>,
    /// The elements in it.
    pub(super) children: Vec<Element<'a>>,
    /// Where it begins, in bytes.
    pub(super) at: usize,
}

/// An attribute of an element.
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    /// Its name without the prefix.
    pub(super) name: &'a str,
    /// The number of its namespace; 0 is none.
    pub(super) space: usize,
    /// Its value.
    pub(super) value: String,
}

impl<'a> Element<'a> {
    /// The first child of this name, whatever its namespace.
    pub(super) fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of this name.
    pub(super) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element<'a>> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The value of an attribute without a namespace.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|one| one.space == 0 && one.name == name);
        found.map(|one| one.value.as_str())
    }

    /// The text in it, trimmed; nothing where nothing is left.
    pub(super) fn stated(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// The trimmed text in the first child of this name.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).and_then(Element::stated)
    }
}

/// A document.
pub(super) struct Document<'a> {
    /// The element that holds all others.
    pub(super) root: Element<'a>,
    /// The namespaces by number; 0 is none.
    pub(super) spaces: Vec<String>,
    source: &'a str,
}

impl Document<'_> {
    /// The place of an element, by its line.
    pub(super) fn place(&self, element: &Element<'_>) -> String {
        line(self.source, element.at)
    }

    /// The namespace of an element.
    pub(super) fn space(&self, number: usize) -> &str {
        self.spaces.get(number).map_or("", String::as_str)
    }
}

fn line(source: &str, at: usize) -> String {
    let before = source.as_bytes().get(..at).unwrap_or_default();
    format!("line {}", before.iter().filter(|byte| **byte == b'\n').count() + 1)
}

/// Reads a document.
pub(super) fn read<'a>(format: &'static str, bytes: &'a [u8]) -> Result<Document<'a>, FormatFault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let source = std::str::from_utf8(bytes).map_err(|error| {
        let place = format!("byte {}", error.valid_up_to());
        FormatFault::new(format, place, "it is not UTF-8: save it as UTF-8")
    })?;
    let mut tree = Tree::new(source);
    match tree.read() {
        Ok(root) => Ok(Document { root, spaces: tree.spaces, source }),
        Err(message) => Err(FormatFault::new(format, line(source, tree.at), message)),
    }
}

struct Tree<'a> {
    source: &'a str,
    at: usize,
    open: Vec<Element<'a>>,
    elements: usize,
    spaces: Vec<String>,
    /// The declarations in force: depth, prefix, number of the namespace.
    bindings: Vec<(usize, String, usize)>,
}

impl<'a> Tree<'a> {
    fn new(source: &'a str) -> Self {
        let spaces = vec![String::new(), XML_SPACE.to_owned()];
        let bindings = vec![(0, "xml".to_owned(), 1)];
        Self { source, at: 0, open: Vec::new(), elements: 0, spaces, bindings }
    }

    fn read(&mut self) -> Result<Element<'a>, String> {
        let mut reader = Reader::from_str(self.source);
        let mut root = None;
        loop {
            self.at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let event = reader.read_event().map_err(|error| told(&error))?;
            let end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let tag = self.source.get(self.at..end).unwrap_or_default();
            match event {
                Event::Start(start) => {
                    let element = self.begin(&start, tag)?;
                    self.open.push(element);
                }
                Event::Empty(start) => {
                    let element = self.begin(&start, tag)?;
                    self.end(element, &mut root)?;
                }
                Event::End(_) => {
                    let element = self.open.pop().ok_or("it closes what is not open")?;
                    self.end(element, &mut root)?;
                }
                Event::Text(text) => self.text(text.xml10_content())?,
                Event::CData(text) => self.text(text.xml10_content())?,
                Event::GeneralRef(reference) => self.text(Cow::Owned(letter(&reference)?))?,
                Event::DocType(_) => {
                    return Err("it declares a document type, which is not read".to_owned());
                }
                Event::Decl(decl) => encoding(decl.encoding())?,
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if !self.open.is_empty() {
            return Err("it ends in the middle of an element".to_owned());
        }
        root.ok_or_else(|| "it holds no element".to_owned())
    }

    fn begin(&mut self, start: &BytesStart<'_>, tag: &'a str) -> Result<Element<'a>, String> {
        self.elements += 1;
        if self.elements > ELEMENTS_MAX {
            return Err(format!("it holds more than {ELEMENTS_MAX} elements"));
        }
        let depth = self.open.len() + 1;
        if depth > DEPTH_MAX {
            return Err(format!("elements nest deeper than {DEPTH_MAX} levels"));
        }
        let mut found = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| told(&error))?;
            if found.len() == ATTRIBUTES_MAX {
                return Err(format!("an element has more than {ATTRIBUTES_MAX} attributes"));
            }
            let value = attribute.normalized_value(XmlVersion::Explicit1_0);
            let value = value.map_err(|error| told(&error))?.into_owned();
            let key: &str = attribute.key.as_ref();
            match key.strip_prefix("xmlns") {
                Some("") => self.bind(depth, "", value)?,
                Some(rest) if rest.starts_with(':') => {
                    self.bind(depth, rest.trim_start_matches(':'), value)?;
                }
                Some(_) | None => found.push((key.to_owned(), value)),
            }
        }
        let mut attributes = Vec::with_capacity(found.len());
        for (key, value) in found {
            let (prefix, local) = split(&key);
            let space = if prefix.is_empty() { 0 } else { self.resolve(prefix)? };
            let name = within(tag, &key, local);
            attributes.push(Attribute { name, space, value });
        }
        let name = start.name();
        let whole: &str = name.as_ref();
        let (prefix, local) = split(whole);
        if local.is_empty() {
            return Err("an element has no name".to_owned());
        }
        let space = self.resolve(prefix)?;
        let name = within(tag, whole, local);
        let text = Cow::Borrowed("");
        Ok(Element { name, space, attributes, text, children: Vec::new(), at: self.at })
    }

    fn end(&mut self, element: Element<'a>, root: &mut Option<Element<'a>>) -> Result<(), String> {
        let depth = self.open.len() + 1;
        while self.bindings.last().is_some_and(|(at, _, _)| *at >= depth) {
            self.bindings.pop();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None if root.is_some() => return Err("it holds more than one document".to_owned()),
            None => *root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: Cow<'a, str>) -> Result<(), String> {
        let Some(element) = self.open.last_mut() else {
            return match text.trim().is_empty() {
                true => Ok(()),
                false => Err("text stands outside of every element".to_owned()),
            };
        };
        if text.contains(|letter: char| letter.is_control() && !"\n\r\t".contains(letter)) {
            return Err("it holds a control character".to_owned());
        }
        if element.text.is_empty() {
            element.text = text;
        } else if element.children.is_empty() || !text.trim().is_empty() {
            element.text.to_mut().push_str(&text);
        }
        Ok(())
    }

    fn bind(&mut self, depth: usize, prefix: &str, space: String) -> Result<(), String> {
        if self.bindings.len() > BINDINGS_MAX {
            return Err(format!("it declares more than {BINDINGS_MAX} namespaces"));
        }
        let known = self.spaces.iter().position(|known| *known == space);
        let number = known.unwrap_or_else(|| {
            self.spaces.push(space);
            self.spaces.len() - 1
        });
        if self.spaces.len() > SPACES_MAX {
            return Err("it uses too many namespaces".to_owned());
        }
        self.bindings.push((depth, prefix.to_owned(), number));
        Ok(())
    }

    fn resolve(&self, prefix: &str) -> Result<usize, String> {
        let found = self.bindings.iter().rev().find(|(_, known, _)| known == prefix);
        match found {
            Some((_, _, number)) => Ok(*number),
            None if prefix.is_empty() => Ok(0),
            None => Err(format!("prefix {} is not declared", quote(prefix))),
        }
    }
}

/// A name as part of the document, so that the tree need not own it.
fn within<'a>(tag: &'a str, whole: &str, local: &str) -> &'a str {
    let skipped = whole.len() - local.len();
    let found = tag.find(whole).map(|at| at + skipped);
    found.and_then(|at| tag.get(at..at + local.len())).unwrap_or_default()
}

fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// The letter that a reference such as `&amp;` or `&#38;` stands for.
fn letter(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(letter) = reference.resolve_char_ref().map_err(|error| told(&error))? {
        return Ok(letter.to_string());
    }
    let name = reference.xml10_content();
    let letter = match name.as_ref() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "apos" => "'",
        "quot" => "\"",
        other => return Err(format!("entity {} is not declared", quote(other))),
    };
    Ok(letter.to_owned())
}

fn encoding<E: std::fmt::Display>(stated: Option<Result<Cow<'_, str>, E>>) -> Result<(), String> {
    match stated {
        None => Ok(()),
        Some(Ok(name)) if ["utf-8", "us-ascii"].contains(&name.to_lowercase().as_str()) => Ok(()),
        Some(Ok(name)) => Err(format!("its encoding is {}: save it as UTF-8", quote(&name))),
        Some(Err(error)) => Err(told(&error)),
    }
}

/// What the parser says, which may repeat control characters of the text.
fn told(error: &dyn std::fmt::Display) -> String {
    let told = error.to_string();
    let first: String = told.chars().filter(|letter| !letter.is_control()).take(200).collect();
    first.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(element: &Element<'_>) -> String {
        let attributes: Vec<_> = element
            .attributes
            .iter()
            .map(|one| format!(" {}:{}={}", one.space, one.name, one.value))
            .collect();
        let children: Vec<_> = element.children.iter().map(shown).collect();
        let (name, space) = (element.name, element.space);
        format!("{name}:{space}{}[{}{}]", attributes.concat(), element.text, children.concat())
    }

    fn check(text: &str, expected: Result<&str, &str>) {
        match (read("XML", text.as_bytes()), expected) {
            (Ok(document), Ok(expected)) => assert_eq!(shown(&document.root), expected, "{text}"),
            (Err(fault), Err(part)) => {
                assert!(fault.to_string().contains(part), "{fault} lacks {part}");
            }
            (Ok(document), Err(part)) => panic!("{} instead of {part}", shown(&document.root)),
            (Err(fault), Ok(_)) => panic!("{text}: {fault}"),
        }
    }

    #[test]
    fn a_document_becomes_a_tree() {
        check("<?xml version='1.0' encoding='UTF-8'?>\n<a>x</a>\n", Ok("a:0[x]"));
        check(
            "<a b='1 &lt;'> <c/>\n<c>y&amp;&#x41;<![CDATA[<]]></c></a>",
            Ok("a:0 0:b=1 <[ c:0[]c:0[y&A<]]"),
        );
        check(
            "<a xmlns='urn:x' xmlns:p='urn:y'><p:b p:c='1' d='2'/><e xmlns=''/></a>",
            Ok("a:2[b:3 3:c=1 0:d=2[]e:0[]]"),
        );
    }

    #[test]
    fn bombs_and_broken_documents_are_refused() {
        check("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", Err("document type"));
        check("<a>&b;</a>", Err("entity `b` is not declared"));
        check("<a b='&c;'/>", Err("line 1"));
        check("<a></b>", Err("line 1"));
        check("<a>\n<b>", Err("line 2"));
        check("<a/><a/>", Err("more than one"));
        check("x<a/>", Err("outside"));
        check("", Err("no element"));
        check("<p:a/>", Err("prefix `p` is not declared"));
        check("<a b='1' b='2'/>", Err("line 1"));
        check("<?xml version='1.0' encoding='latin1'?><a/>", Err("save it as UTF-8"));
        check(&"<a>".repeat(97), Err("deeper than 96"));
        check(&format!("<a>{}</a>", "<b/>".repeat(ELEMENTS_MAX)), Err("more than 1000000"));
        let attributes: String = (0..65).map(|n| format!(" a{n}=''")).collect();
        check(&format!("<a{attributes}/>"), Err("more than 64 attributes"));
        let spaces: String = (0..65).map(|n| format!(" xmlns:a{n}='u:{n}'")).collect();
        check(&format!("<a{spaces}/>"), Err("more than 64"));
    }

    proptest! {
        #[test]
        fn never_panics(
            bytes in proptest::collection::vec(any::<u8>(), 0..100),
            text in "[<>/a:= '\"&;#x!\\[\\]CDATA?-]{0,60}",
        ) {
            drop(read("XML", &bytes));
            drop(read("XML", text.as_bytes()));
            drop(read("XML", format!("<a>{text}</a>").as_bytes()));
        }
    }
}

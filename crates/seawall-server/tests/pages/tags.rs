//! Reads the tags of a page, strictly: enough to find what a template got wrong.

/// One opening tag.
#[derive(Debug)]
pub struct Tag {
    /// Its name, in lower case.
    pub name: String,
    /// Its attributes, still escaped.
    pub attributes: Vec<(String, String)>,
    closing: bool,
    alone: bool,
}

impl Tag {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

const VOID: [&str; 6] = ["meta", "link", "input", "br", "hr", "img"];

/// All opening tags in order, or why the text is not well-formed.
pub fn read(html: &str) -> Result<Vec<Tag>, String> {
    Ok(all(html)?.into_iter().filter(|tag| !tag.closing).collect())
}

/// Whether each tag is closed, in the reverse order of opening.
pub fn balance(html: &str) -> Result<(), String> {
    let mut open: Vec<String> = Vec::new();
    for tag in all(html)? {
        if tag.closing {
            let last = open.pop();
            if last.as_deref() != Some(&tag.name) {
                return Err(format!("</{}> closes {last:?}", tag.name));
            }
        } else if !tag.alone && !VOID.contains(&tag.name.as_str()) {
            if let (Some(parent), true) = (open.last(), block(&tag.name))
                && ["p", "span", "h1", "h2", "h3", "bdi", "a"].contains(&parent.as_str())
            {
                return Err(format!("<{}> inside <{parent}>", tag.name));
            }
            open.push(tag.name);
        }
    }
    match open.is_empty() {
        true => Ok(()),
        false => Err(format!("never closed: {open:?}")),
    }
}

/// Whether an element may not stand inside a run of text.
fn block(name: &str) -> bool {
    let blocks = [
        "div",
        "p",
        "ul",
        "ol",
        "dl",
        "table",
        "form",
        "figure",
        "section",
        "h1",
        "h2",
        "h3",
        "pre",
        "details",
        "blockquote",
    ];
    blocks.contains(&name)
}

fn all(html: &str) -> Result<Vec<Tag>, String> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        if text.contains('>') {
            return Err(format!("a bare > in {text:?}"));
        }
        rest = after;
        if let Some(after) = rest.strip_prefix("!DOCTYPE html>") {
            rest = after;
            continue;
        }
        let (tag, after) = one(rest)?;
        tags.push(tag);
        rest = after;
    }
    Ok(tags)
}

fn one(text: &str) -> Result<(Tag, &str), String> {
    let (closing, text) = match text.strip_prefix('/') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    if name.is_empty() {
        return Err(format!("a bare < before {:?}", text.chars().take(20).collect::<String>()));
    }
    let mut tag = Tag { name: name.to_lowercase(), attributes: Vec::new(), closing, alone: false };
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            tag.alone = true;
            return Ok((tag, after));
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Ok((tag, after));
        }
        let end = rest.find(['=', '>', ' ', '/', '\n']).ok_or("a tag has no end")?;
        let (name, after) = rest.split_at(end);
        if name.is_empty() || name.contains(['"', '\'', '<']) {
            return Err(format!("attribute {name:?} of <{}>", tag.name));
        }
        rest = after;
        let mut value = "";
        if let Some(quoted) = rest.strip_prefix("=\"") {
            (value, rest) = quoted.split_once('"').ok_or("a value has no end")?;
        }
        if value.contains('<') {
            return Err(format!("a bare < in {name} of <{}>", tag.name));
        }
        if tag.attributes.iter().any(|(known, _)| known == name) {
            return Err(format!("{name} twice in <{}>", tag.name));
        }
        tag.attributes.push((name.to_owned(), value.to_owned()));
    }
}

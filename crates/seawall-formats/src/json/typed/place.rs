//! Where in a document something stands: a line and column turned into a JSON pointer (RFC 6901).

/// What is open at one level of nesting.
enum Open {
    Object { key: String },
    List { index: usize },
}

/// The JSON pointer of the value that ends at or holds the given place; lines and columns count
/// from 1. None at the top of the document.
pub(super) fn pointer(bytes: &[u8], line: usize, column: usize) -> Option<String> {
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.by_ref().take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let end = before.saturating_add(column).min(bytes.len());
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at).filter(|_| at < end) {
        at += 1;
        match byte {
            b'"' => {
                let text = text(bytes, at);
                at = at.saturating_add(text.len() + 1);
                let named = bytes.get(at..).unwrap_or_default().trim_ascii_start();
                if let (Some(Open::Object { key }), Some(b':')) = (open.last_mut(), named.first()) {
                    *key = String::from_utf8_lossy(text).into_owned();
                }
            }
            // An opening mark at the end itself belongs to the value that is meant.
            b'{' if at < end => open.push(Open::Object { key: String::new() }),
            b'[' if at < end => open.push(Open::List { index: 0 }),
            b'}' | b']' => drop(open.pop()),
            b',' => match open.last_mut() {
                Some(Open::List { index }) => *index += 1,
                Some(Open::Object { .. }) | None => {}
            },
            _ => {}
        }
        if open.len() > super::DEPTH_MAX * 2 {
            return None;
        }
    }
    let steps = open.iter().filter_map(|one| match one {
        Open::Object { key } if key.is_empty() => None,
        Open::Object { key } => Some(format!("/{}", key.chars().take(60).collect::<String>())),
        Open::List { index } => Some(format!("/{index}")),
    });
    Some(steps.collect::<String>()).filter(|pointer| !pointer.is_empty())
}

/// The bytes of a text from behind its opening mark to before its closing one.
fn text(bytes: &[u8], from: usize) -> &[u8] {
    let rest = bytes.get(from..).unwrap_or_default();
    let mut escaped = false;
    let end = rest.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}

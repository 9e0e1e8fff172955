//! The files that pages need: styles, fonts, icons, all inside the executable.
//!
//! The table is made by `build.rs` from `styles/` and, when it is there, `assets/dist`. Serving is
//! done elsewhere; here is only the look-up. Addresses carry a digest of the whole set, so they may
//! be cached for ever.

struct File {
    name: &'static str,
    etag: &'static str,
    bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// One embedded file, ready to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its content.
    pub bytes: &'static [u8],
    /// Its media type, with the character set where it is text.
    pub media_type: &'static str,
    /// Its entity tag, in quotes.
    pub etag: &'static str,
    /// How long it may be kept.
    pub keep: Keep,
}

/// How long a browser may keep a file without asking again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Keep {
    /// The address names the content: for ever.
    Forever,
    /// The address does not: ask again each time, by entity tag.
    AskAgain,
}

impl Keep {
    /// The value of `Cache-Control`.
    pub const fn cache_control(self) -> &'static str {
        match self {
            Keep::Forever => "public, max-age=31536000, immutable",
            Keep::AskAgain => "no-cache",
        }
    }
}

/// The file at a path below `/assets/`, with or without the digest of the set in front.
pub fn find(path: &str) -> Option<Asset> {
    let path = path.trim_start_matches('/');
    let pinned = path.strip_prefix(SET).and_then(|rest| rest.strip_prefix('/'));
    let (name, keep) = match pinned {
        Some(name) => (name, Keep::Forever),
        None => (path, Keep::AskAgain),
    };
    let file = FILES.iter().find(|file| file.name == name)?;
    Some(Asset { bytes: file.bytes, media_type: media_type(name), etag: file.etag, keep })
}

/// The address of a file that may be cached for ever.
pub fn address(name: &str) -> String {
    format!("/assets/{SET}/{name}")
}

/// The style sheets of a page, in their order: the design system where it is embedded, then ours.
pub fn style_sheets() -> Vec<String> {
    ["css/uswds.min.css", "seawall.css"]
        .into_iter()
        .filter(|name| find(name).is_some())
        .map(address)
        .collect()
}

/// The names of everything embedded, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|file| file.name)
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Option<(&str, Keep)>) {
        let found = find(path).map(|asset| (asset.media_type, asset.keep));
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn finds_own_style_by_name_and_by_address() {
        let css = "text/css; charset=utf-8";
        check("seawall.css", Some((css, Keep::AskAgain)));
        check("/seawall.css", Some((css, Keep::AskAgain)));
        let address = address("seawall.css");
        let below = address.trim_start_matches("/assets/");
        check(below, Some((css, Keep::Forever)));
    }

    #[test]
    fn finds_nothing_else() {
        for path in [
            "",
            "/",
            "..",
            "../Cargo.toml",
            "seawall.css/",
            "css",
            "0000000000000000/seawall.css",
            "\u{202e}seawall.css",
        ] {
            check(path, None);
        }
    }

    #[test]
    fn own_style_comes_last_and_is_never_missing() {
        let sheets = style_sheets();
        assert!(sheets.last().is_some_and(|s| s.ends_with("/seawall.css")));
    }

    #[test]
    fn licences_travel_with_what_they_cover() {
        if find("css/uswds.min.css").is_some() {
            assert!(find("LICENSE.md").is_some());
        }
    }
}

//! Tables of products as people keep them: one header row, then one product a row (RFC 4180).
//!
//! The columns may stand in any order and case, separated by comma, semicolon or tab. A column of
//! purls is read as such; every other row is a product of which only vendor, name and version are
//! known, and which only a vendor's statement can match.

use super::lines::{Known, Lines};
use super::{Inventory, Kind};
use crate::fault::{FormatFault, quote};
use crate::json::Spot;

const FORMAT: &str = "table of products";

/// How many columns a row may have.
const COLUMNS_MAX: usize = 256;

/// How many lines of comments and titles may stand above the header row.
const PREAMBLE_LINES_MAX: usize = 20;

const VENDOR: [&str; 14] = [
    "vendor",
    "manufacturer",
    "hersteller",
    "supplier",
    "maker",
    "publisher",
    "brand",
    "vendor name",
    "manufacturer name",
    "make",
    "lieferant",
    "fabricant",
    "fabricante",
    "company",
];
const PRODUCT: [&str; 22] = [
    "product",
    "product name",
    "displayname",
    "display name",
    "name",
    "model",
    "model name",
    "device",
    "device model",
    "device name",
    "device type",
    "software",
    "software name",
    "component",
    "package",
    "application",
    "program",
    "produkt",
    "modell",
    "gerät",
    "produit",
    "producto",
];
const VERSION: [&str; 15] = [
    "version",
    "displayversion",
    "display version",
    "firmware",
    "firmware version",
    "fw version",
    "software version",
    "installed version",
    "product version",
    "package version",
    "release",
    "os version",
    "firmwareversion",
    "versión",
    "rev",
];
/// What is understood and kept nowhere: how exposed a product is, and how many there are.
const EXPOSURE: [&str; 8] = [
    "exposed",
    "exposure",
    "internet facing",
    "internet exposed",
    "public",
    "publicly exposed",
    "external",
    "reachable from internet",
];

/// The headings of exports of a Windows machine's programs.
const WINDOWS: [&str; 4] = ["displayname", "displayversion", "providername", "identifyingnumber"];

/// Where the columns are that are read.
struct Header {
    vendor: Option<usize>,
    product: usize,
    version: Option<usize>,
    purl: Option<usize>,
    cpe: Option<usize>,
    exposure: Option<usize>,
    kind: Kind,
}

impl Header {
    /// Tells whether a row names columns: at least a product, and a vendor or a version or a purl.
    fn of(row: &[String]) -> Option<Header> {
        let names: Vec<String> = row.iter().map(|cell| heading(cell)).collect();
        let column = |words: &[&str]| {
            let mut found = words.iter();
            found.find_map(|word| names.iter().position(|name| name == word))
        };
        let (vendor, version) = (column(&VENDOR), column(&VERSION));
        let purl = column(&["purl", "package url", "packageurl"]);
        let cpe = column(&["cpe", "cpe23", "cpe 2.3", "cpe name"]);
        let product = column(&PRODUCT).or(purl).or(cpe)?;
        let windows = WINDOWS.iter().any(|word| names.iter().any(|name| name == word));
        let enough = [vendor, version, purl, cpe].iter().any(Option::is_some);
        enough.then_some(Header {
            vendor,
            product,
            version,
            purl,
            cpe,
            exposure: column(&EXPOSURE),
            kind: if windows { Kind::Programs } else { Kind::Csv },
        })
    }
}

fn heading(cell: &str) -> String {
    let spaced = cell.trim().trim_start_matches('#').to_lowercase().replace(['_', '-'], " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a table.
pub(super) fn read(text: &str) -> Result<Inventory, FormatFault> {
    let (separator, header, rows) = header_row(text)?;
    let mut lines = Lines::new(FORMAT);
    if header.exposure.is_some() {
        lines.warn(NOT_KEPT.to_owned());
    }
    for row in Rows::new(rows, separator) {
        let (line, cells) = row?;
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let place = format!("line {line}");
        let cell = |column: Option<usize>| {
            let text = column.and_then(|column| cells.get(column)).map(|cell| cell.trim());
            text.filter(|text| !text.is_empty())
        };
        let (purl, cpe) = (cell(header.purl), cell(header.cpe));
        let Some(name) = cell(Some(header.product)).or(purl).or(cpe) else {
            lines.warn(format!("{place}: it names no product"));
            continue;
        };
        let known = Known {
            vendor: cell(header.vendor),
            name,
            version: cell(header.version),
            cpe,
            source: None,
        };
        match purl {
            Some(purl) => lines.push_purl(&place, purl, known)?,
            None => lines.push_named(&place, known)?,
        }
    }
    Ok(lines.done(header.kind, None))
}

/// What is said of a column that is understood and not kept.
const NOT_KEPT: &str = "the column that says what can be reached from outside is not kept: every \
                        component is taken to be reachable";

/// Reads a list of objects as a table whose columns are the keys.
pub(super) fn read_objects(items: &[Spot<'_>]) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let mut kind = Kind::Csv;
    for item in items {
        let keys = item.value().as_object().into_iter().flat_map(|object| object.keys());
        let row: Vec<String> = keys.cloned().collect();
        let Some(header) = Header::of(&row) else {
            lines.warn(format!("{}: it names no product", item.place()));
            continue;
        };
        kind = header.kind;
        let cell = |column: Option<usize>| match column.and_then(|column| row.get(column)) {
            Some(key) => item.text(key),
            None => Ok(None),
        };
        let (purl, cpe) = (cell(header.purl)?, cell(header.cpe)?);
        let Some(name) = cell(Some(header.product))?.or(purl).or(cpe) else {
            lines.warn(format!("{}: it names no product", item.place()));
            continue;
        };
        let (vendor, version) = (cell(header.vendor)?, cell(header.version)?);
        let known = Known { vendor, name, version, cpe, source: None };
        match purl {
            Some(purl) => lines.push_purl(&item.place(), purl, known)?,
            None => lines.push_named(&item.place(), known)?,
        }
    }
    if lines.is_empty() && !items.is_empty() {
        let message = "its objects have neither `vendor`, `product` and `version` nor a `purl`";
        return Err(FormatFault::new(FORMAT, "the document", message));
    }
    Ok(lines.done(kind, None))
}

/// The rows that follow the header, with the number of their first line.
type Body<'a> = (usize, &'a str);

fn header_row(text: &str) -> Result<(char, Header, Body<'_>), FormatFault> {
    let mut rest = text;
    for number in 1..=PREAMBLE_LINES_MAX {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        // Spreadsheets of some countries announce their separator in the first line.
        let found = [',', ';', '\t'].into_iter().find_map(|separator| {
            let (_, cells) = Rows::new((number, line), separator).next()?.ok()?;
            Header::of(&cells).map(|header| (separator, header))
        });
        if let Some((separator, header)) = found {
            return Ok((separator, header, (number + 1, after)));
        }
        if after.is_empty() {
            break;
        }
        rest = after;
    }
    let first = quote(text.lines().next().unwrap_or_default());
    let message = format!(
        "it is no list that is known, and no table either: no header row with `vendor`, \
         `product` and `version` was found, nor a first line such as `# debian 12`; the first \
         line is {first}"
    );
    Err(FormatFault::new(FORMAT, "line 1", message))
}

/// Splits text into rows of cells; a quoted cell may hold separators, line ends and doubled quotes.
struct Rows<'a> {
    letters: std::iter::Peekable<std::str::Chars<'a>>,
    separator: char,
    line: usize,
}

impl<'a> Rows<'a> {
    fn new((line, text): Body<'a>, separator: char) -> Self {
        Self { letters: text.chars().peekable(), separator, line }
    }

    /// The text of a quoted cell, after its opening quote.
    fn quoted(&mut self, cell: &mut String) -> Result<(), FormatFault> {
        let opened = self.line;
        while let Some(letter) = self.letters.next() {
            match letter {
                '"' if self.letters.peek() == Some(&'"') => {
                    self.letters.next();
                    cell.push('"');
                }
                '"' => return Ok(()),
                letter => {
                    self.line += usize::from(letter == '\n');
                    cell.push(letter);
                }
            }
        }
        let place = format!("line {opened}");
        Err(FormatFault::new(FORMAT, place, "a quoted cell is never closed"))
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<(usize, Vec<String>), FormatFault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.letters.peek()?;
        let started = self.line;
        let mut cells = vec![String::new()];
        while let Some(letter) = self.letters.next() {
            let Some(cell) = cells.last_mut() else {
                break;
            };
            match letter {
                '"' if cell.trim().is_empty() => {
                    cell.clear();
                    let mut text = String::new();
                    if let Err(fault) = self.quoted(&mut text) {
                        self.letters = "".chars().peekable();
                        return Some(Err(fault));
                    }
                    *cell = text;
                }
                '\n' => {
                    self.line += 1;
                    break;
                }
                '\r' => {}
                letter if letter == self.separator => {
                    if cells.len() == COLUMNS_MAX {
                        self.letters = "".chars().peekable();
                        let place = format!("line {started}");
                        let message = format!("it has more than {COLUMNS_MAX} columns");
                        return Some(Err(FormatFault::new(FORMAT, place, message)));
                    }
                    cells.push(String::new());
                }
                letter => cell.push(letter),
            }
        }
        Some(Ok((started, cells)))
    }
}

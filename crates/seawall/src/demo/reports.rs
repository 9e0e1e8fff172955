//! The thirteen reports that three finder agents send: texts of ours about flaws that are public
//! and were fixed years ago. Every proof in them is harmless (see `recipes/`).
//!
//! The table says what each report must come to. Of two reports about one flaw either may come
//! first: one leads and is reproduced, the other joins it.

mod shapes;

pub use shapes::encode;

/// In which of the four shapes a report is sent.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Shape {
    /// The Akrites TAP Intake API.
    Tap,
    /// SARIF 2.1.0.
    Sarif,
    /// Scrutineer's JSON.
    Scrutineer,
    /// A plain-text mail.
    Mail,
}

/// What a report comes to.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Fate {
    /// It is about one of the five flaws: it is reproduced, or joins the report that is.
    True,
    /// The newest visible release holds the fix.
    AlreadyFixed,
    /// The function it names is not defined in the source.
    Rejected,
    /// Its proof shows nothing.
    NotReproduced,
    /// It lacks its recipe, and nothing else.
    NeedsInfo,
}

/// One report.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Which of the three finder agents sends it, from 0.
    pub finder: usize,
    /// In which shape.
    pub shape: Shape,
    /// The package and the version that was run, as a purl.
    pub purl: &'static str,
    /// One line.
    pub title: &'static str,
    /// What goes wrong and who gains.
    pub description: &'static str,
    /// The weakness class, as its number.
    pub cwe: u32,
    /// The file in the release.
    pub file: &'static str,
    /// The function, as the finder spells it.
    pub function: &'static str,
    /// The line.
    pub line: u32,
    /// The name that others gave the flaw, where the finder knows it.
    pub known_as: Option<&'static str>,
    /// The recipe.
    pub recipe: Option<&'static str>,
    /// What it comes to.
    pub fate: Fate,
}

/// The agents' tools, one a finder.
pub const TOOLS: [&str; 3] = [
    "example-harness 1.4 (example-model-a)",
    "review-loop 0.9 (example-model-b)",
    "night-scanner 2.1 (example-model-c)",
];

/// The humans who answer for the agents' reports, as roles.
pub const CONTACTS: [&str; 3] = [
    "duty-officer@finder-one.invalid",
    "reports@finder-two.invalid",
    "research-desk@finder-three.invalid",
];

macro_rules! recipe {
    ($name:literal) => {
        Some(include_str!(concat!("../../../../recipes/", $name)))
    };
}

/// The reports in the order in which they stand here, which is not that in which they are sent.
pub const REPORTS: [Report; 13] = [
    Report {
        finder: 0,
        shape: Shape::Tap,
        purl: "pkg:pypi/sqlparse@0.4.1",
        title: "Stripping comments from SQL takes exponential time",
        description: "When comments are stripped, the text of each comment is searched for line \
            ends before its end. A comment that holds many carriage return and line feed pairs and \
            then goes on makes the search try every way to split the pairs, so that each further \
            pair doubles the work. Whoever may send SQL text to a program that strips comments \
            holds one processor for minutes with less than a hundred bytes.",
        cwe: 1333,
        file: "sqlparse/filters/others.py",
        function: "StripCommentsFilter._process",
        line: 24,
        known_as: Some("CVE-2021-32839"),
        recipe: recipe!("sqlparse.toml"),
        fate: Fate::True,
    },
    Report {
        finder: 1,
        shape: Shape::Mail,
        purl: "pkg:pypi/sqlparse@0.4.1",
        title: "Slow comment filter lets one query stall a server",
        description: "Our agent fed the filter stack a statement whose block comment is mostly \
            Windows line breaks. Twenty of them need most of a second, twenty-four need many, \
            while the same number of Unix line breaks is free. A web form that tidies SQL for \
            display is enough to keep a worker busy from outside.",
        cwe: 400,
        file: "sqlparse/filters/others.py",
        function: "_process",
        line: 31,
        known_as: None,
        recipe: recipe!("demo/sqlparse-second.toml"),
        fate: Fate::True,
    },
    Report {
        finder: 1,
        shape: Shape::Sarif,
        purl: "pkg:npm/ini@1.3.5",
        title: "A section name in a settings file changes every object of the program",
        description: "The parser uses the name of a section as a key of a plain object without \
            looking at it. A section that is called __proto__ therefore writes its keys to the \
            prototype that all objects share. Whoever can place a settings file in front of a \
            program that reads it can add properties to objects that have nothing to do with it, \
            and change what later checks see.",
        cwe: 1321,
        file: "ini.js",
        function: "decode",
        line: 80,
        known_as: Some("CVE-2020-7788"),
        recipe: recipe!("ini.toml"),
        fate: Fate::True,
    },
    Report {
        finder: 0,
        shape: Shape::Scrutineer,
        purl: "pkg:npm/ini@1.3.5",
        title: "Reading an INI text can set attributes on the base prototype",
        description: "decode() walks the lines and takes p = out[section] for every header. With \
            the header [__proto__] that is Object.prototype, and each line below becomes a \
            property of it, flags without a value included. Any service that loads INI texts from \
            its users is open to that.",
        cwe: 915,
        file: "ini.js",
        function: "exports.decode",
        line: 91,
        known_as: None,
        recipe: recipe!("demo/ini-second.toml"),
        fate: Fate::True,
    },
    Report {
        finder: 2,
        shape: Shape::Scrutineer,
        purl: "pkg:cargo/tar@0.4.35",
        title: "Unpacking an archive makes directories outside of the target",
        description: "Before a file is written, its missing parent directories are made. The check \
            that the place lies inside the target comes after that, so an entry that goes through \
            a link stored earlier in the same archive leaves directories wherever the link points, \
            although the file itself is refused. Whoever supplies the archive decides where.",
        cwe: 22,
        file: "src/entry.rs",
        function: "EntryFields::unpack_in",
        line: 405,
        known_as: Some("CVE-2021-38511"),
        recipe: recipe!("tar.toml"),
        fate: Fate::True,
    },
    Report {
        finder: 0,
        shape: Shape::Sarif,
        purl: "pkg:cargo/tar@0.4.35",
        title: "Link following while missing folders are created",
        description: "An archive with a link called door and an entry door/x/y makes the folder x \
            at the far end of the link. unpack_in() calls create_dir_all() for the parent as soon \
            as it is missing and validates the destination only afterwards. A build service that \
            unpacks uploads can be made to litter its own file system.",
        cwe: 59,
        file: "src/entry.rs",
        function: "Entry::unpack_in",
        line: 409,
        known_as: None,
        recipe: recipe!("demo/tar-second.toml"),
        fate: Fate::True,
    },
    Report {
        finder: 0,
        shape: Shape::Mail,
        purl: "pkg:cargo/libz-sys@1.1.8",
        title: "Heap overflow when a gzip header's extra field comes in two pieces",
        description: "The crate carries a copy of zlib. When a caller asks for the gzip header and \
            gives a small buffer for the extra field, the length that is still free is computed \
            after the first piece as if nothing could be beyond it; with a large field that \
            arrives in pieces the difference wraps around and the copy runs over the buffer. \
            Whoever sends the compressed stream overwrites the heap of the program that reads it.",
        cwe: 787,
        file: "src/zlib/inflate.c",
        function: "inflate",
        line: 764,
        known_as: Some("CVE-2022-37434"),
        recipe: recipe!("libz-sys.toml"),
        fate: Fate::True,
    },
    Report {
        finder: 2,
        shape: Shape::Tap,
        purl: "pkg:cargo/libz-sys@1.1.8",
        title: "Out-of-bounds copy in the EXTRA state of the bundled decompressor",
        description: "head->extra_max - len is unsigned. Once len has passed extra_max, which \
            takes nothing but a long extra field and a short first read, zmemcpy is asked for \
            nearly four gigabytes. AddressSanitizer stops it in inflate. Programs that call \
            inflateGetHeader on streams from the network are exposed.",
        cwe: 120,
        file: "src/zlib/inflate.c",
        function: "inflate",
        line: 759,
        known_as: None,
        recipe: recipe!("demo/libz-sys-second.toml"),
        fate: Fate::True,
    },
    Report {
        finder: 1,
        shape: Shape::Tap,
        purl: "pkg:pypi/urllib3@1.26.4",
        title: "Parsing an address with many at-signs takes quadratic time",
        description: "The expression that splits the authority of an address tries every at-sign \
            as the end of the user name, and for each of them reads on to the end of the text. \
            When the last character cannot belong to a host, all of these attempts fail, so the \
            time grows with the square of the length. A redirect to a long address is enough to \
            keep a client busy.",
        cwe: 400,
        file: "urllib3/util/url.py",
        function: "parse_url",
        line: 330,
        known_as: Some("CVE-2021-33503"),
        recipe: recipe!("urllib3.toml"),
        fate: Fate::True,
    },
    Report {
        finder: 2,
        shape: Shape::Sarif,
        purl: "pkg:npm/minimist@1.2.5",
        title: "An option's dotted name reaches the prototype of functions",
        description: "The setter walks the dotted name of an option through whatever objects it \
            finds. It refuses __proto__, but concat leads to a function, its constructor and the \
            prototype that all functions share, where the last part of the name is then set. \
            Whoever may pass arguments changes how unrelated parts of the program behave.",
        cwe: 1321,
        file: "index.js",
        function: "setKey",
        line: 69,
        known_as: Some("CVE-2021-44906"),
        recipe: recipe!("minimist.toml"),
        fate: Fate::AlreadyFixed,
    },
    Report {
        finder: 1,
        shape: Shape::Scrutineer,
        purl: "pkg:cargo/tar@0.4.35",
        title: "Path canonicalisation can be raced while an archive is unpacked",
        description: "The function that canonicalises the destination reads the links of a path \
            once and trusts the answer later. Between the two moments somebody with write access \
            to the folder can exchange a part of the path, and the entry is written elsewhere.",
        cwe: 367,
        file: "src/entry.rs",
        function: "canonicalize",
        line: 755,
        known_as: None,
        recipe: recipe!("tar.toml"),
        fate: Fate::Rejected,
    },
    Report {
        finder: 2,
        shape: Shape::Mail,
        purl: "pkg:pypi/urllib3@1.26.4",
        title: "Opening a pool for a hostile address may take very long",
        description: "PoolManager.connection_from_url hands the address to the parser without a \
            limit on its length. We believe that an authority made of thousands of at-signs needs \
            time out of proportion, so that a crawler can be stopped by one page with a bad link.",
        cwe: 1333,
        file: "urllib3/poolmanager.py",
        function: "PoolManager.connection_from_url",
        line: 286,
        known_as: None,
        recipe: recipe!("demo/urllib3-no-tail.toml"),
        fate: Fate::NotReproduced,
    },
    Report {
        finder: 0,
        shape: Shape::Tap,
        purl: "pkg:npm/ini@1.3.5",
        title: "Quoted values may be unescaped twice",
        description: "A quoted value is handed to the JSON reader and its result is looked at \
            again for comment signs. A value with a quoted semicolon could lose its tail that way, \
            and a setting that its author meant to be strict would be read as a weaker one.",
        cwe: 116,
        file: "ini.js",
        function: "unsafe",
        line: 159,
        known_as: None,
        recipe: None,
        fate: Fate::NeedsInfo,
    },
];

/// The reports' places in an order that follows from the seed alone.
pub fn order(seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..REPORTS.len()).collect();
    let mut state = seed;
    for last in (1..order.len()).rev() {
        let bound = u64::try_from(last + 1).unwrap_or(u64::MAX);
        let chosen = usize::try_from(next(&mut state) % bound).unwrap_or(0);
        order.swap(last, chosen);
    }
    order
}

/// One step of a small generator of numbers that look random (the constants are SplitMix64's).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests;

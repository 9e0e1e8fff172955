//! The table of the reports: five flaws told twice or once, and four reports that come to nothing.

use super::{Fate, Report, Shape};

macro_rules! recipe {
    ($name:literal) => {
        Some(include_str!(concat!("../../../../../recipes/", $name)))
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

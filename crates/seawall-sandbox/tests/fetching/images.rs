//! Images out of archives made here: both forms, whiteouts, digests, and layers that lie.

use crate::world::{Tar, World, gzip, package, told};
use seawall_domain::digest::Digest;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::recipe::{Canary, Limits, Oracle, Recipe, RecipeFile, Target};
use seawall_domain::verdict::Outcome;
use seawall_sandbox::{HostPaths, LabFault, Laboratory};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::process::Command;
use tar::EntryType;

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", Digest::new(Sha256::digest(bytes).into()))
}

/// The files of an archive, and a manifest of the layers in it.
#[derive(Default)]
struct Image {
    blobs: Vec<(String, Vec<u8>)>,
    layers: Vec<Value>,
    contents: Vec<String>,
}

impl Image {
    fn blob(&mut self, bytes: Vec<u8>) -> Value {
        let (digest, size) = (digest(&bytes), bytes.len());
        self.blobs.push((format!("blobs/{}", digest.replace(':', "/")), bytes));
        json!({"digest": digest, "size": size})
    }

    fn layer(mut self, layer: Tar, pack: impl Fn(&[u8]) -> Vec<u8>) -> Image {
        let bytes = layer.bytes();
        self.contents.push(digest(&bytes));
        let layer = self.blob(pack(&bytes));
        self.layers.push(layer);
        self
    }

    fn configuration(&self) -> Vec<u8> {
        let root = json!({"type": "layers", "diff_ids": self.contents});
        json!({"architecture": "any", "os": "linux", "rootfs": root}).to_string().into_bytes()
    }

    /// As a layout of the specification, under a tag; with the manifest's digest.
    fn layout(mut self, tag: &str) -> (Vec<u8>, String) {
        let configuration = self.configuration();
        let config = self.blob(configuration);
        let manifest = json!({"schemaVersion": 2, "config": config, "layers": self.layers});
        let mut manifest = self.blob(manifest.to_string().into_bytes());
        let digest = manifest["digest"].as_str().unwrap().to_owned();
        manifest["mediaType"] = "application/vnd.oci.image.manifest.v1+json".into();
        manifest["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
        let index = json!({"schemaVersion": 2, "manifests": [manifest]}).to_string();
        let mut archive = Tar::default().file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
        archive = archive.file("index.json", &index);
        (self.archive(archive), digest)
    }

    /// As Docker saves it.
    fn saved(mut self, tag: &str) -> (Vec<u8>, String) {
        let configuration = self.configuration();
        let id = digest(&configuration);
        let name = format!("{}.json", id.trim_start_matches("sha256:"));
        let layers: Vec<String> = self.blobs.iter().map(|(name, _)| name.clone()).collect();
        self.blobs.push((name.clone(), configuration));
        let list = json!([{"Config": name, "RepoTags": [tag], "Layers": layers}]).to_string();
        (self.archive(Tar::default().file("manifest.json", &list)), id)
    }

    fn archive(&self, archive: Tar) -> Vec<u8> {
        let mut bytes = archive.bytes();
        bytes.truncate(bytes.len() - 1024);
        let mut more = tar::Builder::new(bytes);
        for (name, content) in &self.blobs {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            more.append_data(&mut header, name, content.as_slice()).unwrap();
        }
        more.into_inner().unwrap()
    }
}

fn plain(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn put(world: &World, archive: &[u8]) -> Package {
    let path = world.folder.join("image.tar");
    std::fs::write(&path, archive).unwrap();
    package(Ecosystem::Oci, path.display().to_string())
}

fn two_layers() -> Image {
    let lower = Tar::default().file("etc/old", "1").file("etc/gone", "1").file("opt/x/a", "1");
    let upper = Tar::default()
        .file("etc/.wh.gone", "")
        .file("opt/x/.wh..wh..opq", "")
        .file("opt/x/b", "2")
        .entry(EntryType::Regular, "bin/tool", "t", 0o4755)
        .entry(EntryType::Link, "bin/same", "bin/tool", 0o4755)
        .entry(EntryType::Symlink, "lib", "usr/lib", 0o777)
        .entry(EntryType::Char, "dev/null", "", 0o666);
    Image::default().layer(lower, gzip).layer(upper, zstd)
}

const FILES: [&str; 9] = [
    "bin/",
    "bin/same*t",
    "bin/tool*t",
    "etc/",
    "etc/old=1",
    "lib>usr/lib",
    "opt/",
    "opt/x/",
    "opt/x/b=2",
];

#[test]
fn layers_are_laid_over_each_other() {
    let world = World::new();
    let (layout, manifest) = two_layers().layout("host.invalid/thing:1.0");
    let (saved, id) = two_layers().saved("thing:1.0");
    for (archive, digest) in [(layout, manifest), (saved, id)] {
        let image = put(&world, &archive);
        assert!(world.releases(&image).contains(&"1.0".to_owned()));
        let fetched = world.fetch(&image, "1.0").unwrap();
        let files: Vec<String> =
            told(&fetched.path).into_iter().filter(|line| !line.starts_with("dev")).collect();
        assert_eq!(files, FILES);
        assert_eq!(world.fetch(&image, &digest).unwrap().digest, fetched.digest);
        for unknown in ["2.0", "0", &format!("sha256:{}", "0".repeat(64))] {
            let fault = world.fetch(&image, unknown).unwrap_err();
            assert!(matches!(fault, LabFault::NotFetchable { .. }), "{unknown}: {fault}");
        }
    }
    let strangers = Laboratory { host_paths: HostPaths::Refused, ..world.lab.clone() };
    let image = package(Ecosystem::Oci, world.folder.join("image.tar").display().to_string());
    let fault = strangers.fetch(&image, &Version::from("1.0")).unwrap_err();
    assert!(matches!(fault, LabFault::HostPath { .. }), "{fault}");
}

/// What is said of an image when it is refused.
fn refused(image: Image) -> String {
    let world = World::new();
    let (archive, _) = image.layout("1");
    let fault = world.fetch(&put(&world, &archive), "1").unwrap_err();
    assert!(matches!(fault, LabFault::NotFetchable { .. }), "{fault}");
    assert!(!world.folder.join("outside").exists());
    fault.to_string()
}

#[test]
fn images_that_lie_or_lead_outside_are_refused() {
    let mut other = two_layers();
    other.contents[1] = digest(b"other");
    assert!(refused(other).contains("something else than its digest"), "content");
    let mut other = two_layers();
    other.blobs[0].1.push(0);
    refused(other);
    let mut other = two_layers();
    other.contents.pop();
    assert!(refused(other).contains("not those that its configuration names"), "count");
    let outside = Tar::default().file("../../../../outside", "x");
    assert!(refused(Image::default().layer(outside, plain)).contains("leads outside"), "name");
    let through = Tar::default()
        .entry(EntryType::Symlink, "a", "b", 0o777)
        .entry(EntryType::Symlink, "b", "a", 0o777)
        .file("a/x", "1");
    assert!(refused(Image::default().layer(through, plain)).contains("in circles"), "links");
}

#[test]
fn a_link_to_the_host_is_one_within_the_image() {
    let world = World::new();
    let lower = Tar::default().entry(EntryType::Symlink, "etc", "/tmp", 0o777);
    let upper = Tar::default().file("etc/seawall-outside", "x");
    let (archive, _) = Image::default().layer(lower, plain).layer(upper, gzip).layout("1");
    let fetched = world.fetch(&put(&world, &archive), "1").unwrap();
    assert_eq!(told(&fetched.path), ["etc>/tmp", "tmp/", "tmp/seawall-outside=x"]);
    assert!(!std::path::Path::new("/tmp/seawall-outside").exists());
}

#[test]
fn noise_is_no_image() {
    let world = World::new();
    for noise in [&b""[..], b"noise", &[0; 4096], &gzip(b"noise"), &[0xff; 2048]] {
        let image = put(&world, noise);
        assert!(world.fetch(&image, "1").is_err() && world.lab.releases(&image).is_err_or_empty());
    }
    let missing = package(Ecosystem::Oci, "/nothing/of/this/name.tar");
    assert!(matches!(world.fetch(&missing, "1"), Err(LabFault::Registry { .. })));
}

trait IsErrOrEmpty {
    fn is_err_or_empty(&self) -> bool;
}

impl<T, E> IsErrOrEmpty for Result<Vec<T>, E> {
    fn is_err_or_empty(&self) -> bool {
        self.as_ref().map_or(true, Vec::is_empty)
    }
}

/// Says what it sees of the system around it.
const PROBE: &str = r#"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int count, char **words) {
    char text[16] = "";
    FILE *mark = fopen("/etc/mark", "r");
    if (mark) fgets(text, sizeof text, mark);
    int alone = access("/usr", F_OK) && access("/opt", F_OK);
    alone = alone && !access("/target/etc/mark", F_OK);
    FILE *fresh = fopen("/scratch/fresh", "w");
    FILE *bad = fopen("/etc/fresh", "w");
    int right = !strcmp(text, "image") && alone && fresh && !bad;
    right = right && !access("/proc/self/stat", F_OK);
    int attack = count > 1 && !strcmp(words[1], "attack");
    const char *said = attack && right ? "seen" : "absent";
    printf("seawall-canary %s %s\n", getenv("SEAWALL_CANARY"), said);
    return 0;
}
"#;

#[test]
fn an_image_is_the_whole_system_of_a_run() {
    let world = World::new();
    let (source, probe) = (world.folder.join("probe.c"), world.folder.join("probe"));
    std::fs::write(&source, PROBE).unwrap();
    let built = Command::new("cc").args(["-static", "-o"]).args([&probe, &source]).output();
    if !built.is_ok_and(|built| built.status.success()) {
        println!("skipped: an_image_is_the_whole_system_of_a_run: `cc -static` does not work here");
        return;
    }
    let mut layer = tar::Builder::new(Vec::new());
    layer.append_path_with_name(&probe, "bin/probe").unwrap();
    let mut mark = tar::Header::new_gnu();
    mark.set_size(5);
    layer.append_data(&mut mark, "etc/mark", &b"image"[..]).unwrap();
    let bytes = layer.into_inner().unwrap();
    let mut image = Image { contents: vec![digest(&bytes)], ..Image::default() };
    let layer = image.blob(gzip(&bytes));
    image.layers.push(layer);
    let (archive, _) = image.layout("1");
    let package = put(&world, &archive);
    let words = |kind: &str| vec!["probe".to_owned(), kind.to_owned()];
    let target = Target { package, version: Version::from("1") };
    let recipe = Recipe {
        files: vec![RecipeFile { name: "none.txt".into(), bytes: "none".into() }],
        trigger: words("attack"),
        control: words("benign"),
        limits: Limits::default(),
        ..Recipe::new(target, Oracle::Canary(Canary::Harness))
    };
    let reports = world.lab.run(&recipe, &Version::from("1"), 1).unwrap();
    assert_eq!(reports[0].outcome, Outcome::Affected, "{}", reports[0].transcript);
}

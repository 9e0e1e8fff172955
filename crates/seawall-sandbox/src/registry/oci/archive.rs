//! The archive of an image: which images it holds, and the layers of one.

use super::digest_of;
use crate::tarball::{self, Kind};
use seawall_domain::digest::Digest;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// Files in an archive; an image has some for each of its layers.
const MEMBERS_MAX: usize = 10_000;
const DOCUMENT_BYTES_MAX: u64 = 4 << 20;
const LAYERS_MAX: usize = 500;
/// Manifests in all lists of an archive, and lists within lists.
const MANIFESTS_MAX: usize = 1000;
const DEPTH_MAX: u32 = 3;
/// The annotations that name an image in a layout.
const NAMES: [&str; 2] = ["org.opencontainers.image.ref.name", "io.containerd.image.name"];

/// An open archive, and where its files are in it.
pub(super) struct Archive {
    file: File,
    members: BTreeMap<String, (u64, u64)>,
}

/// One layer of an image.
pub(super) struct Layer {
    pub member: String,
    /// The digest of the file, where a manifest gives it.
    pub packed: Option<Digest>,
    /// The digest of what it unpacks to.
    pub content: Digest,
}

#[derive(Deserialize)]
struct Index {
    manifests: Vec<Descriptor>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    #[serde(default)]
    media_type: String,
    digest: String,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    platform: Option<Platform>,
}

#[derive(Clone, Deserialize)]
struct Platform {
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    os: String,
}

#[derive(Deserialize)]
struct Manifest {
    config: Descriptor,
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Configuration {
    rootfs: Root,
}

#[derive(Deserialize)]
struct Root {
    diff_ids: Vec<String>,
}

/// One image as Docker lists it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Saved {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
}

fn bad<T>(reason: impl Into<String>) -> io::Result<T> {
    Err(io::Error::other(reason.into()))
}

fn digest(text: &str) -> io::Result<Digest> {
    let digest = text.strip_prefix("sha256:").and_then(|hex| hex.parse().ok());
    digest.ok_or_else(|| io::Error::other("it has a digest of another kind than sha256"))
}

fn blob(digest: &Digest) -> String {
    format!("blobs/sha256/{digest}")
}

/// Whether a name, such as `host/image:tag`, gives an image this tag.
fn is_tag(name: &str, tag: &str) -> bool {
    name == tag || name.strip_suffix(tag).is_some_and(|rest| rest.ends_with(':'))
}

impl Descriptor {
    fn is_list(&self) -> bool {
        self.media_type.ends_with("image.index.v1+json")
            || self.media_type.ends_with("manifest.list.v2+json")
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        NAMES.iter().filter_map(|name| self.annotations.get(*name))
    }

    fn is_here(&self) -> bool {
        let here = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        self.platform.as_ref().is_none_or(|one| one.os == "linux" && one.architecture == here)
    }
}

impl Archive {
    pub(super) fn open(path: &Path) -> io::Result<Archive> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return bad("it is no file");
        }
        let mut members = BTreeMap::new();
        tarball::entries(BufReader::new(&file), &mut |entry, _| {
            if members.len() == MEMBERS_MAX {
                return bad("it has too many files for an image");
            }
            if let Kind::File { .. } = entry.kind {
                let name = String::from_utf8_lossy(&entry.name);
                let name = name.trim_start_matches("./").to_owned();
                members.insert(name, (entry.position, entry.bytes));
            }
            Ok(())
        })?;
        Ok(Archive { file, members })
    }

    /// One file of the archive.
    pub(super) fn member(&mut self, name: &str) -> io::Result<impl Read + '_> {
        let Some((position, bytes)) = self.members.get(name).copied() else {
            let name: String = name.chars().take(120).collect();
            return bad(format!("it has no file `{name}`"));
        };
        self.file.seek(SeekFrom::Start(position))?;
        Ok((&self.file).take(bytes))
    }

    fn document<T: DeserializeOwned>(&mut self, name: &str) -> io::Result<T> {
        let mut bytes = Vec::new();
        self.member(name)?.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > DOCUMENT_BYTES_MAX {
            return bad("one of its documents is too long");
        }
        let name: String = name.chars().take(120).collect();
        serde_json::from_slice(&bytes)
            .map_err(|error| io::Error::other(format!("cannot read its `{name}`: {error}")))
    }

    /// A document that is stored by its digest, which is compared.
    fn stored<T: DeserializeOwned>(&mut self, wanted: &Digest) -> io::Result<T> {
        self.compare(&blob(wanted), wanted)?;
        self.document(&blob(wanted))
    }

    fn compare(&mut self, member: &str, wanted: &Digest) -> io::Result<()> {
        if digest_of(self.member(member)?)? == *wanted {
            return Ok(());
        }
        bad("one of its documents is another one than its digest says")
    }

    /// All manifests, those in lists of lists too, each with the names of the lists around it.
    fn manifests(&mut self) -> io::Result<Vec<(Descriptor, Vec<String>)>> {
        if !self.members.contains_key("index.json") {
            return Ok(Vec::new());
        }
        let index: Index = self.document("index.json")?;
        let mut found = Vec::new();
        let mut ahead: Vec<(Descriptor, Vec<String>, u32)> =
            index.manifests.into_iter().map(|one| (one, Vec::new(), 0)).collect();
        ahead.reverse();
        while let Some((one, mut names, depth)) = ahead.pop() {
            if found.len() + ahead.len() > MANIFESTS_MAX || depth > DEPTH_MAX {
                return bad("it has too many manifests");
            }
            names.extend(one.names().cloned());
            let stored = digest(&one.digest)?;
            if one.is_list() && self.members.contains_key(&blob(&stored)) {
                names.push(one.digest.clone());
                let list: Index = self.stored(&stored)?;
                let list = list.manifests.into_iter().take(MANIFESTS_MAX).rev();
                ahead.extend(list.map(|inner| (inner, names.clone(), depth + 1)));
            } else if !one.is_list() {
                found.push((one, names));
            }
        }
        // An archive for one machine may list what others would get.
        found.retain(|(one, _)| {
            digest(&one.digest).is_ok_and(|stored| self.members.contains_key(&blob(&stored)))
        });
        Ok(found)
    }

    fn saved(&mut self) -> io::Result<Vec<Saved>> {
        if self.members.contains_key("manifest.json") {
            return self.document("manifest.json");
        }
        Ok(Vec::new())
    }

    /// Tags and digests of all images.
    pub(super) fn names(&mut self) -> io::Result<Vec<String>> {
        let tag = |name: &String| match name.rsplit_once(':') {
            Some((_, tag)) if !tag.contains('/') && !name.starts_with("sha256:") => tag.to_owned(),
            Some(_) | None => name.clone(),
        };
        let mut names = Vec::new();
        for (manifest, around) in self.manifests()? {
            names.extend(around.iter().map(tag));
            names.push(manifest.digest);
        }
        for saved in self.saved()? {
            names.extend(saved.repo_tags.unwrap_or_default().iter().map(tag));
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The layers of an image, lowest first.
    pub(super) fn image(&mut self, version: &str) -> io::Result<Vec<Layer>> {
        let fits = |(one, names): &(Descriptor, Vec<String>)| {
            one.digest == version || names.iter().any(|name| is_tag(name, version))
        };
        let all: Vec<_> = self.manifests()?.into_iter().filter(fits).collect();
        let chosen = all.iter().find(|(one, _)| one.digest == version || one.is_here());
        if let Some((manifest, _)) = chosen {
            return self.of_manifest(&digest(&manifest.digest)?);
        }
        for saved in self.saved()? {
            let tags = saved.repo_tags.iter().flatten();
            let is_id = version.strip_prefix("sha256:").is_some_and(|id| saved.config.contains(id));
            if is_id || tags.into_iter().any(|name| is_tag(name, version)) {
                return self.of_saved(&saved);
            }
        }
        bad("it has no image of this tag or digest for this machine")
    }

    fn of_manifest(&mut self, wanted: &Digest) -> io::Result<Vec<Layer>> {
        let manifest: Manifest = self.stored(wanted)?;
        let configuration: Configuration = self.stored(&digest(&manifest.config.digest)?)?;
        let packed = manifest.layers.iter().map(|layer| digest(&layer.digest));
        let packed = packed.collect::<io::Result<Vec<Digest>>>()?;
        let members = packed.iter().map(|digest| (blob(digest), Some(*digest))).collect();
        layers(members, &configuration)
    }

    fn of_saved(&mut self, saved: &Saved) -> io::Result<Vec<Layer>> {
        let name = saved.config.rsplit('/').next().unwrap_or_default();
        let own = digest(&format!("sha256:{}", name.trim_end_matches(".json")))?;
        self.compare(&saved.config, &own)?;
        let configuration: Configuration = self.document(&saved.config)?;
        layers(saved.layers.iter().map(|name| (name.clone(), None)).collect(), &configuration)
    }
}

fn layers(
    members: Vec<(String, Option<Digest>)>,
    configuration: &Configuration,
) -> io::Result<Vec<Layer>> {
    let contents = &configuration.rootfs.diff_ids;
    if members.len() != contents.len() || members.len() > LAYERS_MAX {
        return bad("its layers are not those that its configuration names");
    }
    let both = members.into_iter().zip(contents);
    both.map(|((member, packed), content)| Ok(Layer { member, packed, content: digest(content)? }))
        .collect()
}

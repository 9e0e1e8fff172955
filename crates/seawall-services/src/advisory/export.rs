//! The folder of everything public: a CSAF trusted provider's files, the OSV records and the
//! public log's tiles. It can be copied as it is, served by anything, and verified offline.
//!
//! Every file is written beside its place and then moved into it; documents come before the feeds
//! that list them. Writing it again gives the same folder.

use super::publish::{Kept, kept};
use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use crate::verify::manifest;
use seawall_domain::advisory::Advisory;
use seawall_domain::id::AdvisoryId;
use seawall_domain::publication::{AdvisoryNumber, Publication};
use seawall_formats::csaf::{self, Listing, Provider};
use seawall_ledger::openpgp::OpenPgpKey;
use seawall_store::facts::Log;
use std::path::Path;

/// The name of the OpenPGP key's file, under `csaf/openpgp/`.
fn key_file(fingerprint: &str) -> String {
    format!("{}.asc", fingerprint.to_uppercase())
}

/// The path of a CSAF document under the folder of everything public.
pub(crate) fn csaf_path(publication: &Publication) -> String {
    format!("csaf/white/{}", csaf::directory_path(&Listing::of(publication)))
}

/// The path of an OSV record under the folder of everything public.
pub(crate) fn osv_path(number: AdvisoryNumber) -> String {
    format!("osv/x_{number}.json")
}

/// The installation's OpenPGP key: the same for the life of the installation.
pub(crate) fn openpgp(desk: &Desk) -> Outcome<OpenPgpKey> {
    let publisher = &desk.settings.publisher;
    let user = format!("{} <{}>", publisher.name, desk.settings.mail_from);
    let seed = desk.store.keys().derive("openpgp");
    Ok(OpenPgpKey::generate(seed, &user, KEY_CREATED)
        .map_err(|error| Fault::inconsistent("make the OpenPGP key", error))?)
}

/// When the OpenPGP key counts as made: fixed, so that the key is the same at every start.
const KEY_CREATED: u32 = 1_767_225_600;

/// Writes what was published into the folder, once per publication job.
pub async fn export(desk: &Desk, _id: AdvisoryId) -> Outcome<()> {
    let mut tx = desk.begin("advisory_export").await?;
    tx.lock("export").await?;
    let advisories = tx.advisory_list_out(i64::MAX).await?;
    let mut editions = Vec::new();
    for advisory in &advisories {
        if let Some(edition) = advisory.editions.last() {
            editions.push((advisory.clone(), kept(desk, &mut tx, edition).await?));
        }
    }
    let key = openpgp(desk)?;
    let folder = desk.settings.public.clone();
    let at = desk.now();
    for (advisory, kept) in &editions {
        write_documents(&folder, advisory, kept, &key)?;
    }
    write_feeds(desk, &folder, &editions, &key, at)?;
    write_manifest(desk, &folder)?;
    // The lock is held until here: two exports never mix.
    tx.commit().await?;
    Ok(())
}

fn write_documents(
    folder: &Path,
    advisory: &Advisory,
    kept: &Kept,
    key: &OpenPgpKey,
) -> Outcome<()> {
    let csaf = csaf_path(&kept.publication);
    let name = csaf::file_name(kept.publication.number);
    let bytes = kept.csaf.as_bytes();
    let signed_at = advisory.editions.last().map_or(0, |edition| edition.at.as_second());
    let signed_at = u32::try_from(signed_at).unwrap_or(u32::MAX);
    let signature = key
        .sign_detached(bytes, signed_at)
        .map_err(|error| Fault::inconsistent("sign a CSAF document", error))?;
    place(folder, &csaf, bytes)?;
    place(folder, &format!("{csaf}.sha256"), csaf::sha256_file(bytes, &name).as_bytes())?;
    place(folder, &format!("{csaf}.sha512"), csaf::sha512_file(bytes, &name).as_bytes())?;
    place(folder, &format!("{csaf}.asc"), signature.as_bytes())?;
    place(folder, &osv_path(kept.publication.number), kept.osv.as_bytes())
}

fn write_feeds(
    desk: &Desk,
    folder: &Path,
    editions: &[(Advisory, Kept)],
    key: &OpenPgpKey,
    at: seawall_domain::time::Timestamp,
) -> Outcome<()> {
    let publisher = &desk.settings.publisher;
    let listings: Vec<Listing> =
        editions.iter().map(|(_, kept)| Listing::of(&kept.publication)).collect();
    let latest = editions.iter().filter_map(|(a, _)| Some(a.editions.last()?.at)).max();
    let updated = latest.unwrap_or(at);
    let fingerprint = key.fingerprint();
    let files = [
        (format!("csaf/openpgp/{}", key_file(&fingerprint)), key.armored_public()),
        ("csaf/white/index.txt".into(), csaf::index_txt(&listings)),
        ("csaf/white/changes.csv".into(), csaf::changes_csv(&listings)),
        (
            "csaf/white/csaf-feed-tlp-white.json".into(),
            csaf::rolie_feed(publisher, &listings, updated),
        ),
        ("csaf/service.json".into(), csaf::rolie_service(publisher)),
        ("csaf/category.json".into(), csaf::rolie_category()),
        (
            "csaf/provider-metadata.json".into(),
            csaf::provider_metadata(
                publisher,
                &Provider { updated, fingerprint: Some(fingerprint) },
            ),
        ),
    ];
    for (path, text) in files {
        place(folder, &path, text.as_bytes())?;
    }
    Ok(())
}

/// Lists every file of the folder, signed with the key of the public log, after all of them.
fn write_manifest(desk: &Desk, folder: &Path) -> Outcome<()> {
    let fault = |source| Fault::File { what: manifest::LIST.to_owned(), source };
    let key = crate::log::verifier(desk, Log::Public)?.to_string();
    place(&crate::log::folder(desk, Log::Public), "key", key.as_bytes())?;
    let list = manifest::list(&manifest::files(folder).map_err(fault)?);
    let note = crate::log::sign_note(desk, Log::Public, manifest::note_text(&list))?;
    place(folder, manifest::NOTE, note.as_bytes())?;
    place(folder, manifest::LIST, list.as_bytes())
}

/// Writes a file beside its place and moves it in, so that a reader sees the old or the new one.
pub(crate) fn place(folder: &Path, path: &str, bytes: &[u8]) -> Outcome<()> {
    let fault = |source| Fault::File { what: path.to_owned(), source };
    let target = folder.join(path);
    let parent = target.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent).map_err(fault)?;
    let unready = target.with_extension("unready");
    std::fs::write(&unready, bytes).map_err(fault)?;
    std::fs::rename(&unready, &target).map_err(fault)?;
    Ok(())
}

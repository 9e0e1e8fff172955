//! What clients of registries are told: settings from the environment, and configuration files of
//! the user, or of a folder that stands in their place.

use crate::cache::Scratch;
use crate::{LabFault, Laboratory};
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A longer configuration file is none.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Where clients see their configuration.
pub(crate) const INSIDE: &str = "/config";

/// Files of the user, below the home folder, and how a client finds a copy of each.
const FILES: [(&str, &str); 4] = [
    (".npmrc", "npmrc"),
    (".config/pip/pip.conf", "pip.conf"),
    (".pip/pip.conf", "pip.conf"),
    (".m2/settings.xml", "settings.xml"),
];

/// The folder with the clients' configuration: the laboratory's own, or copies of the user's
/// files in a folder that nobody else may enter.
pub(crate) fn folder(lab: &Laboratory, scratch: &Scratch) -> Result<PathBuf, LabFault> {
    if let Some(folder) = &lab.clients {
        let fault = |error| LabFault::io("finding the clients' folder", error);
        return std::path::absolute(folder).map_err(fault);
    }
    let folder = scratch.path().join("config");
    if folder.is_dir() {
        return Ok(folder);
    }
    let fault = |error| LabFault::io("copying the clients' configuration", error);
    fs::create_dir_all(&folder).map_err(fault)?;
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.unwrap_or_else(|| home.join(".cargo"));
    let own = FILES.map(|(file, name)| (home.join(file), name));
    let cargo = ["config", "config.toml"].map(|file| (cargo.join(file), "config.toml"));
    let pip = std::env::var_os("PIP_CONFIG_FILE").map(|file| (PathBuf::from(file), "pip.conf"));
    for (file, name) in own.into_iter().chain(cargo).chain(pip) {
        copy(&file, &folder.join(name)).map_err(fault)?;
    }
    Ok(folder)
}

fn copy(file: &Path, to: &Path) -> std::io::Result<()> {
    let Ok(file) = fs::File::open(file) else {
        return Ok(());
    };
    let mut bytes = Vec::new();
    if file.metadata()?.is_file()
        && file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)? as u64 <= FILE_BYTES_MAX
    {
        fs::write(to, bytes)?;
        // The user of the sandbox is another one; the folder above is shut for everybody else.
        fs::set_permissions(to, fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}

/// What clients take from the environment, besides what we tell them. Where a folder stands in the
/// place of the user's configuration, that is the way to the network and nothing else.
pub(crate) fn environment(lab: &Laboratory) -> Vec<(String, String)> {
    let told = [
        ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
        ("PIP_NO_INPUT", "1"),
        ("PIP_NO_CACHE_DIR", "1"),
        ("PIP_CONFIG_FILE", "/config/pip.conf"),
        ("npm_config_userconfig", "/config/npmrc"),
        ("npm_config_cache", "/scratch/npm"),
        ("npm_config_update_notifier", "false"),
        ("npm_config_audit", "false"),
        ("npm_config_fund", "false"),
        ("npm_config_ignore_scripts", "true"),
        ("CARGO_TERM_COLOR", "never"),
        ("CARGO_HOME", "/scratch/cargo"),
        ("CARGO_NET_OFFLINE", "false"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_TERMINAL_PROMPT", "0"),
    ];
    let names: Vec<String> = told.iter().map(|(name, _)| name.to_ascii_uppercase()).collect();
    let own = std::env::vars_os().filter_map(|(name, value)| {
        let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
        let told = names.contains(&name.to_ascii_uppercase());
        let passed = match lab.clients {
            Some(_) => WAY.contains(&name.to_ascii_uppercase().as_str()),
            None => is_passed(&name) && !is_place(&name),
        };
        (passed && !told).then_some((name, value))
    });
    told.iter().map(|(name, value)| ((*name).into(), (*value).into())).chain(own).collect()
}

/// Settings that name places of this host, which a client does not see.
fn is_place(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    ["_CACHE_DIR", "_GLOBALCONFIG", "_PREFIX", "_TARGET", "_LOG", "_TMP"]
        .iter()
        .any(|end| upper.ends_with(end))
}

/// What leads to the network and says whom to trust there.
const WAY: [&str; 10] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
];
const GO: [&str; 5] = ["GOPROXY", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE"];

/// Whether a client gets this variable: what it needs to reach its registry, and nothing that
/// looks like a secret.
pub(crate) fn is_passed(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let secret = ["TOKEN", "PASSWORD", "PASSWD", "SECRET", "AUTH", "CREDENTIAL", "KEY", "DATABASE"];
    if secret.iter().any(|word| upper.contains(word)) {
        return false;
    }
    let whole = WAY.contains(&upper.as_str()) || GO.contains(&upper.as_str());
    let starts = ["PIP_", "NPM_CONFIG_", "CARGO_HTTP_", "CARGO_NET_", "CARGO_SOURCE_"];
    whole || starts.iter().any(|start| upper.starts_with(start))
}

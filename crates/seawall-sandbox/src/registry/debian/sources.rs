//! The configuration of apt in a sandbox: every place in memory, and sources of one release.

use super::super::Visit;
use crate::LabFault;
use seawall_domain::package::Ecosystem;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Every place that apt uses; lists are kept compressed.
const CONFIGURATION: &str = "\
Dir::Etc::main \"-\";
Dir::Etc::parts \"-\";
Dir::Etc::sourcelist \"-\";
Dir::Etc::sourceparts \"/given/sources\";
Dir::State \"/scratch/apt/state\";
Dir::State::status \"/dev/null\";
Dir::Cache \"/scratch/apt/cache\";
Dir::Log \"/scratch/apt\";
APT::Sandbox::User \"\";
APT::Get::List-Cleanup \"false\";
Acquire::GzipIndexes \"true\";
Acquire::Languages \"none\";
Acquire::Retries \"2\";
Debug::NoLocking \"true\";
";
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Makes the folder of the configuration: sources of the laboratory's own folder of clients, else
/// those of this host, with what it says of proxies and certificates.
pub(super) fn give(visit: &Visit<'_>, given: &Path) -> Result<(), LabFault> {
    let fault = |error| LabFault::io("laying out the sources of apt", error);
    let folder = given.join("sources");
    fs::create_dir_all(&folder).map_err(fault)?;
    let own = visit.lab.clients.as_deref().map(|folder| folder.join("sources.list"));
    let mut configuration = CONFIGURATION.to_owned();
    if let Some(text) = own.and_then(|file| text(&file)) {
        fs::write(folder.join("own.list"), text).map_err(fault)?;
    } else {
        let (here, wanted) = suites(&visit.package.ecosystem).map_err(|why| visit.silent(why))?;
        let one = text(Path::new("/etc/apt/sources.list"));
        let one = one.map(|text| ("sources.list".to_owned(), text));
        for (number, (name, text)) in
            one.into_iter().chain(files("/etc/apt/sources.list.d")).enumerate()
        {
            let (ending, chosen) = match name.ends_with(".sources") {
                true => ("sources", paragraphs(&text, &here, &wanted)),
                false => ("list", lines(&text, &here, &wanted)),
            };
            fs::write(folder.join(format!("{number}.{ending}")), chosen).map_err(fault)?;
        }
        for (_, text) in files("/etc/apt/apt.conf.d") {
            let network = text.lines().filter(|line| line.starts_with("Acquire::"));
            for line in network.filter(|line| line.trim_end().ends_with(';')) {
                // Writing to a text cannot fail.
                let _ = writeln!(configuration, "{line}");
            }
        }
    }
    fs::write(given.join("apt.conf"), configuration).map_err(fault)
}

fn text(file: &Path) -> Option<String> {
    let small = fs::metadata(file).ok()?.len() <= FILE_BYTES_MAX;
    if small { fs::read_to_string(file).ok() } else { None }
}

fn files(folder: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let read = |path: PathBuf| Some((path.file_name()?.to_str()?.to_owned(), text(&path)?));
    paths.into_iter().filter_map(read).collect()
}

/// The code name of this host's release, and of the one that is wanted.
fn suites(ecosystem: &Ecosystem) -> Result<(String, String), String> {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let field = |name: &str| {
        let value = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.map(|value| value.trim_matches('"').to_owned())
    };
    let (Some(here), Some("debian")) = (field("VERSION_CODENAME"), field("ID").as_deref()) else {
        return Err("this host is no Debian, and the laboratory has no sources of its own".into());
    };
    let number = field("VERSION_ID");
    let wanted = match ecosystem.release() {
        None => here.clone(),
        Some(release) if Some(release) == number.as_deref() => here.clone(),
        Some(name) if name.chars().all(|c| c.is_ascii_lowercase()) => name.to_owned(),
        Some(number) => code_name(number).ok_or("this host does not know the release's name")?,
    };
    Ok((here, wanted))
}

/// The code name of a release by its number, where this host has the list of them.
fn code_name(number: &str) -> Option<String> {
    let list = text(Path::new("/usr/share/distro-info/debian.csv"))?;
    list.lines().find_map(|line| {
        let mut fields = line.split(',');
        let (version, _, series) = (fields.next()?, fields.next()?, fields.next()?);
        (version == number).then(|| series.to_owned())
    })
}

/// A suite of this host's release as one of the release that is wanted; none for other suites.
fn suite(word: &str, here: &str, wanted: &str) -> Option<String> {
    let rest = word.strip_prefix(here)?;
    (rest.is_empty() || rest.starts_with(['-', '/'])).then(|| format!("{wanted}{rest}"))
}

/// The lines of a `sources.list(5)` that are about the host's release.
fn lines(text: &str, here: &str, wanted: &str) -> String {
    let mut chosen = String::new();
    for line in text.lines().filter(|line| line.starts_with("deb ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.iter().any(|word| suite(word, here, wanted).is_some()) {
            let renamed = |word: &&str| suite(word, here, wanted).unwrap_or((*word).to_owned());
            let words: Vec<String> = words.iter().map(renamed).collect();
            chosen.push_str(&words.join(" "));
            chosen.push('\n');
        }
    }
    chosen
}

/// The paragraphs of a file in the newer form that are about the host's release.
fn paragraphs(text: &str, here: &str, wanted: &str) -> String {
    let mut chosen = String::new();
    for paragraph in text.split("\n\n") {
        let about = paragraph.lines().find_map(|line| line.strip_prefix("Suites:"));
        let suites = about.unwrap_or_default().split_whitespace();
        let suites: Vec<String> = suites.filter_map(|word| suite(word, here, wanted)).collect();
        if suites.is_empty() {
            continue;
        }
        for line in paragraph.lines() {
            let line = match line {
                line if line.starts_with("Suites:") => format!("Suites: {}", suites.join(" ")),
                line if line.starts_with("Types:") => "Types: deb".to_owned(),
                line => line.to_owned(),
            };
            chosen.push_str(&line);
            chosen.push('\n');
        }
        chosen.push('\n');
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_the_release_are_chosen_and_renamed() {
        let list = "# deb http://d.invalid/x old main\ndeb-src http://d.invalid/x old main\n\
                    deb [signed-by=/k] http://d.invalid/x old main\n\
                    deb http://d.invalid/s old-security main\n\
                    deb http://o.invalid/x tool-old main\n";
        let expected = "deb [signed-by=/k] http://d.invalid/x new main\n\
                        deb http://d.invalid/s new-security main\n";
        assert_eq!(lines(list, "old", "new"), expected);
        let file = "Types: deb deb-src\nURIs: http://d.invalid/x\nSuites: old old-updates\n\
                    Components: main\n\nTypes: deb\nSuites: nodistro\n";
        let expected = "Types: deb\nURIs: http://d.invalid/x\nSuites: new new-updates\n\
                        Components: main\n\n";
        assert_eq!(paragraphs(file, "old", "new"), expected);
    }
}

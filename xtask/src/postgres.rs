//! A private PostgreSQL for one test run: a unix socket in a fresh folder, gone afterwards.
//!
//! A shell of its own process group starts the server and then waits on a pipe that we hold. When
//! we close the pipe, or die in any way (Ctrl-C and `kill -9` included), it stops the server by
//! its process id and removes the folder. So nothing is left behind, without a signal handler.

use crate::system;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Starts the server in `$1`'s programs, says its folder on stdout, waits for the end of stdin.
/// Durability is off: the data lives for one test run.
const SCRIPT: &str = r#"
set -eu
export LC_ALL=C
programs=$1
folder=$(mktemp -d /tmp/seawall-postgres.XXXXXX)
trap 'rm -rf "$folder"' EXIT
if ! "$programs/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync \
    >"$folder/said" 2>&1; then
    tail -n 20 "$folder/said" >&2
    exit 1
fi
"$programs/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off \
    -c synchronous_commit=off -c full_page_writes=off -c max_connections=400 \
    >"$folder/said" 2>&1 </dev/null &
server=$!
tries=0
until "$programs/pg_isready" -q -h "$folder" -U postgres; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
        tail -n 20 "$folder/said" >&2
        kill -QUIT "$server" 2>/dev/null || true
        exit 1
    fi
    sleep 0.1
done
echo "$folder"
cat >/dev/null
kill -INT "$server"
wait "$server" || true
"#;

/// A running server; dropping it stops it.
pub struct Cluster {
    keeper: Child,
    folder: PathBuf,
}

impl Cluster {
    /// Starts a fresh, empty server that only this machine's root and owner can reach.
    pub fn start() -> Result<Cluster, String> {
        let programs = programs().ok_or("no PostgreSQL programs found (package `postgresql`)")?;
        let mut command = shell();
        command.arg("-c").arg(SCRIPT).arg("sh").arg(programs).current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut keeper =
            command.spawn().map_err(|error| format!("cannot start PostgreSQL: {error}"))?;
        let mut line = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            let read = BufReader::new(stdout).read_line(&mut line);
            read.map_err(|error| format!("cannot read from PostgreSQL's shell: {error}"))?;
        }
        let folder = PathBuf::from(line.trim());
        let cluster = Cluster { keeper, folder };
        if line.trim().is_empty() {
            return Err("cannot start PostgreSQL: its messages are above".to_string());
        }
        Ok(cluster)
    }

    /// Where tests connect; they may create databases there.
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            eprintln!("cannot wait for PostgreSQL to stop: {error}");
        }
    }
}

/// The folder with `initdb` and `postgres`: the newest of Debian's, else the search path's.
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .map(|entry| entry.path())
        .filter(|folder| folder.join("bin/initdb").is_file())
        .max_by_key(|folder| number(folder));
    let found = newest.map(|folder| folder.join("bin"));
    found.or_else(|| system::program("initdb")?.parent().map(Path::to_path_buf))
}

fn number(folder: &Path) -> u32 {
    folder.file_name().and_then(|name| name.to_str()?.parse().ok()).unwrap_or(0)
}

/// A shell that `initdb` accepts: it refuses root, so root becomes `postgres` first.
fn shell() -> Command {
    if !system::is_root() {
        return Command::new("sh");
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", "sh"]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers_and_leaves_nothing_behind() {
        let Some(programs) = programs() else {
            println!("skipped: a_cluster_answers_and_leaves_nothing_behind: no PostgreSQL");
            return;
        };
        let cluster = Cluster::start().unwrap();
        let folder = cluster.folder.clone();
        let mut ready = Command::new(programs.join("pg_isready"));
        assert!(crate::run::succeeds(ready.arg("-h").arg(&folder)));
        drop(cluster);
        assert!(!folder.exists(), "{} is still there", folder.display());
    }
}

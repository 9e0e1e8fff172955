//! Where the interpreters and compilers of this host are, so that a sandbox can show them.
//!
//! `/usr` is shown as it is. A tool that lives elsewhere (a home folder that the sandbox's user
//! may not enter) is mounted below `/opt`, by the folder that its own program names.

use crate::client;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The search path of a sandbox.
pub(crate) const PATH: &str = "/opt/rust/bin:/opt/node/bin:/opt/python/bin:/usr/local/bin:\
    /usr/bin:/bin:/usr/sbin:/sbin:/usr/local/go/bin";

/// One tool folder of the host and where a sandbox shows it.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    pub host: PathBuf,
    pub inside: &'static str,
}

/// The tool folders outside `/usr`; asked once per process.
pub(crate) fn outside_usr() -> &'static [Tool] {
    static TOOLS: OnceLock<Vec<Tool>> = OnceLock::new();
    TOOLS.get_or_init(|| {
        let ask = |program: &str, args: &[&str]| {
            let said = client::run(program, args, Path::new("/")).ok()?;
            let path = PathBuf::from(said.stdout.trim());
            (said.success && path.is_absolute()).then_some(path)
        };
        let mut tools = Vec::new();
        let mut show = |host: Option<PathBuf>, inside| {
            if let Some(host) = host.filter(|host| !host.starts_with("/usr") && host.is_dir()) {
                tools.push(Tool { host, inside });
            }
        };
        show(ask("rustc", &["--print", "sysroot"]), "/opt/rust");
        if !in_usr("node") {
            let program = ask("node", &["-p", "process.execPath"]);
            let prefix = program.as_deref().and_then(Path::parent).and_then(Path::parent);
            show(prefix.map(Path::to_owned), "/opt/node");
        }
        if !in_usr("python3") {
            let prefix = "import sys; print(sys.base_prefix)";
            show(ask("python3", &["-I", "-c", prefix]), "/opt/python");
        }
        tools
    })
}

fn in_usr(program: &str) -> bool {
    ["/usr/local/bin", "/usr/bin"].iter().any(|folder| Path::new(folder).join(program).exists())
}

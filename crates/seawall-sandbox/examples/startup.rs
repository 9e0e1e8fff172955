//! Start to end of `true`: in our sandbox, in bare bubblewrap, and as a bare process, interleaved.

use seawall_domain::recipe::Limits;
use seawall_sandbox::Laboratory;
use seawall_sandbox::launch::{Job, launch};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds: usize = std::env::args().nth(1).map_or(Ok(100), |text| text.parse())?;
    let cache = std::env::temp_dir().join(format!("seawall-startup-{}", std::process::id()));
    let lab = Laboratory { cache: cache.clone(), local_catalogue: None, offline: true };
    let limits = Limits::default();
    let bare = |program: &str, words: &[&str]| {
        let start = Instant::now();
        let mut command = Command::new(program);
        command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().map(|_| start.elapsed())
    };
    let bubble = ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"];
    let bubble = [&bubble[..], &["--tmpfs", "/tmp", "--die-with-parent", "true"]].concat();
    let mut times: [(&str, Vec<Duration>); 3] =
        [("bare process", vec![]), ("bare bubblewrap", vec![]), ("our sandbox", vec![])];
    for round in 0..rounds + 3 {
        let start = Instant::now();
        let job = Job {
            mounts: Vec::new(),
            environment: Vec::new(),
            command: vec!["true".into()],
            input: None,
            limits: &limits,
            stdout_bytes_max: None,
        };
        launch(&lab, &job)?;
        let ours = start.elapsed();
        let took = [bare("true", &[])?, bare("bwrap", &bubble)?, ours];
        if round >= 3 {
            times.iter_mut().zip(took).for_each(|((_, all), took)| all.push(took));
        }
    }
    for (name, mut all) in times {
        all.sort_unstable();
        let at = |part: usize| {
            all.get((all.len() * part / 100).min(all.len() - 1))
                .map_or(0.0, |t| t.as_secs_f64() * 1e3)
        };
        println!("{name:16} median {:6.2} ms, p10 {:6.2}, p90 {:6.2}", at(50), at(10), at(90));
    }
    std::fs::remove_dir_all(cache)?;
    Ok(())
}

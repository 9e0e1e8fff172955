//! Counting a process tree from outside, where no control group counts it for us.

use nix::unistd::{Pid, SysconfVar, sysconf};
use std::collections::HashMap;
use std::fs;
use std::time::Duration;

/// What a tree of processes uses.
#[derive(Debug, Default)]
pub(crate) struct Census {
    pub resident_bytes: u64,
    pub cpu: Duration,
}

/// One line of `/proc/PID/stat`, as far as we need it.
struct Stat {
    parent: i32,
    /// Own and waited-for children's time, in ticks.
    ticks: u64,
    resident_pages: u64,
}

fn stat(pid: i32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold anything; the fields after its last bracket are numbers.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        ticks: [11, 12, 13, 14].into_iter().filter_map(number).sum(),
        resident_pages: number(21)?,
    })
}

fn of_ticks(ticks: u64) -> Duration {
    let per_second = sysconf(SysconfVar::CLK_TCK).ok().flatten().unwrap_or(100);
    let per_second = u64::try_from(per_second).unwrap_or(100).max(1);
    Duration::from_millis(ticks.saturating_mul(1000) / per_second)
}

/// The processor time of a process that ended and was not reaped, with all that it waited for.
pub(crate) fn own_and_children(pid: Pid) -> Duration {
    stat(pid.as_raw()).map_or(Duration::ZERO, |stat| of_ticks(stat.ticks))
}

/// The use of a process and of everything that descends from it.
pub(crate) fn below(root: Pid) -> Census {
    let page = sysconf(SysconfVar::PAGE_SIZE).ok().flatten().unwrap_or(4096);
    let page = u64::try_from(page).unwrap_or(4096);
    let Ok(entries) = fs::read_dir("/proc") else {
        return Census::default();
    };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let all: HashMap<i32, Stat> = pids.filter_map(|pid| Some((pid, stat(pid)?))).collect();
    let descends = |pid: &i32| {
        let mut at = *pid;
        // A tree has no more levels than there are processes.
        for _ in 0..all.len() {
            if at == root.as_raw() {
                return true;
            }
            match all.get(&at) {
                Some(stat) if stat.parent > 0 => at = stat.parent,
                Some(_) | None => return false,
            }
        }
        false
    };
    let ours: Vec<&Stat> =
        all.iter().filter(|(pid, _)| descends(pid)).map(|(_, stat)| stat).collect();
    Census {
        resident_bytes: ours.iter().map(|stat| stat.resident_pages * page).sum(),
        cpu: of_ticks(ours.iter().map(|stat| stat.ticks).sum()),
    }
}

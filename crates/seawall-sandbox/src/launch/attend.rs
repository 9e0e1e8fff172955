//! Attending a sandbox: read what it prints, hold it to its limits, wait until it is gone.

use super::birth::Sandbox;
use super::{Ended, How, census};
use crate::LabFault;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use seawall_domain::recipe::Limits;
use std::fs::File;
use std::io::{ErrorKind, PipeReader, Read, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// So much more time passes on a busy machine than a process gets of it.
const WALL_PER_CPU: u32 = 4;
/// And so much is granted in any case, for starting up.
const WALL_SECONDS_MORE: u32 = 5;
/// How often we look where the kernel counts for us, in milliseconds.
const WATCH_MS: u16 = 20;
/// And where we must count ourselves.
const WATCH_CLOSELY_MS: u16 = 8;
/// A pipe holds no more.
const READ_BYTES: usize = 64 * 1024;

/// What the watcher found out.
#[derive(Default)]
struct Found {
    how: Option<How>,
    cpu: Duration,
    peak_bytes: u64,
}

/// Bytes that may still be printed.
struct Budget {
    left: u64,
    spent: bool,
}

impl Budget {
    fn of(bytes: u64) -> Budget {
        Budget { left: bytes, spent: false }
    }

    /// Takes so many bytes, or what is left, and remembers when that was too little.
    fn take(&mut self, bytes: usize) -> usize {
        let wanted = bytes as u64;
        self.spent |= self.left < wanted;
        let given = self.left.min(wanted);
        self.left -= given;
        usize::try_from(given).unwrap_or(bytes)
    }
}

/// One stream of a sandbox, until it ends.
struct Stream {
    pipe: PipeReader,
    open: bool,
    bytes: Vec<u8>,
    /// Where the bytes go in place of memory, and why they could not.
    file: Option<File>,
    lost: Option<std::io::Error>,
}

impl Stream {
    fn of(pipe: PipeReader, file: Option<File>) -> Stream {
        Stream { pipe, open: true, bytes: Vec::new(), file, lost: None }
    }

    /// Reads once what is there.
    fn read(&mut self, room: &mut [u8], budget: &mut Budget) {
        match self.pipe.read(room) {
            Ok(0) => self.open = false,
            Ok(read) => {
                let kept = room.get(..budget.take(read)).unwrap_or_default();
                match &mut self.file {
                    None => self.bytes.extend_from_slice(kept),
                    Some(file) => self.lost = file.write_all(kept).err(),
                }
                self.open &= self.lost.is_none();
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // What was read before a fault is still worth having.
            Err(_) => self.open = false,
        }
    }
}

/// Both streams and what may still be printed on them, together unless the first has its own.
struct Streams {
    both: [Stream; 2],
    budgets: [Budget; 2],
    apart: bool,
}

impl Streams {
    fn read(&mut self, which: usize, room: &mut [u8]) {
        let index = if which == 0 && self.apart { 1 } else { 0 };
        if let (Some(stream), Some(budget)) =
            (self.both.get_mut(which), self.budgets.get_mut(index))
        {
            stream.read(room, budget);
        }
    }

    fn spent(&self) -> bool {
        self.budgets.iter().any(|budget| budget.spent)
    }

    /// Reads what is left when nobody can write any more.
    fn drain(&mut self, room: &mut [u8]) {
        for which in 0..self.both.len() {
            while !self.spent() && self.both.get(which).is_some_and(|stream| stream.open) {
                self.read(which, room);
            }
        }
    }
}

/// Reads, watches and waits until the sandbox is gone.
pub(super) fn attend(sandbox: &mut Sandbox) -> Result<Ended, LabFault> {
    let limits = sandbox.limits;
    let fault = |error| LabFault::io("waiting for a sandbox", error);
    let pipe = |pipe: &PipeReader, file| {
        pipe.try_clone().map(|pipe| Stream::of(pipe, file)).map_err(fault)
    };
    let output = u64::from(limits.output_kib) * 1024;
    let mut streams = Streams {
        both: [pipe(&sandbox.stdout, sandbox.output.take())?, pipe(&sandbox.stderr, None)?],
        budgets: [Budget::of(output), Budget::of(sandbox.stdout_bytes_max.unwrap_or(output))],
        apart: sandbox.stdout_bytes_max.is_some(),
    };
    let mut room = vec![0; READ_BYTES];
    let mut found = Found::default();
    until_gone(sandbox, &mut streams, &mut found, &mut room)?;
    // Not reaped yet: the process table may still hold what the whole tree used.
    if !sandbox.group.counts_cpu() {
        found.cpu = found.cpu.max(census::own_and_children(sandbox.pid));
    }
    sandbox.bury();
    let wall = sandbox.started.elapsed();
    streams.drain(&mut room);
    let how = match (streams.spent(), found.how) {
        (true, _) => How::Flooded,
        (false, Some(how)) => how,
        (false, None) if sandbox.group.starved() > 0 => How::Starved,
        (false, None) => How::Exit(status(sandbox.last_word()?)),
    };
    let [stdout, stderr] = streams.both;
    if let Some(error) = stdout.lost {
        return Err(LabFault::io("keeping what a command printed", error));
    }
    let (stdout, mut stderr) = (stdout.bytes, stderr.bytes);
    if let Some(why) = &sandbox.no_program {
        stderr.extend_from_slice(why.as_bytes());
    }
    let peak_bytes = sandbox.group.peak_bytes().unwrap_or(found.peak_bytes);
    Ok(Ended {
        how,
        stdout,
        stderr,
        cpu: sandbox.group.cpu().unwrap_or(found.cpu),
        wall,
        peak_mib: u32::try_from(peak_bytes >> 20).unwrap_or(u32::MAX),
    })
}

/// Reads what is printed and looks at the limits until the first process has ended, and with it
/// all others.
fn until_gone(
    sandbox: &Sandbox,
    streams: &mut Streams,
    found: &mut Found,
    room: &mut [u8],
) -> Result<(), LabFault> {
    let counted = sandbox.group.holds_memory() && sandbox.group.counts_cpu();
    let pause = Duration::from_millis(u64::from(if counted { WATCH_MS } else { WATCH_CLOSELY_MS }));
    let mut next = Instant::now() + pause;
    loop {
        let now = Instant::now();
        if now >= next {
            found.how = found.how.take().or_else(|| look(sandbox, found));
            next = now + pause;
        }
        if found.how.is_some() || streams.spent() {
            sandbox.end();
        }
        // Rounded up, or the last part of a millisecond would be spent in circles.
        let left = next.saturating_duration_since(now).as_millis() + 1;
        let left = PollTimeout::from(u16::try_from(left).unwrap_or(WATCH_MS));
        let (mut gone, mut ready) = (false, [false; 2]);
        {
            let of = |file| PollFd::new(file, PollFlags::POLLIN);
            let [stdout, stderr] = &streams.both;
            let mut files = vec![of(sandbox.handle.as_fd())];
            let read = !streams.spent();
            let open = [stdout.open && read, stderr.open && read];
            files.extend(open[0].then(|| of(stdout.pipe.as_fd())));
            files.extend(open[1].then(|| of(stderr.pipe.as_fd())));
            match poll(&mut files, left) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(LabFault::io("waiting for a sandbox", error)),
            }
            let mut told = files.iter().map(|file| file.any().unwrap_or(false));
            gone |= told.next().unwrap_or(false);
            for (ready, open) in ready.iter_mut().zip(open) {
                *ready = open && told.next().unwrap_or(false);
            }
        }
        for (which, ready) in ready.into_iter().enumerate() {
            if ready {
                streams.read(which, room);
            }
        }
        if gone {
            return Ok(());
        }
    }
}

/// Which limit is passed, if any.
fn look(sandbox: &Sandbox, found: &mut Found) -> Option<How> {
    let Limits { seconds, memory_mib, .. } = sandbox.limits;
    let wall = Duration::from_secs(u64::from(seconds * WALL_PER_CPU + WALL_SECONDS_MORE));
    if sandbox.started.elapsed() > wall {
        return Some(How::Late);
    }
    // The kernel ended one of its processes for want of memory: the others go on for nothing.
    if sandbox.group.starved() > 0 {
        return Some(How::Starved);
    }
    let mut cpu = sandbox.group.cpu();
    if cpu.is_none() || !sandbox.group.holds_memory() {
        let census = census::below(sandbox.pid);
        found.peak_bytes = found.peak_bytes.max(census.resident_bytes);
        found.cpu = found.cpu.max(census.cpu);
        cpu = cpu.or(Some(census.cpu));
        let most = u64::from(memory_mib) << 20;
        if !sandbox.group.holds_memory() && census.resident_bytes > most {
            return Some(How::Starved);
        }
    }
    cpu.filter(|cpu| *cpu > Duration::from_secs(u64::from(seconds))).map(|_| How::Busy)
}

/// The status of a command as a shell tells it: 128 and more is a signal.
fn status(told: i32) -> i32 {
    let signal = told & 0x7f;
    if signal == 0 { told >> 8 & 0xff } else { 128 + signal }
}

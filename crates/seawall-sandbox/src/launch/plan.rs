//! The plan of one sandbox: all that its first process needs, laid out before it is born.
//!
//! It is born as a copy of a thread of the laboratory and must not allocate, so every text is
//! ready here as the kernel wants it, and there is room for the command that comes later.

use super::Network;
use super::command::Command;
use super::kernel;
use super::view::{View, WRITABLE};
use crate::inner::Starter;
use nix::libc;
use seawall_domain::recipe::Limits;
use std::ffi::{CStr, CString};
use std::os::fd::RawFd;

/// One thing to do on the way to the sandbox's own view of files; places are below the new root.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// An empty folder.
    Folder { at: CString },
    /// An empty file.
    File { at: CString },
    /// A link.
    Link { target: CString, at: CString },
    /// A file or folder of the host with all mounts below it, under these restrictions.
    Show { host: CString, at: CString, attributes: u64 },
    /// A folder in memory.
    Memory { at: CString, options: CString, flags: libc::c_ulong },
    /// The processes of this namespace.
    Processes { at: CString, options: CString },
}

impl Step {
    /// What it is about, for a fault.
    pub(super) fn subject(&self) -> &CStr {
        match self {
            Step::Show { host, .. } => host,
            Step::Folder { at }
            | Step::File { at }
            | Step::Link { at, .. }
            | Step::Memory { at, .. }
            | Step::Processes { at, .. } => at,
        }
    }
}

/// When the command starts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Start {
    /// As soon as every wall stands.
    AtOnce,
    /// When the laboratory calls it.
    Called,
}

/// Who the run is, in each namespace.
#[derive(Debug)]
pub(super) struct Identity {
    /// Whether the namespaces come with one of users, which an ordinary user needs to make them.
    pub maps_first: bool,
    pub first_map: Vec<u8>,
    pub first_group_map: Vec<u8>,
    /// The user of the host that it becomes, when it may become any.
    pub becomes: Option<u32>,
    pub map: Vec<u8>,
    pub group_map: Vec<u8>,
}

/// The number that every run has within its sandbox, as user and as group.
const USER_INSIDE: u32 = 61001;

impl Identity {
    pub(super) fn of(starter: Starter, user: u32) -> Identity {
        let map = |outside: u32| format!("{USER_INSIDE} {outside} 1").into_bytes();
        match starter {
            Starter::Root => Identity {
                maps_first: false,
                first_map: Vec::new(),
                first_group_map: Vec::new(),
                becomes: Some(user),
                map: map(user),
                group_map: map(user),
            },
            Starter::Ordinary => Identity {
                maps_first: true,
                first_map: map(nix::unistd::geteuid().as_raw()),
                first_group_map: map(nix::unistd::getegid().as_raw()),
                becomes: None,
                map: map(USER_INSIDE),
                group_map: map(USER_INSIDE),
            },
        }
    }
}

/// The rules of Landlock: uses of files that need permission, and who has it where.
#[derive(Debug)]
pub(super) struct Law {
    pub files: u64,
    pub scoped: u64,
    pub allowed: Vec<(&'static CStr, u64)>,
}

/// Executing, reading a file, listing a folder.
const READING: u64 = 1 | 1 << 2 | 1 << 3;
const READING_A_FILE: u64 = 1 << 2;
const WRITING_A_FILE: u64 = 1 << 1;
/// Making nodes of devices, which nobody here may.
const MAKING_DEVICES: u64 = 1 << 6 | 1 << 11;
const CONTROLLING_DEVICES: u64 = 1 << 15;
/// Sockets by abstract names, and signals, stay within.
const SCOPES: u64 = 0b11;

impl Law {
    /// The rules that this version of Landlock knows; none for version 0.
    pub(super) fn of(version: u32) -> Option<Law> {
        // Fourteen uses in the second version, and one more with some later ones.
        let files = match version {
            // The first version forbids moving a file to another folder, which builds do.
            0 | 1 => return None,
            2 => (1 << 14) - 1,
            3 | 4 => (1 << 15) - 1,
            _ => (1 << 16) - 1,
        };
        let scoped = if version >= 6 { SCOPES } else { 0 };
        let all = files & !MAKING_DEVICES & !CONTROLLING_DEVICES;
        let mut allowed = vec![(c"/", READING), (c"/dev", READING | WRITING_A_FILE)];
        allowed.extend(WRITABLE.map(|folder| (folder, all)));
        Some(Law { files, scoped, allowed })
    }
}

impl Law {
    /// Adds what a device that is shown needs beyond being there.
    fn with_hypervisor(mut self, shown: bool) -> Law {
        if shown {
            let uses = (READING_A_FILE | WRITING_A_FILE | CONTROLLING_DEVICES) & self.files;
            self.allowed.push((c"/dev/kvm", uses));
        }
        self
    }
}

/// The stack on which the command's process makes a handful of calls.
const STACK_BYTES: usize = 64 * 1024;
/// Open files of one process.
const FILES_OPEN_MAX: u64 = 1024;
/// Memory of one process that is kept from being swapped out.
const LOCKED_BYTES_MAX: u64 = 1 << 20;
const SIGNALS_QUEUED_MAX: u64 = 256;
/// One byte: less than any core file has, so none is written, and the only value at which the
/// kernel does not start the host's own handler of core dumps (with 0 it would).
const CORE_BYTES: u64 = 1;

/// See the module.
#[derive(Debug)]
pub(super) struct Plan {
    /// Files in which a process joins a control group.
    pub doors: Vec<RawFd>,
    /// What becomes standard input, output and error.
    pub streams: [RawFd; 3],
    pub socket: RawFd,
    pub identity: Identity,
    pub view: View,
    pub network: Network,
    pub landlock: Option<Law>,
    pub filter: &'static [libc::sock_filter],
    pub limits: [(u32, u64); 9],
    pub command: Command,
    /// Whether the command waits until it is called.
    pub start: Start,
    pub stack: Vec<u8>,
    /// The file of ends of children, once it is open.
    pub ends: RawFd,
}

impl Plan {
    pub(super) fn of(
        identity: Identity,
        view: View,
        network: Network,
        limits: &Limits,
        filter: &'static [libc::sock_filter],
        command: Command,
        start: Start,
    ) -> Plan {
        let bytes = u64::from(limits.disk_mib) << 20;
        let limits_held = [
            // The first process counts too, and is not the recipe's.
            (libc::RLIMIT_NPROC, u64::from(limits.processes) + 1),
            (libc::RLIMIT_FSIZE, bytes),
            (libc::RLIMIT_NOFILE, FILES_OPEN_MAX),
            (libc::RLIMIT_CPU, u64::from(limits.seconds) + 1),
            (libc::RLIMIT_CORE, CORE_BYTES),
            (libc::RLIMIT_MEMLOCK, LOCKED_BYTES_MAX),
            (libc::RLIMIT_MSGQUEUE, 0),
            (libc::RLIMIT_SIGPENDING, SIGNALS_QUEUED_MAX),
            (libc::RLIMIT_RTPRIO, 0),
        ];
        let landlock = Law::of(kernel::landlock_version());
        let landlock = landlock.map(|law| law.with_hypervisor(view.hypervisor));
        Plan {
            doors: Vec::new(),
            streams: [-1; 3],
            socket: -1,
            identity,
            view,
            network,
            landlock,
            filter,
            limits: limits_held,
            command,
            start,
            stack: vec![0; STACK_BYTES],
            ends: -1,
        }
    }

    /// The namespaces of the birth; those of control groups and the innermost of users follow.
    pub(super) fn namespaces(&self) -> u64 {
        let mut all =
            libc::CLONE_NEWNS | libc::CLONE_NEWPID | libc::CLONE_NEWIPC | libc::CLONE_NEWUTS;
        if self.network == Network::None {
            all |= libc::CLONE_NEWNET;
        }
        if self.identity.maps_first {
            all |= libc::CLONE_NEWUSER;
        }
        u64::from(all.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_of_landlock_gets_only_what_it_knows() {
        for (version, files, scoped) in [
            (2, 0x3fff, 0),
            (3, 0x7fff, 0),
            (4, 0x7fff, 0),
            (5, 0xffff, 0),
            (6, 0xffff, 3),
            (99, 0xffff, 3),
        ] {
            let law = Law::of(version).unwrap();
            assert_eq!((law.files, law.scoped), (files, scoped), "{version}");
            assert!(law.allowed.iter().all(|(_, uses)| uses & !files == 0), "{version}");
        }
        assert!(Law::of(0).is_none() && Law::of(1).is_none());
    }
}

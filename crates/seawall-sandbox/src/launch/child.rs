//! The first process of a sandbox: lays out the walls around itself, then starts the command.
//!
//! It is a copy of one thread of the laboratory, made with its namespaces in one call. It follows
//! a [`Plan`] that was made before, by the words of [`super::kernel`] alone, and tells what it
//! comes to in records of fixed size over one socket. By the same socket the laboratory calls a
//! command that was to wait, and its end is the end of the laboratory: this process then goes, and
//! the kernel ends everything else in the sandbox with it. It never runs foreign code itself: it
//! stays between the two, as the first process of the namespace, to count who ended.

use super::Network;
use super::command::Command;
use super::kernel::{self, Depth, Said};
use super::plan::{Plan, Start, Step};
use nix::libc::{self, c_int, c_void};

/// What the first process is at; the order is that in which it happens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub(super) enum Stage {
    Groups,
    Streams,
    FirstUser,
    Mounts,
    Root,
    View,
    Entering,
    Host,
    Loopback,
    User,
    UserNamespace,
    Rights,
    Parent,
    Limits,
    Landlock,
    Filter,
    Waiting,
    Start,
}

impl Stage {
    /// All of them, in their order.
    pub(super) const ALL: [(Stage, &str); 18] = [
        (Stage::Groups, "joining its control groups"),
        (Stage::Streams, "laying out its streams"),
        (Stage::FirstUser, "mapping its user"),
        (Stage::Mounts, "parting from the host's mounts"),
        (Stage::Root, "mounting its root"),
        (Stage::View, "showing"),
        (Stage::Entering, "leaving the host's root"),
        (Stage::Host, "naming itself"),
        (Stage::Loopback, "switching its loopback on"),
        (Stage::User, "becoming another user"),
        (Stage::UserNamespace, "making a user namespace without rights"),
        (Stage::Rights, "giving up its rights"),
        (Stage::Parent, "tying its life to the laboratory's"),
        (Stage::Limits, "setting its limits"),
        (Stage::Landlock, "entering Landlock"),
        (Stage::Filter, "entering the filter of system calls"),
        (Stage::Waiting, "waiting for the call"),
        (Stage::Start, "starting its command"),
    ];
}

/// What the first process has to say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Word {
    /// It could not go on; nothing foreign ran.
    Fault { stage: u32, step: u32, error: i32 },
    /// The host does not let it have this; it goes on without.
    Loss { stage: u32, error: i32 },
    /// Everything stands; it waits for its command.
    Ready,
    /// The command is a program now.
    Started,
    /// No program of that name can be run.
    NoProgram { error: i32 },
    /// The command ended, with what `waitpid(2)` tells of it.
    Ended { status: i32 },
}

/// The length of every word on the socket.
pub(super) const WORD_BYTES: usize = 16;

impl Word {
    pub(super) fn bytes(self) -> [u8; WORD_BYTES] {
        let (kind, stage, step, number) = match self {
            Word::Fault { stage, step, error } => (1, stage, step, error),
            Word::Loss { stage, error } => (2, stage, 0, error),
            Word::Ready => (3, 0, 0, 0),
            Word::Started => (4, 0, 0, 0),
            Word::NoProgram { error } => (5, 0, 0, error),
            Word::Ended { status } => (6, 0, 0, status),
        };
        let mut bytes = [0; WORD_BYTES];
        let parts = [u32::to_ne_bytes(kind), stage.to_ne_bytes(), step.to_ne_bytes()];
        let parts = parts.into_iter().chain([number.to_ne_bytes()]).flatten();
        bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        bytes
    }

    pub(super) fn read(bytes: [u8; WORD_BYTES]) -> Option<Word> {
        let [a, b, c, d, e, f, g, h, i, j, k, l, rest @ ..] = bytes;
        let (stage, step) = (u32::from_ne_bytes([e, f, g, h]), u32::from_ne_bytes([i, j, k, l]));
        let number = i32::from_ne_bytes(rest);
        match u32::from_ne_bytes([a, b, c, d]) {
            1 => Some(Word::Fault { stage, step, error: number }),
            2 => Some(Word::Loss { stage, error: number }),
            3 => Some(Word::Ready),
            4 => Some(Word::Started),
            5 => Some(Word::NoProgram { error: number }),
            6 => Some(Word::Ended { status: number }),
            _ => None,
        }
    }
}

/// The socket to the laboratory, once the streams are laid out.
const SOCKET: i32 = 3;
/// The folder of the host on which the new root is mounted: one below which nothing that a
/// sandbox shows can lie.
const LAY_AT: &std::ffi::CStr = c"/proc";
const EXIT_LOST: c_int = 125;

/// Everything from the birth of this process to its end.
pub(super) fn live(plan: &mut Plan) -> ! {
    let mut here = (Stage::Groups, 0u32);
    match lay_out(plan, &mut here) {
        Ok(()) => {}
        Err(error) => {
            let word = Word::Fault { stage: here.0 as u32, step: here.1, error };
            let socket = if here.0 as u32 > Stage::Streams as u32 { SOCKET } else { plan.socket };
            let _ = kernel::send(socket, &word.bytes());
            kernel::exit(EXIT_LOST)
        }
    }
    let command = match start(plan, &mut here) {
        Ok(command) => command,
        Err(error) => {
            let word = Word::Fault { stage: here.0 as u32, step: here.1, error };
            let _ = kernel::send(SOCKET, &word.bytes());
            kernel::exit(EXIT_LOST)
        }
    };
    attend(command, plan.ends)
}

/// The walls, one after the other; `here` says which one when the kernel refuses.
fn lay_out(plan: &mut Plan, here: &mut (Stage, u32)) -> Said<()> {
    for door in plan.doors.iter() {
        kernel::write(*door, b"0")?;
    }
    here.0 = Stage::Streams;
    for (file, number) in plan.streams.iter().zip([0, 1, 2]) {
        kernel::duplicate(*file, number)?;
    }
    kernel::duplicate(plan.socket, SOCKET)?;
    kernel::close_from(SOCKET.unsigned_abs() + 1)?;
    kernel::forget_signals();
    kernel::make_readable();
    kernel::new_session()?;
    here.0 = Stage::FirstUser;
    if plan.identity.maps_first {
        map_user(plan)?;
    }
    // Here and not at birth: its root is the group that was joined in between.
    let _ = kernel::unshare(libc::CLONE_NEWCGROUP);
    lay_view(plan, here)?;
    *here = (Stage::Host, 0);
    kernel::name_host(b"sandbox")?;
    if plan.network == Network::None
        && let Err(error) = kernel::loopback_up()
    {
        lose(Stage::Loopback, error);
    }
    give_up(plan, here)
}

/// The new root and all that is in it; then the host's root goes.
fn lay_view(plan: &Plan, here: &mut (Stage, u32)) -> Said<()> {
    here.0 = Stage::Mounts;
    kernel::mount(None, c"/", None, libc::MS_REC | libc::MS_PRIVATE, None)?;
    here.0 = Stage::Root;
    let flags = libc::MS_NOSUID | libc::MS_NODEV;
    let options = Some(c"size=64k,nr_inodes=256,mode=0755");
    kernel::mount(Some(c"root"), LAY_AT, Some(c"tmpfs"), flags, options)?;
    kernel::change_folder(LAY_AT)?;
    here.0 = Stage::View;
    for (index, step) in plan.view.steps().enumerate() {
        here.1 = u32::try_from(index).unwrap_or(u32::MAX);
        lay(step)?;
    }
    here.0 = Stage::Entering;
    kernel::enter_root()?;
    kernel::restrict_mount(c"/", libc::MOUNT_ATTR_RDONLY, Depth::One)?;
    kernel::change_folder(c"/scratch")
}

fn lay(step: &Step) -> Said<()> {
    match step {
        Step::Folder { at } => kernel::make_folder(at, 0o755),
        Step::File { at } => kernel::make_file(at),
        Step::Link { target, at } => kernel::make_link(target, at),
        Step::Show { host, at, attributes } => {
            let flags = libc::MS_BIND | libc::MS_REC;
            kernel::mount(Some(host), at, None, flags, None)?;
            kernel::restrict_mount(at, *attributes, Depth::All)
        }
        Step::Memory { at, options, flags } => {
            kernel::mount(Some(c"memory"), at, Some(c"tmpfs"), *flags, Some(options))
        }
        Step::Processes { at, options } => {
            let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
            kernel::mount(Some(c"proc"), at, Some(c"proc"), flags, Some(options))
        }
    }
}

/// Every right, then every further means, in the order in which each still can.
fn give_up(plan: &mut Plan, here: &mut (Stage, u32)) -> Said<()> {
    *here = (Stage::User, 0);
    if let Some(user) = plan.identity.becomes {
        kernel::become_user(user)?;
    }
    // The namespace of the run is the innermost of all, so that it has no rights over any other:
    // not over its network, its mounts or its processes. After a change of user, the files in
    // `/proc` by which it is mapped are its own only while it can be dumped.
    kernel::set(libc::PR_SET_DUMPABLE, 1)?;
    here.0 = Stage::UserNamespace;
    if let Err(error) = kernel::unshare(libc::CLONE_NEWUSER).and_then(|()| map_own(plan)) {
        lose(Stage::UserNamespace, error);
    }
    here.0 = Stage::Rights;
    kernel::drop_rights()?;
    kernel::set_no_new_rights()?;
    kernel::set(libc::PR_SET_DUMPABLE, 0)?;
    here.0 = Stage::Parent;
    kernel::set(libc::PR_SET_PDEATHSIG, libc::SIGKILL.unsigned_abs().into())?;
    here.0 = Stage::Limits;
    for (resource, most) in plan.limits {
        kernel::limit(resource, most)?;
    }
    plan.ends = kernel::ends_of_children()?;
    here.0 = Stage::Landlock;
    if let Some(law) = &plan.landlock {
        let rules = kernel::landlock_rules(law.files, law.scoped)?;
        for (index, (path, allowed)) in law.allowed.iter().enumerate() {
            here.1 = u32::try_from(index).unwrap_or(u32::MAX);
            kernel::landlock_allow(rules, path, *allowed)?;
        }
        kernel::landlock_enter(rules)?;
    }
    *here = (Stage::Filter, 0);
    kernel::filter(plan.filter)
}

/// Maps the one user of the first namespace, seen from the host's.
fn map_user(plan: &Plan) -> Said<()> {
    write_maps(&plan.identity.first_map, &plan.identity.first_group_map)
}

/// Maps the one user of the innermost namespace.
fn map_own(plan: &Plan) -> Said<()> {
    write_maps(&plan.identity.map, &plan.identity.group_map)
}

fn write_maps(users: &[u8], groups: &[u8]) -> Said<()> {
    kernel::write_to(c"/proc/self/setgroups", b"deny")?;
    kernel::write_to(c"/proc/self/uid_map", users)?;
    kernel::write_to(c"/proc/self/gid_map", groups)
}

fn lose(stage: Stage, error: i32) {
    let word = Word::Loss { stage: stage as u32, error };
    // Whoever does not hear it is gone, and this process is about to go too.
    let _ = kernel::send(SOCKET, &word.bytes());
}

/// What the command's process needs, which shares our memory until it is a program.
struct Birth<'a> {
    command: &'a mut Command,
    error: i32,
}

/// Starts the command, when it is called if it was to wait; gives back its number in this
/// namespace.
fn start(plan: &mut Plan, here: &mut (Stage, u32)) -> Said<i32> {
    if plan.start == Start::Called {
        here.0 = Stage::Waiting;
        kernel::send(SOCKET, &Word::Ready.bytes())?;
        kernel::wait_for_byte(SOCKET)?;
    }
    here.0 = Stage::Start;
    let mut birth = Birth { command: &mut plan.command, error: 0 };
    let command = kernel::start(be_born, &mut plan.stack, &mut birth)?;
    match (birth.error, plan.start) {
        (0, Start::AtOnce) => {}
        (0, Start::Called) => kernel::send(SOCKET, &Word::Started.bytes())?,
        (error, _) => kernel::send(SOCKET, &Word::NoProgram { error }.bytes())?,
    }
    // What is printed is the command's alone, and ends with it and with whom it started.
    for stream in [0, 1, 2] {
        kernel::close(stream);
    }
    Ok(command)
}

/// The command's process, from its start to the moment at which it is another program.
extern "C" fn be_born(birth: *mut c_void) -> c_int {
    let birth: &mut Birth<'_> = kernel::given(birth);
    kernel::hear_signals();
    if let Err(error) = kernel::close_from(SOCKET.unsigned_abs()) {
        birth.error = error;
        kernel::exit(EXIT_LOST)
    }
    birth.error = try_programs(birth.command);
    kernel::exit(if birth.error == libc::ENOENT { 127 } else { 126 })
}

/// Tries the paths in turn, as a shell does; comes back with the number of the last error.
fn try_programs(command: &mut Command) -> i32 {
    let mut worst = libc::ENOENT;
    for program in &command.programs {
        match kernel::run(program, &command.words, &command.environment) {
            libc::ENOENT | libc::ENOTDIR => {}
            libc::ENOEXEC => {
                // A script that does not name its shell.
                command.shell_words.put(1, program);
                return kernel::run(c"/bin/sh", &command.shell_words, &command.environment);
            }
            error => worst = error,
        }
    }
    worst
}

/// Waits for the end of the command and buries whoever else ended before; then it is over.
fn attend(command: i32, ends: i32) -> ! {
    loop {
        if kernel::first_of(SOCKET, ends) {
            kernel::exit(EXIT_LOST)
        }
        kernel::clear(ends);
        while let Some((pid, status)) = kernel::ended_child() {
            if pid == command {
                let _ = kernel::send(SOCKET, &Word::Ended { status }.bytes());
                kernel::exit(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_as_it_was_written() {
        for word in [
            Word::Fault { stage: 3, step: 7, error: 13 },
            Word::Loss { stage: 10, error: 1 },
            Word::Ready,
            Word::Started,
            Word::NoProgram { error: 2 },
            Word::Ended { status: 9 },
        ] {
            assert_eq!(Word::read(word.bytes()), Some(word));
        }
        assert_eq!(Word::read([0; WORD_BYTES]), None);
    }

    #[test]
    fn every_stage_stands_at_its_number() {
        for (index, (stage, _)) in Stage::ALL.iter().enumerate() {
            assert_eq!(*stage as usize, index);
        }
    }
}

//! Calls to the kernel that a process makes between its birth and its program, one function each.
//!
//! The process that lays out a sandbox is a copy of one thread of a process with several: another
//! thread may have held any lock at that moment, so nothing here allocates, locks, formats or
//! panics. Every function is a thin word for one or a few system calls, takes memory that was
//! laid out before the copy was made, and gives back the kernel's own number of an error. Calls
//! that change a user go to the kernel directly: the C library would tell threads that are not
//! there.
#![allow(unsafe_code, reason = "the kernel's calls for namespaces and rights have no safe words")]

use nix::errno::Errno;
use nix::libc::{self, c_int, c_long, c_uint, c_ulong};
use std::ffi::{CStr, CString};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

/// What the kernel said: a value, or its number of the error.
pub(super) type Said<T> = Result<T, i32>;

/// Whether a change reaches the mounts below too.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Depth {
    One,
    All,
}

/// `struct mount_attr` of `mount_setattr(2)`.
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

/// `struct landlock_ruleset_attr`; an older kernel takes the later fields when they are zero.
#[repr(C)]
struct RulesetAttributes {
    files: u64,
    network: u64,
    scoped: u64,
}

/// `struct landlock_path_beneath_attr`.
#[repr(C, packed)]
struct PathBeneath {
    allowed: u64,
    parent: i32,
}

/// `struct __user_cap_header_struct`.
#[repr(C)]
struct RightsHead {
    version: u32,
    pid: i32,
}

const RIGHTS_VERSION_3: u32 = 0x2008_0522;
/// No kernel has a right with a higher number.
const RIGHTS_MAX: c_ulong = 63;
/// Root is nobody special, rights are not kept over a change of user nor raised again: each with
/// its lock.
const SECURE_BITS: c_ulong = 0b11 | 0b10_0000 | 0b1100_0000;
const LANDLOCK_RULE_PATH_BENEATH: c_int = 1;
const LANDLOCK_CREATE_RULESET_VERSION: c_uint = 1;

fn said(value: c_long) -> Said<c_long> {
    if value == -1 { Err(Errno::last_raw()) } else { Ok(value) }
}

fn done(value: c_int) -> Said<()> {
    said(c_long::from(value)).map(|_| ())
}

fn pointer(text: Option<&CStr>) -> *const libc::c_char {
    text.map_or(std::ptr::null(), CStr::as_ptr)
}

/// Copies this thread into a new process with namespaces of its own, and gives back its number
/// and a handle on it, or 0 in the copy. `group` is the folder of a control group, version 2.
pub(super) fn divide(namespaces: u64, group: Option<RawFd>) -> Said<(i32, RawFd)> {
    let mut handle: c_int = -1;
    // SAFETY: all fields of the structure are numbers, and zero is a value of each.
    let mut wanted: libc::clone_args = unsafe { std::mem::zeroed() };
    wanted.flags = namespaces | libc::CLONE_PIDFD as u64;
    wanted.pidfd = std::ptr::from_mut(&mut handle) as u64;
    wanted.exit_signal = libc::SIGCHLD as u64;
    if let Some(folder) = group {
        wanted.flags |= 0x2_0000_0000; // CLONE_INTO_CGROUP
        wanted.cgroup = u64::try_from(folder).map_err(|_| libc::EBADF)?;
    }
    let size = std::mem::size_of::<libc::clone_args>();
    // SAFETY: without CLONE_VM the copy has its own memory and goes on on its own copy of this
    // stack, as after `fork(2)`; the structure and the handle outlive the call.
    let pid = said(unsafe { libc::syscall(libc::SYS_clone3, &raw mut wanted, size) })?;
    Ok((i32::try_from(pid).unwrap_or(-1), handle))
}

/// Takes a handle that [`divide`] gave back.
pub(super) fn own(handle: RawFd) -> OwnedFd {
    // SAFETY: the kernel opened it for us, and nobody else knows of it.
    unsafe { OwnedFd::from_raw_fd(handle) }
}

/// Starts `entry` as a process that shares our memory until it has become another program; we
/// go on after that. Only our own memory is lent, and only for the time in which we stand still.
pub(super) fn start<T>(
    entry: extern "C" fn(*mut libc::c_void) -> c_int,
    stack: &mut [u8],
    with: &mut T,
) -> Said<i32> {
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    // The stack grows downwards from an address that processors want to be a multiple of 16.
    let top = stack.as_mut_ptr_range().end.map_addr(|address| address & !15);
    // SAFETY: the stack is ours, is used by nobody else, and is alive while we stand still; the
    // argument is what `entry` expects, by the caller's word.
    let pid = unsafe { libc::clone(entry, top.cast(), flags, std::ptr::from_mut(with).cast()) };
    done(pid).map(|()| pid)
}

pub(super) fn unshare(namespaces: c_int) -> Said<()> {
    // SAFETY: takes a number.
    done(unsafe { libc::unshare(namespaces) })
}

pub(super) fn mount(
    source: Option<&CStr>,
    target: &CStr,
    kind: Option<&CStr>,
    flags: c_ulong,
    options: Option<&CStr>,
) -> Said<()> {
    let (source, kind, options) = (pointer(source), pointer(kind), pointer(options));
    // SAFETY: every pointer is null or a text that ends, alive during the call.
    done(unsafe { libc::mount(source, target.as_ptr(), kind, flags, options.cast()) })
}

/// Adds attributes (`MOUNT_ATTR_…`) to a mount, or to it and to all below it.
pub(super) fn restrict_mount(target: &CStr, set: u64, depth: Depth) -> Said<()> {
    let attributes = MountAttributes { set, clear: 0, propagation: 0, user_namespace: 0 };
    let flags = match depth {
        Depth::One => 0,
        Depth::All => libc::AT_RECURSIVE,
    };
    let size = std::mem::size_of::<MountAttributes>();
    // SAFETY: the text ends, the structure has the size that is told, both outlive the call.
    said(unsafe {
        let attributes = &raw const attributes;
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            target.as_ptr(),
            flags,
            attributes,
            size,
        )
    })
    .map(|_| ())
}

/// Makes the current folder the root, and lets go of everything that was there before.
pub(super) fn enter_root() -> Said<()> {
    let here = c".".as_ptr();
    // SAFETY: the texts end. The old root comes to lie on the new one and is taken off again, as
    // pivot_root(2) describes.
    said(unsafe { libc::syscall(libc::SYS_pivot_root, here, here) })?;
    // SAFETY: as above.
    done(unsafe { libc::umount2(here, libc::MNT_DETACH) })?;
    change_folder(c"/")
}

pub(super) fn change_folder(path: &CStr) -> Said<()> {
    // SAFETY: the text ends.
    done(unsafe { libc::chdir(path.as_ptr()) })
}

pub(super) fn make_folder(path: &CStr, mode: libc::mode_t) -> Said<()> {
    // SAFETY: the text ends.
    done(unsafe { libc::mkdir(path.as_ptr(), mode) })
}

pub(super) fn make_link(target: &CStr, path: &CStr) -> Said<()> {
    // SAFETY: the texts end.
    done(unsafe { libc::symlink(target.as_ptr(), path.as_ptr()) })
}

fn open(path: &CStr, flags: c_int, mode: c_int) -> Said<RawFd> {
    // SAFETY: the text ends; flags and mode are numbers.
    let file = unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, mode) };
    done(file).map(|()| file)
}

pub(super) fn close(file: RawFd) {
    // SAFETY: the callers close only what they opened, once.
    unsafe { libc::close(file) };
}

pub(super) fn make_file(path: &CStr) -> Said<()> {
    open(path, libc::O_CREAT | libc::O_EXCL | libc::O_WRONLY, 0o444).map(close)
}

/// Writes all bytes in one call, as the files of `/proc` and of control groups want it.
pub(super) fn write(file: RawFd, bytes: &[u8]) -> Said<()> {
    // SAFETY: the memory is as long as is told.
    let wrote = said(unsafe { libc::write(file, bytes.as_ptr().cast(), bytes.len()) } as c_long)?;
    if usize::try_from(wrote) == Ok(bytes.len()) { Ok(()) } else { Err(libc::EIO) }
}

pub(super) fn write_to(path: &CStr, bytes: &[u8]) -> Said<()> {
    let file = open(path, libc::O_WRONLY, 0)?;
    let wrote = write(file, bytes);
    close(file);
    wrote
}

/// Sends bytes over a socket; nobody at the other end is an error and not a signal.
pub(super) fn send(socket: RawFd, bytes: &[u8]) -> Said<()> {
    let (start, length) = (bytes.as_ptr().cast(), bytes.len());
    // SAFETY: the memory is as long as is told.
    said(unsafe { libc::send(socket, start, length, libc::MSG_NOSIGNAL) } as c_long).map(|_| ())
}

/// Waits for one byte from a socket; an end before that is an error.
pub(super) fn wait_for_byte(socket: RawFd) -> Said<()> {
    let mut room = [0u8; 1];
    loop {
        // SAFETY: the memory is as long as is told.
        match said(unsafe { libc::read(socket, room.as_mut_ptr().cast(), 1) } as c_long) {
            Ok(0) => return Err(libc::EPIPE),
            Ok(_) => return Ok(()),
            Err(libc::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
}

pub(super) fn duplicate(file: RawFd, to: RawFd) -> Said<()> {
    // SAFETY: takes numbers.
    done(unsafe { libc::dup2(file, to) })
}

/// Closes every file from this number on.
pub(super) fn close_from(first: c_uint) -> Said<()> {
    // SAFETY: this process was copied to become something else; it uses none of them again.
    done(unsafe { libc::close_range(first, c_uint::MAX, 0) })
}

/// No handler of ours is left for any signal, and none is ignored.
pub(super) fn forget_signals() {
    // SAFETY: zero is a value of each field, and it means the default.
    let default: libc::sigaction = unsafe { std::mem::zeroed() };
    for signal in 1..=64 {
        // SAFETY: sets no handler. Those that can't be set are no use to anybody.
        unsafe { libc::sigaction(signal, &raw const default, std::ptr::null_mut()) };
    }
}

/// What is made can be read by all and written by its owner.
pub(super) fn make_readable() {
    // SAFETY: takes a number.
    unsafe { libc::umask(0o022) };
}

/// Lets signals in again.
pub(super) fn hear_signals() {
    // SAFETY: the set is made before it is used.
    unsafe {
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
    }
}

/// A file that becomes readable when a child has ended.
pub(super) fn ends_of_children() -> Said<RawFd> {
    // SAFETY: the set is made before it is used.
    let file = unsafe {
        let mut one: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut one);
        libc::sigaddset(&raw mut one, libc::SIGCHLD);
        libc::signalfd(-1, &raw const one, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK)
    };
    done(file).map(|()| file)
}

/// Takes what is written in a file of signals, so that it is not readable any more.
pub(super) fn clear(file: RawFd) {
    let mut room = [0u8; 1024];
    // SAFETY: the memory is as long as is told.
    unsafe { libc::read(file, room.as_mut_ptr().cast(), room.len()) };
}

/// Waits until one of two files can be read or was closed at its other end; tells about the first.
pub(super) fn first_of(first: RawFd, second: RawFd) -> bool {
    let of = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    let mut both = [of(first), of(second)];
    // SAFETY: there are two of them. An interrupted wait tells of neither.
    unsafe { libc::poll(both.as_mut_ptr(), 2, -1) };
    both[0].revents != 0
}

/// A child that ended and how, if there is one; it is gone then.
pub(super) fn ended_child() -> Option<(i32, i32)> {
    let mut status = 0;
    // SAFETY: the number outlives the call.
    let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) };
    (pid > 0).then_some((pid, status))
}

pub(super) fn new_session() -> Said<()> {
    // SAFETY: takes nothing.
    done(unsafe { libc::setsid() })
}

pub(super) fn name_host(name: &[u8]) -> Said<()> {
    // SAFETY: the memory is as long as is told.
    done(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) })
}

/// Switches the loopback of this network namespace on.
pub(super) fn loopback_up() -> Said<()> {
    // SAFETY: takes numbers.
    let socket = unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
    done(socket)?;
    // SAFETY: zero is a value of each field.
    let mut wanted: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in wanted.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as libc::c_char;
    }
    wanted.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the structure is what this request takes.
    let set = done(unsafe { libc::ioctl(socket, libc::SIOCSIFFLAGS, &raw mut wanted) });
    close(socket);
    set
}

/// Becomes another user and group, with no further groups; a return is not possible.
pub(super) fn become_user(user: u32) -> Said<()> {
    let none: *const libc::gid_t = std::ptr::null();
    // SAFETY: no groups, so no memory.
    said(unsafe { libc::syscall(libc::SYS_setgroups, 0usize, none) })?;
    // SAFETY: takes numbers; directly, because this process has one thread only.
    said(unsafe { libc::syscall(libc::SYS_setresgid, user, user, user) })?;
    // SAFETY: as above.
    said(unsafe { libc::syscall(libc::SYS_setresuid, user, user, user) })?;
    Ok(())
}

/// One `prctl(2)` that takes one number.
pub(super) fn set(option: c_int, value: c_ulong) -> Said<()> {
    // SAFETY: the options that are used here take numbers.
    done(unsafe { libc::prctl(option, value, 0 as c_ulong, 0 as c_ulong, 0 as c_ulong) })
}

/// Gives up every right of root, now and for every program to come.
pub(super) fn drop_rights() -> Said<()> {
    // Both need a right that a process without a user namespace of its own has lost already.
    let _ = set(libc::PR_SET_SECUREBITS, SECURE_BITS);
    for right in 0..=RIGHTS_MAX {
        if set(libc::PR_CAPBSET_DROP, right) == Err(libc::EINVAL) {
            break;
        }
    }
    let head = RightsHead { version: RIGHTS_VERSION_3, pid: 0 };
    let none = [0u32; 6];
    // SAFETY: version 3 takes two sets of three numbers.
    said(unsafe { libc::syscall(libc::SYS_capset, &raw const head, none.as_ptr()) })?;
    Ok(())
}

/// Sets a limit for good, or the one that was there when that was lower.
pub(super) fn limit(resource: u32, most: u64) -> Said<()> {
    let mut old = libc::rlimit64 { rlim_cur: 0, rlim_max: 0 };
    let (get, here): (*const libc::rlimit64, i32) = (std::ptr::null(), 0);
    // SAFETY: the structure outlives the call.
    said(unsafe { libc::syscall(libc::SYS_prlimit64, here, resource, get, &raw mut old) })?;
    let most = most.min(old.rlim_max);
    let new = libc::rlimit64 { rlim_cur: most, rlim_max: most };
    let none: *mut libc::rlimit64 = std::ptr::null_mut();
    // SAFETY: as above.
    said(unsafe { libc::syscall(libc::SYS_prlimit64, here, resource, &raw const new, none) })?;
    Ok(())
}

/// No program that this process becomes can have more rights than it has.
pub(super) fn set_no_new_rights() -> Said<()> {
    set(libc::PR_SET_NO_NEW_PRIVS, 1)
}

/// The version of Landlock that this kernel has; 0 when it has none or it is switched off.
pub(super) fn landlock_version() -> u32 {
    let none: *const RulesetAttributes = std::ptr::null();
    let flags = LANDLOCK_CREATE_RULESET_VERSION;
    // SAFETY: asks for a number and takes no memory.
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, none, 0usize, flags) };
    u32::try_from(version).unwrap_or(0)
}

/// A new set of rules over these uses of files and these ways out of the set.
pub(super) fn landlock_rules(files: u64, scoped: u64) -> Said<RawFd> {
    let wanted = RulesetAttributes { files, network: 0, scoped };
    let size = std::mem::size_of::<RulesetAttributes>();
    let wanted = &raw const wanted;
    // SAFETY: the structure has the size that is told.
    let file = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, wanted, size, 0u32) };
    said(file).map(|file| i32::try_from(file).unwrap_or(-1))
}

/// Allows uses of a folder and of all below it.
pub(super) fn landlock_allow(rules: RawFd, path: &CStr, allowed: u64) -> Said<()> {
    let parent = open(path, libc::O_PATH, 0)?;
    let rule = PathBeneath { allowed, parent };
    let (kind, rule) = (LANDLOCK_RULE_PATH_BENEATH, &raw const rule);
    // SAFETY: the structure is what this kind of rule takes.
    let added =
        said(unsafe { libc::syscall(libc::SYS_landlock_add_rule, rules, kind, rule, 0u32) });
    close(parent);
    added.map(|_| ())
}

/// Puts this process under the rules, for good.
pub(super) fn landlock_enter(rules: RawFd) -> Said<()> {
    // SAFETY: takes numbers.
    let entered = said(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, rules, 0u32) });
    close(rules);
    entered.map(|_| ())
}

/// Puts this process under a filter of system calls, for good.
pub(super) fn filter(program: &[libc::sock_filter]) -> Said<()> {
    let len = u16::try_from(program.len()).map_err(|_| libc::E2BIG)?;
    let program = libc::sock_fprog { len, filter: program.as_ptr().cast_mut() };
    let mode = libc::SECCOMP_MODE_FILTER as c_ulong;
    // SAFETY: the kernel reads as many steps as are told, and changes none.
    done(unsafe { libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const program, 0, 0) })
}

/// Becomes a program; comes back only with the number of an error.
pub(super) fn run(program: &CStr, words: &Texts, environment: &Texts) -> i32 {
    let (words, environment) = (words.pointers.as_ptr(), environment.pointers.as_ptr());
    // SAFETY: both arrays end with null, and every text in them ends and is alive; see `Texts`.
    unsafe { libc::execve(program.as_ptr(), words, environment) };
    Errno::last_raw()
}

/// What [`start`] was given, on the other side of it.
pub(super) fn given<'a, T>(with: *mut libc::c_void) -> &'a mut T {
    // SAFETY: `start` passes on the pointer that it made of a `&mut T`, and whoever called it
    // stands still until this process is another program or gone.
    unsafe { &mut *with.cast::<T>() }
}

pub(super) fn exit(status: c_int) -> ! {
    // SAFETY: ends this process without running anything of the one that it was copied from.
    unsafe { libc::_exit(status) }
}

/// Texts as `execve(2)` wants them: pointers, then null.
///
/// INVARIANT: the pointers lead into `kept`, which is never changed, and whose texts have places
/// of their own that do not move when this does.
#[derive(Debug)]
pub(super) struct Texts {
    pointers: Vec<*const libc::c_char>,
    _kept: Vec<CString>,
}

impl Texts {
    pub(super) fn of(kept: Vec<CString>) -> Texts {
        let pointers = kept.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect();
        Texts { pointers, _kept: kept }
    }

    /// Puts a text that lives as long as this in the place of another.
    pub(super) fn put(&mut self, index: usize, text: &CStr) {
        if let Some(place) = self.pointers.get_mut(index).filter(|place| !place.is_null()) {
            *place = text.as_ptr();
        }
    }
}

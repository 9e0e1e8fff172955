//! The calls that programs get. Left out, among others: mounts and other views of the file system,
//! other namespaces, tracing, keys, the machine itself, and the parts of the kernel with a long
//! record of flaws (`bpf`, `io_uring`, `userfaultfd`, `perf`, System V and POSIX message queues,
//! `vmsplice`, asynchronous files).

use super::{Memory, Rule, Test};
use crate::launch::Network;
use nix::libc::{self, c_int, c_long};
use std::collections::BTreeMap;

/// Calls that are made whatever their arguments.
const PLAIN: &[c_long] = &[
    // Files and folders.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_preadv,
    libc::SYS_pwritev,
    libc::SYS_preadv2,
    libc::SYS_pwritev2,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_newfstatat,
    libc::SYS_fstat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_lseek,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_pipe2,
    libc::SYS_fcntl,
    libc::SYS_flock,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_sync_file_range,
    libc::SYS_truncate,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fadvise64,
    libc::SYS_readahead,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_chdir,
    libc::SYS_fchdir,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_mkdirat,
    libc::SYS_unlinkat,
    libc::SYS_symlinkat,
    libc::SYS_linkat,
    libc::SYS_readlinkat,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_umask,
    libc::SYS_utimensat,
    libc::SYS_getxattr,
    libc::SYS_lgetxattr,
    libc::SYS_fgetxattr,
    libc::SYS_listxattr,
    libc::SYS_llistxattr,
    libc::SYS_flistxattr,
    libc::SYS_sendfile,
    libc::SYS_copy_file_range,
    libc::SYS_splice,
    libc::SYS_tee,
    libc::SYS_memfd_create,
    libc::SYS_inotify_init1,
    libc::SYS_inotify_add_watch,
    libc::SYS_inotify_rm_watch,
    // Memory.
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_pkey_mprotect,
    libc::SYS_pkey_alloc,
    libc::SYS_pkey_free,
    libc::SYS_msync,
    libc::SYS_mincore,
    libc::SYS_madvise,
    libc::SYS_mlock,
    libc::SYS_mlock2,
    libc::SYS_munlock,
    libc::SYS_mlockall,
    libc::SYS_munlockall,
    libc::SYS_membarrier,
    // Processes and threads.
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_wait4,
    libc::SYS_waitid,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_gettid,
    libc::SYS_getpgid,
    libc::SYS_setpgid,
    libc::SYS_getsid,
    libc::SYS_setsid,
    libc::SYS_set_tid_address,
    libc::SYS_set_robust_list,
    libc::SYS_get_robust_list,
    libc::SYS_rseq,
    libc::SYS_futex,
    libc::SYS_futex_waitv,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_send_signal,
    libc::SYS_getrlimit,
    libc::SYS_getrusage,
    libc::SYS_times,
    libc::SYS_getpriority,
    libc::SYS_setpriority,
    libc::SYS_getcpu,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_getparam,
    libc::SYS_sched_setparam,
    libc::SYS_sched_getscheduler,
    libc::SYS_sched_setscheduler,
    libc::SYS_sched_getattr,
    libc::SYS_sched_setattr,
    libc::SYS_sched_get_priority_max,
    libc::SYS_sched_get_priority_min,
    libc::SYS_sched_rr_get_interval,
    // Signals.
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigpending,
    libc::SYS_rt_sigsuspend,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_signalfd4,
    // Users; there is one.
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getresuid,
    libc::SYS_getresgid,
    libc::SYS_getgroups,
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setreuid,
    libc::SYS_setregid,
    libc::SYS_setresuid,
    libc::SYS_setresgid,
    libc::SYS_setfsuid,
    libc::SYS_setfsgid,
    libc::SYS_capget,
    libc::SYS_capset,
    // Time, waiting and chance.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getitimer,
    libc::SYS_setitimer,
    libc::SYS_timer_create,
    libc::SYS_timer_settime,
    libc::SYS_timer_gettime,
    libc::SYS_timer_getoverrun,
    libc::SYS_timer_delete,
    libc::SYS_timerfd_create,
    libc::SYS_timerfd_settime,
    libc::SYS_timerfd_gettime,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2,
    libc::SYS_eventfd2,
    libc::SYS_getrandom,
    // The system, as far as anybody is told.
    libc::SYS_uname,
    libc::SYS_sysinfo,
    // Sockets, once they are there.
    libc::SYS_bind,
    libc::SYS_connect,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_recvmmsg,
    libc::SYS_shutdown,
    libc::SYS_getsockname,
    libc::SYS_getpeername,
    libc::SYS_getsockopt,
    libc::SYS_setsockopt,
];

/// Older forms that this architecture still has.
#[cfg(target_arch = "x86_64")]
const PLAIN_HERE: &[c_long] = &[
    libc::SYS_open,
    libc::SYS_creat,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_readlink,
    libc::SYS_rename,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_link,
    libc::SYS_unlink,
    libc::SYS_symlink,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_getdents,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
    libc::SYS_pipe,
    libc::SYS_dup2,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_epoll_create,
    libc::SYS_epoll_wait,
    libc::SYS_eventfd,
    libc::SYS_signalfd,
    libc::SYS_inotify_init,
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_getpgrp,
    libc::SYS_alarm,
    libc::SYS_pause,
    libc::SYS_time,
    libc::SYS_arch_prctl,
];
#[cfg(not(target_arch = "x86_64"))]
const PLAIN_HERE: &[c_long] = &[];

/// The flags of clone that make namespaces; a newer clone hides them from us and is left out.
const NAMESPACES: c_int = libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET;

/// Requests of ioctl that type for, take over or remodel a terminal.
const TERMINAL: [u32; 5] = [
    0x5412, // TIOCSTI
    0x541C, // TIOCLINUX
    0x541D, // TIOCCONS
    0x540E, // TIOCSCTTY
    0x5423, // TIOCSETD
];

/// Ways of prctl into the layout of memory, into filters, and out to a tracer.
const OPTIONS_REFUSED: [u32; 3] = [
    35,          // PR_SET_MM
    22,          // PR_SET_SECCOMP
    0x5961_6d61, // PR_SET_PTRACER
];

/// The personalities that change nothing but the layout of memory.
const PERSONALITIES: [u32; 3] = [0, 0x0004_0000, u32::MAX];

/// Kinds of nodes in the file system that are no devices: plain by two names, pipes, sockets.
const NODES: [u32; 4] = [0, 0o100_000, 0o010_000, 0o140_000];
const NODE_KIND: u32 = 0o170_000;

fn is(argument: u32, value: u32) -> Test {
    Test::Is { argument, mask: u32::MAX, value }
}

fn none_of(argument: u32, values: &[u32]) -> Vec<Vec<Test>> {
    vec![values.iter().map(|value| Test::IsNot { argument, value: *value }).collect()]
}

fn one_of(argument: u32, mask: u32, values: &[u32]) -> Vec<Vec<Test>> {
    values.iter().map(|value| vec![Test::Is { argument, mask, value: *value }]).collect()
}

fn number(value: c_int) -> u32 {
    value.unsigned_abs()
}

/// Sockets between processes, unless the network is the host's; and TCP and UDP. Other protocols
/// would have the host load a module for them.
fn sockets(network: Network) -> Vec<Vec<Test>> {
    // Above its lowest bits, a type carries flags.
    let kind = |value: c_int| Test::Is { argument: 1, mask: 0xf, value: number(value) };
    let mut alternatives = match network {
        Network::None => vec![vec![is(0, number(libc::AF_UNIX))]],
        Network::Host => Vec::new(),
    };
    for family in [libc::AF_INET, libc::AF_INET6] {
        let protocols = [
            (libc::SOCK_STREAM, 0),
            (libc::SOCK_STREAM, libc::IPPROTO_TCP),
            (libc::SOCK_DGRAM, 0),
            (libc::SOCK_DGRAM, libc::IPPROTO_UDP),
        ];
        for (stream, protocol) in protocols {
            alternatives.push(vec![is(0, number(family)), kind(stream), is(2, number(protocol))]);
        }
    }
    alternatives
}

/// Pairs of sockets between processes; where the network is the host's, only such as are
/// connected for good and cannot be turned to somebody else.
fn pairs(network: Network) -> Vec<Vec<Test>> {
    let unix = is(0, number(libc::AF_UNIX));
    let kind = |value: c_int| Test::Is { argument: 1, mask: 0xf, value: number(value) };
    match network {
        Network::None => vec![vec![unix]],
        Network::Host => vec![vec![unix, kind(libc::SOCK_STREAM)]],
    }
}

/// Calls by which one can be connected to.
const SERVING: [c_long; 4] =
    [libc::SYS_bind, libc::SYS_listen, libc::SYS_accept, libc::SYS_accept4];

/// Calls whose arguments matter.
fn with_arguments(network: Network) -> Vec<(c_long, Rule)> {
    let when = |alternatives, otherwise| Rule::When { alternatives, otherwise: number(otherwise) };
    let core = number(libc::RLIMIT_CORE as c_int);
    let no_core = Test::IsNot { argument: 0, value: core };
    let no_core_later = Test::IsNot { argument: 1, value: core };
    let flags = Test::Is { argument: 0, mask: number(NAMESPACES), value: 0 };
    let nodes = |argument| when(one_of(argument, NODE_KIND, &NODES), libc::EPERM);
    let mut rules = vec![
        (libc::SYS_clone, when(vec![vec![flags]], libc::EPERM)),
        (libc::SYS_socket, when(sockets(network), libc::EAFNOSUPPORT)),
        (libc::SYS_socketpair, when(pairs(network), libc::EAFNOSUPPORT)),
        (libc::SYS_ioctl, when(none_of(1, &TERMINAL), libc::EPERM)),
        (libc::SYS_prctl, when(none_of(0, &OPTIONS_REFUSED), libc::EPERM)),
        (libc::SYS_personality, when(one_of(0, u32::MAX, &PERSONALITIES), libc::EPERM)),
        (libc::SYS_mknodat, nodes(2)),
        (libc::SYS_setrlimit, when(vec![vec![no_core]], 0)),
        (
            libc::SYS_prlimit64,
            when(vec![vec![no_core_later], vec![Test::IsNull { argument: 2 }]], 0),
        ),
        (libc::SYS_sync, Rule::Tell(0)),
        (libc::SYS_syncfs, Rule::Tell(0)),
        (libc::SYS_setxattr, Rule::Tell(number(libc::EOPNOTSUPP))),
        (libc::SYS_lsetxattr, Rule::Tell(number(libc::EOPNOTSUPP))),
        (libc::SYS_fsetxattr, Rule::Tell(number(libc::EOPNOTSUPP))),
    ];
    // Calls for which programs expect a refusal rather than an old kernel.
    let refused = [
        libc::SYS_ptrace,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_setgroups,
        libc::SYS_sethostname,
        libc::SYS_setdomainname,
        libc::SYS_settimeofday,
        libc::SYS_clock_settime,
        libc::SYS_adjtimex,
        libc::SYS_clock_adjtime,
    ];
    rules.extend(refused.map(|call| (call, Rule::Tell(number(libc::EPERM)))));
    #[cfg(target_arch = "x86_64")]
    rules.push((libc::SYS_mknod, nodes(1)));
    rules
}

/// Every call that gets an answer of its own, in the order of their numbers.
pub(super) fn rules(memory: Memory, network: Network) -> Vec<(u32, Rule)> {
    let plain = PLAIN.iter().chain(PLAIN_HERE).map(|call| (*call, Rule::Allow));
    let mut all: BTreeMap<c_long, Rule> = plain.chain(with_arguments(network)).collect();
    if memory == Memory::Watched {
        all.remove(&libc::SYS_memfd_create);
    }
    if network == Network::Host {
        all.extend(SERVING.map(|call| (call, Rule::Tell(number(libc::EACCES)))));
    }
    all.into_iter().filter_map(|(call, rule)| Some((u32::try_from(call).ok()?, rule))).collect()
}

use super::super::{Memory, calls, program};
use super::*;
use crate::launch::Network;

/// What the filter answers to a call: the kernel's filter machine, as far as we use it.
fn run(program: &[Step], architecture: u32, call: u32, arguments: [u64; 6]) -> u32 {
    let mut data = [call.to_ne_bytes(), architecture.to_ne_bytes()].concat();
    data.extend([0; 8]);
    arguments.iter().for_each(|argument| data.extend(argument.to_le_bytes()));
    let (mut at, mut held) = (0, 0u32);
    loop {
        let step = program[at];
        at += 1;
        match step.code {
            LOAD => {
                let from = step.k as usize;
                held = u32::from_le_bytes(data[from..from + 4].try_into().unwrap());
            }
            MASK => held &= step.k,
            IF_EQUAL => at += usize::from(if held == step.k { step.jt } else { step.jf }),
            IF_AT_LEAST => at += usize::from(if held >= step.k { step.jt } else { step.jf }),
            JUMP => at += step.k as usize,
            ANSWER => return step.k,
            code => panic!("no such step: {code}"),
        }
    }
}

const HERE: u32 = if cfg!(target_arch = "x86_64") { 0xC000_003E } else { 0xC000_00B7 };

fn answer_to(call: libc::c_long, arguments: [u64; 6]) -> u32 {
    run(program(Memory::Counted, Network::None), HERE, u32::try_from(call).unwrap(), arguments)
}

fn told(error: libc::c_int) -> u32 {
    TELL | error.unsigned_abs()
}

#[test]
fn every_number_gets_the_answer_of_its_rule() {
    for memory in [Memory::Counted, Memory::Watched] {
        every_number(memory, Network::None);
        every_number(memory, Network::Host);
    }
}

fn every_number(memory: Memory, network: Network) {
    let (rules, program) = (calls::rules(memory, network), program(memory, network));
    for call in (0..1000).chain([0x4000_0000, 0x4000_0000 + 272, u32::MAX]) {
        let answer = run(program, HERE, call, [0; 6]);
        match rules.iter().find(|(number, _)| *number == call).map(|(_, rule)| rule) {
            Some(Rule::Allow) => assert_eq!(answer, ALLOW, "{call}"),
            Some(Rule::Tell(error)) => assert_eq!(answer, TELL | error, "{call}"),
            Some(Rule::When { otherwise, .. }) => {
                assert!(answer == ALLOW || answer == TELL | otherwise, "{call}");
            }
            None => assert_eq!(answer, told(libc::ENOSYS), "{call}"),
        }
        assert_eq!(run(program, 0x4000_0003, call, [0; 6]), END_PROCESS, "{call}");
    }
}

#[test]
fn arguments_decide() {
    let (unix, four, six) = (libc::AF_UNIX as u64, libc::AF_INET as u64, libc::AF_INET6 as u64);
    let (tcp, udp, close) = (6, 17, libc::SOCK_CLOEXEC as u64);
    let core = libc::RLIMIT_CORE as u64;
    let no_family = told(libc::EAFNOSUPPORT);
    for (call, [a, b, c], expected) in [
        (libc::SYS_socket, [unix, 5, 0], ALLOW),
        (libc::SYS_socket, [four, 1 | close, 0], ALLOW),
        (libc::SYS_socket, [four, 1, tcp], ALLOW),
        (libc::SYS_socket, [six, 2 | close, udp], ALLOW),
        (libc::SYS_socket, [four, 2, tcp], no_family),
        (libc::SYS_socket, [four, 3, 1], no_family),
        (libc::SYS_socket, [four, 2, 1], no_family),
        (libc::SYS_socket, [six, 1, 262], no_family),
        (libc::SYS_socket, [16, 3, 0], no_family),
        (libc::SYS_socket, [17, 3, 0], no_family),
        (libc::SYS_socketpair, [unix, 1, 0], ALLOW),
        (libc::SYS_socketpair, [four, 1, 0], no_family),
        (libc::SYS_clone, [libc::SIGCHLD as u64, 0, 0], ALLOW),
        (libc::SYS_clone, [0x003d_0f00, 0, 0], ALLOW),
        (libc::SYS_clone, [libc::CLONE_NEWUSER as u64, 0, 0], told(libc::EPERM)),
        (libc::SYS_clone, [libc::CLONE_NEWNET as u64 | 17, 0, 0], told(libc::EPERM)),
        (libc::SYS_clone3, [0, 0, 0], told(libc::ENOSYS)),
        (libc::SYS_ioctl, [0, 0x5401, 0], ALLOW),
        (libc::SYS_ioctl, [0, 0x5412, 0], told(libc::EPERM)),
        // The kernel looks at the lower half only, and so must we.
        (libc::SYS_ioctl, [0, 0x1_0000_5412, 0], told(libc::EPERM)),
        (libc::SYS_personality, [0x0004_0000, 0, 0], ALLOW),
        (libc::SYS_personality, [8, 0, 0], told(libc::EPERM)),
        (libc::SYS_mknodat, [0, 0, 0o010_644], ALLOW),
        (libc::SYS_mknodat, [0, 0, 0o020_666], told(libc::EPERM)),
        (libc::SYS_mknodat, [0, 0, 0o060_666], told(libc::EPERM)),
        (libc::SYS_setrlimit, [7, 1, 0], ALLOW),
        (libc::SYS_setrlimit, [core, 1, 0], told(0)),
        (libc::SYS_prlimit64, [0, core, 0], ALLOW),
        (libc::SYS_prlimit64, [0, core, 0x7000_0000], told(0)),
        (libc::SYS_prlimit64, [0, core, 0x7_0000_0000], told(0)),
        (libc::SYS_prlimit64, [0, 7, 0x7_0000_0000], ALLOW),
        (libc::SYS_sync, [0, 0, 0], told(0)),
    ] {
        assert_eq!(answer_to(call, [a, b, c, 0, 0, 0]), expected, "{call} {a:#x} {b:#x} {c:#x}");
    }
}

#[test]
fn who_has_the_network_of_the_host_can_only_call_out_of_it() {
    let (unix, four) = (libc::AF_UNIX as u64, libc::AF_INET as u64);
    let (no_family, no_right) = (told(libc::EAFNOSUPPORT), told(libc::EACCES));
    for (call, [a, b, c], expected) in [
        (libc::SYS_socket, [unix, 1, 0], no_family),
        (libc::SYS_socket, [unix, 2, 0], no_family),
        (libc::SYS_socket, [four, 1, 0], ALLOW),
        (libc::SYS_socket, [four, 2, 0], ALLOW),
        (libc::SYS_socket, [16, 3, 0], no_family),
        (libc::SYS_socketpair, [unix, 1, 0], ALLOW),
        (libc::SYS_socketpair, [unix, 2, 0], no_family),
        (libc::SYS_socketpair, [unix, 5, 0], no_family),
        (libc::SYS_connect, [0, 0, 0], ALLOW),
        (libc::SYS_bind, [0, 0, 0], no_right),
        (libc::SYS_listen, [0, 0, 0], no_right),
        (libc::SYS_accept4, [0, 0, 0], no_right),
        (libc::SYS_ptrace, [0, 0, 0], told(libc::EPERM)),
    ] {
        let program = program(Memory::Counted, Network::Host);
        let answer = run(program, HERE, u32::try_from(call).unwrap(), [a, b, c, 0, 0, 0]);
        assert_eq!(answer, expected, "{call} {a} {b}");
    }
}

#[test]
fn what_was_refused_by_name_is_refused() {
    for call in [
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_move_mount,
        libc::SYS_open_tree,
        libc::SYS_fsopen,
        libc::SYS_fsconfig,
        libc::SYS_fsmount,
        libc::SYS_fspick,
        libc::SYS_mount_setattr,
        libc::SYS_open_by_handle_at,
        libc::SYS_name_to_handle_at,
        libc::SYS_quotactl,
        libc::SYS_swapon,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_clone3,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_kcmp,
        libc::SYS_pidfd_getfd,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_userfaultfd,
        libc::SYS_vmsplice,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_kexec_load,
        libc::SYS_reboot,
        libc::SYS_acct,
        libc::SYS_syslog,
        libc::SYS_settimeofday,
        libc::SYS_clock_settime,
        libc::SYS_shmget,
        libc::SYS_msgget,
        libc::SYS_semget,
        libc::SYS_mq_open,
        libc::SYS_io_setup,
        libc::SYS_fanotify_init,
        libc::SYS_memfd_secret,
    ] {
        assert_eq!(answer_to(call, [0; 6]) & 0xffff_0000, TELL, "{call}");
    }
}

#[test]
fn rules_out_of_order_are_no_program() {
    let allow = |call| (call, Rule::Allow);
    assert!(assemble(HERE, &[allow(2), allow(1)]).is_none());
    assert!(assemble(HERE, &[allow(1), allow(1)]).is_none());
    let program = assemble(HERE, &[allow(0), allow(1), allow(3)]).unwrap();
    for (call, expected) in
        [(0, ALLOW), (1, ALLOW), (2, told(libc::ENOSYS)), (3, ALLOW), (4, told(libc::ENOSYS))]
    {
        assert_eq!(run(&program, HERE, call, [0; 6]), expected, "{call}");
    }
    let empty = assemble(HERE, &[]).unwrap();
    assert_eq!(run(&empty, HERE, 7, [0; 6]), told(libc::ENOSYS));
}

#[test]
fn the_filter_is_small_and_has_nameless_files_only_where_they_are_counted() {
    let length = program(Memory::Counted, Network::None).len();
    assert!((100..600).contains(&length), "{length}");
    let nameless = u32::try_from(libc::SYS_memfd_create).unwrap();
    for (memory, expected) in [(Memory::Counted, ALLOW), (Memory::Watched, told(libc::ENOSYS))] {
        assert_eq!(
            run(program(memory, Network::None), HERE, nameless, [0; 6]),
            expected,
            "{memory:?}"
        );
    }
}

//! The system call filter: what no build and no proof needs, and every way out tends to need.
//!
//! A list of what is refused, not of what is allowed: foreign builds use more calls than any list
//! foresees, and the walls are the namespaces and the lost rights. What is refused answers as if
//! the kernel did not have it, which makes thread libraries take their older call.

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Calls refused whatever their arguments.
const REFUSED: &[libc::c_long] = &[
    // Mounts and other views of the file system.
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
    libc::SYS_swapoff,
    // Other namespaces. The newer clone hides its flags from a filter.
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_clone3,
    // Other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    // Parts of the kernel with a long record of flaws.
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
    // The machine itself.
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_acct,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_vhangup,
];

/// Calls that exist on this architecture only.
#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[libc::c_long] = &[
    libc::SYS_kexec_file_load,
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    libc::SYS__sysctl,
    libc::SYS_uselib,
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[libc::c_long] = &[];

/// The families of sockets that a program may open; there is no network behind them.
const FAMILIES: [libc::c_int; 3] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];

/// The flags of clone that make namespaces.
const NAMESPACES: [libc::c_int; 7] = [
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWNS,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWCGROUP,
];

/// The filter as the kernel reads it, compiled once; an empty one means that this architecture
/// has none, and the launcher then refuses to start.
pub(crate) fn program() -> &'static [u8] {
    static PROGRAM: OnceLock<Vec<u8>> = OnceLock::new();
    PROGRAM.get_or_init(|| compile().unwrap_or_default())
}

fn compile() -> Option<Vec<u8>> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for call in REFUSED.iter().chain(REFUSED_HERE) {
        rules.insert(*call, Vec::new());
    }
    let word = |index, operation, value: libc::c_ulong| {
        SeccompCondition::new(index, SeccompCmpArgLen::Dword, operation, value).ok()
    };
    let mut clones = Vec::new();
    for flag in NAMESPACES {
        let flag = u64::from(flag.unsigned_abs());
        let set = word(0, SeccompCmpOp::MaskedEq(flag), flag)?;
        clones.push(SeccompRule::new(vec![set]).ok()?);
    }
    rules.insert(libc::SYS_clone, clones);
    let mut strange = Vec::new();
    for family in FAMILIES {
        strange.push(word(0, SeccompCmpOp::Ne, u64::from(family.unsigned_abs()))?);
    }
    rules.insert(libc::SYS_socket, vec![SeccompRule::new(strange.clone()).ok()?]);
    rules.insert(libc::SYS_socketpair, vec![SeccompRule::new(strange).ok()?]);
    let mut typing = Vec::new();
    for request in [0x5412 /* TIOCSTI */, 0x541C /* TIOCLINUX */] {
        typing.push(SeccompRule::new(vec![word(1, SeccompCmpOp::Eq, request)?]).ok()?);
    }
    rules.insert(libc::SYS_ioctl, typing);
    if cfg!(target_arch = "x86_64") {
        // The same calls by the numbers of the x32 convention, which passes for this architecture.
        let doubles: Vec<_> =
            rules.iter().map(|(call, rule)| (call | 0x4000_0000, rule.clone())).collect();
        rules.extend(doubles);
    }
    let absent = SeccompAction::Errno(u32::try_from(libc::ENOSYS).ok()?);
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, absent, arch).ok()?;
    let program: BpfProgram = filter.try_into().ok()?;
    let mut bytes = Vec::with_capacity(program.len() * 8);
    for step in program {
        bytes.extend(step.code.to_ne_bytes());
        bytes.extend([step.jt, step.jf]);
        bytes.extend(step.k.to_ne_bytes());
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_filter_is_compiled_and_small_enough_for_the_kernel() {
        let length = super::program().len();
        assert!(length > 0 && length.is_multiple_of(8) && length / 8 < 4096, "{length}");
    }
}

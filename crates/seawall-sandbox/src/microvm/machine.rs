//! The machine: how QEMU is called, and what the host's processor can do for it.

use super::HYPERVISOR;
use crate::{Preflight, client};
use seawall_domain::recipe::Limits;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// The program, by the name that Debian gives it.
const QEMU: &str = "qemu-system-x86_64";
/// Folders that every guest sees, by the names of their shares.
pub(super) const SHARES: [(&str, &str); 5] = [
    ("guest", "/guest"),
    ("question", "/question"),
    ("usr", "/usr"),
    ("etc", "/etc"),
    ("opt", "/opt"),
];
/// An emulated instruction counts as one nanosecond. A processor does seven simple ones in that
/// time, and programs were seen to take up to twelve times as long, so a command gets so many
/// times the seconds that it would get otherwise.
const EMULATED_SECONDS: u32 = 8;
/// And QEMU needs at most so many seconds for each of those.
const EMULATING_SECONDS: u32 = 12;
/// Starting and ending the guest, for each way of running it.
const START_SECONDS: [u32; 2] = [30, 120];
/// What is translated is kept in so much memory of QEMU.
const TRANSLATED_MIB: u32 = 128;

/// One folder of the sandbox around QEMU that the guest reads.
#[derive(Clone, Debug)]
pub(super) struct Share {
    name: String,
    path: String,
}

impl Share {
    pub(super) fn of(name: &str, path: &str) -> Share {
        Share { name: name.to_owned(), path: path.to_owned() }
    }
}

/// Who runs the guest's instructions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Acceleration {
    /// The host's processor, by KVM.
    Kvm,
    /// QEMU, one by one.
    Emulation,
}

impl Acceleration {
    /// What this host offers: some have the device without a processor that could serve it.
    pub(super) fn here() -> Acceleration {
        static HERE: OnceLock<Acceleration> = OnceLock::new();
        *HERE.get_or_init(|| {
            let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
            let device = fs::File::options().read(true).write(true).open(HYPERVISOR);
            if device.is_ok() && virtualises(&processor) {
                Acceleration::Kvm
            } else {
                Acceleration::Emulation
            }
        })
    }

    /// A recipe's limits as the guest holds them.
    pub(super) fn limits(self, limits: &Limits) -> Limits {
        let limits = limits.bounded();
        match self {
            Acceleration::Kvm => limits,
            Acceleration::Emulation => {
                let seconds = limits.seconds.saturating_mul(EMULATED_SECONDS);
                Limits { seconds, ..limits }.bounded()
            }
        }
    }

    /// Processor seconds of QEMU for a guest that may take so many.
    pub(super) fn seconds_outside(self, seconds: u32) -> u32 {
        let [kvm, emulation] = START_SECONDS;
        match self {
            Acceleration::Kvm => kvm + seconds * 2,
            Acceleration::Emulation => emulation + seconds * EMULATING_SECONDS,
        }
    }

    /// What it means, for the preflight.
    pub(super) fn told(self) -> &'static str {
        match self {
            Acceleration::Kvm => "microVMs run by KVM",
            Acceleration::Emulation => {
                "microVMs run by software emulation, 20 to 60 times slower, because this host has \
                 no KVM that we may use: a processor with `vmx` or `svm`, and a device /dev/kvm \
                 that our user may open (group `kvm`)"
            }
        }
    }

    fn words(self) -> Vec<String> {
        let words = match self {
            Acceleration::Kvm => "-accel kvm -cpu host".to_owned(),
            Acceleration::Emulation => format!(
                "-accel tcg,thread=single,tb-size={TRANSLATED_MIB} -cpu max -icount shift=0"
            ),
        };
        words.split(' ').map(str::to_owned).collect()
    }
}

/// Whether a processor, as the kernel describes it, can run virtual machines.
fn virtualises(processor: &str) -> bool {
    let mut flags = processor.lines().filter(|line| line.starts_with("flags"));
    flags.any(|line| line.split_whitespace().any(|flag| flag == "vmx" || flag == "svm"))
}

/// The shell that gives QEMU both of its streams a second time, because it hands on none of the
/// first three files. By its standard streams the port would close with the input's end.
const FIRST: [&str; 5] = ["/bin/sh", "-c", "exec \"$@\" 3>&1 4>&2", "sh", QEMU];
const MACHINE: &str = "-M microvm,acpi=on -smp 1 -nodefaults -no-user-config -display none \
    -no-reboot -kernel /machine/kernel -initrd /guest/initrd -add-fd fd=3,set=3 -add-fd fd=4,set=4 \
    -chardev file,id=console,path=/dev/fdset/4,append=on -serial chardev:console \
    -chardev file,id=answer,path=/dev/fdset/3,append=on \
    -device virtio-serial-device -device virtserialport,chardev=answer,name=answer";
/// The guest's kernel says little, checks no ciphers that nobody uses, and resets the machine at
/// any end, which ends QEMU.
const KERNEL: &str = "quiet panic=-1 reboot=t console=ttyS0 cryptomgr.notests SHARES=";

/// The whole command that runs a guest with so much memory.
pub(super) fn words(acceleration: Acceleration, memory_mib: u32, shares: &[Share]) -> Vec<String> {
    let mut words: Vec<String> = FIRST.map(str::to_owned).to_vec();
    words.extend(MACHINE.split_whitespace().map(str::to_owned));
    words.extend(acceleration.words());
    words.extend(["-m".to_owned(), memory_mib.to_string()]);
    for Share { name, path } in shares {
        words.extend([
            "-fsdev".to_owned(),
            format!("local,id={name},path={path},security_model=none,readonly=on,multidevs=remap"),
            "-device".to_owned(),
            format!("virtio-9p-device,fsdev={name},mount_tag={name}"),
        ]);
    }
    let own = shares.len().saturating_sub(SHARES.len());
    words.extend(["-append".to_owned(), format!("{KERNEL}{own}")]);
    words
}

pub(super) fn preflight(found: &mut Preflight) {
    let said = client::run(QEMU, &["--version"], Path::new("/"));
    if !said.is_ok_and(|said| said.success) {
        let remedy = "apt install qemu-system-x86";
        found.fault(&format!("program `{QEMU}`"), "`--isolation microvm`", remedy);
    }
    if !Path::new("/lib").is_symlink() {
        let remedy = "apt install usrmerge";
        found.fault("a system that is all in `/usr`", "`--isolation microvm`", remedy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_that_can_is_told_from_one_that_cannot() {
        for (processor, expected) in [
            ("flags\t\t: fpu vme svm sse", true),
            ("model\t: vmx\nflags\t\t: fpu vmx", true),
            ("model name\t: svm", false),
            ("flags\t\t: fpu svm_lock", false),
            ("", false),
        ] {
            assert_eq!(virtualises(processor), expected, "{processor}");
        }
    }

    #[test]
    fn every_machine_has_no_network_and_only_reads() {
        let shares = [SHARES.map(|(name, path)| Share::of(name, path)).to_vec()];
        let shares = [shares.concat(), vec![Share::of("share0", "/target")]].concat();
        for acceleration in [Acceleration::Kvm, Acceleration::Emulation] {
            let words = words(acceleration, 500, &shares);
            assert!(words.iter().all(|word| !word.contains("net") && !word.contains("drive")));
            let shown: Vec<_> = words.iter().filter(|word| word.starts_with("local,")).collect();
            assert_eq!(shown.len(), 6);
            assert!(shown.iter().all(|word| word.contains("readonly=on")));
            assert!(words.last().unwrap().ends_with("SHARES=1"), "{words:?}");
        }
    }

    #[test]
    fn an_emulated_second_is_longer_and_still_bounded() {
        for (seconds, expected) in [(1, 8), (20, 160), (600, 600), (u32::MAX, 600)] {
            let limits = Limits { seconds, ..Limits::default() };
            assert_eq!(Acceleration::Emulation.limits(&limits).seconds, expected);
            assert_eq!(Acceleration::Kvm.limits(&limits).seconds, seconds.min(600));
        }
    }
}

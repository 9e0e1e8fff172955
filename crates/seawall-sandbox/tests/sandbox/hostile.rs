//! The first hostile suite: each script tries to harm or to leave, and the host stays as it was.

use crate::world::{World, listing, recipe, tight};
use seawall_domain::recipe::{Canary, Limits, Oracle};
use seawall_domain::verdict::Outcome;
use seawall_sandbox::launch::{Ended, How};
use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

/// Runs a script, expects how it ends, and that nothing of it is left on the host.
fn check(script: &str, limits: Limits, expected: &[How]) -> Ended {
    let world = World::new();
    let mounts = || std::fs::read_to_string("/proc/self/mounts").unwrap();
    let before = mounts();
    let start = Instant::now();
    let ended = world.python(script, limits);
    assert!(expected.contains(&ended.how), "{ended:?}\n{}", text(&ended));
    assert!(start.elapsed() < Duration::from_secs(60), "it took {:?}", start.elapsed());
    assert_eq!(mounts(), before);
    assert_eq!(listing(&world.lab.cache.join("scratch")), [] as [&Path; 0]);
    ended
}

fn text(ended: &Ended) -> String {
    let both = [&ended.stdout[..], b"\n", &ended.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// The control groups on this host that a process made and has not removed.
pub fn groups(pid: u32) -> usize {
    let name = format!("/seawall-{pid}-");
    let all = listing(Path::new("/sys/fs/cgroup"));
    all.iter().filter(|path| path.is_dir() && path.to_string_lossy().contains(&name)).count()
}

/// Whether no process on this host has this word on its command line, soon.
pub fn gone(word: &str) -> bool {
    for _ in 0..100 {
        let lines = std::fs::read_dir("/proc").unwrap().flatten();
        let lines = lines.filter(|entry| entry.file_name() != "self");
        let mut lines = lines.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
        if !lines.any(|line| String::from_utf8_lossy(&line).contains(word)) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

const EXIT_0: How = How::Exit(0);

#[test]
fn a_fork_bomb_meets_the_process_limit() {
    let count = "
import os, time
made = 0
try:
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        made += 1
except OSError:
    pass
print('made', made, flush=True)
os._exit(0)
";
    let ended = check(count, tight(), &[EXIT_0]);
    let said = text(&ended);
    let made: u32 = said.trim().trim_start_matches("made ").parse().unwrap();
    assert!((1..=tight().processes).contains(&made), "{said}");
    let bomb = "
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
";
    check(bomb, tight(), &[How::Busy, How::Late, How::Starved, How::Exit(137), How::Exit(152)]);
}

#[test]
fn nothing_is_sent_to_anybody() {
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    tcp.set_nonblocking(true).unwrap();
    udp.set_nonblocking(true).unwrap();
    let (tcp_port, udp_port) = (tcp.local_addr().unwrap().port(), udp.local_addr().unwrap().port());
    let script = format!(
        "
import socket
for family, kind, address in [
    (socket.AF_INET, socket.SOCK_STREAM, ('127.0.0.1', {tcp_port})),
    (socket.AF_INET, socket.SOCK_STREAM, ('192.0.2.1', 80)),
    (socket.AF_INET6, socket.SOCK_STREAM, ('2001:db8::1', 80)),
    (socket.AF_UNIX, socket.SOCK_STREAM, '\\0/org/seawall/none'),
]:
    try:
        with socket.socket(family, kind) as one:
            one.settimeout(2)
            one.connect(address)
            print('REACHED', address)
    except OSError:
        pass
for address in [('127.0.0.1', {udp_port}), ('192.0.2.53', 53)]:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(b'hello', address)
    except OSError:
        pass
try:
    print('RESOLVED', socket.getaddrinfo('example.invalid', 80))
except OSError:
    print('quiet')
for family in [16, 17, 38, 40]:
    try:
        socket.socket(family, socket.SOCK_RAW)
        print('REACHED', family)
    except OSError:
        pass
"
    );
    let said = text(&check(&script, Limits::default(), &[EXIT_0]));
    assert_eq!(said.trim(), "quiet");
    assert_eq!(tcp.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(udp.recv(&mut [0; 16]).unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn a_build_that_phones_out_fails() {
    let world = World::new();
    world.release("phone", "1", &[("x", "")]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = "echo seawall-canary $SEAWALL_CANARY absent";
    let mut recipe = recipe("phone", Oracle::Canary(Canary::Harness), "sh", ("probe.sh", script));
    let call = format!("import socket; socket.create_connection(('127.0.0.1', {port}), 5)");
    recipe.build = vec![vec!["python3".into(), "-c".into(), call]];
    let report = world.run(&recipe, "1", 1).remove(0);
    assert_eq!(report.outcome, Outcome::Untested);
    assert!(report.transcript.contains("the build ended with status 1"), "{}", report.transcript);
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn the_files_of_the_host_are_not_there() {
    let secret = std::env::temp_dir().join(format!("seawall-secret-{}", std::process::id()));
    std::fs::write(&secret, "secret").unwrap();
    let home = std::env::var("HOME").unwrap_or_else(|_| "/root".into());
    let script = format!(
        "
import os
for path in ['/etc/shadow', '/etc/passwd', '/etc/hosts', '/etc/resolv.conf', '/root', '/home',
             '{home}/.cargo', '/var', '/run', '/srv', '/mnt', '/boot', '/sys/fs', '/dev/sda',
             '/dev/kvm', '/dev/mem', '{}', '{}', '/proc/1/root/etc/shadow']:
    if path != '/' and os.path.lexists(path):
        print('THERE', path)
names = sorted(os.environ)
print(','.join(names))
print(sorted(os.listdir('/')))
print(len(os.listdir('/proc/self/fd')))
for path in ['/proc/1/environ', '/proc/1/mem', '/proc/kcore']:
    try:
        open(path, 'rb').read(1)
        print('READ', path)
    except OSError:
        pass
",
        env!("CARGO_MANIFEST_DIR"),
        secret.display(),
    );
    let said = text(&check(&script, Limits::default(), &[EXIT_0]));
    std::fs::remove_file(secret).unwrap();
    assert!(!said.contains("THERE"), "{said}");
    // As an ordinary user, all processes of the sandbox are of one user, and see each other.
    if nix::unistd::geteuid().is_root() {
        assert!(!said.contains("READ"), "{said}");
    }
    let lines: Vec<&str> = said.lines().collect();
    let known = "ASAN_OPTIONS,CARGO_NET_OFFLINE,HOME,LANG,PATH,PWD,PYTHONDONTWRITEBYTECODE,TMPDIR,\
         UBSAN_OPTIONS";
    let names: Vec<&str> = lines[0].split(',').filter(|name| !known.contains(name)).collect();
    assert!(names.iter().all(|name| *name == "LC_CTYPE" || *name == "OLDPWD"), "{said}");
    // Standard streams, and the folder that is being listed.
    assert_eq!(lines[2], "4", "{said}");
}

#[test]
fn no_right_is_left_and_no_way_to_another() {
    let script = "
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
status = open('/proc/self/status').read()
field = lambda name: status.split(name + ':')[1].split()[0]
print(os.getuid() != 0, field('CapEff'), field('CapBnd'), field('NoNewPrivs'), field('Seccomp'))
calls = {
    'unshare': lambda: libc.unshare(0x10000000),
    'mount': lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None),
    'chroot': lambda: libc.chroot(b'/tmp'),
    'ptrace': lambda: libc.ptrace(16, 1, 0, 0),
    'setuid': lambda: libc.setuid(0),
    'keyctl': lambda: libc.syscall(250, 0, -3, 0),
    'bpf': lambda: libc.syscall(321, 0, 0, 0),
    'io_uring': lambda: libc.syscall(425, 1, 0),
    'perf': lambda: libc.syscall(298, 0, 0, -1, -1, 0),
    'userfaultfd': lambda: libc.syscall(323, 0),
    'x32 unshare': lambda: libc.syscall(0x40000000 + 272, 0x10000000),
    'sethostname': lambda: libc.sethostname(b'x', 1),
}
for name, call in calls.items():
    if call() != -1:
        print('MADE', name)
for path in ['/usr/x', '/x', '/etc/x', '/proc/sys/kernel/hostname', '/opt/x', '/dev/x']:
    try:
        open(path, 'w').write('x')
        print('WROTE', path)
    except OSError:
        pass
try:
    os.kill(-1, 9)
except OSError:
    pass
print('end')
";
    let said = text(&check(script, Limits::default(), &[EXIT_0]));
    let lines: Vec<&str> = said.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 2, "{said}");
    let rights: Vec<&str> = lines[0].split(' ').collect();
    assert_eq!(
        (rights[0], rights[1], rights[3], rights[4]),
        ("True", "0000000000000000", "1", "2")
    );
}

#[test]
fn a_full_disk_is_its_own() {
    let script = "
import os
for folder in ['/scratch', '/tmp', '/build', '/dev/shm']:
    wrote = 0
    for index in range(100):
        try:
            with open(folder + '/fill%d' % index, 'wb', buffering=0) as out:
                while True:
                    wrote += out.write(b'x' * 65536)
        except OSError as full:
            pass
    print(folder, wrote >> 20)
    for index in range(100):
        try:
            os.unlink(folder + '/fill%d' % index)
        except OSError:
            pass
";
    let mut limits = tight();
    limits.seconds = 10;
    let said = text(&check(script, limits, &[EXIT_0]));
    for line in said.lines().filter(|line| !line.is_empty()) {
        let mib: u32 = line.split(' ').nth(1).unwrap().parse().unwrap();
        assert!(mib <= limits.disk_mib, "{said}");
    }
}

#[test]
fn filled_memory_ends_it() {
    let script = "
held = []
while True:
    held.append(bytearray(1 << 20))
";
    let mut limits = tight();
    limits.seconds = 20;
    let ended = check(script, limits, &[How::Starved]);
    let most = limits.memory_mib + limits.disk_mib + 200;
    assert!(ended.peak_mib <= most, "{}", ended.peak_mib);
}

#[test]
fn ignoring_signals_does_not_help() {
    let word = format!("9{}", std::process::id());
    let script = format!(
        "
import os, signal, sys, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
        os.execv('/bin/sleep', ['sleep', '{word}'])
while True:
    time.sleep(1)
"
    );
    check(&script, tight(), &[How::Late]);
    assert!(gone(&word));
    // A process that its parent leaves behind is ended when the parent is.
    let left = format!("7{}", std::process::id());
    let script = format!(
        "
import os
if os.fork() == 0:
    os.setsid()
    os.execv('/bin/sleep', ['sleep', '{left}'])
"
    );
    check(&script, tight(), &[EXIT_0]);
    assert!(gone(&left));
}

#[test]
fn a_flood_is_stopped() {
    for stream in ["stdout", "stderr"] {
        let script = format!("import sys\nwhile True: sys.{stream}.write('x' * 65536)\n");
        let ended = check(&script, tight(), &[How::Flooded]);
        assert!(ended.stdout.len() + ended.stderr.len() <= 64 * 1024, "{stream}");
    }
}

#[test]
fn a_link_left_by_a_build_leads_nowhere_on_the_host() {
    let world = World::new();
    world.release("links", "1", &[("x", "")]);
    let victim = world.folder.join("victim");
    std::fs::write(&victim, "untouched").unwrap();
    let script = "
echo harm > /build/out
cat /build/out > /dev/null 2>&1 && word=absent || word=absent
echo seawall-canary $SEAWALL_CANARY $word
";
    let mut recipe = recipe("links", Oracle::Canary(Canary::Harness), "sh", ("probe.sh", script));
    let link = ["ln", "-s", &victim.to_string_lossy(), "/build/out"].map(String::from);
    recipe.build = vec![link.to_vec()];
    let report = world.run(&recipe, "1", 1).remove(0);
    assert_eq!(report.outcome, Outcome::Unaffected, "{}", report.transcript);
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "untouched");
}

//! What a client of a registry reaches: the network of this host, outwards, and nothing else.

use crate::world::has;
use seawall_domain::recipe::Limits;
use seawall_sandbox::launch::{How, Job, Network, launch};
use std::io::Write;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

const PROBE: &str = "
import errno, os, socket, sys
port, name = int(sys.argv[1]), sys.argv[2]
def refused(error, act):
    try:
        act()
    except OSError as told:
        if told.errno in error:
            return
        raise
    sys.exit('through')
refused([errno.EAFNOSUPPORT], lambda: socket.socket(socket.AF_UNIX))
refused([errno.EAFNOSUPPORT], lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
refused([errno.EAFNOSUPPORT], lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
refused([errno.EAFNOSUPPORT], lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
one, other = socket.socketpair()
refused([errno.EISCONN, errno.ECONNREFUSED, errno.EINVAL], lambda: one.connect('\\0' + name))
refused([errno.EACCES], lambda: socket.socket().bind(('127.0.0.1', 0)))
refused([errno.EACCES], lambda: socket.socket().listen())
refused([errno.EROFS, errno.EACCES], lambda: open('/etc/hosts', 'a'))
for place in ['/root', '/home', '/work', '/var', '/run', '/sys', '/etc/passwd', '/etc/shadow']:
    assert not os.path.exists(place), place
assert os.getuid() == 61001
guest = socket.create_connection(('127.0.0.1', port), 5)
assert guest.recv(4) == b'fine'
print('held')
";

#[test]
fn a_client_connects_and_is_not_connected_to() {
    if !has("a_client_connects_and_is_not_connected_to", "python3", &["--version"]) {
        return;
    }
    let name = format!("seawall-probe-{}", std::process::id());
    let _unix = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = door.local_addr().unwrap().port().to_string();
    let host = std::thread::spawn(move || door.accept().unwrap().0.write_all(b"fine").unwrap());
    let limits = Limits::default();
    let command = ["python3", "-I", "-c", PROBE, &port, &name].map(String::from).to_vec();
    let job = Job { network: Network::Host, ..Job::new(command, &limits) };
    let ended = launch(&job).unwrap();
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&ended.stderr);
    assert_eq!((&ended.how, said.trim()), (&How::Exit(0), "held"), "{complaint}");
    host.join().unwrap();
}

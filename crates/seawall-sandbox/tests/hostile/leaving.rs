//! Reaching anybody else: the network, the host's listeners, other processes.

use crate::stage::{stage, tight, turn};
use seawall_sandbox::launch::How;
use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

#[test]
fn nothing_reaches_a_listener_of_the_host() {
    let _turn = turn();
    let stage = stage();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let six = TcpListener::bind("[::1]:0").ok();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let name = format!("seawall-hostile-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let abstract_name = UnixListener::bind_addr(&address).unwrap();
    let path = stage.folder.join("socket");
    let named = UnixListener::bind(&path).unwrap();
    tcp.set_nonblocking(true).unwrap();
    udp.set_nonblocking(true).unwrap();
    abstract_name.set_nonblocking(true).unwrap();
    named.set_nonblocking(true).unwrap();
    let port = tcp.local_addr().unwrap().port().to_string();
    let udp_port = udp.local_addr().unwrap().port().to_string();
    let six_port = six.as_ref().map_or(1, |six| six.local_addr().unwrap().port()).to_string();
    for words in [
        ["network", "tcp", &port],
        ["network", "udp", &udp_port],
        ["network", "ipv6", &six_port],
        ["network", "abstract", &name],
        ["network", "named", path.to_str().unwrap()],
    ] {
        stage.held(&words);
    }
    let quiet = |told: std::io::Error| assert_eq!(told.kind(), ErrorKind::WouldBlock);
    quiet(tcp.accept().unwrap_err());
    quiet(udp.recv(&mut [0; 16]).unwrap_err());
    quiet(abstract_name.accept().unwrap_err());
    quiet(named.accept().unwrap_err());
    if let Some(six) = six {
        six.set_nonblocking(true).unwrap();
        quiet(six.accept().unwrap_err());
    }
    std::fs::remove_file(path).unwrap();
}

#[test]
fn no_packet_has_a_way_out() {
    let _turn = turn();
    for program in ["icmp", "raw", "dns", "families", "interfaces"] {
        stage().held(&["network", program]);
    }
}

#[test]
fn no_other_process_is_touched() {
    let _turn = turn();
    for program in ["everybody", "tracing"] {
        stage().held(&["processes", program]);
    }
    stage().held(&["kernel", "reading"]);
    stage().held(&["files", "first"]);
}

#[test]
fn whoever_refuses_to_end_is_ended() {
    let _turn = turn();
    stage().ended(&["processes", "refusing"], &[How::Busy, How::Exit(137)]);
    stage().ended(&["processes", "sleeping"], &[How::Late]);
    stage().held(&["processes", "leaving"]);
    assert!(tight().seconds == 1, "the times of this suite rest on it");
}

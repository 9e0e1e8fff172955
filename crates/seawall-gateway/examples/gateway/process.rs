//! This program again, as another process that says where it listens.

use crate::client::Address;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use tokio_rustls::TlsConnector;

/// A process that is measured; it ends with its handle.
pub struct Process {
    child: Child,
    pub address: Address,
}

impl Process {
    /// Begins this program with these words, and waits for its address.
    pub fn begin(words: &[&str]) -> Process {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(words)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Process::of(child, address.trim().to_owned())
    }

    /// A process that listens there already.
    pub fn of(child: Child, address: String) -> Process {
        Process { child, address: Address { text: address, tls: None } }
    }

    /// The same, asked over TLS.
    pub fn over(mut self, tls: Option<TlsConnector>) -> Process {
        self.address.tls = tls;
        self
    }

    /// Processor time so far, in seconds.
    pub fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        let ticks: u64 = [11, 12].iter().map(|at| fields[*at].parse::<u64>().unwrap()).sum();
        ticks as f64 / 100.0
    }

    /// Resident memory, in MiB.
    pub fn resident_mib(&self) -> f64 {
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id())).unwrap();
        let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
        pages as f64 * 4096.0 / 1048576.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

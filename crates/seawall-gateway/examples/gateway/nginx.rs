//! nginx as a bare proxy: one worker, connections kept, nothing checked.

use crate::process::Process;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Begins nginx before the provider, where it is installed.
pub fn begin(upstream: &str, folder: &Path) -> Option<Process> {
    let program = ["/usr/sbin/nginx", "/usr/local/sbin/nginx"];
    let program = program.into_iter().find(|path| Path::new(path).exists())?;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let place = folder.display();
    let text = format!(
        "daemon off; master_process off; worker_processes 1; pid {place}/nginx.pid;\n\
         error_log {place}/error.log;\n\
         events {{ worker_connections 4096; }}\n\
         http {{ access_log off; client_body_temp_path {place}; proxy_temp_path {place};\n\
         fastcgi_temp_path {place}; uwsgi_temp_path {place}; scgi_temp_path {place};\n\
         keepalive_requests 100000000;\n\
         upstream provider {{ server {upstream}; keepalive 64; keepalive_requests 100000000; }}\n\
         server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://provider;\n\
         proxy_http_version 1.1; proxy_set_header Connection \"\"; }} }} }}\n"
    );
    let file = folder.join("nginx.conf");
    std::fs::write(&file, text).unwrap();
    let mut command = Command::new(program);
    command.arg("-c").arg(&file).arg("-e").arg(folder.join("error.log")).stderr(Stdio::null());
    let address = format!("127.0.0.1:{port}");
    let nginx = Process::of(command.spawn().unwrap(), address.clone());
    for _ in 0..100 {
        if std::net::TcpStream::connect(&address).is_ok() {
            return Some(nginx);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nginx does not listen: {}", std::fs::read_to_string(folder.join("error.log")).unwrap());
}

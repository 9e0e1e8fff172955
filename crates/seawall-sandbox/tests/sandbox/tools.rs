//! What honest programs need is there: the tools of every ecosystem, threads, pipes, the loopback.

use crate::world::World;
use seawall_domain::recipe::Limits;
use seawall_sandbox::launch::{How, Job, launch, prepare};

/// Runs a shell's script that says `fine`, unless this host lacks the tool.
fn check(tool: &str, script: &str) {
    let asked = std::process::Command::new(tool).arg("--version").output();
    if !asked.is_ok_and(|said| said.status.success()) {
        println!("skipped: {tool}: it is not installed here");
        return;
    }
    let world = World::new();
    let limits = Limits { seconds: 30, memory_mib: 1024, ..Limits::default() };
    let ended = world.launch(&["sh", "-c", script], limits);
    let said = String::from_utf8_lossy(&ended.stdout).trim().to_owned();
    let complaint = String::from_utf8_lossy(&ended.stderr);
    assert_eq!((&ended.how, said.as_str()), (&How::Exit(0), "fine"), "{tool}: {complaint}");
}

#[test]
fn tools_run_as_they_do_outside() {
    check("gcc", "echo 'int main(){return 0;}' > a.c && gcc -o a a.c && ./a && echo fine");
    check(
        "java",
        "echo 'public class A { public static void main(String[] a) { \
         System.out.println(\"fine\"); } }' > A.java && java -Xmx128m -XX:+UseSerialGC A.java",
    );
    check("node", "node -e 'setTimeout(() => console.log(\"fine\"), 5)'");
    check(
        "cargo",
        "mkdir a && cd a && cargo -q init --vcs none --name a . && cargo -q build --offline \
         && ./target/debug/a > out && grep -q Hello out && echo fine",
    );
    check(
        "python3",
        "python3 -c '
import multiprocessing, socket, subprocess, tempfile, threading
with multiprocessing.Pool(2) as pool:
    assert pool.map(abs, [-1, 2]) == [1, 2]
door = socket.create_server((\"127.0.0.1\", 0))
guest = socket.create_connection(door.getsockname())
guest.sendall(b\"fine\")
one = threading.Thread(target=lambda: print(door.accept()[0].recv(4).decode()))
one.start()
one.join()
assert subprocess.run([\"true\"]).returncode == 0
'",
    );
}

#[test]
fn a_command_ends_as_it_does_outside() {
    let world = World::new();
    for (script, expected) in [
        ("exit 7", 7),
        ("kill -TERM $$", 128 + 15),
        ("kill -SEGV $$", 128 + 11),
        ("ulimit -t 1; while :; do :; done", 128 + 9),
        ("nothing-of-this-name 2> /dev/null", 127),
        ("echo x > s; ./s 2> /dev/null", 126),
    ] {
        let ended = world.launch(&["sh", "-c", script], Limits::default());
        assert_eq!(ended.how, How::Exit(expected), "{script}: {ended:?}");
    }
    for (program, expected) in [("nothing-of-this-name", 127), ("/etc", 126), ("", 127)] {
        let ended = world.launch(&[program], Limits::default());
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.how, How::Exit(expected), "{program}: {said}");
        assert!(said.contains(&format!("cannot run `{program}`")), "{said}");
    }
}

#[test]
fn a_prepared_sandbox_waits_and_leaves_nothing_when_it_is_not_called() {
    let limits = Limits::default();
    let command = ["sh", "-c", "echo $LANG $$"].map(String::from).to_vec();
    let job = Job { environment: vec![("LANG", "X".into())], ..Job::new(command, &limits) };
    let mut prepared = prepare(&job).unwrap();
    prepared.stand().unwrap();
    let other = launch(&job).unwrap();
    let ended = prepared.start().unwrap().wait().unwrap();
    for ended in [other, ended] {
        assert_eq!((ended.how, ended.stdout.as_slice()), (How::Exit(0), &b"X 2\n"[..]));
    }
    drop(prepare(&job).unwrap());
    drop(prepare(&job).unwrap().start().unwrap());
}

#[test]
fn what_cannot_be_shown_is_named() {
    let world = World::new();
    let limits = Limits::default();
    let host = world.folder.join("not-there");
    let job = Job {
        mounts: vec![seawall_sandbox::launch::Mount { host: host.clone(), inside: "/target" }],
        ..Job::new(vec!["true".into()], &limits)
    };
    let told = launch(&job).unwrap_err().to_string();
    let expected = format!("cannot set up the sandbox: showing `{}`", host.display());
    assert!(told.starts_with(&expected), "{told}");
}

//! `examples/guestbook`, run with the real PostgreSQL and Redis of this machine.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};

use crate::harness::Sandbox;
use crate::harness::suite::ignore;

/// What the example runs, as its `devel` finds it.
const PROGRAMS: &[&str] = &[
    "/usr/lib/postgresql/15/bin/postgres",
    "/usr/bin/psql",
    "/usr/bin/redis-server",
    "/usr/bin/redis-cli",
    "/usr/bin/busybox",
];
/// Longer than everything takes on a machine with much to do.
const PATIENCE: Duration = Duration::from_secs(120);

/// Nobody of root's: PostgreSQL refuses to be root.
const NOBODY: &str = "65534";

/// Ends the test if a program that it needs is not there, unless it has to be.
fn need_programs() {
    let exists = |program: &&&str| !Path::new(program).exists();
    if let Some(missing) = PROGRAMS.iter().find(exists) {
        let reason = format!("{missing} is not there");
        let is_required = std::env::var_os("JOBC_REQUIRE_SERVERS").is_some_and(|it| it == "1");
        assert!(!is_required, "{reason}");
        ignore(reason);
    }
}

/// The command that runs the example, as a user whom PostgreSQL serves.
fn command(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let jobc = env!("CARGO_BIN_EXE_jobc");
    let mut command = if geteuid().is_root() {
        let given = Command::new("chown")
            .args(["-R", &format!("{NOBODY}:{NOBODY}")])
            .arg(sandbox.path())
            .status();
        assert!(given.is_ok_and(|status| status.success()), "root gives");
        let mut command = Command::new("setpriv");
        command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", jobc]);
        command
    } else {
        Command::new(jobc)
    };
    command
        .args(arguments)
        .current_dir(sandbox.path())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", sandbox.path())
        .env("TMPDIR", sandbox.path())
        .stdin(Stdio::null());
    command
}

/// What the server at `port` answers, without its headers; none while there is none.
fn ask(port: u16, method: &str, path: &str, body: &str) -> Option<String> {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).ok()?;
    connection.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(
        connection,
        "{method} {path} HTTP/1.0\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.contains(" 200 ").then(|| body.to_owned())
}

/// Asks until `answers` says so, or the example has ended.
fn until(running: &mut Child, mut answers: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < PATIENCE && running.try_wait().is_ok_and(|ended| ended.is_none()) {
        if answers() {
            return true;
        }
        thread::sleep(Duration::from_millis(200));
    }
    false
}

fn guestbook_runs_with_real_servers() {
    need_programs();
    let sandbox = Sandbox::with_examples();
    let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    let port = free.unwrap().port();
    let log = sandbox.path().join("log");
    let output = fs::File::create(&log).unwrap();
    let mut running = command(
        &sandbox,
        &[
            "run",
            "devcluster/www/devel/guestbook",
            "--realise=never",
            "--port",
            &format!("http={port}"),
        ],
    )
    .stdout(output.try_clone().unwrap())
    .stderr(output)
    .spawn()
    .unwrap();
    let entry = "it's \"one\" entry: \u{e9} {{x}} $HOME";
    let is_taken = until(&mut running, || {
        ask(port, "POST", "/cgi-bin/entries", entry).as_deref() == Some("taken\n")
    });
    let is_listed = is_taken
        && until(&mut running, || {
            ask(port, "GET", "/cgi-bin/entries", "") == Some(format!("{entry}\n"))
        });
    let pid = Pid::from_child(&running);
    kill_process(pid, Signal::TERM).unwrap();
    running.wait().unwrap();
    let log = fs::read_to_string(log).unwrap();
    assert!(is_taken && is_listed, "{log}");
    // All of it has ended with the run.
    assert!(ask(port, "GET", "/index.html", "").is_none(), "{log}");
    // Nothing was tried before what it needs was ready.
    for line in log.lines() {
        assert!(!line.contains("refused"), "{log}");
    }
}

tests! {
    guestbook_runs_with_real_servers,
}

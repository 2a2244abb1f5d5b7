//! `examples/guestbook`, and a system of several jobs, run with the real PostgreSQL and Redis of this
//! machine.

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

/// A database, a queue, a migration, a web server, and a client of them all, each a job.
const JOBS: &str = r#"
[defaults]
cluster = "devcluster"
role = "www"
environment = "devel"
task.resources = { cpu = 1, ram = "512 MB", disk = "1 GB" }

[jobs.database]
service = true
ports.sql = {}
[jobs.database.task.processes.postgres]
path = ["/usr/lib/postgresql/15/bin"]
env.PGDATA = "data"
umask = "0077"
cmdline = """
initdb --username=app --auth=trust --encoding=UTF8 --locale=C >/dev/null
exec postgres -c listen_addresses=127.0.0.1 -c port=${ports.sql} -c unix_socket_directories=
"""
ready = { command = "pg_isready -q -U app -h 127.0.0.1 -p ${ports.sql}", within = "60s" }

[jobs.queue]
service = true
ports.redis = {}
[jobs.queue.task.processes.redis]
cmdline = "exec redis-server --bind 127.0.0.1 --port ${ports.redis} --save ''"
ready.tcp = "127.0.0.1:${ports.redis}"

[jobs.migrate.task.processes.migrate]
cmdline = "psql -q -h 127.0.0.1 -p ${jobs.database.ports.sql} -U app postgres -c 'create table t (a int)'"
after = [{ job = "database", when = "ready" }]

[jobs.web]
service = true
ports.http = {}
[jobs.web.task.processes.httpd]
cmdline = "mkdir w; echo page >w/index.html; exec busybox httpd -f -p 127.0.0.1:${ports.http} -h w"
after = [{ job = "migrate", when = "succeeded" }, { job = "queue", when = "ready" }]
ready.http = "http://127.0.0.1:${ports.http}/"

[jobs.client.task.processes.client]
cmdline = """
busybox wget -qO- http://${jobs.web.address.http}/
redis-cli -p ${jobs.queue.ports.redis} ping
psql -h 127.0.0.1 -p ${jobs.database.ports.sql} -U app postgres -Atc 'select count(*) from t'
"""
after = [{ job = "web", when = "ready" }]
"#;

fn jobs_that_know_each_other_run_with_real_servers() {
    need_programs();
    let sandbox = Sandbox::new();
    sandbox.file("jobc.toml", "").file("sys.job.toml", JOBS);
    let log = sandbox.path().join("log");
    let output = fs::File::create(&log).unwrap();
    let mut running = command(&sandbox, &["run", "client", "--realise=never"])
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .spawn()
        .unwrap();
    let of_client = || -> Vec<String> {
        let log = fs::read_to_string(&log).unwrap();
        let lines = log
            .lines()
            .filter(|line| line.starts_with("client/client "));
        let lines = lines.filter_map(|line| line.split_once(" | "));
        lines.map(|(_, line)| line.to_owned()).collect()
    };
    until(&mut running, || of_client().len() == 3);
    kill_process(Pid::from_child(&running), Signal::TERM).unwrap();
    running.wait().unwrap();
    let log = fs::read_to_string(&log).unwrap();
    assert_eq!(of_client(), ["page", "PONG", "0"], "{log}");
    assert!(!log.contains("refused"), "{log}");
    // What waits ends before what it waits for.
    let place = |text: &str| log.find(text).unwrap_or_else(|| panic!("{text}: {log}"));
    let redis = place("Redis is now ready to exit");
    let sql = place("database system is shut down");
    assert!(redis < sql, "{log}");
}

tests! {
    guestbook_runs_with_real_servers,
    jobs_that_know_each_other_run_with_real_servers,
}

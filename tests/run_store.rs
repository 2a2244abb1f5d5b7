//! `jobc run`: what processes need from the store, with and without Nix, as root and as an ordinary
//! user, with and without namespaces. And what this machine cannot give a job.
//!
//! Each run sees a `/nix/store` of its own, in a mount namespace of the test's. Where the kernel lets
//! nobody have one, these tests say so.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::harness::suite::ignore;
use crate::harness::{Run, Sandbox};
use crate::nix::need;

/// What `/nix/store` is for a run.
#[derive(Clone, Copy, PartialEq)]
enum Store {
    /// The machine's.
    Real,
    /// A directory without anything in it.
    Empty,
    /// A directory with something of others.
    Filled,
    /// There is no `/nix`.
    None,
}

#[derive(Clone, Copy, PartialEq)]
enum User {
    Root,
    Nobody,
}

/// The machine that a run takes place on.
#[derive(Clone, Copy)]
struct Machine {
    store: Store,
    user: User,
    nix: bool,
    /// Whether users may have namespaces.
    namespaces: bool,
}

const NOBODY: u32 = 65534;
/// What processes, and namespaces, take; no Nix.
const PROGRAMS: [&str; 20] = [
    "sh",
    "bash",
    "env",
    "uname",
    "ls",
    "mount",
    "umount",
    "unshare",
    "readlink",
    "mkdir",
    "cat",
    "ln",
    "rm",
    "chmod",
    "pivot_root",
    "id",
    "touch",
    "sed",
    "setpriv",
    "sleep",
];

fn find(program: &str) -> Option<String> {
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{path}:/usr/sbin:/sbin:/usr/bin:/bin")
        .split(':')
        .map(|directory| format!("{directory}/{program}"))
        .find(|file| Path::new(file).is_file())
}

/// Ends a test that cannot make such machines here.
fn need_to_pretend() {
    let works = |arguments: &[&str]| {
        let command = Command::new("unshare").args(arguments).output();
        command.is_ok_and(|output| output.status.success())
    };
    let can = rustix::process::geteuid().is_root()
        && works(&["--mount", "true"])
        && works(&["--user", "--map-root-user", "--mount", "true"])
        && find("setpriv").is_some();
    if !can {
        ignore("this takes root, namespaces, and setpriv");
    }
}

fn hand_over(directory: &Path) {
    for entry in walkdir::WalkDir::new(directory) {
        let path = entry.expect("an entry").into_path();
        let _ = chown(path, Some(NOBODY), Some(NOBODY));
    }
    fs::set_permissions(directory, fs::Permissions::from_mode(0o755)).expect("a mode");
}

impl Machine {
    /// Runs jobc in `directory` of the sandbox.
    fn jobc(self, sandbox: &Sandbox, directory: &str, arguments: &[&str]) -> Run {
        let bin = sandbox.path().join("bin");
        let tmp = sandbox.path().join("tmp");
        let own = sandbox.path().join("jobc");
        if !bin.exists() {
            fs::create_dir(&bin).expect("a directory");
            fs::create_dir(&tmp).expect("a directory");
            for program in PROGRAMS {
                let file = find(program).unwrap_or_else(|| panic!("no `{program}`"));
                std::os::unix::fs::symlink(file, bin.join(program)).expect("a link");
            }
            // By another process: what a test has open to write, its neighbours' children have, too,
            // and a program that is open to write cannot be run.
            let copied = Command::new("cp")
                .arg(env!("CARGO_BIN_EXE_jobc"))
                .arg(&own)
                .status();
            assert!(copied.expect("`cp` is there").success());
        }
        if self.namespaces {
            hand_over(sandbox.path());
        }
        let mut script = String::from("set -e\n");
        match self.store {
            Store::Real => {}
            // An ordinary user can do nothing about what root has mounted.
            Store::Empty => script.push_str("mkdir -p /nix/store; mount -t tmpfs x /nix/store\n"),
            Store::Filled => script.push_str(
                "mkdir -p /nix/store; mount -t tmpfs x /nix/store\n\
                 mkdir /nix/store/11111111111111111111111111111111-other\n\
                 echo theirs >/nix/store/11111111111111111111111111111111-other/file\n",
            ),
            Store::None => script.push_str(
                "mkdir -p /tmp/jobc-test-root; mount -t tmpfs x /tmp/jobc-test-root\n\
                 cd /; for each in *; do [ \"$each\" != nix ] || continue\n\
                 if [ -L $each ]; then ln -s \"$(readlink $each)\" /tmp/jobc-test-root/$each\n\
                 elif [ -d $each ]; then mkdir /tmp/jobc-test-root/$each\n\
                 mount --rbind $each /tmp/jobc-test-root/$each; fi; done\n\
                 cd /tmp/jobc-test-root; pivot_root . .; umount -l .\n",
            ),
        }
        if !self.namespaces {
            script.push_str(
                "echo 0 >/proc/sys/user/max_user_namespaces\n\
                 echo 0 >/proc/sys/user/max_mnt_namespaces\n",
            );
        }
        script.push_str("cd \"$1\"; shift\n");
        if self.nix {
            script.insert_str(0, "mount -t tmpfs x /nix/var\n");
        }
        if self.nix && self.user == User::Nobody {
            script.push_str(
                "NIX_REMOTE= nix-daemon >/dev/null 2>&1 & daemon=$!\n\
                 until [ -S /nix/var/nix/daemon-socket/socket ]; do sleep 0.1; done\n\
                 set +e; NIX_REMOTE=daemon \"$@\"; status=$?; kill $daemon; exit $status",
            );
        } else {
            script.push_str("exec \"$@\"");
        }
        let mut command = Command::new("unshare");
        if !self.namespaces {
            // These limits are those of a user namespace.
            command.args(["--user", "--map-root-user"]);
        }
        command.args(["--mount", "--", "/bin/sh", "-c", &script, "sh"]);
        command.arg(sandbox.path().join(directory));
        if self.user == User::Nobody && self.namespaces {
            command.args([
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
            ]);
        }
        command.arg(&own).args(arguments);
        let path: &OsStr = bin.as_os_str();
        command
            .env_clear()
            .env("TMPDIR", &tmp)
            .env("HOME", "/nonexistent");
        if self.nix {
            command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        } else {
            command.env("PATH", path);
        }
        let run = sandbox.finish(&mut command);
        let left: Vec<_> = fs::read_dir(&tmp)
            .expect("a directory")
            .map(|entry| entry.expect("an entry").file_name())
            .filter(|name| !name.to_string_lossy().starts_with("jobc-run-"))
            .collect();
        assert!(left.is_empty(), "left behind: {left:?}");
        run
    }
}

const DEFINITION: &str = r#"cluster = "devcluster"
role = "www"
environment = "devel"
name = "job"

[[task.processes]]
name = "a"
cmdline = '''
cat ${./files/text.txt} ${./files}/sub/deep.txt
${./files/tool.sh}
[ "$(id -u)" = "$(cat ${./id.txt})" ] && echo same user
cat ${pkgs.other}/file
'''

[[task.processes]]
name = "b"
cmdline = "cat ${expanded ./files/conf.txt}"
after = ["a"]

[task.resources]
cpu = 0.1
ram = "16 MB"
disk = "16 MB"

[packages]
other = "/nix/store/11111111111111111111111111111111-other"
"#;

fn workspace(user: User) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("w/jobc.toml", "")
        .file("w/job/job.toml", DEFINITION)
        .file("w/job/files/text.txt", "text\n")
        .file("w/job/files/sub/deep.txt", "deep\n")
        .file("w/job/files/conf.txt", "instance {{mesos.instance}}\n")
        .file("w/job/files/tool.sh", "#!/bin/sh\necho tool\n")
        .file(
            "w/job/id.txt",
            if user == User::Root { "0" } else { "65534" },
        );
    let tool = sandbox.path().join("w/job/files/tool.sh");
    fs::set_permissions(tool, fs::Permissions::from_mode(0o755)).expect("a mode");
    sandbox
}

/// What processes printed, without the blanks that align it.
fn lines(run: &Run) -> String {
    let mut lines: Vec<(&str, &str)> = run
        .stdout
        .lines()
        .map(|line| line.split_once(' ').unwrap_or((line, "")))
        .map(|(name, rest)| (name, rest.trim_start()))
        .collect();
    // Processes run side by side: only the order of one's own lines is certain.
    lines.sort_by_key(|(name, _)| *name);
    let line = |(name, rest): (&str, &str)| format!("{name} {rest}\n");
    lines.into_iter().map(line).collect()
}

/// Every machine runs a job of files with what only the workspace has.
fn the_workspace_provides_what_it_has() {
    need_to_pretend();
    let mut failures = Vec::new();
    for user in [User::Root, User::Nobody] {
        for store in [Store::Empty, Store::Filled, Store::None] {
            for namespaces in [true, false] {
                if user == User::Nobody && !namespaces {
                    // The limits cannot be set for somebody else than who is root in there.
                    continue;
                }
                let machine = Machine {
                    store,
                    user,
                    nix: false,
                    namespaces,
                };
                let sandbox = workspace(user);
                // Nothing of others is named where there is nothing.
                let text = DEFINITION
                    .lines()
                    .filter(|line| store == Store::Filled || !line.contains("other"));
                let text: Vec<_> = text
                    .filter(|line| store == Store::Filled || *line != "[packages]")
                    .collect();
                sandbox.file("w/job/job.toml", text.join("\n"));
                let run = machine.jobc(&sandbox, "w", &["run", "job"]);
                let theirs = if store == Store::Filled {
                    "a | theirs\n"
                } else {
                    ""
                };
                let expected = format!(
                    "a | text\na | deep\na | tool\na | same user\n{theirs}b | instance 0\n"
                );
                let told = run.stderr.contains("in commands, `[DIR]/tmp/jobc-store-");
                if (run.status, &lines(&run), told) != (0, &expected, !namespaces) {
                    failures.push(format!(
                        "user {} store {} namespaces {namespaces}: {run:?}",
                        user as u8, store as u8
                    ));
                }
                let needs = "a node would need 7 store paths of this workspace: \
                             `jobc push job --to CACHE` publishes them\n";
                if !run.stderr.starts_with(needs) {
                    failures.push(run.stderr);
                }
            }
        }
    }
    crate::harness::report(&failures);
}

/// Nix takes what the workspace has into its store, from root and through a daemon that does not
/// trust the user, and no cache is asked for it: here, none answers.
fn nix_takes_what_the_workspace_has() {
    need_to_pretend();
    if find("nix-store").is_none() || find("nix-daemon").is_none() {
        need("there is no Nix");
    }
    for user in [User::Root, User::Nobody] {
        let machine = Machine {
            store: Store::Empty,
            user,
            nix: true,
            namespaces: true,
        };
        let sandbox = workspace(user);
        let cache = "init.substituters = [\"http://127.0.0.1:9\"]\ninit.only_substituters = true\n";
        let text = DEFINITION.lines().filter(|line| !line.contains("other"));
        let text: Vec<_> = text.filter(|line| *line != "[packages]").collect();
        let command = "cat ${expanded";
        let shown = "ls -d ${./id.txt}; cat ${expanded";
        sandbox
            .file("w/jobc.toml", cache)
            .file("w/job/job.toml", text.join("\n").replace(command, shown));
        let run = machine.jobc(&sandbox, "w", &["run", "job"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let lines = lines(&run);
        assert!(
            lines.contains("a | tool\na | same user\nb | /nix/store/"),
            "{lines}"
        );
        assert!(lines.contains("-id.txt\nb | instance 0\n"), "{lines}");
        // The steps found everything there: they ran once each.
        assert!(!run.stderr.contains("skipped"), "{}", run.stderr);
        assert!(!run.stdout.contains("failed"), "{}", run.stdout);
    }
}

/// A program `unshare` that refuses, as some kernels do.
fn refused_namespaces_are_done_without() {
    let sandbox = workspace(User::Root);
    let bin = sandbox.path().join("bin");
    fs::create_dir(&bin).expect("a directory");
    for program in PROGRAMS.iter().filter(|&&name| name != "unshare") {
        if let Some(file) = find(program) {
            std::os::unix::fs::symlink(file, bin.join(program)).expect("a link");
        }
    }
    sandbox.file("bin/unshare", "#!/bin/sh\necho no way >&2\nexit 1\n");
    let fake = bin.join("unshare");
    fs::set_permissions(fake, fs::Permissions::from_mode(0o755)).expect("a mode");
    let text = DEFINITION.replace(
        "[ \"$(id -u)\" = \"$(cat ${./id.txt})\" ] && echo same user\n",
        "",
    );
    let text: Vec<_> = text
        .lines()
        .filter(|line| !line.contains("other"))
        .filter(|line| *line != "[packages]")
        .collect();
    sandbox.file("w/job/job.toml", text.join("\n"));
    let mut command = sandbox.command();
    command
        .current_dir(sandbox.path().join("w"))
        .env("PATH", &bin)
        .env("TMPDIR", sandbox.path());
    let run = sandbox.finish(command.args(["run", "job", "--realise", "never"]));
    assert_eq!(
        (run.status, lines(&run).as_str()),
        (0, "a | text\na | deep\na | tool\nb | instance 0\n"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("the kernel refuses it: no way\n"),
        "{}",
        run.stderr
    );
}

/// What is printed after `init` works as it is printed, and so does a run from outside.
fn a_new_workspace_runs() {
    need_to_pretend();
    for user in [User::Root, User::Nobody] {
        let sandbox = Sandbox::new();
        let init = sandbox.jobc(["init", "demo"]);
        assert!(
            init.stdout.ends_with("\nthen: jobc run hello\n"),
            "{}",
            init.stdout
        );
        let machine = Machine {
            store: Store::Empty,
            user,
            nix: false,
            namespaces: true,
        };
        let run = machine.jobc(&sandbox, "demo", &["run", "hello"]);
        assert!(
            run.stdout
                .starts_with("hello                   | hello from "),
            "{run:?}"
        );
        assert_eq!(run.status, 0);
        let again = machine.jobc(&sandbox, ".", &["run", "hello"]);
        assert!(
            again.stderr.starts_with("the workspace is `demo`\n"),
            "{again:?}"
        );
        assert_eq!((again.stdout, again.status), (run.stdout, 0));
        // The compiled file as well: its workspace is around it.
        let built = machine.jobc(&sandbox, "demo", &["build", "hello", "--print", "path"]);
        let path = built
            .stdout
            .trim()
            .replace("[DIR]", &sandbox.path().display().to_string());
        let compiled = machine.jobc(&sandbox, "/", &["run", &path]);
        assert_eq!(compiled.status, 0, "{}", compiled.stderr);
        assert!(compiled.stdout.contains("| hello from "), "{compiled:?}");
    }
}

fn absent_packages_are_told_before_anything_starts() {
    need_to_pretend();
    let machine = Machine {
        store: Store::Empty,
        user: User::Nobody,
        nix: false,
        namespaces: true,
    };
    let sandbox = workspace(User::Nobody);
    let text = DEFINITION.replace("${./files/tool.sh}", "${pkgs.other}/bin/x");
    sandbox.file("w/job/job.toml", text);
    let run = machine.jobc(&sandbox, "w", &["run", "job"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    let expected = "error: 1 store path that the job needs is not on this machine, and no Nix can \
                    fetch it\n |\n = note: /nix/store/11111111111111111111111111111111-other: package `other` \
                    of process `a`\n = help: install Nix\n = help: run the job all the same with \
                    `--realise never`\n";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
    // Where it is there, nothing is said.
    let machine = Machine {
        store: Store::Filled,
        ..machine
    };
    sandbox.file("w/job/job.toml", DEFINITION);
    let run = machine.jobc(&sandbox, "w", &["run", "job"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}

fn compiled(job: &serde_json::Value) -> String {
    let mut whole = json!({
        "cluster": "devcluster", "role": "www", "environment": "devel", "name": "case",
        "task": {"name": "t", "processes": [
            {"name": "a", "cmdline": "echo {{thermos.ports[http]}} {{thermos.ports[admin]}}"}
        ]}
    });
    let table = whole.as_object_mut().expect("a table");
    table.extend(job.as_object().expect("a table").clone());
    whole.to_string()
}

fn refused(job: &serde_json::Value, options: &[&str], expected: &str) {
    let sandbox = Sandbox::new();
    sandbox.file("c.json", compiled(job));
    let mut command = sandbox.command();
    command
        .env("TMPDIR", sandbox.path())
        .args(["run", "c.json"]);
    let run = sandbox.finish(command.args(options));
    assert!(run.stderr.contains(expected), "{}", run.stderr);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
}

fn instances_and_ports_that_cannot_be() {
    let three = || json!({"instances": 3});
    refused(
        &three(),
        &["--instance", "5"],
        "the job has no instance 5\n |\n = help: pass a number from 0 to 2",
    );
    refused(&json!({}), &["--instance", "1"], "the only one is 0");
    refused(
        &json!({"instances": "2"}),
        &["--instance", "2"],
        "from 0 to 1",
    );
    let twice = ["--port", "http=18080", "--port", "admin=18080"];
    refused(
        &json!({}),
        &twice,
        "ports `admin` and `http` cannot both be 18080",
    );
    let announced = || json!({"announce": {"portmap": {"http": 18081}}});
    refused(
        &announced(),
        &["--port", "admin=18081"],
        "cannot both be 18081",
    );
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let number = listener.local_addr().expect("an address").port();
    refused(
        &json!({}),
        &["--port", &format!("http={number}")],
        &format!("port `http` cannot be {number}: another process listens there"),
    );
    let announced = json!({"announce": {"portmap": {"http": number}}});
    refused(&announced, &[], &format!("port `http` cannot be {number}"));
    let six = TcpListener::bind("[::1]:0").map(|listener| {
        let number = listener.local_addr().expect("an address").port();
        (listener, number)
    });
    if let Ok((_listener, number)) = six {
        refused(
            &json!({}),
            &["--port", &format!("http={number}")],
            "another process listens there",
        );
    }
}

fn a_port_below_1024_without_the_right() {
    need_to_pretend();
    let sandbox = Sandbox::new();
    sandbox.file("c.json", compiled(&json!({})));
    let machine = Machine {
        store: Store::Real,
        user: User::Nobody,
        nix: false,
        namespaces: true,
    };
    let run = machine.jobc(&sandbox, ".", &["run", "c.json", "--port", "http=81"]);
    let first = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    if first.is_ok_and(|first| first.trim() == "1024") {
        insta::assert_snapshot!(run.stderr, @r"
        error: port `http` cannot be 81: this user may not listen below 1024
         |
         = help: pass another number: `--port http=N`
        ");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    }
}

fn containers_are_not_left_out_in_silence() {
    let image = "the job runs in the Docker image `debian:12`, and `run` has no containers\n |\n = help: \
                 run its processes on this machine as it is with `--without-container`";
    let docker = || json!({"container": {"docker": {"image": "debian:12"}}});
    refused(&docker(), &[], image);
    refused(&json!({"container": {"image": "debian:12"}}), &[], image);
    let mesos =
        json!({"container": {"mesos": {"image": {"docker": {"name": "debian", "tag": "12"}}}}});
    refused(&mesos, &[], image);
    let sandbox = Sandbox::new();
    let mut job = docker();
    job["tier"] = json!("preemptible");
    job["announce"] = json!({});
    sandbox.file("c.json", compiled(&job));
    let mut command = sandbox.command();
    command.env("TMPDIR", sandbox.path());
    let run = sandbox.finish(command.args(["run", "c.json", "--without-container"]));
    assert_eq!(run.status, 0, "{}", run.stderr);
    let lacks = "warning: on this machine, the job does without the tier `preemptible`, its \
                 announcement in ZooKeeper\n";
    assert!(run.stderr.starts_with(lacks), "{}", run.stderr);
    // A container without an image is the machine's own file system, as it is here.
    sandbox.file(
        "c.json",
        compiled(&json!({"container": {"mesos": {"volumes": [{"container_path": "/data", "host_path": "/d", "mode": "RO"}]}}})),
    );
    let mut command = sandbox.command();
    command.env("TMPDIR", sandbox.path());
    let run = sandbox.finish(command.args(["run", "c.json"]));
    assert!(
        run.stderr
            .starts_with("warning: on this machine, the job does without the volume `/data`\n"),
        "{}",
        run.stderr
    );
    assert_eq!(run.status, 0);
}

fn a_compiled_job_comes_from_standard_input() {
    let sandbox = Sandbox::new();
    sandbox.file("c.json", compiled(&json!({})));
    let mut command = sandbox.command();
    let input = fs::File::open(sandbox.path().join("c.json")).expect("a file");
    command.stdin(input).env("TMPDIR", sandbox.path());
    let run =
        sandbox.finish(command.args(["run", "-", "--port", "http=18085", "--port", "admin=18086"]));
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (0, "a | 18085 18086\n"),
        "{}",
        run.stderr
    );
}

tests! {
    the_workspace_provides_what_it_has,
    nix_takes_what_the_workspace_has,
    refused_namespaces_are_done_without,
    a_new_workspace_runs,
    absent_packages_are_told_before_anything_starts,
    instances_and_ports_that_cannot_be,
    a_port_below_1024_without_the_right,
    containers_are_not_left_out_in_silence,
    a_compiled_job_comes_from_standard_input,
}

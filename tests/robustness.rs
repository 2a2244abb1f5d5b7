//! Whatever the input and the machine: a message and an exit code, nothing half-written, and
//! earlier results as they were.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::harness::suite::ignore;
use crate::harness::{Run, Sandbox, report, small_job};

/// Nobody waits longer than this for a diagnostic; generous, for slow machines and debug builds.
const PATIENCE: Duration = Duration::from_secs(180);

/// Checks a definition that is wrong, and returns what was said.
fn refused(file: &str, contents: impl AsRef<[u8]>) -> Run {
    let sandbox = Sandbox::new();
    sandbox.file(file, contents);
    let start = Instant::now();
    let run = sandbox.jobc(["build", "--all", "--message-format", "short"]);
    assert!(
        start.elapsed() < PATIENCE,
        "{file} took {:?}",
        start.elapsed()
    );
    assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    assert!(
        run.stderr.len() < 20_000,
        "{} bytes were said",
        run.stderr.len()
    );
    assert_eq!(sandbox.list(".jobc/store"), Vec::<String>::new());
    run
}

fn says(run: &Run, code: &str) {
    assert!(run.stderr.contains(code), "{}", run.stderr);
}

fn deep_nesting() {
    let deep = 200_000;
    says(&refused("job.json", "[".repeat(deep)), "error[");
    says(&refused("job.json", "{\"a\":".repeat(deep)), "error[");
    says(
        &refused("job.json", "[".repeat(deep) + &"]".repeat(deep)),
        "error[",
    );
    says(
        &refused("job.toml", format!("a = {}", "[".repeat(deep))),
        "error[",
    );
    says(
        &refused("job.toml", format!("a = {}", "{a=".repeat(deep))),
        "error[",
    );
    says(
        &refused("job.toml", format!("{}a = 1", "a.".repeat(deep))),
        "error[",
    );
    says(
        &refused("job.toml", format!("[{}a]", "a.".repeat(deep))),
        "error[",
    );
    says(&refused("job.yaml", "[".repeat(deep)), "error[");
    says(&refused("job.yaml", "{a: ".repeat(deep)), "error[");
    says(&refused("job.yaml", "- ".repeat(deep)), "error[");
    says(&refused("job.yaml", "? ".repeat(deep)), "error[");
}

/// Large jobs cost as much for each process as small ones. What grows with the square takes minutes here.
fn large_jobs() {
    const COUNT: usize = 30_000;
    let job = |above: &str, process: &dyn Fn(usize) -> String| {
        let processes: Vec<String> = (0..COUNT).map(process).collect();
        format!(
            r#"{{"cluster": "c", "role": "r", "environment": "devel", "name": "j", {above}
                "task": {{"resources": {{"cpu": 1, "ram": "1 GB", "disk": "1 GB"}},
                          "processes": [{}]}}}}"#,
            processes.join(",\n")
        )
    };
    let check = |text: &str, expected: &str| {
        let sandbox = Sandbox::new();
        sandbox.file("jobc.toml", "");
        sandbox.file("job.json", text);
        let start = Instant::now();
        let run = sandbox.jobc(["check", "--message-format", "short"]);
        let took = start.elapsed();
        assert!(took < Duration::from_secs(120), "{expected} took {took:?}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    };
    let path = "/nix/store/q41nkp3p684xyjlnv02f8hnid234z4n8-x";
    let packages: Vec<_> = (0..COUNT)
        .map(|it| format!(r#""k{it}": "{path}""#))
        .collect();
    let packages = format!(r#""packages": {{{}}},"#, packages.join(", "));
    let named = |it: usize| format!(r#"{{"name": "p{it}", "cmdline": "${{pkgs.k{it}}}/x"}}"#);
    check(&job(&packages, &named), "checked 1 job");
    let unknown = |it: usize| format!(r#"{{"name": "p{it}", "cmdline": "${{pkgs.z{it}}}/x"}}"#);
    check(&job(&packages, &unknown), "too-many-errors");
    let serving = |it: usize| {
        let before = it.saturating_sub(1);
        let after = if it == 0 {
            String::new()
        } else {
            format!("\"p{before}\"")
        };
        format!(
            r#"{{"name": "p{it}", "cmdline": "x {{{{thermos.ports[health]}}}}", "after": [{after}]}}"#
        )
    };
    check(&job(r#""service": true,"#, &serving), "checked 1 job");
    let endless = |it: usize| {
        let before = it.saturating_sub(1);
        let after = if it == 0 {
            String::new()
        } else {
            format!("\"p{before}\"")
        };
        format!(r#"{{"name": "p{it}", "cmdline": "sleep infinity", "after": [{after}]}}"#)
    };
    check(&job("", &endless), "unreachable-process");
}

fn large_files() {
    let long = "x".repeat(100 * 1024 * 1024);
    says(
        &refused("job.json", format!("{{\"name\": \"{long}\"}}")),
        "file-too-large",
    );
    let long = &long[..50 * 1024 * 1024];
    says(
        &refused("job.json", format!("{{\"name\": \"{long}\"}}")),
        "error[bad-value]",
    );
    says(
        &refused("job.toml", format!("name = \"{long}\"")),
        "error[bad-value]",
    );
}

fn alias_bomb() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(text, "a{level}: &a{level} [{aliases}]").expect("strings take all");
    }
    says(&refused("job.yaml", text), "error[");
    says(&refused("job.yaml", "a: &a [*a]\n"), "error[");
}

fn bytes_of_all_kinds() {
    let all: Vec<u8> = (0..=255).collect();
    for extension in ["json", "toml", "yaml"] {
        let file = format!("job.{extension}");
        refused(&file, &all);
        refused(&file, b"");
        refused(&file, b"\xff\xfe\x00");
        refused(&file, b"\xef\xbb\xbf");
        says(&refused(&file, b"name: \xc3("), "not-utf8");
        let run = refused(&file, b"\x1b[31m\x07{{\x00");
        assert!(
            !run.stderr.contains('\x1b'),
            "control characters never reach the terminal"
        );
    }
}

fn many_errors() {
    let process = r#"{ "name": "a/b", "cmdlin": 3, "max_failures": -1 },"#;
    let text = format!(
        r#"{{ "cluster": "c", "role": "r", "environment": "devel", "name": "n",
           "task": {{ "resources": {{ "cpu": 1, "ram": 64, "disk": "x" }},
                     "processes": [{}] }} }}"#,
        process.repeat(20_000)
    );
    says(&refused("job.json", text), "error[too-many-errors]");
}

/// A long chain and a long cycle: neither is a matter of stack.
fn long_orders() {
    let mut text = small_job("n", "")
        .split("processes")
        .next()
        .expect("it has")
        .to_owned();
    text.push_str("resources = { cpu = 1, ram = \"64 MB\", disk = \"64 MB\" }\n");
    for index in 0..5_000 {
        let before = (index + 1) % 5_000;
        write!(
            text,
            "[[task.processes]]\nname = \"p{index}\"\ncmdline = \"true\"\nafter = [\"p{before}\"]\n"
        )
        .expect("strings take all");
    }
    says(&refused("job.toml", text), "error[order-cycle]");
}

fn links_that_lead_in_circles() {
    let sandbox = Sandbox::new();
    sandbox.file("app/job.toml", small_job("app", ""));
    symlink("..", sandbox.path().join("app/up")).expect("links can be made");
    symlink("round", sandbox.path().join("app/round")).expect("links can be made");
    let run = sandbox.jobc(["build", "--all"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let job = small_job("app", "").replace("echo hello", "cat ${./round/x}");
    sandbox.file("app/job.toml", job);
    let run = sandbox.jobc(["check"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    says(&run, "round");
}

/// What is said about a job whose command names the files of `paths`, a line for each problem.
fn imports(prepare: impl FnOnce(&Sandbox), paths: &[&str]) -> String {
    let sandbox = Sandbox::new();
    sandbox.file("jobc.toml", "").file("app/dir/file", "x");
    prepare(&sandbox);
    let references: Vec<_> = paths.iter().map(|path| format!("${{{path}}}")).collect();
    let command = format!("cat {}", references.join(" "));
    sandbox.file(
        "app/job.toml",
        small_job("app", "").replace("echo hello", &command),
    );
    let run = sandbox.jobc(["check", "--message-format", "short"]);
    run.stderr
}

fn link(sandbox: &Sandbox, target: &str, name: &str) {
    symlink(target, sandbox.path().join(name)).expect("links can be made");
}

fn links_that_are_imported() {
    let said = imports(
        |sandbox| {
            link(sandbox, "dir/file", "app/file");
            link(sandbox, "dir", "app/other");
            link(sandbox, "nothing", "app/dead");
        },
        &["./file", "./other", "./dead", "./other/file"],
    );
    insta::assert_snapshot!(said, @r"
    app/job.toml:7:45: error[cannot-import]: `./file` is a symbolic link
    app/job.toml:7:55: error[cannot-import]: `./other` is a symbolic link
    app/job.toml:7:66: error[cannot-import]: `./dead` is a symbolic link
    error: 3 errors in 1 file
    ");
}

fn links_in_directories_that_are_imported() {
    let said = imports(
        |sandbox| link(sandbox, "../job.toml", "app/dir/up"),
        &["./dir"],
    );
    insta::assert_snapshot!(said, @r"
    app/job.toml:7:45: warning[dangling-link]: links in `./dir` lead out of it: `app/dir/up`
    checked 1 job in 1 file
    warning: 1 warning in 1 file
    ");
    let said = imports(
        |sandbox| link(sandbox, "../../../etc/passwd", "app/dir/out"),
        &["./dir"],
    );
    insta::assert_snapshot!(said, @r"
    app/job.toml:7:45: error[cannot-import]: the link `app/dir/out` leads out of the workspace, to `../../../etc/passwd`
    error: 1 error in 1 file
    ");
    let said = imports(
        |sandbox| link(sandbox, "/etc/passwd", "app/dir/absolute"),
        &["./dir"],
    );
    insta::assert_snapshot!(said, @r"
    app/job.toml:7:45: error[cannot-import]: the link `app/dir/absolute` has the absolute target `/etc/passwd`
    error: 1 error in 1 file
    ");
}

fn what_is_no_file() {
    let said = imports(
        |sandbox| {
            let path = sandbox.path().join("app/dir/socket");
            UnixListener::bind(path).expect("sockets can be made");
        },
        &["./dir", "./dir/socket"],
    );
    insta::assert_snapshot!(said, @r"
    app/job.toml:7:45: error[cannot-import]: `app/dir/socket` is a socket
    app/job.toml:7:54: error[cannot-import]: `app/dir/socket` is a socket
    error: 2 errors in 1 file
    ");
}

fn what_jobc_keeps_for_itself() {
    let said = imports(
        |sandbox| {
            sandbox.file(".jobc/store/x", "x");
        },
        &["../.jobc/store", "../.jobc/store/x"],
    );
    insta::assert_snapshot!(said, @r"
    app/job.toml:7:45: error[cannot-import]: `../.jobc/store` overlaps `.jobc`, where jobc keeps its own files
    app/job.toml:7:63: error[cannot-import]: `../.jobc/store/x` overlaps `.jobc`, where jobc keeps its own files
    error: 2 errors in 1 file
    ");
}

/// Runs jobc as a user who is held by permissions and limits.
fn as_nobody(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    as_nobody_by(sandbox, &[], arguments)
}

/// The same, started by a command.
fn as_nobody_by(sandbox: &Sandbox, by: &[&str], arguments: &[&str]) -> Run {
    let nobody = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
    ];
    let is_root = rustix::process::geteuid().is_root();
    let words = nobody.iter().filter(|_| is_root).chain(by);
    let mut words = words.chain(&[env!("CARGO_BIN_EXE_jobc")]);
    let program = words.next().expect("jobc itself is one");
    let words: Vec<&str> = words.copied().collect();
    let possible = Command::new(program).args(&words).arg("-h").output();
    if !possible.is_ok_and(|output| output.status.success()) {
        ignore(format!("nobody may run jobc here by {by:?}"));
    }
    let mut command = Command::new(program);
    command
        .args(words)
        .args(arguments)
        .current_dir(sandbox.path());
    sandbox.finish(&mut command)
}

/// Where no thread can be started, fewer do the work.
fn few_processes() {
    let sandbox = Sandbox::new();
    let settings = "init.substituters = ['http://localhost:1']\nnodes.substituters = []\n";
    sandbox.file("jobc.toml", settings);
    for job in 0..20 {
        let definition = small_job(&format!("j{job}"), "").replace("echo", "sh ${./run.sh}");
        sandbox.file(&format!("{job}/job.toml"), definition);
        sandbox.file(&format!("{job}/run.sh"), "echo hello");
    }
    let nothing_special = |arguments: &[&str], status: i32| {
        let expected = as_nobody(&sandbox, arguments);
        assert_eq!(expected.status, status, "{}", expected.stderr);
        for limit in ["--nproc=1", "--nproc=2", "--nproc=4"] {
            let found = as_nobody_by(&sandbox, &["prlimit", limit], arguments);
            assert_eq!(found, expected, "{limit} {arguments:?}");
        }
    };
    nothing_special(&["check"], 0);
    nothing_special(&["list"], 0);
    nothing_special(&["show", "j0"], 0);
    nothing_special(&["ready", "*"], 2);
}

fn set_mode(sandbox: &Sandbox, name: &str, mode: u32) {
    let path = sandbox.path().join(name);
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

fn what_may_not_be_read() {
    let sandbox = Sandbox::new();
    set_mode(&sandbox, "", 0o777);
    sandbox.file("app/job.toml", small_job("app", ""));
    sandbox.file("app/data/secret", "x");
    set_mode(&sandbox, "app/data", 0o000);
    let found = as_nobody(&sandbox, &["check"]);
    let job = small_job("app", "").replace("echo hello", "ls ${./data}");
    sandbox.file("app/job.toml", job);
    let imported = as_nobody(&sandbox, &["check"]);
    set_mode(&sandbox, "app/data", 0o755);
    set_mode(&sandbox, "app/job.toml", 0o000);
    let definition = as_nobody(&sandbox, &["check"]);
    for run in [found, imported, definition] {
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        says(&run, "ermission denied");
    }
}

/// Runs a script in which `/full` is a file system of 64 KiB and `/read-only` one that cannot be
/// written; none where mounts cannot be made.
fn with_odd_disks(sandbox: &Sandbox, script: &str) -> Run {
    for name in ["full", "read-only"] {
        fs::create_dir_all(sandbox.path().join(name)).expect("it can be made");
    }
    let mount = "mount -t tmpfs -o size=64k tmpfs full && mount -t tmpfs -o ro tmpfs read-only";
    let mut probe = Command::new("unshare");
    let possible = probe
        .args(["-m", "sh", "-c", mount])
        .current_dir(sandbox.path())
        .output()
        .is_ok_and(|output| output.status.success());
    if !possible {
        ignore("no right to mount anything");
    }
    let mut command = Command::new("unshare");
    command
        .args(["-m", "sh", "-c", &format!("{mount} && {script}")])
        .arg(env!("CARGO_BIN_EXE_jobc"))
        .current_dir(sandbox.path());
    sandbox.finish(&mut command)
}

fn a_full_disk() {
    let sandbox = Sandbox::new();
    let long = format!("echo {}", "x".repeat(100_000));
    sandbox.file(
        "job.toml",
        small_job("app", "").replace("echo hello", &long),
    );
    let script = "\"$0\" build app --out full; s=$?; ls -A full; exit $s";
    let run = with_odd_disks(&sandbox, script);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    says(&run, "cannot write");
}

fn a_read_only_disk() {
    let sandbox = Sandbox::new();
    sandbox.file("job.toml", small_job("app", ""));
    for script in [
        "\"$0\" build app --out read-only",
        "\"$0\" build app --out read-only/below",
    ] {
        let run = with_odd_disks(&sandbox, script);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        says(&run, "read-only");
    }
    sandbox.file("a-file", "");
    let run = sandbox.jobc(["build", "app", "--out", "a-file"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
}

fn white_space_in_the_path() {
    let sandbox = Sandbox::new();
    sandbox.file("a b/job.toml", small_job("app", ""));
    let mut command = sandbox.command();
    command
        .current_dir(sandbox.path().join("a b"))
        .args(["build", "app"]);
    let run = sandbox.finish(&mut command);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    says(&run, "--out");
    assert_eq!(sandbox.list("a b"), ["job.toml"], "nothing was made");
}

fn builds_at_once() {
    let sandbox = Sandbox::new();
    for index in 0..20 {
        let name = format!("app{index}");
        sandbox.file(&format!("{name}/job.toml"), small_job(&name, ""));
    }
    let start = || {
        let mut command = sandbox.command();
        command
            .args(["build", "--all"])
            .stdout(std::process::Stdio::piped());
        command
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("it can be started")
    };
    let started: Vec<_> = (0..8).map(|_| start()).collect();
    let outputs: Vec<_> = started
        .into_iter()
        .map(|child| child.wait_with_output().expect("it ends"))
        .collect();
    let mut failures = Vec::new();
    for output in &outputs {
        if !output.status.success() || output.stdout != outputs[0].stdout {
            failures.push(format!("{output:?}"));
        }
    }
    report(&failures);
    assert_eq!(
        sandbox.list(".jobc/store").len(),
        20,
        "and nothing else is left"
    );
}

fn earlier_results_stay() {
    let sandbox = Sandbox::new();
    sandbox
        .file("a/job.toml", small_job("a", ""))
        .file("b/job.toml", small_job("b", ""));
    let first = sandbox.jobc(["build", "--all"]);
    assert_eq!(first.status, 0, "{}", first.stderr);
    let before = sandbox.list(".jobc/store");
    sandbox.file("a/job.toml", small_job("a", "instances = 2"));
    sandbox.file("b/job.toml", small_job("b", "instances = 0"));
    let run = sandbox.jobc(["build", "--all"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    assert_eq!(
        sandbox.list(".jobc/store"),
        before,
        "nothing is written if anything is wrong"
    );
}

/// A file of the right name and the wrong contents is no result.
fn a_damaged_result_is_replaced() {
    let sandbox = Sandbox::new();
    sandbox.file("job.toml", small_job("app", ""));
    let first = sandbox.jobc(["build", "app"]);
    let name = sandbox.list(".jobc/store").remove(0);
    let path = sandbox.path().join(".jobc/store").join(name);
    let good = fs::read(&path).expect("it was written");
    fs::remove_file(&path).expect("it is ours");
    fs::write(&path, "").expect("it is ours");
    assert_eq!(sandbox.jobc(["build", "app"]), first);
    assert_eq!(fs::read(&path).expect("it is there"), good);
}

tests! {
    few_processes,
    deep_nesting,
    large_jobs,
    large_files,
    alias_bomb,
    bytes_of_all_kinds,
    many_errors,
    long_orders,
    links_that_lead_in_circles,
    links_that_are_imported,
    links_in_directories_that_are_imported,
    what_is_no_file,
    what_jobc_keeps_for_itself,
    what_may_not_be_read,
    a_full_disk,
    a_read_only_disk,
    white_space_in_the_path,
    builds_at_once,
    earlier_results_stay,
    a_damaged_result_is_replaced,
}

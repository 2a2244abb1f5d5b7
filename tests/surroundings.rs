//! What a process starts with, as real shells read it from its compiled command.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::{Command, Output};

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestRunner};
use serde_json::{Map, Value, json};

use crate::harness::{Sandbox, report};

/// The name of the task, which values refer to: it would like to be more than a text.
const TASK: &str = "it's \"$(id)\" `x` \\ {";
const NODE: &[(&str, &str)] = &[
    ("{{thermos.ports[http]}}", "31337"),
    ("{{thermos.ports[http-admin]}}", "31338"),
    ("{{mesos.instance}}", "7"),
    ("{{mesos.hostname}}", "node-1.example.org"),
    ("{{thermos.task_id}}", "www-devel-hello-7-0c2b4a2d"),
];

/// Values that come back as they are.
const LITERALS: &[&str] = &[
    "",
    " ",
    "  leading and trailing  ",
    "plain",
    "'",
    "''",
    "'''",
    "it's",
    "\"",
    "\"quoted\"",
    "'\"'\"'",
    "\\",
    "\\\\",
    "\\'",
    "\\n",
    "trailing \\",
    "\n",
    "\n\n",
    "line\nline\n",
    "\nline",
    "\t",
    "a\tb",
    "\r",
    "a\r\nb\r\n",
    "\u{1}\u{2}\u{7}\u{8}\u{b}\u{c}\u{e}\u{1b}[31m\u{1f}\u{7f}",
    "\u{80}\u{9f}\u{a0}",
    "caf\u{e9}",
    "caf\u{e9} 'quoted' \\ {{ \"x\"",
    "\u{2028}\u{feff}\u{202e}",
    "\u{1f600}\u{10ffff}",
    "\u{1f600}1234567 \u{e9}77",
    "{",
    "{{",
    "{{{",
    "{{{{",
    "{{{{{{{{{",
    "}}",
    "}}}",
    "{{}}",
    "{}",
    "a}}b{{c",
    "{ {x} }",
    "{a,b}{1..3}",
    "$",
    "$$",
    "$1 $@ $* $# $? $- $!",
    "$'x'",
    "$\"x\"",
    "`id`",
    "~",
    "a~b",
    "*",
    "? [a-z]",
    "!x !! ^a^b",
    "#",
    "# comment",
    "a # b",
    ";",
    "; exit 1",
    "& && | || ( ) < > >> << <<<",
    "<<EOF\nEOF\n",
    "-n",
    "-e",
    "--",
    "=",
    "A=b",
    "%s %d %% %n",
    "\\x41 \\u0041 \\101 \\e",
    "a'b\"c\\d$e`f{{g\nh\ti",
    "\u{e9}'b\"c\\d$e`f{{g\nh\ti",
    "0",
    "-1",
    "true",
    "null",
];

/// Values with references in them.
const WITH_REFERENCES: &[&str] = &[
    "{{mesos.instance}}",
    "'{{mesos.instance}}'",
    "\"{{mesos.instance}}\"",
    "\\{{mesos.instance}}\\",
    "{{{mesos.instance}}}",
    "{{mesos.instance}}{{mesos.hostname}}",
    "{{mesos.instance}}{{mesos.instance}}{{mesos.instance}}",
    "${{mesos.instance}}x",
    "http://{{mesos.hostname}}:{{thermos.ports[http]}}/",
    "{{thermos.ports[http-admin]}}\n",
    "\n{{thermos.task_id}}",
    " {{thermos.task_id}} ",
    "caf\u{e9}'{{mesos.instance}}'\u{e9}7",
    "{{task.name}}",
    "'{{task.name}}'",
    "{{{{task.name}}{{mesos.instance}}",
    "\u{1}{{task.name}}\u{1}",
    "{{role}}{{environment}}",
];

/// Values, and what comes back of them.
fn values() -> Vec<(String, String)> {
    let literals = LITERALS.iter();
    let literals = literals.map(|text| ((*text).to_owned(), (*text).to_owned()));
    let mut values: Vec<(String, String)> = literals.collect();
    values.extend(["x", "'", "\u{e9}", "{{", "\n", "\\"].map(|piece| {
        let long = piece.repeat(1500);
        (long.clone(), long)
    }));
    for text in WITH_REFERENCES {
        let filled = text.replace("{{task.name}}", TASK);
        let filled = filled.replace("{{role}}{{environment}}", "wwwdevel");
        values.push(((*text).to_owned(), on_node(&filled)));
    }
    values
}

/// A text as a node fills it in.
fn on_node(text: &str) -> String {
    NODE.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(name, value)
    })
}

/// A job whose one process has these fields.
fn job(fields: Value) -> Value {
    let mut process = json!({ "name": "hello", "cmdline": "env -0" });
    let table = process.as_object_mut().expect("a table");
    let Value::Object(fields) = fields else {
        panic!("fields are a table")
    };
    table.extend(fields);
    json!({
        "cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello",
        "waive": {
            "literal-secret": "any text", "unexpanded-value": "any text", "unread-reference": "any text",
        },
        "task": {
            "name": TASK,
            "processes": [process],
            "resources": { "cpu": 1, "ram": "64 MB", "disk": "64 MB" },
        },
    })
}

/// The compiled command of the process, before a node fills it in; validated as the client would.
fn compiled(sandbox: &Sandbox, job: &Value) -> Result<String, String> {
    sandbox.file("job.json", job.to_string());
    let run = sandbox.jobc(["build", "hello", "--stdout"]);
    if run.status != 0 {
        return Err(run.stderr);
    }
    let directory = sandbox.path().display().to_string();
    let text = run.stdout.replace("[DIR]", &directory);
    sandbox.file("compiled/hello.json", &text);
    let valid = sandbox.jobc(["validate", "compiled/hello.json"]);
    if valid.status != 0 {
        return Err(valid.stderr);
    }
    let job: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let command = job["task"]["processes"][0]["cmdline"].as_str();
    Ok(command.unwrap_or_default().to_owned())
}

/// Runs a command as Thermos does, in a directory, with nothing around but the shell.
fn run(shell: &[&str], command: &str, directory: &Path) -> Output {
    let (program, arguments) = shell.split_first().expect("a shell");
    Command::new(program)
        .args(arguments)
        .args(["-c", command])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .current_dir(directory)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// What `env -0` printed.
fn variables(output: &[u8]) -> BTreeMap<String, OsString> {
    let entries = output.split(|byte| *byte == 0);
    let entries = entries.filter_map(|entry| {
        let at = entry.iter().position(|byte| *byte == b'=')?;
        let name = String::from_utf8(entry[..at].to_vec()).ok()?;
        Some((name, OsString::from_vec(entry[at + 1..].to_vec())))
    });
    entries.collect()
}

/// The values as variables of one job, those in a command that is short enough together.
fn env(values: &[(String, String)]) -> Value {
    let named = values.iter().enumerate();
    let named = named.map(|(index, (written, _))| (format!("V{index}"), written.clone().into()));
    Value::Object(named.collect::<Map<_, _>>())
}

/// Tells which values do not come back.
fn compare(values: &[(String, String)], output: &Output, what: &str) -> Vec<String> {
    let found = variables(&output.stdout);
    let mut failures = Vec::new();
    for (index, (written, expected)) in values.iter().enumerate() {
        let value = found.get(&format!("V{index}"));
        if value.is_none_or(|value| value != expected.as_str()) {
            let errors = String::from_utf8_lossy(&output.stderr);
            failures.push(format!(
                "{what}: {written:?} came back as {value:?} {errors}"
            ));
        }
    }
    failures
}

fn values_come_back_exactly() {
    let values = values();
    let sandbox = Sandbox::new();
    let command = compiled(&sandbox, &job(json!({ "env": env(&values) }))).expect("it is fine");
    assert!(command.is_ascii());
    let bound = on_node(&command);
    assert!(!bound.contains("{{"), "{bound}");
    let mut failures = compare(&values, &run(&["bash"], &bound, sandbox.path()), "bash");
    // What the command starts finds the same.
    for reader in ["dash", "busybox sh"] {
        let inner = bound
            .strip_suffix("env -0")
            .expect("it ends as it was written");
        let command = format!("{inner}exec {reader} -c 'exec env -0'");
        let output = run(&["bash"], &command, sandbox.path());
        failures.extend(compare(&values, &output, reader));
    }
    report(&failures);
}

/// No escapes of bash are in what is ASCII and has no control characters, so that any shell reads it.
fn plain_values_come_back_in_any_shell() {
    let is_plain = |b: u8| matches!(b, b' '..=b'~' | b'\t' | b'\n');
    let mut values = values();
    values.retain(|(written, _)| written.bytes().all(is_plain));
    assert!(values.len() > 70);
    let sandbox = Sandbox::new();
    let fields = json!({ "env": env(&values), "umask": "0027", "directory": "/" });
    let command = compiled(&sandbox, &job(fields)).expect("it is fine");
    let bound = on_node(&command);
    let mut failures = Vec::new();
    for shell in [&["bash"][..], &["dash"], &["busybox", "sh"]] {
        let output = run(shell, &bound, sandbox.path());
        failures.extend(compare(&values, &output, shell[0]));
    }
    report(&failures);
}

/// jobc's own runner, with its own evaluator of references.
fn values_come_back_from_a_run() {
    let mut values = values();
    values.retain(|(written, _)| !NODE.iter().any(|(name, _)| written.contains(name)));
    let sandbox = Sandbox::new();
    let mut job = job(json!({ "env": env(&values) }));
    let out = sandbox.path().join("out");
    job["task"]["processes"][0]["cmdline"] = format!("env -0 >{}", out.display()).into();
    sandbox.file("job.json", job.to_string());
    let run = sandbox.jobc(["run", "hello"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let output = Output {
        status: std::process::ExitStatus::default(),
        stdout: fs::read(out).expect("it was written"),
        stderr: Vec::new(),
    };
    report(&compare(&values, &output, "run"));
}

fn any_values_come_back() {
    let sandbox = Sandbox::new();
    let text = "([a-z '\"{}$\\\\\n\t`!*~#-]|\\{\\{|\\}\\}|'\\{|[^\\x00]){0,30}";
    let strategy = prop::collection::vec(text, 40);
    let failures = FileFailurePersistence::Direct("tests/regressions.txt");
    let config = ProptestConfig {
        failure_persistence: Some(Box::new(failures)),
        ..ProptestConfig::with_cases(12)
    };
    let outcome = TestRunner::new(config).run(&strategy, |texts| {
        // What happens to be a reference is none of these, but the braces around it are.
        let literal = |text: String| {
            if text.contains("{{") {
                text.replace("}}", "} }")
            } else {
                text
            }
        };
        let texts = texts.into_iter().map(literal);
        let texts = texts.filter(|text| !text.contains("${"));
        let values: Vec<_> = texts.map(|text| (text.clone(), text)).collect();
        let job = job(json!({ "env": env(&values) }));
        let command = compiled(&sandbox, &job).map_err(TestCaseError::fail)?;
        let output = run(&["bash"], &command, sandbox.path());
        let wrong = compare(&values, &output, "bash").join("\n");
        prop_assert!(wrong.is_empty(), "{wrong}");
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// Names that bash means something by, and some that it does not. What only a certain user or an older bash
/// makes of them is left out: `PS4`, which root's bash forgets, and `BASH_REMATCH`, which was read-only.
const MEANT_BY_BASH: &str = "BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS \
    BASH_COMMAND BASH_COMPAT BASH_LINENO BASH_LOADABLES_PATH BASH_MONOSECONDS BASH_SOURCE BASH_SUBSHELL \
    BASH_TRAPSIG BASH_VERSINFO BASH_VERSION BASH_XTRACEFD CDPATH CHILD_MAX COLUMNS COMPREPLY COMP_CWORD \
    COMP_KEY COMP_LINE COMP_POINT COMP_TYPE COMP_WORDBREAKS COMP_WORDS COPROC DIRSTACK EDITOR EMACS ENV \
    EPOCHREALTIME EPOCHSECONDS EUID EXECIGNORE FCEDIT FIGNORE FUNCNAME FUNCNEST GLOBIGNORE GLOBSORT GROUPS \
    HISTCMD HISTCONTROL HISTFILE HISTFILESIZE HISTIGNORE HISTSIZE HISTTIMEFORMAT HOME HOSTFILE HOSTNAME \
    HOSTTYPE IFS IGNOREEOF INPUTRC INSIDE_EMACS LANG LINENO LINES LOGNAME MACHTYPE MAIL MAILCHECK MAILPATH \
    MAPFILE OPTARG OPTERR OPTIND OSTYPE PAGER POSIXLY_CORRECT PPID PROMPT_COMMAND PROMPT_DIRTRIM PS0 PS1 PS2 \
    PS3 RANDOM READLINE_LINE READLINE_MARK READLINE_POINT REPLY SECONDS SHELL SHELLOPTS SHLVL SRANDOM TERM \
    TIMEFORMAT TMOUT TMPDIR TZ UID USER _ auto_resume histchars a A1 __x http_proxy NO_PROXY LD_PRELOAD_X";

/// What is refused is what does not reach a program, a script of bash and the command itself as it is, or
/// makes bash complain. All else does.
fn variables_of_the_shell_are_refused_and_no_others() {
    const VALUE: &str = "it's 7";
    let sandbox = Sandbox::new();
    sandbox.file("script", "exec env -0\n");
    let is_delivered = |name: &str| {
        let own = format!("printf '%s=%s\\0' {name} \"${name}\"");
        ["env -0", "bash ./script", &own].iter().all(|reader| {
            let command = format!("export {name}='it'\\''s 7'\n{reader}");
            let output = run(&["bash"], &command, sandbox.path());
            let found = variables(&output.stdout).remove(name);
            found.is_some_and(|value| value == VALUE) && output.stderr.is_empty()
        })
    };
    let names: Vec<&str> = MEANT_BY_BASH.split_ascii_whitespace().collect();
    let env = names.iter().map(|name| ((*name).to_owned(), VALUE.into()));
    let Err(refused) = compiled(
        &sandbox,
        &job(json!({ "env": Value::Object(env.collect()) })),
    ) else {
        panic!("all were taken");
    };
    let headlines = refused.lines().filter(|line| line.starts_with("error["));
    let refused: Vec<&str> = headlines
        .filter_map(|line| line.split('`').nth(1))
        .collect();
    let mut failures = Vec::new();
    for name in &names {
        match (is_delivered(name), refused.contains(name)) {
            (true, true) => failures.push(format!("{name} is refused, and delivered")),
            (false, false) => failures.push(format!("{name} is taken, and not delivered")),
            (true, false) | (false, true) => {}
        }
    }
    report(&failures);
    assert!(names.len() > 2 * refused.len() && refused.len() > 30);
}

/// Directories of all kinds: the command runs in them, and is found by `path`.
fn directories() {
    let mut failures = Vec::new();
    for (name, path) in [
        ("plain", "plain"),
        ("it's a \"b\" $(x) \\ {{", "it's a \"b\" $(x) \\ {{"),
        ("-", "./-"),
        ("-L", "-L"),
        ("caf\u{e9}\u{1}", "caf\u{e9}\u{1}"),
        (
            "7 of node-1.example.org",
            "{{mesos.instance}} of {{mesos.hostname}}",
        ),
        ("new\nline", "new\nline"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.file(&format!("{name}/bin/tool"), "#!/bin/sh\necho it\n");
        let tool = sandbox.path().join(name).join("bin/tool");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(tool, mode).expect("it can be made executable");
        let bin = sandbox.path().join(path).join("bin");
        let mut job = job(json!({ "directory": path, "path": [bin] }));
        job["task"]["processes"][0]["cmdline"] = "tool && pwd".into();
        let bound = match compiled(&sandbox, &job) {
            Ok(command) => on_node(&command),
            Err(error) => {
                failures.push(error);
                continue;
            }
        };
        let output = run(&["bash"], &bound, sandbox.path());
        let wanted = fs::canonicalize(sandbox.path().join(name)).expect("it is there");
        let expected = format!("it\n{}\n", wanted.display());
        let found = String::from_utf8_lossy(&output.stdout);
        if found != expected {
            let errors = String::from_utf8_lossy(&output.stderr);
            failures.push(format!("{path:?}: {found:?} {errors}"));
        }
    }
    report(&failures);
}

/// `CDPATH` and a search path that is not there lead nowhere else.
fn surroundings_of_the_runner() {
    let sandbox = Sandbox::new();
    sandbox.file("data/x", "").file("other/data/x", "");
    let mut job = job(json!({ "directory": "data", "path": ["/opt/bin"] }));
    job["task"]["processes"][0]["cmdline"] = "echo \"$PWD $PATH\"".into();
    let command = compiled(&sandbox, &job).expect("it is fine");
    let before = format!("CDPATH={}/other\nunset PATH\n", sandbox.path().display());
    let output = run(&["bash"], &(before + &command), sandbox.path());
    let here = fs::canonicalize(sandbox.path()).expect("it is there");
    let expected = format!("{}/data /opt/bin\n", here.display());
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

fn files_are_read_at_the_start() {
    let sandbox = Sandbox::new();
    let secret = sandbox.path().join("it's secret");
    let mut job = job(json!({
        "env": { "TOKEN": { "file": secret }, "PATH": { "file": sandbox.path().join("path") } },
    }));
    job["task"]["processes"][0]["cmdline"] =
        "/bin/echo \"<$TOKEN>\"; /bin/cat /proc/$$/cmdline".into();
    let command = compiled(&sandbox, &job).expect("it is fine");
    fs::write(&secret, "a\n\n'b' \\ {{ \u{e9}\n\n\n").expect("it can be written");
    sandbox.file("path", "/nowhere\n");
    let output = run(&["bash"], &command, sandbox.path());
    let found = String::from_utf8_lossy(&output.stdout);
    let value = "<a\n\n'b' \\ {{ \u{e9}>\n";
    assert!(found.starts_with(value), "{found}");
    assert!(
        !found[value.len()..].contains("'b'"),
        "not in the arguments"
    );
    fs::remove_file(&secret).expect("it was there");
    let output = run(&["bash"], &command, sandbox.path());
    let errors = String::from_utf8_lossy(&output.stderr);
    let line = format!("jobc: cannot read {} for TOKEN\n", secret.display());
    assert!(errors.ends_with(&line), "{errors}");
    assert_eq!((output.status.code(), &*output.stdout), (Some(1), &b""[..]));
}

/// A command is what it would be without the lines before it.
fn commands_stay_what_they_are() {
    let commands = [
        "exec sh -c 'echo $PPID >&2; echo done'",
        "set -e\nfalse\necho never",
        "# a comment\necho it",
        "#!/bin/sh\necho it",
        "cat <<EOF\n$HOME\nEOF",
        "f() { echo \"$1\"; }\nf x",
        "trap 'echo bye' EXIT\nexit 3",
        "echo a \\\n  b",
        "echo trailing \\",
        "kill -9 $$",
        "exit 200",
        "if true",
    ];
    let mut failures = Vec::new();
    for command in commands {
        let sandbox = Sandbox::new();
        let mut job = job(json!({ "env": { "A": "b" }, "umask": "022", "directory": "." }));
        job["task"]["processes"][0]["cmdline"] = command.into();
        let lowered = match compiled(&sandbox, &job) {
            Ok(lowered) => lowered,
            Err(error) => {
                failures.push(format!("{command}: {error}"));
                continue;
            }
        };
        let [plain, lowered] = [command, &*lowered].map(|command| {
            let output = run(&["bash"], command, sandbox.path());
            (output.status, output.stdout)
        });
        if plain != lowered {
            failures.push(format!("{command}: {plain:?}, and {lowered:?}"));
        }
    }
    report(&failures);
}

fn masks_and_priorities() {
    let sandbox = Sandbox::new();
    let mut job = job(json!({ "umask": "0137", "nice": 7 }));
    job["task"]["processes"][0]["cmdline"] = "umask; nice; sh -c 'umask; nice'; exec nice".into();
    let command = compiled(&sandbox, &job).expect("it is fine");
    let output = run(&["bash"], &command, sandbox.path());
    let found = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!((&*found, &*errors), ("0137\n7\n0137\n7\n7\n", ""));
}

/// The kernel takes no longer one.
fn commands_of_the_most_bytes() {
    const MOST: usize = 131_071;
    let sandbox = Sandbox::new();
    let start = "exit 0 #";
    let whole = format!("{start}{}", "x".repeat(MOST - start.len()));
    let with_env = |more: usize| {
        let line = "export A=''\n".len();
        let mut job = job(json!({ "env": { "A": "y".repeat(10 + more) } }));
        job["task"]["processes"][0]["cmdline"] = whole[..MOST - line - 10].into();
        job
    };
    let plain = |command: &str| {
        let mut job = job(json!({}));
        job["task"]["processes"][0]["cmdline"] = command.into();
        job
    };
    for job in [plain(&whole), with_env(0)] {
        let command = compiled(&sandbox, &job).expect("it is fine");
        assert_eq!(command.len(), MOST);
        assert!(run(&["bash"], &command, sandbox.path()).status.success());
    }
    let mut failures = Vec::new();
    for (job, note) in [
        (plain(&(whole.clone() + "x")), ""),
        (with_env(1), "is put before it"),
    ] {
        let Err(told) = compiled(&sandbox, &job) else {
            failures.push("a long command was compiled".to_owned());
            continue;
        };
        let mut wrong = String::new();
        let headline = "error[long-command]: the command has more than 131071 bytes";
        for part in [headline, note] {
            if !told.contains(part) {
                writeln!(wrong, "no {part} in {told}").expect("a string takes all");
            }
        }
        if !wrong.is_empty() {
            failures.push(wrong);
        }
    }
    report(&failures);
}

tests! {
    values_come_back_exactly,
    plain_values_come_back_in_any_shell,
    values_come_back_from_a_run,
    any_values_come_back,
    variables_of_the_shell_are_refused_and_no_others,
    directories,
    surroundings_of_the_runner,
    files_are_read_at_the_start,
    commands_stay_what_they_are,
    masks_and_priorities,
    commands_of_the_most_bytes,
}

//! A property: what jobc prints of a compiled job holds no part of a variable that is secret, however the
//! variable is quoted for the shell.

use std::fs;

use jobc::shell::shell_word;
use serde_json::{Value, json};

use crate::harness::{Run, Sandbox, report};

/// What secrets are made of. Each is used once in a secret, and none has a part of another.
const FRAGMENTS: [&str; 3] = ["Zq8vW3kPbbXr", "Hn4jU9eGddMs", "Tf6cY2wLyyRp"];

/// As many characters of one fragment are no accident.
const SHORTEST: usize = 8;

/// Variables, and their values with `1`, `2` and `3` for the fragments.
const VARIABLES: &[(&str, &str)] = &[
    ("DB_PASSWORD", "\u{ab}1\u{bb}"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}'\u{ab}2\u{bb}"),
    ("DB_PASSWORD", "'\u{ab}1\u{bb}'"),
    ("DB_PASSWORD", "'\u{ab}1\u{bb}"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}'"),
    (
        "DB_PASSWORD",
        "\u{ab}1\u{bb}''\u{ab}2\u{bb}'''\u{ab}3\u{bb}",
    ),
    ("DB_PASSWORD", "\u{ab}1\u{bb}\u{e9}\u{ab}2\u{bb}"),
    ("DB_PASSWORD", "\u{e9}'\u{ab}1\u{bb}'\u{ab}2\u{bb}\\"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}\\\u{ab}2\u{bb}"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}\\\\\u{ab}2\u{bb}\\"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}\\'\u{1f600}\u{ab}2\u{bb}"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}\n\u{ab}2\u{bb}"),
    (
        "DB_PASSWORD",
        "\u{ab}1\u{bb}\n\n\u{ab}2\u{bb}'\n\u{ab}3\u{bb}\n",
    ),
    (
        "DB_PASSWORD",
        "\u{e9}\u{ab}1\u{bb}\n\u{ab}2\u{bb}'\n\u{ab}3\u{bb}\n",
    ),
    ("DB_PASSWORD", "\u{ab}1\u{bb}\r\n\u{ab}2\u{bb}\r\n"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}{{\u{ab}2\u{bb}"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}\"\u{ab}2\u{bb}"),
    ("DB_PASSWORD", "\"\u{ab}1\u{bb}\" '\u{ab}2\u{bb}'"),
    ("DB_PASSWORD", "$\u{ab}1\u{bb}"),
    ("DB_PASSWORD", "`\u{ab}1\u{bb}`"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}$\u{ab}2\u{bb}`\u{ab}3\u{bb}"),
    ("DB_PASSWORD", "\u{ab}1\u{bb} \u{ab}2\u{bb} \u{ab}3\u{bb}"),
    ("DB_PASSWORD", " \u{ab}1\u{bb} "),
    ("DB_PASSWORD", "\u{ab}1\u{bb}&\u{ab}2\u{bb};\u{ab}3\u{bb}|"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}=\u{ab}2\u{bb}"),
    ("DB_PASSWORD", "=\u{ab}1\u{bb}"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}#\u{ab}2\u{bb} #\u{ab}3\u{bb}"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}<\u{ab}2\u{bb}>(\u{ab}3\u{bb})"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}\t\u{1}\u{ab}2\u{bb}\u{7f}"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}\u{2028}\u{ab}2\u{bb}\u{feff}"),
    (
        "DB_PASSWORD",
        "\u{ab}1\u{bb}%41\u{ab}2\u{bb}&amp;\u{ab}3\u{bb}",
    ),
    (
        "DB_PASSWORD",
        "\u{ab}1\u{bb}{{mesos.instance}}\u{ab}2\u{bb}",
    ),
    ("DB_PASSWORD", "{{mesos.instance}}'\u{ab}2\u{bb}"),
    ("DB_PASSWORD", "\u{e9}'{{mesos.instance}}'\u{ab}2\u{bb}"),
    ("DB_PASSWORD", "export X='\u{ab}1\u{bb}'"),
    ("DB_PASSWORD", "\u{ab}1\u{bb}'; export X='\u{ab}2\u{bb}"),
    ("DATABASE_URL", "postgres://app:\u{ab}1\u{bb}@db/app"),
    (
        "DATABASE_URL",
        "postgres://app:\u{ab}1\u{bb}'\u{ab}2\u{bb}@db/app",
    ),
    (
        "DATABASE_URL",
        "postgres://\u{e9}:\u{ab}1\u{bb}'\u{ab}2\u{bb}@db/app",
    ),
    ("OPTIONS", "--verbose --password=\u{ab}1\u{bb}"),
    (
        "OPTIONS",
        "--caf\u{e9} --password='\u{ab}1\u{bb} \u{ab}2\u{bb}'",
    ),
    (
        "CONFIG",
        "{\"user\": \"caf\u{e9}\", \"password\": \"\u{ab}1\u{bb}'\u{ab}2\u{bb}\"}",
    ),
    ("CONFIG", "user: app\npassword: '\u{ab}1\u{bb}'\n"),
    (
        "HEADER",
        "Authorization: Bearer \u{ab}1\u{bb}\u{ab}2\u{bb}\u{ab}3\u{bb}",
    ),
    (
        "TLS",
        "-----BEGIN PRIVATE KEY-----\n\u{ab}1\u{bb}\u{ab}2\u{bb}\n\u{ab}3\u{bb}\n-----END PRIVATE KEY-----\n",
    ),
    (
        "TLS",
        "caf\u{e9}\n-----BEGIN RSA PRIVATE KEY-----\n\u{ab}1\u{bb}\u{ab}2\u{bb}\n\u{ab}3\u{bb}\n-----END RSA PRIVATE KEY-----\n'",
    ),
];

/// The value that is meant, its fragments turned around for another secret.
fn value(written: &str, is_other: bool) -> String {
    let mut value = String::new();
    for piece in written.split(['\u{ab}', '\u{bb}']) {
        let fragment = piece
            .parse()
            .ok()
            .and_then(|number: usize| FRAGMENTS.get(number - 1));
        match fragment {
            Some(fragment) if is_other => value.extend(fragment.chars().rev()),
            Some(fragment) => value.push_str(fragment),
            None => value.push_str(piece),
        }
    }
    value
}

/// The part of a secret that was printed, with what stands around it.
fn shown(run: &Run) -> Option<String> {
    let all = FRAGMENTS
        .iter()
        .flat_map(|it| [(*it).to_owned(), it.chars().rev().collect()]);
    let parts: Vec<String> = all
        .flat_map(|it: String| {
            let starts = 0..=it.len() - SHORTEST;
            starts
                .map(|start| it[start..start + SHORTEST].to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    [&run.stdout, &run.stderr].into_iter().find_map(|text| {
        let start = parts.iter().find_map(|part| text.find(part.as_str()))?;
        let before: String = text[..start].chars().rev().take(90).collect();
        let before: String = before.chars().rev().collect();
        let after: String = text[start..].chars().take(60).collect();
        Some(format!("{before}{after}"))
    })
}

/// A value as somebody would write it into a command.
fn word(value: &str) -> String {
    if value.is_ascii() {
        return shell_word(value);
    }
    let byte = |byte| match byte {
        b'\'' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    format!("$'{}'", value.bytes().map(byte).collect::<String>())
}

/// A job whose process has a variable, and whose other texts have its value, too.
fn job(variable: &str, value: &str, more: &str) -> Value {
    let word = word(value);
    let is_plain = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let note = if is_plain { value } else { "nothing" };
    json!({
        "cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello",
        "metadata": [{ "key": "note", "value": format!("it is {note}{more}") }],
        "health_check_config": {
            "health_checker": { "shell": { "shell_command": format!("check{more} {word}") } },
        },
        "task": {
            "processes": [
                {
                    "name": "serve", "cmdline": format!("serve{more} --seed {word}"),
                    "env": { variable: value, "OTHER": format!("{more}{value}") },
                    "path": [format!("/opt{more}/{}", value.replace(':', "_"))],
                    "directory": format!("there{more}/{value}"),
                    "ready": { "command": format!("probe{more} {word}") }, "daemon": true,
                },
                { "name": "after", "cmdline": "true", "after": [{ "process": "serve", "when": "ready" }] },
            ],
            "resources": { "cpu": 1, "ram": "64 MB", "disk": "64 MB" },
        },
    })
}

const SETTINGS: &str = "[lints]\nliteral-secret = \"allow\"\nunexpanded-value = \"allow\"\nunread-reference = \"allow\"\n";

const COMMANDS: &[&str] = &[
    "diff old .",
    "diff old . --format json",
    "diff . old --format markdown",
    "diff old new",
    "diff old new --format json",
    "diff old new --format markdown",
    "snapshot --check",
    "show hello",
    "show hello --format json",
    "check",
    "check --message-format json",
    "list",
    "graph hello",
    "validate compiled.json",
    "validate compiled.json --message-format json",
    "validate wrong.json",
    "validate wrong.json --message-format json",
];

/// What compiled jobs come to, and what is made of them.
fn compiled_jobs() {
    let mut failures = Vec::new();
    for (variable, written) in VARIABLES {
        let sandbox = Sandbox::new();
        sandbox.file("jobc.toml", SETTINGS);
        let other = job(variable, &value(written, true), "");
        sandbox.file("job.json", other.to_string());
        let built = sandbox.jobc(["build", "hello", "-o", "old"]);
        assert_eq!(built.status, 0, "{written}: {}", built.stderr);
        let changed = job(variable, &value(written, false), " more");
        sandbox.file("job.json", changed.to_string());
        let built = sandbox.jobc(["build", "hello", "-o", "new"]);
        assert_eq!(built.status, 0, "{written}: {}", built.stderr);
        let name = format!("new/{}", sandbox.list("new").remove(0));
        let compiled = fs::read_to_string(sandbox.path().join(name)).expect("it was written");
        sandbox.file("compiled.json", &compiled);
        let wrong = compiled.replace("\"cmdline\"", "\"cmdlin\"");
        sandbox.file("wrong.json", wrong);
        for line in COMMANDS {
            let run = sandbox.jobc(line.split(' '));
            failures.extend(told(line, variable, written, &run));
        }
    }
    report(&failures);
}

/// What is compared before it is compiled, and run.
fn workspaces() {
    let mut failures = Vec::new();
    for (variable, written) in VARIABLES {
        let sandbox = Sandbox::new();
        for (side, is_other) in [("a", true), ("b", false)] {
            let mut job = job(variable, &value(written, is_other), side);
            let command = &mut job["task"]["processes"][0]["cmdline"];
            let text = command.as_str().expect("a text");
            *command = format!("exit 1; {text} ${{./app.conf}}").into();
            // What a shell prints is not for jobc to hide.
            job["task"]["processes"][0]["directory"] = ".".into();
            sandbox.file(&format!("{side}/jobc.toml"), SETTINGS);
            sandbox.file(&format!("{side}/job.json"), job.to_string());
            let import = format!("{variable}={}\n", value(written, is_other));
            sandbox.file(&format!("{side}/app.conf"), import);
        }
        for line in [
            "diff a b",
            "diff a b --format json",
            "diff a b --format markdown",
            "why hello a b",
            "why hello a b --format json",
            "-C b show hello",
            "-C b why app.conf",
            "-C b run hello --realise never --sandbox out",
        ] {
            let run = sandbox.jobc(line.split(' '));
            assert!(!run.stdout.is_empty() || line.contains("run"), "{run:?}");
            failures.extend(told(line, variable, written, &run));
        }
    }
    report(&failures);
}

/// Definitions with a problem beside the variable.
fn definitions() {
    let mut failures = Vec::new();
    let toml = "cluster = 'c'\nrole = 'r'\nenvironment = 'devel'\nname = 'n'\n[task]\n";
    let yaml = "cluster: c\nrole: r\nenvironment: devel\nname: n\ntask:\n  processes:\n";
    for (variable, written) in VARIABLES {
        let value = value(written, false);
        let quoted = Value::from(value.clone()).to_string();
        let block = value.replace('\n', "\n          ");
        let sandbox = Sandbox::new();
        sandbox.file(
            "jobc.toml",
            SETTINGS.replace("unexpanded-value = \"allow\"\n", ""),
        );
        for (name, text) in [
            (
                "a.toml",
                format!(
                    "{toml}processes = [{{ name = 'a', cmdline = 'a', env = {{ {variable} = {quoted}, '{variable} ' = {quoted} }} }}]"
                ),
            ),
            (
                "b.toml",
                format!(
                    "{toml}[[task.processes]]\nname = 'a'\ncmdline = 'a'\n[task.processes.env]\n{variable} = '''{value}'''\n{variable} = '''{value}'''\n"
                ),
            ),
            (
                "a.yaml",
                format!(
                    "{yaml}    - name: a\n      cmdline: a\n      env: {{{variable}: {quoted}, 'a ': {quoted}}}\n"
                ),
            ),
            (
                "b.yaml",
                format!(
                    "{yaml}    - name: a\n      cmdline: a\n      env:\n        {variable}: |\n          {block}\n        {variable}: |\n          {block}\n"
                ),
            ),
            (
                "a.json",
                format!(
                    "{{\"task\": {{\"processes\": [{{\"env\": {{\"{variable}\": {quoted}, \"{variable} \": {quoted}}}}}]}}}}"
                ),
            ),
        ] {
            sandbox.file(name, text);
            for format in ["text", "json", "sarif", "github"] {
                let run = sandbox.jobc(["check", "--message-format", format, name]);
                assert_ne!(run.status, 0, "{name}");
                let line = format!("check {name} as {format}");
                failures.extend(told(&line, variable, written, &run));
            }
        }
    }
    report(&failures);
}

fn told(line: &str, variable: &str, written: &str, run: &Run) -> Option<String> {
    let shown = shown(run)?;
    Some(format!("{line} of {variable}={written:?}: {shown}"))
}

tests! { compiled_jobs, definitions, workspaces }

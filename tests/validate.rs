//! `jobc validate`: verdicts of Aurora's client, compiled jobs, directories and standard input.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use jobc::diagnostic::{Diagnostic, Severity};
use jobc::model::Settings;
use jobc::registry::CODES;
use jobc::source::SourceFile;
use jobc::validate::{Binding, Strictness, Terms, validate};
use serde_json::{Value, json};

use crate::harness::{Sandbox, report, repository, updating};

/// A valid job with ordinary and final processes.
fn job(name: &str) -> Value {
    json!({
        "cluster": "west",
        "role": "www",
        "environment": "prod",
        "name": name,
        "task": {
            "processes": [
                { "name": "a", "cmdline": "true" },
                { "name": "b", "cmdline": "true" },
                { "name": "f", "cmdline": "true", "final": true },
            ],
            "resources": { "cpu": 1, "ram": 67_108_864, "disk": 67_108_864 },
        },
    })
}

/// Where a pointer stands in a change: a binding of the command line follows.
const BIND: &str = "--bind";

/// The text of the job with a change made to it, see `tests/validate/facts.txt`.
fn changed(change: &str) -> String {
    let parts: Vec<&str> = change.split('\t').filter(|part| !part.is_empty()).collect();
    if let ["text", text] = parts[..] {
        let text: String = serde_json::from_str(text).expect("a JSON string");
        let job_text = job("hello").to_string();
        return text
            .replace("JOB2", &job("other").to_string())
            .replace("JOB", &job_text)
            .replace("MEMBERS", &job_text[1..job_text.len() - 1]);
    }
    let mut value = job("hello");
    let mut texts = Vec::new();
    for pair in parts.chunks(2) {
        let [pointer, text] = pair else {
            panic!("{change}: a pointer without a value");
        };
        if *pointer == BIND {
            continue;
        }
        let mut at = &mut value;
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        let (last, around) = steps.split_last().expect("a pointer has steps");
        for step in around {
            at = match at {
                Value::Array(items) => &mut items[step.parse::<usize>().expect("an index")],
                other => &mut other[*step],
            };
            if at.is_null() {
                *at = json!({});
            }
        }
        let place = format!("<<{}>>", texts.len());
        match at {
            Value::Array(items) => items[last.parse::<usize>().expect("an index")] = json!(place),
            Value::Object(table) if *text == "@" => {
                table.remove(*last).expect("there is something to remove");
            }
            other => other[*last] = json!(place),
        }
        texts.push((format!("\"{place}\""), *text));
    }
    let mut whole = value.to_string();
    for (place, text) in texts {
        whole = whole.replace(&place, text);
    }
    whole
}

/// What a change binds on the command line.
fn bindings(change: &str) -> Vec<Binding> {
    let parts: Vec<&str> = change.split('\t').collect();
    let pairs = parts.chunks(2).filter(|pair| pair[0] == BIND);
    pairs
        .map(|pair| pair[1].parse().expect("a binding"))
        .collect()
}

/// The codes that are found, each once, with a mark for what kind of problem it is.
fn codes(text: &str, bindings: &[Binding]) -> (String, bool) {
    let file = SourceFile::new("job.json", text);
    let settings = Settings::default();
    let found = |strictness| {
        let terms = Terms {
            settings: &settings,
            strictness,
            registry: CODES,
        };
        validate(&file, terms, bindings).diagnostics
    };
    let (full, client) = (found(Strictness::Full), found(Strictness::AsClient));
    let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    let mut codes: Vec<String> = Vec::new();
    // Other lints are not what this is about.
    let ours = ["coerced-value", "ignored-field", "update-strategy"];
    for (full, client) in full.iter().zip(&client) {
        if full.code.is_lint() && !ours.contains(&full.code.id) {
            continue;
        }
        let mark = match (wrong(full), wrong(client)) {
            (true, true) => "!",
            (true, false) => "~",
            (false, _) => "",
        };
        codes.push(format!("{}{mark}", full.code.id));
    }
    codes.sort();
    codes.dedup();
    (codes.join(","), client.iter().any(wrong))
}

fn verdicts_of_the_client() {
    let path = repository().join("tests/validate/facts.txt");
    let facts = fs::read_to_string(&path).expect("the facts can be read");
    let mut failures = Vec::new();
    let mut rewritten = String::new();
    for line in facts.lines() {
        let columns: Vec<&str> = line.splitn(3, '\t').collect();
        let [client, expected, change] = columns[..] else {
            rewritten += &format!("{line}\n");
            continue;
        };
        let (found, refused) = codes(&changed(change), &bindings(change));
        rewritten += &format!("{client}\t{found}\t{change}\n");
        let differs = client.ends_with('*');
        if (client.trim_end_matches('*') != "ok") != refused && !differs {
            failures.push(format!("{change}: the client says {client}, jobc {found}"));
        } else if found != expected && !updating() {
            failures.push(format!("{change}: expected {expected}, found {found}"));
        }
    }
    if updating() {
        fs::write(&path, rewritten).expect("the facts can be written");
    }
    report(&failures);
}

fn compiled_jobs_are_valid() {
    let sandbox = Sandbox::with_examples();
    let run = sandbox.jobc(["-C", "examples", "build", "--all", "--out", "compiled"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let run = sandbox.jobc(["validate", "compiled"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.starts_with("validated "), "{}", run.stderr);
}

fn recorded_tasks_are_valid() {
    let mut failures = Vec::new();
    let directory = repository().join("tests/run");
    let entries = fs::read_dir(directory).expect("the cases can be listed");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a case").path()).collect();
    paths.sort();
    for path in paths {
        let text = fs::read_to_string(&path).expect("cases can be read");
        let case: Value = serde_json::from_str(&text).expect("cases are JSON");
        let mut whole = job("hello");
        whole["task"]["processes"] = json!([]);
        let task = case["task"].as_object().expect("a case has a task");
        for (field, value) in task {
            whole["task"][field] = value.clone();
        }
        for (field, value) in case["job"].as_object().into_iter().flatten() {
            whole[field] = value.clone();
        }
        let (found, refused) = codes(&whole.to_string(), &[]);
        if refused {
            failures.push(format!("{}: {found}", path.display()));
        }
    }
    report(&failures);
}

fn standard_input() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command();
    command.args(["validate", "-"]).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("jobc can be started");
    let mut input = child.stdin.take().expect("it is a pipe");
    let text = job("hello").to_string().replace("prod", "production");
    input.write_all(text.as_bytes()).expect("jobc reads it");
    drop(input);
    let output = child.wait_with_output().expect("jobc ends");
    let stderr = String::from_utf8(output.stderr).expect("jobc prints UTF-8");
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("--> <stdin>:1:"), "{stderr}");
}

fn files_that_cannot_be_read() {
    let sandbox = Sandbox::new();
    sandbox.file("good.json", job("hello").to_string());
    sandbox.file("empty/readme", "");
    let run = sandbox.jobc(["validate", "good.json", "none.json", "empty"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(
        run.stderr.contains("cannot read `none.json`"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("no `.json` file in `empty`"),
        "{}",
        run.stderr
    );
    let run = sandbox.jobc(["validate"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
}

fn bindings_of_the_command_line() {
    let sandbox = Sandbox::new();
    let mut topology = job("topology");
    topology["instances"] = json!("{{N}}");
    topology["task"]["resources"]["cpu"] = json!("{{CPUS}}");
    topology["task"]["processes"][0]["cmdline"] = json!("fetch {{paths.core[x86]}}");
    sandbox.file("job.json", topology.to_string());
    let bound = [
        "--bind",
        "N=3",
        "--bind",
        "CPUS=1",
        "--bind=paths.core[x86]=a=b",
    ];
    let run = |bindings: &[&str]| sandbox.jobc([&["validate", "job.json"], bindings].concat());
    assert_eq!(run(&bound).status, 0);
    assert_eq!(run(&bound[..4]).status, 1);
    assert_eq!(run(&[]).status, 1);
    for wrong in [
        "N", "=3", "a b=3", "1a=3", "a.=3", "a[]=3", "", "é=1", "a b",
    ] {
        assert_eq!(run(&["--bind", wrong]).status, 2, "{wrong}");
    }
}

tests! {
    verdicts_of_the_client,
    compiled_jobs_are_valid,
    recorded_tasks_are_valid,
    standard_input,
    files_that_cannot_be_read,
    bindings_of_the_command_line,
}

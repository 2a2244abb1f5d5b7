//! Every case in every format for programs: each can be parsed, and all say the same.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use jobc::registry::CODES;
use jobc::schema::{Which, schema};
use jsonschema::Validator;
use serde_json::Value;

use crate::diagnostics::{Case, case_files};
use crate::harness::{Sandbox, report, small_job};

/// What a document says, to be compared with the others.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    problems: usize,
    errors: usize,
    troubles: usize,
}

type Parsed = Result<Said, String>;

fn json(stdout: &str) -> Parsed {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
        let schema = serde_json::from_str(&schema(Which::Messages, CODES)).expect("it is JSON");
        jsonschema::validator_for(&schema).expect("it is a schema")
    });
    let mut said = Said::default();
    for line in stdout.lines() {
        let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        VALIDATOR
            .validate(&value)
            .map_err(|error| error.to_string())?;
        if value["code"].is_null() {
            said.troubles += 1;
        } else {
            said.problems += 1;
            said.errors += usize::from(value["severity"] == "error");
        }
    }
    Ok(said)
}

/// The commands of a workflow, taken apart as a runner does.
fn github(stdout: &str) -> Parsed {
    let mut said = Said::default();
    for line in stdout.lines() {
        let wrong = || format!("not a command: {line}");
        let rest = line.strip_prefix("::").ok_or_else(wrong)?;
        let (head, message) = rest.split_once("::").ok_or_else(wrong)?;
        let (level, properties) = head.split_once(' ').ok_or_else(wrong)?;
        if !["error", "warning"].contains(&level) || message.is_empty() {
            return Err(wrong());
        }
        let names = properties
            .split(',')
            .map(|property| property.split_once('='));
        let names: Option<Vec<_>> = names.collect();
        let names = names.ok_or_else(wrong)?;
        let known = ["file", "line", "endLine", "col", "endColumn", "title"];
        if names
            .iter()
            .any(|(name, value)| !known.contains(name) || value.contains(':'))
        {
            return Err(wrong());
        }
        if names.contains(&("title", "jobc")) {
            said.troubles += 1;
        } else {
            said.problems += 1;
            said.errors += usize::from(level == "error");
        }
    }
    Ok(said)
}

/// Checks the part of SARIF 2.1.0 that jobc writes: names, what has to be there, and references.
fn sarif(stdout: &str) -> Parsed {
    let log: Value = serde_json::from_str(stdout).map_err(|error| error.to_string())?;
    let need = |condition: bool, what: &str| condition.then_some(()).ok_or(what.to_owned());
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    names(&log, &["$schema", "version", "runs"])?;
    need(log["version"] == "2.1.0", "version")?;
    let run = &log["runs"][0];
    names(
        run,
        &[
            "tool",
            "invocations",
            "originalUriBaseIds",
            "columnKind",
            "results",
        ],
    )?;
    need(run["columnKind"] == "unicodeCodePoints", "columnKind")?;
    let base = run["originalUriBaseIds"]["ROOT"]["uri"].as_str();
    let is_base = |uri: &str| uri.starts_with("file:///") && uri.ends_with('/');
    need(
        base.is_some_and(|uri| is_base(&uri.replace("[DIR]", "/x"))),
        "base",
    )?;
    let rules = list(&run["tool"]["driver"]["rules"]);
    for rule in &rules {
        need(rule["shortDescription"]["text"].is_string(), "description")?;
        need(rule["help"]["text"].is_string(), "help")?;
    }
    let invocation = &run["invocations"][0];
    let notifications = list(&invocation["toolExecutionNotifications"]);
    let failed = invocation["exitCode"] == 2;
    need(invocation["executionSuccessful"] == !failed, "success")?;
    let mut fingerprints = BTreeSet::new();
    let results = list(&run["results"]);
    for result in &results {
        let index = result["ruleIndex"].as_u64().unwrap_or(u64::MAX);
        let rule = rules.get(usize::try_from(index).unwrap_or(usize::MAX));
        let is_of = |rule: &Value| rule["id"] == result["ruleId"];
        need(rule.is_some_and(is_of), "ruleIndex")?;
        need(
            result["level"] == "error" || result["level"] == "warning",
            "level",
        )?;
        need(result["message"]["text"].is_string(), "message")?;
        let locations = list(&result["locations"]);
        need(locations.len() == 1, "locations")?;
        for location in locations.iter().chain(&list(&result["relatedLocations"])) {
            place(location)?;
        }
        let fingerprint = result["partialFingerprints"]["jobcProblem/v1"].as_str();
        let fingerprint = fingerprint.unwrap_or_default().to_owned();
        need(fingerprints.insert(fingerprint), "a fingerprint twice")?;
    }
    Ok(Said {
        problems: results.len(),
        errors: results
            .iter()
            .filter(|result| result["level"] == "error")
            .count(),
        troubles: notifications.len(),
    })
}

fn place(location: &Value) -> Result<(), String> {
    names(
        location,
        &["id", "message", "physicalLocation", "logicalLocations"],
    )?;
    let Some(physical) = location.get("physicalLocation") else {
        return Ok(());
    };
    names(physical, &["artifactLocation", "region"])?;
    let artifact = &physical["artifactLocation"];
    let uri = artifact["uri"].as_str().unwrap_or_default();
    let is_relative = artifact["uriBaseId"] == "ROOT";
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte);
    let path = uri.strip_prefix("file://").filter(|_| !is_relative);
    let path = path.unwrap_or(uri).replace("[DIR]", "");
    let is_legal = !uri.is_empty() && path.bytes().all(legal);
    if !is_legal || is_relative && (path.starts_with('/') || path.contains("..")) {
        return Err(format!("no good reference: {uri}"));
    }
    if let Some(region) = physical.get("region") {
        let number = |name: &str| region[name].as_u64().unwrap_or(0);
        let start = (number("startLine"), number("startColumn"));
        let end = (number("endLine"), number("endColumn"));
        if start.0 < 1 || start.1 < 1 || end < start {
            return Err(format!("no region: {region}"));
        }
    }
    Ok(())
}

fn names(object: &Value, known: &[&str]) -> Result<(), String> {
    let fields = object.as_object().ok_or("no object")?;
    let unknown = fields.keys().find(|name| !known.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| Err(format!("unknown: {name}")))
}

/// Reads XML that has elements, attributes and text only, and compares the counts in it.
fn junit(stdout: &str) -> Parsed {
    let mut rest = stdout
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .ok_or("no declaration")?;
    if let Some(bad) = rest.chars().find(|c| c.is_control() && *c != '\n') {
        return Err(format!("a character that XML has not: {bad:?}"));
    }
    let mut open: Vec<&str> = Vec::new();
    let mut said = Said::default();
    let mut promised = [0, 0, 0];
    while let Some((text, tag)) = rest.split_once('<') {
        references(text)?;
        let (tag, after) = tag.split_once('>').ok_or("an open tag")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            (open.pop() == Some(name))
                .then_some(())
                .ok_or(format!("</{name}>"))?;
            continue;
        }
        let (tag, is_empty) = tag
            .strip_suffix('/')
            .map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let values: Vec<&str> = attributes.split('"').collect();
        for pair in values.chunks(2) {
            match pair {
                [name, value] if name.trim_start().ends_with('=') => references(value)?,
                [""] => {}
                other => return Err(format!("attributes: {other:?}")),
            }
        }
        let count = |name: &str| {
            let value = attributes.split_once(&format!(" {name}=\"")).map(|it| it.1);
            let value = value.and_then(|rest| rest.split_once('"'));
            value.map_or(0, |(number, _)| number.parse().unwrap_or(0))
        };
        match name {
            "testsuites" => promised = ["tests", "failures", "errors"].map(count),
            "testcase" => promised[0] -= 1,
            "failure" => promised[1] -= 1,
            "error" => promised[2] -= 1,
            "testsuite" | "system-out" => {}
            other => return Err(format!("<{other}>")),
        }
        if !is_empty {
            open.push(name);
        }
        let problems = rest.split_once('<').map_or("", |(text, _)| text);
        let told = |start: &str| {
            let begins = |line: &&str| line.starts_with(start);
            problems.lines().filter(begins).count()
        };
        match name {
            "failure" | "error" => {
                said.problems += told("error[");
                said.errors += told("error[");
                said.troubles += told("error: ");
            }
            "system-out" => {
                said.problems += told("warning[");
                said.troubles += told("warning: ");
            }
            _ => {}
        }
    }
    if !open.is_empty() || promised != [0, 0, 0] {
        return Err(format!("{open:?} are open, {promised:?} are not there"));
    }
    Ok(said)
}

/// Whether all references in a text are ones that every reader knows.
fn references(text: &str) -> Result<(), String> {
    for rest in text.split('&').skip(1) {
        let name = rest.split_once(';').map_or("", |(name, _)| name);
        if !["amp", "lt", "gt", "quot", "#9", "#10", "#13"].contains(&name) {
            return Err(format!("&{rest}"));
        }
    }
    Ok(())
}

type Parser = fn(&str) -> Parsed;

const FORMATS: [(&str, Parser); 4] = [
    ("json", json),
    ("github", github),
    ("sarif", sarif),
    ("junit", junit),
];

fn all_formats_say_the_same() {
    let mut failures = Vec::new();
    let mut seen = 0;
    for path in case_files() {
        let case = Case::read(&fs::read_to_string(&path).expect("the case can be read"));
        let command = case.arguments.first().map_or("", String::as_str);
        let is_check = ["check", "validate"].contains(&command);
        let has = |word: &str| case.arguments.iter().any(|other| other == word);
        if !is_check || has("--message-format") || has("--help") {
            continue;
        }
        seen += 1;
        let mut first: Option<Said> = None;
        for (format, parse) in FORMATS {
            let run = case.run_with(&["--message-format", format]);
            let parsed = parse(&run.stdout);
            let last = case.expected.stderr.lines().last();
            let failure = match parsed {
                Err(error) => Some(error),
                Ok(_) if run.status != case.expected.status => Some("status".to_owned()),
                Ok(_) if run.status < 2 && run.stderr.lines().last() != last => {
                    Some(format!("the last line: {}", run.stderr))
                }
                Ok(said) => match &first {
                    Some(first) if *first != said => Some(format!("{said:?}, not {first:?}")),
                    Some(_) => None,
                    None => {
                        first = Some(said);
                        None
                    }
                },
            };
            if let Some(failure) = failure {
                failures.push(format!("{} as {format}: {failure}", path.display()));
            }
        }
    }
    assert!(seen > 100, "{seen} cases are checks");
    report(&failures);
}

fn a_whole_file() {
    let sandbox = Sandbox::new();
    sandbox.file("job.toml", small_job("hello", ""));
    let large = fs::File::create(sandbox.path().join("large.job.json")).expect("it can be made");
    large.set_len(65 << 20).expect("it can be long");
    for (format, parse) in FORMATS {
        let run = sandbox.jobc(["check", "--message-format", format]);
        let said = parse(&run.stdout).expect("it can be parsed");
        assert_eq!(
            (said.problems, said.errors, said.troubles),
            (1, 1, 0),
            "{format}"
        );
        assert!(run.stdout.contains("large.job.json"), "{}", run.stdout);
    }
}

/// Moving a definition's lines and its processes about does not make its problems new ones.
fn fingerprints_outlive_edits() {
    let fingerprints = |text: &str| {
        let sandbox = Sandbox::new();
        sandbox.file("job.toml", text);
        let run = sandbox.jobc(["check", "--message-format", "sarif"]);
        let log: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
        let results = log["runs"][0]["results"]
            .as_array()
            .expect("a list")
            .clone();
        let fingerprint = |result: &Value| result["partialFingerprints"].to_string();
        let fingerprints: BTreeSet<String> = results.iter().map(fingerprint).collect();
        assert_eq!(fingerprints.len(), 2, "{}", run.stdout);
        fingerprints
    };
    let job = |processes: &str| {
        small_job("hello", "").replace("{ name = \"hello\", cmdline = \"echo hello\" }", processes)
    };
    let [a, b] = ["a", "b"].map(|name| format!(r#"{{ name = "{name}", cmdline = "" }}"#));
    let before = fingerprints(&job(&format!("{a}, {b}")));
    let more = r#"{ name = "new", cmdline = "true" }"#;
    let after = job(&format!("\n{b},\n{more},\n  {a}\n"));
    assert_eq!(before, fingerprints(&format!("# A comment.\n\n{after}")));
    assert_ne!(
        before,
        fingerprints(&job(&format!("{a}, {b}")).replace("\"b\"", "\"c\""))
    );
}

/// Reports that are the result cannot be lost without a word.
fn a_report_that_cannot_be_written() {
    let sandbox = Sandbox::new();
    sandbox.file("job.toml", small_job("hello", ""));
    for (format, _) in FORMATS {
        let full = fs::File::options().write(true).open("/dev/full");
        let mut command = sandbox.command();
        command.args(["check", "--message-format", format]);
        let output = command.stdout(full.expect("it can be opened")).output();
        let output = output.expect("jobc can be started");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        // Where there is no problem, there is no line to write.
        let is_lost = !["json", "github"].contains(&format);
        assert_eq!(
            output.status.code() == Some(2),
            is_lost,
            "{format}: {stderr}"
        );
        assert_eq!(stderr.contains("cannot write to standard output"), is_lost);
    }
}

/// Names are what GitHub knows files by, wherever jobc is started.
fn names_are_relative_to_the_checkout() {
    let sandbox = Sandbox::new();
    sandbox.file("below/x/job.toml", small_job("hello", "instances = 0"));
    for (checkout, name) in [(".", "below/x/job.toml"), ("elsewhere", "x/job.toml")] {
        for (format, _) in &FORMATS[1..] {
            let mut command = sandbox.command();
            command
                .args(["check", "--message-format", format])
                .current_dir(sandbox.path().join("below"))
                .env("GITHUB_WORKSPACE", sandbox.path().join(checkout));
            let run = sandbox.finish(&mut command);
            let found = run.stdout.split(['"', '=', ',']).any(|word| word == name);
            assert!(found, "{checkout}: {}", run.stdout);
        }
    }
}

/// The bytes of a name that is no text are the file's, and nothing else finds it.
fn names_of_files_keep_their_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let sandbox = Sandbox::new();
    sandbox.file("jobc.toml", "");
    let directory = sandbox.path().join(OsStr::from_bytes(b"d\xff\xc3\xa9"));
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("job.toml"), "x = 1\n").unwrap();
    let run = sandbox.jobc(["check", "--message-format", "sarif"]);
    assert!(
        run.stdout.contains(r#""uri": "d%FF%C3%A9/job.toml""#),
        "{run:?}"
    );
    assert!(!run.stdout.contains("%EF%BF%BD"), "{run:?}");
}

tests! {
    all_formats_say_the_same,
    a_whole_file,
    fingerprints_outlive_edits,
    a_report_that_cannot_be_written,
    names_are_relative_to_the_checkout,
    names_of_files_keep_their_bytes,
}

//! `schema/` is what the types say, and the types accept what the schema accepts.

use std::fmt::Write as _;
use std::fs;

use jobc::check;
use jobc::diagnostic::{Diagnostic, Holes, Place};
use jobc::elaborate::elaborate;
use jobc::front::{self, Format};
use jobc::model::{Dialect, Settings};
use jobc::registry::CODES;
use jobc::rule::Terms;
use jobc::schema::{Which, schema};
use jobc::source::SourceFile;
use jobc::target::aurora;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::harness::{Sandbox, report, repository, updating};

fn files_are_current() {
    let mut failures = Vec::new();
    for which in Which::ALL {
        let path = repository().join("schema").join(which.file_name());
        if updating() {
            fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
            fs::write(&path, schema(which, CODES)).expect("it can be written");
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        if found != schema(which, CODES) {
            failures.push(format!(
                "{}: run `JOBC_UPDATE=1 cargo test`",
                path.display()
            ));
        }
    }
    report(&failures);
}

fn validator(which: Which) -> Validator {
    let schema: Value = serde_json::from_str(&schema(which, CODES)).expect("it is JSON");
    jsonschema::validator_for(&schema).expect("it is a schema")
}

/// Whether a place is in a table that no other layer adds to.
fn stands_alone(place: &Place) -> bool {
    const ALONE: [&str; 7] = [
        "/after/",
        "/packages/",
        "/constraints/",
        "/parameters/",
        "/volumes/",
        "/metadata/",
        "/env/",
    ];
    let Place::Document(pointer, _) = place else {
        return false;
    };
    let pointer = pointer.to_string();
    ALONE.iter().any(|table| pointer.contains(table))
}

/// Whether the parser's types accept a document; what is wrong if not.
fn types(document: &Value) -> Result<(), String> {
    let file = SourceFile::new("job.json", document.to_string());
    let loaded = front::load(&file, Format::Json).value.expect("it is JSON");
    let elaborated = elaborate(loaded, None);
    let tree = elaborated.value.expect("there is always a tree").tree;
    let decoded = front::document(&tree);
    let mut problems = elaborated.diagnostics.iter().chain(&decoded.diagnostics);
    // A layer need not have all fields, and what it means is no matter of types.
    let is_of_type = |problem: &&Diagnostic| match problem.code.id {
        "wrong-type" | "bad-value" | "unknown-field" => true,
        "missing-field" => stands_alone(problem.place()),
        _ => false,
    };
    if let Some(problem) = problems.find(is_of_type) {
        return Err(problem.headline.clone());
    }
    // Which lints there are is no matter of types.
    let document = decoded.value.expect("nothing is wrong with it");
    let terms = Terms {
        settings: &Settings::default(),
        dialect: Dialect::Definition,
        registry: CODES,
        rules: aurora::RULES,
    };
    let report = check::check(document, &Holes::default(), terms, Vec::new());
    let mut found = report.diagnostics.into_iter();
    match found.find(|problem| problem.code.id == "unknown-lint") {
        None => Ok(()),
        Some(problem) => Err(problem.headline),
    }
}

/// Values to put in the place of others: each is right somewhere and wrong elsewhere.
fn strangers() -> Vec<Value> {
    let mut values = vec![
        Value::Null,
        json!({}),
        json!([]),
        json!([null]),
        json!([[]]),
    ];
    values.extend([
        json!(true),
        json!(0),
        json!(-1),
        json!(1),
        json!(2.0),
        json!(1.5),
    ]);
    values.extend([
        json!(2_147_483_647),
        json!(2_147_483_648_i64),
        json!(-2_147_483_649_i64),
    ]);
    values.extend([json!(101), json!(1e300), json!(-1.0), json!(u64::MAX)]);
    let texts = [
        "",
        "x",
        "a b",
        ".a",
        "a/b",
        "a,b",
        "!a",
        "limit:1",
        "limit:0",
        "limit:x",
        "limit:0001",
        "limit:1234567890",
        "64 MB",
        "64MB",
        "64  MB",
        "64 mb",
        " 64 MB",
        "1.5 GB",
        "30s",
        "5m",
        "1h",
        "500ms",
        "99999d",
        "9999d",
        "1234567890s",
        "-5s",
        "true",
        "3",
        "RO",
        "both",
        "file",
        "KILL_EXISTING",
        "queue",
        "http",
        "\u{0}",
        "\u{e9}",
        "a\nb",
        "$schema",
        "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7",
    ];
    values.extend(texts.map(Value::from));
    values.push(json!("x".repeat(255)));
    values.push(json!("x".repeat(256)));
    values.push(json!("\u{e9}".repeat(255)));
    let tables = [
        json!({ "path": "./x" }),
        json!({ "limit": 1 }),
        json!({ "limit": 0 }),
        json!({ "any_of": [] }),
        json!({ "any_of": ["a,b"] }),
        json!({ "none_of": ["!a"] }),
        json!({ "limit": 1, "any_of": [] }),
        json!({ "queue": {} }),
        json!({ "batch": {} }),
        json!({ "variable_batch": { "batch_sizes": [1, 2] } }),
        json!({ "variable_batch": { "batch_sizes": [0] } }),
        json!({ "variable_batch": {} }),
        json!({ "count": { "count": 1, "duration_secs": "1h" } }),
        json!({ "percentage": { "percentage": 99.5, "duration_secs": 1 } }),
        json!({ "mesos": { "image": { "docker": { "name": "a", "tag": "b" } },
            "volumes": [{ "container_path": "/a", "host_path": "/b", "mode": "RO" }] } }),
        json!({ "mesos": { "image": { "appc": { "name": "a", "image_id": "b" } } } }),
        json!({ "http": {} }),
        json!({ "http": {}, "shell": { "shell_command": "true" } }),
        json!({ "order": [] }),
        json!({ "unknown": 1 }),
        json!({ "a b": "x" }),
    ];
    values.extend(tables);
    for length in [255, 256] {
        values.push(json!({ "x".repeat(length): "nixpkgs#x" }));
    }
    values
}

/// Calls `visit` with every document that differs from `document` in one place.
fn mutations(document: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    let mut pointers = Vec::new();
    collect(document, String::new(), &mut pointers);
    for pointer in pointers {
        let mut changed = document.clone();
        for stranger in strangers() {
            *changed.pointer_mut(&pointer).expect("it was collected") = stranger;
            visit(&pointer, &changed);
        }
        let original = document
            .pointer(&pointer)
            .expect("it was collected")
            .clone();
        *changed.pointer_mut(&pointer).expect("it was collected") = original.clone();
        if let Value::Object(fields) = original {
            let fields_of = |value: &mut Value| {
                let place = value.pointer_mut(&pointer).expect("it was collected");
                place.as_object_mut().expect("it is a table").clone()
            };
            for name in fields.keys() {
                let mut without = document.clone();
                let mut rest = fields_of(&mut without);
                rest.remove(name);
                *without.pointer_mut(&pointer).expect("it was collected") = rest.into();
                visit(&format!("{pointer} without {name}"), &without);
            }
            let mut with = document.clone();
            let mut more = fields_of(&mut with);
            more.insert("strange new".to_owned(), Value::from("x"));
            *with.pointer_mut(&pointer).expect("it was collected") = more.into();
            visit(&format!("{pointer} with more"), &with);
        }
    }
}

fn collect(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(value, format!("{pointer}/{name}"), pointers);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{pointer}/{index}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(pointer);
}

fn everything() -> Value {
    let path = repository().join("tests/samples/everything.json");
    let text = fs::read_to_string(path).expect("the sample can be read");
    serde_json::from_str(&text).expect("the sample is JSON")
}

fn the_schema_accepts_what_the_types_accept() {
    let validator = validator(Which::Definition);
    let job = everything();
    let list = json!({
        "$schema": "x",
        "packages": { "python": "nixpkgs#python3" },
        "jobs": [{
            "cluster": "c", "role": "r", "environment": "devel",
            "task": { "processes": [], "resources": { "cpu": 1, "ram": "1 MB", "disk": "1 MB" } },
        }],
    });
    let layers = json!({
        "x-holder": { "any": "thing" },
        "defaults": {
            "cluster": "c",
            "environments": { "none": { "instances": 1 }, "devel": { "instances": 2 } },
        },
        "jobs": {
            "web": {
                "role": "r",
                "unset": ["instances"],
                "environments": { "devel": { "task": { "processes": { "p": { "unset": ["daemon"] } } } } },
                "task": { "processes": { "p": { "cmdline": "c" } } },
            },
        },
    });
    let mut failures = Vec::new();
    let (mut accepted, mut refused) = (0, 0);
    for sample in [job, list, layers] {
        assert_eq!(types(&sample), Ok(()), "the sample itself is good");
        assert!(validator.is_valid(&sample), "the sample itself is good");
        mutations(&sample, &mut |place, document| {
            let by_types = types(document);
            let by_schema = validator.validate(document);
            if by_types.is_ok() {
                accepted += 1;
            } else {
                refused += 1;
            }
            if by_types.is_ok() != by_schema.is_ok() && failures.len() < 20 {
                let mut text = format!("{place}: the types say {by_types:?}");
                let value = document.pointer(place.split(' ').next().unwrap_or_default());
                write!(
                    text,
                    "\n  the schema {:?}\n  {value:?}",
                    by_schema.map_err(|e| e.to_string())
                )
                .expect("strings take all");
                failures.push(text);
            }
        });
    }
    report(&failures);
    assert!(
        accepted > 500 && refused > 5000,
        "{accepted} accepted, {refused} refused"
    );
}

fn compiled_jobs_are_what_their_schema_says() {
    let validator = validator(Which::Aurora);
    let sandbox = Sandbox::new();
    let mut job = everything();
    job["packages"]["curl"] = job["packages"]["python"].clone();
    job["task"]["constraints"] = json!([]);
    // Every target refuses it.
    job.as_object_mut().expect("it is a table").remove("state");
    sandbox
        .file("job.json", job.to_string())
        .file("tool", "#!/bin/sh\n");
    let run = sandbox.jobc(["build", "--stdout", "everything"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let compiled: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    let problems: Vec<_> = validator
        .iter_errors(&compiled)
        .map(|e| e.to_string())
        .collect();
    report(&problems);
    assert!(sorted(&compiled, &run.stdout), "keys are sorted");
}

/// Whether printing with sorted keys gives the text back.
fn sorted(value: &Value, text: &str) -> bool {
    let printed = serde_json::to_string_pretty(value).expect("it was JSON");
    format!("{printed}\n") == text
}

tests! {
    files_are_current,
    the_schema_accepts_what_the_types_accept,
    compiled_jobs_are_what_their_schema_says,
}

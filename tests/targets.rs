//! Every form of a compiled job says the same, whatever its texts are.

use std::fs;

use jobc::compile::{Compilation, Compiler, Planned, Until, every};
use jobc::plan::Plan;
use jobc::registry::CODES;
use jobc::target::aurora;
use jobc::target::coverage::Coverage;
use jobc::target::{Bundle, Form, Target, coverage};
use jobc::workspace::Workspace;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use serde_json::{Value, json};

use crate::fuzz_fixtures::rules::config_file;
use crate::harness::{Sandbox, report, repository, small_job};
use crate::vocabulary::unknown_fields;

/// The compiled texts of a workspace's jobs, in the order of their files.
fn compiled(sandbox: &Sandbox, form: Form) -> Vec<String> {
    let root = sandbox.path();
    let workspace = Workspace::open_at(root, root, CODES)
        .unwrap()
        .value
        .unwrap();
    let compiler = Compiler::new(&workspace).unwrap();
    let keep = |bundle: Bundle, planned: Planned| {
        let text = bundle.into_listing();
        if form == Form::Complete {
            assert_eq!(wrong_with_tree(&planned.plan, &text), None, "{text}");
        }
        text
    };
    let until = Until::Emitted(form, &keep);
    let mut texts = Vec::new();
    for definition in workspace.definitions().unwrap() {
        let file = workspace
            .read_source(&definition.path)
            .unwrap()
            .value
            .unwrap();
        let report = compiler.compile(&definition, &file, &until, every).unwrap();
        let report = Compilation::merged(report);
        assert!(!report.has_errors(), "{:?}", report.diagnostics);
        texts.extend(report.value.unwrap());
    }
    texts
}

/// What is wrong with the tree of a plan, whose text is complete.
pub fn wrong_with_tree(plan: &Plan, text: &str) -> Option<String> {
    let parsed = match aurora::parse(text) {
        Ok(parsed) => parsed,
        Err(error) => return Some(error.to_string()),
    };
    let tree = Value::Object(aurora::tree(plan));
    if parsed != tree {
        return Some("it is another one than its text is parsed to".to_owned());
    }
    // That tells tables in another order, too.
    if [&parsed, &tree]
        .into_iter()
        .any(|it| aurora::print(&it) != text)
    {
        return Some("it is not printed as it was written".to_owned());
    }
    let unknown = unknown_fields(&tree);
    (!unknown.is_empty()).then(|| format!("Aurora has no field {unknown:?}"))
}

/// Compares the config files of a workspace's jobs with their complete JSON, which is returned.
fn same_in_all_forms(sandbox: &Sandbox) -> Vec<Value> {
    let complete = compiled(sandbox, Form::Complete);
    let configs = compiled(sandbox, Form::Target(Target::AuroraConfig));
    assert_eq!(complete.len(), configs.len());
    let mut values = Vec::new();
    for (complete, config) in complete.iter().zip(&configs) {
        assert!(config.is_ascii());
        let value: Value = serde_json::from_str(complete).unwrap();
        assert_eq!(config_file::read(config).as_ref(), Some(&value), "{config}");
        values.push(value);
    }
    values
}

fn examples() {
    let sandbox = Sandbox::with_examples();
    assert_eq!(same_in_all_forms(&sandbox).len(), 7);
    let json = compiled(&sandbox, Form::Target(Target::AuroraJson));
    assert_eq!(compiled(&sandbox, Form::Complete), json);
}

fn everything() -> Value {
    let text = fs::read_to_string(repository().join("tests/samples/everything.json")).unwrap();
    let mut job: Value = serde_json::from_str(&text).unwrap();
    job["packages"]["curl"] = job["packages"]["python"].clone();
    // Every target refuses it.
    job.as_object_mut().unwrap().remove("state");
    job
}

/// The complete JSON of the one job.
fn complete(job: &Value) -> Value {
    let sandbox = Sandbox::new();
    sandbox.file("job.json", job.to_string());
    sandbox.file("tool", "#!/bin/sh\n");
    same_in_all_forms(&sandbox).remove(0)
}

fn every_field() {
    let job = complete(&everything());
    assert_eq!(job["sla_policy"]["status_key"], "drain");
    assert_eq!(
        job["update_config"]["update_strategy"],
        json!({ "batch_size": 1 })
    );
}

fn every_choice() {
    let image = json!({ "name": "a", "tag": "b" });
    let appc = json!({ "name": "a", "image_id": "b" });
    let volumes = json!([{ "container_path": "/a", "host_path": "/b", "mode": "RW" }]);
    let batch = json!({ "batch_size": 2, "autopause_after_batch": true });
    let batches = json!({ "batch_sizes": [1, 2], "autopause_after_batch": false });
    let choices = [
        ("/container", json!({ "mesos": {} })),
        (
            "/container",
            json!({ "mesos": { "image": { "docker": image } } }),
        ),
        (
            "/container",
            json!({ "mesos": { "image": { "appc": appc }, "volumes": volumes } }),
        ),
        (
            "/sla_policy",
            json!({ "count": { "count": 2, "duration_secs": 60 } }),
        ),
        (
            "/sla_policy",
            json!({ "percentage": { "percentage": 75.5, "duration_secs": 60 } }),
        ),
        ("/update_config/update_strategy", json!({ "batch": {} })),
        ("/update_config/update_strategy", json!({ "batch": batch })),
        (
            "/update_config/update_strategy",
            json!({ "variable_batch": batches }),
        ),
    ];
    for (place, choice) in choices {
        let mut job = everything();
        *job.pointer_mut(place).unwrap() = choice.clone();
        assert_eq!(complete(&job).pointer(place), Some(&choice));
    }
}

fn a_job_that_json_cannot_carry_runs() {
    let sandbox = Sandbox::new();
    let more = "instances = 2\nupdate_config.update_strategy.variable_batch.batch_sizes = [2]\n";
    sandbox.file("job.toml", small_job("hello", more));
    let run = sandbox.jobc(["run", "hello"]);
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (0, "hello | hello\n"),
        "{}",
        run.stderr
    );
    assert_eq!(sandbox.jobc(["build", "hello"]).status, 1);
    sandbox.file("hello.aurora", "jobs = []\n");
    let run = sandbox.jobc(["run", "hello.aurora", "--message-format", "short"]);
    let refusal = "error: `hello.aurora` is a config file, which jobc does not read\n";
    assert_eq!((run.status, run.stderr.as_str()), (2, refusal));
}

/// Texts that would like to be more than texts; Aurora's own references are left out.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("'".to_owned()),
        Just("\"".to_owned()),
        Just("'''".to_owned()),
        Just("\\".to_owned()),
        Just("\\N{DASH}\\u00e9\\x41".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("),\n  Job(".to_owned()),
        Just("%s # ".to_owned()),
        "[ -~&&[^{}$]]{1,60}",
        "[^{}$\0]{1,3}",
    ];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/regressions.txt"))),
        ..ProptestConfig::default()
    })]
    fn hostile_texts(texts in prop::collection::vec(hostile(), 6)) {
        let mut job = everything();
        job["contact"] = texts[0].clone().into();
        job["task"]["processes"][1]["cmdline"] = texts[1].clone().into();
        job["health_check_config"]["health_checker"]["shell"]["shell_command"] =
            texts[2].clone().into();
        job["container"] = json!({ "mesos": {
            "image": { "docker": { "name": texts[3], "tag": "x" } },
        } });
        let key: String = texts[4].chars().filter(char::is_ascii).collect();
        job["task_links"] = json!({ format!("x{key}"): texts[5] });
        let compiled = complete(&job);
        prop_assert_eq!(&compiled["contact"], &texts[0]);
        let processes = compiled["task"]["processes"].as_array().unwrap();
        prop_assert!(processes.iter().any(|process| process["cmdline"] == texts[1].as_str()));
        prop_assert_eq!(&compiled["container"]["mesos"]["image"]["docker"]["name"], &texts[3]);
        prop_assert_eq!(&compiled["task_links"][format!("x{key}")], &texts[5]);
    }
}

/// What a target refuses, or only comes close to, is shown by a case.
fn coverage_has_cases() {
    let cases: Vec<String> = walkdir::WalkDir::new(repository().join("tests/cases"))
        .into_iter()
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok())
        .collect();
    let mut failures = Vec::new();
    for named in jobc::target::NAMED {
        for row in coverage(named.target) {
            let field = row.called.rsplit('.').next().unwrap_or(row.called);
            let choice = row.choice.unwrap_or_default();
            let told = match row.coverage {
                Coverage::Exact => continue,
                Coverage::Refused(_) if choice.is_empty() => format!("cannot carry the `{field}`"),
                Coverage::Refused(_) => format!("cannot carry the `{field}` `{choice}`"),
                Coverage::Approximated(how) => how.to_owned(),
            };
            if !cases.iter().any(|case| case.contains(&told)) {
                failures.push(format!("no case has: {told}"));
            }
        }
    }
    report(&failures);
}

tests! {
    coverage_has_cases,
    examples,
    every_field,
    every_choice,
    a_job_that_json_cannot_carry_runs,
    hostile_texts,
}

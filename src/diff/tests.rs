//! Rules of Aurora, each seen with the real client: what differs in the task's configuration.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ComparedJob, Comparison, ImpactKind, JobChange, Known, Summary, compare, markdown};
use crate::store::{StoreDir, StorePath};

fn job() -> Value {
    json!({
        "cluster": "c", "role": "r", "environment": "prod", "name": "n", "instances": 3,
        "metadata": [{ "key": "a", "value": "1" }, { "key": "b", "value": "2" }],
        "task": {
            "name": "n",
            "constraints": [{ "order": ["x", "y"] }, { "order": ["y", "z"] }],
            "processes": [
                { "name": "x", "cmdline": "true" },
                { "name": "y", "cmdline": "true" },
                { "name": "z", "cmdline": "true" },
            ],
            "resources": { "cpu": 1, "ram": 1_048_576, "disk": 1_048_576 },
        },
    })
}

fn changes(old: &Value, new: &Value) -> Vec<JobChange> {
    let store_dir = StoreDir::default();
    let imports: BTreeMap<StorePath, String> = BTreeMap::new();
    let known = Known {
        name: "x",
        store_dir: &store_dir,
        lock: None,
        imports: &imports,
        contents: &|_| None,
    };
    let side = |job: &Value| {
        ComparedJob::foreign(job.as_object().expect("a table").clone(), &job.to_string())
    };
    let (old, new) = (side(old), side(new));
    let one = BTreeMap::from([("c/r/prod/n", &old)]);
    let other = BTreeMap::from([("c/r/prod/n", &new)]);
    compare(&one, &other, [&known, &known]).jobs
}

/// What setting the field at `pointer` does.
#[track_caller]
fn check(pointer: &str, value: Value, expected: ImpactKind) -> JobChange {
    let mut new = job();
    let (above, field) = pointer.rsplit_once('/').expect("a pointer");
    let table = new.pointer_mut(above).expect("it is there");
    table[field] = value;
    let mut changes = changes(&job(), &new);
    assert_eq!(changes.len(), 1);
    let change = changes.remove(0);
    assert_eq!(change.impact.kind, expected, "{pointer}: {change:?}");
    change
}

#[test]
fn what_restarts_and_what_does_not() {
    use ImpactKind::{Instances, Nothing, Restart, UpdateSettings};
    check("/contact", json!("me@example.org"), Restart);
    check("/enable_hooks", json!(true), Restart);
    check("/cron_collision_policy", json!("CANCEL_NEW"), Restart);
    check("/task_links", json!({ "a": "http://b" }), Restart);
    check("/task/resources/ram", json!(1_048_577), Restart);
    check("/task/name", json!("other"), Restart);
    check("/instances", json!(5), Instances);
    check("/update_config", json!({ "batch_size": 2 }), UpdateSettings);
    // These are the defaults.
    check("/enable_hooks", json!(false), Nothing);
    check("/max_task_failures", json!(1), Nothing);
    check("/production", json!(false), Nothing);
    check("/task/max_concurrency", json!(0), Nothing);
    check("/task/resources/cpu", json!(1.0), Nothing);
    check("/update_config", json!({ "batch_size": 1 }), Nothing);
}

#[test]
fn the_order_of_lists_is_seen_by_the_scheduler_only() {
    let reversed = |pointer: &str| {
        let mut list = job().pointer(pointer).expect("it is there").clone();
        list.as_array_mut().expect("a list").reverse();
        check(pointer, list, ImpactKind::Restart)
    };
    assert!(reversed("/metadata").rewritten);
    assert!(reversed("/task/constraints").rewritten);
    assert!(reversed("/task/processes").rewritten);
}

#[test]
fn chains_of_constraints_are_their_pairs() {
    let chain = json!([{ "order": ["x", "y", "z"] }]);
    let change = check("/task/constraints", chain, ImpactKind::Restart);
    assert!(change.rewritten && change.order.is_empty());
    let other = json!([{ "order": ["x", "z"] }, { "order": ["x", "y"] }]);
    let change = check("/task/constraints", other, ImpactKind::Restart);
    assert_eq!(change.order.added, [["x", "z"].map(str::to_owned)]);
    assert_eq!(change.order.removed, [["y", "z"].map(str::to_owned)]);
}

#[test]
fn another_executor_has_its_own_data() {
    let with = |command: &str| {
        let mut job = job();
        job["executor_config"] = json!({ "name": "mine", "data": "x" });
        job["task"]["processes"][0]["cmdline"] = json!(command);
        job
    };
    let kind = |command: &str| changes(&with("true"), &with(command))[0].impact.kind;
    assert_eq!(kind("false"), ImpactKind::Nothing);
    // The scheduler is told the ports.
    assert_eq!(kind("{{thermos.ports[http]}}"), ImpactKind::Restart);
}

#[test]
fn long_tables_are_folded() {
    let comparison = |count: usize| {
        let change = changes(&job(), &json!({})).remove(0);
        Comparison {
            old: "a".to_owned(),
            new: "b".to_owned(),
            summary: Summary::default(),
            jobs: vec![change; count],
            not_compared: Vec::new(),
        }
    };
    assert!(!markdown(&comparison(25)).contains("the jobs"));
    assert!(markdown(&comparison(26)).contains("<details><summary>the jobs</summary>\n\n| |"));
}

#[test]
fn foreign_jobs_of_any_shape() {
    for value in [
        json!({}),
        json!({ "task": 1 }),
        json!({ "task": { "processes": [1, {}] } }),
    ] {
        assert_eq!(changes(&job(), &value).len(), 1);
        assert_eq!(changes(&value, &job()).len(), 1);
    }
}

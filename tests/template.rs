//! References come to the same wherever a job is held: as a definition, as a file's tree with places,
//! and as JSON without.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jobc::front::{self, Format};
use jobc::model::Job;
use jobc::source::SourceFile;
use jobc::template::{Added, Agent, Json, Names, OfFile, OfJob, Scope, Tree};
use serde_json::Value;

use crate::harness::report;

const JOB: &str = r#"{
    "cluster": "c", "role": "www", "environment": "e", "name": "job",
    "contact": "{{name}}@{{x}}", "tier": "{{tier}}", "announce": {"zk_path": "/{{role}}"},
    "constraints": {"rack": "a,b"}, "metadata": [{"key": "k", "value": "of {{name}}"}],
    "container": {"docker": {"image": "i"}}, "update_config": {"watch_secs": 9},
    "task": {
        "user": "u", "resources": {"cpu": 1, "ram": 5242880, "disk": 6291456},
        "processes": [
            {"name": "p", "cmdline": "run $$ ${HOME}", "max_failures": 4, "daemon": true},
            {"name": "q", "cmdline": "{{cmdline}}"}
        ]
    }
}"#;

/// What stands in the first process' command, and what it comes to.
const TEXTS: &[(&str, &str)] = &[
    ("{{role}} {{cluster}} {{environment}}", "www c e"),
    (
        "{{name}} {{task.name}} {{super.name}} {{super.super.role}}",
        "p p job www",
    ),
    (
        "{{self.name}} {{.role}} {{&role}} ${HOME} {x} {{} }} {{",
        "p www www ${HOME} {x} {{} }} {{",
    ),
    (
        "{{mesos.instance}}{{mesos.hostname}}{{mesos.role}}{{mesos.cluster}}",
        "7hostwwwc",
    ),
    (
        "{{thermos.user}} {{thermos.task_id}} {{thermos.ports[http]}}",
        "www id 80",
    ),
    (
        "{{processes[0].name}}{{task.processes[1].name}}{{processes[-1].name}}",
        "pqq",
    ),
    ("{{task.processes[0].cmdline}}", "run $$ ${HOME}"),
    (
        "{{max_failures}} {{min_duration}} {{daemon}} {{final}}",
        "4 5 True False",
    ),
    (
        "{{resources.cpu}} {{task.resources.ram}} {{resources.gpu}} {{user}}",
        "1.0 5242880 0 u",
    ),
    (
        "{{instances}} {{service}} {{cron_collision_policy}} {{priority}}",
        "1 False KILL_EXISTING 0",
    ),
    (
        "{{announce.primary_port}} {{announce.portmap[aurora]}} {{announce.zk_path}}",
        "http http /www",
    ),
    (
        "{{constraints[rack]}} {{metadata[0].key}} {{metadata[0].value}}",
        "a,b k of p",
    ),
    (
        "{{update_config.watch_secs}} {{update_config.batch_size}}",
        "9 1",
    ),
    (
        "{{health_check_config.interval_secs}} {{health_check_config.health_checker.http.endpoint}}",
        "10.0 /health",
    ),
    (
        "{{lifecycle.http.port}} {{executor_config.name}}",
        "health AuroraExecutor",
    ),
    ("{{x}}", "`{{x}}` is unknown here"),
    ("{{contact}}", "`{{x}}` is unknown here"),
    ("{{cpu}}", "`{{cpu}}` is unknown here"),
    ("{{primary_port}}", "`{{primary_port}}` is unknown here"),
    (
        "{{processes[2].name}}",
        "`{{processes[2].name}}` is unknown here",
    ),
    (
        "{{processes[-3].name}}",
        "`{{processes[-3].name}}` is unknown here",
    ),
    ("{{logger.mode}}", "`{{logger.mode}}` is unknown here"),
    ("{{name.x}}", "`{{name.x}}` is unknown here"),
    ("{{self}}", "`{{self}}` is unknown here"),
    ("{{super}}", "`{{super}}` is unknown here"),
    ("{{&x}}", "`{{x}}` is unknown here"),
    (
        "{{mesos.environment}}",
        "`{{mesos.environment}}` is unknown here",
    ),
    ("{{thermos.ports}}", "`{{thermos.ports}}` is unknown here"),
    (
        "{{thermos.ports[a].b}}",
        "`{{thermos.ports[a].b}}` is unknown here",
    ),
    (
        "{{docker.image[a][b]}}",
        "`{{docker.image[a][b]}}` is unknown here",
    ),
    (
        "{{container.docker.image}}",
        "`{{container.docker.image}}` is unknown here",
    ),
    (
        "{{container}}",
        "`{{container}}` is a table or a list, not text",
    ),
    ("{{task}}", "`{{task}}` is a table or a list, not text"),
    (
        "{{processes[0]}}",
        "`{{processes[0]}}` is a table or a list, not text",
    ),
    (
        "{{constraints}}",
        "`{{constraints}}` is a table or a list, not text",
    ),
    (
        "{{metadata}}",
        "`{{metadata}}` is a table or a list, not text",
    ),
    ("{{tier}}", "the value of `{{tier}}` leads back to itself"),
    (
        "{{processes[1].cmdline}}",
        "the value of `{{cmdline}}` leads back to itself",
    ),
    ("{{ role }}", "`{{ role }}` is no reference"),
    (
        "{{thermos.ports[{{name}}]}}",
        "`{{thermos.ports[p]}}` is unknown here",
    ),
];

fn the_same_wherever_a_job_is_held() {
    let job: Job = serde_json::from_str(JOB).expect("it is a job");
    let value: Value = serde_json::from_str(JOB).expect("it is JSON");
    let file = SourceFile::new("job.json", JOB);
    let node = front::load(&file, Format::Json);
    let node = node.value.expect("it is JSON").tree;
    let agent = Agent {
        instance: 7,
        hostname: "host".to_owned(),
        task_id: "id".to_owned(),
        ports: BTreeMap::from([("http".to_owned(), 80)]),
    };
    let asked = RefCell::default();
    let added = Added::Agents(&agent, &asked);
    let mut failures = Vec::new();
    for (text, expected) in TEXTS {
        let process = &job.task.processes[0];
        let tables = [
            OfJob::table(&job),
            OfJob::table(&job.task),
            OfJob::table(process),
        ];
        let found = [
            ("a definition", filled(tables, added, text)),
            ("a tree", filled(of_file(&node), added, text)),
            ("JSON", filled(of_file(Json::Value(&value)), added, text)),
        ];
        for (held, found) in found {
            if found != *expected {
                failures.push(format!(
                    "{text} in {held}: expected {expected:?}, found {found:?}"
                ));
            }
        }
    }
    report(&failures);
}

/// The tables around a field of the first process.
fn of_file<'a, T: Tree<'a>>(job: T) -> [OfFile<T>; 3] {
    let job = OfFile::job(job);
    let task = job.key("task").expect("it has one");
    let processes = task.key("processes").expect("it has some");
    let process = processes.element(0).expect("it has one");
    [job, task, process]
}

fn filled<'a, N: Names<'a>>([job, task, process]: [N; 3], added: Added<'a>, text: &str) -> String {
    let scope = Scope::new(job, added).inside(task).inside(process);
    let filled = scope.complete(text);
    filled.unwrap_or_else(|trouble| trouble.to_string())
}

tests! { the_same_wherever_a_job_is_held }

//! Mistakes: each changes a valid job in one respect, and is told by one code alone.

use serde_json::{Map, Value, json};

use super::choices::Choices;

/// Who refuses a job with the mistake, as measured with the real client and read in the sources of
/// the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Aurora's client, when the job is loaded or sent.
    Client,
    /// Aurora's client or the scheduler, when an update is started.
    Update,
    /// The scheduler, when the job is submitted.
    Scheduler,
    /// The executor, when the task is on its node.
    Executor,
    /// jobc alone, which is stricter: it takes numbers for numbers, and none that make no sense;
    /// or it is about something that Aurora does not have.
    Jobc,
}

/// A mistake.
pub struct Mutation {
    /// What is wrong.
    pub what: &'static str,
    /// The code that it is told by.
    pub code: &'static str,
    /// Who else refuses it.
    pub by: By,
    /// Makes it.
    pub apply: fn(&mut Value, &mut Choices<'_>),
}

macro_rules! mutations {
    ($($what:literal $code:literal $by:ident $apply:expr;)+) => {
        /// All mistakes.
        pub const MUTATIONS: &[Mutation] = &[$(Mutation {
            what: $what,
            code: $code,
            by: By::$by,
            apply: $apply,
        }),+];
    };
}

mutations! {
    "without /cluster" "missing-field" Client |job, _| remove(job, "/cluster");
    "without /role" "missing-field" Client |job, _| remove(job, "/role");
    "without /environment" "missing-field" Client |job, _| remove(job, "/environment");
    "without /task" "missing-field" Client |job, _| remove(job, "/task");
    "without /task/processes" "missing-field" Client |job, _| remove(job, "/task/processes");
    "without /task/resources" "missing-field" Client |job, _| remove(job, "/task/resources");
    "without /task/processes/0/name" "missing-field" Client |job, _| remove(job, "/task/processes/0/name");
    "without /task/processes/0/cmdline" "missing-field" Client |job, _| remove(job, "/task/processes/0/cmdline");
    "without /task/resources/cpu" "missing-field" Client |job, _| remove(job, "/task/resources/cpu");
    "without /task/resources/ram" "missing-field" Client |job, _| remove(job, "/task/resources/ram");
    "without /task/resources/disk" "missing-field" Client |job, _| remove(job, "/task/resources/disk");
    "a new field in ``" "unknown-field" Client |job, _| set(job, "/strange", json!(1));
    "a new field in `/task`" "unknown-field" Client |job, _| set(job, "/task/strange", json!(1));
    "a new field in `/task/processes/0`" "unknown-field" Client |job, _| set(job, "/task/processes/0/strange", json!(1));
    "a new field in `/task/resources`" "unknown-field" Client |job, _| set(job, "/task/resources/strange", json!(1));
    "an old or foreign spelling, /health_check_config/endpoint" "unknown-field" Client |job, _| set(job, "/health_check_config/endpoint", json!("/x"));
    "an old or foreign spelling, /health_check_config/expected_response_code" "unknown-field" Client |job, _| set(job, "/health_check_config/expected_response_code", json!(200));
    "an old or foreign spelling, /update_config/restart_threshold" "unknown-field" Client |job, _| set(job, "/update_config/restart_threshold", json!(60));
    "an old or foreign spelling, /announce/port_map" "unknown-field" Client |job, _| set(job, "/announce/port_map", json!({}));
    "an old or foreign spelling, /update_config/batch_sizes" "unknown-field" Client |job, _| set(job, "/update_config/batch_sizes", json!([1]));
    "null at /contact" "wrong-type" Client |job, _| set(job, "/contact", Value::Null);
    "null at /instances" "wrong-type" Client |job, _| set(job, "/instances", Value::Null);
    "null at /task/name" "wrong-type" Client |job, _| set(job, "/task/name", Value::Null);
    "null at /task/processes/0/cmdline" "wrong-type" Client |job, _| set(job, "/task/processes/0/cmdline", Value::Null);
    "null at /task/processes/0/max_failures" "wrong-type" Client |job, _| set(job, "/task/processes/0/max_failures", Value::Null);
    "null at /update_config" "wrong-type" Client |job, _| set(job, "/update_config", Value::Null);
    "null at /tier" "wrong-type" Client |job, _| set(job, "/tier", Value::Null);
    "'3' at /instances" "wrong-type" Jobc |job, _| set(job, "/instances", json!("3"));
    "'true' at /service" "wrong-type" Jobc |job, _| set(job, "/service", json!("true"));
    "5 at /task/processes/0/cmdline" "wrong-type" Jobc |job, _| set(job, "/task/processes/0/cmdline", json!(5));
    "a umask that is a number" "wrong-type" Jobc |job, _| set(job, "/task/processes/0/umask", json!(27));
    "a umask that is not octal" "bad-value" Jobc |job, _| set(job, "/task/processes/0/umask", json!("028"));
    "a nice of 20" "bad-value" Jobc |job, _| set(job, "/task/processes/0/nice", json!(20));
    "a variable that is a number" "wrong-type" Jobc |job, _| set(job, "/task/processes/0/env", json!({ "A": 1 }));
    "a variable with a dash" "bad-value" Jobc |job, _| set(job, "/task/processes/0/env", json!({ "A-B": "" }));
    "a variable of the shell's" "shell-variable" Jobc |job, _| set(job, "/task/processes/0/env", json!({ "UID": "" }));
    "a variable of a relative file" "relative-file" Jobc |job, _| set(job, "/task/processes/0/env", json!({ "A": { "file": "x" } }));
    "a variable with NUL" "nul-in-value" Jobc |job, _| set(job, "/task/processes/0/env", json!({ "A": "\0" }));
    "a path with a colon" "no-directory" Jobc |job, _| set(job, "/task/processes/0/path", json!(["a:b"]));
    "an empty directory" "no-directory" Jobc |job, _| set(job, "/task/processes/0/directory", json!(""));
    "another user" "not-in-aurora" Jobc |job, _| set(job, "/task/processes/0/user", json!("nobody"));
    "state" "not-in-aurora" Jobc |job, _| set(job, "/state", json!({ "data": {} }));
    "{} at /task/processes" "wrong-type" Client |job, _| set(job, "/task/processes", json!({}));
    "[] at /task" "wrong-type" Client |job, _| set(job, "/task", json!([]));
    "'1' at /task/resources/cpu" "wrong-type" Jobc |job, _| set(job, "/task/resources/cpu", json!("1"));
    "[] at /update_config" "wrong-type" Client |job, _| set(job, "/update_config", json!([]));
    "['a'] at /constraints" "wrong-type" Client |job, _| set(job, "/constraints", json!(["a"]));
    "'http' at /announce/portmap" "wrong-type" Client |job, _| set(job, "/announce/portmap", json!("http"));
    "{ 'key': 'a', 'value': 'b' } at /metadata" "wrong-type" Client |job, _| set(job, "/metadata", json!({ "key": "a", "value": "b" }));
    "1 at /task/processes/0/daemon" "wrong-type" Jobc |job, _| set(job, "/task/processes/0/daemon", json!(1));
    "{} at /role" "wrong-type" Client |job, _| set(job, "/role", json!({}));
    "'file' at /task/processes/0/logger" "wrong-type" Client |job, _| set(job, "/task/processes/0/logger", json!("file"));
    "0 at /instances" "bad-value" Client |job, _| set(job, "/instances", json!(0));
    "-1 at /instances" "bad-value" Client |job, _| set(job, "/instances", json!(-1));
    "1.5 at /instances" "bad-value" Jobc |job, _| set(job, "/instances", json!(1.5));
    "a number of 33 bits at /instances" "bad-value" Client |job, _| set(job, "/instances", json!(2_147_483_648_i64));
    "'a b' at /role" "bad-value" Client |job, _| set(job, "/role", json!("a b"));
    "'' at /role" "bad-value" Client |job, _| set(job, "/role", json!(""));
    "'a/b' at /cluster" "bad-value" Jobc |job, _| set(job, "/cluster", json!("a/b"));
    "'caf\u{e9}' at /name" "bad-value" Client |job, _| set(job, "/name", json!("caf\u{e9}"));
    "'a b' at /environment" "bad-value" Client |job, _| set(job, "/environment", json!("a b"));
    "-1 at /task/processes/0/max_failures" "bad-value" Jobc |job, _| set(job, "/task/processes/0/max_failures", json!(-1));
    "'5 min' at /task/processes/0/min_duration" "bad-value" Client |job, _| set(job, "/task/processes/0/min_duration", json!("5 min"));
    "-1 at /task/max_concurrency" "bad-value" Jobc |job, _| set(job, "/task/max_concurrency", json!(-1));
    "'RUN_OVERLAP' at /cron_collision_policy" "bad-value" Scheduler |job, _| set(job, "/cron_collision_policy", json!("RUN_OVERLAP"));
    "'SKIP' at /cron_collision_policy" "bad-value" Client |job, _| set(job, "/cron_collision_policy", json!("SKIP"));
    "{ 'destination': 'syslog' } at /task/processes/0/logger" "bad-value" Client |job, _| set(job, "/task/processes/0/logger", json!({ "destination": "syslog" }));
    "{ 'mode': 'ROTATE' } at /task/processes/0/logger" "bad-value" Client |job, _| set(job, "/task/processes/0/logger", json!({ "mode": "ROTATE" }));
    "{ 'rack': 'limit:x' } at /constraints" "bad-value" Client |job, _| set(job, "/constraints/rack", json!("limit:x"));
    "{ 'rack': 'limit:0' } at /constraints" "bad-value" Jobc |job, _| set(job, "/constraints/rack", json!("limit:0"));
    "{ 'rack': '' } at /constraints" "bad-value" Jobc |job, _| set(job, "/constraints/rack", json!(""));
    "'64 megs' at /task/resources/ram" "bad-value" Client |job, _| set(job, "/task/resources/ram", json!("64 megs"));
    "-1 at /task/resources/cpu" "bad-value" Client |job, _| set(job, "/task/resources/cpu", json!(-1));
    "'.hidden' at /task/processes/0/name" "bad-value" Client |job, _| set(job, "/task/processes/0/name", json!(".hidden"));
    "'a/b' at /task/processes/0/name" "bad-value" Client |job, _| set(job, "/task/processes/0/name", json!("a/b"));
    "'' at /task/processes/0/name" "bad-value" Client |job, _| set(job, "/task/processes/0/name", json!(""));
    "{ 'watch_secs': -1 } at /update_config" "bad-value" Client |job, _| set(job, "/update_config/watch_secs", json!(-1));
    "{ 'batch_size': 0 } at /update_config" "bad-value" Update |job, _| set(job, "/update_config/batch_size", json!(0));
    "{ 'max_total_failures': -1 } at /update_config" "bad-value" Scheduler |job, _| set(job, "/update_config/max_total_failures", json!(-1));
    "{ 'interval_secs': -1 } at /health_check_config" "bad-value" Client |job, _| set(job, "/health_check_config/interval_secs", json!(-1));
    "{ 'initial_interval_secs': -1 } at /health_check_config" "bad-value" Client |job, _| set(job, "/health_check_config/initial_interval_secs", json!(-1));
    "{ 'max_consecutive_failures': -1 } at /health_check_config" "bad-value" Client |job, _| set(job, "/health_check_config/max_consecutive_failures", json!(-1));
    "{ 'min_consecutive_successes': -1 } at /health_check_config" "bad-value" Client |job, _| set(job, "/health_check_config/min_consecutive_successes", json!(-1));
    "-2 at /max_task_failures" "bad-value" Jobc |job, _| set(job, "/max_task_failures", json!(-2));
    "a number of 33 bits at /priority" "bad-value" Client |job, _| set(job, "/priority", json!(2_147_483_648_i64));
    "no processes" "no-processes" Jobc |job, _| {
        // Whatever refers to them goes, too.
        let fields = job.as_object_mut().expect("it is a table");
        fields.retain(|field, _| ["cluster", "role", "environment", "task"].contains(&field.as_str()));
        set(job, "/name", json!("hello"));
        set(job, "/task/name", json!("t"));
        set(job, "/task/processes", json!([]));
        remove(job, "/task/constraints");
    };
    "two processes of one name" "duplicate-process" Jobc |job, _| {
        let mut twin = at(job, "/task/processes/0").clone();
        remove(&mut twin, "/after");
        push(job, twin);
    };
    "a name of too many bytes" "process-name" Executor |job, _| push(job, process(&"\u{e9}".repeat(200)));
    "a name that becomes none" "process-name" Client |job, _| push(job, process("{{mesos.hostname}}"));
    "a job without a name to take" "unnamed-job" Client |job, _| {
        remove(job, "/name");
        set(job, "/task/name", json!("a task"));
    };
    "an unknown process in an order" "unknown-process" Client |job, _| {
        let first = at(job, "/task/processes/0/name").clone();
        order(job, &json!([first, "nobody"]));
    };
    "an order of unknown processes" "unknown-process" Jobc |job, _| order(job, &json!(["nobody", "nothing"]));
    "an order of nothing" "empty-order" Client |job, _| order(job, &json!([]));
    "a process twice in an order" "repeated-process" Client |job, _| {
        push(job, process("twice"));
        order(job, &json!(["twice", "twice"]));
    };
    "an order of final and other processes" "final-order" Client |job, _| {
        push(job, process("early"));
        push(job, with(process("late"), "final"));
        order(job, &json!(["early", "late"]));
    };
    "an order after a daemon" "after-daemon" Client |job, _| {
        push(job, with(process("never"), "daemon"));
        push(job, process("waits"));
        order(job, &json!(["never", "waits"]));
    };
    "an order after an ephemeral process" "after-ephemeral" Client |job, _| {
        push(job, with(process("fleeting"), "ephemeral"));
        push(job, process("waits"));
        order(job, &json!(["fleeting", "waits"]));
    };
    "a circle" "order-cycle" Client |job, _| {
        for name in ["a", "b", "c"] {
            push(job, process(name));
        }
        order(job, &json!(["a", "b", "c"]));
        order(job, &json!(["c", "a"]));
    };
    "an unknown package" "unknown-package" Jobc |job, c| command(job, c, "${pkgs.nothing}");
    "a reference that is none" "bad-reference" Jobc |job, c| command(job, c, "${pkgs.}");
    "a NUL in a command" "nul-in-command" Executor |job, c| command(job, c, "a\0b");
    "an unknown reference" "unbound-template" Client |job, c| command(job, c, "{{nothing}}");
    "an unknown reference in the health check" "unbound-template" Client |job, _| set(job, "/health_check_config/health_checker", json!({ "shell": { "shell_command": "{{nothing}}" } }));
    "an unknown reference in metadata" "unbound-template" Client |job, _| set(job, "/metadata", json!([{ "key": "a", "value": "{{nothing}}" }]));
    "an escaped unknown reference" "unbound-template" Client |job, c| command(job, c, "{{&nothing}}");
    "a port without a name" "unbound-template" Client |job, c| command(job, c, "{{thermos.ports}}");
    "a port with a bad name" "bad-value" Jobc |job, _| set(job, "/ports", json!({ "a b": {} }));
    "a port without a number" "bad-value" Jobc |job, _| set(job, "/ports", json!({ "a": 0 }));
    "ports with one number" "duplicate-port" Jobc |job, _| set(job, "/ports", json!({ "a": 1, "b": { "number": 1 } }));
    "a reference to no port" "bad-reference" Jobc |job, c| command(job, c, "${ports.}");
    "a reference to nothing of a node" "bad-reference" Jobc |job, c| command(job, c, "${job.nothing}");
    "references in each other" "unbound-template" Executor |job, c| command(job, c, "{{thermos.ports[{{mesos.instance}}]}}");
    "braces around something else" "template-syntax" Client |job, c| command(job, c, "{{ role }}");
    "a value that leads to itself" "endless-template" Client |job, _| set(job, "/contact", json!("{{contact}}"));
    "a reference to a table" "template-not-text" Jobc |job, c| command(job, c, "{{resources}}");
    "no processor" "too-few-resources" Client |job, _| set(job, "/task/resources/cpu", json!(0));
    "too little memory" "too-few-resources" Client |job, _| set(job, "/task/resources/ram", json!(64));
    "too little disk" "too-few-resources" Client |job, _| set(job, "/task/resources/disk", json!("1023 KB"));
    "an unknown environment" "unknown-environment" Scheduler |job, _| set(job, "/environment", json!("production"));
    "a cron job that is a service" "cron-service" Scheduler |job, _| {
        set(job, "/service", json!(true));
        set(job, "/cron_schedule", json!("0 4 * * *"));
    };
    "a schedule that is none" "cron-schedule" Scheduler |job, c| {
        remove(job, "/service");
        set(job, "/cron_schedule", json!(c.of(&["@daily", "0 4 * * 7", "60 * * * *", "1 1 1 1 1", "0 0 31 4 *"])));
    };
    "hosts of another role" "dedicated" Scheduler |job, _| {
        remove(job, "/announce");
        lift_failures(job);
        set(job, "/constraints/dedicated", json!("ads/db"));
    };
    "two values of dedicated hosts" "dedicated" Scheduler |job, _| {
        lift_failures(job);
        set(job, "/constraints/dedicated", json!("*/a,*/b"));
    };
    "a negated dedicated constraint" "dedicated" Scheduler |job, _| {
        lift_failures(job);
        set(job, "/constraints/dedicated", json!("!*/a"));
    };
    "more failures than instances" "update-failures" Client |job, _| {
        set(job, "/instances", json!(3));
        set(job, "/update_config/max_total_failures", json!(3));
    };
    "too few failures on dedicated hosts" "update-failures" Client |job, _| {
        set(job, "/instances", json!(100));
        set(job, "/constraints/dedicated", json!("*/db"));
        set(job, "/update_config/max_total_failures", json!(1));
    };
    "a short pulse" "update-config" Update |job, _| set(job, "/update_config/pulse_interval_secs", json!(59));
    "a long watch" "update-config" Update |job, _| set(job, "/update_config/watch_secs", json!(2_147_484));
    "a batch size beside a strategy" "update-config" Update |job, _| {
        set(job, "/update_config/batch_size", json!(2));
        set(job, "/update_config/update_strategy", json!({ "queue": {} }));
        remove(job, "/update_config/wait_for_batch_completion");
    };
    "an update that keeps no policy" "update-config" Update |job, _| {
        remove(job, "/sla_policy");
        set(job, "/update_config/sla_aware", json!(true));
    };
    "a fixed port on shared hosts" "static-port" Client |job, _| {
        lift_failures(job);
        remove(job, "/constraints/dedicated");
        set(job, "/announce", json!({ "portmap": { "http": "80" } }));
    };
    "ports named after each other" "port-cycle" Client |job, _| set(job, "/announce", json!({ "portmap": { "a": "b", "b": "a" } }));
    "a policy of a job that may be preempted" "sla-policy" Scheduler |job, _| {
        set(job, "/tier", json!("preemptible"));
        set(job, "/sla_policy", json!({ "coordinator": { "coordinator_url": "u" } }));
    };
    "a policy that lets nothing be taken" "sla-policy" Scheduler |job, _| {
        lift_failures(job);
        set(job, "/instances", json!(30));
        set(job, "/tier", json!("preferred"));
        set(job, "/sla_policy", json!({ "count": { "count": 30, "duration_secs": 60 } }));
    };
    "a policy of few instances" "sla-limit" Scheduler |job, _| {
        lift_failures(job);
        set(job, "/instances", json!(19));
        set(job, "/tier", json!("preferred"));
        set(job, "/sla_policy", json!({ "count": { "count": 1, "duration_secs": 60 } }));
    };
    "a policy of many hours" "sla-limit" Scheduler |job, _| {
        lift_failures(job);
        set(job, "/instances", json!(20));
        set(job, "/tier", json!("preferred"));
        set(job, "/sla_policy", json!({ "percentage": { "percentage": 50, "duration_secs": "3h" } }));
    };
    "a tier that is no name" "tier-name" Scheduler |job, _| {
        remove(job, "/sla_policy");
        remove(job, "/update_config/sla_aware");
        set(job, "/tier", json!("a tier"));
    };
    "metadata beyond ASCII" "metadata-ascii" Client |job, _| set(job, "/metadata", json!([{ "key": "\u{e9}", "value": "" }]));
    "too many instances" "scheduler-flag" Scheduler |job, _| {
        lift_failures(job);
        set(job, "/instances", json!(4001));
        set(job, "/update_config/max_per_shard_failures", json!(0));
    };
    "an update of too many failures" "scheduler-flag" Update |job, _| {
        lift_failures(job);
        set(job, "/instances", json!(4000));
        set(job, "/update_config/max_per_shard_failures", json!(6));
    };
    "logs rotated into nothing" "log-rotation" Executor |job, _| set(job, "/task/processes/0/logger", json!({ "mode": "rotate", "rotate": { "backups": 0 } }));
    "health checks without time" "health-times" Executor |job, _| set(job, "/health_check_config/interval_secs", json!(0));
    "a choice that JSON cannot carry" "not-in-json" Client |job, _| {
        set(job, "/update_config/update_strategy", json!({ "variable_batch": { "batch_sizes": [1] } }));
        remove(job, "/update_config/batch_size");
        remove(job, "/update_config/wait_for_batch_completion");
    };
    "a container that JSON cannot carry" "not-in-json" Client |job, _| set(job, "/container", json!({ "mesos": {} }));
    "a store path that is none" "bad-store-path" Jobc |job, c| {
        set(job, "/packages/other", json!("/nix/store/short-name"));
        command(job, c, "${pkgs.other}");
    };
}

/// The value at a place that is there.
fn at<'j>(job: &'j Value, pointer: &str) -> &'j Value {
    job.pointer(pointer).expect("it is there")
}

/// Writes a value, with the tables that lead to it.
fn set(job: &mut Value, pointer: &str, value: Value) {
    let (table, field) = pointer.rsplit_once('/').expect("it has a field");
    if job.pointer(table).is_none() {
        set(job, table, Map::new().into());
    }
    let table = job.pointer_mut(table).expect("it is there now");
    table[field] = value;
}

/// Removes a field, if it is there.
fn remove(job: &mut Value, pointer: &str) {
    let (table, field) = pointer.rsplit_once('/').expect("it has a field");
    let table = job.pointer_mut(table).and_then(Value::as_object_mut);
    if let Some(table) = table {
        table.remove(field);
    }
}

/// Adds a process.
fn push(job: &mut Value, process: Value) {
    let processes = job.pointer_mut("/task/processes");
    let processes = processes.and_then(Value::as_array_mut);
    processes.expect("there are some").push(process);
}

fn process(name: &str) -> Value {
    json!({ "name": name, "cmdline": "true" })
}

fn with(mut process: Value, flag: &str) -> Value {
    process[flag] = true.into();
    process
}

/// Adds an order.
fn order(job: &mut Value, order: &Value) {
    if job.pointer("/task/constraints").is_none() {
        set(job, "/task/constraints", json!([]));
    }
    let orders = job.pointer_mut("/task/constraints");
    let orders = orders.and_then(Value::as_array_mut);
    let constraint = json!({ "order": order });
    orders.expect("it is a list").push(constraint);
}

/// Adds to the command of some process.
fn command(job: &mut Value, c: &mut Choices<'_>, more: &str) {
    let many = at(job, "/task/processes").as_array().map_or(0, Vec::len);
    let pointer = format!("/task/processes/{}/cmdline", c.below(many));
    let text = at(job, &pointer).as_str().unwrap_or_default();
    let text = format!("{text} {more}");
    set(job, &pointer, text.into());
}

/// Lets no limit of failures stand in the way of another number of instances.
fn lift_failures(job: &mut Value) {
    remove(job, "/update_config/max_total_failures");
    remove(job, "/constraints/dedicated");
    remove(job, "/announce");
    set(job, "/instances", json!(3));
}

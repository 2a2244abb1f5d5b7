//! Definitions of jobs in which nothing is wrong, over the whole model.

use serde_json::{Map, Value, json};

use super::choices::Choices;

/// What instances and constraints say about the rest of the job.
struct Shape {
    instances: usize,
    dedicated: bool,
}

/// A job.
pub fn job(c: &mut Choices<'_>) -> Value {
    let shape = Shape {
        instances: c.of(&[1, 2, 3, 20, 49, 50, 150]),
        dedicated: c.once_in(6),
    };
    let task = task(c);
    let mut job = Map::new();
    let mut set = |name: &str, value: Value| {
        job.insert(name.to_owned(), value);
    };
    set("cluster", c.of(&["devcluster", "west-1", "c"]).into());
    set("role", c.of(&["www", "www-data", "r_1.x"]).into());
    let environments = ["devel", "prod", "test", "staging", "staging7"];
    set("environment", c.of(&environments).into());
    let first = task["processes"][0]["name"].as_str().expect("it has one");
    let named = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric());
    let source = task.get("name").map_or(Some(first), Value::as_str);
    if !source.is_some_and(named) || !c.once_in(4) {
        set("name", c.of(&["hello", "a.b-c_d", "Web2"]).into());
    }
    set("task", task);
    if shape.instances != 1 {
        set("instances", shape.instances.into());
    }
    match c.below(5) {
        3 => set("service", true.into()),
        4 => {
            let schedules = ["0 4 * * *", "*/5 0-6 1,15 JAN *", "1-59/2 * * * mon-fri"];
            set("cron_schedule", c.of(&schedules).into());
            let policy = c.of(&[None, Some("KILL_EXISTING"), Some("CANCEL_NEW")]);
            set_some(&mut set, "cron_collision_policy", policy);
        }
        _ => {}
    }
    let some_text = |c: &mut Choices<'_>| c.once_in(5).then(|| text(c));
    set_some(&mut set, "contact", some_text(c));
    for (name, values) in [
        ("max_task_failures", json!([null, -1, 0, 3])),
        ("production", json!([null, false, true])),
        ("priority", json!([null, -10, 0, 200])),
        ("enable_hooks", json!([null, false, true])),
    ] {
        set_some(&mut set, name, one(c, &values));
    }
    set_some(&mut set, "constraints", constraints(c, &shape));
    let update = update(c, &shape);
    if update
        .as_ref()
        .is_some_and(|update| update.get("update_strategy").is_some())
    {
        set(
            "waive",
            json!({ "update-strategy": "another client updates it" }),
        );
    }
    set_some(&mut set, "update_config", update);
    set_some(&mut set, "health_check_config", health(c));
    set_some(&mut set, "lifecycle", lifecycle(c));
    set_some(&mut set, "announce", announce(c, &shape));
    set_some(&mut set, "container", container(c));
    set_some(
        &mut set,
        "task_links",
        c.once_in(6).then(|| json!({ "log": text(c) })),
    );
    set_some(&mut set, "partition_policy", partition(c));
    set_some(&mut set, "metadata", metadata(c));
    set_some(
        &mut set,
        "executor_config",
        one(
            c,
            &json!([null, {}, { "name": "AuroraExecutor" }, { "data": "" }]),
        ),
    );
    if c.once_in(6) {
        set("tier", "preferred".into());
        let mut policy = json!({ "coordinator_url": format!("https://example.org/{}", text(c)) });
        if c.once_in(2) {
            policy["status_key"] = "drain".into();
        }
        set("sla_policy", json!({ "coordinator": policy }));
    } else {
        let tier = c.of(&[
            None,
            Some("preemptible"),
            Some("preferred"),
            Some("revocable"),
        ]);
        set_some(&mut set, "tier", tier);
    }
    set_some(&mut set, "ports", ports(c));
    if c.once_in(3) {
        let python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7";
        set("packages", json!({ "python": python }));
        let command = &mut job["task"]["processes"][0]["cmdline"];
        let text = command.as_str().unwrap_or_default();
        *command = format!("{text} ${{pkgs.python}}/bin/python3").into();
    }
    job.into()
}

/// Declared ports, in each form.
fn ports(c: &mut Choices<'_>) -> Option<Value> {
    let http = c.of(&[json!(8080), json!({}), json!({ "number": 65535 })]);
    c.once_in(3)
        .then(|| json!({ "http": http, "admin-1": {}, "a_b": 1 }))
}

fn set_some(set: &mut impl FnMut(&str, Value), name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        set(name, value.into());
    }
}

/// One of the elements; null is none.
fn one(c: &mut Choices<'_>, values: &Value) -> Option<Value> {
    let values = values.as_array().expect("it is a list");
    Some(c.of(values)).filter(|value| !value.is_null())
}

/// A table with one of the values for each name, null being none.
fn table(c: &mut Choices<'_>, fields: &Value) -> Value {
    let fields = fields.as_object().expect("it is a table");
    let fields = fields.iter();
    fields
        .filter_map(|(name, values)| Some((name.clone(), one(c, values)?)))
        .collect::<Map<_, _>>()
        .into()
}

/// Text that means the same in every table, references included.
fn text(c: &mut Choices<'_>) -> String {
    let words = [
        "x",
        "{{role}}",
        "a b",
        "",
        "{{cluster}}-{{environment}}",
        "caf\u{e9} $HOME ${x:-1} $(id)",
        "{{task.name}}",
        "{{mesos.role}}/{{thermos.user}}",
        "line\nline \\ \"quoted\" 'too'\t{ } }} {",
        "{{task.processes[0].max_failures}}",
        "{{instances}}",
    ];
    let mut text = c.of(&words).to_owned();
    if c.once_in(3) {
        text += c.of(&words);
    }
    text
}

/// Text that the agent fills in, too.
fn command(c: &mut Choices<'_>) -> String {
    let words = [
        "",
        " {{mesos.instance}}",
        " {{thermos.ports[http]}}",
        " {{thermos.task_id}} {{mesos.hostname}}",
        " {{thermos.ports[health]}}",
        " {{name}} {{resources.cpu}} {{self.name}}",
        " {{&mesos.instance}}",
    ];
    format!("run {}{}", text(c), c.of(&words))
}

fn task(c: &mut Choices<'_>) -> Value {
    let many = c.of(&[1, 1, 2, 3, 4, 6, 9]);
    let mut processes: Vec<Value> = (0..many).map(|index| process(c, index)).collect();
    let is = |process: &Value, what: &str| process[what] == true;
    let mut orders: Vec<Vec<usize>> = Vec::new();
    for after in 1..many {
        let before = c.below(after);
        let (first, second) = (&processes[before], &processes[after]);
        let allowed = is(first, "final") == is(second, "final")
            && !is(first, "daemon")
            && (!is(first, "ephemeral") || is(second, "ephemeral"));
        if !allowed || c.once_in(3) {
            continue;
        }
        if c.once_in(3) {
            processes[after]["after"] = json!([processes[before]["name"]]);
        } else if let Some(order) = orders.last_mut().filter(|it| it.last() == Some(&before)) {
            order.push(after);
        } else {
            orders.push(vec![before, after]);
        }
    }
    let sizes = ["1 MB", "64 MB", "1GiB", "1024 KB"];
    let mut resources = json!({
        "cpu": c.of(&[1.0, 0.25, 2.5, 1e-3, 16.0]),
        "ram": c.of(&sizes),
        "disk": c.of(&[1 << 20, 1 << 30, (1 << 20) + 1, 1_i64 << 52]),
    });
    if let Some(gpu) = one(c, &json!([null, null, 0, 2])) {
        resources["gpu"] = gpu;
    }
    let mut task = json!({ "processes": processes, "resources": resources });
    if !orders.is_empty() || c.once_in(4) {
        let name = |&index: &usize| task["processes"][index]["name"].clone();
        let list =
            |order: &Vec<usize>| json!({ "order": order.iter().map(name).collect::<Value>() });
        task["constraints"] = orders.iter().map(list).collect();
    }
    let more = table(
        c,
        &json!({
            "name": [null, null, "t", "a task"],
            "max_failures": [null, 0, 1, 2],
            "max_concurrency": [null, 0, 1],
            "finalization_wait": [null, 0, 30, "1m"],
            "user": [null, "{{role}}"],
        }),
    );
    let fields = task.as_object_mut().expect("it is a table");
    fields.extend(more.as_object().expect("it is a table").clone());
    task
}

fn process(c: &mut Choices<'_>, index: usize) -> Value {
    let names = [
        "p",
        "web ",
        "x'$(y)",
        "\u{e9}-",
        "-",
        "{{role}}-",
        "\"\\",
        "p.x ",
    ];
    let mut process = table(
        c,
        &json!({
            "max_failures": [null, null, 0, 1, 100],
            "min_duration": [null, null, 0, "5s", "2m"],
            "daemon": [null, null, null, null, false, true],
            "ephemeral": [null, null, null, null, false, true],
            "final": [null, null, null, null, false, true],
            "resources": [null, null, null, { "cpu": 0.5, "ram": "1 B", "disk": 0 }],
            "logger": [
                null, null, null, {},
                { "destination": "console" },
                { "destination": "none", "mode": "standard" },
                { "mode": "rotate" },
                { "mode": "rotate", "rotate": { "log_size": "1 MB", "backups": 1 } },
            ],
        }),
    );
    surround(c, &mut process);
    process["name"] = format!("{}{index}", c.of(&names)).into();
    process["cmdline"] = command(c).into();
    process
}

/// Gives a process what it starts with.
fn surround(c: &mut Choices<'_>, process: &mut Value) {
    if !c.once_in(3) {
        return;
    }
    let values = table(
        c,
        &json!({
            "directory": [null, null, "a b", "/srv/{{role}}", "{{mesos.instance}}", "caf\u{e9}"],
            "path": [null, null, [], ["/opt/bin"], ["/opt/{{environment}}/bin", "bin'"]],
            "umask": [null, null, "022", "0077"],
            "nice": [null, null, 0, 19],
            "user": [null, null, "{{role}}"],
        }),
    );
    let fields = process.as_object_mut().expect("it is a table");
    fields.extend(values.as_object().expect("it is a table").clone());
    let many = c.of(&[0, 1, 1, 2, 4]);
    let variables = (0..many).map(|index| (format!("V{index}"), variable(c)));
    let env: Map<_, _> = variables.collect();
    if many > 0 || c.once_in(4) {
        process["env"] = env.into();
    }
}

fn variable(c: &mut Choices<'_>) -> Value {
    match c.below(4) {
        0 => json!({ "file": c.of(&["/run/x", "/run/{{role}}/it's"]) }),
        1 => c
            .of(&[
                "",
                "\u{1f600}\u{1}",
                "{{thermos.ports[http]}}",
                "'{{{{name}}'",
            ])
            .into(),
        // Those of commands have what shells expand.
        _ => text(c).replace('$', "").replace("(id)", "").into(),
    }
}

fn constraints(c: &mut Choices<'_>, shape: &Shape) -> Option<Value> {
    let mut constraints = table(
        c,
        &json!({
            "rack": [null, null, "limit:1", { "limit": 2 }],
            "host": [null, null, "a,b", { "any_of": ["a", "b c"] }],
            "zone": [null, null, "!west,east", { "none_of": ["{{cluster}}"] }],
        }),
    );
    if shape.dedicated {
        constraints["dedicated"] = c.of(&["*/db", "{{role}}/db"]).into();
    }
    let empty = constraints.as_object().is_some_and(Map::is_empty);
    (!empty || c.once_in(9)).then_some(constraints)
}

fn update(c: &mut Choices<'_>, shape: &Shape) -> Option<Value> {
    let least = if shape.dedicated {
        shape.instances / 50
    } else {
        0
    };
    if least == 0 && !c.once_in(3) {
        return None;
    }
    let mut update = table(
        c,
        &json!({
            "watch_secs": [null, 0, "1m", 2_147_483],
            "max_per_shard_failures": [null, 0, 3],
            "rollback_on_failure": [null, true, false],
            "pulse_interval_secs": [null, 60, 2_147_483],
        }),
    );
    let failures = least + c.below(shape.instances - least);
    if failures > 0 {
        update["max_total_failures"] = failures.into();
    }
    match c.below(4) {
        1 => update["batch_size"] = 2.into(),
        2 => update["wait_for_batch_completion"] = true.into(),
        3 => {
            let queue = table(c, &json!({ "batch_size": [null, 1, 5] }));
            update["update_strategy"] = json!({ "queue": queue });
        }
        _ => {}
    }
    Some(update)
}

fn health(c: &mut Choices<'_>) -> Option<Value> {
    if !c.once_in(4) {
        return None;
    }
    let mut health = table(
        c,
        &json!({
            "initial_interval_secs": [null, 0, 30.5, "1m"],
            "interval_secs": [null, 1, "500ms"],
            "timeout_secs": [null, 1.5],
            "max_consecutive_failures": [null, 0, 3],
            "min_consecutive_successes": [null, 1, 2],
        }),
    );
    match c.below(3) {
        1 => {
            let mut http = table(
                c,
                &json!({ "endpoint": [null, "/{{environment}}"], "expected_response_code": [null, 0, 200] }),
            );
            if c.once_in(2) {
                http["expected_response"] = text(c).into();
            }
            health["health_checker"] = json!({ "http": http });
        }
        2 => {
            health["health_checker"] = json!({ "shell": { "shell_command": command_of_job(c) } });
        }
        _ => {}
    }
    Some(health)
}

/// A command that stands outside all processes.
fn command_of_job(c: &mut Choices<'_>) -> String {
    let words = ["", " {{mesos.instance}}", " {{thermos.ports[http]}}"];
    format!("true {}{}", text(c), c.of(&words))
}

fn lifecycle(c: &mut Choices<'_>) -> Option<Value> {
    if !c.once_in(6) {
        return None;
    }
    let http = table(
        c,
        &json!({
            "port": [null, "http"],
            "graceful_shutdown_endpoint": [null, "/{{role}}"],
            "shutdown_endpoint": [null, "/abort"],
            "graceful_shutdown_wait_secs": [null, 0, "10s"],
            "shutdown_wait_secs": [null, 5],
        }),
    );
    Some(c.of(&[json!({}), json!({ "http": http })]))
}

fn announce(c: &mut Choices<'_>, shape: &Shape) -> Option<Value> {
    if !c.once_in(4) {
        return None;
    }
    let mut announce = table(
        c,
        &json!({
            "primary_port": [null, "http", "admin-{{environment}}"],
            "zk_path": [null, "/aurora/{{role}}"],
            "portmap": [null, {}, { "aurora": "http", "a": "b", "b": "c" }, { "x": "{{primary_port}}" }],
        }),
    );
    if shape.dedicated && c.once_in(2) {
        announce["portmap"] = json!({ "http": "8080", "admin": "http" });
    }
    Some(announce)
}

fn container(c: &mut Choices<'_>) -> Option<Value> {
    if !c.once_in(6) {
        return None;
    }
    let image = format!("python:{}", c.of(&["3", "{{environment}}"]));
    let mut docker = json!({ "image": image });
    match c.below(3) {
        1 => docker["parameters"] = json!([]),
        2 => docker["parameters"] = json!([{ "name": "env", "value": text(c) }]),
        _ => {}
    }
    Some(json!({ "docker": docker }))
}

fn partition(c: &mut Choices<'_>) -> Option<Value> {
    let fields = json!({ "reschedule": [null, true, false], "delay_secs": [null, 0, "5m"] });
    c.once_in(6).then(|| table(c, &fields))
}

fn metadata(c: &mut Choices<'_>) -> Option<Value> {
    let texts = ["", "a b", "{{role}}", "1"];
    let entry = |c: &mut Choices<'_>| json!({ "key": c.of(&texts), "value": c.of(&texts) });
    let many = c.of(&[0, 0, 0, 1, 2]);
    (many > 0).then(|| (0..many).map(|_| entry(c)).collect())
}

//! `jobc run` of several jobs together.

use std::collections::{BTreeMap, BTreeSet};

use jobc::compile::{Compiler, Planned, Until, every};
use jobc::registry::CODES;
use jobc::run::Compiled;
use jobc::target::aurora::AddedStep;
use jobc::template::Agent;
use jobc::workspace::Workspace;

use crate::harness::{Sandbox, small_key};

/// A job `c/r/devel/n` with these processes.
fn job(processes: &str) -> String {
    format!(
        "cluster = \"c\"\nrole = \"r\"\nenvironment = \"devel\"\nname = \"n\"\n\
         task.resources = {{ cpu = 1, ram = \"64 MB\", disk = \"64 MB\" }}\n{processes}"
    )
}

/// What a job waits by, and what for: pairs of names, the hashes of steps taken off.
fn order_of(processes: &str, awaited: bool) -> Vec<String> {
    let sandbox = Sandbox::new();
    sandbox.file("n.job.toml", job(processes));
    let root = sandbox.path();
    let opened = Workspace::open_at(root, root, CODES).expect("it is there");
    let workspace = opened.value.expect("it is right");
    let mut compiler = Compiler::new(&workspace).expect("it is there");
    if awaited {
        compiler.find_out_when_ready(BTreeSet::from([small_key()]));
    }
    let definitions = workspace.definitions().expect("there is one");
    let source = workspace.read_source(&definitions[0].path);
    let source = source.expect("it can be read").value.expect("it is text");
    let keep = |planned: Planned| planned.plan;
    let until = Until::Planned(&keep);
    let report = compiler.compile(&definitions[0], &source, &until, every);
    let plan = report.expect("nothing is imported").value.expect("a job");
    let plan = &plan.kept[0];
    let ours = Compiled::of_plan(plan).expect("a job");
    let agent = Agent {
        instance: 0,
        hostname: "host".to_owned(),
        task_id: "id".to_owned(),
        ports: BTreeMap::new(),
    };
    let task = ours.jobs[0].task(&agent).expect("a task");
    let added = AddedStep::of_plan(plan);
    let name = |index: usize| {
        let name = task.processes[index].name.as_str();
        let step = added.iter().find(|step| step.name == name);
        step.map_or(name, |step| step.identity.as_str()).to_owned()
    };
    let mut order: Vec<String> = (task.order.iter())
        .map(|&(before, after)| format!("{} -> {}", name(before), name(after)))
        .collect();
    let waits: BTreeSet<usize> = task.order.iter().flat_map(|it| [it.0, it.1]).collect();
    let alone = (0..task.processes.len()).filter(|index| !waits.contains(index));
    order.extend(alone.map(name));
    order.sort();
    order
}

fn steps_tell_when_a_job_is_ready() {
    let processes = "
        [[task.processes]]
        name = 'migrate'
        cmdline = 'x'
        [[task.processes]]
        name = 'db'
        cmdline = 'x'
        after = ['migrate']
        daemon = true
        ready.command = 'true'
        [[task.processes]]
        name = 'web'
        cmdline = 'x'
        ephemeral = true
        ready.command = 'true'
        [[task.processes]]
        name = 'last'
        cmdline = 'x'
        final = true
        ready.command = 'true'
    ";
    assert_eq!(order_of(processes, false), ["last", "migrate -> db", "web"]);
    // They come after what their processes come after, and nothing comes after them.
    assert_eq!(
        order_of(processes, true),
        [
            "await_ready_web",
            "last",
            "migrate -> await_ready_db",
            "migrate -> db",
            "web"
        ]
    );
    let none = "[[task.processes]]\nname = 'a'\ncmdline = 'x'\n";
    assert_eq!(order_of(none, true), ["a"]);
}

tests! {
    steps_tell_when_a_job_is_ready,
}

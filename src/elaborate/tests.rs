//! Documents of layers, and the jobs that they come to.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::diagnostic::Place;
use crate::front::{self, Format};
use crate::source::{Kind, Node, SourceFile, SourceMap};

use super::{Defaults, elaborate};

/// A value as JSON would have it, in the order of its keys.
fn shown(node: &Node) -> String {
    match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Boolean(value) => value.to_string(),
        Kind::Integer(value) => value.to_string(),
        Kind::Float(value) => value.to_string(),
        Kind::String(text) => text.clone(),
        Kind::Sequence(items) => {
            let items: Vec<_> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Mapping(entries) => {
            let mut entries: Vec<_> = entries
                .iter()
                .map(|entry| format!("{}: {}", entry.key, shown(&entry.value)))
                .collect();
            entries.sort();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// The jobs of a definition in a workspace with these settings, a line each, and what is wrong with its
/// layers.
fn elaborated(settings: &str, definition: &str) -> String {
    let load = |name: &str, text: &str| {
        let file = SourceFile::new(name.to_owned(), text.to_owned());
        front::load(&file, Format::Toml).value.expect("it is TOML")
    };
    let settings: SourceMap = load("jobc.toml", settings).into_map();
    let report = elaborate(load("job.toml", definition), Defaults::of(&settings));
    let loaded = report.value.expect("there is always a tree");
    let mut text = String::new();
    let jobs = match loaded.tree.get("jobs").map(|jobs| &jobs.kind) {
        Some(Kind::Sequence(jobs)) => jobs.clone(),
        _ => vec![loaded.tree.clone()],
    };
    for job in &jobs {
        writeln!(text, "{}", shown(job)).expect("a string takes all");
    }
    for problem in report.diagnostics {
        let Place::Span(location) = problem.place() else {
            panic!("{problem:?} is not located");
        };
        let (line, column) = location.file.line_column(location.span.start as usize);
        let file = location.file.name();
        writeln!(
            text,
            "{file}:{line}:{column} {}: {}",
            problem.code.id, problem.headline
        )
        .expect("a string takes all");
    }
    text
}

#[test]
fn without_layers_a_document_stays_as_it_is() {
    let text = "name = 'a'\ntask.processes = [{ name = 'p', cmdline = 'c' }]\n";
    let file: Arc<SourceFile> = SourceFile::new("job.toml", text);
    let loaded = front::load(&file, Format::Toml).value.expect("it is TOML");
    let tree = loaded.tree.clone();
    let report = elaborate(loaded, None);
    assert_eq!(report.value.expect("a tree").tree, tree);
}

#[test]
fn environments_of_a_job() {
    insta::assert_snapshot!(elaborated("", "
name = 'a'
instances = 1
task.resources = { cpu = 1, ram = '1 GB' }
[environments.devel]
[environments.prod]
instances = 12
task.resources.ram = '4 GB'
"), @"
    {environment: devel, instances: 1, name: a, task: {resources: {cpu: 1, ram: 1 GB}}}
    {environment: prod, instances: 12, name: a, task: {resources: {cpu: 1, ram: 4 GB}}}
    ");
}

#[test]
fn the_six_layers_in_their_order() {
    let settings = "
[defaults]
task_links.a = 'w'
task_links.b = 'w'
task_links.c = 'w'
task_links.d = 'w'
task_links.e = 'w'
task_links.f = 'w'
[defaults.environments.prod]
task_links.d = 'we'
task_links.e = 'we'
task_links.f = 'we'
[defaults.environments.other]
task_links.a = 'never'
";
    insta::assert_snapshot!(elaborated(settings, "
[defaults]
task_links.b = 'f'
task_links.c = 'f'
task_links.d = 'f'
task_links.e = 'f'
task_links.f = 'f'
[defaults.environments.prod]
task_links.e = 'fe'
task_links.f = 'fe'
[jobs.n]
task_links.c = 'j'
task_links.d = 'j'
task_links.e = 'j'
task_links.f = 'j'
[jobs.n.environments.prod]
task_links.f = 'je'
[jobs.m]
environment = 'prod'
task_links.f = 'j'
[jobs.l]
environment = 'test'
"), @"
    {environment: prod, name: n, task_links: {a: w, b: f, c: j, d: we, e: fe, f: je}}
    {environment: prod, name: m, task_links: {a: w, b: f, c: f, d: we, e: fe, f: fe}}
    {environment: test, name: l, task_links: {a: w, b: f, c: f, d: f, e: f, f: f}}
    ");
}

#[test]
fn the_higher_word_for_the_environment_replaces_the_lower() {
    let settings = "defaults.environment = 'devel'\n";
    insta::assert_snapshot!(elaborated(settings, "
[jobs.a]
[jobs.b]
environment = 'prod'
[jobs.c.environments.x]
[jobs.c.environments.y]
"), @"
    {environment: devel, name: a}
    {environment: prod, name: b}
    {environment: x, name: c}
    {environment: y, name: c}
    ");
}

#[test]
fn processes_by_name() {
    insta::assert_snapshot!(elaborated("", "
name = 'a'
[task.processes.server]
cmdline = 's'
max_failures = 1
[task.processes.'log.er']
cmdline = 'l'
[[environments.prod.task.processes]]
name = 'server'
max_failures = 3
[[environments.prod.task.processes]]
name = 'more'
cmdline = 'm'
[environments.devel.task.processes.sever]
max_failures = 3
"), @"
    {environment: prod, name: a, task: {processes: [{cmdline: s, max_failures: 3, name: server}, {cmdline: l, name: log.er}, {cmdline: m, name: more}]}}
    {environment: devel, name: a, task: {processes: [{cmdline: s, max_failures: 1, name: server}, {cmdline: l, name: log.er}]}}
    job.toml:14:36 unknown-process-in-layer: the job has no process `sever` that this could change
    ");
}

#[test]
fn lists_and_choices() {
    insta::assert_snapshot!(elaborated("", "
name = 'a'
metadata = [{ key = 'k', value = '1' }, { key = 'l', value = '1' }, { key = 'k', value = '2' }]
constraints = { host = 'limit:1', rack = { limit = 2 } }
health_check_config.health_checker.http = { endpoint = '/' }
task.processes = [{ name = 'p', cmdline = 'c', after = ['x', 'y'] }]
[environments.prod]
metadata = [{ key = 'k', value = '3' }, { key = 'm', value = '3' }]
constraints = { host = { limit = 3 }, rack = { any_of = ['r'] } }
health_check_config.health_checker.shell = { shell_command = 'true' }
task.processes = [{ name = 'p', after = ['z'] }]
"), @"{constraints: {host: {limit: 3}, rack: {any_of: [r]}}, environment: prod, health_check_config: {health_checker: {shell: {shell_command: true}}}, metadata: [{key: k, value: 3}, {key: l, value: 1}, {key: m, value: 3}], name: a, task: {processes: [{after: [z], cmdline: c, name: p}]}}");
}

#[test]
fn what_is_taken_out() {
    insta::assert_snapshot!(elaborated("defaults.unset = ['contact']", "
[defaults]
tier = 'preferred'
unset = ['nothing.of.it']
[jobs.a]
unset = ['tier']
instances = 2
[jobs.a.task.processes.'x.y']
cmdline = 'c'
max_failures = 2
[jobs.a.environments.prod]
unset = ['instances', 'task.processes.\"x.y\".max_failures', 'instances']
instances = 3
[jobs.a.environments.devel.task.processes.'x.y']
unset = ['max_failures', 'daemon']
"), @"
    {environment: prod, instances: 3, name: a, task: {processes: [{cmdline: c, name: x.y}]}}
    {environment: devel, instances: 2, name: a, task: {processes: [{cmdline: c, name: x.y}]}}
    job.toml:4:10 unset-nothing: no lower layer has `nothing.of.it`
    job.toml:12:60 unset-nothing: no lower layer has `instances`
    job.toml:15:26 unset-nothing: no lower layer has `daemon`
    ");
}

#[test]
fn words_that_do_not_belong_together() {
    insta::assert_snapshot!(elaborated("defaults.waive = { x = 'y' }", "
[defaults]
waive = { x = 'y' }
[jobs.a]
name = 'b'
environment = 'devel'
environments.prod = { environment = 'e' }
task.processes.p = { name = 'q', cmdline = 'c' }
[jobs.c]
environment = 'devel'
name = 'c'
waive = { x = 'y' }
"), @"
    {environment: prod, name: b, task: {processes: [{cmdline: c, name: q}]}}
    {environment: devel, name: c, waive: {x: y}}
    jobc.toml:1:10 waived-in-defaults: defaults waive nothing
    job.toml:3:1 waived-in-defaults: defaults waive nothing
    job.toml:5:8 named-twice: this is called `a` by the table that it is in
    job.toml:8:29 named-twice: this is called `p` by the table that it is in
    job.toml:6:1 environment-twice: a layer has `environment` or `environments`, not both
    job.toml:7:23 environment-twice: what `environments` has of an environment has its name already
    ");
}

#[test]
fn what_is_replaced_is_still_a_value() {
    insta::assert_snapshot!(elaborated("", "
name = 'a'
instances = 'many'
task.resources.ram = '1 XB'
[environments.devel]
instances = 1
task.resources.ram = '1 GB'
[environments.prod]
instances = 3
"), @r#"
    {environment: devel, instances: 1, name: a, task: {resources: {ram: 1 GB}}}
    {environment: prod, instances: 3, name: a, task: {resources: {ram: 1 XB}}}
    job.toml:3:13 wrong-type: `instances`: expected a whole number that is positive, found a string
    job.toml:4:22 bad-value: `ram`: expected a size: bytes, or a string such as "64 MB", found `1 XB`
    "#);
}

#[test]
fn what_others_refer_to_is_no_part_of_a_job() {
    insta::assert_snapshot!(elaborated("", "x-common = 1\nname = 'a'\n"), @"{name: a}");
}

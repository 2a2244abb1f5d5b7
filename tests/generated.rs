//! Generated jobs, valid ones and such with one mistake, through the whole pipeline.

mod choices;
mod job;
mod layers;
mod mutations;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Range;

use jobc::compile::{Compilation, Compiler, Planned, Until, every};
use jobc::diagnostic::{Diagnostic, Place as Where, Report, Severity};
use jobc::front::Format;
use jobc::plan::Plan;
use jobc::registry::CODES;
use jobc::schema::{Which, schema};
use jobc::source::SourceFile;
use jobc::target::{Bundle, Form, Target};
use jobc::workspace::{DefinitionFile, Workspace};
use jsonschema::Validator;
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestRunner};
use serde_json::Value;

use crate::harness::Sandbox;
use crate::targets::wrong_with_tree;
use choices::Choices;
use layers::{Layered, layered};
use mutations::{MUTATIONS, Mutation};

/// So many choices make every part of a large job.
const CHOICES: usize = 300;

fn config(cases: u32) -> ProptestConfig {
    let failures = FileFailurePersistence::Direct("tests/regressions.txt");
    ProptestConfig {
        failure_persistence: Some(Box::new(failures)),
        ..ProptestConfig::with_cases(cases)
    }
}

/// An empty workspace that all jobs are compiled in.
struct Place {
    workspace: Workspace,
    definition: DefinitionFile,
    schema: Validator,
    sandbox: Sandbox,
}

impl Place {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let workspace = Workspace::open_at(sandbox.path(), sandbox.path(), CODES);
        let workspace = workspace.expect("it can be read").value;
        let schema = serde_json::from_str(&schema(Which::Aurora, CODES)).expect("it is JSON");
        Self {
            workspace: workspace.expect("nothing is wrong with it"),
            definition: DefinitionFile {
                path: sandbox.path().join("job.json"),
                format: Format::Json,
            },
            schema: jsonschema::validator_for(&schema).expect("it is a schema"),
            sandbox,
        }
    }

    fn compile(&self, definition: &str) -> Report<Vec<(String, Plan)>> {
        compile(&self.workspace, &self.definition, definition)
    }
}

fn compile(
    workspace: &Workspace,
    definition: &DefinitionFile,
    text: &str,
) -> Report<Vec<(String, Plan)>> {
    let compiler = Compiler::new(workspace).expect("the workspace is there");
    let file = SourceFile::new("job.json", text);
    let keep = |bundle: Bundle, planned: Planned| (bundle.into_listing(), planned.plan);
    let until = Until::Emitted(Form::Target(Target::AuroraJson), &keep);
    let report = compiler.compile(definition, &file, &until, every);
    Compilation::merged(report.expect("nothing is imported"))
}

/// Compiles a job in layers, in a workspace with their settings.
fn compile_layers(place: &Place, job: &Layered) -> Result<Report<Vec<String>>, String> {
    let sandbox = &place.sandbox;
    sandbox.file("jobc.toml", &job.settings);
    let opened = Workspace::open_at(sandbox.path(), sandbox.path(), CODES);
    let opened = opened.map_err(|error| format!("{error:?}"))?;
    let Some(workspace) = opened.value else {
        return Err(format!("settings: {}", told(&opened.diagnostics)));
    };
    let report = compile(&workspace, &place.definition, &job.definition);
    Ok(report.map(|jobs| jobs.into_iter().map(|(text, _)| text).collect()))
}

/// What is wrong with what became of a job that was taken apart.
fn wrong_with_layers(
    place: &Place,
    job: &Value,
    original: &Value,
    numbers: &[u16],
) -> Result<usize, String> {
    let whole = layered(job, original, &mut Choices::new(&[]));
    let split = layered(job, original, &mut Choices::new(numbers));
    let shown = |problem: &str| {
        let Layered {
            settings,
            definition,
            ..
        } = &split;
        format!("{problem}\n{}\n{settings}\n{definition}", whole.definition)
    };
    let expected = compile_layers(place, &whole)?;
    let found = compile_layers(place, &split).map_err(|problem| shown(&problem))?;
    if expected.value != found.value {
        let both = format!("{:?}\n{:?}", expected.value, found.value);
        return Err(shown(&format!(
            "another job: {both}{}",
            told(&found.diagnostics)
        )));
    }
    let mut left: Vec<&Diagnostic> = found.diagnostics.iter().collect();
    let mut located = 0;
    for problem in &expected.diagnostics {
        let wanted = winning_place(problem, &whole, &split);
        let is_it = |other: &&Diagnostic| {
            let place = place_of(other);
            let is_there = wanted.is_none() || wanted == place;
            other.code == problem.code && other.headline == problem.headline && is_there
        };
        let Some(at) = left.iter().position(is_it) else {
            let (wrong, told) = (
                told(std::slice::from_ref(problem)),
                told(&found.diagnostics),
            );
            let places: Vec<_> = found.diagnostics.iter().map(place_of).collect();
            let told = format!("at {wanted:?}{wrong}\nfound{told}\n{places:?}");
            return Err(shown(&format!("not told {told}")));
        };
        left.swap_remove(at);
        located += usize::from(wanted.is_some());
    }
    if left.is_empty() {
        return Ok(located);
    }
    let more: Vec<_> = left.into_iter().cloned().collect();
    Err(shown(&format!("told besides{}", told(&more))))
}

/// The file and the text that a problem of the job in layers points to, by that of the whole job, if it
/// is one of a value that is written as a whole.
fn winning_place(
    problem: &Diagnostic,
    whole: &Layered,
    split: &Layered,
) -> Option<(String, Range<usize>)> {
    let (_, text) = place_of(problem)?;
    let around = whole.around(&text)?;
    let winner = split.winner(&around.path)?;
    let (own, other) = if around.value.start <= text.start {
        (&around.value, &winner.value)
    } else {
        (&around.key, &winner.key)
    };
    let start = text.start - own.start + other.start;
    let file = if winner.is_of_workspace() {
        "jobc.toml"
    } else {
        "job.json"
    };
    Some((file.to_owned(), start..start + text.len()))
}

/// The file and the text that a problem points to.
fn place_of(problem: &Diagnostic) -> Option<(String, Range<usize>)> {
    match problem.place() {
        Where::Span(location) => {
            let name = location.file.name();
            let file = name.rsplit('/').next().unwrap_or(name);
            Some((file.to_owned(), location.span.range()))
        }
        Where::Document(..) | Where::File(_) => None,
    }
}

/// The codes of all errors, each once.
fn errors(diagnostics: &[Diagnostic]) -> BTreeSet<&'static str> {
    let errors = diagnostics
        .iter()
        .filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| problem.code.id).collect()
}

/// The definition as JSON, the fields of each table in the opposite order.
fn backwards(value: &Value) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                format!("{}: {}", Value::from(name.as_str()), backwards(value))
            };
            format!("{{ {} }}", joined(fields.iter().rev().map(field).collect()))
        }
        Value::Array(items) => {
            format!("[{}]", joined(items.iter().map(backwards).collect()))
        }
        other => other.to_string(),
    }
}

/// What is wrong with what became of a definition in which nothing is.
fn wrong_with_valid(place: &Place, definition: &Value) -> Result<(), String> {
    let report = place.compile(&definition.to_string());
    let errors = errors(&report.diagnostics);
    if !errors.is_empty() {
        return Err(format!("refused for {}", told(&report.diagnostics)));
    }
    let [(text, plan)] = &report.value.unwrap_or_default()[..] else {
        return Err("not one job".to_owned());
    };
    let compiled: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if let Some(problem) = place.schema.iter_errors(&compiled).next() {
        return Err(format!("{}: {problem}", problem.instance_path()));
    }
    if let Some(problem) = wrong_with_tree(plan, text) {
        return Err(format!("its tree: {problem}"));
    }
    let again = place.compile(&backwards(definition)).value;
    if again.is_none_or(|jobs| jobs[0].0 != *text) {
        return Err("the order of fields makes a difference".to_owned());
    }
    left_out(definition, &compiled)
}

/// Fields of the definition that the compiled job does not have.
fn left_out(definition: &Value, compiled: &Value) -> Result<(), String> {
    let fields = |value: &Value| -> BTreeSet<String> {
        let fields = value.as_object().into_iter().flatten();
        fields.map(|(name, _)| name.clone()).collect()
    };
    let own = ["packages", "ports", "waive"].map(str::to_owned).into();
    let wanted: BTreeSet<_> = fields(definition).difference(&own).cloned().collect();
    let missing: Vec<_> = wanted.difference(&fields(compiled)).cloned().collect();
    let count = |job: &Value| job["task"]["processes"].as_array().map_or(0, Vec::len);
    if missing.is_empty() && count(definition) <= count(compiled) {
        Ok(())
    } else {
        Err(format!("left out: {missing:?}"))
    }
}

/// What is wrong with what is said of a definition with one mistake.
fn wrong_with_mutated(
    place: &Place,
    definition: &Value,
    mutation: &Mutation,
) -> Result<(), String> {
    let report = place.compile(&definition.to_string());
    let found = errors(&report.diagnostics);
    if found == [mutation.code].into() {
        return Ok(());
    }
    let told = told(&report.diagnostics);
    let Mutation { code, by, .. } = mutation;
    Err(format!(
        "expected {code} alone, which {by:?} refuses, found{told}"
    ))
}

/// What is told, a line each.
fn told(diagnostics: &[Diagnostic]) -> String {
    let line = |problem: &Diagnostic| {
        let (severity, id) = (problem.severity, problem.code.id);
        format!("\n  {severity}[{id}]: {}", problem.headline)
    };
    diagnostics.iter().map(line).collect()
}

fn valid_jobs_compile_to_what_the_schema_says() {
    let place = Place::new();
    let numbers = prop::collection::vec(any::<u16>(), 0..CHOICES);
    let outcome = TestRunner::new(config(400)).run(&numbers, |numbers| {
        let job = job::job(&mut Choices::new(&numbers));
        wrong_with_valid(&place, &job)
            .map_err(|problem| TestCaseError::fail(format!("{problem}\n{job:#}")))
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// What Aurora calls what only a node knows, and what no scheduler does.
const SPELLINGS: &[(&str, &str)] = &[
    ("{{mesos.instance}}", "${job.instance}"),
    ("{{mesos.hostname}}", "${job.host}"),
    ("{{thermos.task_id}}", "${job.task_id}"),
    ("{{thermos.ports[http]}}", "${ports.http}"),
    ("{{thermos.ports[health]}}", "${ports.health}"),
];

fn neutrally(text: &str) -> String {
    let replace = |text: String, (auroras, neutral): &(&str, &str)| text.replace(auroras, neutral);
    SPELLINGS.iter().fold(text.to_owned(), replace)
}

/// What differs where a definition has neutral spellings; how many jobs of it compile, if it has any.
fn wrong_with_neutral(place: &Place, definition: &str) -> Result<Option<usize>, String> {
    let neutral = neutrally(definition);
    if neutral == definition {
        return Ok(None);
    }
    let (expected, found) = (place.compile(definition), place.compile(&neutral));
    let texts = |jobs: Option<Vec<(String, Plan)>>| -> Vec<String> {
        let jobs = jobs.into_iter().flatten();
        jobs.map(|(text, _)| text).collect()
    };
    let (expected_told, found_told) = (told(&expected.diagnostics), told(&found.diagnostics));
    if neutrally(&expected_told) != found_told {
        return Err(format!(
            "expected{expected_told}\nfound{found_told}\n{neutral}"
        ));
    }
    let (expected, found) = (texts(expected.value), texts(found.value));
    if expected == found {
        Ok(Some(found.len()))
    } else {
        Err(format!("expected {expected:?}\nfound {found:?}\n{neutral}"))
    }
}

fn a_neutral_spelling_makes_no_difference() {
    let place = Place::new();
    let numbers = prop::collection::vec(any::<u16>(), 0..CHOICES);
    let different = Cell::new(0);
    let outcome = TestRunner::new(config(200)).run(&numbers, |numbers| {
        let job = job::job(&mut Choices::new(&numbers));
        let compiled = wrong_with_neutral(&place, &job.to_string()).map_err(TestCaseError::fail)?;
        different.set(different.get() + compiled.unwrap_or(0));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert!(different.get() > 20, "{}", different.get());
}

/// Each text of a definition, with each reference and with what is around them.
fn a_neutral_spelling_makes_no_difference_in_any_field() {
    let place = Place::new();
    let fields = [
        r#""contact": TEXT"#,
        r#""metadata": [{ "key": "k", "value": TEXT }]"#,
        r#""metadata": [{ "key": TEXT, "value": "v" }]"#,
        r#""task_links": { "a": TEXT }"#,
        r#""task_links": { TEXT: "a" }"#,
        r#""announce": { "zk_path": TEXT }"#,
        r#""announce": { "primary_port": TEXT, "portmap": {} }"#,
        r#""announce": { "portmap": { TEXT: "b" } }"#,
        r#""announce": { "portmap": { "b": TEXT } }"#,
        r#""constraints": { "rack": { "any_of": [TEXT, "b"] } }"#,
        r#""constraints": { "rack": { "none_of": [TEXT] } }"#,
        r#""constraints": { TEXT: "b" }"#,
        r#""tier": TEXT"#,
        r#""executor_config": { "name": "e", "data": TEXT }"#,
        r#""lifecycle": { "http": { "port": TEXT } }"#,
        r#""lifecycle": { "http": { "shutdown_endpoint": TEXT } }"#,
        r#""health_check_config": { "health_checker": { "shell": { "shell_command": TEXT } } }"#,
        r#""health_check_config": { "health_checker": { "http": { "endpoint": TEXT } } }"#,
        r#""container": { "docker": { "image": TEXT } }"#,
        r#""container": { "docker": { "image": "i", "parameters": [{ "name": "n", "value": TEXT }] } }"#,
        r#""sla_policy": { "coordinator": { "coordinator_url": TEXT } }"#,
        r#""contact": "{{task.processes[0].cmdline}} {{task_links[l]}}", "task_links": { "l": TEXT }"#,
    ];
    let texts = [
        "x-{{mesos.instance}}",
        "{{mesos.hostname}}{{thermos.task_id}}'{{thermos.ports[http]}}'",
        "{{{thermos.ports[http]}}} {{role}} {{&mesos.instance}}",
        "{{x[{{mesos.instance}}]}}",
        "\\\"{{thermos.ports[http]}}\\\" $HOME ${HOME}",
    ];
    let resources = r#""resources": { "cpu": 1, "ram": "64 MB", "disk": "64 MB" }"#;
    let key = r#""cluster": "c", "role": "www", "environment": "devel", "name": "n""#;
    let mut failures = Vec::new();
    let mut all = 0;
    for text in texts.map(|text| format!("\"{text}\"")) {
        let process = format!(r#"{{ "name": {text}, "cmdline": {text} }}"#);
        let after = format!(r#"{{ "name": "b", "cmdline": "b", "after": [{text}] }}"#);
        let task = format!(r#""task": {{ "processes": [{process}, {after}], {resources} }}"#);
        let mut jobs = vec![format!("{{ {key}, {task} }}")];
        let task = format!(
            r#""task": {{ "name": {text}, "processes": [{{ "name": "a", "cmdline": {text} }}], {resources} }}"#
        );
        let fields = fields.iter().map(|field| field.replace("TEXT", &text));
        jobs.extend(fields.map(|field| format!("{{ {key}, {field}, {task} }}")));
        jobs.push(format!("{{ {key}, {task} }}"));
        let values = [
            r#""env": { "A": TEXT }"#,
            r#""path": [TEXT]"#,
            r#""directory": TEXT"#,
        ];
        for value in values.map(|value| value.replace("TEXT", &text)) {
            let process = format!(r#"{{ "name": "a", "cmdline": "a", {value} }}"#);
            let task = format!(r#""task": {{ "processes": [{process}], {resources} }}"#);
            jobs.push(format!("{{ {key}, {task} }}"));
        }
        for job in jobs {
            match wrong_with_neutral(&place, &job) {
                Ok(Some(compiled)) => all += compiled,
                Ok(None) => failures.push(format!("nothing to replace in {job}")),
                Err(problem) => failures.push(problem),
            }
        }
    }
    crate::harness::report(&failures);
    // What is refused is refused in both.
    assert!(all > 60, "{all}");
}

fn each_mistake_is_told_and_nothing_else() {
    let place = Place::new();
    let numbers = prop::collection::vec(any::<u16>(), 0..CHOICES);
    let which = 0..MUTATIONS.len();
    let outcome = TestRunner::new(config(1000)).run(&(numbers, which), |(numbers, which)| {
        let mut choices = Choices::new(&numbers);
        let mut job = job::job(&mut choices);
        let mutation = &MUTATIONS[which];
        (mutation.apply)(&mut job, &mut choices);
        wrong_with_mutated(&place, &job, mutation).map_err(|problem| {
            TestCaseError::fail(format!("{}: {problem}\n{job:#}", mutation.what))
        })
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// Each mutation of the simplest job, so that none is ever left out by chance.
fn each_mistake_in_the_simplest_job() {
    let place = Place::new();
    let mut failures = Vec::new();
    for mutation in MUTATIONS {
        let mut job = job::job(&mut Choices::new(&[]));
        (mutation.apply)(&mut job, &mut Choices::new(&[]));
        if let Err(problem) = wrong_with_mutated(&place, &job, mutation) {
            failures.push(format!("{}: {problem}", mutation.what));
        }
    }
    crate::harness::report(&failures);
}

/// Mistakes that are others in layers: processes without names or commands, and two of one name.
const OF_NO_LAYERS: &[&str] = &[
    "without /task/processes/0/name",
    "without /task/processes/0/cmdline",
    "two processes of one name",
];

fn layers_are_the_job_that_was_taken_apart() {
    let place = Place::new();
    let numbers = || prop::collection::vec(any::<u16>(), 0..CHOICES);
    let outcome = TestRunner::new(config(200)).run(&(numbers(), numbers()), |(job, split)| {
        let job = job::job(&mut Choices::new(&job));
        let told = wrong_with_layers(&place, &job, &job, &split);
        told.map(|_| ()).map_err(TestCaseError::fail)
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

fn layers_of_all_fields() {
    let place = Place::new();
    place.sandbox.file("tool", "");
    let text = include_str!("samples/everything.json");
    let mut job: Value = serde_json::from_str(text).expect("it is JSON");
    let fields = job.as_object_mut().expect("it is a table");
    fields.remove("$schema");
    // Every target refuses it.
    fields.remove("state");
    // A process's own waiver stands in no defaults, and so has no layer where its process may.
    let first = job["task"]["processes"][0].as_object_mut();
    first.expect("it is a table").remove("waive");
    let numbers = prop::collection::vec(any::<u16>(), 0..CHOICES);
    let outcome = TestRunner::new(config(100)).run(&numbers, |split| {
        let told = wrong_with_layers(&place, &job, &job, &split);
        told.map(|_| ()).map_err(TestCaseError::fail)
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

fn a_mistake_is_told_at_the_layer_that_has_it() {
    let place = Place::new();
    let numbers = || prop::collection::vec(any::<u16>(), 0..CHOICES);
    let which = 0..MUTATIONS.len();
    let located = Cell::new(0);
    let strategy = (numbers(), numbers(), which);
    let outcome = TestRunner::new(config(400)).run(&strategy, |(job, split, which)| {
        let mut choices = Choices::new(&job);
        let original = job::job(&mut choices);
        let mut job = original.clone();
        let mutation = &MUTATIONS[which];
        if OF_NO_LAYERS.contains(&mutation.what) {
            return Ok(());
        }
        (mutation.apply)(&mut job, &mut choices);
        let told = wrong_with_layers(&place, &job, &original, &split);
        let told = told.map_err(|problem| format!("{}: {problem}", mutation.what));
        located.set(located.get() + told.map_err(TestCaseError::fail)?);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert!(located.get() > 200, "{} at values", located.get());
}

tests! {
    layers_are_the_job_that_was_taken_apart,
    layers_of_all_fields,
    a_mistake_is_told_at_the_layer_that_has_it,
    valid_jobs_compile_to_what_the_schema_says,
    a_neutral_spelling_makes_no_difference,
    a_neutral_spelling_makes_no_difference_in_any_field,
    each_mistake_is_told_and_nothing_else,
    each_mistake_in_the_simplest_job,
}

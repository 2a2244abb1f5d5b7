//! Generated jobs, valid ones and such with one mistake, through the whole pipeline.

mod choices;
mod job;
mod mutations;

use std::collections::BTreeSet;

use jobc::compile::{Compilation, Compiler, Planned, Until, every};
use jobc::diagnostic::{Diagnostic, Report, Severity};
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
    _sandbox: Sandbox,
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
            _sandbox: sandbox,
        }
    }

    fn compile(&self, definition: &str) -> Report<Vec<(String, Plan)>> {
        let compiler = Compiler::new(&self.workspace).expect("the workspace is there");
        let file = SourceFile::new("job.json", definition);
        let keep = |bundle: Bundle, planned: Planned| (bundle.into_listing(), planned.plan);
        let until = Until::Emitted(Form::Target(Target::AuroraJson), &keep);
        let report = compiler.compile(&self.definition, &file, &until, every);
        Compilation::merged(report.expect("nothing is imported"))
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
    let own = ["packages", "waive"].map(str::to_owned).into();
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

tests! {
    valid_jobs_compile_to_what_the_schema_says,
    each_mistake_is_told_and_nothing_else,
    each_mistake_in_the_simplest_job,
}

//! A walk through all texts of a job that Aurora fills in, by the table of its structs.

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{CommandLine, FieldValue, Job, Ready, Table, TcpAddress, Text, ValueOf};
use crate::source::Pointer;
use crate::template::{Component, TemplateReference, may_refer, references_of_definition};
use crate::vocabulary::{Field, JOB, Type};

use super::advice::shorten;
use super::codes::{ENDLESS_TEMPLATE, OWN_NAME, UNBOUND_TEMPLATE};
use super::examine::examine;
use crate::check::lookalikes::{self, Reader};
use crate::check::ports;
use crate::rule::scope::{Scope, bind, composed, trouble};
use crate::rule::{Context, StandingReference, process as process_at};

/// References of one text that are remembered: each of these is looked at once, however often it
/// stands there.
const REMEMBERED: usize = 64;

/// Checks all references of the job.
pub(in crate::check) fn check(ctx: &mut Context<'_>) {
    let job = ctx.job;
    let mut visitor = Visitor {
        ctx,
        levels: Vec::new(),
        way: Vec::new(),
        endless: None,
    };
    visitor.job(job);
    visitor.values();
    visitor.probes(job);
    visitor.process_names();
    if let Some(problem) = visitor.endless.take() {
        ctx.report(problem);
    }
}

/// A step from a table or a list to what is inside.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// What of a field a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The key of a map, which is told at the place of its value.
    Key,
    Value,
}

struct Visitor<'c, 'a> {
    ctx: &'c mut Context<'a>,
    /// The tables around the visitor inside of the job, the innermost last.
    levels: Vec<&'a dyn Table>,
    /// The way from the job to where the visitor is.
    way: Vec<Step<'a>>,
    /// The first endless reference; others usually run into the same circle.
    endless: Option<Diagnostic>,
}

/// The way from a process to one of its values.
fn way(of: ValueOf<'_>) -> Vec<Step<'_>> {
    match of {
        ValueOf::Variable(name) => vec![Step::Key("env"), Step::Key(name.as_str())],
        ValueOf::File(name) => [
            Step::Key("env"),
            Step::Key(name.as_str()),
            Step::Key("file"),
        ]
        .into(),
        ValueOf::Path(index) => vec![Step::Key("path"), Step::Index(index)],
        ValueOf::Directory => vec![Step::Key("directory")],
    }
}

/// Whether the text has what makes a reference of something filled in, if it stands around it.
fn has_braces(text: &str) -> bool {
    text.contains("{{") || text.contains("}}")
}

impl<'a> Visitor<'_, 'a> {
    /// The task first: what is wrong there is nearest to the author.
    fn job(&mut self, job: &'a Job) {
        let fields = JOB.fields.iter();
        let (task, others): (Vec<_>, Vec<_>) = fields.partition(|field| field.name == "task");
        for field in task.into_iter().chain(others) {
            self.field(job, field);
        }
    }

    /// What finds out whether processes are ready: jobc's own, in whose texts a reference means what it
    /// means in the process.
    fn probes(&mut self, job: &'a Job) {
        for (index, process) in job.task.processes.iter().enumerate() {
            let Some(Ready::Probe(probe)) = &process.ready else {
                continue;
            };
            let tcp = probe.tcp.as_ref().map(TcpAddress::text);
            let texts = [
                ("command", probe.command.as_ref().map(CommandLine::as_str)),
                ("tcp", tcp.map(Text::as_str)),
                ("http", probe.http.as_ref().map(Text::as_str)),
            ];
            self.levels = vec![&job.task, process];
            for (field, text) in texts {
                let Some(text) = text else { continue };
                self.way = vec![
                    Step::Key("task"),
                    Step::Key("processes"),
                    Step::Index(index),
                    Step::Key("ready"),
                    Step::Key(field),
                ];
                let of = if field == "command" {
                    Type::Command
                } else {
                    Type::Text
                };
                self.text(text, of);
            }
        }
        self.levels.clear();
        self.way.clear();
    }

    fn table(&mut self, table: &'a dyn Table) {
        self.levels.push(table);
        for field in table.of().fields {
            self.field(table, field);
        }
        self.levels.pop();
    }

    fn field(&mut self, table: &'a dyn Table, field: &'static Field) {
        let has_none = matches!(
            field.of,
            Type::Integer
                | Type::Float
                | Type::Boolean
                | Type::KnownText
                | Type::Schedule
                | Type::Word(_)
                | Type::AnyCase(_)
        );
        if has_none {
            return;
        }
        if let Some(value) = table.field(field.name) {
            self.step(Step::Key(field.name), value, field.of);
        }
    }

    fn step(&mut self, step: Step<'a>, value: FieldValue<'a>, of: Type) {
        self.way.push(step);
        self.value(value, of);
        self.way.pop();
    }

    fn value(&mut self, value: FieldValue<'a>, of: Type) {
        match (value, of) {
            (FieldValue::Text(text), _) => self.text(text, of),
            (FieldValue::Command(command), _) => self.text(command.as_str(), of),
            (FieldValue::Placement(rule), _) => self.text(&rule.to_string(), of),
            (FieldValue::Table(table) | FieldValue::Choice(None, table), _) => {
                self.table(table);
            }
            (FieldValue::Choice(Some(word), table), _) => {
                let inner = FieldValue::Table(table);
                self.step(Step::Key(word), inner, of);
            }
            (FieldValue::List(list), Type::List(of)) => {
                for position in 0..list.count() {
                    if let Some(element) = list.element(position) {
                        self.step(Step::Index(position), element, *of);
                    }
                }
            }
            (FieldValue::Map(map), Type::Map(of)) => {
                for key in map.keys() {
                    self.way.push(Step::Key(key));
                    self.key(key);
                    if let Some(value) = map.entry(key) {
                        self.value(value, *of);
                    }
                    self.way.pop();
                }
            }
            _ => {}
        }
    }

    fn scope(&self) -> Scope<'a> {
        let job = self.ctx.scopes().job();
        let levels = self.levels.iter();
        levels.fold(job, |scope, table| scope.inside(*table))
    }

    fn pointer(&self) -> Pointer {
        let job = self.ctx.at.clone();
        self.way.iter().fold(job, |at, step| match step {
            Step::Key(key) => at.key(*key),
            Step::Index(index) => at.index(*index),
        })
    }

    /// Where a reference of `text` stands, which is what `part` says of where the visitor is.
    fn place(&self, text: &str, part: Part, reference: &TemplateReference<'_>) -> Place {
        match part {
            Part::Key => Place::key(self.pointer()),
            Part::Value => Place::within(self.pointer(), text, reference.offset, reference.text),
        }
    }

    /// The values that processes start with, which are none of Aurora's fields.
    fn values(&mut self) {
        let job = self.ctx.job;
        for (index, process) in job.task.processes.iter().enumerate() {
            for (of, line) in process.values() {
                self.levels = vec![&job.task, process];
                self.way = [
                    Step::Key("task"),
                    Step::Key("processes"),
                    Step::Index(index),
                ]
                .into();
                self.way.extend(way(of));
                self.lookalikes(line.as_str(), Reader::Value);
                self.references(line.as_str(), Part::Value, Type::Command);
            }
        }
        self.levels.clear();
        self.way.clear();
    }

    /// The names of processes stand in orders, too, and have to mean the same there.
    fn process_names(&mut self) {
        let job = self.ctx.job;
        let scopes = self.ctx.scopes();
        for (index, process) in job.task.processes.iter().enumerate() {
            let name = process.name.as_str();
            if !may_refer(name) || self.ctx.is_given_up() {
                continue;
            }
            let (own, order) = (scopes.process(index), scopes.task());
            for reference in references_of_definition(name) {
                let Some(address) = reference.named() else {
                    continue;
                };
                let is_known = trouble(&address, &own).is_none();
                if is_known && bind(&address, &own) != bind(&address, &order) {
                    let place = process_at(self.ctx.at, index).key("name");
                    let place = Place::within(place, name, reference.offset, reference.text);
                    let headline = format!("`{}` is another value in an order", reference.text);
                    let problem = Diagnostic::new(&OWN_NAME, headline, place)
                        .help("refer to a field of the task or of the job, or write the value");
                    self.problem(problem, Some(&reference));
                }
            }
        }
    }

    fn text(&mut self, text: &str, of: Type) {
        // What is wrong with a tier's name is told as that.
        if !matches!(self.way.first(), Some(Step::Key("tier"))) {
            let reader = match of {
                Type::Command => Reader::Shell,
                _ => Reader::Field,
            };
            self.lookalikes(text, reader);
        }
        self.references(text, Part::Value, of);
    }

    fn key(&mut self, key: &str) {
        self.references(key, Part::Key, Type::Text);
    }

    fn lookalikes(&mut self, text: &str, reader: Reader) {
        if !text.contains(['{', '%', '$']) || self.ctx.is_given_up() {
            return;
        }
        let dialect = self.ctx.terms.dialect;
        let place = |offset, guilty: &str| Place::within(self.pointer(), text, offset, guilty);
        let found = lookalikes::in_text(text, reader, dialect, &self.scope(), place);
        for problem in found {
            self.problem(problem, None);
        }
    }

    fn references(&mut self, text: &str, part: Part, of: Type) {
        if self.ctx.is_given_up() || !may_refer(text) {
            return;
        }
        let scope = self.scope();
        let mut first = None;
        let mut fine = true;
        let mut braces_between = false;
        let mut at = 0;
        let mut seen = Vec::new();
        for reference in references_of_definition(text) {
            braces_between |= has_braces(&text[at..reference.offset]);
            at = reference.offset + reference.text.len();
            if seen.contains(&reference.text) {
                continue;
            }
            if seen.len() < REMEMBERED {
                seen.push(reference.text);
            }
            let place = || self.place(text, part, &reference);
            if let Some(problem) = examine(&reference, &scope, place) {
                fine = false;
                self.problem(problem, Some(&reference));
                if self.ctx.is_given_up() {
                    return;
                }
            } else {
                self.judge(&reference, of, text, part);
                first = first.or(Some(reference));
            }
        }
        braces_between |= has_braces(&text[at..]);
        // What is filled in where values are made up is not what the author wrote.
        let as_written = self.ctx.holes.is_empty();
        let Some(first) = first.filter(|_| fine && braces_between && as_written) else {
            return;
        };
        if let Some(composed) = composed(text, &scope) {
            let composed = shorten(&composed);
            let headline = format!("filled in, this makes `{composed}`, which is unknown");
            let place = self.place(text, part, &first);
            let problem = Diagnostic::new(&UNBOUND_TEMPLATE, headline, place)
                .help("do not put references into each other");
            self.problem(problem, None);
        }
    }

    /// What the target says of a reference that can be filled in.
    fn judge(&mut self, reference: &TemplateReference<'_>, of: Type, text: &str, part: Part) {
        let (Some(address), Some(Step::Key(field))) = (reference.named(), self.way.first()) else {
            return;
        };
        let standing = StandingReference {
            text: reference.text,
            address: &address,
            field,
            of,
        };
        if let Some(name) = address.port() {
            let place = || self.place(text, part, reference);
            if let Some(problem) = ports::undeclared(self.ctx.job, name, reference.text, place) {
                self.problem(problem, Some(reference));
            }
        }
        for rule in self.ctx.terms.rules.references {
            let place = || self.place(text, part, reference);
            if let Some(problem) = rule(&standing, &place) {
                self.problem(problem, Some(reference));
            }
        }
    }

    fn problem(&mut self, problem: Diagnostic, reference: Option<&TemplateReference<'_>>) {
        if self.is_consequence(&problem, reference) {
            return;
        }
        if problem.code == &ENDLESS_TEMPLATE {
            self.endless.get_or_insert(problem);
        } else {
            self.ctx.report(problem);
        }
    }

    /// Whether the text or what it refers to is not the author's.
    fn is_consequence(
        &self,
        problem: &Diagnostic,
        reference: Option<&TemplateReference<'_>>,
    ) -> bool {
        let holes = self.ctx.holes;
        if holes.is_empty() {
            return false;
        }
        if let Place::Document(pointer, _) = problem.place()
            && holes.touch(pointer)
        {
            return true;
        }
        reference
            .and_then(TemplateReference::named)
            .is_some_and(|address| {
                address.0.iter().any(|component| match component {
                    Component::Field(name) => holes.any_called(name),
                    Component::Index(_) => false,
                })
            })
    }
}

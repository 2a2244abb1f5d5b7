//! One layer: fields of a job, brought to the shape in which layers are laid over each other.

use crate::diagnostic::{Diagnostic, Place};
use crate::front::decode::codes::{BAD_VALUE, WRONG_TYPE};
use crate::source::{Entry, Key, Kind, Layers, Node, Sources, Span};

use super::codes::{ENVIRONMENT_TWICE, NAMED_TWICE, WAIVED_IN_DEFAULTS};
use super::defaults::Defaults;
use super::names::{ENVIRONMENT, ENVIRONMENTS, UNSET, WAIVE, take, text};
use super::unset::{NoPath, Unset, unsets};

/// Who writes a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// The workspace, for the jobs of many files.
    Workspace,
    /// The file, for its jobs.
    File,
    /// A job.
    Job,
}

/// Fields of a job that are laid over those of lower layers.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub(super) writer: Writer,
    /// Its table.
    pub(super) span: Span,
    pub(super) fields: Vec<Entry>,
    /// What it takes out of the layers below before its fields are laid over them.
    pub(super) unset: Vec<Unset>,
    /// What it says of environments besides.
    pub(super) environments: Vec<(Entry, Layer)>,
}

/// Makes layers of tables, and says what is wrong with them.
pub(super) struct Maker<'a> {
    pub(super) sources: &'a Sources,
    pub(super) problems: Vec<Diagnostic>,
    /// The layers besides those of jobs, with their values.
    pub(super) layers: Layers,
}

impl Maker<'_> {
    /// The layer that a table is; nothing if it is none.
    pub(super) fn layer(&mut self, node: Node, writer: Writer) -> Option<Layer> {
        let layer = self.table(node, writer)?;
        self.note(&layer);
        Some(layer)
    }

    /// Takes note of what a layer and those of its environments are called.
    fn note(&mut self, layer: &Layer) {
        let (own, inner) = match layer.writer {
            Writer::Workspace => (Some("workspace defaults"), "workspace defaults."),
            Writer::File => (Some(Defaults::FIELD), "defaults."),
            Writer::Job => (None, ""),
        };
        if let Some(name) = own {
            self.layers.add(name.to_owned(), values(layer));
        }
        for (entry, environment) in &layer.environments {
            let key = text_at(&entry.key, entry.key_span);
            let name = format!("{inner}{ENVIRONMENTS}.{}", entry.key);
            self.layers.add(name, values(environment).chain([&key]));
        }
    }

    fn table(&mut self, node: Node, writer: Writer) -> Option<Layer> {
        let Kind::Mapping(fields) = node.kind else {
            return None;
        };
        let mut layer = self.fields(fields, node.span, writer);
        let Some(environments) = take(&mut layer.fields, ENVIRONMENTS) else {
            return Some(layer);
        };
        let Kind::Mapping(tables) = environments.value.kind else {
            self.wrong_type(&environments, "a table");
            return Some(layer);
        };
        if let Some(own) = take(&mut layer.fields, ENVIRONMENT) {
            let headline = "a layer has `environment` or `environments`, not both";
            let place = self.place(own.key_span);
            let problem = Diagnostic::new(&ENVIRONMENT_TWICE, headline, place)
                .also(self.place(environments.key_span), "the others are here")
                .help("write the one as another table of `environments`");
            self.problems.push(problem);
        }
        for mut entry in tables {
            let span = entry.value.span;
            let fields = match std::mem::replace(&mut entry.value.kind, Kind::Null) {
                Kind::Mapping(fields) => fields,
                other => {
                    entry.value.kind = other;
                    self.wrong_type(&entry, "a table");
                    continue;
                }
            };
            let mut inner = self.fields(fields, span, writer);
            if let Some(inside) = take(&mut inner.fields, ENVIRONMENT) {
                let headline = "what `environments` has of an environment has its name already";
                let place = self.place(inside.key_span);
                let problem = Diagnostic::new(&ENVIRONMENT_TWICE, headline, place)
                    .also(self.place(entry.key_span), "named here")
                    .help("leave `environment` out");
                self.problems.push(problem);
            }
            layer.environments.push((entry, inner));
        }
        Some(layer)
    }

    fn fields(&mut self, mut fields: Vec<Entry>, span: Span, writer: Writer) -> Layer {
        self.refuse_waivers(&mut fields, writer);
        let mut unset = Vec::new();
        if let Some(entry) = take(&mut fields, UNSET) {
            unset.extend(self.unset(&entry, &[]));
        }
        if let Some(task) = fields.iter_mut().find(|entry| entry.key == "task")
            && let Kind::Mapping(task) = &mut task.value.kind
            && let Some(processes) = task.iter_mut().find(|entry| entry.key == "processes")
        {
            self.processes(&mut processes.value, writer, &mut unset);
        }
        Layer {
            writer,
            span,
            fields,
            unset,
            environments: Vec::new(),
        }
    }

    /// Takes waivers out of defaults: each gives a reason for one job.
    fn refuse_waivers(&mut self, fields: &mut Vec<Entry>, writer: Writer) {
        if writer == Writer::Job {
            return;
        }
        if let Some(waive) = take(fields, WAIVE) {
            let headline = "defaults waive nothing";
            let place = self.place(waive.key_span);
            let problem = Diagnostic::new(&WAIVED_IN_DEFAULTS, headline, place)
                .help("waive it in the jobs that need it, each with its reason")
                .help("or set the level of the lint for all jobs: `[lints]` in `jobc.toml`");
            self.problems.push(problem);
        }
    }

    /// Brings processes to a list of tables with names, and takes their `unset` out of them.
    fn processes(&mut self, node: &mut Node, writer: Writer, unset: &mut Vec<Unset>) {
        if let Kind::Mapping(tables) = &mut node.kind
            && are_named(tables)
        {
            let tables = std::mem::take(tables);
            let named = tables.into_iter().map(|entry| self.named(entry));
            node.kind = Kind::Sequence(named.collect());
        }
        let Kind::Sequence(processes) = &mut node.kind else {
            return;
        };
        for process in processes {
            let name = process.get("name").and_then(text).map(str::to_owned);
            let Kind::Mapping(fields) = &mut process.kind else {
                continue;
            };
            self.refuse_waivers(fields, writer);
            if let (Some(name), Some(entry)) = (name, take(fields, UNSET)) {
                unset.extend(self.unset(&entry, &["task", "processes", &name]));
            }
        }
    }

    /// What a table by names has under a name, with the name inside.
    pub(super) fn named(&mut self, entry: Entry) -> Node {
        let Entry {
            key,
            key_span,
            mut value,
        } = entry;
        let Kind::Mapping(fields) = &mut value.kind else {
            return value;
        };
        match fields.iter().find(|field| field.key == "name") {
            None => fields.insert(0, name_of(&key, key_span)),
            Some(inside) if text(&inside.value) == Some(&*key) => {}
            Some(inside) => {
                let headline = format!("this is called `{key}` by the table that it is in");
                let place = self.place(inside.value.span);
                let problem = Diagnostic::new(&NAMED_TWICE, headline, place)
                    .also(self.place(key_span), "named here")
                    .help("leave `name` out");
                self.problems.push(problem);
            }
        }
        value
    }

    /// The paths that a layer takes out, which are below another one.
    fn unset(&mut self, entry: &Entry, below: &[&str]) -> Vec<Unset> {
        let Some(elements) = unsets(&entry.value, below) else {
            self.wrong_type(entry, "a list");
            return Vec::new();
        };
        let mut paths = Vec::with_capacity(elements.len());
        for element in elements {
            let problem = match element {
                Ok(path) => {
                    paths.push(path);
                    continue;
                }
                Err(NoPath::OtherType(item)) => {
                    let found = item.kind.name();
                    let headline =
                        format!("an element of `unset`: expected a string, found {found}");
                    Diagnostic::new(&WRONG_TYPE, headline, self.place(item.span))
                }
                Err(NoPath::Text(item)) => {
                    let headline = "an element of `unset`: expected names with dots in between";
                    let help = "write it as `task.processes.web.max_failures`, names with dots in \
                                quotes";
                    Diagnostic::new(&BAD_VALUE, headline, self.place(item.span)).help(help)
                }
            };
            self.problems.push(problem);
        }
        paths
    }

    /// Says that a value is not what its field takes.
    pub(super) fn wrong_type(&mut self, entry: &Entry, expected: &str) {
        let found = entry.value.kind.name();
        let headline = format!("`{}`: expected {expected}, found {found}", entry.key);
        let place = self.place(entry.value.span);
        self.problems
            .push(Diagnostic::new(&WRONG_TYPE, headline, place));
    }

    fn place(&self, span: Span) -> Place {
        Place::Span(self.sources.locate(span))
    }
}

/// Whether a table holds tables under their names; one of other values was meant to be something else.
pub(super) fn are_named(entries: &[Entry]) -> bool {
    let is_table = |entry: &Entry| matches!(entry.value.kind, Kind::Mapping(_));
    entries.iter().any(is_table)
}

/// A field `name` that was written as the key of a table.
fn name_of(key: &Key, span: Span) -> Entry {
    Entry {
        key: "name".into(),
        key_span: span,
        value: text_at(key, span),
    }
}

/// A key, where it is the value of a field.
pub(super) fn text_at(key: &Key, span: Span) -> Node {
    Node {
        kind: Kind::String(key.to_string()),
        span,
    }
}

fn values(layer: &Layer) -> impl Iterator<Item = &Node> {
    layer.fields.iter().map(|field| &field.value)
}

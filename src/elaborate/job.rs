//! A job from its layers.

use crate::source::{Entry, Kind, Node, Span};

use super::lay::lay;
use super::layer::{Layer, Writer, text_at};
use super::names::{ENVIRONMENT, text};
use super::replaced::Replaced;
use super::unset::{Unset, remove};

/// A job, and what became of its layers.
pub(super) struct Laid {
    pub(super) job: Node,
    pub(super) replaced: Vec<Replaced>,
    /// What a layer wanted to take out, and whether it was there.
    pub(super) unset: Vec<(Unset, Writer, bool)>,
    /// Processes of which no layer says the command, and that the job's own fields do not have.
    pub(super) unknown: Vec<Unknown>,
}

/// A process that a layer changes and no layer defines.
pub(super) struct Unknown {
    pub(super) name: String,
    /// Where the layer says its name.
    pub(super) span: Span,
    /// The processes that there are.
    pub(super) known: Vec<String>,
}

/// An environment of a job: the value of its field, and where that comes from.
pub(super) enum Environment<'a> {
    /// As the layers themselves say, or do not.
    Written,
    /// A table of `environments`.
    Named(&'a Entry),
}

/// The job of one environment: `layers` laid over each other, and then what they say of it. The last
/// one is the job's own.
pub(super) fn job(layers: &[&Layer], environment: &Environment<'_>) -> Laid {
    let mut laid = Laid::of(Node {
        kind: Kind::Mapping(Vec::new()),
        span: layers.last().map_or_else(Span::default, |own| own.span),
    });
    for layer in layers {
        laid.lay(layer);
    }
    if let Environment::Named(entry) = environment {
        laid.set_environment(entry);
    }
    let name = laid.job.get(ENVIRONMENT).and_then(text).map(str::to_owned);
    if let Some(name) = name {
        for layer in layers {
            let named = layer.environments.iter();
            for (_, inner) in named.filter(|(entry, _)| entry.key == *name) {
                laid.lay(inner);
            }
        }
    }
    let own = layers.last().map(|own| own.fields.as_slice());
    laid.find_unknown(own.unwrap_or_default());
    laid
}

impl Laid {
    /// A job before any layer is laid; also what is no job, as decoding says.
    pub(super) fn of(job: Node) -> Self {
        Self {
            job,
            replaced: Vec::new(),
            unset: Vec::new(),
            unknown: Vec::new(),
        }
    }

    fn lay(&mut self, layer: &Layer) {
        for unset in &layer.unset {
            let was_there = remove(&mut self.job, &unset.path);
            self.unset.push((unset.clone(), layer.writer, was_there));
        }
        let Kind::Mapping(fields) = &mut self.job.kind else {
            return;
        };
        lay(
            fields,
            layer.fields.clone(),
            &mut Vec::new(),
            &mut self.replaced,
        );
    }

    /// The name of its environment, which is the key of a table.
    fn set_environment(&mut self, entry: &Entry) {
        let Kind::Mapping(fields) = &mut self.job.kind else {
            return;
        };
        let named = Entry {
            key: ENVIRONMENT.into(),
            key_span: entry.key_span,
            value: text_at(&entry.key, entry.key_span),
        };
        // Of a lower layer, it is nobody's mistake.
        match fields.iter_mut().find(|field| field.key == ENVIRONMENT) {
            Some(field) => *field = named,
            None => fields.push(named),
        }
    }

    /// Takes out the processes that only other layers than the job's own speak of, and that have no
    /// command.
    fn find_unknown(&mut self, own: &[Entry]) {
        let Some(processes) = processes_of(&mut self.job) else {
            return;
        };
        let is_own = |name: &str| {
            let task = own.iter().find(|field| field.key == "task");
            let processes = task.and_then(|task| task.value.get("processes"));
            match processes.map(|processes| &processes.kind) {
                Some(Kind::Sequence(items)) => items
                    .iter()
                    .any(|item| item.get("name").and_then(text) == Some(name)),
                _ => false,
            }
        };
        let is_unknown = |process: &Node| {
            let name = process.get("name").and_then(text);
            name.is_some_and(|name| !is_own(name)) && process.get("cmdline").is_none()
        };
        let unknown: Vec<_> = processes.extract_if(.., |it| is_unknown(it)).collect();
        let names = processes.iter().filter_map(|process| process.get("name"));
        let known: Vec<_> = names.filter_map(text).map(str::to_owned).collect();
        for process in unknown {
            if let Some(name) = process.get("name")
                && let Some(text) = text(name)
            {
                self.unknown.push(Unknown {
                    name: text.to_owned(),
                    span: name.span,
                    known: known.clone(),
                });
            }
            let path = ["task", "processes", "*"].map(str::to_owned).to_vec();
            self.replaced.push(Replaced::new(&path, process));
        }
    }
}

fn processes_of(job: &mut Node) -> Option<&mut Vec<Node>> {
    match &mut job.get_mut("task")?.get_mut("processes")?.kind {
        Kind::Sequence(items) => Some(items),
        _ => None,
    }
}

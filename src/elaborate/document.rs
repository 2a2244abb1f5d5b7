//! A document of layers to one of whole jobs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place, Report};
use crate::front::{self, Loaded};
use crate::source::{Entry, Key, Kind, Layers, Node, SourceMap, Sources, Span};

use super::codes::{UNKNOWN_PROCESS_IN_LAYER, UNSET_NOTHING};
use super::defaults::Defaults;
use super::job::{Environment, Laid, job};
use super::layer::{Layer, Maker, Writer, are_named};
use super::names::{ENVIRONMENT, ENVIRONMENTS, HOLDER, JOBS, take, text};
use super::unset::Unset;

/// A document on the way.
pub(super) struct Elaboration {
    loaded: Loaded,
    /// What the workspace says of all jobs.
    workspace: Option<Node>,
}

/// The top of a document.
struct Top {
    fields: Vec<Entry>,
    span: Span,
}

impl Elaboration {
    pub(super) fn new(mut loaded: Loaded, defaults: Option<Defaults<'_>>) -> Self {
        let workspace = defaults.and_then(|defaults| {
            let mut node = defaults.node.clone();
            let is_added = loaded.sources.add(defaults.settings.sources(), &mut node);
            is_added.then_some(node)
        });
        Self { loaded, workspace }
    }

    pub(super) fn run(self) -> Report<Loaded> {
        let Self {
            mut loaded,
            workspace,
        } = self;
        let span = loaded.tree.span;
        let tree = std::mem::replace(&mut loaded.tree.kind, Kind::Null);
        let Kind::Mapping(mut fields) = tree else {
            // Decoding says that it is no table.
            loaded.tree.kind = tree;
            return Report::ok(loaded);
        };
        fields.retain(|entry| !entry.key.starts_with(HOLDER));
        let mut maker = Maker {
            sources: &loaded.sources,
            problems: Vec::new(),
            layers: Layers::default(),
        };
        let mut lower = Vec::new();
        lower.extend(workspace.and_then(|node| maker.layer(node, Writer::Workspace)));
        let mut top = Top { fields, span };
        let tree = match take(&mut top.fields, JOBS) {
            Some(jobs) => top.of_several(jobs, lower, &mut maker),
            None => top.of_one(&lower, &mut maker),
        };
        let Maker {
            problems, layers, ..
        } = maker;
        loaded.tree = tree;
        loaded.layers = layers;
        Report::new(loaded, problems)
    }
}

impl Top {
    /// The document of several jobs, which defaults of its own may be laid below.
    fn of_several(mut self, jobs: Entry, mut lower: Vec<Layer>, maker: &mut Maker<'_>) -> Node {
        if let Some(defaults) = take(&mut self.fields, Defaults::FIELD) {
            match maker.layer(defaults.value.clone(), Writer::File) {
                Some(layer) => lower.push(layer),
                None => maker.wrong_type(&defaults, "a table"),
            }
        }
        let items = match jobs.value.kind {
            Kind::Sequence(items) => items,
            Kind::Mapping(tables) if are_named(&tables) => {
                tables.into_iter().map(|it| maker.named(it)).collect()
            }
            _ => {
                // Decoding says what it should be.
                self.fields.push(jobs);
                return table(self.fields, self.span);
            }
        };
        let mut laid = Vec::new();
        for item in items {
            match item.kind {
                Kind::Mapping(_) => laid.extend(all(&lower, item, maker)),
                _ => laid.push(Laid::of(item)),
            }
        }
        let list = Node {
            kind: Kind::Sequence(Found::whole(laid, &lower, maker)),
            span: jobs.value.span,
        };
        self.fields.push(Entry {
            value: list,
            ..jobs
        });
        table(self.fields, self.span)
    }

    /// The document of one job, which has several environments perhaps.
    fn of_one(self, lower: &[Layer], maker: &mut Maker<'_>) -> Node {
        let span = self.span;
        let own = table(self.fields, span);
        let is_one = own.get(ENVIRONMENTS).is_none();
        let laid = all(lower, own, maker);
        let mut jobs = Found::whole(laid, lower, maker);
        if is_one && let Some(job) = jobs.pop() {
            return job;
        }
        let list = Entry {
            key: Key::from(JOBS),
            key_span: span,
            value: Node {
                kind: Kind::Sequence(jobs),
                span,
            },
        };
        table(vec![list], span)
    }
}

fn table(entries: Vec<Entry>, span: Span) -> Node {
    Node {
        kind: Kind::Mapping(entries),
        span,
    }
}

/// The jobs that a job's own fields and the layers below make: one for each of its environments.
fn all(lower: &[Layer], own: Node, maker: &mut Maker<'_>) -> Vec<Laid> {
    let Some(own) = maker.layer(own, Writer::Job) else {
        return Vec::new();
    };
    let layers: Vec<&Layer> = lower.iter().chain([&own]).collect();
    let has_own = own.fields.iter().any(|field| field.key == ENVIRONMENT);
    if own.environments.is_empty() || has_own {
        return vec![job(&layers, &Environment::Written)];
    }
    let named = own.environments.iter();
    named
        .map(|(entry, _)| job(&layers, &Environment::Named(entry)))
        .collect()
}

/// What is found out about all jobs together.
#[derive(Default)]
struct Found {
    problems: Vec<Diagnostic>,
    /// What layers take out, by where they say so, and whether some job had it.
    unset: BTreeMap<(u32, u32), (Unset, bool)>,
    /// The processes that were told to be unknown, by where they are named.
    unknown: BTreeSet<(u32, u32)>,
    /// Values that were checked though they were replaced.
    replaced: BTreeSet<(u32, u32)>,
}

impl Found {
    /// The jobs, with what is wrong with their layers told.
    fn whole(laid: Vec<Laid>, lower: &[Layer], maker: &mut Maker<'_>) -> Vec<Node> {
        let sources = maker.sources;
        let mut found = Self::default();
        let jobs = laid.into_iter().map(|laid| found.about(laid, sources));
        let jobs: Vec<_> = jobs.collect();
        found.unset_of_nothing(sources);
        found.of_no_job(lower, &jobs, sources);
        maker.problems.append(&mut found.problems);
        jobs
    }

    /// Takes note of what is wrong with a job's layers, and returns the job.
    fn about(&mut self, laid: Laid, sources: &Sources) -> Node {
        let Laid {
            job,
            replaced,
            unset,
            unknown,
        } = laid;
        for (unset, writer, was_there) in unset {
            let at = (unset.span.start, unset.span.end);
            let (_, ever) = self.unset.entry(at).or_insert((unset, false));
            // Only all files together tell what the workspace takes out for nothing.
            *ever |= was_there || writer == Writer::Workspace;
        }
        for unknown in unknown {
            if !self.unknown.insert((unknown.span.start, unknown.span.end)) {
                continue;
            }
            let headline = format!(
                "the job has no process `{}` that this could change",
                unknown.name
            );
            let place = Place::Span(sources.locate(unknown.span));
            let problem = Diagnostic::new(&UNKNOWN_PROCESS_IN_LAYER, headline, place)
                .did_you_mean(&unknown.name, unknown.known.iter().map(String::as_str))
                .help("give it a `cmdline` if it is a new process");
            self.problems.push(problem);
        }
        for replaced in replaced {
            let job = replaced.into_job();
            if self.replaced.insert((job.span.start, job.span.end)) {
                self.wrong_values(job, sources);
            }
        }
        job
    }

    /// Tells what is wrong with the values of layers that no job has.
    fn of_no_job(&mut self, lower: &[Layer], jobs: &[Node], sources: &Sources) {
        let environments = jobs
            .iter()
            .filter_map(|job| job.get(ENVIRONMENT).and_then(text));
        let environments: BTreeSet<&str> = environments.collect();
        for layer in lower {
            let of_none = layer.environments.iter();
            let of_none = of_none.filter(|(entry, _)| !environments.contains(entry.key.as_str()));
            let of_none = of_none.map(|(_, inner)| inner);
            for layer in of_none.chain(jobs.is_empty().then_some(layer)) {
                self.wrong_values(table(layer.fields.clone(), layer.span), sources);
            }
        }
    }

    fn wrong_values(&mut self, job: Node, sources: &Sources) {
        let map = SourceMap::new(sources.clone(), Arc::new(job));
        let wrong = front::wrong_values(map.root()).into_iter();
        self.problems
            .extend(wrong.map(|problem| problem.located(&map)));
    }

    /// Tells what was taken out and is not there.
    fn unset_of_nothing(&mut self, sources: &Sources) {
        for (unset, ever) in std::mem::take(&mut self.unset).into_values() {
            if !ever {
                let headline = format!("no lower layer has `{}`", unset.written);
                let place = Place::Span(sources.locate(unset.span));
                let problem = Diagnostic::new(&UNSET_NOTHING, headline, place)
                    .help("write the path as the lower layer has it, or leave it out");
                self.problems.push(problem);
            }
        }
    }
}

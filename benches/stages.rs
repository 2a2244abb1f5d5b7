//! The stages of the pipeline, each by itself and in one thread.
//!
//! ```text
//! cargo bench --bench stages [-- --quick]
//! ```
//!
//! Each line is the best of several runs over the same definitions, for one definition; MB/s are
//! of its text.

mod workspace;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jobc::check::{self, Checked, CheckedJob};
use jobc::diagnostic::{Holes, Report};
use jobc::front;
use jobc::model::{Dialect, Document, InitSettings, Settings};
use jobc::plan::{self, Options, Plan};
use jobc::registry::CODES;
use jobc::resolve::import::Importer;
use jobc::resolve::{self, Lock, ResolvedJob, Resolver};
use jobc::rule::Terms;
use jobc::source::{Kind, Node, SourceFile, SourceMap, Span};
use jobc::store::StoreDir;
use jobc::target::aurora;
use jobc::target::{Form, Target};

use workspace::Format;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let bench = if quick {
        Bench { jobs: 10, runs: 2 }
    } else {
        Bench {
            jobs: 500,
            runs: 20,
        }
    };
    println!("| stage | for a definition | |\n|:------|-----------------:|----:|");
    for format in [Format::Toml, Format::Json, Format::Yaml] {
        bench.read(format);
    }
    let documents = bench.decode();
    let checked = bench.check(&documents);
    let resolved = bench.resolve(&checked);
    let plans = bench.lower(&resolved);
    bench.emit(&plans);
}

struct Bench {
    jobs: usize,
    runs: usize,
}

impl Bench {
    fn sources(&self, format: Format) -> Vec<Arc<SourceFile>> {
        let source = |job| SourceFile::new("job", workspace::text(job, format));
        (0..self.jobs).map(source).collect()
    }

    fn read(&self, format: Format) {
        let front_end = match format {
            Format::Toml => front::Format::Toml,
            Format::Json => front::Format::Json,
            Format::Yaml => front::Format::Yaml,
        };
        let sources = self.sources(format);
        let stage = format!("parse {}", format.extension());
        self.stage(
            &stage,
            Some(&sources),
            &sources,
            |source: Arc<SourceFile>| value(front::load(&source, front_end)),
        );
    }

    fn decode(&self) -> Vec<Document> {
        let sources = self.sources(Format::Toml);
        let tree = |source| Arc::new(value(front::load(source, front::Format::Toml)).tree);
        let trees: Vec<Arc<Node>> = sources.iter().map(tree).collect();
        self.stage("decode", Some(&sources), &trees, |tree: Arc<Node>| {
            front::document(&tree).value.expect("it is a definition")
        })
    }

    fn check(&self, documents: &[Document]) -> Vec<CheckedJob> {
        let (holes, settings) = (Holes::default(), Settings::default());
        let terms = Terms {
            settings: &settings,
            dialect: Dialect::Definition,
            registry: CODES,
            rules: aurora::RULES,
        };
        let check = |document| value(check::check(document, &holes, terms, Vec::new()));
        let checked = self.stage("check", None, documents, check);
        checked.into_iter().flat_map(Checked::into_jobs).collect()
    }

    /// With the files in the page cache.
    fn resolve(&self, jobs: &[CheckedJob]) -> Vec<ResolvedJob> {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let root = directory.path().canonicalize().expect("it is there");
        workspace::write(&root, self.jobs, Format::Toml);
        let store_dir = StoreDir::default();
        let importer = Importer::new(&root, store_dir.clone(), &[]).expect("it is there");
        let resolve = |job: CheckedJob| {
            let definition_dir = root.join(job.key().name.as_str());
            let resolver = Resolver {
                importer: &importer,
                current_dir: &root,
                store_dir: &store_dir,
                workspace_root: &root,
                definition: &definition_dir.join("job.toml"),
                definition_dir: &definition_dir,
                map: &SourceMap::new(
                    SourceFile::new("job.toml", ""),
                    Arc::new(Node {
                        kind: Kind::Null,
                        span: Span::default(),
                    }),
                ),
                settings: &Settings::default(),
                settings_map: None,
                shared_packages: &BTreeMap::new(),
                lock: &Lock::default(),
                imported: RefCell::default(),
            };
            value(resolve::resolve(job, &resolver).expect("the files can be read"))
        };
        self.stage("resolve", None, jobs, resolve)
    }

    fn lower(&self, jobs: &[ResolvedJob]) -> Vec<Plan> {
        let options = Options::new(&InitSettings::default(), &StoreDir::default());
        self.stage("lower", None, jobs, |job| plan::lower(job, &options))
    }

    fn emit(&self, plans: &[Plan]) {
        let emit = |plan: Plan| value(jobc::target::emit(&plan, Form::Target(Target::AuroraJson)));
        self.stage("emit", None, plans, emit);
    }

    /// Measures `work` and returns what it made of the inputs.
    fn stage<T: Clone, R>(
        &self,
        name: &str,
        sources: Option<&[Arc<SourceFile>]>,
        inputs: &[T],
        work: impl Fn(T) -> R,
    ) -> Vec<R> {
        let mut least = Duration::MAX;
        let mut results = Vec::new();
        for _ in 0..self.runs {
            let inputs = inputs.to_vec();
            let start = Instant::now();
            results = inputs.into_iter().map(&work).collect();
            least = least.min(start.elapsed());
        }
        let seconds = least.as_secs_f64();
        let microseconds = seconds * 1e6 / f64::from(u32::try_from(inputs.len()).expect("few"));
        let rate = sources.map_or(String::new(), |sources| {
            let bytes: usize = sources.iter().map(|source| source.text().len()).sum();
            let bytes = f64::from(u32::try_from(bytes).expect("little"));
            format!("{:.0} MB/s", bytes / seconds / 1e6)
        });
        println!("| {name} | {microseconds:.1} µs | {rate} |");
        results
    }
}

fn value<T>(report: Report<T>) -> T {
    assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
    report.value.expect("nothing is wrong with it")
}

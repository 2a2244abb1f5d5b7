//! The jobs that are to run: which they are, and at which ports they listen.

use std::collections::BTreeSet;

use crate::cli::arguments::Global;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::Ending;
use crate::cli::workspace::open;
use crate::diagnostic::Failure;
use crate::name::JobKey;
use crate::provide::Own;
use crate::reach::Local;
use crate::run::{CompiledJob, Key, Links, labels};

use super::arguments::RunArgs;
use super::compiled::{Word, meaning, one_of, read_file, read_standard};
use super::definitions::{Definitions, Seen};
use super::node::suit;
use super::ports::{self, Assigned, Numbers, Wanting};
use super::refusal::{Refusal, of_job};
use super::title::Title;

/// A job that is to run.
pub(super) struct Chosen {
    pub(super) key: Key,
    pub(super) job: CompiledJob,
    /// What the workspace that defines it has for it.
    pub(super) own: Option<Own>,
    /// How it waits for others of the run, and they for it.
    pub(super) links: Links,
}

/// The jobs of a run.
pub(super) struct Selected {
    pub(super) jobs: Vec<Chosen>,
    /// What each is called, if they are several.
    pub(super) labels: Vec<String>,
    /// Their ports.
    pub(super) assigned: Assigned,
}

/// A job before it is known what others of the run have to do with it.
struct Draft {
    place: usize,
    key: Key,
    job: CompiledJob,
    /// The ports that its definition declares.
    declared: BTreeSet<String>,
    wanted: Numbers,
    /// What is known of one that is compiled already.
    own: Option<Own>,
}

/// The jobs that the command line means; how the run ended if there is none.
pub(super) fn selected(
    args: &RunArgs,
    global: &Global,
    console: &Console,
) -> Result<Selected, Ending> {
    let Words { files, names } = read_words(args, global, console)?;
    if names.is_empty() {
        return of_files(files, args, console);
    }
    let (workspace, diagnostics) = open(global, console)?;
    let given: BTreeSet<String> = files.iter().map(|file| file.key.to_string()).collect();
    let definitions = Definitions::find(&workspace, diagnostics, names, &given, console)?;
    let seen = definitions.seen(args.instance);
    if files.is_empty() && seen.len() < 2 {
        return alone(definitions, args, console);
    }
    if files.is_empty() && args.key.is_some() {
        let count = seen.len();
        let failure =
            format!("`--key` picks a job of a compiled file, and {count} jobs are selected");
        return Err(Failure::new(failure).help("name the one by its key").into());
    }
    together(files, definitions, &seen, args, console)
}

/// What the words of the command line mean.
struct Words {
    files: Vec<Draft>,
    /// Those of definitions, with their places.
    names: Vec<(usize, String)>,
}

fn read_words(args: &RunArgs, global: &Global, console: &Console) -> Result<Words, Ending> {
    let mut words = Words {
        files: Vec::new(),
        names: Vec::new(),
    };
    for (place, meaning) in meanings(args, global)?.into_iter().enumerate() {
        let word = &args.jobs[place];
        let read = match meaning {
            Word::Jobs => {
                words.names.push((place, word.clone()));
                continue;
            }
            Word::Standard => read_standard(args).map(|job| (job, None)),
            Word::File(path) => read_file(word, &path, args, global, console),
        };
        let (job, own) = read.map_err(|refusal| refusal.told(console))?;
        let key = job.key().map_err(|problems| {
            let problems = if args.jobs.len() > 1 {
                of_job(&problems, word)
            } else {
                problems
            };
            Refusal::Wrong(problems).told(console)
        })?;
        words.files.push(Draft {
            place,
            key,
            job,
            declared: BTreeSet::new(),
            wanted: Numbers::new(),
            own,
        });
    }
    Ok(words)
}

/// What each word of the command line names, if they go together.
fn meanings(args: &RunArgs, global: &Global) -> Result<Vec<Word>, Failure> {
    let words = args.jobs.iter().map(|word| meaning(word, global));
    let words: Vec<Word> = words.collect::<Result<_, _>>()?;
    let is_standard = |word: &&Word| matches!(word, Word::Standard);
    if words.iter().filter(is_standard).count() > 1 {
        let failure = "standard input is read once, and `-` is given twice";
        return Err(Failure::new(failure));
    }
    let files = words.iter().filter(|word| !matches!(word, Word::Jobs));
    let count = files.count();
    if args.key.is_some() && count > 1 {
        let failure = format!("`--key` picks a job of one compiled file, and {count} are named");
        return Err(Failure::new(failure).help("run a file of several jobs without other files"));
    }
    Ok(words)
}

/// The jobs of compiled files.
fn of_files(files: Vec<Draft>, args: &RunArgs, console: &Console) -> Result<Selected, Ending> {
    let mut files = distinct(files, args)?;
    if let [_] = *files
        && let Some(Draft { key, job, own, .. }) = files.pop()
    {
        return one(key, job, own, args, console).map_err(|refusal| refusal.told(console));
    }
    let (labels, assigned) = assign(&files, args, console).map_err(|it| it.told(console))?;
    let jobs = files.into_iter().map(Draft::compiled);
    Ok(Selected {
        jobs: jobs.collect(),
        labels,
        assigned,
    })
}

/// The only job of definitions that is meant.
fn alone(
    definitions: Definitions<'_>,
    args: &RunArgs,
    console: &Console,
) -> Result<Selected, Ending> {
    let word = args.jobs.first().map_or("", String::as_str);
    let Some(defined) = definitions.alone(console)? else {
        return Err(Failure::new(format!("no job is called `{word}`")).into());
    };
    let selected = || {
        let job = one_of(defined.compiled, word, args.key.as_ref())?;
        let key = job.key()?;
        one(key, job, Some(defined.own), args, console)
    };
    selected().map_err(|refusal: Refusal| refusal.told(console))
}

fn one(
    key: Key,
    job: CompiledJob,
    own: Option<Own>,
    args: &RunArgs,
    console: &Console,
) -> Result<Selected, Refusal> {
    suit(&job.demands()?, Title(None), args, console)?;
    let numbers = ports::of_one(&job, args)?;
    Ok(Selected {
        assigned: Assigned::of_one(numbers),
        jobs: vec![Chosen {
            key,
            job,
            own,
            links: Links::default(),
        }],
        labels: Vec::new(),
    })
}

/// Several jobs, some of definitions: compiled anew where it matters to them which ports the others have.
fn together(
    files: Vec<Draft>,
    definitions: Definitions<'_>,
    seen: &[Seen],
    args: &RunArgs,
    console: &Console,
) -> Result<Selected, Ending> {
    let told = |refusal: Refusal| refusal.told(console);
    let mut drafts = files;
    for seen in seen {
        drafts.push(seen.draft().map_err(told)?);
    }
    let drafts = distinct(drafts, args)?;
    let (labels, mut assigned) = assign(&drafts, args, console).map_err(told)?;
    let mut local = Local::running();
    for (draft, numbers) in drafts.iter().zip(&assigned.numbers) {
        if let Some(key) = JobKey::parse(&draft.key.to_string()) {
            local.add(key, numbers.clone());
        }
    }
    let mut defined = definitions.together(seen, local, console)?;
    let mut jobs = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let key = draft.key.to_string();
        jobs.push(match defined.remove(&key) {
            None => draft.compiled(),
            Some(defined) => {
                let job = one_of(defined.compiled, &key, None).map_err(told)?;
                let completed = assigned.complete(index, &job, &labels[index]);
                completed.map_err(told)?;
                Chosen {
                    key: draft.key,
                    job,
                    own: Some(defined.own),
                    links: defined.links,
                }
            }
        });
    }
    Ok(Selected {
        jobs,
        labels,
        assigned,
    })
}

/// The jobs in the order of the words that mean them, if each is meant once.
fn distinct(mut drafts: Vec<Draft>, args: &RunArgs) -> Result<Vec<Draft>, Failure> {
    drafts.sort_by(|a, b| (a.place, &a.key).cmp(&(b.place, &b.key)));
    let mut keys = BTreeSet::new();
    for draft in &drafts {
        if !keys.insert(&draft.key) {
            let word = args.jobs.get(draft.place).map_or("", String::as_str);
            let failure = format!("the job `{}` is named twice, once by `{word}`", draft.key);
            return Err(Failure::new(failure).help("leave one of them out"));
        }
    }
    Ok(drafts)
}

/// What jobs are called, and their ports.
fn assign(
    drafts: &[Draft],
    args: &RunArgs,
    console: &Console,
) -> Result<(Vec<String>, Assigned), Refusal> {
    let keys: Vec<Key> = drafts.iter().map(|draft| draft.key.clone()).collect();
    let labels = labels(&keys);
    for (draft, label) in drafts.iter().zip(&labels) {
        let demands = draft.job.demands();
        let demands = demands.map_err(|it| Refusal::Wrong(of_job(&it, label)))?;
        suit(&demands, Title(Some(label)), args, console)?;
    }
    let wanting = drafts.iter().zip(&labels).map(|(draft, label)| Wanting {
        label,
        key: draft.key.to_string(),
        job: &draft.job,
        declared: &draft.declared,
        wanted: &draft.wanted,
    });
    let wanting: Vec<Wanting<'_>> = wanting.collect();
    let assigned = ports::of_several(&wanting, args)?;
    Ok((labels, assigned))
}

impl Draft {
    fn compiled(self) -> Chosen {
        Chosen {
            key: self.key,
            job: self.job,
            own: self.own,
            links: Links::default(),
        }
    }
}

impl Seen {
    fn draft(&self) -> Result<Draft, Refusal> {
        let key = self.key.to_string();
        let job = one_of(self.compiled.clone(), &key, None)?;
        Ok(Draft {
            place: self.place,
            key: job.key()?,
            job,
            declared: self.declared.clone(),
            wanted: self.wanted.clone(),
            own: None,
        })
    }
}

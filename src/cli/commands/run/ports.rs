//! The numbers of ports: those of the command line, those that definitions and the lock want, and any
//! that are free.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Failure, closest};
use crate::run::world::{self, Allocated, PortRequest, PortTrouble};
use crate::run::{CompiledJob, PortClash, PortNames, Ports};

use super::arguments::RunArgs;
use super::refusal::{Refusal, of_job};
use super::title::Title;

/// The numbers of ports by their names.
pub(super) type Numbers = BTreeMap<String, u16>;

/// What is known of the ports of a job of several.
pub(super) struct Wanting<'j> {
    pub(super) label: &'j str,
    pub(super) key: String,
    pub(super) job: &'j CompiledJob,
    /// The ports that its definition declares, for others.
    pub(super) declared: &'j BTreeSet<String>,
    /// The numbers that its definition and the lock want.
    pub(super) wanted: &'j Numbers,
}

/// The numbers of the ports of several jobs, which are theirs until this is dropped.
#[derive(Debug, Default)]
pub(super) struct Assigned {
    pub(super) numbers: Vec<Numbers>,
    /// What people are told of them, a line for each job.
    pub(super) lines: Vec<String>,
    held: Vec<Allocated>,
}

/// The numbers of the ports of a job that runs alone.
pub(super) fn of_one(job: &CompiledJob, args: &RunArgs) -> Result<Numbers, Refusal> {
    let title = Title(None);
    let names = job.ports()?;
    let mut given = Numbers::new();
    for (name, number) in &args.ports {
        give(&mut given, name, *number, title)?;
    }
    let ports = Ports::new(&names, &given).map_err(|clash| told_clash(&clash, title))?;
    if let Some(unknown) = given.keys().find(|name| !ports.has(name)) {
        return Err(no_port(unknown, &ports, title).into());
    }
    let request = PortRequest {
        open: ports.open(),
        fixed: ports.fixed(),
        wanted: &Numbers::new(),
    };
    let allocated = world::allocate(&[request]).map_err(|troubles| refused(troubles, &[title]))?;
    let numbers = allocated.numbers.into_iter().next().unwrap_or_default();
    Ok(ports.bind(numbers))
}

/// The numbers of the ports of all `jobs`, no two the same.
pub(super) fn of_several(jobs: &[Wanting<'_>], args: &RunArgs) -> Result<Assigned, Refusal> {
    let titles: Vec<Title<'_>> = jobs.iter().map(|job| Title(Some(job.label))).collect();
    let mut names = Vec::with_capacity(jobs.len());
    let mut bare = Vec::with_capacity(jobs.len());
    for (job, &title) in jobs.iter().zip(&titles) {
        let of_job = names_of(job.job, job.declared, job.label)?;
        let ports = Ports::new(&of_job, &Numbers::new());
        bare.push(ports.map_err(|clash| told_clash(&clash, title))?);
        names.push(of_job);
    }
    let mut given = vec![Numbers::new(); jobs.len()];
    for (word, number) in &args.ports {
        let (job, name) = meant(word, jobs, &bare)?;
        give(&mut given[job], name, *number, titles[job])?;
    }
    let mut ports = Vec::with_capacity(jobs.len());
    for ((names, given), &title) in names.iter().zip(&given).zip(&titles) {
        let of_job = Ports::new(names, given);
        ports.push(of_job.map_err(|clash| told_clash(&clash, title))?);
    }
    let wanted = ports.iter().zip(jobs);
    let wanted: Vec<Numbers> = wanted.map(|(it, job)| it.wanted(job.wanted)).collect();
    let requests = ports.iter().zip(&wanted);
    let requests: Vec<PortRequest<'_>> = requests
        .map(|(ports, wanted)| PortRequest {
            open: ports.open(),
            fixed: ports.fixed(),
            wanted,
        })
        .collect();
    let mut allocated = world::allocate(&requests).map_err(|it| refused(it, &titles))?;
    let found = std::mem::take(&mut allocated.numbers);
    let numbers = ports.into_iter().zip(found);
    let numbers: Vec<Numbers> = numbers.map(|(ports, found)| ports.bind(found)).collect();
    let lines = jobs.iter().zip(&numbers).zip(&given);
    let lines = lines.filter_map(|((job, numbers), given)| line(job, numbers, given));
    Ok(Assigned {
        lines: lines.collect(),
        numbers,
        held: vec![allocated],
    })
}

impl Assigned {
    /// Those of a job that runs alone.
    pub(super) fn of_one(numbers: Numbers) -> Self {
        Self {
            numbers: vec![numbers],
            ..Self::default()
        }
    }

    /// Lets the jobs have them.
    pub(super) fn release(self) -> Vec<Numbers> {
        self.numbers
    }

    /// Finds numbers for those ports of a job that it has got since they were assigned.
    pub(super) fn complete(
        &mut self,
        index: usize,
        job: &CompiledJob,
        label: &str,
    ) -> Result<(), Refusal> {
        let title = Title(Some(label));
        let known = &self.numbers[index];
        let names = names_of(job, &known.keys().cloned().collect(), label)?;
        let ports = Ports::new(&names, known).map_err(|clash| told_clash(&clash, title))?;
        let request = PortRequest {
            open: ports.open(),
            // What is known is held already.
            fixed: &BTreeMap::new(),
            wanted: &Numbers::new(),
        };
        let mut more = world::allocate(&[request]).map_err(|it| refused(it, &[title]))?;
        let found = more.numbers.pop().unwrap_or_default();
        self.numbers[index] = ports.bind(found);
        self.held.push(more);
        Ok(())
    }
}

/// The ports that a job's task asks for and that its definition declares.
fn names_of(
    job: &CompiledJob,
    declared: &BTreeSet<String>,
    label: &str,
) -> Result<PortNames, Refusal> {
    let names = job.ports();
    let mut names = names.map_err(|problems| Refusal::Wrong(of_job(&problems, label)))?;
    names.asked.extend(declared.iter().cloned());
    Ok(names)
}

/// The job and the port that `word` of the command line means: `JOB:NAME`, or `NAME` if only one job has
/// such a port.
fn meant<'w>(
    word: &'w str,
    jobs: &[Wanting<'_>],
    ports: &[Ports],
) -> Result<(usize, &'w str), Failure> {
    if let Some((job, name)) = word.split_once(':') {
        let is_it = |it: &Wanting<'_>| it.label == job || it.key == job;
        let Some(index) = jobs.iter().position(is_it) else {
            return Err(no_job(job, jobs));
        };
        if !ports[index].has(name) {
            let title = Title(Some(jobs[index].label));
            return Err(no_port(name, &ports[index], title));
        }
        return Ok((index, name));
    }
    let having: Vec<usize> = (0..jobs.len())
        .filter(|&index| ports[index].has(word))
        .collect();
    match having[..] {
        [index] => Ok((index, word)),
        [] => {
            let failure = Failure::new(format!("no job of the run has a port `{word}`"));
            let names = ports.iter().flat_map(Ports::names);
            Err(match closest(word, names) {
                Some(meant) => failure.help(format!("did you mean `{meant}`?")),
                None => failure.note(listed(jobs, ports)),
            })
        }
        [first, ..] => {
            let count = having.len();
            let failure = Failure::new(format!("{count} jobs have a port `{word}`"));
            let label = jobs[first].label;
            Err(failure.help(format!("name one of them: `--port {label}:{word}=N`")))
        }
    }
}

fn no_job(word: &str, jobs: &[Wanting<'_>]) -> Failure {
    let failure = Failure::new(format!("no job of the run is called `{word}`"));
    let labels = || jobs.iter().map(|job| job.label);
    if let Some(meant) = closest(word, labels()) {
        return failure.help(format!("did you mean `{meant}`?"));
    }
    let labels: Vec<&str> = labels().collect();
    failure.note(format!("they are `{}`", labels.join("`, `")))
}

/// All ports, as `--port` takes them.
fn listed(jobs: &[Wanting<'_>], ports: &[Ports]) -> String {
    let of_job = |(job, ports): (&Wanting<'_>, &Ports)| -> Vec<String> {
        let title = Title(Some(job.label));
        ports.names().map(|name| title.port(name)).collect()
    };
    let all: Vec<String> = jobs.iter().zip(ports).flat_map(of_job).collect();
    if all.is_empty() {
        "they have no ports".to_owned()
    } else {
        format!("they have `{}`", all.join("`, `"))
    }
}

fn give(given: &mut Numbers, name: &str, number: u16, title: Title<'_>) -> Result<(), Failure> {
    match given.insert(name.to_owned(), number) {
        None => Ok(()),
        Some(_) => Err(Failure::new(format!(
            "port `{}` is given twice",
            title.port(name)
        ))),
    }
}

fn no_port(unknown: &str, ports: &Ports, title: Title<'_>) -> Failure {
    let failure = Failure::new(format!("{} has no port `{unknown}`", title.job()));
    match closest(unknown, ports.names()) {
        Some(meant) => failure.help(format!("did you mean `{}`?", title.port(meant))),
        None => failure.note(match ports.names().collect::<Vec<_>>().join("`, `") {
            none if none.is_empty() => "it has no ports".to_owned(),
            names => format!("it has `{names}`"),
        }),
    }
}

fn told_clash(clash: &PortClash, title: Title<'_>) -> Failure {
    let port = |name: &str| title.port(name);
    match clash {
        PortClash::Circle(name) => Failure::new(format!(
            "`announce.portmap`: port `{}` leads back to itself",
            port(name)
        )),
        PortClash::Twice(name, one, other) => Failure::new(format!(
            "port `{}` cannot be both {one} and {other}: the names are those of one port",
            port(name)
        )),
        PortClash::Shared(one, other, number) => shared(&port(one), &port(other), *number),
    }
}

fn shared(one: &str, other: &str, number: u16) -> Failure {
    Failure::new(format!(
        "ports `{one}` and `{other}` cannot both be {number}"
    ))
    .help("give one of them another number")
}

fn refused(troubles: Vec<(usize, PortTrouble)>, titles: &[Title<'_>]) -> Refusal {
    let told = |(job, trouble)| told(trouble, job, titles);
    Refusal::Unfit(troubles.into_iter().map(told).collect())
}

fn told(trouble: PortTrouble, job: usize, titles: &[Title<'_>]) -> Failure {
    let port = |name: &str| titles[job].port(name);
    match trouble {
        PortTrouble::InUse(name, number) => {
            let port = port(&name);
            Failure::new(format!(
                "port `{port}` cannot be {number}: another process listens there"
            ))
            .help(format!(
                "end that one, or pass a free number: `--port {port}=N`"
            ))
        }
        PortTrouble::Taken(name, number, other, its) => {
            shared(&titles[other].port(&its), &port(&name), number)
        }
        PortTrouble::Forbidden(name, number) => {
            let port = port(&name);
            Failure::new(format!(
                "port `{port}` cannot be {number}: this user may not listen below 1024"
            ))
            .help(format!("pass another number: `--port {port}=N`"))
        }
        PortTrouble::Machine(error) => error.into(),
    }
}

/// What people are told of a job's ports, if it has some.
fn line(job: &Wanting<'_>, numbers: &Numbers, given: &Numbers) -> Option<String> {
    let ports = numbers.iter().map(|(name, number)| {
        let wanted = job.wanted.get(name).filter(|wanted| *wanted != number);
        match wanted.filter(|_| !given.contains_key(name)) {
            Some(wanted) => format!("{name} {number} ({wanted} is taken)"),
            None => format!("{name} {number}"),
        }
    });
    let ports: Vec<String> = ports.collect();
    (!ports.is_empty()).then(|| format!("{}: {}", job.label, ports.join(", ")))
}

//! The numbers of a job's ports, for targets whose scheduler finds none.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Chapter, Diagnostic, Place, Report, Topic};
use crate::intent::{Checker, Intent};
use crate::name::{JobKey, PortKey, PortName};
use crate::resolve::PortNumbers;
use crate::source::Location;

/// The problems of ports without numbers of their own.
pub const CODES: &[Chapter] = &[(Topic::Lock, &[&PORT_NOT_LOCKED, &PORT_TAKEN, &SHARED_PORT])];

crate::diagnostic::declare_codes! {
    /// The job's target has no ports to give, or `assign = "always"` stands in `[ports]` of `jobc.toml`,
    /// and the lock has no number for one of the job's ports.
    ///
    /// `jobc lock` assigns one and writes it into `jobc.lock`, where it stays: the definition's own
    /// number comes first, then that of the lock, then a free one of the range that `jobc.toml` gives.
    /// A port that only a file names which a command expands has to be declared: `ports = { http = {} }`.
    PORT_NOT_LOCKED = "port-not-locked", Error, "a port without a number";

    /// Two ports of one cluster have the same number. Their jobs may come to run on one host.
    ///
    /// Give one of them another number in its definition. Of two numbers that were assigned, in two
    /// branches say, `jobc lock` changes one.
    PORT_TAKEN = "port-taken", Error, "two ports of a cluster with one number";

    /// A job of several instances gives one of its ports a number. Instances may come to run on one host,
    /// where only one of them can listen at it.
    ///
    /// Leave the number out, `http = {}`: `jobc lock` assigns one to each instance.
    SHARED_PORT = "shared-port", Error, "one number for the port of several instances";
}

/// More instances than there are numbers cannot all have one, so that no more are looked at.
const MOST_INSTANCES: u32 = 1 << 16;

/// A port that needs a number.
#[derive(Debug, Clone)]
pub struct NeededPort {
    /// The port.
    pub key: PortKey,
    /// The number that the definition gives it.
    pub given: Option<u16>,
    /// Where it is declared or named.
    pub place: Place,
}

/// The ports of a job, each of its instances apart, as far as the definition shows them.
pub fn needed(key: &JobKey, intent: &Intent) -> Vec<NeededPort> {
    let mut ports: BTreeMap<PortName, (Option<u16>, Place)> = BTreeMap::new();
    for (name, at) in &intent.ports {
        let place = Place::value(at.pointer());
        ports.insert(name.clone(), (at.value, place));
    }
    let runs = intent.runs.iter();
    let named = runs.flat_map(|run| run.texts().map(|text| (text, &run.command)));
    let check = match intent.checker() {
        Some(Checker::Shell(command)) => Some(command),
        Some(Checker::Http { .. }) | None => None,
    };
    for (text, command) in named.chain(check.map(|command| (&command.value, command))) {
        for name in text.ports() {
            // What Aurora alone takes as a name is told where there is another target.
            if let Ok(name) = name.parse() {
                let place = || (None, Place::value(command.pointer()));
                ports.entry(name).or_insert_with(place);
            }
        }
    }
    let instances = u32::try_from(intent.instance_count()).unwrap_or(1);
    let numbers: Vec<Option<u32>> = match instances {
        0 | 1 => vec![None],
        several => (0..several.min(MOST_INSTANCES)).map(Some).collect(),
    };
    let each = |(port, (given, place)): (PortName, (Option<u16>, Place))| {
        let instances = numbers.clone().into_iter();
        let job = key.clone();
        instances.map(move |instance| NeededPort {
            key: PortKey {
                job: job.clone(),
                port: port.clone(),
                instance,
            },
            given,
            place: place.clone(),
        })
    };
    ports.into_iter().flat_map(each).collect()
}

/// The numbers of all ports of a job; `locked` are those that were assigned.
pub fn numbered(key: &JobKey, intent: &Intent, locked: &PortNumbers) -> Report<PortNumbers> {
    let mut numbers = PortNumbers::new();
    let mut found = Vec::new();
    let mut told: BTreeSet<PortName> = BTreeSet::new();
    for NeededPort { key, given, place } in needed(key, intent) {
        let name = &key.port;
        if given.is_some() && key.instance.is_some() {
            if told.insert(name.clone()) {
                let count = intent.instance_count();
                let headline = format!("the port `{name}` has one number for {count} instances");
                found.push(Diagnostic::new(&SHARED_PORT, headline, place).help(format!(
                    "leave it out, `{name} = {{}}`: `jobc lock` assigns one to each"
                )));
            }
            continue;
        }
        let Some(number) = given.or_else(|| locked.get(&key).copied()) else {
            if told.insert(name.clone()) {
                let headline = format!("the port `{name}` has no number");
                let problem = Diagnostic::new(&PORT_NOT_LOCKED, headline, place);
                found.push(if intent.expands_files && !intent.ports.contains_key(name.as_str()) {
                    problem.help(format!(
                        "declare it, `ports = {{ {name} = {{}} }}`, and run `jobc lock`, which assigns one"
                    ))
                } else {
                    problem.help("run `jobc lock`, which assigns one")
                });
            }
            continue;
        };
        if let Some(holder) = holder(&key, number, given, locked) {
            let headline = format!("`{key}` and `{holder}` both have the number {number}");
            let problem = Diagnostic::new(&PORT_TAKEN, headline, place);
            found.push(problem.help("run `jobc lock`, which assigns another one"));
        }
        numbers.insert(key, number);
    }
    Report::new(numbers, found)
}

/// Which other port of the cluster was assigned the number. Of two that were assigned it, the first keeps
/// it.
fn holder<'l>(
    key: &PortKey,
    number: u16,
    given: Option<u16>,
    locked: &'l PortNumbers,
) -> Option<&'l PortKey> {
    let mut others = locked.iter();
    let is_it = |(other, taken): &(&PortKey, &u16)| {
        let is_earlier = given.is_some() || *other < key;
        **taken == number && other.job.cluster == key.job.cluster && *other != key && is_earlier
    };
    others.find(is_it).map(|(other, _)| other)
}

/// Errors for numbers that definitions give two ports of one cluster, if one of their jobs is `concerned`.
pub fn given_twice<'p>(
    ports: impl IntoIterator<Item = (&'p PortKey, u16, &'p Location)>,
    concerned: impl Fn(&JobKey) -> bool,
) -> Vec<Diagnostic> {
    let mut first: BTreeMap<_, (&PortKey, &Location)> = BTreeMap::new();
    let mut found = Vec::new();
    for (key, number, location) in ports {
        let Some((other, at)) = first.get(&(&key.job.cluster, number)) else {
            first.insert((&key.job.cluster, number), (key, location));
            continue;
        };
        // Within one job, and of one job that is defined twice, it is told as that.
        if other.job == key.job || !(concerned(&key.job) || concerned(&other.job)) {
            continue;
        }
        let headline = format!("`{other}` and `{key}` both have the number {number}");
        found.push(
            Diagnostic::new(&PORT_TAKEN, headline, Place::Span(location.clone()))
                .also(Place::Span((*at).clone()), "the other one")
                .help("give one of them another number, or `{}` for any"),
        );
    }
    found
}

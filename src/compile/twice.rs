//! What jobs of several definitions, or several of one, may have only once: their keys, and the numbers of
//! their ports.

use std::collections::BTreeMap;

use crate::check::names::DUPLICATE_JOB;
use crate::diagnostic::{Diagnostic, Place};
use crate::model::JobKey;
use crate::plan;
use crate::source::Location;

use super::Listed;

/// Errors for numbers that definitions give two ports of one cluster, if one of their jobs is `concerned`.
pub fn ports_given_twice<'j>(
    jobs: impl IntoIterator<Item = &'j Listed>,
    concerned: impl Fn(&JobKey) -> bool,
) -> Vec<Diagnostic> {
    let ports = jobs.into_iter().flat_map(|job| &job.ports);
    let given = ports.filter_map(|port| Some((&port.key, port.given?, &port.location)));
    plan::given_twice(given, concerned)
}

/// Errors for jobs that are defined twice, each with both places.
pub fn duplicates<'j>(
    jobs: impl IntoIterator<Item = (&'j JobKey, &'j Location)>,
) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&JobKey, &Location> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (key, location) in jobs {
        match first.entry(key) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(location);
            }
            std::collections::btree_map::Entry::Occupied(entry) => {
                let headline = format!("job `{key}` is defined twice");
                let problem =
                    Diagnostic::new(&DUPLICATE_JOB, headline, Place::Span(location.clone()));
                let related = Place::Span((*entry.get()).clone());
                diagnostics.push(
                    problem
                        .also(related, "first defined here")
                        .help("give one of them another name or environment"),
                );
            }
        }
    }
    diagnostics
}

//! The target `aurora-json`: what `aurora job create --read-json` reads.
//!
//! Where a field takes one of several structs, the client's JSON reader only tries the first one,
//! so that JSON cannot carry the others: `coverage` has them.

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{At, Container, SlaPolicy, UpdateStrategy};
use crate::plan::Plan;
use crate::target::aurora::codes::NOT_IN_JSON;
use crate::target::coverage::{Coverage, of_choice};

use super::compose::compose;
use super::coverage::ROWS;
use super::tree::print;

/// The compiled job with all its choices, some of which the client cannot read in JSON: `refused`
/// tells these.
pub(in crate::target) fn text(plan: &Plan) -> String {
    print(&compose(plan))
}

/// The choices that JSON cannot carry.
pub(in crate::target) fn refused(plan: &Plan) -> Vec<Diagnostic> {
    let update = plan.intent.update.as_ref().map(|it| &it.value);
    let strategy = update.and_then(|update| update.strategy.as_ref());
    let container = plan.intent.container.as_ref();
    let policy = plan.intent.sla_policy.as_ref();
    let choices = [
        container.map(|at| {
            (
                "Intent",
                "container",
                at.choice(Container::name, Some("docker")),
            )
        }),
        policy.map(|at| {
            (
                "Intent",
                "sla_policy",
                at.choice(SlaPolicy::name, Some("coordinator")),
            )
        }),
        // An update cannot be started with `queue`.
        strategy.map(|at| ("Update", "strategy", at.choice(UpdateStrategy::name, None))),
    ];
    let choices = choices.into_iter().flatten();
    choices
        .filter_map(|(table, field, choice)| {
            let Coverage::Refused(why) = of_choice(ROWS, table, field, choice.name) else {
                return None;
            };
            Some(choice.refused(why))
        })
        .collect()
}

/// What a definition chooses for a field.
struct Choice<'a> {
    name: &'static str,
    field: &'a str,
    /// What JSON can carry, and is of use.
    instead: Option<&'static str>,
    place: Place,
}

impl<T> At<T> {
    fn choice(
        &self,
        name: impl Fn(&T) -> &'static str,
        instead: Option<&'static str>,
    ) -> Choice<'_> {
        let name = name(&self.value);
        Choice {
            name,
            field: self.field(),
            instead,
            place: Place::key(self.pointer().key(name)),
        }
    }
}

impl Choice<'_> {
    fn refused(self, why: &str) -> Diagnostic {
        let Self {
            name,
            field,
            instead,
            place,
        } = self;
        let headline = format!("Aurora's JSON cannot carry the `{field}` `{name}`");
        Diagnostic::new(&NOT_IN_JSON, headline, place)
            .note(format!("for `{field}`, {why}"))
            .help("write the job as a config file, which carries it: `--target aurora-config`")
            .help(match instead {
                Some(instead) => format!("or use `{instead}`, or leave `{field}` out"),
                None => format!("or leave `{field}` out"),
            })
    }
}

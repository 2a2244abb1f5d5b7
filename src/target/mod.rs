//! Plans judged by schedulers' rules and put into their words: a folder for each scheduler.

pub mod artifact;
pub mod aurora;
pub mod coverage;
mod judged;
mod named;
pub mod steps;

pub use artifact::{Artifact, Bundle, Form, Mode};
pub use named::{NAMED, Named, Ports, ports};

pub use crate::name::Target;

use crate::diagnostic::{Diagnostic, Report};
use crate::lint::Levels;
use crate::plan::{Downloads, Plan};
use crate::reach::{Answer, Asked, Ways};
use crate::rule::Rules;

use coverage::Row;
use judged::{Judged, PlanRule};
use steps::Steps;

/// The compiled job, if the form can carry it.
pub fn emit(plan: &Plan, form: Form) -> Report<Bundle> {
    carries(plan, form).map(|()| Bundle {
        key: plan.key.clone(),
        form,
        files: match form {
            Form::Target(Target::AuroraJson) | Form::Complete => {
                vec![Artifact::alone(aurora::json::text(plan))]
            }
            Form::Target(Target::AuroraConfig) => {
                vec![Artifact::alone(aurora::config::text(plan))]
            }
        },
    })
}

/// What [`emit`] would refuse, found without writing anything.
pub fn carries(plan: &Plan, form: Form) -> Report<()> {
    let refused = match form {
        Form::Target(Target::AuroraJson) => aurora::json::refused(plan),
        Form::Target(Target::AuroraConfig) | Form::Complete => Vec::new(),
    };
    if refused.is_empty() {
        Report::ok(())
    } else {
        Report::failed(refused)
    }
}

/// A target's rules of jobs as they are written.
pub fn rules(target: Target) -> Rules {
    match target {
        Target::AuroraJson | Target::AuroraConfig => aurora::RULES,
    }
}

/// What a target's rules find in a plan, whatever form its documents have.
pub fn judge(
    plan: &Plan,
    target: Target,
    levels: Levels<'_>,
    downloads: Downloads<'_>,
) -> Vec<Diagnostic> {
    let mut judged = Judged {
        plan,
        levels,
        downloads,
        found: Vec::new(),
    };
    for rule in plan_rules(target) {
        rule(&mut judged);
    }
    judged.found
}

fn plan_rules(target: Target) -> &'static [PlanRule] {
    match target {
        Target::AuroraJson | Target::AuroraConfig => aurora::PLANNED,
    }
}

/// What a target says of something that depends on where a job runs.
pub fn answer(asked: &Asked<'_>, target: Target, ways: Ways<'_>) -> Answer {
    match target {
        Target::AuroraJson | Target::AuroraConfig => aurora::reach::answer(asked, ways),
    }
}

/// The steps of a plan as a target runs them.
pub fn steps(plan: &Plan, target: Target) -> Steps<'_> {
    match target {
        Target::AuroraJson | Target::AuroraConfig => aurora::steps::steps(plan),
    }
}

/// The steps that jobc adds to a plan's own.
pub fn added(plan: &Plan, target: Target) -> Vec<aurora::AddedStep> {
    match target {
        Target::AuroraJson | Target::AuroraConfig => aurora::AddedStep::of_plan(plan),
    }
}

/// What a target makes of each field of a plan.
pub fn coverage(target: Target) -> Vec<Row> {
    match target {
        Target::AuroraJson => aurora::coverage::of_json(),
        Target::AuroraConfig => aurora::coverage::of_config(),
    }
}

/// What `explain` says of the target with this name.
pub fn explained(name: &str) -> Option<String> {
    let Named {
        summary, target, ..
    } = NAMED.iter().find(|named| named.name == name)?;
    let rows = coverage::text(&coverage(*target));
    Some(format!(
        "{name}: {summary}\n\nWhat becomes of what a definition says:\n\n{rows}"
    ))
}

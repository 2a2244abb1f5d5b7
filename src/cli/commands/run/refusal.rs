//! Why a job is not run.

use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::diagnostic::{Failure, MachineError};
use crate::run::Problem;

/// Why a job is not run.
pub(super) enum Refusal {
    /// It cannot be.
    Wrong(Vec<Problem>),
    /// What was asked for makes no sense.
    Asked(Failure),
    /// This machine does not suit it, for these reasons.
    Unfit(Vec<Failure>),
}

impl Refusal {
    /// Tells why, and how the command ends.
    pub(super) fn told(self, console: &Console) -> Ending {
        match self {
            Self::Asked(failure) => Ending::Untold(failure),
            Self::Unfit(failures) => {
                for failure in &failures {
                    console.fail(failure);
                }
                Ending::Told(Exit::Failed)
            }
            Self::Wrong(problems) => {
                for problem in problems {
                    console.fail(&Failure::new(problem.to_string()));
                }
                Ending::Told(Exit::Wrong)
            }
        }
    }
}

/// Problems of one of several jobs.
pub(super) fn of_job(problems: &[Problem], label: &str) -> Vec<Problem> {
    let problems = problems.iter();
    problems.map(|problem| problem.of_file(label)).collect()
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Asked(failure)
    }
}

impl From<MachineError> for Refusal {
    fn from(error: MachineError) -> Self {
        Self::Asked(error.into())
    }
}

impl From<Vec<Problem>> for Refusal {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Wrong(problems)
    }
}

//! `jobc run`: a compiled job's task, run on this machine.

mod job;
mod node;
mod store;

use std::io::{self, IsTerminal};
use std::sync::Arc;

use anstream::{AutoStream, ColorChoice};

use crate::diagnostic::{Failure, MachineError};
use crate::run::world::{self, Printer, Sandbox, Setup, Style};
use crate::run::{Fate, Problem};
use crate::secret::hide;

use self::job::chosen;
use self::store::Ground;
use super::args::{Color, Global, RunArgs};
use super::console::Console;
use super::exit::Exit;
use super::summary;

pub(super) fn run(args: &RunArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let chosen = match chosen(args, global, console)? {
        Ok(chosen) => chosen,
        Err(exit) => return Ok(exit),
    };
    let key = match chosen.job.key() {
        Ok(key) => key,
        Err(problems) => return Refusal::Wrong(problems).tell(console),
    };
    let mut task = match node::bind(&chosen.job, &key, args, console) {
        Ok(task) => task,
        Err(refusal) => return refusal.tell(console),
    };
    let shell = world::find_shell().ok_or_else(|| {
        Failure::new("Thermos runs commands with `/bin/bash`, and this machine has no `bash`")
            .help("install bash")
    })?;
    let Ground { private, skipped } =
        store::prepare(&mut task, chosen.own.as_ref(), args.realise, console)?;
    let sandbox = match &args.sandbox {
        Some(path) => Sandbox::at(path)?,
        None => Sandbox::temporary(&key)?,
    };
    let names = task.processes.iter().map(|process| hide(&process.name));
    let names: Vec<_> = names.collect();
    let printer = Printer::new(names.iter().map(AsRef::as_ref), style(global), io::stdout());
    let namespace = private.as_ref().and_then(|store| store.namespace().ok());
    let setup = Setup {
        shell,
        sandbox: sandbox.path().to_owned(),
        user: world::user_name(),
        before: namespace.map_or_else(Vec::new, |namespace| namespace.words().to_vec()),
        own: private.as_ref().map(|store| store.place().to_owned()),
        skipped,
        printer: Arc::new(printer),
    };
    let outcome = world::run(&task, &setup, &|| {
        console.say("the task is ending; interrupt once more to kill it");
    });
    if let Some(Err(error)) = private.map(crate::provide::PrivateStore::remove) {
        console.warn(&error.into());
    }
    let path = sandbox.path().to_owned();
    let succeeded = matches!(&outcome, Ok(outcome) if outcome.fate == Fate::Success);
    let stays = args.keep || !succeeded || !sandbox.is_temporary();
    let removed = if stays {
        sandbox.keep();
        Ok(())
    } else {
        sandbox.remove()
    };
    let outcome = outcome.map_err(|error| {
        Failure::from(error).note(format!("the sandbox is `{}`", path.display()))
    })?;
    if let Some(trouble) = &outcome.log_trouble {
        console.warn(&Failure::new(format!(
            "log files are incomplete: {trouble}"
        )));
    }
    if let Err(error) = removed {
        console.warn(&error.into());
    }
    let result = summary::Result::new(&task, &outcome, stays.then_some(path.as_path()));
    console.tell(&result.text(), &result);
    Ok(match outcome.fate {
        Fate::Success => Exit::Done,
        Fate::Failed | Fate::Killed => Exit::Wrong,
    })
}

/// Why a job is not run.
enum Refusal {
    /// It cannot be.
    Wrong(Vec<Problem>),
    /// What was asked for makes no sense.
    Asked(Failure),
    /// This machine does not suit it, for these reasons.
    Unfit(Vec<Failure>),
}

impl Refusal {
    fn tell(self, console: &Console) -> Result<Exit, Failure> {
        match self {
            Self::Asked(failure) => Err(failure),
            Self::Unfit(failures) => {
                for failure in &failures {
                    console.fail(failure);
                }
                Ok(Exit::Failed)
            }
            Self::Wrong(problems) => {
                for problem in problems {
                    console.fail(&Failure::new(problem.to_string()));
                }
                Ok(Exit::Wrong)
            }
        }
    }
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

fn style(global: &Global) -> Style {
    let stdout = io::stdout();
    let color = match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => stdout.is_terminal() && AutoStream::choice(&stdout) != ColorChoice::Never,
    };
    if color { Style::Color } else { Style::Plain }
}

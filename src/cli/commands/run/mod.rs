//! `jobc run`: the tasks of compiled jobs, run on this machine.

mod arguments;
mod chosen;
mod compiled;
mod definitions;
mod ground;
mod node;
mod ports;
mod refusal;
mod report;
mod sandboxes;
mod title;
mod whole;

use std::io::{self, IsTerminal};
use std::sync::Arc;

use anstream::{AutoStream, ColorChoice};

use crate::cli::arguments::Global;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::options::Color;
use crate::diagnostic::Failure;
use crate::plan::When;
use crate::run::world::{self, Outcome, Printer, Setup, Shown, Style};
use crate::run::{Fate, Key, Links, Task, Wait, waits};
use crate::secret::hide;

use chosen::{Chosen, Selected, selected};
use ground::Grounds;
use refusal::{Refusal, of_job};
use report::TaskReport;
use sandboxes::Sandboxes;
use whole::WholeReport;

pub(crate) use arguments::RunArgs;

pub(crate) fn run(args: &RunArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let selected = selected(args, global, console)?;
    let mut tasks = tasks(&selected, args, console)?;
    let Selected {
        jobs,
        labels,
        assigned,
    } = selected;
    let shell = world::find_shell().ok_or_else(|| {
        Failure::new("Thermos runs commands with `/bin/bash`, and this machine has no `bash`")
            .help("install bash")
    })?;
    let waits = awaited(&jobs, &labels, &tasks)?;
    let grounds = Grounds::prepare(&mut tasks, &jobs, &labels, args, console)?;
    let path = args.sandbox.as_deref();
    let sandboxes = match &*labels {
        [] => Sandboxes::of_one(&tasks[0].key, path)?,
        several => Sandboxes::of_several(several, path)?,
    };
    let shown = shown(&tasks, &labels);
    let names = names(&jobs, &tasks, &shown);
    let setup = Setup {
        shell,
        user: world::user_name(),
        waits,
        printer: Arc::new(Printer::new(names.into_iter(), style(global), io::stdout())),
    };
    for line in &assigned.lines {
        console.say(line);
    }
    let all = grounds.jobs(&tasks, &jobs, shown, &sandboxes.paths);
    // From here on, the jobs listen there themselves.
    let numbers = assigned.release();
    let outcome = world::run(&all, &setup, &|| {
        console.say(match &*labels {
            [] => "the task is ending; interrupt once more to kill it",
            _ => "the jobs are ending, the last one first; interrupt once more to kill them",
        });
    });
    grounds.remove(console);
    let path = sandboxes.path().to_owned();
    let succeeded = matches!(&outcome, Ok(outcome) if outcome.fate == Fate::Success);
    let stays = args.keep || !succeeded || !sandboxes.is_temporary();
    let removed = if stays {
        sandboxes.keep();
        Ok(())
    } else {
        sandboxes.remove()
    };
    let outcome = outcome.map_err(|error| {
        let is = if labels.is_empty() {
            "sandbox is"
        } else {
            "sandboxes are in"
        };
        Failure::from(error).note(format!("the {is} `{}`", path.display()))
    })?;
    if let Some(trouble) = &outcome.log_trouble {
        console.warn(&Failure::new(format!(
            "log files are incomplete: {trouble}"
        )));
    }
    if let Err(error) = removed {
        console.warn(&error.into());
    }
    let kept = stays.then_some(&*path);
    if labels.is_empty() {
        let result = TaskReport::new(&tasks[0], &outcome.jobs[0], kept);
        console.tell(&result.text(), &result);
    } else {
        let result = WholeReport::new(&tasks, &labels, &numbers, &outcome, kept);
        console.tell(&result.text(), &result);
    }
    Ok(exit(&outcome))
}

/// The tasks with all that nodes would add to them.
fn tasks(selected: &Selected, args: &RunArgs, console: &Console) -> Result<Vec<Task>, Ending> {
    let jobs = selected.jobs.iter().zip(&selected.assigned.numbers);
    let tasks = jobs.enumerate().map(|(index, (chosen, numbers))| {
        let bound = node::bind(&chosen.job, &chosen.key, numbers.clone(), args);
        bound.map_err(|refusal| match (refusal, selected.labels.get(index)) {
            (Refusal::Wrong(problems), Some(label)) => Refusal::Wrong(of_job(&problems, label)),
            (refusal, _) => refusal,
        })
    });
    let tasks: Result<Vec<Task>, Refusal> = tasks.collect();
    tasks.map_err(|refusal| refusal.told(console))
}

/// Which processes wait for which jobs. Those that are waited for until they are ready have to tell.
fn awaited(jobs: &[Chosen], labels: &[String], tasks: &[Task]) -> Result<Vec<Wait>, Failure> {
    let linked = jobs.iter().zip(tasks);
    let linked: Vec<(&Key, &Task, &Links)> = linked
        .map(|(chosen, task)| (&chosen.key, task, &chosen.links))
        .collect();
    let waits = waits(&linked);
    let is_silent = |wait: &&Wait| {
        wait.when == When::Ready && jobs[wait.of].links.telling(&tasks[wait.of]).is_empty()
    };
    match waits.iter().find(is_silent) {
        None => Ok(waits),
        Some(wait) => {
            let (of, waiting) = (&labels[wait.of], &labels[wait.job]);
            let failure = format!(
                "`{waiting}` waits until `{of}` is ready, and nothing of it tells when it is"
            );
            let help = "give an ordinary process of it a `ready`, and name its definition, no compiled file";
            Err(Failure::new(failure).help(help))
        }
    }
}

/// What processes are called in the output, those of each job.
fn shown(tasks: &[Task], labels: &[String]) -> Vec<Vec<Shown>> {
    let of_task = |(job, task): (usize, &Task)| -> Vec<Shown> {
        let processes = task.processes.iter().enumerate();
        let shown = processes.map(|(index, process)| {
            let name = hide(&process.name);
            match labels.get(job) {
                None => Shown {
                    name: name.into_owned(),
                    color: index,
                },
                Some(label) => Shown {
                    name: format!("{label}/{name}"),
                    color: job,
                },
            }
        });
        shown.collect()
    };
    tasks.iter().enumerate().map(of_task).collect()
}

/// The names for which there is to be room: not those of steps that only find out when a job is ready.
fn names<'s>(jobs: &[Chosen], tasks: &[Task], shown: &'s [Vec<Shown>]) -> Vec<&'s str> {
    let mut names = Vec::new();
    for ((job, task), shown) in jobs.iter().zip(tasks).zip(shown) {
        let telling = job.links.telling(task);
        let own = shown.iter().enumerate();
        let own = own.filter(|(index, _)| !telling.contains(index));
        names.extend(own.map(|(_, shown)| &*shown.name));
    }
    names
}

fn exit(outcome: &Outcome) -> Exit {
    match outcome.fate {
        Fate::Success => Exit::Done,
        Fate::Failed | Fate::Killed => Exit::Wrong,
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

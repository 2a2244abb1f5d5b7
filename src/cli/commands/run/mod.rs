//! `jobc run`: a compiled job's task, run on this machine.

mod arguments;
mod job;
mod node;
mod refusal;
mod report;

use std::io::{self, IsTerminal};
use std::sync::Arc;

use anstream::{AutoStream, ColorChoice};

use crate::cli::arguments::Global;
use crate::cli::commands::run::job::chosen;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::options::Color;
use crate::diagnostic::Failure;
use crate::provide::{Ground, Listener, PrivateStore, UseOfNix, prepare};
use crate::run::Fate;
use crate::run::world::{self, Job, Printer, Sandbox, Setup, Shown, Style};
use crate::secret::hide;

use arguments::Realise;
use refusal::Refusal;
use report::TaskReport;

pub(crate) use arguments::RunArgs;

pub(crate) fn run(args: &RunArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let chosen = chosen(args, global, console)?;
    let key = chosen.job.key();
    let key = key.map_err(|problems| Refusal::Wrong(problems).told(console))?;
    let task = node::bind(&chosen.job, &key, args, console);
    let mut task = task.map_err(|refusal| refusal.told(console))?;
    let shell = world::find_shell().ok_or_else(|| {
        Failure::new("Thermos runs commands with `/bin/bash`, and this machine has no `bash`")
            .help("install bash")
    })?;
    let use_of_nix = match args.realise {
        Realise::Auto => Some(UseOfNix::IfUsable),
        Realise::Never => Some(UseOfNix::Never),
        Realise::Always => None,
    };
    let Ground { private, skipped } = match use_of_nix {
        Some(use_of_nix) => prepare(&mut task, chosen.own.as_ref(), use_of_nix, console)?,
        None => Ground::of_node(&task),
    };
    let sandbox = match &args.sandbox {
        Some(path) => Sandbox::at(path)?,
        None => Sandbox::temporary(&key)?,
    };
    let names = task.processes.iter().map(|process| hide(&process.name));
    let names: Vec<_> = names.collect();
    let printer = Printer::new(names.iter().map(AsRef::as_ref), style(global), io::stdout());
    let namespace = private.as_ref().and_then(|store| store.namespace().ok());
    let shown = names.iter().enumerate().map(|(color, name)| Shown {
        name: name.to_string(),
        color,
    });
    let setup = Setup {
        shell,
        user: world::user_name(),
        waits: Vec::new(),
        printer: Arc::new(printer),
    };
    let jobs = [Job {
        task: &task,
        shown: shown.collect(),
        sandbox: sandbox.path().to_owned(),
        before: namespace.map_or_else(Vec::new, |namespace| namespace.words().to_vec()),
        own: private.as_ref().map(|store| store.place().to_owned()),
        skipped,
        telling: Vec::new(),
    }];
    let outcome = world::run(&jobs, &setup, &|| {
        console.say("the task is ending; interrupt once more to kill it");
    });
    if let Some(Err(error)) = private.map(PrivateStore::remove) {
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
    let result = TaskReport::new(&task, &outcome.jobs[0], stays.then_some(path.as_path()));
    console.tell(&result.text(), &result);
    Ok(match outcome.fate {
        Fate::Success => Exit::Done,
        Fate::Failed | Fate::Killed => Exit::Wrong,
    })
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

impl Listener for Console {
    fn say(&self, line: &str) {
        self.say(line);
    }

    fn warn(&self, failure: &Failure) {
        self.warn(failure);
    }

    fn is_watched(&self) -> bool {
        self.is_watched()
    }
}

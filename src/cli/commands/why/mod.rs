//! `jobc why`: who needs a store path, and through what; or why a job's steps changed.

mod arguments;
mod change;

use std::fmt::Write as _;

use crate::cli::arguments::Global;
use crate::cli::jobs::find;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::output;
use crate::cli::workspace::open;
use crate::compile::{Planned, Until};
use crate::diagnostic::Failure;
use crate::diagnostic::render::counted;
use crate::query::{Found, Search, Several};
use crate::store::StoreDir;
use crate::target::Form;
use crate::why::text::Style;
use crate::why::{Answer, Question, Web};

use arguments::WhyFormat;

pub(crate) use arguments::WhyArgs;

pub(crate) fn run(args: &WhyArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    if args.old.is_some() {
        return change::run(args, global, console);
    }
    let (workspace, mut diagnostics) = open(global, console)?;
    let search = Search::new(&workspace, &args.jobs)?;
    let until = Until::Checked(Form::Complete, &Planned::into_needs);
    let mut findings = find(&search, &until, Several::ByName, console)?;
    diagnostics.append(&mut findings.diagnostics);
    let compiled = console.close(diagnostics, None, &findings.failures);
    let is_partial = compiled == Exit::Wrong && args.jobs.is_empty();
    if compiled != Exit::Done && !is_partial {
        return Ok(compiled);
    }
    let mut jobs = findings.kept;
    jobs.sort_by(|(a, _), (b, _)| a.cmp(b));
    let jobs = jobs.iter().map(|(key, needs)| (key, needs));
    let web = Web::new(jobs, &workspace.lock);
    let question = Question {
        word: &args.what,
        store_dir: &workspace.store_dir,
        current_dir: &workspace.current_dir,
    };
    let extent = args.extent();
    let answer = web.answer(&question, extent).map_err(|error| {
        Failure::new(format!("`{}` means too much: {error}", args.what))
            .help("name one of them by its hash, or by more of its name")
    })?;
    let is_job = jobs_called(&args.what, &findings.jobs);
    if is_job && args.jobs.is_empty() && answer.found.is_empty() {
        return change::run(args, global, console);
    }
    output::print(&match args.format {
        WhyFormat::Json => answer.json(&args.what, &workspace.store_dir, &workspace.root),
        WhyFormat::Text => answer.text(&Style {
            store_dir: &workspace.store_dir,
            current_dir: &workspace.current_dir,
            extent,
        }),
    })?;
    let conclusion = Conclusion {
        word: &args.what,
        subject: match (args.jobs.is_empty(), is_partial) {
            (true, false) => "no job",
            (true, true) => "no job that compiles",
            (false, _) => "none of these jobs",
        },
        answer: &answer,
        store_dir: &workspace.store_dir,
    };
    let exit = conclusion.say(console).max(compiled);
    if is_job && exit == Exit::Done {
        console.remark(&format!(
            "`{0}` is a job, too: `jobc why {0} HEAD` says why its steps changed",
            args.what
        ));
    }
    Ok(exit)
}

/// Whether there is a job called so.
fn jobs_called(word: &str, jobs: &[Found]) -> bool {
    let mut keys = jobs.iter().map(|found| &found.job.key);
    keys.any(|key| key.name.as_str() == word || key.to_string() == word)
}

/// What there is to say of an answer besides itself.
struct Conclusion<'a> {
    word: &'a str,
    /// The subject of a message that nothing was found.
    subject: &'a str,
    answer: &'a Answer<'a>,
    store_dir: &'a StoreDir,
}

impl Conclusion<'_> {
    /// Says what was not found, or may not have been.
    fn say(&self, console: &Console) -> Exit {
        let Self {
            word,
            subject,
            answer,
            ..
        } = self;
        let is_needed = answer.found.iter().any(|found| !found.chains.is_empty());
        if answer.unknown.is_empty() {
            if answer.found.is_empty() {
                let failure = Failure::new(format!("{subject} needs `{word}`"));
                console.fail(&self.helped(failure));
            }
            return if is_needed { Exit::Done } else { Exit::Wrong };
        }
        let with_unknown =
            |headline: String| Failure::new(headline).note(self.unknown()).help(LOCK);
        if is_needed {
            console.warn(&with_unknown(format!(
                "more may need `{word}` than is known"
            )));
            return Exit::Done;
        }
        let failure = with_unknown(format!("whether any job needs `{word}` is unknown"));
        console.fail(&self.helped(failure));
        Exit::Failed
    }

    fn unknown(&self) -> String {
        let count = self.answer.unknown.len();
        let refer = if count == 1 { "refers" } else { "refer" };
        let paths = counted(count, "store path");
        let mut text = format!("nobody knows what {paths} {refer} to:");
        for unknown in self.answer.unknown.iter().take(MOST) {
            let path = self.store_dir.display(unknown.path);
            let package = unknown.package;
            let package = package.map(|package| format!(", package `{package}`"));
            write!(text, "\n  {path}{}", package.unwrap_or_default()).expect("a string takes all");
        }
        if let more @ 1.. = count.saturating_sub(MOST) {
            write!(text, "\n  and {more} more").expect("a string takes all");
        }
        text
    }

    fn helped(&self, failure: Failure) -> Failure {
        if self.answer.is_short_hash {
            return failure.help("write 8 or more characters of a hash");
        }
        match &self.answer.similar {
            Some(similar) => failure.help(format!("did you mean `{similar}`?")),
            None => failure,
        }
    }
}

const LOCK: &str = "write down their closures with `jobc lock`";

/// The most paths that are named of those that nothing is known of.
const MOST: usize = 5;

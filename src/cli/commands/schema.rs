//! `jobc schema`: the JSON schema of a document.

use clap::{Args, ValueEnum};

use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::output;
use crate::registry::CODES;
use crate::schema::{self, Which as Document};

/// Print the JSON schema of a document
///
/// Editors complete and check definitions by it.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Which document
    #[arg(value_name = "WHICH", default_value = "definition")]
    pub(crate) which: Which,
}

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Which {
    /// What you write: `job.toml` and its like
    Definition,
    /// The workspace's settings, `jobc.toml`
    Settings,
    /// The lock, `jobc.lock`
    Lock,
    /// What `build` writes for Aurora
    Aurora,
    /// What `show --format json` prints
    Show,
    /// What `diff` prints with `--format json`
    Diff,
    /// What `why --format json` prints of a path or package
    Why,
    /// What `why --format json` prints of a job
    WhyChanged,
    /// A line of `--message-format json`
    Messages,
}

pub(crate) fn run(args: &SchemaArgs) -> Result<Exit, Ending> {
    let which = match args.which {
        Which::Definition => Document::Definition,
        Which::Settings => Document::Settings,
        Which::Lock => Document::Lock,
        Which::Aurora => Document::Aurora,
        Which::Show => Document::Show,
        Which::Diff => Document::Diff,
        Which::Why => Document::Why,
        Which::WhyChanged => Document::WhyChanged,
        Which::Messages => Document::Messages,
    };
    output::print_as_it_is(&schema::schema(which, CODES))?;
    Ok(Exit::Done)
}

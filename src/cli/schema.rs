//! `jobc schema`: the JSON schema of a document.

use crate::registry::CODES;
use crate::schema::{self, Which as Document};

use super::args::{SchemaArgs, Which};
use super::exit::Exit;
use super::output;
use crate::diagnostic::Failure;

pub(super) fn run(args: &SchemaArgs) -> Result<Exit, Failure> {
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

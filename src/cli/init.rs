//! `jobc init`: a workspace to start from.

use super::args::InitArgs;
use super::exit::Exit;
use super::failure::Failure;

pub(super) fn run(_args: &InitArgs) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}

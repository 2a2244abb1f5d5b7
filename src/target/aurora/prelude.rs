//! The lines before a process' command, which give it what Thermos has no words for.
//!
//! ```text
//! renice -n N -p $$ >/dev/null || exit 1
//! umask 0027
//! NAME=$(cat 'FILE') || { printf ... >&2; exit 1; }; export NAME
//! export NAME='VALUE'
//! export PATH='A:B'"${PATH:+:$PATH}"
//! CDPATH= cd -- 'DIRECTORY' || exit 1
//! ```
//!
//! The command follows them as it is, so that its process is the one that Thermos started and signals.
//! Files are read before anything changes where `cat` is found.

use std::fmt::Write as _;

use crate::intent::{Run, Text, Variable};
use crate::name::VariableName;

use super::quoted::Quoted;

const STRINGS_TAKE_ALL: &str = "writing to a string does not fail";
const PATH: &str = "PATH";

/// The lines that give a command what the process `run` starts with, each with its newline; none if that is
/// nothing.
pub(super) fn prelude(run: &Run) -> String {
    let mut lines = String::new();
    if let Some(nice) = &run.nice {
        let nice = nice.value;
        writeln!(lines, "renice -n {nice} -p $$ >/dev/null || exit 1").expect(STRINGS_TAKE_ALL);
    }
    if let Some(umask) = &run.umask {
        writeln!(lines, "umask {:04o}", umask.value).expect(STRINGS_TAKE_ALL);
    }
    let env = run.env.iter().flatten();
    let files = env.clone().filter_map(|(name, at)| match &at.value {
        Variable::File(file) => Some((name, file)),
        Variable::Value(_) => None,
    });
    let (path, others): (Vec<_>, Vec<_>) = files.partition(|(name, _)| name.as_str() == PATH);
    for (name, file) in others.into_iter().chain(path) {
        read(&mut lines, name, file);
    }
    for (name, at) in env {
        if let Variable::Value(value) = &at.value {
            writeln!(lines, "export {name}={}", Quoted::of(value)).expect(STRINGS_TAKE_ALL);
        }
    }
    if let Some(path) = run.path.as_ref().filter(|path| !path.value.is_empty()) {
        let path = Quoted::joined(&path.value, ":");
        writeln!(lines, "export {PATH}={path}\"${{{PATH}:+:${PATH}}}\"").expect(STRINGS_TAKE_ALL);
    }
    if let Some(directory) = &run.directory {
        // `cd -- -` goes back to where the shell was before.
        let here = match directory.value.as_literal() {
            Some("-") => "./",
            _ => "",
        };
        let directory = Quoted::of(&directory.value);
        writeln!(lines, "CDPATH= cd -- {here}{directory} || exit 1").expect(STRINGS_TAKE_ALL);
    }
    lines
}

/// Whether there are such lines for a process.
pub(super) fn has_prelude(run: &Run) -> bool {
    run.nice.is_some()
        || run.umask.is_some()
        || run.directory.is_some()
        || run.env.as_ref().is_some_and(|env| !env.is_empty())
        || run.path.as_ref().is_some_and(|path| !path.value.is_empty())
}

/// Appends the line that reads a variable from a file. The shell's own message would not say what for.
fn read(lines: &mut String, name: &VariableName, file: &Text) {
    let file = Quoted::of(file);
    writeln!(
        lines,
        "{name}=$(cat {file}) || {{ printf 'jobc: cannot read %s for {name}\\n' {file} >&2; exit 1; }}; \
         export {name}"
    )
    .expect(STRINGS_TAKE_ALL);
}

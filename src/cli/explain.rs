//! `jobc explain`: what a code means.

use std::fmt::Write;

use crate::diagnostic::{Code, closest, codes};

use super::args::ExplainArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::output;

pub(super) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let text = match &args.code {
        None => all(),
        Some(id) => match codes::find(id) {
            Some(code) => one(code),
            None => return Err(unknown(id)),
        },
    };
    output::print(&text)?;
    Ok(Exit::Done)
}

fn all() -> String {
    let width = codes::all().map(|code| code.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for code in codes::all() {
        let Code {
            id,
            severity,
            summary,
            ..
        } = code;
        writeln!(text, "{id:width$}  {severity:7}  {summary}").expect("a string takes all");
    }
    text
}

fn one(code: &Code) -> String {
    let mut text = format!("{}[{}]: {}\n\n", code.severity, code.id, code.summary);
    for line in code.docs.lines() {
        // Every line of a doc comment begins with the space after its slashes.
        text.push_str(line.strip_prefix(' ').unwrap_or(line));
        text.push('\n');
    }
    text
}

fn unknown(id: &str) -> Failure {
    let failure = Failure::new(format!("no problem has the code `{id}`"));
    match closest(id, codes::all().map(|code| code.id)) {
        Some(code) => failure.help(format!("did you mean `{code}`?")),
        None => failure.help("see all codes with `jobc explain`"),
    }
}

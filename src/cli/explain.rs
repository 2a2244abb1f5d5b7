//! `jobc explain`: what a code means.

use std::fmt::Write;

use crate::diagnostic::{Code, Failure, Kind, Level, closest};
use crate::registry::CODES;

use super::args::ExplainArgs;
use super::exit::Exit;
use super::{output, terminal, topics};

pub(super) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let text = match &args.code {
        None => all(),
        Some(id) => match CODES.find(id) {
            Some(code) => terminal::fitted(&one(code)),
            None => topics::about(id).ok_or_else(|| unknown(id))?,
        },
    };
    output::print_as_it_is(&text)?;
    Ok(Exit::Done)
}

fn all() -> String {
    let width = CODES.codes().map(|code| code.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for code in CODES.codes() {
        let Code { id, summary, .. } = code;
        let kind = match code.kind {
            Kind::Rule => "error".to_owned(),
            Kind::Lint(level) => format!("lint: {level}"),
        };
        writeln!(text, "{id:width$}  {kind:11}  {summary}").expect("a string takes all");
    }
    text
}

pub(super) fn one(code: &Code) -> String {
    let mut text = format!("{}[{}]: {}\n\n", code.severity(), code.id, code.summary);
    text.push_str(&code.prose());
    if let Kind::Lint(level) = code.kind {
        text.push_str(&opinions(code.id, level));
    }
    text
}

/// How to be of another opinion about a lint.
fn opinions(id: &str, level: Level) -> String {
    let other = match level {
        Level::Allow | Level::Deny => Level::Warn,
        Level::Warn => Level::Deny,
    };
    format!(
        "\n\
        This is a lint. Its level is `{level}` unless `jobc.toml` says `allow`, `warn` or `deny`:\n\
        \n\
        ```\n\
        [lints]\n\
        {id} = \"{other}\"\n\
        ```\n\
        \n\
        Where it is wrong about a job or a process of a definition, waive it there, and say why:\n\
        \n\
        ```\n\
        waive = {{ {id} = \"REASON\" }}\n\
        ```\n"
    )
}

fn unknown(id: &str) -> Failure {
    let failure = Failure::new(format!("no problem has the code `{id}`"));
    match closest(id, CODES.codes().map(|code| code.id)) {
        Some(code) => failure.help(format!("did you mean `{code}`?")),
        None => topics::advised(failure, id),
    }
}

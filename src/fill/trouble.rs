//! What to say of a reference that has no value.

use crate::diagnostic::{Diagnostic, Place, closest};
use crate::source::Pointer;

use super::codes::{ENDLESS_VALUE, LONG_VALUE, UNKNOWN_VALUE, VALUE_REFERENCE};
use super::elsewhere;
use super::evaluate::{DEEPEST, MOST, Trouble, Why, Wrong};
use super::facts::Facts;
use super::word::{Malformed, Named};

const LITERAL: &str = "`$${` is a literal `${`";

/// What is wrong with a reference; nothing where that is told at another place.
pub(super) fn problem(wrong: &Wrong<'_, '_>, facts: &Facts, place: Place) -> Option<Diagnostic> {
    let text = wrong.reference.text;
    Some(match &wrong.why {
        Why::Malformed(malformed) => of_malformed(*malformed, text, facts, place),
        Why::Joined => {
            let headline = "a value and what stands beside it make a reference";
            Diagnostic::new(&VALUE_REFERENCE, headline, place)
                .help("write the whole reference, without a value in it")
        }
        Why::Trouble(Trouble::Elsewhere) => return None,
        Why::Trouble(Trouble::Unknown) => unknown(wrong.reference.names.ok()?, text, facts, place),
        Why::Trouble(Trouble::Endless(circle)) => {
            let headline = format!("the value of `{}` refers to itself", circle.first()?);
            let problem = Diagnostic::new(&ENDLESS_VALUE, headline, place);
            if circle.len() == 1 {
                return Some(problem.help("write the value"));
            }
            let way = circle.iter().chain(circle.first());
            let way: Vec<_> = way.map(|named| format!("`{named}`")).collect();
            problem
                .note(way.join(" -> "))
                .help("write the value of one of them")
        }
        Why::Trouble(Trouble::Deep) => {
            let headline = format!("`{text}` is reached by way of more than {DEEPEST} others");
            Diagnostic::new(&LONG_VALUE, headline, place).help("write the value")
        }
        Why::Trouble(Trouble::Long) => {
            let headline = format!(
                "with `{text}` filled in, the text has more than {} KiB",
                MOST / 1024
            );
            Diagnostic::new(&LONG_VALUE, headline, place)
                .note("all texts of a file may take 64 MiB")
                .help("put it into a file, and name that: `${./file}`")
        }
    })
}

fn of_malformed(malformed: Malformed<'_>, text: &str, facts: &Facts, place: Place) -> Diagnostic {
    match malformed {
        Malformed::Unterminated => {
            let headline = "a reference has no `}` on its line";
            Diagnostic::new(&UNKNOWN_VALUE, headline, place).help("close it with `}`")
        }
        Malformed::Name(word, name) => {
            let headline = match name {
                "" => format!("the value in `{text}` has no name"),
                _ => format!("`{text}` names no value"),
            };
            let problem = Diagnostic::new(&UNKNOWN_VALUE, headline, place);
            let names = if word == "vars." {
                &facts.vars
            } else {
                &facts.labels
            };
            let trimmed = name.trim();
            let problem = match names.keys().find(|own| *own == trimmed) {
                Some(own) => problem.help(format!("did you mean `${{{word}{own}}}`?")),
                None => problem.help(format!(
                    "name it with letters, digits, `_` and `-`: `${{{word}NAME}}`"
                )),
            };
            problem.note(LITERAL)
        }
    }
}

fn unknown(named: Named<'_>, text: &str, facts: &Facts, place: Place) -> Diagnostic {
    let (kind, field, name, own, others) = match named {
        Named::Variable(name) => (
            "variable",
            "vars",
            name,
            &facts.vars,
            ("labels", &facts.labels),
        ),
        Named::Label(name) => (
            "label",
            "labels",
            name,
            &facts.labels,
            ("vars", &facts.vars),
        ),
        Named::Field(field) => (
            "field",
            "job",
            field.as_str(),
            &facts.vars,
            ("labels", &facts.labels),
        ),
    };
    let headline = format!("the job has no {kind} `{name}`");
    let problem = Diagnostic::new(&UNKNOWN_VALUE, headline, place);
    let (other, values) = others;
    if values.contains_key(name) {
        return problem.help(format!("did you mean `${{{other}.{name}}}`?"));
    }
    match closest(name, own.keys().map(String::as_str)) {
        Some(meant) => problem.help(format!("did you mean `${{{field}.{meant}}}`?")),
        None => problem
            .help(format!("give it a value: `{field}.{name} = \"...\"`"))
            .note(format!("`$${}` is the text `{text}` itself", &text[1..])),
    }
}

/// What is wrong with the value of a variable or a label as it is written: it has references that are read
/// where it is used.
pub(super) fn references_elsewhere(text: &str, pointer: impl Fn() -> Pointer) -> Vec<Diagnostic> {
    let problem = |(offset, guilty): (usize, &str)| {
        let headline = format!("`{guilty}` is not read in the value of a variable or a label");
        let place = Place::within(pointer(), text, offset, guilty);
        Diagnostic::new(&VALUE_REFERENCE, headline, place).help("write it where the value is used")
    };
    elsewhere::references(text)
        .into_iter()
        .map(problem)
        .collect()
}

/// What is wrong with a reference in the key of a table.
pub(super) fn in_a_key(reference: &str, place: Place) -> Diagnostic {
    let headline = format!("`{reference}` is not filled in in a name");
    Diagnostic::new(&UNKNOWN_VALUE, headline, place).help("write the name")
}

//! What to say of a reference that has no value.

use crate::diagnostic::{Diagnostic, Place, closest};
use crate::model::NodeValue;
use crate::name::JobKey;
use crate::source::Pointer;

use super::around::Missing;
use super::codes::{
    AMBIGUOUS_JOB, APPROXIMATED_VALUE, BROKEN_REFERENCE, ENDLESS_VALUE, ENDLESS_WAIT,
    FORBIDDEN_REFERENCE, LONG_VALUE, UNKNOWN_JOB, UNKNOWN_VALUE, UNREACHABLE_VALUE,
    VALUE_REFERENCE,
};
use super::elsewhere;
use super::evaluate::{DEEPEST, Evaluator, MOST, Trouble, Why, Wrong};
use super::facts::Facts;
use super::wait::Endless;
use super::word::{Field, Item, Malformed, Named, WORDS};

const LITERAL: &str = "`$${` is a literal `${`";

/// What is to be said of a reference; nothing where that is told at another place.
pub(super) fn problem(
    wrong: &Wrong<'_>,
    evaluator: &mut Evaluator<'_>,
    place: Place,
) -> Option<Diagnostic> {
    let text = wrong.reference.text;
    let trouble = match &wrong.why {
        Why::Malformed(malformed) => {
            return Some(of_malformed(
                *malformed,
                text,
                evaluator.facts(wrong.job),
                &place,
            ));
        }
        Why::Joined => {
            let headline = "a value and what stands beside it make a reference";
            return Some(
                Diagnostic::new(&VALUE_REFERENCE, headline, place)
                    .help("write the whole reference, without a value in it"),
            );
        }
        Why::Approximated(note) => {
            let headline = format!("`{text}` is filled in with something similar");
            return Some(Diagnostic::new(&APPROXIMATED_VALUE, headline, place).note(*note));
        }
        Why::Trouble(trouble) => trouble,
    };
    Some(match trouble {
        Trouble::Elsewhere => return None,
        Trouble::Endless(circle) if evaluator.key(circle.first()?.job()).is_some() => {
            broken(text, evaluator.key(circle.first()?.job())?, place)
        }
        Trouble::Endless(circle) => {
            let way = circle.iter().chain(circle.first());
            let way: Vec<_> = way.map(|slot| evaluator.written(slot)).collect();
            let headline = format!("the value of `{}` refers to itself", way.first()?);
            let problem = Diagnostic::new(&ENDLESS_VALUE, headline, place);
            if circle.len() == 1 {
                return Some(problem.help("write the value"));
            }
            problem
                .note(format!("`{}`", way.join("` -> `")))
                .help("write the value of one of them")
        }
        Trouble::Deep => {
            let headline = format!("`{text}` is reached by way of more than {DEEPEST} others");
            Diagnostic::new(&LONG_VALUE, headline, place).help("write the value")
        }
        Trouble::Long => {
            let headline = format!(
                "with `{text}` filled in, the text has more than {} KiB",
                MOST / 1024
            );
            Diagnostic::new(&LONG_VALUE, headline, place)
                .note("all texts of a file may take 64 MiB")
                .help("put it into a file, and name that: `${./file}`")
        }
        Trouble::Unknown => return unknown(wrong, evaluator, place),
        Trouble::Broken(job) => broken(text, evaluator.key(*job)?, place),
        Trouble::Missing(missing) => return of_missing(missing, wrong, evaluator, place),
        Trouble::Refused(refusal) => {
            let headline = format!("`{text}` is not known before the job runs");
            Diagnostic::new(&UNREACHABLE_VALUE, headline, place)
                .note(refusal.reason)
                .help(refusal.help.clone())
        }
        Trouble::Instance(job) => {
            let whose = whose(*job, evaluator);
            let headline = match evaluator.facts(*job).instances {
                1 => format!("{whose} has one instance, whose number is 0"),
                many => format!("{whose} has {many} instances, whose numbers are below that"),
            };
            Diagnostic::new(&UNKNOWN_VALUE, headline, place)
                .help("name one of them, or all: `addresses.NAME`")
        }
        Trouble::Instances(job) => {
            let many = evaluator.facts(*job).instances;
            let headline = format!("{} has {many} instances", whose(*job, evaluator));
            Diagnostic::new(&LONG_VALUE, headline, place)
                .help("name one of them: `address.NAME[0]`")
        }
    })
}

fn broken(text: &str, key: &JobKey, place: Place) -> Diagnostic {
    let headline = format!("something is wrong with the value of `{text}`");
    Diagnostic::new(&BROKEN_REFERENCE, headline, place)
        .help(format!("see what it is: `jobc check {key}`"))
}

/// How a message calls a job.
fn whose(job: usize, evaluator: &Evaluator<'_>) -> String {
    match evaluator.key(job) {
        None => "the job".to_owned(),
        Some(key) => format!("`{key}`"),
    }
}

fn of_missing(
    missing: &Missing,
    wrong: &Wrong<'_>,
    evaluator: &Evaluator<'_>,
    place: Place,
) -> Option<Diagnostic> {
    let Ok(Named::Of(name, item)) = wrong.reference.names else {
        return None;
    };
    let facts = evaluator.facts(wrong.job);
    let spelled = |name: &str| Named::Of(name, item).to_string();
    missing_job(missing, name, facts, spelled, place)
}

/// What is wrong with a wait for a job that is not known.
pub(super) fn waited_for(
    trouble: &Trouble,
    name: &str,
    facts: &Facts,
    place: Place,
) -> Option<Diagnostic> {
    match trouble {
        Trouble::Missing(missing) => missing_job(missing, name, facts, str::to_owned, place),
        _ if facts.key().is_none() => None,
        _ => {
            let headline = format!("`{name}` names no job");
            let problem = Diagnostic::new(&UNKNOWN_JOB, headline, place);
            Some(problem.help("write `NAME`, `ROLE/NAME` or `CLUSTER/ROLE/ENVIRONMENT/NAME`"))
        }
    }
}

/// What is wrong with a wait that never ends.
pub(super) fn never_ends(endless: &Endless, key: &JobKey, place: &Place) -> Diagnostic {
    let problem = |headline: String| Diagnostic::new(&ENDLESS_WAIT, headline, place.clone());
    match endless {
        Endless::Itself => problem("a job waits for itself".to_owned())
            .help("wait for its process: `{ process = \"NAME\", when = \"ready\" }`"),
        Endless::NeverReady => {
            let headline = format!("no process of `{key}` says when it is ready");
            problem(headline)
                .help("give one a `ready`, such as `ready = { tcp = \"${ports.NAME}\" }`")
        }
        Endless::NeverSucceeds => {
            let headline = format!("`{key}` is run for ever, and never succeeds");
            problem(headline).help("wait until it is ready: `when = \"ready\"`")
        }
        Endless::Circle(circle) => {
            let way: Vec<_> = circle.iter().map(|key| format!("`{key}`")).collect();
            problem("jobs wait for each other in a circle".to_owned())
                .note(way.join(" -> "))
                .help("let one of them start without the next one")
        }
    }
}

/// Why a job is not known that is called `name`; `spelled` writes another name in its place.
fn missing_job(
    missing: &Missing,
    name: &str,
    facts: &Facts,
    spelled: impl Fn(&str) -> String,
    place: Place,
) -> Option<Diagnostic> {
    let key = facts.neighbour(name)?;
    Some(match missing {
        Missing::Unknown {
            similar,
            elsewhere,
            wrong,
        } => {
            let headline = format!("there is no job `{key}`");
            let problem = Diagnostic::new(&UNKNOWN_JOB, headline, place);
            let last = name.rsplit('/').next().unwrap_or(name);
            if let Some(file) = wrong {
                let note = format!("something is wrong in `{file}`, which may define it");
                return Some(problem.note(note).help("see what it is: `jobc check`"));
            }
            if let Some(meant) = closest(last, similar.iter().map(String::as_str)) {
                let before = &name[..name.len() - last.len()];
                let meant = spelled(&format!("{before}{meant}"));
                return Some(problem.help(format!("did you mean `{meant}`?")));
            }
            match elsewhere.first() {
                Some(other) => {
                    let meant = spelled(&other.to_string());
                    problem.help(format!("for the one elsewhere, write `{meant}`"))
                }
                None => problem.help("see all jobs with `jobc list`"),
            }
        }
        Missing::Several(files) => {
            let headline = format!("`{key}` is defined more than once");
            let files = files.iter().map(|file| format!("in `{file}`"));
            let files: Vec<_> = files.collect();
            Diagnostic::new(&AMBIGUOUS_JOB, headline, place)
                .note(files.join("\n"))
                .help("give one of them another name or environment")
        }
        Missing::Forbidden => {
            let headline = format!("the settings let no other role refer to `{}`", key.role);
            Diagnostic::new(&FORBIDDEN_REFERENCE, headline, place).help(format!(
                "add `\"{}\"` to `[references] roles` in `jobc.toml`, if that is wanted",
                key.role
            ))
        }
    })
}

fn of_malformed(malformed: Malformed<'_>, text: &str, facts: &Facts, place: &Place) -> Diagnostic {
    let at = |headline: String| Diagnostic::new(&UNKNOWN_VALUE, headline, place.clone());
    let problem = match malformed {
        Malformed::Unterminated => {
            let headline = "a reference has no `}` on its line".to_owned();
            return at(headline).help("close it with `}`");
        }
        Malformed::Job(name) => at(format!("`{name}` names no job")).help(
            "write `${jobs.NAME...}`, `${jobs.ROLE/NAME...}` or \
             `${jobs.CLUSTER/ROLE/ENVIRONMENT/NAME...}`",
        ),
        Malformed::OfJob(rest) => of_job(rest, at(format!("`{text}` names nothing of a job"))),
        Malformed::Name(word, name) => {
            let problem = at(match name {
                "" => format!("the value in `{text}` has no name"),
                _ => format!("`{text}` names no value"),
            });
            let trimmed = name.trim();
            let is_own = text.starts_with(&format!("${{{word}"));
            let known = match word {
                "vars." => facts.vars.contains_key(trimmed),
                "labels." => is_own && facts.labels.contains_key(trimmed),
                "state." => is_own && facts.state.contains(trimmed),
                _ => is_own && facts.ports.contains_key(trimmed),
            };
            if known {
                problem.help(format!("did you mean `${{{word}{trimmed}}}`?"))
            } else if word == "address." && name.contains('[') {
                problem.help("name an instance by its number: `address.NAME[0]`")
            } else {
                problem.help(format!(
                    "name it with letters, digits, `_` and `-`: `{word}NAME`"
                ))
            }
        }
    };
    problem.note(LITERAL)
}

/// What was meant behind `jobs.`.
fn of_job(rest: &str, problem: Diagnostic) -> Diagnostic {
    let plain = rest.split_once('|').map_or(rest, |(plain, _)| plain);
    let mut parts = plain.rsplit('.');
    let last = parts.next().unwrap_or_default();
    let word = parts.next();
    if let Some(word) = word
        && parts.next().is_some()
    {
        if word == "vars" {
            return problem.help(format!(
                "variables are a job's own: make it a label there, and write `labels.{last}`"
            ));
        }
        if let Some(meant) = closest(word, WORDS) {
            return problem.help(format!("did you mean `{meant}.{last}`?"));
        }
    }
    let fields = Field::ALL.map(|(name, _)| name);
    let of_node = NodeValue::FIELDS.iter().map(|(name, _)| *name);
    if word.is_none() && fields.into_iter().chain(of_node).any(|field| field == last) {
        return problem.help(format!("did you mean `${{job.{last}}}`?"));
    }
    if word.is_some()
        && let Some(meant) = closest(last, fields.into_iter().chain(WORDS))
    {
        let dots = if WORDS.contains(&meant) { ".NAME" } else { "" };
        return problem.help(format!("did you mean `{meant}{dots}`?"));
    }
    problem.help(
        "write `jobs.JOB.` and one of `address.PORT`, `addresses.PORT`, `ports.PORT`, `labels.NAME`, \
         `state.NAME` or `name`",
    )
}

/// Of a name that the job does not have.
fn unknown(wrong: &Wrong<'_>, evaluator: &mut Evaluator<'_>, place: Place) -> Option<Diagnostic> {
    let text = wrong.reference.text;
    let named = wrong.reference.names.ok()?;
    let of = evaluator.subject(wrong.job, named)?;
    let facts = evaluator.facts(of);
    let (vars, labels) = (&facts.vars, &facts.labels);
    let is_own = evaluator.key(of).is_none();
    let mut others: Vec<(&str, bool)> = Vec::new();
    let (kind, word, name, known): (_, _, _, Vec<&str>) = match named {
        Named::Variable(name) => {
            others.push(("labels", labels.contains_key(name)));
            let known = vars.keys().map(String::as_str).collect();
            ("variable", "vars", name, known)
        }
        Named::Own(item) | Named::Of(_, item) => match item {
            Item::Field(_) => return None,
            Item::Label(name) => {
                others.push(("vars", is_own && vars.contains_key(name)));
                let known = labels.keys().map(String::as_str).collect();
                ("label", "labels", name, known)
            }
            Item::State(name) => {
                let known = facts.state.iter().map(String::as_str).collect();
                ("state", "state", name, known)
            }
            Item::Port(name) => ("port", "ports", name, ports(facts)),
            Item::Address(name, _) => ("port", "address", name, ports(facts)),
            Item::Addresses(name, _) => ("port", "addresses", name, ports(facts)),
        },
    };
    let headline = format!("{} has no {kind} `{name}`", whose(of, evaluator));
    let problem = Diagnostic::new(&UNKNOWN_VALUE, headline, place);
    let spelled = |word: &str, name: &str| {
        let before = match named {
            Named::Of(job, _) => format!("jobs.{job}."),
            Named::Variable(_) | Named::Own(_) => String::new(),
        };
        format!("`${{{before}{word}.{name}}}`")
    };
    if let Some((other, _)) = others.into_iter().find(|(_, has_it)| *has_it) {
        let meant = spelled(other, name);
        return Some(problem.help(format!("did you mean {meant}?")));
    }
    if let Some(meant) = closest(name, known.iter().copied()) {
        let meant = spelled(word, meant);
        return Some(problem.help(format!("did you mean {meant}?")));
    }
    let (field, value) = match kind {
        "port" => ("ports", "{}"),
        "state" => ("state", "{}"),
        _ => (word, "\"...\""),
    };
    let there = if is_own { "" } else { ", in its definition" };
    let help = match kind {
        "port" => format!("declare it{there}: `{field}.{name} = {value}`"),
        _ => format!("give it a value{there}: `{field}.{name} = {value}`"),
    };
    Some(
        problem
            .help(help)
            .note(format!("`$${}` is the text `{text}` itself", &text[1..])),
    )
}

fn ports(facts: &Facts) -> Vec<&str> {
    facts.ports.keys().map(String::as_str).collect()
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

//! Which problems Aurora's client refuses a job for; other layers may refuse what else is wrong.

mod duplicates;

use std::collections::BTreeSet;

use crate::check::names::{
    DUPLICATE_JOB, DUPLICATE_PROCESS, NO_PROCESSES, PROCESS_NAME, UNNAMED_JOB,
};
use crate::check::order::{
    AFTER_DAEMON, AFTER_EPHEMERAL, EMPTY_ORDER, FINAL_ORDER, ORDER_CYCLE, REPEATED_PROCESS,
    UNKNOWN_PROCESS,
};
use crate::check::resources::TOO_FEW_RESOURCES;
use crate::check::templates::{
    ENDLESS_TEMPLATE, TEMPLATE_NOT_TEXT, TEMPLATE_SYNTAX, UNBOUND_TEMPLATE,
};
use crate::diagnostic::TOO_MANY_ERRORS;
use crate::diagnostic::{Code, Diagnostic, Place, Severity};
use crate::front::codes::{
    DUPLICATE_KEY, EMPTY_FILE, FILE_TOO_LARGE, LONE_SURROGATE, NOT_UTF8, NUMBER_OUT_OF_RANGE,
    SYNTAX, TOO_DEEP, TOO_MANY_VALUES,
};
use crate::front::decode::codes::{BAD_VALUE, MISSING_FIELD, UNKNOWN_FIELD, WRONG_TYPE};
use crate::front::foreign::FOREIGN_FILE;
use crate::model::Document;
use crate::source::{Kind, Node, Pointer, Token};
use crate::target::aurora::codes::NOT_IN_JSON;
use crate::target::aurora::rules::METADATA_ASCII;
use crate::target::aurora::rules::{PORT_CYCLE, STATIC_PORT};
use crate::target::aurora::rules::{UPDATE_CONFIG, UPDATE_FAILURES, UPDATE_STRATEGY};
use crate::template::references;

use super::coerce;
use super::literal;
use super::strictness::Strictness;
use super::type_at::type_at;
use crate::vocabulary::Type;

/// What the client refuses wherever it is found, when a job is created or updated.
const REFUSED: &[&Code] = &[
    &FILE_TOO_LARGE,
    &NOT_UTF8,
    &EMPTY_FILE,
    &SYNTAX,
    &TOO_DEEP,
    &TOO_MANY_VALUES,
    &FOREIGN_FILE,
    &UNKNOWN_FIELD,
    &MISSING_FIELD,
    &WRONG_TYPE,
    &TOO_MANY_ERRORS,
    &DUPLICATE_JOB,
    &EMPTY_ORDER,
    &REPEATED_PROCESS,
    &FINAL_ORDER,
    &AFTER_DAEMON,
    &AFTER_EPHEMERAL,
    &ORDER_CYCLE,
    &TOO_FEW_RESOURCES,
    &UPDATE_FAILURES,
    &UPDATE_STRATEGY,
    &STATIC_PORT,
    &PORT_CYCLE,
    &METADATA_ASCII,
    &NOT_IN_JSON,
];

/// What is wrong with references, which the client refuses but for some texts.
const REFERENCES: &[&Code] = &[
    &TEMPLATE_SYNTAX,
    &UNBOUND_TEMPLATE,
    &ENDLESS_TEMPLATE,
    &TEMPLATE_NOT_TEXT,
];

/// The problem as `strictness` has it; its place is in the tree at `root`, if there is one.
pub(super) fn soften(
    mut problem: Diagnostic,
    root: Option<&Node>,
    strictness: Strictness,
) -> Diagnostic {
    if strictness == Strictness::AsClient
        && problem.severity == Severity::Error
        && !refuses(&problem, root)
    {
        problem.severity = Severity::Warning;
        if problem.code.id != DUPLICATE_KEY.id {
            let note = "Aurora's client takes it all the same";
            problem.notes.push(note.to_owned());
        }
    }
    problem
}

/// Leaves out what is told of a value by another error: that it has what no value may have.
pub(super) fn drop_implied(problems: &mut Vec<Diagnostic>) {
    let is_odd = |problem: &Diagnostic| {
        let id = problem.code.id;
        [NUMBER_OUT_OF_RANGE.id, LONE_SURROGATE.id].contains(&id)
    };
    if !problems.iter().any(is_odd) {
        return;
    }
    let span = |problem: &Diagnostic| match problem.place() {
        Place::Span(location) => Some(location.span.range()),
        Place::Document(..) | Place::File(_) => None,
    };
    let wrong = |problem: &&Diagnostic| problem.severity == Severity::Error && !is_odd(problem);
    let wrong: Vec<_> = problems.iter().filter(wrong).filter_map(span).collect();
    problems.retain(|problem| {
        let Some(odd) = span(problem).filter(|_| is_odd(problem)) else {
            return true;
        };
        !wrong
            .iter()
            .any(|value| value.start <= odd.start && odd.end <= value.end)
    });
}

fn refuses(problem: &Diagnostic, root: Option<&Node>) -> bool {
    let id = problem.code.id;
    if REFUSED.iter().any(|code| code.id == id) {
        return true;
    }
    if REFERENCES.iter().any(|code| code.id == id) {
        return root.is_none_or(|root| !literal::takes(problem, root));
    }
    let (Some(root), Place::Document(pointer, _)) = (root, problem.place()) else {
        // What was found wrong while the text was read, or the client's types were filled.
        return [BAD_VALUE.id, NUMBER_OUT_OF_RANGE.id].contains(&id);
    };
    if id == BAD_VALUE.id {
        refuses_value(pointer, root)
    } else if id == NUMBER_OUT_OF_RANGE.id {
        refuses_infinite(pointer, root)
    } else if id == NO_PROCESSES.id {
        // The task would be called like the first of them.
        table_of(pointer, root).is_none_or(|task| task.get("name").is_none())
    } else if id == UNNAMED_JOB.id {
        // Of a name that is filled in, more may be wrong than a line break behind it.
        text(pointer, root).is_none_or(|name| !is_identifier(name))
    } else if id == DUPLICATE_PROCESS.id {
        // It is left out, and an order that names what it should have been called makes no sense.
        let constraints = task_of(pointer, root).and_then(|task| task.get("constraints"));
        let orders = match constraints.map(|constraints| &constraints.kind) {
            Some(Kind::Sequence(orders)) => &orders[..],
            _ => &[],
        };
        let orders = orders
            .iter()
            .filter_map(|constraint| constraint.get("order"));
        orders.into_iter().any(|order| {
            let known = known_in(order, pointer, root);
            known.contains(&true) && known.contains(&false)
                || duplicates::clash(order, task_of(pointer, root))
        })
    } else if id == UPDATE_CONFIG.id {
        // Whether there is a policy to be aware of, only the scheduler asks.
        !matches!(pointer.tokens().last(), Some(Token::Key(field)) if field == "sla_aware")
    } else if id == PROCESS_NAME.id {
        // Too long a name is the agent's affair.
        text(pointer, root).is_none_or(|name| references(name).next().is_some())
    } else if id == UNKNOWN_PROCESS.id {
        names_a_process(pointer, root)
    } else {
        false
    }
}

/// Whether the client refuses a value that no definition may have.
fn refuses_value(pointer: &Pointer, root: &Node) -> bool {
    let tokens = pointer.tokens();
    let Some(Token::Key(field)) = tokens.last() else {
        // The client takes no notice of an order whose names are all unknown.
        return names_a_process(pointer, root)
            || text(pointer, root).is_none_or(|name| name.contains("{{"));
    };
    let around = tokens.iter().rev().nth(1);
    let is_in = |table: &str| matches!(around, Some(Token::Key(key)) if key == table);
    let Some(node) = node(pointer, root) else {
        return true;
    };
    match (&node.kind, field.as_str()) {
        // Text in the field of a process' name, say.
        (Kind::String(text), _) if is_in("constraints") => {
            text.strip_prefix("limit:")
                .is_some_and(|limit| match coerce::integer(limit) {
                    Some(Kind::Integer(limit)) => i32::try_from(limit).is_err(),
                    _ => true,
                })
        }
        (Kind::String(text), "cron_collision_policy") => text != "RUN_OVERLAP",
        (Kind::String(text), "name") if is_of_process(pointer) => {
            text.is_empty() || text.starts_with('.') || text.contains('/')
        }
        (Kind::String(text), "role" | "environment" | "name") => !is_identifier(text),
        (Kind::String(text), "cluster") => !is_cluster(text),
        (
            Kind::Integer(_) | Kind::Float(_),
            "max_consecutive_failures"
            | "min_consecutive_successes"
            | "initial_interval_secs"
            | "interval_secs",
        ) => is_negative(&node.kind),
        (
            Kind::Integer(_) | Kind::Float(_),
            "instances" | "priority" | "max_task_failures" | "watch_secs" | "pulse_interval_secs",
        ) => {
            let fits = |number: i64| number < 0 && i32::try_from(number).is_ok();
            !matches!(&node.kind, Kind::Integer(number) if field == "max_task_failures" && fits(*number))
        }
        // More failures than any job has instances.
        (Kind::Integer(number), "max_total_failures") => {
            i32::try_from(*number).is_err() || needs_failures(pointer, root)
        }
        (Kind::Float(_), "max_total_failures" | "max_per_shard_failures")
        | (Kind::Integer(_) | Kind::Float(_), "batch_size") => true,
        (Kind::Integer(number), "max_per_shard_failures") => i32::try_from(*number).is_err(),
        (Kind::Float(number), "gpu") if is_of_task(pointer) => !is_sent(*number),
        (Kind::Float(number), "delay_secs") => !is_sent(*number),
        // Sent in MiB.
        (Kind::Float(number), "ram" | "disk") if is_of_task(pointer) => {
            *number <= 0.0 || !is_sent(*number / 1_048_576.0)
        }
        (Kind::Integer(number), "cpu" | "ram" | "disk") => *number <= 0 && is_of_task(pointer),
        (Kind::Float(number), "cpu") => *number <= 0.0 && is_of_task(pointer),
        (Kind::Integer(_) | Kind::Float(_), _) => false,
        _ => true,
    }
}

/// Whether the job is large enough on hosts of its own that the client insists on some failures.
fn needs_failures(pointer: &Pointer, root: &Node) -> bool {
    const LEAST: i64 = 50;
    let outer = pointer.tokens().len().saturating_sub(2);
    let job = pointer.tokens()[..outer].iter().try_fold(root, Node::step);
    let field = |name: &str| job.and_then(|job| job.get(name));
    let dedicated = field("constraints").and_then(|constraints| constraints.get("dedicated"));
    let instances = field("instances").map(|instances| &instances.kind);
    dedicated.is_some() && matches!(instances, Some(Kind::Integer(count)) if *count >= LEAST)
}

/// Whether the protocol, whose integers have 64 bits, can carry a number.
fn is_sent(number: f64) -> bool {
    number.abs() < 9_223_372_036_854_775_808.0
}

/// Whether the client refuses a number that is not finite.
fn refuses_infinite(pointer: &Pointer, root: &Node) -> bool {
    let field = match pointer.tokens().last() {
        Some(Token::Key(field)) => field.as_str(),
        _ => "",
    };
    let is_compared = match field {
        "cpu" => is_of_task(pointer),
        _ => ["initial_interval_secs", "interval_secs"].contains(&field),
    };
    let way = match pointer.tokens() {
        [Token::Key(list), Token::Index(_), way @ ..] if list == Document::LIST_FIELD => way,
        way => way,
    };
    match type_at(way) {
        Some(Type::Integer) => true,
        Some(Type::Float) => {
            is_compared && node(pointer, root).is_some_and(|node| is_negative(&node.kind))
        }
        _ => false,
    }
}

fn is_negative(number: &Kind) -> bool {
    match number {
        Kind::Integer(number) => *number < 0,
        Kind::Float(number) => *number < 0.0,
        _ => false,
    }
}

/// Whether the client's pattern, whose end may have a line break behind it, takes a text.
fn is_identifier(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let text = text.strip_suffix('\n').unwrap_or(text);
    !text.is_empty() && text.bytes().all(legal)
}

/// Whether a command line can name a cluster so, in a job key.
fn is_cluster(text: &str) -> bool {
    text.is_ascii() && !text.contains(['/', '\0'])
}

/// Whether a resource is the task's, not one of its processes'.
fn is_of_task(pointer: &Pointer) -> bool {
    let around = pointer.tokens().iter().rev().nth(2);
    matches!(around, Some(Token::Key(key)) if key == "task")
}

fn is_of_process(pointer: &Pointer) -> bool {
    let list = pointer.tokens().iter().rev().nth(2);
    matches!(list, Some(Token::Key(key)) if key == "processes")
}

/// Whether the order that the name at `pointer` stands in names a process that there is.
fn names_a_process(pointer: &Pointer, root: &Node) -> bool {
    let order = table_of(pointer, root);
    order.is_none_or(|order| known_in(order, pointer, root).contains(&true))
}

/// Which names of an order are processes of the task that `pointer` leads into.
fn known_in(order: &Node, pointer: &Pointer, root: &Node) -> Vec<bool> {
    let processes = task_of(pointer, root).and_then(|task| task.get("processes"));
    let processes = match processes.map(|processes| &processes.kind) {
        Some(Kind::Sequence(processes)) => &processes[..],
        _ => &[],
    };
    let text = |node: &'_ Node| match &node.kind {
        Kind::String(text) => Some(text.clone()),
        _ => None,
    };
    let names: BTreeSet<String> = processes
        .iter()
        .filter_map(|process| process.get("name").and_then(text))
        .collect();
    let Kind::Sequence(order) = &order.kind else {
        return Vec::new();
    };
    order
        .iter()
        .map(|name| text(name).is_some_and(|name| names.contains(&name)))
        .collect()
}

fn node<'n>(pointer: &Pointer, root: &'n Node) -> Option<&'n Node> {
    pointer.tokens().iter().try_fold(root, Node::step)
}

fn text<'n>(pointer: &Pointer, root: &'n Node) -> Option<&'n str> {
    match &node(pointer, root)?.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}

/// The table that the value at `pointer` is a field of, or the list that it is an element of.
fn table_of<'n>(pointer: &Pointer, root: &'n Node) -> Option<&'n Node> {
    let (_, around) = pointer.tokens().split_last()?;
    around.iter().try_fold(root, Node::step)
}

/// The task that the value at `pointer` is a part of.
fn task_of<'n>(pointer: &Pointer, root: &'n Node) -> Option<&'n Node> {
    let is_task = |token: &Token| matches!(token, Token::Key(key) if key == "task");
    let end = pointer.tokens().iter().position(is_task)?;
    pointer.tokens()[..=end].iter().try_fold(root, Node::step)
}

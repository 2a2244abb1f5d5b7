//! The order in which processes run: Aurora's `order` lists and `after`, taken together.
//!
//! Ordinary and final processes run apart, so that no order joins one with the other.

mod codes;
mod graph;

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{Order, Origin};
use crate::model::{After, Process, When};
use crate::rule::{Context, process as process_at};
use crate::source::Pointer;

pub use codes::{
    AFTER_DAEMON, AFTER_EPHEMERAL, EMPTY_ORDER, FINAL_ORDER, NEVER_READY, ORDER_CYCLE,
    REPEATED_PROCESS, UNKNOWN_PROCESS,
};

use super::names::ProcessIndex;
use graph::Graph;

/// A cycle longer than this is shown in part, and so is a list of names.
const SHOWN: usize = 8;

/// One process waits for another.
#[derive(Debug, Clone, Copy)]
struct Edge {
    before: usize,
    after: usize,
    origin: Origin,
    when: When,
}

fn order_list(at: &Pointer, constraint: usize) -> Pointer {
    at.key("task")
        .key("constraints")
        .index(constraint)
        .key("order")
}

/// Checks all orders of the task.
pub(super) fn check(ctx: &mut Context<'_>, index: &ProcessIndex<'_>) -> Order {
    let mut edges = Vec::new();
    order_lists(ctx, index, &mut edges);
    afters(ctx, index, &mut edges);
    if !index.unreliable && !ctx.is_given_up() {
        let mut told = None;
        edges.retain(|edge| allowed(ctx, *edge, &mut told));
        cycles(ctx, &edges);
    }
    // Of several places, the first `after` counts, or else the first list.
    let (lists, afters): (Vec<Edge>, Vec<Edge>) = edges
        .into_iter()
        .rev()
        .partition(|edge| matches!(edge.origin, Origin::Order { .. }));
    let mut order = Order::default();
    for edge in lists.into_iter().chain(afters) {
        let order = match edge.when {
            When::Succeeded => &mut order.succeeded,
            When::Ready => &mut order.ready,
        };
        order.insert((edge.before, edge.after), edge.origin);
    }
    order
}

fn order_lists(ctx: &mut Context<'_>, index: &ProcessIndex<'_>, edges: &mut Vec<Edge>) {
    let Some(constraints) = &ctx.job.task.constraints else {
        return;
    };
    // For each process the last list that it stood in, and where.
    let mut stood: Vec<(usize, usize)> = Vec::new();
    for (constraint, list) in constraints.iter().enumerate() {
        if ctx.is_given_up() {
            return;
        }
        if list.order.is_empty() && !ctx.hole(|at| order_list(at, constraint)) {
            let place = Place::value(order_list(ctx.at, constraint));
            let problem = Diagnostic::new(&EMPTY_ORDER, "an order of no processes", place);
            ctx.report(problem.help("name the processes in it, or remove it"));
        }
        let mut previous = None;
        for (element, name) in list.order.iter().enumerate() {
            if ctx.is_given_up() {
                return;
            }
            let pointer = |at: &Pointer| order_list(at, constraint).index(element);
            let Some(found) = lookup(ctx, index, name.as_str(), pointer) else {
                previous = None;
                continue;
            };
            if stood.is_empty() {
                stood.resize(ctx.job.task.processes.len(), (usize::MAX, 0));
            }
            let (list_before, element_before) = stood[found];
            if list_before == constraint {
                let headline = format!("the order names `{name}` twice");
                let place = Place::value(pointer(ctx.at));
                let first = Place::value(order_list(ctx.at, constraint).index(element_before));
                let problem = Diagnostic::new(&REPEATED_PROCESS, headline, place)
                    .label("it would have to run before itself")
                    .also(first, "named here before")
                    .help("name each process once");
                ctx.report(problem);
                previous = None;
                continue;
            }
            stood[found] = (constraint, element);
            if let Some(before) = previous {
                edges.push(Edge {
                    before,
                    after: found,
                    origin: Origin::Order {
                        constraint,
                        element,
                    },
                    when: When::Succeeded,
                });
            }
            previous = Some(found);
        }
    }
}

fn afters(ctx: &mut Context<'_>, index: &ProcessIndex<'_>, edges: &mut Vec<Edge>) {
    for (process, waiting) in ctx.job.task.processes.iter().enumerate() {
        for (element, after) in waiting.after.iter().flatten().enumerate() {
            if ctx.is_given_up() {
                return;
            }
            let origin = match after {
                After::Name(_) => Origin::After { process, element },
                After::Wait(_) => Origin::AfterProcess { process, element },
                After::Job(_) => continue,
            };
            let Some((name, when)) = after.process() else {
                continue;
            };
            let name = name.as_str();
            if let Some(before) = lookup(ctx, index, name, |at| origin.pointer(at)) {
                edges.push(Edge {
                    before,
                    after: process,
                    origin,
                    when,
                });
            }
        }
    }
}

fn advise(problem: Diagnostic, name: &str, index: &ProcessIndex<'_>) -> Diagnostic {
    let problem = problem.did_you_mean(name, index.names());
    if !problem.help.is_empty() {
        return problem;
    }
    let mut names: Vec<String> = index
        .names()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    match index.count() {
        0 => return problem,
        1..=SHOWN => {}
        _ => names.push("...".to_owned()),
    }
    problem.note(format!("its processes are {}", names.join(", ")))
}

/// The process called `name`, as the value at `pointer` says.
fn lookup(
    ctx: &mut Context<'_>,
    index: &ProcessIndex<'_>,
    name: &str,
    pointer: impl Fn(&Pointer) -> Pointer,
) -> Option<usize> {
    if ctx.hole(&pointer) {
        return None;
    }
    let found = index.named_in_order(ctx.scopes(), name);
    if found.is_none() && !index.unreliable && !ctx.hole(|at| at.key("task").key("processes")) {
        let headline = format!("the task has no process `{name}`");
        let place = Place::value(pointer(ctx.at));
        let problem = Diagnostic::new(&UNKNOWN_PROCESS, headline, place);
        let problem = if ctx.advises_among(index.count()) {
            advise(problem, name, index)
        } else {
            problem
        };
        ctx.report(problem);
    }
    found
}

/// Whether what the two processes are allows one to wait for the other. `told` is the last list
/// that was said to mix final processes with others: once is enough for all of its steps.
fn allowed(ctx: &mut Context<'_>, edge: Edge, told: &mut Option<usize>) -> bool {
    let processes = &ctx.job.task.processes;
    let (before, after) = (&processes[edge.before], &processes[edge.after]);
    let (code, headline, index, field) = if before.is_final() != after.is_final() {
        let (final_, index, other) = if before.is_final() {
            (before, edge.before, after)
        } else {
            (after, edge.after, before)
        };
        let headline = format!(
            "an order joins the final process `{}` with `{}`, which is not final",
            final_.name, other.name
        );
        (&FINAL_ORDER, headline, index, "final")
    } else if edge.when == When::Ready {
        return has_ready(ctx, edge);
    } else if before.is_daemon() {
        let headline = format!(
            "`{}` waits for the daemon `{}`, which never ends",
            after.name, before.name
        );
        (&AFTER_DAEMON, headline, edge.before, "daemon")
    } else if before.is_ephemeral() && !after.is_ephemeral() {
        let headline = format!(
            "`{}` waits for the ephemeral process `{}`, but is not ephemeral itself",
            after.name, before.name
        );
        (&AFTER_EPHEMERAL, headline, edge.before, "ephemeral")
    } else {
        return true;
    };
    if let (&Origin::Order { constraint, .. }, "final") = (&edge.origin, field)
        && told.replace(constraint) == Some(constraint)
    {
        return false;
    }
    if ctx.is_given_up() {
        return false;
    }
    let made_up = [edge.before, edge.after]
        .iter()
        .any(|&process| ctx.hole(|at| process_at(at, process).key(field)));
    if !made_up {
        let place = Place::value(edge.origin.pointer(ctx.at));
        let name = &processes[index].name;
        let problem = Diagnostic::new(code, headline, place).also(
            Place::value(ctx.process(index, field)),
            format!("`{name}` is made so here"),
        );
        ctx.report(match code.id {
            id if id == FINAL_ORDER.id => {
                problem.help("remove one of the two: final processes start when all others ended")
            }
            id if id == AFTER_EPHEMERAL.id => problem.help(format!(
                "make `{}` ephemeral, too, or `{name}` an ordinary process",
                after.name
            )),
            _ => problem.help(format!(
                "wait until it is ready: `{{ process = \"{name}\", when = \"ready\" }}` in `after`, with a \
                     `ready` in `{name}`; or let `{}` start without waiting",
                after.name
            )),
        });
    }
    false
}

/// Whether the process that is to be ready says how one knows that.
fn has_ready(ctx: &mut Context<'_>, edge: Edge) -> bool {
    let processes = &ctx.job.task.processes;
    let (before, after) = (&processes[edge.before], &processes[edge.after]);
    if before.ready.is_some() {
        return true;
    }
    if !ctx.is_given_up() && !ctx.hole(|at| process_at(at, edge.before).key("ready")) {
        let headline = format!(
            "`{}` waits until `{}` is ready, which does not say how one knows",
            after.name, before.name
        );
        let place = Place::value(edge.origin.pointer(ctx.at));
        let problem = Diagnostic::new(&NEVER_READY, headline, place)
            .also(
                Place::value(ctx.process(edge.before, "name")),
                "this process has no `ready`",
            )
            .help(format!(
                "say in `{}` what to try: `ready = {{ command = \"...\" }}`, or `tcp`, or `http`",
                before.name
            ));
        ctx.report(problem);
    }
    false
}

/// Reports each group of processes that wait for each other, by a shortest circle in it.
fn cycles(ctx: &mut Context<'_>, edges: &[Edge]) {
    if edges.is_empty() {
        return;
    }
    let processes = &ctx.job.task.processes;
    let pairs: Vec<_> = edges.iter().map(|edge| (edge.before, edge.after)).collect();
    let graph = Graph::new(processes.len(), &pairs);
    if graph.is_acyclic() {
        return;
    }
    let groups = graph.groups();
    let mut told = vec![false; processes.len()];
    for start in 0..processes.len() {
        if std::mem::replace(&mut told[groups[start]], true) {
            continue;
        }
        let circle = graph.circle(start, &groups);
        if !circle.is_empty() {
            let circle: Vec<Edge> = circle.into_iter().map(|edge| edges[edge]).collect();
            let problem = cycle(ctx.at, processes, &circle);
            ctx.report(problem);
        }
    }
}

fn cycle(at: &Pointer, processes: &[Process], circle: &[Edge]) -> Diagnostic {
    let name = |index: usize| processes[index].name.as_str();
    let label = |edge: &Edge| match edge.when {
        When::Succeeded => format!("`{}` waits for `{}`", name(edge.after), name(edge.before)),
        When::Ready => format!(
            "`{}` waits until `{}` is ready",
            name(edge.after),
            name(edge.before)
        ),
    };
    let place = |edge: &Edge| Place::value(edge.origin.pointer(at));
    let hidden = circle.len().saturating_sub(SHOWN);
    let headline = if circle.len() == 1 {
        format!("`{}` waits for itself", name(circle[0].after))
    } else {
        let mut names: Vec<String> = circle
            .iter()
            .take(SHOWN)
            .map(|edge| format!("`{}`", name(edge.before)))
            .collect();
        if hidden > 0 {
            names.push("...".to_owned());
        }
        names.push(format!("`{}`", name(circle[0].before)));
        format!("the order of processes is a circle: {}", names.join(" -> "))
    };
    let mut problem =
        Diagnostic::new(&ORDER_CYCLE, headline, place(&circle[0])).label(label(&circle[0]));
    for edge in circle.iter().take(SHOWN).skip(1) {
        problem = problem.also(place(edge), label(edge));
    }
    if hidden > 0 {
        problem = problem.note(format!(
            "{hidden} more steps lead back to the first process"
        ));
    }
    problem.help(match circle.len() {
        1 => "remove it",
        _ => "remove one of these steps",
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::check::tests::{JOB, check_definition, problems};
    use crate::model::Settings;

    /// `processes` as `name`, `name after x,y` or with `final`, `daemon`, `ephemeral` behind;
    /// `orders` as lists of names.
    fn check(processes: &[&str], orders: &[&str], expected: &[&str]) {
        let mut text = format!("{JOB}task.processes = [\n");
        for process in processes {
            let mut words = process.split(' ');
            let name = words.next().expect("a name");
            write!(text, "{{ name = \"{name}\", cmdline = \"x\"").expect("a string");
            while let Some(word) = words.next() {
                if word == "after" {
                    let names = list(words.next().expect("names"));
                    write!(text, ", after = {names}").expect("a string");
                } else {
                    write!(text, ", {word} = true").expect("a string");
                }
            }
            text += " },\n";
        }
        text += "]\ntask.constraints = [\n";
        for order in orders {
            writeln!(text, "{{ order = {} }},", list(order)).expect("a string");
        }
        text += "]\n";
        check_definition(&text, expected);
    }

    fn list(names: &str) -> String {
        let names: Vec<_> = names
            .split(',')
            .filter(|name| !name.is_empty())
            .map(|name| format!("\"{name}\""))
            .collect();
        format!("[{}]", names.join(", "))
    }

    #[test]
    fn fine() {
        check(&["a", "b", "c"], &["a,b,c", "a,c", "b"], &[]);
        check(&["a after b,c", "b", "c after b"], &["b,c"], &[]);
        check(&["a after ", "b"], &[], &[]);
        check(&["a", "f final", "g final"], &["f,g", "a"], &[]);
        check(&["a", "d daemon after a"], &[], &[]);
        check(
            &["a", "e ephemeral after a", "f ephemeral after e"],
            &[],
            &[],
        );
    }

    #[test]
    fn names() {
        check(
            &["a"],
            &[""],
            &["empty-order '[]' an order of no processes"],
        );
        check(
            &["fetch", "serve after fetsh"],
            &["serve,x"],
            &[
                "unknown-process '\"x\"' the task has no process `x`",
                "unknown-process '\"fetsh\"' the task has no process `fetsh`",
            ],
        );
        check(
            &["a", "b"],
            &["a,b,a"],
            &["repeated-process '\"a\"' the order names `a` twice"],
        );
    }

    #[test]
    fn kinds() {
        check(
            &["a", "f final", "b"],
            &["a,f,b", "f,b"],
            &[
                "final-order '\"f\"' an order joins the final process `f` with `a`, which is not final",
                "final-order '\"b\"' an order joins the final process `f` with `b`, which is not final",
            ],
        );
        check(
            &["d daemon", "a after d"],
            &[],
            &["after-daemon '\"d\"' `a` waits for the daemon `d`, which never ends"],
        );
        check(
            &["e ephemeral", "a"],
            &["e,a"],
            &[
                "after-ephemeral '\"a\"' `a` waits for the ephemeral process `e`, but is not ephemeral itself",
            ],
        );
    }

    #[test]
    fn circles() {
        check(
            &["a after a"],
            &[],
            &["order-cycle '\"a\"' `a` waits for itself"],
        );
        check(
            &["a after c", "b", "c"],
            &["a,b,c"],
            &["order-cycle '\"b\"' the order of processes is a circle: `a` -> `b` -> `c` -> `a`"],
        );
        check(
            &["a", "b", "c", "d after c", "e after d", "c2"],
            &["a,b", "b,a", "b,c", "e,d"],
            &[
                "order-cycle '\"b\"' the order of processes is a circle: `a` -> `b` -> `a`",
                "order-cycle '\"d\"' the order of processes is a circle: `d` -> `e` -> `d`",
            ],
        );
    }

    #[test]
    fn a_long_circle_is_shown_in_part_and_takes_no_stack() {
        let count = 100_000;
        let names: Vec<String> = (0..count).map(|number| format!("p{number}")).collect();
        let mut order = names.join(",");
        order += ",p0";
        let mut text = format!("{JOB}task.constraints = [\n");
        for pair in names.windows(2) {
            writeln!(text, "{{ order = [\"{}\", \"{}\"] }},", pair[0], pair[1]).expect("a string");
        }
        writeln!(text, "{{ order = [\"p{}\", \"p0\"] }}]", count - 1).expect("a string");
        text += "task.processes = [\n";
        for name in &names {
            writeln!(text, "{{ name = \"{name}\", cmdline = \"x\" }},").expect("a string");
        }
        text += "]";
        assert_eq!(
            problems(&text, &Settings::default()),
            [
                "order-cycle '\"p1\"' the order of processes is a circle: `p0` -> `p1` -> `p2` -> \
                 `p3` -> `p4` -> `p5` -> `p6` -> `p7` -> ... -> `p0`"
            ]
        );
    }
}

//! The picture for Mermaid, which Markdown on many sites draws.
//!
//! Labels stand in quotes. In them Mermaid takes `#...;` for an entity, makes HTML of the rest, and
//! looks for Markdown lists; so all but letters, digits and what is harmless between two of them is
//! written as an entity.

use std::fmt::Write as _;

use crate::diagnostic::render::visible;
use crate::secret::hide;

use super::{Graph, Kind, Step, When, words};

/// Whether a class is that of a step.
type Test = fn(&Graph, &Step) -> bool;

/// The graph in Mermaid's language.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = String::new();
    let mut line = |text: &str| writeln!(out, "{text}").expect("a string takes all");
    // In a front matter it would have to be YAML as well.
    line("flowchart LR");
    line(&format!("  accTitle: {}", comment(&graph.title)));
    for remark in words::concurrency(graph)
        .into_iter()
        .chain(words::critical(graph))
    {
        line(&format!("  %% {remark}"));
    }
    for (index, step) in graph.steps.iter().enumerate() {
        if !step.is_final {
            line(&format!("  {}", node(index, step)));
        }
    }
    if graph.has_final() {
        line(&format!(
            "  subgraph final [\"{}\"]",
            text(&words::finalisation(graph))
        ));
        for (index, step) in graph.steps.iter().enumerate() {
            if step.is_final {
                line(&format!("    {}", node(index, step)));
            }
        }
        line("  end");
        if let Some((last, _)) = graph.phases() {
            line(&format!("  n{last} ~~~ final"));
        }
    }
    for edge in &graph.edges {
        let arrow = match edge.when {
            When::Ready => "-. ready .->",
            When::Succeeded if graph.is_critical(*edge) => "==>",
            When::Succeeded => "-->",
        };
        line(&format!("  n{} {arrow} n{}", edge.before, edge.after));
    }
    let classes: [(&str, &str, Test); 3] = [
        ("added", "stroke-dasharray:none,opacity:0.8", |_, step| {
            step.kind != Kind::Run
        }),
        ("ephemeral", "stroke-dasharray:4 3", |_, step| {
            step.is_ephemeral
        }),
        (
            "critical",
            "stroke:#bc4c00,stroke-width:2px",
            |graph, step| graph.marks_critical && step.is_critical,
        ),
    ];
    for (name, style, test) in classes {
        let members = graph
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| test(graph, step));
        let members: Vec<_> = members.map(|(index, _)| format!("n{index}")).collect();
        if !members.is_empty() {
            line(&format!("  classDef {name} {style}"));
            line(&format!("  class {} {name}", members.join(",")));
        }
    }
    if graph.has_final() {
        line("  style final fill:none,stroke-dasharray:6 4");
    }
    out
}

fn node(index: usize, step: &Step) -> String {
    let mut label = text(&step.name);
    let mut attributes = words::attributes(step);
    attributes.extend(words::total(step));
    if !attributes.is_empty() {
        label.push_str("<br>");
        label.push_str(&text(&attributes.join(", ")));
    }
    for item in step.closure.iter().flat_map(|closure| &closure.items) {
        let (name, bytes) = words::item(item);
        label.push_str("<br>");
        label.push_str(&text(&format!("{name} {bytes}")));
    }
    let [open, close] = match step.kind {
        Kind::Run if step.is_daemon => ["[[", "]]"],
        Kind::Run => ["[", "]"],
        Kind::Realise | Kind::Fetch | Kind::AwaitReady => ["(", ")"],
    };
    format!("n{index}{open}\"{label}\"{close}")
}

/// Foreign text for a label.
fn text(text: &str) -> String {
    // Escapes would hide what shows that it is a secret.
    let line = visible::line(&hide(text));
    let characters: Vec<char> = line.chars().collect();
    let mut escaped = String::new();
    for (index, &c) in characters.iter().enumerate() {
        let is_word = |index: Option<usize>| {
            let c = index.and_then(|index| characters.get(index));
            c.is_some_and(|c| c.is_alphanumeric() || *c == '_')
        };
        let between = is_word(index.checked_sub(1)) && is_word(Some(index + 1));
        let digits = characters[..index].iter().all(char::is_ascii_digit);
        let harmless = match c {
            '_' | '-' => between,
            '.' => between && !digits,
            ',' => index > 0,
            ' ' => index > 0 && characters[index - 1] != ' ',
            _ => c.is_alphanumeric(),
        };
        if harmless {
            escaped.push(c);
        } else {
            write!(escaped, "#{};", u32::from(c)).expect("a string takes all");
        }
    }
    escaped
}

/// Text for the rest of a line that is no label: keys of jobs have nothing that means anything.
fn comment(text: &str) -> String {
    visible::line(text)
}

//! The picture for Graphviz.
//!
//! Texts stand in quotes, in which Graphviz takes a backslash for an escape and `&` for the start
//! of one of HTML's entities; what a name has of them is escaped, so that names are shown as they
//! are and mean nothing.

use std::fmt::Write as _;

use crate::diagnostic::render::visible;

use super::{Graph, Kind, Step, When, words};

/// The graph in the language of Graphviz.
pub fn dot(graph: &Graph) -> String {
    let mut out = String::from("digraph job {\n");
    let mut line = |text: &str| writeln!(out, "  {text}").expect("a string takes all");
    line("rankdir=LR;");
    line(&format!("label=\"{}\";", title(graph)));
    line("labelloc=t;");
    line("fontname=\"Helvetica,Arial,sans-serif\";");
    line(
        "node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", color=\"#57606a\", fontname=\"Helvetica,Arial,sans-serif\", fontsize=11, height=0.4];",
    );
    line("edge [color=\"#57606a\", arrowsize=0.7];");
    for (index, step) in graph.steps.iter().enumerate() {
        if !step.is_final {
            line(&node(graph, index, step));
        }
    }
    if graph.has_final() {
        line("subgraph cluster_final {");
        line(&format!(
            "  label=\"{}\";",
            text(&words::finalisation(graph))
        ));
        line("  style=dashed;");
        line("  color=\"#57606a\";");
        line("  fontsize=11;");
        for (index, step) in graph.steps.iter().enumerate() {
            if step.is_final {
                line(&format!("  {}", node(graph, index, step)));
            }
        }
        line("}");
        if let Some((last, first)) = graph.phases() {
            // Keeps the finalisation on the right.
            line(&format!("n{last} -> n{first} [style=invis];"));
        }
    }
    for edge in &graph.edges {
        let style = match edge.when {
            When::Ready => " [style=dashed, label=\"ready\", fontsize=10]",
            When::Succeeded if graph.is_critical(*edge) => " [color=\"#bc4c00\", penwidth=2]",
            When::Succeeded => "",
        };
        line(&format!("n{} -> n{}{style};", edge.before, edge.after));
    }
    out.push_str("}\n");
    out
}

fn title(graph: &Graph) -> String {
    let mut title = text(&graph.title);
    for line in words::concurrency(graph)
        .into_iter()
        .chain(words::critical(graph))
    {
        title.push_str("\\n");
        title.push_str(&text(&line));
    }
    title
}

fn node(graph: &Graph, index: usize, step: &Step) -> String {
    let mut label = text(&step.name);
    let mut attributes = words::attributes(step);
    attributes.extend(words::total(step));
    if !attributes.is_empty() {
        label.push_str("\\n");
        label.push_str(&text(&attributes.join(", ")));
    }
    for item in step.closure.iter().flat_map(|closure| &closure.items) {
        let (name, bytes) = words::item(item);
        label.push_str("\\n");
        label.push_str(&text(&format!("{name}  {bytes}")));
    }
    let mut node = format!("n{index} [label=\"{label}\"");
    if step.kind != Kind::Run {
        node.push_str(", fillcolor=\"#eaeef2\", fontcolor=\"#57606a\"");
    }
    if step.is_ephemeral {
        node.push_str(", style=\"rounded,filled,dashed\"");
    }
    if step.is_daemon {
        node.push_str(", peripheries=2");
    }
    if step.is_critical && graph.marks_critical {
        node.push_str(", color=\"#bc4c00\", penwidth=2");
    }
    node.push_str("];");
    node
}

/// Foreign text for between quotes.
fn text(text: &str) -> String {
    let mut escaped = String::new();
    for c in visible::line(text).chars() {
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '&' => escaped.push_str("&amp;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

//! What all pictures say about a step, in words.

use crate::diagnostic::render::{amount, counted};

use super::{Contents, Graph, Item, Kind, Step};

/// What is special about a step, for people who know Aurora's words.
pub(super) fn attributes(step: &Step) -> Vec<String> {
    let mut words = Vec::new();
    if step.kind == Kind::Fetch {
        words.push("fetches ahead".to_owned());
    }
    if step.is_daemon {
        words.push("daemon".to_owned());
    }
    if step.is_ephemeral && step.kind != Kind::Fetch {
        words.push("ephemeral".to_owned());
    }
    match step.max_failures {
        1 => {}
        0 => words.push("tries for ever".to_owned()),
        many if step.is_daemon => words.push(format!("{many} failures")),
        many => words.push(format!("{many} tries")),
    }
    words
}

/// What a step fetches, all together; of a process, the parts say it.
pub(super) fn total(step: &Step) -> Option<String> {
    let contents = step.closure.as_ref()?;
    (step.kind != Kind::Run).then(|| size(contents))
}

fn size(contents: &Contents) -> String {
    let size = &contents.size;
    let paths = counted(size.paths, "path");
    let bytes = amount::bytes(size.bytes);
    match size.unknown {
        0 => format!("{paths}, {bytes}"),
        unknown => format!("{paths}, {bytes} and {unknown} of unknown size"),
    }
}

/// A store path as one of a list: its name and its size.
pub(super) fn item(item: &Item) -> (String, String) {
    let bytes = item.bytes.map(amount::bytes);
    (
        item.path.name().to_string(),
        bytes.unwrap_or_else(|| "unknown size".to_owned()),
    )
}

/// When the finalisation happens.
pub(super) fn finalisation(graph: &Graph) -> String {
    format!(
        "finalisation, when the rest is done or has failed: {} at most",
        amount::seconds(f64::from(
            u32::try_from(graph.finalization_wait).unwrap_or(u32::MAX)
        ))
    )
}

/// The same in the few words that a box has room for.
pub(super) fn finalisation_short(graph: &Graph) -> String {
    let wait = u32::try_from(graph.finalization_wait).unwrap_or(u32::MAX);
    format!("finalisation, {} at most", amount::seconds(f64::from(wait)))
}

/// How many processes and steps there are.
pub(super) fn counts(graph: &Graph) -> String {
    let added = graph.steps.iter().filter(|step| step.kind != Kind::Run);
    let added = added.count();
    let processes = match graph.steps.len() - added {
        1 => "1 process".to_owned(),
        many => format!("{many} processes"),
    };
    match added {
        0 => processes,
        _ => format!("{processes}, {} that jobc adds", counted(added, "step")),
    }
}

/// How many steps run at a time, if that is limited.
pub(super) fn concurrency(graph: &Graph) -> Option<String> {
    let limit = graph.max_concurrency?;
    let steps = counted(usize::try_from(limit).unwrap_or(usize::MAX), "step");
    Some(format!("{steps} at a time (max_concurrency)"))
}

/// The longest chain in numbers, if it is marked.
pub(super) fn critical(graph: &Graph) -> Option<String> {
    if !graph.marks_critical {
        return None;
    }
    let chain = graph.steps.iter().filter(|step| step.is_critical);
    Some(format!("longest chain: {}", counted(chain.count(), "step")))
}

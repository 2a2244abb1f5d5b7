//! Whether the order of processes is one that Thermos takes.

use std::collections::BTreeMap;

use super::Process;

/// The pairs that a list of names makes; what is wrong with it otherwise.
pub(super) fn pairs(
    names: &[String],
    processes: &[Process],
) -> Result<Vec<(usize, usize)>, Vec<String>> {
    let indexes: BTreeMap<&str, usize> = processes
        .iter()
        .enumerate()
        .map(|(index, process)| (process.name.as_str(), index))
        .collect();
    let mut problems = Vec::new();
    let mut known = Vec::new();
    for name in names {
        match indexes.get(name.as_str()) {
            Some(&index) => known.push(index),
            None => problems.push(format!("no process is called `{name}`")),
        }
    }
    if names.is_empty() {
        problems.push("expected names of processes, found none".to_owned());
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let is_final = |index: usize| processes[index].is_final;
    if let Some(&other) = known
        .iter()
        .find(|&&index| is_final(index) != is_final(known[0]))
    {
        let (first, other) = (&processes[known[0]].name, &processes[other].name);
        problems.push(format!(
            "`{first}` and `{other}` cannot be ordered: one of them is final, the other is not"
        ));
    }
    let pairs: Vec<_> = known.windows(2).map(|pair| (pair[0], pair[1])).collect();
    for &(before, after) in &pairs {
        let (first, second) = (&processes[before], &processes[after]);
        if first.is_daemon {
            problems.push(format!(
                "`{}` cannot wait for `{}`, a daemon",
                second.name, first.name
            ));
        } else if first.is_ephemeral && !second.is_ephemeral {
            problems.push(format!(
                "`{}` cannot wait for `{}`, which is ephemeral",
                second.name, first.name
            ));
        }
    }
    if problems.is_empty() {
        Ok(pairs)
    } else {
        Err(problems)
    }
}

/// Processes that wait for each other in a circle, the first one again at the end.
pub(super) fn circle(count: usize, order: &[(usize, usize)]) -> Option<Vec<usize>> {
    let mut before = vec![Vec::new(); count];
    for &(first, second) in order {
        before[second].push(first);
    }
    // Whatever waits for nothing that is left can go.
    let mut left: Vec<bool> = vec![true; count];
    loop {
        let free: Vec<usize> = (0..count)
            .filter(|&index| left[index] && !before[index].iter().any(|&other| left[other]))
            .collect();
        if free.is_empty() {
            break;
        }
        for index in free {
            left[index] = false;
        }
    }
    let mut at = left.iter().position(|left| *left)?;
    let mut way = vec![at];
    loop {
        at = *before[at].iter().find(|&&other| left[other])?;
        if let Some(start) = way.iter().position(|&seen| seen == at) {
            let mut circle = way.split_off(start);
            circle.push(at);
            circle.reverse();
            return Some(circle);
        }
        way.push(at);
    }
}

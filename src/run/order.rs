//! Whether the order of processes is one that Thermos takes.

use std::collections::BTreeMap;

use super::Process;

/// Where each process is.
pub(super) fn indexes(processes: &[Process]) -> BTreeMap<&str, usize> {
    let names = processes.iter().enumerate();
    names
        .map(|(index, process)| (process.name.as_str(), index))
        .collect()
}

/// The pairs that a list of names makes; what is wrong with it otherwise.
pub(super) fn pairs(
    names: &[String],
    processes: &[Process],
    indexes: &BTreeMap<&str, usize>,
) -> Result<Vec<(usize, usize)>, Vec<String>> {
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
    let mut after = vec![Vec::new(); count];
    for &(first, second) in order {
        before[second].push(first);
        after[first].push(second);
    }
    // Whatever waits for nothing that is left can go.
    let mut waits: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut left = vec![true; count];
    let mut free: Vec<usize> = (0..count).filter(|&index| waits[index] == 0).collect();
    while let Some(index) = free.pop() {
        left[index] = false;
        for &next in &after[index] {
            waits[next] -= 1;
            if waits[next] == 0 {
                free.push(next);
            }
        }
    }
    let mut at = left.iter().position(|left| *left)?;
    let mut way = vec![at];
    let mut places = BTreeMap::from([(at, 0)]);
    loop {
        at = *before[at].iter().find(|&&other| left[other])?;
        if let Some(start) = places.insert(at, way.len()) {
            let mut circle = way.split_off(start);
            circle.push(at);
            circle.reverse();
            return Some(circle);
        }
        way.push(at);
    }
}

//! An order of steps without the edges that others imply.

use crate::target::steps::{Edge, When};

/// The most memory, in words of 64 bits, that sets of steps take. An order of more steps is drawn
/// with all its edges.
const MOST_WORDS: usize = 1 << 23;
/// The most words that are looked at.
const MOST_WORK: usize = 1 << 29;

/// What waits for each step, in the order of the edges.
pub(super) fn successors(steps: usize, edges: &[Edge]) -> Vec<Vec<usize>> {
    let mut after = vec![Vec::new(); steps];
    for edge in edges {
        after[edge.before].push(edge.after);
    }
    after
}

/// All steps, each after those that it waits for, and otherwise as they were given.
pub(super) fn order(steps: usize, edges: &[Edge]) -> Vec<usize> {
    let after = successors(steps, edges);
    let mut waits = vec![0_usize; steps];
    for edge in edges {
        waits[edge.after] += 1;
    }
    let ready = (0..steps).filter(|&step| waits[step] == 0);
    let mut ready: std::collections::BTreeSet<usize> = ready.collect();
    let mut order = Vec::with_capacity(steps);
    while let Some(step) = ready.pop_first() {
        order.push(step);
        for &other in &after[step] {
            waits[other] -= 1;
            if waits[other] == 0 {
                ready.insert(other);
            }
        }
    }
    order
}

/// The edges that no other edges imply. `order` has each step after those that it waits for.
///
/// That a step was ready when another one started follows from any way between them; that it had succeeded,
/// only from one that begins with that.
pub(super) fn reduced(steps: usize, mut edges: Vec<Edge>, order: &[usize]) -> Vec<Edge> {
    edges.sort();
    edges.dedup();
    let words = steps.div_ceil(64);
    if words * steps > MOST_WORDS || words * edges.len() > MOST_WORK {
        return edges;
    }
    let mut position = vec![0; steps];
    for (at, &step) in order.iter().enumerate() {
        position[step] = at;
    }
    let mut after: Vec<Vec<Edge>> = vec![Vec::new(); steps];
    for edge in &edges {
        after[edge.before].push(*edge);
    }
    // What is reached from each step, itself included: a bit for each.
    let mut reached = vec![0_u64; words * steps];
    let mut kept = Vec::with_capacity(edges.len());
    for &step in order.iter().rev() {
        let mut set = vec![0_u64; words];
        // What is reached by what waits for the end of the step.
        let mut of_ended = vec![0_u64; words];
        // The nearest first: what another one leads to comes later.
        after[step].sort_by_key(|edge| (position[edge.after], edge.when));
        for edge in &after[step] {
            let (other, implied_by) = match edge.when {
                When::Succeeded => (edge.after, &of_ended),
                When::Ready => (edge.after, &set),
            };
            if implied_by[other / 64] & (1 << (other % 64)) != 0 {
                continue;
            }
            kept.push(*edge);
            let reached = &reached[other * words..(other + 1) * words];
            add(reached, &mut set);
            if edge.when == When::Succeeded {
                add(reached, &mut of_ended);
            }
        }
        set[step / 64] |= 1 << (step % 64);
        reached[step * words..(step + 1) * words].copy_from_slice(&set);
    }
    kept.sort();
    kept
}

fn add(more: &[u64], set: &mut [u64]) {
    for (word, more) in set.iter_mut().zip(more) {
        *word |= more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pairs: &[(usize, usize)], when: When) -> Vec<Edge> {
        let edge = |&(before, after)| Edge {
            before,
            after,
            when,
        };
        pairs.iter().map(edge).collect()
    }

    #[test]
    fn what_is_implied_is_left_out() {
        let ended = |pairs| edges(pairs, When::Succeeded);
        let all = ended(&[(0, 1), (0, 2), (1, 2), (0, 3), (2, 3), (4, 3)]);
        let order = order(5, &all);
        assert_eq!(order, [0, 1, 2, 4, 3]);
        let kept = reduced(5, all, &order);
        assert_eq!(kept, ended(&[(0, 1), (1, 2), (2, 3), (4, 3)]));
    }

    #[test]
    fn what_was_ready_need_not_have_ended() {
        let ready = edges(&[(0, 1), (0, 3)], When::Ready);
        let ended = edges(&[(0, 2), (1, 2), (2, 3)], When::Succeeded);
        let all: Vec<Edge> = ready.iter().chain(&ended).copied().collect();
        let kept = reduced(4, all, &[0, 1, 2, 3]);
        let mut expected = vec![ready[0]];
        expected.extend(ended);
        assert_eq!(kept, expected);
    }
}

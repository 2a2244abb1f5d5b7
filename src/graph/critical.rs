//! The longest chain of steps. How long steps take is unknown: it has most steps; among chains of
//! as many, most bytes to fetch.
//!
//! Only steps that the task waits for count: neither ephemeral ones nor daemons, which do not end.
//! The finalisation has a chain of its own, which follows the ordinary one.

use crate::target::steps::Edge;

use super::step::{Kind, Step};

/// Marks the steps of the chain. Whether the task waits for anything else.
pub(super) fn mark(steps: &mut [Step], edges: &[Edge], order: &[usize]) -> bool {
    let counts = |step: &Step| !step.is_ephemeral && !step.is_daemon;
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for edge in edges.iter().filter(|edge| counts(&steps[edge.before])) {
        before[edge.after].push(edge.before);
    }
    // The length of the longest chain to each step, its bytes, and the step before.
    let mut longest = vec![(0_usize, 0_u64, None); steps.len()];
    for &step in order.iter().filter(|&&step| counts(&steps[step])) {
        let mut best = (0, 0, None);
        for &other in &before[step] {
            let (length, bytes, _) = longest[other];
            if (length, bytes) > (best.0, best.1) {
                best = (length, bytes, Some(other));
            }
        }
        let fetched = steps[step].closure.as_ref();
        let fetched = fetched.filter(|_| steps[step].kind != Kind::Run);
        let bytes = fetched.map_or(0, |it| it.size.bytes);
        longest[step] = (best.0 + 1, best.1.saturating_add(bytes), best.2);
    }
    for is_final in [false, true] {
        let of_phase = |&step: &usize| steps[step].is_final == is_final && longest[step].0 > 1;
        let key = |&step: &usize| (longest[step].0, longest[step].1, std::cmp::Reverse(step));
        let mut next = (0..steps.len()).filter(of_phase).max_by_key(key);
        while let Some(step) = next {
            steps[step].is_critical = true;
            next = longest[step].2;
        }
    }
    let any = steps.iter().any(|step| step.is_critical);
    any && steps.iter().any(|step| counts(step) && !step.is_critical)
}

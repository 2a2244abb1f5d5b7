//! Processes as nodes, and who waits for whom as edges: which of them wait in circles.
//!
//! All in linear time and without recursion: a task may have more processes than a thread has
//! stack.

use std::collections::{HashMap, VecDeque};

/// The edges out of each process, packed.
pub(super) struct Graph {
    /// Where the edges out of each process start in `targets`; one more at the end.
    starts: Vec<usize>,
    /// For each of them the process that it leads to and its index among the edges.
    targets: Vec<(usize, usize)>,
}

impl Graph {
    /// The graph of `nodes` processes with these edges, each a process and one that waits for it.
    pub(super) fn new(nodes: usize, edges: &[(usize, usize)]) -> Self {
        let mut starts = vec![0; nodes + 1];
        for &(from, _) in edges {
            starts[from + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut targets = vec![(0, 0); edges.len()];
        for (index, &(from, to)) in edges.iter().enumerate() {
            targets[next[from]] = (to, index);
            next[from] += 1;
        }
        Self { starts, targets }
    }

    fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    fn out(&self, node: usize) -> &[(usize, usize)] {
        &self.targets[self.starts[node]..self.starts[node + 1]]
    }

    /// Whether all processes can run, one after the other.
    pub(super) fn is_acyclic(&self) -> bool {
        let mut waits_for = vec![0_usize; self.nodes()];
        for (target, _) in &self.targets {
            waits_for[*target] += 1;
        }
        let mut ready: Vec<usize> = (0..self.nodes())
            .filter(|&node| waits_for[node] == 0)
            .collect();
        let mut done = 0;
        while let Some(node) = ready.pop() {
            done += 1;
            for &(target, _) in self.out(node) {
                waits_for[target] -= 1;
                if waits_for[target] == 0 {
                    ready.push(target);
                }
            }
        }
        done == self.nodes()
    }

    /// The strongly connected component of each process (Tarjan's algorithm, with the call stack
    /// as data: a task may have more processes than a thread has stack).
    pub(super) fn groups(&self) -> Vec<usize> {
        const UNSEEN: usize = usize::MAX;
        let mut number = vec![UNSEEN; self.nodes()];
        let mut low = vec![0; self.nodes()];
        let mut group = vec![UNSEEN; self.nodes()];
        let mut groups = 0;
        let mut seen = 0;
        let mut open = Vec::new();
        // A node with how many of its edges have been followed.
        let mut calls: Vec<(usize, usize)> = Vec::new();
        for root in 0..self.nodes() {
            if number[root] == UNSEEN {
                calls.push((root, 0));
            }
            while let Some((node, followed)) = calls.pop() {
                if followed == 0 {
                    number[node] = seen;
                    low[node] = seen;
                    seen += 1;
                    open.push(node);
                } else {
                    // Back from the edge before.
                    let (child, _) = self.out(node)[followed - 1];
                    if group[child] == UNSEEN {
                        low[node] = low[node].min(low[child]);
                    }
                }
                match self.out(node).get(followed) {
                    Some(&(target, _)) => {
                        calls.push((node, followed + 1));
                        if number[target] == UNSEEN {
                            calls.push((target, 0));
                        } else if group[target] == UNSEEN {
                            low[node] = low[node].min(number[target]);
                        }
                    }
                    None if low[node] == number[node] => {
                        while let Some(member) = open.pop() {
                            group[member] = groups;
                            if member == node {
                                break;
                            }
                        }
                        groups += 1;
                    }
                    None => {}
                }
            }
        }
        group
    }

    /// The edges of a shortest circle from `start` back to it, inside its group; none if it stands
    /// in no circle.
    pub(super) fn circle(&self, start: usize, groups: &[usize]) -> Vec<usize> {
        // How each process of the group was reached: from where, and by which edge.
        let mut reached = HashMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            for &(target, edge) in self.out(node) {
                if groups[target] != groups[start] {
                    continue;
                }
                if target == start {
                    let mut circle = vec![edge];
                    let mut at = node;
                    while at != start {
                        let (from, edge) = reached[&at];
                        circle.push(edge);
                        at = from;
                    }
                    circle.reverse();
                    return circle;
                }
                reached.entry(target).or_insert_with(|| {
                    queue.push_back(target);
                    (node, edge)
                });
            }
        }
        Vec::new()
    }
}

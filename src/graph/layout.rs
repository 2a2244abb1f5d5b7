//! Where steps and edges go in a picture: columns from left to right.
//!
//! A step's column is its stage; what waits for nothing moves right, next to the first that waits
//! for it. Within columns, the order is improved by barycentres while that avoids crossings, and
//! heights are the closest ones to those of neighbours that keep the order. Edges over several
//! columns get a place in each, unless there are too many. All effort is bounded.

use super::reduce::{order, successors};
use super::{Edge, Graph, lanes};

/// The size of a box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A box in its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) size: Size,
}

/// A picture without its paint.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Of each step.
    pub(super) places: Vec<Place>,
    /// Of each edge: from box to box, through the places between.
    pub(super) routes: Vec<Vec<Place>>,
    /// Around all.
    pub(super) size: Size,
}

/// Between columns.
const GAP: f64 = 48.0;
/// Between the ordinary steps and the finalisation, more than between columns.
const PHASES: f64 = 40.0;
/// Between boxes of a column.
const ROW: f64 = 18.0;
/// The height of an edge's place in a column.
const THREAD: f64 = 6.0;
/// More places for edges than this are not made.
const MOST_THREADS: usize = 20_000;
/// At most this many nodes and edges are looked at to improve the picture.
const EFFORT: usize = 2_000_000;

/// A step, or an edge's place in a column.
struct Node {
    column: usize,
    height: f64,
    weight: f64,
    /// The number of the part of the picture that it is connected with.
    part: usize,
    before: Vec<usize>,
    after: Vec<usize>,
}

/// Lays out boxes of these sizes.
pub(super) fn layout(graph: &Graph, sizes: &[Size]) -> Layout {
    let columns = columns(graph);
    let mut nodes: Vec<Node> = columns
        .iter()
        .zip(sizes)
        .map(|(&column, size)| Node {
            column,
            height: size.height,
            weight: 1.0,
            part: 0,
            before: Vec::new(),
            after: Vec::new(),
        })
        .collect();
    let spans = |edge: &Edge| columns[edge.after].saturating_sub(columns[edge.before] + 1);
    let threads: usize = graph.edges.iter().map(spans).sum();
    let mut chains = Vec::with_capacity(graph.edges.len());
    for edge in &graph.edges {
        let mut chain = vec![edge.before];
        if threads <= MOST_THREADS {
            for column in columns[edge.before] + 1..columns[edge.after] {
                chain.push(nodes.len());
                nodes.push(Node {
                    column,
                    height: THREAD,
                    weight: 4.0,
                    part: 0,
                    before: Vec::new(),
                    after: Vec::new(),
                });
            }
        }
        chain.push(edge.after);
        for pair in chain.windows(2) {
            nodes[pair[0]].after.push(pair[1]);
            nodes[pair[1]].before.push(pair[0]);
        }
        chains.push(chain);
    }
    let mut layers = layers(graph, &mut nodes, &chains);
    let cost = nodes.len() + nodes.iter().map(|node| node.after.len()).sum::<usize>();
    let rounds = (EFFORT / cost.max(1)).clamp(1, 16);
    untangle(&nodes, &mut layers, rounds);
    let mut heights = heights(&nodes, &layers, rounds);
    stack(&nodes, &layers, &mut heights);
    place(graph, sizes, &nodes, &chains, &heights)
}

/// The column of each step.
fn columns(graph: &Graph) -> Vec<usize> {
    let after = successors(graph.steps.len(), &graph.edges);
    let mut waits = vec![false; graph.steps.len()];
    for edge in &graph.edges {
        waits[edge.after] = true;
    }
    let stages: Vec<usize> = graph.steps.iter().map(|step| step.stage - 1).collect();
    let column = |(step, &stage): (usize, &usize)| {
        let first = after[step].iter().map(|&other| stages[other]).min();
        match first {
            Some(first) if !waits[step] => first.saturating_sub(1).max(stage),
            _ => stage,
        }
    };
    stages.iter().enumerate().map(column).collect()
}

/// The nodes of each column, in the order that text has them in.
fn layers(graph: &Graph, nodes: &mut [Node], chains: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let order = order(graph.steps.len(), &graph.edges);
    let mut rank = vec![0_usize; nodes.len()];
    let sequences = [false, true].map(|is_final| lanes::sequence(graph, &order, is_final));
    for (at, step) in sequences.into_iter().flatten().enumerate() {
        rank[step] = at;
    }
    for chain in chains {
        let last = chain.last().map_or(0, |&last| rank[last]);
        for &thread in &chain[1..chain.len() - 1] {
            rank[thread] = last;
        }
    }
    number_parts(nodes, &rank);
    let count = nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
    let mut layers = vec![Vec::new(); count];
    for (index, node) in nodes.iter().enumerate() {
        layers[node.column].push(index);
    }
    for layer in &mut layers {
        layer.sort_by_key(|&node| (nodes[node].part, rank[node], node));
    }
    layers
}

/// Numbers what hangs together, by the first rank in it.
fn number_parts(nodes: &mut [Node], rank: &[usize]) {
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|&node| (rank[node], node));
    let mut seen = vec![false; nodes.len()];
    for (part, first) in order.into_iter().enumerate() {
        let mut next = vec![first];
        while let Some(node) = next.pop() {
            if !std::mem::replace(&mut seen[node], true) {
                nodes[node].part = part;
                next.extend(nodes[node].before.iter().chain(&nodes[node].after));
            }
        }
    }
}

/// Moves what hangs together as close under the rest as columns allow.
fn stack(nodes: &[Node], layers: &[Vec<usize>], middle: &mut [f64]) {
    let mut bottoms = vec![f64::NEG_INFINITY; layers.len()];
    let mut parts: Vec<usize> = (0..nodes.len()).collect();
    parts.sort_by(|&a, &b| {
        let parts = nodes[a].part.cmp(&nodes[b].part);
        parts.then(middle[a].total_cmp(&middle[b]))
    });
    for part in parts.chunk_by(|&a, &b| nodes[a].part == nodes[b].part) {
        let top = |node: usize, middle: &[f64]| middle[node] - nodes[node].height / 2.0;
        let shifts = part.iter().map(|&node| {
            let free = bottoms[nodes[node].column].max(-ROW) + ROW;
            free - top(node, middle)
        });
        let shift = shifts.fold(f64::NEG_INFINITY, f64::max);
        for &node in part {
            middle[node] += shift;
            let bottom = top(node, middle) + nodes[node].height;
            let column = &mut bottoms[nodes[node].column];
            *column = column.max(bottom);
        }
    }
}

/// Reorders columns by where their neighbours are, and keeps the order with the fewest crossings.
fn untangle(nodes: &[Node], layers: &mut [Vec<usize>], rounds: usize) {
    let mut best: Vec<Vec<usize>> = layers.to_vec();
    let mut fewest = crossings(nodes, layers);
    for round in 0..rounds {
        if fewest == 0 {
            break;
        }
        let forward = round % 2 == 0;
        let mut position = positions(nodes, layers);
        let sequence: Vec<usize> = if forward {
            (0..layers.len()).collect()
        } else {
            (0..layers.len()).rev().collect()
        };
        for column in sequence {
            let layer = &mut layers[column];
            let key = |node: usize| {
                let neighbours = if forward {
                    &nodes[node].before
                } else {
                    &nodes[node].after
                };
                mean(neighbours.iter().map(|&other| position[other])).unwrap_or(position[node])
            };
            let mut keyed: Vec<(f64, usize)> =
                layer.iter().map(|&node| (key(node), node)).collect();
            keyed.sort_by(|a, b| {
                let parts = nodes[a.1].part.cmp(&nodes[b.1].part);
                parts.then(a.0.total_cmp(&b.0))
            });
            for (at, (_, node)) in keyed.iter().enumerate() {
                layer[at] = *node;
            }
            rank(layer, &mut position);
        }
        let found = crossings(nodes, layers);
        if found < fewest {
            fewest = found;
            best = layers.to_vec();
        }
    }
    layers.clone_from_slice(&best);
}

fn positions(nodes: &[Node], layers: &[Vec<usize>]) -> Vec<f64> {
    let mut position = vec![0.0; nodes.len()];
    for layer in layers {
        rank(layer, &mut position);
    }
    position
}

/// Where the nodes of a column are, as a share of it: columns are of different lengths.
#[expect(clippy::cast_precision_loss, reason = "there are not so many")]
fn rank(layer: &[usize], position: &mut [f64]) {
    for (at, &node) in layer.iter().enumerate() {
        position[node] = (at as f64 + 0.5) / layer.len() as f64;
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are not so many")]
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0_usize, 0.0), |(count, sum), it| (count + 1, sum + it));
    (count > 0).then(|| sum / count as f64)
}

/// How many pairs of edges between neighbouring columns cross.
fn crossings(nodes: &[Node], layers: &[Vec<usize>]) -> u64 {
    let mut at = vec![0_usize; nodes.len()];
    for layer in layers {
        for (index, &node) in layer.iter().enumerate() {
            at[node] = index;
        }
    }
    let mut crossings = 0;
    for pair in layers.windows(2) {
        let mut ends = Vec::new();
        for &node in &pair[0] {
            let after = nodes[node].after.iter();
            let next = after.filter(|&&other| nodes[other].column == nodes[node].column + 1);
            let mut next: Vec<usize> = next.map(|&other| at[other]).collect();
            next.sort_unstable();
            ends.extend(next);
        }
        // How many of those before end below, by sums over powers of two.
        let mut tree = vec![0_u64; pair[1].len() + 1];
        for (before, &end) in ends.iter().enumerate() {
            let mut index = end + 1;
            let mut above = 0;
            while index > 0 {
                above += tree[index];
                index &= index - 1;
            }
            crossings += before as u64 - above;
            let mut index = end + 1;
            while index < tree.len() {
                tree[index] += 1;
                index += index & index.wrapping_neg();
            }
        }
    }
    crossings
}

/// The height of each node's middle.
fn heights(nodes: &[Node], layers: &[Vec<usize>], rounds: usize) -> Vec<f64> {
    let mut middle = vec![0.0; nodes.len()];
    for layer in layers {
        let mut top = 0.0;
        for &node in layer {
            middle[node] = top + nodes[node].height / 2.0;
            top += nodes[node].height + ROW;
        }
        let half = top / 2.0;
        for &node in layer {
            middle[node] -= half;
        }
    }
    for round in 0..rounds {
        let forward = round % 2 == 0;
        let sequence: Vec<&Vec<usize>> = if forward {
            layers.iter().collect()
        } else {
            layers.iter().rev().collect()
        };
        let last = round + 1 == rounds;
        for layer in sequence {
            let wish = |&node: &usize| {
                let Node { before, after, .. } = &nodes[node];
                let mean = |others: &[usize]| mean(others.iter().map(|&other| middle[other]));
                let (left, right) = (mean(before), mean(after));
                let wish = match (left, right) {
                    (Some(left), Some(right)) if last => Some(f64::midpoint(left, right)),
                    _ if forward => left.or(right),
                    _ => right.or(left),
                };
                wish.unwrap_or(middle[node])
            };
            let wishes: Vec<f64> = layer.iter().map(wish).collect();
            for (&node, height) in layer.iter().zip(closest(nodes, layer, &wishes)) {
                middle[node] = height;
            }
        }
    }
    middle
}

/// The heights closest to the wishes (in the mean square) at which nothing overlaps: blocks of
/// nodes that would overlap move as one.
fn closest(nodes: &[Node], layer: &[usize], wishes: &[f64]) -> Vec<f64> {
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (index, &node) in layer.iter().enumerate() {
        if index > 0 {
            let above = &nodes[layer[index - 1]];
            offset += f64::midpoint(above.height, nodes[node].height) + ROW;
        }
        offsets.push(offset);
    }
    // Mean and weight of each block, and how many nodes it has.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for ((&node, wish), offset) in layer.iter().zip(wishes).zip(&offsets) {
        let mut block = (wish - offset, nodes[node].weight, 1);
        while let Some(&(mean, weight, count)) = blocks.last()
            && mean >= block.0
        {
            blocks.pop();
            let sum = weight + block.1;
            block = (
                (mean * weight + block.0 * block.1) / sum,
                sum,
                count + block.2,
            );
        }
        blocks.push(block);
    }
    let means = blocks
        .iter()
        .flat_map(|&(mean, _, count)| std::iter::repeat_n(mean, count));
    means
        .zip(offsets)
        .map(|(mean, offset)| mean + offset)
        .collect()
}

fn place(
    graph: &Graph,
    sizes: &[Size],
    nodes: &[Node],
    chains: &[Vec<usize>],
    middle: &[f64],
) -> Layout {
    let count = nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
    let mut widths = vec![0.0_f64; count];
    for (node, size) in nodes.iter().zip(sizes) {
        widths[node.column] = widths[node.column].max(size.width);
    }
    let first_final = graph
        .steps
        .iter()
        .zip(nodes)
        .filter(|(step, _)| step.is_final);
    let first_final = first_final
        .map(|(_, node)| node.column)
        .min()
        .unwrap_or(count);
    let mut lefts = Vec::with_capacity(count);
    let mut left = 0.0;
    for (column, width) in widths.iter().enumerate() {
        if column == first_final && column > 0 {
            left += PHASES;
        }
        lefts.push(left);
        left += width + GAP;
    }
    let boxed = |node: usize, shift: f64| Place {
        left: lefts[nodes[node].column],
        top: middle[node] - nodes[node].height / 2.0 + shift,
        size: Size {
            width: widths[nodes[node].column],
            height: nodes[node].height,
        },
    };
    // Each phase is centred, and the highest begins at 0.
    let range = |is_final: bool| {
        let of_phase = |node: &usize| (nodes[*node].column >= first_final) == is_final;
        let all = (0..nodes.len())
            .filter(of_phase)
            .map(|node| boxed(node, 0.0));
        let tops = all.clone().map(|it| it.top).fold(f64::INFINITY, f64::min);
        let bottoms = all
            .map(|it| it.top + it.size.height)
            .fold(f64::NEG_INFINITY, f64::max);
        (tops < bottoms).then_some((tops, bottoms))
    };
    let ranges = [range(false), range(true)];
    let height = ranges
        .iter()
        .flatten()
        .map(|(top, bottom)| bottom - top)
        .fold(0.0, f64::max);
    let shifts =
        ranges.map(|range| range.map_or(0.0, |(top, bottom)| (height - top - bottom) / 2.0));
    let placed = |node: usize| {
        let is_final = nodes[node].column >= first_final;
        boxed(node, shifts[usize::from(is_final)])
    };
    Layout {
        places: (0..sizes.len()).map(placed).collect(),
        routes: chains
            .iter()
            .map(|chain| chain.iter().map(|&node| placed(node)).collect())
            .collect(),
        size: Size {
            width: (left - GAP).max(0.0),
            height,
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graph::{Kind, Step, When, stages};

    /// A graph with these names, in which each step may wait for earlier ones of its phase.
    fn graph(names: &[String], pairs: &[(usize, usize)], finals: usize) -> Graph {
        let count = names.len();
        let step = |(index, name): (usize, &String)| Step {
            name: name.clone(),
            kind: [Kind::Run, Kind::Realise][index % 2],
            is_daemon: false,
            is_ephemeral: index.is_multiple_of(5),
            is_final: index + finals >= count,
            max_failures: 1,
            stage: 1,
            is_critical: false,
            closure: None,
        };
        let mut steps: Vec<Step> = names.iter().enumerate().map(step).collect();
        let edges = pairs.iter().map(|&(a, b)| (a % count, b % count));
        let edges: Vec<Edge> = edges
            .filter(|&(a, b)| a < b && steps[a].is_final == steps[b].is_final)
            .map(|(before, after)| Edge {
                before,
                after,
                when: When::Succeeded,
            })
            .collect();
        let order = order(count, &edges);
        stages(&mut steps, &edges, &order);
        let edges = super::super::reduce::reduced(count, edges, &order);
        Graph {
            title: "c/r/e/n".to_owned(),
            steps,
            edges,
            max_concurrency: None,
            finalization_wait: 30,
            marks_critical: false,
        }
    }

    proptest! {
        #[test]
        fn no_box_lies_on_another(
            count in 1_usize..40,
            pairs in prop::collection::vec((0_usize..40, 0_usize..40), 0..80),
            finals in 0_usize..6,
        ) {
            let names: Vec<String> = (0..count).map(|it| it.to_string()).collect();
            let graph = graph(&names, &pairs, finals);
            let size = |step: usize| Size {
                width: 50.0 + 10.0 * f64::from(u8::try_from(step).unwrap()),
                height: if step.is_multiple_of(3) { 34.0 } else { 50.0 },
            };
            let sizes: Vec<Size> = (0..count).map(size).collect();
            let layout = layout(&graph, &sizes);
            for (a, one) in layout.places.iter().enumerate() {
                prop_assert!(one.left >= 0.0 && one.top >= -0.001, "{one:?}");
                prop_assert!(one.left + one.size.width <= layout.size.width + 0.001);
                prop_assert!(one.top + one.size.height <= layout.size.height + 0.001);
                for other in &layout.places[a + 1..] {
                    let apart = one.left + one.size.width <= other.left
                        || other.left + other.size.width <= one.left
                        || one.top + one.size.height <= other.top + 0.001
                        || other.top + other.size.height <= one.top + 0.001;
                    prop_assert!(apart, "{one:?} {other:?}");
                }
            }
        }

        #[test]
        fn names_are_no_markup(names in prop::collection::vec("[^/.\0][^/\0]{0,20}", 1..6)) {
            let graph = graph(&names, &[(0, 1), (1, 2), (0, 3)], 1);
            let svg = crate::graph::svg(&graph);
            let plain = crate::graph::svg(&graph_of_letters(&names));
            prop_assert_eq!(svg.matches('<').count(), plain.matches('<').count());
            prop_assert_eq!(svg.matches('>').count(), plain.matches('>').count());
            prop_assert!(!svg.contains(['\0', '\x1b']), "{}", svg);
            let dot = crate::graph::dot(&graph);
            let plain = crate::graph::dot(&graph_of_letters(&names));
            let quotes = dot.replace("\\\\", "").replace("\\\"", "").matches('"').count();
            prop_assert_eq!(quotes, plain.matches('"').count());
            prop_assert_eq!(dot.lines().count(), plain.lines().count());
            let mermaid = crate::graph::mermaid(&graph);
            let plain = crate::graph::mermaid(&graph_of_letters(&names));
            prop_assert_eq!(mermaid.matches('"').count(), plain.matches('"').count());
            prop_assert_eq!(mermaid.lines().count(), plain.lines().count());
        }
    }

    fn graph_of_letters(names: &[String]) -> Graph {
        let letters: Vec<String> = names.iter().map(|_| "a".to_owned()).collect();
        graph(&letters, &[(0, 1), (1, 2), (0, 3)], 1)
    }
}

//! Steps on lines of text, with lanes beside them for what waits for what.
//!
//! A lane belongs to the step that it leads down to, and all that step waits for joins it. So there
//! are never more lanes than steps that wait for one that is above.

use super::{Edge, Graph, Kind};

/// A line of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The step that stands on it; lines between steps have none.
    pub(super) step: Option<usize>,
    /// A cell for each lane.
    pub(super) cells: Vec<Cell>,
}

/// A lane's place in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cell {
    /// Which sides a line leads to: [`UP`], [`DOWN`], [`LEFT`], [`RIGHT`].
    pub(super) sides: u8,
    /// Whether a line leads on to the next cell.
    pub(super) onward: bool,
    /// Whether the step stands here.
    pub(super) is_step: bool,
}

pub(super) const UP: u8 = 1;
pub(super) const DOWN: u8 = 2;
pub(super) const LEFT: u8 = 4;
pub(super) const RIGHT: u8 = 8;

/// The rows of one phase of the task; none if that takes more than `most` lanes.
pub(super) fn rows(graph: &Graph, sequence: &[usize], most: usize) -> Option<Vec<Row>> {
    let after = super::reduce::successors(graph.steps.len(), &graph.edges);
    let mut position = vec![usize::MAX; graph.steps.len()];
    for (at, &step) in sequence.iter().enumerate() {
        position[step] = at;
    }
    let mut lanes = Lanes::default();
    let mut rows = Vec::new();
    for &step in sequence {
        let mut targets = after[step].clone();
        targets.sort_by_key(|&other| position[other]);
        lanes.step(step, &targets, &mut rows);
        if lanes.targets.len() > most {
            return None;
        }
    }
    Some(rows)
}

/// The steps of a phase from top to bottom: each after those that it waits for, and those that
/// jobc adds right before the first that waits for them.
pub(super) fn sequence(graph: &Graph, order: &[usize], is_final: bool) -> Vec<usize> {
    let count = graph.steps.len();
    let after = super::reduce::successors(count, &graph.edges);
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &Edge {
        before: b,
        after: a,
        when: _,
    } in &graph.edges
    {
        before[a].push(b);
    }
    let waits = |step: usize| graph.steps[step].kind != Kind::Run && !after[step].is_empty();
    let mut placed = vec![false; count];
    let mut sequence = Vec::new();
    for &step in order
        .iter()
        .filter(|&&step| graph.steps[step].is_final == is_final)
    {
        if waits(step) {
            continue;
        }
        for &other in before[step].iter().filter(|&&other| waits(other)) {
            if !placed[other] {
                placed[other] = true;
                sequence.push(other);
            }
        }
        sequence.push(step);
    }
    sequence
}

/// The lanes at one height.
#[derive(Default)]
struct Lanes {
    /// The step that each leads to.
    targets: Vec<Option<usize>>,
}

impl Lanes {
    /// Puts a step below what there is, and lanes from it to what waits for it.
    fn step(&mut self, step: usize, waiting: &[usize], rows: &mut Vec<Row>) {
        let column = self.find(step).unwrap_or_else(|| self.free());
        let mut cells = self.cells();
        cells[column].is_step = true;
        rows.push(Row {
            step: Some(step),
            cells,
        });
        self.targets[column] = None;
        let (old, new): (Vec<usize>, Vec<usize>) = waiting
            .iter()
            .partition(|&&other| self.find(other).is_some());
        let mut ends: Vec<usize> = old.iter().filter_map(|&other| self.find(other)).collect();
        let through: Vec<bool> = self.targets.iter().map(Option::is_some).collect();
        for (index, &other) in new.iter().enumerate() {
            let place = if index == 0 { column } else { self.free() };
            self.targets[place] = Some(other);
            if place != column {
                ends.push(place);
            }
        }
        if !ends.is_empty() {
            rows.push(self.connect(column, &ends, &through));
        }
        while self.targets.last().is_some_and(Option::is_none) {
            self.targets.pop();
        }
    }

    fn find(&self, step: usize) -> Option<usize> {
        self.targets.iter().position(|&target| target == Some(step))
    }

    /// The first lane that leads nowhere.
    fn free(&mut self) -> usize {
        let free = self.targets.iter().position(Option::is_none);
        free.unwrap_or_else(|| {
            self.targets.push(None);
            self.targets.len() - 1
        })
    }

    fn cells(&self) -> Vec<Cell> {
        let cell = |target: &Option<usize>| Cell {
            sides: if target.is_some() { UP | DOWN } else { 0 },
            ..Cell::default()
        };
        self.targets.iter().map(cell).collect()
    }

    /// A row that joins the lane `from` to the ones at `ends`. Those that were there before lead
    /// `through` it.
    fn connect(&self, from: usize, ends: &[usize], through: &[bool]) -> Row {
        let mut cells = self.cells();
        let first = ends.iter().copied().fold(from, usize::min);
        let last = ends.iter().copied().fold(from, usize::max);
        for (column, cell) in cells.iter_mut().enumerate() {
            let joins = column == from || ends.contains(&column);
            let is_old = through.get(column).copied().unwrap_or(false);
            if column == from {
                cell.sides |= UP;
            } else if joins && !is_old {
                cell.sides = DOWN;
            }
            if !(first..=last).contains(&column) {
                continue;
            }
            // What only passes goes under the lanes that it crosses.
            if joins || cell.sides == 0 {
                cell.sides |= if column > first { LEFT } else { 0 };
                cell.sides |= if column < last { RIGHT } else { 0 };
            }
            cell.onward = column < last;
        }
        Row { step: None, cells }
    }
}

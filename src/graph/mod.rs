//! A job's task as a picture: its processes, the steps that jobc adds, and their order.
//!
//! Made of a plan, drawn as text, Graphviz, Mermaid or SVG. Steps have a stage, the number of steps
//! that have to succeed before them plus one; the finalisation's follow the ordinary ones. Edges
//! that others imply are not drawn.

mod critical;
mod dot;
mod font;
mod lanes;
mod layout;
mod mermaid;
mod reduce;
mod step;
mod svg;
mod text;
mod words;

pub use crate::target::steps::{Edge, When};
pub use dot::dot;
pub use mermaid::mermaid;
pub use step::{Contents, Item, Kind, Step};
pub use svg::svg;
pub(crate) use text::ascii;
pub use text::{Characters, Look, text};

use crate::plan::Plan;
use crate::resolve::Lock;
use crate::target::aurora::timing::{FINALIZATION_WAIT, MOST_FINALIZATION_WAIT};
use crate::target::{self, Target};

use step::Sizes;

/// The steps of a task and what waits for what.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The job's key.
    pub title: String,
    /// All steps: what jobc adds, then the definition's processes.
    pub steps: Vec<Step>,
    /// What is drawn of the order: no edge that others imply, sorted.
    pub edges: Vec<Edge>,
    /// How many steps run at a time, if that is limited.
    pub max_concurrency: Option<u64>,
    /// How many seconds the finalisation may take.
    pub finalization_wait: u64,
    /// Whether the longest chain is worth marking: whether there is anything beside it.
    pub marks_critical: bool,
}

impl Graph {
    /// The picture of a plan as a target runs it, with sizes from the lock.
    pub fn new(plan: &Plan, target: Target, lock: &Lock) -> Self {
        let target::steps::Steps {
            steps,
            order: edges,
        } = target::steps(plan, target);
        let sizes = Sizes::new(plan, lock);
        let mut steps: Vec<Step> = steps.iter().map(|step| Step::new(step, &sizes)).collect();
        let order = reduce::order(steps.len(), &edges);
        stages(&mut steps, &edges, &order);
        let is_of_order = |edge: &&Edge| edge.when == When::Succeeded;
        let order_edges: Vec<Edge> = edges.iter().filter(is_of_order).copied().collect();
        let marks_critical = critical::mark(&mut steps, &order_edges, &order);
        let edges = reduce::reduced(steps.len(), edges, &order);
        let limits = &plan.intent.limits;
        let limit = limits
            .max_concurrency
            .as_ref()
            .map(|it| it.value.unsigned_abs());
        let wait = limits.finalization_wait.as_ref().map(|it| it.value);
        Self {
            title: plan.key.to_string(),
            steps,
            edges,
            max_concurrency: limit.filter(|limit| *limit > 0),
            finalization_wait: wait
                .unwrap_or(FINALIZATION_WAIT)
                .min(MOST_FINALIZATION_WAIT)
                .unsigned_abs(),
            marks_critical,
        }
    }

    /// The same without what is in closures.
    #[must_use]
    pub fn without_closures(mut self) -> Self {
        for step in &mut self.steps {
            step.closure = None;
        }
        self
    }

    /// Whether anything belongs to the finalisation.
    pub fn has_final(&self) -> bool {
        self.steps.iter().any(|step| step.is_final)
    }

    /// The last ordinary step and the first one of the finalisation, if there are both.
    fn phases(&self) -> Option<(usize, usize)> {
        let steps = || self.steps.iter().enumerate();
        let ordinary = steps().filter(|(_, step)| !step.is_final);
        let (last, _) = ordinary.max_by_key(|(_, step)| step.stage)?;
        let (first, _) = steps().find(|(_, step)| step.is_final)?;
        Some((last, first))
    }

    /// Whether an edge is part of the longest chain.
    fn is_critical(&self, edge: Edge) -> bool {
        let steps = [edge.before, edge.after].map(|step| &self.steps[step]);
        let is_of_order = edge.when == When::Succeeded;
        self.marks_critical && is_of_order && steps.iter().all(|step| step.is_critical)
    }
}

/// Gives each step its stage, those of the finalisation after all others.
fn stages(steps: &mut [Step], edges: &[Edge], order: &[usize]) {
    let after = reduce::successors(steps.len(), edges);
    for &step in order {
        let next = steps[step].stage + 1;
        for &other in &after[step] {
            steps[other].stage = steps[other].stage.max(next);
        }
    }
    let ordinary = steps.iter().filter(|step| !step.is_final);
    let last = ordinary.map(|step| step.stage).max().unwrap_or(0);
    for step in steps.iter_mut().filter(|step| step.is_final) {
        step.stage += last;
    }
}

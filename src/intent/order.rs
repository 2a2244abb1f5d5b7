//! Where it is written that one process waits for another.

use std::collections::BTreeMap;

use crate::source::Pointer;

/// Which process (by its index) another one waits for, and where that is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// The first has to succeed before the second starts.
    pub succeeded: BTreeMap<(usize, usize), Origin>,
    /// The first has to be ready before the second starts.
    pub ready: BTreeMap<(usize, usize), Origin>,
}

/// The words of a definition that let one process wait for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An element of an `order`: the name of the process that waits.
    Order {
        /// The index of the list.
        constraint: usize,
        /// The index in it.
        element: usize,
    },
    /// An element of a process' `after`: the name of the process that is waited for.
    After {
        /// The index of the process.
        process: usize,
        /// The index in the list.
        element: usize,
    },
    /// An element of a process' `after` that is a table: the name in it.
    AfterProcess {
        /// The index of the process.
        process: usize,
        /// The index in the list.
        element: usize,
    },
}

impl Origin {
    /// Where they stand in the definition of the job at `job`.
    pub fn pointer(self, job: &Pointer) -> Pointer {
        let task = job.key("task");
        let after = |process: usize, element: usize| {
            let process = task.key("processes").index(process);
            process.key("after").index(element)
        };
        match self {
            Self::Order {
                constraint,
                element,
            } => {
                let list = task.key("constraints").index(constraint).key("order");
                list.index(element)
            }
            Self::After { process, element } => after(process, element),
            Self::AfterProcess { process, element } => after(process, element).key("process"),
        }
    }
}

//! What a job's scripts pull in from the store, with the sizes that the lock knows.
//!
//! Between `plan` and what shows jobs to people. Scripts and imported files are jobc's own and
//! known to the byte; what packages refer to is in the lock, or unknown.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::plan::{Import, Plan, Script};
use crate::resolve::{Lock, PathInfo};
use crate::store::StorePath;

/// All store paths that something needs, itself included.
#[derive(Debug, Clone, Default)]
pub struct Closure<'a> {
    /// By path, sorted.
    pub members: BTreeMap<&'a StorePath, Member<'a>>,
}

/// What a store path is.
#[derive(Debug, Clone, Copy)]
pub enum Member<'a> {
    /// A script that jobc made.
    Script(&'a Script),
    /// A file or directory of the workspace.
    Import(&'a Import),
    /// A package, or what one refers to.
    Package(&'a PathInfo),
    /// A package that the lock does not know: neither its size, nor what it refers to.
    Unknown,
}

/// How much a closure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Size {
    /// How many store paths.
    pub paths: usize,
    /// The bytes of the archives of those that are known.
    pub bytes: u64,
    /// How many of the paths are in no lock, so that neither their sizes nor what they refer to
    /// is known.
    pub unknown: usize,
}

impl Member<'_> {
    /// The size of its archive.
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Script(script) => Some(script.nar.size),
            Self::Import(import) => Some(import.nar.size),
            Self::Package(info) => Some(info.nar_size.unsigned_abs()),
            Self::Unknown => None,
        }
    }
}

impl Closure<'_> {
    /// How much it is.
    pub fn size(&self) -> Size {
        let mut size = Size {
            paths: self.members.len(),
            ..Size::default()
        };
        for member in self.members.values() {
            match member.size() {
                Some(bytes) => size.bytes = size.bytes.saturating_add(bytes),
                None => size.unknown += 1,
            }
        }
        size
    }
}

/// What is known of the store paths that a job names.
#[derive(Debug)]
pub struct Known<'a> {
    plan: &'a Plan,
    lock: &'a Lock,
    scripts: BTreeMap<&'a StorePath, &'a Script>,
}

impl<'a> Known<'a> {
    /// By the job itself and the lock of its workspace.
    pub fn new(plan: &'a Plan, lock: &'a Lock) -> Self {
        let scripts = plan.needs.scripts.iter();
        let scripts = scripts.map(|need| (&need.script.path, &*need.script));
        Self {
            plan,
            lock,
            scripts: scripts.collect(),
        }
    }

    /// What `script` pulls in.
    pub fn closure(&self, script: &'a Script) -> Closure<'a> {
        let mut closure = Closure::default();
        self.add(script, &mut closure);
        closure
    }

    /// What all of the job pulls in.
    pub fn of_job(&self) -> Closure<'a> {
        let mut closure = Closure::default();
        for script in self.scripts.values() {
            self.add(script, &mut closure);
        }
        closure
    }

    /// What a store path pulls in that one of the scripts refers to.
    pub fn closure_of(&self, path: &'a StorePath) -> Closure<'a> {
        let mut closure = Closure::default();
        self.follow(vec![path], &mut closure);
        closure
    }

    fn add(&self, script: &'a Script, closure: &mut Closure<'a>) {
        closure.members.insert(&script.path, Member::Script(script));
        self.follow(script.references.iter().collect(), closure);
    }

    fn follow(&self, mut next: Vec<&'a StorePath>, closure: &mut Closure<'a>) {
        while let Some(path) = next.pop() {
            if closure.members.contains_key(path) {
                continue;
            }
            let member = if let Some(import) = self.plan.needs.imports.get(path) {
                Member::Import(import)
            } else if let Some(script) = self.scripts.get(path) {
                // The root of a whole job refers to all other scripts.
                next.extend(&script.references);
                Member::Script(script)
            } else if let Some(info) = self.lock.path(path) {
                next.extend(&info.references);
                Member::Package(info)
            } else {
                Member::Unknown
            };
            closure.members.insert(path, member);
        }
    }
}

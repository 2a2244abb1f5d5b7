//! All store paths that jobs and the lock know, and what refers to what.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::model::JobKey;
use crate::plan::{Need, NeededBy, Needs};
use crate::resolve::Lock;
use crate::store::StorePath;

/// The store paths of some jobs and of the lock. They go by their number in the order of paths.
#[derive(Debug)]
pub struct Web<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) roots: Vec<Root<'a>>,
}

/// A store path.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) path: &'a StorePath,
    pub(super) references: Vec<usize>,
    pub(super) referrers: Vec<usize>,
    /// Whether it is known what it refers to.
    pub(super) is_known: bool,
    /// Whether some job needs it.
    pub(super) is_needed: bool,
    pub(super) is_script: bool,
    /// What definitions call it and declare it as.
    pub(super) packages: BTreeSet<(&'a str, &'a str)>,
    /// The files of the workspace that it is.
    pub(super) files: BTreeSet<PathBuf>,
}

/// A script of a job.
#[derive(Debug)]
pub(super) struct Root<'a> {
    pub(super) job: &'a JobKey,
    pub(super) by: &'a NeededBy,
    pub(super) needs: &'a Needs,
    pub(super) node: usize,
}

/// A store path that something needs, and that may refer to anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown<'a> {
    /// The path.
    pub path: &'a StorePath,
    /// What definitions call it, if they do.
    pub package: Option<&'a str>,
}

impl<'a> Web<'a> {
    /// What `jobs` need, by themselves and by `lock`.
    pub fn new(jobs: impl IntoIterator<Item = (&'a JobKey, &'a Needs)>, lock: &'a Lock) -> Self {
        let jobs: Vec<_> = jobs.into_iter().collect();
        let mut web = Self {
            nodes: nodes(&jobs, lock),
            roots: Vec::new(),
        };
        for (path, info) in lock.paths() {
            web.refer(path, &info.references);
        }
        for (job, needs) in &jobs {
            for (path, import) in &needs.imports {
                let node = web.refer(path, []);
                web.nodes[node].files.insert(clean(&import.source));
            }
            for (name, package) in &needs.packages {
                if let Some(node) = web.number(&package.path) {
                    let declared = (name.as_str(), package.source.as_str());
                    web.nodes[node].packages.insert(declared);
                }
            }
            for Need { by, script } in &needs.scripts {
                let node = web.refer(&script.path, &script.references);
                web.nodes[node].is_script = true;
                web.roots.push(Root {
                    job,
                    by,
                    needs,
                    node,
                });
            }
        }
        web.turn();
        web.mark();
        web
    }

    /// What is needed and may refer to anything.
    pub fn unknown(&self) -> impl Iterator<Item = Unknown<'a>> {
        let unknown = self.nodes.iter();
        let unknown = unknown.filter(|node| node.is_needed && !node.is_known);
        unknown.map(|node| Unknown {
            path: node.path,
            package: node.packages.first().map(|(name, _)| *name),
        })
    }

    /// The number of a path.
    pub(super) fn number(&self, path: &StorePath) -> Option<usize> {
        self.nodes.binary_search_by(|node| node.path.cmp(path)).ok()
    }

    /// Notes what a path refers to, and returns its number.
    fn refer(
        &mut self,
        path: &StorePath,
        references: impl IntoIterator<Item = &'a StorePath>,
    ) -> usize {
        let node = self.number(path).expect("all paths have numbers");
        if !self.nodes[node].is_known {
            let references = references.into_iter().filter_map(|path| self.number(path));
            let references = references.filter(|&reference| reference != node).collect();
            self.nodes[node].references = references;
            self.nodes[node].is_known = true;
        }
        node
    }

    /// Finds what refers to each path.
    fn turn(&mut self) {
        for node in 0..self.nodes.len() {
            for at in 0..self.nodes[node].references.len() {
                let reference = self.nodes[node].references[at];
                self.nodes[reference].referrers.push(node);
            }
        }
    }

    /// Finds what is needed.
    fn mark(&mut self) {
        let mut waiting: Vec<usize> = self.roots.iter().map(|root| root.node).collect();
        while let Some(node) = waiting.pop() {
            let node = &mut self.nodes[node];
            if !node.is_needed {
                node.is_needed = true;
                waiting.extend(&node.references);
            }
        }
    }
}

/// A node for each path that is mentioned, in their order.
fn nodes<'a>(jobs: &[(&'a JobKey, &'a Needs)], lock: &'a Lock) -> Vec<Node<'a>> {
    let mut paths: BTreeSet<&StorePath> = BTreeSet::new();
    for (path, info) in lock.paths() {
        paths.extend(info.references.iter().chain([path]));
    }
    for (_, needs) in jobs {
        paths.extend(needs.imports.keys());
        for Need { script, .. } in &needs.scripts {
            let all = script.references.iter().chain([&script.path]);
            paths.extend(all);
        }
    }
    let node = |path| Node {
        path,
        references: Vec::new(),
        referrers: Vec::new(),
        is_known: false,
        is_needed: false,
        is_script: false,
        packages: BTreeSet::new(),
        files: BTreeSet::new(),
    };
    paths.into_iter().map(node).collect()
}

/// The path without `.` and `..`, by its words alone.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::clean;

    #[test]
    fn paths() {
        assert_eq!(clean(Path::new("/a/./b/../c")), Path::new("/a/c"));
        assert_eq!(clean(Path::new("/../a")), Path::new("/a"));
    }
}

//! How scripts lead to a store path.

use std::collections::VecDeque;
use std::path::PathBuf;

use crate::model::JobKey;
use crate::plan::NeededBy;
use crate::store::StorePath;

use super::web::{Root, Unknown, Web, clean};
use super::word::{Question, TooMany};

/// What came of a question.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The paths that are meant, in their order.
    pub found: Vec<Found<'a>>,
    /// What is needed and may refer to anything, to these paths as well.
    pub unknown: Vec<Unknown<'a>>,
    /// A name that may have been meant, where nothing is.
    pub similar: Option<String>,
    /// Whether the word is the beginning of a hash, but shorter than is taken for one.
    pub is_short_hash: bool,
}

/// A path, and how it is needed.
#[derive(Debug)]
pub struct Found<'a> {
    /// The path.
    pub path: &'a StorePath,
    /// How scripts lead there: the shortest first, then in the order of jobs and processes.
    pub chains: Vec<Chain<'a>>,
    /// How many more there would be with [`Extent::Each`].
    pub more: usize,
}

/// How many chains to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The shortest one from every script.
    Shortest,
    /// From every script, the shortest one through each thing that its command names.
    Each,
}

/// How a script leads to a path.
#[derive(Debug)]
pub struct Chain<'a> {
    /// The job.
    pub job: &'a JobKey,
    /// Who needs the script.
    pub by: &'a NeededBy,
    /// From the script to the path, each of which refers to the next.
    pub links: Vec<Link<'a>>,
}

/// A path on the way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link<'a> {
    /// The path.
    pub path: &'a StorePath,
    /// What it is there.
    pub role: Role,
    /// What the job calls it, and declares it as.
    pub packages: Vec<(&'a str, &'a str)>,
    /// The file that it is.
    pub file: Option<PathBuf>,
}

/// What a path is in a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// What jobc makes of a command.
    Script,
    /// A file or directory of the workspace.
    Import,
    /// What the command names.
    Package,
    /// What another path refers to.
    Dependency,
}

impl<'a> Web<'a> {
    /// What `question` is about, and how it is needed.
    ///
    /// # Errors
    /// If it is about too much.
    pub fn answer(&self, question: &Question<'_>, extent: Extent) -> Result<Answer<'a>, TooMany> {
        let meant = question.meant(self)?;
        let found: Vec<_> = meant.iter().map(|&node| self.find(node, extent)).collect();
        let is_meant = |unknown: &Unknown<'_>| matches!(&*found, [one] if one.path == unknown.path);
        let unknown = self
            .unknown()
            .filter(|unknown| !is_meant(unknown))
            .collect();
        let is_empty = found.is_empty();
        Ok(Answer {
            unknown,
            similar: is_empty.then(|| question.similar(self)).flatten(),
            is_short_hash: is_empty && question.is_short_hash(self),
            found,
        })
    }

    /// How scripts lead to a path.
    fn find(&self, target: usize, extent: Extent) -> Found<'a> {
        let steps = self.steps_to(target);
        let leads = |node: &usize| steps[*node].is_some();
        let mut chains = Vec::new();
        let mut more = 0;
        for root in &self.roots {
            // The root of a whole job leads everywhere, which says nothing.
            let says_something = *root.by != NeededBy::Job || root.node == target;
            if !says_something || !leads(&root.node) {
                continue;
            }
            let references = &self.nodes[root.node].references;
            match extent {
                _ if root.node == target => chains.push(self.chain(root, None, &steps)),
                Extent::Shortest => {
                    chains.push(self.chain(root, steps[root.node].map(|step| step.next), &steps));
                    more += references.iter().filter(|node| leads(node)).count() - 1;
                }
                Extent::Each => {
                    let through = references.iter().copied().filter(leads);
                    chains.extend(through.map(|first| self.chain(root, Some(first), &steps)));
                }
            }
        }
        // Jobs come in the order of their keys, and this keeps what is equal in its order.
        chains.sort_by_key(|chain| chain.links.len());
        Found {
            path: self.nodes[target].path,
            chains,
            more,
        }
    }

    /// For each path that leads to the target, the next one on a shortest way there.
    fn steps_to(&self, target: usize) -> Vec<Option<Step>> {
        let mut steps = vec![None; self.nodes.len()];
        steps[target] = Some(Step { next: target });
        let mut waiting = VecDeque::from([target]);
        while let Some(node) = waiting.pop_front() {
            for &referrer in &self.nodes[node].referrers {
                if steps[referrer].is_none() {
                    steps[referrer] = Some(Step { next: node });
                    waiting.push_back(referrer);
                }
            }
        }
        steps
    }

    /// The chain from a script through what it refers to first.
    fn chain(&self, root: &Root<'a>, first: Option<usize>, steps: &[Option<Step>]) -> Chain<'a> {
        let mut links = vec![self.link(root, root.node)];
        let mut next = first;
        while let Some(node) = next {
            links.push(self.link(root, node));
            next = steps[node]
                .map(|step| step.next)
                .filter(|&next| next != node);
        }
        for link in links.iter_mut().skip(2) {
            // What else a job calls a package does not matter on the way.
            link.role = Role::Dependency;
        }
        Chain {
            job: root.job,
            by: root.by,
            links,
        }
    }

    fn link(&self, root: &Root<'a>, node: usize) -> Link<'a> {
        let path = self.nodes[node].path;
        let packages = root.needs.packages.iter();
        let packages = packages.filter(|(_, package)| package.path == *path);
        let import = root.needs.imports.get(path);
        Link {
            path,
            role: if node == root.node {
                Role::Script
            } else if import.is_some() {
                Role::Import
            } else {
                Role::Package
            },
            packages: packages
                .map(|(name, package)| (name.as_str(), package.source.as_str()))
                .collect(),
            file: import.map(|import| clean(&import.source)),
        }
    }
}

/// A step of a way; the target leads to itself.
#[derive(Debug, Clone, Copy)]
struct Step {
    next: usize,
}

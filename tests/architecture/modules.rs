//! The crate as a tree of modules: what each defines, imports and mentions. Code for tests is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::harness::repository;

use super::reader;

/// The names of the modules that lead to one, from the root of the crate.
pub type ModulePath = Vec<String>;

/// The sources of a library and its binary.
pub struct Crate {
    /// Each module. The binary is a module called `main`.
    pub modules: BTreeMap<ModulePath, Module>,
    /// The texts of the files that are no tests, by their names in the repository.
    pub texts: BTreeMap<String, String>,
}

/// A module: a file, or a part of one that stands in `mod name { ... }`.
#[derive(Default)]
pub struct Module {
    pub file: String,
    /// What it defines itself, macros included.
    pub items: BTreeSet<String>,
    /// The names that it imports, with the paths that they stand for.
    pub imports: BTreeMap<String, Vec<Vec<String>>>,
    /// The paths of which it imports everything.
    pub globs: Vec<Vec<String>>,
    pub mentions: Vec<Mention>,
    /// Methods and macros that it calls, by their names, with the lines.
    pub calls: Vec<(String, usize)>,
}

/// A path that stands in the code, as it is written.
pub struct Mention {
    pub path: Vec<String>,
    pub line: usize,
    pub manner: Manner,
}

/// How a path is mentioned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// By a `use` that gives the name to others, too.
    Export,
    /// In any other way.
    Use,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A module itself.
    Module(ModulePath),
    /// Something that this module defines.
    Item(ModulePath, String),
    /// Another crate's, or a local name.
    Outside(Vec<String>),
}

impl Crate {
    /// Reads this repository's `src/`.
    pub fn of_repository() -> Self {
        let root = repository();
        let mut texts = BTreeMap::new();
        for entry in walkdir::WalkDir::new(root.join("src")) {
            let entry = entry.expect("the sources can be walked");
            if entry.path().extension().is_some_and(|it| it == "rs") {
                let name = entry.path().strip_prefix(&root);
                let name = name.expect("it was found below").display().to_string();
                let text = fs::read_to_string(entry.path()).expect("sources can be read");
                texts.insert(name, text);
            }
        }
        Self::parse(texts)
    }

    /// Parses files by their names, `src/lib.rs` and `src/main.rs` first and then what they declare.
    pub fn parse(texts: BTreeMap<String, String>) -> Self {
        let mut modules = BTreeMap::new();
        let mut files = BTreeSet::new();
        let mut waiting = vec![
            (Vec::new(), "src/lib.rs".to_owned()),
            (vec!["main".to_owned()], "src/main.rs".to_owned()),
        ];
        while let Some((path, file)) = waiting.pop() {
            let Some(text) = texts.get(&file) else {
                continue;
            };
            let declared = reader::read(&path, &file, text, &mut modules);
            files.insert(file);
            for (path, candidates) in declared {
                let found = candidates.iter().find(|file| texts.contains_key(*file));
                let found = found.unwrap_or_else(|| panic!("none of {candidates:?} exists"));
                waiting.push((path, found.clone()));
            }
        }
        let texts = texts
            .into_iter()
            .filter(|(name, _)| files.contains(name))
            .collect();
        Self { modules, texts }
    }

    /// What a path that stands in `module` leads to, through imports and re-exports.
    pub fn resolve(&self, module: &[String], path: &[String]) -> Target {
        self.resolve_once(module, path, &mut BTreeSet::new())
    }

    fn resolve_once(&self, module: &[String], path: &[String], seen: &mut Seen) -> Target {
        let outside = || Target::Outside(path.to_vec());
        if !seen.insert((module.to_vec(), path.to_vec())) {
            return outside();
        }
        match path.first().map(String::as_str) {
            Some("crate" | "jobc") => self.walk(&[], &path[1..], seen),
            Some("self") => self.walk(module, &path[1..], seen),
            Some("super") => self.walk(module, path, seen),
            Some(_) => self.named(module, path, seen).unwrap_or_else(outside),
            None => Target::Module(module.to_vec()),
        }
    }

    /// As a path that is known to start in `module`.
    fn walk(&self, module: &[String], path: &[String], seen: &mut Seen) -> Target {
        match path.first().map(String::as_str) {
            None => Target::Module(module.to_vec()),
            Some("self") => self.walk(module, &path[1..], seen),
            Some("super") => {
                let parent = module.split_last().map_or(module, |(_, parent)| parent);
                self.walk(parent, &path[1..], seen)
            }
            Some(name) => self
                .named(module, path, seen)
                // A macro may have defined it.
                .unwrap_or_else(|| Target::Item(module.to_vec(), name.to_owned())),
        }
    }

    /// What a path leads to whose first name is known in `module`.
    fn named(&self, module: &[String], path: &[String], seen: &mut Seen) -> Option<Target> {
        let (name, rest) = path.split_first()?;
        let scope = self.modules.get(module)?;
        let child: ModulePath = module.iter().cloned().chain([name.clone()]).collect();
        let is_child = self.modules.contains_key(&child);
        if is_child && !rest.is_empty() {
            return Some(self.walk(&child, rest, seen));
        }
        if scope.items.contains(name) {
            return Some(Target::Item(module.to_vec(), name.clone()));
        }
        let imports = scope.imports.get(name).into_iter().flatten();
        let mut outside = None;
        for import in imports {
            let whole: Vec<String> = import.iter().chain(rest).cloned().collect();
            match self.resolve_once(module, &whole, seen) {
                Target::Outside(path) => outside = Some(Target::Outside(path)),
                target => return Some(target),
            }
        }
        if is_child {
            return Some(Target::Module(child));
        }
        if outside.is_some() {
            return outside;
        }
        scope
            .globs
            .iter()
            .find_map(|glob| match self.resolve_once(module, glob, seen) {
                Target::Module(from) if from != module => self.named(&from, path, seen),
                _ => None,
            })
    }

    /// Each mention with the module in which it stands.
    pub fn mentions(&self) -> impl Iterator<Item = (&ModulePath, &Module, &Mention)> {
        let of = |(path, module)| (path, module);
        self.modules.iter().map(of).flat_map(|(path, module)| {
            let with_module = move |mention| (path, module, mention);
            module.mentions.iter().map(with_module)
        })
    }
}

type Seen = BTreeSet<(ModulePath, Vec<String>)>;

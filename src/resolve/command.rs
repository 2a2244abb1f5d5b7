//! Command lines with their references resolved, and the scripts that stand for their closures.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use crate::diagnostic::{MachineError, Place};
use crate::model::{CommandLine, Piece, Process, Ready, Reference, ValueOf};
use crate::rule;
use crate::shell::shell_word;
use crate::source::Pointer;
use crate::store::content_address::store_path;
use crate::store::nar::digest_of_file;
use crate::store::references::mentions;
use crate::store::{ContentAddress, Digest, StoreDir, StorePath, StorePathHash, StorePathName};
use crate::template::in_auroras_words;

use super::Context;
use super::expanded::Expansion;

/// A command as the node's shell gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The text.
    pub text: Arc<str>,
    /// What the other values of its process come to, in their order.
    pub values: Vec<Arc<str>>,
    /// What stands for its closure; none if it needs nothing from the store.
    pub script: Option<Arc<Script>>,
    /// What finds out whether its process is ready, if that is a command. What it names is a part of the
    /// closure.
    pub probe: Option<Arc<str>>,
}

/// An executable object of the store whose references are all that a command needs of it:
/// realising it realises them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Its store path.
    pub path: StorePath,
    /// The text of the file.
    pub text: String,
    /// The hash and the size of its archive.
    pub nar: Digest,
    /// The store paths that it mentions.
    pub references: BTreeSet<StorePath>,
}

impl Script {
    /// The executable object with this text that refers to `references`.
    pub(crate) fn new(
        store_dir: &StoreDir,
        name: &StorePathName,
        text: String,
        references: BTreeSet<StorePath>,
    ) -> Self {
        let nar = digest_of_file(true, text.as_bytes());
        let address = ContentAddress::Source(nar.hash);
        let path =
            store_path(store_dir, name, &address, &references).expect("sources take references");
        Self {
            path,
            text,
            nar,
            references,
        }
    }
}

/// A text that is resolved.
struct Line<'l> {
    written: &'l CommandLine,
    /// The name of what it is of.
    name: &'l str,
    /// The index of the process whose command it is; files are expanded for no other text.
    process: Option<usize>,
}

impl Context<'_> {
    pub(super) fn process(&mut self, index: usize) -> Result<Command, MachineError> {
        let process = &self.checked.job().task.processes[index];
        let at = || rule::process(self.checked.pointer(), index);
        let name = process.name.as_str();
        let mut known = BTreeMap::new();
        let line = Line {
            written: &process.cmdline,
            name,
            process: Some(index),
        };
        let text = self.line(&line, || at().key("cmdline"), &mut known)?;
        let mut values = Vec::new();
        for (of, line) in process.values() {
            let line = Line {
                written: line,
                name,
                process: None,
            };
            values.push(self.line(&line, || rule::value(&at(), of), &mut known)?);
        }
        let probe = match &process.ready {
            Some(Ready::Probe(probe)) => probe.command.as_ref(),
            Some(Ready::Health) | None => None,
        };
        let probe = match probe {
            Some(written) => {
                let line = Line {
                    written,
                    name,
                    process: None,
                };
                let at = || at().key("ready").key("command");
                Some(self.line(&line, at, &mut known)?)
            }
            None => None,
        };
        let before = self.before(process, &values, probe.as_deref());
        let script = self.script(&before, &text, name, &known);
        Ok(Command {
            text,
            values,
            script,
            probe,
        })
    }

    /// Resolves a command that is none of a process.
    pub(super) fn command(
        &mut self,
        line: &CommandLine,
        pointer: impl Fn() -> Pointer,
        name: &str,
    ) -> Result<Command, MachineError> {
        let mut known = BTreeMap::new();
        let line = Line {
            written: line,
            name,
            process: None,
        };
        let text = self.line(&line, pointer, &mut known)?;
        let script = self.script("", &text, name, &known);
        Ok(Command {
            text,
            values: Vec::new(),
            script,
            probe: None,
        })
    }

    /// Resolves a text; `known` learns what its references come to.
    fn line(
        &mut self,
        line: &Line<'_>,
        pointer: impl Fn() -> Pointer,
        known: &mut BTreeMap<StorePathHash, StorePathName>,
    ) -> Result<Arc<str>, MachineError> {
        let Line {
            written: line,
            name,
            process,
        } = *line;
        let whole = line.as_str();
        let mut text = String::with_capacity(whole.len() + 128);
        let mut expansions: Vec<Expansion> = Vec::new();
        for piece in line.pieces() {
            // `check` has reported what is no reference.
            let Ok(piece) = piece else { continue };
            let (reference, offset, to) = match piece {
                Piece::Text(piece) => {
                    text.push_str(piece);
                    continue;
                }
                Piece::Escape => {
                    text.push_str("${");
                    continue;
                }
                Piece::Reference { text, offset, to } => (text, offset, to),
            };
            if let Reference::Node(_) = to {
                text.push_str(&in_auroras_words(reference));
                continue;
            }
            let place = || Place::within(pointer(), whole, offset, reference);
            let base = self.resolver.base(&pointer);
            let path = match &to {
                Reference::Package(package) => self.package(package)?,
                Reference::File(path) => self.import(base, path, place)?,
                Reference::Expanded(path) => {
                    let Some(store_path) = self.import(base, path, place)? else {
                        continue;
                    };
                    let Some(index) = process else { continue };
                    let expansion =
                        self.expansion(&base.join(path), path, &store_path, index, place)?;
                    let number = expansions.len() + 1;
                    write!(text, "${{jobc_expanded_{number}}}").expect(STRINGS_TAKE_ALL);
                    expansions.extend(expansion);
                    known.insert(*store_path.hash(), store_path.name().clone());
                    continue;
                }
                Reference::Node(_) => continue,
            };
            if let Some(path) = path {
                write!(text, "{}", self.resolver.store_dir.display(&path)).expect(STRINGS_TAKE_ALL);
                known.insert(*path.hash(), path.name().clone());
            }
        }
        if !expansions.is_empty() {
            let mut prelude = String::new();
            for (index, expansion) in expansions.iter().enumerate() {
                expansion.write(&mut prelude, index + 1, name, self.resolver.store_dir);
            }
            text.insert_str(0, &prelude);
        }
        let at = |offset: usize, guilty: &str| Place::within(pointer(), whole, offset, guilty);
        self.notice_undeclared(line, known, at);
        // Most texts are as written, and large jobs have many of them.
        Ok(if text == whole {
            line.shared()
        } else {
            text.into()
        })
    }

    /// The lines that set those values of a process which name store paths, and remarks with a probe that
    /// does, so that its script refers to all that it needs.
    fn before(&self, process: &Process, values: &[Arc<str>], probe: Option<&str>) -> String {
        let store_dir = self.resolver.store_dir;
        let names_some = |value: &str| mentions(store_dir, value.as_bytes()).next().is_some();
        let mut lines = String::new();
        for line in probe
            .filter(|probe| names_some(probe))
            .into_iter()
            .flat_map(str::lines)
        {
            writeln!(lines, "# ready: {line}").expect(STRINGS_TAKE_ALL);
        }
        let mut path: Vec<&str> = Vec::new();
        let mut directory = None;
        for ((of, _), value) in process.values().zip(values) {
            match of {
                ValueOf::Path(_) => path.push(value),
                ValueOf::Directory => directory = Some(value).filter(|it| names_some(it)),
                _ if !names_some(value) => {}
                ValueOf::Variable(name) => {
                    writeln!(lines, "export {name}={}", shell_word(value)).expect(STRINGS_TAKE_ALL);
                }
                ValueOf::File(name) => {
                    let file = shell_word(value);
                    writeln!(lines, "{name}=$(cat {file}) || exit 1; export {name}")
                        .expect(STRINGS_TAKE_ALL);
                }
            }
        }
        if path.iter().any(|value| names_some(value)) {
            let path = shell_word(&path.join(":"));
            writeln!(lines, "export PATH={path}\"${{PATH:+:$PATH}}\"").expect(STRINGS_TAKE_ALL);
        }
        if let Some(directory) = directory {
            writeln!(lines, "cd -- {} || exit 1", shell_word(directory)).expect(STRINGS_TAKE_ALL);
        }
        lines
    }

    fn script(
        &self,
        before: &str,
        command: &str,
        process: &str,
        known: &BTreeMap<StorePathHash, StorePathName>,
    ) -> Option<Arc<Script>> {
        let store_dir = self.resolver.store_dir;
        let text = match before {
            "" => Cow::Borrowed(command),
            _ => Cow::Owned([before, command].concat()),
        };
        let references: BTreeSet<StorePath> = mentions(store_dir, text.as_bytes())
            .filter_map(|mention| {
                mention
                    .resolve(known)
                    .or_else(|| mention.longest().ok())
                    .map(|found| found.store_path)
            })
            .collect();
        let init = self.resolver.settings.init.as_ref();
        let always = init.and_then(|init| init.always).unwrap_or(false);
        if references.is_empty() && !always {
            return None;
        }
        let text = ["#!/usr/bin/env bash\n", &text, "\n"].concat();
        let key = self.checked.key();
        let name = StorePathName::join(
            &[
                "aurora-process",
                key.cluster.as_str(),
                key.role.as_str(),
                key.environment.as_str(),
                key.name.as_str(),
                process,
            ],
            "",
        );
        Some(Arc::new(Script::new(store_dir, &name, text, references)))
    }
}

const STRINGS_TAKE_ALL: &str = "writing to a string does not fail";

//! `jobc ready`: can the nodes get what jobs need?

mod json;
mod readiness;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::cache::{Archives, Caches, Environment, Known, Patience};
use crate::compile::Compiled;
use crate::store::StorePath;
use crate::target::Form;
use crate::workspace::Workspace;

use super::args::{Global, ReadyArgs, ReadyFormat};
use super::asking::{asking, too_many_paths};
use super::console::Console;
use super::exit::Exit;
use super::find::find;
use super::nodes::nodes;
use super::open::open;
use super::{output, terminal};
use crate::diagnostic::Failure;
use crate::query::{Depth, Search, Several};

use readiness::Readiness;

pub(super) fn run(args: &ReadyArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut diagnostics = Vec::new();
    let Some(workspace) = open(global)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let search =
        Search::new(&workspace, &args.jobs.names, Depth::Keep)?.written_as(Some(Form::Complete));
    let mut findings = find(&search, Several::ByName, console)?;
    diagnostics.append(&mut findings.diagnostics);
    let exit = console.close(diagnostics, None, &findings.failures);
    if exit != Exit::Done {
        return Ok(exit);
    }
    let mut jobs = findings.compiled;
    jobs.sort_by(|a, b| a.key.cmp(&b.key));
    let patience = Patience::within(Duration::from_secs(args.timeout.into()));
    let archives = if args.trust_narinfo {
        Archives::Believed
    } else {
        Archives::Asked
    };
    let caches = caches(&workspace, patience).archives(archives);
    let readiness = ask(&jobs, &workspace, &caches, console)?;
    output::print(&match args.format {
        ReadyFormat::Text if args.verbose => terminal::broken(&text::all(&readiness)),
        ReadyFormat::Text => terminal::broken(&text::missing_and_summary(&readiness)),
        ReadyFormat::Json => json::json(&readiness),
    })?;
    if let Some(failure) = text::failure(&readiness) {
        console.fail(&failure);
    }
    Ok(readiness.exit())
}

/// Says what is missing, where `build` is to say nothing else.
pub(super) fn check(
    jobs: &[Compiled],
    workspace: &Workspace,
    console: &Console,
) -> Result<Exit, Failure> {
    let caches = caches(workspace, Patience::default());
    let readiness = ask(jobs, workspace, &caches, console)?;
    if let Some(failure) = text::failure(&readiness) {
        console.fail(&failure.note(text::missing(&readiness)));
    }
    Ok(readiness.exit())
}

fn caches(workspace: &Workspace, patience: Patience) -> Caches {
    let store_dir = workspace.store_dir.clone();
    Caches::new(store_dir, Environment::of_process(), patience)
}

fn ask<'j>(
    jobs: &'j [Compiled],
    workspace: &Workspace,
    caches: &Caches,
    console: &Console,
) -> Result<Readiness<'j>, Failure> {
    let known = known(jobs, workspace);
    let roots = jobs.iter().flat_map(|job| &job.needs.scripts);
    let roots: BTreeSet<_> = roots.map(|need| need.script.path.clone()).collect();
    if roots.is_empty() {
        // A cache that cannot be reached would be waited for only to say that nothing is needed.
        return Ok(Readiness::of_nothing(caches.store_dir()));
    }
    asking(console, caches, |asked| {
        let nodes = nodes(workspace, caches)?;
        let found = nodes.closures(
            caches,
            roots,
            |path| known.get(path),
            |done, total| asked.told(done, total),
        );
        let found = found.map_err(too_many_paths)?;
        Ok(Readiness::new(jobs, found, &nodes, caches))
    })
}

/// What is known of store paths without asking: of what jobc makes itself, and of what is locked.
fn known(jobs: &[Compiled], workspace: &Workspace) -> BTreeMap<StorePath, Known> {
    let mut known = BTreeMap::new();
    for (path, info) in workspace.lock.paths() {
        let by_the_lock = Known {
            by: "the lock",
            nar_hash: info.nar_hash,
            nar_size: info.nar_size.try_into().unwrap_or_default(),
            references: info.references.iter().cloned().collect(),
        };
        known.insert(path.clone(), by_the_lock);
    }
    let mut insert = |path: &StorePath, nar: &crate::store::Digest, references| {
        known.entry(path.clone()).or_insert(Known {
            by: "the workspace",
            nar_hash: nar.hash,
            nar_size: nar.size,
            references,
        });
    };
    for job in jobs {
        for import in job.needs.imports.values() {
            insert(&import.path, &import.nar, BTreeSet::new());
        }
        for need in &job.needs.scripts {
            let script = &need.script;
            insert(&script.path, &script.nar, script.references.clone());
        }
    }
    known
}

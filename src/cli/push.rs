//! `jobc push`: what jobs need, into the cache that their nodes ask.

use serde::Serialize;

use crate::diagnostic::render::{counted, visible};
use crate::publish::{
    Contents, Directory, Object, Packing, PublishError, Target, Wishes, Work, objects, read_key,
};
use crate::source::display_name;
use crate::store::SecretKey;
use crate::workspace::Workspace;

use super::args::{Global, Packed, PlanFormat, PushArgs};
use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::open::open;
use super::output;
use super::search::{Depth, Findings, Search};
use super::settle::{Many, settle, table};

pub(super) fn run(args: &PushArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut diagnostics = Vec::new();
    let Some(workspace) = open(global)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let target = target(args, &workspace)?;
    let key = key(&target)?;
    let nothing_asked = args.names.is_empty() && !args.all;
    let depth = if nothing_asked {
        Depth::Check
    } else {
        Depth::Keep
    };
    let search = Search::new(&workspace, &args.names, depth)?;
    let mut findings = search.run(console)?;
    if nothing_asked {
        return Err(nothing(&findings));
    }
    let failures = settle(&search, &mut findings, Many::Refused, console)?;
    diagnostics.append(&mut findings.diagnostics);
    let exit = console.close(diagnostics, None, &failures);
    if exit != Exit::Done {
        return Ok(exit);
    }
    let push = Push {
        args,
        workspace: &workspace,
        search: &search,
        target: &target,
        key: key.as_ref(),
        console,
    };
    push.run(&findings)?;
    Ok(Exit::Done)
}

fn target(args: &PushArgs, workspace: &Workspace) -> Result<Target, Failure> {
    let wishes = Wishes {
        packing: args.compression.map(|packed| match packed {
            Packed::None => Packing::None,
            Packed::Zstd => Packing::Zstd {
                level: Packing::DEFAULT_LEVEL,
            },
        }),
        key_file: args.key_file.clone(),
    };
    Target::new(args.to.clone(), wishes, &workspace.store_dir).map_err(|error| {
        let failure = Failure::new(error.to_string());
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    })
}

fn key(target: &Target) -> Result<Option<SecretKey>, Failure> {
    let key = target.key_file.as_deref().map(read_key).transpose();
    key.map_err(|error| {
        let failure = Failure::new(error.to_string());
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    })
}

fn nothing(findings: &Findings) -> Failure {
    let failure = Failure::new("no job was asked for");
    let failure = if findings.selected().next().is_some() {
        failure.note(table(findings.selected()))
    } else {
        failure
    };
    failure.help("name jobs, or publish for all of them with `--all`")
}

/// One run of the command.
struct Push<'a> {
    args: &'a PushArgs,
    workspace: &'a Workspace,
    search: &'a Search<'a>,
    target: &'a Target,
    key: Option<&'a SecretKey>,
    console: &'a Console,
}

impl Push<'_> {
    fn run(&self, findings: &Findings) -> Result<(), Failure> {
        let mut jobs: Vec<_> = findings.compiled.iter().collect();
        jobs.sort_by(|one, other| one.key.cmp(&other.key));
        let needs = jobs.iter().map(|job| (job.key.to_string(), &job.needs));
        let objects = objects(needs);
        let Some(path) = self.target.directory() else {
            return Err(Failure::new("only `file://`"));
        };
        let directory = Directory::look(path, &self.workspace.store_dir)?;
        let work = Work::new(directory, objects, self.key)?;
        if self.args.dry_run {
            return output::print(&self.plan(&work));
        }
        let (written, size, signed) = (work.missing.len(), work.size(), work.unsigned());
        let whole = work.whole;
        let progress = self.console.progress_in_bytes(size);
        let packing = self.target.packing.unwrap_or_default();
        let moved = |bytes| progress.moved(bytes);
        let importer = self.search.compiler.importer();
        work.finish(importer, packing, self.key, &moved)?;
        drop(progress);
        let mut remark = format!("published {}", counted(written, "object"));
        if size > 0 {
            remark.push_str(&format!(" ({size} bytes)"));
        }
        if signed > 0 {
            remark.push_str(&format!(", signed {signed}"));
        }
        self.console
            .remark(&format!("{remark}; {whole} were there"));
        Ok(())
    }

    fn plan(&self, work: &Work<'_>) -> String {
        let items = work.missing.iter().map(|object| self.item(object));
        let items: Vec<_> = items.collect();
        match self.args.format {
            PlanFormat::Text => items.iter().map(Item::line).collect(),
            PlanFormat::Json => {
                let text = serde_json::to_string_pretty(&items);
                let mut text = text.expect("strings and numbers become JSON");
                text.push('\n');
                text
            }
        }
    }

    fn item(&self, object: &Object<'_>) -> Item {
        let from = match &object.contents {
            Contents::Script(_, by) => by.clone(),
            Contents::Import(import) => display_name(&import.source, &self.workspace.current_dir),
        };
        Item {
            action: "write",
            size: object.nar.size,
            path: self.workspace.store_dir.display(object.path).to_string(),
            from,
        }
    }
}

/// A part of the plan.
#[derive(Serialize)]
struct Item {
    action: &'static str,
    size: u64,
    path: String,
    from: String,
}

impl Item {
    fn line(&self) -> String {
        let from = visible::line(&self.from);
        format!("{} {} {} {from}\n", self.action, self.size, self.path)
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        let failure = Self::new(error.to_string());
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}

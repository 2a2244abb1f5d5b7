//! `jobc push`: what jobs need, into the cache that their nodes ask.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::cache::CacheUrl;
use crate::cli::arguments::{Global, Jobs, Strictness, cache};
use crate::cli::jobs::{find, right};
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::output;
use crate::cli::workspace::open;
use crate::compile::{Planned, Until};
use crate::diagnostic::Failure;
use crate::diagnostic::render::counted;
use crate::model::JobKey;
use crate::plan::Needs;
use crate::publish::{
    Compared, Directory, EarlyArchives, Extent, Goal, How, Looked, Names, Nix, Object, Outcome,
    Packages, Packing, Plan, Presence, Target, TargetError, Wishes, Work, objects, packages,
    read_key,
};
use crate::query::{Search, Several};
use crate::scratch::{Scratch, Use, remove_left};
use crate::store::SecretKey;
use crate::target::Form;
use crate::workspace::Workspace;

/// Publish what jobs need into a binary cache
///
/// Writes the scripts and the imported files of the jobs into the cache that their nodes ask, as
/// Nix would, without Nix. Packages that neither this cache nor one that the nodes ask anyway has
/// are copied by `nix copy`, with all that they need at run time and nothing else; if one cannot be
/// copied, nothing is published. What is there already is left alone. Only `--dry-run` prints on
/// standard output.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct PushArgs {
    #[command(flatten)]
    pub(crate) jobs: Jobs,
    /// The cache, as `nix copy --to` takes it: `file:///srv/cache`, `s3://bucket`, `ssh-ng://host`
    ///
    /// A directory is written by jobc itself and becomes a cache if it is new or empty. Its URL may
    /// have the parameters `compression`, `compression-level` and `secret-key`. Into all other
    /// stores, Nix copies what jobc made.
    #[arg(long, value_name = "URL", value_parser = cache)]
    pub(crate) to: CacheUrl,
    /// How archives are packed (default: none, and packages as `zstd`)
    #[arg(long, value_name = "METHOD")]
    pub(crate) compression: Option<Packed>,
    /// Sign with the secret key in this file
    ///
    /// Nodes need no signature for what jobc itself makes, because its contents are in its name. In a
    /// directory, what is there already gets a signature, too; of packages, those that are as the
    /// lock has them.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Compare all of each archive that is there, and write those anew that are wrong
    ///
    /// Without it, a narinfo is read and the size of the archive is compared: an archive of the right
    /// size is there already, whatever is in it. Archives that are packed with something else than
    /// `zstd` are compared by their sizes all the same. Takes a directory.
    #[arg(long)]
    pub(crate) repair: bool,
    /// Publish only what jobc itself makes, and ask nothing about packages
    ///
    /// For nodes that get their packages in another way. jobc asks neither caches nor Nix for
    /// packages, so it stays unknown whether the nodes can get them.
    #[arg(long)]
    pub(crate) without_packages: bool,
    /// Print what would be done, and do nothing
    ///
    /// Each line has four words: `write`, `sign`, `copy` or `missing`; the size of the archive in
    /// bytes; the store path; and, to the end of the line, where it comes from. For a `missing`
    /// package, which no cache and not this machine has, the last word names the jobs that need it,
    /// an unknown size is 0, and the exit status is 2: nothing would be published.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How the plan is printed
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        requires = "dry_run"
    )]
    pub(crate) format: PlanFormat,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// How archives are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Packed {
    /// Not at all: fastest, and nothing to unpack on the nodes
    None,
    /// With Zstandard; the nodes need Nix 2.4
    Zstd,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// A line for each store path
    Text,
    /// An array of objects with `action`, `size`, `path` and `from`
    Json,
}

/// After `push --help`.
const AFTER_HELP: &str = "\
Examples:
  jobc push hello --to file:///srv/cache
  jobc push --to file:///srv/cache --key-file cache.sec --compression zstd
  jobc push 'devcluster/*/prod/*' --to 's3://cache?region=eu-west-1' --dry-run
  jobc push --to file:///srv/cache --without-packages";

pub(crate) fn run(args: &PushArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let (workspace, diagnostics) = open(global, console)?;
    let target = target(args, &workspace)?;
    if args.repair && target.directory().is_none() {
        return Err(TargetError::Repair.into());
    }
    if target.key_file.as_deref() == Some(Path::new("-")) {
        return Err(Failure::new("`--key-file` takes no standard input")
            .note("Nix reads the file as well")
            .help("name a file that only you may read")
            .into());
    }
    let key = target.key_file.as_deref().map(read_key).transpose()?;
    let directory = target.directory();
    let looked = directory.map(|path| Directory::look(path, &workspace.store_dir));
    let looked = looked.transpose()?;
    let ahead = directory.map(|path| Arc::new(EarlyArchives::new(path)));
    let mut search = Search::new(&workspace, &args.jobs.names)?;
    let is_packed = !matches!(target.packing, None | Some(Packing::None));
    if let Some(ahead) = ahead.as_ref().filter(|_| !args.dry_run && !is_packed) {
        search.compiler.keep(Arc::clone(ahead) as Arc<_>);
    }
    let until = Until::Checked(Form::Complete, &Planned::into_needs);
    let findings = find(&search, &until, Several::ByPattern, console)?;
    let mut jobs = right(findings, diagnostics, console)?;
    jobs.sort_by(|(one, _), (other, _)| one.cmp(other));
    let push = Push {
        args,
        workspace: &workspace,
        search: &search,
        target: &target,
        key: key.as_ref(),
        ahead: ahead.as_deref(),
        console,
    };
    match looked {
        Some(directory) => push.to_directory(directory, &jobs)?,
        None => push.through_nix(&jobs)?,
    }
    Ok(Exit::Done)
}

fn target(args: &PushArgs, workspace: &Workspace) -> Result<Target, TargetError> {
    let wishes = Wishes {
        packing: args.compression.map(|packed| match packed {
            Packed::None => Packing::None,
            Packed::Zstd => Packing::Zstd {
                level: Packing::DEFAULT_LEVEL,
            },
        }),
        key_file: args.key_file.clone(),
    };
    Target::new(args.to.clone(), wishes, &workspace.store_dir)
}

fn objects_of(jobs: &[(JobKey, Needs)]) -> Vec<Object<'_>> {
    objects(jobs.iter().map(|(key, needs)| (key.to_string(), needs)))
}

/// One run of the command.
struct Push<'a> {
    args: &'a PushArgs,
    workspace: &'a Workspace,
    search: &'a Search<'a>,
    target: &'a Target,
    key: Option<&'a SecretKey>,
    ahead: Option<&'a EarlyArchives>,
    console: &'a Console,
}

impl Push<'_> {
    /// Into a directory, which takes no Nix for what jobc itself makes.
    fn to_directory(&self, directory: Directory, jobs: &[(JobKey, Needs)]) -> Result<(), Failure> {
        let presence = if directory.is_cache() {
            Presence::There
        } else {
            Presence::Absent
        };
        let goal = self.goal(presence, Some(&directory));
        let Looked {
            outcome,
            there,
            unknown,
        } = self.packages(jobs, &goal)?;
        let mut work = Work::new(directory, objects_of(jobs), self.key, self.compared())?;
        if let Some(key) = self.key {
            work.sign(there, key);
        }
        if self.args.dry_run {
            return self.print_plan(outcome, &work);
        }
        let packages = outcome.into_packages()?;
        if let Some(packages) = &packages {
            work.found()?;
            for (path, url) in &packages.stale {
                work.forget(path, url.as_deref())?;
            }
            let place = Place::of(work.directory())?;
            packages.copy(&place.url(self.parameters()))?;
        }
        let summary = summary(packages.as_ref(), &work);
        self.write(work, self.target.packing.unwrap_or_default())?;
        self.console.remark(&summary);
        if self.key.is_some() && unknown > 0 {
            self.console.remark(&format!(
                "not signed: {} there that the lock does not know",
                counted(unknown, "store path")
            ));
        }
        Ok(())
    }

    /// What is compared of what is there.
    fn compared(&self) -> Compared {
        if self.args.repair {
            Compared::Contents
        } else {
            Compared::Size
        }
    }

    /// Into any other store: by way of a cache that Nix copies from.
    fn through_nix(&self, jobs: &[(JobKey, Needs)]) -> Result<(), Failure> {
        let store_dir = &self.workspace.store_dir;
        let url = &self.target.url;
        let Some(nix) = Nix::find(store_dir, self.console.shows_progress())? else {
            return Err(Failure::new(format!("there is no Nix to write to `{url}`")).help(
                "push to a directory, `file:///...`, which takes no Nix, or run this where Nix is",
            ));
        };
        let Looked { outcome, .. } = self.packages(jobs, &self.goal(Presence::There, None))?;
        let between = temporary()?;
        let directory = Directory::look(between.path(), store_dir)?;
        let work = Work::new(directory, objects_of(jobs), self.key, Compared::Size)?;
        if self.args.dry_run {
            return self.print_plan(outcome, &work);
        }
        let packages = outcome.into_packages()?;
        // Whether they were there before, only Nix knows.
        let objects = counted(work.missing.len(), "object");
        let size = counted_bytes(work.size());
        let summary = format!("Nix published {objects} of {size} in `{url}`, or found them there");
        let to = self.destination();
        if let Some(packages) = &packages {
            packages.copy(&to)?;
        }
        let paths: Vec<_> = work.missing.iter().map(|object| object.path).collect();
        let signing = self.signing(&work);
        self.write(work, Packing::None)?;
        let from = Place::of(between.path())?.url(Vec::new());
        nix.copy(Some(&from), &to, paths, Extent::Named)?;
        self.console.remark(&summary);
        if let Some(signing) = signing {
            self.console.remark(&signing);
        }
        Ok(())
    }

    /// How to sign what was there before: Nix copies nothing of that.
    fn signing(&self, work: &Work<'_>) -> Option<String> {
        let file = self.target.key_file.as_deref()?;
        let last = work.missing.iter().map(|object| object.layer).max()?;
        let roots = work.missing.iter().filter(|object| object.layer == last);
        let store_dir = &self.workspace.store_dir;
        let roots = roots.map(|object| format!(" {}", store_dir.display(object.path)));
        Some(format!(
            "what was there before keeps the signatures that it has; to add yours, run `nix \
             --extra-experimental-features nix-command store sign --store '{}' --key-file {} \
             --recursive{}`",
            self.target.url,
            file.display(),
            roots.collect::<String>()
        ))
    }

    fn goal<'g>(&'g self, presence: Presence, directory: Option<&'g Directory>) -> Goal<'g> {
        Goal {
            target: self.target,
            directory: directory.filter(|_| presence == Presence::There),
            compared: self.compared(),
            presence,
            dry_run: self.args.dry_run,
        }
    }

    fn packages(&self, jobs: &[(JobKey, Needs)], goal: &Goal<'_>) -> Result<Looked, Failure> {
        if self.args.without_packages {
            return Ok(Looked::default());
        }
        packages(jobs, goal, self.workspace, self.console)
    }

    /// Prints what would be done, and fails as that would.
    fn print_plan(&self, outcome: Outcome, work: &Work<'_>) -> Result<(), Failure> {
        let names = Names {
            store_dir: &self.workspace.store_dir,
            current_dir: &self.workspace.current_dir,
        };
        let plan = Plan::new(&outcome, work, &names);
        output::print(&match self.args.format {
            PlanFormat::Text => plan.text(),
            PlanFormat::Json => plan.json(),
        })?;
        outcome.into_packages().map(|_| ())
    }

    fn write(&self, work: Work<'_>, packing: Packing) -> Result<(), Failure> {
        let progress = self.console.progress_in_bytes(work.size());
        let moved = |bytes| progress.moved(bytes);
        let how = How {
            importer: self.search.compiler.importer(),
            ahead: self.ahead,
            packing,
            compared: self.compared(),
        };
        Ok(work.finish(&how, self.key, &moved)?)
    }

    /// What Nix is told about a cache that it copies packages into.
    fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::new();
        match self.target.packing {
            Some(Packing::None) => parameters.push(("compression", "none".to_owned())),
            // Nix' own, XZ, takes ten times as long.
            None => parameters.push(("compression", "zstd".to_owned())),
            Some(Packing::Zstd { level }) => {
                parameters.push(("compression", "zstd".to_owned()));
                if level != Packing::DEFAULT_LEVEL {
                    parameters.push(("compression-level", level.to_string()));
                }
            }
        }
        parameters.extend(self.secret_key());
        parameters
    }

    fn secret_key(&self) -> Option<(&'static str, String)> {
        let file = self.target.key_file.as_deref()?;
        let file = std::path::absolute(file).unwrap_or(file.to_owned());
        Some(("secret-key", file.display().to_string()))
    }

    /// The target as Nix is told.
    fn destination(&self) -> String {
        let mut url = self.target.url.written().to_owned();
        let has = |name: &str| self.target.url.parameter(name).is_some();
        let is_cache = ["http://", "https://", "s3://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        if !is_cache {
            return url;
        }
        let wanted = self.args.compression.map(|_| self.parameters());
        let wanted = wanted.unwrap_or_else(|| self.secret_key().into_iter().collect());
        for (name, value) in wanted.into_iter().filter(|(name, _)| !has(name)) {
            add(&mut url, name, &value);
        }
        url
    }
}

fn summary(packages: Option<&Packages>, work: &Work<'_>) -> String {
    let mut done = Vec::new();
    if !work.missing.is_empty() {
        let objects = counted(work.missing.len(), "object");
        done.push(format!(
            "published {objects} of {}",
            counted_bytes(work.size())
        ));
    }
    if let Some(packages) = packages {
        let sizes = packages.copied.iter().map(|local| local.nar_size);
        let size = sizes.fold(0, u64::saturating_add);
        let paths = counted(packages.copied.len(), "store path");
        let bytes = counted_bytes(size);
        done.push(format!("copied {paths} of packages, {bytes}"));
    }
    let signed = work.unsigned().count();
    if signed > 0 {
        done.push(format!("signed {signed}"));
    }
    let nothing = done.is_empty();
    match (nothing, work.whole) {
        (true, 0) => "nothing to publish: the jobs need no store path of the workspace".to_owned(),
        (true, whole) => {
            let objects = counted(whole, "object");
            format!("nothing to publish: {objects} there already")
        }
        (false, 0) => done.join(", "),
        (false, whole) => format!("{}; {whole} there already", done.join(", ")),
    }
}

fn counted_bytes(bytes: u64) -> String {
    usize::try_from(bytes).map_or_else(|_| format!("{bytes} bytes"), |bytes| counted(bytes, "byte"))
}

/// A directory by a name that every Nix takes in a URL: versions differ in what `%` means there.
struct Place {
    path: PathBuf,
    /// Holds a link to the directory.
    _link: Option<Scratch>,
}

impl Place {
    fn of(directory: &Path) -> Result<Self, Failure> {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+=,@".contains(byte);
        if directory
            .as_os_str()
            .as_encoded_bytes()
            .iter()
            .all(is_plain)
        {
            return Ok(Self {
                path: directory.to_owned(),
                _link: None,
            });
        }
        let link = temporary()?;
        let path = link.path().join("cache");
        std::os::unix::fs::symlink(directory, &path)?;
        Ok(Self {
            path,
            _link: Some(link),
        })
    }

    fn url(&self, parameters: Vec<(&str, String)>) -> String {
        let mut url = format!("file://{}", self.path.display());
        for (name, value) in parameters {
            add(&mut url, name, &value);
        }
        url
    }
}

fn temporary() -> Result<Scratch, Failure> {
    let base = std::env::temp_dir();
    // What cannot be listed cannot be tidied either.
    let _ = remove_left(&base, Use::Push);
    let made = Scratch::new(&base, Use::Push);
    made.map_err(|error| Failure::new(format!("cannot make a temporary directory: {error}")))
}

/// Adds a parameter to a URL.
fn add(url: &mut String, name: &str, value: &str) {
    url.push(if url.contains('?') { '&' } else { '?' });
    write!(url, "{name}=").expect("a string takes all");
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            url.push(char::from(byte));
        } else {
            write!(url, "%{byte:02X}").expect("a string takes all");
        }
    }
}

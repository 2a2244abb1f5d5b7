//! What may stand behind `jobc lock`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use clap_complete::engine::ArgValueCompleter;

use crate::cache::CacheUrl;
use crate::cli::arguments::{Strictness, cache, complete};

/// Write down which store paths packages are, asking Nix
///
/// Every package that a definition or `jobc.toml` names by an installable gets an entry in
/// `jobc.lock` with its store path, and the lock has the closures of all of them, with the hash and
/// size of each archive. What is in the lock already stays as it is, unless the workspace's files that
/// say what it is have changed; what is missing is added, and what is no longer named is removed.
/// Nix builds or fetches packages that are not in this machine's store. Prints a line for each
/// entry that was added, changed or removed. Unless all packages have an answer and all definitions are
/// right as they are written, writes nothing.
///
/// Ports that need a number and are given none by their definitions get one, which stays theirs: on
/// targets whose scheduler finds none, or everywhere with `assign = "always"` in `[ports]` of `jobc.toml`.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct LockArgs {
    /// The packages, by name or installable (default: all); other entries stay unchanged
    ///
    /// With `--from-cache`, `PACKAGE=STORE-PATH` says which store path a package is; the path may
    /// be whole, `HASH-NAME`, or the hash alone.
    #[arg(
        value_name = "PACKAGE",
        value_parser = NonEmptyStringValueParser::new(),
        add = ArgValueCompleter::new(complete::packages)
    )]
    pub(crate) names: Vec<String>,
    /// All packages, as without names
    #[arg(long, conflicts_with = "names")]
    pub(crate) all: bool,
    /// Ask Nix again for what is locked already
    #[arg(short, long)]
    pub(crate) update: bool,
    /// Write nothing; say what is not current, with exit code 1
    ///
    /// By itself this compares the definitions, and the files of the workspace that say what packages
    /// are, with the lock, without Nix. With `--update`, Nix is asked for all packages, and what it
    /// says is compared with the lock.
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) ports: PortArgs,
    /// Lock for this system (may be repeated)
    ///
    /// The default is the setting `system` and every system that the lock has entries for. Entries
    /// for other systems stay.
    #[arg(long = "system", value_name = "SYSTEM", value_parser = system)]
    pub(crate) systems: Vec<String>,
    /// Ask this binary cache for closures, and not Nix for anything (may be repeated)
    ///
    /// Caches know store paths: of packages that are locked, are given by their store paths, or
    /// are named here as `PACKAGE=STORE-PATH`. The first cache that has a path is believed;
    /// signatures are not checked here, but by `jobc ready`.
    #[arg(long = "from-cache", value_name = "URL", value_parser = cache)]
    pub(crate) caches: Vec<CacheUrl>,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// What is to become of the numbers of ports.
#[derive(Debug, Args)]
pub(crate) struct PortArgs {
    /// Keep numbers of ports that no definition needs, for those that other branches do
    ///
    /// Without it they are free again.
    #[arg(long)]
    pub(crate) keep: bool,
}

/// A system as Nix names them, `x86_64-linux`.
fn system(text: &str) -> Result<String, String> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let (cpu, kernel) = text.split_once('-').unwrap_or_default();
    if cpu.is_empty() || kernel.is_empty() || !text.bytes().all(legal) {
        return Err("expected a system such as `x86_64-linux`".to_owned());
    }
    Ok(text.to_owned())
}

/// After `lock --help`.
const AFTER_HELP: &str = "\
Installables:
  nixpkgs#python3             an attribute of a flake, as Nix itself has it
  .#tool, ./dir#tool          of a flake in the workspace
  github:NixOS/nixpkgs#hello  of a flake elsewhere; `REFERENCE` alone is its default package
  python3Packages.requests    an attribute of `<nixpkgs>`, which the setting `nixpkgs` pins
  ./nix/pkgs.nix#tool         an attribute of a Nix file; `./tool.nix` alone is all of it
  nixpkgs#openssl^bin         an output, where not the one that `${openssl}` is in Nix
  Paths are relative to the file that says them, and to the workspace in `jobc.lock`. Store paths are
  locked, too, for their closures.

Files of the workspace:
  For a package of `./pkgs.nix` or `./dir#tool`, the lock has a hash of the files that say what it
  is: of the Nix file, or the flake and its `flake.lock`, and of what these name by relative paths
  such as `./a.nix`, and so on. When one of them has changed, `jobc lock` asks Nix again, and
  `jobc lock --check` says so. A directory counts by its `default.nix`. Sources in directories,
  files out of the workspace, paths that Nix works out, and `<nixpkgs>` do not count;
  `jobc lock --update` asks Nix.

Conflicts:
  Where git left the marks of a conflict in `jobc.lock`, `jobc lock` reads both sides and writes the
  lock whole. It keeps what both sides say and what only one of them changed, and asks again only
  for the packages that they disagree about, which it names.

Examples:
  jobc lock
  jobc lock --update python
  jobc lock --system x86_64-linux --system aarch64-linux
  jobc lock --check
  jobc lock python=/nix/store/HASH-python3-3.12.8 --from-cache https://cache.nixos.org";

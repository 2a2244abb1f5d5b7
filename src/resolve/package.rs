//! Packages and what the lock says of them.

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Installable, InstallableError, PackageName};
use crate::shell::shell_word;
use crate::store::StorePath;
use crate::store::store_dir::AbsolutePathError;

use super::relative::{Meaning, Rule};
use super::{Lock, Locked};

crate::diagnostic::declare_codes! {
    /// A package is named by an installable, and the lock does not say which store path that is.
    /// jobc never asks Nix while it builds: what a job runs is decided when the lock is made, and
    /// reviewed there. `jobc lock NAME` asks Nix and writes the answer into `jobc.lock`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "nixpkgs#python3" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python3 --version" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Lock the package, or write its store path:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [packages]
    /// python = "/nix/store/q41nkp3p684xyjlnv02f8hnid234z4n8-python-2.7.10"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python2.7 --version" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NOT_LOCKED = "package-not-locked", Error, "a package that the lock does not have";

    /// The lock has the package, but for another kind of machine than the nodes are.
    ///
    /// The setting `system` in `jobc.toml` says what the nodes are; it is `x86_64-linux` by
    /// default. A program for another system would be fetched and then not run.
    /// `jobc lock --system SYSTEM` locks packages for a system.
    LOCKED_FOR_OTHER_SYSTEM = "locked-for-other-system", Error,
        "a package that is locked for another system";

    /// A package is given by an absolute path that is not a store path.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { tool = "/usr/bin/tool" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.tool}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [packages]
    /// python = "/nix/store/q41nkp3p684xyjlnv02f8hnid234z4n8-python-2.7.10"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python2.7 --version" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// What is on the node already, such as `/usr/bin/env`, needs no package: write it in the
    /// command line. A file of the workspace is `{ path = "./tool" }`.
    BAD_STORE_PATH = "bad-store-path", Error, "an absolute path that is not a store path";

    /// A package is neither a store path nor anything that Nix knows how to look for.
    ///
    /// An installable is one of
    ///
    /// - an attribute of a flake, `nixpkgs#python3`, `.#tool` or `github:owner/repository#tool`;
    /// - an attribute of `<nixpkgs>`, `python3Packages.requests`;
    /// - a Nix file, `./nix/pkgs.nix`, or an attribute of one, `./nix/pkgs.nix#tool`;
    ///
    /// each with the name of an output after `^` where another one than the package's own choice
    /// is meant: `nixpkgs#openssl^bin`. Paths are relative to the file that says them, and stay in
    /// the workspace.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { openssl = "nixpkgs#openssl^*" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.openssl}/bin/openssl version" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A package is one store path, so one output is named, as in `nixpkgs#openssl^bin`.
    BAD_INSTALLABLE = "bad-installable", Error, "a package that no installable is";
}

/// A package that a command names: what it was declared as, and what that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its store path.
    pub path: StorePath,
    /// The installable, store path or path of a file, as written.
    pub source: String,
}

/// The system that nodes are of unless the settings say otherwise.
pub const DEFAULT_SYSTEM: &str = "x86_64-linux";

/// What the lock says that the package `name` is on `system`, where `written` means `meaning`.
///
/// # Errors
/// What to tell if it says nothing: that it could say something only if the text is an installable.
pub fn locked<'l>(
    lock: &'l Lock,
    name: &PackageName,
    written: &str,
    meaning: &Meaning,
    system: &str,
    place: impl FnOnce() -> Place,
) -> Result<&'l StorePath, Box<Diagnostic>> {
    let installable = meaning.key.as_str();
    let known = lock.package(installable, system);
    if !matches!(known, Locked::As(_))
        && let Err(error) = Installable::parse(written)
    {
        // To lock it would come to nothing.
        return Err(Box::new(bad_installable(written, &error, place())));
    }
    Err(Box::new(match known {
        Locked::As(path) => return Ok(path),
        Locked::Not => {
            let headline = format!("package `{name}` is not locked: `{written}`");
            let problem = Diagnostic::new(&NOT_LOCKED, headline, place());
            let problem = match (&meaning.rule, other_output(lock, installable)) {
                (Rule::Changed { before, write }, _) => problem.note(format!(
                    "it is where the definition is, and no longer `{before}` of the lock, which is \
                     `{write}` here"
                )),
                (_, Some(other)) => {
                    problem.note(format!("the lock has another output of it: `{other}`"))
                }
                _ if installable != written => problem,
                _ => problem.did_you_mean(installable, lock.installables()),
            };
            problem.help(format!("lock it: `jobc lock {name}`"))
        }
        Locked::ForOthers(systems) => {
            let headline = format!("package `{name}` is not locked for `{system}`");
            Diagnostic::new(&LOCKED_FOR_OTHER_SYSTEM, headline, place())
                .note(format!("it is locked for `{}`", systems.join("`, `")))
                .help(format!(
                    "lock it for the nodes' system, `jobc lock --system {} {name}`, or set \
                     `system` in `jobc.toml`",
                    shell_word(system)
                ))
        }
    }))
}

/// A package of the lock that is another output of the same derivation.
fn other_output<'l>(lock: &'l Lock, installable: &str) -> Option<&'l str> {
    let without = |text: &str| {
        text.rsplit_once('^')
            .map_or(text.len(), |(rest, _)| rest.len())
    };
    let base = &installable[..without(installable)];
    let mut all = lock.installables();
    all.find(|other| &other[..without(other)] == base)
}

/// The problem of a package that is given by an absolute path that is no store path.
pub fn bad_store_path(text: &str, reason: &AbsolutePathError, place: Place) -> Diagnostic {
    let headline = format!("`{text}` is not a store path: {reason}");
    Diagnostic::new(&BAD_STORE_PATH, headline, place).help(
        "write a whole store path, `{ path = \"./file\" }` for a file of the workspace, or an \
         installable",
    )
}

/// The problem of a package that is given by a text that means nothing to Nix.
pub fn bad_installable(text: &str, reason: &InstallableError, place: Place) -> Diagnostic {
    let headline = format!("`{text}` is no package: {reason}");
    Diagnostic::new(&BAD_INSTALLABLE, headline, place)
        .help("write an installable such as `nixpkgs#python3`, or a store path")
}

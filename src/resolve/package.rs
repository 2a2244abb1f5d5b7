//! Packages and what the lock says of them.

use crate::diagnostic::codes::packages as codes;
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Installable, InstallableError, PackageName, shell_word};
use crate::store::StorePath;
use crate::store::store_dir::AbsolutePathError;

use super::relative::{Meaning, Rule};
use super::{Lock, Locked};

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
            let problem = Diagnostic::new(&codes::NOT_LOCKED, headline, place());
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
            Diagnostic::new(&codes::LOCKED_FOR_OTHER_SYSTEM, headline, place())
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
    Diagnostic::new(&codes::BAD_STORE_PATH, headline, place).help(
        "write a whole store path, `{ path = \"./file\" }` for a file of the workspace, or an \
         installable",
    )
}

/// The problem of a package that is given by a text that means nothing to Nix.
pub fn bad_installable(text: &str, reason: &InstallableError, place: Place) -> Diagnostic {
    let headline = format!("`{text}` is no package: {reason}");
    Diagnostic::new(&codes::BAD_INSTALLABLE, headline, place)
        .help("write an installable such as `nixpkgs#python3`, or a store path")
}

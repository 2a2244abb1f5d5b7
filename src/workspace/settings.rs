//! What settings may not say, besides what their types forbid.

use std::path::{Component, Path};

use crate::beneath::{Enclosure, destination, in_repository};
use crate::cache::CacheUrl;
use crate::diagnostic::{Diagnostic, Place, Registry};
use crate::front::decode::codes::BAD_VALUE;
use crate::lint;
use crate::model::Settings;
use crate::reach::Ways;
use crate::source::Pointer;
use crate::store::signature::SecretKey;
use crate::store::{PublicKey, StoreDir};

use super::{OWN_DIRECTORY, is_directory};

/// What is wrong in the settings of the workspace `root`, whose files are `files`, but for its
/// store.
pub(super) fn problems(
    settings: &Settings,
    files: &Enclosure,
    root: &Path,
    registry: Registry,
) -> Vec<Diagnostic> {
    let mut problems = wrong_roots(settings, files, root);
    problems.extend(wrong_caches(settings));
    problems.extend(wrong_snapshots(settings));
    problems.extend(wrong_tier(settings));
    problems.extend(lint::wrong_levels(settings, registry));
    problems.extend(no_bandwidth(settings));
    problems.extend(wrong_address(settings));
    problems
}

/// Where the store stands.
pub(super) fn store_dir_place() -> Pointer {
    Pointer::root().key("store_dir")
}

/// The store of the nodes.
///
/// # Errors
/// What is wrong with it.
pub(super) fn store_dir(settings: &Settings) -> Result<StoreDir, Box<Diagnostic>> {
    let Some(written) = settings.store_dir.as_deref() else {
        return Ok(StoreDir::default());
    };
    written.parse().map_err(|error| {
        let headline = format!("`{written}` is no store directory: {error}");
        let place = Place::value(store_dir_place());
        Box::new(Diagnostic::new(&BAD_VALUE, headline, place))
    })
}

/// What looks announced jobs up is no text with names of parts of a job in braces.
fn wrong_address(settings: &Settings) -> Option<Diagnostic> {
    let text = settings.aurora.as_ref()?.address.as_deref()?;
    let known = |name: &str| Ways::NAMES.iter().find(|known| **known == name).copied();
    let guilty = Ways::filled(text, known).err()?;
    let headline = match guilty {
        "{" | "}" => format!("a `{guilty}` without the other brace"),
        _ => format!("unknown name `{guilty}` in braces"),
    };
    let place = Pointer::root().key("aurora").key("address");
    let place = Place::within(place, text, offset_in(text, guilty), guilty);
    let problem = Diagnostic::new(&BAD_VALUE, headline, place);
    let problem = problem.did_you_mean(guilty, Ways::NAMES.iter().copied());
    let names = Ways::NAMES.join("}`, `{");
    Some(problem.note(format!("there are `{{{names}}}`")))
}

/// Where a part of a text starts in it.
fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// Directories that are to be searched and are not there, or not in the workspace.
fn wrong_roots(settings: &Settings, files: &Enclosure, root: &Path) -> Vec<Diagnostic> {
    let names = settings.roots.iter().flatten().enumerate();
    let problem = |(index, name): (usize, &String)| {
        let directory = root.join(name);
        let (headline, help) = if !destination(&directory).starts_with(files.root()) {
            (
                format!("`{name}` leads out of the workspace"),
                "write a directory of the workspace, or make the one around both a workspace",
            )
        } else if !is_directory(&directory) {
            (
                format!("the workspace has no directory `{name}`"),
                "write a directory that is there, relative to the workspace",
            )
        } else {
            return None;
        };
        let place = Place::value(Pointer::root().key("roots").index(index));
        Some(Diagnostic::new(&BAD_VALUE, headline, place).help(help))
    };
    names.filter_map(problem).collect()
}

/// A directory for snapshots that is not the workspace's own.
fn wrong_snapshots(settings: &Settings) -> Option<Diagnostic> {
    let written = settings.snapshots.as_ref()?.directory.as_deref()?;
    let parts: Vec<_> = Path::new(written).components().collect();
    let is_within = |part: &Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    let named = parts
        .iter()
        .find(|part| matches!(part, Component::Normal(_)));
    let problem = match named {
        _ if !parts.iter().all(is_within) => "is not inside of the workspace",
        _ if in_repository(Path::new(written)) => "leads into `.git`",
        None => "is the workspace itself",
        Some(first) if first.as_os_str() == OWN_DIRECTORY => "is jobc's own, which is not kept",
        Some(_) => return None,
    };
    let place = Place::value(Pointer::root().key("snapshots").key("directory"));
    let headline = format!("`{written}` {problem}");
    let problem = Diagnostic::new(&BAD_VALUE, headline, place);
    Some(problem.help("write a directory for snapshots alone, relative to the workspace"))
}

/// A default tier that is none of the tiers.
fn wrong_tier(settings: &Settings) -> Option<Diagnostic> {
    let scheduler = settings.scheduler();
    let config = scheduler.tier_config.as_ref()?;
    if config.tiers.contains_key(&config.default) {
        return None;
    }
    let headline = format!("`{}` is none of the tiers", config.default);
    let place = Pointer::root().key("scheduler").key("tier_config");
    let problem = Diagnostic::new(&BAD_VALUE, headline, Place::value(place.key("default")));
    let problem = problem.did_you_mean(&config.default, scheduler.tiers());
    Some(
        problem.note("jobs that name no tier get this one, and the scheduler starts with one only"),
    )
}

/// Nodes that never have anything.
fn no_bandwidth(settings: &Settings) -> Option<Diagnostic> {
    let bandwidth = settings.nodes.as_ref()?.bandwidth?;
    let place = Place::value(Pointer::root().key("nodes").key("bandwidth"));
    let headline = "nodes that fetch nothing in a second never have a closure";
    let problem = Diagnostic::new(&BAD_VALUE, headline, place);
    (bandwidth.get() == 0).then(|| problem.help("write a size: `\"100 MB\"`"))
}

/// Caches that are no URL of one, and keys that are none.
fn wrong_caches(settings: &Settings) -> Vec<Diagnostic> {
    let init = settings.init.as_ref();
    let nodes = settings.nodes.as_ref();
    let mut problems = Vec::new();
    for (table, caches, keys) in [
        (
            "init",
            init.and_then(|it| it.substituters.as_deref()),
            init.and_then(|it| it.trusted_public_keys.as_deref()),
        ),
        (
            "nodes",
            nodes.and_then(|it| it.substituters.as_deref()),
            nodes.and_then(|it| it.trusted_public_keys.as_deref()),
        ),
    ] {
        let place = |field: &str, index: usize| {
            Place::value(Pointer::root().key(table).key(field).index(index))
        };
        for (index, cache) in caches.unwrap_or_default().iter().enumerate() {
            let parsed = cache.parse::<CacheUrl>();
            if let Some(character) = parsed.as_ref().ok().and_then(CacheUrl::unreadable) {
                let headline = format!(
                    "no node finds a directory by a URL with `{}`",
                    character.escape_debug()
                );
                let place = place("substituters", index);
                let problem = Diagnostic::new(&BAD_VALUE, headline, place);
                problems.push(problem.help("name a link to it, `file:///srv/cache`"));
            }
            if let Err(error) = parsed {
                // Not as it is written: there may be a password in it.
                let headline = format!("this is no URL of a binary cache: {error}");
                let place = place("substituters", index);
                let problem = Diagnostic::new(&BAD_VALUE, headline, place);
                problems.push(match error.help() {
                    Some(help) => problem.help(help),
                    None => problem,
                });
            }
        }
        for (index, key) in keys.unwrap_or_default().iter().enumerate() {
            let Err(error) = key.parse::<PublicKey>() else {
                continue;
            };
            let place = place("trusted_public_keys", index);
            problems.push(if key.parse::<SecretKey>().is_ok() {
                let headline = "this is a secret key, and nodes trust public ones";
                Diagnostic::new(&BAD_VALUE, headline, place)
                    .help("write what `nix key convert-secret-to-public` makes of it")
                    .help("make a new pair of keys: whoever reads this file knows the secret one")
            } else {
                let headline = format!("this is no public key: {error}");
                Diagnostic::new(&BAD_VALUE, headline, place)
                    .help("write `NAME:BASE64`, as in the file of the public key")
            });
        }
    }
    problems
}

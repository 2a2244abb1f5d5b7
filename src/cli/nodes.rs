//! What the nodes ask and trust, as the settings say.

use std::str::FromStr;

use crate::cache::{CacheUrl, Caches, Nodes};
use crate::store::PublicKey;
use crate::workspace::Workspace;

use crate::diagnostic::Failure;

/// The binary caches that the nodes of a workspace ask.
pub(super) fn substituters(workspace: &Workspace) -> Result<Vec<CacheUrl>, Failure> {
    let urls: Vec<CacheUrl> = read(&workspace.settings.substituters())?;
    if urls.is_empty() {
        let failure = Failure::new("the nodes ask no binary cache");
        return Err(failure
            .help("name the caches as `substituters` in `[init]` or `[nodes]` of `jobc.toml`"));
    }
    Ok(urls)
}

/// The nodes of a workspace.
pub(super) fn nodes(workspace: &Workspace, caches: &Caches) -> Result<Nodes, Failure> {
    let keys: Vec<PublicKey> = read(&workspace.settings.trusted_public_keys())?;
    Ok(Nodes::new(substituters(workspace)?, keys, caches))
}

/// Words that were checked when the settings were read.
fn read<T: FromStr<Err: std::fmt::Display>>(words: &[&str]) -> Result<Vec<T>, Failure> {
    let words = words.iter().map(|word| word.parse());
    let wrong = |error| Failure::new(format!("the settings are wrong: {error}"));
    words.collect::<Result<_, _>>().map_err(wrong)
}

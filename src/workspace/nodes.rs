//! What the nodes of a workspace ask and trust, as its settings say; and what its lock knows.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use crate::cache::{CacheUrl, Known};
use crate::diagnostic::Failure;
use crate::store::{PublicKey, StorePath};

use super::Workspace;

impl Workspace {
    /// The binary caches that the nodes ask.
    ///
    /// # Errors
    /// None that the settings were not refused for when they were read.
    pub fn substituters(&self) -> Result<Vec<CacheUrl>, Failure> {
        read(&self.settings.substituters())
    }

    /// The keys that the nodes trust.
    ///
    /// # Errors
    /// None that the settings were not refused for when they were read.
    pub fn trusted_public_keys(&self) -> Result<Vec<PublicKey>, Failure> {
        read(&self.settings.trusted_public_keys())
    }

    /// What the lock says of store paths.
    pub fn locked(&self) -> BTreeMap<StorePath, Known> {
        let known = self.lock.paths().map(|(path, info)| {
            let known = Known {
                by: "the lock",
                nar_hash: info.nar_hash,
                nar_size: info.nar_size.try_into().unwrap_or_default(),
                references: info.references.iter().cloned().collect(),
            };
            (path.clone(), known)
        });
        known.collect()
    }
}

/// Words that were checked when the settings were read.
fn read<T: FromStr<Err: Display>>(words: &[&str]) -> Result<Vec<T>, Failure> {
    let words = words.iter().map(|word| word.parse());
    let wrong = |error| Failure::new(format!("the settings are wrong: {error}"));
    words.collect::<Result<_, _>>().map_err(wrong)
}

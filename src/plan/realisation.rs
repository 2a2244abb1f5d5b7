//! How nodes realise closures, by a workspace's settings.

use crate::model::{InitNames, InitRoots, InitSettings, Integer};
use crate::store::StoreDir;

/// How nodes realise closures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Realisation {
    /// The nodes' store.
    pub store_dir: StoreDir,
    /// How steps that realise are named.
    pub names: StepNames,
    /// How many runs of such a step may fail before it has failed.
    pub max_failures: i64,
    /// How many times one run asks the caches.
    pub tries: i64,
    /// The binary caches that nodes ask.
    pub caches: Vec<String>,
    /// Whether nodes ask the caches of their own settings as well.
    pub others: OtherCaches,
    /// Public keys that nodes trust besides those of their own settings.
    pub keys: Vec<String>,
    /// Seconds for a connection to a cache.
    pub connect_timeout: i64,
    /// Seconds without a byte of a download.
    pub stalled_download_timeout: i64,
    /// A shell script that is read first.
    pub profile_script: Option<String>,
    /// The `nix-store` program; the first one found in the usual places if none.
    pub nix_store: Option<String>,
}

/// How steps that realise are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepNames {
    /// With the hash of what they realise.
    Hash,
    /// Without.
    Process,
}

/// Whether nodes ask the caches of their own settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherCaches {
    /// They do.
    Asked,
    /// They ask none but those that are named.
    Ignored,
}

/// What keeps closures from being collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Roots {
    /// A root for each process.
    Process,
    /// One for the whole job.
    Job,
}

impl Realisation {
    const MAX_FAILURES: i64 = 3;
    const TRIES: i64 = 5;
    /// Nix would wait for 300, five times.
    const CONNECT_TIMEOUT: i64 = 10;
    /// Caches that compress as they answer take their time.
    const STALLED_DOWNLOAD_TIMEOUT: i64 = 60;

    /// What the settings ask for, on nodes with this store.
    pub fn new(settings: &InitSettings, store_dir: &StoreDir) -> Self {
        let InitSettings {
            names,
            roots: _,
            always: _,
            max_failures,
            tries,
            substituters,
            only_substituters,
            connect_timeout,
            stalled_download_timeout,
            trusted_public_keys,
            profile_script,
            nix_store,
        } = settings;
        let seconds =
            |value: &Option<Integer<1, 3600>>, default| value.map_or(default, Integer::get);
        Self {
            store_dir: store_dir.clone(),
            names: match names.unwrap_or_default() {
                InitNames::Hash => StepNames::Hash,
                InitNames::Process => StepNames::Process,
            },
            max_failures: max_failures.map_or(Self::MAX_FAILURES, Integer::get),
            tries: tries.map_or(Self::TRIES, Integer::get),
            caches: substituters.clone().unwrap_or_default(),
            others: match only_substituters {
                Some(true) => OtherCaches::Ignored,
                Some(false) | None => OtherCaches::Asked,
            },
            keys: trusted_public_keys.clone().unwrap_or_default(),
            connect_timeout: seconds(connect_timeout, Self::CONNECT_TIMEOUT),
            stalled_download_timeout: seconds(
                stalled_download_timeout,
                Self::STALLED_DOWNLOAD_TIMEOUT,
            ),
            profile_script: profile_script.clone(),
            nix_store: nix_store.clone(),
        }
    }
}

impl Roots {
    pub(super) fn new(settings: &InitSettings) -> Self {
        match settings.roots.unwrap_or_default() {
            InitRoots::Process => Self::Process,
            InitRoots::Job => Self::Job,
        }
    }
}

//! Caches and what they answered, each question asked once. Touches the world.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::store::cache_info::CacheInfo;
use crate::store::narinfo::NarInfo;
use crate::store::{StoreDir, StorePathHash};

use super::address::HttpLocation;
use super::archive::{self, Archive, Fault};
use super::directory;
use super::environment::Environment;
use super::error::AskError;
use super::http::{Client, Fetched, MAX_CONNECTIONS};
use super::http_answer::Seen;
use super::patience::Patience;
use super::url::{CacheUrl, Location};

/// What a cache says about a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has the path.
    Present(Arc<NarInfo>),
    /// It does not have it.
    Absent,
    /// There is no answer; nodes ask the next cache.
    CouldNotAsk(AskError),
    /// There is no answer, and nodes ask no other cache either.
    Stops(AskError),
}

/// Whether to ask for the archives that caches say to have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Archives {
    /// Each, where nodes would get it.
    #[default]
    Asked,
    /// Servers are believed, which takes half the time.
    Believed,
}

/// All caches of a run. Answers are kept for as long as this is.
#[derive(Debug)]
pub struct Caches {
    store_dir: StoreDir,
    client: Client,
    archives: Archives,
    known: Mutex<HashMap<Location, Arc<Cache>>>,
}

/// What is known about one cache.
#[derive(Debug, Default)]
struct Cache {
    info: OnceLock<Result<CacheInfo, AskError>>,
    answers: Mutex<HashMap<StorePathHash, Arc<OnceLock<Answer>>>>,
    archives: Mutex<HashMap<StorePathHash, Arc<OnceLock<Archive>>>>,
    /// How many questions in a row came to nothing.
    failures: AtomicU32,
    /// How many questions wait for an answer.
    open: AtomicU32,
    /// Why it is not asked any more.
    down: OnceLock<AskError>,
}

/// A server that left this many questions in a row without an answer gets no more: each of
/// hundreds would wait as long.
const MAX_FAILURES: u32 = 3;

impl Caches {
    /// For nodes whose store is in `store_dir`.
    pub fn new(store_dir: StoreDir, environment: Environment, patience: Patience) -> Self {
        Self {
            store_dir,
            client: Client::new(environment, patience),
            archives: Archives::default(),
            known: Mutex::default(),
        }
    }

    /// The same with another way to treat archives.
    #[must_use]
    pub fn archives(self, archives: Archives) -> Self {
        Self { archives, ..self }
    }

    /// The store directory of the nodes.
    pub fn store_dir(&self) -> &StoreDir {
        &self.store_dir
    }

    /// What the cache says about itself, if it is one for these nodes.
    ///
    /// # Errors
    /// If it cannot be asked, or is none.
    pub fn info(&self, url: &CacheUrl) -> Result<CacheInfo, AskError> {
        let cache = self.cache(url.location());
        self.info_of(&cache, url.location()).clone()
    }

    /// What the cache says about the path with this hash.
    pub fn narinfo(&self, url: &CacheUrl, hash: &StorePathHash) -> Answer {
        let location = url.location();
        let cache = self.cache(location);
        if let Err(error) = self.info_of(&cache, location) {
            let error = error.clone();
            return match &error {
                // Nodes go on to the next cache, unless this makes them stop altogether.
                AskError::Info(cause) if cause.stops_nix() => Answer::Stops(error),
                _ => Answer::CouldNotAsk(error),
            };
        }
        let answer = {
            let mut answers = cache.answers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry(*hash).or_default())
        };
        answer
            .get_or_init(|| self.ask(&cache, location, hash))
            .clone()
    }

    /// Whether the archive is there that the cache says to have.
    pub fn archive(&self, url: &CacheUrl, info: &NarInfo) -> Archive {
        let location = url.location();
        let cache = self.cache(location);
        let archive = {
            let mut archives = cache
                .archives
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            Arc::clone(archives.entry(*info.store_path.hash()).or_default())
        };
        let look = || match location {
            Location::Directory(directory) => directory::archive(directory, info),
            Location::Http(server) if self.archives == Archives::Asked => {
                if let Some(error) = cache.down.get() {
                    return Archive::CouldNotAsk(error.clone());
                }
                let _open = cache.open();
                let archive = self.look(server, info);
                let error = match &archive {
                    Archive::CouldNotAsk(error) => Some(error),
                    Archive::There | Archive::Useless(_) => None,
                };
                cache.note(error);
                archive
            }
            Location::Http(_) | Location::Other(_) => Archive::There,
        };
        archive.get_or_init(look).clone()
    }

    /// What a server shows of an archive. It is asked for the head alone first; one that does not
    /// answer this as it answers a node is asked for the first bytes.
    fn look(&self, server: &HttpLocation, info: &NarInfo) -> Archive {
        let by_head = |seen: &Seen| {
            let right = seen.packed.is_none() && archive::by_size(info, seen.size).is_ok();
            right && seen.size.is_some_and(|size| size > 0)
        };
        if archive::is_named_so(info)
            && let Ok(Fetched::File(seen)) = self.client.head(server, &info.url)
            && by_head(&seen)
        {
            return Archive::There;
        }
        let seen = match self.client.begin(server, &info.url) {
            Ok(Fetched::File(seen)) => seen,
            Ok(Fetched::Missing(_)) => return Archive::Useless(Fault::Missing),
            Err(error) => return Archive::CouldNotAsk(error),
        };
        if let Some(method) = seen.packed {
            return Archive::Useless(Fault::Repacked(method));
        }
        let size = seen.size.or_else(|| seen.begin.is_empty().then_some(0));
        let judged = archive::by_size(info, size);
        match judged.and_then(|()| archive::by_begin(info, &seen.begin)) {
            Ok(()) => Archive::There,
            Err(fault) => Archive::Useless(fault),
        }
    }

    /// The caches that have not answered yet.
    pub fn waiting(&self) -> Vec<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = known
            .iter()
            .filter(|(_, cache)| cache.open.load(Ordering::Relaxed) > 0);
        let mut names: Vec<_> = waiting
            .filter_map(|(location, _)| match location {
                Location::Http(server) => Some(server.to_string()),
                Location::Directory(directory) => Some(directory.display().to_string()),
                Location::Other(_) => None,
            })
            .collect();
        names.sort();
        names
    }

    /// Why the cache could not be asked, if it was asked and that came to nothing.
    pub fn trouble(&self, url: &CacheUrl) -> Option<AskError> {
        let cache = self.cache(url.location());
        match cache.info.get() {
            Some(Err(error)) => Some(error.clone()),
            _ => cache.down.get().cloned(),
        }
    }

    /// How many questions to ask at once, of these caches.
    pub fn parallel<'u>(&self, urls: impl IntoIterator<Item = &'u CacheUrl>) -> usize {
        let remote = |url: &CacheUrl| matches!(url.location(), Location::Http(_));
        if urls.into_iter().any(remote) {
            MAX_CONNECTIONS
        } else {
            std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
        }
    }

    fn cache(&self, location: &Location) -> Arc<Cache> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cache) = known.get(location) {
            return Arc::clone(cache);
        }
        Arc::clone(known.entry(location.clone()).or_default())
    }

    fn info_of<'c>(
        &self,
        cache: &'c Cache,
        location: &Location,
    ) -> &'c Result<CacheInfo, AskError> {
        cache.info.get_or_init(|| {
            let _open = cache.open();
            let file = CacheInfo::FILE_NAME;
            let bytes = match location {
                Location::Other(_) => return Err(AskError::Unsupported),
                Location::Directory(directory) => {
                    directory::check(directory)?;
                    directory::fetch(directory, file, CacheInfo::MAX_SIZE)?
                }
                Location::Http(server) => {
                    match self.client.fetch(server, file, CacheInfo::MAX_SIZE)? {
                        Fetched::File(bytes) => Some(bytes),
                        // A user who may not see this would take all that is in it for absent.
                        Fetched::Missing(status @ 403) => {
                            return Err(AskError::Status {
                                file: file.to_owned(),
                                status,
                                tries: 1,
                            });
                        }
                        Fetched::Missing(_) => None,
                    }
                }
            };
            let bytes = bytes.ok_or(AskError::NoInfo)?;
            let info = CacheInfo::parse(&String::from_utf8_lossy(&bytes));
            let info = info.map_err(AskError::Info)?;
            match &info.store_dir {
                Some(found) if *found != self.store_dir => Err(AskError::OtherStore {
                    found: found.clone(),
                    expected: self.store_dir.clone(),
                }),
                _ => Ok(info),
            }
        })
    }

    fn ask(&self, cache: &Cache, location: &Location, hash: &StorePathHash) -> Answer {
        if let Some(error) = cache.down.get() {
            return error.as_answer();
        }
        let answer = {
            let _open = cache.open();
            self.fetch(location, hash)
        };
        cache.note(answer.as_ref().err());
        match answer {
            Ok(Some(info)) => Answer::Present(Arc::new(info)),
            Ok(None) => Answer::Absent,
            Err(error) => error.as_answer(),
        }
    }

    fn fetch(
        &self,
        location: &Location,
        hash: &StorePathHash,
    ) -> Result<Option<NarInfo>, AskError> {
        let file = format!("{hash}.narinfo");
        let bytes = match location {
            Location::Other(_) => return Err(AskError::Unsupported),
            Location::Directory(directory) => {
                directory::fetch(directory, &file, NarInfo::MAX_SIZE)?
            }
            Location::Http(server) => match self.client.fetch(server, &file, NarInfo::MAX_SIZE)? {
                Fetched::File(bytes) => Some(bytes),
                // A bucket that may not be listed answers 403 for what is not there.
                Fetched::Missing(_) => None,
            },
        };
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        // Nix passes over what is not text.
        let info = match NarInfo::parse(&String::from_utf8_lossy(&bytes), &self.store_dir) {
            Ok(info) => info,
            Err(cause) => return Err(AskError::Malformed { file, cause }),
        };
        if info.store_path.hash() != hash {
            let found = info.store_path;
            return Err(AskError::OtherPath { file, found });
        }
        Ok(Some(info))
    }
}

impl Cache {
    /// Notes a question until what is returned is dropped.
    fn open(&self) -> Open<'_> {
        self.open.fetch_add(1, Ordering::Relaxed);
        Open(self)
    }

    /// Notes what came of a question.
    fn note(&self, error: Option<&AskError>) {
        match error {
            None => self.failures.store(0, Ordering::Relaxed),
            Some(error) if error.is_about_the_server() => {
                let before = self.failures.fetch_add(1, Ordering::Relaxed);
                if before.saturating_add(1) >= MAX_FAILURES {
                    self.down.get_or_init(|| error.clone());
                }
            }
            Some(_) => {}
        }
    }
}

/// A question without an answer.
struct Open<'c>(&'c Cache);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl AskError {
    /// What it means to nodes that ask for a narinfo.
    fn as_answer(&self) -> Answer {
        if self.stops_nix() {
            Answer::Stops(self.clone())
        } else {
            Answer::CouldNotAsk(self.clone())
        }
    }
}

//! Caches and what they answered, each question asked once. Touches the world.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::store::cache_info::CacheInfo;
use crate::store::narinfo::NarInfo;
use crate::store::{StoreDir, StorePathHash};

use super::directory;
use super::environment::Environment;
use super::error::AskError;
use super::http::{Client, Fetched, MAX_CONNECTIONS, Patience};
use super::url::{CacheUrl, Location};

/// What a cache says about a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has the path.
    Present(Arc<NarInfo>),
    /// It does not have it.
    Absent,
    /// There is no answer.
    CouldNotAsk(AskError),
}

/// All caches of a run. Answers are kept for as long as this is.
#[derive(Debug)]
pub struct Caches {
    store_dir: StoreDir,
    client: Client,
    known: Mutex<HashMap<Location, Arc<Cache>>>,
}

/// What is known about one cache.
#[derive(Debug, Default)]
struct Cache {
    info: OnceLock<Result<CacheInfo, AskError>>,
    answers: Mutex<HashMap<StorePathHash, Arc<OnceLock<Answer>>>>,
    /// How many questions in a row came to nothing.
    failures: AtomicU32,
    /// Why it is not asked any more.
    down: OnceLock<AskError>,
}

/// After so many questions in a row that a server left without an answer, it gets no more: each of
/// hundreds would wait as long.
const MAX_FAILURES: u32 = 3;

impl Caches {
    /// For nodes whose store is in `store_dir`.
    pub fn new(store_dir: StoreDir, environment: Environment, patience: Patience) -> Self {
        Self {
            store_dir,
            client: Client::new(environment, patience),
            known: Mutex::default(),
        }
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
            return Answer::CouldNotAsk(error.clone());
        }
        let answer = {
            let mut answers = cache.answers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry(*hash).or_default())
        };
        answer
            .get_or_init(|| self.ask(&cache, location, hash))
            .clone()
    }

    /// Whether the archive is there that the cache says to have. A server is believed: asking it
    /// would take as long again.
    pub fn has_archive(&self, url: &CacheUrl, info: &NarInfo) -> bool {
        match url.location() {
            Location::Directory(directory) => directory::has(directory, &info.url),
            Location::Http(_) | Location::Other(_) => true,
        }
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
                        // Who may not even see this may see nothing, and would take all for absent.
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
            let text = text(bytes.ok_or(AskError::NoInfo)?, file)?;
            let info = CacheInfo::parse(&text).map_err(AskError::Info)?;
            match &info.store_dir {
                Some(found) if *found != self.store_dir => Err(AskError::OtherStore {
                    found: found.clone(),
                    expected: self.store_dir.clone(),
                }),
                // A page that welcomes guests of a hotel says nothing of all this.
                None if info == CacheInfo::default() && !text.trim().is_empty() => {
                    Err(AskError::NoInfo)
                }
                _ => Ok(info),
            }
        })
    }

    fn ask(&self, cache: &Cache, location: &Location, hash: &StorePathHash) -> Answer {
        if let Some(error) = cache.down.get() {
            return Answer::CouldNotAsk(error.clone());
        }
        let answer = self.fetch(location, hash);
        match &answer {
            Ok(_) => cache.failures.store(0, Ordering::Relaxed),
            Err(error) if error.is_about_the_server() => {
                if cache.failures.fetch_add(1, Ordering::Relaxed) + 1 >= MAX_FAILURES {
                    cache.down.get_or_init(|| error.clone());
                }
            }
            Err(_) => {}
        }
        match answer {
            Ok(Some(info)) => Answer::Present(Arc::new(info)),
            Ok(None) => Answer::Absent,
            Err(error) => Answer::CouldNotAsk(error),
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
        let text = text(bytes, &file)?;
        let info = match NarInfo::parse(&text, &self.store_dir) {
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

fn text(bytes: Vec<u8>, file: &str) -> Result<String, AskError> {
    String::from_utf8(bytes).map_err(|_| AskError::NotText {
        file: file.to_owned(),
    })
}

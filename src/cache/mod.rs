//! Binary caches, asked for what they have. Touches the world.
//!
//! Answers are kept for the run and no longer: what is absent now may be published a minute later.
//! A cache is asked for `nix-cache-info` first; one that cannot be asked for that is not asked for
//! anything else.

mod address;
mod archive;
mod caches;
mod closure;
mod connect;
mod directory;
mod environment;
mod error;
mod files;
mod http;
mod http_answer;
mod http_error;
mod netrc;
mod patience;
mod percent;
mod proxy;
mod queue;
mod trust;
mod url;
mod url_error;
mod waiting;

pub use self::address::{Credentials, HttpLocation, HttpScheme, Origin};
pub use self::archive::{Archive, Fault};
pub use self::caches::{Answer, Archives, Caches};
pub use self::closure::{
    Difference, Found, Known, Nodes, NotFrom, TooManyPaths, Verdict, most_paths,
};
pub use self::environment::{Environment, NetrcFile};
pub use self::error::{AskError, Unreachable};
pub use self::netrc::{Netrc, NetrcError};
pub use self::patience::Patience;
pub use self::proxy::Proxies;
pub(crate) use self::queue::drain;
pub use self::trust::{Distrust, Trust, trust};
pub use self::url::{CacheUrl, Location};
pub use self::url_error::CacheUrlError;
pub use waiting::{Tell, Waiting};

//! What the environment says about asking servers. Touches the world.

use std::env;
use std::path::PathBuf;

use super::proxy::Proxies;

/// What the environment says about asking servers.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The proxies.
    pub proxies: Proxies,
    /// The file with passwords.
    pub netrc: Option<NetrcFile>,
    /// The file with the certificates to trust, and the variable that names it; without one, those
    /// of the system are trusted.
    pub certificates: Option<(&'static str, PathBuf)>,
}

/// A file with passwords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetrcFile {
    /// It was named, so that it has to be there.
    Named(PathBuf),
    /// It may be there.
    Usual(PathBuf),
}

impl Environment {
    /// That of this process.
    pub fn of_process() -> Self {
        let file = |name: &str| {
            let value = env::var_os(name).filter(|value| !value.is_empty());
            value.map(PathBuf::from)
        };
        let usual = || Some(NetrcFile::Usual(file("HOME")?.join(".netrc")));
        let certificates = ["NIX_SSL_CERT_FILE", "SSL_CERT_FILE"];
        Self {
            proxies: Proxies::new(|name| env::var(name).ok()),
            netrc: file("NETRC").map(NetrcFile::Named).or_else(usual),
            certificates: certificates
                .into_iter()
                .find_map(|name| Some((name, file(name)?))),
        }
    }
}

//! Files of this machine with passwords and with trusted certificates. Touches the world.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};

use ureq::tls::{PemItem, RootCerts, parse_pem};

use super::environment::NetrcFile;
use super::error::AskError;
use super::netrc::Netrc;

const MAX_NETRC: u64 = 1 << 20;
const MAX_CERTIFICATES: u64 = 16 << 20;

/// The user and password for each host; none if there is no file.
pub(super) fn netrc(file: Option<&NetrcFile>) -> Result<Netrc, AskError> {
    let (path, must_be) = match file {
        None => return Ok(Netrc::default()),
        Some(NetrcFile::Named(path)) => (path, true),
        Some(NetrcFile::Usual(path)) => (path, false),
    };
    let wrong = |line, cause: String| AskError::Netrc {
        file: path.clone(),
        line,
        cause,
    };
    let bytes = match read_small(path, MAX_NETRC) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !must_be => Vec::new(),
        Err(error) => return Err(wrong(None, format!("cannot read it: {error}"))),
    };
    let text = str::from_utf8(&bytes).map_err(|_| wrong(None, "it is not UTF-8".to_owned()))?;
    Netrc::parse(text).map_err(|error| wrong(Some(error.line), error.to_string()))
}

/// The authorities to trust: those in the file, or else the system's.
pub(super) fn roots(file: Option<&(&'static str, PathBuf)>) -> Result<RootCerts, AskError> {
    let Some((variable, path)) = file else {
        return Ok(RootCerts::PlatformVerifier);
    };
    let wrong = |cause: String| AskError::Certificates {
        variable,
        file: path.clone(),
        cause,
    };
    let pem = read_small(path, MAX_CERTIFICATES);
    let pem = pem.map_err(|error| wrong(format!("cannot read it: {error}")))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(wrong(format!("it is malformed: {error}"))),
        }
    }
    if certificates.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(RootCerts::from(certificates))
}

/// A file that is read as a whole. One that would never end, or never begin, is refused.
fn read_small(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() || kind.is_fifo() || kind.is_socket() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other("it is too large"));
    }
    Ok(bytes)
}

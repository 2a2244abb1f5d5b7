//! URLs of caches: what is read stays as it was written, and what is shown means the same place and
//! shows no password.

use jobc::cache::{CacheUrl, Location};

/// Reads the text as the URL of a cache.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let url = match text.parse::<CacheUrl>() {
        Ok(url) => url,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    assert_eq!(url.written(), text);
    let shown = url.to_string();
    let again: CacheUrl = shown.parse().expect("what is shown is a URL");
    assert_eq!(again.to_string(), shown);
    assert!(again.parameters().eq(url.parameters()));
    match (url.location(), again.location()) {
        (Location::Http(one), Location::Http(other)) => {
            assert_eq!(one.origin(), other.origin());
            assert!(other.credentials().is_none());
        }
        (one, other) => {
            assert!(format!("{one:?}").len() >= format!("{other:?}").len());
        }
    }
    url.priority();
    url.is_trusted();
}

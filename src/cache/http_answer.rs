//! What the head of an HTTP answer says.

use std::io::{self, Read};
use std::time::Duration;

use ureq::Body;
use ureq::http::Response;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RETRY_AFTER};

use super::address::HttpAddress;
use super::error::AskError;

/// Reading what a server says about an error keeps the connection, if that is short.
const MAX_EXCUSE: u64 = 64 << 10;

/// What is to be seen of a file without fetching it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its size in bytes, if the server says it.
    pub(super) size: Option<u64>,
    /// Its first bytes, if they were asked for.
    pub(super) begin: Vec<u8>,
    /// How the server packed it for the way, if it did.
    pub(super) packed: Option<String>,
}

/// Where an answer sends us.
pub(super) fn follow(
    response: &Response<Body>,
    from: &HttpAddress,
) -> Result<HttpAddress, AskError> {
    let nowhere = AskError::Redirect;
    let location = response.headers().get(LOCATION);
    let location = location.ok_or_else(|| nowhere("to nowhere".to_owned()))?;
    let location = location
        .to_str()
        .map_err(|_| nowhere("to what is no URL".to_owned()))?;
    from.join(location)
        .map(HttpAddress::without_dots)
        .map_err(|error| nowhere(format!("to what is no URL: {error}")))
}

/// Reads what is left of a short answer, so that the connection can be used again.
pub(super) fn skip(response: Response<Body>) {
    let mut body = response.into_body().into_reader().take(MAX_EXCUSE);
    let _ = io::copy(&mut body, &mut io::sink());
}

/// What the head of an answer says of a file.
pub(super) fn seen(response: &Response<Body>) -> Seen {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let header = |name| response.headers().get(name)?.to_str().ok();
    let size = match response.status().as_u16() {
        206 | 416 => {
            let range = header(CONTENT_RANGE);
            range.and_then(|range| number(range.rsplit_once('/')?.1))
        }
        _ => header(CONTENT_LENGTH).and_then(number),
    };
    Seen {
        size,
        begin: Vec::new(),
        packed: packed(response),
    }
}

/// How a server packed what it sends, if it did.
pub(super) fn packed(response: &Response<Body>) -> Option<String> {
    let method = response.headers().get(CONTENT_ENCODING)?;
    let method = String::from_utf8_lossy(method.as_bytes());
    let method = method.trim().to_ascii_lowercase();
    (!method.is_empty() && method != "identity").then_some(method)
}

/// The ways of packing that are undone while an answer is read.
pub(super) const UNPACKED: [&str; 1] = ["gzip"];

/// Seconds; a server that names a date gets the usual waits.
pub(super) fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

//! Errors of the HTTP library, in jobc's words.

use std::io;

use super::address::{HttpAddress, HttpScheme};
use super::error::{UNTRUSTED, Unreachable};
use super::patience::Patience;

/// An error of the library in the words of ours.
pub(super) fn told(error: ureq::Error, address: &HttpAddress, patience: &Patience) -> Unreachable {
    use ureq::Error;
    match error {
        Error::Timeout(ureq::Timeout::Connect) => Unreachable::TimedOut(patience.connect),
        Error::Timeout(_) => Unreachable::TimedOut(patience.answer),
        Error::HostNotFound => Unreachable::Host(address.origin.host.clone()),
        Error::Io(error) => told_by_the_machine(&error, address),
        Error::Tls(cause) => Unreachable::Tls(cause.to_owned()),
        Error::Rustls(cause) => Unreachable::Tls(in_words(&cause.to_string())),
        Error::ConnectProxyFailed(cause) => Unreachable::Proxy(cause),
        Error::ConnectionFailed => Unreachable::Connection("no reason is known".to_owned()),
        Error::Protocol(cause) => Unreachable::Protocol(cause.to_string()),
        other => Unreachable::Protocol(other.to_string()),
    }
}

fn told_by_the_machine(error: &io::Error, address: &HttpAddress) -> Unreachable {
    let text = error.to_string();
    if text.starts_with("failed to lookup address information") {
        return Unreachable::Host(address.origin.host.clone());
    }
    match error.kind() {
        io::ErrorKind::InvalidData if address.origin.scheme == HttpScheme::Https => {
            Unreachable::Tls(in_words(&text))
        }
        io::ErrorKind::UnexpectedEof => Unreachable::Connection("the server hung up".to_owned()),
        _ => Unreachable::Connection(text),
    }
}

/// What the library says of a connection that is not secure, in words if it is a usual one.
fn in_words(text: &str) -> String {
    let usual = [
        ("UnknownIssuer", UNTRUSTED),
        ("certificate expired", "its certificate has expired"),
        ("received corrupt message", "the server does not speak TLS"),
    ];
    let found = usual.iter().find(|(part, _)| text.contains(part));
    found.map_or(text, |(_, words)| words).to_owned()
}

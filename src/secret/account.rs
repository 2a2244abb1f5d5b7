//! Accounts in files: a user and a secret side by side, the hash of a password, a key that two share.
//!
//! ```text
//! pair = word USER ":" secret        word = "credentials" | "login" | "allow" | the host of a relay
//!      | HOST ":" USER ":" secret | USER ":{PLAIN}" secret
//! list = lines of quote USER quote blank quote secret quote
//! ```

use super::Key;
use super::finding::{Secret, secret_of};
use super::text::count;
use super::value::{Writing, is_mixed, is_secret};

/// `USER:secret` after a word that says so, and after the host of a server of mail.
pub(super) fn pairs(line: &str, all: &[(usize, &str)]) -> Vec<Secret> {
    const BEFORE: &[&str] = &[
        "credentials",
        "creds",
        "login",
        "userpwd",
        "basic_auth",
        "auth",
        "allow",
    ];
    let mut found = Vec::new();
    let is_comment = all
        .first()
        .is_some_and(|(_, word)| word.starts_with(['#', ';', '/']));
    for (index, (at, word)) in all.iter().enumerate() {
        if is_comment {
            break;
        }
        let before = index.checked_sub(1).map_or("", |index| all[index].1);
        let name = word.split_once('=').map_or("", |(name, _)| name);
        let ends = |name: &str| BEFORE.iter().any(|end| name.ends_with(end));
        let is_host = index == 1 && all.len() == 2 && is_mail_host(before);
        let value = if is_host || BEFORE.contains(&before) {
            *word
        } else if ends(name) {
            word[name.len() + 1..].trim_matches(['"', '\''])
        } else {
            continue;
        };
        let at = at + word.find(value).unwrap_or_default();
        if let Some((user, secret)) = value.split_once(':')
            && is_user(user)
            && is_strong_pair(secret)
        {
            found.push(secret_of(
                if name.is_empty() { before } else { name },
                at + user.len() + 1,
                secret,
            ));
        }
    }
    // Exim's clients: `HOST:USER:secret`.
    if let [(at, word)] = all[..]
        && let Some((host, rest)) = word.split_once(':')
        && let Some((user, secret)) = rest.split_once(':')
        && host.contains('.')
        && host.bytes().any(|byte| byte.is_ascii_alphabetic())
        && is_user(host)
        && is_user(user)
        && is_strong_pair(secret)
    {
        found.push(secret_of(host, at + word.len() - secret.len(), secret));
    }
    // Dovecot's users: `USER:{PLAIN}secret:`.
    let braces = line.as_bytes().contains(&b'{');
    for scheme in [":{PLAIN}", ":{CLEAR}", ":{CLEARTEXT}"] {
        if braces && let Some(start) = line.find(scheme) {
            let start = start + scheme.len();
            let length = line[start..].find([':', ' ']).unwrap_or(line.len() - start);
            let secret = &line[start..start + length];
            if is_secret(Key::Password, secret, Writing::Argument) {
                found.push(secret_of(scheme.trim_start_matches(':'), start, secret));
            }
        }
    }
    found
}

fn is_user(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.@".contains(&byte))
}

fn is_strong_pair(secret: &str) -> bool {
    let has_hump = secret
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    (is_mixed(secret) || has_hump)
        && secret.len() >= 6
        && !secret.contains([':', '/', '.', '(', '"', '$', ',', '=', '{'])
        && is_secret(Key::Password, secret, Writing::Argument)
}

/// `[HOST]:PORT`, or a host and a port, as Postfix names relays.
fn is_mail_host(word: &str) -> bool {
    let (host, port) = word.rsplit_once(':').unwrap_or((word, "25"));
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    let is_host = is_bracketed || host.contains('.') && is_user(host) && word.contains(':');
    is_host && port.parse::<u16>().is_ok()
}

/// Keys that both ends share, in the file of strongSwan: `: PSK "secret"`.
pub(super) fn shared(line: &str) -> Option<Secret> {
    const KINDS: [(&str, &str); 4] = [
        ("PSK", ": PSK \""),
        ("EAP", ": EAP \""),
        ("XAUTH", ": XAUTH \""),
        ("NTLM", ": NTLM \""),
    ];
    if !line.as_bytes().contains(&b'"') {
        return None;
    }
    let (start, kind) = KINDS
        .into_iter()
        .find_map(|(kind, written)| Some((line.find(written)? + written.len(), kind)))?;
    let length = line[start..].find('"')?;
    let secret = &line[start..start + length];
    let is_comment = line.trim_start().starts_with('#');
    (!is_comment && is_secret(Key::Password, secret, Writing::Argument))
        .then(|| secret_of(kind, start, secret))
}

/// Hashes of passwords, wherever they stand on a line.
pub(super) fn hashes(line: &str) -> Vec<Secret> {
    const SCHEMES: &[(&str, usize)] = &[
        ("$apr1$", 24),
        ("$1$", 28),
        ("$2a$", 50),
        ("$2b$", 50),
        ("$2y$", 50),
        ("$5$", 40),
        ("$6$", 80),
        ("$y$", 40),
        ("$argon2", 40),
    ];
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = line[at..].find('$') {
        let start = at + next;
        at = start + 1;
        let is_hash = |byte: u8| byte.is_ascii_alphanumeric() || b"./$=,+-_".contains(&byte);
        let fits = SCHEMES
            .iter()
            .find(|(scheme, _)| line[start..].starts_with(scheme));
        if let Some((_, least)) = fits {
            let length = count(&line[start..], is_hash);
            if length >= *least {
                at = start + length;
                found.push(Secret {
                    range: start..at,
                    what: "the hash of a password is written out".to_owned(),
                });
            }
        }
    }
    found
}

/// A file of nothing but `"USER" "secret"` lines: those of `PgBouncer`.
pub(super) fn userlist(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let parts: Vec<&str> = content.split('"').collect();
        match parts[..] {
            ["", user, " ", secret, ""] if is_user(user) => {
                let at = start + content.len() - 1 - secret.len();
                if is_secret(Key::Password, secret, Writing::Argument) {
                    found.push(secret_of(user, at, secret));
                }
            }
            [_] if content.is_empty() || content.starts_with(';') => {}
            _ => return Vec::new(),
        }
        start += line.len();
    }
    found
}

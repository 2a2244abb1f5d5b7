//! What something is called, and whether its name says that it is secret.

/// What something with a telling name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Something that people think of: any value may be one.
    Password,
    /// Something that programs make: long, and random.
    Token,
    /// Something whose value may as well be the name of a secret.
    Other,
    /// A key of some kind, which is secret if it is long and random.
    Opaque,
}

/// How the names of passwords end.
const PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "mysqlpwd",
    "dbpwd",
    "sshpass",
    "requirepass",
    "masterauth",
    "rediscliauth",
    "bindpw",
    "rootpw",
    "authtok",
    "storepass",
    "keypass",
    "keystorepass",
    "presharedkey",
];
/// How the names of tokens and keys end.
const TOKENS: &[&str] = &[
    "secret",
    "token",
    "apikey",
    "secretkey",
    "secretaccesskey",
    "accesskey",
    "accountkey",
    "authkey",
    "appkey",
    "masterkey",
    "privatekey",
    "encryptionkey",
    "signingkey",
    "secretkeybase",
    "apisecretkey",
    "sessionkey",
    "servicekey",
    "deploykey",
];
/// Words that are the whole last word of a name.
const LAST_WORDS: &[&str] = &["pass", "pwd", "pw", "psk"];
/// A name that begins so is a switch or a limit.
const DENIALS: &[&str] = &[
    "no",
    "ask",
    "prompt",
    "without",
    "use",
    "has",
    "is",
    "forgot",
    "reset",
    "show",
    "hide",
    "min",
    "max",
    "enable",
    "disable",
    "num",
    "public",
    "proxy",
    "fastcgi",
    "uwsgi",
    "scgi",
    "grpc",
    "memcached",
    "confirm",
];

/// What a thing called `name` is, if its name says that it is secret.
pub fn key(name: &str) -> Option<Key> {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let name = name.trim_end_matches(['_', '-']);
    if !may_tell(name) {
        return None;
    }
    let name = name.trim_start_matches(['-', '.', '_']);
    if DENIALS.contains(&&*first_word(name)) {
        return None;
    }
    let joined: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | '.'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let end = joined.as_bytes().last();
    // Most words end otherwise, which one byte tells.
    let ends = |all: &[&str]| {
        let mut words = all.iter().filter(|word| word.as_bytes().last() == end);
        words.any(|word| joined.ends_with(word))
    };
    let last = last_word(name);
    if ends(PASSWORDS) || LAST_WORDS.contains(&&*last) && !matches!(name, "PWD" | "OLDPWD") {
        Some(Key::Password)
    } else if ends(TOKENS) {
        Some(Key::Token)
    } else if is_opaque(&joined, &last) {
        Some(Key::Opaque)
    } else {
        None
    }
}

/// Whether a name ends as one that tells may: three letters say of nearly all others that they do not.
fn may_tell(name: &str) -> bool {
    const LENGTH: usize = 3;
    if name.ends_with('.') {
        return false;
    }
    let letters = name.bytes().rev().filter(|byte| !b"-_.".contains(byte));
    let mut end = [0; LENGTH];
    for (place, letter) in end.iter_mut().rev().zip(letters) {
        *place = letter.to_ascii_lowercase();
    }
    is_telling(end)
}

/// Whether a name whose letters end so may tell.
pub(super) fn is_telling(last_letters: [u8; 3]) -> bool {
    matches!(
        &last_letters,
        b"ord"
            | b"swd"
            | b"ase"
            | b"ode"
            | b"pwd"
            | b"ass"
            | b"uth"
            | b"tok"
            | b"key"
            | b"ret"
            | b"ken"
            | b"psk"
            | b"gin"
            | b"nid"
            | [_, b'p', b'w']
    )
}

/// Whether it is a key of something, and of nothing whose keys everybody sees.
fn is_opaque(joined: &str, last: &str) -> bool {
    const OPEN: &[&str] = &[
        "public",
        "pub",
        "cache",
        "primary",
        "foreign",
        "sort",
        "partition",
        "host",
        "ssh",
        "gpg",
        "pgp",
        "object",
        "site",
        "publishable",
        "registry",
        "sub",
        "row",
        "group",
        "hash",
        "shard",
        "routing",
        "idempotency",
        "trusted",
        "verify",
        "verification",
        "tls",
        "ssl",
    ];
    let named = joined.strip_suffix("key").filter(|_| last.ends_with("key"));
    let is_key = named.is_some_and(|before| {
        !before.is_empty() && !OPEN.iter().any(|word| before.ends_with(word))
    });
    is_key || ["sonarlogin", "sessionid"].contains(&joined)
}

/// The first word of several; nothing if the name is one word.
fn first_word(name: &str) -> String {
    match name.find(['-', '_', '.']) {
        Some(end) => name[..end].to_ascii_lowercase(),
        None => String::new(),
    }
}

/// The last word, in `some_pass`, `some-pass` and `somePass`.
fn last_word(name: &str) -> String {
    let start = name.rfind(['-', '_', '.']).map_or(0, |at| at + 1);
    let word = &name[start..];
    let bytes = word.as_bytes();
    let hump = (1..bytes.len())
        .rev()
        .find(|&at| bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase());
    word[hump.unwrap_or(0)..].to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_telling_name_is_passed_over() {
        let lists = [
            PASSWORDS,
            TOKENS,
            LAST_WORDS,
            &["key", "sonarlogin", "sessionid"],
        ];
        for word in lists.into_iter().flatten() {
            assert!(may_tell(word), "{word}");
            assert!(
                may_tell(&format!("some-{}", word.to_ascii_uppercase())),
                "{word}"
            );
        }
    }

    #[test]
    fn telling_names() {
        for name in [
            "password",
            "DB_PASSWORD",
            "--http-passwd",
            "dbPass",
            "db_pw",
            "Pwd",
            "PASSWORD2",
            "spring.datasource.password",
            "keyStorePassword",
        ] {
            assert_eq!(key(name), Some(Key::Password), "{name}");
        }
        for name in [
            "apiKey",
            "API_TOKEN",
            "clientSecret",
            "aws_secret_access_key",
        ] {
            assert_eq!(key(name), Some(Key::Token), "{name}");
        }
        for name in [
            "ALGOLIA_ADMIN_KEY",
            "license_key",
            "fastlyKey",
            "LicenseKey",
        ] {
            assert_eq!(key(name), Some(Key::Opaque), "{name}");
        }
        for name in [
            "",
            "cache_key",
            "partitionKey",
            "tokenizer",
            "proxy_pass",
            "no-password",
            "password-file",
            "compass",
            "bypass",
            "PWD",
            "public_key",
            "key",
            "tokens",
            "keyword",
            "PASS_MAX_DAYS",
            "--tls-key",
        ] {
            assert_eq!(key(name), None, "{name}");
        }
    }
}

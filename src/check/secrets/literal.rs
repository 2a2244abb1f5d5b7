//! Whether a value is a secret that is written out, by what it is called and how it looks.

use super::scan::Language;

/// What something with a telling name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// Something that people think of: any value may be one.
    Password,
    /// Something that programs make: long, and random.
    Token,
    /// Something whose value may as well be the name of a secret.
    Other,
}

/// What a thing called `name` is, if its name says that it is secret.
pub(super) fn key(name: &str) -> Option<Key> {
    const PASSWORDS: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "mysqlpwd",
        "dbpwd",
        "sshpass",
    ];
    const TOKENS: &[&str] = &[
        "secret",
        "token",
        "apikey",
        "secretkey",
        "accesskey",
        "authkey",
        "privatekey",
        "encryptionkey",
        "signingkey",
    ];
    const DENIALS: &[&str] = &["no", "ask", "prompt", "without", "use", "has", "is"];
    let last = name.bytes().last()?;
    if !b"dDeEnNtTyYsS".contains(&last) {
        return None;
    }
    let name = name
        .trim_start_matches(['-', '.', '_'])
        .to_ascii_lowercase();
    let mut words = name.split(['-', '_', '.']);
    let first = words.next().unwrap_or_default();
    if DENIALS.contains(&first) && name.len() > first.len() {
        return None;
    }
    let last = words.next_back().unwrap_or(first);
    let joined: String = name.split(['-', '_', '.']).collect();
    let ends = |all: &[&str]| all.iter().any(|word| joined.ends_with(word));
    if ends(PASSWORDS) || last == "pass" {
        Some(Key::Password)
    } else if ends(TOKENS) {
        Some(Key::Token)
    } else {
        None
    }
}

/// Whether `value` is a secret, and no reference to one.
pub(super) fn is_secret(key: Key, value: &str, language: Language, is_quoted: bool) -> bool {
    const SHORTEST_PASSWORD: usize = 3;
    const SHORTEST_TOKEN: usize = 8;
    const SHORTEST_OTHER: usize = 12;
    if is_reference(value) || is_placeholder(value) {
        return false;
    }
    let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    let is_one_word = !value.contains(['-', '_', '.', '/', ' ']);
    let length = value.chars().count();
    let looks_so = match key {
        Key::Password => length >= SHORTEST_PASSWORD,
        Key::Token => length >= SHORTEST_TOKEN && (is_mixed || is_one_word),
        Key::Other => length >= SHORTEST_OTHER && is_mixed && !value.contains('='),
    };
    let is_value = match (language, is_quoted) {
        (Language::Command, _) => true,
        // Neither a sentence nor the name of something.
        (Language::File, true) => !value.contains(' '),
        (Language::File, false) => {
            is_mixed && length >= SHORTEST_TOKEN && !value.contains(['.', '[', ':', '>'])
        }
    };
    looks_so && is_value
}

/// Whether somebody else fills it in, or it says where to look.
fn is_reference(value: &str) -> bool {
    const ELSEWHERE: &[&str] = &[
        "/", "./", "../", "~", "@", "env:", "file:", "vault:", "arn:", "op://", "ENC[", "ref+",
    ];
    value.contains(['$', '`', '<', '{', '%'])
        || ELSEWHERE.iter().any(|start| value.starts_with(start))
}

/// Whether it obviously stands for another value.
pub(super) fn is_placeholder(value: &str) -> bool {
    const PARTS: &[&str] = &[
        "example",
        "changeme",
        "change_me",
        "change-me",
        "placeholder",
        "redacted",
        "dummy",
        "your",
        "xxxx",
        "***",
        "...",
        "todo",
        "_here",
        "-here",
    ];
    const WORDS: &[&str] = &[
        "none",
        "null",
        "nil",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "empty",
        "undefined",
        "xxx",
        "optional",
        "required",
    ];
    let mut characters = value.chars();
    let first = characters.next();
    if characters.all(|c| Some(c) == first) {
        return true;
    }
    let lower = value.to_ascii_lowercase();
    PARTS.iter().any(|part| lower.contains(part)) || WORDS.contains(&lower.as_str())
}

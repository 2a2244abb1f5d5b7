//! Whether a value is a secret, and no reference to one, no placeholder and no plain word.

use super::Key;

/// Stands in a value for what is put there later: `$NAME`, `$(...)`, `{{...}}`.
pub(super) const EXPANSION: char = '\u{fffc}';

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// A word of a command, whatever its quotes were.
    Argument,
    /// Between quotes, in some file.
    Quoted,
    /// Without quotes in a file that gives things names; otherwise it would be rather a variable.
    Bare,
}

/// Whether the value of something that is `key` is a secret, where a shell or a program reads it.
pub(super) fn is_secret(key: Key, value: &str, writing: Writing) -> bool {
    !is_expanded(value) && looks_secret(key, value, writing)
}

/// Whether a value that is not filled in later is a secret.
pub(super) fn looks_secret(key: Key, value: &str, writing: Writing) -> bool {
    const SHORTEST_PASSWORD: usize = 3;
    const SHORTEST_TOKEN: usize = 8;
    const SHORTEST_OTHER: usize = 12;
    if is_elsewhere(value) || is_placeholder(value) || names_only(value) {
        return false;
    }
    let is_mixed = is_mixed(value);
    let is_one_word = !value.contains(['-', '_', '.', '/', ' ']);
    let length = value.chars().count();
    let looks_so = match key {
        Key::Password => length >= SHORTEST_PASSWORD,
        Key::Token => length >= SHORTEST_TOKEN && (is_mixed && !is_numbered(value) || is_one_word),
        Key::Other => {
            let value = value.trim_end_matches('=');
            length >= SHORTEST_OTHER && is_mixed && !value.contains('=') && !is_numbered(value)
        }
        Key::Opaque => is_opaque(value),
    };
    let is_value = match writing {
        Writing::Argument => true,
        // Neither a sentence nor the name of something.
        Writing::Quoted => {
            let is_phrase = || {
                key == Key::Password
                    && value.split(' ').count() <= 3
                    && value.starts_with(|c: char| c.is_ascii_lowercase())
                    && has_digit(value)
            };
            !value.contains(' ') || value.split(' ').any(is_mixed_word) || is_phrase()
        }
        Writing::Bare => {
            !value.contains(['.', '[', '(', '>', ' '])
                && !value.contains("::")
                && match key {
                    Key::Password => length >= 4,
                    Key::Token | Key::Other | Key::Opaque => {
                        (is_mixed || has_many_humps(value)) && length >= SHORTEST_TOKEN
                    }
                }
        }
    };
    looks_so && is_value
}

/// Whether letters and digits stand in it.
pub(super) fn is_mixed(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

/// Whether it is long, and of letters and digits that look random.
fn is_opaque(value: &str) -> bool {
    const SHORTEST: usize = 30;
    let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    let body = value.trim_end_matches('=');
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"+/_".contains(&byte);
    let is_hex = body.bytes().all(|byte| byte.is_ascii_hexdigit());
    let three =
        has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let is_hexadecimal = is_hex && is_mixed(body);
    // Letters and digits take turns.
    let pairs = body.as_bytes().windows(2);
    let turns = pairs.filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit());
    let is_hexadecimal = is_hexadecimal || turns.count() >= 8;
    body.len() >= SHORTEST && body.bytes().all(letters) && (is_hexadecimal || three)
}

/// Whether it is words with a number at the end: `etcd-cluster-1`.
fn is_numbered(value: &str) -> bool {
    let mut words: Vec<&str> = value.split(['-', '_']).collect();
    let number = words.pop().unwrap_or_default();
    let number = number.strip_prefix('v').unwrap_or(number);
    let is_number = number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = |word: &&str| {
        (2..=12).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    is_number && !words.is_empty() && words.iter().all(is_name)
}

/// Whether capitals and small letters take turns as in no name.
fn has_many_humps(value: &str) -> bool {
    const SHORTEST: usize = 12;
    let pairs = value.as_bytes().windows(2);
    let humps = pairs.filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    value.len() >= SHORTEST
        && value.bytes().all(|byte| byte.is_ascii_alphabetic())
        && humps.count() >= 3
}

fn has_digit(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_mixed_word(word: &str) -> bool {
    word.len() >= 4 && is_mixed(word)
}

/// Whether it is filled in later.
fn is_expanded(value: &str) -> bool {
    const INSIDE: &[&str] = &["${", "$(", "{{", "$__"];
    let is_variable = value.strip_prefix('$').is_some_and(|name| {
        let rest = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        rest.is_empty() || rest.starts_with(['/', ':', '.'])
    });
    value.contains(EXPANSION)
        || is_variable
        || value.starts_with('`')
        || INSIDE.iter().any(|part| value.contains(part))
}

/// Whether it says where to look.
fn is_elsewhere(value: &str) -> bool {
    const STARTS: &[&str] = &[
        "./",
        "../",
        "~",
        "@",
        "env:",
        "file:",
        "vault:",
        "arn:",
        "op://",
        "ENC[",
        "ENC(",
        "ref+",
        "$ANSIBLE_VAULT",
        "secretsmanager:",
        "ssm:",
        "awssm:",
        "gcpsm:",
        "keychain:",
        "pass:show",
        "fd:",
        "AQICAH",
        "{cipher}",
    ];
    const INSIDE: &[&str] = &["#{", "%(", "<%", "://"];
    const AROUND: &[(char, char)] = &[('<', '>'), ('{', '}'), ('[', ']'), ('%', '%'), ('(', ')')];
    let around = |(open, close): &(char, char)| {
        value.starts_with(*open) && value.ends_with(*close) && value.len() > 2
    };
    is_path(value)
        || INSIDE.iter().any(|part| value.contains(part))
        || STARTS.iter().any(|start| value.starts_with(start))
        || AROUND.iter().any(around)
}

/// Base 64 may begin with a slash, too.
fn is_path(value: &str) -> bool {
    value.starts_with('/') && !(value.len() >= 40 && value.ends_with('='))
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
        "replace",
        "\u{2022}",
        "insert",
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
        "requisite",
        "sufficient",
        "string",
        "text",
        "bool",
        "boolean",
        "hidden",
        "disabled",
        "enabled",
        "default",
        "strict",
        "strong",
        "weak",
        "bearer",
        "basic",
        "digest",
        "plain",
        "plaintext",
        "md5",
        "sha512",
        "sha256",
        "sha-256",
        "scram-sha-256",
        "bcrypt",
        "argon2id",
        "prompt",
        "auto",
        "user",
        "username",
        "email",
        "varchar",
        "nullable",
        "passwort",
        "kennwort",
        "senha",
        "wachtwoord",
        "parola",
        "lozinka",
        "cookie",
        "header",
        "query",
        "session",
        "login",
        "self",
        "this",
        "new",
        "await",
        "return",
    ];
    let mut characters = value.chars();
    let first = characters.next();
    if characters.all(|c| Some(c) == first) {
        return true;
    }
    let lower = value.to_ascii_lowercase();
    PARTS.iter().any(|part| lower.contains(part)) || WORDS.contains(&lower.as_str())
}

/// Whether it says nothing but what it would be: `my-secret`, `db_password`, `token1`, `__TOKEN__`.
pub(super) fn names_only(value: &str) -> bool {
    const TELLING: &[&str] = &[
        "password",
        "passwd",
        "pass",
        "pw",
        "pwd",
        "secret",
        "token",
        "credential",
        "key",
        "passphrase",
    ];
    const BESIDE: &[&str] = &[
        "",
        "my",
        "the",
        "a",
        "db",
        "app",
        "api",
        "user",
        "admin",
        "access",
        "auth",
        "s",
        "or",
        "and",
        "new",
        "old",
        "client",
        "root",
        "name",
        "id",
        "value",
        "database",
        "basic",
        "bearer",
        "refresh",
        "session",
        "default",
        "service",
        "tls",
        "ssh",
        "registry",
        "jwt",
        "repo",
        "test",
        "private",
        "public",
        "config",
        "params",
        "current",
        "hash",
        "hashed",
        "github",
        "gitlab",
        "deploy",
        "npm",
        "aws",
        "credentials",
        "smtp",
        "ldap",
        "redis",
        "postgres",
        "mysql",
        "webhook",
    ];
    let lower = value.to_ascii_lowercase();
    let is_separator = |c: char| !c.is_ascii_alphabetic();
    // Digits at the end of words are numbers of variables; in the middle they belong to a secret.
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    if digits > 1 || !value.is_ascii() || value.contains(['!', '#', '$', '%', '&', '*', '+', ' ']) {
        return false;
    }
    let mut tells = false;
    let all = lower.split(is_separator).all(|word| {
        let word = word
            .strip_suffix('s')
            .filter(|word| TELLING.contains(word))
            .unwrap_or(word);
        let is_telling = TELLING.contains(&word);
        tells |= is_telling;
        is_telling || BESIDE.contains(&word)
    });
    all && tells
}

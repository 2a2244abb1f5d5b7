//! Secrets in files whose format says where they are: lines of words, of fields with colons, or a name and
//! a value with nothing but blanks in between.
//!
//! ```text
//! line = name blank value                 requirepass, bindpw, ENV NAME VALUE
//!      | ["machine" HOST] ... "password" value        netrc, fetchmail, msmtp
//!      | HOST ":" PORT ":" DATABASE ":" USER ":" value            .pgpass
//!      | USER ":" hash                    htpasswd
//!      | "extraheader" "=" NAME ":" value Git
//!      | USER SECRET fields of PPP's secrets, of SNMP's users, of Redis' ACL
//! sql  = ("PASSWORD" | "IDENTIFIED BY") quote value quote
//! ```

use super::finding::{Secret, secret_of};
use super::signs::Signs;
use super::text::{LONGEST_VALUE, is_blank, words};
use super::value::{Writing, is_mixed, is_secret};
use super::{Key, account, call, key};

/// Names that stand before their values with a blank in between, wherever in a line.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "insecure-password",
    "pass",
    "secret",
    "login-password",
];
/// Names that begin a line and have their value after a blank.
const NAMES: &[&str] = &[
    "requirepass",
    "masterauth",
    "bindpw",
    "rootpw",
    "rootbindpw",
    "remote_password",
    "bridge_password",
    "smtp_password",
    "sasl_password",
    "passphrase",
    "community_password",
    "auth_token",
    "authtoken",
    "api_key",
    "rpcpassword",
    "sentinel_password",
    "auth-pass",
    "auth_pass",
    "tls-key-file-pass",
    "masterpass",
    "adminpw",
];

/// At most this many words of a line are looked at.
const MOST_WORDS: usize = 64;
/// At most this many, where a line has a fixed form.
const FEW_WORDS: usize = 16;

pub(super) fn find(text: &str, signs: &Signs) -> Vec<Secret> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut colons = Lines::default();
    // Few texts have what these look for on a line.
    let has_fields = signs.has(b':') || signs.has(b'>') || signs.has(b'"') || signs.has(b'U');
    let has_hashes = signs.has(b'$');
    let has_calls = signs.has_quote() && (signs.has(b'(') || signs.has(b'-'));
    let lines = if signs.tells() || has_fields || has_hashes || has_calls {
        text
    } else {
        ""
    };
    for line in lines.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        if signs.tells() || signs.has(b':') {
            let named = signs.tells().then(|| names(content)).flatten();
            found.extend(
                named
                    .or_else(|| pgpass(content))
                    .or_else(|| hashed(content))
                    .or_else(|| extra_header(content))
                    .map(|it| it.at(start)),
            );
        }
        if signs.tells() || has_fields && may_have_fields(content, signs) {
            let words: Vec<(usize, &str)> = words(content).take(MOST_WORDS).collect();
            let few = &words[..words.len().min(FEW_WORDS)];
            let on_line = login_of(content, &words).into_iter();
            let on_line = on_line.chain(fields(content, few));
            let on_line = on_line.chain(account::pairs(content, few));
            found.extend(on_line.map(|it| it.at(start)));
        }
        if signs.has(b':') {
            found.extend(account::shared(content).map(|it| it.at(start)));
            colons.see(content, start);
        }
        if has_hashes {
            found.extend(account::hashes(content).into_iter().map(|it| it.at(start)));
        }
        if has_calls {
            found.extend(call::find(content).into_iter().map(|it| it.at(start)));
        }
        start += line.len();
    }
    found.extend(colons.secrets(text));
    if signs.has(b'"') {
        found.extend(account::userlist(text));
        if signs.tells() {
            found.extend(defaults(text));
        }
    }
    found.extend(putty(text));
    found.extend(sql(text, signs));
    found
}

/// Whether a line of a text may have an account or fields in it.
fn may_have_fields(line: &str, signs: &Signs) -> bool {
    let first = || words(line).next().map_or("", |(_, word)| word);
    signs.has(b':') || line.starts_with('"') || matches!(first(), "user" | "createUser")
}

/// `NAME VALUE`, and nothing else on the line.
fn names(line: &str) -> Option<Secret> {
    let mut words = words(line);
    let (mut name_at, mut name) = words.next()?;
    let is_docker = [
        "ENV",
        "ARG",
        "set",
        "export",
        "setenv",
        "SET",
        "SetEnv",
        "#define",
        "proxy_set_header",
        "fastcgi_param",
        "uwsgi_param",
    ]
    .contains(&name);
    if is_docker {
        (name_at, name) = words.find(|(_, word)| !word.starts_with('-'))?;
    }
    // A variable of Robot.
    let variable = name.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    let is_variable = variable.is_some_and(|name| key(name).is_some());
    let name = variable.unwrap_or(name);
    let (at, value) = words.next()?;
    let value = value.strip_suffix(';').unwrap_or(value);
    let lower = name.to_ascii_lowercase();
    let is_known = NAMES.contains(&&*lower) || is_variable || is_docker && key(name).is_some();
    // Apache's and others': `LDAPBindPassword VALUE`.
    let is_directive = !is_docker
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && name.bytes().filter(u8::is_ascii_uppercase).count() >= 2
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
        && key(name).is_some()
        && is_mixed(value)
        && value.len() >= 8
        && !value.contains(['.', '(', '/', ':', '{']);
    let is_known = is_known || is_directive;
    let is_quoted = line.as_bytes()[at.saturating_sub(1)] != b' ' && at > name_at + name.len() + 1;
    let is_last = words
        .next()
        .is_none_or(|(_, next)| next.starts_with(['#', ';']));
    let is_value = is_secret(Key::Password, value, Writing::Argument) && !value.starts_with('=');
    (is_known && is_last && is_value && (is_quoted || !value.contains('=')))
        .then(|| secret_of(name, at, value))
}

/// `login USER password VALUE` on one line, and `password VALUE` alone on one.
pub(super) fn login(line: &str) -> Vec<Secret> {
    let all: Vec<(usize, &str)> = words(line).take(MOST_WORDS).collect();
    login_of(line, &all)
}

fn login_of(line: &str, all: &[(usize, &str)]) -> Vec<Secret> {
    let mut found = Vec::new();
    let is_comment = all
        .first()
        .is_some_and(|(_, word)| word.starts_with(['#', ';']));
    for (index, (_, word)) in all.iter().enumerate() {
        let Some((at, value)) = all.get(index + 1).copied() else {
            break;
        };
        let value = value.strip_suffix([';', ',']).unwrap_or(value);
        if is_comment || !WORDS.contains(word) {
            continue;
        }
        let before = &all[..index];
        let has_login = before.iter().any(|(_, word)| {
            matches!(*word, "login" | "user" | "username" | "machine" | "account")
        });
        let is_ended = all.len() == 3 && all[2].1 == ";";
        let is_alone = index == 0 && (all.len() == 2 || is_ended);
        let is_quoted = at > 0 && matches!(line.as_bytes()[at - 1], b'"' | b'\'');
        let is_strong = is_mixed(value) && value.len() >= 6 && !is_expression(value);
        let shows = has_login
            && (is_strong
                || is_quoted
                || value.len() >= 5 && !before.is_empty() && before.len() >= 3)
            || is_alone && is_strong;
        if shows && is_secret(Key::Password, value, Writing::Argument) {
            found.push(secret_of(word, at, value));
        }
    }
    found
}

/// Whether a word is rather a piece of some language; base 64 is none.
fn is_expression(word: &str) -> bool {
    let is_base64 = word.len() >= 20
        && word.ends_with('=')
        && word.len().is_multiple_of(4)
        && word
            .trim_end_matches('=')
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    !is_base64 && word.contains(['.', '(', '=', '/', ':'])
}

/// The defaults of Terraform's variables: `variable "NAME" {`, and `default = "secret"` below it.
fn defaults(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    let mut open: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if let Some(rest) = content.strip_prefix("variable \"") {
            let name = rest.split('"').next().unwrap_or_default();
            open = key(name).is_some().then_some(name);
        } else if content == "}" {
            open = None;
        } else if let Some(name) = open
            && let Some(value) = content.strip_prefix("default")
            && let Some(value) = value.trim_start().strip_prefix("= \"")
            && let Some(value) = value.strip_suffix('"')
            && is_secret(Key::Password, value, Writing::Quoted)
        {
            let at = start + line.trim_end().len() - 1 - value.len();
            found.push(secret_of(name, at, value));
        }
        start += line.len();
    }
    found
}

/// The private half of a key of `PuTTY`.
fn putty(text: &str) -> Option<Secret> {
    if !text.starts_with("PuTTY-User-Key-File-") {
        return None;
    }
    let lines = text.find("\nPrivate-Lines:")? + 1;
    let start = lines + text[lines..].find('\n')? + 1;
    let length = text[start..]
        .find("\nPrivate-MAC")
        .unwrap_or(text.len() - start);
    (length > 0).then(|| Secret {
        range: start..start + length,
        what: "a private key is written out".to_owned(),
    })
}

/// `HOST:PORT:DATABASE:USER:VALUE`.
fn pgpass(line: &str) -> Option<Secret> {
    let mut parts = line.splitn(5, ':');
    let [host, port, database, user, password] = std::array::from_fn(|_| parts.next());
    let (password, port) = (password?, port?);
    let is_port = port == "*" || port.len() >= 2 && port.parse::<u16>().is_ok();
    let is_field = |text: Option<&str>| {
        text.is_some_and(|text| !text.is_empty() && !text.contains([' ', '/', '"', '{', '=', '\t']))
    };
    let fits = is_port
        && is_field(host)
        && is_field(database)
        && is_field(user)
        && !password.contains([' ', '/', ':']);
    (fits && is_secret(Key::Password, password, Writing::Argument))
        .then(|| secret_of(".pgpass", line.len() - password.len(), password))
}

/// `extraheader = NAME: VALUE` of Git, where machines keep the token of a checkout.
fn extra_header(line: &str) -> Option<Secret> {
    let line = line.trim_end().trim_end_matches(['"', '\'']);
    let (name, header) = line.split_once('=')?;
    let name = name.trim();
    let last = name.rsplit('.').next()?;
    let (_, value) = header.split_once(':')?;
    let value = value.rsplit(char::is_whitespace).next()?;
    let is_one = last.eq_ignore_ascii_case("extraheader");
    (is_one && is_secret(Key::Token, value, Writing::Quoted))
        .then(|| secret_of(name, line.len() - value.len(), value))
}

/// `USER:HASH`: weak ones are guessed by machines.
fn hashed(line: &str) -> Option<Secret> {
    const HASHES: &[&str] = &[
        "$apr1$", "$1$", "$5$", "$6$", "$2y$", "$2a$", "$2b$", "$y$", "$7$", "$gy$", "{SHA}",
        "{SSHA}", "$argon2",
    ];
    let (user, rest) = line.split_once(':')?;
    let hash = rest.split(':').next()?;
    let is_user =
        !user.is_empty() && user.len() <= 64 && !user.contains([' ', '"', '\'', '=', '{', '\t']);
    let is_hash = HASHES.iter().any(|start| hash.starts_with(start))
        && hash.len() >= 20
        && !hash.contains(' ');
    (is_user && is_hash).then(|| Secret {
        range: user.len() + 1..user.len() + 1 + hash.len(),
        what: "the hash of a password is written out".to_owned(),
    })
}

/// Lines of words in an order that a program has given them.
fn fields(line: &str, all: &[(usize, &str)]) -> Vec<Secret> {
    let word = |index: usize| all.get(index).map(|(_, word)| *word);
    let mut found = Vec::new();
    let mut push = |index: usize, from: usize| {
        if let Some((at, value)) = all.get(index)
            && let Some(value) = value.get(from..)
            && is_secret(Key::Password, value, Writing::Argument)
        {
            found.push(secret_of(word(0).unwrap_or_default(), at + from, value));
        }
    };
    match word(0) {
        // Redis: `user NAME on >secret`.
        Some("user") => {
            for index in 2..all.len() {
                if word(index).is_some_and(|word| word.starts_with('>')) {
                    push(index, 1);
                }
            }
        }
        // SNMP: `createUser NAME SHA "secret" AES "secret"`.
        Some("createUser") => {
            for index in 3..all.len() {
                let before = word(index - 1).unwrap_or_default().to_ascii_uppercase();
                if [
                    "MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512", "DES", "AES",
                    "AES-128", "AES-256",
                ]
                .contains(&&*before)
                {
                    push(index, 0);
                }
            }
        }
        // PPP: `"NAME" SERVER "secret" ADDRESSES`.
        Some(_)
            if line.starts_with('"')
                && (3..=4).contains(&all.len())
                && matches!(word(1), Some("*" | "l2tpd" | "pptpd")) =>
        {
            push(2, 0);
        }
        _ => {}
    }
    // curl's configuration: `user = "NAME:secret"`.
    let sign = usize::from(word(1) == Some("="));
    if let Some("user" | "proxy-user" | "-u" | "--user") = word(0)
        && all.len() == 2 + sign
        && let Some(colon) = word(1 + sign).and_then(|word| word.find(':'))
        && line.contains('"')
    {
        push(1 + sign, colon + 1);
    }
    found
}

/// A file of nothing but `USER:secret` lines: rsync's, and others'.
#[derive(Default)]
struct Lines {
    pairs: Vec<(usize, usize)>,
    is_other: bool,
}

impl Lines {
    fn see(&mut self, line: &str, start: usize) {
        const MOST: usize = 200;
        if self.is_other || line.trim().is_empty() || line.starts_with('#') {
            return;
        }
        let is_name = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-.@".contains(&byte))
        };
        match line.split_once(':') {
            Some((user, secret))
                if is_name(user)
                    && is_mixed(secret)
                    && secret.len() >= 6
                    && !secret.contains([':', ' ', '/', '.', '(', '"', '$', ',', '='])
                    && self.pairs.len() < MOST =>
            {
                self.pairs
                    .push((start + user.len() + 1, start + line.len()));
            }
            _ => self.is_other = true,
        }
    }

    fn secrets(self, text: &str) -> Vec<Secret> {
        if self.is_other {
            return Vec::new();
        }
        let pairs = self.pairs.into_iter();
        let secrets = pairs.filter(|(start, end)| {
            is_secret(Key::Password, &text[*start..*end], Writing::Argument)
        });
        secrets
            .map(|(start, end)| Secret {
                range: start..end,
                what: "a password is written out".to_owned(),
            })
            .collect()
    }
}

/// `PASSWORD 'secret'` and `IDENTIFIED BY 'secret'`.
pub(super) fn sql(text: &str, signs: &Signs) -> Vec<Secret> {
    let mut found = Vec::new();
    if !signs.tells() || !signs.has_quote() {
        return found;
    }
    let begins = |byte: u8| matches!(byte, b'P' | b'p' | b'B' | b'b');
    let bytes = text.bytes().enumerate();
    for (at, _) in bytes.filter(|(_, byte)| begins(*byte)) {
        let rest = &text[at..];
        let length = ["PASSWORD", "BY"].into_iter().find_map(|name| {
            let start = rest.get(..name.len())?;
            let after = &rest[name.len()..];
            let is_word = start.eq_ignore_ascii_case(name) && after.starts_with([' ', '\t']);
            let is_call = start == "PASSWORD" && after.starts_with("('");
            (is_word || is_call).then_some(name.len() + usize::from(is_call))
        });
        let Some(length) = length else {
            continue;
        };
        let free = at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric();
        let mut value = at
            + length
            + rest[length..]
                .bytes()
                .take_while(|&byte| is_blank(byte))
                .count();
        // PostgreSQL's string with escapes.
        value += usize::from(text[value..].starts_with("E'"));
        let escape = usize::from(text[value..].starts_with('\\'));
        let before = text[..at].trim_end();
        let is_by = length == "BY".len() && ends_with_word(before, "IDENTIFIED");
        if !free || length == 2 && !is_by || !text[value + escape..].starts_with(['\'', '"']) {
            continue;
        }
        let quote = text.as_bytes()[value + escape];
        value += escape + 1;
        let end = text[value..]
            .bytes()
            .take(LONGEST_VALUE)
            .take_while(|&byte| byte != quote && byte != b'\n');
        let end = value + end.count();
        let end = if escape == 1 {
            value + text[value..end].trim_end_matches('\\').len()
        } else {
            end
        };
        let secret = &text[value..end];
        if text.as_bytes().get(end).is_some() && is_secret(Key::Password, secret, Writing::Argument)
        {
            found.push(Secret {
                range: value..end,
                what: "the password of a database's user is written out".to_owned(),
            });
        }
    }
    found
}

fn ends_with_word(text: &str, word: &str) -> bool {
    let start = text.len().checked_sub(word.len());
    start
        .and_then(|start| text.get(start..))
        .is_some_and(|end| end.eq_ignore_ascii_case(word))
}

//! Secrets that show by themselves what they are.
//!
//! ```text
//! token  = a prefix that its maker gives to all of its tokens, and enough characters after it
//! shape  = JSON web token | Telegram's NUMBER ":" TOKEN | Nix's NAME ":" KEY | Azure's "Q~" inside
//! block  = "-----BEGIN " ... "PRIVATE KEY" ... "-----" and what follows
//! url    = "://" USER ":" secret "@" | the address of a web hook
//! header = "Bearer " token | "Basic " token, in any case
//! ```

mod table;
mod url;

use super::text::{LONGEST_VALUE, ceiling, count, is_word};
use super::value::{Writing, is_mixed, is_placeholder, is_secret};
use super::{Key, Secret};
use table::{HOOKS, Letters, RANGES, SECONDS, STOPS, TOKENS};
use url::url;

/// Where runs of letters end that were counted last: at most once for each byte.
#[derive(Default)]
struct Runs {
    word: usize,
    dotted: usize,
    base64: usize,
}

pub(super) fn find(text: &str) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    let mut runs = Runs::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        // Inside of words, letters begin nothing but the one piece that does.
        let is_inside = byte.is_ascii_alphanumeric() && byte != b'N' && is_inside_word(text, at);
        if STOPS[usize::from(byte)]
            && !is_inside
            && let Some(secret) = secret_at(text, at, &mut runs)
        {
            at = secret.range.end.max(at + 1);
            found.push(secret);
        } else {
            at += 1;
        }
    }
    found
}

/// What a whole value is, if its maker can be told.
pub(super) fn maker_of(value: &str) -> Option<String> {
    let secret = secret_at(value, 0, &mut Runs::default())?;
    (secret.range.end == value.len()).then_some(secret.what)
}

fn secret_at(text: &str, at: usize, runs: &mut Runs) -> Option<Secret> {
    let rest = &text[at..];
    let byte = text.as_bytes()[at];
    match byte {
        b':' if rest.starts_with("://") => hook(text, at + 3).or_else(|| url(text, at + 3)),
        b':' => telegram(text, at)
            .or_else(|| nix(text, at))
            .or_else(|| around(text, at)),
        b'-' if rest.starts_with("-----BEGIN ") => key_block(text, at),
        b'.' => discord(text, at).or_else(|| around(text, at)),
        b'-' | b'_' => around(text, at),
        b'N' if rest.starts_with("NRAL") => around(text, at),
        b'@' => data_source(text, at),
        b'~' => azure(text, at),
        _ if is_inside_word(text, at) => None,
        b'B' | b'b' | b'T' | b't' => header(text, at).or_else(|| token(text, at, runs)),
        b'e' if rest.starts_with("eyJ") => web_token(text, at),
        _ => token(text, at, runs),
    }
}

fn is_inside_word(text: &str, at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| text.as_bytes()[at]);
    before.is_some_and(|byte| is_word(byte) || byte == b'+')
}

/// A token with its maker's prefix.
fn token(text: &str, at: usize, runs: &mut Runs) -> Option<Secret> {
    let rest = &text[at..];
    let [first, second, ..] = rest.as_bytes() else {
        return None;
    };
    // Most words begin otherwise.
    if !second.is_ascii() || SECONDS[usize::from(*first)] & (1 << second) == 0 {
        return None;
    }
    let (first, end) = RANGES[usize::from(*first)];
    let (prefix, letters, least, what) = TOKENS[first..end]
        .iter()
        .find(|(prefix, ..)| rest.as_bytes().starts_with(prefix.as_bytes()))?;
    let start = at + prefix.len();
    let end = match letters {
        Letters::Hex => start + count(&text[start..], |byte| byte.is_ascii_hexdigit()),
        Letters::Word => run(text, start, &mut runs.word, is_word),
        Letters::Dotted => run(text, start, &mut runs.dotted, |byte| {
            is_word(byte) || byte == b'.'
        }),
        Letters::Base64 => run(text, start, &mut runs.base64, |byte| {
            byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
        }),
    };
    let is_cut = *letters == Letters::Hex && text[end..].bytes().next().is_some_and(is_word);
    let token = &text[at..end];
    let is_random = token
        .bytes()
        .any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    (end - start >= *least && !is_cut && is_random && !is_placeholder(token)).then(|| Secret {
        range: at..end,
        what: format!("{what} is written out"),
    })
}

/// Where the run ends that `start` is in; `known` is where the last one did.
fn run(text: &str, start: usize, known: &mut usize, is: impl Fn(u8) -> bool) -> usize {
    if *known <= start {
        let bytes = text.as_bytes()[start..].iter();
        *known = start + bytes.take_while(|&&byte| is(byte)).count();
    }
    *known
}

/// A JSON web token: three parts, of which the first begins with `{"` in base 64. A part that is too
/// short ends the look at it.
fn web_token(text: &str, at: usize) -> Option<Secret> {
    const SHORTEST_PART: usize = 10;
    let mut end = at;
    for part in 0..3 {
        if part > 0 {
            end = (text.as_bytes().get(end) == Some(&b'.')).then_some(end + 1)?;
        }
        let length = count(&text[end..], is_word);
        end = (length >= SHORTEST_PART).then_some(end + length)?;
    }
    (text.as_bytes().get(end) != Some(&b'.')).then(|| Secret {
        range: at..end,
        what: "a JSON web token is written out".to_owned(),
    })
}

/// A private key as OpenSSL, OpenSSH and PGP write it, with something in it.
fn key_block(text: &str, at: usize) -> Option<Secret> {
    const LONGEST_TITLE: usize = 40;
    const SHORTEST_KEY: usize = 16;
    let start = at + "-----BEGIN ".len();
    let rest = &text[start..];
    let is_static = rest.starts_with(STATIC_KEY);
    let title = if is_static {
        STATIC_KEY.len()
    } else {
        count(rest, |byte| byte.is_ascii_uppercase() || byte == b' ')
    };
    if title > LONGEST_TITLE
        || !rest[..title].contains("PRIVATE KEY") && !is_static
        || !rest[title..].starts_with("-----")
    {
        return None;
    }
    // Line breaks may be written as escapes.
    let blank = |byte: u8| byte.is_ascii_whitespace() || b"\\\"',+".contains(&byte);
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=:,.()".contains(&byte);
    let mut end = start + title + "-----".len();
    let mut longest = 0;
    let mut line = 0;
    for (index, &byte) in text.as_bytes()[end..].iter().enumerate() {
        line = if base64(byte) { line + 1 } else { 0 };
        longest = longest.max(line);
        // Headers have dashes in their values, the last line five in a row.
        let dash = byte == b'-' && !text[end + index..].starts_with("--");
        if !(base64(byte) || blank(byte) || dash) {
            let closing = text[end + index..].starts_with("-----END ");
            end += index;
            let after = &text[end..];
            if closing && let Some(length) = after["-----END ".len()..].find("-----") {
                let length = "-----END ".len() + length + "-----".len();
                if length <= LONGEST_TITLE + 14 {
                    end += length;
                }
            }
            return finish_block(text, at, end, longest >= SHORTEST_KEY);
        }
    }
    finish_block(text, at, text.len(), longest >= SHORTEST_KEY)
}

fn finish_block(text: &str, at: usize, end: usize, has_key: bool) -> Option<Secret> {
    let block = text[at..end].trim_end_matches([' ', '\n', '\r', '\t', ',', '"', '\'', '+']);
    has_key.then(|| Secret {
        range: at..at + block.len(),
        what: "a private key is written out".to_owned(),
    })
}

/// How `OpenVPN` calls the key that both ends share.
const STATIC_KEY: &str = "OpenVPN Static key V1";

/// What is told by a piece inside it: the piece, how many characters of which kind stand right before it
/// and after it, and whose it is.
const PIECES: &[(&str, Run, Run, &str)] = &[
    (
        ".atlasv1.",
        (Letters::Word, 14, 14),
        (Letters::Word, 60, 70),
        "a Terraform token",
    ),
    (
        ":APA91b",
        (Letters::Word, 11, 11),
        (Letters::Word, 130, 180),
        "a key of Firebase",
    ),
    (
        "-us",
        (Letters::Hex, 32, 32),
        (Letters::Hex, 1, 2),
        "a Mailchimp key",
    ),
    (
        "_mmk",
        (Letters::Word, 36, 36),
        (Letters::Word, 0, 0),
        "a MaxMind key",
    ),
    (
        "NRAL",
        (Letters::Hex, 36, 36),
        (Letters::Word, 0, 0),
        "a New Relic key",
    ),
    (
        ".",
        (Letters::Word, 17, 17),
        (Letters::Hex, 64, 64),
        "an Airtable token",
    ),
];

/// Of which kind, how many at least and how many at most.
type Run = (Letters, usize, usize);

/// A token that is told by a piece inside it, at `at`.
fn around(text: &str, at: usize) -> Option<Secret> {
    let is = |letters: Letters, byte: u8| match letters {
        Letters::Hex => byte.is_ascii_hexdigit(),
        _ => is_word(byte),
    };
    let rest = &text[at..];
    let bytes = text.as_bytes();
    let second = bytes.get(at + 1);
    PIECES.iter().find_map(|(piece, before, after, what)| {
        // Most pieces begin otherwise.
        let wanted = piece.as_bytes().get(1);
        (wanted.is_none() || wanted == second).then_some(())?;
        rest.starts_with(piece).then_some(())?;
        let (letters, least, most) = *before;
        let ahead = bytes[..at].iter().rev().take(most + 1);
        let ahead = ahead.take_while(|&&byte| is(letters, byte)).count();
        let start = at.checked_sub(ahead)?;
        let from = at + piece.len();
        let (follows, shortest, longest) = *after;
        let behind = bytes[from..].iter().take(longest + 1);
        let behind = behind.take_while(|&&byte| is(follows, byte)).count();
        let is_whole = (least..=most).contains(&ahead)
            && (shortest..=longest).contains(&behind)
            && !start.checked_sub(1).is_some_and(|at| is_word(bytes[at]))
            && !bytes.get(from + behind).is_some_and(|&byte| is_word(byte));
        let token = &text[start..from + behind];
        let fits = match *piece {
            "." => token.starts_with("pat"),
            _ => is_mixed(token),
        };
        (is_whole && fits && !is_placeholder(token)).then(|| Secret {
            range: start..from + behind,
            what: format!("{what} is written out"),
        })
    })
}

/// The token of a bot of Discord: its number in base 64, six characters and a signature, `at` the first
/// full stop.
fn discord(text: &str, at: usize) -> Option<Secret> {
    let bytes = text.as_bytes();
    let second = at + 1 + 6;
    let middle = bytes.get(at + 1..second)?;
    if bytes.get(second) != Some(&b'.') || !middle.iter().all(|&byte| is_word(byte)) {
        return None;
    }
    let ahead = bytes[..at].iter().rev().take(29);
    let ahead = ahead.take_while(|&&byte| is_word(byte)).count();
    let start = at - ahead;
    if !(23..=28).contains(&ahead) {
        return None;
    }
    let last = count(&text[second + 1..], is_word);
    let end = second + 1 + last;
    let fits = matches!(bytes[start], b'M' | b'N' | b'O')
        && (27..=45).contains(&last)
        && is_mixed(&text[start..at])
        && is_mixed(&text[second + 1..end]);
    fits.then(|| Secret {
        range: start..end,
        what: "the token of a Discord bot is written out".to_owned(),
    })
}

/// A user's name and password as Go's drivers of databases take them: `USER:secret@tcp(HOST)`.
fn data_source(text: &str, at: usize) -> Option<Secret> {
    const LONGEST: usize = 100;
    let rest = &text[at..];
    if !rest.starts_with("@tcp(") && !rest.starts_with("@unix(") {
        return None;
    }
    let from = ceiling(text, at.saturating_sub(LONGEST));
    let before = &text[from..at];
    let is_border = |c: char| c.is_whitespace() || "\"'`=/".contains(c);
    let word = &before[before.rfind(is_border).map_or(0, |at| at + 1)..];
    let (_, password) = word.split_once(':')?;
    is_secret(Key::Password, password, Writing::Argument).then(|| Secret {
        range: at - password.len()..at,
        what: "the password of a database's user is written out".to_owned(),
    })
}

/// The end of a URL that begins before `start`.
fn end_of_url(text: &str, start: usize, also: &[u8]) -> usize {
    let ends = |byte: u8| {
        byte.is_ascii_whitespace() || b"\"'`<>|;\\".contains(&byte) || also.contains(&byte)
    };
    start + count(&text[start..], |byte| !ends(byte))
}

/// The address of a web hook.
fn hook(text: &str, start: usize) -> Option<Secret> {
    const SHORTEST: usize = 16;
    const LONGEST_HOST: usize = 100;
    let host = count(&text[start..], |byte| is_word(byte) || byte == b'.').min(LONGEST_HOST);
    let rest = &text[start..];
    let (at, what) = HOOKS.iter().find_map(|(hook, what)| {
        let (name, _) = hook.split_once('/').unwrap_or((hook, ""));
        let subdomain = rest[..host].strip_suffix(name)?;
        let is_it = subdomain.is_empty() || subdomain.ends_with('.');
        (is_it && rest[subdomain.len()..].starts_with(hook))
            .then(|| (start + subdomain.len() + hook.len(), what))
    })?;
    let end = end_of_url(text, at, b",)}]");
    let secret = &text[at..end];
    let is_reference = secret.contains(['$', '{', '<', '*']) || is_placeholder(secret);
    (secret.len() >= SHORTEST && is_mixed(secret) && !is_reference).then(|| Secret {
        range: at..end,
        what: format!("the address of {what} is written out"),
    })
}

/// The token of a bot of Telegram: its number, a colon and 35 characters.
fn telegram(text: &str, colon: usize) -> Option<Secret> {
    let digits = text.as_bytes()[..colon].iter().rev().take(12);
    let digits = digits.take_while(|byte| byte.is_ascii_digit()).count();
    let after = count(&text[colon + 1..], is_word);
    let is_token = (8..=10).contains(&digits) && after == 35 && text[colon + 1..].starts_with("AA");
    is_token.then(|| Secret {
        range: colon - digits..colon + 1 + after,
        what: "the token of a Telegram bot is written out".to_owned(),
    })
}

/// A secret key of Nix: the name of the key, a colon and 64 bytes in base 64.
fn nix(text: &str, colon: usize) -> Option<Secret> {
    let named = colon > 0 && is_word(text.as_bytes()[colon - 1]);
    let key = count(&text[colon + 1..], |byte| {
        byte.is_ascii_alphanumeric() || b"+/".contains(&byte)
    });
    let end = colon + 1 + key + 2;
    let is_key = named
        && key == 86
        && text[..end.min(text.len())].ends_with("==")
        && !text[..colon].ends_with("sha512");
    is_key.then(|| Secret {
        range: colon + 1..end,
        what: "a secret key of Nix is written out".to_owned(),
    })
}

/// A client secret of Azure: `Q~` after three characters and a digit, and 31 to 34 after it.
fn azure(text: &str, tilde: usize) -> Option<Secret> {
    const LONGEST_AZURE: usize = 34;
    let start = tilde.checked_sub(5)?;
    let bytes = text.as_bytes();
    let before = &bytes[start..tilde];
    let free = start == 0 || !is_word(bytes[start - 1]);
    let fits = before[4] == b'Q'
        && before[3].is_ascii_digit()
        && before
            .iter()
            .all(|&byte| is_word(byte) || b".~".contains(&byte));
    let after = text.as_bytes()[tilde + 1..].iter().take(LONGEST_AZURE + 1);
    let after = after
        .take_while(|&&byte| is_word(byte) || b".~".contains(&byte))
        .count();
    (free && fits && (31..=LONGEST_AZURE).contains(&after)).then(|| Secret {
        range: start..tilde + 1 + after,
        what: "a client secret of Azure is written out".to_owned(),
    })
}

/// `Bearer TOKEN` and `Basic TOKEN`, and the less telling `token TOKEN` where `Authorization` stands
/// before it.
fn header(text: &str, at: usize) -> Option<Secret> {
    // Most words go on otherwise.
    if !matches!(
        text.as_bytes().get(at + 1),
        Some(b'a' | b'A' | b'e' | b'E' | b'o' | b'O')
    ) {
        return None;
    }
    let (scheme, shortest, what) = [
        ("Bearer ", 16, "a bearer token is written out"),
        ("Basic ", 8, "a user's name and password are written out"),
        ("Token ", 16, "a token is written out"),
    ]
    .into_iter()
    .find(|(scheme, ..)| {
        let found = text.as_bytes()[at..].get(..scheme.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(scheme.as_bytes()))
    })?;
    let before = text[..at].trim_end_matches([':', '"', '\'', ' ', '=', '>']);
    let is_named = at - before.len() <= 8 && {
        let last = &before.as_bytes()[before.len().saturating_sub(AUTHORIZATION.len())..];
        last.eq_ignore_ascii_case(AUTHORIZATION.as_bytes())
    };
    if scheme == "Token " && !is_named {
        return None;
    }
    let start = at + scheme.len();
    let length = count(&text[start..], |byte| {
        is_word(byte) || b".~+/=".contains(&byte)
    })
    .min(LONGEST_VALUE);
    let token = &text[start..start + length];
    // Where a sentence goes on, it is a word.
    let is_random = if scheme == "Basic " {
        let kinds = if is_named { 2 } else { 3 };
        length % 4 == 0 && !token.contains(['-', '_', '.', '~']) && kinds_in(token) >= kinds
    } else {
        is_mixed(token)
    };
    (length >= shortest && is_random && !is_placeholder(token)).then(|| Secret {
        range: start..start + length,
        what: what.to_owned(),
    })
}

const AUTHORIZATION: &str = "authorization";

/// How many of the kinds of characters that base 64 has are in it.
fn kinds_in(token: &str) -> usize {
    let has = |is: fn(&u8) -> bool| token.as_bytes().iter().any(is);
    let kinds = [
        has(u8::is_ascii_digit),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_lowercase),
        token.ends_with('='),
    ];
    kinds.into_iter().filter(|has| *has).count()
}

//! Values that no shell reads: environment variables, paths, directories, JSON. A `$` or a backquote means
//! nothing in one, and only references are filled in.
//!
//! ```text
//! value     = { reference | any other character }
//! reference = "{{" ... "}}" | "${" ( "." | "/" | WORD ( "." | " " ) ) ... "}"
//! ```

use std::ops::Range;

use super::Key;
use super::shell::mustache;
use super::text::{floor, is_word};
use super::value::{EXPANSION, Writing, is_mixed, looks_secret, names_only};
use super::word::Word;

/// Whether the literal value of something that is `key` is a secret.
pub fn is_value(key: Key, value: &str) -> bool {
    is_secret(key, value, Writing::Argument)
}

/// As [`is_value`], of a value that is written so.
pub(super) fn is_secret(key: Key, value: &str, writing: Writing) -> bool {
    let written = written(value);
    match written.as_slice() {
        [] => false,
        [all] if *all == (0..value.len()) => {
            !means_expansion(value) && looks_secret(key, bare(value), writing)
        }
        parts => {
            let written: String = parts.iter().map(|part| &value[part.clone()]).collect();
            let is_whole = is_mixed(&written) || letters(&written) >= SHORTEST_BESIDE;
            is_whole && looks_secret(key, bare(&written), writing)
        }
    }
}

/// What stands beside a reference is a secret rather than a separator if it has as many letters.
const SHORTEST_BESIDE: usize = 8;

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// The parts of a value that are written out.
pub(super) fn written(value: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(found) = value[at..].find(['{', '$', EXPANSION]) {
        at += found;
        match reference(&value[at..]) {
            Some(length) => {
                if start < at {
                    parts.push(start..at);
                }
                at += length;
                start = at;
            }
            None => at += 1,
        }
    }
    if start < value.len() {
        parts.push(start..value.len());
    }
    parts
}

/// How long the reference is that a text begins with.
fn reference(text: &str) -> Option<usize> {
    if text.starts_with(EXPANSION) {
        return Some(EXPANSION.len_utf8());
    }
    if let Some(inner) = text.strip_prefix("${") {
        let word = inner.trim_start_matches(|c: char| c.is_ascii_lowercase());
        let is_ours = inner.starts_with(['.', '/'])
            || word.len() < inner.len() && word.starts_with(['.', ' ']);
        return is_ours.then(|| closed(text)).flatten();
    }
    mustache(text)
}

/// How long `${...}` is at the start of a text.
fn closed(text: &str) -> Option<usize> {
    const LONGEST: usize = 256;
    let near = &text[..floor(text, LONGEST)];
    near.find(['}', '\n'])
        .filter(|end| near[*end..].starts_with('}'))
        .map(|end| end + 1)
}

/// Whether somebody thought that a shell would read the value: it names a variable as people name them,
/// or runs a command.
fn means_expansion(value: &str) -> bool {
    let is_command = |open: &str, close: char| {
        let inside = value
            .strip_prefix(open)
            .and_then(|it| it.strip_suffix(close));
        inside.is_some_and(|inside| inside.contains([' ', '<']))
    };
    if is_command("`", '`') || is_command("$(", ')') {
        return true;
    }
    value.match_indices('$').any(|(at, _)| {
        let is_apart = |c: char| matches!(c, ':' | '/' | '=' | ',' | ' ' | '-' | '.' | '@');
        let rest = &value[at + 1..];
        if let Some(inside) = rest.strip_prefix('{') {
            let length = name(inside);
            let is_closed = inside[length..].starts_with(['}', ':', '-', '+', '?', '=']);
            return is_variable(&inside[..length]) && is_closed && inside.contains('}');
        }
        let length = name(rest);
        (at == 0 || value[..at].ends_with(is_apart))
            && is_variable(&rest[..length])
            && (length == rest.len() || rest[length..].starts_with(is_apart))
    })
}

/// How many bytes at the start of a text may be the name of a variable.
fn name(text: &str) -> usize {
    let is_name = |byte: &u8| is_word(*byte) && *byte != b'-';
    text.bytes().take_while(is_name).count()
}

/// Whether a variable would be called so: in capitals, or by what it is.
fn is_variable(name: &str) -> bool {
    const SHORTEST: usize = 3;
    let is_capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let starts = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
    starts && name.len() >= SHORTEST && name.bytes().all(is_capital) || names_only(name)
}

/// A value without the signs around it by which files and placeholders are known, if what they stand
/// around is neither.
fn bare(value: &str) -> &str {
    const AROUND: &[(char, char)] = &[('<', '>'), ('{', '}'), ('[', ']'), ('%', '%'), ('(', ')')];
    const SHORTEST: usize = 8;
    if let Some(inside) = value.strip_prefix(['~', '@']) {
        let is_file =
            inside.starts_with(['/', '.']) || value.starts_with('@') && inside.contains(['/', '.']);
        return if is_file { value } else { inside };
    }
    let around = |(open, close): &(char, char)| value.strip_prefix(*open)?.strip_suffix(*close);
    let inside = AROUND.iter().find_map(around);
    let is_random = |inside: &&str| {
        inside.len() >= SHORTEST && is_mixed(inside) && !inside.contains(['_', '-', ' ', ':', ','])
    };
    inside.filter(is_random).unwrap_or(value)
}

/// The words of a value, in which nothing but quotes and references has a meaning.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(|c: char| !c.is_whitespace()) {
        let start = at + found;
        let mut word = Word::default();
        at = start;
        while let Some(first) = text[at..].chars().next().filter(|c| !c.is_whitespace()) {
            let opens = matches!(first, '"' | '\'')
                && (at == start || text[..at].ends_with('=') || word.is_quoted);
            let close = opens.then(|| text[at + 1..].find(first)).flatten();
            if let Some(length) = close {
                word.begins_quoted |= at == start;
                word.is_quoted = true;
                push(&mut word, text, at + 1..at + 1 + length);
                at += length + 2;
                continue;
            }
            let means = |c: char| c.is_whitespace() || "\"'{$".contains(c) || c == EXPANSION;
            let rest = &text[at..];
            let run = rest.find(means).unwrap_or(rest.len());
            let length = match run {
                0 => reference(rest).unwrap_or(first.len_utf8()),
                run => run,
            };
            push(&mut word, text, at..at + length);
            at += length;
        }
        word.at.push(at);
        words.push(word);
    }
    words
}

/// Adds a range of a text to a word.
fn push(word: &mut Word, text: &str, range: Range<usize>) {
    let inside = &text[range.clone()];
    let mut end = 0;
    for part in written(inside) {
        if end < part.start {
            word.push_reference(range.start + end, range.start + part.start);
        }
        word.push_run(&inside[part.clone()], range.start + part.start);
        end = part.end;
    }
    if end < inside.len() {
        word.push_reference(range.start + end, range.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let check = |value: &str, expected: bool| {
            assert_eq!(is_value(Key::Password, value), expected, "{value}");
        };
        for value in [
            "hunter2",
            "$hunter22",
            "$hunter22/x",
            "hun`ter`22",
            "`hunter22`",
            "$(hunter22",
            "hunter2${pkgs.x}",
            "{{mesos.instance}}hunter2",
            "app:hunter2-real",
            "P@$$W0RD",
            "pa${x}ss",
            "~hunter22",
            "@hunter22",
            "(hunter22)",
            "x$y",
        ] {
            check(value, true);
        }
        for value in [
            "",
            "$DB_PASSWORD",
            "${DB_PASSWORD}",
            "${DB_PASSWORD:-none}",
            "$password",
            "`cat /run/x`",
            "$(cat /run/x)",
            "$(</run/x)",
            "{{environment}}",
            "{{environment}}-{{role}}",
            "${pkgs.x}/share/password.txt",
            "${./password}",
            "/run/hello/{{mesos.instance}}",
            "~/password1",
            "@/run/hello1",
            "<your password 1>",
            "vault:secret/{{environment}}/db1",
        ] {
            check(value, false);
        }
    }

    #[test]
    fn words_of_options() {
        let words = words("-a 'b c' --d=\"e f\" g`h;i&{{j}}k it's");
        let values: Vec<_> = words
            .iter()
            .map(|word| word.value.replace(EXPANSION, "?"))
            .collect();
        assert_eq!(values, ["-a", "b c", "--d=e f", "g`h;i&?k", "it's"]);
    }

    #[test]
    fn places() {
        let check = |text: &str, expected: &str| {
            let found = words(text).remove(0);
            assert_eq!(&text[found.range(0, found.value.len())], expected);
        };
        check("a{{b}} c", "a{{b}}");
        check("a\u{fffc}", "a\u{fffc}");
        check("\"a${./b}\"", "a${./b}");
    }
}

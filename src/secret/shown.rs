//! The secrets that a text shows by itself, whatever it is: a definition, a command, a message.

use std::ops::Range;

use super::exported::Exported;
use super::signs::Signs;
use super::text::{is_word, merged};
use super::view::{Undo, View};
use super::{Language, without_overlaps};
use super::{Secret, command, exported, file, literal, maker, pair};

/// The secrets that a text shows by itself, in whatever language it is and however it is escaped.
pub(super) fn own_spots(text: &str) -> Vec<Range<usize>> {
    if text.len() < LONGEST_MESSAGE && !may_show(text) {
        return Vec::new();
    }
    let mut spots: Vec<Range<usize>> = spots_of(text, exported::find(text, shown));
    for undo in [
        Undo::Backslashes,
        Undo::Percents,
        Undo::Entities,
        Undo::Breaks,
    ] {
        let Some(view) = View::of(text, undo) else {
            continue;
        };
        let Undo::Backslashes = undo else {
            spots.extend(shown(&view.text).iter().map(|range| view.range(range)));
            continue;
        };
        let found = spots_of(&view.text, exported::find_in_view(&view, shown));
        spots.extend(found.iter().map(|range| view.range(range)));
        if let Some(again) = View::of(&view.text, undo) {
            let found = spots_of(&again.text, exported::find_in_view(&again, shown));
            spots.extend(found.iter().map(|range| view.range(&again.range(range))));
        }
    }
    merged(spots)
}

/// The spots of a text, with those of its variables.
fn spots_of(text: &str, exported: Vec<Exported>) -> Vec<Range<usize>> {
    let mut spots = shown(text);
    spots.extend(exported.into_iter().map(|it| it.range));
    spots
}

/// The values of the secrets that a text exports to its processes, whatever they are quoted for.
pub(super) fn exported_values(text: &str) -> Vec<String> {
    let mut found = exported::find(text, shown);
    if let Some(view) = View::of(text, Undo::Backslashes) {
        found.extend(exported::find_in_view(&view, shown));
        if let Some(again) = View::of(&view.text, Undo::Backslashes) {
            found.extend(exported::find_in_view(&again, shown));
        }
    }
    found.into_iter().map(|it| it.value).collect()
}

/// Texts up to this length are looked at quickly first: most are messages, and hold nothing.
const LONGEST_MESSAGE: usize = 1_000;

/// Whether a text has what each reader needs at least: a long word, a sign between a name and a value, an
/// option, a word that tells, or a program that takes a secret.
fn may_show(text: &str) -> bool {
    const SHORTEST_TOKEN: usize = 16;
    const STEMS: &[&str] = &[
        "pass",
        "pw",
        "secret",
        "token",
        "key",
        "auth",
        "psk",
        "sig",
        "cred",
        "identified",
    ];
    let bytes = text.as_bytes();
    let mut run = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        let is_sign = b":=|<>\"\\%&$".contains(&byte);
        let is_option = byte == b'-' && (index == 0 || !is_word(bytes[index - 1]));
        run = if is_word(byte) { run + 1 } else { 0 };
        if is_sign || is_option || run >= SHORTEST_TOKEN {
            return true;
        }
    }
    let lower = text.to_ascii_lowercase();
    let is_separator = |c: char| c.is_whitespace() || "/`'(),;[]{}".contains(c);
    STEMS.iter().any(|stem| lower.contains(stem))
        || text.split(is_separator).any(super::program::is_known)
        || super::call::is_made(text)
}

/// Without those of variables that are exported.
fn shown(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Secret> = maker::find(text);
    found.extend(command::find(text, Language::Command));
    found.extend(command::find(&flat(text), Language::Command));
    found.extend(pair::find(text, Language::Command));
    found.extend(pair::find(text, Language::File));
    found.extend(file::find(text, &Signs::of(text)));
    let found = without_overlaps(found).into_iter();
    let mut spots: Vec<Range<usize>> = found
        .map(|secret| within_backquotes(text, whole(text, secret.range)))
        .collect();
    // What refers to something is no part of a literal secret.
    let literals = pair::find_literal(text).into_iter();
    let literals = literals.chain(command::find(&plain(text), Language::Value));
    for range in literals.map(|secret| within_backquotes(text, secret.range)) {
        let parts = literal::written(&text[range.clone()]).into_iter();
        spots.extend(parts.map(|part| range.start + part.start..range.start + part.end));
    }
    spots.retain(|range| !range.is_empty());
    spots
}

/// The text with blanks for what a command may stand between that is cut, or quoted in some other language.
fn flat(text: &str) -> String {
    let flat = |c: char| if "\"'`{}[](),#".contains(c) { ' ' } else { c };
    let text: String = text.chars().map(flat).collect();
    text.replace("$ pkgs.", "       ")
}

/// The text with blanks for quotes in some other language around values that no shell reads.
fn plain(text: &str) -> String {
    let plain = |c: char| if "\"'[],".contains(c) { ' ' } else { c };
    text.chars().map(plain).collect()
}

/// A value that a quote ends in the middle goes on behind it: the quote lacks an escape, or a shell
/// puts it together.
fn whole(text: &str, range: Range<usize>) -> Range<usize> {
    const LONGEST: usize = 256;
    let rest = &text[range.end..];
    let Some(rest) = rest.strip_prefix(['"', '\'']) else {
        return range;
    };
    let more = rest
        .bytes()
        .take(LONGEST)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"!#$%*+-_~.@".contains(byte));
    match more.count() {
        0 => range,
        _ if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) => range,
        more => range.start..range.end + 1 + more,
    }
}

/// Without the backquote that closes around it: messages put into them what the user wrote.
fn within_backquotes(text: &str, range: Range<usize>) -> Range<usize> {
    let secret = &text[range.clone()];
    let Some(at) = secret.rfind('`') else {
        return range;
    };
    let line = text[..range.start].rsplit('\n').next().unwrap_or_default();
    let is_open = line.matches('`').count() % 2 == 1;
    let closes = secret[at + 1..]
        .bytes()
        .all(|byte| byte.is_ascii_punctuation());
    if is_open && closes {
        range.start..range.start + at
    } else {
        range
    }
}

//! Collections of texts with secrets and without, each of which has to be told for what it is.

use super::{Language, secrets};

const GUILTY_COMMANDS: &str = include_str!("../../tests/secrets/guilty_commands.txt");
const INNOCENT_COMMANDS: &str = include_str!("../../tests/secrets/innocent_commands.txt");
const GUILTY_FILES: &str = include_str!("../../tests/secrets/guilty_files.txt");
const INNOCENT_FILES: &str = include_str!("../../tests/secrets/innocent_files.txt");

/// The texts of a collection: lines, or what stands after lines with names.
fn texts(collection: &str, language: Language) -> Vec<String> {
    let collection = collection.replace('¦', "");
    match language {
        Language::Command | Language::Value => {
            let lines = collection.lines().filter(|line| !line.starts_with('#'));
            lines.map(str::to_owned).collect()
        }
        Language::File => {
            let files = collection.split("==== ").skip(1);
            let contents = files.map(|file| file.split_once('\n').map_or("", |(_, text)| text));
            contents.map(str::to_owned).collect()
        }
    }
}

/// The text without its marks, and what stands between them.
fn unmarked(text: &str) -> (String, Vec<std::ops::Range<usize>>) {
    let mut plain = String::new();
    let mut ranges = Vec::new();
    for (index, piece) in text.split(['«', '»']).enumerate() {
        if index % 2 == 1 {
            ranges.push(plain.len()..plain.len() + piece.len());
        }
        plain.push_str(piece);
    }
    (plain, ranges)
}

/// What a text shows of its secrets when they are hidden.
fn shown(plain: &str, ranges: &[std::ops::Range<usize>]) -> Vec<String> {
    const SHORTEST: usize = 5;
    let hidden = super::hide(plain);
    let secrets = ranges.iter().map(|range| &plain[range.clone()]);
    let lines = secrets.flat_map(str::lines);
    let lines = lines.filter(|line| line.len() >= SHORTEST && !line.starts_with("-----"));
    lines
        .filter(|line| hidden.contains(*line))
        .map(str::to_owned)
        .collect()
}

/// All texts are told for what they are, and the marks are where they should be.
fn check(collection: &str, language: Language) {
    let mut failures = Vec::new();
    for text in texts(collection, language) {
        let (plain, expected) = unmarked(&text);
        let found: Vec<_> = secrets(&plain, language, 100)
            .into_iter()
            .map(|secret| secret.range)
            .collect();
        if found != expected {
            let found: Vec<_> = found.into_iter().map(|range| &plain[range]).collect();
            failures.push(format!("{text}: found {found:?}"));
        }
        let shown = shown(&plain, &expected);
        if !shown.is_empty() {
            failures.push(format!("{text}: shown {shown:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn guilty_commands() {
    check(GUILTY_COMMANDS, Language::Command);
}

#[test]
fn innocent_commands() {
    check(INNOCENT_COMMANDS, Language::Command);
}

#[test]
fn guilty_files() {
    check(GUILTY_FILES, Language::File);
}

#[test]
fn innocent_files() {
    check(INNOCENT_FILES, Language::File);
}

/// What is looked for before a name begins where a character does.
#[test]
fn no_character_is_cut() {
    for blanks in 0..300 {
        let text = format!("name: \u{e9}{}password: \"\u{e9}\"", " ".repeat(blanks));
        secrets(&text, Language::File, 1);
        secrets(&text, Language::Command, 1);
    }
}

//! References in templates: exactly those that the leftmost shortest match finds, and addresses
//! that read as they print.

use jobc::template::{
    Address, in_auroras_words, references, references_of_definition, with_neutral_escaped,
};

/// Finds references in the text, and reads all of it as an address.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let found: Vec<_> = references(text).collect();
    let places = found
        .iter()
        .map(|reference| (reference.offset, reference.text));
    assert_eq!(places.collect::<Vec<_>>(), expected(text));
    for reference in found {
        let ampersand = if reference.escaped { "&" } else { "" };
        let whole = format!("{{{{{ampersand}{}}}}}", reference.inner);
        assert_eq!(reference.text, whole);
        assert_eq!(reference.address, Address::parse(reference.inner));
        reads_as_it_prints(reference.inner);
    }
    reads_as_it_prints(text);
    spelled_either_way(text);
}

/// A definition's references are those of its text in Aurora's words, and none is left of what is escaped.
fn spelled_either_way(text: &str) {
    let mut end = 0;
    let mut addresses = Vec::new();
    for reference in references_of_definition(text) {
        assert!(reference.offset >= end);
        end = reference.offset + reference.text.len();
        assert_eq!(&text[reference.offset..end], reference.text);
        addresses.push(reference.address.map(|address| address.to_string()));
    }
    let auroras = in_auroras_words(text);
    let found = references(&auroras).map(|it| it.address.map(|address| address.to_string()));
    assert_eq!(addresses, found.collect::<Vec<_>>());
    assert_eq!(in_auroras_words(&with_neutral_escaped(text)), text);
}

/// The matches of `{{[^{}]+}}`, each after the one before it.
fn expected(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("{{").map(|offset| at + offset) {
        let content = &text[open + 2..];
        let length = content.find(['{', '}']).unwrap_or(content.len());
        if length > 0 && content[length..].starts_with("}}") {
            at = open + 2 + length + 2;
            found.push((open, &text[open..at]));
        } else {
            at = open + 1;
        }
    }
    found
}

fn reads_as_it_prints(text: &str) {
    if let Some(address) = Address::parse(text) {
        let printed = address.to_string();
        assert_eq!(printed, text.strip_prefix('.').unwrap_or(text));
        assert_eq!(Address::parse(&printed).as_ref(), Some(&address));
    }
}

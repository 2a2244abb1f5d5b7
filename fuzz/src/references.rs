//! Mentions of store paths: exactly those that a look at every byte finds.

use jobc::store::references::mentions;
use jobc::store::{StoreDir, StorePath, StorePathHash, StorePathName};

/// Scans the bytes for paths of stores with short, ordinary and long names.
pub fn check(bytes: &[u8]) {
    for directory in [
        "/n",
        "/nix/store",
        "/0/0/0",
        &format!("/{}", "s".repeat(300)),
    ] {
        let directory = directory.parse().expect("it is a store directory");
        scan(&directory, bytes);
    }
}

fn scan(directory: &StoreDir, text: &[u8]) {
    let mut end = 0;
    let mut starts = Vec::new();
    for mention in mentions(directory, text) {
        assert!(mention.start() >= end);
        starts.push(mention.start());
        end = mention.start() + 1;
        let Ok(reference) = mention.longest() else {
            continue;
        };
        end = reference.range.end;
        let shown = directory.display(&reference.store_path).to_string();
        assert_eq!(&text[reference.range.clone()], shown.as_bytes());
        assert_eq!(directory.parse(&shown).as_ref(), Ok(&reference.store_path));
        assert_eq!(reference.store_path.hash(), mention.hash());
        let (hash, name) = reference.store_path.clone().into_parts();
        assert_eq!(mention.resolve(&[(hash, name)].into()), Some(reference));
    }
    assert_eq!(starts, expected(directory, text));
}

/// Where a directory, a hash and a dash stand in the text, each after the name of the one before.
fn expected(directory: &StoreDir, text: &[u8]) -> Vec<usize> {
    let directory = format!("{directory}/");
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match hashed(&text[at..], directory.as_bytes()) {
            Some(length) => {
                found.push(at);
                at += length;
                let name = &text[at..];
                let end = name.iter().position(|&byte| !StorePathName::is_legal(byte));
                at += end.unwrap_or(name.len());
            }
            None => at += 1,
        }
    }
    found
}

fn hashed(text: &[u8], directory: &[u8]) -> Option<usize> {
    let hash = text.strip_prefix(directory)?;
    let hash = hash.get(..=StorePathHash::TEXT_LENGTH)?;
    let path = format!("{}x", str::from_utf8(hash).ok()?);
    path.parse::<StorePath>().ok()?;
    path.as_bytes()[StorePathHash::TEXT_LENGTH]
        .eq(&b'-')
        .then_some(directory.len() + hash.len())
}

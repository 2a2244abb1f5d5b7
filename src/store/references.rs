//! Store paths that a text mentions.
//!
//! ```text
//! mention = STORE-DIRECTORY "/" 32 base-32 digits "-" name
//! ```
//!
//! Where a name ends is a guess, since `.`, `?` and `=` are legal in names and common after them:
//! `run /nix/store/HASH-hello.` mentions `hello` or `hello.`. The hash is no guess: a caller that
//! knows the store path of that hash can [resolve](Mention::resolve) the mention; otherwise the
//! name is [taken to be](Mention::longest) as long as its characters are legal.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::store::store_path::{StorePathHash, StorePathName, StorePathNameError};
use crate::store::{StoreDir, StorePath};

/// Finds every mention of a store path, in order. Any bytes may be scanned.
pub fn mentions<'a>(store_dir: &StoreDir, text: &'a [u8]) -> Mentions<'a> {
    Mentions {
        text,
        position: 0,
        needle: Needle::new(format!("{store_dir}/").into_bytes()),
    }
}

/// A mention of a store path: its hash, and the text that its name begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention<'a> {
    start: usize,
    name_start: usize,
    hash: StorePathHash,
    /// All the legal characters that follow.
    name: &'a str,
}

/// A store path, and where the text mentions it: from the store directory to the end of the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Byte offsets in the text that was scanned.
    pub range: Range<usize>,
    /// What is mentioned.
    pub store_path: StorePath,
}

impl Mention<'_> {
    /// Where the mention begins, at the store directory.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Which object is mentioned, whatever its name.
    pub fn hash(&self) -> &StorePathHash {
        &self.hash
    }

    /// The store path, if its name is one of the known and the text goes on with it.
    pub fn resolve(&self, known: &BTreeMap<StorePathHash, StorePathName>) -> Option<Reference> {
        let name = known.get(&self.hash)?;
        let mentioned = self.name.starts_with(name.as_str());
        mentioned.then(|| self.reference(name.clone()))
    }

    /// The store path whose name has all the legal characters that follow.
    ///
    /// # Errors
    /// If those characters together are not a legal name.
    pub fn longest(&self) -> Result<Reference, StorePathNameError> {
        Ok(self.reference(self.name.parse()?))
    }

    fn reference(&self, name: StorePathName) -> Reference {
        Reference {
            range: self.start..self.name_start + name.as_str().len(),
            store_path: StorePath::new(self.hash, name),
        }
    }
}

/// The mentions in a text.
#[derive(Debug, Clone)]
pub struct Mentions<'a> {
    text: &'a [u8],
    position: usize,
    needle: Needle,
}

impl<'a> Iterator for Mentions<'a> {
    type Item = Mention<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.needle.find(self.text, self.position)?;
            let hash_start = start + self.needle.bytes.len();
            self.position = start + 1;
            let Some((hash, rest)) = read_hash(&self.text[hash_start..]) else {
                continue;
            };
            let illegal = rest.iter().position(|&byte| !StorePathName::is_legal(byte));
            let (name, _) = rest.split_at(illegal.unwrap_or(rest.len()));
            let name = str::from_utf8(name).expect("legal characters are ASCII");
            let name_start = self.text.len() - rest.len();
            self.position = name_start + name.len();
            return Some(Mention {
                start,
                name_start,
                hash,
                name,
            });
        }
    }
}

/// Reads a hash and the dash after it.
fn read_hash(text: &[u8]) -> Option<(StorePathHash, &[u8])> {
    let (hash, rest) = text.split_at_checked(StorePathHash::TEXT_LENGTH)?;
    let rest = rest.strip_prefix(b"-")?;
    let hash = str::from_utf8(hash).ok()?.parse().ok()?;
    Some((hash, rest))
}

/// A byte string to search for by Horspool's method, which looks at few bytes of a text that does
/// not contain it.
#[derive(Debug, Clone)]
struct Needle {
    bytes: Vec<u8>,
    /// For each byte, how far the needle may move if that byte is under its end.
    moves: [u8; 256],
}

impl Needle {
    fn new(bytes: Vec<u8>) -> Self {
        let length = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
        let mut moves = [length; 256];
        let (_, front) = bytes.split_last().expect("a store directory is not empty");
        for (distance, &byte) in (1..=u8::MAX).zip(front.iter().rev()) {
            let shortest = &mut moves[usize::from(byte)];
            *shortest = distance.min(*shortest);
        }
        Self { bytes, moves }
    }

    fn find(&self, text: &[u8], mut position: usize) -> Option<usize> {
        loop {
            let window = text.get(position..position + self.bytes.len())?;
            if window == self.bytes {
                return Some(position);
            }
            let last = window.last().expect("a needle is not empty");
            position += usize::from(self.moves[usize::from(*last)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Needle, mentions};
    use crate::store::StoreDir;

    const HASH: &str = "i9pmrzmpshapij2kin22pff6fc2adavx";
    const OTHER: &str = "88hvv1a9ixsdxr2klz3gsvdrnyy59xp3";

    /// Scans the text, in which `H` stands for a store path up to its dash, and `O` for another,
    /// and compares the names of all mentions as resolved, `|`, and as long as they can be.
    fn check(known: &[&str], text: &str, expected: &[&str]) {
        let text = text
            .replace('H', &format!("/nix/store/{HASH}-"))
            .replace('O', &format!("/nix/store/{OTHER}-"));
        let known: BTreeMap<_, _> = known
            .iter()
            .map(|name| (HASH.parse().unwrap(), name.parse().unwrap()))
            .collect();
        let found: Vec<_> = mentions(&StoreDir::default(), text.as_bytes())
            .map(|mention| {
                let names = [mention.resolve(&known), mention.longest().ok()].map(|reference| {
                    reference.map_or("?".to_owned(), |reference| {
                        let path = StoreDir::default()
                            .display(&reference.store_path)
                            .to_string();
                        assert_eq!(text[reference.range.clone()], path);
                        assert_eq!(reference.range.start, mention.start());
                        reference.store_path.name().to_string()
                    })
                });
                names.join("|")
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn mentions_are_found() {
        check(&[], "", &[]);
        check(&[], "no store path in here", &[]);
        check(&[], "Hhello/bin/hello", &["?|hello"]);
        check(&[], "\"Hhello\"", &["?|hello"]);
        check(
            &[],
            "a=Hhello:Oworld/x Hagain",
            &["?|hello", "?|world", "?|again"],
        );
        check(&[], "HhelloHhello", &["?|hello", "?|hello"]);
        check(&[], "Hhéllo", &["?|h"]);
        check(&[], "HH", &["?|?", "?|?"]);
    }

    #[test]
    fn what_is_no_mention_is_passed() {
        for text in ["/nix/store/", "/nix/store//nix/store/x-y", "/nix/storeHx"] {
            check(&[], &text.replace('H', HASH), &[]);
        }
        let mention = format!("/nix/store/{HASH}-x");
        for end in 0..mention.len() - 1 {
            check(&[], &mention[..end], &[]);
        }
        check(&[], &mention.replace("i9p", "e9p"), &[]);
        check(&[], &mention.replace("-x", "/x"), &[]);
        check(&[], &format!("/nix/store/0{HASH}-x"), &[]);
        check(&[], "/nix/store/x /nix/stor Hx", &["?|x"]);
        check(&[], "/nix/storeHx /srvHy", &["?|x", "?|y"]);
    }

    #[test]
    fn the_end_of_a_name_is_known_or_guessed() {
        check(&["hello"], "run Hhello.", &["hello|hello."]);
        check(&["hello."], "run Hhello.", &["hello.|hello."]);
        check(&["hello"], "Hhello-world", &["hello|hello-world"]);
        check(&["hello"], "Hhell", &["?|hell"]);
        check(&["hello"], "Ohello", &["?|hello"]);
        check(&["hello"], "Hhello?x=/", &["hello|hello?x="]);
        check(&["hello"], "H", &["?|?"]);
        check(&["hello"], "H.hello", &["?|?"]);
        let long = "x".repeat(212);
        check(
            &[&long[1..]],
            &format!("H{long}"),
            &[&format!("{}|?", &long[1..])],
        );
    }

    #[test]
    fn the_store_directory_is_the_callers() {
        let directory: StoreDir = format!("/{}", "long".repeat(100)).parse().unwrap();
        let text = format!("{directory}{directory}/{HASH}-x /nix/store/{HASH}-y");
        let found: Vec<_> = mentions(&directory, text.as_bytes())
            .map(|mention| mention.longest().unwrap().range)
            .collect();
        let start = directory.as_str().len();
        let expected = start..text.find(" /nix").unwrap();
        assert_eq!(found, vec![expected]);
    }

    proptest! {
        #[test]
        fn the_search_finds_what_a_plain_search_finds(
            needle in "[ab]{1,4}|a{250,260}", text in "[abc]{0,300}|(a{249,261}b?){0,3}", from in 0_usize..20
        ) {
            let expected = text.get(from..).and_then(|rest| rest.find(&needle)).map(|at| at + from);
            let found = Needle::new(needle.into_bytes()).find(text.as_bytes(), from);
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn any_bytes_are_scanned(
            pieces in prop::collection::vec(
                prop_oneof![
                    Just(b"/nix/store/".to_vec()),
                    Just(HASH.as_bytes().to_vec()),
                    Just(b"-".to_vec()),
                    any::<Vec<u8>>(),
                ],
                0..20,
            )
        ) {
            let text = pieces.concat();
            for mention in mentions(&StoreDir::default(), &text) {
                let Ok(reference) = mention.longest() else { continue };
                let path = StoreDir::default().display(&reference.store_path).to_string();
                prop_assert_eq!(&text[reference.range], path.as_bytes());
            }
        }
    }
}

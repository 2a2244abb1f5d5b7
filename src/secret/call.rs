//! Secrets among the arguments of functions whose arguments have no names, in programs.

use std::ops::Range;

use super::Key;
use super::finding::{Secret, secret_of};
use super::value::{Writing, is_secret};

/// Functions that take a secret, and as which argument: text between quotes.
const CALLS: &[(&str, usize)] = &[
    ("NetworkCredential(", 1),
    ("PasswordAuthentication(", 1),
    ("BasicAuth(", 1),
    ("HTTPBasicAuth(", 1),
    ("SetBasicAuth(", 1),
    ("ConvertTo-SecureString ", 0),
    ("ConvertTo-SecureString -String ", 0),
    ("DBI->connect(", 2),
    ("DriverManager.getConnection(", 2),
    ("mysqli_connect(", 2),
    ("new mysqli(", 2),
    ("new PDO(", 2),
    ("algoliasearch(", 1),
    ("cohere.Client(", 0),
    ("auth=(", 1),
    (".login(", 1),
    (".withPassword(", 0),
];

/// Whether a text calls one of them.
pub(super) fn is_made(text: &str) -> bool {
    CALLS.iter().any(|(name, _)| text.contains(name))
}

pub(super) fn find(line: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    for (name, place) in CALLS {
        let Some(start) = line.find(name) else {
            continue;
        };
        let start = start + name.len();
        if let Some(range) = argument(line, start, *place)
            && is_secret(Key::Password, &line[range.clone()], Writing::Argument)
        {
            let name = name.trim_end_matches(['(', ' ', '=']);
            found.push(secret_of(name, range.start, &line[range]));
        }
    }
    found
}

/// Where the text is that stands between quotes as the argument at `place` of a list that begins at `at`.
fn argument(line: &str, mut at: usize, place: usize) -> Option<Range<usize>> {
    for index in 0..=place {
        at += line[at..].len() - line[at..].trim_start().len();
        let quote = line[at..]
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''));
        let end = match quote {
            Some(quote) => {
                let inside = at + 1;
                let end = inside + line[inside..].find(quote)?;
                if index == place {
                    return Some(inside..end);
                }
                end + 1
            }
            None => at,
        };
        at = end + line[end..].find(',')? + 1;
    }
    None
}

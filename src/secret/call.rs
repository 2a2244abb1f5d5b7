//! Secrets among the arguments of functions whose arguments have no names, in programs.

use std::ops::Range;

use super::Key;
use super::finding::{Secret, secret_of};
use super::value::{Writing, is_secret};

/// Functions that take a secret, and as which argument: text between quotes.
const FUNCTIONS: &[(&str, usize)] = &[
    ("NetworkCredential(", 1),
    ("PasswordAuthentication(", 1),
    ("BasicAuth(", 1),
    ("HTTPBasicAuth(", 1),
    ("SetBasicAuth(", 1),
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
/// The same of `PowerShell`, which writes no parenthesis.
const CMDLETS: &[(&str, usize)] = &[
    ("ConvertTo-SecureString ", 0),
    ("ConvertTo-SecureString -String ", 0),
];

/// Whether a text calls one of them.
pub(super) fn is_made(text: &str) -> bool {
    calls(text).next().is_some()
}

pub(super) fn find(line: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    for (name, start, place) in calls(line) {
        if let Some(range) = argument(line, start, place)
            && is_secret(Key::Password, &line[range.clone()], Writing::Argument)
        {
            let name = name.trim_end_matches(['(', ' ', '=']);
            found.push(secret_of(name, range.start, &line[range]));
        }
    }
    found
}

/// The first call of each in a text: its name, where its arguments begin, and which of them is secret.
fn calls(text: &str) -> impl Iterator<Item = (&'static str, usize, usize)> {
    // Few texts have many of them, and looking for each function costs more.
    let bytes = text.bytes().enumerate();
    let opens = bytes.filter(|(_, byte)| *byte == b'(');
    let opens: Vec<usize> = opens.map(|(at, _)| at + 1).collect();
    let functions = FUNCTIONS.iter().filter_map(move |(name, place)| {
        let mut starts = opens.iter().copied();
        let start = starts.find(|&start| text[..start].ends_with(name))?;
        Some((*name, start, *place))
    });
    // Whether it is there is seen faster than where.
    let has_cmdlet = text.contains("ConvertTo-SecureString ");
    let cmdlets = CMDLETS.iter().filter(move |_| has_cmdlet);
    let cmdlets =
        cmdlets.filter_map(|(name, place)| Some((*name, text.find(name)? + name.len(), *place)));
    functions.chain(cmdlets)
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

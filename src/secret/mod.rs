//! What a secret looks like that is written out in a text: a leaf that knows texts and nothing else.
//!
//! Four readers look at a text, each in one pass, and none looks at a byte more often than a bound says:
//! [`maker`] knows what the makers of tokens and keys give all of them (prefixes, blocks, addresses of
//! web hooks, the password in a URL), [`pair`] knows names that tell (`password`, `api_key`) with the value
//! that belongs to them, [`command`] reads the words of a shell and knows which options of which programs
//! take a secret, and [`file`] knows formats that name nothing (`.pgpass`) or name it with a blank.
//!
//! [`signs`] says of most texts in one pass that a reader would find nothing, so that it is not asked.
//!
//! What they find is a secret only if its [`value`] is one: no reference, no placeholder, no plain word
//! where words are usual.

mod account;
mod call;
mod command;
mod escaped;
mod exported;
mod file;
mod finding;
mod json;
mod literal;
mod maker;
mod mask;
mod name;
mod pair;
mod program;
mod shell;
mod shown;
mod signs;
mod text;
mod value;
mod view;
mod word;

#[cfg(test)]
pub(crate) use exported::read;
pub use finding::{Language, Secret};
pub use json::{hide_in_json, name_in};
pub use literal::is_value;
pub use mask::{Known, Mask, all_covered, covered, hide};
pub use name::{Key, key};
use signs::Signs;
pub(crate) use text::{ceiling, floor};

/// Finds the first secrets of a text, `most` of them at most, in the order written.
pub fn secrets(text: &str, language: Language, most: usize) -> Vec<Secret> {
    let signs = Signs::of(text);
    let mut found = maker::find(text);
    if signs.tells() || signs.runs() {
        found.extend(command::find(text, language));
    }
    if signs.tells() || signs.has_parameters() {
        found.extend(pair::find(text, language));
    }
    match language {
        Language::File => found.extend(file::find(text, &signs)),
        Language::Command | Language::Value => found.extend(file::sql(text, &signs)),
    }
    let mut apart = without_overlaps(found);
    apart.truncate(most);
    apart
}

/// Whether a file may have a secret in it: what is no text has none.
pub fn may_have_secrets(bytes: &[u8]) -> bool {
    let text = str::from_utf8(bytes).ok();
    text.is_some_and(|text| !secrets(text, Language::File, 1).is_empty())
}

/// Of those that overlap, what was found first: earlier readers know more.
fn without_overlaps(found: Vec<Secret>) -> Vec<Secret> {
    let mut ranked: Vec<(usize, Secret)> = found.into_iter().enumerate().collect();
    ranked.sort_by_key(|(rank, secret)| (secret.range.start, *rank));
    let mut apart: Vec<(usize, Secret)> = Vec::new();
    for (rank, secret) in ranked {
        match apart.last_mut() {
            Some((last_rank, last)) if secret.range.start < last.range.end => {
                if rank < *last_rank {
                    (*last_rank, *last) = (rank, secret);
                }
            }
            _ => apart.push((rank, secret)),
        }
    }
    apart.into_iter().map(|(_, secret)| secret).collect()
}

#[cfg(test)]
mod tests;

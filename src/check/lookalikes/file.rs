//! What looks like a reference in a file that is filled in on the node, and is none.
//!
//! Such files are of any language and have braces of their own, so that only what has Aurora's own
//! names in it, or names a package of the definition, is told. Nothing but `{{...}}` and what a
//! node knows, such as `${ports.NAME}`, is filled in there.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::check::lookalikes::UNREAD_REFERENCE;
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{CommandLine, PackageName, Piece, Reference};

use crate::check::mistaken;
use crate::check::templates::{self, not_in_files};
use crate::rule::scope::Scope;
use crate::template::{Address, by_agent, references};

use super::{MOST, Reader, agents_address, braces_and_percents, without_dollar};

/// The problems of a file's text in `scope`. `is_package` says which packages the definition may
/// name, `place` what place a range of the text is.
pub fn lookalikes_in_file(
    text: &str,
    scope: &Scope<'_>,
    is_package: impl Fn(&PackageName) -> bool,
    place: impl Fn(Range<usize>) -> Place,
) -> Vec<Diagnostic> {
    let mut search = Search {
        text,
        place: &place,
        told: BTreeSet::new(),
        found: Vec::new(),
    };
    if text.contains("{{") {
        search.broken(scope);
    }
    if text.contains("${") {
        search.of_commands(is_package);
        search.after_dollars(scope);
    }
    let Search { mut found, .. } = search;
    let within = |offset: usize, guilty: &str| place(offset..offset + guilty.len());
    braces_and_percents(text, Reader::File, scope, &within, &mut found);
    found.truncate(MOST);
    found
}

struct Search<'a, P> {
    text: &'a str,
    place: &'a P,
    /// What was told once is not told again.
    told: BTreeSet<&'a str>,
    found: Vec<Diagnostic>,
}

impl<P: Fn(Range<usize>) -> Place> Search<'_, P> {
    fn tell(&mut self, range: Range<usize>, headline: impl FnOnce(&str) -> String, help: String) {
        let guilty = &self.text[range.clone()];
        if self.found.len() < MOST && self.told.insert(guilty) {
            let headline = headline(&templates::shorten(guilty));
            let place = (self.place)(range);
            let problem = Diagnostic::new(&UNREAD_REFERENCE, headline, place);
            self.found.push(problem.help(help));
        }
    }

    /// `{{ thermos.ports[x] }}`, `{{thermos.ports[x}}` and the like.
    fn broken(&mut self, scope: &Scope<'_>) {
        for reference in references(self.text) {
            if reference.address.is_some() || reference.escaped {
                continue;
            }
            let trimmed = reference.inner.trim();
            let spaced = Address::parse(trimmed).filter(by_agent);
            let meant = match spaced {
                Some(address) => address.to_string(),
                None => match templates::repaired(trimmed) {
                    Some(meant) => meant,
                    None => continue,
                },
            };
            self.tell(
                reference.offset..reference.offset + reference.text.len(),
                |guilty| format!("`{guilty}` is no reference"),
                format!("write `{}`", templates::spelled(&meant, scope)),
            );
        }
    }

    /// `${pkgs.x}`, `${./x}` and `${expanded ./x}`.
    fn of_commands(&mut self, is_package: impl Fn(&PackageName) -> bool) {
        let line = CommandLine::new(self.text);
        for piece in line.pieces() {
            let (text, offset, to) = match piece {
                Ok(Piece::Reference { text, offset, to }) => (text, offset, to),
                Err(error) if mistaken::is_of_node(&error) => {
                    let range = error.offset..error.offset + error.text.len();
                    if self.found.len() < MOST && self.told.insert(&self.text[range.clone()]) {
                        let place = (self.place)(range);
                        self.found.push(mistaken::of_node(&error, place));
                    }
                    continue;
                }
                Ok(_) | Err(_) => continue,
            };
            let is_meant = match &to {
                Reference::Package(name) => is_package(name),
                Reference::File(_) | Reference::Expanded(_) => true,
                Reference::Node(_) => false,
            };
            if is_meant {
                self.tell(
                    offset..offset + text.len(),
                    |guilty| format!("`{guilty}` is not read in a file"),
                    not_in_files(text),
                );
            }
        }
    }

    /// `${thermos.ports[x]}` and `${{thermos.ports[x]}}`.
    fn after_dollars(&mut self, scope: &Scope<'_>) {
        for (at, opening) in self.text.match_indices("${") {
            let rest = &self.text[at..];
            if self.text[..at].ends_with('$') {
                continue;
            }
            if let Some((guilty, reference)) = mistaken::after_dollar(rest) {
                if reference.address.as_ref().is_some_and(by_agent) {
                    self.tell(
                        at..at + guilty.len(),
                        |guilty| format!("`{guilty}` becomes `$` and the value"),
                        without_dollar(&reference, scope),
                    );
                }
                continue;
            }
            let inner = &rest[opening.len()..];
            let Some(address) = agents_address(inner) else {
                continue;
            };
            if inner[address.len()..].starts_with('}') {
                self.tell(
                    at..at + opening.len() + address.len() + 1,
                    |guilty| format!("nobody fills in `{guilty}`"),
                    format!("write `{}`", templates::spelled(address, scope)),
                );
            }
        }
    }
}

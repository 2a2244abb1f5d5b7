//! Texts without their secrets: what stands in for one is as wide as it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::slice;

use super::literal::{is_value, written};
use super::shown::{exported_values, own_spots};
use super::text::{is_word, merged};
use super::value::is_mixed;
use super::view::{Undo, View};
use super::{ceiling, floor, key};

/// Secrets that were seen, to be known again where nothing says what they are.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Known {
    texts: BTreeSet<String>,
}

/// [`Known`], ready to be looked for.
#[derive(Debug, Default, Clone)]
pub struct Mask {
    /// In order, each once.
    sorted: Vec<String>,
    /// Of each the longest other one that it begins with.
    shorter: Vec<Option<usize>>,
    /// The first two bytes of them.
    beginnings: BTreeSet<[u8; 2]>,
    firsts: Vec<bool>,
}

impl Known {
    /// Learns the secrets of a text, and tells where they stand.
    pub fn learn(&mut self, text: &str) -> Vec<Range<usize>> {
        self.learn_parts(text, slice::from_ref(&(0..text.len())))
    }

    /// Learns the secrets of a text, as far as it is looked at, and tells where they stand. The parts to
    /// look at are in order and apart.
    pub fn learn_parts(&mut self, text: &str, parts: &[Range<usize>]) -> Vec<Range<usize>> {
        let mut words: BTreeSet<&str> = BTreeSet::new();
        let spots: Vec<_> = parts
            .iter()
            .flat_map(|part| shifted(own_spots(&text[part.clone()]), part.start))
            .collect();
        for spot in &spots {
            let secret = &text[spot.clone()];
            self.add(secret, &mut words);
            self.add(secret.trim_matches(QUOTES), &mut BTreeSet::new());
            self.undone(secret, DEEPEST);
        }
        if !spots.is_empty() {
            for part in parts {
                for value in exported_values(&text[part.clone()]) {
                    self.learn_secret(&value);
                }
            }
        }
        // A common word is known by its place only, unless it stands nowhere else.
        if !words.is_empty() {
            for word in parts
                .iter()
                .flat_map(|part| words_outside(text, part, &spots))
            {
                words.remove(word);
            }
        }
        self.texts.extend(words.into_iter().map(str::to_owned));
        spots
    }

    /// Learns the value of what is called `name`, and the secrets in it.
    pub fn learn_value(&mut self, name: &str, value: &str) {
        if key(name).is_some_and(|key| is_value(key, value)) {
            self.learn_secret(value);
        } else {
            self.learn(value);
        }
    }

    /// Learns a secret. A common word is known by its place only.
    pub(super) fn learn_secret(&mut self, secret: &str) {
        for part in written(secret) {
            let part = &secret[part];
            self.add(part, &mut BTreeSet::new());
            self.add(part.trim_matches(QUOTES), &mut BTreeSet::new());
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// With what others know.
    pub fn extend(&mut self, other: Self) {
        self.texts.extend(other.texts);
    }

    /// Adds what a secret is to those who read it, whatever it is quoted for.
    fn undone(&mut self, secret: &str, depth: usize) {
        for undo in [Undo::Backslashes, Undo::Quotes, Undo::Percents, Undo::Joins] {
            if let Some(view) = View::of(secret, undo) {
                self.add(&view.text, &mut BTreeSet::new());
                if undo.is_nested() && depth > 1 {
                    self.undone(&view.text, depth - 1);
                }
            }
        }
    }

    fn add<'t>(&mut self, secret: &'t str, words: &mut BTreeSet<&'t str>) {
        const SHORTEST: usize = 5;
        const SHORTEST_LINE: usize = 16;
        const SHORTEST_RANDOM: usize = 8;
        if secret.contains('\n') {
            let lines = secret.lines().map(str::trim);
            let is_known = |line: &&str| {
                let is_random =
                    line.len() >= SHORTEST_RANDOM && is_mixed(line) && !line.contains(' ');
                !line.starts_with("-----") && (line.len() >= SHORTEST_LINE || is_random)
            };
            let lines = lines.filter(is_known);
            self.texts.extend(lines.map(str::to_owned));
            return;
        }
        if is_telling(secret) {
            self.texts.insert(secret.to_owned());
        } else if secret.len() >= SHORTEST {
            words.insert(secret);
        }
    }

    /// Ready to be looked for.
    pub fn mask(&self) -> Mask {
        let sorted: Vec<String> = self.texts.iter().cloned().collect();
        let mut shorter: Vec<Option<usize>> = Vec::with_capacity(sorted.len());
        for (index, text) in sorted.iter().enumerate() {
            let mut candidate = index.checked_sub(1);
            while let Some(before) = candidate.filter(|before| !text.starts_with(&sorted[*before]))
            {
                candidate = shorter[before];
            }
            shorter.push(candidate);
        }
        let mut firsts = vec![false; 256];
        for text in &sorted {
            firsts[usize::from(text.as_bytes()[0])] = true;
        }
        let beginnings = sorted
            .iter()
            .map(|text| [text.as_bytes()[0], text.as_bytes()[1]]);
        Mask {
            beginnings: beginnings.collect(),
            shorter,
            firsts,
            sorted,
        }
    }
}

/// What somebody may put around a secret, or leave out.
const QUOTES: [char; 4] = ['"', '\'', '`', ' '];

/// How many times a secret may be quoted: for a shell, in a word of a shell, in JSON.
const DEEPEST: usize = 3;

/// Whether it would be written only as this secret.
fn is_telling(secret: &str) -> bool {
    const SHORTEST: usize = 6;
    const LONG: usize = 20;
    let has = |is: fn(u8) -> bool| secret.bytes().any(is);
    let is_varied = is_mixed(secret)
        || has(|byte| byte.is_ascii_uppercase())
            && has(|byte| byte.is_ascii_lowercase())
            && secret.len() >= 8
        || has(|byte| !byte.is_ascii_alphanumeric()) && has(|byte| byte.is_ascii_alphanumeric());
    secret.len() >= SHORTEST && is_varied || secret.len() >= LONG
}

impl Mask {
    /// A text with each of its secrets hidden, and each that is known: all else stands where it stood.
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let spots = self.spots(text);
        if spots.is_empty() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(covered(text, &spots))
    }

    /// Where the secrets of a text stand, those that are known among them.
    pub fn spots(&self, text: &str) -> Vec<Range<usize>> {
        let mut spots = own_spots(text);
        spots.extend(self.known(text));
        merged(spots)
    }

    /// Where the secrets of a text stand, of which it shows these by itself, as far as it is looked at.
    pub fn spots_besides(
        &self,
        own: Vec<Range<usize>>,
        text: &str,
        parts: &[Range<usize>],
    ) -> Vec<Range<usize>> {
        let known = parts
            .iter()
            .flat_map(|part| shifted(self.known(&text[part.clone()]), part.start));
        let mut spots = own;
        spots.extend(known);
        merged(spots)
    }

    /// Where secrets that are known stand in a text, in whatever writing.
    fn known(&self, text: &str) -> Vec<Range<usize>> {
        if self.sorted.is_empty() {
            return Vec::new();
        }
        let mut spots = self.undone(text, DEEPEST);
        for undo in [Undo::Percents, Undo::Entities, Undo::Joins, Undo::Breaks] {
            if let Some(view) = View::of(text, undo) {
                let found = self.occurrences(&view.text);
                spots.extend(found.iter().map(|range| view.range(range)));
            }
        }
        spots
    }

    /// The same in what is quoted so many times at most.
    fn undone(&self, text: &str, depth: usize) -> Vec<Range<usize>> {
        let mut spots = self.occurrences(text);
        if depth > 0 {
            for undo in [Undo::Backslashes, Undo::Quotes] {
                if let Some(view) = View::of(text, undo) {
                    let found = self.undone(&view.text, depth - 1);
                    spots.extend(found.iter().map(|range| view.range(range)));
                }
            }
        }
        spots
    }

    /// Where the secrets that are known stand in a text.
    fn occurrences(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        while at + 1 < bytes.len() {
            if self.firsts[usize::from(bytes[at])]
                && self.beginnings.contains(&[bytes[at], bytes[at + 1]])
                && let Some(end) = self.at(text, at)
            {
                found.push(at..end);
                at = end;
            } else {
                at += 1;
            }
        }
        for ellipsis in ["...", "\u{2026}"] {
            for (end, _) in text.match_indices(ellipsis) {
                found.extend(self.cut(text, end));
            }
        }
        found
    }

    /// Where the longest secret ends that begins at `at`.
    fn at(&self, text: &str, at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        let mut candidate = self
            .sorted
            .partition_point(|known| known.as_str() <= rest)
            .checked_sub(1);
        while let Some(index) = candidate {
            let known = &self.sorted[index];
            if rest.starts_with(known)
                && (is_telling(known) || is_whole_word(text, at, at + known.len()))
            {
                return Some(at + known.len());
            }
            candidate = self.shorter[index];
        }
        None
    }

    /// The beginning of a secret that was cut at `end`.
    fn cut(&self, text: &str, end: usize) -> Option<Range<usize>> {
        const FEWEST: usize = 3;
        const FARTHEST: usize = 300;
        let from = floor(text, end.saturating_sub(FARTHEST));
        let begins = text[from..end]
            .char_indices()
            .map(|(index, _)| from + index);
        begins
            .filter(|start| end - start >= FEWEST)
            .find_map(|start| {
                let piece = &text[start..end];
                let next = self.sorted.partition_point(|known| known.as_str() < piece);
                let is_cut = self
                    .sorted
                    .get(next)
                    .is_some_and(|known| known.starts_with(piece));
                is_cut.then_some(start..end)
            })
    }
}

/// The words of a part of a text that do not stand in these ranges.
fn words_outside<'t>(
    text: &'t str,
    part: &Range<usize>,
    spots: &[Range<usize>],
) -> impl Iterator<Item = &'t str> {
    let first = spots.partition_point(|spot| spot.start < part.start);
    let spots = spots[first..].iter();
    let spots = spots.take_while(|spot| spot.start < part.end);
    let ends = spots.clone().map(|spot| spot.start).chain([part.end]);
    let starts = std::iter::once(part.start).chain(spots.map(|spot| spot.end));
    let is_separator = |c: char| !c.is_alphanumeric() && c != '_' && c != '-';
    starts
        .zip(ends)
        .flat_map(move |(start, end)| text[start..end].split(is_separator))
}

/// Ranges of a part of a text as ranges of the text.
fn shifted(ranges: Vec<Range<usize>>, by: usize) -> impl Iterator<Item = Range<usize>> {
    ranges
        .into_iter()
        .map(move |range| range.start + by..range.end + by)
}

fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let free = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_none_or(|byte| !is_word(*byte))
    };
    free(start.checked_sub(1)) && free(Some(end))
}

/// A text with each of its secrets hidden, wherever in it they stand.
pub fn hide(text: &str) -> Cow<'_, str> {
    let mut known = Known::default();
    let mut spots = known.learn(text);
    if spots.is_empty() {
        return Cow::Borrowed(text);
    }
    spots.extend(known.mask().known(text));
    Cow::Owned(covered(text, &merged(spots)))
}

/// The text with each of its characters covered.
pub fn all_covered(text: &str) -> String {
    text.chars().map(cover).collect()
}

fn cover(character: char) -> char {
    match (character, character.len_utf8()) {
        ('\n' | '\r', _) => character,
        (_, 1) => '*',
        (_, 2) => '\u{d7}',
        (_, 3) => '\u{2217}',
        _ => '\u{1d7b7}',
    }
}

/// The text with each character of these ranges covered, but for line breaks: by one that takes as many
/// bytes, so that lines, columns and offsets stay what they are.
pub fn covered(text: &str, spots: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for spot in spots {
        let start = floor(text, spot.start.max(at));
        let end = ceiling(text, spot.end.max(start));
        out.push_str(&text[at..start]);
        out.extend(text[start..end].chars().map(cover));
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

//! Problems as they may be shown.
//!
//! **No text that jobc prints or reports holds a text that the lint `literal-secret` would call a secret**,
//! whatever the text is about, and whether the lint is allowed, waived or never came to it. The compiled
//! job is no such text: it is what jobc is asked for.
//!
//! The door is here and where results are printed (`cli/ui/output.rs`), not at each message. Excerpts, labels,
//! names of files, keys of jobs and what fingerprints are made of pass it together, so that a secret that
//! one of them shows by its surroundings is known in the others, which show a part of it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::secret::{Known, Mask, all_covered, covered};
use crate::source::{Pointer, SourceFile, Span, Token};

use super::{Diagnostic, Guilty, Part, Place, looked_at};

/// Problems without the secrets in what they are about. Renderers take nothing else.
#[derive(Debug, Default)]
pub struct Redacted(Vec<Diagnostic>);

impl Deref for Redacted {
    type Target = [Diagnostic];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Redacted {
    /// The problems, with their secrets hidden.
    pub fn new(problems: Vec<Diagnostic>) -> Self {
        let redactor = Redactor::new(&problems);
        Self(
            problems
                .into_iter()
                .map(|problem| redactor.problem(problem))
                .collect(),
        )
    }

    /// With more of them.
    pub fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }
}

/// The ranges of a file that one problem points at.
type Ranges = Vec<Range<usize>>;

/// A file, and where its secrets stand.
struct Hidden {
    file: Arc<SourceFile>,
    /// The file without them.
    shown: Arc<SourceFile>,
    spots: Vec<Range<usize>>,
}

struct Redactor {
    mask: Mask,
    /// The files that problems point into, by where their texts lie.
    files: BTreeMap<usize, Hidden>,
    /// What became of texts: help and notes are the same for many problems.
    texts: RefCell<HashMap<String, Option<String>>>,
}

impl Redactor {
    fn new(problems: &[Diagnostic]) -> Self {
        let mut files: BTreeMap<usize, (Arc<SourceFile>, Vec<Ranges>)> = BTreeMap::new();
        let mut known = Known::default();
        for problem in problems {
            let subject = problem
                .subject
                .iter()
                .filter_map(|subject| subject.job.as_ref());
            let places =
                problem
                    .annotations
                    .iter()
                    .filter_map(|annotation| match &annotation.place {
                        Place::Span(location) => Some(location),
                        Place::Document(..) | Place::File(_) => None,
                    });
            let mut shown: BTreeMap<usize, Ranges> = BTreeMap::new();
            for location in places.chain(subject.map(|job| &job.location)) {
                let address = address(&location.file);
                files
                    .entry(address)
                    .or_insert_with(|| (Arc::clone(&location.file), Vec::new()));
                shown
                    .entry(address)
                    .or_default()
                    .push(location.span.range());
            }
            for (address, ranges) in shown {
                if let Some((_, all)) = files.get_mut(&address) {
                    all.push(ranges);
                }
            }
        }
        let learned = files.into_iter().map(|(address, (file, shown))| {
            let parts = looked_at::parts(file.text(), &shown);
            let spots = known.learn_parts(file.text(), &parts);
            (address, file, parts, spots)
        });
        let learned: Vec<_> = learned.collect();
        let mask = known.mask();
        let hidden = |(address, file, parts, own): (usize, Arc<SourceFile>, Vec<_>, Vec<_>)| {
            let spots = mask.spots_besides(own, file.text(), &parts);
            let name = mask.hide(file.name());
            let shown = if spots.is_empty() && name == file.name() {
                Arc::clone(&file)
            } else {
                let name = match name {
                    Cow::Borrowed(_) => file.full_name().clone(),
                    Cow::Owned(name) => name.into(),
                };
                SourceFile::new(name, covered(file.text(), &spots))
            };
            (address, Hidden { file, shown, spots })
        };
        let files = learned.into_iter().map(hidden).collect();
        Self {
            mask,
            files,
            texts: RefCell::default(),
        }
    }

    fn problem(&self, mut problem: Diagnostic) -> Diagnostic {
        let touched = self.touched(&problem);
        for annotation in &mut problem.annotations {
            self.text(&mut annotation.label, &touched);
            self.place(&mut annotation.place);
        }
        self.text(&mut problem.headline, &touched);
        for text in problem.help.iter_mut().chain(&mut problem.notes) {
            self.text(text, &touched);
        }
        if let Some(subject) = &mut problem.subject {
            // Fingerprints are made of it, and a short secret can be guessed from a hash.
            let shows = |text: &String| self.hidden(text).is_some() || !touched.is_empty();
            if problem.code.guilty == Guilty::Secret || subject.text.as_ref().is_some_and(shows) {
                subject.text = None;
            }
            self.text(&mut subject.path, &touched);
            subject.pointer = self.pointer(&subject.pointer);
            if let Some(job) = &mut subject.job {
                self.text(&mut job.name, &[]);
                if let Some(hidden) = self.files.get(&address(&job.location.file)) {
                    job.location.file = Arc::clone(&hidden.shown);
                }
            }
        }
        problem
    }

    /// The secrets that a problem points at, or at a part of.
    fn touched(&self, problem: &Diagnostic) -> Vec<&str> {
        let mut touched = Vec::new();
        for annotation in &problem.annotations {
            if let Place::Span(location) = &annotation.place
                && let Some(hidden) = self.files.get(&address(&location.file))
            {
                let span = location.span.range();
                let first = hidden.spots.partition_point(|spot| spot.end < span.start);
                let near = hidden.spots[first..]
                    .iter()
                    .take_while(|spot| spot.start <= span.end);
                let near = near.take(MOST_TOUCHED);
                touched.extend(near.map(|spot| hidden.file.slice(Span::new(spot.clone()))));
            }
        }
        touched
    }

    fn place(&self, place: &mut Place) {
        match place {
            Place::Span(location) => {
                if let Some(hidden) = self.files.get(&address(&location.file)) {
                    location.file = Arc::clone(&hidden.shown);
                }
            }
            Place::File(name) => self.text(name, &[]),
            Place::Document(pointer, part) => {
                *pointer = self.pointer(pointer);
                if let Part::Text { text, .. } = part {
                    self.text(text, &[]);
                }
            }
        }
    }

    fn pointer(&self, pointer: &Pointer) -> Pointer {
        let hide = |token: &Token| match token {
            Token::Key(key) => {
                let key = looked_at::printed(key);
                Token::Key(self.hidden(&key).unwrap_or_else(|| key.into_owned()))
            }
            Token::Index(index) => Token::Index(*index),
        };
        pointer.tokens().iter().map(hide).collect()
    }

    /// The text without its secrets, if it has some.
    fn hidden(&self, text: &str) -> Option<String> {
        if let Some(known) = self.texts.borrow().get(text) {
            return known.clone();
        }
        let hidden = match self.mask.hide(text) {
            Cow::Owned(hidden) => Some(hidden),
            Cow::Borrowed(_) => None,
        };
        let mut texts = self.texts.borrow_mut();
        texts.insert(text.to_owned(), hidden.clone());
        hidden
    }

    fn text(&self, text: &mut String, touched: &[&str]) {
        if let Cow::Owned(printed) = looked_at::printed(text) {
            *text = printed;
        }
        if let Some(hidden) = self.hidden(text) {
            *text = hidden;
        }
        if !touched.is_empty() {
            *text = without_pieces(text, touched);
        }
    }
}

/// A secret that is cut is not looked for by more of its pieces.
const MOST_TOUCHED: usize = 8;

fn address(file: &Arc<SourceFile>) -> usize {
    Arc::as_ptr(file) as usize
}

/// The text with those words of the user hidden that are a piece of a secret: what stands in backticks.
fn without_pieces(text: &str, secrets: &[&str]) -> String {
    const FEWEST: usize = 2;
    let mut pieces = text.split('`');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for (index, piece) in pieces.enumerate() {
        out.push('`');
        let cut = piece.trim_end_matches(['.', '\u{2026}']);
        let is_piece = index % 2 == 0
            && cut.len() >= FEWEST
            && secrets
                .iter()
                .any(|secret| secret.contains(cut) || cut.contains(secret));
        if is_piece {
            out.push_str(&all_covered(cut));
            out.push_str(&piece[cut.len()..]);
        } else {
            out.push_str(piece);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::samples::SYNTAX;

    fn redacted(text: &str, guilty: &str, headline: &str) -> (String, String) {
        let file = SourceFile::new("job.toml", text);
        let start = text.find(guilty).expect("it is in it");
        let place = Place::span(&file, Span::new(start..start + guilty.len()));
        let redacted = Redacted::new(vec![Diagnostic::new(&SYNTAX, headline, place)]);
        let Place::Span(location) = redacted[0].place() else {
            panic!("the place is a range");
        };
        (
            location.file.text().to_owned(),
            redacted[0].headline.clone(),
        )
    }

    #[test]
    fn pieces_of_a_secret() {
        let (text, headline) = redacted(
            "password = \"hun\"ter2x\"\n",
            "ter2x",
            "expected a line break, found `ter2x`",
        );
        assert_eq!(text, "password = \"*********\"\n");
        assert_eq!(headline, "expected a line break, found `*****`");
    }

    #[test]
    fn known_from_elsewhere() {
        let (text, headline) = redacted(
            "a = \"--password=hunter2\"\nb = 'xhunter2'\n",
            "b",
            "no field is called `hunter2`",
        );
        assert_eq!(text, "a = \"--password=*******\"\nb = 'x*******'\n");
        assert_eq!(headline, "no field is called `*******`");
    }

    #[test]
    fn a_backquote_closes() {
        let (_, headline) = redacted(
            "a = 'b'\n",
            "b",
            "no answer from `https://h/?token=8c1f0de2aa417bd5`, `x` and `y`",
        );
        assert_eq!(
            headline,
            "no answer from `https://h/?token=****************`, `x` and `y`"
        );
    }

    #[test]
    fn widths_stay() {
        let (text, _) = redacted("a = 'PASSWORD=h\u{e9}\u{20ac}\u{1f600}r2'; b\n", "b", "b");
        assert_eq!(text, "a = 'PASSWORD=*\u{d7}\u{2217}\u{1d7b7}**'; b\n");
    }
}

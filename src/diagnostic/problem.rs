//! One problem.

use crate::source::{Pointer, SourceMap};

use super::subject::Holds;
use super::{Code, Place, Severity, Subject};

/// A problem that was found, told in pieces that renderers put together.
///
/// The headline makes sense alone on one line: lower case, no full stop, the user's words in
/// backticks. Exactly one annotation is the primary one, the smallest guilty text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of problem.
    pub code: &'static Code,
    /// How bad it is here, by the code's own severity unless changed.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub headline: String,
    /// Where: the primary place first, then related ones.
    pub annotations: Vec<Annotation>,
    /// What to do, each an imperative.
    pub help: Vec<String>,
    /// What to know besides.
    pub notes: Vec<String>,
    /// What the primary place is about, once it is located.
    pub subject: Option<Box<Subject>>,
}

/// A place that a diagnostic points at, with what to know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Where.
    pub place: Place,
    /// Short text beside the mark; may be empty.
    pub label: String,
}

impl Diagnostic {
    /// A problem at its primary place.
    pub fn new(code: &'static Code, headline: impl Into<String>, place: Place) -> Self {
        Self {
            code,
            severity: code.severity(),
            headline: headline.into(),
            annotations: vec![Annotation {
                place,
                label: String::new(),
            }],
            help: Vec::new(),
            notes: Vec::new(),
            subject: None,
        }
    }

    /// With a text beside the mark at the primary place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.annotations[0].label = label.into();
        self
    }

    /// With a related place.
    #[must_use]
    pub fn also(mut self, place: Place, label: impl Into<String>) -> Self {
        self.annotations.push(Annotation {
            place,
            label: label.into(),
        });
        self
    }

    /// With something to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// With something to know about it.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// With `did you mean ...` if one of `candidates` is close to `word`.
    #[must_use]
    pub fn did_you_mean<'a>(
        self,
        word: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        match super::closest(word, candidates) {
            Some(candidate) => self.help(format!("did you mean `{candidate}`?")),
            None => self,
        }
    }

    /// The primary place.
    pub fn place(&self) -> &Place {
        &self.annotations[0].place
    }

    /// With all places looked up in the document's file.
    #[must_use]
    pub fn located(self, map: &SourceMap) -> Self {
        self.located_in(map, Holds::Anything)
    }

    /// As [`Self::located`], in a file of one job or several.
    #[must_use]
    pub fn located_in_jobs(self, map: &SourceMap) -> Self {
        self.located_in(map, Holds::Jobs)
    }

    fn located_in(mut self, map: &SourceMap, holds: Holds) -> Self {
        self.subject = self
            .subject
            .or_else(|| Subject::of(&self.annotations[0].place, map, holds).map(Box::new));
        for annotation in &mut self.annotations {
            let place = std::mem::replace(&mut annotation.place, Place::value(Pointer::root()));
            annotation.place = place.located(map);
        }
        self
    }
}

//! What is written, made into what a definition would have.

use std::sync::Arc;

use crate::diagnostic::TOO_MANY_ERRORS;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::front::codes::NUMBER_OUT_OF_RANGE;
use crate::front::decode::codes::{BAD_VALUE, WRONG_TYPE};
use crate::lint::Levels;
use crate::model::Document;
use crate::source::{Entry, Kind, Node, Pointer, SourceFile, Span};
use crate::template::{references, with_neutral_escaped};
use crate::validate::codes::{COERCED_VALUE, IGNORED_FIELD};
use crate::vocabulary::{JOB, Type};

use crate::validate::bind::View;
use crate::validate::binding::Binding;
use crate::validate::coerce;

use super::ignored::drop_ignored;
use super::key;
use super::path::{Path, find};

/// The most errors of one file that are told, and the most warnings.
pub(super) const MOST: usize = 100;

/// A tree on its way, and what was found in it.
pub(super) struct Speller<'a> {
    pub(super) file: &'a Arc<SourceFile>,
    pub(super) bindings: &'a [Binding],
    pub(super) levels: Levels<'a>,
    pub(super) found: Vec<Diagnostic>,
    pub(super) told: Vec<Pointer>,
    /// Values of the job with references that have to be filled in.
    pub(super) deferred: Vec<Deferred>,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    /// Whether the file has no job.
    pub(super) empty: bool,
}

/// A value that waits for all others.
pub(super) struct Deferred {
    pub(super) path: Pointer,
    pub(super) of: Type,
}

impl Speller<'_> {
    pub(super) fn document(&mut self, root: &mut Node) {
        let path = Path::ROOT;
        let Kind::Mapping(entries) = &mut root.kind else {
            return;
        };
        if !entries
            .iter()
            .any(|entry| entry.key == Document::LIST_FIELD)
        {
            self.job(root, &path);
            return;
        }
        entries.retain(|entry| {
            let is_list = entry.key == Document::LIST_FIELD;
            if !is_list {
                let headline = format!("`{}` is ignored beside `jobs`", entry.key);
                self.report(Diagnostic::new(
                    &IGNORED_FIELD,
                    headline,
                    self.at(entry.key_span),
                ));
            }
            is_list
        });
        let path = path.key(Document::LIST_FIELD);
        let Some(Entry { value: list, .. }) = entries.first_mut() else {
            return;
        };
        if let Kind::Sequence(jobs) = &mut list.kind {
            if jobs.is_empty() {
                self.empty = true;
                let headline = "`jobs`: expected a job at least, found an empty list";
                self.report(Diagnostic::new(&BAD_VALUE, headline, self.at(list.span)));
            }
            for (index, job) in jobs.iter_mut().enumerate() {
                self.job(job, &path.index(index));
            }
        }
    }

    pub(super) fn job(&mut self, job: &mut Node, path: &Path<'_>) {
        let told = self.bind(job, path);
        self.table(job, &JOB, path);
        let mut deferred = std::mem::take(&mut self.deferred);
        deferred.retain(|value| !told.contains(&value.path));
        if !deferred.is_empty() || key::has_references(job) {
            let view = View::new(job);
            let told = self.key(job, &view, path);
            deferred.retain(|value| !told.contains(&value.path));
            let depth = path.pointer().tokens().len();
            for Deferred { path, of } in deferred {
                let (_, inside) = path.tokens().split_at(depth);
                if let Some(node) = find(job, inside) {
                    self.fill_in(node, of, &view, inside, &path);
                }
            }
        }
        drop_ignored(job);
    }

    pub(super) fn value(&mut self, node: &mut Node, of: Type, path: &Path<'_>) {
        match of {
            Type::Struct(fields) => self.table(node, fields, path),
            Type::Choice(kinds) => self.choice(node, kinds, path),
            Type::List(of) => {
                if let Kind::Sequence(items) = &mut node.kind {
                    for (index, item) in items.iter_mut().enumerate() {
                        self.value(item, *of, &path.index(index));
                    }
                }
            }
            Type::Map(of) => self.map(node, *of, path),
            Type::Integer | Type::Float | Type::Boolean => self.scalar(node, of, path),
            Type::Placement | Type::AnyCase(_) | Type::Word(_) => {
                if let Kind::Sequence(_) | Kind::Mapping(_) = &node.kind {
                    self.wrong_type(node, "a string", path);
                } else if matches!(of, Type::Word(_)) {
                    self.defer(node, of, path);
                } else {
                    self.text(node, of, path);
                }
            }
            Type::Text | Type::Command | Type::KnownText | Type::Schedule => {
                self.text(node, of, path);
            }
        }
    }

    /// Leaves a text with references for later; whether it has any.
    pub(super) fn defer(&mut self, node: &Node, of: Type, path: &Path<'_>) {
        if let Kind::String(text) = &node.kind
            && text.contains("{{")
        {
            let path = path.pointer();
            self.deferred.push(Deferred { path, of });
        }
    }

    pub(super) fn scalar(&mut self, node: &mut Node, of: Type, path: &Path<'_>) {
        if let Some(escaped) = self.escaped(node) {
            let headline = format!(
                "{}expected {}, found `{escaped}`, which is the text `{}`",
                path.subject(),
                wanted(of),
                escaped.replacen('&', "", 1)
            );
            let problem = Diagnostic::new(&BAD_VALUE, headline, self.within(node.span, escaped));
            let problem = problem.help("leave the `&` out");
            self.tell(problem, path.pointer());
            return;
        }
        let made = match (&node.kind, of) {
            (Kind::String(text), _) if text.contains("{{") => {
                self.defer(node, of, path);
                return;
            }
            (Kind::String(text), Type::Integer) => coerce::integer(text),
            (Kind::String(text), Type::Float) => coerce::float(text),
            (Kind::String(text), _) => coerce::boolean(text),
            (Kind::Float(number), _) if !number.is_finite() => Some(node.kind.clone()),
            (Kind::Float(number), Type::Integer) if number.fract() != 0.0 => {
                Some(coerce::whole(*number))
            }
            (Kind::Boolean(value), Type::Integer | Type::Float) => {
                Some(Kind::Integer(i64::from(*value)))
            }
            (Kind::Integer(number), Type::Boolean) => Some(Kind::Boolean(*number != 0)),
            (Kind::Float(number), Type::Boolean) => Some(Kind::Boolean(*number != 0.0)),
            _ => return,
        };
        let Some(made) = made else {
            let (bound, written) = match &node.kind {
                Kind::String(text) if self.is_bound(node) => ("filled in, ", text.as_str()),
                _ => ("", self.file.slice(node.span)),
            };
            let headline = format!(
                "{}{bound}expected {}, found {}",
                path.subject(),
                wanted(of),
                shortened(written)
            );
            let problem = Diagnostic::new(&BAD_VALUE, headline, self.at(node.span));
            let problem = match (&node.kind, of) {
                (Kind::String(text), Type::Integer) => match units(text) {
                    Some(number) => problem.help(format!("write `{number}`")),
                    None => problem,
                },
                _ => problem,
            };
            self.tell(problem, path.pointer());
            return;
        };
        let bound = self.is_bound(node);
        let written = std::mem::replace(&mut node.kind, made);
        if let Some(problem) = self.infinite(node, path.pointer()) {
            self.tell(problem, path.pointer());
        } else if !bound {
            self.coerced(node, of, &written, path);
        }
    }

    /// What is wrong with a number that is not finite, which Python's JSON may have.
    pub(super) fn infinite(&self, node: &Node, pointer: Pointer) -> Option<Diagnostic> {
        let Kind::Float(number) = node.kind else {
            return None;
        };
        if number.is_finite() {
            return None;
        }
        let written = self.file.slice(node.span);
        let headline = format!("expected a finite number, found {}", shortened(written));
        let place = match whole(written) {
            // The client cannot make a float of it.
            Some(_) => self.at(node.span),
            None => Place::value(pointer),
        };
        let problem = Diagnostic::new(&NUMBER_OUT_OF_RANGE, headline, place);
        Some(problem.help("use a finite number"))
    }

    /// The first reference of a text that stands for itself.
    pub(super) fn escaped(&self, node: &Node) -> Option<&str> {
        let written = self.file.slice(node.span);
        let mut found = references(written);
        let is_text = matches!(node.kind, Kind::String(_));
        let escaped = found.find(|reference| is_text && reference.escaped)?;
        Some(escaped.text)
    }

    /// Whether a value, which has no references any more, was written with some.
    pub(super) fn is_bound(&self, node: &Node) -> bool {
        self.file.slice(node.span).contains("{{")
    }

    pub(super) fn text(&mut self, node: &mut Node, of: Type, path: &Path<'_>) {
        if let Some(made) = coerce::text(&node.kind) {
            let digits = match node.kind {
                Kind::Float(_) => whole(self.file.slice(node.span)),
                _ => None,
            };
            let infinite = self
                .infinite(node, path.pointer())
                .filter(|_| digits.is_none());
            let made = digits.map_or(made, str::to_owned);
            let written = std::mem::replace(&mut node.kind, Kind::String(made));
            match infinite {
                Some(problem) => self.report(problem),
                None => self.coerced(node, of, &written, path),
            }
        }
        let Kind::String(text) = &mut node.kind else {
            return;
        };
        match of {
            Type::Command if text.contains("${") => *text = text.replace("${", "$${"),
            Type::Text if text.contains("${") => {
                *text = with_neutral_escaped(text).into_owned();
            }
            Type::AnyCase(_) if !text.contains("{{") => *text = text.to_uppercase(),
            Type::Placement if text.starts_with("limit:") && !text.contains("{{") => {
                if let Some(plain) = placement(text) {
                    *text = plain;
                }
            }
            Type::Placement if !text.starts_with("limit:") => {}
            Type::KnownText | Type::Schedule | Type::AnyCase(_) | Type::Placement => {
                self.defer(node, of, path);
            }
            _ => {}
        }
    }

    /// Tells that `written` was made what `node` is now.
    pub(super) fn coerced(&mut self, node: &Node, of: Type, written: &Kind, path: &Path<'_>) {
        if self.levels.allow(&COERCED_VALUE) || self.warnings >= MOST {
            return;
        }
        let made = match &node.kind {
            Kind::String(text) => format!("{text:?}"),
            Kind::Boolean(value) => value.to_string(),
            Kind::Integer(number) => number.to_string(),
            Kind::Float(number) => number.to_string(),
            _ => return,
        };
        let headline = format!(
            "{}{} where {} belongs",
            path.subject(),
            match written {
                Kind::Float(_) if matches!(of, Type::Integer) => "a fraction",
                kind => kind.name(),
            },
            wanted(of)
        );
        let problem = Diagnostic::new(&COERCED_VALUE, headline, self.at(node.span));
        self.report(problem.help(format!("write what the client makes of it: `{made}`")));
    }

    pub(super) fn wrong_type(&mut self, node: &Node, expected: &str, path: &Path<'_>) {
        let headline = format!(
            "{}expected {expected}, found {}",
            path.subject(),
            node.kind.name()
        );
        let problem = Diagnostic::new(&WRONG_TYPE, headline, self.opening(node.span));
        self.tell(problem, path.pointer());
    }

    /// Reports an error of the value at `pointer`, about which nothing else is to be said.
    pub(super) fn tell(&mut self, problem: Diagnostic, pointer: Pointer) {
        self.told.push(pointer);
        self.report(problem);
    }

    pub(super) fn report(&mut self, problem: Diagnostic) {
        match self.levels.of(problem.code).severity() {
            None => {}
            Some(Severity::Warning) => {
                self.warnings += 1;
                if self.warnings <= MOST {
                    self.found.push(problem);
                }
            }
            Some(Severity::Error) => {
                self.errors += 1;
                match self.errors {
                    ..=MOST => self.found.push(problem),
                    count if count == MOST + 1 => {
                        let headline = format!("more than {MOST} errors in one file");
                        let place = Place::opening(Pointer::root());
                        self.found
                            .push(Diagnostic::new(&TOO_MANY_ERRORS, headline, place));
                    }
                    _ => {}
                }
            }
        }
    }

    pub(super) fn at(&self, span: Span) -> Place {
        Place::span(self.file, span)
    }

    /// The first line of a value.
    pub(super) fn opening(&self, span: Span) -> Place {
        let line = self.file.slice(span).lines().next().unwrap_or_default();
        let start = span.range().start;
        self.at(Span::new(start..start + line.len()))
    }

    /// A part of a value.
    pub(super) fn within(&self, span: Span, text: &str) -> Place {
        let start = span.range().start;
        match self.file.slice(span).find(text) {
            Some(offset) => self.at(Span::new(start + offset..start + offset + text.len())),
            None => self.at(span),
        }
    }
}

/// The text of a whole number, however long, if `written` is one.
fn whole(written: &str) -> Option<&str> {
    let digits = written.strip_prefix('-').unwrap_or(written);
    let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then_some(written)
}

/// What a message calls a value of the type.
pub(super) fn wanted(of: Type) -> &'static str {
    match of {
        Type::Integer => "a whole number",
        Type::Float => "a number",
        Type::Boolean => "a boolean",
        _ => "a string",
    }
}

/// A limit as it is written usually.
pub(super) fn placement(text: &str) -> Option<String> {
    match coerce::integer(text.strip_prefix("limit:")?)? {
        Kind::Integer(limit) => Some(format!("limit:{limit}")),
        _ => None,
    }
}

/// The number that a size or a duration of a definition stands for.
fn units(text: &str) -> Option<i64> {
    use crate::model::{Bytes, Seconds};
    let bytes = || text.parse().ok().map(Bytes::get);
    bytes().or_else(|| text.parse().ok().map(Seconds::get))
}

/// A source text in backticks, its quotes apart.
fn shortened(written: &str) -> String {
    const LONGEST: usize = 40;
    let text = written.trim_matches('"');
    if text.is_empty() {
        return "an empty string".to_owned();
    }
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

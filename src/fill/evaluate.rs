//! What references come to.

use std::collections::HashMap;
use std::rc::Rc;

use crate::model::{CommandLine, Piece};
use crate::source::FilledText;
use crate::template;

use super::elsewhere;
use super::facts::{Facts, Value};
use super::word::{Found, Malformed, Named, OPENING, references};

/// The longest text that something was filled in, in bytes: the longest command that Linux runs.
pub(super) const MOST: usize = 128 * 1024;

/// By way of how many others a value may be reached.
pub(super) const DEEPEST: usize = 100;

/// The references of one job, evaluated as they are asked for, each once.
pub(super) struct Evaluator<'f> {
    facts: &'f Facts,
    known: HashMap<Named<'f>, Result<Rc<str>, Trouble<'f>>>,
    /// The references that are being evaluated, each by the one before it.
    way: Vec<Named<'f>>,
    /// How many bytes may still be filled in; none once it was told that these are too few.
    left: Option<usize>,
}

/// Why a reference has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble<'f> {
    /// Nothing has this name.
    Unknown,
    /// Its value refers to itself by way of these, the least one first.
    Endless(Rc<[Named<'f>]>),
    /// It is told at another place.
    Elsewhere,
    /// It is reached by way of too many others.
    Deep,
    /// It is too long with all references in it filled in.
    Long,
}

/// What is wrong with a text, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong<'t, 'f> {
    /// The reference.
    pub(super) reference: Found<'t>,
    /// Why.
    pub(super) why: Why<'t, 'f>,
}

/// What is wrong with a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why<'t, 'f> {
    /// It is none.
    Malformed(Malformed<'t>),
    /// It has no value.
    Trouble(Trouble<'f>),
    /// Its value and what stands beside it make another reference.
    Joined,
}

impl<'f> Evaluator<'f> {
    pub(super) fn new(facts: &'f Facts, left: Option<usize>) -> Self {
        Self {
            facts,
            known: HashMap::new(),
            way: Vec::new(),
            left,
        }
    }

    /// How many bytes may still be filled in.
    pub(super) fn left(&self) -> Option<usize> {
        self.left
    }

    /// The text with all references filled in, and what is wrong with those that are not.
    pub(super) fn fill<'t>(&mut self, text: &'t str) -> (FilledText, Vec<Wrong<'t, 'f>>) {
        let mut filled = FilledText::default();
        let mut wrong = Vec::new();
        let mut at = 0;
        for reference in references(text) {
            let end = reference.offset + reference.text.len();
            filled.push_written(&text[at..reference.offset]);
            at = end;
            let value = match reference.names {
                Ok(named) => self.own(named).and_then(|named| self.value(named)),
                Err(malformed) => {
                    filled.push_written(reference.text);
                    let why = Why::Malformed(malformed);
                    wrong.push(Wrong { reference, why });
                    continue;
                }
            };
            let value = value.and_then(|value| self.pay(&value, &filled).map(|()| value));
            match value {
                Ok(value) => filled.push_value(reference.text, &value),
                Err(trouble) => {
                    filled.push_value(reference.text, STAND_IN);
                    let is_long = trouble == Trouble::Long;
                    let why = Why::Trouble(trouble);
                    wrong.push(Wrong { reference, why });
                    if is_long {
                        break;
                    }
                }
            }
        }
        filled.push_written(&text[at..]);
        if wrong.is_empty()
            && let Some(reference) = references(text).next()
            && composes(&filled)
        {
            let why = Why::Joined;
            wrong.push(Wrong { reference, why });
        }
        (filled, wrong)
    }

    /// The same reference, as the facts have its name.
    fn own(&self, named: Named<'_>) -> Result<Named<'f>, Trouble<'f>> {
        let name = |name: &str, values: &'f std::collections::BTreeMap<String, Value>| {
            let found = values.get_key_value(name);
            found.map(|(name, _)| name.as_str()).ok_or(Trouble::Unknown)
        };
        Ok(match named {
            Named::Variable(it) => Named::Variable(name(it, &self.facts.vars)?),
            Named::Label(it) => Named::Label(name(it, &self.facts.labels)?),
            Named::Field(field) => Named::Field(field),
        })
    }

    /// What a reference comes to.
    pub(super) fn value(&mut self, named: Named<'f>) -> Result<Rc<str>, Trouble<'f>> {
        if let Some(known) = self.known.get(&named) {
            return known.clone();
        }
        if let Some(start) = self.way.iter().position(|it| *it == named) {
            let mut circle = self.way[start..].to_vec();
            let least = (0..circle.len()).min_by_key(|index| circle[*index]);
            circle.rotate_left(least.unwrap_or(0));
            return Err(Trouble::Endless(circle.into()));
        }
        let facts = self.facts;
        let value = match named {
            Named::Variable(name) => facts.vars.get(name),
            Named::Label(name) => facts.labels.get(name),
            Named::Field(field) => {
                let value = facts.field(field).ok_or(Trouble::Elsewhere);
                return value.map(Rc::from);
            }
        };
        let value = match value {
            Some(Value::Text(text)) if !elsewhere::references(text).is_empty() => {
                Err(Trouble::Elsewhere)
            }
            Some(Value::Text(text)) if text.contains(OPENING) => self.of_text(named, text),
            Some(Value::Text(text)) => Ok(Rc::from(text.as_str())),
            Some(Value::Wrong) => Err(Trouble::Elsewhere),
            None => Err(Trouble::Unknown),
        };
        self.known.insert(named, value.clone());
        value
    }

    /// The text of the value of `named` with all references filled in, and what is wrong with those that
    /// are not.
    pub(super) fn fill_value<'t>(
        &mut self,
        named: Named<'f>,
        text: &'t str,
    ) -> (FilledText, Vec<Wrong<'t, 'f>>) {
        self.way.push(named);
        let filled = self.fill(text);
        self.way.pop();
        filled
    }

    /// The value of `named` whose text is `text`.
    fn of_text(&mut self, named: Named<'f>, text: &'f str) -> Result<Rc<str>, Trouble<'f>> {
        if self.way.len() >= DEEPEST {
            return Err(Trouble::Deep);
        }
        let (filled, wrong) = self.fill_value(named, text);
        let mut trouble = None;
        for wrong in wrong {
            match wrong.why {
                Why::Trouble(Trouble::Endless(circle)) => {
                    trouble = Some(Trouble::Endless(circle));
                    break;
                }
                _ => trouble = Some(Trouble::Elsewhere),
            }
        }
        match trouble {
            Some(trouble) => Err(trouble),
            None => Ok(filled.text().into()),
        }
    }

    /// Takes what filling in a value costs.
    fn pay(&mut self, value: &str, filled: &FilledText) -> Result<(), Trouble<'f>> {
        if value.len() + filled.text().len() > MOST {
            return Err(Trouble::Long);
        }
        match self.left {
            Some(left) if left >= value.len() => self.left = Some(left - value.len()),
            // It is told once.
            Some(_) => {
                self.left = None;
                return Err(Trouble::Long);
            }
            None => return Err(Trouble::Elsewhere),
        }
        Ok(())
    }
}

/// A value that no rule has anything to say about.
const STAND_IN: &str = "x";

/// Whether values and what stands beside them make references that stand in none of them.
fn composes(filled: &FilledText) -> bool {
    let apart: usize = filled.parts().map(count).sum();
    count(filled.text()) != apart
}

/// How many references of any kind a text has.
fn count(text: &str) -> usize {
    let line = CommandLine::new(text);
    let ours = line
        .pieces()
        .filter(|piece| !matches!(piece, Ok(Piece::Text(_))));
    ours.count() + template::references(text).count()
}

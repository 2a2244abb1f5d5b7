//! What a `{{...}}` means where it stands, exactly as Aurora's client and agent take it.
//!
//! A name is looked up in the fields of the table around the text, then of the table around that,
//! and so on; `self.` begins at the innermost table, `super.` at the next one out. A value is text
//! again, whose own references are looked up from where the first one stood, not from where the
//! value was written: so `{{name}}` in the job's `contact`, taken from a command, is the process'
//! name. Only along a path (`task.name`) is the value first filled in where it belongs.

use std::borrow::Cow;
use std::cell::Cell;

use crate::model::{
    Address, CommandLine, Component, Dialect, Job, Piece, TemplateReference, references,
};

use super::schema::{Struct, Value};

/// The tables around a text.
#[derive(Debug, Clone)]
pub struct Scope<'a> {
    /// The innermost last.
    levels: Vec<Struct<'a>>,
    /// Whether the names that the client adds are known.
    client: bool,
    /// What filling in may still cost; none if that is no matter.
    effort: Option<&'a Effort>,
    dialect: Dialect,
    /// Whether the text stands in a file that is filled in on the node.
    in_file: bool,
}

/// What filling in the texts of a file may still cost, in bytes that are looked through: values may
/// refer to others many times over, and aliases of the file's format repeat the texts.
#[derive(Debug)]
pub(super) struct Effort(Cell<usize>);

impl Effort {
    /// What a reference costs besides its value.
    const REFERENCE: usize = 32;

    /// Takes the cost of a reference with this value; whether it can be paid.
    fn spend(&self, value: &str) -> bool {
        let cost = Self::REFERENCE + value.len();
        self.0.set(self.0.get().saturating_sub(cost));
        !self.is_spent()
    }

    /// Whether something was not filled in because of its cost.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

impl Default for Effort {
    /// More than a file of ten thousand jobs takes, and well under a second.
    fn default() -> Self {
        Self(Cell::new(1 << 26))
    }
}

/// What becomes of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// The client fills it in when it loads the job, with this.
    AtLoad(String),
    /// It has to be left to Aurora: the agent fills it in on the node, or the client does with
    /// something that only it will know.
    ByAgent,
    /// Nobody can fill it in.
    Unbound,
}

/// What `address` means in `scope`. Why it means nothing, [`super::examine`] says.
pub fn bind(address: &Address<'_>, scope: &Scope<'_>) -> Binding {
    match evaluate(address, scope) {
        Ok(Some(text)) => Binding::AtLoad(text),
        Ok(None) | Err(Trouble::Elsewhere) => Binding::ByAgent,
        Err(Trouble::Unbound | Trouble::Endless | Trouble::NotText) => Binding::Unbound,
    }
}

/// The value of `address` in `scope`; none where it is only known later.
fn evaluate(address: &Address<'_>, scope: &Scope<'_>) -> Result<Option<String>, Trouble> {
    let mut evaluation = Evaluation::default();
    let mut text = String::new();
    evaluation.reference(address, scope, Unknown::Refuse, 0, &mut text)?;
    Ok(evaluation.finished(text))
}

/// `text` with all references filled in; none if that cannot be known yet.
pub(super) fn expand(text: &str, scope: &Scope<'_>) -> Option<String> {
    fill_in(text, scope).filter(|filled| references(filled).next().is_none())
}

/// `text` with all references filled in but those that the agent knows; none if not all are known.
pub(super) fn fill_in(text: &str, scope: &Scope<'_>) -> Option<String> {
    let mut evaluation = Evaluation::default();
    let mut filled = String::new();
    evaluation
        .text(text, scope, Unknown::Refuse, 0, &mut filled)
        .ok()?;
    evaluation.known.then_some(filled)
}

/// Why `address` cannot be filled in in `scope`, if it cannot.
pub(super) fn trouble(address: &Address<'_>, scope: &Scope<'_>) -> Option<Trouble> {
    let mut evaluation = Evaluation {
        probing: true,
        ..Evaluation::default()
    };
    evaluation
        .reference(address, scope, Unknown::Refuse, 0, &mut String::new())
        .err()
}

/// A reference that comes to be when the ones in `text` are filled in, and that nobody can fill in
/// itself: that of `{{a[{{b}}]}}`, say.
pub(super) fn composed(text: &str, scope: &Scope<'_>) -> Option<String> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..Evaluation::MAX_DEPTH {
        let filled = fill(&text, |reference, filled| {
            let address = address(reference)?;
            if filled.len() <= Evaluation::MAX_BYTES {
                let mut evaluation = Evaluation::default();
                let mut value = String::new();
                evaluation
                    .reference(&address, scope, Unknown::Refuse, 0, &mut value)
                    .ok()?;
                filled.push_str(&value);
            }
            Some(())
        });
        match filled {
            Ok(filled) if filled == text || filled.len() > Evaluation::MAX_BYTES => break,
            Ok(filled) => text = Cow::Owned(filled),
            Err(reference) => return Some(reference.to_owned()),
        }
    }
    // The agent fills in once.
    let agent = |_: &TemplateReference<'_>, filled: &mut String| {
        filled.push('0');
        Some(())
    };
    let filled = fill(&text, agent).unwrap_or_default();
    references(&filled)
        .next()
        .map(|reference| reference.text.to_owned())
}

/// `text` with `value` appending the value of each reference; the first that has none otherwise.
fn fill<'t>(
    text: &'t str,
    mut value: impl FnMut(&TemplateReference<'t>, &mut String) -> Option<()>,
) -> Result<String, &'t str> {
    let mut filled = String::with_capacity(text.len());
    let mut at = 0;
    for reference in references(text) {
        filled.push_str(&text[at..reference.offset]);
        at = reference.offset + reference.text.len();
        value(&reference, &mut filled).ok_or(reference.text)?;
    }
    filled.push_str(&text[at..]);
    Ok(filled)
}

/// The address of a reference. An escaped one is no different in the end: the text that it leaves
/// is filled in by the next one who looks.
pub(super) fn address<'a>(reference: &TemplateReference<'a>) -> Option<Address<'a>> {
    match &reference.address {
        Some(address) => Some(address.clone()),
        None if reference.escaped => Address::parse(reference.inner.trim_matches('&')),
        None => None,
    }
}

/// Whether the agent fills it in.
pub fn by_agent(address: &Address<'_>) -> bool {
    use Component::Field;
    address.port().is_some()
        || matches!(
            address.0[..],
            [Field("mesos"), Field("instance" | "hostname")] | [Field("thermos"), Field("task_id")]
        )
}

/// What a name that the client adds stands for.
fn by_client<'a>(path: &[Component<'_>]) -> Option<Value<'a>> {
    use Component::{Field, Index};
    let text = match path {
        [Field("mesos"), Field("role")] | [Field("thermos"), Field("user")] => "{{role}}",
        [Field("mesos"), Field("cluster")] => "{{cluster}}",
        // The registry is asked for the image's digest.
        [Field("docker"), Field("image"), Index(_), Index(_)] => return Some(Value::Foreign),
        _ => return None,
    };
    Some(Value::Text(Cow::Borrowed(text)))
}

/// A command as far as it is known how it is compiled: with its escapes undone.
fn compiled(command: &CommandLine) -> Cow<'_, str> {
    if !command.as_str().contains("$${") {
        return Cow::Borrowed(command.as_str());
    }
    let text = command.pieces().map(|piece| match piece {
        Ok(Piece::Text(text) | Piece::Reference { text, .. }) => text,
        Ok(Piece::Escape) => "${",
        Err(error) => error.text,
    });
    Cow::Owned(text.collect())
}

/// The scopes of a job whose texts share what filling in may cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scopes<'a> {
    pub(super) job: &'a Job,
    pub(super) effort: &'a Effort,
    pub(super) dialect: Dialect,
}

impl<'a> Scopes<'a> {
    pub(super) fn job(self) -> Scope<'a> {
        self.share(Scope::job(self.job))
    }

    pub(super) fn task(self) -> Scope<'a> {
        self.share(Scope::task(self.job))
    }

    pub(super) fn process(self, index: usize) -> Scope<'a> {
        self.share(Scope::process(self.job, index))
    }

    fn share(self, scope: Scope<'a>) -> Scope<'a> {
        Scope {
            effort: Some(self.effort),
            dialect: self.dialect,
            ..scope
        }
    }
}

struct Found<'a> {
    value: Value<'a>,
    /// The tables on the path to it, the innermost last.
    owner: Vec<Struct<'a>>,
}

impl<'a> Scope<'a> {
    /// Around a field of the job.
    pub fn job(job: &'a Job) -> Self {
        let mut levels = Vec::with_capacity(4);
        levels.push(Struct::Job(job));
        Self {
            levels,
            client: true,
            effort: None,
            dialect: Dialect::Definition,
            in_file: false,
        }
    }

    /// Around a field of the job's task.
    pub fn task(job: &'a Job) -> Self {
        Self::job(job).inside(Struct::Task(&job.task))
    }

    /// Around a field of a process of the job's task.
    ///
    /// # Panics
    /// If there is no process with this index.
    pub fn process(job: &'a Job, index: usize) -> Self {
        Self::task(job).inside(Struct::Process(&job.task.processes[index]))
    }

    /// Around a field of a table inside.
    pub(super) fn inside(mut self, table: Struct<'a>) -> Self {
        self.levels.push(table);
        self
    }

    /// The same in a file that is filled in on the node.
    #[must_use]
    pub fn in_file(self) -> Self {
        Self {
            in_file: true,
            ..self
        }
    }

    /// Whether the text stands in a file.
    pub(super) fn is_in_file(&self) -> bool {
        self.in_file
    }

    /// By whose rules the text is written.
    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The table around the text.
    pub(super) fn innermost(&self) -> Option<Struct<'a>> {
        self.levels.last().copied()
    }

    fn find(&self, path: &[Component<'_>]) -> Option<Found<'a>> {
        self.find_among(self.levels.len(), path)
    }

    /// Finds it in the `count` outermost tables.
    fn find_among(&self, count: usize, path: &[Component<'_>]) -> Option<Found<'a>> {
        use Component::Field;
        let Some((table, outer)) = self.levels[..count].split_last() else {
            let value = self.client.then(|| by_client(path)).flatten()?;
            let owner = Vec::new();
            return Some(Found { value, owner });
        };
        let below = |path: &[Component<'_>]| match path {
            [Field(name), rest @ ..] => descend(table.field(name)?, rest),
            _ => None,
        };
        let inside = match path {
            [Field("self"), rest @ ..] => below(rest),
            path => below(path),
        };
        inside
            .or_else(|| self.find_among(outer.len(), path))
            .or_else(|| match path {
                [Field("super"), rest @ ..] if !rest.is_empty() => {
                    self.find_among(outer.len(), rest)
                }
                _ => None,
            })
    }
}

fn descend<'a>(mut value: Value<'a>, path: &[Component<'_>]) -> Option<Found<'a>> {
    let mut owner = Vec::new();
    for component in path {
        value = match (value, component) {
            (Value::Struct(table), Component::Field(name)) => {
                owner.push(table);
                table.field(name)?
            }
            (Value::List(list), Component::Index(index)) => list.get(index)?,
            (Value::Map(map), Component::Index(key)) => map.get(key)?,
            _ => return None,
        };
    }
    Some(Found { value, owner })
}

/// Why a text cannot be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    Unbound,
    Endless,
    NotText,
    /// In a value that was written elsewhere, which will be told there; or it costs too much,
    /// which will be told once.
    Elsewhere,
}

/// What becomes of a reference to an unknown name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Refuse,
    /// It stays, for the text around to be looked up in a wider scope.
    Keep,
}

/// One evaluation, with what it may cost: values may refer to others twice over.
#[derive(Debug)]
struct Evaluation {
    steps: usize,
    /// Whether the value is the final one.
    known: bool,
    /// Whether only references matter, so that no text is copied.
    probing: bool,
}

impl Default for Evaluation {
    fn default() -> Self {
        Self {
            steps: 0,
            known: true,
            probing: false,
        }
    }
}

impl Evaluation {
    /// The client fills in a hundred times and then gives up; the last time finds nothing to do.
    const MAX_DEPTH: usize = 99;
    const MAX_STEPS: usize = 2000;
    const MAX_BYTES: usize = 1 << 20;

    /// The text, unless someone later changes it.
    fn finished(&self, text: String) -> Option<String> {
        (self.known && references(&text).next().is_none()).then_some(text)
    }

    fn text(
        &mut self,
        text: &str,
        scope: &Scope<'_>,
        unknown: Unknown,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Trouble> {
        let mut at = 0;
        for reference in references(text) {
            self.push(&text[at..reference.offset], out);
            at = reference.offset + reference.text.len();
            let address = address(&reference).ok_or(Trouble::Elsewhere)?;
            self.reference(&address, scope, unknown, depth, out)
                .map_err(|trouble| match trouble {
                    Trouble::Unbound | Trouble::NotText if depth > 0 => Trouble::Elsewhere,
                    other => other,
                })?;
        }
        self.push(&text[at..], out);
        Ok(())
    }

    fn push(&self, text: &str, out: &mut String) {
        if !self.probing {
            out.push_str(text);
        }
    }

    fn reference(
        &mut self,
        address: &Address<'_>,
        scope: &Scope<'_>,
        unknown: Unknown,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Trouble> {
        self.steps += 1;
        let within = depth < Self::MAX_DEPTH
            && self.steps <= Self::MAX_STEPS
            && out.len() <= Self::MAX_BYTES;
        if !within {
            return Err(Trouble::Endless);
        }
        let Some(Found { value, owner }) = scope.find(&address.0) else {
            if unknown == Unknown::Refuse && !by_agent(address) {
                return Err(Trouble::Unbound);
            }
            out.push_str("{{");
            out.push_str(&address.to_string());
            out.push_str("}}");
            return Ok(());
        };
        let value = match value {
            Value::Text(text) => text,
            Value::Command(command) => {
                self.known &= command
                    .pieces()
                    .all(|piece| matches!(piece, Ok(Piece::Text(_) | Piece::Escape)));
                compiled(command)
            }
            Value::Foreign => {
                self.known = false;
                return Ok(());
            }
            Value::Struct(_) | Value::List(_) | Value::Map(_) | Value::Choice => {
                return Err(Trouble::NotText);
            }
        };
        if scope.effort.is_some_and(|effort| !effort.spend(&value)) {
            return Err(Trouble::Elsewhere);
        }
        if !value.contains("{{") {
            self.push(&value, out);
            return Ok(());
        }
        let value = if owner.is_empty() {
            value
        } else {
            let owner = Scope {
                levels: owner,
                client: false,
                ..scope.clone()
            };
            let mut own = String::new();
            self.text(&value, &owner, Unknown::Keep, depth + 1, &mut own)?;
            Cow::Owned(own)
        };
        self.text(&value, scope, unknown, depth + 1, out)
    }
}

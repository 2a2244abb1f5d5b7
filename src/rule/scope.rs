//! What a `{{...}}` of a definition means where it stands, and who fills it in.

use std::borrow::Cow;

use crate::model::{Dialect, Job, Table};
use crate::template::{
    self, Added, Address, Budget, OfJob, TemplateReference, Why, in_auroras_words, references,
};
use crate::vocabulary::Struct;

/// The tables around a text.
#[derive(Debug, Clone)]
pub struct Scope<'a> {
    names: template::Scope<'a, OfJob<'a>>,
    dialect: Dialect,
    /// Whether the text stands in a file that is filled in on the node.
    in_file: bool,
}

/// What becomes of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// The client fills it in when it loads the job, with this.
    AtLoad(String),
    /// It has to be left to Aurora: the agent fills it in on the node, or the client does with
    /// something that only it will know.
    ByAgent,
    /// Neither the client nor the agent can fill it in.
    Unbound,
}

/// Why a reference cannot be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing of its name is known.
    Unbound,
    /// Its value contains itself.
    Endless,
    /// It means a table or a list.
    NotText,
    /// In a value that was written elsewhere, which will be told there; or it costs too much,
    /// which will be told once.
    Elsewhere,
}

impl From<template::Trouble> for Trouble {
    fn from(trouble: template::Trouble) -> Self {
        match trouble.why {
            Why::Endless => Self::Endless,
            Why::Malformed | Why::TooLarge => Self::Elsewhere,
            Why::Unbound | Why::NotText if trouble.is_elsewhere => Self::Elsewhere,
            Why::Unbound => Self::Unbound,
            Why::NotText => Self::NotText,
        }
    }
}

/// What `address` means in `scope`. Why it means nothing, is told by the rules of templates.
pub fn bind(address: &Address<'_>, scope: &Scope<'_>) -> Binding {
    match scope.names.value(address) {
        Ok(filled) if filled.is_final && references(&filled.text).next().is_none() => {
            Binding::AtLoad(filled.text)
        }
        Ok(_) => Binding::ByAgent,
        Err(trouble) => match trouble.into() {
            Trouble::Elsewhere => Binding::ByAgent,
            Trouble::Unbound | Trouble::Endless | Trouble::NotText => Binding::Unbound,
        },
    }
}

/// `text` with all references filled in; none if that cannot be known yet.
pub fn expand(text: &str, scope: &Scope<'_>) -> Option<String> {
    fill_in(text, scope).filter(|filled| references(filled).next().is_none())
}

/// `text` with all references filled in but those that the agent knows, in Aurora's words; none if not all are known.
pub fn fill_in(text: &str, scope: &Scope<'_>) -> Option<String> {
    let filled = scope.names.fill_in(&in_auroras_words(text)).ok()?;
    filled.is_final.then_some(filled.text)
}

/// Why `address` cannot be filled in in `scope`, if it cannot.
pub fn trouble(address: &Address<'_>, scope: &Scope<'_>) -> Option<Trouble> {
    scope.names.trouble(address).map(Trouble::from)
}

/// A reference that comes to be when the ones in `text` are filled in, and that is not filled in
/// itself: that of `{{a[{{b}}]}}`, say.
pub fn composed(text: &str, scope: &Scope<'_>) -> Option<String> {
    let mut text = in_auroras_words(text);
    for _ in 0..template::MAX_DEPTH {
        let filled = fill(&text, |reference, filled| {
            let address = reference.named()?;
            if filled.len() <= template::MAX_BYTES {
                filled.push_str(&scope.names.value(&address).ok()?.text);
            }
            Some(())
        });
        match filled {
            Ok(filled) if filled == text || filled.len() > template::MAX_BYTES => break,
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

/// The scopes of a job whose texts share what filling in may cost.
#[derive(Debug, Clone, Copy)]
pub struct Scopes<'a> {
    /// The job.
    pub job: &'a Job,
    /// What filling in may still cost.
    pub budget: &'a Budget,
    /// By whose rules the texts are written.
    pub dialect: Dialect,
}

impl<'a> Scopes<'a> {
    /// Around a field of the job.
    pub fn job(self) -> Scope<'a> {
        let names = template::Scope::new(OfJob::table(self.job), Added::Later);
        Scope {
            names: names.within(self.budget),
            dialect: self.dialect,
            in_file: false,
        }
    }

    /// Around a field of its task.
    pub fn task(self) -> Scope<'a> {
        self.job().inside(&self.job.task)
    }

    /// Around a field of a process of its task.
    pub fn process(self, index: usize) -> Scope<'a> {
        self.task().inside(&self.job.task.processes[index])
    }
}

impl<'a> Scope<'a> {
    /// Around a field of a process of the job's task.
    ///
    /// # Panics
    /// If there is no process with this index.
    pub fn process(job: &'a Job, index: usize) -> Self {
        let job_itself = Self {
            names: template::Scope::new(OfJob::table(job), Added::Later),
            dialect: Dialect::Definition,
            in_file: false,
        };
        let task = job_itself.inside(&job.task);
        task.inside(&job.task.processes[index])
    }

    /// Around a field of a table inside.
    #[must_use]
    pub fn inside(self, table: &'a dyn Table) -> Self {
        let names = self.names.inside(OfJob::table(table));
        Self { names, ..self }
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
    pub fn is_in_file(&self) -> bool {
        self.in_file
    }

    /// By whose rules the text is written.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The struct around the text.
    pub fn innermost(&self) -> Option<&'static Struct> {
        self.names.innermost()?.of()
    }
}

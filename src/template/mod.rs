//! `{{...}}`: the references that Aurora and the agent fill in, and what they come to.
//!
//! ```text
//! template  = { "{{" ["&"] address "}}" | any other character }
//! address   = component { "." field | "[" index "]" }        (no braces inside)
//! component = field | "." field | "[" index "]"
//! field     = letter or "_", then letters, digits, "_"
//! index     = letters, digits, "_", "-", ".", "/"
//! ```
//!
//! `{{&x}}` stands for the literal text `{{x}}`.
//!
//! Definitions have `${ports.NAME}`, `${job.instance}`, `${job.host}` and `${job.task_id}` besides, which
//! are `{{thermos.ports[NAME]}}`, `{{mesos.instance}}`, `{{mesos.hostname}}` and `{{thermos.task_id}}`:
//! [`references_of_definition`] finds both, and what is filled in has Aurora's words only.
//!
//! A name is looked up in the fields of the table around the text, then of the table around that,
//! and so on; `self.` begins at the innermost table, `super.` at the next one out; the names that
//! client and agent add come last. A value is text again, whose own references are looked up from
//! where the first one stood, not from where the value was written: so `{{name}}` in the job's
//! `contact`, taken from a command, is the process' name. Only along a path (`task.name`) is the
//! value first filled in where it belongs.
//!
//! [`Scope`] does so for whatever holds a job: a definition ([`OfJob`]) or a file ([`OfFile`]).

mod added;
mod address;
mod budget;
mod default;
mod evaluation;
mod file;
mod job;
mod list;
mod names;
mod outcome;
mod reference;
mod scope;

pub use added::{Added, Agent, alias, by_agent};
pub use address::{Address, Component};
pub use budget::{Budget, MAX_BYTES, MAX_DEPTH};
pub use file::{Json, OfFile, Tree, TreeKind};
pub use job::OfJob;
pub use names::{Names, Value};
pub use outcome::{Filled, Trouble, Why};
pub use reference::{
    References, ReferencesOfDefinition, Spelling, TemplateReference, in_auroras_words, may_refer,
    neutral, port_reference, references, references_of_definition, with_neutral_escaped,
};
pub use scope::Scope;

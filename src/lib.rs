//! jobc compiles typed job definitions into cluster-scheduler JSON, each process pinned to its
//! Nix closure.
//!
//! ```text
//! text --front--> Loaded --elaborate--> Loaded --fill--> Loaded --decode--> Document
//!   --check--> Checked --resolve--> ResolvedJob --plan--> Plan --target's rules--> Plan --emit--> Bundle --write--> path
//! ```
//!
//! [`compile`] is this pipeline as one function. Every command and the tests enter by it. Each arrow
//! returns a [`Report`](diagnostic::Report): a value, problems, or both, so that one run tells all
//! problems.
//!
//! Modules use what stands above them in the list below, and nothing else:
//!
//! - [`source`], [`store`], [`name`], [`vocabulary`] and [`secret`] are leaves: text and its places,
//!   what Nix knows, what jobs and their parts are called, Aurora's structs as a table, what a secret
//!   looks like. So is [`reach`]: what definitions ask of where jobs run, and what targets answer.
//! - [`neighbours`] finds the jobs that others refer to.
//! - [`diagnostic`] knows no code: each code is declared beside the rule that reports it, and
//!   [`registry`] puts them together.
//! - [`model`] is what a definition may say. Only what comes before the plan reads it: a target that
//!   did would decide again what the plan has decided.
//! - [`intent`] is what a job asks for, for whatever scheduler, and needs nothing from the store. The
//!   rules of a target judge it while a definition is checked; the plan takes it over.
//! - [`rule`] is what a rule sees and reports into. It lists no rule: [`check`] lists those that hold
//!   for every scheduler, and each target lists its own.
//! - [`plan`] knows no scheduler. A text whose end only a node knows is a list of pieces, which each
//!   target writes in its own words.
//! - [`target`] has a folder for each scheduler. None uses another. Each takes the plan apart without
//!   `..`, so that a new field does not compile until every target says what becomes of it.
//! - [`cli`] comes last, and nothing uses it.
//!
//! `tests/architecture` holds the code against this.

pub mod beneath;
pub mod cache;
pub mod check;
pub mod cli;
pub mod closure;
pub mod compare;
pub mod compile;
pub mod diagnostic;
pub mod diff;
pub mod elaborate;
pub mod fill;
pub mod front;
pub mod git;
pub mod graph;
pub mod intent;
pub mod lint;
pub mod lock;
pub mod model;
pub mod name;
pub mod neighbours;
pub mod nix;
pub mod parallel;
pub mod plan;
pub mod provide;
pub mod publish;
pub mod query;
pub mod reach;
pub mod ready;
pub mod registry;
pub mod resolve;
pub mod rule;
pub mod run;
pub mod schema;
pub mod scratch;
pub mod secret;
pub mod shell;
pub mod show;
pub mod snapshot;
pub mod source;
pub mod store;
pub mod target;
pub mod template;
mod unnamed_file;
pub mod validate;
pub mod vocabulary;
pub mod why;
pub mod workspace;
pub mod write;

//! The commands, a file each: what may stand behind its name, what `--help` says of it, and what it does.

pub(super) mod build;
pub(super) mod check;
pub(super) mod completions;
pub(super) mod diff;
pub(super) mod explain;
pub(super) mod graph;
pub(super) mod help;
pub(super) mod init;
pub(super) mod list;
pub(super) mod lock;
pub(super) mod man;
pub(super) mod push;
pub(super) mod ready;
pub(super) mod run;
pub(super) mod schema;
pub(super) mod show;
pub(super) mod snapshot;
pub(super) mod validate;
pub(super) mod why;

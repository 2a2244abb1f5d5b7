//! The one integration binary: the real executable on real files.

#![allow(clippy::unwrap_used)]

mod architecture;
mod caches;
mod ci;
mod command_line;
mod completion;
mod diagnostics;
mod diff;
mod examples;
mod formats;
mod fuzz_fixtures;
mod generated;
mod git;
mod harness;
mod http_server;
mod ignored;
mod import;
mod init_command;
mod job_roots;
mod lock;
mod nix;
mod nix_push;
mod options;
mod outside;
mod push;
mod readme;
mod ready;
mod redaction;
mod reports;
mod review;
mod robustness;
mod run;
mod run_store;
mod schema;
mod sides;
mod snapshot;
mod store;
mod targets;
mod terminal;
mod untrusting_daemon;
mod validate;
mod verdicts;
mod why;

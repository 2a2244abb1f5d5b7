//! The one integration binary: the real executable on real files.

#![allow(clippy::unwrap_used)]

use std::process::ExitCode;

use libtest_mimic::Arguments;

#[macro_use]
mod harness;

mod architecture;
mod bundles;
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
mod run_several;
mod run_store;
mod schema;
mod secret_variables;
mod sides;
mod snapshot;
mod store;
mod surroundings;
mod system;
mod targets;
mod template;
mod terminal;
mod untrusting_daemon;
mod validate;
mod verdicts;
mod vocabulary;
mod waiting;
mod why;

fn main() -> ExitCode {
    let tests = tests().into_iter().chain(diagnostics::cases());
    libtest_mimic::run(&Arguments::from_args(), tests.collect()).exit_code()
}

tests! {
    [architecture,
    bundles, caches, ci, command_line, completion, diagnostics, diff, examples, formats,
     fuzz_fixtures, generated, git, ignored, import, init_command, job_roots, lock, nix, nix_push,
     options, outside, push, readme, ready, redaction, reports, review, robustness, run, run_several, run_store,
     schema, secret_variables, sides, snapshot, store, surroundings, system, targets, template, terminal, untrusting_daemon,
     validate, verdicts, vocabulary, waiting,
     why]
}

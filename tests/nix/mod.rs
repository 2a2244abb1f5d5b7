//! Compiled jobs on empty nodes with real Nix.
//!
//! Without Nix these tests say that they were skipped, or fail if `JOBC_REQUIRE_NIX=1`.

mod caches;
mod compiled;
mod daemon;
mod end_to_end;
mod flow;
mod maker;
mod names;
mod node;
mod publisher;
mod realise;
mod roots;
mod states;
mod verdicts;

pub use node::nix;

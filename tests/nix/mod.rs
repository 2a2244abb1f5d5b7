//! Compiled jobs on empty nodes with real Nix.
//!
//! Without Nix these tests count as ignored, or fail if `JOBC_REQUIRE_NIX=1`.

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

pub use node::{has_nix, need, need_nix};

tests! {
    [caches, daemon, end_to_end, flow, names, realise, roots, states, verdicts]
}

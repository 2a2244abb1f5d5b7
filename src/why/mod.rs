//! Why a store path is needed: who needs it, and through what.
//!
//! All store paths that jobs and the lock know make a web of references. A word of the command line
//! names some of them, and a search from each of these against the references finds the shortest
//! way from every script that leads there. Pure.

mod chain;
pub mod change;
pub mod json;
mod output_name;
pub mod text;
mod web;
mod word;

pub use chain::{Answer, Chain, Extent, Found, Link, Role};
pub use web::{Unknown, Web};
pub use word::{Question, TooMany};

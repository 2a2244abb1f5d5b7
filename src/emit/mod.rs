//! Plans put into schedulers' words: one file for each target.

pub mod artifact;
pub mod aurora;

pub use artifact::Artifact;

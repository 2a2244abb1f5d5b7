//! jobc compiles typed job definitions into cluster-scheduler JSON, each process pinned to its
//! Nix closure. The modules in the order of the pipeline:

pub mod source;

pub mod diagnostic;

pub mod model;

pub mod parse;

pub mod check;

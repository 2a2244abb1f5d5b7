//! jobc compiles typed job definitions into cluster-scheduler JSON, each process pinned to its
//! Nix closure. The modules in the order of the pipeline:

pub mod beneath;

pub mod source;

pub mod diagnostic;

pub mod store;

pub mod vocabulary;

pub mod cache;

pub mod model;

pub mod template;

pub mod front;

pub mod lint;

pub mod rule;

pub mod check;

pub mod resolve;

pub mod plan;

pub mod closure;

pub mod graph;

pub mod target;

pub mod workspace;

pub mod registry;

pub mod compile;

mod nameless;

pub mod scratch;

pub mod secret;
pub mod show;

pub mod query;

pub mod ready;

pub mod compare;

pub mod write;

pub mod snapshot;

pub mod nix;

pub mod git;

pub mod publish;

pub mod lock;

pub mod provide;

pub mod run;

pub mod diff;

pub mod validate;

pub mod why;

pub mod schema;

pub mod cli;

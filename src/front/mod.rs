//! Text -> tree: one front end for each data format, all yielding the same [`Node`]s.
//!
//! Second in the pipeline, after [`crate::source`]. The three formats meet in what they can say:
//! null (not in TOML), booleans, 64-bit integers, finite floats, strings, lists, and tables with
//! distinct string keys. Whatever else a format has (dates, tags, complex keys, several documents)
//! is refused with a reason. Nothing here knows what a job is.
//!
//! A report has its tree unless the grammar was violated; duplicate keys are reported, and the
//! tree has the first of them.

pub(crate) mod codes;
pub(crate) mod decode;
pub(crate) mod foreign;
pub mod json;
mod limits;
mod number;
mod problems;
#[cfg(test)]
mod roundtrip;
#[cfg(test)]
mod shown;
pub mod toml;
pub mod yaml;

use std::sync::Arc;

use crate::diagnostic::{Chapter, Report, Topic};
use crate::model::Dialect;
use crate::source::{Node, SourceFile};

use foreign::Role;

pub use decode::{Decoded, client_document, decode, document, own_field, settings};
pub use limits::{MAX_DEPTH, MAX_VALUES};

/// The problems of texts, and of values that do not have the shape of what is read.
pub const CODES: &[Chapter] = &[
    (Topic::Files, &[&codes::FILE_TOO_LARGE]),
    (
        Topic::Syntax,
        &[
            &codes::NOT_UTF8,
            &codes::EMPTY_FILE,
            &codes::MERGE_CONFLICT,
            &codes::SYNTAX,
            &codes::LONE_SURROGATE,
            &codes::DUPLICATE_KEY,
            &codes::NUMBER_OUT_OF_RANGE,
            &codes::TOO_DEEP,
            &codes::TOO_MANY_VALUES,
            &codes::TOML_DATE,
            &codes::YAML_ALIAS,
            &codes::YAML_MERGE_KEY,
            &codes::YAML_TAG,
        ],
    ),
    (
        Topic::Shape,
        &[
            &decode::codes::UNKNOWN_FIELD,
            &decode::codes::MISSING_FIELD,
            &decode::codes::WRONG_TYPE,
            &decode::codes::BAD_VALUE,
        ],
    ),
    (
        Topic::Yaml,
        &[
            &yaml::YAML_COMMENT,
            &yaml::YAML_OCTAL,
            &yaml::YAML_FOLDED,
            &yaml::YAML_ANCHOR,
        ],
    ),
    (Topic::Foreign, &[&foreign::FOREIGN_FILE]),
];

/// A data format that definitions and settings may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// JSON with comments and trailing commas.
    Json,
    /// TOML 1.1.
    Toml,
    /// YAML 1.2, core schema.
    Yaml,
}

impl Format {
    /// The format of files whose name ends in `.extension`.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "json" => Some(Self::Json),
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Toml => "TOML",
            Self::Yaml => "YAML",
        }
    }
}

/// Reads `file` as `format`. One that is something else than its name says is told as that.
pub fn tree(file: &Arc<SourceFile>, format: Format) -> Report<Node> {
    tree_of(file, format, Role::of_name(file.name()))
}

/// Reads `file` as JSON for Aurora's client.
pub fn client_tree(file: &Arc<SourceFile>) -> Report<Node> {
    tree_of(file, Format::Json, Role::ClientJson)
}

fn tree_of(file: &Arc<SourceFile>, format: Format, role: Role) -> Report<Node> {
    if let Some(problem) = foreign::conflict(file) {
        return Report::failed(vec![problem]);
    }
    let report = match format {
        Format::Json if role == Role::ClientJson => json::parse_as(file, Dialect::Client),
        Format::Json => json::parse(file),
        Format::Toml => toml::parse(file),
        Format::Yaml => yaml::parse(file),
    };
    foreign::judge(file, format, role, report)
}

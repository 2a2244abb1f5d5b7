//! Text -> [`Loaded`]: one front end for each data format, all yielding the same nodes.
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
mod format;
mod front_end;
mod json;
mod limits;
mod loaded;
mod mention;
mod number;
mod problems;
#[cfg(test)]
mod roundtrip;
#[cfg(test)]
mod shown;
mod toml;
mod yaml;

use std::sync::Arc;

use crate::diagnostic::{Chapter, Diagnostic, Report, Topic};
use crate::source::{SourceFile, SourceMap};

use foreign::Role;

pub use decode::{Decoded, client_document, decode, document, own_field, settings, wrong_values};
pub use format::Format;
pub use limits::{MAX_DEPTH, MAX_VALUES};
pub use loaded::Loaded;
pub use mention::Mention;

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

/// Reads `file` as `format`. One that is something else than its name says is told as that.
pub fn load(file: &Arc<SourceFile>, format: Format) -> Report<Loaded> {
    let role = Role::of_name(file.name());
    load_as(file, format, role, format.front_end().load)
}

/// Reads `file` as JSON for Aurora's client.
pub fn load_client(file: &Arc<SourceFile>) -> Report<Loaded> {
    load_as(file, Format::Json, Role::ClientJson, json::load_client)
}

fn load_as(
    file: &Arc<SourceFile>,
    format: Format,
    role: Role,
    load: impl Fn(&Arc<SourceFile>) -> Report<Loaded>,
) -> Report<Loaded> {
    if let Some(problem) = foreign::conflict(file) {
        return Report::failed(vec![problem]);
    }
    let report = load(file);
    match foreign::recognise(file, format, role, &report) {
        Some(problem) => Report::failed(vec![problem]),
        None => report,
    }
}

/// Whether a definition has a name in it; asked before it is loaded.
pub fn mention(file: &SourceFile, format: Format, name: &str) -> Mention {
    (format.front_end().mention)(file.text(), name)
}

/// Whether all files that a definition may name are sure to lie in the directory that its paths are
/// relative to; asked before it is loaded.
pub fn stays_below(file: &SourceFile, format: Format) -> bool {
    (format.front_end().stays_below)(file.text())
}

/// The problems of decoding a document, with what to do where its format is why.
pub fn explained(map: &SourceMap, format: Format, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    (format.front_end().explain)(map, problems)
}

/// What a format makes in silence of how values are written, and their author may not have meant.
pub fn surprises(map: &SourceMap, format: Format) -> Vec<Diagnostic> {
    (format.front_end().surprises)(map)
}

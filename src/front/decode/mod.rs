//! A tree to the model, by serde.
//!
//! Serde stops at the first error; a user wants all of them. So a value that was refused is noted,
//! and the tree is decoded again with that value answering whatever it is asked (`filler`),
//! until nothing is refused any more. A document without errors is decoded once. What was made up
//! on the way is reported as holes, so that no later stage takes it for the user's word.

pub(crate) mod codes;
mod decoder;
mod error;
mod filler;
mod message;
mod other_tools;
mod owner;
mod patches;
mod pointers;
mod refused_value;
mod tables;
mod unknown;
mod wording;

use serde::de::DeserializeOwned;

use crate::diagnostic::Diagnostic;
use crate::model::{Document, Job, Settings};
use crate::source::{Node, Pointer};

use decoder::Decoder;
use error::{DecodeError, Problem};
use owner::Owner;
use patches::Patches;
use pointers::find;
pub use unknown::own_field;

/// What became of a tree.
#[derive(Debug)]
pub struct Decoded<T> {
    /// The value, made-up parts included; none if not even they help.
    pub value: Option<T>,
    /// The places of made-up parts.
    pub holes: Vec<Pointer>,
    /// What is wrong, places as pointers.
    pub diagnostics: Vec<Diagnostic>,
}

/// Decodes a definition.
pub fn document(root: &Node) -> Decoded<Document> {
    if root.get(Document::LIST_FIELD).is_some() {
        decode(root).map(Document::Many)
    } else {
        decode_as(root, Owner::Job).map(|job| Document::One(Box::new(job)))
    }
}

/// Decodes JSON for Aurora's client that is spelled as a definition; what is wrong at the places in
/// `told` has been told.
pub fn client_document(root: &Node, told: &[Pointer]) -> Decoded<Document> {
    if root.get(Document::LIST_FIELD).is_some() {
        decode_told(root, Owner::ClientFile, told).map(Document::Many)
    } else {
        decode_told(root, Owner::ClientJob, told).map(|job| Document::One(Box::new(job)))
    }
}

/// What is wrong with the values of a part of a job, in which nothing needs to be there.
pub fn wrong_values(root: &Node) -> Vec<Diagnostic> {
    let decoded: Decoded<Job> = decode_as(root, Owner::Job);
    let mut problems = decoded.diagnostics;
    problems.retain(|problem| *problem.code != codes::MISSING_FIELD);
    problems
}

/// Decodes the settings, `jobc.toml`.
pub fn settings(root: &Node) -> Decoded<Settings> {
    decode_as(root, Owner::Settings)
}

/// Decodes any other document whose type says all about it.
pub fn decode<T: DeserializeOwned>(root: &Node) -> Decoded<T> {
    decode_as(root, Owner::File)
}

fn decode_as<T: DeserializeOwned>(root: &Node, owner: Owner) -> Decoded<T> {
    decode_told(root, owner, &[])
}

fn decode_told<T: DeserializeOwned>(root: &Node, owner: Owner, told: &[Pointer]) -> Decoded<T> {
    let mut patches = Patches::default();
    let refused = told.iter().filter_map(|pointer| find(root, pointer));
    patches.refuse(refused);
    let mut holes = told.to_vec();
    let mut errors: Vec<(Pointer, DecodeError)> = Vec::new();
    let limit = error_limit(root);
    let value = loop {
        let mut error = match T::deserialize(Decoder {
            node: root,
            patches: &patches,
        }) {
            Ok(value) => break Some(value),
            Err(error) => error,
        };
        if errors.len() > limit || !patches.insert(&error) {
            break None;
        }
        let pointer = error.pointer();
        if matches!(error.problem, Problem::Other(_))
            && find(root, &pointer).is_some_and(|node| patches.refuses_key_of(node))
        {
            error.problem = Problem::Consequence;
        }
        holes.push(match &error.problem {
            Problem::MissingField(field) => pointer.key(*field),
            _ => pointer.clone(),
        });
        errors.push((pointer, error));
    };
    let all = errors.len() <= limit;
    errors.truncate(limit);
    Decoded {
        value,
        holes,
        diagnostics: message::explain(&errors, root, owner, all),
    }
}

impl<T> Decoded<T> {
    fn map<U>(self, convert: impl FnOnce(T) -> U) -> Decoded<U> {
        Decoded {
            value: self.value.map(convert),
            holes: self.holes,
            diagnostics: self.diagnostics,
        }
    }
}

/// Each error costs a pass, so that a large file is granted fewer of them.
fn error_limit(root: &Node) -> usize {
    let bytes = (root.span.end - root.span.start) as usize;
    (40_000_000 / bytes.max(1)).clamp(10, 100)
}

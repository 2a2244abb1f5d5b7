//! A tree to the model, by serde.
//!
//! Serde stops at the first error; a user wants all of them. So a value that was refused is noted,
//! and the tree is decoded again with that value answering whatever it is asked ([`Filler`]),
//! until nothing is refused any more. A document without errors is decoded once. What was made up
//! on the way is reported as holes, so that no later stage takes it for the user's word.

pub(crate) mod codes;
mod filler;
mod message;
mod tables;
mod unknown;
mod words;

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Display};

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};

use crate::diagnostic::Diagnostic;
use crate::model::{Dialect, Document, Settings};
use crate::source::{Entry, Kind, Node, Pointer, Token};

use super::problems::named;
use filler::Filler;
use message::either;
pub use message::own_field;

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

/// Decodes the settings, `jobc.toml`.
pub fn settings(root: &Node) -> Decoded<Settings> {
    decode_as(root, Owner::Settings)
}

/// Decodes any other document whose type says all about it.
pub fn decode<T: DeserializeOwned>(root: &Node) -> Decoded<T> {
    decode_as(root, Owner::File)
}

/// What a document is, as messages call its outermost table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Job,
    File,
    Settings,
    ClientJob,
    ClientFile,
}

impl Owner {
    fn is_job(self) -> bool {
        matches!(self, Self::Job | Self::ClientJob)
    }

    fn dialect(self) -> Dialect {
        match self {
            Self::Job | Self::File | Self::Settings => Dialect::Definition,
            Self::ClientJob | Self::ClientFile => Dialect::Client,
        }
    }
}

fn decode_as<T: DeserializeOwned>(root: &Node, owner: Owner) -> Decoded<T> {
    decode_told(root, owner, &[])
}

fn decode_told<T: DeserializeOwned>(root: &Node, owner: Owner, told: &[Pointer]) -> Decoded<T> {
    let mut patches = Patches::default();
    let refused = told.iter().filter_map(|pointer| find(root, pointer));
    patches.refused.extend(refused.map(std::ptr::from_ref));
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

fn find<'a>(root: &'a Node, pointer: &Pointer) -> Option<&'a Node> {
    let mut tokens = pointer.tokens().iter();
    tokens.try_fold(root, Node::step)
}

/// Each error costs a pass, so that a large file is granted fewer of them.
fn error_limit(root: &Node) -> usize {
    let bytes = (root.span.end - root.span.start) as usize;
    (40_000_000 / bytes.max(1)).clamp(10, 100)
}

/// Which nodes were refused, by identity: the tree does not move while it is decoded.
#[derive(Debug, Default)]
struct Patches {
    refused: HashSet<*const Node>,
    missing: HashMap<*const Node, Vec<&'static str>>,
}

impl Patches {
    fn insert(&mut self, error: &DecodeError) -> bool {
        match error.problem {
            Problem::MissingField(field) => {
                let missing = self.missing.entry(error.node).or_default();
                let is_new = !missing.contains(&field);
                missing.push(field);
                is_new
            }
            _ => self.refused.insert(error.node),
        }
    }

    fn refuses(&self, node: &Node) -> bool {
        !self.refused.is_empty() && self.refused.contains(&std::ptr::from_ref(node))
    }

    fn refuses_key_of(&self, node: &Node) -> bool {
        let Kind::Mapping(entries) = &node.kind else {
            return false;
        };
        let mut keys = entries.iter().map(key_identity);
        keys.any(|key| self.refused.contains(&key))
    }

    /// The fields to make up in a table.
    fn missing(&self, node: &Node) -> Vec<&'static str> {
        let missing = self.missing.get(&std::ptr::from_ref(node));
        missing.cloned().unwrap_or_default()
    }
}

/// What was wrong with a value, and the way up from it.
#[derive(Debug)]
struct DecodeError {
    problem: Problem,
    node: *const Node,
    /// Whether it is the key that was wrong, not the value.
    on_key: bool,
    /// From the value upwards.
    path: Vec<Token>,
}

#[derive(Debug)]
enum Problem {
    UnknownField {
        field: String,
        expected: &'static [&'static str],
    },
    MissingField(&'static str),
    UnknownChoice {
        found: String,
        expected: &'static [&'static str],
    },
    /// A table where exactly one choice is to be made.
    OneChoice {
        expected: &'static [&'static str],
    },
    Null,
    WrongType {
        expected: String,
    },
    BadValue {
        found: Found,
        expected: String,
    },
    Other(String),
    /// It only became wrong when one of its keys was left out, which has been told.
    Consequence,
}

/// A value of the right type that was refused.
#[derive(Debug)]
enum Found {
    Text(String),
    Whole(i64),
    Other(String),
}

impl Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) if text.is_empty() => f.write_str("an empty string"),
            Self::Text(text) => f.write_str(&named(text)),
            Self::Whole(number) => write!(f, "`{number}`"),
            Self::Other(found) => f.write_str(found),
        }
    }
}

impl DecodeError {
    fn new(problem: Problem) -> Self {
        Self {
            problem,
            node: std::ptr::null(),
            on_key: false,
            path: Vec::new(),
        }
    }

    /// The error with the innermost node that it passes.
    fn on(mut self, node: &Node) -> Self {
        if self.node.is_null() {
            self.node = std::ptr::from_ref(node);
        }
        self
    }

    /// The error of a value that was to be text and nothing else.
    fn of_text(mut self, node: &Node) -> Self {
        if let Problem::WrongType { expected } = &mut self.problem
            && std::ptr::eq(self.node, node)
            && !expected.contains("table")
        {
            "a string".clone_into(expected);
        }
        self
    }

    fn below(mut self, token: impl FnOnce() -> Token) -> Self {
        self.path.push(token());
        self
    }

    fn pointer(&self) -> Pointer {
        self.path.iter().rev().cloned().collect()
    }
}

impl Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.problem)
    }
}

impl std::error::Error for DecodeError {}

impl Error for DecodeError {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(Problem::Other(message.to_string()))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Problem::WrongType {
            expected: expected.to_string(),
        })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Str(text) => Found::Text(text.to_owned()),
            Unexpected::Signed(number) => Found::Whole(number),
            Unexpected::Float(number) => Found::Other(format!("`{number}`")),
            other => Found::Other(other.to_string()),
        };
        Self::new(Problem::BadValue {
            found,
            expected: expected.to_string(),
        })
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Problem::UnknownField {
            field: field.to_owned(),
            expected,
        })
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Problem::UnknownChoice {
            found: variant.to_owned(),
            expected,
        })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Problem::MissingField(field))
    }
}

/// A node as serde sees it.
#[derive(Clone, Copy)]
struct Decoder<'a> {
    node: &'a Node,
    patches: &'a Patches,
}

impl<'a> Decoder<'a> {
    fn value<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let result = match &self.node.kind {
            Kind::Null => Err(DecodeError::new(Problem::Null)),
            Kind::Boolean(value) => visitor.visit_bool(*value),
            Kind::Integer(number) => visitor.visit_i64(*number),
            Kind::Float(number) => visitor.visit_f64(*number),
            Kind::String(text) => visitor.visit_borrowed_str(text),
            Kind::Sequence(items) => visitor.visit_seq(Items {
                nodes: items,
                index: 0,
                patches: self.patches,
            }),
            Kind::Mapping(entries) => visitor.visit_map(Fields {
                node: self.node,
                entries: entries.iter(),
                current: None,
                missing: self.patches.missing(self.node),
                patches: self.patches,
            }),
        };
        result.map_err(|error| error.on(self.node))
    }
}

macro_rules! by_kind {
    ($($method:ident),+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            if self.patches.refuses(self.node) {
                return Filler.$method(visitor);
            }
            self.value(visitor)
        }
    )+};
}

impl<'de> Deserializer<'de> for Decoder<'de> {
    type Error = DecodeError;

    by_kind!(
        deserialize_any,
        deserialize_bool,
        deserialize_i64,
        deserialize_f64,
        deserialize_seq,
        deserialize_map,
        deserialize_identifier,
        deserialize_unit
    );

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.patches.refuses(self.node) {
            return Filler.deserialize_str(visitor);
        }
        self.value(visitor)
            .map_err(|error| error.of_text(self.node))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.patches.refuses(self.node) {
            return visitor.visit_none();
        }
        match self.node.kind {
            Kind::Null => Err(DecodeError::new(Problem::Null).on(self.node)),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if self.patches.refuses(self.node) {
            return Filler.deserialize_struct(name, fields, visitor);
        }
        match &self.node.kind {
            Kind::Mapping(_) => self.value(visitor),
            Kind::Null => Err(DecodeError::new(Problem::Null).on(self.node)),
            _ => {
                let expected = "a table".to_owned();
                Err(DecodeError::new(Problem::WrongType { expected }).on(self.node))
            }
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if self.patches.refuses(self.node) {
            return Filler.deserialize_enum(name, variants, visitor);
        }
        let choice = match &self.node.kind {
            Kind::String(word) => Choice {
                word,
                content: None,
                patches: self.patches,
            },
            Kind::Mapping(entries) => {
                let [entry] = &entries[..] else {
                    let problem = Problem::OneChoice { expected: variants };
                    return Err(DecodeError::new(problem).on(self.node));
                };
                Choice {
                    word: &entry.key,
                    content: Some(&entry.value),
                    patches: self.patches,
                }
            }
            Kind::Null => return Err(DecodeError::new(Problem::Null).on(self.node)),
            _ => {
                let expected = format!("one of {}", either(variants));
                return Err(DecodeError::new(Problem::WrongType { expected }).on(self.node));
            }
        };
        visitor
            .visit_enum(choice)
            .map_err(|error| error.on(self.node))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 u8 u16 u32 u64 f32 char bytes byte_buf unit_struct tuple tuple_struct
    }
}

struct Items<'a> {
    nodes: &'a [Node],
    index: usize,
    patches: &'a Patches,
}

impl<'a> SeqAccess<'a> for Items<'a> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        let Some(node) = self.nodes.get(self.index) else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        seed.deserialize(Decoder {
            node,
            patches: self.patches,
        })
        .map(Some)
        .map_err(|error| error.on(node).below(|| Token::Index(index)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.nodes.len() - self.index)
    }
}

struct Fields<'a> {
    node: &'a Node,
    entries: std::slice::Iter<'a, Entry>,
    current: Option<&'a Entry>,
    /// Fields to make up when the entries are through.
    missing: Vec<&'static str>,
    patches: &'a Patches,
}

impl<'a> MapAccess<'a> for Fields<'a> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DecodeError> {
        for entry in self.entries.by_ref() {
            // The key itself was refused: nothing here would know what to do with the value.
            if self.patches.refused.contains(&key_identity(entry)) {
                continue;
            }
            self.current = Some(entry);
            let key: StrDeserializer<'_, DecodeError> = entry.key.as_str().into_deserializer();
            return seed.deserialize(key).map(Some).map_err(|mut error| {
                error.node = key_identity(entry);
                error.on_key = true;
                error.below(|| Token::Key(entry.key.to_string()))
            });
        }
        self.current = None;
        let Some(field) = self.missing.last() else {
            return Ok(None);
        };
        let key: StrDeserializer<'_, DecodeError> = (*field).into_deserializer();
        seed.deserialize(key)
            .map(Some)
            .map_err(|error| error.on(self.node))
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, DecodeError> {
        let Some(entry) = self.current.take() else {
            self.missing.pop();
            return seed.deserialize(Filler);
        };
        let node = &entry.value;
        seed.deserialize(Decoder {
            node,
            patches: self.patches,
        })
        .map_err(|error| error.on(node).below(|| Token::Key(entry.key.to_string())))
    }
}

/// A key has no node of its own: the address of its entry stands for it. An entry starts with its
/// key or its value; the address after the value's own tells the two apart.
fn key_identity(entry: &Entry) -> *const Node {
    std::ptr::from_ref(&entry.key_span).cast()
}

struct Choice<'a> {
    word: &'a str,
    content: Option<&'a Node>,
    patches: &'a Patches,
}

impl<'a> EnumAccess<'a> for Choice<'a> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), DecodeError> {
        let word: StrDeserializer<'_, DecodeError> = self.word.into_deserializer();
        Ok((seed.deserialize(word)?, self))
    }
}

impl<'a> VariantAccess<'a> for Choice<'a> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        if self.content.is_none() {
            return Ok(());
        }
        let expected = "a string".to_owned();
        Err(DecodeError::new(Problem::WrongType { expected }))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(
        self,
        seed: T,
    ) -> Result<T::Value, DecodeError> {
        let Some(node) = self.content else {
            let expected = format!("a table: `{{ {} = ... }}`", self.word);
            return Err(DecodeError::new(Problem::WrongType { expected }));
        };
        seed.deserialize(Decoder {
            node,
            patches: self.patches,
        })
        .map_err(|error| error.on(node).below(|| Token::Key(self.word.to_owned())))
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeError> {
        self.newtype_variant_seed(std::marker::PhantomData::<serde::de::IgnoredAny>)?;
        visitor.visit_unit()
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let Some(node) = self.content else {
            let expected = format!("a table: `{{ {} = ... }}`", self.word);
            return Err(DecodeError::new(Problem::WrongType { expected }));
        };
        Decoder {
            node,
            patches: self.patches,
        }
        .deserialize_struct("", fields, visitor)
        .map_err(|error| error.below(|| Token::Key(self.word.to_owned())))
    }
}

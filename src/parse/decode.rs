//! A tree to the model, by serde.
//!
//! Serde stops at the first error; a user wants all of them. So a value that was refused is noted,
//! and the tree is decoded again with that value answering whatever it is asked ([`Filler`]),
//! until nothing is refused any more. A document without errors is decoded once. What was made up
//! on the way is reported as holes, so that no later stage takes it for the user's word.

use std::collections::HashSet;
use std::fmt::{self, Display};

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};

use crate::diagnostic::codes::shape;
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Document, Settings};
use crate::source::{Entry, Kind, Node, Pointer, Token};

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
        decode(root).map(|job| Document::One(Box::new(job)))
    }
}

/// Decodes the settings, `jobc.toml`.
pub fn settings(root: &Node) -> Decoded<Settings> {
    decode(root)
}

/// Decodes any other document whose type says all about it.
pub fn decode<T: DeserializeOwned>(root: &Node) -> Decoded<T> {
    let mut patches = Patches::default();
    let mut holes = Vec::new();
    let mut diagnostics = Vec::new();
    let limit = error_limit(root);
    loop {
        let error = match T::deserialize(Decoder {
            node: root,
            patches: &patches,
        }) {
            Ok(value) => {
                return Decoded {
                    value: Some(value),
                    holes,
                    diagnostics,
                };
            }
            Err(error) => error,
        };
        let known = !patches.insert(&error);
        if known || diagnostics.len() == limit {
            if diagnostics.len() == limit {
                let headline = format!("more than {limit} errors in one file");
                let place = Place::opening(Pointer::root());
                diagnostics.push(Diagnostic::new(&shape::TOO_MANY_ERRORS, headline, place));
            }
            return Decoded {
                value: None,
                holes,
                diagnostics,
            };
        }
        let pointer = error.pointer();
        holes.push(match &error.problem {
            Problem::MissingField(field) => pointer.key(*field),
            _ => pointer.clone(),
        });
        diagnostics.push(error.diagnostic(&pointer, root));
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

/// Which nodes were refused, by identity: the tree does not move while it is decoded.
#[derive(Debug, Default)]
struct Patches {
    refused: HashSet<*const Node>,
    missing: HashSet<(*const Node, &'static str)>,
}

impl Patches {
    fn insert(&mut self, error: &DecodeError) -> bool {
        match error.problem {
            Problem::MissingField(field) => self.missing.insert((error.node, field)),
            _ => self.refused.insert(error.node),
        }
    }

    fn refuses(&self, node: &Node) -> bool {
        !self.refused.is_empty() && self.refused.contains(&std::ptr::from_ref(node))
    }
}

/// What was wrong with a value, and the way up from it.
#[derive(Debug)]
struct DecodeError {
    problem: Problem,
    node: *const Node,
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
        found: String,
        expected: String,
    },
    Other(String),
}

impl DecodeError {
    fn new(problem: Problem) -> Self {
        Self {
            problem,
            node: std::ptr::null(),
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

    fn below(mut self, token: impl FnOnce() -> Token) -> Self {
        self.path.push(token());
        self
    }

    fn pointer(&self) -> Pointer {
        self.path.iter().rev().cloned().collect()
    }

    fn diagnostic(self, pointer: &Pointer, root: &Node) -> Diagnostic {
        let node = find(root, pointer);
        let subject = match pointer.tokens().last() {
            Some(Token::Key(key)) => format!("`{key}`: "),
            _ => String::new(),
        };
        let value = || Place::value(pointer.clone());
        match self.problem {
            Problem::UnknownField { field, expected } => {
                let headline = format!("unknown field `{field}`");
                let place = Place::key(pointer.clone());
                let problem = Diagnostic::new(&shape::UNKNOWN_FIELD, headline, place);
                match moved(&field, pointer) {
                    Some(help) => problem.help(help),
                    None => suggest_field(problem, &field, expected),
                }
            }
            Problem::MissingField(field) => {
                let place = match pointer.tokens().last() {
                    Some(Token::Key(_)) => Place::key(pointer.clone()),
                    _ => Place::opening(pointer.clone()),
                };
                let headline = format!("missing field `{field}`");
                let problem = Diagnostic::new(&shape::MISSING_FIELD, headline, place);
                match owner(pointer) {
                    Some(owner) => problem.label(format!("this {owner} has no `{field}`")),
                    None => problem,
                }
            }
            Problem::UnknownChoice { found, expected } => {
                let headline = format!("{subject}expected {}, found `{found}`", choices(expected));
                let place = match node.map(|node| &node.kind) {
                    Some(Kind::Mapping(_)) => Place::key(pointer.key(&found)),
                    _ => value(),
                };
                Diagnostic::new(&shape::BAD_VALUE, headline, place)
                    .did_you_mean(&found, expected.iter().copied())
            }
            Problem::OneChoice { expected } => {
                let headline = format!(
                    "{subject}expected a table with exactly one of {}",
                    choices(expected)
                );
                Diagnostic::new(&shape::BAD_VALUE, headline, Place::opening(pointer.clone()))
            }
            Problem::Null => {
                let headline = format!("{subject}expected a value, found null");
                Diagnostic::new(&shape::WRONG_TYPE, headline, value())
                    .help("leave the field out to get its default")
            }
            Problem::WrongType { expected } => {
                let found = node.map_or("something else", Node::kind_name);
                let headline = format!("{subject}expected {expected}, found {found}");
                let problem = Diagnostic::new(
                    &shape::WRONG_TYPE,
                    headline,
                    match node.map(|node| &node.kind) {
                        Some(Kind::Sequence(_) | Kind::Mapping(_)) => {
                            Place::opening(pointer.clone())
                        }
                        _ => value(),
                    },
                );
                match node.map(|node| &node.kind) {
                    Some(Kind::String(text)) if is_scalar(text) => {
                        problem.help("remove the quotes")
                    }
                    Some(Kind::Integer(_) | Kind::Float(_) | Kind::Boolean(_))
                        if expected.contains("string") =>
                    {
                        problem.help("put it in quotes")
                    }
                    _ => problem,
                }
            }
            Problem::BadValue { found, expected } => {
                let headline = format!("{subject}expected {expected}, found {found}");
                Diagnostic::new(&shape::BAD_VALUE, headline, value())
            }
            Problem::Other(message) => {
                Diagnostic::new(&shape::BAD_VALUE, format!("{subject}{message}"), value())
            }
        }
    }
}

fn find<'a>(root: &'a Node, pointer: &Pointer) -> Option<&'a Node> {
    pointer
        .tokens()
        .iter()
        .try_fold(root, |node, token| match (token, &node.kind) {
            (Token::Key(key), _) => node.get(key),
            (Token::Index(index), Kind::Sequence(items)) => items.get(*index),
            (Token::Index(_), _) => None,
        })
}

/// Whether quotes are all that keeps a text from being a number or a truth value.
fn is_scalar(text: &str) -> bool {
    matches!(text, "true" | "false") || text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// What a message calls the table at `pointer`.
fn owner(pointer: &Pointer) -> Option<&'static str> {
    match pointer.tokens() {
        [] => Some("job"),
        [.., Token::Key(list), Token::Index(_)] => match list.as_str() {
            "jobs" => Some("job"),
            "processes" => Some("process"),
            "constraints" => Some("constraint"),
            _ => None,
        },
        [.., Token::Key(key)] if key == "task" => Some("task"),
        _ => None,
    }
}

/// Where a field went that older Aurora releases had at `pointer`.
fn moved(field: &str, pointer: &Pointer) -> Option<String> {
    let parent = match pointer.tokens() {
        [.., Token::Key(parent), _] => parent.as_str(),
        _ => "",
    };
    match (parent, field) {
        ("health_check_config", "endpoint" | "expected_response" | "expected_response_code") => {
            Some(format!(
                "write it as `health_check_config.health_checker.http.{field}`"
            ))
        }
        ("update_config", "restart_threshold") => {
            Some("remove it: Aurora dropped it, health checks decide".to_owned())
        }
        ("announce", "port_map") => Some("write it as `announce.portmap`".to_owned()),
        (_, "cron_policy") => Some("write it as `cron_collision_policy`".to_owned()),
        ("task", "cpu" | "ram" | "disk" | "gpu") => {
            Some(format!("write it as `task.resources.{field}`"))
        }
        ("", "processes" | "resources" | "finalization_wait" | "max_concurrency") => {
            Some(format!("write it as `task.{field}`"))
        }
        _ => None,
    }
}

fn suggest_field(
    problem: Diagnostic,
    field: &str,
    expected: &'static [&'static str],
) -> Diagnostic {
    let suggested = problem.did_you_mean(field, expected.iter().copied());
    if suggested.help.is_empty() && !expected.is_empty() {
        suggested.note(format!("the fields here are {}", choices(expected)))
    } else {
        suggested
    }
}

fn choices(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
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
            Unexpected::Str(text) => format!("{text:?}"),
            Unexpected::Signed(number) => format!("`{number}`"),
            Unexpected::Float(number) => format!("`{number}`"),
            other => other.to_string(),
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
                missing: Vec::new(),
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
        deserialize_str,
        deserialize_string,
        deserialize_seq,
        deserialize_map,
        deserialize_identifier,
        deserialize_unit
    );

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
            Kind::Mapping(entries) => {
                let missing: Vec<_> = if self.patches.missing.is_empty() {
                    Vec::new()
                } else {
                    let made_up = |field: &&&'static str| {
                        self.patches
                            .missing
                            .contains(&(std::ptr::from_ref(self.node), **field))
                    };
                    fields.iter().filter(made_up).copied().collect()
                };
                visitor
                    .visit_map(Fields {
                        node: self.node,
                        entries: entries.iter(),
                        current: None,
                        missing,
                        patches: self.patches,
                    })
                    .map_err(|error| error.on(self.node))
            }
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
                let expected = format!("one of {}", choices(variants));
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
                error.below(|| Token::Key(entry.key.clone()))
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
        .map_err(|error| error.on(node).below(|| Token::Key(entry.key.clone())))
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

/// Answers whatever is asked with something harmless, in the place of a value that was refused.
#[derive(Clone, Copy)]
struct Filler;

impl<'de> Deserializer<'de> for Filler {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_bool(false)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_i64(1)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_f64(1.0)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_str("x")
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_str("x")
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_none()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_seq(MadeUp { fields: &[] })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_map(MadeUp { fields: &[] })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_map(MadeUp { fields })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_enum(MadeUp { fields: variants })
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 u8 u16 u32 u64 f32 char bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}

/// All fields of a struct, the first choice of an enum, or an empty list, each value made up.
struct MadeUp {
    fields: &'static [&'static str],
}

impl<'de> SeqAccess<'de> for MadeUp {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        _: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        Ok(None)
    }
}

impl<'de> MapAccess<'de> for MadeUp {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DecodeError> {
        let Some((first, rest)) = self.fields.split_first() else {
            return Ok(None);
        };
        self.fields = rest;
        let key: StrDeserializer<'_, DecodeError> = (*first).into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, DecodeError> {
        seed.deserialize(Filler)
    }
}

impl<'de> EnumAccess<'de> for MadeUp {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), DecodeError> {
        let first: &str = self.fields.first().copied().unwrap_or_default();
        let word: StrDeserializer<'_, DecodeError> = first.into_deserializer();
        Ok((seed.deserialize(word)?, self))
    }
}

impl<'de> VariantAccess<'de> for MadeUp {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, DecodeError> {
        seed.deserialize(Filler)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_map(Self { fields })
    }
}

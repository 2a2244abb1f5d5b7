//! A job in a file as names lead through it: as it is written there, or as it was compiled.

use std::borrow::Cow;

use serde_json::Value as JsonValue;

use crate::source::{Kind, Node};
use crate::vocabulary::{JOB, Struct, Type, python};

use super::address::Component;
use super::default::Default;
use super::list;
use super::names::{Names, Value};

/// A value of a file's tree.
pub trait Tree<'a>: Copy {
    /// What it is.
    fn kind(self) -> TreeKind<'a>;

    /// The value of one of its fields, if it is a table.
    fn field(self, name: &str) -> Option<Self>;

    /// Its element at a position, if it is a list.
    fn element(self, position: usize) -> Option<Self>;
}

/// What a value of a file's tree is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TreeKind<'a> {
    /// Nothing.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i128),
    /// A number.
    Float(f64),
    /// A text.
    Text(&'a str),
    /// A list of this many elements.
    List(usize),
    /// A table.
    Table,
}

/// A place in a file's job.
#[derive(Debug, Clone, Copy)]
pub enum OfFile<T> {
    /// What stands in the file, and what the schema has there, if anything.
    Written(T, Option<Type>),
    /// What Aurora takes.
    Default(Default),
}

impl<'a, T: Tree<'a>> OfFile<T> {
    /// A job.
    pub fn job(tree: T) -> Self {
        Self::table(tree, &JOB)
    }

    /// A struct inside of a job.
    pub fn table(tree: T, of: &'static Struct) -> Self {
        Self::Written(tree, Some(Type::Struct(of)))
    }

    /// Whether its fields can be named from inside.
    pub fn is_struct(self) -> bool {
        match self {
            Self::Written(tree, of) => {
                !matches!(of, Some(Type::Map(_))) && tree.kind() == TreeKind::Table
            }
            Self::Default(_) => false,
        }
    }

    /// The value of a field or a key that is written, in whatever table.
    pub fn key(self, name: &str) -> Option<Self> {
        match self {
            Self::Written(tree, of) => {
                let inner = of.and_then(|of| of.field(name));
                Some(Self::Written(tree.field(name)?, inner))
            }
            Self::Default(_) => None,
        }
    }

    /// The element of a list that is written.
    pub fn element(self, position: usize) -> Option<Self> {
        match self {
            Self::Written(tree, of) => {
                let inner = match of {
                    Some(Type::List(of)) => Some(*of),
                    _ => None,
                };
                Some(Self::Written(tree.element(position)?, inner))
            }
            Self::Default(_) => None,
        }
    }
}

impl<'a, T: Tree<'a>> Names<'a> for OfFile<T> {
    fn value(self) -> Value<'a> {
        let (tree, of) = match self {
            Self::Written(tree, of) => (tree, of),
            Self::Default(default) => return default.value(),
        };
        let text = match (tree.kind(), of) {
            #[expect(clippy::cast_precision_loss, reason = "it is a fraction's by its type")]
            (TreeKind::Integer(number), Some(Type::Float)) => {
                Cow::Owned(python::print_float(number as f64))
            }
            (TreeKind::Text(text), _) => Cow::Borrowed(text),
            (TreeKind::Integer(number), _) => Cow::Owned(number.to_string()),
            (TreeKind::Float(number), _) => Cow::Owned(python::print_float(number)),
            (TreeKind::Boolean(value), _) => Cow::Borrowed(python::print_boolean(value)),
            (TreeKind::Null | TreeKind::List(_) | TreeKind::Table, _) => return Value::NotText,
        };
        Value::Text(text)
    }

    fn step(self, component: &Component<'_>) -> Option<Self> {
        let (tree, of) = match self {
            Self::Written(tree, of) => (tree, of),
            Self::Default(default) => return default.step(component).map(Self::Default),
        };
        match (component, tree.kind(), of) {
            (_, _, Some(Type::Choice(_))) => None,
            (Component::Index(key), TreeKind::Table, Some(Type::Map(_))) => self.key(key),
            (Component::Index(index), TreeKind::List(count), _) => {
                self.element(list::position(index, count)?)
            }
            (Component::Field(name), TreeKind::Table, of) if !matches!(of, Some(Type::Map(_))) => {
                let default = || match of {
                    Some(Type::Struct(of)) => Default::of(of.field(name)?).map(Self::Default),
                    _ => None,
                };
                self.key(name).or_else(default)
            }
            _ => None,
        }
    }
}

/// JSON without places.
#[derive(Debug, Clone, Copy)]
pub enum Json<'a> {
    /// A table.
    Table(&'a serde_json::Map<String, JsonValue>),
    /// Any value.
    Value(&'a JsonValue),
}

impl<'a> Tree<'a> for Json<'a> {
    fn kind(self) -> TreeKind<'a> {
        let Self::Value(value) = self else {
            return TreeKind::Table;
        };
        match value {
            JsonValue::Null => TreeKind::Null,
            JsonValue::Bool(value) => TreeKind::Boolean(*value),
            JsonValue::Number(number) => match (number.as_i128(), number.as_f64()) {
                (Some(number), _) => TreeKind::Integer(number),
                (None, Some(number)) => TreeKind::Float(number),
                (None, None) => TreeKind::Null,
            },
            JsonValue::String(text) => TreeKind::Text(text),
            JsonValue::Array(items) => TreeKind::List(items.len()),
            JsonValue::Object(_) => TreeKind::Table,
        }
    }

    fn field(self, name: &str) -> Option<Self> {
        match self {
            Self::Table(table) | Self::Value(JsonValue::Object(table)) => {
                table.get(name).map(Self::Value)
            }
            Self::Value(_) => None,
        }
    }

    fn element(self, position: usize) -> Option<Self> {
        match self {
            Self::Value(JsonValue::Array(items)) => items.get(position).map(Self::Value),
            _ => None,
        }
    }
}

impl<'a> Tree<'a> for &'a Node {
    fn kind(self) -> TreeKind<'a> {
        match &self.kind {
            Kind::Null => TreeKind::Null,
            Kind::Boolean(value) => TreeKind::Boolean(*value),
            Kind::Integer(number) => TreeKind::Integer(i128::from(*number)),
            Kind::Float(number) => TreeKind::Float(*number),
            Kind::String(text) => TreeKind::Text(text),
            Kind::Sequence(items) => TreeKind::List(items.len()),
            Kind::Mapping(_) => TreeKind::Table,
        }
    }

    fn field(self, name: &str) -> Option<Self> {
        self.get(name)
    }

    fn element(self, position: usize) -> Option<Self> {
        match &self.kind {
            Kind::Sequence(items) => items.get(position),
            _ => None,
        }
    }
}

//! The fields of a job by their names, as references and rules that go by the schema ask for them.
//!
//! Each struct of the model says once which of its fields are Aurora's: one that forgets a field
//! does not compile.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::vocabulary::Struct;

use super::number::{Float, Integer};
use super::quantity::{Bytes, FractionalSeconds, Seconds};
use super::{Cluster, CommandLine, Environment, JobName, Placement, ProcessName, Role, Text};

/// A value that a job's author wrote.
#[derive(Debug, Clone, Copy)]
pub enum FieldValue<'a> {
    /// A text, or one of some words.
    Text(&'a str),
    /// A command line, which is another text once it is compiled.
    Command(&'a CommandLine),
    /// A rule for hosts.
    Placement(&'a Placement),
    /// A whole number: sizes in bytes, times in seconds.
    Integer(i64),
    /// A number.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// A struct.
    Table(&'a dyn Table),
    /// A list.
    List(&'a dyn List),
    /// A map with keys of the author's.
    Map(&'a dyn Map),
    /// One of several structs, which Aurora's template library does not look into: the word that
    /// says which, if it takes one, and the struct.
    Choice(Option<&'static str>, &'a dyn Table),
}

/// A struct of the schema in the model.
pub trait Table: Debug {
    /// Which struct it is.
    fn of(&self) -> &'static Struct;

    /// The value of one of the struct's fields, if it is written.
    fn field(&self, name: &str) -> Option<FieldValue<'_>>;
}

/// A list in the model.
pub trait List: Debug {
    /// How many elements it has.
    fn count(&self) -> usize;

    /// The element at a position.
    fn element(&self, position: usize) -> Option<FieldValue<'_>>;
}

/// A map in the model.
pub trait Map: Debug {
    /// Its keys.
    fn keys(&self) -> Vec<&str>;

    /// The value of a key.
    fn entry(&self, key: &str) -> Option<FieldValue<'_>>;
}

/// What a field can hold.
pub(super) trait Held: Debug {
    /// Its value, if it has one.
    fn held(&self) -> Option<FieldValue<'_>>;
}

impl<T: Held> Held for Option<T> {
    fn held(&self) -> Option<FieldValue<'_>> {
        self.as_ref().and_then(T::held)
    }
}

impl<T: Held> Held for Box<T> {
    fn held(&self) -> Option<FieldValue<'_>> {
        T::held(self)
    }
}

impl<T: Held> Held for Vec<T> {
    fn held(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::List(self))
    }
}

impl<T: Held> List for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn element(&self, position: usize) -> Option<FieldValue<'_>> {
        self.get(position).and_then(T::held)
    }
}

impl<T: Held> Held for BTreeMap<String, T> {
    fn held(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Map(self))
    }
}

impl<T: Held> Map for BTreeMap<String, T> {
    fn keys(&self) -> Vec<&str> {
        self.keys().map(String::as_str).collect()
    }

    fn entry(&self, key: &str) -> Option<FieldValue<'_>> {
        self.get(key).and_then(T::held)
    }
}

/// Types that hold one value of a kind.
macro_rules! held {
    ($($type:ty: $self:ident => $value:expr;)*) => {$(
        impl Held for $type {
            fn held(&$self) -> Option<FieldValue<'_>> {
                Some($value)
            }
        }
    )*};
}

held! {
    String: self => FieldValue::Text(self);
    bool: self => FieldValue::Boolean(*self);
    CommandLine: self => FieldValue::Command(self);
    Placement: self => FieldValue::Placement(self);
    Bytes: self => FieldValue::Integer(self.get());
    Seconds: self => FieldValue::Integer(self.get());
    FractionalSeconds: self => FieldValue::Float(self.get());
}

impl<const MIN: i64, const MAX: i64> Held for Integer<MIN, MAX> {
    fn held(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Integer(self.get()))
    }
}

impl<const MIN: i64, const MAX: i64> Held for Float<MIN, MAX> {
    fn held(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Float(self.get()))
    }
}

/// Types that hold a text: `as_str` gives it.
macro_rules! texts {
    ($($name:ident),* $(,)?) => {$(
        impl $crate::model::fields::Held for $name {
            fn held(&self) -> Option<$crate::model::FieldValue<'_>> {
                Some($crate::model::FieldValue::Text(self.as_str()))
            }
        }
    )*};
}

texts!(Cluster, Environment, JobName, ProcessName, Role, Text);

/// Which struct of the schema a table is, and its fields; those after `own` are not Aurora's. A
/// field that is called otherwise in the schema has its name before it.
macro_rules! table {
    ($name:ident: $of:ident { $($field:ident $(= $called:literal)?),* $(,)? } $(own { $($own:ident),* })?) => {
        impl $crate::model::Table for $name {
            fn of(&self) -> &'static $crate::vocabulary::Struct {
                &$crate::vocabulary::$of
            }

            fn field(&self, name: &str) -> Option<$crate::model::FieldValue<'_>> {
                let Self { $($field,)* $($($own: _,)*)? } = self;
                $(
                    if name == table!(@name $field $($called)?) {
                        return $crate::model::fields::Held::held($field);
                    }
                )*
                None
            }
        }

        impl $crate::model::fields::Held for $name {
            fn held(&self) -> Option<$crate::model::FieldValue<'_>> {
                Some($crate::model::FieldValue::Table(self))
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $called:literal) => { $called };
}

/// Enums that are one of several structs, with the word for each.
macro_rules! choice {
    ($name:ident { $($kind:ident = $word:literal),* $(,)? }) => {
        impl $crate::model::fields::Held for $name {
            fn held(&self) -> Option<$crate::model::FieldValue<'_>> {
                Some(match self {
                    $(Self::$kind(table) => {
                        $crate::model::FieldValue::Choice(Some($word), table)
                    })*
                })
            }
        }
    };
}

pub(super) use {choice, table, texts};

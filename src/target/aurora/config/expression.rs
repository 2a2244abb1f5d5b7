//! A document as an expression of Python: structs are calls of the constructors of their names, a
//! choice is the one that was chosen, all else is what JSON has as well.

use std::fmt;

use serde::Serialize;
use serde::ser::{self, Impossible};

use super::super::choice::CHOICE;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    /// A number, `True` or `False`.
    Word(String),
    /// A text, not yet a literal.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// A dictionary by texts.
    Map(Vec<(String, Self)>),
    /// The call of a constructor, with names before the arguments.
    Call(&'static str, Vec<(&'static str, Self)>),
}

impl Expression {
    /// The expression that makes the document.
    pub(super) fn of(document: &impl Serialize) -> Self {
        document
            .serialize(Writer)
            .expect("documents are structs, choices, lists, maps, texts, numbers and booleans")
    }
}

/// What no document has.
const STRANGE: fmt::Error = fmt::Error;

type Result<T = Expression> = std::result::Result<T, fmt::Error>;

type Never = Impossible<Expression, fmt::Error>;

/// Methods for what no document has.
macro_rules! strange {
    ($($method:ident($($argument:ty),*) -> $value:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$value> {
            Err(STRANGE)
        })*
    };
}

struct Writer;

impl ser::Serializer for Writer {
    type Ok = Expression;
    type Error = fmt::Error;
    type SerializeSeq = Items;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Entries;
    type SerializeStruct = Arguments;
    type SerializeStructVariant = Never;

    fn serialize_bool(self, value: bool) -> Result {
        let word = if value { "True" } else { "False" };
        Ok(Expression::Word(word.to_owned()))
    }

    fn serialize_i64(self, value: i64) -> Result {
        Ok(Expression::Word(value.to_string()))
    }

    fn serialize_f64(self, value: f64) -> Result {
        if value.is_finite() {
            // With a point or an exponent, so that it stays a fraction.
            Ok(Expression::Word(format!("{value:?}")))
        } else {
            Err(STRANGE)
        }
    }

    fn serialize_str(self, value: &str) -> Result {
        Ok(Expression::Text(value.to_owned()))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result {
        self.serialize_str(variant)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result {
        let value = value.serialize(self)?;
        Ok(if name == CHOICE {
            value
        } else {
            Expression::Call(name, vec![(variant, value)])
        })
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items> {
        Ok(Items(Vec::with_capacity(length.unwrap_or_default())))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries> {
        Ok(Entries {
            entries: Vec::new(),
            key: None,
        })
    }

    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Arguments> {
        Ok(Arguments {
            name,
            arguments: Vec::with_capacity(length),
        })
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Result {
        Err(STRANGE)
    }

    strange! {
        serialize_i8(i8) -> Expression;
        serialize_i16(i16) -> Expression;
        serialize_i32(i32) -> Expression;
        serialize_u8(u8) -> Expression;
        serialize_u16(u16) -> Expression;
        serialize_u32(u32) -> Expression;
        serialize_u64(u64) -> Expression;
        serialize_f32(f32) -> Expression;
        serialize_char(char) -> Expression;
        serialize_bytes(&[u8]) -> Expression;
        serialize_none() -> Expression;
        serialize_unit() -> Expression;
        serialize_unit_struct(&'static str) -> Expression;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}

struct Items(Vec<Expression>);

impl ser::SerializeSeq for Items {
    type Ok = Expression;
    type Error = fmt::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.0.push(value.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Result {
        Ok(Expression::List(self.0))
    }
}

struct Entries {
    entries: Vec<(String, Expression)>,
    key: Option<String>,
}

impl ser::SerializeMap for Entries {
    type Ok = Expression;
    type Error = fmt::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        match key.serialize(Writer)? {
            Expression::Text(key) => self.key = Some(key),
            _ => return Err(STRANGE),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let key = self.key.take().ok_or(STRANGE)?;
        self.entries.push((key, value.serialize(Writer)?));
        Ok(())
    }

    fn end(self) -> Result {
        Ok(Expression::Map(self.entries))
    }
}

struct Arguments {
    name: &'static str,
    arguments: Vec<(&'static str, Expression)>,
}

impl ser::SerializeStruct for Arguments {
    type Ok = Expression;
    type Error = fmt::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<()> {
        self.arguments.push((name, value.serialize(Writer)?));
        Ok(())
    }

    fn end(self) -> Result {
        Ok(Expression::Call(self.name, self.arguments))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Serialize)]
    #[serde(rename = "Choice", rename_all = "snake_case")]
    enum Either {
        One(Both),
        #[serde(untagged)]
        Other(Vec<bool>),
    }

    #[derive(Serialize)]
    #[serde(rename = "Both", rename_all = "snake_case")]
    enum Wrapper {
        First(Box<Either>),
    }

    #[derive(Serialize)]
    struct Both {
        a: f64,
        b: BTreeMap<&'static str, i64>,
    }

    #[test]
    fn constructors_and_choices() {
        let both = Both {
            a: 1.0,
            b: BTreeMap::from([("x", -1)]),
        };
        let text = format!(
            "{:?}",
            Expression::of(&Wrapper::First(Either::One(both).into()))
        );
        assert_eq!(
            text,
            r#"Call("Both", [("first", Call("Both", [("a", Word("1.0")), ("b", Map([("x", Word("-1"))]))]))])"#
        );
        let other = Expression::of(&Either::Other(vec![true]));
        assert_eq!(
            other,
            Expression::List(vec![Expression::Word("True".to_owned())])
        );
    }
}

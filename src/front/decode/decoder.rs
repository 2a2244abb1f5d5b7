//! A tree as serde reads it, with what was refused made up.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use crate::source::{Entry, Kind, Node, Token};

use super::error::{DecodeError, Problem};
use super::filler::Filler;
use super::patches::{Patches, key_identity};
use super::wording::either;

/// A node as serde sees it.
#[derive(Clone, Copy)]
pub(super) struct Decoder<'a> {
    pub(super) node: &'a Node,
    pub(super) patches: &'a Patches,
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
            if self.patches.refuses_key(entry) {
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

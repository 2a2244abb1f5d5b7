//! Texts of which only a node knows the whole.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use crate::model::CommandLine;
use crate::template::{Component, TemplateReference, in_auroras_words, may_refer, references};

/// A text, in pieces: what is known, and what a node or a scheduler fills in.
///
/// Each target writes the pieces in its own words. `Display` writes them as the definition does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    pieces: Vec<Piece>,
    /// What the definition writes, where it has other words than Aurora's.
    written: Option<Arc<str>>,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These very characters.
    Literal(Arc<str>),
    /// The number of the port with this name.
    Port(String),
    /// The number of the instance, from 0.
    Instance,
    /// The name of the node.
    Host,
    /// What the scheduler calls this run of the instance.
    TaskId,
    /// Another value of the definition; one reference to a large value may stand in a text many times.
    Field(Arc<Field>),
}

/// A reference to another value of the definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The reference as written.
    pub written: String,
    /// What it comes to; none if the definition alone does not say: a command that names store
    /// paths, or an image whose digest a registry knows.
    pub value: Option<Text>,
}

impl Text {
    /// A text that is known.
    pub fn literal(text: impl Into<Arc<str>>) -> Self {
        Self::of_pieces(vec![Piece::Literal(text.into())])
    }

    /// The text that a definition writes; `value` says what a reference to another value comes to,
    /// with all references in it that a node does not fill in filled in.
    pub(super) fn of_definition(
        text: impl Into<Arc<str>>,
        value: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let text = text.into();
        if !may_refer(&text) {
            return Self::literal(text);
        }
        match in_auroras_words(&text) {
            Cow::Borrowed(_) => Self::compiled(text, value),
            Cow::Owned(auroras) => Self {
                written: Some(text),
                ..Self::compiled(auroras, value)
            },
        }
    }

    /// The text that has Aurora's words only, as a command has once its references are resolved.
    pub(super) fn compiled(
        text: impl Into<Arc<str>>,
        value: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let text = text.into();
        let mut pieces = Vec::new();
        let mut fields: HashMap<&str, Arc<Field>> = HashMap::new();
        let mut at = 0;
        for reference in references(&text) {
            push_literal(&text[at..reference.offset], &mut pieces);
            at = reference.offset + reference.text.len();
            pieces.push(Piece::of_node(&reference).unwrap_or_else(|| {
                let field = || Field {
                    written: reference.text.to_owned(),
                    // What is left in it, only a node knows.
                    value: value(reference.text).map(|it| Self::compiled(it, &|_| None)),
                };
                let field = (fields.entry(reference.text)).or_insert_with(|| Arc::new(field()));
                Piece::Field(Arc::clone(field))
            }));
        }
        if at == 0 {
            return Self::literal(text);
        }
        push_literal(&text[at..], &mut pieces);
        Self::of_pieces(pieces)
    }

    fn of_pieces(pieces: Vec<Piece>) -> Self {
        Self {
            pieces,
            written: None,
        }
    }

    /// Its pieces, from left to right.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The text, if it is known.
    pub fn as_literal(&self) -> Option<&str> {
        match &self.pieces[..] {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The text as its definition writes it.
    pub fn written(&self) -> Cow<'_, str> {
        match (&self.written, self.as_literal()) {
            (Some(text), _) => Cow::Borrowed(text),
            (None, Some(text)) => Cow::Borrowed(text),
            (None, None) => Cow::Owned(self.to_string()),
        }
    }

    /// The text with all values of the definition filled in, so that only what a node knows is left; none
    /// if one of them is not known.
    pub fn filled_in(&self) -> Option<Cow<'_, str>> {
        if let Some(text) = self.as_literal() {
            return Some(Cow::Borrowed(text));
        }
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => filled.push_str(text),
                Piece::Field(field) => filled.push_str(&field.value.as_ref()?.filled_in()?),
                Piece::Port(_) | Piece::Instance | Piece::Host | Piece::TaskId => {
                    write!(filled, "{piece}").ok()?;
                }
            }
        }
        Some(Cow::Owned(filled))
    }

    /// The text with nothing left to fill in, if that is known before there is a node.
    pub fn complete(&self) -> Option<Cow<'_, str>> {
        let filled = self.filled_in()?;
        references(&filled).next().is_none().then_some(filled)
    }

    /// Whether all values of the definition in it are known.
    pub fn is_known(&self) -> bool {
        self.pieces.iter().all(|piece| match piece {
            Piece::Field(field) => field.value.as_ref().is_some_and(Self::is_known),
            _ => true,
        })
    }

    /// Whether it has what names packages or files in a command.
    pub fn names_packages_or_files(&self) -> bool {
        CommandLine::new(&*self.written()).has_references()
    }

    /// How many bytes it has with all values of the definition filled in that are known: one value may
    /// stand in it many times.
    pub fn filled_length(&self) -> usize {
        let lengths = self.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => text.len(),
            Piece::Field(field) => match &field.value {
                Some(value) => value.filled_length(),
                None => field.written.len(),
            },
            Piece::Port(_) | Piece::Instance | Piece::Host | Piece::TaskId => {
                piece.to_string().len()
            }
        });
        lengths.fold(0, usize::saturating_add)
    }

    /// The names of the ports in it, those in values of other fields included.
    pub fn ports(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Port(name) => names.push(name.as_str()),
                Piece::Field(field) => names.extend(field.value.iter().flat_map(Self::ports)),
                Piece::Literal(_) | Piece::Instance | Piece::Host | Piece::TaskId => {}
            }
        }
        names
    }
}

impl Piece {
    /// The piece that a reference to what only a node knows is, if it is written in the usual way.
    fn of_node(reference: &TemplateReference<'_>) -> Option<Self> {
        use Component::Field;
        let address = reference.address.as_ref()?;
        let piece = match (address.port(), &address.0[..]) {
            (Some(name), _) => Self::Port(name.to_owned()),
            (None, [Field("mesos"), Field("instance")]) => Self::Instance,
            (None, [Field("mesos"), Field("hostname")]) => Self::Host,
            (None, [Field("thermos"), Field("task_id")]) => Self::TaskId,
            _ => return None,
        };
        piece.is_written(reference.text).then_some(piece)
    }
}

impl Piece {
    /// Whether this is how a definition writes it.
    fn is_written(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => &**literal == text,
            Self::Port(name) => {
                let inner = text.strip_prefix("{{thermos.ports[");
                inner.and_then(|inner| inner.strip_suffix("]}}")) == Some(name)
            }
            Self::Instance => text == "{{mesos.instance}}",
            Self::Host => text == "{{mesos.hostname}}",
            Self::TaskId => text == "{{thermos.task_id}}",
            Self::Field(field) => field.written == text,
        }
    }
}

fn push_literal(text: &str, pieces: &mut Vec<Piece>) {
    if !text.is_empty() {
        pieces.push(Piece::Literal(text.into()));
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.written {
            Some(text) => f.write_str(text),
            None => self.pieces.iter().try_for_each(|piece| piece.fmt(f)),
        }
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Port(name) => write!(f, "{{{{thermos.ports[{name}]}}}}"),
            Self::Instance => f.write_str("{{mesos.instance}}"),
            Self::Host => f.write_str("{{mesos.hostname}}"),
            Self::TaskId => f.write_str("{{thermos.task_id}}"),
            Self::Field(field) => f.write_str(&field.written),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Text {
        Text::of_definition(text, &|reference| match reference {
            "{{self.name}}" => Some("on {{thermos.ports[b]}}".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn what_a_node_knows_is_a_piece() {
        let text = of("-p {{thermos.ports[a]}} {{mesos.instance}}{{{{self.name}} {{x");
        let kinds: Vec<_> = text.pieces().iter().map(|it| format!("{it:?}")).collect();
        assert_eq!(
            kinds,
            [
                r#"Literal("-p ")"#,
                r#"Port("a")"#,
                r#"Literal(" ")"#,
                "Instance",
                r#"Literal("{{")"#,
                r#"Field(Field { written: "{{self.name}}", value: Some(Text { pieces: [Literal("on "), Port("b")], written: None }) })"#,
                r#"Literal(" {{x")"#,
            ]
        );
        assert_eq!(text.ports(), ["a", "b"]);
        assert_eq!(text.as_literal(), None);
        assert_eq!(of("a b").as_literal(), Some("a b"));
    }

    #[test]
    fn a_value_is_asked_for_once_however_often_it_is_referred_to() {
        let text = format!("{{{{a}}}} {{{{b}}}}{}", " {{mesos.instance}}".repeat(200)).repeat(3);
        let asked = RefCell::new(Vec::new());
        Text::of_definition(text, &|reference| {
            asked.borrow_mut().push(reference.to_owned());
            None
        });
        assert_eq!(asked.into_inner(), ["{{a}}", "{{b}}"]);
    }

    #[test]
    fn a_neutral_spelling_makes_the_same_pieces() {
        let neutral = of("-p ${ports.a} ${job.instance} ${job.host} ${job.task_id} $${ports.a}");
        let auroras =
            "-p {{thermos.ports[a]}} {{mesos.instance}} {{mesos.hostname}} {{thermos.task_id}}";
        assert_eq!(neutral.pieces()[..7], of(auroras).pieces()[..7]);
        assert_eq!(
            neutral.filled_in().as_deref(),
            Some(&*format!("{auroras} ${{ports.a}}"))
        );
        assert_eq!(of("$${ports.a}").as_literal(), Some("${ports.a}"));
        assert_eq!(of("$${ports.a}").written(), "$${ports.a}");
    }

    #[test]
    fn other_spellings_are_fields() {
        for text in ["{{&mesos.instance}}", "{{.mesos.instance}}", "{{a}}"] {
            assert!(matches!(of(text).pieces(), [Piece::Field(field)] if field.written == text));
        }
    }

    proptest! {
        #[test]
        fn printed_as_written(text in r"([ab{}$&.\[\]]|\{\{|\}\}|thermos\.ports\[a\]|mesos\.instance|\$\{job\.host\}|\$\{ports\.a\})*") {
            prop_assert_eq!(of(&text).to_string(), text);
        }
    }
}

//! The references of a text, found as pystachio, Aurora's template library, finds them: the leftmost
//! shortest text between two pairs of braces, which then has to be an address.

use std::borrow::Cow;
use std::iter::Peekable;

use crate::model::{NodeValue, NodeValues, ValueOrEscape, may_have_node_values, node_values};

use super::address::{Address, Component};

/// All that stands between two pairs of braces in `text`, from left to right.
pub fn references(text: &str) -> References<'_> {
    References { text, at: 0 }
}

/// All references of a text of a definition, from left to right: those that Aurora finds, and
/// `${ports.NAME}` and the like.
pub fn references_of_definition(text: &str) -> ReferencesOfDefinition<'_> {
    ReferencesOfDefinition {
        auroras: references(text).peekable(),
        neutral: node_values(text).peekable(),
    }
}

/// Whether a text of a definition may have references, which most have not.
pub fn may_refer(text: &str) -> bool {
    text.contains("{{") || may_have_node_values(text)
}

/// A text of a definition in the words of Aurora: `{{thermos.ports[NAME]}}` where it has `${ports.NAME}`.
pub fn in_auroras_words(text: &str) -> Cow<'_, str> {
    let mut written = String::new();
    let mut at = 0;
    for found in node_values(text) {
        let end = found.offset + found.text.len();
        written.push_str(&text[at..found.offset]);
        match found.is {
            ValueOrEscape::Value(value) => written.push_str(&address_of(value).written()),
            ValueOrEscape::Escape => written.push('$'),
            ValueOrEscape::Mistake(_) => written.push_str(found.text),
        }
        at = end;
    }
    if at == 0 {
        return Cow::Borrowed(text);
    }
    written.push_str(&text[at..]);
    Cow::Owned(written)
}

/// A text of another program's as a definition writes it, so that nothing in it is a reference of the
/// neutral kind.
pub fn with_neutral_escaped(text: &str) -> Cow<'_, str> {
    if !may_have_node_values(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(NodeValue::WORDS.iter().fold(text.to_owned(), |text, word| {
        // One `$` more makes it an escape, whatever stands before it.
        text.replace(&format!("${{{word}"), &format!("$${{{word}"))
    }))
}

fn address_of(value: NodeValue<'_>) -> Address<'_> {
    use Component::{Field, Index};
    Address(match value {
        NodeValue::Port(name) => vec![Field("thermos"), Field("ports"), Index(name)],
        NodeValue::Instance => vec![Field("mesos"), Field("instance")],
        NodeValue::Host => vec![Field("mesos"), Field("hostname")],
        NodeValue::TaskId => vec![Field("thermos"), Field("task_id")],
    })
}

/// The reference to what only a node knows by the name that no scheduler gave it: `${ports.NAME}` for
/// `thermos.ports[NAME]`.
pub fn neutral(address: &Address<'_>) -> Option<String> {
    if let Some(name) = address.port() {
        return NodeValue::is_port_name(name).then(|| format!("${{ports.{name}}}"));
    }
    let mut fields = NodeValue::FIELDS.iter();
    let (field, _) = fields.find(|(_, value)| address_of(*value) == *address)?;
    Some(format!("${{job.{field}}}"))
}

/// How a definition writes the number of a port.
pub fn port_reference(name: &str) -> String {
    let address = address_of(NodeValue::Port(name));
    neutral(&address).unwrap_or_else(|| address.written())
}

/// One `{{...}}`, or a `${...}` with the same meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateReference<'a> {
    /// Where it starts, in bytes.
    pub offset: usize,
    /// The whole of it as written, braces included.
    pub text: &'a str,
    /// How it is spelled.
    pub spelling: Spelling,
    /// Whether it is an escape, `{{&...}}`.
    pub escaped: bool,
    /// What stands inside, without the `&`.
    pub inner: &'a str,
    /// What it refers to; none if it is not an address.
    pub address: Option<Address<'a>>,
}

/// How a reference is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As Aurora has it, in two pairs of braces.
    Aurora,
    /// As no scheduler has it: `${ports.NAME}`.
    Neutral,
}

impl<'a> TemplateReference<'a> {
    /// What it comes to name. An escaped one is no different in the end: the text that it leaves
    /// is filled in by the next one who looks.
    pub fn named(&self) -> Option<Address<'a>> {
        let escaped = || Address::parse(self.inner.trim_matches('&'));
        let address = self.address.clone();
        address.or_else(|| self.escaped.then(escaped).flatten())
    }
}

/// The references of a text, see [`references`].
#[derive(Debug, Clone)]
pub struct References<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for References<'a> {
    type Item = TemplateReference<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let braces = self.text[self.at..].match_indices('{');
            let mut braces = braces.map(|(found, _)| self.at + found);
            let open = braces.find(|&open| self.text.as_bytes().get(open + 1) == Some(&b'{'))?;
            let content = &self.text[open + 2..];
            let is_brace = |byte: u8| matches!(byte, b'{' | b'}');
            let length = content.bytes().position(is_brace)?;
            if !content[length..].starts_with("}}") {
                // `{{{`: the inner pair may open a reference. `{{a}` and `{{a{`: nothing does
                // before the brace.
                self.at = if length == 0 && content.starts_with('{') {
                    open + 1
                } else {
                    open + 2 + length
                };
                continue;
            }
            let end = open + 2 + length + 2;
            let body = &content[..length];
            // `{{&}}` has nothing after the `&`, which then is the (bad) address itself.
            let escaped = body.len() > 1 && body.starts_with('&');
            if body.is_empty() {
                self.at = open + 2;
                continue;
            }
            self.at = end;
            let inner = if escaped { &body[1..] } else { body };
            return Some(TemplateReference {
                offset: open,
                text: &self.text[open..end],
                spelling: Spelling::Aurora,
                escaped,
                inner,
                address: Address::parse(inner),
            });
        }
    }
}

/// The references of a text of a definition, see [`references_of_definition`].
#[derive(Debug, Clone)]
pub struct ReferencesOfDefinition<'a> {
    auroras: Peekable<References<'a>>,
    neutral: Peekable<NodeValues<'a>>,
}

impl<'a> Iterator for ReferencesOfDefinition<'a> {
    type Item = TemplateReference<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            // None stands in another one: what is in braces has none inside.
            let offset = self.neutral.peek().map(|found| found.offset);
            let is_first = |reference: &TemplateReference<'_>| {
                offset.is_none_or(|offset| reference.offset < offset)
            };
            if let Some(reference) = self.auroras.next_if(is_first) {
                return Some(reference);
            }
            let found = self.neutral.next()?;
            if let ValueOrEscape::Value(value) = found.is {
                return Some(TemplateReference {
                    offset: found.offset,
                    text: found.text,
                    spelling: Spelling::Neutral,
                    escaped: false,
                    inner: &found.text["${".len()..found.text.len() - "}".len()],
                    address: Some(address_of(value)),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let printed: Vec<String> = references(text)
            .map(|found| {
                let address = match &found.address {
                    Some(address) => address.to_string(),
                    None => format!("?{}", found.inner),
                };
                format!(
                    "{}{}{address}",
                    found.offset,
                    if found.escaped { "&" } else { " " }
                )
            })
            .collect();
        assert_eq!(printed, expected, "{text:?}");
    }

    #[test]
    fn found_as_pystachio_finds_them() {
        check("a {{b}} c {{d.e[0].f}}", &["2 b", "10 d.e[0].f"]);
        check(
            "{{thermos.ports[http-admin]}}",
            &["0 thermos.ports[http-admin]"],
        );
        check("{{&x}}{{x}}", &["0&x", "6 x"]);
        check("{{{x}}}", &["1 x"]);
        check("{{a[{{b}}]}}", &["4 b"]);
        check("{{a} {{b}}", &["5 b"]);
        check("{{}} {{a}}", &["5 a"]);
        check("{{{{a}}}}", &["2 a"]);
        check("${HOME} {x} }} {{", &[]);
    }

    #[test]
    fn what_is_no_address() {
        check("{{ a }}", &["0 ? a "]);
        check("{{a b}}", &["0 ?a b"]);
        check("{{1}}", &["0 ?1"]);
        check("{{a.}}", &["0 ?a."]);
        check("{{a[}}", &["0 ?a["]);
        check("{{a[b c]}}", &["0 ?a[b c]"]);
        check("{{&}}", &["0 ?&"]);
        check("{{\u{e9}}}", &["0 ?\u{e9}"]);
    }

    #[test]
    fn both_spellings_of_a_definition() {
        let text = "{{a}} ${ports.b} {{&c}}${job.host}{ {{d}} $${ports.e} ${job.f}";
        let found: Vec<_> = references_of_definition(text)
            .map(|found| {
                format!(
                    "{} {} {}",
                    found.offset,
                    found.text,
                    found.address.expect("one")
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                "0 {{a}} a",
                "6 ${ports.b} thermos.ports[b]",
                "17 {{&c}} c",
                "23 ${job.host} mesos.hostname",
                "36 {{d}} d",
            ]
        );
        assert_eq!(
            in_auroras_words(text),
            "{{a}} {{thermos.ports[b]}} {{&c}}{{mesos.hostname}}{ {{d}} ${ports.e} ${job.f}"
        );
    }

    const TEXTS: &str =
        r"([a &{}$.\n\[\]\u{e9}]|\{\{|\}\}|\$\{|ports\.a|job\.|instance|task_id|mesos\.hostname)*";

    proptest! {
        #[test]
        fn nothing_but_the_spelling_differs(text in TEXTS) {
            let auroras = in_auroras_words(&text);
            let named = |found: TemplateReference<'_>| (found.escaped, found.address.map(|it| it.to_string()));
            let neutral: Vec<_> = references_of_definition(&text).map(named).collect();
            prop_assert_eq!(neutral, references(&auroras).map(named).collect::<Vec<_>>());
            prop_assert_eq!(may_have_node_values(&text), node_values(&text).next().is_some());
        }

        #[test]
        fn what_is_escaped_is_another_programs(text in TEXTS) {
            let escaped = with_neutral_escaped(&text);
            prop_assert_eq!(&*in_auroras_words(&escaped), &text);
            let found = references_of_definition(&escaped).map(|it| it.text.to_owned());
            prop_assert_eq!(found.collect::<Vec<_>>(), references(&text).map(|it| it.text.to_owned()).collect::<Vec<_>>());
        }
    }
}

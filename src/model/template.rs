//! `{{...}}`: the references that Aurora and the agent fill in.
//!
//! ```text
//! template  = { "{{" ["&"] address "}}" | any other character }
//! address   = component { "." field | "[" index "]" }        (no braces inside)
//! component = field | "." field | "[" index "]"
//! field     = letter or "_", then letters, digits, "_"
//! index     = letters, digits, "_", "-", ".", "/"
//! ```
//!
//! Pystachio, Aurora's template library, finds the leftmost shortest text between two pairs of
//! braces and then insists that it is an address. `{{&x}}` stands for the literal text `{{x}}`.

use std::fmt;

/// All that stands between two pairs of braces in `text`, from left to right.
pub fn references(text: &str) -> References<'_> {
    References { text, at: 0 }
}

/// One `{{...}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateReference<'a> {
    /// Where it starts, in bytes.
    pub offset: usize,
    /// The whole of it, braces included.
    pub text: &'a str,
    /// Whether it is an escape, `{{&...}}`.
    pub escaped: bool,
    /// What stands inside, without the `&`.
    pub inner: &'a str,
    /// What it refers to; none if it is not an address.
    pub address: Option<Address<'a>>,
}

/// What a reference names: a way down from a name that is in scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address<'a>(pub Vec<Component<'a>>);

/// One step of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Component<'a> {
    /// `.name`, or the name at the start.
    Field(&'a str),
    /// `[index]`.
    Index(&'a str),
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
            // In texts as short as most, a search by pairs is the fastest there is.
            let mut pairs = self.text.as_bytes()[self.at..].windows(2);
            let open = self.at + pairs.position(|pair| pair == b"{{")?;
            let content = &self.text[open + 2..];
            let length = content.find(['{', '}'])?;
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
                escaped,
                inner,
                address: Address::parse(inner),
            });
        }
    }
}

impl<'a> Address<'a> {
    /// The address that `text` is, if it is one.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut components = Vec::new();
        let mut rest = text;
        if rest.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
            let (field, after) = split_word(rest);
            components.push(Component::Field(field));
            rest = after;
        }
        while !rest.is_empty() {
            if let Some(field) = rest.strip_prefix('.') {
                if !field.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
                    return None;
                }
                let (field, after) = split_word(field);
                components.push(Component::Field(field));
                rest = after;
            } else {
                let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
                let legal = |b: u8| b.is_ascii_alphanumeric() || b"_-./".contains(&b);
                if index.is_empty() || !index.bytes().all(legal) {
                    return None;
                }
                components.push(Component::Index(index));
                rest = after;
            }
        }
        (!components.is_empty()).then_some(Self(components))
    }

    /// The field that it starts with, if it starts with one.
    pub fn head(&self) -> Option<&'a str> {
        match self.0.first()? {
            Component::Field(field) => Some(field),
            Component::Index(_) => None,
        }
    }

    /// The name and the tag of the image that it stands for: `docker.image[NAME][TAG]`.
    pub fn image(&self) -> Option<(&'a str, &'a str)> {
        use Component::{Field, Index};
        match self.0[..] {
            [Field("docker"), Field("image"), Index(name), Index(tag)] => Some((name, tag)),
            _ => None,
        }
    }

    /// The name of the port that it stands for: `thermos.ports[NAME]`.
    pub fn port(&self) -> Option<&'a str> {
        match self.0[..] {
            [
                Component::Field("thermos"),
                Component::Field("ports"),
                Component::Index(name),
            ] => Some(name),
            _ => None,
        }
    }
}

fn split_word(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| c != '_' && !c.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    text.split_at(end)
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, component) in self.0.iter().enumerate() {
            match component {
                Component::Field(field) if position == 0 => f.write_str(field)?,
                Component::Field(field) => write!(f, ".{field}")?,
                Component::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
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
    fn ports() {
        let port = |text| Address::parse(text).and_then(|address| address.port());
        assert_eq!(port("thermos.ports[http]"), Some("http"));
        assert_eq!(port("thermos.ports"), None);
        assert_eq!(port("thermos.ports[a].b"), None);
    }
}

//! The references of a text, found as pystachio, Aurora's template library, finds them: the leftmost
//! shortest text between two pairs of braces, which then has to be an address.

use super::address::Address;

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
                escaped,
                inner,
                address: Address::parse(inner),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::references;

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
}

//! What a shell would expand in a text, and does not in a literal value.

use crate::secret::floor;

/// Something that looks like an expansion of the shell's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expansion<'t> {
    /// Where it starts, in bytes.
    pub(super) offset: usize,
    pub(super) text: &'t str,
}

impl<'t> Expansion<'t> {
    /// The file of which it would be the contents, if it is that.
    pub(super) fn file(&self) -> Option<&'t str> {
        let command = self.text.strip_prefix("$(")?.strip_suffix(')')?.trim();
        let file = command.strip_prefix("cat ").or(command.strip_prefix('<'))?;
        let file = file.trim().trim_matches(['"', '\'']);
        (!file.contains(char::is_whitespace)).then_some(file)
    }
}

/// The first one in a text: a variable, a command, or, at the beginning of a value, a home directory.
pub(super) fn first(text: &str, begins_value: bool) -> Option<Expansion<'_>> {
    let is_home = text == "~" || text.starts_with("~/");
    if begins_value && is_home {
        let text = &text[..1];
        return Some(Expansion { offset: 0, text });
    }
    text.match_indices('$').find_map(|(offset, _)| {
        let length = length(&text[offset + 1..])?;
        let text = &text[offset..=offset + length];
        Some(Expansion { offset, text })
    })
}

/// The longest one that is looked for, in bytes, so that what is never closed costs little.
const LONGEST: usize = 200;

/// How much of what follows a `$` is expanded with it.
fn length(after: &str) -> Option<usize> {
    let after = &after[..floor(after, LONGEST)];
    let name = |text: &str| {
        let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
        let length = text.find(|c| !is_name(c)).unwrap_or(text.len());
        (length > 0 && !text.starts_with(|c: char| c.is_ascii_digit())).then_some(length)
    };
    if let Some(inner) = after.strip_prefix('{') {
        let rest = &inner[name(inner)?..];
        let ends = rest.starts_with(['}', ':', '-', '=', '+', '?', '#', '%', '/', '^', ',', '[']);
        let end = rest.find('}').filter(|_| ends)?;
        return Some(after.len() - rest.len() + end + 1);
    }
    if after.starts_with('(') {
        return Some(after.find(')')? + 1);
    }
    name(after)
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn expansions() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                first(text, true).map(|found| found.text),
                expected,
                "{text}"
            );
        };
        check("a $HOME/b", Some("$HOME"));
        check("${HOME}", Some("${HOME}"));
        check("${HOME:-a b} $X", Some("${HOME:-a b}"));
        check("$(cat /x)", Some("$(cat /x)"));
        check("~/x", Some("~"));
        check("~", Some("~"));
        for text in [
            "",
            "a~",
            "~x",
            "$",
            "$5",
            "a$ b",
            "${server.port}",
            "${",
            "$(",
            "$'x'",
        ] {
            check(text, None);
        }
        let file = |text| first(text, true).and_then(|found| found.file());
        assert_eq!(file("$(cat '/x y')"), None);
        assert_eq!(file("$(< \"/x\")"), Some("/x"));
    }
}

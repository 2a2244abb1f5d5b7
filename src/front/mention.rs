//! What a text says about a name before it is read as a definition.

/// Whether a definition has a name in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mention {
    /// It stands there as a word of its own.
    Plain,
    /// It does not, but could be written with an escape or put together of bound `{{...}}`.
    Perhaps,
    /// The text does not tell: what it has is known when it is loaded.
    Unknown,
    /// It is not there.
    No,
}

impl Mention {
    /// Of a format that is data with `escape` before characters that are written otherwise.
    pub(super) fn in_data(text: &str, name: &str, escape: char) -> Self {
        if is_word_of(text, name) {
            Self::Plain
        } else if text.contains(escape) || has_bound_reference(text) {
            Self::Perhaps
        } else {
            Self::No
        }
    }
}

/// Whether `name` stands in `text` as a word of its own.
fn is_word_of(text: &str, name: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(goes_on) && !after.starts_with(goes_on)
    })
}

/// Whether `text` has a `{{...}}` that is not the agent's, which no job's name can have.
fn has_bound_reference(text: &str) -> bool {
    let agents = |rest: &&str| rest.starts_with("thermos.") || rest.starts_with("mesos.");
    text.split("{{").skip(1).any(|rest| !agents(&rest))
}

#[cfg(test)]
mod tests {
    use super::Mention;

    #[test]
    fn names_in_data() {
        let check = |text: &str, expected: Mention| {
            assert_eq!(Mention::in_data(text, "web", '\\'), expected, "{text}");
        };
        check("name = 'web'", Mention::Plain);
        check("role/web/x", Mention::Plain);
        check("name = 'web-1'", Mention::No);
        check("name = 'cobweb'", Mention::No);
        check("name = '{{thermos.ports[http]}}'", Mention::No);
        check("name = '{{name}}'", Mention::Perhaps);
        check(r#"name = "w\u0065b""#, Mention::Perhaps);
    }
}

//! Words of the shell.

/// `word` as one word of the shell, whatever it holds.
///
/// Two braces in a row would be bound by the scheduler, so that the quotes end between them.
pub fn shell_word(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(&b);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    let mut quoted = String::with_capacity(word.len() + 2);
    quoted.push('\'');
    let mut last = None;
    for c in word.chars() {
        match c {
            '\'' => quoted.push_str(r"'\''"),
            '{' if last == Some('{') => quoted.push_str("''{"),
            _ => quoted.push(c),
        }
        last = Some(c);
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::shell_word;

    /// What a shell reads where this is one word: in quotes nothing means anything but their end.
    fn read(word: &str) -> String {
        let mut read = String::new();
        let mut is_quoted = false;
        let mut characters = word.chars();
        while let Some(c) = characters.next() {
            match c {
                '\'' => is_quoted = !is_quoted,
                '\\' if !is_quoted => read.extend(characters.next()),
                _ => {
                    let is_plain = c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
                    assert!(is_quoted || is_plain, "{word}");
                    read.push(c);
                }
            }
        }
        assert!(!is_quoted, "{word}");
        read
    }

    #[test]
    fn quoted_words() {
        let check = |word, expected| assert_eq!(shell_word(word), expected);
        check("https://cache.example.org", "https://cache.example.org");
        check("", "''");
        check("a b", "'a b'");
        check("it's", r"'it'\''s'");
        check("$(x)", "'$(x)'");
        check("{{{x", "'{''{''{x'");
    }

    proptest! {
        #[test]
        fn a_shell_reads_what_was_written(word in r"([a-z '{}$\\\n]|\{\{|.)*") {
            let quoted = shell_word(&word);
            prop_assert!(!quoted.is_empty() && !quoted.contains("{{"));
            prop_assert_eq!(read(&quoted), word);
        }
    }
}

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
    use super::shell_word;

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
}

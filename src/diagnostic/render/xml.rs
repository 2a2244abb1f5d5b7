//! Text made fit for XML 1.0.
//!
//! ```text
//! Char = #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]
//! ```
//!
//! Other characters cannot be written at all, not even as references; they become their code
//! points.

/// `text` for the contents of an element.
pub(crate) fn contents(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => escaped.push(character),
            _ => push(character, &mut escaped),
        }
    }
    escaped
}

/// `text` for the value of an attribute, between double quotes. A reader would turn line breaks and
/// tabs that stand there as they are into spaces.
pub(super) fn attribute(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            _ => push(character, &mut escaped),
        }
    }
    escaped
}

fn push(character: char, out: &mut String) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        // `]]>` may not stand in contents.
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\r' => out.push_str("&#13;"),
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
            out.extend(character.escape_unicode());
        }
        _ => out.push(character),
    }
}

#[cfg(test)]
mod tests {
    use super::{attribute, contents};

    #[test]
    fn characters() {
        let text = "<a b=\"c\">]]> & 'é😀'\r\n\t";
        assert_eq!(
            contents(text),
            "&lt;a b=&quot;c&quot;&gt;]]&gt; &amp; 'é😀'&#13;\n\t"
        );
        assert_eq!(attribute("a\n\tb\"\r"), "a&#10;&#9;b&quot;&#13;");
        assert_eq!(
            contents("\0\u{1b}\u{85}\u{fffe}\u{10ffff}"),
            "\\u{0}\\u{1b}\\u{85}\\u{fffe}\u{10ffff}"
        );
    }
}

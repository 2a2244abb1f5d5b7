//! Which quotes of the shell a place in a command line stands between.

/// Follows the quoting of a command, as bash reads it, as far as that can be told from its text:
/// once something comes that takes a real parser, such as a here-document, nothing is said any
/// more.
#[derive(Debug, Clone)]
pub(super) struct Quoting {
    /// What encloses the place, the outermost first; nothing around unquoted text.
    enclosing: Vec<Enclosing>,
    /// The character before, where it can matter.
    previous: Previous,
    lost: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Enclosing {
    /// `'...'`
    Single,
    /// `$'...'`, in which a backslash quotes.
    Dollar,
    /// `"..."`
    Double,
    /// `$(...)`, or parentheses in one.
    Parentheses,
    /// `# ...` up to the end of the line.
    Comment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Previous {
    /// A word may start here.
    Break,
    Backslash,
    Dollar,
    Less,
    Other,
}

impl Quoting {
    /// Before the command's first character.
    pub(super) fn new() -> Self {
        Self {
            enclosing: Vec::new(),
            previous: Previous::Break,
            lost: false,
        }
    }

    /// Past `text`.
    pub(super) fn skip(&mut self, text: &str) {
        for c in text.chars() {
            if self.lost {
                return;
            }
            self.step(c);
        }
    }

    /// Past a word, whatever it is.
    pub(super) fn skip_word(&mut self) {
        self.previous = Previous::Other;
    }

    /// Whether the place is known to stand where the shell expands nothing.
    pub(super) fn is_literal(&self) -> bool {
        let literal = matches!(
            self.enclosing.last(),
            Some(Enclosing::Single | Enclosing::Dollar)
        );
        literal && !self.lost
    }

    fn step(&mut self, c: char) {
        let previous = std::mem::replace(&mut self.previous, Previous::Other);
        match self.enclosing.last() {
            Some(Enclosing::Single) => {
                if c == '\'' {
                    self.enclosing.pop();
                }
            }
            Some(Enclosing::Dollar) => match c {
                _ if previous == Previous::Backslash => {}
                '\\' => self.previous = Previous::Backslash,
                '\'' => {
                    self.enclosing.pop();
                }
                _ => {}
            },
            Some(Enclosing::Comment) => {
                if c == '\n' {
                    self.enclosing.pop();
                    self.previous = Previous::Break;
                }
            }
            Some(Enclosing::Double) => match c {
                _ if previous == Previous::Backslash => {}
                '\\' => self.previous = Previous::Backslash,
                '$' => self.previous = Previous::Dollar,
                '"' => {
                    self.enclosing.pop();
                }
                '(' if previous == Previous::Dollar => self.open(Enclosing::Parentheses),
                // Quotes inside `...` and ${...} follow rules of their own here.
                '`' => self.lost = true,
                '{' if previous == Previous::Dollar => self.lost = true,
                _ => {}
            },
            None | Some(Enclosing::Parentheses) => self.unquoted(c, previous),
        }
    }

    fn unquoted(&mut self, c: char, previous: Previous) {
        match c {
            _ if previous == Previous::Backslash => {}
            '\\' => self.previous = Previous::Backslash,
            '$' => self.previous = Previous::Dollar,
            '\'' if previous == Previous::Dollar => self.enclosing.push(Enclosing::Dollar),
            '\'' => self.enclosing.push(Enclosing::Single),
            '"' => self.enclosing.push(Enclosing::Double),
            '#' if previous == Previous::Break => self.enclosing.push(Enclosing::Comment),
            '<' if previous == Previous::Less => self.lost = true,
            '<' => self.previous = Previous::Less,
            '(' if previous == Previous::Dollar || !self.enclosing.is_empty() => {
                self.open(Enclosing::Parentheses);
            }
            ')' if self.enclosing.pop().is_some() => self.previous = Previous::Break,
            ' ' | '\t' | '\n' | ';' | '|' | '&' | '(' | ')' => self.previous = Previous::Break,
            _ => {}
        }
    }

    fn open(&mut self, enclosing: Enclosing) {
        self.enclosing.push(enclosing);
        self.previous = Previous::Break;
    }
}

#[cfg(test)]
mod tests {
    use super::Quoting;

    /// Whether each `@` of the command stands where the shell expands nothing.
    fn check(command: &str, expected: &[bool]) {
        let mut quoting = Quoting::new();
        let mut found = Vec::new();
        for (index, text) in command.split('@').enumerate() {
            if index > 0 {
                found.push(quoting.is_literal());
                quoting.skip_word();
            }
            quoting.skip(text);
        }
        assert_eq!(found, expected, "{command}");
    }

    #[test]
    fn quotes() {
        check("@ '@' \"@\" @", &[false, true, false, false]);
        check("$'@\\'@' @", &[true, true, false]);
        check("\\'@' @' @", &[false, true, false]);
        check("\"it's @\" '\"@'", &[false, true]);
        check("\"\\\"@'@\"", &[false, false]);
    }

    #[test]
    fn comments() {
        check("# don't\n@", &[false]);
        check("a#'@'", &[true]);
        check("@#'@'", &[false, true]);
        check("a;# it's\n'@'", &[true]);
    }

    #[test]
    fn substitutions() {
        check("\"$(echo '@' @)@\" '@'", &[true, false, false, true]);
        check("$(a \"(\" (b '@') @) @", &[true, false, false]);
        check("(a '@') @", &[true, false]);
    }

    #[test]
    fn nothing_is_said_about_the_unclear() {
        check("cat <<EOF\ndon't\nEOF\n@ '@'", &[false, false]);
        check("\"${x:-'@'}\" '@'", &[false, false]);
        check("\"`echo '@'`\"", &[false]);
        check("cat < 'a' '@'", &[true]);
    }
}

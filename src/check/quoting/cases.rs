//! `case ... esac` in a list of commands: which parentheses end patterns.

/// What is known of a list of commands up to a place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Commands {
    /// The word that is being read, as far as it may be a reserved one.
    word: String,
    /// Whether a word there may be no reserved one: some of it was quoted, or it is too long.
    plain: bool,
    /// Whether a command may start with the word.
    first: bool,
    /// The `case`s that are open, the innermost last.
    cases: Vec<Case>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    /// Up to `in`.
    Word,
    /// In a pattern, up to its parenthesis; whether something of it was read.
    Pattern { begun: bool },
    /// In the commands of a pattern.
    Body,
}

/// What a parenthesis is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parenthesis {
    /// One of a pattern's, which encloses nothing.
    Pattern,
    /// Any other.
    Other,
}

impl Commands {
    pub(super) fn new() -> Self {
        Self {
            word: String::new(),
            plain: true,
            first: true,
            cases: Vec::new(),
        }
    }

    /// A character of a word; `quoted` if it is not there as it is.
    pub(super) fn word(&mut self, c: char, quoted: bool) {
        const LONGEST: usize = 5;
        if let Some(Case::Pattern { begun }) = self.cases.last_mut() {
            *begun = true;
        }
        if quoted || self.word.len() > LONGEST {
            self.plain = false;
        } else {
            self.word.push(c);
        }
    }

    /// Whether a command starts here.
    pub(super) fn is_first(&self) -> bool {
        self.first && self.word.is_empty() && self.plain
    }

    /// After a word.
    pub(super) fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        let plain = std::mem::replace(&mut self.plain, true);
        if word.is_empty() && plain {
            return;
        }
        let word = if plain { word.as_str() } else { "" };
        match (self.cases.last(), word) {
            (Some(Case::Word), "in") => self.set(Case::Pattern { begun: false }),
            (Some(Case::Pattern { .. }), "esac") => self.end_case(),
            (Some(Case::Body), "esac") if self.first => self.end_case(),
            (Some(Case::Word | Case::Pattern { .. }), _) => {}
            (_, "case") if self.first => {
                self.cases.push(Case::Word);
                self.first = false;
            }
            (
                _,
                "if" | "then" | "elif" | "else" | "do" | "while" | "until" | "for" | "!" | "{"
                | "time",
            ) if self.first => {}
            _ => self.first = false,
        }
    }

    /// After something that ends a command.
    pub(super) fn end_command(&mut self) {
        self.end_word();
        if !matches!(self.cases.last(), Some(Case::Word)) {
            self.first = true;
        }
    }

    /// After `;;`, `;&` or `;;&`.
    pub(super) fn end_body(&mut self) {
        if let Some(Case::Body) = self.cases.last() {
            self.set(Case::Pattern { begun: false });
        }
    }

    /// At `(`.
    pub(super) fn open(&mut self) -> Parenthesis {
        match self.cases.last() {
            Some(Case::Pattern { begun: false }) => {
                self.set(Case::Pattern { begun: true });
                Parenthesis::Pattern
            }
            _ => Parenthesis::Other,
        }
    }

    /// At `)`.
    pub(super) fn close(&mut self) -> Parenthesis {
        if let Some(Case::Pattern { .. }) = self.cases.last() {
            self.set(Case::Body);
            self.word.clear();
            self.plain = true;
            self.first = true;
            return Parenthesis::Pattern;
        }
        self.end_word();
        Parenthesis::Other
    }

    fn set(&mut self, case: Case) {
        if let Some(last) = self.cases.last_mut() {
            *last = case;
        }
    }

    fn end_case(&mut self) {
        self.cases.pop();
        self.first = false;
    }
}

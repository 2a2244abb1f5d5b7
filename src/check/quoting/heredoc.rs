//! Here-documents: their words, and the lines that end them.

/// A here-document that was announced and is read from the next line on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HereDocument {
    /// The line that ends it.
    pub(super) end: String,
    /// Whether tabs before that line do not count, after `<<-`.
    pub(super) tabs: bool,
    /// Whether the shell leaves its text alone, as a part of the word was quoted.
    pub(super) quoted: bool,
}

impl HereDocument {
    /// Whether `line` ends it.
    pub(super) fn ends_with(&self, line: &str) -> bool {
        let line = if self.tabs {
            line.trim_start_matches('\t')
        } else {
            line
        };
        line == self.end
    }
}

/// The word after `<<`, as far as it was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Word {
    text: String,
    tabs: bool,
    quoted: bool,
    at: At,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// Right after `<<`.
    #[default]
    Start,
    /// Before the word.
    Blanks,
    Unquoted,
    /// After a backslash, and between these quotes, if any.
    Backslash(Option<char>),
    Quotes(char),
}

/// What a character does to the word after `<<`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is a part of the word, or stands before it.
    Taken,
    /// It is the third of `<<<`, which starts no here-document.
    HereString,
    /// It ends the word and is to be read as what it is.
    Ends(HereDocument),
    /// There is no word: not what a shell takes.
    Missing,
}

impl Word {
    pub(super) fn read(&mut self, c: char) -> Step {
        match (self.at, c) {
            (At::Start, '<') => return Step::HereString,
            (At::Start, '-') => (self.tabs, self.at) = (true, At::Blanks),
            (At::Backslash(quotes), _) => {
                self.text.push(c);
                self.at = quotes.map_or(At::Unquoted, At::Quotes);
            }
            (At::Quotes(quote), _) if c == quote => self.at = At::Unquoted,
            (At::Quotes('"'), '\\') => self.at = At::Backslash(Some('"')),
            (At::Quotes(_), _) => self.text.push(c),
            (At::Start | At::Blanks, ' ' | '\t') => self.at = At::Blanks,
            (_, '\'' | '"') => (self.quoted, self.at) = (true, At::Quotes(c)),
            (_, '\\') => (self.quoted, self.at) = (true, At::Backslash(None)),
            (at, ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' | '`') => {
                if at != At::Unquoted {
                    return Step::Missing;
                }
                return Step::Ends(HereDocument {
                    end: std::mem::take(&mut self.text),
                    tabs: self.tabs,
                    quoted: self.quoted,
                });
            }
            _ => {
                self.text.push(c);
                self.at = At::Unquoted;
            }
        }
        Step::Taken
    }
}

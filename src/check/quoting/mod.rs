//! Which quotes of the shell a place in a command line stands between.
//!
//! Thermos runs commands with `/bin/bash -c`, so the rules are bash's (5.2, measured):
//!
//! ```text
//! '...'  $'...'            nothing is expanded
//! "..."  unquoted text     expansions
//! $(...) <(...) (...) `...`  commands again, with quotes and here-documents of their own
//! ${x...}                  a word again; between double quotes, single quotes only pair there,
//!                          but after % # / they quote
//! $((...)) ((...))         arithmetic: no comments, no here-documents
//! <<E <<-E                 text with expansions up to the line E; none if a part of E is quoted
//! # ...                    a comment, where a word may start
//! case x in a) ...;; esac  the parenthesis of a pattern closes nothing
//! ```

mod cases;
mod deferred;
mod enclosing;
mod heredoc;

use std::collections::VecDeque;

use cases::{Commands, Parenthesis};
use enclosing::{Enclosing, Kind, Part, Previous};
use heredoc::{HereDocument, Step, Word};

pub(super) use deferred::Deferred;

/// Follows the quoting of a command.
#[derive(Debug, Clone)]
struct Quoting {
    /// What encloses the place, the outermost first; the command itself is the first of them.
    enclosing: Vec<Enclosing>,
    /// The character before, where it can matter.
    previous: Previous,
    /// The word after `<<`, while it is read.
    word: Option<Word>,
    /// Here-documents that start with the next line.
    announced: VecDeque<HereDocument>,
    /// How many of what encloses the place are here-documents, and how many backticks.
    here_documents: usize,
    backticks: usize,
    /// The line so far, in a here-document; none if it has a reference.
    line: Option<String>,
    /// Once something comes that this cannot follow, nothing is said any more.
    lost: bool,
}

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The shell expands it.
    Expanded,
    /// Between single quotes: the shell takes it as it is.
    Single,
    /// In a here-document whose word is quoted.
    HereDocument,
    /// After a backslash.
    Escaped,
    /// In a comment.
    Comment,
    /// Somewhere that this cannot follow.
    Unknown,
}

impl Quoting {
    /// At most this many things may be in each other.
    const DEEPEST: usize = 256;

    /// Before the command's first character.
    fn new() -> Self {
        Self {
            enclosing: vec![Enclosing::Commands {
                list: Commands::new(),
                kind: Kind::Commands,
            }],
            previous: Previous::Break,
            word: None,
            announced: VecDeque::new(),
            here_documents: 0,
            backticks: 0,
            line: Some(String::new()),
            lost: false,
        }
    }

    /// Past `text`.
    fn skip(&mut self, text: &str) {
        for c in text.chars() {
            if self.lost {
                return;
            }
            self.character(c);
        }
    }

    /// Past a word, whatever it is.
    fn skip_word(&mut self) {
        self.lost |= self.word.is_some();
        self.line = None;
        self.previous = Previous::Other;
        if let Some(list) = self.list() {
            list.word('x', true);
        }
    }

    /// Where the next character stands.
    fn standing(&self) -> Standing {
        if self.lost {
            return Standing::Unknown;
        }
        match self.enclosing.last() {
            Some(Enclosing::Single | Enclosing::Dollar) => Standing::Single,
            Some(Enclosing::Comment) => Standing::Comment,
            Some(Enclosing::HereDocument(HereDocument { quoted: true, .. })) => {
                Standing::HereDocument
            }
            _ if self.previous == Previous::Backslash => Standing::Escaped,
            _ => Standing::Expanded,
        }
    }

    fn character(&mut self, c: char) {
        if self.here_documents > 0 {
            if c == '\n' {
                if self.end_of_line() {
                    return;
                }
            } else if let Some(line) = &mut self.line {
                line.push(c);
            }
        }
        if self.word.is_some() && !self.here_document_word(c) {
            return;
        }
        self.step(c);
    }

    /// At the end of a line of a here-document: whether the line ends it.
    fn end_of_line(&mut self) -> bool {
        let line = self.line.replace(String::new());
        let Some(line) = line else {
            return false;
        };
        // The outermost was read line by line before anything in it.
        let ended = self.enclosing.iter().position(
            |around| matches!(around, Enclosing::HereDocument(document) if document.ends_with(&line)),
        );
        let Some(ended) = ended else {
            return false;
        };
        while self.enclosing.len() > ended {
            self.pop();
        }
        self.new_line();
        true
    }

    /// Reads the word after `<<`; whether the character is to be read as any other.
    fn here_document_word(&mut self, c: char) -> bool {
        let Some(word) = &mut self.word else {
            return true;
        };
        match word.read(c) {
            Step::Taken => return false,
            Step::HereString => self.previous = Previous::Other,
            Step::Ends(document) => {
                self.announced.push_back(document);
                self.word = None;
                self.previous = Previous::Other;
                return true;
            }
            Step::Missing => self.lost = true,
        }
        self.word = None;
        false
    }

    /// After the end of a line of commands.
    fn new_line(&mut self) {
        self.previous = Previous::Break;
        if let Some(document) = self.announced.pop_front() {
            self.line = Some(String::new());
            self.push(Enclosing::HereDocument(document));
        } else if let Some(list) = self.list() {
            list.end_command();
        }
    }

    fn step(&mut self, c: char) {
        let previous = std::mem::replace(&mut self.previous, Previous::Other);
        if c == '`' && self.backticks > 0 {
            if previous == Previous::Backslash {
                // Commands in commands, with backslashes before each of their quotes.
                self.lost = true;
            } else {
                self.end_backticks();
            }
            return;
        }
        match self.enclosing.last_mut() {
            Some(Enclosing::Single | Enclosing::Apostrophes) => {
                if c == '\'' {
                    self.pop();
                }
            }
            Some(Enclosing::Dollar) => match c {
                _ if previous == Previous::Backslash => {}
                '\\' => self.previous = Previous::Backslash,
                '\'' => self.pop(),
                _ => {}
            },
            Some(Enclosing::Comment) => {
                if c == '\n' {
                    self.pop();
                    self.new_line();
                }
            }
            Some(Enclosing::Double) => match c {
                '"' if previous != Previous::Backslash => self.pop(),
                _ => self.expansion(c, previous, true),
            },
            Some(Enclosing::HereDocument(document)) => {
                if !document.quoted {
                    self.expansion(c, previous, true);
                }
            }
            Some(Enclosing::Braces { quoted, part }) => {
                let (quoted, part) = (*quoted, *part);
                self.in_braces(c, previous, quoted, part);
            }
            Some(Enclosing::Backticks(_)) => self.unquoted(c, previous, false),
            Some(Enclosing::Commands { kind, .. }) => {
                // `((a) b)` is no arithmetic.
                if *kind == Kind::Outer && c != ')' {
                    *kind = Kind::Commands;
                }
                let arithmetic = *kind == Kind::Arithmetic;
                self.unquoted(c, previous, arithmetic);
            }
            None => self.lost = true,
        }
    }

    /// What is special between double quotes, too.
    fn expansion(&mut self, c: char, previous: Previous, quoted: bool) {
        match c {
            _ if previous == Previous::Backslash => {}
            '\\' => self.previous = Previous::Backslash,
            // `$$` is the shell's own number.
            '$' if previous == Previous::Dollar => {}
            '$' => self.previous = Previous::Dollar,
            '`' => self.push(Enclosing::Backticks(Commands::new())),
            '(' if previous == Previous::Dollar => self.open(),
            '{' if previous == Previous::Dollar => self.push(Enclosing::Braces {
                quoted,
                part: Part::Name,
            }),
            _ => {}
        }
    }

    fn in_braces(&mut self, c: char, previous: Previous, quoted: bool, part: Part) {
        match c {
            _ if previous == Previous::Backslash => {}
            '}' => self.pop(),
            '\'' if previous == Previous::Dollar => self.push(Enclosing::Dollar),
            '\'' if quoted && part != Part::Pattern => self.push(Enclosing::Apostrophes),
            '\'' => self.push(Enclosing::Single),
            '"' => self.push(Enclosing::Double),
            _ => {
                if part == Part::Name
                    && let Some(Enclosing::Braces { part, .. }) = self.enclosing.last_mut()
                {
                    match c {
                        ':' | '-' | '=' | '?' | '+' => *part = Part::Word,
                        '%' | '/' | '^' | ',' => *part = Part::Pattern,
                        // `${#x}` has it before the name.
                        '#' if previous != Previous::Open => *part = Part::Pattern,
                        _ => {}
                    }
                }
                self.expansion(c, previous, quoted);
            }
        }
    }

    fn unquoted(&mut self, c: char, previous: Previous, arithmetic: bool) {
        match c {
            _ if previous == Previous::Backslash => self.in_word(c, true),
            '\'' if previous == Previous::Dollar => self.quote(Enclosing::Dollar),
            '\'' => self.quote(Enclosing::Single),
            '"' => self.quote(Enclosing::Double),
            '#' if previous.is_break() && !arithmetic => self.push(Enclosing::Comment),
            '<' if arithmetic => {}
            '<' if previous == Previous::Less => self.word = Some(Word::default()),
            '(' if previous == Previous::Dollar => self.open(),
            '(' if previous == Previous::Open && self.is_first() => {
                if let Some(Enclosing::Commands { kind, .. }) = self.enclosing.last_mut() {
                    *kind = Kind::Outer;
                }
                self.open_within(Kind::Arithmetic);
            }
            '(' => self.parenthesis(arithmetic),
            ')' => self.close(),
            '\n' => {
                if let Some(list) = self.list() {
                    list.end_word();
                }
                self.new_line();
            }
            '<' | '>' | ' ' | '\t' => {
                if let Some(list) = self.list() {
                    list.end_word();
                }
                self.previous = match c {
                    '<' => Previous::Less,
                    _ => Previous::Break,
                };
            }
            ';' | '|' | '&' => self.end_command(c, previous),
            '\\' | '$' | '`' | '{' => {
                self.in_word(c, c != '{');
                self.expansion(c, previous, false);
            }
            _ => self.in_word(c, false),
        }
    }

    fn end_command(&mut self, c: char, previous: Previous) {
        let ends_body = previous == Previous::Semicolon && c != '|';
        if let Some(list) = self.list() {
            list.end_command();
            if ends_body {
                list.end_body();
            }
        }
        self.previous = match c {
            ';' => Previous::Semicolon,
            _ => Previous::Break,
        };
    }

    fn in_word(&mut self, c: char, quoted: bool) {
        if let Some(list) = self.list() {
            list.word(c, quoted);
        }
    }

    fn quote(&mut self, quotes: Enclosing) {
        self.in_word('"', true);
        self.push(quotes);
    }

    fn parenthesis(&mut self, arithmetic: bool) {
        let first = self.is_first();
        match self.list().map(Commands::open) {
            Some(Parenthesis::Pattern) => self.previous = Previous::Break,
            _ if arithmetic => self.open_within(Kind::Arithmetic),
            _ => {
                self.open();
                if !first {
                    self.previous = Previous::Break;
                }
            }
        }
    }

    fn close(&mut self) {
        if let Some(Parenthesis::Pattern) = self.list().map(Commands::close) {
            self.previous = Previous::Break;
            return;
        }
        // The command itself is not enclosed.
        if self.enclosing.len() > 1
            && !matches!(self.enclosing.last(), Some(Enclosing::Backticks(_)))
        {
            self.pop();
        }
        self.previous = if self.list().is_some() {
            Previous::Break
        } else {
            Previous::Other
        };
    }

    fn end_backticks(&mut self) {
        while let Some(last) = self.enclosing.last() {
            let found = matches!(last, Enclosing::Backticks(_));
            self.pop();
            if found {
                break;
            }
        }
    }

    /// The list of commands that the place stands in directly.
    fn list(&mut self) -> Option<&mut Commands> {
        match self.enclosing.last_mut()? {
            Enclosing::Commands { list, .. } | Enclosing::Backticks(list) => Some(list),
            _ => None,
        }
    }

    fn is_first(&mut self) -> bool {
        self.list().is_some_and(|list| list.is_first())
    }

    fn open(&mut self) {
        self.open_within(Kind::Commands);
        self.previous = Previous::Open;
    }

    fn open_within(&mut self, kind: Kind) {
        self.in_word('(', true);
        self.push(Enclosing::Commands {
            list: Commands::new(),
            kind,
        });
        self.previous = Previous::Break;
    }

    fn push(&mut self, enclosing: Enclosing) {
        if self.enclosing.len() == Self::DEEPEST {
            self.lost = true;
            return;
        }
        match enclosing {
            Enclosing::HereDocument(_) => self.here_documents += 1,
            Enclosing::Backticks(_) => {
                self.backticks += 1;
                self.previous = Previous::Break;
            }
            Enclosing::Braces { .. } => self.previous = Previous::Open,
            _ => {}
        }
        self.enclosing.push(enclosing);
    }

    fn pop(&mut self) {
        match self.enclosing.pop() {
            Some(Enclosing::HereDocument(_)) => self.here_documents -= 1,
            Some(Enclosing::Backticks(_)) => self.backticks -= 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;

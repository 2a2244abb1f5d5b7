//! TOML text -> tree, as of TOML 1.1: tables in braces may span lines and end in a comma.
//!
//! The grammar is `toml_parser`'s, which recovers from errors and calls back for each token that
//! has a meaning. What headers and dotted keys mean is here and in `tables`: `toml_edit` would do
//! it too, but stops at the first duplicate key and does not tell where the other one is.
//!
//! A table that was written as `[header]` has the header for its span; one that exists because a
//! longer header or a dotted key names it has the key.

mod message;
mod tables;

use std::sync::Arc;

use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::lexer::{Token, TokenKind};
use toml_parser::parser::{EventReceiver, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Raw, Source};

use crate::diagnostic::Report;
use crate::front::codes::SYNTAX;
use crate::source::{Keys, Kind, Node, SourceFile, Span};

use super::front_end::FrontEnd;
use super::limits::{MAX_DEPTH, MAX_TOML_TOKENS, MAX_VALUES, fitted, too_deep, too_many};
use super::loaded::Loaded;
use super::mention::Mention;
use super::number::{float, out_of_range, radix, whole};
use super::problems::{Problems, Typographic, shortened, start};
use tables::{Header, Key, TableId, Tables};

/// TOML as a format of definitions.
pub(super) const FRONT_END: FrontEnd = FrontEnd {
    name: "TOML",
    extensions: &["toml"],
    load: |file| parse(file).map(|tree| Loaded::from_file(file, tree)),
    mention: |text, name| Mention::in_data(text, name, '\\'),
    stays_below: |text| FrontEnd::has_no_parent(text, '\\'),
    explain: FrontEnd::as_they_are,
    surprises: FrontEnd::no_surprises,
};

fn parse(file: &Arc<SourceFile>) -> Report<Node> {
    let source = Source::new(file.text());
    let mut reader = Reader {
        problems: Problems::new(file),
        source,
        tables: Tables::new(Span::new(0..file.text().len())),
        table: Tables::ROOT,
        header: None,
        path: Vec::new(),
        pending: Vec::new(),
        open: Vec::new(),
        values: 0,
        keys: Keys::default(),
        open_string: None,
        stopped: false,
    };
    let mut errors = Errors::default();
    let mut tokens: Vec<Token> = source.lex().take(MAX_TOML_TOKENS + 1).collect();
    if tokens.len() > MAX_TOML_TOKENS {
        let place = reader.problems.place(Span::new(0..0));
        reader
            .problems
            .push(too_many(MAX_TOML_TOKENS, "tokens", place));
        return reader.problems.report(None);
    }
    drop_final_blank(&mut tokens, source, &mut errors);
    parse_document(
        &tokens,
        &mut ValidateWhitespace::new(&mut reader, source),
        &mut errors,
    );
    if !reader.stopped {
        reader.explain(errors);
    }
    let root = reader.tables.into_root();
    reader.problems.report(Some(root))
}

/// Drops the blank lines at the end of the file, which the grammar would look back over once for
/// each list that is not closed.
fn drop_final_blank(tokens: &mut Vec<Token>, source: Source<'_>, errors: &mut Errors) {
    let end = tokens.pop();
    while let Some(token) = tokens.last() {
        match token.kind() {
            TokenKind::Comment => {
                let comment = source.get(token.span()).expect("tokens are in the source");
                comment.decode_comment(errors);
            }
            TokenKind::Newline => {
                let newline = source.get(token.span()).expect("tokens are in the source");
                newline.decode_newline(errors);
            }
            TokenKind::Whitespace => {}
            _ => break,
        }
        tokens.pop();
    }
    tokens.extend(end);
}

/// The grammar's errors: the first ones, and those at the end that explain the others.
#[derive(Default)]
struct Errors(Vec<ParseError>);

impl ErrorSink for Errors {
    fn report_error(&mut self, error: ParseError) {
        const MOST: usize = 1000;
        if self.0.len() < MOST || message::unclosed(&error) {
            self.0.push(error);
        }
    }
}

struct Reader<'a> {
    problems: Problems<'a>,
    source: Source<'a>,
    tables: Tables,
    /// The table that keys at the start of a line go into.
    table: TableId,
    header: Option<Header>,
    /// The dotted key that is being read.
    path: Vec<Key>,
    /// The key of the value that is to come, outside of all lists and braces.
    pending: Vec<Key>,
    open: Vec<Open>,
    values: usize,
    keys: Keys,
    /// Where the first string starts that does not end.
    open_string: Option<u32>,
    /// Whether a limit was exceeded.
    stopped: bool,
}

/// A list or a table in braces that is being read.
enum Open {
    List {
        start: usize,
        depth: usize,
        items: Vec<Node>,
    },
    Table {
        start: usize,
        depth: usize,
        table: TableId,
        pending: Vec<Key>,
    },
}

impl Reader<'_> {
    /// Puts a value where the last key said.
    fn put(&mut self, node: Node) {
        let (table, path) = match self.open.last_mut() {
            Some(Open::List { items, .. }) => {
                items.push(node);
                return;
            }
            Some(Open::Table { table, pending, .. }) => (*table, std::mem::take(pending)),
            None => (self.table, std::mem::take(&mut self.pending)),
        };
        if let Err(conflict) = self.tables.insert(table, path, node) {
            let problem = conflict.explain(&self.problems);
            self.problems.push(problem);
        }
    }

    /// Counts one more value at `span`.
    fn count(&mut self, span: Span) -> bool {
        self.values += 1;
        if self.values > MAX_VALUES && !self.stopped {
            self.stopped = true;
            let place = self.problems.place(span);
            self.problems.push(too_many(MAX_VALUES, "values", place));
        }
        !self.stopped
    }

    /// The depth that a list or table has if it comes next.
    fn depth(&self) -> usize {
        match self.open.last() {
            Some(Open::List { depth, .. }) => depth + 1,
            Some(Open::Table { depth, pending, .. }) => depth + pending.len().max(1),
            None => self.tables.depth(self.table) + self.pending.len().max(1),
        }
    }

    /// The depth of a list or table at `span`, if there may be one.
    fn deeper(&mut self, span: Span) -> Option<usize> {
        let depth = self.depth();
        (self.count(span) && self.check_depth(depth, span)).then_some(depth)
    }

    fn check_depth(&mut self, depth: usize, span: Span) -> bool {
        if depth > MAX_DEPTH && !self.stopped {
            self.stopped = true;
            let place = self.problems.place(span);
            self.problems.push(too_deep(place));
        }
        !self.stopped
    }

    fn define_header(&mut self, end: usize) {
        let Some(mut header) = self.header.take() else {
            return;
        };
        header.span = Span::new(header.span.start as usize..end);
        let path = std::mem::take(&mut self.path);
        self.values += path.len();
        let Some(last) = path.last() else {
            return;
        };
        let depth = self.tables.header_depth(&path) + usize::from(header.is_element);
        if !self.check_depth(depth, last.span) || !self.count(last.span) {
            return;
        }
        match self.tables.define(path, &header) {
            Ok(table) => self.table = table,
            Err(conflict) => {
                let problem = conflict.explain(&self.problems);
                self.problems.push(problem);
                // What follows belongs to a table that has no place.
                self.table = self.tables.detached(header.span);
            }
        }
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>) -> Kind {
        let text = &self.source.input()[span.range()];
        if text.is_empty() {
            let problem = message::missing_value(&self.problems, self.source.input(), span);
            self.problems.push(problem);
            return Kind::Boolean(false);
        }
        let raw = |text| {
            let span = toml_parser::Span::new_unchecked(span.start as usize, span.end as usize);
            Raw::new_unchecked(text, encoding, span)
        };
        let mut value = String::new();
        let mut error = None;
        let mut kind = raw(text).decode_scalar(&mut value, &mut error);
        if let Some(error) = error {
            let input = self.source.input();
            if encoding.is_some() && message::is_open(span, &error) {
                self.open_string.get_or_insert(span.start);
            }
            if encoding.is_none()
                && let Some(string) = Typographic::at(input, span.start as usize)
            {
                let problem = string.problem(&self.problems, input);
                self.problems.push_habit("typographic quotes", problem);
                return Kind::Boolean(false);
            }
            let problem = match encoding {
                None => message::unquoted(&self.problems, text, span),
                Some(_) => message::string(&self.problems, input, span, &error),
            };
            self.problems.push(problem);
            return Kind::Boolean(false);
        }
        if encoding.is_some() && text.contains('\r') {
            // A file checked out with other line ends is the same job.
            let unified = text.replace("\r\n", "\n");
            let mut unified_value = String::new();
            kind = raw(&unified).decode_scalar(&mut unified_value, &mut ());
            value = unified_value;
        }
        let number = match kind {
            ScalarKind::String => return Kind::String(value),
            ScalarKind::Boolean(boolean) => return Kind::Boolean(boolean),
            ScalarKind::DateTime => {
                let problem = message::date(&self.problems, text, span);
                self.problems.push(problem);
                return Kind::Boolean(false);
            }
            ScalarKind::Float => float(&value),
            ScalarKind::Integer(base) if base.value() == 10 => whole(&value),
            ScalarKind::Integer(base) => radix(&value, base.value()),
        };
        number.unwrap_or_else(|| {
            let place = self.problems.place(span);
            self.problems.push(out_of_range(&shortened(text), place));
            Kind::Boolean(false)
        })
    }

    /// Turns the grammar's errors into problems, one for each line: what follows a mistake on its
    /// line is hardly ever another one.
    fn explain(&mut self, errors: Errors) {
        let text = self.source.input();
        for error in errors.0 {
            let problem = message::grammar(&self.problems, text, &error);
            // What comes after a string without an end was part of it, or should have been.
            if self.open_string.is_some_and(|open| start(&problem) > open) {
                continue;
            }
            if message::unclosed(&error) {
                let opened = message::opened(&error);
                self.problems
                    .retain(|problem| problem.code != &SYNTAX || start(problem) < opened);
            }
            self.problems.push(problem);
            if message::is_last(&error) {
                break;
            }
        }
        self.problems.sort();
        let mut line_end = 0;
        self.problems.retain(|problem| {
            let start = start(problem) as usize;
            if problem.code != &SYNTAX {
                return true;
            }
            if start < line_end {
                return false;
            }
            // Lines that are no TOML at all, one below the other, are one mistake.
            let follows = line_end > 0
                && !text[line_end.min(text.len())..start].contains('\n')
                && message::is_no_pair(problem, text);
            let line = text.as_bytes()[start..].iter();
            line_end = start + line.take_while(|&&byte| byte != b'\n').count() + 1;
            !follows
        });
    }
}

/// The grammar's calls. Those with an `error` may report to it; what is wrong with the meaning of a
/// token goes into the reader's own problems.
impl EventReceiver for Reader<'_> {
    fn std_table_open(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.path.clear();
        self.header = Some(Header {
            span: here(span),
            is_element: false,
        });
    }

    fn array_table_open(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.path.clear();
        self.header = Some(Header {
            span: here(span),
            is_element: true,
        });
    }

    fn std_table_close(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.define_header(span.end());
    }

    fn array_table_close(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.define_header(span.end());
    }

    fn newline(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        if self.open.is_empty() {
            // A header without its bracket still says whose the next keys are.
            self.define_header(span.start());
            self.path.clear();
            self.pending.clear();
        }
    }

    fn simple_key(
        &mut self,
        span: toml_parser::Span,
        encoding: Option<Encoding>,
        error: &mut dyn ErrorSink,
    ) {
        if self.stopped || !self.check_depth(self.path.len(), here(span)) {
            return;
        }
        let mut name = String::new();
        let text = &self.source.input()[span.start()..span.end()];
        Raw::new_unchecked(text, encoding, span).decode_key(&mut name, error);
        self.path.push(Key {
            name: self.keys.key(&name),
            span: here(span),
        });
    }

    fn key_val_sep(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        let path = std::mem::take(&mut self.path);
        let tables = path.len().saturating_sub(1);
        self.values += tables;
        match self.open.last_mut() {
            Some(Open::Table { pending, .. }) => *pending = path,
            Some(Open::List { .. }) => {}
            None => self.pending = path,
        }
        if tables > 0 {
            self.check_depth(self.depth() - 1, here(span));
        }
    }

    fn scalar(
        &mut self,
        span: toml_parser::Span,
        encoding: Option<Encoding>,
        _error: &mut dyn ErrorSink,
    ) {
        let span = here(span);
        if self.stopped || !self.count(span) {
            return;
        }
        let kind = self.scalar(span, encoding);
        self.put(Node { kind, span });
    }

    fn array_open(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) -> bool {
        let Some(depth) = self.deeper(here(span)) else {
            return false;
        };
        self.open.push(Open::List {
            start: span.start(),
            depth,
            items: Vec::new(),
        });
        true
    }

    fn inline_table_open(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) -> bool {
        let Some(depth) = self.deeper(here(span)) else {
            return false;
        };
        self.open.push(Open::Table {
            start: span.start(),
            depth,
            table: self.tables.begin_braces(depth),
            pending: Vec::new(),
        });
        true
    }

    fn array_close(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.close(span);
    }

    fn inline_table_close(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.close(span);
    }
}

impl Reader<'_> {
    fn close(&mut self, end: toml_parser::Span) {
        if self.stopped {
            return;
        }
        let node = match self.open.pop() {
            Some(Open::List { start, items, .. }) => Node {
                kind: Kind::Sequence(fitted(items)),
                span: Span::new(start..end.end()),
            },
            Some(Open::Table { start, table, .. }) => {
                self.tables.end_braces(table, Span::new(start..end.end()))
            }
            None => return,
        };
        self.put(node);
    }
}

fn here(span: toml_parser::Span) -> Span {
    Span::new(span.start()..span.end())
}

#[cfg(test)]
mod tests {
    use super::super::{Format, MAX_DEPTH, shown::shown};

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(shown(input, Format::Toml), expected, "{input}");
    }

    #[test]
    fn values() {
        check("", "{}");
        check("# nothing\n", "{}");
        check(
            "a = 1\n\"b c\" = true\n'd' = false",
            "{a: 1, \"b c\": true, 'd'=\"d\": false}",
        );
        check(
            "a = [1, {b = 2, c.d = 3,}, # e\n]",
            "{a: [1, {b: 2, c: {d: 3}}]}",
        );
        check("a = {\n b = 1,\n c = 2\n}", "{a: {b: 1, c: 2}}");
        check(
            "é = 1",
            "syntax: expected a letter, a digit, `-` or `_` in a key, found `é` | 1:1 \"é\" `é` is the character U+00E9 | write a to z, or put quotes around the key",
        );
    }

    #[test]
    fn numbers() {
        check("a = +1_000", "{a: +1_000=1000}");
        check("a = -0", "{a: -0=0}");
        check("a = 0xFF", "{a: 0xFF=255}");
        check("a = 0o17", "{a: 0o17=15}");
        check("a = 0b11", "{a: 0b11=3}");
        check("a = 1e3", "{a: 1e3=1000.0}");
        check("a = 1_0.5", "{a: 1_0.5=10.5}");
        check(
            "a = 0xFFFFFFFFFFFFFFFFFFFFFFFF",
            "{a: 0xFFFFFFFFFFFFFFFFFFFFFFFF=7.922816251426434e28}",
        );
        check(
            "a = 9223372036854775808",
            "{a: 9223372036854775808=9.223372036854776e18}",
        );
        for number in ["1e999", "inf", "-nan"] {
            check(
                &format!("a = {number}"),
                &format!(
                    "number-out-of-range: expected a finite number, found `{number}` | 1:5 {number:?} | use a finite number"
                ),
            );
        }
        let wrong = |number: &str, help: &str| {
            check(
                &format!("a = {number}"),
                &format!("syntax: expected a number, found `{number}` | 1:5 {number:?} | {help}"),
            );
        };
        wrong("007", "remove the leading zeros");
        wrong("1__0", "put `_` only between digits");
        wrong(".5", "put digits on both sides of the point");
        wrong("5.", "put digits on both sides of the point");
    }

    #[test]
    fn dates() {
        let date = |date: &str| {
            check(
                &format!("a = {date}"),
                &format!(
                    "toml-date: expected a value, found the date `{date}` | 1:5 {date:?} | put quotes around it: jobc has no dates"
                ),
            );
        };
        date("1979-05-27");
        date("1979-05-27T07:32:00Z");
        date("1979-05-27 07:32:00");
        date("07:32:00");
        check(
            "a = 8080:80",
            r#"syntax: expected a value, found `8080:80` | 1:5 "8080:80" | put quotes around text"#,
        );
    }

    #[test]
    fn strings() {
        check("a = \"é\\u00e9\\x41\"", "{a: \"é\\u00e9\\x41\"=\"ééA\"}");
        check("a = 'C:\\dir'", "{a: 'C:\\dir'=\"C:\\\\dir\"}");
        check(
            "a = \"\"\"\nb\n\\\n  c\"\"\"",
            "{a: \"\"\"\\nb\\n\\\\n  c\"\"\"=\"b\\nc\"}",
        );
        check(
            "a = '''\r\nb\r\nc'''\r\n",
            "{a: \'\'\'\\r\\nb\\r\\nc\'\'\'=\"b\\nc\"}",
        );
        check(
            "a = \"\"\"\r\n\\q\"\"\"",
            r#"syntax: expected an escape of TOML, found `\q` | 2:1 "\\q" | write `\\` for a backslash, or put single quotes around the text"#,
        );
        check(
            "a = \"\\u12\"",
            r#"syntax: expected the hexadecimal number of a character, found `"` | 1:10 "\"" | write `\\` for a backslash, or put single quotes around the text"#,
        );
        check(
            "a = \"\u{1}\"",
            r#"syntax: expected text, found the character U+0001 in a string | 1:6 "\u{1}" | write `\u0001` between double quotes"#,
        );
        check(
            "a = \"b\nc = 1",
            r#"syntax: expected `"` after the string, found the end of the line | 1:5 "\"b" | close the string; text of several lines goes between `"""`"#,
        );
        check(
            "a = '''b\n",
            r#"syntax: expected `'''` after the string, found the end of the file | 1:5 "'''b\n" | close the string"#,
        );
    }

    #[test]
    fn tables() {
        check("[a]\nb = 1\n[a.c]\nd = 2\n", "{a: {b: 1, c: {d: 2}}}");
        check("[a.b]\nc = 1\n[a]\nd = 2\n", "{a: {b: {c: 1}, d: 2}}");
        check(
            "[[a]]\nb = 1\n[[a]]\n[a.c]\nd = 2\n[[a.e]]\n",
            "{a: [{b: 1}, {c: {d: 2}, e: [{}]}]}",
        );
        check(
            "a.b = 1\na.c.d = 2\n[e]\nf.g = 3\n[e.f.h]\n",
            "{a: {b: 1, c: {d: 2}}, e: {f: {g: 3, h: {}}}}",
        );
        check("[a.b.c]\n[a]\nb.d = 1\n", "{a: {b: {c: {}, d: 1}}}");
    }

    #[test]
    fn duplicates() {
        let duplicate = |input: &str, tree: &str, key: &str, second: &str, first: &str| {
            check(
                input,
                &format!(
                    "{tree}\nduplicate-key: duplicate key `{key}` | {second} {key:?} | {first} {key:?} first defined here | keep one of the two"
                ),
            );
        };
        duplicate("a = 1\na = 2", "{a: 1}", "a", "2:1", "1:1");
        duplicate("[a]\n[a]", "{a: {}}", "a", "2:2", "1:2");
        duplicate("[a]\n[[a]]", "{a: {}}", "a", "2:3", "1:2");
        duplicate("[[a]]\n[a]", "{a: [{}]}", "a", "2:2", "1:3");
        duplicate("a = []\n[[a]]", "{a: []}", "a", "2:3", "1:1");
        duplicate("a.b = 1\na = 2", "{a: {b: 1}}", "a", "2:1", "1:1");
        duplicate("[a]\nb.c = 1\n[a.b]", "{a: {b: {c: 1}}}", "b", "3:4", "2:1");
        duplicate("a = {b = 1, b = 2}", "{a: {b: 1}}", "b", "1:13", "1:6");
        let addition = |input: &str, tree: &str, key: &str, second: &str, first: &str| {
            check(
                input,
                &format!(
                    "{tree}\nduplicate-key: key `{key}` is complete and cannot be added to | {second} {key:?} | {first} {key:?} first defined here | write all of the value in one place"
                ),
            );
        };
        addition("a = 1\na.b = 2", "{a: 1}", "a", "2:1", "1:1");
        addition("a = {b = 1}\n[a.c]", "{a: {b: 1}}", "a", "2:2", "1:1");
        addition("[a.b]\n[a]\nb.c = 1", "{a: {b: {}}}", "b", "3:1", "1:4");
        addition(
            "x = {a = {b = 1}, a.c = 2}",
            "{x: {a: {b: 1}}}",
            "a",
            "1:19",
            "1:6",
        );
        check(
            "[a]\nx = 1\n[a]\nx = 1\ny = 1\ny = 2",
            "{a: {x: 1}}\n\
             duplicate-key: duplicate key `a` | 3:2 \"a\" | 1:2 \"a\" first defined here | keep one of the two\n\
             duplicate-key: duplicate key `y` | 6:1 \"y\" | 5:1 \"y\" first defined here | keep one of the two",
        );
        let many: String = (0..40).map(|key| format!("k{} = 0\n", key % 39)).collect();
        assert!(shown(&many, Format::Toml).ends_with(
            "duplicate key `k0` | 40:1 \"k0\" | 1:1 \"k0\" first defined here | keep one of the two"
        ));
    }

    #[test]
    fn mistakes() {
        let wrong = |input: &str, problem: &str| check(input, &format!("syntax: {problem}"));
        wrong(
            "a = hello world",
            r#"expected a value, found `hello world` | 1:5 "hello world" | put quotes around text"#,
        );
        wrong(
            "a = True",
            r#"expected a value, found `True` | 1:5 "True" | write `true`"#,
        );
        wrong(
            "a = null",
            r#"expected a value, found `null` | 1:5 "null" | leave the key out: TOML has no null"#,
        );
        wrong(
            "a = [1 2]",
            r#"expected a value, found `1 2` | 1:6 "1 2" | put a comma between two values, or quotes around text"#,
        );
        wrong(
            "a 1",
            r#"expected `=` after the key, found `1` | 1:3 "1" | write `key = value`"#,
        );
        wrong(
            "a: 1",
            r#"expected `=` after the key, found `:` | 1:2 ":" | write `key = value`"#,
        );
        wrong(
            "a",
            r#"expected `=` after the key, found the end of the file | 1:2 "" | write `key = value`"#,
        );
        wrong(
            "a =\nb = 1",
            r#"expected a value after the key, found the end of the line | 1:4 """#,
        );
        wrong(
            "a == 1",
            r#"expected a value, found `=` | 1:4 "=" | remove the second `=`"#,
        );
        wrong("= 1", r#"expected a key, found `=` | 1:1 "=""#);
        wrong(
            "a = {b}",
            r#"expected `=` and a value after the key, found `}` | 1:7 "}""#,
        );
        wrong(
            "a = \"b\" c",
            r#"expected the end of the line, found `c` | 1:9 "c" | start a line for each key, and put quotes around text"#,
        );
        wrong(
            "[a\nb = 1",
            r#"expected `]` after the name of the table, found the end of the line | 1:3 """#,
        );
        wrong(
            "[[a]",
            r#"expected `]]` after the name of the list, found the end of the file | 1:5 """#,
        );
        wrong(
            "a = [1, 2\nb = 3\nc = 4",
            r#"expected `]`, found `=` | 2:3 "=" | 1:5 "[" opened here"#,
        );
        wrong(
            "a = {b = 1\nc = 2\n",
            r#"expected `}`, found the end of the line | 2:6 "" | 1:5 "{" opened here"#,
        );
        wrong(
            "# \u{1}",
            r#"expected text, found the character U+0001 in a comment | 1:3 "\u{1}""#,
        );
        wrong(
            "a = b\nc = d",
            "expected a value, found `b` | 1:5 \"b\" | put quotes around text\n\
             syntax: expected a value, found `d` | 2:5 \"d\" | put quotes around text",
        );
    }

    #[test]
    fn limits() {
        let too_deep = |input: &str, column: usize, text: &str| {
            check(
                input,
                &format!(
                    "too-deep: expected at most 128 levels of nesting, found more | 1:{column} {text:?}"
                ),
            );
        };
        let lists = |depth: usize| format!("a = {}{}", "[".repeat(depth), "]".repeat(depth));
        check(
            &lists(MAX_DEPTH - 1),
            &format!("{{a: {}}}", &lists(MAX_DEPTH - 1)[4..]),
        );
        too_deep(&lists(MAX_DEPTH), 132, "[");
        too_deep(&lists(1_000_000), 132, "[");
        too_deep(&format!("a = {}", "{a = ".repeat(100_000)), 640, "{");
        too_deep(&format!("{}a = 1", "a.".repeat(MAX_DEPTH)), 259, "=");
        too_deep(&format!("{}a = 1", "a.".repeat(100_000)), 259, "a");
        too_deep(&format!("[{}a]", "a.".repeat(100_000)), 260, "a");
        too_deep(&format!("[[{}a]]", "a.".repeat(MAX_DEPTH - 2)), 255, "a");
        // What follows a header without its bracket is that table's.
        let unclosed = shown(&"[a\n".repeat(1000), Format::Toml);
        assert!(!unclosed.starts_with('{'), "{unclosed}");
    }
}

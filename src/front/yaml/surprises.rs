//! What YAML makes of a text in silence and its author may not have meant.
//!
//! | written                          | made of it                                | told    |
//! |----------------------------------|-------------------------------------------|---------|
//! | `serve #1 -p 80`                 | `serve`: the rest is a comment            | yes     |
//! | `010`                            | ten, and eight to YAML 1.1                | yes     |
//! | lines of a script after `>`, or without `\|` | one line                      | if the lines are commands of their own |
//! | `&a run`                         | `run`, with the anchor `a`                | if no alias uses it |
//! | `no`, `1_000`, `22:22`           | text, as by YAML 1.2                      | by the field's type |
//! | `*a`, `!a`, `%a`, `a: b`, `<<`, tabs, a second document | refused            | errors  |
//! | `\|-`, `\|+`, blanks at the end, `0x10`, `1e3` | what they are for            | no      |
//!
//! JSON and TOML have none of these: both refuse `010`, and their texts have quotes.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Place};
use crate::source::{Kind, Node, Pointer, SourceMap, Span, Token};

use super::folded::Folded;

crate::diagnostic::declare_codes! {
    /// An unquoted text of YAML ends where ` #` begins a comment. In a command, that is rarely meant: the
    /// rest of it is gone without a word.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: serve --title Report #1 --fast
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: "serve --title 'Report #1' --fast"
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// Other texts than commands are looked at if no blank follows the `#`.
    YAML_COMMENT = "yaml-comment", Warn, "a text that ends where a comment of YAML begins";

    /// A number of YAML starts with a zero. It is decimal to YAML 1.2, and so to jobc, but octal to
    /// YAML 1.1, which many programs read.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// instances: 010
    /// task:
    ///   processes: [{ name: hello, cmdline: echo hello }]
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// instances: 10
    /// task:
    ///   processes: [{ name: hello, cmdline: echo hello }]
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// `0o10` is octal to both.
    YAML_OCTAL = "yaml-octal", Warn, "a number of YAML with a leading zero";

    /// The lines of a command are joined to one: YAML does so after `>`, between quotes, and in text
    /// without either. Commands that are written below each other become one, and a comment takes all
    /// that follows with it.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: >
    ///         set -e
    ///         echo hello
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: |
    ///         set -e
    ///         echo hello
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// One long command on several lines is what `>` is for: nothing is said about it, unless one of its
    /// lines ends with a backslash, which then quotes a blank, or has a comment, which then hides the
    /// lines after it. A here-document and a script between quotes lose their lines, too.
    YAML_FOLDED = "yaml-folded", Warn, "a script whose lines YAML joins";

    /// An unquoted text of YAML begins with `&`, so that its first word is an anchor, and not a part of
    /// the text; and no alias uses the anchor.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: &1 echo hello
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: "&1 echo hello"
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    YAML_ANCHOR = "yaml-anchor", Warn, "a text whose first word is an anchor that nothing uses";
}

/// At most this many are told.
const MOST: usize = 100;

/// All surprises of a YAML file, at the places of their values. That of a comment is annotated after
/// the text that it cuts off.
pub fn surprises(map: &SourceMap) -> Vec<Diagnostic> {
    let mut search = Search {
        map,
        text: map.file().text(),
        path: Vec::new(),
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    search.node(map.root());
    search.found
}

struct Search<'a> {
    map: &'a SourceMap,
    text: &'a str,
    path: Vec<Token>,
    /// Where values start that were looked at: aliases repeat them.
    seen: BTreeSet<u32>,
    found: Vec<Diagnostic>,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Quoted,
    Literal,
    Folded,
}

impl Search<'_> {
    /// Whether a value is of this file, as not all are where others are laid below it, and was not
    /// looked at.
    fn is_new(&mut self, node: &Node) -> bool {
        node.span.start as usize <= self.text.len() && self.seen.insert(node.span.start)
    }

    fn node(&mut self, node: &Node) {
        if self.found.len() >= MOST {
            return;
        }
        match &node.kind {
            Kind::Mapping(entries) => {
                for entry in entries {
                    self.path.push(Token::Key(entry.key.to_string()));
                    self.node(&entry.value);
                    self.path.pop();
                }
            }
            Kind::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(Token::Index(index));
                    self.node(item);
                    self.path.pop();
                }
            }
            Kind::Null | Kind::Boolean(_) => {}
            Kind::Integer(_) | Kind::Float(_) => {
                if self.is_new(node) {
                    self.number(node);
                }
            }
            Kind::String(value) => {
                if self.is_new(node) {
                    self.string(node, value);
                }
            }
        }
    }

    fn report(&mut self, build: impl FnOnce(Place) -> Diagnostic) {
        let pointer: Pointer = self.path.iter().cloned().collect();
        self.found.push(build(Place::value(pointer)));
    }

    fn number(&mut self, node: &Node) {
        let written = self.map.file().slice(node.span);
        let (sign, digits) = match written.strip_prefix(['-', '+']) {
            Some(digits) => (&written[..1], digits),
            None => ("", written),
        };
        if digits.len() < 2
            || !digits.starts_with('0')
            || !digits.bytes().all(|b| b.is_ascii_digit())
        {
            return;
        }
        let decimal = digits.trim_start_matches('0');
        let decimal = if decimal.is_empty() { "0" } else { decimal };
        let octal = i64::from_str_radix(digits, 8).ok();
        if octal.is_some_and(|octal| decimal.parse() == Ok(octal)) {
            return;
        }
        let headline = match octal {
            Some(octal) => {
                format!("`{written}` is {sign}{decimal} here, not {sign}{octal}")
            }
            None => format!("`{written}` is {sign}{decimal}, whatever its zero is for"),
        };
        let help = match octal {
            Some(_) if sign.is_empty() => {
                let digits = digits.trim_start_matches('0');
                format!("write `{decimal}`, or `0o{digits}` for the octal number")
            }
            _ => format!("write `{sign}{decimal}`"),
        };
        self.report(|place| {
            Diagnostic::new(&YAML_OCTAL, headline, place)
                .help(help)
                .note("a leading zero means octal to YAML 1.1, and nothing to YAML 1.2")
        });
    }

    fn string(&mut self, node: &Node, value: &str) {
        let style = self.style(node);
        if style == Style::Literal {
            return;
        }
        let is_command = self.is_command();
        if style == Style::Plain {
            self.comment(node, is_command);
            self.anchor(node);
        }
        let written = self.map.file().slice(node.span);
        if is_command && written.contains('\n') {
            self.folded(written, style, value);
        }
    }

    fn is_command(&self) -> bool {
        matches!(
            self.path.last(),
            Some(Token::Key(key)) if key == "cmdline" || key == "shell_command"
        )
    }

    /// Whether a text may have a `#`.
    fn is_free(&self) -> bool {
        const FREE: &[&str] = &[
            "contact",
            "coordinator_url",
            "data",
            "endpoint",
            "expected_response",
            "graceful_shutdown_endpoint",
            "shutdown_endpoint",
            "value",
        ];
        matches!(self.path.last(), Some(Token::Key(key)) if FREE.contains(&key.as_str()))
            || self
                .path
                .iter()
                .any(|token| matches!(token, Token::Key(key) if key == "env"))
    }

    fn style(&self, node: &Node) -> Style {
        let start = node.span.range().start;
        if self.text[start..].starts_with(['"', '\'']) {
            return Style::Quoted;
        }
        let before = self.text[..start].trim_end_matches([' ', '\t']);
        let Some(above) = before.strip_suffix('\n') else {
            return Style::Plain;
        };
        let header = above.trim_end().rsplit('\n').next().unwrap_or_default();
        let header = header.split(" #").next().unwrap_or_default().trim_end();
        let indicator = header.rsplit([' ', '\t']).next().unwrap_or_default();
        let style = match indicator.bytes().next() {
            Some(b'|') => Style::Literal,
            Some(b'>') => Style::Folded,
            _ => return Style::Plain,
        };
        if indicator[1..].bytes().all(|b| b"+-0123456789".contains(&b)) {
            style
        } else {
            Style::Plain
        }
    }

    /// A comment after a plain text that looks like a part of it.
    fn comment(&mut self, node: &Node, is_command: bool) {
        let end = node.span.range().end;
        let line = self.text[end..].lines().next().unwrap_or_default();
        let rest = line.trim_start_matches([' ', '\t']);
        let Some(after) = rest.strip_prefix('#').filter(|_| rest.len() < line.len()) else {
            return;
        };
        // `contact: team # of four` is an ordinary one.
        let is_meant = !after.starts_with(|c: char| c.is_alphanumeric()) || !self.is_free();
        if after.is_empty() || !is_command && is_meant {
            return;
        }
        let start = end + line.len() - rest.len();
        let span = Span::new(start..end + line.trim_end().len());
        let place = Place::span(self.map.file(), span);
        let pointer: Pointer = self.path.iter().cloned().collect();
        self.found.push(
            Diagnostic::new(&YAML_COMMENT, "the rest of the line is a comment", Place::value(pointer))
                .also(place, "YAML leaves it out")
                .help("put the text between quotes if this belongs to it, or the comment on a line of its own"),
        );
    }

    /// An anchor that no alias uses, before a plain text.
    fn anchor(&mut self, node: &Node) {
        let start = node.span.range().start;
        let line = self.text[..start].rsplit('\n').next().unwrap_or_default();
        let before = line.trim_end();
        let Some(name) = before
            .rsplit([' ', '\t'])
            .next()
            .and_then(|word| word.strip_prefix('&'))
        else {
            return;
        };
        if name.is_empty() || before.len() == line.len() || is_used(self.text, name) {
            return;
        }
        let headline = format!("`&{name}` is an anchor of YAML, not a part of the text");
        let end = start - (line.len() - before.len());
        let span = Span::new(end - name.len() - 1..end);
        let anchor = Place::span(self.map.file(), span);
        self.report(|place| {
            Diagnostic::new(&YAML_ANCHOR, headline, place)
                .also(anchor, "YAML leaves it out")
                .help("put quotes around the text, or remove the anchor: no alias names it")
        });
    }

    /// Lines that YAML joins, though each of them is a command.
    fn folded(&mut self, written: &str, style: Style, value: &str) {
        if !value.contains(' ') {
            return;
        }
        let lines: Vec<&str> = written.lines().map(str::trim).collect();
        let indent = |line: &str| line.len() - line.trim_start().len();
        let first = written.lines().next().map_or(0, indent);
        let mut joined = None;
        let mut command = Folded::default();
        for (above, (line, raw)) in lines
            .iter()
            .zip(lines[1..].iter().zip(written.lines().skip(1)))
        {
            let kept = above.is_empty()
                || line.is_empty()
                // In a folded block, lines that are indented more keep their breaks.
                || style == Style::Folded && indent(raw) > first && first > 0;
            // A backslash at the end of a line between double quotes is YAML's.
            let continued = style != Style::Quoted && above.ends_with('\\');
            if kept {
                command.keep(bare(above, style));
            } else if command.breaks(bare(above, style), line) || continued {
                joined = Some((*above, *line));
                break;
            }
        }
        let Some((above, line)) = joined else {
            return;
        };
        let headline = "YAML joins the lines of this command to one";
        let label = format!("`{}` goes on with `{}`", shortened(above), shortened(line));
        self.report(|place| {
            Diagnostic::new(&YAML_FOLDED, headline, place)
                .label(label)
                .help("write `|` after the colon, and the lines below it")
        });
    }
}

/// A line without the quote that opens a quoted text, which is YAML's.
fn bare(line: &str, style: Style) -> &str {
    match style {
        Style::Quoted => line.trim_start_matches(['"', '\'']),
        Style::Plain | Style::Literal | Style::Folded => line,
    }
}

fn shortened(line: &str) -> &str {
    const LONGEST: usize = 40;
    let line = line.trim_matches(['"', '\'']);
    line.char_indices()
        .nth(LONGEST)
        .map_or(line, |(end, _)| &line[..end])
}

/// Whether an alias of this name stands in the text.
fn is_used(text: &str, name: &str) -> bool {
    let alias = format!("*{name}");
    text.match_indices(&alias).any(|(at, _)| {
        let after = text[at + alias.len()..].chars().next();
        after.is_none_or(|c| c.is_whitespace() || ",]}:".contains(c))
    })
}

//! Expressions as people review them: on one line where they fit, or else each part on a line of
//! its own, with a comma after the last one, too.

use super::expression::Expression;
use super::text::{literal, literals};

/// The longest line, but for those with one long text.
const WIDTH: usize = 100;
/// What a level is indented by.
const INDENT: usize = 2;

/// A file with this one job.
pub(super) fn file(job: &Expression) -> String {
    let mut printer = Printer {
        text: "jobs = [\n".to_owned(),
    };
    printer.text.push_str(&" ".repeat(INDENT));
    printer.broken(job, INDENT);
    printer.text.push_str(",\n]\n");
    printer.text
}

struct Printer {
    text: String,
}

impl Printer {
    /// Writes `value` after what stands on its line, which `indent` spaces begin. A comma follows.
    fn value(&mut self, value: &Expression, indent: usize) {
        let start = self.text.rfind('\n').map_or(0, |at| at + 1);
        let room = WIDTH.saturating_sub(self.text.len() - start + 1);
        if value.fits(room) {
            self.flat(value);
        } else {
            self.broken(value, indent);
        }
    }

    /// On one line.
    fn flat(&mut self, value: &Expression) {
        match value {
            Expression::Word(word) => self.text.push_str(word),
            Expression::Text(text) => self.text.push_str(&literal(text)),
            _ => {
                self.text.push_str(&value.opening());
                let mut between = "";
                value.for_each_part(|name, part| {
                    self.text.push_str(between);
                    self.text.push_str(name);
                    self.flat(part);
                    between = ", ";
                });
                self.text.push_str(value.closing());
            }
        }
    }

    /// Each part on a line of its own.
    fn broken(&mut self, value: &Expression, indent: usize) {
        let inner = indent + INDENT;
        match value {
            Expression::Word(_) => self.flat(value),
            Expression::Text(text) => {
                let literals = literals(text);
                if let [only] = literals.as_slice() {
                    self.text.push_str(only);
                    return;
                }
                self.text.push('(');
                for literal in literals {
                    self.line(inner);
                    self.text.push_str(&literal);
                }
                self.line(indent);
                self.text.push(')');
            }
            _ => {
                self.text.push_str(&value.opening());
                value.for_each_part(|name, part| {
                    self.line(inner);
                    self.text.push_str(name);
                    self.value(part, inner);
                    self.text.push(',');
                });
                self.line(indent);
                self.text.push_str(value.closing());
            }
        }
    }

    fn line(&mut self, indent: usize) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', indent));
    }
}

impl Expression {
    /// Whether it fits one line of this length, and nothing in it takes several.
    fn fits(&self, room: usize) -> bool {
        self.fit(room).is_some()
    }

    /// The room that it leaves.
    fn fit(&self, room: usize) -> Option<usize> {
        match self {
            Self::Word(word) => room.checked_sub(word.len()),
            Self::Text(text) if text.len() > room || spans_lines(text) => None,
            Self::Text(text) => room.checked_sub(literal(text).len()),
            _ => {
                let around = self.opening().len() + self.closing().len();
                let mut room = room.checked_sub(around);
                let mut between = 0;
                self.for_each_part(|name, part| {
                    let rest = room.and_then(|room| room.checked_sub(between + name.len()));
                    room = rest.and_then(|room| part.fit(room));
                    between = ", ".len();
                });
                room
            }
        }
    }

    fn opening(&self) -> String {
        match self {
            Self::Call(name, _) => format!("{name}("),
            Self::List(_) => "[".to_owned(),
            Self::Map(_) => "{".to_owned(),
            Self::Word(_) | Self::Text(_) => String::new(),
        }
    }

    fn closing(&self) -> &'static str {
        match self {
            Self::Call(..) => ")",
            Self::List(_) => "]",
            Self::Map(_) => "}",
            Self::Word(_) | Self::Text(_) => "",
        }
    }

    /// Calls `visit` with each part and what stands before it.
    fn for_each_part(&self, mut visit: impl FnMut(&str, &Self)) {
        match self {
            Self::Call(_, arguments) => {
                for (name, value) in arguments {
                    visit(&format!("{name}="), value);
                }
            }
            Self::List(items) => items.iter().for_each(|item| visit("", item)),
            Self::Map(entries) => {
                for (key, value) in entries {
                    visit(&format!("{}: ", literal(key)), value);
                }
            }
            Self::Word(_) | Self::Text(_) => {}
        }
    }
}

/// Whether a text has more than one line.
fn spans_lines(text: &str) -> bool {
    let end = text.strip_suffix('\n').unwrap_or(text);
    end.contains('\n')
}

//! Secrets among the variables that a compiled command exports, read as jobc quotes them for the shell.
//!
//! ```text
//! text    = { any character | line }
//! line    = "export " NAME "=" word
//!         | "probe=" word                  what is tried starts with such lines, too
//! word    = { "'" ... "'" | "\'" | "$'" ... "'" | reference }
//! ```
//!
//! A value is what stands in the definition, and literal.

use std::ops::Range;

use super::key;
use super::literal::is_value;
use super::shell::Reader;
use super::text::is_word;
use super::value::EXPANSION;
use super::view::View;
use super::word::Word;

/// What a shell adds to what its processes see.
const EXPORT: &str = "export ";
/// What a step that waits tries.
const PROBE: &str = "probe=";

/// How deep words are read that stand in words.
const DEEPEST: usize = 3;

/// A secret in a variable.
#[derive(Debug)]
pub(super) struct Exported {
    /// Where it stands.
    pub(super) range: Range<usize>,
    /// What it is.
    pub(super) value: String,
}

/// The secrets in the variables of a text; `others` finds those in values whose names do not tell.
pub(super) fn find(text: &str, others: Others) -> Vec<Exported> {
    let begins = |at: usize| begins_command(text, at);
    find_where(text, begins, others)
}

/// The same in a text whose escapes were undone: only what stood among them is a command for a shell.
pub(super) fn find_in_view(view: &View, others: Others) -> Vec<Exported> {
    let begins = |at: usize| view.is_escaped_before(at) || is_string(&view.text[..at]);
    find_where(&view.text, begins, others)
}

/// Finds the secrets in values whose names do not tell.
type Others = fn(&str) -> Vec<Range<usize>>;

fn find_where(text: &str, begins: impl Fn(usize) -> bool, others: Others) -> Vec<Exported> {
    let mut found = Vec::new();
    if text.contains(EXPORT) {
        let mut starts = all_starts(text);
        starts.retain(|at| begins(*at));
        Finder { others }.text(text, &starts, DEEPEST, &mut found);
    }
    found
}

struct Finder {
    others: Others,
}

impl Finder {
    fn text(&self, text: &str, starts: &[usize], depth: usize, found: &mut Vec<Exported>) {
        let mut reader = Reader::new(text);
        let mut end = 0;
        for &start in starts {
            // It stands in a word that has been read.
            if start < end {
                continue;
            }
            if let Some(name) = name_at(&text[start..]) {
                let at = start + EXPORT.len() + name.len() + "=".len();
                let word = reader.word_at(at);
                self.value(name, &word, found);
                end = word.end();
                if reader.is_cut() && key(name).is_some() {
                    found.push(Exported {
                        range: at..text.len(),
                        value: text[at..].to_owned(),
                    });
                    return;
                }
            } else if depth > 0 {
                let word = reader.word_at(start + PROBE.len());
                if word.value.contains(EXPORT) {
                    let mut inside = Vec::new();
                    let mut starts = all_starts(&word.value);
                    starts.retain(|at| begins_command(&word.value, *at));
                    self.text(&word.value, &starts, depth - 1, &mut inside);
                    found.extend(inside.into_iter().map(|it| Exported {
                        range: word.range(it.range.start, it.range.end),
                        value: it.value,
                    }));
                    end = word.end();
                }
            }
        }
    }

    fn value(&self, name: &str, word: &Word, found: &mut Vec<Exported>) {
        let value = word.value.as_str();
        let spots = if key(name).is_some_and(|key| is_value(key, value)) {
            known(value)
        } else {
            (self.others)(value)
        };
        found.extend(spots.into_iter().map(|spot| Exported {
            range: word.range(spot.start, spot.end),
            value: value[spot].to_owned(),
        }));
    }
}

/// Where a variable or what is tried may stand, in order.
fn all_starts(text: &str) -> Vec<usize> {
    let all = [EXPORT, PROBE].map(|word| text.match_indices(word).map(|(at, _)| at));
    let mut starts: Vec<usize> = all.into_iter().flatten().collect();
    starts.sort_unstable();
    starts
}

/// Whether a command may begin at `at`, in a text that is one or has one in it as it is.
fn begins_command(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let is_other = |c: char| c.is_alphanumeric() || "_'\\$./".contains(c);
    !before.ends_with(is_other) && !is_string(before)
}

/// Whether a string of a file opens at the end of a text, in which a command would have escapes.
fn is_string(before: &str) -> bool {
    let outside = before.strip_suffix('"').map(str::trim_end);
    outside.is_some_and(|it| it.is_empty() || it.ends_with([':', '=', ',', '[', '(']))
}

/// The name of the variable that a text begins with, if it does.
fn name_at(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(EXPORT)?;
    let length = rest.bytes().take_while(|byte| is_word(*byte)).count();
    rest[length..].starts_with('=').then(|| &rest[..length])
}

/// The parts of a value that are known.
fn known(value: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for part in value.split(EXPANSION) {
        let end = start + part.len();
        if start < end {
            parts.push(start..end);
        }
        start = end + EXPANSION.len_utf8();
    }
    parts
}

/// The value of the word that a text is.
#[cfg(test)]
pub(crate) fn read(word: &str) -> String {
    Reader::new(word).word_at(0).value
}

#[cfg(test)]
mod tests {
    use super::{find, find_in_view};
    use crate::secret::view::{Undo, View};

    /// Covers what is found; in values whose names do not tell, what stands after `:`.
    fn check(text: &str, expected: &str) {
        let after_colon = |value: &str| {
            let at = value.find(':').map(|at| at + 1..value.len());
            at.into_iter().collect()
        };
        let found = find(text, after_colon);
        let mut spots: Vec<_> = found.into_iter().map(|it| it.range).collect();
        spots.sort_by_key(|spot| spot.start);
        assert_eq!(crate::secret::covered(text, &spots), expected, "{text}");
    }

    #[test]
    fn variables_as_they_are_quoted() {
        check(
            "umask 0027\nexport A='x'\nexport A_PASSWORD='a b\nc'\nserve",
            "umask 0027\nexport A='x'\nexport A_PASSWORD='***\n*'\nserve",
        );
        check(
            r"export A_PASSWORD='a'\''b' export B_PASSWORD=$'\'\303\251b2\\' x",
            r"export A_PASSWORD='******' export B_PASSWORD=$'**************' x",
        );
        check(
            "export A_PASSWORD='hunter2'{{mesos.instance}}'c''{d'; x",
            "export A_PASSWORD='*******'{{mesos.instance}}'*****'; x",
        );
        check(
            "export A_PASSWORD='$hunter22'\nexport B_PASSWORD=\"$(cat /x)\"",
            "export A_PASSWORD='*********'\nexport B_PASSWORD=\"$(cat /x)\"",
        );
        check(r"export A=$'b\'c:d\'e'", r"export A=$'b\'c:****'");
    }

    #[test]
    fn what_is_tried() {
        check(
            r"probe='export A_PASSWORD='\''hun'\''\'\'''\''ter2'\''; export B=c'$'true\303\251'",
            r"probe='export A_PASSWORD='\''********************'\''; export B=c'$'true\303\251'",
        );
    }

    #[test]
    fn strings_of_files() {
        let values = |text: &str| -> Vec<String> {
            let view = View::of(text, Undo::Backslashes).expect("it has escapes");
            let found = find(text, |_| Vec::new());
            let in_view = find_in_view(&view, |_| Vec::new());
            let all = found.into_iter().chain(in_view);
            all.map(|it| it.value).collect()
        };
        let json = r#"{"a": "export A_PASSWORD='a'\\''b2'\nexport B='c'\\''d'\nexport C_PASSWORD='e2e'\nserve"}"#;
        assert_eq!(values(json), ["a'b2", "e2e"]);
        let command = "export A_PASSWORD='a'\\''b2'\nexport B='c'\\''d'\nexport C_PASSWORD='e2e'";
        assert_eq!(values(command), ["a'b2", "e2e"]);
    }

    #[test]
    fn what_is_cut() {
        check(
            "export A_PASSWORD='hunter2 x",
            "export A_PASSWORD=**********",
        );
        check(
            r"export A_PASSWORD='h'\''i j k",
            "export A_PASSWORD=***********",
        );
        check("export A='hunter2 x", "export A='hunter2 x");
        check("export A_PASSWORD=", "export A_PASSWORD=");
    }
}

//! A comparison as a comment of a pull request: a table, and what it is about folded below.
//!
//! Whatever is foreign stands in code spans and fences that are longer than any run of backticks
//! in it, where nothing is a mention or a reference, or has its special characters escaped. Lines that
//! differ keep their signs and stand below what they belong to, as the items of a list do.

use std::fmt::Write as _;

use serde_json::Value;

use super::alike::{Alike, alike};
use super::change::{Comparison, FieldChange, Hunk, ImportedContents, JobChange, JobKind};
use super::phrases::{
    field_line, import_line, last_line, not_compared_line, order_line, package_line, sides,
    step_line, totals,
};
use crate::diagnostic::render::{counted, visible};
use crate::secret::Mask;

/// Comments may have 65,536 characters on GitHub; this is for all but the last few lines.
const MOST_CHARACTERS: usize = 60_000;

/// A table of more rows is folded, too.
const MOST_OPEN_ROWS: usize = 25;

/// The most rows of the table.
const MOST_ROWS: usize = 100;

/// The most lines of one text.
const MOST_LINES: usize = 80;

/// The most jobs that are named of those that change like another one, and definitions that are wrong.
const MOST_ALIKE: usize = 20;

/// A comparison as Markdown.
pub fn markdown(comparison: &Comparison) -> String {
    let mut text = format!("**jobc diff** {}\n\n", code(&sides(comparison)));
    writeln!(text, "{}\n", capitalised(&totals(comparison))).expect(STRINGS_TAKE_ALL);
    if comparison.is_empty() {
        return text;
    }
    not_compared(comparison, &mut text);
    if comparison.jobs.is_empty() {
        return text;
    }
    let is_folded = comparison.jobs.len() > MOST_OPEN_ROWS;
    if is_folded {
        text.push_str("<details><summary>the jobs</summary>\n\n");
    }
    text.push_str("| | job | what happens |\n|-|-----|--------------|\n");
    for job in comparison.jobs.iter().take(MOST_ROWS) {
        let sign = match job.kind {
            JobKind::Added => "+",
            JobKind::Removed => "\u{2212}",
            JobKind::Changed => "~",
        };
        let note = job.same_task_as.as_ref().map(|other| match job.kind {
            JobKind::Removed => format!(" (now {})", cell(&code(other))),
            _ => format!(" (was {})", cell(&code(other))),
        });
        writeln!(
            text,
            "| {sign} | {} | {}{} |",
            cell(&code(&job.key)),
            cell(&plain(&job.impact.text)),
            note.unwrap_or_default()
        )
        .expect(STRINGS_TAKE_ALL);
    }
    if comparison.jobs.len() > MOST_ROWS {
        let more = comparison.jobs.len() - MOST_ROWS;
        writeln!(text, "| | {more} more | |").expect(STRINGS_TAKE_ALL);
    }
    if is_folded {
        text.push_str("\n</details>\n");
    }
    let groups = alike(&comparison.jobs);
    let changed = groups
        .iter()
        .filter(|group| group.change.kind == JobKind::Changed);
    let mut left_out = 0;
    let mut length = text.chars().count();
    for group in changed {
        let detail = detail(group);
        let added = detail.chars().count();
        if length + added > MOST_CHARACTERS {
            left_out += group.jobs.len();
        } else {
            text.push_str(&detail);
            length += added;
        }
    }
    if left_out > 0 {
        let jobs = if left_out == 1 { "job is" } else { "jobs are" };
        writeln!(
            text,
            "\nThe changes of {left_out} {jobs} too long for a comment: see `jobc diff`."
        )
        .expect(STRINGS_TAKE_ALL);
    }
    text
}

const STRINGS_TAKE_ALL: &str = "strings take all";

/// Which jobs could not be compared.
fn not_compared(comparison: &Comparison, text: &mut String) {
    let all = &comparison.not_compared;
    for not_compared in all.iter().take(MOST_ALIKE) {
        let line = code(&not_compared_line(not_compared));
        writeln!(text, "- {line}").expect(STRINGS_TAKE_ALL);
    }
    if let more @ 1.. = all.len().saturating_sub(MOST_ALIKE) {
        let more = counted(more, "more definition");
        writeln!(text, "- {more}").expect(STRINGS_TAKE_ALL);
    }
    if !all.is_empty() {
        text.push('\n');
    }
}

/// What changes in jobs that change alike, folded.
fn detail(group: &Alike<'_>) -> String {
    let job = &group.change;
    let mut list = List::default();
    for package in &job.packages {
        list.item(0, &package_line(package));
    }
    for import in &job.imports {
        list.item(0, &import_line(import));
        match &import.contents {
            ImportedContents::Lines(hunks) => list.hunks(1, hunks),
            ImportedContents::Files(files) => {
                let lines = files.iter().map(|file| {
                    let path = visible::line(&file.path);
                    format!("{} {path}", mark(file.kind))
                });
                list.lines(1, &lines.collect::<Vec<_>>(), "file");
            }
            ImportedContents::Bytes { .. }
            | ImportedContents::Mode { .. }
            | ImportedContents::Unknown => {}
        }
    }
    for field in &job.fields {
        list.field(0, field);
    }
    for process in &job.processes {
        let name = visible::line(&process.name);
        list.item(0, &format!("{} process {name}", sign(process.kind)));
        for field in &process.fields {
            list.field(1, field);
        }
        list.hunks(1, &process.cmdline);
    }
    for step in &job.steps {
        list.item(0, &format!("{} {}", sign(step.kind), step_line(step)));
        for field in &step.fields {
            list.field(1, field);
        }
        list.hunks(1, &step.cmdline);
    }
    for (pairs, sign) in [(&job.order.removed, '-'), (&job.order.added, '+')] {
        for pair in pairs {
            list.item(0, &format!("{sign} {}", order_line(pair)));
        }
    }
    if let Some(line) = last_line(job) {
        writeln!(list.text, "- {line}").expect(STRINGS_TAKE_ALL);
    }
    let key = |job: &&JobChange| html(&visible::line(&job.key));
    let (title, others) = match group.jobs.as_slice() {
        [first, second] => (
            format!(
                "<code>{}</code> and <code>{}</code>, which changes alike",
                key(first),
                key(second)
            ),
            None,
        ),
        [first, others @ ..] if !others.is_empty() => {
            let title = format!(
                "<code>{}</code> and {} more alike",
                key(first),
                others.len()
            );
            (title, Some(others))
        }
        _ => (format!("<code>{}</code>", key(&group.jobs[0])), None),
    };
    let others = others.map(|others| {
        let shown = others.iter().take(MOST_ALIKE);
        let mut names: Vec<String> = shown.map(|job| code(&job.key)).collect();
        if let more @ 1.. = others.len().saturating_sub(MOST_ALIKE) {
            names.push(format!("{more} more"));
        }
        format!("Alike: {}\n\n", names.join(", "))
    });
    format!(
        "\n<details><summary>{title}</summary>\n\n{}{}\n</details>\n",
        others.unwrap_or_default(),
        list.text
    )
}

/// A list in which lists and texts may be nested.
#[derive(Default)]
struct List {
    text: String,
}

impl List {
    /// An item, as a code span.
    fn item(&mut self, depth: usize, line: &str) {
        let indent = INDENT * depth;
        writeln!(self.text, "{:indent$}- {}", "", code(line)).expect(STRINGS_TAKE_ALL);
    }

    fn field(&mut self, depth: usize, field: &FieldChange) {
        if let (Some(Value::String(old)), Some(Value::String(new))) = (&field.old, &field.new)
            && (old.contains('\n') || new.contains('\n'))
            && let Some(hunks) = super::lines::hunks(old, old, new, &Mask::default())
            && !hunks.is_empty()
        {
            self.item(depth, &format!("{}:", visible::line(&field.path)));
            self.hunks(depth + 1, &hunks);
        } else {
            self.item(depth, &field_line(field));
        }
    }

    /// The lines that differ, as what the item above is about.
    fn hunks(&mut self, depth: usize, hunks: &[Hunk]) {
        let lines = hunks.iter().flat_map(|hunk| {
            let own = hunk.lines.iter().map(|line| visible::line(line));
            std::iter::once(hunk.to_string()).chain(own)
        });
        self.lines(depth, &lines.collect::<Vec<_>>(), "line");
    }

    /// Lines in a fence that is longer than any run of backticks in them, each of them within the item.
    fn lines(&mut self, depth: usize, lines: &[String], what: &str) {
        if lines.is_empty() {
            return;
        }
        let indent = INDENT * depth;
        let shown = &lines[..lines.len().min(MOST_LINES)];
        let longest = shown.iter().map(|line| fence(line, 3)).max();
        let fence = longest.unwrap_or_default();
        let mut line = |text: &str| {
            writeln!(self.text, "{:indent$}{text}", "").expect(STRINGS_TAKE_ALL);
        };
        line(&format!("{fence}diff"));
        for text in shown {
            line(text);
        }
        line(&fence);
        if let more @ 1.. = lines.len() - shown.len() {
            line("");
            line(&format!("and {}", counted(more, &format!("more {what}"))));
        }
    }
}

/// How far a nested item stands from the one above it.
const INDENT: usize = 2;

fn sign(kind: JobKind) -> char {
    match kind {
        JobKind::Added => '+',
        JobKind::Removed => '-',
        JobKind::Changed => '~',
    }
}

/// The sign of a line in a difference.
fn mark(kind: JobKind) -> char {
    match kind {
        JobKind::Added => '+',
        JobKind::Removed => '-',
        JobKind::Changed => '!',
    }
}

/// At least `least` backticks, and more than `text` has in a row.
fn fence(text: &str, least: usize) -> String {
    let (mut longest, mut run) = (0, 0);
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat(least.max(longest + 1))
}

/// A code span.
fn code(text: &str) -> String {
    let text = visible::line(text);
    let fence = fence(&text, 1);
    // A space at both ends is taken off again.
    let is_padded = text.starts_with(' ') && text.ends_with(' ') && !text.trim().is_empty();
    if text.starts_with('`') || text.ends_with('`') || is_padded {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// Words of jobc's own, in which commands stand in backticks and nothing else is Markdown.
fn plain(text: &str) -> String {
    let mut escaped = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            escaped.push('`');
        }
        if index % 2 == 1 {
            escaped.push_str(part);
            continue;
        }
        for character in part.chars() {
            if "\\*_[]<>#@&~".contains(character) {
                escaped.push('\\');
            }
            escaped.push(character);
        }
    }
    escaped
}

/// In a cell of a table, a bar ends the cell even in code.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    let text: String = first.into_iter().chain(characters).collect();
    format!("{text}.")
}

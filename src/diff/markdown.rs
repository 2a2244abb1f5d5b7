//! A comparison as a comment of a pull request: a table, and what it is about folded below.
//!
//! Whatever is foreign stands in code spans and fences that are longer than any run of backticks
//! in it, or has its special characters escaped.

use std::fmt::Write as _;

use serde_json::Value;

use super::change::{Comparison, Hunk, ImportedContents, JobKind};
use super::text::{
    Alike, alike, field_line, import_line, last_line, order_line, package_line, sides, step_line,
    totals,
};
use crate::diagnostic::render::visible;

/// Comments may have 65,536 characters on GitHub; this is for all but the last few lines.
const MOST_CHARACTERS: usize = 60_000;

/// A table of more rows is folded, too.
const MOST_OPEN_ROWS: usize = 25;

/// The most rows of the table.
const MOST_ROWS: usize = 100;

/// The most lines of one text.
const MOST_LINES: usize = 80;

/// A comparison as Markdown.
pub fn markdown(comparison: &Comparison) -> String {
    let mut text = format!("**jobc diff** {}\n\n", code(&sides(comparison)));
    writeln!(text, "{}\n", capitalised(&totals(comparison))).expect(STRINGS_TAKE_ALL);
    if comparison.is_empty() {
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
            cell(&job.impact.text),
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

/// What changes in jobs that change alike, folded.
fn detail(group: &Alike<'_>) -> String {
    let job = &group.change;
    let mut lines = Vec::new();
    lines.extend(
        job.packages
            .iter()
            .map(package_line)
            .map(|line| format!("  {line}")),
    );
    for import in &job.imports {
        lines.push(format!("  {}", import_line(import)));
        match &import.contents {
            ImportedContents::Lines(hunks) => add(hunks, &mut lines),
            ImportedContents::Files(files) => {
                for file in files.iter().take(MOST_LINES) {
                    let path = visible::line(&file.path);
                    lines.push(format!("{}   {path}", mark(file.kind)));
                }
            }
            ImportedContents::Bytes { .. }
            | ImportedContents::Mode { .. }
            | ImportedContents::Unknown => {}
        }
    }
    let field = |field: &super::FieldChange, lines: &mut Vec<String>| {
        if let (Some(Value::String(old)), Some(Value::String(new))) = (&field.old, &field.new)
            && (old.contains('\n') || new.contains('\n'))
            && let Some(hunks) = super::lines::hunks(old, old, new)
        {
            lines.push(format!("  {}:", visible::line(&field.path)));
            add(&hunks, lines);
        } else {
            lines.push(format!("  {}", field_line(field)));
        }
    };
    for change in &job.fields {
        field(change, &mut lines);
    }
    for process in &job.processes {
        let name = visible::line(&process.name);
        lines.push(format!("{} process {name}", mark(process.kind)));
        for change in &process.fields {
            field(change, &mut lines);
        }
        add(&process.cmdline, &mut lines);
    }
    for step in &job.steps {
        lines.push(format!("{} {}", mark(step.kind), step_line(step)));
        for change in &step.fields {
            field(change, &mut lines);
        }
        add(&step.cmdline, &mut lines);
    }
    let order = [(&job.order.removed, '-'), (&job.order.added, '+')];
    for (pairs, sign) in order {
        lines.extend(
            pairs
                .iter()
                .map(|pair| format!("{sign} {}", order_line(pair))),
        );
    }
    lines.extend(last_line(job).map(|line| format!("  {line}")));
    let body = lines.join("\n");
    let fence = fence(&body, 3);
    let title = match group.jobs.len() {
        1 => html(&visible::line(&job.key)),
        count => format!(
            "{} and {} more alike",
            html(&visible::line(&job.key)),
            count - 1
        ),
    };
    format!(
        "\n<details><summary><code>{title}</code></summary>\n\n{fence}diff\n{body}\n{fence}\n\n\
         </details>\n"
    )
}

fn mark(kind: JobKind) -> char {
    match kind {
        JobKind::Added => '+',
        JobKind::Removed => '-',
        JobKind::Changed => ' ',
    }
}

fn add(hunks: &[Hunk], lines: &mut Vec<String>) {
    let mut shown = 0;
    for hunk in hunks {
        let (old, new) = (hunk.old_start, hunk.new_start);
        lines.push(format!("@@ -{old} +{new} @@"));
        for line in &hunk.lines {
            shown += 1;
            if shown <= MOST_LINES {
                lines.push(visible::line(line));
            }
        }
    }
    if shown > MOST_LINES {
        lines.push(format!("  ... {} more lines", shown - MOST_LINES));
    }
}

/// So many backticks, or more than `text` has in a row.
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
    if text.starts_with('`') || text.ends_with('`') {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
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

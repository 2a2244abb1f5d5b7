//! A comparison for people at a terminal.

use serde_json::Value;

use crate::diagnostic::render::{counted, visible};
use crate::secret::{Mask, hide};

use super::alike::{Alike, alike};
use super::change::{
    Comparison, FieldChange, Hunk, ImportChange, ImportedContents, JobChange, JobKind,
};
use super::phrases::{
    field_line, import_line, last_line, not_compared_line, order_line, package_line, sides,
    step_line, totals,
};

/// How to print a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextStyle {
    /// With colours.
    pub color: bool,
    /// Cut lines that are longer than this many characters.
    pub width: Option<usize>,
}

/// The most lines of one text that are shown.
const MOST_LINES: usize = 200;

/// A comparison as text: every job that differs, those that differ alike together.
pub fn text(comparison: &Comparison, style: TextStyle) -> String {
    let mut printer = Printer {
        style,
        text: String::new(),
    };
    for group in alike(&comparison.jobs) {
        printer.group(&group);
    }
    for line in comparison.not_compared.iter().map(not_compared_line) {
        printer.line(0, Tone::Title, &format!("? {line}"));
    }
    if !comparison.not_compared.is_empty() {
        printer.text.push('\n');
    }
    if !comparison.is_empty() {
        let last = format!("{}: {}", sides(comparison), totals(comparison));
        printer.line(0, Tone::Plain, &last);
    }
    printer.text
}

/// What a line is about, told by its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    Title,
    Added,
    Removed,
    Quiet,
}

struct Printer {
    style: TextStyle,
    text: String,
}

impl Printer {
    fn group(&mut self, group: &Alike<'_>) {
        let (sign, tone) = sign(group.change.kind);
        for job in &group.jobs {
            let note = job.same_task_as.as_ref().map(|other| match job.kind {
                JobKind::Removed => format!(" (the same task is now {})", visible::line(other)),
                _ => format!(" (the same task as {})", visible::line(other)),
            });
            let key = visible::line(&job.key);
            let line = format!(
                "{sign} {key}: {}{}",
                job.impact.text,
                note.unwrap_or_default()
            );
            let tone = if job.kind == JobKind::Changed {
                Tone::Title
            } else {
                tone
            };
            self.line(0, tone, &line);
        }
        self.body(&group.change);
        self.text.push('\n');
    }

    fn body(&mut self, job: &JobChange) {
        for package in &job.packages {
            self.line(1, Tone::Plain, &package_line(package));
        }
        for import in &job.imports {
            self.import(import);
        }
        for field in &job.fields {
            self.field(1, field);
        }
        for process in &job.processes {
            let (sign, tone) = sign(process.kind);
            let name = visible::line(&process.name);
            self.line(1, tone, &format!("{sign} process {name}"));
            for field in &process.fields {
                self.field(2, field);
            }
            self.hunks(2, &process.cmdline);
        }
        for step in &job.steps {
            let (sign, tone) = sign(step.kind);
            self.line(1, tone, &format!("{sign} {}", step_line(step)));
            for field in &step.fields {
                self.field(2, field);
            }
            self.hunks(2, &step.cmdline);
        }
        for (pairs, sign, tone) in [
            (&job.order.removed, '-', Tone::Removed),
            (&job.order.added, '+', Tone::Added),
        ] {
            for pair in pairs {
                self.line(1, tone, &format!("{sign} {}", order_line(pair)));
            }
        }
        if let Some(line) = last_line(job) {
            self.line(1, Tone::Quiet, &line);
        }
    }

    fn import(&mut self, import: &ImportChange) {
        self.line(1, Tone::Plain, &import_line(import));
        match &import.contents {
            ImportedContents::Lines(hunks) => self.hunks(2, hunks),
            ImportedContents::Files(files) => {
                for file in files.iter().take(MOST_LINES) {
                    let (sign, tone) = sign(file.kind);
                    self.line(2, tone, &format!("{sign} {}", visible::line(&file.path)));
                }
                self.hidden(2, files.len(), "file");
            }
            ImportedContents::Bytes { .. }
            | ImportedContents::Mode { .. }
            | ImportedContents::Unknown => {}
        }
    }

    fn field(&mut self, depth: usize, field: &FieldChange) {
        if let (Some(Value::String(old)), Some(Value::String(new))) = (&field.old, &field.new)
            && (old.contains('\n') || new.contains('\n'))
            && let Some(hunks) = super::lines::hunks(old, old, new, &Mask::default())
            && !hunks.is_empty()
        {
            self.line(
                depth,
                Tone::Plain,
                &format!("{}:", visible::line(&field.path)),
            );
            self.hunks(depth + 1, &hunks);
            return;
        }
        self.line(depth, Tone::Plain, &field_line(field));
    }

    fn hunks(&mut self, depth: usize, hunks: &[Hunk]) {
        let mut shown = 0;
        for (index, hunk) in hunks.iter().enumerate() {
            if index > 0 && shown < MOST_LINES {
                self.line(depth, Tone::Quiet, "...");
            }
            for line in &hunk.lines {
                shown += 1;
                if shown > MOST_LINES {
                    continue;
                }
                let tone = match line.as_bytes().first() {
                    Some(b'+') => Tone::Added,
                    Some(b'-') => Tone::Removed,
                    _ => Tone::Quiet,
                };
                self.line(depth, tone, &visible::line(line));
            }
        }
        self.hidden(depth, shown, "line");
    }

    fn hidden(&mut self, depth: usize, count: usize, what: &str) {
        if let more @ 1.. = count.saturating_sub(MOST_LINES) {
            let more = counted(more, &format!("more {what}"));
            self.line(depth, Tone::Quiet, &format!("... {more}"));
        }
    }

    fn line(&mut self, depth: usize, tone: Tone, line: &str) {
        // What is cut does not say any more what it is.
        let line = &*hide(line);
        let indent = 4 * depth;
        let room = self
            .style
            .width
            .map(|width| width.saturating_sub(indent).max(20));
        let cut;
        let line = match room {
            Some(room) if line.chars().count() > room => {
                let kept: String = line.chars().take(room - 1).collect();
                cut = format!("{kept}\u{2026}");
                &cut
            }
            _ => line,
        };
        let line = line.trim_end();
        let codes = match tone {
            _ if !self.style.color => None,
            Tone::Plain => None,
            Tone::Title => Some("1"),
            Tone::Added => Some("32"),
            Tone::Removed => Some("31"),
            Tone::Quiet => Some("2"),
        };
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n(' ', indent));
        }
        match codes {
            Some(code) => self
                .text
                .push_str(&format!("\u{1b}[{code}m{line}\u{1b}[0m")),
            None => self.text.push_str(line),
        }
        self.text.push('\n');
    }
}

fn sign(kind: JobKind) -> (char, Tone) {
    match kind {
        JobKind::Added => ('+', Tone::Added),
        JobKind::Removed => ('-', Tone::Removed),
        JobKind::Changed => ('~', Tone::Plain),
    }
}

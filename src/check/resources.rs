//! What a task may use: enough to run at all.
//!
//! What a single process may use is looked at by nobody, on the cluster neither.

use crate::diagnostic::codes::job;
use crate::diagnostic::{Diagnostic, Place};

use super::Ctx;

const MIB: i64 = 1 << 20;

/// Checks the task's resources.
pub(super) fn check(ctx: &mut Ctx<'_>) {
    let resources = &ctx.job.task.resources;
    if resources.cpu.get() <= 0.0 {
        report(ctx, "cpu", "a task needs a share of a processor", None);
    }
    for (field, size, what) in [
        ("ram", resources.ram.get(), "memory"),
        ("disk", resources.disk.get(), "disk"),
    ] {
        if size < MIB {
            let headline = format!("a task needs at least 1 MiB of {what}");
            // Whoever wrote a small number meant megabytes.
            let meant = (size > 0).then(|| format!("{size} MB"));
            report(ctx, field, &headline, meant);
        }
    }
}

fn report(ctx: &mut Ctx<'_>, field: &str, headline: &str, meant: Option<String>) {
    let pointer = ctx.at.key("task").key("resources").key(field);
    if ctx.hole(|_| pointer.clone()) {
        return;
    }
    let problem = Diagnostic::new(&job::TOO_FEW_RESOURCES, headline, Place::value(pointer));
    ctx.report(match meant {
        Some(meant) => problem
            .label("this counts bytes")
            .help(format!("write a unit: `{field} = \"{meant}\"`")),
        None => problem,
    });
}

//! What a task may use: enough to run at all.
//!
//! Neither jobc nor the cluster looks at what a single process may use.

use crate::diagnostic::{Diagnostic, Place};

use crate::model::Dialect;
use crate::rule::Context;

crate::diagnostic::declare_codes! {
    /// A task needs a share of a processor above zero, and at least one MiB of memory and of disk:
    /// Aurora counts whole MiB, so that less becomes nothing.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = 64, disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A number without a unit counts bytes.
    TOO_FEW_RESOURCES = "too-few-resources", Error, "less of a resource than a task can run with";
}

const MIB: i64 = 1 << 20;

/// Checks the task's resources.
pub(super) fn check(ctx: &mut Context<'_>) {
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
            // The author of a small number meant megabytes.
            let meant = (size > 0).then(|| format!("{size} MB"));
            report(ctx, field, &headline, meant);
        }
    }
}

fn report(ctx: &mut Context<'_>, field: &str, headline: &str, meant: Option<String>) {
    let pointer = ctx.at.key("task").key("resources").key(field);
    if ctx.hole(|_| pointer.clone()) {
        return;
    }
    let problem = Diagnostic::new(&TOO_FEW_RESOURCES, headline, Place::value(pointer));
    ctx.report(match meant {
        Some(_) if ctx.terms.dialect == Dialect::Client => problem.label("this counts bytes"),
        Some(meant) => problem
            .label("this counts bytes")
            .help(format!("write a unit: `{field} = \"{meant}\"`")),
        None => problem,
    });
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{JOB, PROCESS, check_definition};

    #[test]
    fn enough_to_run() {
        let check = |resources: &str, expected: &[&str]| {
            let definition = format!("{JOB}{PROCESS}")
                .replace(r#"cpu = 1, ram = "64 MB", disk = "64 MB""#, resources);
            check_definition(&definition, expected);
        };
        check("cpu = 0.001, ram = 1048576, disk = \"1 MB\", gpu = 0", &[]);
        check(
            "cpu = 0, ram = 64, disk = \"1023 KB\"",
            &[
                "too-few-resources '0' a task needs a share of a processor",
                "too-few-resources '64' a task needs at least 1 MiB of memory",
                "too-few-resources '\"1023 KB\"' a task needs at least 1 MiB of disk",
            ],
        );
        check(
            "cpu = \"0\", ram = 64.5, disk = \"1 MB\"",
            &[
                "wrong-type '\"0\"' `cpu`: expected a number from 0 to 1000000, found a string",
                "bad-value '64.5' `ram`: expected a size: bytes, or a string such as \"64 MB\", found `64.5`",
            ],
        );
    }

    #[test]
    fn a_process_may_have_none() {
        let process = r#"task.processes = [{ name = "a", cmdline = "x", resources = { cpu = 0, ram = 0, disk = 0 } }]"#;
        check_definition(&format!("{JOB}{process}"), &[]);
    }
}

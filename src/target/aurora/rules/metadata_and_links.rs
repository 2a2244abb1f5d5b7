//! What people and tools are shown: metadata, and links.

use crate::diagnostic::{Diagnostic, Place};
use crate::rule::Intended;

crate::diagnostic::declare_codes! {
    /// Keys and values of `metadata` are ASCII: Aurora's client stops at any other character.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// metadata = [{ key = "owner", value = "José" }]
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// metadata = [{ key = "owner", value = "Jose" }]
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    METADATA_ASCII = "metadata-ascii", Error, "metadata beyond ASCII";

    /// Aurora's client knows `task_links`, but sends none of them to the scheduler, so that no web
    /// interface shows them. A task with a port named `health` or `http` gets a link by itself.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// task_links = { log = "https://example.org/log" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// metadata = [{ key = "log", value = "https://example.org/log" }]
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    TASK_LINKS = "task-links", Warn, "links that the client does not send";
}

/// Checks `metadata` and `task_links`.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    metadata(ctx);
    labels(ctx);
    links(ctx);
}

fn labels(ctx: &mut Intended<'_, '_>) {
    for label in ctx.intent.labels.labels.values() {
        if let Some(c) = label.value.written().chars().find(|c| !c.is_ascii()) {
            let place = Place::text(label.pointer(), c.to_string());
            ctx.report(beyond_ascii(c, place));
        }
    }
}

fn beyond_ascii(c: char, place: Place) -> Diagnostic {
    let headline = format!("metadata cannot have the character `{c}`");
    Diagnostic::new(&METADATA_ASCII, headline, place)
        .note("Aurora's client stops at what is not ASCII there")
}

fn metadata(ctx: &mut Intended<'_, '_>) {
    let Some(metadata) = &ctx.intent.labels.metadata else {
        return;
    };
    for (index, (key, value)) in metadata.value.iter().enumerate() {
        for (field, text) in [("key", key), ("value", value)] {
            let foreign = text.written().chars().find(|c| !c.is_ascii());
            if let Some(c) = foreign {
                let entry = metadata.pointer().index(index);
                let place = Place::text(entry.key(field), c.to_string());
                ctx.report(beyond_ascii(c, place));
            }
        }
    }
}

/// The client drops them.
fn links(ctx: &mut Intended<'_, '_>) {
    let links = ctx.intent.labels.task_links.as_ref();
    if let Some(links) = links.filter(|links| !links.value.is_empty())
        && !ctx.hole(|at| at.key("task_links"))
    {
        let place = Place::key(links.pointer());
        let headline = "Aurora's client leaves `task_links` out";
        let problem = Diagnostic::new(&TASK_LINKS, headline, place)
            .help("remove it, or write the links as `metadata`");
        ctx.report(problem);
    }
}

#[cfg(test)]
mod tests {
    use crate::check::tests::check_fields as check;

    #[test]
    fn shown() {
        check(
            "metadata = [{ key = \"a\", value = \"x\u{e9}\" }, { key = \"\u{e8}\", value = \"\" }]",
            &[
                "metadata-ascii '\u{e9}' metadata cannot have the character `\u{e9}`",
                "metadata-ascii '\u{e8}' metadata cannot have the character `\u{e8}`",
            ],
        );
        check("task_links = {}", &[]);
        check(
            "task_links = { a = \"x\" }",
            &["task-links 'task_links' Aurora's client leaves `task_links` out"],
        );
    }
}

//! Who fills in a reference: the agent on the node, or a registry that Aurora's client asks.

use crate::diagnostic::{Diagnostic, Place};
use crate::rule::StandingReference;
use crate::template::by_agent;
use crate::vocabulary::Type;

crate::diagnostic::declare_codes! {
    /// `${job.instance}`, `${job.host}`, `${job.task_id}` and `${ports.NAME}`, which Aurora calls
    /// `{{mesos.instance}}`, `{{mesos.hostname}}`, `{{thermos.task_id}}` and `{{thermos.ports[NAME]}}`, are
    /// filled in on the node, in what runs there: commands, names of processes and of the task. The agent
    /// fills in the instance and the host in health checks, `announce` and `lifecycle`, too. Anything
    /// else is read before there is a node, so that the braces are taken literally: in placement
    /// constraints, images and parameters of Docker, metadata, `contact`, and what the executor and the
    /// SLA's coordinator are told.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// metadata = [{ key = "shard", value = "{{mesos.instance}}" }]
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
    /// metadata = [{ key = "team", value = "{{role}}" }]
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello from ${job.instance}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    LITERAL_TEMPLATE = "literal-template", Warn, "a reference where the agent fills in nothing";

    /// For `{{docker.image[NAME][TAG]}}`, Aurora's client asks a Docker registry for the image's digest
    /// whenever it reads the job. Without network, without the registry or without the image, it refuses
    /// the job.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// contact = "{{docker.image[python][3.13]}}"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Write the image with its digest; then the same one runs tomorrow.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// contact = "python@sha256:0c2b4a2d1b9d5d9a"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    IMAGE_LOOKUP = "image-lookup", Warn, "an image that a registry is asked for";
}

/// Tells of a reference that the agent would fill in elsewhere, and of one that a registry is asked for.
pub(super) fn check(
    reference: &StandingReference<'_>,
    place: &dyn Fn() -> Place,
) -> Option<Diagnostic> {
    let StandingReference { text, address, .. } = *reference;
    if let Some((name, tag)) = address.image() {
        let headline = format!("a registry is asked what `{text}` is");
        return Some(
            Diagnostic::new(&IMAGE_LOOKUP, headline, place())
                .help(format!("write the image with its digest: `{name}@sha256:...`"))
                .note(format!(
                    "Aurora's client looks for `{name}:{tag}` each time, and needs the network for it"
                )),
        );
    }
    if !by_agent(address) || is_filled_in(reference) {
        return None;
    }
    let headline = format!("nobody fills in `{text}` here");
    Some(
        Diagnostic::new(&LITERAL_TEMPLATE, headline, place())
            .help("write a value that is known when the job is submitted")
            .note("only what runs on the node is filled in there"),
    )
}

/// Whether the agent fills it in where it stands.
fn is_filled_in(reference: &StandingReference<'_>) -> bool {
    match (reference.field, reference.of) {
        // Where the scheduler refuses braces, that is told as a bad name.
        ("task" | "tier", _) | (_, Type::Command) => true,
        // What is known of the instance: ports and task are not.
        ("announce" | "lifecycle" | "health_check_config", _) => {
            reference.address.head() == Some("mesos")
        }
        _ => false,
    }
}

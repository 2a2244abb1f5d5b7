//! `{{...}}` in all texts that Aurora fills in.

mod advice;
mod codes;
mod walk;

pub(super) use advice::{near_miss, not_in_files, repaired};

use crate::check::updates::TIER_NAME;
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Address, Component, Dialect, TemplateReference, Text, references};
use crate::source::Pointer;
pub use codes::{
    ENDLESS_TEMPLATE, IMAGE_LOOKUP, LITERAL_TEMPLATE, OWN_NAME, TEMPLATE_NOT_TEXT, TEMPLATE_SYNTAX,
    UNBOUND_TEMPLATE,
};

use advice::Advice;

use super::Ctx;
use super::lookalikes::{self, Reader};
use super::scope::{Scope, Trouble, address, bind, by_agent, composed, trouble};

/// So many references of one text are looked at once each, however often they stand there.
const REMEMBERED: usize = 64;

/// Checks all references of the job.
pub(super) fn check(ctx: &mut Ctx<'_>) {
    let mut visitor = Visitor {
        ctx,
        endless: None,
        agent: Agent::All,
    };
    visitor.task();
    visitor.job();
    if let Some(problem) = visitor.endless.take() {
        ctx.report(problem);
    }
}

/// What is wrong with a reference that stands at `place`, inside the tables of `scope`.
pub fn examine(
    reference: &TemplateReference<'_>,
    scope: &Scope<'_>,
    place: impl FnOnce() -> Place,
) -> Option<Diagnostic> {
    let text = reference.text;
    let Some(address) = address(reference) else {
        return Some(malformed(reference, scope, place()));
    };
    let problem = match trouble(&address, scope)? {
        // Told where the value was written.
        Trouble::Elsewhere => return None,
        Trouble::Unbound => unbound(text, &address, scope, place()),
        Trouble::Endless => {
            let headline = format!("the value of `{text}` leads back to itself");
            Diagnostic::new(&ENDLESS_TEMPLATE, headline, place())
                .note("a name means the nearest one, in a value that is filled in, too")
        }
        Trouble::NotText => {
            let headline = format!("`{text}` is a table or a list, not text");
            Diagnostic::new(&TEMPLATE_NOT_TEXT, headline, place()).help("name one of its fields")
        }
    };
    Some(problem)
}

fn malformed(reference: &TemplateReference<'_>, scope: &Scope<'_>, place: Place) -> Diagnostic {
    let headline = format!("`{}` is no reference", shorten(reference.text));
    let problem = Diagnostic::new(&TEMPLATE_SYNTAX, headline, place);
    let trimmed = reference.inner.trim();
    let address = Address::parse(trimmed).filter(|_| trimmed != reference.inner);
    if let Some(address) = &address {
        match trouble(address, scope) {
            Some(Trouble::Unbound) => {}
            _ => return problem.help(format!("write it without spaces: `{{{{{trimmed}}}}}`")),
        }
    }
    if let Some(meant) = advice::repaired(trimmed) {
        return problem.help(format!("write `{{{{{meant}}}}}`"));
    }
    if let Some(advice) = advice::of_other_languages(reference.inner, scope) {
        return advised(problem, advice, scope);
    }
    if let Some(meant) = address.and_then(|address| advice::near_miss(&address, scope)) {
        return problem.help(format!("did you mean `{{{{{meant}}}}}`?"));
    }
    literal_braces(problem, scope)
}

/// The problem of a reference of another language.
fn advised(problem: Diagnostic, advice: Advice, scope: &Scope<'_>) -> Diagnostic {
    match advice {
        Advice::Write(help) => problem.help(help),
        Advice::Braces => literal_braces(problem, scope),
        Advice::Value => literal_braces(
            problem.help("write the value itself: a definition has no values from elsewhere"),
            scope,
        ),
    }
}

fn literal_braces(problem: Diagnostic, scope: &Scope<'_>) -> Diagnostic {
    if scope.dialect() == Dialect::Client || scope.is_in_file() {
        return problem;
    }
    problem.help("if the braces are meant for another program, put the text into a file and name it: `${./file}`")
}

fn unbound(text: &str, address: &Address<'_>, scope: &Scope<'_>, place: Place) -> Diagnostic {
    let headline = format!("`{}` is unknown here", shorten(text));
    let problem = Diagnostic::new(&UNBOUND_TEMPLATE, headline, place);
    let inner = text.trim_start_matches("{{").trim_end_matches("}}");
    // What begins with a dot is Go's.
    if !inner.starts_with('.')
        && let Some(meant) = advice::near_miss(address, scope)
    {
        return problem.help(format!("did you mean `{{{{{meant}}}}}`?"));
    }
    match advice::of_other_languages(inner, scope) {
        Some(advice) => advised(problem, advice, scope),
        None => literal_braces(
            problem.help("name a field of the process, the task or the job, or one of `mesos.instance`, `mesos.hostname`, `thermos.task_id`, `thermos.ports[NAME]`"),
            scope,
        ),
    }
}

/// Whether the text has what makes a reference of something filled in, if it stands around it.
fn has_braces(text: &str) -> bool {
    text.contains("{{") || text.contains("}}")
}

/// Whether `address` can be filled in in `scope`.
pub(super) fn is_known(address: &Address<'_>, scope: &Scope<'_>) -> bool {
    trouble(address, scope).is_none()
}

/// A text of the user's in a headline: its first line, and not too much of that.
pub(super) fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None if line.len() < text.len() => format!("{line}..."),
        None => line.to_owned(),
    }
}

/// What the agent fills in in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agent {
    All,
    /// What is known of the instance: ports and task are not.
    Instance,
    Nothing,
    /// Nothing, and the scheduler refuses braces.
    Refused,
}

impl Agent {
    fn fills_in(self, address: &Address<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Instance => address.head() == Some("mesos"),
            Self::Nothing | Self::Refused => false,
        }
    }
}

struct Visitor<'c, 'a> {
    ctx: &'c mut Ctx<'a>,
    /// What the agent fills in where the visitor is.
    agent: Agent,
    /// The first endless reference; others usually run into the same circle.
    endless: Option<Diagnostic>,
}

impl<'a> Visitor<'_, 'a> {
    /// A process' name stands in orders, too, and has to mean the same there.
    fn process_name(&mut self, index: usize, name: &str) {
        if !name.contains("{{") {
            return;
        }
        let scopes = self.ctx.scopes();
        let (own, order) = (scopes.process(index), scopes.task());
        for reference in references(name) {
            let Some(address) = address(&reference) else {
                continue;
            };
            if trouble(&address, &own).is_none() && bind(&address, &own) != bind(&address, &order) {
                let place = super::process(self.ctx.at, index).key("name");
                let place = Place::within(place, name, reference.offset, reference.text);
                let headline = format!("`{}` is another value in an order", reference.text);
                let problem = Diagnostic::new(&OWN_NAME, headline, place)
                    .help("refer to a field of the task or of the job, or write the value");
                self.problem(problem, Some(&reference));
            }
        }
    }

    fn option(
        &mut self,
        text: Option<&Text>,
        scope: impl Fn() -> Scope<'a>,
        at: impl Fn(&Pointer) -> Pointer,
    ) {
        if let Some(text) = text {
            self.text(text.as_str(), scope, at);
        }
    }

    /// A text that is no command.
    fn text(
        &mut self,
        text: &str,
        scope: impl Fn() -> Scope<'a>,
        at: impl Fn(&Pointer) -> Pointer,
    ) {
        // What is wrong with a tier's name is told as that.
        if self.agent != Agent::Refused {
            self.lookalikes(text, Reader::Field, &scope, &at);
        }
        self.filled_in(text, scope, at);
    }

    fn command(
        &mut self,
        text: &str,
        scope: impl Fn() -> Scope<'a>,
        at: impl Fn(&Pointer) -> Pointer,
    ) {
        self.lookalikes(text, Reader::Shell, &scope, &at);
        self.filled_in(text, scope, at);
    }

    fn lookalikes(
        &mut self,
        text: &str,
        reader: Reader,
        scope: &impl Fn() -> Scope<'a>,
        at: &impl Fn(&Pointer) -> Pointer,
    ) {
        if !text.contains(['{', '%', '$']) || self.ctx.is_given_up() {
            return;
        }
        let dialect = self.ctx.terms.dialect;
        let place = |offset, guilty: &str| Place::within(at(self.ctx.at), text, offset, guilty);
        for problem in lookalikes::in_text(text, reader, dialect, &scope(), place) {
            self.problem(problem, None);
        }
    }

    fn filled_in(
        &mut self,
        text: &str,
        scope: impl Fn() -> Scope<'a>,
        at: impl Fn(&Pointer) -> Pointer,
    ) {
        self.references(text, scope, |pointer, reference| {
            Place::within(at(pointer), text, reference.offset, reference.text)
        });
    }

    /// The key of a map, at the place of its value.
    fn key(&mut self, text: &str, scope: impl Fn() -> Scope<'a>, at: impl Fn(&Pointer) -> Pointer) {
        self.references(text, scope, |pointer, _| Place::key(at(pointer)));
    }

    fn references(
        &mut self,
        text: &str,
        scope: impl Fn() -> Scope<'a>,
        place: impl Fn(&Pointer, &TemplateReference<'_>) -> Place,
    ) {
        if self.ctx.is_given_up() || !text.contains("{{") {
            return;
        }
        let scope = scope();
        let mut first = None;
        let mut fine = true;
        let mut braces_between = false;
        let mut at = 0;
        let mut seen = Vec::new();
        for reference in references(text) {
            braces_between |= has_braces(&text[at..reference.offset]);
            at = reference.offset + reference.text.len();
            if seen.contains(&reference.text) {
                continue;
            }
            if seen.len() < REMEMBERED {
                seen.push(reference.text);
            }
            let place = || place(self.ctx.at, &reference);
            if let Some(problem) = examine(&reference, &scope, place) {
                fine = false;
                self.problem(problem, Some(&reference));
                if self.ctx.is_given_up() {
                    return;
                }
            } else {
                self.left_alone(&reference, place());
                first = first.or(Some(reference));
            }
        }
        braces_between |= has_braces(&text[at..]);
        // What is filled in where values are made up is not what the author wrote.
        let as_written = self.ctx.holes.is_empty();
        let Some(first) = first.filter(|_| fine && braces_between && as_written) else {
            return;
        };
        if let Some(composed) = composed(text, &scope) {
            let composed = shorten(&composed);
            let headline = format!("filled in, this makes `{composed}`, which is unknown");
            let place = place(self.ctx.at, &first);
            let problem = Diagnostic::new(&UNBOUND_TEMPLATE, headline, place)
                .help("do not put references into each other");
            self.problem(problem, None);
        }
    }

    /// Tells of a reference that the agent would fill in elsewhere.
    fn left_alone(&mut self, reference: &TemplateReference<'_>, place: Place) {
        let Some(address) = address(reference) else {
            return;
        };
        if let Some((name, tag)) = address.image() {
            let headline = format!("a registry is asked what `{}` is", reference.text);
            let problem = Diagnostic::new(&IMAGE_LOOKUP, headline, place)
                .help(format!("write the image with its digest: `{name}@sha256:...`"))
                .note(format!("Aurora's client looks for `{name}:{tag}` each time, and needs the network for it"));
            self.problem(problem, Some(reference));
            return;
        }
        if !by_agent(&address) {
            return;
        }
        if self.agent.fills_in(&address) {
            return;
        }
        let headline = format!("nobody fills in `{}` here", reference.text);
        let problem = if self.agent == Agent::Refused {
            Diagnostic::new(&TIER_NAME, headline, place)
                .help("write a name that is known when the job is submitted")
        } else {
            Diagnostic::new(&LITERAL_TEMPLATE, headline, place)
                .help("write a value that is known when the job is submitted")
                .note("only what runs on the node is filled in there")
        };
        self.problem(problem, Some(reference));
    }

    fn problem(&mut self, problem: Diagnostic, reference: Option<&TemplateReference<'_>>) {
        if self.is_consequence(&problem, reference) {
            return;
        }
        if problem.code == &ENDLESS_TEMPLATE {
            self.endless.get_or_insert(problem);
        } else {
            self.ctx.report(problem);
        }
    }

    /// Whether the text or what it refers to is not the author's.
    fn is_consequence(
        &self,
        problem: &Diagnostic,
        reference: Option<&TemplateReference<'_>>,
    ) -> bool {
        let holes = self.ctx.holes;
        if holes.is_empty() {
            return false;
        }
        if let Place::Document(pointer, _) = problem.place()
            && holes.touch(pointer)
        {
            return true;
        }
        reference.and_then(address).is_some_and(|address| {
            address.0.iter().any(|component| match component {
                Component::Field(name) => holes.any_called(name),
                Component::Index(_) => false,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::check::tests::{JOB, PROCESS, job, problems};
    use crate::model::{ContainerType, SchedulerSettings, Settings};

    fn check(definition: &str, expected: &[&str]) {
        let definition = format!("{JOB}{definition}");
        let settings = Settings {
            scheduler: Some(SchedulerSettings {
                allowed_container_types: Some(vec![ContainerType::Docker, ContainerType::Mesos]),
                ..SchedulerSettings::default()
            }),
            ..Settings::default()
        };
        let found = problems(&definition, &settings);
        assert_eq!(found, expected, "{definition}");
    }

    /// In a job with a value for most things, in a process' command.
    fn check_command(command: &str, expected: &[&str]) {
        let definition = format!(
            r#"
            contact = "me{{{{role}}}}"
            announce = {{ primary_port = "http", portmap = {{ aurora = "x" }} }}
            constraints = {{ rack = "r1" }}
            metadata = [{{ key = "k", value = "v" }}]
            container.docker = {{ image = "i" }}
            task.user = "u"
            task.processes = [
                {{ name = "a", cmdline = '{command}', max_failures = 4 }},
                {{ name = "b", cmdline = "run" }},
            ]"#
        );
        check(&definition, expected);
    }

    #[test]
    fn known() {
        for command in [
            "{{name}} {{role}} {{cluster}} {{environment}} {{contact}} {{task.name}} {{user}}",
            "{{processes[0].name}}{{task.processes[1].cmdline}}{{processes[-1].name}}",
            "{{max_failures}} {{min_duration}} {{resources.cpu}} {{instances}} {{service}}",
            "{{announce.primary_port}} {{announce.portmap[aurora]}} {{constraints[rack]}}",
            "{{health_check_config.interval_secs}} {{lifecycle.http.port}} {{metadata[0].key}}",
            "{{mesos.role}} {{mesos.cluster}} {{thermos.user}}",
            "{{mesos.instance}} {{mesos.hostname}} {{thermos.task_id}} {{thermos.ports[http]}}",
            "{{self.name}} {{super.name}} {{super.super.role}} {{.role}} {{&role}}",
            "{{thermos.ports[{{name}}]}} ${HOME} {x} {{} }} {{",
            "{{update_config.batch_size}} {{executor_config.name}} {{cron_collision_policy}}",
        ] {
            check_command(command, &[]);
        }
    }

    #[test]
    fn images() {
        let expected = "image-lookup '{{docker.image[a/b][1.0]}}' a registry is asked what `{{docker.image[a/b][1.0]}}` is";
        check_command("run {{docker.image[a/b][1.0]}}", &[expected]);
    }

    #[test]
    fn unknown() {
        for reference in [
            "{{tier}}",
            "{{cpu}}",
            "{{primary_port}}",
            "{{processes[2].name}}",
            "{{processes[-3].name}}",
            "{{container.docker.image}}",
            "{{mesos.environment}}",
            "{{thermos.ports}}",
            "{{thermos.ports[a].b}}",
            "{{name.x}}",
            "{{logger.mode}}",
            "{{self}}",
            "{{super}}",
            "{{&x}}",
        ] {
            check_command(
                reference,
                &[&format!(
                    "unbound-template '{reference}' `{reference}` is unknown here"
                )],
            );
        }
    }

    #[test]
    fn malformed() {
        check_command(
            "{{ role }} {{a-b}}",
            &[
                "template-syntax '{{ role }}' `{{ role }}` is no reference",
                "template-syntax '{{a-b}}' `{{a-b}}` is no reference",
            ],
        );
        check_command(
            "{{thermos.ports[a b]}}",
            &["template-syntax '{{thermos.ports[a b]}}' `{{thermos.ports[a b]}}` is no reference"],
        );
    }

    #[test]
    fn tables_are_not_text() {
        check_command(
            "{{task}} {{processes}} {{processes[0]}} {{constraints}} {{container}}",
            &[
                "template-not-text '{{task}}' `{{task}}` is a table or a list, not text",
                "template-not-text '{{processes}}' `{{processes}}` is a table or a list, not text",
                "template-not-text '{{processes[0]}}' `{{processes[0]}}` is a table or a list, not text",
                "template-not-text '{{constraints}}' `{{constraints}}` is a table or a list, not text",
                "template-not-text '{{container}}' `{{container}}` is a table or a list, not text",
            ],
        );
    }

    #[test]
    fn references_in_references() {
        check_command(
            "{{x[{{name}}]}}",
            &["unbound-template '{{name}}' filled in, this makes `{{x[a]}}`, which is unknown"],
        );
        check_command(
            "{{thermos.ports[p{{mesos.instance}}]}}",
            &[
                "unbound-template '{{mesos.instance}}' filled in, this makes `{{thermos.ports[p0]}}`, which is unknown",
            ],
        );
    }

    #[test]
    fn circles() {
        let endless = |text: &str| {
            format!("endless-template '{text}' the value of `{text}` leads back to itself")
        };
        check_command("{{cmdline}}", &[&endless("{{cmdline}}")]);
        check_command(
            "{{task.processes[0].cmdline}}",
            &[&endless("{{task.processes[0].cmdline}}")],
        );
        let own = format!("contact = \"{{{{tier}}}}\"\ntier = \"{{{{contact}}}}\"\n{PROCESS}");
        check(&own, &[&endless("{{tier}}")]);
    }

    #[test]
    fn doubling_values_take_no_time() {
        let mut metadata = String::from("metadata = [\n");
        for index in 0..98 {
            let next = format!("{{{{metadata[{}].value}}}}", index + 1);
            writeln!(metadata, "{{ key = \"k\", value = \"{next}{next}\" }},").expect("a string");
        }
        metadata += "{ key = \"k\", value = \"\" }]\n";
        let found = problems(&format!("{JOB}{metadata}{PROCESS}"), &Settings::default());
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("endless-template"), "{found:?}");
    }

    #[test]
    fn a_million_values_take_no_time() {
        let links = "{{task_links[a]}}".repeat(50);
        let long = "x".repeat(20_000);
        let mut definition = format!(
            "contact = \"{links}\"\ntask_links = {{ a = \"{long}\" }}\ntask.processes = [\n"
        );
        for index in 0..500 {
            let name = format!("{{{{contact}}}}{index}");
            writeln!(definition, "{{ name = \"{name}\", cmdline = \"run\" }},").expect("a string");
        }
        check(
            &format!("{definition}]"),
            &["endless-template '' the references in this job lead to too many others"],
        );
    }

    #[test]
    fn where_a_text_stands_decides() {
        check(
            &format!("{PROCESS}announce = {{ zk_path = \"/{{{{primary_port}}}}\" }}"),
            &[],
        );
        check(
            &format!("{PROCESS}contact = \"{{{{user}}}}\"\ntask.user = \"u\""),
            &["unbound-template '{{user}}' `{{user}}` is unknown here"],
        );
        check(
            &format!("{PROCESS}constraints = {{ \"{{{{x}}}}\" = \"{{{{y}}}},b\" }}"),
            &[
                "unbound-template '\"{{x}}\"' `{{x}}` is unknown here",
                "unbound-template '{{y}}' `{{y}}` is unknown here",
            ],
        );
        check(
            r#"
            task.processes = [{ name = "a-{{x}}", cmdline = "run" }, { name = "b", cmdline = "run" }]
            task.constraints = [{ order = ["b", "a-{{x}}"] }]
            health_check_config.health_checker.shell.shell_command = "{{health_checker.shell.shell_command.x}}"
            "#,
            &[
                "unbound-template '{{x}}' `{{x}}` is unknown here",
                "unbound-template '{{x}}' `{{x}}` is unknown here",
                "unbound-template '{{health_checker.shell.shell_command.x}}' `{{health_checker.shell.shell_command.x}}` is unknown here",
            ],
        );
    }

    #[test]
    fn a_process_name_means_the_same_everywhere() {
        check(
            r#"
            task.processes = [
                { name = "a{{max_failures}}", cmdline = "run", max_failures = 2 },
                { name = "b{{role}}{{mesos.instance}}", cmdline = "run" },
                { name = "c{{role}}", cmdline = "run", after = ["b{{role}}{{mesos.instance}}"] },
                { name = "d", cmdline = "run", after = ["cwww", "c{{role}}"] },
            ]"#,
            &[
                "process-name-reference '{{max_failures}}' `{{max_failures}}` is another value in an order",
            ],
        );
    }

    #[test]
    fn nothing_follows_from_made_up_values() {
        check(
            "contact = 3\ntask.processes = [{ name = \"a\", cmdline = \"{{contact}}\" }]",
            &["wrong-type '3' `contact`: expected a string, found an integer"],
        );
        check(
            "contakt = \"c\"\ntask.processes = [{ name = \"a\", cmdline = \"{{contact}}\" }]",
            &["unknown-field 'contakt' unknown field `contakt`"],
        );
    }

    #[test]
    fn advice() {
        use crate::check::Scope;
        use crate::diagnostic::Place;
        use crate::source::Pointer;

        let job = job(&format!("{JOB}{PROCESS}announce = {{}}"));
        let scope = Scope::process(&job, 0);
        for (text, expected) in [
            ("{{ role }}", "write it without spaces: `{{role}}`"),
            (
                "{{thermos.port[http]}}",
                "did you mean `{{thermos.ports[http]}}`?",
            ),
            (
                "{{thermos.ports.http}}",
                "did you mean `{{thermos.ports[http]}}`?",
            ),
            ("{{ports[http]}}", "did you mean `{{thermos.ports[http]}}`?"),
            ("{{mesos.instances}}", "did you mean `{{mesos.instance}}`?"),
            ("{{instance}}", "did you mean `{{mesos.instance}}`?"),
            ("{{task_id}}", "did you mean `{{thermos.task_id}}`?"),
            (
                "{{primary_port}}",
                "did you mean `{{announce.primary_port}}`?",
            ),
            ("{{cpu}}", "did you mean `{{task.resources.cpu}}`?"),
            ("{{enviroment}}", "did you mean `{{environment}}`?"),
        ] {
            let reference = super::references(text).next().expect("a reference");
            let place = || Place::value(Pointer::root());
            let problem = super::examine(&reference, &scope, place).expect("a problem");
            assert_eq!(problem.help[0], expected, "{text}");
        }
    }
}

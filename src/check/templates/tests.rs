//! References, wrong in every way.

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
    let mut definition =
        format!("contact = \"{links}\"\ntask_links = {{ a = \"{long}\" }}\ntask.processes = [\n");
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
    use crate::rule::scope::Scope;
    use crate::template::references;

    use super::examine;
    use crate::diagnostic::Place;
    use crate::source::Pointer;

    let job = job(&format!("{JOB}{PROCESS}announce = {{}}"));
    let scope = Scope::process(&job, 0);
    for (text, expected) in [
        ("{{ role }}", "write it without spaces: `{{role}}`"),
        ("{{thermos.port[http]}}", "did you mean `${ports.http}`?"),
        ("{{thermos.ports.http}}", "did you mean `${ports.http}`?"),
        ("{{ports[http]}}", "did you mean `${ports.http}`?"),
        ("{{mesos.instances}}", "did you mean `${job.instance}`?"),
        ("{{instance}}", "did you mean `${job.instance}`?"),
        ("{{task_id}}", "did you mean `${job.task_id}`?"),
        (
            "{{primary_port}}",
            "did you mean `{{announce.primary_port}}`?",
        ),
        ("{{cpu}}", "did you mean `{{task.resources.cpu}}`?"),
        ("{{enviroment}}", "did you mean `{{environment}}`?"),
    ] {
        let reference = references(text).next().expect("a reference");
        let place = || Place::value(Pointer::root());
        let problem = examine(&reference, &scope, place).expect("a problem");
        assert_eq!(problem.help[0], expected, "{text}");
    }
}

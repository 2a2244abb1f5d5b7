//! References as the client and the agent fill them in; measured with the real client where the
//! cases of `tests/run/` have them.

use std::collections::{BTreeMap, BTreeSet};

use crate::run::{Compiled, PortClash, PortNames, Ports};
use crate::template::Agent;

fn command(text: &str) -> Result<String, String> {
    let job = format!(
        r#"{{"cluster": "c", "role": "www", "environment": "e", "name": "job{{{{mesos.instance}}}}",
        "contact": "{{{{name}}}}@{{{{x}}}}", "announce": {{}}, "health_check_config": {{}},
        "task": {{"resources": {{"cpu": 1, "ram": 5, "disk": 6}},
        "processes": [{{"name": "p", "cmdline": {text:?}, "daemon": "true"}}]}}}}"#
    );
    let agent = Agent {
        instance: 7,
        hostname: "host".to_owned(),
        task_id: "id".to_owned(),
        ports: BTreeMap::from([("http".to_owned(), 80)]),
    };
    let mut compiled = Compiled::parse(&job).expect("a job");
    match compiled.jobs.remove(0).task(&agent) {
        Ok(mut task) => Ok(task.processes.remove(0).command),
        Err(problems) => Err(problems[0].to_string()),
    }
}

#[test]
fn filled_in() {
    let check = |text: &str, expected: &str| assert_eq!(command(text).as_deref(), Ok(expected));
    check(
        "{{role}} {{name}} {{task.name}} {{super.name}}",
        "www p p job7",
    );
    check(
        "{{mesos.instance}}{{mesos.hostname}}{{mesos.role}}",
        "7hostwww",
    );
    check(
        "{{thermos.user}} {{thermos.task_id}} {{thermos.ports[http]}}",
        "www id 80",
    );
    check(
        "{{task.resources.cpu}} {{resources.ram}} {{daemon}}",
        "1.0 5 true",
    );
    check(
        "{{instances}} {{announce.portmap[aurora]}} {{announce.primary_port}}",
        "1 http http",
    );
    check(
        "{{health_check_config.health_checker.http.endpoint}}",
        "/health",
    );
    check(
        "{{task.processes[0].name}} {{&role}} ${HOME} {x} }}",
        "p www ${HOME} {x} }}",
    );
}

#[test]
fn refused() {
    let check = |text: &str, expected: &str| {
        let expected = format!("`task.processes[0].cmdline`: {expected}");
        assert_eq!(command(text), Err(expected));
    };
    check("{{x}}", "`{{x}}` is unknown here");
    check("{{contact}}", "`{{x}}` is unknown here");
    check(
        "{{task.processes[1].name}}",
        "`{{task.processes[1].name}}` is unknown here",
    );
    check("{{thermos.ports}}", "`{{thermos.ports}}` is unknown here");
    check(
        "{{announce}}",
        "`{{announce}}` is a table or a list, not text",
    );
    check(
        "{{cmdline}}",
        "the value of `{{cmdline}}` leads back to itself",
    );
    check("{{ role }}", "`{{ role }}` is no reference");
    check(
        "{{thermos.ports[{{name}}]}}",
        "`{{thermos.ports[p]}}` is unknown here",
    );
}

fn ports(
    asked: &[&str],
    portmap: &[(&str, &str)],
    given: &[(&str, u16)],
) -> Result<BTreeMap<String, u16>, PortClash> {
    let asked: BTreeSet<_> = asked.iter().map(|name| (*name).to_owned()).collect();
    let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let portmap = portmap.iter().map(text).collect();
    let given = given.iter().map(|(name, port)| ((*name).to_owned(), *port));
    let ports = Ports::new(&PortNames { asked, portmap }, &given.collect())?;
    let open = ports.open().iter().zip(1..);
    let open = open.map(|(name, port)| (name.clone(), port)).collect();
    Ok(ports.bind(open))
}

#[test]
fn names_of_ports() {
    let check =
        |asked: &[&str], portmap: &[(&str, &str)], given: &[(&str, u16)], expected: &str| {
            let bound = ports(asked, portmap, given).expect("no clash");
            let bound: Vec<_> = bound
                .iter()
                .map(|(name, port)| format!("{name}={port}"))
                .collect();
            assert_eq!(bound.join(" "), expected);
        };
    check(&["b", "a"], &[], &[], "a=1 b=2");
    check(&["a"], &[], &[("a", 80)], "a=80");
    check(&["http"], &[("aurora", "http")], &[], "aurora=1 http=1");
    check(
        &[],
        &[("aurora", "http")],
        &[("aurora", 80)],
        "aurora=80 http=80",
    );
    check(&["b"], &[("a", "8080"), ("b", "a")], &[], "a=8080 b=8080");
    check(&["a"], &[("a", "a")], &[], "a=1");
    assert_eq!(
        ports(&[], &[("a", "b"), ("b", "a")], &[]),
        Err(PortClash::Circle("a".to_owned()))
    );
    assert_eq!(
        ports(&["b"], &[("a", "b")], &[("a", 1), ("b", 2)]),
        Err(PortClash::Twice("b".to_owned(), 1, 2))
    );
}

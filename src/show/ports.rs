//! The named ports of a job: where their numbers come from, and what they are for.

use std::collections::{BTreeMap, BTreeSet};

use crate::intent::{At, Checker, Text};
use crate::plan::Plan;
use crate::vocabulary::ANNOUNCER;

use super::document::{Port, PortSource};

/// The port that health is asked for at.
pub(super) const HEALTH: &str = "health";
const PRIMARY: &str = ANNOUNCER.text("primary_port");

/// The ports of a job, and what its texts say of them.
pub(super) struct Ports {
    /// The processes that name each port.
    named: BTreeMap<String, Vec<String>>,
    portmap: BTreeMap<String, String>,
    primary: Option<String>,
}

impl Ports {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for run in &plan.intent.runs {
            let ports: BTreeSet<_> = run.texts().flat_map(Text::ports).collect();
            for port in ports {
                let name = run.name.value.to_string();
                named.entry(port.to_owned()).or_default().push(name);
            }
        }
        let announce = plan.intent.announce.as_ref().map(|it| &it.value);
        let primary = announce.map(|announce| {
            let written = announce.primary_port.as_ref();
            written.map_or_else(|| PRIMARY.to_owned(), |it| it.value.to_string())
        });
        let portmap = match (announce, &primary) {
            (Some(announce), Some(primary)) => match &announce.portmap {
                Some(written) => written
                    .iter()
                    .map(|(name, port)| (name.to_string(), filled(port, primary)))
                    .collect(),
                None => BTreeMap::from([("aurora".to_owned(), primary.clone())]),
            },
            _ => BTreeMap::new(),
        };
        Self {
            named,
            portmap,
            primary,
        }
    }

    /// Whether a task has a port of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.named.contains_key(name)
            || self.portmap.contains_key(name)
            || self.portmap.values().any(|port| port == name)
    }

    /// All ports that are named, those of the plan's health check and lifecycle included.
    pub(super) fn list(&self, plan: &Plan) -> Vec<Port> {
        let health = if checks_by_shell(plan) {
            None
        } else {
            Some(HEALTH)
        };
        let health = health.filter(|_| self.has(HEALTH) || plan.intent.health_check.is_some());
        let lifecycle = plan
            .intent
            .stop
            .as_ref()
            .and_then(|it| it.value.http.as_ref());
        let lifecycle = lifecycle.map(|http| {
            let port = http.port.as_ref();
            port.map_or_else(|| HEALTH.to_owned(), |it| it.value.to_string())
        });
        let lifecycle = lifecycle.as_deref();
        let asked = self.named.keys().map(String::as_str);
        let mapped = self
            .portmap
            .iter()
            .flat_map(|(name, port)| [&**name, &**port]);
        let others = [health, lifecycle, self.primary.as_deref()];
        let names: BTreeSet<&str> = asked
            .chain(mapped)
            .chain(others.into_iter().flatten())
            .chain(plan.intent.declared_ports())
            .filter(|name| number(name).is_none())
            .collect();
        let uses = |name: &str| {
            let uses = [
                (self.primary.as_deref() == Some(name), "primary"),
                (self.portmap.contains_key(name), "announced"),
                (health == Some(name), "health_check"),
                (lifecycle == Some(name), "lifecycle"),
            ];
            let uses = uses.into_iter().filter(|(does, _)| *does);
            uses.map(|(_, word)| word.to_owned()).collect()
        };
        let declared = |name: &str| plan.intent.ports.get(name).map(|at| at.value);
        let port = |name: &str| {
            let target = self.portmap.get(name).filter(|target| *target != name);
            let fixed = target.and_then(|target| number(target));
            let alias = target.filter(|_| fixed.is_none()).cloned();
            Port {
                name: name.to_owned(),
                source: if fixed.is_some() {
                    PortSource::Fixed
                } else if alias.is_some() {
                    PortSource::Alias
                } else if self.has(name) {
                    PortSource::Allocated
                } else {
                    PortSource::None
                },
                number: fixed,
                wanted: declared(name).flatten(),
                alias_of: alias,
                processes: self.named.get(name).cloned().unwrap_or_default(),
                uses: uses(name),
            }
        };
        names.into_iter().map(port).collect()
    }
}

/// Whether health is found out by a command, and not at a port.
fn checks_by_shell(plan: &Plan) -> bool {
    let config = plan.intent.health_check.as_ref();
    let checker = config.and_then(|config| config.value.checker.as_ref());
    matches!(checker, Some(Checker::Shell(_)))
}

fn number(name: &str) -> Option<u16> {
    name.trim().parse().ok()
}

/// A value of the portmap with the one reference filled in that people write there.
fn filled(port: &At<Text>, primary: &str) -> String {
    port.value.to_string().replace("{{primary_port}}", primary)
}

//! A job for people: one screen, a heading in the margin of each part.

mod page;
mod timing;

use std::collections::BTreeMap;

use crate::closure::Size;
use crate::diagnostic::render::{amount, counted};
use crate::graph::{Kind, Look};

use super::document::{
    Amounts, Labelled, Need, OWN_LAYER, Origin, PartitionPolicy, Port, PortSource, Ready, Shown,
    SlaPolicy, Step,
};
use page::{BOLD, DIM, Page};

/// The job as text.
pub fn text(shown: &Shown, look: &Look) -> String {
    let mut sections = Sections {
        shown,
        page: Page::new(look),
    };
    sections.head();
    sections.resources();
    sections.task();
    sections.surroundings();
    sections.store();
    sections.ports();
    sections.health();
    sections.update();
    sections.stop();
    sections.operation();
    sections.templates();
    sections.waivers();
    sections.layers();
    sections.page.into_text()
}

struct Sections<'a> {
    shown: &'a Shown,
    page: Page<'a>,
}

impl Sections<'_> {
    fn head(&mut self) {
        let shown = self.shown;
        let key = self.page.painted(BOLD, &shown.key);
        let place = self.page.painted(DIM, &self.page.place(&shown.defined));
        self.page.push(&format!("{key}  {place}\n"));
        let instances = match shown.instances {
            1 => format!("1 instance{}", self.default("instances")),
            many => format!("{many} instances"),
        };
        let kind = match (&shown.cron, shown.service) {
            (Some(_), _) => "cron job",
            (None, true) => "service",
            (None, false) => "job that runs once",
        };
        let mut words = vec![format!("{kind}, {instances}")];
        words.extend(shown.tier.as_ref().map(|tier| format!("tier {tier}")));
        if shown.production {
            words.push("production".to_owned());
        }
        words.push(format!(
            "priority {}{}",
            shown.priority,
            self.default("priority")
        ));
        words.extend(
            shown
                .contact
                .as_ref()
                .map(|contact| format!("contact {contact}")),
        );
        self.page.push(&self.page.shown(&words.join(", ")));
        self.page.push("\n\n");
        if let Some(cron) = &shown.cron {
            let policy = match cron.collision_policy.as_str() {
                "CANCEL_NEW" => "a run is skipped while the last one has not ended",
                _ => "a run that has not ended is killed when the next one begins",
            };
            let policy = format!("{policy}{}", self.default("cron_collision_policy"));
            let words = format!(
                "{}, in the scheduler's time zone (GMT by default)",
                cron.words
            );
            self.page.part("Schedule", &[words, policy]);
        }
    }

    fn resources(&mut self) {
        let resources = &self.shown.resources;
        let mut lines = vec![format!(
            "{} for each instance",
            amounts(&resources.instance)
        )];
        if self.shown.instances > 1 {
            lines.push(format!("{} in total", amounts(&resources.total)));
        }
        self.page.part("Resources", &lines);
        let placement: Vec<_> = self
            .shown
            .placement
            .iter()
            .map(|it| it.words.clone())
            .collect();
        self.page.part("Placement", &placement);
        if let Some(container) = &self.shown.container {
            self.page.part("Container", std::slice::from_ref(container));
        }
    }

    fn task(&mut self) {
        let shown = self.shown;
        let task = &shown.task;
        let failures = match task.max_failures {
            0 => "no failed process fails the task".to_owned(),
            1 => "the first process that fails fails the task".to_owned(),
            many => format!("{many} failed processes fail the task"),
        };
        let failures = format!("{failures}{}", self.default("task.max_failures"));
        let instance = match (shown.service, shown.max_task_failures) {
            (true, _) => None,
            (false, -1) => Some("a failed instance is always started again".to_owned()),
            (false, 1) => Some("a failed instance is given up".to_owned()),
            (false, many) => Some(format!(
                "an instance is given up when it has failed {many} times"
            )),
        };
        let instance = instance.map(|it| format!("{it}{}", self.default("max_task_failures")));
        let concurrency = match task.max_concurrency {
            0 => None,
            many => Some(format!(
                "{} at a time",
                several(many, "process", "processes")
            )),
        };
        let lines: Vec<_> = [Some(failures), instance, concurrency]
            .into_iter()
            .flatten()
            .collect();
        self.page.part("Task", &lines);
        let processes: Vec<&Step> = task
            .steps
            .iter()
            .filter(|it| it.kind == Kind::Run)
            .collect();
        let mut lines = self.page.rows(&processes, |page, step| {
            let size = step.closure.as_ref().map(|it| size(&it.size));
            let line = step.defined.as_ref().map(|it| {
                if it.file == shown.defined.file {
                    format!("line {}", it.line)
                } else {
                    page.place(it)
                }
            });
            [
                step.stage.to_string(),
                page.shown(&step.name),
                size.unwrap_or_default(),
                attributes(step).join(", "),
                line.unwrap_or_default(),
            ]
        });
        for step in &processes {
            if let Some(ready) = &step.ready {
                lines.push(self.page.shown(&ready_in_words(&step.name, ready)));
            }
        }
        let waits = task.steps.iter().filter(|it| it.kind == Kind::AwaitReady);
        let waits = waits.count();
        let added = task.steps.len() - processes.len() - waits;
        if waits > 0 {
            lines.push(match waits {
                1 => "1 step that jobc adds waits until a process is ready".to_owned(),
                many => format!("{many} steps that jobc adds wait until processes are ready"),
            });
        }
        if added > 0 {
            let line = format!(
                "{} that jobc adds fetch what they need before (`jobc graph` shows them)",
                counted(added, "step")
            );
            lines.push(if added == 1 {
                line.replace("adds fetch", "adds fetches")
            } else {
                line
            });
        }
        if processes.iter().any(|step| step.is_final) {
            lines.push(format!(
                "final processes run when the others are done, within {}{}",
                seconds(task.finalization_wait_secs),
                self.default("task.finalization_wait")
            ));
        }
        self.page.part("Processes", &lines);
    }

    /// What processes start with.
    fn surroundings(&mut self) {
        let steps = &self.shown.task.steps;
        let words = steps.iter().flat_map(|step| {
            let words = step.starts_with.iter().flat_map(|it| it.words());
            words.map(|(what, said)| (&step.name, what, said))
        });
        let words: Vec<_> = words.collect();
        self.page.list("Start", &words, |page, (name, what, said)| {
            [page.shown(name), (*what).to_owned(), page.shown(said)]
        });
    }

    /// What the processes' commands name, each once.
    fn store(&mut self) {
        let mut needs: BTreeMap<(&str, &str), (&Need, Vec<&str>)> = BTreeMap::new();
        for step in &self.shown.task.steps {
            for need in step.closure.iter().flat_map(|it| &it.needs) {
                let (_, name) = hash_and_name(&need.path);
                let entry = needs
                    .entry((name, &need.path))
                    .or_insert((need, Vec::new()));
                entry.1.push(&step.name);
            }
        }
        if self.shown.closure.paths == 0 {
            return;
        }
        let all = self.shown.task.steps.iter();
        let all = all.filter(|step| step.closure.is_some()).count();
        let needs: Vec<_> = needs.into_iter().collect();
        let mut lines = self.page.rows(&needs, |page, ((name, path), (need, by))| {
            let (hash, _) = hash_and_name(path);
            let from = match (&need.imported, &need.package) {
                (Some(source), _) => page.shown(source),
                (None, Some(package)) if package.source.starts_with('/') => String::new(),
                (None, Some(package)) => page.shown(&package.source),
                (None, None) => String::new(),
            };
            let whole = match (need.closure.unknown, need.closure.paths) {
                (1.., _) | (0, 1) => String::new(),
                _ => format!("{} with all it needs", amount::bytes(need.closure.bytes)),
            };
            let names: Vec<_> = by.iter().map(|name| page.shown(name)).collect();
            let by = if all == 1 {
                String::new()
            } else if by.len() == all {
                "all".to_owned()
            } else if by.len() > 3 {
                format!("{} processes", by.len())
            } else {
                names.join(", ")
            };
            let bytes = need
                .bytes
                .map_or_else(|| "not locked".to_owned(), amount::bytes);
            let hash = hash[..8.min(hash.len())].to_owned();
            [hash, (*name).to_owned(), bytes, whole, from, by]
        });
        lines.push(format!(
            "{} in all, with the scripts of processes",
            size(&self.shown.closure)
        ));
        self.page.part("Store", &lines);
    }

    fn ports(&mut self) {
        self.page.list("Ports", &self.shown.ports, |page, port| {
            [
                page.shown(&port.name),
                page.shown(&port_source(port)),
                page.shown(&port_uses(port)),
            ]
        });
    }

    fn operation(&mut self) {
        let shown = self.shown;
        let policy = shown.sla_policy.as_ref().map(SlaPolicy::words);
        self.page.part("Maintenance", policy.as_slice());
        let policy = shown.partition_policy.as_ref().map(PartitionPolicy::words);
        self.page.part("Partition", policy.as_slice());
        self.page.part("Executor", shown.executor.as_slice());
        self.page.part("Announced", shown.zk_path.as_slice());
        self.labels("Metadata", &shown.metadata);
        self.labels("Links", &shown.task_links);
    }

    fn labels(&mut self, heading: &str, entries: &[Labelled]) {
        self.page.list(heading, entries, |page, it| {
            [page.shown(&it.name), page.shown(&it.value)]
        });
    }

    fn templates(&mut self) {
        self.page
            .list("Templates", &self.shown.templates, |page, it| {
                [
                    page.shown(&it.reference),
                    page.shown(&it.field),
                    page.place(&it.at),
                ]
            });
    }

    fn waivers(&mut self) {
        self.page.list("Waived", &self.shown.waivers, |page, it| {
            let process = it.process.as_deref().map(|name| format!("in {name}"));
            [
                it.lint.clone(),
                page.shown(&it.reason),
                page.shown(&process.unwrap_or_default()),
                page.place(&it.at),
            ]
        });
    }

    /// What others than the job itself say of it.
    fn layers(&mut self) {
        let layers = &self.shown.layers;
        let from_others: Vec<_> = layers.iter().filter(|it| it.layer != OWN_LAYER).collect();
        let mut lines = self.page.rows(&from_others, |page, it| {
            [
                page.shown(&it.field),
                page.place(&it.at),
                page.shown(&it.layer),
            ]
        });
        if from_others.len() < layers.len() {
            lines.push("all else is the job's own".to_owned());
        }
        self.page.part("Layers", &lines);
    }

    /// A remark where the value of `field` is not the definition's.
    fn default(&self, field: &str) -> &'static str {
        match self.shown.origins.get(field) {
            Some(Origin::Aurora | Origin::Jobc) => " (default)",
            Some(Origin::Settings) => " (jobc.toml)",
            None => "",
        }
    }
}

/// `1 try`, `2 tries`.
fn several(count: u64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}

/// How one knows that a process is ready, in a line.
fn ready_in_words(name: &str, ready: &Ready) -> String {
    let Ready {
        by,
        tries,
        interval_secs,
        timeout_secs,
        within_secs,
    } = ready;
    let what = match (*by, tries) {
        ("command", Some(command)) => format!("when `{command}` succeeds"),
        ("tcp", Some(address)) => format!("when {address} takes connections"),
        ("http", Some(address)) => format!("when {address} answers"),
        _ => "when the health check succeeds".to_owned(),
    };
    format!(
        "{name} is ready {what}: every {interval_secs} s, {timeout_secs} s for a try, within {within_secs} s"
    )
}

fn attributes(step: &Step) -> Vec<String> {
    let mut words = Vec::new();
    for (is, word) in [
        (step.is_final, "final"),
        (step.daemon, "daemon"),
        (step.ephemeral, "ephemeral"),
    ] {
        if is {
            words.push(word.to_owned());
        }
    }
    words.extend((step.until_ready.iter()).map(|name| format!("until {name} is ready")));
    match step.max_failures {
        1 => {}
        0 => words.push("tries for ever".to_owned()),
        many if step.daemon => words.push(format!("{many} failures")),
        many => words.push(format!("{many} tries")),
    }
    words
}

fn amounts(amounts: &Amounts) -> String {
    let mut words = vec![
        format!("{} cpu", (amounts.cpu * 1000.0).round() / 1000.0),
        format!("{} ram", amount::bytes(amounts.ram)),
        format!("{} disk", amount::bytes(amounts.disk)),
    ];
    if amounts.gpu > 0 {
        words.push(format!("{} gpu", amounts.gpu));
    }
    words.join(", ")
}

fn size(size: &Size) -> String {
    let paths = counted(size.paths, "path");
    let bytes = amount::bytes(size.bytes);
    match size.unknown {
        0 => format!("{paths}, {bytes}"),
        unknown => format!("{paths}, {bytes} + {unknown} unknown"),
    }
}

fn hash_and_name(path: &str) -> (&str, &str) {
    let base = path.rsplit('/').next().unwrap_or(path);
    base.split_once('-').unwrap_or((base, ""))
}

fn port_source(port: &Port) -> String {
    match (port.source, &port.alias_of, port.number) {
        (PortSource::Alias, Some(other), _) => format!("another name of {other}"),
        (PortSource::Fixed, _, Some(number)) => format!("fixed, {number}"),
        (PortSource::None, ..) => "nobody asks for it".to_owned(),
        _ => match port.wanted {
            Some(wanted) => format!("allocated, {wanted} wanted"),
            None => "allocated".to_owned(),
        },
    }
}

fn port_uses(port: &Port) -> String {
    let mut words: Vec<String> = Vec::new();
    if !port.processes.is_empty() {
        words.push(format!("named by {}", port.processes.join(", ")));
    } else if port.source == PortSource::Allocated {
        words.push("named by no process".to_owned());
    }
    for used in &port.uses {
        words.push(
            match used.as_str() {
                "primary" => "announced as the service's own",
                "announced" => "announced by this name",
                "health_check" => "asked for health",
                _ => "asked to stop",
            }
            .to_owned(),
        );
    }
    words.join(", ")
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
pub(super) fn seconds(seconds: u64) -> String {
    amount::seconds(seconds as f64)
}

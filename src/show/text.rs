//! A job for people: one screen, a heading in the margin of each part.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use crate::diagnostic::render::{amount, counted, visible};
use crate::graph::{Characters, Look, ascii};

use super::document::{
    Amounts, HealthCheck, HealthTimes, Labelled, Need, Origin, PartitionPolicy, Place, Port,
    PortSource, Shown, Size, SlaPolicy, Step, StepKind, Update, Window,
};

/// The job as text.
pub fn text(shown: &Shown, look: &Look) -> String {
    let mut page = Page {
        shown,
        look,
        out: String::new(),
    };
    page.head();
    page.resources();
    page.task();
    page.store();
    page.ports();
    page.health();
    page.update();
    page.stop();
    page.operation();
    page.templates();
    page.waivers();
    page.out
}

/// The width of the margin.
const MARGIN: usize = 12;
/// At most this many entries of a list are shown.
const MOST: usize = 200;

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

struct Page<'a> {
    shown: &'a Shown,
    look: &'a Look,
    out: String,
}

impl Page<'_> {
    fn head(&mut self) {
        let shown = self.shown;
        let key = self.painted(BOLD, &shown.key);
        let place = self.painted(DIM, &self.place(&shown.defined));
        self.out.push_str(&format!("{key}  {place}\n"));
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
        self.out.push_str(&self.shown(&words.join(", ")));
        self.out.push_str("\n\n");
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
            self.part("Schedule", &[words, policy]);
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
        self.part("Resources", &lines);
        let placement: Vec<_> = self
            .shown
            .placement
            .iter()
            .map(|it| it.words.clone())
            .collect();
        self.part("Placement", &placement);
        if let Some(container) = &self.shown.container {
            self.part("Container", std::slice::from_ref(container));
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
        self.part("Task", &lines);
        let processes: Vec<&Step> = task
            .steps
            .iter()
            .filter(|it| it.kind == StepKind::Run)
            .collect();
        let mut rows = Vec::new();
        for step in processes.iter().take(MOST) {
            rows.push([
                step.stage.to_string(),
                self.shown(&step.name),
                step.closure
                    .as_ref()
                    .map(|it| size(&it.size))
                    .unwrap_or_default(),
                attributes(step).join(", "),
                step.defined
                    .as_ref()
                    .map(|it| format!("line {}", it.line))
                    .unwrap_or_default(),
            ]);
        }
        let mut lines = table(&rows);
        more(&mut lines, processes.len());
        let added = task.steps.len() - processes.len();
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
        self.part("Processes", &lines);
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
        let rows: Vec<_> = needs
            .iter()
            .take(MOST)
            .map(|((name, path), (need, by))| {
                let (hash, _) = hash_and_name(path);
                let from = match (&need.imported, &need.package) {
                    (Some(source), _) => self.shown(source),
                    (None, Some(package)) if package.source.starts_with('/') => String::new(),
                    (None, Some(package)) => self.shown(&package.source),
                    (None, None) => String::new(),
                };
                let whole = match (need.closure.unknown, need.closure.paths) {
                    (1.., _) | (0, 1) => String::new(),
                    _ => format!("{} with all it needs", amount::bytes(need.closure.bytes)),
                };
                let names: Vec<_> = by.iter().map(|name| self.shown(name)).collect();
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
            })
            .collect();
        let mut lines = table(&rows);
        more(&mut lines, needs.len());
        lines.push(format!(
            "{} in all, with the scripts of processes",
            size(&self.shown.closure)
        ));
        self.part("Store", &lines);
    }

    fn ports(&mut self) {
        let rows: Vec<_> = self
            .shown
            .ports
            .iter()
            .take(MOST)
            .map(|port| {
                [
                    self.shown(&port.name),
                    self.shown(&port_source(port)),
                    self.shown(&port_uses(port)),
                ]
            })
            .collect();
        let mut lines = table(&rows);
        more(&mut lines, self.shown.ports.len());
        self.part("Ports", &lines);
    }

    fn health(&mut self) {
        let health = &self.shown.health_check;
        let Some(times) = &health.timing else {
            let why = if health.checker == "none" {
                "not checked: no port is called `health`; a task counts as running when it starts"
            } else {
                "the interval is 0, by which the executor divides: no task gets to run"
            };
            self.part("Health", &[why.to_owned()]);
            return;
        };
        let lines = self.checks(health, times);
        self.part("Health", &lines);
    }

    fn checks(&self, health: &HealthCheck, times: &HealthTimes) -> Vec<String> {
        let target = health.target.as_deref().unwrap_or_default();
        let default = |field: &str| self.default(&format!("health_check_config.{field}"));
        let what = match health.checker.as_str() {
            "http" => format!("HTTP {target} at port `health`"),
            _ => format!("command `{}`", target.trim_end()),
        };
        vec![
            format!(
                "{what}, when the task starts and every {}{}; a check may take {}{}",
                amount::seconds(health.interval_secs),
                default("interval_secs"),
                amount::seconds(health.timeout_secs),
                default("timeout_secs"),
            ),
            format!(
                "running after {} in a row{}: {} at the earliest, {} at the latest",
                several(
                    health.min_consecutive_successes.max(1),
                    "success",
                    "successes"
                ),
                default("min_consecutive_successes"),
                amount::seconds(times.running_at_best.earliest),
                amount::seconds(times.running_at_worst.latest),
            ),
            format!(
                "never healthy: given up after {}; {} not count, for {}{}",
                window(times.given_up_at_start),
                match times.forgiven_checks {
                    1 => "the first failure does".to_owned(),
                    many => format!("the first {many} failures do"),
                },
                amount::seconds(health.initial_interval_secs),
                default("initial_interval_secs"),
            ),
            format!(
                "later unhealthy: given up after {} in a row{}, {}",
                several(health.max_consecutive_failures + 1, "failure", "failures"),
                default("max_consecutive_failures"),
                window(times.given_up_later),
            ),
        ]
    }

    fn update(&mut self) {
        let Some(update) = &self.shown.update else {
            let how = match &self.shown.cron {
                Some(_) => "with the next run, once the job is scheduled anew",
                None => "by creating the job anew: it is no service",
            };
            self.part("Update", &[how.to_owned()]);
            return;
        };
        let lines = self.rolling(update);
        self.part("Update", &lines);
    }

    fn rolling(&self, update: &Update) -> Vec<String> {
        let default = |field: &str| self.default(&format!("update_config.{field}"));
        let sizes: Vec<_> = update
            .group_sizes
            .iter()
            .take(8)
            .map(u64::to_string)
            .collect();
        let sizes = sizes.join(", ");
        let groups = match update.strategy.as_str() {
            "queue" => format!(
                "{sizes} at a time{}, the next when one is done",
                default("batch_size")
            ),
            "batch" => format!("in batches of {sizes}{}", default("batch_size")),
            _ => format!("in batches of {sizes}, the last one repeating"),
        };
        let health = self
            .shown
            .health_check
            .timing
            .map(|it| it.running_at_best.earliest);
        let round = match health.filter(|start| *start > 0.0) {
            Some(start) => format!(
                "({} until healthy + {} watched{})",
                amount::seconds(start),
                seconds(update.watch_secs),
                default("watch_secs")
            ),
            None => format!(
                "{} watched{}",
                seconds(update.watch_secs),
                default("watch_secs")
            ),
        };
        let mut lines = vec![
            groups,
            format!(
                "{} at best: {} of {round}, without fetching, placing and stopping",
                amount::seconds(update.at_best_secs),
                several(update.rounds, "round", "rounds"),
            ),
        ];
        let failures = match (update.max_per_shard_failures, update.max_total_failures) {
            (0, 0) => format!(
                "fails with the first instance that fails{}",
                default("max_total_failures")
            ),
            (each, total) => format!(
                "fails when {} failed, each after {}",
                match total {
                    0 => "one instance has".to_owned(),
                    many => format!("more than {} have", several(many, "instance", "instances")),
                },
                several(each + 1, "failure", "failures"),
            ),
        };
        let then = if update.rollback_on_failure {
            "and is then rolled back"
        } else {
            "and is then left as it is"
        };
        lines.push(format!(
            "{failures}, {then}{}",
            default("rollback_on_failure")
        ));
        if update.autopause {
            lines.push("pauses after each batch until somebody resumes it".to_owned());
        }
        if let Some(pulse) = update.pulse_interval_secs {
            lines.push(format!(
                "coordinated: stops unless it gets a heartbeat every {}",
                seconds(pulse)
            ));
        }
        if update.sla_aware {
            lines.push(
                "keeps the job's SLA policy, and waits where that forbids to go on".to_owned(),
            );
        }
        lines
    }

    fn stop(&mut self) {
        let stop = &self.shown.stop;
        let mut lines: Vec<String> = Vec::new();
        if let Some(port) = &stop.port {
            let requests = stop.requests.iter();
            let requests: Vec<_> = requests
                .map(|it| format!("POST {}, up to {}", it.path, seconds(it.wait_secs)))
                .collect();
            lines.push(format!("at port `{port}`: {}", requests.join("; ")));
        }
        let first = if stop.port.is_some() {
            "then SIGTERM"
        } else {
            "SIGTERM"
        };
        lines.push(format!(
            "{first} and the final processes, and SIGKILL after {}",
            seconds(stop.kill_secs)
        ));
        self.part("Stop", &lines);
    }

    fn operation(&mut self) {
        let shown = self.shown;
        let policy = shown.sla_policy.as_ref().map(SlaPolicy::words);
        self.part("Maintenance", policy.as_slice());
        let policy = shown.partition_policy.as_ref().map(PartitionPolicy::words);
        self.part("Partition", policy.as_slice());
        self.part("Executor", shown.executor.as_slice());
        self.part("Announced", shown.zk_path.as_slice());
        self.labels("Metadata", &shown.metadata);
        self.labels("Links", &shown.task_links);
    }

    fn labels(&mut self, heading: &str, entries: &[Labelled]) {
        let listed = entries.iter().take(MOST);
        let rows: Vec<_> = listed
            .map(|it| [self.shown(&it.name), self.shown(&it.value)])
            .collect();
        let mut lines = table(&rows);
        more(&mut lines, entries.len());
        self.part(heading, &lines);
    }

    fn templates(&mut self) {
        let rows: Vec<_> = self
            .shown
            .templates
            .iter()
            .take(MOST)
            .map(|it| {
                [
                    self.shown(&it.reference),
                    self.shown(&it.field),
                    self.place(&it.at),
                ]
            })
            .collect();
        let mut lines = table(&rows);
        more(&mut lines, self.shown.templates.len());
        self.part("Templates", &lines);
    }

    fn waivers(&mut self) {
        let rows: Vec<_> = self
            .shown
            .waivers
            .iter()
            .take(MOST)
            .map(|it| {
                let process = it.process.as_deref().map(|name| format!("in {name}"));
                [
                    it.lint.clone(),
                    self.shown(&it.reason),
                    self.shown(&process.unwrap_or_default()),
                    self.place(&it.at),
                ]
            })
            .collect();
        let mut lines = table(&rows);
        more(&mut lines, self.shown.waivers.len());
        self.part("Waived", &lines);
    }

    /// A heading and its lines, wrapped; nothing if there are none.
    fn part(&mut self, heading: &str, lines: &[String]) {
        let room = self.look.width.saturating_sub(MARGIN).max(30);
        let mut label = heading;
        for line in lines {
            for (index, piece) in wrapped(&self.shown(line), room).into_iter().enumerate() {
                let heading = self.painted(BOLD, label);
                let gap = " ".repeat(MARGIN - label.len());
                let indent = if index > 0 { "  " } else { "" };
                let line = format!("{heading}{gap}{indent}{piece}");
                self.out.push_str(line.trim_end());
                self.out.push('\n');
                label = "";
            }
        }
    }

    /// A remark where the value of `field` is not the definition's.
    fn default(&self, field: &str) -> &'static str {
        match self.shown.origins.get(field) {
            Some(Origin::Aurora | Origin::Jobc) => " (default)",
            Some(Origin::Settings) => " (jobc.toml)",
            None => "",
        }
    }

    fn place(&self, place: &Place) -> String {
        format!("{}:{}", self.shown(&place.file), place.line)
    }

    /// Foreign text as this page can show it.
    fn shown(&self, text: &str) -> String {
        let line = visible::line(text);
        match self.look.characters {
            Characters::Unicode => line,
            Characters::Ascii => ascii(&line),
        }
    }

    fn painted(&self, style: &str, text: &str) -> String {
        if self.look.color && !text.is_empty() {
            format!("{style}{text}{RESET}")
        } else {
            text.to_owned()
        }
    }
}

/// Rows in columns.
fn table<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    const WIDEST: usize = 48;
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().min(WIDEST).max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let mut line = String::new();
        let cells = row.iter().zip(widths).filter(|(_, width)| *width > 0);
        for (cell, width) in cells {
            line.push_str(cell);
            line.push_str(&" ".repeat((width + 2).saturating_sub(cell.width()).max(1)));
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// `1 try`, `2 tries`.
fn several(count: u64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
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
        _ => "allocated".to_owned(),
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

fn window(window: Window) -> String {
    let [earliest, latest] = [window.earliest, window.latest].map(amount::seconds);
    if earliest == latest {
        earliest
    } else {
        format!("{earliest} to {latest}")
    }
}

/// Says how many entries a list has left out.
fn more(lines: &mut Vec<String>, all: usize) {
    if all > MOST {
        lines.push(format!("and {} more", all - MOST));
    }
}

/// `text` on lines of at most this many columns, where its words allow that.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    if text.width() <= columns {
        return vec![text.to_owned()];
    }
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is one");
        if line.width() + 1 + word.width() <= columns || line.trim().is_empty() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

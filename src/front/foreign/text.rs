//! Which language a text is most likely written in, by the look of its lines.

use crate::source::Span;

use super::super::format::Format;
use super::outline::Outline;
use super::role::Role;

/// A language that files are written in by mistake, or a kind of text that is told by its look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// One that definitions may be written in.
    Own(Format),
    Aurora,
    Python,
    JavaScript,
    Hcl,
    Nix,
    Circus,
    Launchd,
    SystemdUnit,
    Supervisord,
    Dockerfile,
    Procfile,
    Crontab,
    Environment,
    Script,
    Html,
    Xml,
    Patch,
    Markdown,
    Pem,
    LfsPointer,
    Template,
}

impl Syntax {
    /// As a headline has it after "found".
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Own(format) => format.name(),
            Self::Aurora => "a file for Aurora's client in Python (`.aurora`)",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::Circus => "a configuration of Circus",
            Self::Launchd => "a property list of launchd",
            Self::Hcl => "HCL, as Nomad and Terraform read it",
            Self::Nix => "a Nix expression",
            Self::SystemdUnit => "a systemd unit",
            Self::Supervisord => "a supervisord configuration",
            Self::Dockerfile => "a Dockerfile",
            Self::Procfile => "a Procfile",
            Self::Crontab => "a crontab",
            Self::Environment => "a list of environment variables",
            Self::Script => "a script",
            Self::Html => "a web page",
            Self::Xml => "XML",
            Self::Patch => "a patch",
            Self::Markdown => "Markdown",
            Self::Pem => "a key or certificate (PEM)",
            Self::LfsPointer => "a pointer of Git LFS",
            Self::Template => "a template that has not been filled in",
        }
    }

    /// What to do with a file called `name` that is written so.
    pub(super) fn help(self, role: Role, name: &str) -> String {
        match (self, role) {
            (_, Role::Lock) => {
                return "take a good one from version control, or remove it and run `jobc lock`"
                    .to_owned();
            }
            (Self::Own(format), Role::Settings) if format != Format::Toml => {
                return "write `key = value`, and tables below headers: `[init]`".to_owned();
            }
            (Self::Own(format), Role::ClientJson) if format != Format::Json => {
                return "check a definition with `jobc check`; `jobc validate` reads JSON"
                    .to_owned();
            }
            (Self::Own(format), _) => return renamed(name, format.extension()),
            _ => {}
        }
        match self {
            Self::Own(_) => "rename the file",
            Self::Aurora => {
                "translate it: fields keep their names, and each `Process(...)` is an entry of \
                 `task.processes`; `jobc init` writes a definition to start from"
            }
            Self::Circus => {
                "translate it: each watcher is an entry of `task.processes`, its `cmd` is the `cmdline`"
            }
            Self::Launchd => {
                "translate it: `ProgramArguments` are the `cmdline` of a process, `KeepAlive` is \
                 `daemon = true`"
            }
            Self::Python | Self::JavaScript | Self::Nix => {
                "write the result as JSON, TOML or YAML; `jobc init` writes a definition to start from"
            }
            Self::Hcl => {
                "translate it: each task is an entry of `task.processes`, its `command` and `args` are \
                 the `cmdline`, `count` is `instances`"
            }
            Self::SystemdUnit => {
                "translate it: `ExecStart` is the `cmdline` of a process, `Restart` is `service = true` \
                 of the job, `MemoryMax` is `task.resources.ram`"
            }
            Self::Supervisord => {
                "translate it: each program is an entry of `task.processes`, its `command` is the \
                 `cmdline`, `autorestart` is `daemon = true`"
            }
            Self::Procfile => {
                "translate it: each line is an entry of `task.processes`: `{ name = \"web\", cmdline = \
                 \"...\" }`"
            }
            Self::Crontab => {
                "translate it: write a job for each line, its first five fields as `cron_schedule`, \
                 the rest as the `cmdline` of a process"
            }
            Self::Environment => {
                "keep it beside the definition, and read it in a command: `. ${./vars.env}`"
            }
            Self::Script => {
                "keep it beside the definition, and name it in a command: `sh ${./script.sh}`"
            }
            Self::Dockerfile => "write what its `CMD` says as the `cmdline` of a process",
            Self::Html | Self::Xml => {
                "download the file itself: this looks like what a web server said in its place"
            }
            Self::Patch => "apply it: `git apply FILE`",
            Self::Markdown => "remove the lines that are not part of the definition",
            Self::Pem => "take it out of the workspace: a definition names files that the node has",
            Self::LfsPointer => "fetch what it stands for: `git lfs pull`",
            Self::Template => "fill it in first, and let jobc read the result",
        }
        .to_owned()
    }
}

fn renamed(name: &str, extension: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    format!("call the file `{stem}.{extension}`")
}

/// The first lines of a text, up to this many, say what it is.
const MOST: usize = 400;

/// How many lines look like what.
#[derive(Default)]
struct Counts {
    all: usize,
    yaml: usize,
    toml: usize,
    nix: usize,
    docker: usize,
    cron: usize,
    variables: usize,
    directives: usize,
}

/// What the text is written in, and a line that shows it.
pub(super) fn syntax(text: &str, outline: &Outline<'_>) -> Option<(Syntax, Span)> {
    let first = line_at(text, 0);
    let start = &text[first.start as usize..];
    if let Some(syntax) = by_start(start) {
        return Some((syntax, first));
    }
    if outline.is_procfile() {
        return Some((Syntax::Procfile, first_line(text)));
    }
    let mut counts = Counts::default();
    let mut shown: Option<(Syntax, Span)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let offset = at;
        at += line.len();
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) || content.starts_with("//") {
            continue;
        }
        counts.all += 1;
        if counts.all > MOST {
            break;
        }
        counts.count(content);
        let is_top = !line.starts_with([' ', '\t']);
        if let Some(syntax) = sign(content).filter(|_| is_top)
            && shown.is_none_or(|(earlier, _)| rank(syntax) > rank(earlier))
        {
            shown = Some((syntax, line_at(text, offset)));
        }
    }
    if let Some(found) = shown.filter(|(syntax, _)| rank(*syntax) > 0) {
        return Some(found);
    }
    let most = |count: usize| count * 2 > counts.all;
    let first = first_line(text);
    let syntax = if most(counts.directives) {
        Syntax::Template
    } else if counts.docker >= 2 && text[first.range()].starts_with("FROM ") {
        Syntax::Dockerfile
    } else if most(counts.cron) {
        Syntax::Crontab
    } else if starts_json(start) {
        Syntax::Own(Format::Json)
    } else if most(counts.nix) && counts.nix >= 2 {
        Syntax::Nix
    } else if most(counts.variables) && counts.variables >= 2 {
        Syntax::Environment
    } else if start.starts_with(['{', '[']) && counts.toml == 0 {
        return None;
    } else if counts.yaml >= 2 && counts.yaml > 3 * counts.toml {
        Syntax::Own(Format::Yaml)
    } else if counts.toml >= 2 && counts.toml > 3 * counts.yaml {
        Syntax::Own(Format::Toml)
    } else {
        return None;
    };
    Some((syntax, first))
}

/// How sure a single line makes one; 0 leaves it to the others.
fn rank(syntax: Syntax) -> u8 {
    match syntax {
        Syntax::Aurora => 3,
        Syntax::Supervisord | Syntax::SystemdUnit | Syntax::Circus | Syntax::Hcl => 2,
        Syntax::Python => 1,
        _ => 0,
    }
}

/// More of a line is not marked.
const LONGEST: usize = 60;

/// The first line from `at` on that has anything, without the space around it.
fn line_at(text: &str, at: usize) -> Span {
    let rest = &text[at..];
    let start = at + rest.len() - rest.trim_start().len();
    let line = text[start..].lines().next().unwrap_or_default();
    let line = line.trim_end();
    let end = line.char_indices().nth(LONGEST);
    Span::new(start..start + end.map_or(line.len(), |(end, _)| end))
}

/// The first line that is no comment.
fn first_line(text: &str) -> Span {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if !content.is_empty() && !content.starts_with('#') && !content.starts_with("//") {
            return line_at(text, at);
        }
        at += line.len();
    }
    line_at(text, 0)
}

fn by_start(start: &str) -> Option<Syntax> {
    const STARTS: &[(&str, Syntax)] = &[
        ("<?xml", Syntax::Xml),
        ("<plist", Syntax::Xml),
        ("<!doctype", Syntax::Html),
        ("<html", Syntax::Html),
        ("<head", Syntax::Html),
        ("-----begin ", Syntax::Pem),
        ("version https://git-lfs", Syntax::LfsPointer),
        ("diff --git", Syntax::Patch),
        ("--- a/", Syntax::Patch),
        ("#!/", Syntax::Script),
        ("```", Syntax::Markdown),
        ("module.exports", Syntax::JavaScript),
        ("export default", Syntax::JavaScript),
        ("'use strict'", Syntax::JavaScript),
        ("const ", Syntax::JavaScript),
    ];
    let head: String = start.chars().take(40).collect();
    let head = head.to_ascii_lowercase();
    let found = STARTS.iter().find(|(word, _)| head.starts_with(word));
    if let Some(&(_, syntax)) = found {
        let mut lines = start.lines().take(5);
        let is_launchd = syntax == Syntax::Xml && lines.any(|line| line.contains("<plist"));
        return Some(if is_launchd { Syntax::Launchd } else { syntax });
    }
    let line = start.lines().next().unwrap_or_default().trim_end();
    let is_function = line.starts_with('{') && line.ends_with(':') && !line.contains('"');
    let is_nix = is_function
        || ["with import ", "let", "rec {"]
            .iter()
            .any(|word| line == word.trim_end() || line.starts_with(word) && line.contains('<'));
    let is_lambda =
        line.ends_with(':') && line.contains(", ...}") || line == "{" && opens_nix(start);
    (is_nix || is_lambda).then_some(Syntax::Nix)
}

/// Whether braces are those of Nix: `name = value;` on the next line.
fn opens_nix(start: &str) -> bool {
    let second = start.lines().skip(1).find(|line| !line.trim().is_empty());
    second.is_some_and(|line| is_nix_line(line.trim()))
}

fn is_nix_line(line: &str) -> bool {
    let Some((name, value)) = line.split_once(" = ") else {
        return matches!(line, "};" | "];" | "in" | "let" | "}:");
    };
    is_dotted(name)
        && (value.ends_with([';', '{', '[']) || value.ends_with("''"))
        && !value.ends_with("[[")
        && (value.ends_with(';') || !value.starts_with(['[']) || value == "[")
}

/// Whether the first characters of the text are those of JSON.
fn starts_json(start: &str) -> bool {
    let mut characters = start.chars().filter(|c| !c.is_whitespace());
    match characters.next() {
        Some('{') => matches!(characters.next(), Some('"' | '\'' | '}' | '/') | None),
        Some('[') => match characters.next() {
            Some('{') => true,
            Some('"') => !start
                .lines()
                .next()
                .unwrap_or_default()
                .trim_end()
                .ends_with(']'),
            _ => false,
        },
        _ => false,
    }
}

impl Counts {
    /// Counts a line.
    fn count(&mut self, content: &str) {
        let word = first_word(content);
        self.docker += usize::from(
            DOCKER.contains(&word) && content.as_bytes().get(word.len()) == Some(&b' '),
        );
        let is_directive = ["{%", "<%", "{{-"]
            .iter()
            .any(|mark| content.starts_with(mark));
        self.directives += usize::from(is_directive);
        self.cron += usize::from(is_cron(content));
        self.nix += usize::from(is_nix_line(content));
        let (name, has_equals) = match content.split_once('=') {
            Some((name, _)) => (name.trim_end(), true),
            None => (content, false),
        };
        let exported = name.strip_prefix("export ").unwrap_or(name);
        let is_set = has_equals && is_variable(exported) && !content.contains(" = ");
        self.variables += usize::from(is_set);
        let is_pair = has_equals && is_dotted(name) && !content.ends_with(';');
        self.toml += usize::from(is_header(content) || is_pair);
        self.yaml += usize::from(is_yaml(content));
    }
}

fn first_word(line: &str) -> &str {
    line.split([' ', '=', '(', ':']).next().unwrap_or_default()
}

/// What a line that is not indented makes of the text, if it is one that only one language has.
fn sign(line: &str) -> Option<Syntax> {
    let is_call = |text: &str| CALLS.iter().any(|call| text.starts_with(call));
    let is_assigned =
        |(name, value): (&str, &str)| is_word(name.trim_end()) && is_call(value.trim_start());
    if is_call(line)
        || line.split_once('=').is_some_and(is_assigned)
        || line.starts_with("include(")
        || line.starts_with("jobs = [") && line.contains('(')
    {
        return Some(Syntax::Aurora);
    }
    let is_import =
        line.starts_with("import ") || line.starts_with("from ") && line.contains(" import ");
    if is_import || line.starts_with("def ") && line.ends_with(':') {
        return Some(Syntax::Python);
    }
    let is_block = BLOCKS.contains(&first_word(line)) && line.ends_with('{');
    if is_block && !line.contains('=') && !line.contains(": ") {
        return Some(Syntax::Hcl);
    }
    match line {
        "[Unit]" | "[Service]" | "[Install]" | "[Timer]" | "[Socket]" => Some(Syntax::SystemdUnit),
        "[supervisord]" | "[unix_http_server]" => Some(Syntax::Supervisord),
        "[circus]" => Some(Syntax::Circus),
        _ if line.starts_with("[watcher:") => Some(Syntax::Circus),
        _ if line.starts_with("[program:") => Some(Syntax::Supervisord),
        _ => None,
    }
}

/// What `.aurora` files make their jobs of.
const CALLS: &[&str] = &[
    "Process(",
    "Task(",
    "Job(",
    "Service(",
    "SimpleTask(",
    "SequentialTask(",
    "ConcurrentTask(",
    "Tasks(",
    "Resources(",
    "Announcer(",
    "UpdateConfig(",
    "HealthCheckConfig(",
    "Packer(",
];

/// What blocks of HCL are called.
const BLOCKS: &[&str] = &[
    "job",
    "group",
    "task",
    "variable",
    "resource",
    "provider",
    "locals",
    "output",
    "module",
    "terraform",
    "service",
    "data",
];

/// What lines of a Dockerfile start with.
const DOCKER: &[&str] = &[
    "FROM",
    "RUN",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "WORKDIR",
    "EXPOSE",
];

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn is_dotted(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || "_-.\"$".contains(c))
}

fn is_variable(text: &str) -> bool {
    is_word(text)
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// `[table]` or `[[list]]`, with or without a comment.
fn is_header(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or_default().trim_end();
    let inner = line
        .strip_prefix('[')
        .and_then(|line| line.strip_suffix(']'));
    let inner = inner.map(|inner| {
        inner
            .strip_prefix('[')
            .and_then(|it| it.strip_suffix(']'))
            .unwrap_or(inner)
    });
    inner.is_some_and(|name| is_dotted(name.trim()) && !name.trim().starts_with('"'))
}

/// `key: value`, `key:` or `- element`.
fn is_yaml(line: &str) -> bool {
    if line == "---" || line.starts_with("- ") {
        return true;
    }
    let Some((key, value)) = line.split_once(':') else {
        return false;
    };
    let key = key.trim_matches(['"', '\'']);
    is_dotted(key) && (value.is_empty() || value.starts_with([' ', '\t'])) && !value.ends_with(',')
}

/// Five fields of a schedule and a command.
fn is_cron(line: &str) -> bool {
    let mut fields = line.split_whitespace();
    let is_field = |field: &str| {
        field.starts_with(|c: char| c.is_ascii_digit() || c == '*')
            && field
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "*/,-".contains(c))
    };
    let schedule = fields
        .by_ref()
        .take(5)
        .filter(|field| is_field(field))
        .count();
    schedule == 5 && fields.next().is_some()
}

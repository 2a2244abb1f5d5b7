//! Where YAML joins lines of a command that the shell would have to see as lines.
//!
//! A command may be long, and `>` is there to write it on several lines. So a line is taken for one
//! of its own only if joining breaks what is before it (a comment, a here-document, a script between
//! quotes) or if it starts as commands do and what is before it is whole and takes no commands as
//! arguments (`env`, `ssh`, `docker run` and the like do).

/// Commands whose arguments may be anything, commands and assignments included.
const TAKES_COMMANDS: &[&str] = &[
    "apk",
    "apt",
    "apt-get",
    "brew",
    "chroot",
    "chpst",
    "command",
    "dnf",
    "docker",
    "doas",
    "dumb-init",
    "find",
    "flock",
    "gosu",
    "kubectl",
    "make",
    "man",
    "nix",
    "nix-shell",
    "nomad",
    "nsenter",
    "npm",
    "npx",
    "parallel",
    "pip",
    "podman",
    "runuser",
    "setpriv",
    "setsid",
    "ssh",
    "strace",
    "su",
    "su-exec",
    "systemd-run",
    "tini",
    "type",
    "unshare",
    "watch",
    "which",
    "xargs",
    "yum",
];

/// Commands that run what follows them, with options of their own before it.
const PREFIXES: &[&str] = &[
    "env", "exec", "ionice", "nice", "nohup", "stdbuf", "sudo", "taskset", "time", "timeout",
];

/// Words that start a command, and seldom anything else first in a line.
const STARTS: &[&str] = &[
    ".", "case", "cd", "do", "done", "echo", "elif", "else", "esac", "exec", "exit", "export",
    "fi", "for", "function", "if", "local", "mkdir", "readonly", "return", "set", "shift",
    "source", "test", "then", "trap", "ulimit", "umask", "unset", "until", "wait", "while", "[",
    "[[", "}",
];

/// Well-known commands whose arguments are no text.
const COMMANDS: &[&str] = &[
    "awk", "bash", "cat", "chmod", "chown", "cp", "curl", "env", "git", "grep", "java", "kill",
    "ln", "mv", "node", "nohup", "perl", "printf", "python", "python3", "rm", "rsync", "ruby",
    "sed", "sh", "sleep", "sudo", "tar", "timeout", "touch", "wget",
];

/// Commands whose arguments are text.
const TAKES_TEXT: &[&str] = &["echo", "printf"];

/// Programs that run a text between quotes, in a language that has lines.
const INTERPRETERS: &[&str] = &[
    "ash", "bash", "dash", "ksh", "node", "python", "ruby", "sh", "su", "zsh",
];

/// A command that is read line by line.
#[derive(Debug, Default)]
pub(super) struct Folded<'a> {
    /// The words since the last operator of the shell, those between quotes included.
    words: Vec<&'a str>,
    /// The names that lines of assignments set, none if something else came.
    assigned: Vec<&'a str>,
    /// The quote that is open.
    quote: Option<char>,
    /// Whether a text that an interpreter runs is between the quotes.
    is_script: bool,
    /// How many parentheses after a `$` are open.
    depth: usize,
    /// Whether the last line has a comment, or any a here-document.
    comment: bool,
    here_document: bool,
}

impl<'a> Folded<'a> {
    /// Reads a line, which YAML joins to those before it; whether the shell needs `next` on a line of
    /// its own after it.
    pub(super) fn breaks(&mut self, line: &'a str, next: &str) -> bool {
        self.read(line);
        if self.comment || self.here_document || next.starts_with('#') && self.quote.is_none() {
            return true;
        }
        let line = line.trim_start_matches(['"', '\'']);
        if self.quote.is_some() {
            return self.is_script && !goes_on(line) && !continues(next);
        }
        if is_alone(line) && self.words.len() == line.split_whitespace().count() {
            return true;
        }
        if goes_on(line) || continues(next) {
            return false;
        }
        let last = line.rsplit(' ').next().unwrap_or_default();
        if ["do", "then", "else", "in"].contains(&last) {
            return false;
        }
        if self.uses_assigned(next) {
            return true;
        }
        self.is_whole(last) && self.starts_anew(last, next)
    }

    /// Reads a line that YAML keeps as one of its own.
    pub(super) fn keep(&mut self, line: &'a str) {
        self.read(line);
        self.words.clear();
        self.assigned.clear();
        self.here_document = false;
    }

    /// Takes a line in.
    fn read(&mut self, line: &'a str) {
        self.comment = false;
        let mut start = 0;
        let mut previous = ' ';
        for (at, c) in line.char_indices() {
            match (self.quote, c) {
                (Some(quote), _) if c == quote && (quote == '\'' || previous != '\\') => {
                    self.quote = None;
                    self.is_script = false;
                }
                (None, '"' | '\'') if previous != '\\' => {
                    self.word(&line[start..at]);
                    start = at;
                    self.is_script = self.runs_text();
                    self.quote = Some(c);
                }
                (None, '#') if previous.is_whitespace() && at > 0 => {
                    self.comment = true;
                    return;
                }
                (None, '(') if previous == '$' || self.depth > 0 => self.depth += 1,
                (None, ')') if self.depth > 0 => self.depth -= 1,
                (None, '|' | ';' | '&' | '(' | ')' | '{')
                    if self.depth == 0 && previous != '$' && previous != '>' =>
                {
                    self.words.clear();
                    self.assigned.clear();
                    start = at + c.len_utf8();
                }
                (None, '<') if previous == '<' => {
                    self.here_document |= starts_here_document(&line[..at], &line[at + 1..]);
                }
                (None, _) if c.is_whitespace() => {
                    self.word(&line[start..at]);
                    start = at + c.len_utf8();
                }
                _ => {}
            }
            previous = if previous == '\\' && c == '\\' {
                ' '
            } else {
                c
            };
        }
        self.word(&line[start..]);
    }

    fn word(&mut self, word: &'a str) {
        const BEFORE: &[&str] = &["!", "do", "elif", "else", "if", "then", "until", "while"];
        let word = word.trim();
        if BEFORE.contains(&word) {
            self.words.clear();
            self.assigned.clear();
            return;
        }
        if word.is_empty() {
            return;
        }
        if let Some(name) = assigned(word)
            && self.words.len() == self.assigned.len()
        {
            self.assigned.push(name);
        }
        self.words.push(word);
    }

    /// The words from the command's name on, without what only runs it.
    fn command(&self) -> &[&'a str] {
        let mut words = &self.words[..];
        let mut takes_value = false;
        while let Some((first, rest)) = words.split_first() {
            let is_argument = words.len() < self.words.len()
                && (takes_value || first.starts_with(|c: char| c == '-' || c.is_ascii_digit()));
            let runs = assigned(first).is_some() || PREFIXES.contains(&base_name(first));
            if !is_argument && !runs {
                break;
            }
            // `sudo -u www`
            takes_value = matches!(*first, "-u" | "-g");
            words = rest;
        }
        words
    }

    /// Whether a text between quotes that follows is run as a script.
    fn runs_text(&self) -> bool {
        let Some((last, before)) = self.words.split_last() else {
            return false;
        };
        let runs = |word: &&str| {
            let name = base_name(word);
            let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            INTERPRETERS.contains(&name)
        };
        *last == "eval"
            || last.starts_with('-') && last.ends_with(['c', 'e']) && before.iter().any(runs)
    }

    /// Whether all before is assignments, and `next` uses one of them: the shell fills it in before
    /// it assigns.
    fn uses_assigned(&self, next: &str) -> bool {
        let only = !self.words.is_empty() && self.words.len() == self.assigned.len();
        only && self.assigned.iter().any(|name| {
            next.match_indices('$').any(|(at, dollar)| {
                let rest = next[at + dollar.len()..].trim_start_matches('{');
                rest.strip_prefix(name).is_some_and(|rest| {
                    !rest.starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric())
                })
            })
        })
    }

    /// Whether what was read is a command that takes no others as arguments, `last` being its last
    /// word.
    fn is_whole(&self, last: &str) -> bool {
        let command = self.command();
        let name = command.first().map(|name| base_name(name));
        name.is_some_and(|name| !TAKES_COMMANDS.contains(&name))
            && !last.ends_with(['=', ',', ':', '<', '>'])
    }

    /// Whether `next` starts as a command does, after one that is whole.
    fn starts_anew(&self, last: &str, next: &str) -> bool {
        let command = self.command();
        let name = command.first().copied().unwrap_or_default();
        let word = next.split([' ', ';']).next().unwrap_or_default();
        if STARTS.contains(&word) {
            return true;
        }
        // The value of an option may be anything.
        if last.starts_with('-') && !last.contains('=') {
            return false;
        }
        if assigned(word).is_some() {
            return true;
        }
        if TAKES_TEXT.contains(&base_name(name)) {
            return word == name;
        }
        word == name
            || COMMANDS.contains(&word)
            || is_program(word) && is_program(name) && !is_interpreter(name)
            || base_name(name) == "sleep" && command.len() == 2
    }
}

/// Whether a line ends in the middle of a command.
fn goes_on(line: &str) -> bool {
    line.ends_with(['\\', ';', '&', '|', '{', '(', '[', ',', '=', '<', '>'])
}

/// Whether a line starts in the middle of a command.
fn continues(line: &str) -> bool {
    line.starts_with(['-', '|', '&', ';', '>', '<', ')', ']', ','])
}

/// Whether a `<<` that stands between these starts a here-document.
fn starts_here_document(before: &str, after: &str) -> bool {
    let word = after.trim_start_matches('-').trim_start();
    !before.contains("((")
        && !after.starts_with('<')
        && !before.ends_with("<<")
        && word.starts_with(|c: char| c == '_' || c.is_alphabetic() || "\"'\\".contains(c))
}

/// Whether a line is a whole command that takes nothing more: `set -e`, `cd /x`, `export PORT=80`.
fn is_alone(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    match first {
        "set" => words.all(|word| word.starts_with('-') || word == "pipefail"),
        "fi" | "done" | "esac" | "#!/bin/sh" | "#!/bin/bash" => words.next().is_none(),
        "cd" | "export" | "source" | "umask" => words.next().is_some() && words.next().is_none(),
        _ => line.starts_with('#'),
    }
}

/// The name that a word `NAME=VALUE` assigns to.
fn assigned(word: &str) -> Option<&str> {
    let (name, _) = word.split_once('=')?;
    let legal = |c: char| c == '_' || c.is_ascii_uppercase() || c.is_ascii_digit();
    let is_name = name.chars().all(legal) && !name.starts_with(|c: char| c.is_ascii_digit());
    (!name.is_empty() && is_name).then_some(name)
}

/// Whether a word is likely to be the path of a program, not of a file.
fn is_program(word: &str) -> bool {
    let (directory, name) = word.rsplit_once('/').unwrap_or_default();
    let is_script = [".sh", ".py"].iter().any(|end| name.ends_with(end));
    (directory == "." || directory.ends_with("/bin")) && (is_script || !name.contains('.'))
}

/// Whether a program takes another's path as an argument.
fn is_interpreter(path: &str) -> bool {
    let name = base_name(path);
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    INTERPRETERS.contains(&name) || TAKES_COMMANDS.contains(&name) || COMMANDS.contains(&name)
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::Folded;

    /// Whether any of these lines has to stay one of its own.
    fn breaks(lines: &[&str]) -> bool {
        let mut folded = Folded::default();
        lines.windows(2).any(|pair| folded.breaks(pair[0], pair[1]))
    }

    #[test]
    fn scripts() {
        for lines in [
            &["cat <<E", "x", "E"][..],
            &["cat <<-'E' >f", "x", "E"],
            &["server start # in front", "--port 80"],
            &["python3 -c 'import os", "print(1)'"],
            &[
                "${pkgs.python}/bin/python3.11 -u -c 'import os",
                "print(1)'",
            ],
            &["bash -ec \"cd /x", "./run\""],
            &["./migrate", "./serve"],
            &["./migrate up", "./serve"],
            &["${pkgs.a}/bin/migrate", "${pkgs.b}/bin/serve --port 80"],
            &["cp a b", "cp c d"],
            &["cp a b", "rm c"],
            &["sleep 5", "server"],
            &["exec sleep 5", "server"],
            &["set -e", "server"],
            &["cd /srv", "server"],
            &["server", "echo done"],
            &["server --one", "# comment"],
            &["setup", "PORT=80 server"],
            &["PORT=80", "server --port $PORT"],
            &["export A=1", "serve"],
            &["if true; then", "a", "fi"],
            &["a | b", "echo c"],
        ] {
            assert!(breaks(lines), "{lines:?}");
        }
    }

    #[test]
    fn one_command() {
        for lines in [
            &["exec env", "FOO=1", "BAR=2", "server"][..],
            &["env -i", "FOO=1", "server"],
            &["FOO=1", "BAR=2", "server --x"],
            &["make", "CC=gcc", "all"],
            &["docker run", "-e", "FOO=1", "image"],
            &["run", "-e", "FOO=1", "image"],
            &["ssh host", "echo hi"],
            &["find . -exec", "echo {}", ";"],
            &["ls |", "xargs", "echo"],
            &["sudo -u www", "curl x"],
            &["make $(x) y", "CC=gcc"],
            &["timeout 5", "curl -f x"],
            &["nice -n 5", "sh -c 'a'"],
            &["java -jar", "./app.jar", "./data"],
            &["bash", "./run.sh"],
            &["cat", "/etc/a", "./b"],
            &["./serve --config", "./conf"],
            &["serve --one", "--two | tee", "log"],
            &["serve --a=$((1 << 2))", "two"],
            &["serve <<<", "two"],
            &["curl -d '{", "\"a\": 1,", "\"b\": 2", "}'"],
            &["psql -c 'select a", "from b", "where c'"],
            &["jq '.a |", ".b'"],
            &["sh -c 'a &&", "b'"],
            &["serve || {", "echo; }"],
            &["apt-get install", "curl", "git"],
            &["mkdir -p", "a", "b"],
        ] {
            assert!(!breaks(lines), "{lines:?}");
        }
    }
}

//! What `--help` and the manual say beyond the list of options.

use clap::Command;
use clap::builder::StyledStr;

use crate::diagnostic::render::wrap;

use super::terminal;

/// What jobc is.
pub(super) const ABOUT: &str = "\
Compiles job definitions into the JSON that Apache Aurora takes.

A definition says what a job runs, and which Nix packages and files that needs. The compiled job \
has each of them pinned by its store path, and for each process a step before it that fetches \
them, so that every node runs the same bytes. Mistakes that Aurora would report late or not at \
all are reported here, with the line that they are in.";

/// After `-h`.
pub(super) const SHORT: &str = "`jobc --help` explains definitions and names, with examples.";

/// What a name is.
macro_rules! names {
    () => {
        "\
A NAME is a job's name, its definition's directory or file, or its key
CLUSTER/ROLE/ENVIRONMENT/NAME. A PATTERN has `*`, `?` or `[...]` and is compared with keys,
or with names if it has no `/`; no `*` crosses a `/`."
    };
}

/// After `--help`: titles with text that is laid out already.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    (
        "Definitions",
        r#"A definition is a file `job.toml` in a directory of its own, or `NAME.job.toml` anywhere;
instead of `.toml` it may be `.json`, `.yaml` or `.yml`. It holds one job, or several as `jobs`:

  cluster = "devcluster"
  role = "www-data"
  environment = "devel"
  name = "hello"

  [[task.processes]]
  name = "hello"
  cmdline = "${pkgs.python}/bin/python3 ${./hello.py}"

  [task.resources]
  cpu = 0.5
  ram = "64 MB"
  disk = "64 MB"

  [packages]
  python = "nixpkgs#python3"

The words are Aurora's own. jobc adds `packages`, `${pkgs.NAME}` for the store path of one of
them, `${./file}` for that of a file beside the definition, and `after = ["other"]` for a
process that waits for another one.

Definitions are searched in the workspace: the nearest directory upward that has a `jobc.toml`,
or else the current one. Hidden directories, `target`, `lost+found`, links to directories, and
directories with a `jobc.toml` of their own are left out."#,
    ),
    ("Names", NAMES_AND_ALL),
    ("References", REFERENCES),
    ("Formats", FORMATS),
    ("Lints", LINTS),
    (
        "Examples",
        "\
jobc init demo && cd demo && jobc build hello
    Start a workspace and compile its job.
aurora job create --read-json $(jobc build hello)
    Compile a job and create it.
jobc build '*/*/prod/*' --print path
    Compile all jobs of production.
jobc push hello --to file:///srv/cache
    Publish what the job's nodes need, before it is created.
jobc lock
    Write down which store paths packages are.
jobc validate old/hello.json
    Check JSON for Aurora that was made otherwise.
jobc check --message-format short
    Check everything, a line for each problem.
jobc diff main
    Show what changes since `main`, and what that does to the cluster.
jobc run hello
    Run a job's processes on this machine.
jobc explain not-utf8
    Tell more about a kind of problem.",
    ),
    (
        "Exit status",
        "\
0  done
1  definitions are wrong; all their problems were printed
   (`ready`: something is absent; `why`: no job needs it; `diff`: something differs)
2  the machine could not, or the command line made no sense
   (`ready`: some cache could not be asked, and nothing is known to be absent; `diff`: something
   could not be compared)",
    ),
    (
        "Environment",
        "\
NO_COLOR           no colour; `--color` comes first
CLICOLOR_FORCE     colour even where there is no terminal
COLUMNS            how many columns text for people has, instead of the terminal's
GITHUB_WORKSPACE   the directory that `github`, `sarif` and `junit` name files relative to
NETRC              the file with passwords for binary caches, instead of ~/.netrc
http_proxy         the proxy for binary caches; also `https_proxy`, `all_proxy`, `no_proxy`, and
                   all of them in upper case
NIX_SSL_CERT_FILE  the authorities to trust, instead of the system's; or `SSL_CERT_FILE`",
    ),
    (
        "Files",
        "\
jobc.toml     the settings; marks the workspace
jobc.lock     which store paths packages are
.jobc/store   compiled jobs",
    ),
];

/// What a topic is called: its title in one word.
pub(super) fn topic(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}

/// The topics in a line.
pub(super) fn topics() -> String {
    let topics: Vec<String> = SECTIONS.iter().map(|(title, _)| topic(title)).collect();
    format!("Topics: {}", topics.join(", "))
}

/// What a name is.
pub(super) const NAMES: &str = names!();

/// The same, and what no name means.
const NAMES_AND_ALL: &str = concat!(
    names!(),
    "\n
A command for any number of jobs, `build`, `push`, `check`, `ready`, `list` or `snapshot`, is for
all of the workspace unless some are named; so is `lock` for packages, and `diff` and `why` without
`--job`. `--all` says so. `show`, `graph` and `run` are for one job.

A `-` is standard input, for `validate`, `run`, `diff`, and the sides of `why`."
);

/// What commands may refer to.
const REFERENCES: &str = "\
In a command (`cmdline`, `shell_command`), jobc replaces

${pkgs.NAME}        the store path of a package
${./file}           that of a file or directory beside the definition; `../` leads upward
${expanded ./file}  the path of a copy in which `{{...}}` are filled in when the process starts

and Aurora replaces `{{...}}`: `{{thermos.ports[http]}}`, `{{mesos.instance}}`, and fields of the
definition. Every other `${...}` is the shell's. `$${` stands for a literal `${`.";

/// How results and problems are printed.
const FORMATS: &str = "\
`--format` is how the result of a command is printed, on standard output: `text` everywhere;
`json` of `diff`, `list`, `push --dry-run`, `ready`, `show`, `snapshot --check` and `why`;
`markdown` of `diff` and `snapshot --check`; `dot`, `mermaid` and `svg` of `graph`.

`--message-format` is how problems are printed, by every command: `text`, `short`, `json`,
`github`, `sarif` or `junit`. `jobc help check` says more about those for programs.

`jobc schema WHICH` prints the schemas of what is JSON.";

/// How lints are set.
const LINTS: &str = r#"A lint is a problem that need not be one. Its level is `allow`, `warn` or `deny`, in `jobc.toml`:

  [lints]
  no-op-health-check = "deny"

A job or a process of a definition waives one in place, and says why:

  waive = { literal-secret = "a default that everybody knows" }

`jobc explain` lists all of them with their levels; `--deny-warnings` takes warnings for errors."#;

/// After `build --help`.
pub(super) const BUILD: &str = "\
Examples:
  aurora job create --read-json $(jobc build hello)
  jobc build www/job.toml --stdout
  jobc build 'devcluster/*/prod/*' --print key
  jobc build --out compiled
  aurora job create $(jobc build hello --target aurora-config)";

/// After `check --help`.
pub(super) const CHECK: &str = "\
Formats for programs:
  json    a line for each problem; its schema is `jobc schema messages`
  github  workflow commands. GitHub shows 10 errors and 10 warnings of a step beside the changes;
          the log of the step has all
  sarif   a SARIF 2.1.0 log; columns count code points
  junit   a JUnit report: a suite for each file, a case for each job, warnings as its output
  All of it goes to standard output, also if there are errors; what is the machine's fault and no
  definition's is in it, and on standard error as well. Names of files are relative to
  GITHUB_WORKSPACE, if that is set and the current directory is below it, or else to the current
  directory.

Examples:
  jobc check 'devcluster/*/prod/*' --deny-warnings
  jobc check --message-format github
  jobc check --message-format sarif > jobc.sarif";

/// After `push --help`.
pub(super) const PUSH: &str = "\
Examples:
  jobc push hello --to file:///srv/cache
  jobc push --to file:///srv/cache --key-file cache.sec --compression zstd
  jobc push 'devcluster/*/prod/*' --to 's3://cache?region=eu-west-1' --dry-run
  jobc push --to file:///srv/cache --without-packages";

/// After `validate --help`.
pub(super) const VALIDATE: &str = "\
In a format for programs, the problems are printed on standard output: see `jobc check --help`.

Exit status:
  0  all files are valid
  1  something is wrong with them
  2  a file could not be read, or the command line made no sense

Examples:
  jobc validate compiled/hello.json
  jobc validate jobs/ --message-format short
  jobc validate jobs/ --message-format junit > jobs.xml
  generate | jobc validate - --as-client
  jobc validate topology.json --bind CPUS=1.5 --bind INSTANCES=3";

/// After `lock --help`.
pub(super) const LOCK: &str = "\
Installables:
  nixpkgs#python3             an attribute of a flake, as Nix itself has it
  .#tool, ./dir#tool          of a flake in the workspace
  github:NixOS/nixpkgs#hello  of a flake elsewhere; `REFERENCE` alone is its default package
  python3Packages.requests    an attribute of `<nixpkgs>`, which the setting `nixpkgs` pins
  ./nix/pkgs.nix#tool         an attribute of a Nix file; `./tool.nix` alone is all of it
  nixpkgs#openssl^bin         an output, where not the one that `${openssl}` is in Nix
  Paths are relative to the file that says them, and to the workspace in `jobc.lock`. Store paths are
  locked, too, for their closures.

Files of the workspace:
  For a package of `./pkgs.nix` or `./dir#tool`, the lock has a hash of the files that say what it
  is: of the Nix file, or the flake and its `flake.lock`, and of what these name by relative paths
  such as `./a.nix`, and so on. When one of them has changed, `jobc lock` asks Nix again, and
  `jobc lock --check` says so. A directory counts by its `default.nix`. Sources in directories,
  files out of the workspace, paths that Nix works out, and `<nixpkgs>` do not count;
  `jobc lock --update` asks Nix.

Conflicts:
  Where git left the marks of a conflict in `jobc.lock`, `jobc lock` reads both sides and writes the
  lock whole. It keeps what both sides say and what only one of them changed, and asks again only
  for the packages that they disagree about, which it names.

Examples:
  jobc lock
  jobc lock --update python
  jobc lock --system x86_64-linux --system aarch64-linux
  jobc lock --check
  jobc lock python=/nix/store/HASH-python3-3.12.8 --from-cache https://cache.nixos.org";

/// After `ready --help`.
pub(super) const READY: &str = "\
Examples:
  jobc ready hello && aurora job create --read-json $(jobc build hello)
  jobc ready '*/*/prod/*' --format json

Exit status:
  0  all of it is there
  1  some of it is absent, of no use, or other than the lock says; definitions that are wrong are 1
     as well
  2  nothing is known to be absent, and for some of it a cache could not be asked";

/// After `show --help`.
pub(super) const SHOW: &str = "\
Values that the definition does not say are marked as defaults. Times are worked out as Aurora's
executor and scheduler count: the first health check is made when the task starts, failures during
the grace period are not counted, and a window goes from checks that take no time to checks that
take their whole timeout. An update at best is one whose instances are healthy at once; it takes
longer by the time that instances take to stop, to be placed and to fetch what they need.

Examples:
  jobc show hello
  jobc show devcluster/www/prod/hello --format json";

/// After `diff --help`.
pub(super) const DIFF: &str = "\
A word that begins with `./`, `../` or `/` is a path, and `HEAD` is the last commit. Any other word is a
revision or a path, whichever is there, and an error if both are: a branch cannot say what it is
compared with. `git:REVISION` and `path:PATH` say which.

Definitions that do not compile on one side are told, and everything else is compared.

Nothing that a git repository configures is run: no filter, no hook, no watcher. A pointer of Git LFS
stands for its content where that is in the repository or in the working tree; a file that another
filter would write is compared as git keeps it, unless the working tree has it unchanged. Where that may
matter, a warning says so. Objects that only a server has are not fetched.

What an update does is told by Aurora's rules: any difference of a task's configuration, defaults
filled in, restarts its instances; `instances` and `update_config` are no part of it.

Examples:
  jobc diff
  jobc diff main --job '*/*/prod/*'
  jobc diff v1.2 v1.3 --format markdown
  jobc diff snapshots .
  jobc build hello --stdout | jobc diff compiled/hello.json -

Exit status:
  0  no job differs
  1  some do
  2  something could not be compared, because definitions of a side are wrong or the machine could not;
     all else was compared and printed";

/// After `snapshot --help`.
pub(super) const SNAPSHOT: &str = "\
Line endings are LF; a checkout that made CRLF of them is current as well. Files in the directory
that are no snapshots stay, and links are not followed.

Exit status:
  0  all are current, or were written
  1  `--check`: some are not; definitions that are wrong are 1 as well
  2  the machine could not, or the command line made no sense

Examples:
  jobc snapshot
  jobc snapshot --check
  jobc snapshot hello '*/*/prod/*'";

/// After `why --help`.
pub(super) const WHY: &str = "\
Examples:
  jobc why openssl
  jobc why /nix/store/HASH-glibc-2.40 --job '*/*/prod/*'
  jobc why files/server.conf --full
  jobc why web HEAD~3
  jobc why web main snapshots

Exit status:
  0  some job needs it (a warning says where more may be unknown); a job was compared, and
     what changed was told, if anything did
  1  no job needs it; definitions that are wrong are 1 as well, and what the others need is printed
  2  no job is known to need it, but what some store paths refer to is unknown; with OLD, something
     could not be compared";

/// After `graph --help`.
pub(super) const GRAPH: &str = "\
A step's stage is the number of steps that have to succeed before it, plus one. The longest chain
is marked where the task waits for more than that: nobody knows how long steps take, so it is the
chain of most steps, and among chains of as many, the one with most bytes to fetch. Neither
ephemeral processes nor daemons count, as no task waits for them; final processes have a chain of
their own.

Examples:
  jobc graph hello
  jobc graph hello --closures
  jobc graph hello --format svg > hello.svg
  jobc graph hello --format dot | dot -Tpng -o hello.png
  jobc graph devcluster/www/prod/hello --format mermaid";

/// After `run --help`.
pub(super) const RUN: &str = "\
The logs are where Thermos puts them, DIR/.logs/PROCESS/RUN/{stdout,stderr}. An interrupt (Ctrl-C),
SIGTERM or SIGHUP ends the task as a kill on a node does: processes get SIGTERM, final processes
run, and what is left after a minute is killed. Another one, a second later or more, kills at once.

What commands name of the store is there before anything starts. The files of the workspace are
added to the store by Nix, where this user can use one, and packages that are absent are fetched.
Otherwise the files go into a private directory, which processes see at the store's path in a mount
namespace of their own, next to all that the store has; where the kernel grants none, commands are
given the directory's path. A package that is absent then is an error, unless no command names it.
No cache is asked for what the workspace has. Steps that fetch, `nix_init_...` and `nix_fetch_...`,
count as done where nothing is left for them.

Processes end with jobc, also if it is killed itself; only what has then left its process group
stays.

Exit status:
  0  the task succeeded
  1  the task failed or was killed, or the definitions are wrong
  2  the machine could not, or the command line made no sense

Examples:
  jobc run hello
  jobc run hello --realise never --port http=8080 --instance 2
  jobc run compiled/hello.json --sandbox /tmp/hello";

/// After `completions --help`.
pub(super) const COMPLETIONS: &str = "\
Examples:
  jobc completions bash > ~/.local/share/bash-completion/completions/jobc
  jobc completions zsh > ~/.zfunc/_jobc
  jobc completions fish > ~/.config/fish/completions/jobc.fish";

/// Stands for a blank that is no place to break a line.
const HELD: char = '\u{a0}';

/// The command with help that keeps code whole on a narrow terminal, and its texts laid out for that.
/// What is not shown on one stays as it is.
pub(super) fn fitted(command: Command) -> Command {
    match terminal::seen() {
        Some(columns) if columns < COLUMNS => narrow(command, columns).term_width(columns),
        _ => command,
    }
}

/// The columns that texts here are laid out for.
const COLUMNS: usize = 100;

fn narrow(command: Command, columns: usize) -> Command {
    let mut command = command.mut_args(|mut argument| {
        if let Some(help) = argument.get_help().map(held) {
            argument = argument.help(help);
        }
        if let Some(help) = argument.get_long_help().map(held) {
            argument = argument.long_help(help);
        }
        argument
    });
    if let Some(about) = command.get_long_about().map(held) {
        command = command.long_about(about);
    }
    if let Some(text) = command.get_after_long_help() {
        let text = sections(&text.to_string(), columns).replace(' ', &HELD.to_string());
        command = command.after_long_help(text);
    }
    command.mut_subcommands(|command| narrow(command, columns))
}

/// A help text of paragraphs and of titled sections, whose bodies are indented, in so many columns.
fn sections(text: &str, columns: usize) -> String {
    let mut done = String::new();
    let mut rest = text.lines().peekable();
    while let Some(line) = rest.next() {
        if line.is_empty() {
            done.push('\n');
            continue;
        }
        let is_title = line.ends_with(':')
            && !line.starts_with(' ')
            && rest.peek().is_some_and(|next| next.starts_with(' '));
        let mut body = Vec::new();
        let belongs = |next: &&str| is_title == (next.is_empty() || next.starts_with(' '));
        while let Some(next) = rest.next_if(belongs) {
            body.push(next.strip_prefix(INDENT).unwrap_or(next));
        }
        if !is_title {
            let text = [&[line], &*body].concat().join("\n");
            done.push_str(&wrap::document(&text, columns));
            continue;
        }
        done.push_str(line);
        done.push('\n');
        let ending = body.iter().rev().take_while(|line| line.is_empty()).count();
        body.truncate(body.len() - ending);
        let title = line.trim_end_matches(':');
        for line in section(title, &body.join("\n"), columns - INDENT.len()).lines() {
            done.push_str(if line.is_empty() { "" } else { INDENT });
            done.push_str(line);
            done.push('\n');
        }
        done.push_str(&"\n".repeat(ending));
    }
    done
}

/// What the body of a section is indented by.
const INDENT: &str = "  ";

/// The body of a section in so many columns. Examples are command lines, which stay whole, each with
/// what it does below it.
fn section(title: &str, body: &str, columns: usize) -> String {
    if title != "Examples" {
        return wrap::document(body, columns);
    }
    let mut text = String::new();
    for line in body.lines() {
        if let Some(what) = line.strip_prefix("    ") {
            for line in wrap::prose(what, columns.saturating_sub(4)).lines() {
                text.push_str("    ");
                text.push_str(line);
                text.push('\n');
            }
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// The text of a topic as this terminal shows it.
pub(super) fn on_topic(title: &str, text: &str) -> String {
    match terminal::seen() {
        Some(columns) => section(title, text, columns),
        None => format!("{text}\n"),
    }
}

/// A help text in which code is not broken.
fn held(text: &StyledStr) -> String {
    let mut in_code = false;
    let hold = |character| match character {
        '`' => {
            in_code = !in_code;
            '`'
        }
        ' ' if in_code => HELD,
        other => other,
    };
    text.to_string().chars().map(hold).collect()
}

/// A text that clap has laid out, as it is printed.
pub(super) fn released(text: &str) -> String {
    text.replace(HELD, " ")
}

/// The help on a command.
pub(super) fn text(command: &mut Command) -> String {
    let mut command = fitted(command.clone());
    released(&command.render_long_help().to_string())
}

/// All sections as clap prints them.
pub(super) fn long() -> String {
    let mut text = String::new();
    for (title, body) in SECTIONS {
        text.push_str(title);
        text.push_str(":\n");
        for line in body.lines() {
            text.push_str(if line.is_empty() { "" } else { "  " });
            text.push_str(line);
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

//! What `--help` and the manual say of jobc as a whole.

/// What jobc is.
pub(crate) const ABOUT: &str = "\
Compiles job definitions into the JSON that Apache Aurora takes.

A definition says what a job runs, and which Nix packages and files that needs. The compiled job \
has each of them pinned by its store path, and for each process a step before it that fetches \
them, so that every node runs the same bytes. Mistakes that Aurora would report late or not at \
all are reported here, with the line that they are in.";

/// After `-h`.
pub(crate) const SHORT: &str = "`jobc --help` explains definitions and names, with examples.";

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
pub(crate) const SECTIONS: &[(&str, &str)] = &[
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

What several jobs have in common is written once. `environments` makes a job of each of its
tables; `jobs` and `processes` may be tables by name, in the order written:

  name = "hello"
  instances = 1
  task.processes.hello.cmdline = "sh hello.sh"

  [environments.devel]

  [environments.prod]
  instances = 3

`defaults`, beside `jobs` or in `jobc.toml`, has fields for all jobs of the file or workspace.
Lowest first, a job is laid from the workspace's defaults, the file's, and its own fields; then
from what each of these three has in `environments` of the job's environment. Tables merge,
processes merge by name and metadata by key, and any other value replaces the one below.
`unset = ["task.processes.hello.max_failures"]` takes out what lower layers say. Fields at the top
that begin with `x-` hold YAML's anchors. `jobc show` says which layer a value comes from.

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
pub(crate) fn topic(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}

/// The topics in a line.
pub(crate) fn listed() -> String {
    let topics: Vec<String> = SECTIONS.iter().map(|(title, _)| topic(title)).collect();
    format!("Topics: {}", topics.join(", "))
}

/// What a name is.
pub(crate) const NAMES: &str = names!();

/// The same, and what no name means.
const NAMES_AND_ALL: &str = concat!(
    names!(),
    "\n
A command for any number of jobs, `build`, `push`, `check`, `ready`, `list` or `snapshot`, is for
all of the workspace unless some are named; so is `lock` for packages, and `diff` and `why` without
`--job`. `--all` says so. `show` and `graph` are for one job, `run` for those that are named.

A `-` is standard input, for `validate`, `run`, `diff`, and the sides of `why`."
);

/// What commands may refer to.
const REFERENCES: &str = "\
In a command (`cmdline`, `shell_command`, `ready.command`), and in the `env`, `path` and `directory` of a process, jobc
replaces

${pkgs.NAME}        the store path of a package
${./file}           that of a file or directory beside the definition; `../` leads upward
${expanded ./file}  the path of a copy in which references are filled in when the process starts;
                    in commands only

and, there and in every text that is filled in, what only the node knows:

${ports.NAME}       the number of a port, as `{{thermos.ports[NAME]}}`
${job.instance}     the number of the instance, as `{{mesos.instance}}`
${job.host}         the name of the node, as `{{mesos.hostname}}`
${job.task_id}      what the scheduler calls this run, as `{{thermos.task_id}}`

and Aurora replaces `{{...}}`: `{{thermos.ports[http]}}`, `{{mesos.instance}}`, and fields of the
definition. Every other `${...}` of a command is the shell's; elsewhere it is literal. `$${` stands
for a literal `${`.";

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

/// All sections as clap prints them.
pub(crate) fn long() -> String {
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

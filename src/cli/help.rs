//! What `--help` says beyond the list of options.

/// What jobc is.
pub(super) const ABOUT: &str = "\
Compiles job definitions into the JSON that Apache Aurora takes.

A definition says what a job runs, and which Nix packages and files that needs. The compiled job \
has each of them pinned by its store path, and for each process a step before it that fetches \
them, so that every node runs the same bytes. Mistakes that Aurora would report late or not at \
all are reported here, with the line that they are in.";

/// After `-h`.
pub(super) const SHORT: &str = "`jobc --help` explains definitions and names, with examples.";

/// After `--help`.
pub(super) const LONG: &str = "\
Definitions:
  A definition is a file `job.toml` in a directory of its own, or `NAME.job.toml` anywhere; it may
  as well be `.json`, `.yaml` or `.yml`. It holds one job, or several as `jobs`:

    cluster = \"devcluster\"
    role = \"www-data\"
    environment = \"devel\"
    name = \"hello\"

    [[task.processes]]
    name = \"hello\"
    cmdline = \"${pkgs.python}/bin/python3 ${./hello.py}\"

    [task.resources]
    cpu = 0.5
    ram = \"64 MB\"
    disk = \"64 MB\"

    [packages]
    python = \"nixpkgs#python3\"

  The words are Aurora's own. jobc adds `packages`, `${pkgs.NAME}` for the store path of one,
  `${./file}` for that of a file beside the definition, and `after = [\"other\"]` on a process.

  Definitions are searched in the workspace: the nearest directory upward that has a `jobc.toml`,
  or else the current one. Hidden directories, `target` and links to directories are left out.

Names:
  A NAME is a job's name, its definition's directory or file, or its key
  CLUSTER/ROLE/ENVIRONMENT/NAME. A PATTERN has `*`, `?` or `[...]` and is compared with keys, or
  with names if it has no `/`. No `*` crosses a `/`.

Examples:
  jobc init demo && cd demo && jobc build hello
      Start a workspace and compile its job.
  aurora job create --read-json $(jobc build hello)
      Compile a job and create it.
  jobc build '*/*/prod/*' --print path
      Compile all jobs of production.
  jobc check --message-format short
      Check everything, a line for each problem.
  jobc explain not-utf8
      Tell more about a problem.

Exit status:
  0  done
  1  definitions are wrong; all their problems were printed
  2  the machine could not, or the command line made no sense

Environment:
  NO_COLOR, CLICOLOR_FORCE  turn colour off or on; `--color` comes first

Files:
  jobc.toml    the settings; marks the workspace
  jobc.lock    which store paths packages are
  .jobc/store  compiled jobs";

/// After `build --help`.
pub(super) const BUILD: &str = "\
Examples:
  aurora job create --read-json $(jobc build hello)
  jobc build www/job.toml --stdout
  jobc build 'devcluster/*/prod/*' --print key
  jobc build --all --out compiled";

/// What a name is, on the argument itself.
pub(super) const NAMES: &str = "\
The jobs: names or patterns.

A name is a job's name, its definition's directory or file, or its key \
CLUSTER/ROLE/ENVIRONMENT/NAME. A pattern has `*`, `?` or `[...]` and is compared with keys, or with \
names if it has no `/`. No `*` crosses a `/`.";

/// After `completions --help`.
pub(super) const COMPLETIONS: &str = "\
Examples:
  jobc completions bash > ~/.local/share/bash-completion/completions/jobc
  jobc completions zsh > ~/.zfunc/_jobc
  jobc completions fish > ~/.config/fish/completions/jobc.fish";

//! Problems of commands.

crate::diagnostic::declare_codes! {
    /// A `${...}` in a command starts like a reference to a package or file, but is none.
    /// References are `${pkgs.NAME}`, `${./path}`, `${../path}` and `${expanded ./path}`, each on
    /// one line.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "cat ${/etc/motd}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "cat /etc/motd" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// None of these is a legal expansion of the shell, whose own `${...}` passes untouched. Neither is
    /// `${` before a blank, or before a word and a dot or a blank (`${packages.x}`, `${run.sh}`,
    /// `${ pkgs.x }`): bash dies of it, so that it is an error, too, but between single quotes and in
    /// here-documents with a quoted word (`'-Durl=${server.port}'`), where it is another program's
    /// text. `$${` is a literal `${`.
    ///
    /// `${ports.NAME}`, `${job.instance}`, `${job.host}` and `${job.task_id}` are jobc's in every text that is
    /// filled in, and in files that are expanded, whatever quotes are around them. Names of ports have
    /// letters, digits, `_` and `-`. `${filled FILE}` and `${collect KIND}` are kept for later.
    BAD_REFERENCE = "bad-reference", Error, "a reference in a command that is not well-formed";

    /// `${expanded ./file}` stands for a path that is only known on the node, so the command gets
    /// it from a variable of the shell. Between single quotes the shell leaves variables alone, and
    /// the command would see the variable's name.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --config='${expanded ./serve.yml}'" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --config=\"${expanded ./serve.yml}\"" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    QUOTED_EXPANSION = "quoted-expansion", Error, "an expanded file between single quotes";

    /// `${expanded ./file}` fills in a copy of the file when its process starts. A health check is
    /// no process of its own: nothing starts before it that could do so. The values of `env`, `path` and
    /// `directory` are set before the command that makes the copy.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// health_check_config.health_checker.shell.shell_command = "check ${expanded ./check.yml}"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// health_check_config.health_checker.shell.shell_command = "check ${./check.yml}"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    MISPLACED_EXPANSION = "misplaced-expansion", Error, "an expanded file where none can be made";

    /// A command holds the character NUL, which ends every argument that a program is given: no
    /// shell can be given such a command.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "printf \u0000" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = 'printf \\0' }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NUL_IN_COMMAND = "nul-in-command", Error, "a command with a NUL character";

    /// A command is empty or white space. The shell takes it, does nothing and succeeds.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "true" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A process that does nothing on purpose says so with `true`.
    EMPTY_COMMAND = "empty-command", Warn, "a command that does nothing";

    /// An output of a package has a hash of its own: what follows the path of another output does not lead
    /// to it. The lock has no such path, and no node will.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "gdb -s ${pkgs.python}-debug ${pkgs.python}/bin/python3" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Declare the output as a package of its own, `"nixpkgs#python3^debug"`, and lock it:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// [packages]
    /// python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7"
    /// python-debug = "/nix/store/q41nkp3p684xyjlnv02f8hnid234z4n8-python3-3.13.7-debug"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "gdb -s ${pkgs.python-debug} ${pkgs.python}/bin/python3" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNKNOWN_OUTPUT = "unknown-output", Warn, "a path made of a package and more of a name";
}

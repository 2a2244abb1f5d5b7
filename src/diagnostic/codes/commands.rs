//! Problems of command lines and of the packages that they name.

super::super::code::declare_codes! {
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
    /// `${ports.NAME}`, `${job.FIELD}`, `${filled FILE}` and `${collect KIND}` are kept for later.
    BAD_REFERENCE = "bad-reference", Error, "a reference in a command that is not well-formed";

    /// A command names a package that is declared neither in the job's `packages`, nor in those of
    /// its file, nor in those of `jobc.toml`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python3 -m http.server" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python3 -m http.server" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNKNOWN_PACKAGE = "unknown-package", Error, "a package that is not declared";

    /// A package is declared, but no command names it, so that no node fetches it. It is a
    /// leftover, or a command calls the program without `${pkgs.NAME}` and takes whatever the node
    /// happens to have.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "python3 -m http.server" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python3 -m http.server" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNUSED_PACKAGE = "unused-package", Warn, "a package that no command names";

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
    /// no process of its own: nothing starts before it that could do so.
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

    /// A text has what looks like a reference, and nobody reads it there:
    ///
    /// - a package that is named otherwise than by `${pkgs.NAME}`: `$pkgs.python`, `${pkgs[python]}`,
    ///   `$(pkgs.python)`;
    /// - what the agent knows, named as a variable of the shell: `$mesos.instance`;
    /// - `${pkgs.NAME}`, `${./file}` and the like in a field that is no command;
    /// - a `{{...}}` with a brace too few: `{{thermos.ports[http]}`;
    /// - spellings of long ago: `%port:http%`, `%shard_id%`, `%task_id%`;
    /// - any of these, or `${pkgs.NAME}` and `${./file}`, in a file that is named by `${expanded ./file}`:
    ///   only `{{...}}` is filled in there.
    ///
    /// The program gets the text as it is, or with nothing in its place.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "$pkgs.python/bin/python3 -m http.server {{thermos.ports[http]}}" },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "${pkgs.python}/bin/python3 -m http.server {{thermos.ports[http]}}" },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNREAD_REFERENCE = "unread-reference", Deny, "what looks like a reference and is none";
}

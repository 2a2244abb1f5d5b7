//! Problems of what commands and files say that is neither a reference nor a template.

super::super::code::declare_codes! {
    /// A password, token or private key stands in the definition or in a file that it imports. Everybody
    /// who can reach the scheduler may read a job's JSON, everybody on a node may read its store, and
    /// version control never forgets.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "DB_PASSWORD=hunter2 serve" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Keep it in a file that only the node has, and name its place:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "DB_PASSWORD=$(cat /etc/hello/password) serve" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Looked at are commands, metadata, parameters of Docker, the executor's data and links, and the
    /// text of imported files of up to 128 KiB. Secrets are known
    ///
    /// - by what their makers give them: prefixes of tokens, blocks of private keys, addresses of web hooks, secret keys of Nix, the password in a URL, `Basic` and `Bearer` in a header;
    /// - by what they are called: `password=`, `--token`, `"api_key":`, `<password>`, a `name` with the `value` beside it, a block of YAML, `requirepass`;
    /// - by the program that takes them, read as the shell reads it: `curl -u USER:...`, `mysql -p...`, `sshpass -p`, `docker login -p`, `htpasswd -b`, `openssl ... pass:...`, `echo ... | sudo -S`, behind `sudo`, `env` and `sh -c`, too;
    /// - by the format of a file: `.netrc`, `.pgpass`, `htpasswd`.
    ///
    /// What refers to something (`$TOKEN`, `{{role}}`, `/etc/token`), obviously stands for something
    /// (`<password>`, `changeme`) or only names it (`my-secret`) is none. No message, report or comparison
    /// shows a secret, whatever it is about and whether this lint is allowed or waived: `*` stands for it.
    LITERAL_SECRET = "literal-secret", Deny, "a secret that is written out";

    /// A command has a store path written out that is not one of the packages that the job may name. It is
    /// fetched all the same, but nobody sees it where packages are declared, `jobc lock` does not know
    /// its closure, and the next update of the packages leaves it behind.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7/bin/python3" },
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
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python3" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNDECLARED_STORE_PATH = "undeclared-store-path", Warn, "a store path that no package declares";

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

    /// The path of a Unix socket has at most 107 bytes. The path of a sandbox alone has more than 200, so
    /// that no socket can be made in it by its whole path.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --socket=$PWD/http.sock" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A path that is relative to the sandbox is short:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --socket=http.sock" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// So is one below `/tmp`: `d=$(mktemp -d) && serve --socket="$d/http.sock"`.
    LONG_SOCKET_PATH = "long-socket-path", Warn, "a path that is too long for a socket";

    /// An unquoted text of YAML ends where ` #` begins a comment. In a command, that is rarely meant: the
    /// rest of it is gone without a word.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: serve --title Report #1 --fast
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: "serve --title 'Report #1' --fast"
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// Other texts than commands are looked at if no blank follows the `#`.
    YAML_COMMENT = "yaml-comment", Warn, "a text that ends where a comment of YAML begins";

    /// A number of YAML starts with a zero. It is decimal to YAML 1.2, and so to jobc, but octal to
    /// YAML 1.1, which many programs read.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// instances: 010
    /// task:
    ///   processes: [{ name: hello, cmdline: echo hello }]
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// instances: 10
    /// task:
    ///   processes: [{ name: hello, cmdline: echo hello }]
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// `0o10` is octal to both.
    YAML_OCTAL = "yaml-octal", Warn, "a number of YAML with a leading zero";

    /// The lines of a command are joined to one: YAML does so after `>`, between quotes, and in text
    /// without either. Commands that are written below each other become one, and a comment takes all
    /// that follows with it.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: >
    ///         set -e
    ///         echo hello
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: |
    ///         set -e
    ///         echo hello
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// One long command on several lines is what `>` is for: nothing is said about it, unless one of its
    /// lines ends with a backslash, which then quotes a blank, or has a comment, which then hides the
    /// lines after it. A here-document and a script between quotes lose their lines, too.
    YAML_FOLDED = "yaml-folded", Warn, "a script whose lines YAML joins";

    /// An unquoted text of YAML begins with `&`, so that its first word is an anchor, and not a part of
    /// the text; and no alias uses the anchor.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: &1 echo hello
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes:
    ///     - name: hello
    ///       cmdline: "&1 echo hello"
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    YAML_ANCHOR = "yaml-anchor", Warn, "a text whose first word is an anchor that nothing uses";
}

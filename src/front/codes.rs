//! Problems of texts that are not well-formed, or that jobc does not read.

crate::diagnostic::declare_codes! {
    /// The file is larger than 64 MiB, so it is not read at all.
    ///
    /// A definition has a few kilobytes. A file of this size is most likely an artifact that got a
    /// definition's name.
    ///
    /// ```text
    /// hello_world/job.json: larger than 64 MiB
    /// ```
    ///
    /// Move the file out of the workspace, or split it. Data that a process needs goes into a file
    /// of its own, which the command names as `${./data.bin}`.
    FILE_TOO_LARGE = "file-too-large", Error, "the file is too large to be a definition";

    /// The file has bytes that are not UTF-8, the encoding of all definitions.
    ///
    /// Guessing another encoding would compile different text on different machines.
    ///
    /// ```text
    /// hello_world/job.toml:3:17: not UTF-8: found the byte 0xe9
    /// ```
    ///
    /// Convert the file, for instance with `iconv -f latin1 -t utf-8`.
    NOT_UTF8 = "not-utf8", Error, "the file is not UTF-8";

    /// A JSON or YAML file holds no value: it is empty, or has only white space and comments.
    ///
    /// An empty file is hardly ever what was meant; it is what a failed template or an interrupted
    /// download leaves behind. (An empty TOML file is an empty table.)
    ///
    /// ```yaml
    /// # to be written
    /// ```
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes: [{ name: hello, cmdline: echo hello }]
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    EMPTY_FILE = "empty-file", Error, "the file holds no value";

    /// The file has marks of a merge that version control could not finish: it says two things at
    /// once, and which of them is right only its authors know.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// <<<<<<< HEAD
    /// environment = "devel"
    /// =======
    /// environment = "prod"
    /// >>>>>>> topic
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Keep what is right, and remove the marks.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "prod"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    MERGE_CONFLICT = "merge-conflict", Error, "a merge of the file is not finished";

    /// The file does not follow the grammar of its format, so nothing in it was understood.
    ///
    /// JSON may have comments (`//` and `/* */`) and trailing commas; YAML is version 1.2; TOML is
    /// version 1.1.
    ///
    /// ```json
    /// { "name": "hello" "role": "www" }
    /// ```
    ///
    /// ```json
    /// {
    ///   "cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello",
    ///   "task": {
    ///     "processes": [{ "name": "hello", "cmdline": "echo hello" }],
    ///     "resources": { "cpu": 1, "ram": "64 MB", "disk": "64 MB" },
    ///   },
    /// }
    /// ```
    SYNTAX = "syntax", Error, "the file is not well-formed";

    /// A JSON string has half of a pair of surrogates: the code of no character.
    ///
    /// JSON writes characters beyond U+FFFF as two escapes, `\ud83d\ude00`. One of them alone means
    /// nothing, and no UTF-8 can carry it. Aurora's client takes it for a character all the same.
    ///
    /// ```json
    /// {
    ///   "cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello",
    ///   "task": {
    ///     "processes": [{ "name": "hello", "cmdline": "echo \ud83d" }],
    ///     "resources": { "cpu": 1, "ram": "64 MB", "disk": "64 MB" },
    ///   },
    /// }
    /// ```
    ///
    /// ```json
    /// {
    ///   "cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello",
    ///   "task": {
    ///     "processes": [{ "name": "hello", "cmdline": "echo \ud83d\ude00" }],
    ///     "resources": { "cpu": 1, "ram": "64 MB", "disk": "64 MB" },
    ///   },
    /// }
    /// ```
    LONE_SURROGATE = "lone-surrogate", Error, "half of a character";

    /// A table has the same key twice, or a TOML table is defined twice.
    ///
    /// Readers disagree about which of the two counts (the first, the last, or both merged), and
    /// the author of the second did not see the first. jobc goes on checking with the first one.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// name = "hello_world"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Remove or rename one of them.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    DUPLICATE_KEY = "duplicate-key", Error, "a key is defined twice";

    /// A number is infinite, not a number at all, or beyond what a 64-bit float can hold.
    ///
    /// The compiled job is JSON, which has no such numbers.
    ///
    /// ```toml
    /// [task.resources]
    /// cpu = inf
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 16, ram = "64 MB", disk = "64 MB" }
    /// ```
    NUMBER_OUT_OF_RANGE = "number-out-of-range", Error, "a number is not finite";

    /// Lists and tables are nested more than 128 levels deep.
    ///
    /// A job needs about eight levels. Anything deeper is a generator that ran away, or an attack
    /// on the stack of whatever reads the file.
    ///
    /// ```json
    /// [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
    /// ```
    ///
    /// ```json
    /// {
    ///   "cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello",
    ///   "task": {
    ///     "processes": [{ "name": "hello", "cmdline": "echo hello" }],
    ///     "resources": { "cpu": 1, "ram": "64 MB", "disk": "64 MB" },
    ///   },
    /// }
    /// ```
    TOO_DEEP = "too-deep", Error, "values are nested too deeply";

    /// A file has more than 4,000,000 values, or the aliases of a YAML file stand for more than
    /// 250,000.
    ///
    /// A few lines of aliases to lists of aliases can stand for more values than any machine can
    /// hold, as below.
    ///
    /// ```yaml
    /// a: &a [x, x, x, x, x, x, x, x, x, x]
    /// b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
    /// c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
    /// d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
    /// e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
    /// f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
    /// g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]
    /// ```
    ///
    /// Split a file that is really this large. Aliases for single values are fine:
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: &name hello
    /// task:
    ///   processes: [{ name: *name, cmdline: echo hello }]
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    TOO_MANY_VALUES = "too-many-values", Error, "a file has too many values";

    /// A TOML date or time stands where a value is.
    ///
    /// Nothing in a job is a date, and JSON has none, so it could only become text that depends on
    /// how jobc writes dates.
    ///
    /// ```toml
    /// [metadata]
    /// released = 2026-05-27
    /// ```
    ///
    /// Put quotes around it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo released 2026-05-27" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    TOML_DATE = "toml-date", Error, "a date has no meaning in a definition";

    /// A YAML alias (`*name`) has no anchor (`&name`) before it, or stands inside of what its
    /// anchor marks.
    ///
    /// Unquoted text that starts with `*` or `&` is read as an alias or an anchor: a glob pattern,
    /// for instance.
    ///
    /// ```yaml
    /// name: *.log
    /// ```
    ///
    /// Put quotes around text, or write the anchor before the alias.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes: [{ name: hello, cmdline: "*.sh" }]
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    YAML_ALIAS = "yaml-alias", Error, "a YAML alias stands for nothing";

    /// The merge key `<<` of a YAML mapping has neither a table nor a list of tables to merge.
    ///
    /// `<<: *name` gives a mapping the entries of the table with the anchor `&name`, and `<<: [*a, *b]` those
    /// of several. The mapping's own values win, wherever `<<` stands, and then those of the earlier table.
    ///
    /// ```yaml
    /// x-ram: &ram 64 MB
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes: [{ name: hello, cmdline: echo hello }]
    ///   resources:
    ///     <<: *ram
    ///     cpu: 1
    ///     disk: 64 MB
    /// ```
    ///
    /// Put the anchor on a table; a key at the top that begins with `x-` can hold it. Use an alias without
    /// `<<` for a whole value.
    ///
    /// ```yaml
    /// x-small: &small { cpu: 1, ram: 64 MB }
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// task:
    ///   processes: [{ name: hello, cmdline: echo hello }]
    ///   resources:
    ///     <<: *small
    ///     disk: 64 MB
    /// ```
    YAML_MERGE_KEY = "yaml-merge-key", Error, "a merge key of YAML without a table to merge";

    /// A YAML value has an explicit tag, such as `!!str` or `!include`.
    ///
    /// jobc knows the types of YAML's core schema from how a value is written and follows no other
    /// tags. Unquoted text that starts with `!` is read as a tag: Aurora's `!rack-a`, for instance.
    ///
    /// ```yaml
    /// constraints:
    ///   rack: !rack-a
    /// ```
    ///
    /// Put quotes around text. To make a string of a number, put quotes around that.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// constraints:
    ///   rack: "!rack-a"
    /// task:
    ///   processes: [{ name: hello, cmdline: echo hello }]
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    YAML_TAG = "yaml-tag", Error, "explicit YAML tags have no meaning in a definition";
}

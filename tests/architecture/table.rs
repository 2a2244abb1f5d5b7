//! Who may use whom, what never may, and what is owed: the lists of debts only shrink, because a debt
//! that is paid fails a test until it is taken out.

/// A module of the crate, with the modules that it may use.
pub type Row = (&'static str, &'static [&'static str]);

/// Leaves first: a module uses only what stands above it.
pub const ARROWS: &[Row] = &[
    ("beneath", &[]),
    ("source", &[]),
    ("store", &[]),
    ("vocabulary", &[]),
    ("secret", &[]),
    ("name", &[]),
    ("shell", &[]),
    ("nix", &[]),
    ("system", &[]),
    ("unnamed_file", &["beneath"]),
    ("scratch", &["beneath"]),
    ("diagnostic", &["source", "secret"]),
    ("git", &["system", "store", "diagnostic"]),
    ("cache", &["store", "diagnostic"]),
    ("model", &["store", "vocabulary", "name"]),
    (
        "template",
        &["source", "store", "vocabulary", "diagnostic", "model"],
    ),
    (
        "lint",
        &["source", "store", "vocabulary", "diagnostic", "model"],
    ),
    ("front", &["source", "diagnostic", "model"]),
    ("elaborate", &["source", "diagnostic", "model"]),
    (
        "rule",
        &[
            "name",
            "source",
            "vocabulary",
            "diagnostic",
            "model",
            "template",
            "lint",
        ],
    ),
    (
        "check",
        &[
            "name",
            "source",
            "vocabulary",
            "secret",
            "diagnostic",
            "model",
            "template",
            "lint",
            "rule",
        ],
    ),
    (
        "resolve",
        &[
            "name",
            "beneath",
            "source",
            "store",
            "shell",
            "vocabulary",
            "secret",
            "system",
            "diagnostic",
            "model",
            "template",
            "lint",
            "rule",
            "check",
        ],
    ),
    (
        "plan",
        &[
            "source",
            "store",
            "name",
            "diagnostic",
            "model",
            "template",
            "resolve",
        ],
    ),
    (
        "target",
        &[
            "source",
            "store",
            "name",
            "shell",
            "vocabulary",
            "diagnostic",
            "template",
            "lint",
            "rule",
            "plan",
        ],
    ),
    (
        "workspace",
        &[
            "beneath",
            "source",
            "store",
            "system",
            "diagnostic",
            "cache",
            "model",
            "lint",
            "front",
            "resolve",
        ],
    ),
    (
        "compile",
        &[
            "name",
            "source",
            "diagnostic",
            "model",
            "lint",
            "rule",
            "front",
            "elaborate",
            "check",
            "resolve",
            "plan",
            "target",
            "workspace",
        ],
    ),
    ("closure", &["store", "resolve", "plan"]),
    (
        "graph",
        &[
            "name",
            "model",
            "store",
            "vocabulary",
            "secret",
            "diagnostic",
            "resolve",
            "plan",
            "target",
            "closure",
        ],
    ),
    (
        "show",
        &[
            "source",
            "store",
            "vocabulary",
            "diagnostic",
            "model",
            "template",
            "check",
            "resolve",
            "plan",
            "target",
            "workspace",
            "compile",
            "closure",
            "graph",
        ],
    ),
    (
        "run",
        &["vocabulary", "secret", "diagnostic", "template", "plan"],
    ),
    (
        "diff",
        &[
            "store",
            "vocabulary",
            "secret",
            "diagnostic",
            "resolve",
            "plan",
            "target",
        ],
    ),
    (
        "validate",
        &[
            "source",
            "vocabulary",
            "diagnostic",
            "model",
            "template",
            "lint",
            "rule",
            "front",
            "check",
            "target",
        ],
    ),
    (
        "why",
        &[
            "name",
            "model",
            "source",
            "store",
            "diagnostic",
            "resolve",
            "plan",
            "diff",
        ],
    ),
    (
        "schema",
        &["diagnostic", "model", "target", "show", "diff", "why"],
    ),
    (
        "write",
        &[
            "name",
            "beneath",
            "store",
            "unnamed_file",
            "system",
            "diagnostic",
            "target",
        ],
    ),
    (
        "snapshot",
        &[
            "name",
            "beneath",
            "source",
            "system",
            "diagnostic",
            "model",
            "write",
        ],
    ),
    (
        "lock",
        &[
            "name",
            "beneath",
            "source",
            "store",
            "nix",
            "system",
            "diagnostic",
            "cache",
            "model",
            "lint",
            "front",
            "resolve",
            "workspace",
            "compile",
        ],
    ),
    (
        "publish",
        &[
            "name",
            "beneath",
            "source",
            "store",
            "nix",
            "unnamed_file",
            "system",
            "diagnostic",
            "cache",
            "model",
            "resolve",
            "plan",
            "workspace",
            "compile",
        ],
    ),
    (
        "provide",
        &[
            "model",
            "store",
            "nix",
            "scratch",
            "system",
            "diagnostic",
            "resolve",
            "plan",
            "publish",
        ],
    ),
    (
        "registry",
        &[
            "diagnostic",
            "lint",
            "front",
            "check",
            "resolve",
            "plan",
            "target",
            "workspace",
            "validate",
            "lock",
        ],
    ),
    (
        "ready",
        &[
            "name",
            "store",
            "diagnostic",
            "cache",
            "model",
            "plan",
            "workspace",
            "compile",
        ],
    ),
    (
        "query",
        &[
            "name",
            "source",
            "shell",
            "secret",
            "diagnostic",
            "model",
            "lint",
            "front",
            "git",
            "resolve",
            "workspace",
            "compile",
        ],
    ),
    (
        "compare",
        &[
            "name",
            "beneath",
            "source",
            "store",
            "shell",
            "secret",
            "scratch",
            "system",
            "diagnostic",
            "git",
            "model",
            "front",
            "resolve",
            "plan",
            "target",
            "workspace",
            "compile",
            "run",
            "diff",
            "registry",
            "query",
        ],
    ),
    (
        "cli",
        &[
            "name",
            "beneath",
            "source",
            "store",
            "shell",
            "secret",
            "nix",
            "unnamed_file",
            "scratch",
            "system",
            "diagnostic",
            "git",
            "cache",
            "model",
            "template",
            "lint",
            "front",
            "resolve",
            "plan",
            "target",
            "workspace",
            "compile",
            "closure",
            "graph",
            "show",
            "run",
            "diff",
            "validate",
            "why",
            "schema",
            "write",
            "snapshot",
            "lock",
            "publish",
            "provide",
            "registry",
            "ready",
            "query",
            "compare",
        ],
    ),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// Modules of the table that are still to be built.
pub const TO_BUILD: &[&str] = &["system", "elaborate"];

/// Arrows that stand in the code against the table.
pub const ARROW_DEBTS: &[(&str, &str)] = &[("target", "model")];

/// What no table may ever allow.
pub struct Never {
    /// Modules by their paths. `*` stands for any, `target::*` for any below it.
    pub from: &'static str,
    pub to: &'static str,
    pub because: &'static str,
    /// Where this doesn't hold.
    pub except: &'static [&'static str],
}

/// The nevers of the architecture.
pub const NEVERS: &[Never] = &[
    Never {
        from: "target",
        to: "model",
        because: "a target would decide again what the plan has decided",
        except: &[],
    },
    Never {
        from: "target::*",
        to: "target::*",
        because: "a target that changes would change another one",
        except: &[
            "target::artifact",
            "target::coverage",
            "target::encode",
            "target::steps",
        ],
    },
    Never {
        from: "check",
        to: "target",
        because: "what holds for every scheduler would depend on one",
        except: &[],
    },
    Never {
        from: "plan",
        to: "target",
        because: "what has to happen would depend on who is told",
        except: &[],
    },
    Never {
        from: "model",
        to: "diagnostic",
        because: "what a job is would depend on how mistakes are told",
        except: &[],
    },
    Never {
        from: "store",
        to: "*",
        because: "what Nix knows holds without jobc",
        except: &[],
    },
    Never {
        from: "cli::commands::*",
        to: "cli::commands::*",
        because: "what two commands need belongs below both",
        except: &[],
    },
    Never {
        from: "*",
        to: "cli",
        because: "a library would know its command line",
        except: &["main"],
    },
];

/// The layers of `cli`, lowest first. Whatever is in none of them stands on top.
pub const CLI_LAYERS: &[&str] = &[
    "cli::ui",
    "cli::arguments",
    "cli::workspace",
    "cli::jobs",
    "cli::comparison",
    "cli::readiness",
    "cli::commands",
];

/// Uses of a higher layer by a lower one that stand in the code.
pub const CLI_DEBTS: &[(&str, &str)] = &[];

/// Functions that read JSON, whoever wrote it.
pub const JSON_READERS: &[&str] = &[
    "serde_json::from_str",
    "serde_json::from_slice",
    "serde_json::from_reader",
    "serde_json::from_value",
];

/// Who reads JSON, and of whom: not what jobc wrote, to find out what jobc did.
pub const READ_JSON: &[(&str, &str)] = &[
    ("src/lock/evaluate.rs", "the answers of Nix"),
    (
        "src/resolve/conflict.rs",
        "both sides of a lock in conflict",
    ),
    ("src/secret/json.rs", "one string of a text that is hidden"),
];

/// Who reads what jobc itself compiled.
pub const READ_JSON_DEBTS: &[&str] = &[
    "src/compare/compiled_files.rs",
    "src/compare/side.rs",
    "src/diff/compare.rs",
    "src/diff/fields.rs",
    "src/run/read.rs",
    "src/snapshot/name.rs",
];

/// What reads files, variables, the clock or the network, and what starts processes.
pub const WORLD: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::time::Instant",
    "std::time::SystemTime",
    "std::io::stdin",
    "rustix::fs",
    "rustix::process",
    "tempfile",
    "ureq::config",
    "ureq::tls",
    "ureq::unversioned",
    "walkdir",
];

/// Files and directories that may do so.
pub const TOUCH_THE_WORLD: &[&str] = &[
    "src/beneath.rs",
    "src/beneath/",
    "src/source/load.rs",
    "src/resolve/import/",
    "src/resolve/expanded.rs",
    "src/workspace/mod.rs",
    "src/workspace/reader.rs",
    "src/cache/connect.rs",
    "src/cache/directory.rs",
    "src/cache/environment.rs",
    "src/cache/files.rs",
    "src/cache/http.rs",
    "src/unnamed_file.rs",
    "src/scratch.rs",
    "src/write/",
    "src/nix.rs",
    "src/git/",
    "src/publish/",
    "src/provide/",
    "src/lock/file.rs",
    "src/lock/local.rs",
    "src/lock/nix.rs",
    "src/run/world/",
    "src/query/",
    "src/compare/",
    "src/cli/",
    "src/main.rs",
];

/// Who prints as it is what can hold no secret.
pub const PRINT_AS_IT_IS: &[&str] = &[
    "src/cli/commands/build.rs",
    "src/cli/commands/completions.rs",
    "src/cli/commands/explain.rs",
    "src/cli/commands/help.rs",
    "src/cli/commands/man.rs",
    "src/cli/commands/schema.rs",
    "src/cli/ui/console.rs",
    "src/cli/ui/output.rs",
];

/// Who writes to a stream itself.
pub const STREAMS: &[&str] = &[
    "src/cli/commands/run/mod.rs",
    "src/cli/comparison.rs",
    "src/cli/ui/console.rs",
    "src/cli/ui/output.rs",
    "src/cli/ui/terminal.rs",
    "src/nix.rs",
];

/// Rings of files. What is listed here must still be part of one.
pub const RING_DEBTS: &[&[&str]] = &[];

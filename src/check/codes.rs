//! The codes of all that can be wrong with a job.

use crate::diagnostic::{Chapter, Topic};

use super::{
    commands, imports, lookalikes, names, order, packages, ports, ready, resources, secrets,
    templates, values,
};

/// The problems of jobs as they are written.
pub const CODES: &[Chapter] = &[
    (
        Topic::Names,
        &[
            &names::NO_PROCESSES,
            &names::DUPLICATE_PROCESS,
            &names::PROCESS_NAME,
            &names::UNNAMED_JOB,
            &names::DUPLICATE_JOB,
        ],
    ),
    (
        Topic::Order,
        &[
            &order::EMPTY_ORDER,
            &order::UNKNOWN_PROCESS,
            &order::REPEATED_PROCESS,
            &order::FINAL_ORDER,
            &order::AFTER_DAEMON,
            &order::AFTER_EPHEMERAL,
            &order::NEVER_READY,
            &order::ORDER_CYCLE,
            &ready::READY_PROBE,
            &ready::PROBE_ADDRESS,
            &ready::PROBE_TIMES,
        ],
    ),
    (
        Topic::Commands,
        &[
            &commands::BAD_REFERENCE,
            &packages::UNKNOWN_PACKAGE,
            &packages::UNUSED_PACKAGE,
            &commands::QUOTED_EXPANSION,
            &commands::MISPLACED_EXPANSION,
            &commands::NUL_IN_COMMAND,
            &commands::EMPTY_COMMAND,
            &lookalikes::UNREAD_REFERENCE,
            &values::NUL_IN_VALUE,
            &values::NO_DIRECTORY,
            &values::RELATIVE_FILE,
            &values::PATH_TWICE,
            &values::UNEXPANDED_VALUE,
        ],
    ),
    (
        Topic::Templates,
        &[
            &templates::TEMPLATE_SYNTAX,
            &templates::UNBOUND_TEMPLATE,
            &templates::ENDLESS_TEMPLATE,
            &templates::OWN_NAME,
            &templates::TEMPLATE_NOT_TEXT,
        ],
    ),
    (
        Topic::Job,
        &[&resources::TOO_FEW_RESOURCES, &ports::DUPLICATE_PORT],
    ),
    (
        Topic::NoEffect,
        &[&ports::UNUSED_PORT, &ports::UNDECLARED_PORT],
    ),
    (
        Topic::Imports,
        &[
            &imports::DANGLING_LINK,
            &imports::IMPORTS_GIT,
            &imports::IMPORTS_IGNORED,
            &imports::IMPORTS_ITSELF,
        ],
    ),
    (
        Topic::Texts,
        &[
            &secrets::LITERAL_SECRET,
            &packages::UNDECLARED_STORE_PATH,
            &commands::UNKNOWN_OUTPUT,
        ],
    ),
];

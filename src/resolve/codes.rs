//! The codes of all that can be wrong with what commands name.

use crate::diagnostic::{Chapter, Topic};

use super::{expanded, lock, outside, package, refusal, relative};

/// The problems of what commands name.
pub const CODES: &[Chapter] = &[
    (
        Topic::Packages,
        &[
            &package::NOT_LOCKED,
            &package::LOCKED_FOR_OTHER_SYSTEM,
            &package::BAD_STORE_PATH,
        ],
    ),
    (
        Topic::Imports,
        &[&refusal::MISSING_FILE, &outside::CANNOT_IMPORT],
    ),
    (Topic::Expansion, &[&expanded::NOT_EXPANDABLE]),
    (
        Topic::Lock,
        &[
            &lock::BAD_LOCK,
            &package::BAD_INSTALLABLE,
            &relative::RELATIVE_TO_WORKSPACE,
        ],
    ),
];

//! All codes of jobc, put together from those who report them.

use crate::check;
use crate::diagnostic::{Registry, TOO_MANY_ERRORS, Topic};
use crate::elaborate;
use crate::fill;
use crate::front;
use crate::lint;
use crate::lock;
use crate::plan;
use crate::resolve;
use crate::target;
use crate::validate;
use crate::workspace;

/// Every kind of problem that jobc can report.
pub const CODES: Registry = Registry::new(&[
    front::CODES,
    elaborate::CODES,
    fill::CODES,
    &[(Topic::Shape, &[&TOO_MANY_ERRORS])],
    resolve::CODES,
    check::CODES,
    plan::CODES,
    lock::CODES,
    target::aurora::CODES,
    validate::CODES,
    workspace::CODES,
    lint::CODES,
]);

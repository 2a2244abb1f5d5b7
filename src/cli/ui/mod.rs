//! How jobc talks to the user.

pub(crate) mod console;
pub(crate) mod exit;
pub(crate) mod help_layout;
pub(crate) mod options;
pub(crate) mod output;
pub(crate) mod progress;
pub(crate) mod reference;
pub(crate) mod terminal;
pub(crate) mod topics;
pub(crate) mod waiting;

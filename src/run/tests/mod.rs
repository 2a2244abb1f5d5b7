//! The schedule with a clock of its own, and readers of texts.

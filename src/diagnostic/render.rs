//! Diagnostics made into text.

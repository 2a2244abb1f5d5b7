//! The schedule with a clock of its own, and texts filled in.

mod bind;
mod schedule;
mod together;
mod waits;

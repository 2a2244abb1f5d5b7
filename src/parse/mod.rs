//! Text to a tree, and a tree to the model.

mod decode;

pub use decode::{Decoded, decode, document, settings};

//! Text, and places in text: what every later stage points into when something is wrong.
//!
//! First in the pipeline and a leaf: nothing here knows what a job is.

mod encoding;
mod file;
mod filled;
mod key;
mod layers;
mod load;
mod name;
mod node;
mod pointer;
mod source_map;
mod sources;

pub use encoding::Encoding;
pub use file::{FileName, Location, SourceFile, Span};
pub use filled::{FilledText, FilledTexts};
pub use key::{Key, Keys};
pub use layers::Layers;
pub use load::{LoadError, MAX_SOURCE_BYTES, load, load_opened, load_stream};
pub use name::display_name;
pub use node::{Entry, Kind, Node};
pub use pointer::{Pointer, Token};
pub use source_map::SourceMap;
pub use sources::Sources;

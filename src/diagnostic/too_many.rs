//! That a file has more errors than are told.

super::code::declare_codes! {
    /// More problems of one kind of file were found than are read at once; the ones that are
    /// shown come first.
    ///
    /// This usually means that the file is something else than a definition.
    TOO_MANY_ERRORS = "too-many-errors", Error, "a file with more errors than are shown";
}

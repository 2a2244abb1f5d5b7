//! Elements of lists by number.

/// Which of `count` elements `index` means: counted from 0, or, negative, from the end.
pub(super) fn position(index: &str, count: usize) -> Option<usize> {
    let index: isize = index.parse().ok()?;
    let from_start = match index {
        0.. => index,
        _ => index.checked_add_unsigned(count)?,
    };
    usize::try_from(from_start).ok()
}

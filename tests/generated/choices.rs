//! A list of numbers as the source of all choices: shorter lists and smaller numbers make simpler
//! jobs, so that what proptest shrinks is readable.

/// Choices still to be made.
pub struct Choices<'a>(std::slice::Iter<'a, u16>);

impl<'a> Choices<'a> {
    pub fn new(numbers: &'a [u16]) -> Self {
        Self(numbers.iter())
    }

    /// A number below `limit`; 0 when there are no more choices.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0
            .next()
            .map_or(0, |&number| usize::from(number) % limit)
    }

    /// Yes, one time in `times`; no when there are no more choices.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of these; the first when there are no more choices.
    pub fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

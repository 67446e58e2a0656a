//! Random numbers that everything else is made from. Where they have run out, each choice is the first one, which is the
//! smallest: so fewer and smaller numbers make smaller objects, and a failure shrinks.

/// The numbers that are left.
pub(crate) struct Choices(std::vec::IntoIter<u32>);

impl Choices {
    /// These numbers.
    pub(crate) fn new(numbers: Vec<u32>) -> Self {
        Self(numbers.into_iter())
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0.next().unwrap_or_default() as usize % bound
    }

    /// True once in `times`; false where the numbers have run out.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of `items`, of which there is one at least.
    pub(crate) fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

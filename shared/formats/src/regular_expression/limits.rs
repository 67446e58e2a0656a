//! How large Go lets the program of an expression be (`maxSize` and `maxRunes` of `regexp/syntax`).
//!
//! Go counts what is left after it has simplified the expression, and only where repetitions make it look; here every
//! expression is counted as it is written, and a class by its largest possible number of ranges. So nothing passes that Go
//! refuses, and what is refused here alone is within a small factor of Go's limit.

use super::Error;

/// Most instructions.
const MAX_SIZE: u32 = (128 << 20) / 40;
/// Most ends of ranges in all classes.
const MAX_RUNES: u64 = (128 << 20) / 4;
/// More than any class of Unicode has, with all that it folds to.
const CLASS_RUNES: u64 = 4096;
/// More than a character, a range, or a class of ASCII characters has.
const ITEM_RUNES: u64 = 12;

/// Checks the number of instructions.
pub(super) fn check_size(size: u32) -> Result<(), Error> {
    if size > MAX_SIZE {
        return Err(Error::TooLarge);
    }
    Ok(())
}

/// The ends of ranges in the classes that were read.
#[derive(Default)]
pub(super) struct Runes {
    count: u64,
    /// Whether letters may occur for both cases somewhere.
    pub(super) folds: bool,
}

impl Runes {
    /// A class of Unicode.
    pub(super) fn class(&mut self) {
        self.count = self.count.saturating_add(CLASS_RUNES);
    }

    /// The brackets of a class.
    pub(super) fn bracket(&mut self) {
        self.count = self.count.saturating_add(2);
    }

    /// Something between the brackets of a class.
    pub(super) fn item(&mut self) {
        let runes = if self.folds { CLASS_RUNES } else { ITEM_RUNES };
        self.count = self.count.saturating_add(runes);
    }

    /// Checks their number.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.count > MAX_RUNES {
            return Err(Error::TooLarge);
        }
        Ok(())
    }
}

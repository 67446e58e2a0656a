//! The numbers that a world is made from, by its own number alone, so that a fault can be found again.

use crate::choices::Choices;

/// As many as the largest world takes.
const COUNT: usize = 6_000;

/// The numbers of the world `seed` (`SplitMix64`).
pub(crate) fn numbers(seed: usize) -> Choices {
    let mut state = u64::try_from(seed).expect("a number");
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) >> 32).expect("half of the bits")
    };
    Choices::new((0..COUNT).map(|_| next()).collect())
}

//! The features in `enableFeatures`. An entry may hold several with commas between them, since the programs split what their
//! flag gets; spaces are a part of a name for them, and so for us. Pure.

/// The features that `entries` enable.
pub fn names(entries: &[Box<str>]) -> impl Iterator<Item = &str> {
    entries.iter().flat_map(|entry| entry.split(','))
}

/// Whether `entries` enable `feature`.
pub fn is_enabled(entries: &[Box<str>], feature: &str) -> bool {
    names(entries).any(|name| name == feature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_may_hold_several() {
        let entries = ["a,promql-duration-expr".into(), "b".into(), "c, d".into()];
        assert_eq!(
            names(&entries).collect::<Vec<_>>(),
            ["a", "promql-duration-expr", "b", "c", " d"]
        );
        assert!(is_enabled(&entries, "promql-duration-expr"));
        assert!(!is_enabled(&entries, "d"));
    }
}

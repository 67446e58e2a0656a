//! Takes secrets out of what a program says of a file that holds them. Pure.

/// What stands for a value.
const HIDDEN: &str = "<secret>";
/// Shorter values are replaced between quotes only: they occur in any text.
const SHORTEST: usize = 4;

/// The text without the values: each occurrence is replaced, and everything between quotes that a value begins with or
/// contains. Programs quote the beginning of what they do not understand, with an ellipsis.
pub(super) fn redacted<'a, I: Iterator<Item = &'a str>>(text: &str, values: impl Fn() -> I) -> String {
    let mut rest = text;
    let mut shown = String::new();
    while let Some(start) = rest.find(['"', '`', '\'']) {
        let quote = &rest[start..=start];
        let (before, quoted) = (&rest[..=start], &rest[start + 1..]);
        let Some(end) = quoted.find(quote) else { break };
        let inner = quoted[..end].trim_end_matches("...").trim_end_matches('…');
        let is_of_value = !inner.is_empty() && values().any(|value| value.contains(inner));
        shown.push_str(before);
        shown.push_str(if is_of_value { HIDDEN } else { &quoted[..end] });
        shown.push_str(quote);
        rest = &quoted[end + 1..];
    }
    shown.push_str(rest);
    for value in values().map(str::trim).filter(|value| value.len() >= SHORTEST) {
        if shown.contains(value) {
            shown = shown.replace(value, HIDDEN);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_hidden_and_what_is_quoted_of_them() {
        let hide = |text: &str| redacted(text, || ["hunter2-and-more", "ab", "line\n"].into_iter());
        for (text, expected) in [
            ("no secret: \"up\" at 3", "no secret: \"up\" at 3"),
            ("bad: hunter2-and-more!", "bad: <secret>!"),
            (
                "cannot unmarshal !!str `hunter2...` into int",
                "cannot unmarshal !!str `<secret>` into int",
            ),
            ("'and' and \"or\"", "'<secret>' and \"<secret>\""),
            ("cab \"ab\"", "cab \"<secret>\""),
            ("a line of text", "a <secret> of text"),
            ("open ` quote", "open ` quote"),
            ("\"\" is empty", "\"\" is empty"),
        ] {
            assert_eq!(hide(text), expected);
        }
    }
}

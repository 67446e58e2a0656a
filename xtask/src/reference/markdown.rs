//! Tables of Markdown, and prose of the code as part of them. Pure.

use std::fmt::Write as _;

/// A table; without rows nothing.
pub(super) fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = format!("| {} |\n|{}\n", columns.join(" | "), "---|".repeat(columns.len()));
    for row in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| {} |", row.join(" | "));
    }
    table
}

/// Prose as a cell: paragraphs become lines, and nothing in it is markup but code.
pub(super) fn prose(text: &str) -> String {
    let mut cell = String::new();
    for (position, part) in text
        .trim()
        .replace("\n\n", "\u{2028}")
        .replace('\n', " ")
        .split('`')
        .enumerate()
    {
        let is_code = position % 2 == 1;
        if is_code {
            let _ = write!(cell, "`{}`", part.replace('|', "\\|"));
            continue;
        }
        for character in part.chars() {
            match character {
                '<' => cell.push_str("&lt;"),
                '|' | '*' | '[' | ']' => cell.extend(['\\', character]),
                '_' if !cell.ends_with(char::is_alphanumeric) => cell.push_str("\\_"),
                '\u{2028}' => cell.push_str("<br><br>"),
                other => cell.push(other),
            }
        }
    }
    cell
}

/// A literal; nothing where it is empty.
pub(super) fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text if text.contains('`') => prose(text),
        text => format!("`{}`", text.replace('|', "\\|")),
    }
}

/// Literals as a list in a sentence.
pub(super) fn codes(words: &[String]) -> String {
    words.iter().map(|word| code(word)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_no_markup_but_for_code() {
        assert_eq!(
            prose("a | b <c> `d|e <f>` __g__ h_i\n\nj\nk"),
            "a \\| b &lt;c> `d\\|e <f>` \\_\\_g_\\_ h_i<br><br>j k"
        );
        assert_eq!(prose("all `*` of [x]"), "all `*` of \\[x\\]");
    }

    #[test]
    fn a_table_without_rows_is_nothing() {
        assert_eq!(table(&["a"], &[]), "");
        assert_eq!(
            table(&["a", "b"], &[vec!["1".into(), "2".into()]]),
            "| a | b |\n|---|---|\n| 1 | 2 |\n"
        );
    }
}

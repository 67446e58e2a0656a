//! The documents of a text. Pure. As for kubectl, a line that begins with `---` begins a document.

/// A part of a text that is a document of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Document {
    start: usize,
    end: usize,
    /// Line in the text on which it begins, from 1.
    pub(super) line: usize,
}

impl Document {
    /// The part.
    pub(super) fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }
}

/// The documents of `text` that are not blank.
pub(super) fn documents(text: &str) -> Vec<Document> {
    let mut documents = Vec::new();
    let (mut start, mut first, mut at) = (0, 1, 0);
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let marks = line.strip_prefix("---");
        if marks.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n'])) {
            documents.push(Document {
                start,
                end: at,
                line: first,
            });
            (start, first) = (at, number);
        }
        at += line.len();
    }
    documents.push(Document {
        start,
        end: at,
        line: first,
    });
    let has_content = |document: &Document| {
        let mut lines = document.of(text).lines();
        lines.any(|line| !matches!(line.trim(), "" | "---" | "...") && !line.trim_start().starts_with('#'))
    };
    documents.retain(has_content);
    documents
}

//! What a page of Markdown consists of, as far as it can be checked: headings, links, blocks of code. Pure.

use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// What links to headings end with.
    pub anchors: BTreeSet<String>,
    /// All links, in the order of the page.
    pub links: Vec<Link>,
    /// Fenced blocks of code.
    pub blocks: Vec<Block>,
    /// Code in sentences.
    pub words: Vec<String>,
}

/// A link, as it is written.
#[derive(Debug, Clone)]
pub struct Link {
    /// What is shown, with its markup.
    pub label: String,
    /// Where it leads.
    pub destination: String,
    /// Its place in the text, in bytes.
    pub place: Range<usize>,
}

/// A fenced block of code.
#[derive(Debug, Clone)]
pub struct Block {
    /// The language.
    pub language: String,
    /// The word after the language, which says what becomes of the block.
    pub mark: String,
    /// The line of the fence, from 1 on.
    pub line: usize,
    /// What is in it.
    pub text: String,
}

impl Link {
    /// The file that it names; nothing where it leads to a place of the same page or to another server.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        let file = self.destination.split('#').next().unwrap_or_default();
        let is_address = file.contains("://") || file.starts_with("mailto:");
        Some(file).filter(|file| !file.is_empty() && !is_address)
    }

    /// The heading that it names.
    #[must_use]
    pub fn anchor(&self) -> Option<&str> {
        let is_address = self.destination.contains("://");
        self.destination
            .split_once('#')
            .map(|(_, anchor)| anchor)
            .filter(|_| !is_address)
    }
}

impl Page {
    /// Reads a page.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading: Option<String> = None;
        let mut is_fenced = false;
        for (event, place) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = page.free_anchor(&heading.take().unwrap_or_default());
                    page.anchors.insert(anchor);
                }
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let written = &text[place.clone()];
                    let label = written.rfind("](").map_or("", |end| &written[1..end]);
                    page.links.push(Link {
                        label: label.to_owned(),
                        destination: dest_url.into_string(),
                        place,
                    });
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(words))) => {
                    let mut words = words.split_whitespace().map(str::to_owned);
                    page.blocks.push(Block {
                        language: words.next().unwrap_or_default(),
                        mark: words.next().unwrap_or_default(),
                        line: text[..place.start].matches('\n').count() + 1,
                        text: String::new(),
                    });
                    is_fenced = true;
                }
                Event::End(TagEnd::CodeBlock) => is_fenced = false,
                Event::Text(part) if is_fenced => {
                    if let Some(block) = page.blocks.last_mut() {
                        block.text.push_str(&part);
                    }
                }
                Event::Text(part) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&part);
                    }
                }
                Event::Code(word) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&word);
                    }
                    page.words.push(word.into_string());
                }
                _ => {}
            }
        }
        page
    }

    /// The anchor of a heading, as GitHub and `mdBook` make it; numbered where there are several of the same words.
    fn free_anchor(&self, heading: &str) -> String {
        let heading = heading.to_lowercase();
        let kept = heading.chars().filter_map(|character| match character {
            ' ' => Some('-'),
            other if other.is_alphanumeric() || other == '-' || other == '_' => Some(other),
            _ => None,
        });
        let anchor: String = kept.collect();
        let numbered = |number: usize| {
            if number == 0 {
                anchor.clone()
            } else {
                format!("{anchor}-{number}")
            }
        };
        let free = (0..=self.anchors.len())
            .map(numbered)
            .find(|anchor| !self.anchors.contains(anchor));
        free.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# The `--flag` of a page

## Twice
## Twice

[one](a.md#b), [`two`](#twice), [three](https://example.com/#x)

```sh control-plane
a # b
```
";

    #[test]
    fn a_page_is_read() {
        let page = Page::of(TEXT);
        assert!(
            ["the---flag-of-a-page", "twice", "twice-1"]
                .iter()
                .all(|anchor| page.anchors.contains(*anchor))
        );
        let links: Vec<_> = page
            .links
            .iter()
            .map(|link| (link.label.as_str(), link.file(), link.anchor()))
            .collect();
        assert_eq!(
            links,
            [
                ("one", Some("a.md"), Some("b")),
                ("`two`", None, Some("twice")),
                ("three", None, None)
            ]
        );
        let [block] = page.blocks.as_slice() else {
            panic!("one block")
        };
        assert_eq!(
            (block.language.as_str(), block.mark.as_str(), block.line),
            ("sh", "control-plane", 8)
        );
        assert_eq!(block.text, "a # b\n");
        assert_eq!(page.words, ["--flag", "two"]);
    }
}

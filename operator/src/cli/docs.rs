//! `docs`: the reference of the documentation as it was when the program was built. The build script compresses the generated
//! pages, so that the program carries these instead of what derives them, as it does with the definitions.

use std::io::Write;

use super::definitions::{Error, decompressed};
use super::render::{Files, write_all};
use super::{Answer, Failure, Session};
use crate::args::{Docs, Topic};

/// A page, compressed.
struct Page {
    /// Its path in the documentation.
    path: &'static str,
    text: &'static [u8],
}

/// By topic, in the order of their paths.
static PAGES: &[Page] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Prints, lists or writes pages.
pub(super) fn run(session: &Session<'_>, options: &Docs, out: &mut impl Write) -> Result<Answer, Failure> {
    let wanted: Vec<&Page> = PAGES
        .iter()
        .filter(|page| options.topic.is_none_or(|topic| page.topic() == Some(topic)))
        .filter(|page| options.page.as_ref().is_none_or(|name| page.is_called(name)))
        .collect();
    if wanted.is_empty() {
        return Err(Failure::Page(options.page.clone().unwrap_or_default()));
    }
    if let Some(folder) = &options.output_folder {
        let file = |page: &&Page| Ok((page.path.to_owned(), decompressed(page.text)?));
        let files: Files = wanted.iter().map(file).collect::<Result<_, Error>>()?;
        write_all(folder, &files)?;
        session.remark(&format!("{} pages in {}", files.len(), folder.display()));
        return Ok(Answer::Nothing);
    }
    if options.topic.is_none() {
        list(wanted, out)?;
        return Ok(Answer::Nothing);
    }
    for (number, page) in wanted.iter().enumerate() {
        let gap = if number > 0 { "\n" } else { "" };
        write!(out, "{gap}{}", decompressed(page.text)?)?;
    }
    Ok(Answer::Nothing)
}

/// Prints the names of pages and their titles.
fn list(mut pages: Vec<&Page>, out: &mut impl Write) -> Result<(), Failure> {
    pages.sort_by_key(|page| page.name());
    for page in pages {
        let text = decompressed(page.text)?;
        let title = text.lines().next().unwrap_or_default().trim_start_matches("# ");
        writeln!(out, "{:<30} {title}", page.name())?;
    }
    Ok(())
}

impl Page {
    fn topic(&self) -> Option<Topic> {
        let below = self.path.strip_prefix("reference/").unwrap_or(self.path);
        let topic = match below.trim_end_matches(".md") {
            below if below.starts_with("api/") => Topic::Api,
            below if below.ends_with("-flags") => Topic::Flags,
            below if below.ends_with("-versions") => Topic::Versions,
            "metrics" => Topic::Metrics,
            "permissions" => Topic::Permissions,
            "reasons" => Topic::Reasons,
            _ => return None,
        };
        Some(topic)
    }

    /// Its name among the pages of its topic.
    fn own_name(&self) -> &'static str {
        let file = self.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".md");
        let plain = file.strip_suffix("-flags").or(file.strip_suffix("-versions"));
        plain.unwrap_or(file)
    }

    /// The words after `docs` that print it.
    fn name(&self) -> String {
        let topic = self.topic().map(|topic| format!("{topic:?}").to_lowercase());
        let topic = topic.unwrap_or_default();
        match self.own_name() {
            name if name == topic => topic,
            name => format!("{topic} {name}"),
        }
    }

    /// Whether it has the name, a kind in the singular or in the plural.
    fn is_called(&self, name: &str) -> bool {
        let (name, own) = (name.to_lowercase(), self.own_name());
        let rest = name.strip_prefix(own);
        matches!(rest, Some("" | "s" | "es"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_topic_and_a_name_of_its_own() {
        let mut names: Vec<String> = PAGES.iter().map(Page::name).collect();
        assert!(PAGES.iter().all(|page| page.topic().is_some()), "{names:?}");
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn every_kind_and_its_plural_is_a_page() {
        for definition in crds::custom_resource_definitions() {
            for name in ["kind", "plural", "singular"] {
                let name = definition["spec"]["names"][name].as_str().unwrap();
                let found = PAGES
                    .iter()
                    .filter(|page| page.topic() == Some(Topic::Api) && page.is_called(name));
                assert_eq!(found.count(), 1, "{name}");
            }
        }
    }
}

//! The documentation as a book: a copy of `docs/` for `mdBook`, in which links that leave the folder lead to the repository.
//! Reads `docs/` and writes the copy; [`page`] is pure. What the book consists of is in `docs/SUMMARY.md`.

pub mod page;

use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use page::Page;

/// Folder of the documentation, below the root of the repository.
pub const FOLDER: &str = "docs";

/// Copies the documentation below `root` to `folder`, which is emptied first. Links to files outside of it lead to
/// `repository`, the address of the folder of the sources; without one they become plain text.
///
/// # Errors
/// When a file cannot be read or written.
pub fn write(root: &Path, folder: &Path, repository: Option<&str>) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let documentation = root.join(FOLDER);
    for path in files(&documentation)? {
        let name = path.strip_prefix(&documentation).map_err(io::Error::other)?;
        let target = folder.join(name);
        fs::create_dir_all(target.parent().unwrap_or(folder))?;
        if path.extension().is_some_and(|ending| ending == "md") {
            fs::write(target, without_links_out(name, &fs::read_to_string(&path)?, repository))?;
        } else {
            fs::copy(&path, target)?;
        }
    }
    Ok(())
}

/// The files of a folder and those below it, sorted.
///
/// # Errors
/// When a folder cannot be listed.
pub fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A page of the documentation, whose links to files outside of it lead to `repository`.
fn without_links_out(name: &Path, text: &str, repository: Option<&str>) -> String {
    let mut out = text.to_owned();
    // From the end, so that the places of the others stay as they are.
    for link in Page::of(text).links.iter().rev() {
        let from = Path::new(FOLDER).join(name);
        let Some(target) = link.file().map(|file| beside(&from, file)) else {
            continue;
        };
        if target.starts_with(FOLDER) {
            continue;
        }
        let label = &link.label;
        let replacement = match repository {
            Some(repository) => format!("[{label}]({}/{})", repository.trim_end_matches('/'), target.display()),
            None => label.clone(),
        };
        out.replace_range(link.place.clone(), &replacement);
    }
    out
}

/// The file that `link` names in the file `from`, both relative to the root of the repository.
#[must_use]
pub fn beside(from: &Path, link: &str) -> PathBuf {
    let mut path = from.parent().unwrap_or(Path::new("")).to_path_buf();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_out_lead_to_the_repository() {
        let text = "A [page](../b.md#c), a [*manifest*](../../deploy/x.yaml), [far](https://example.com/).\n";
        let name = Path::new("guides/a.md");
        assert_eq!(
            without_links_out(name, text, Some("https://example.com/tree/")),
            "A [page](../b.md#c), a [*manifest*](https://example.com/tree/deploy/x.yaml), [far](https://example.com/).\n"
        );
        assert_eq!(
            without_links_out(name, text, None),
            "A [page](../b.md#c), a *manifest*, [far](https://example.com/).\n"
        );
    }
}

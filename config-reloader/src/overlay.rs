//! Content that is known before its mounted files show it: for folders, the files as the API server has them. Where a
//! folder is in the overlay, nothing of it is read from the disk. Pure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names and contents of a folder's files.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Folders, and what they hold. Clones share the content.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Overlay(BTreeMap<PathBuf, Arc<Files>>);

impl Overlay {
    /// Puts `files` in the place of what `folder` holds.
    pub fn put(&mut self, folder: PathBuf, files: Arc<Files>) {
        self.0.insert(folder, files);
    }

    /// The content of `folder` is on the disk again.
    pub fn remove(&mut self, folder: &Path) {
        self.0.remove(folder);
    }

    /// The files of `folder`, if it is in the overlay.
    pub fn folder(&self, folder: &Path) -> Option<&Arc<Files>> {
        self.0.get(folder)
    }

    /// The content of the file at `path`; `None` if its folder is not in the overlay, an inner `None` if the file is not
    /// in the folder.
    pub fn file(&self, path: &Path) -> Option<Option<&[u8]>> {
        let files = self.folder(path.parent()?)?;
        let name = path.file_name()?.to_str();
        Some(name.and_then(|name| files.get(name)).map(Vec::as_slice))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_in_the_overlay_as_a_whole_or_not_at_all() {
        let mut overlay = Overlay::default();
        let files = Files::from([("a.yaml".to_owned(), b"a: 1\n".to_vec())]);
        overlay.put("/etc/rules".into(), Arc::new(files));
        assert_eq!(overlay.file(Path::new("/etc/rules/a.yaml")), Some(Some(&b"a: 1\n"[..])));
        assert_eq!(overlay.file(Path::new("/etc/rules/b.yaml")), Some(None));
        assert_eq!(overlay.file(Path::new("/etc/other/a.yaml")), None);
        overlay.remove(Path::new("/etc/rules"));
        assert_eq!(overlay.file(Path::new("/etc/rules/a.yaml")), None);
    }
}

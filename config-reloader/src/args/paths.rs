//! Paths of different flags that lead to the same place. They are compared by where they lead, as far as that exists, and
//! given one spelling, so that the rest of the program may compare spellings. Follows links.

use std::path::{Path, PathBuf};

use super::{Args, is_set};
use crate::files::Root;
use crate::kubernetes::Object;

/// Where a path leads: links are followed as far as there are any, and the rest is appended.
pub(super) fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for existing in path.ancestors() {
        if let Ok(real) = existing.canonicalize() {
            let rest = path.strip_prefix(existing).unwrap_or(Path::new(""));
            return if is_set(rest) { real.join(rest) } else { real };
        }
    }
    path
}

/// `path` in the spelling of one of `folders` that it is or lies in; as it is where it is in none.
fn respelled(path: &Path, folders: &[PathBuf]) -> PathBuf {
    if folders.iter().any(|folder| path.starts_with(folder)) {
        return path.to_owned();
    }
    let real_path = real(path);
    let found = folders.iter().find_map(|folder| {
        let rest = real_path.strip_prefix(real(folder)).ok()?;
        Some(if is_set(rest) {
            folder.join(rest)
        } else {
            folder.clone()
        })
    });
    found.unwrap_or_else(|| path.to_owned())
}

impl Args {
    /// What is watched besides the configuration file.
    pub fn roots(&self) -> Vec<Root> {
        let folders = self.watched_dir.iter().cloned().map(Root::folder);
        folders.chain(self.watched_files.iter().cloned()).collect()
    }

    /// What is written to the target folder, in the spelling of what is watched.
    pub fn target_dir_sources(&self) -> Vec<Root> {
        self.as_watched(&self.target_dir_source)
    }

    /// What is written there as it is, in the spelling of what is watched.
    pub fn target_dir_verbatim(&self) -> Vec<Root> {
        self.as_watched(&self.target_dir_verbatim)
    }

    fn as_watched(&self, sources: &[Root]) -> Vec<Root> {
        let folders: Vec<_> = self.roots().into_iter().map(|root| root.folder).collect();
        let moved = |source: &Root| source.clone().moved_to(respelled(&source.folder, &folders));
        sources.iter().map(moved).collect()
    }

    /// The objects that are read from the API server, and the folders that they are mounted on, in the spelling of what
    /// is watched.
    pub fn objects(&self) -> Vec<(Object, PathBuf)> {
        let of_config = self.config_folder().unwrap_or_default();
        let mut folders: Vec<_> = self.roots().into_iter().map(|root| root.folder).collect();
        folders.insert(0, of_config.clone());
        folders.retain(|folder| is_set(folder));
        let objects = self.watch_secret.iter().chain(&self.watch_configmap).cloned();
        let mounted = |object: Object| {
            let folder = object.folder.clone().unwrap_or_else(|| of_config.clone());
            (object, respelled(&folder, &folders))
        };
        objects.map(mounted).collect()
    }

    /// The folder of the configuration file.
    pub(super) fn config_folder(&self) -> Option<PathBuf> {
        is_set(&self.config_file)
            .then(|| self.config_file.parent().map(Path::to_owned))
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_path_is_told_by_where_it_leads() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("real")).expect("ours");
        symlink("real", at("link")).expect("ours");
        assert_eq!(real(&at("link/not/yet")), real(&at("real/not/yet")));
        assert_eq!(respelled(&at("real/sub"), &[at("link")]), at("link/sub"));
        assert_eq!(respelled(&at("real"), &[at("link")]), at("link"));
        assert_eq!(respelled(&at("other"), &[at("link")]), at("other"));
    }
}

//! The target folder: the files of all roots in one place, by their names below their roots, without `.gz`. What was
//! written is listed in a file of the folder, so that only that is ever removed. Touches the target folder alone: links
//! in it are not followed.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::{Error, place};
use crate::files::{Found, Root};
use crate::output::{Candidate, Folder, MODE, Output};
use crate::overlay::Overlay;
use crate::source::is_named_gzip;

/// The list of what was written: names, each with a zero byte after it.
const LIST: &str = ".prometheus-config-reloader";

/// A folder that is kept equal to the watched ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetFolder {
    /// The folder.
    pub path: PathBuf,
    /// The files that are written there; empty: all that are watched.
    pub sources: Vec<Root>,
    /// The files of these that are not expanded.
    pub verbatim: Vec<Root>,
}

/// Files, and what each is to be called.
pub(super) struct Named<'a> {
    pub(super) files: Vec<(&'a Found, PathBuf)>,
    /// Those that would be called `.` or `..` without their `.gz`.
    pub(super) left_out: Vec<PathBuf>,
}

/// What each file is to be called. Two of one name are an error.
pub(super) fn named(files: &[Found]) -> Result<Named<'_>, Error> {
    let mut names = BTreeMap::<PathBuf, &Found>::new();
    let mut left_out = Vec::new();
    for found in files {
        let name = match found.name.file_stem() {
            Some(stem) if is_named_gzip(&found.name) => found.name.with_file_name(stem),
            _ => found.name.clone(),
        };
        if !is_below(&name) || name.as_os_str().is_empty() {
            left_out.push(found.path.clone());
            continue;
        }
        if let Some(other) = names.insert(name.clone(), found) {
            return Err(Error::Collision {
                first: other.path.clone(),
                second: found.path.clone(),
                target: name,
            });
        }
    }
    let files = names.into_iter().map(|(name, found)| (found, name)).collect();
    Ok(Named { files, left_out })
}

/// Replaces the files of the folders that are in the overlay.
pub(super) fn lay_over<'a>(files: &mut Vec<Found>, roots: impl Iterator<Item = &'a Root>, overlay: &Overlay) {
    for root in roots {
        let Some(content) = overlay.folder(&root.folder) else {
            continue;
        };
        files.retain(|found| !found.path.starts_with(&root.folder));
        let found = content.keys().map(|name| Found {
            path: root.folder.join(name),
            name: name.into(),
        });
        files.extend(found.filter(|found| root.matches(&found.name)));
    }
}

/// The permission bits of a file, if it is there.
pub(super) fn mode(path: &Path) -> Option<u32> {
    Some(fs::metadata(path).ok()?.permissions().mode() & 0o7777)
}

impl TargetFolder {
    /// Whether what is found at `path` is written there.
    pub(super) fn takes(&self, path: &Path) -> bool {
        self.sources.is_empty() || holds(&self.sources, path)
    }

    /// Whether what is found at `path` is not expanded.
    pub(super) fn is_verbatim(&self, path: &Path) -> bool {
        holds(&self.verbatim, path)
    }

    /// The folder in which the file of this name is to be, created where it is not there.
    pub(super) fn folder_of(
        &self,
        name: &Path,
        opened: &mut BTreeMap<PathBuf, Arc<Folder>>,
    ) -> Result<Arc<Folder>, Error> {
        let parent = name.parent().unwrap_or(Path::new(""));
        if let Some(folder) = opened.get(parent) {
            return Ok(folder.clone());
        }
        let created = self.create().and_then(|folder| folder.create_below(parent));
        let folder = created.map_err(|source| Error::Output {
            path: self.path.join(parent),
            source,
        })?;
        opened.insert(parent.to_owned(), folder.clone());
        Ok(folder)
    }

    fn create(&self) -> io::Result<Arc<Folder>> {
        fs::create_dir_all(&self.path)?;
        Folder::open(&self.path)
    }

    /// Whether what is found in the root is written there.
    pub(super) fn takes_of(&self, root: &Root) -> bool {
        let holds = |source: &Root| root.folder.starts_with(&source.folder);
        self.sources.is_empty() || self.sources.iter().any(holds)
    }

    /// Puts `files` in place, and removes what was written earlier and is not among `names` any more.
    pub(super) fn place(&self, files: Vec<Candidate>, names: Vec<PathBuf>) -> Result<(), Error> {
        let failed = |source| Error::Output {
            path: self.path.join(LIST),
            source,
        };
        let former = self.list().map_err(failed)?;
        let names: BTreeSet<_> = names.into_iter().collect();
        if former != names {
            // Before anything of it is there: a file that no list names would stay for ever.
            self.write_list(&former | &names).map_err(failed)?;
        }
        files.into_iter().try_for_each(place)?;
        for name in former.difference(&names) {
            self.remove(name)?;
        }
        if former != names {
            self.write_list(names).map_err(failed)?;
        }
        Ok(())
    }

    fn remove(&self, name: &Path) -> Result<(), Error> {
        let failed = |source| Error::Output {
            path: self.path.join(name),
            source,
        };
        let root = Folder::open(&self.path).map_err(failed)?;
        let parent = name.parent().unwrap_or(Path::new(""));
        let Ok(folder) = root.open_below(parent) else {
            // The folder is gone, or something else is in its place by now.
            return Ok(());
        };
        folder
            .remove_file(name.file_name().unwrap_or_default())
            .map_err(failed)?;
        // Folders that hold nothing any more; the others refuse.
        for empty in parent.ancestors().filter(|folder| !folder.as_os_str().is_empty()) {
            let above = root.open_below(empty.parent().unwrap_or(Path::new("")));
            let removed = above.and_then(|above| above.remove_folder(empty.file_name().unwrap_or_default()));
            if removed.is_err() {
                break;
            }
        }
        Ok(())
    }

    fn list(&self) -> io::Result<BTreeSet<PathBuf>> {
        let mut list = Vec::new();
        let opened = Folder::open(&self.path).and_then(|folder| folder.open_file(OsStr::new(LIST)));
        match opened.and_then(|mut file| file.read_to_end(&mut list)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let names = list.split(|&byte| byte == 0).filter(|name| !name.is_empty());
        let names = names.map(|name| PathBuf::from(OsStr::from_bytes(name)));
        // Whoever changed the list cannot make us remove files elsewhere.
        Ok(names.filter(|name| is_below(name)).collect())
    }

    fn write_list(&self, names: BTreeSet<PathBuf>) -> io::Result<()> {
        let mut output = Output::create(&self.create()?, OsStr::new(LIST), MODE)?;
        for name in names {
            output.write_all(&name.into_os_string().into_vec())?;
            output.write_all(&[0])?;
        }
        output.finish()?.candidate.map_or(Ok(()), Candidate::commit)
    }
}

/// Whether one of the roots holds the file at `path`.
fn holds(roots: &[Root], path: &Path) -> bool {
    roots.iter().any(|root| {
        let name = path.strip_prefix(&root.folder);
        name.is_ok_and(|name| root.matches(name))
    })
}

/// Whether a name stays below the folder that it is joined to.
fn is_below(name: &Path) -> bool {
    // `a/.` has the components of `a`.
    let is_dot = name.as_os_str().as_bytes().ends_with(b"/.");
    !is_dot && name.components().all(|part| matches!(part, Component::Normal(_)))
}

//! The target folder: the files of all roots in one place, by their names below their roots, without `.gz`. What was
//! written is listed in a file of the folder, so that only that is ever removed. Touches the target folder alone.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::{Error, place};
use crate::files::{Found, Root};
use crate::output::{Candidate, MODE, Output};
use crate::overlay::Overlay;
use crate::source::is_named_gzip;

/// The list of what was written: names, each with a zero byte behind it.
const LIST: &str = ".prometheus-config-reloader";

/// A folder that is kept equal to the watched ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetFolder {
    /// The folder.
    pub path: PathBuf,
    /// The files that are written there; empty stands for all that are watched.
    pub sources: Vec<Root>,
}

/// What each file is to be called. Two of one name are an error.
pub(super) fn named(files: &[Found]) -> Result<Vec<(&Found, PathBuf)>, Error> {
    let mut names = BTreeMap::<PathBuf, &Found>::new();
    for found in files {
        let packed = is_named_gzip(&found.name);
        let name = if packed {
            found.name.with_extension("")
        } else {
            found.name.clone()
        };
        if let Some(other) = names.insert(name.clone(), found) {
            return Err(Error::Collision {
                first: other.path.clone(),
                second: found.path.clone(),
                target: name,
            });
        }
    }
    Ok(names.into_iter().map(|(name, found)| (found, name)).collect())
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

/// Makes the folder in which `target` is to be.
pub(super) fn create_above(target: &Path) -> Result<(), Error> {
    let folder = target.parent().unwrap_or(target);
    fs::create_dir_all(folder).map_err(|source| Error::Output {
        path: folder.to_owned(),
        source,
    })
}

impl TargetFolder {
    /// Whether what is found at `path` is written there.
    pub(super) fn takes(&self, path: &Path) -> bool {
        let belongs_to = |source: &Root| {
            let name = path.strip_prefix(&source.folder);
            name.is_ok_and(|name| source.matches(name))
        };
        self.sources.is_empty() || self.sources.iter().any(belongs_to)
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
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(Error::Output { path, source }),
            _ => {}
        }
        // Folders that hold nothing any more; the others refuse.
        for folder in name.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
            if fs::remove_dir(self.path.join(folder)).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn list(&self) -> io::Result<BTreeSet<PathBuf>> {
        let list = match fs::read(self.path.join(LIST)) {
            Ok(list) => list,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            Err(error) => return Err(error),
        };
        let names = list.split(|&byte| byte == 0).filter(|name| !name.is_empty());
        let names = names.map(|name| PathBuf::from(OsStr::from_bytes(name)));
        // Whoever changed the list cannot make us remove files elsewhere.
        Ok(names.filter(|name| is_below(name)).collect())
    }

    fn write_list(&self, names: BTreeSet<PathBuf>) -> io::Result<()> {
        let path = self.path.join(LIST);
        fs::create_dir_all(&self.path)?;
        let mut output = Output::create(&path, MODE)?;
        for name in names {
            output.write_all(&name.into_os_string().into_vec())?;
            output.write_all(&[0])?;
        }
        output.finish()?.candidate.map_or(Ok(()), Candidate::commit)
    }
}

/// Whether a name stays below the folder that it is joined to.
fn is_below(name: &Path) -> bool {
    name.components()
        .all(|part| matches!(part, std::path::Component::Normal(_)))
}

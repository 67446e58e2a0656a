//! Secrets and ConfigMaps straight from the API server, so that a change is there before the kubelet refreshes the
//! mounted files. Uses the network, and no Kubernetes library: following an object by its name takes one list and one
//! watch.
//!
//! Each object stands for the folder that it is mounted on. As long as the API server answers, the folder's content is
//! the object's. When it stops answering, what is known stays until the mounted files change, which are then newer.

mod access;
mod follow;
mod object;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;

use crate::files::{self, Own, Root};
use crate::fingerprint::{Builder, Fingerprint};
use crate::overlay::{Files, Overlay};

pub use access::{Access, Error as AccessError};
pub use follow::{Error, follow};
pub use object::{Kind, Object};

/// What is known of the objects, by the folders that they are mounted on; `None` while the API server does not answer, or
/// has no such object.
pub type Known = BTreeMap<PathBuf, Option<Arc<Files>>>;

/// The objects' content as it is to be used.
pub struct Objects {
    known: watch::Receiver<Known>,
    overlay: Overlay,
    /// Folders whose object is not known any more, and what was mounted then.
    outdated: BTreeMap<PathBuf, Option<Fingerprint>>,
}

impl Objects {
    /// The objects that a follower tells of.
    pub fn new(known: watch::Receiver<Known>) -> Self {
        Self {
            known,
            overlay: Overlay::default(),
            outdated: BTreeMap::new(),
        }
    }

    /// Ends when an object changed. Cancelling loses nothing.
    pub async fn changed(&mut self) {
        if self.known.changed().await.is_err() {
            // Nothing is followed.
            std::future::pending::<()>().await;
        }
    }

    /// What takes the place of mounted files at present. Reads the mounted files of objects that are not known any more.
    pub fn overlay(&mut self) -> &Overlay {
        let known = self.known.borrow_and_update().clone();
        for (folder, files) in known {
            if let Some(files) = files {
                self.outdated.remove(&folder);
                self.overlay.put(folder, files);
            } else if self.overlay.folder(&folder).is_some() {
                let mounted = mounted(&folder);
                let then = *self.outdated.entry(folder.clone()).or_insert(mounted);
                if then != mounted {
                    self.outdated.remove(&folder);
                    self.overlay.remove(&folder);
                }
            }
        }
        &self.overlay
    }
}

/// What is mounted on a folder; `None` if it cannot be read.
fn mounted(folder: &Path) -> Option<Fingerprint> {
    let listing = files::list(&[Root::folder(folder.to_owned())], &Own::default()).ok()?;
    let mut builder = Builder::default();
    listing
        .files
        .iter()
        .try_for_each(|found| builder.file(&found.path))
        .ok()?;
    Some(builder.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_stays_until_the_mounted_files_are_newer() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_owned();
        let write = |content: &str| std::fs::write(path.join("a"), content).expect("ours");
        write("1");
        let (tell, known) = watch::channel(Known::new());
        let mut objects = Objects::new(known);
        let mut content = |known: Option<&str>| {
            let files = known.map(|content| Arc::new(Files::from([("a".to_owned(), content.into())])));
            tell.send_replace(Known::from([(path.clone(), files)]));
            let overlay = objects.overlay();
            overlay.file(&path.join("a")).map(|content| content.map(<[u8]>::to_vec))
        };
        assert_eq!(content(None), None);
        assert_eq!(content(Some("2")), Some(Some(b"2".to_vec())));
        // Lost, while the mounted file is still after.
        assert_eq!(content(None), Some(Some(b"2".to_vec())));
        write("3");
        assert_eq!(content(None), None);
        assert_eq!(content(Some("4")), Some(Some(b"4".to_vec())));
    }
}

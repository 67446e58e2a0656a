//! From the sources to the files that the target reads, in one pass: open, decompress, expand, write beside the place.
//! [`Plan::stage`] changes nothing that the target sees; [`Staged::commit`] puts all of it in place. Between the two
//! the files can be checked.

mod folder;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::environment::Environment;
use crate::expand::{self, Unset};
use crate::files::{self, Found, Listing, Own, Root};
use crate::fingerprint::{self, Fingerprint};
use crate::output::{self, Candidate, Folder, Output};
use crate::overlay::Overlay;
use crate::source;

pub use folder::TargetFolder;

/// Which file becomes which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file that is read.
    pub source: PathBuf,
    /// The file that is written; `None`: the target reads the source itself.
    pub output: Option<PathBuf>,
}

/// All that is read and written.
#[derive(Clone, Default)]
pub struct Plan {
    /// The configuration file.
    pub config: Option<Config>,
    /// Further files, which the target reads where they are, or in the target folder.
    pub roots: Vec<Root>,
    /// Where the files of the roots are written to, decompressed and expanded.
    pub target_folder: Option<TargetFolder>,
    /// The variables.
    pub environment: Environment,
    /// Whether a reference to an unset variable is an error.
    pub unset_is_fatal: bool,
    /// Whether outputs have the permissions of their sources, and not those of a pod's files.
    pub keeps_mode: bool,
    /// Whether what is only read by others is unpacked all the same, to see whether it can be.
    pub unpacks_everything: bool,
}

/// All that is to be put in place.
pub struct Staged {
    config: Option<Candidate>,
    files: Vec<Candidate>,
    names: Vec<PathBuf>,
    target_folder: Option<TargetFolder>,
    /// Of all that the target reads, once this is in place.
    pub fingerprint: Fingerprint,
    /// What is watched.
    pub listing: Listing,
    /// Files that no name can be given to.
    pub left_out: Vec<PathBuf>,
    /// References that could not be replaced.
    pub unset: Unset,
}

/// Why there is nothing to put in place, or why it was not put there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A source cannot be opened.
    #[error("cannot read {path}")]
    Source {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// A source is damaged or too long, or the output is out of space.
    #[error("cannot process {path}")]
    Process {
        /// The source.
        path: PathBuf,
        /// What failed.
        #[source]
        source: io::Error,
    },
    /// An output cannot be put in place.
    #[error("cannot write {path}")]
    Output {
        /// The output file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// References to unset variables, where these are not tolerated.
    #[error("{path} refers to unset environment variables: {names}")]
    Unset {
        /// The source.
        path: PathBuf,
        /// Some of them.
        names: String,
    },
    /// Two sources of one file of the target folder.
    #[error("{first} and {second} would both become {target}")]
    Collision {
        /// The one source.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// The file below the target folder.
        target: PathBuf,
    },
    /// The watched files cannot be listed.
    #[error("cannot list the watched files")]
    List(#[source] files::Error),
    /// The watched files cannot be read.
    #[error("cannot read the watched files")]
    Read(#[source] fingerprint::Error),
}

impl Plan {
    /// Reads everything, and writes what differs from what is in place beside it.
    pub fn stage(&self, overlay: &Overlay) -> Result<Staged, Error> {
        let mut stage = Stage {
            plan: self,
            overlay,
            builder: fingerprint::Builder::default(),
            unset: Unset::default(),
            folders: BTreeMap::new(),
        };
        let config = match &self.config {
            Some(config) => stage.config(config)?,
            None => None,
        };
        let output = self.config.as_ref().and_then(|config| config.output.as_deref());
        let target = self.target_folder.as_ref();
        let own = Own::new(output, target.map(|target| target.path.as_path()));
        let listing = files::list(&self.roots, &own).map_err(Error::List)?;
        let mut staged = Staged {
            config,
            files: Vec::new(),
            names: Vec::new(),
            target_folder: self.target_folder.clone(),
            fingerprint: Fingerprint([0; 32]),
            left_out: Vec::new(),
            listing: Listing::default(),
            unset: Unset::default(),
        };
        let is_copied = |found: &Found| target.is_some_and(|target| target.takes(&found.path));
        if let Some(target) = target {
            let mut copied: Vec<_> = listing.files.iter().filter(|found| is_copied(found)).cloned().collect();
            let roots = self.roots.iter().filter(|root| target.takes_of(root));
            folder::lay_over(&mut copied, roots, overlay);
            let named = folder::named(&copied)?;
            staged.left_out = named.left_out;
            for (found, name) in named.files {
                staged.files.extend(stage.copy(found, target, &name)?);
                staged.names.push(name);
            }
        }
        for found in listing.files.iter().filter(|found| !is_copied(found)) {
            if self.unpacks_everything {
                stage.unpack(&found.path)?;
            }
            stage.builder.file(&found.path).map_err(Error::Read)?;
        }
        staged.fingerprint = stage.builder.finish();
        staged.unset = stage.unset;
        staged.listing = listing;
        Ok(staged)
    }

    /// Files and folders that are written.
    pub fn own(&self) -> Vec<PathBuf> {
        let output = self.config.as_ref().and_then(|config| config.output.clone());
        let folder = self.target_folder.iter().map(|folder| folder.path.clone());
        output.into_iter().chain(folder).collect()
    }
}

impl Staged {
    /// Whether something is to be put in place.
    pub fn is_new(&self) -> bool {
        self.config.is_some() || !self.files.is_empty()
    }

    /// Where the new configuration is, if it differs from the one in place.
    pub fn config(&self) -> Option<PathBuf> {
        self.config.as_ref().map(Candidate::path)
    }

    /// Where the new files for the target folder are.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().map(Candidate::path)
    }

    /// Puts everything in place, and removes from the target folder what has no source any more.
    pub fn commit(self) -> Result<(), Error> {
        if let Some(folder) = &self.target_folder {
            folder.place(self.files, self.names)?;
        }
        self.config.map_or(Ok(()), place)
    }
}

fn place(candidate: Candidate) -> Result<(), Error> {
    let path = candidate.target();
    candidate.commit().map_err(|source| Error::Output { path, source })
}

/// One pass over the sources.
struct Stage<'a> {
    plan: &'a Plan,
    overlay: &'a Overlay,
    builder: fingerprint::Builder,
    unset: Unset,
    /// Folders that are written to, each opened once.
    folders: BTreeMap<PathBuf, Arc<Folder>>,
}

/// Where something is written, and how.
struct Place<'a> {
    folder: Arc<Folder>,
    target: &'a Path,
    mode: u32,
    environment: &'a Environment,
}

impl Stage<'_> {
    fn config(&mut self, config: &Config) -> Result<Option<Candidate>, Error> {
        let source = &config.source;
        if let Some(target) = &config.output {
            let folder = target.parent().unwrap_or(Path::new(""));
            let folder = Folder::open(folder).map_err(|source| Error::Output {
                path: folder.to_owned(),
                source,
            })?;
            let of_source = folder::mode(source).filter(|_| self.plan.keeps_mode);
            let place = Place {
                folder,
                target,
                mode: of_source.unwrap_or(output::MODE),
                environment: &self.plan.environment,
            };
            return self.write(source, &place);
        }
        if self.plan.unpacks_everything {
            self.unpack(source)?;
        }
        // The target reads it itself, but what it will not be able to read is known now.
        source::open(source).map_err(|error| Error::Source {
            path: source.clone(),
            source: error,
        })?;
        self.builder.file(source).map_err(Error::Read)?;
        Ok(None)
    }

    /// A file of a root, for the target folder.
    fn copy(&mut self, found: &Found, target: &TargetFolder, name: &Path) -> Result<Option<Candidate>, Error> {
        let folder = target.folder_of(name, &mut self.folders)?;
        let verbatim = Environment::nothing();
        let place = Place {
            folder,
            target: &target.path.join(name),
            mode: folder::mode(&found.path).unwrap_or(output::MODE),
            environment: if target.is_verbatim(&found.path) {
                &verbatim
            } else {
                &self.plan.environment
            },
        };
        self.write(&found.path, &place)
    }

    fn write(&mut self, path: &Path, place: &Place<'_>) -> Result<Option<Candidate>, Error> {
        let failed = |source| Error::Output {
            path: place.target.to_owned(),
            source,
        };
        let mut input = self.open(path)?;
        let name = place.target.file_name().unwrap_or_default();
        let mut output = Output::create(&place.folder, name, place.mode).map_err(failed)?;
        let unset = expand::copy(&mut input, &mut output, place.environment);
        drop(input);
        self.expanded(path, unset)?;
        let written = output.finish().map_err(failed)?;
        self.builder
            .content(place.target, written.digest, written.length)
            .map_err(Error::Read)?;
        Ok(written.candidate)
    }

    /// Reads a file to its end, for what it would come to.
    fn unpack(&mut self, path: &Path) -> Result<(), Error> {
        let mut input = self.open(path)?;
        let unset = expand::copy(&mut input, &mut io::sink(), &self.plan.environment);
        drop(input);
        self.expanded(path, unset)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn io::BufRead + '_>, Error> {
        let opened = match self.overlay.file(path) {
            Some(Some(content)) => source::of_memory(content, path),
            Some(None) => Err(io::ErrorKind::NotFound.into()),
            None => source::open(path).map(|input| input as Box<dyn io::BufRead>),
        };
        opened.map_err(|source| Error::Source {
            path: path.to_owned(),
            source,
        })
    }

    fn expanded(&mut self, path: &Path, unset: io::Result<Unset>) -> Result<(), Error> {
        let unset = unset.map_err(|source| Error::Process {
            path: path.to_owned(),
            source,
        })?;
        if self.plan.unset_is_fatal && unset.references > 0 {
            return Err(Error::Unset {
                path: path.to_owned(),
                names: unset.listed(),
            });
        }
        self.unset.add(unset);
        Ok(())
    }
}

#[cfg(test)]
mod tests;

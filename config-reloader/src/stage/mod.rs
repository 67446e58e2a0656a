//! From the sources to the files that the target reads, in one pass: open, decompress, expand, write beside the place.
//! [`Plan::stage`] changes nothing that the target sees; [`Staged::commit`] puts all of it in place. Between the two
//! the files can be checked.

mod folder;

use std::io;
use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::expand::{self, Unset};
use crate::files::{self, Found, Listing, Root};
use crate::fingerprint::{self, Fingerprint};
use crate::output::{self, Candidate, Output};
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
}

/// All that is to be put in place.
pub struct Staged {
    config: Option<Candidate>,
    files: Vec<Candidate>,
    names: Vec<PathBuf>,
    target_folder: Option<TargetFolder>,
    /// Of all that the target reads, once this is in place.
    pub fingerprint: Fingerprint,
    /// The folders that were walked.
    pub folders: Vec<PathBuf>,
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
        };
        let config = match &self.config {
            Some(config) => stage.config(config)?,
            None => None,
        };
        let Listing { mut files, folders } = files::list(&self.roots).map_err(Error::List)?;
        let mut staged = Staged {
            config,
            files: Vec::new(),
            names: Vec::new(),
            target_folder: self.target_folder.clone(),
            fingerprint: Fingerprint([0; 32]),
            folders,
            unset: Unset::default(),
        };
        if let Some(target) = &self.target_folder {
            let mut copied = files.extract_if(.., |found| target.takes(&found.path)).collect();
            let roots = self.roots.iter().filter(|root| target.takes_of(root));
            folder::lay_over(&mut copied, roots, overlay);
            for (found, name) in folder::named(&copied)? {
                staged.files.extend(stage.copy(found, &target.path.join(&name))?);
                staged.names.push(name);
            }
        }
        for found in &files {
            stage.builder.file(&found.path).map_err(Error::Read)?;
        }
        staged.fingerprint = stage.builder.finish();
        staged.unset = stage.unset;
        Ok(staged)
    }

    /// Files and folders that are written.
    pub fn own(&self) -> Vec<PathBuf> {
        let output = self.config.as_ref().and_then(|config| config.output.clone());
        let files = output.into_iter().flat_map(|path| [output::temporary(&path), path]);
        let folder = self.target_folder.iter().map(|folder| folder.path.clone());
        files.chain(folder).collect()
    }
}

impl Staged {
    /// Whether something is to be put in place.
    pub fn is_new(&self) -> bool {
        self.config.is_some() || !self.files.is_empty()
    }

    /// Where the new configuration is, if it differs from the one in place.
    pub fn config(&self) -> Option<&Path> {
        self.config.as_ref().map(Candidate::path)
    }

    /// Where the new files for the target folder are.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
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
    let path = candidate.target().to_owned();
    candidate.commit().map_err(|source| Error::Output { path, source })
}

/// One pass over the sources.
struct Stage<'a> {
    plan: &'a Plan,
    overlay: &'a Overlay,
    builder: fingerprint::Builder,
    unset: Unset,
}

impl Stage<'_> {
    fn config(&mut self, config: &Config) -> Result<Option<Candidate>, Error> {
        if let Some(output) = &config.output {
            return self.write(&config.source, output, output::MODE);
        }
        // The target reads it itself, but what it will not be able to read is known now.
        source::open(&config.source).map_err(|source| Error::Source {
            path: config.source.clone(),
            source,
        })?;
        self.builder.file(&config.source).map_err(Error::Read)?;
        Ok(None)
    }

    /// A file of a root, for the target folder.
    fn copy(&mut self, found: &Found, target: &Path) -> Result<Option<Candidate>, Error> {
        let mode = folder::mode(&found.path).unwrap_or(output::MODE);
        folder::create_above(target)?;
        self.write(&found.path, target, mode)
    }

    fn write(&mut self, path: &Path, target: &Path, mode: u32) -> Result<Option<Candidate>, Error> {
        let opened = match self.overlay.file(path) {
            Some(Some(content)) => source::of_memory(content, path),
            Some(None) => Err(io::ErrorKind::NotFound.into()),
            None => source::open(path),
        };
        let mut input = opened.map_err(|source| Error::Source {
            path: path.to_owned(),
            source,
        })?;
        let failed = |source| Error::Output {
            path: target.to_owned(),
            source,
        };
        let mut output = Output::create(target, mode).map_err(failed)?;
        let unset = expand::copy(&mut input, &mut output, &self.plan.environment);
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
        let written = output.finish().map_err(failed)?;
        self.builder
            .content(target, written.digest, written.length)
            .map_err(Error::Read)?;
        Ok(written.candidate)
    }
}

#[cfg(test)]
mod tests;

//! From the configuration file to the file that the target reads, in one pass: open, decompress, expand, write.
//! It touches these two files only.

use std::io;
use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::expand::{self, Unset};
use crate::output::Output;
use crate::source;

/// Which file becomes which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file that is read.
    pub source: PathBuf,
    /// The file that is written; `None`: the target reads the source itself.
    pub output: Option<PathBuf>,
}

/// Why the output was not renewed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The source cannot be opened.
    #[error("cannot read {path}")]
    Source {
        /// The configuration file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The source is damaged or too long, or the output is out of space.
    #[error("cannot process {path}")]
    Process {
        /// The configuration file.
        path: PathBuf,
        /// What failed.
        #[source]
        source: io::Error,
    },
    /// The output cannot be put in place.
    #[error("cannot write {path}")]
    Output {
        /// The output file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
}

impl Config {
    /// Writes the output anew, where there is one. On an error the former output is untouched.
    pub fn apply(&self, environment: &Environment) -> Result<Unset, Error> {
        let input = source::open(&self.source);
        let mut input = input.map_err(|source| Error::Source {
            path: self.source.clone(),
            source,
        })?;
        let Some(path) = &self.output else {
            return Ok(Unset::default());
        };
        let failed = |source| Error::Output {
            path: path.clone(),
            source,
        };
        let mut output = Output::create(path).map_err(failed)?;
        let unset = expand::copy(&mut input, &mut output, environment);
        let unset = unset.map_err(|source| Error::Process {
            path: self.source.clone(),
            source,
        })?;
        output.commit().map_err(failed)?;
        Ok(unset)
    }

    /// The file whose content decides whether a reload is due.
    pub fn effective(&self) -> &Path {
        self.output.as_deref().unwrap_or(&self.source)
    }
}

//! Where the jobs are: in the configuration itself, or spread over further files, each in a Secret of its own, where one
//! Secret cannot hold all of them. Pure. Prometheus reads such files since 2.43 (`scrape_config_files`).

use formats::version::Version;

use super::Rendering;
use crate::cache::gzip_members::{Member, Piece, Place, Sizes, Writer};
use crate::pod::sharded_secret;
use crate::prometheus::config::Error;

/// How many files jobs are spread over. Part of the pod template, so it never changes: 16 Secrets hold about 300 MB of jobs.
pub const JOB_FILES: usize = 16;
/// The first version of Prometheus that reads further files.
const SINCE: Version = Version::new(2, 43, 0);

/// Where the jobs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// In the configuration itself.
    #[default]
    Whole,
    /// In [`JOB_FILES`] files. An object's jobs are always in the same one, so that nothing moves between Secrets, which
    /// reach a pod one by one.
    Spread,
}

impl Layout {
    /// How many chains of members it has.
    pub(super) const fn chains(self) -> usize {
        match self {
            Self::Whole => 1,
            Self::Spread => JOB_FILES,
        }
    }
}

/// The sizes of compressed files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes that a Secret holds.
    pub(super) secret: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            secret: sharded_secret::LIMIT,
        }
    }
}

impl Limits {
    /// The layout of `bytes` for pods that are made for `mounted`: one that shrinks stays spread for a while, because each
    /// change of the layout restarts the pods.
    pub(super) fn layout(self, bytes: usize, version: Version, mounted: Layout) -> Layout {
        let most = match mounted {
            Layout::Whole => self.secret,
            Layout::Spread => self.secret / 4 * 3,
        };
        if bytes > most && version >= SINCE {
            Layout::Spread
        } else {
            Layout::Whole
        }
    }

    /// # Errors
    /// When a file does not fit into a Secret.
    pub(super) fn check(self, rendering: &Rendering, version: Version) -> Result<(), Error> {
        let (bytes, most) = (rendering.gzip.len(), self.secret);
        let too_large = |part, bytes| Err(Error::TooLarge { part, bytes, most });
        let largest = rendering.job_files.iter().map(|(_, file)| file.len()).max();
        match rendering.layout {
            Layout::Whole if bytes > most => Err(Error::TooLargeForVersion {
                bytes,
                most,
                version,
                since: SINCE,
            }),
            Layout::Spread if bytes > most => too_large("the configuration without its jobs", bytes),
            Layout::Spread if largest > Some(most) => too_large("a file of jobs", largest.unwrap_or_default()),
            Layout::Whole | Layout::Spread => Ok(()),
        }
    }
}

/// A chain of members for each file of jobs.
pub(super) type Chains = Vec<Vec<Member>>;

/// Writes the chains of a layout.
#[derive(Debug)]
pub(super) struct Writers(Vec<Writer>);

impl Writers {
    /// Writers that take over what they can from the chains `last`, which are of the same layout, or none.
    pub(super) fn new(layout: Layout, sizes: Sizes, last: Chains) -> Self {
        let mut last = last.into_iter();
        let chains = (0..layout.chains()).map(|_| last.next().unwrap_or_default());
        Self(chains.map(|chain| Writer::new(sizes, chain)).collect())
    }

    /// Adds the piece whose name has the hash `mark`, where a piece of that name has always been.
    pub(super) fn push(&mut self, mark: u32, piece: Piece) -> Place {
        let chain = mark as usize % self.0.len();
        self.0[chain].push(mark, piece)
    }

    /// The chains.
    pub(super) fn finish(self) -> Chains {
        self.0.into_iter().map(Writer::finish).collect()
    }
}

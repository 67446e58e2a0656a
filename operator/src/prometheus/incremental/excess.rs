//! What is left out because there is too much of it: jobs of a namespace, bytes of a namespace, and what does not fit into the
//! Secret that it is in. Pure. The largest objects of those who have most go, so that the others stay.

use std::collections::BTreeMap;
use std::sync::Arc;

use formats::gzip;

use super::{JobCache, Jobs, Layout, Rendering};
use crate::assets::HasReferences;
use crate::cache::Outcomes;
use crate::cache::gzip_members::text_at;
use crate::cache::shares::{Excess, Share, left_out, over_all, over_namespaces};
use crate::object::{ConfigKind, ConfigObject, LeftOut, ObjectKey};
use crate::prometheus::instance::Mode;
use crate::prometheus::scrape_object::{ScrapeObjects, job_counts};
use crate::settings::Caps;

/// The objects whose namespaces would have too many jobs with them.
pub(super) fn of_jobs(objects: &ScrapeObjects, mode: Mode<'_>, caps: Caps) -> LeftOut {
    let most = caps.jobs_per_namespace;
    // Who has too many by himself is rejected for that, and has none.
    let counts = job_counts(objects, mode);
    let counts = counts
        .iter()
        .copied()
        .filter(|share| share.amount <= caps.jobs_per_object);
    left_out(over_namespaces(counts, most), |excess| {
        let Excess { share, of_namespace } = excess;
        let (namespace, own) = (&share.object.namespace, share.amount);
        format!(
            "namespace {namespace} has {of_namespace} jobs, of which {own} are of this object, and {most} are allowed \
             (--max-jobs-per-namespace): its objects with most jobs are left out"
        )
    })
}

/// What is in the files of one object.
#[derive(Clone, Copy)]
struct Piece<'a> {
    kind: ConfigKind,
    object: &'a ObjectKey,
    jobs: &'a Jobs,
}

impl<'a> Piece<'a> {
    fn share(self, amount: usize) -> Share<'a> {
        Share {
            amount,
            kind: self.kind,
            object: self.object,
        }
    }
}

impl JobCache {
    /// The objects that must go from what was rendered last, since it is too much; nothing where it is not.
    pub(super) fn excess(&self, rendering: &Rendering, caps: Caps) -> LeftOut {
        let of_namespaces = self.of_namespaces(caps.bytes_per_namespace);
        if of_namespaces.is_empty() {
            self.of_files(rendering)
        } else {
            of_namespaces
        }
    }

    fn of_namespaces(&self, most: usize) -> LeftOut {
        let shares = self.pieces().map(|piece| piece.share(piece.jobs.place.length()));
        left_out(over_namespaces(shares, most), |excess| {
            let Excess { share, of_namespace } = excess;
            let (namespace, own) = (&share.object.namespace, share.amount);
            format!(
                "the jobs of namespace {namespace} have {of_namespace} bytes, of which {own} are of this object, and {most} are \
                 allowed (--max-bytes-per-namespace): its largest objects are left out"
            )
        })
    }

    /// Of each file that a Secret does not hold.
    fn of_files(&self, rendering: &Rendering) -> LeftOut {
        let most = self.limits.secret;
        let lengths: Vec<(usize, usize)> = match rendering.layout {
            Layout::Whole => vec![(0, rendering.gzip.len())],
            Layout::Spread => rendering
                .job_files
                .iter()
                .map(|(number, file)| (*number, file.len()))
                .collect(),
        };
        let too_large = lengths.into_iter().filter(|(_, length)| *length > most);
        too_large
            .flat_map(|(chain, length)| self.of_file(chain, length))
            .collect()
    }

    /// Of the file with that chain. What a namespace has of it is what its jobs have when they are compressed together.
    fn of_file(&self, chain: usize, length: usize) -> LeftOut {
        let most = self.limits.secret;
        let members = &self.chains[chain];
        let mut namespaces: BTreeMap<&Arc<str>, Vec<Piece<'_>>> = BTreeMap::new();
        let of_chain = |piece: &Piece<'_>| piece.jobs.mark as usize % self.chains.len() == chain;
        for piece in self.pieces().filter(of_chain) {
            namespaces.entry(&piece.object.namespace).or_default().push(piece);
        }
        let shares: Vec<Share<'_>> = (namespaces.into_values())
            .flat_map(|pieces| {
                let text = text_at(members, pieces.iter().map(|piece| &piece.jobs.place));
                let (all, packed) = (text.len().max(1), gzip::compress(&text).len());
                (pieces.into_iter())
                    .map(move |piece| piece.share(piece.jobs.place.length() * packed / all))
                    .collect::<Vec<_>>()
            })
            .collect();
        // Apart they take another number of bytes than together: what fits is taken in proportion, and a little less.
        let sum: usize = shares.iter().map(|share| share.amount).sum();
        let room = sum.saturating_mul(most) / length;
        let room = room - room / 50;
        left_out(over_all(shares, room), |Excess { share, .. }| {
            let namespace = &share.object.namespace;
            format!(
                "the file that its jobs are in has {length} compressed bytes, and a Secret holds {most}: namespace {namespace} \
                 has most of it, and its largest objects are left out"
            )
        })
    }

    fn pieces(&self) -> impl Iterator<Item = Piece<'_>> + Clone {
        pieces_of(&self.service_monitors)
            .chain(pieces_of(&self.pod_monitors))
            .chain(pieces_of(&self.probes))
            .chain(pieces_of(&self.scrape_configs))
    }
}

fn pieces_of<K: ConfigObject + HasReferences>(outcomes: &Outcomes<K, Jobs>) -> impl Iterator<Item = Piece<'_>> + Clone {
    outcomes.iter().filter_map(|outcome| {
        let jobs = outcome.result.as_ref().ok()?;
        Some(Piece {
            kind: K::KIND,
            object: &outcome.key,
            jobs,
        })
    })
}

//! The configuration with what the selected objects add, rendered piece by piece: what an object adds is kept until the
//! object, or something that it depends on, changes. A change of one object renders that object alone. Pure: what was
//! kept never shows in the bytes.
//!
//! Each object is checked by the rules by which Alertmanager loads the whole file, in the company of the base. No such rule
//! concerns two objects, since all their names are their own; so a file whose every part passes is loaded.

use std::borrow::Cow;
use std::mem;

use crds::AlertmanagerConfigFileSystemMode as FileSystemMode;
use crds::AlertmanagerConfigMatcherStrategyType as Strategy;
use crds::v1alpha1::AlertmanagerConfig;
use formats::gzip;
use formats::matcher::Mode;
use formats::version::Version;
use formats::yaml::Yaml;
use kube::ResourceExt;

use super::context::Context;
use super::object;
use super::outline::{self, ADDITIONS, Addition, outline};
use super::scope::ObjectScope;
use crate::assets::{Assets, References, TlsFiles};
use crate::cache::gzip_members::{Member, Piece, Place, Sizes, Writer};
use crate::cache::shares::{Excess, Share, left_out, over_all, over_namespaces};
use crate::cache::{Basis, Outcomes, Render};
use crate::check::caps::TooManyBytes;
use crate::check::invalid::{Field, Invalid, SPEC};
use crate::object::{ByKey, ConfigKind, LeftOut, ObjectKey, Rejection};
use crate::settings::Caps;

const KIND: ConfigKind = ConfigKind::AlertmanagerConfig;

/// What the parts of all objects depend on.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The file without them.
    pub base: &'a Yaml,
    /// The version of Alertmanager.
    pub version: Version,
    /// How it reads matchers.
    pub matchers: Mode,
    /// Which alerts an object is about.
    pub strategy: Option<Strategy>,
    /// What becomes of objects that refer to files of the container; none: they are refused.
    pub files: Option<FileSystemMode>,
    /// Namespace of the Alertmanager.
    pub namespace: &'a str,
    /// What the objects refer to.
    pub assets: &'a Assets,
    /// How much the objects may add.
    pub caps: Caps,
    /// Bytes that the compressed file may have.
    pub room: usize,
}

/// What was rendered of each object the last time. Empty at first.
#[derive(Debug, Default)]
pub struct PartCache {
    basis: Option<Basis<OwnedFacts>>,
    outcomes: Outcomes<AlertmanagerConfig, KeptPart>,
    chains: [Vec<Member>; ADDITIONS.len()],
}

/// What comes out of all objects.
#[derive(Debug, Default)]
pub struct Rendering {
    /// The file, compressed.
    pub gzip: Vec<u8>,
    /// Certificates and keys that the accepted objects need as files of the pod.
    pub tls_files: TlsFiles,
    /// Objects that are left out.
    pub rejections: Vec<Rejection>,
    /// What the version does not know of the others.
    pub dropped: Vec<String>,
    /// How many objects are in the file.
    pub accepted: usize,
    /// How many objects were rendered, and not taken from what was kept.
    pub fresh: usize,
}

/// All that the parts of objects can read besides the object and the contents that it refers to.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Facts<'a> {
    base: &'a Yaml,
    version: Version,
    matchers: Mode,
    strategy: Option<Strategy>,
    files: Option<FileSystemMode>,
    namespace: &'a str,
    most_bytes: usize,
}

/// [`Facts`] of their own, to be compared with the next ones.
#[derive(Debug)]
struct OwnedFacts {
    base: Yaml,
    version: Version,
    matchers: Mode,
    strategy: Option<Strategy>,
    files: Option<FileSystemMode>,
    namespace: Box<str>,
    most_bytes: usize,
}

impl From<Facts<'_>> for OwnedFacts {
    fn from(facts: Facts<'_>) -> Self {
        let Facts {
            base,
            version,
            matchers,
            strategy,
            files,
            namespace,
            most_bytes,
        } = facts;
        Self {
            base: base.clone(),
            version,
            matchers,
            strategy,
            files,
            namespace: namespace.into(),
            most_bytes,
        }
    }
}

impl PartialEq<Facts<'_>> for OwnedFacts {
    fn eq(&self, other: &Facts<'_>) -> bool {
        let facts = Facts {
            base: &self.base,
            version: self.version,
            matchers: self.matchers,
            strategy: self.strategy,
            files: self.files,
            namespace: &self.namespace,
            most_bytes: self.most_bytes,
        };
        facts == *other
    }
}

/// The part of an object, which is in the file.
#[derive(Debug)]
struct KeptPart {
    /// Hash of the object's name, from which the cuts between the pieces of objects follow.
    mark: u32,
    places: [Place; ADDITIONS.len()],
    tls_files: TlsFiles,
    dropped: Box<[String]>,
}

impl PartCache {
    /// The file of `input` with what `objects` add, as far as they pass their checks and there is room for them.
    pub fn render(&mut self, input: &Input<'_>, objects: &ByKey<AlertmanagerConfig>) -> Rendering {
        let mut left_out = LeftOut::new();
        loop {
            let (rest, rejections) = if left_out.is_empty() {
                (Cow::Borrowed(objects), Vec::new())
            } else {
                let mut rest = objects.clone();
                let rejections = leave_out(&mut rest, &left_out);
                (Cow::Owned(rest), rejections)
            };
            let mut rendering = self.rendered(input, &rest);
            let excess = self.excess(&rendering, input);
            if excess.is_empty() {
                rendering.rejections.extend(rejections);
                return rendering;
            }
            left_out.extend(excess);
        }
    }

    /// The same, whether there is room for them or not.
    fn rendered(&mut self, input: &Input<'_>, objects: &ByKey<AlertmanagerConfig>) -> Rendering {
        let Input {
            base,
            version,
            matchers,
            strategy,
            files,
            namespace,
            assets,
            caps,
            room: _,
        } = *input;
        let facts = Facts {
            base,
            version,
            matchers,
            strategy,
            files,
            namespace,
            most_bytes: caps.bytes_per_object,
        };
        let (basis, stale) = Basis::next(self.basis.take(), facts, assets, &References::default());
        let mut parts = PartWriter {
            facts,
            assets,
            context: Context::of(base, matchers).for_version(version).in_api_words(),
            writers: mem::take(&mut self.chains).map(|chain| Writer::new(Sizes::default(), chain)),
        };
        let mut rendering = Rendering {
            fresh: self.outcomes.update(objects, &stale, &mut parts),
            ..Rendering::default()
        };
        self.chains = parts.writers.map(Writer::finish);
        self.basis = Some(basis);
        for outcome in self.outcomes.iter() {
            match &outcome.result {
                Err(message) => {
                    let object = &outcome.object;
                    rendering
                        .rejections
                        .push(rejection(object, outcome.key.clone(), message.clone()));
                }
                Ok(part) => {
                    rendering.accepted += 1;
                    rendering.tls_files.extend(part.tls_files.clone());
                    rendering.dropped.extend_from_slice(&part.dropped);
                }
            }
        }
        rendering.gzip = self.file(base);
        rendering
    }

    /// The objects that must go from what was rendered last, since it is too much; nothing where it is not.
    fn excess(&self, rendering: &Rendering, input: &Input<'_>) -> LeftOut {
        let shares = || {
            let parts = self.outcomes.iter();
            parts.filter_map(|outcome| {
                Some(Share {
                    amount: outcome.result.as_ref().ok()?.places.iter().map(Place::length).sum(),
                    kind: KIND,
                    object: &outcome.key,
                })
            })
        };
        let most = input.caps.bytes_per_namespace;
        let of_namespaces = over_namespaces(shares(), most);
        if !of_namespaces.is_empty() {
            return left_out(of_namespaces, |Excess { share, of_namespace }| {
                let (namespace, own) = (&share.object.namespace, share.amount);
                format!(
                    "the objects of namespace {namespace} become {of_namespace} bytes, of which {own} are of this one, and \
                     {most} are allowed (--max-bytes-per-namespace): the largest are left out"
                )
            });
        }
        let (length, room) = (rendering.gzip.len(), input.room);
        if length <= room {
            return LeftOut::new();
        }
        // The excess is taken in proportion, and a little more.
        let sum: usize = shares().map(|share| share.amount).sum();
        let most = sum - (sum * (length - room) / length + sum / 50 + 1).min(sum);
        left_out(over_all(shares(), most), |Excess { share, .. }| {
            let namespace = &share.object.namespace;
            format!(
                "the configuration has {length} compressed bytes, and its Secret has room for {room}: namespace {namespace} adds \
                 most, and its largest objects are left out"
            )
        })
    }

    fn file(&self, base: &Yaml) -> Vec<u8> {
        let chain = |addition: Addition| &self.chains[addition as usize];
        let mut file = Vec::new();
        for piece in outline(base, |addition| !chain(addition).is_empty()) {
            match piece {
                outline::Piece::Text(text) => file.extend(gzip::compress(text.as_bytes())),
                outline::Piece::Added(addition) => {
                    for member in chain(addition) {
                        file.extend_from_slice(&member.gzip);
                    }
                }
            }
        }
        file
    }
}

fn rejection(object: &AlertmanagerConfig, key: ObjectKey, message: String) -> Rejection {
    Rejection {
        kind: KIND,
        object: key,
        uid: object.uid(),
        message,
    }
}

/// Takes objects from the others, and gives their rejections.
pub fn leave_out(objects: &mut ByKey<AlertmanagerConfig>, left_out: &LeftOut) -> Vec<Rejection> {
    let gone = (left_out.iter()).filter_map(|((_, key), message)| {
        let object = objects.remove(key)?;
        Some(rejection(&object, key.clone(), message.clone()))
    });
    gone.collect()
}

/// Writes the parts of objects into the file.
struct PartWriter<'a> {
    facts: Facts<'a>,
    assets: &'a Assets,
    context: Context<'a>,
    writers: [Writer; ADDITIONS.len()],
}

impl Render<AlertmanagerConfig> for PartWriter<'_> {
    type Accepted = KeptPart;

    fn is_same(last: &AlertmanagerConfig, now: &AlertmanagerConfig) -> bool {
        last.spec == now.spec
    }

    fn render(&mut self, key: &ObjectKey, object: &AlertmanagerConfig) -> Result<KeptPart, String> {
        let admitted = self.assets.admit(&key.namespace, object).field(SPEC);
        admitted.map_err(|invalid| invalid.to_string())?;
        if self.facts.files != Some(FileSystemMode::Allow) {
            object::check_files(object).map_err(|invalid| invalid.to_string())?;
        }
        let scope = ObjectScope::new(key, self.assets, self.facts.version);
        let confined = object::is_confined(self.facts.strategy, &key.namespace, self.facts.namespace);
        let (part, dropped) =
            object::addition(object, confined, &scope, &self.context).map_err(|invalid| invalid.to_string())?;
        let dropped = dropped.into_iter();
        let texts = ADDITIONS.map(|addition| (addition, part.text(addition)));
        let most = self.facts.most_bytes;
        if texts.iter().map(|(_, text)| text.len()).sum::<usize>() > most {
            return Err(Invalid::new(SPEC, TooManyBytes { most }).to_string());
        }
        let mark = gzip::checksum(key.to_string().as_bytes());
        Ok(KeptPart {
            mark,
            places: texts.map(|(addition, text)| self.writers[addition as usize].push(mark, Piece::New(text))),
            tls_files: scope.tls_files(),
            dropped: dropped.map(|dropped| format!("{KIND} {key}: {dropped}")).collect(),
        })
    }

    fn keep(&mut self, kept: &mut KeptPart) {
        for (writer, place) in self.writers.iter_mut().zip(&mut kept.places) {
            *place = writer.push(kept.mark, Piece::Kept(place.clone()));
        }
    }
}

#[cfg(test)]
mod tests;

//! The configuration with what the selected objects add, rendered piece by piece: what an object adds is kept until the
//! object, or something that it depends on, changes. A change of one object renders that object alone. Pure: what was
//! kept never shows in the bytes.
//!
//! Each object is checked by the rules by which Alertmanager loads the whole file, in the company of the base. No such rule
//! concerns two objects, since all their names are their own; so a file whose every part passes is loaded.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use crds::AlertmanagerConfigMatcherStrategyType as Strategy;
use crds::v1alpha1::AlertmanagerConfig;
use formats::gzip;
use formats::matcher::Mode;
use formats::version::Version;
use formats::yaml::Yaml;
use kube::ResourceExt;

use super::gate::Gate;
use super::load::Whole;
use super::object::{self, Part};
use super::outline::{self, ADDITIONS, Addition, outline};
use super::scope::Scope;
use crate::alertmanager::validate;
use crate::assets::{Assets, References, Referred, Stale, TlsFiles};
use crate::cache::gzip_members::{Member, Piece, Place, Sizes, Writer};
use crate::check::invalid::Invalid;
use crate::object::{ByKey, ConfigKind, ObjectKey, Rejection};

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
    /// Namespace of the Alertmanager.
    pub namespace: &'a str,
    /// What the objects refer to.
    pub assets: &'a Assets,
}

/// What was rendered of each object the last time. Empty at first.
#[derive(Debug, Default)]
pub struct Fragments {
    basis: Option<Basis>,
    kept: BTreeMap<ObjectKey, Fragment>,
    chains: [Vec<Member>; ADDITIONS.len()],
}

/// What is remembered of an Alertmanager: it makes the next rendering cheaper, and never shows in it.
#[derive(Debug, Default)]
pub struct Memory {
    /// Of the configuration.
    pub fragments: Fragments,
    /// What the objects refer to.
    pub referred: Referred<AlertmanagerConfig>,
    /// What was read of Secrets and `ConfigMap`s, as long as the objects refer to them.
    pub assets: Assets,
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

/// [`Input`], to be compared with the next one.
#[derive(Debug)]
struct Basis {
    base: Yaml,
    version: Version,
    matchers: Mode,
    strategy: Option<Strategy>,
    namespace: Box<str>,
    assets: Assets,
}

/// What came out of an object.
#[derive(Debug)]
struct Fragment {
    object: Arc<AlertmanagerConfig>,
    outcome: Outcome,
}

#[derive(Debug)]
enum Outcome {
    /// It is left out; why.
    Rejected(String),
    /// It is in the file.
    Accepted {
        tls_files: TlsFiles,
        dropped: Box<[String]>,
        places: [Place; ADDITIONS.len()],
    },
}

impl Basis {
    fn next(last: Option<Self>, input: &Input<'_>) -> (Self, Stale) {
        let assets = input.assets.clone();
        if let Some(last) = last.filter(|last| last.is_for(input)) {
            let stale = Stale::between(&last.assets, &assets, &References::default());
            return (Self { assets, ..last }, stale);
        }
        let basis = Self {
            base: input.base.clone(),
            version: input.version,
            matchers: input.matchers,
            strategy: input.strategy,
            namespace: input.namespace.into(),
            assets,
        };
        (basis, Stale::Everything)
    }

    fn is_for(&self, input: &Input<'_>) -> bool {
        self.base == *input.base
            && self.version == input.version
            && self.matchers == input.matchers
            && self.strategy == input.strategy
            && *self.namespace == *input.namespace
    }
}

impl Fragments {
    /// The file of `input` with what `objects` add, as far as they pass their checks.
    pub fn render(&mut self, input: &Input<'_>, objects: &ByKey<AlertmanagerConfig>) -> Rendering {
        let (basis, stale) = Basis::next(self.basis.take(), input);
        let mut known = mem::take(&mut self.kept);
        let chains = mem::take(&mut self.chains);
        let mut pass = Pass {
            input,
            whole: Whole::of(input.base, input.matchers),
            writers: chains.map(|chain| Writer::new(Sizes::default(), chain)),
            rendering: Rendering::default(),
        };
        for (key, object) in objects {
            let holds = |fragment: &Fragment| {
                let is_same = Arc::ptr_eq(&fragment.object, object) || fragment.object.spec == object.spec;
                is_same && !stale.concerns(&key.namespace, &**object)
            };
            let fragment = match known.remove(key).filter(holds) {
                Some(fragment) => pass.moved(key, fragment, object),
                None => pass.rendered(key, object),
            };
            pass.count(key, &fragment);
            self.kept.insert(key.clone(), fragment);
        }
        let Pass {
            writers, mut rendering, ..
        } = pass;
        self.chains = writers.map(Writer::finish);
        rendering.gzip = self.file(input.base);
        self.basis = Some(basis);
        rendering
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

/// What the cuts between the pieces of objects follow from.
fn mark(key: &ObjectKey) -> u32 {
    gzip::checksum(key.to_string().as_bytes())
}

/// One walk over all objects.
struct Pass<'a> {
    input: &'a Input<'a>,
    whole: Whole<'a>,
    writers: [Writer; ADDITIONS.len()],
    rendering: Rendering,
}

impl Pass<'_> {
    /// What is kept, at its places in the new chains.
    fn moved(&mut self, key: &ObjectKey, mut fragment: Fragment, object: &Arc<AlertmanagerConfig>) -> Fragment {
        if let Outcome::Accepted { places, .. } = &mut fragment.outcome {
            let mark = mark(key);
            for (writer, place) in self.writers.iter_mut().zip(places) {
                *place = writer.push(mark, Piece::Kept(place.clone()));
            }
        }
        fragment.object = object.clone();
        fragment
    }

    /// What comes out of an object now.
    fn rendered(&mut self, key: &ObjectKey, object: &Arc<AlertmanagerConfig>) -> Fragment {
        self.rendering.fresh += 1;
        let scope = Scope::new(&key.namespace, self.input.assets, self.input.version);
        let gate = Gate::new(self.input.version, self.whole.global);
        let outcome = match self.part(object, &scope, &gate) {
            Err(invalid) => Outcome::Rejected(invalid.to_string()),
            Ok(part) => {
                let mark = mark(key);
                let dropped = gate
                    .into_dropped()
                    .into_iter()
                    .map(|dropped| format!("{KIND} {key}: {dropped}"));
                Outcome::Accepted {
                    tls_files: scope.tls_files(),
                    dropped: dropped.collect(),
                    places: ADDITIONS
                        .map(|addition| self.writers[addition as usize].push(mark, Piece::New(part.text(addition)))),
                }
            }
        };
        Fragment {
            object: object.clone(),
            outcome,
        }
    }

    fn part(&self, object: &AlertmanagerConfig, scope: &Scope<'_>, gate: &Gate<'_>) -> Result<Part, Invalid> {
        validate::check(object, self.input.version, self.input.assets)?;
        let confined = object::is_confined(self.input.strategy, scope.namespace, self.input.namespace);
        let part = object::part(object, confined, scope)?.fitted(gate)?;
        self.whole.check_part(&part)?;
        Ok(part)
    }

    fn count(&mut self, key: &ObjectKey, fragment: &Fragment) {
        let rendering = &mut self.rendering;
        match &fragment.outcome {
            Outcome::Rejected(message) => rendering.rejections.push(Rejection {
                kind: KIND,
                object: key.clone(),
                uid: fragment.object.uid(),
                message: message.clone(),
            }),
            Outcome::Accepted { tls_files, dropped, .. } => {
                rendering.accepted += 1;
                rendering.tls_files.extend(tls_files.clone());
                rendering.dropped.extend_from_slice(dropped);
            }
        }
    }
}

#[cfg(test)]
mod tests;

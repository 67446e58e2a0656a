//! What came of each `PrometheusRule` the last time, and where its file is: a changed rule is the only one that is checked
//! and written again, and moves no other. Pure. Where files are is known from the `ConfigMap`s after a start; what is kept
//! beyond that never shows in what comes out.

use crds::PrometheusRule;
use formats::version::Dropped;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;

use super::config_map::{self, Places};
use super::{Content, RuleFiles, RuleTarget, file_name, rule_file, stored};
use crate::assets::{Assets, References};
use crate::cache::shares::{Excess, Share, left_out, over_namespaces};
use crate::cache::{Basis, Outcomes, Render};
use crate::object::{ByKey, ConfigKind, LeftOut, ObjectKey, Rejection};
use crate::pod::changed_at;
use crate::pod::metadata::{self, Parent, map};
use crate::settings::Settings;

/// What is kept of the rules of one workload.
#[derive(Debug, Default)]
pub struct RuleFileCache {
    basis: Option<Basis<RuleTarget>>,
    outcomes: Outcomes<PrometheusRule, RuleFile>,
    places: Option<Places>,
}

/// The file of an object.
#[derive(Debug)]
struct RuleFile {
    content: Content,
    dropped: Vec<Dropped>,
}

impl RuleFileCache {
    /// Whether it is known where files are.
    pub const fn knows_places(&self) -> bool {
        self.places.is_some()
    }

    /// Takes note of what there is.
    pub fn found(&mut self, places: Places) {
        self.places = Some(places);
    }

    /// The files of `rules`, the objects whose rules are not loaded, and how many were read again.
    pub fn rule_files(
        &mut self,
        target: &RuleTarget,
        rules: &ByKey<PrometheusRule>,
    ) -> (RuleFiles, Vec<Rejection>, usize) {
        // Rules refer to nothing.
        let (basis, stale) = Basis::next(
            self.basis.take(),
            target.clone(),
            &Assets::default(),
            &References::default(),
        );
        let fresh = self.outcomes.update(rules, &stale, &mut FileWriter { target });
        self.basis = Some(basis);
        let excess = self.excess(target.caps.bytes_per_namespace);
        let (mut files, mut rejections) = (RuleFiles::default(), Vec::new());
        for outcome in self.outcomes.iter() {
            let result = match excess.get(&(ConfigKind::PrometheusRule, outcome.key.clone())) {
                Some(message) => Err(message),
                None => outcome.result.as_ref(),
            };
            match result {
                Ok(file) => files.add(&outcome.key, file_name(&outcome.object), &file.content, &file.dropped),
                Err(message) => rejections.push(Rejection {
                    kind: ConfigKind::PrometheusRule,
                    uid: outcome.object.uid(),
                    object: outcome.key.clone(),
                    message: message.clone(),
                }),
            }
        }
        (files, rejections, fresh)
    }

    /// The objects whose namespaces have too much with them.
    fn excess(&self, most: usize) -> LeftOut {
        let shares = self.outcomes.iter().filter_map(|outcome| {
            Some(Share {
                amount: outcome.result.as_ref().ok()?.content.size(),
                kind: ConfigKind::PrometheusRule,
                object: &outcome.key,
            })
        });
        left_out(over_namespaces(shares, most), |Excess { share, of_namespace }| {
            let (namespace, own) = (&share.object.namespace, share.amount);
            format!(
                "the rule files of namespace {namespace} have {of_namespace} bytes, of which {own} are of this object, and {most} \
                 are allowed (--max-bytes-per-namespace): the largest are left out"
            )
        })
    }

    /// The `ConfigMap`s with the files, as [`config_map::config_maps`] makes them.
    pub fn config_maps(&mut self, prefix: &str, label: (&str, &str), files: &RuleFiles) -> Vec<ConfigMap> {
        let places = self.places.get_or_insert_default();
        config_map::config_maps(prefix, label, &files.files, places)
    }

    /// The same, managed for `owner`, whose name is the value of the label.
    pub fn managed_config_maps<'a>(
        &mut self,
        owner: impl Into<Parent<'a>>,
        prefix: &str,
        label: &str,
        files: &RuleFiles,
        settings: &Settings,
    ) -> Vec<ConfigMap> {
        let owner = owner.into();
        let label = (label, owner.metadata.name.as_deref().unwrap_or_default());
        let mut config_maps = self.config_maps(prefix, label, files);
        for config_map in &mut config_maps {
            config_map.metadata = metadata::managed(owner.clone(), config_map.name_any(), &map([label]), settings);
            changed_at::make_room(settings.changes_timed, &mut config_map.data);
        }
        config_maps
    }
}

/// Writes the rules of objects as files.
struct FileWriter<'a> {
    target: &'a RuleTarget,
}

impl Render<PrometheusRule> for FileWriter<'_> {
    type Accepted = RuleFile;

    /// The identifier is part of the name of the file.
    fn is_same(last: &PrometheusRule, now: &PrometheusRule) -> bool {
        last.metadata.uid == now.metadata.uid && last.spec == now.spec
    }

    fn render(&mut self, _: &ObjectKey, rule: &PrometheusRule) -> Result<RuleFile, String> {
        let file = rule_file(self.target, rule).and_then(|(text, dropped)| {
            Ok(RuleFile {
                content: stored(text)?,
                dropped,
            })
        });
        file.map_err(|error| error.to_string())
    }

    fn keep(&mut self, _: &mut RuleFile) {}
}

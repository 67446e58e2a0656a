//! What came of each `PrometheusRule` the last time, and where its file is: a changed rule is the only one that is checked
//! and written again, and moves no other. Pure. Where files are is known from the `ConfigMap`s after a start; what is kept
//! beyond that never shows in what comes out.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use crds::PrometheusRule;
use formats::version::Dropped;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;

use super::config_map::{self, Places};
use super::{Content, RuleFiles, Target, file_name, rule_file, stored};
use crate::object::{ConfigKind, ObjectKey, Rejection};
use crate::pod::metadata::{self, Parent, map};
use crate::settings::Settings;

/// What is kept of the rules of one workload.
#[derive(Debug, Default)]
pub struct Memory {
    target: Option<Target>,
    known: BTreeMap<ObjectKey, Known>,
    places: Option<Places>,
}

/// What came of an object.
#[derive(Debug)]
struct Known {
    rule: Arc<PrometheusRule>,
    outcome: Outcome,
}

#[derive(Debug)]
enum Outcome {
    /// Its rules are not loaded; why.
    Rejected(String),
    Accepted {
        content: Content,
        dropped: Vec<Dropped>,
    },
}

impl Memory {
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
        target: &Target,
        rules: &BTreeMap<ObjectKey, Arc<PrometheusRule>>,
    ) -> (RuleFiles, Vec<Rejection>, usize) {
        if self.target.as_ref() != Some(target) {
            self.known.clear();
            self.target = Some(target.clone());
        }
        let mut last = mem::take(&mut self.known);
        let (mut files, mut rejections, mut fresh) = (RuleFiles::default(), Vec::new(), 0);
        for (key, rule) in rules {
            let outcome = match last.remove(key) {
                Some(known) if is_same(&known.rule, rule) => known.outcome,
                _ => {
                    fresh += 1;
                    Outcome::of(target, rule)
                }
            };
            match &outcome {
                Outcome::Rejected(message) => rejections.push(Rejection {
                    kind: ConfigKind::PrometheusRule,
                    uid: rule.metadata.uid.clone(),
                    object: key.clone(),
                    message: message.clone(),
                }),
                Outcome::Accepted { content, dropped } => files.add(key, file_name(rule), content, dropped),
            }
            let rule = Arc::clone(rule);
            self.known.insert(key.clone(), Known { rule, outcome });
        }
        (files, rejections, fresh)
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
        }
        config_maps
    }
}

impl Outcome {
    fn of(target: &Target, rule: &PrometheusRule) -> Self {
        let file = rule_file(target, rule).and_then(|(text, dropped)| Ok((stored(text)?, dropped)));
        match file {
            Ok((content, dropped)) => Self::Accepted { content, dropped },
            Err(error) => Self::Rejected(error.to_string()),
        }
    }
}

/// Whether the same comes of both: the identifier is part of the name of the file.
fn is_same(known: &Arc<PrometheusRule>, rule: &Arc<PrometheusRule>) -> bool {
    Arc::ptr_eq(known, rule) || (known.metadata.uid == rule.metadata.uid && known.spec == rule.spec)
}

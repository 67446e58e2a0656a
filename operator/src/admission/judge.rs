//! What objects are judged by: what the flags say, or what the Prometheuses, agents and Thanos Rulers of the cluster that
//! select an object would make of it. Pure, but for the stores of the watches that it looks into.

use std::sync::Arc;

use crds::{Prometheus, PrometheusRule, PrometheusSpec};
use formats::label::Scheme;
use formats::promql::Options;
use formats::version::Version;

use super::instances::Instances;
use crate::assets::Assets;
use crate::check::invalid::{Field, Invalid};
use crate::object::ObjectKey;
use crate::prometheus::config::Facts;
use crate::prometheus::instance::Instance;
use crate::prometheus::scrape_object::ScrapeObject;
use crate::prometheus::select::{Checks, ClassNamespaces, Selectors};
use crate::rules::{Component, Refusal, RuleTarget, refusals};
use crate::selector::ObjectSelector;
use crate::settings::{Settings, versions};

/// What objects are judged by.
#[derive(Debug, Clone)]
pub struct Judge {
    /// Of rules that nobody selects.
    target: RuleTarget,
    /// With which workloads would be made.
    pub(super) settings: Arc<Settings>,
    instances: Instances,
}

impl Judge {
    /// By `scheme` and `options`, but by those of `instances` that select an object, where there are any.
    pub fn new(scheme: Scheme, options: Options, settings: Settings, instances: Instances) -> Self {
        let newest = RuleTarget::new(Component::Prometheus, versions::PROMETHEUS)
            .with_scheme(scheme)
            .with_options(options);
        Self {
            target: newest.with_settings(&settings),
            settings: Arc::new(settings),
            instances,
        }
    }

    /// Why rules would not be loaded; or else who would not load them although somebody would.
    pub(super) fn rule(&self, rule: &PrometheusRule) -> Result<Vec<String>, Vec<Refusal>> {
        let opinion = |target: &RuleTarget| match refusals(target, rule) {
            refusals if refusals.is_empty() => Ok(()),
            refusals => Err(refusals),
        };
        let targets = self.instances.targets(rule, &self.settings);
        let opinions = targets.into_iter().map(|(who, target)| (who, opinion(&target)));
        let first = |refusals: &Vec<Refusal>| refusals.first().map(|first| first.error.to_string());
        settled(opinions, |refusals| first(refusals).unwrap_or_default())
            .unwrap_or_else(|| opinion(&self.target).map(|()| Vec::new()))
    }

    /// The same of an object that is scraped. One that nobody selects is judged as by a Prometheus of the newest version
    /// that forbids nothing.
    pub(super) fn scraped<K: ScrapeObject>(
        &self,
        object: &K,
        selector: fn(&Selectors) -> &ObjectSelector,
    ) -> Result<Vec<String>, Invalid> {
        let (key, unread) = (ObjectKey::of(object), Assets::unread());
        let opinion = |instance: Instance<'_>, version: Version| {
            object
                .check(
                    &key,
                    &Checks::new(Facts::of(instance, version, &self.settings), &unread),
                )
                .map(drop)
        };
        let selecting = self.instances.scraping(object.meta(), selector);
        let labels = self.instances.namespace_labels(&key.namespace);
        let opinions = selecting.into_iter().map(|(who, instance, version)| {
            let instance = instance.instance();
            let classes = ClassNamespaces::of(instance.common);
            let is_ours = classes.and_then(|classes| {
                (classes.check(object.scrape_class(), &key.namespace, &labels)).field("scrapeClass")
            });
            (who, is_ours.and_then(|()| opinion(instance, version)))
        });
        settled(opinions, ToString::to_string).unwrap_or_else(|| {
            let newest = Prometheus::new("", PrometheusSpec::default());
            opinion(Instance::from(&newest), versions::PROMETHEUS).map(|()| Vec::new())
        })
    }
}

/// What comes of the opinions of several: an object is refused if everybody refuses it; who else does so is named. `None`
/// where nobody has an opinion.
fn settled<E>(
    opinions: impl Iterator<Item = (String, Result<(), E>)>,
    message: impl Fn(&E) -> String,
) -> Option<Result<Vec<String>, E>> {
    let (mut accepted, mut refused) = (false, Vec::new());
    for (who, opinion) in opinions {
        match opinion {
            Ok(()) => accepted = true,
            Err(error) => refused.push((who, error)),
        }
    }
    if accepted {
        let warning = |(who, error): &(String, E)| format!("{who} would leave it out: {}", message(error));
        return Some(Ok(refused.iter().map(warning).collect()));
    }
    refused.into_iter().next().map(|(_, error)| Err(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_refused_if_everybody_refuses_it() {
        let settle = |opinions: &[(&str, Result<(), &'static str>)]| {
            settled(
                opinions.iter().map(|(who, opinion)| ((*who).to_owned(), *opinion)),
                ToString::to_string,
            )
        };
        assert_eq!(settle(&[]), None);
        assert_eq!(settle(&[("a", Ok(()))]), Some(Ok(vec![])));
        assert_eq!(settle(&[("a", Err("old")), ("b", Err("other"))]), Some(Err("old")));
        let warning = "a would leave it out: old".to_owned();
        assert_eq!(settle(&[("a", Err("old")), ("b", Ok(()))]), Some(Ok(vec![warning])));
    }
}

//! Relabeling as Prometheus does it: what a rule makes of the labels of a target, and where in a list of rules a target is
//! dropped. Pure; the behaviour is that of Prometheus' `model/relabel`.

mod rule;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

pub use rule::{Error, Rule};

/// Labels of a target.
pub type Labels = BTreeMap<String, String>;

/// What a rule did to the labels of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// Its place among the rules.
    pub rule: usize,
    /// The rule, in words.
    pub text: String,
    /// Labels that it set, with their values.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub set: Labels,
    /// Labels that it removed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    /// Whether it dropped the target.
    pub dropped: bool,
    /// What the rule looked at: the values of its source labels.
    pub value: String,
}

/// What a list of rules does to a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The labels before.
    pub before: Labels,
    /// The effect of each rule, up to the one that drops the target.
    pub effects: Vec<Effect>,
    /// The labels that the target is scraped with; `None`: it is dropped.
    pub after: Option<Labels>,
}

impl Trace {
    /// Applies `rules` to a target in their order.
    pub fn of(rules: &[Rule], before: &Labels) -> Self {
        let mut labels = before.clone();
        let mut effects = Vec::new();
        for (place, rule) in rules.iter().enumerate() {
            let value = rule.value(&labels);
            let changed = rule.applied(&labels);
            let kept = changed.as_ref().unwrap_or(&labels);
            let set = (kept.iter()).filter(|(name, value)| labels.get(*name) != Some(*value));
            let removed = labels.keys().filter(|name| !kept.contains_key(*name));
            effects.push(Effect {
                rule: place,
                text: rule.to_string(),
                set: set.map(|(name, value)| (name.clone(), value.clone())).collect(),
                removed: removed.cloned().collect(),
                dropped: changed.is_none(),
                value,
            });
            let Some(changed) = changed else {
                return Self {
                    before: before.clone(),
                    effects,
                    after: None,
                };
            };
            labels = changed;
        }
        Self {
            before: before.clone(),
            effects,
            after: Some(labels),
        }
    }

    /// The rule that drops the target.
    pub fn dropped_by(&self) -> Option<&Effect> {
        self.effects.last().filter(|effect| effect.dropped)
    }

    /// The labels of the samples: without those that begin with two underscores, and with an instance.
    pub fn target(&self) -> Option<Labels> {
        let after = self.after.as_ref()?;
        let mut labels = after.clone();
        labels.retain(|name, _| !name.starts_with("__"));
        if let (None, Some(address)) = (labels.get("instance"), after.get("__address__")) {
            labels.insert("instance".to_owned(), address.clone());
        }
        Some(labels)
    }

    /// Where the target is scraped.
    pub fn url(&self) -> Option<String> {
        let after = self.after.as_ref()?;
        let label = |name: &str| after.get(name).map_or("", String::as_str);
        let (scheme, path) = (label("__scheme__"), label("__metrics_path__"));
        let scheme = if scheme.is_empty() { "http" } else { scheme };
        let slash = if path.starts_with('/') { "" } else { "/" };
        let address = after.get("__address__").filter(|address| !address.is_empty())?;
        Some(format!("{scheme}://{address}{slash}{path}"))
    }
}

//! Feature gates: which there are, and which are on.

use std::collections::BTreeMap;
use std::str::FromStr;

/// Every gate with its default, as the original has them.
const GATES: &[(&str, bool)] = &[
    ("PrometheusAgentDaemonSet", false),
    ("PrometheusShardRetentionPolicy", true),
    ("PrometheusTopologySharding", true),
    ("RemoteWriteCustomResourceDefinition", false),
    ("StatusForConfigurationResources", false),
];

/// The gates of this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureGates(BTreeMap<&'static str, bool>);

/// A gate that does not exist, or a value that is neither `true` nor `false`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownGate {
    /// No such gate.
    #[error("feature gate {name:?} is unknown (known are: {known})")]
    Name {
        /// As given.
        name: String,
        /// All that exist.
        known: String,
    },
    /// Not `Name=true` or `Name=false`.
    #[error("{0:?} is not Name=true or Name=false")]
    Value(String),
}

impl FeatureGates {
    /// Whether the gate of that name is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.0.get(name).copied().unwrap_or(false)
    }

    /// Every gate and whether it is on, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, bool)> {
        self.0.iter().map(|(name, on)| (*name, *on))
    }
}

impl FromStr for FeatureGates {
    type Err = UnknownGate;

    fn from_str(text: &str) -> Result<Self, UnknownGate> {
        let mut gates: BTreeMap<&'static str, bool> = GATES.iter().copied().collect();
        for pair in text.split(',').filter(|pair| !pair.is_empty()) {
            let value = || UnknownGate::Value(pair.to_owned());
            let (name, on) = pair.split_once('=').ok_or_else(value)?;
            let known = || GATES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            let gate = gates
                .iter_mut()
                .find(|(known, _)| **known == name)
                .ok_or_else(|| UnknownGate::Name {
                    name: name.to_owned(),
                    known: known(),
                })?;
            *gate.1 = on.parse().map_err(|_| value())?;
        }
        Ok(Self(gates))
    }
}

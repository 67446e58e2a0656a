//! Relabeling rules, for targets, samples, alerts and remote writes alike.

use crate::JsonSchema;
use crate::absent::{empty_is_none, is_empty};
use serde::{Deserialize, Serialize};

words! {
    /// What a relabeling rule does. The canonical words are the ones of the Prometheus configuration.
    #[derive(Default)]
    pub enum RelabelAction {
        /// Write the replacement into the target label, if the expression matches.
        #[default]
        Replace = "replace" | "Replace",
        /// Drop what does not match.
        Keep = "keep" | "Keep",
        /// Drop what matches.
        Drop = "drop" | "Drop",
        /// Write a hash of the source labels, modulo `modulus`.
        HashMod = "hashmod" | "HashMod",
        /// Copy matching labels under a new name.
        LabelMap = "labelmap" | "LabelMap",
        /// Drop matching labels.
        LabelDrop = "labeldrop" | "LabelDrop",
        /// Drop all labels but the matching ones.
        LabelKeep = "labelkeep" | "LabelKeep",
        /// Write the source labels in lower case.
        Lowercase = "lowercase" | "Lowercase",
        /// Write the source labels in upper case.
        Uppercase = "uppercase" | "Uppercase",
        /// Drop what differs from the target label.
        KeepEqual = "keepequal" | "KeepEqual",
        /// Drop what equals the target label.
        DropEqual = "dropequal" | "DropEqual",
    }
}

/// One relabeling rule: it picks values by source labels and expression, and changes, keeps or drops by its action.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RelabelConfig {
    /// Labels whose values are joined by the separator and then matched.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub source_labels: Box<[Box<str>]>,
    /// Text between the joined values, `;` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<Box<str>>,
    /// Label that gets the result. Required for replace, hashmod, lowercase, uppercase, keepequal and dropequal.
    /// May refer to capture groups of the expression.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub target_label: Option<Box<str>>,
    /// Expression that the joined values must match as a whole, `(.*)` by default.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub regex: Option<Box<str>>,
    /// Divisor for the hash of the hashmod action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modulus: Option<u64>,
    /// Value to write, `$1` by default. May refer to capture groups of the expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replacement: Option<Box<str>>,
    /// What to do, `replace` by default. lowercase and uppercase need Prometheus v2.36.0, keepequal and dropequal
    /// v2.41.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "replace"))]
    pub action: Option<RelabelAction>,
}

//! The areas that are covered: one file each, one entry here.

use crate::case::Case;
use crate::verdict::Verdict;

mod asset_store;
mod durations;
mod label_names;
mod prometheus_config;
mod prometheus_validation;
mod relabel_regex;
mod relabel_validation;
mod resource_selection;
mod rules;
mod yaml_emit;
mod yaml_read;

/// A part of the recordings and the code that answers for it.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    /// Name of its folder.
    pub(crate) name: &'static str,
    /// Runs our code on a case and compares.
    pub(crate) run: fn(&Case) -> Verdict,
}

/// All areas, in the order of the report.
pub(crate) const AREAS: &[Area] = &[
    Area {
        name: "asset-store",
        run: asset_store::run,
    },
    Area {
        name: "durations",
        run: durations::run,
    },
    Area {
        name: "label-names",
        run: label_names::run,
    },
    Area {
        name: "prometheus-config",
        run: prometheus_config::run,
    },
    Area {
        name: "prometheus-rules",
        run: rules::run,
    },
    Area {
        name: "prometheus-validation",
        run: prometheus_validation::run,
    },
    Area {
        name: "relabel-regex",
        run: relabel_regex::run,
    },
    Area {
        name: "relabel-validation",
        run: relabel_validation::run,
    },
    Area {
        name: "resource-selection",
        run: resource_selection::run,
    },
    Area {
        name: "rules",
        run: rules::run,
    },
    Area {
        name: "yaml-emit",
        run: yaml_emit::run,
    },
    Area {
        name: "yaml-read",
        run: yaml_read::run,
    },
];

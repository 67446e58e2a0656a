//! The areas that are covered: one file each, one line here.

use crate::case::Case;
use crate::verdict::Verdict;

mod durations;
mod kubelet;
mod label_names;
mod prometheus_config;
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
        name: "durations",
        run: durations::run,
    },
    Area {
        name: "kubelet",
        run: kubelet::run,
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
        name: "yaml-emit",
        run: yaml_emit::run,
    },
    Area {
        name: "yaml-read",
        run: yaml_read::run,
    },
];

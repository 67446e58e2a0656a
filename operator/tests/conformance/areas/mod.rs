//! The areas that are covered: one file each, one line here.

use crate::case::Case;
use crate::verdict::Verdict;

mod alertmanager_service;
mod alertmanager_statefulset;
mod args_operator;
mod clustertlsconfig;
mod config_reloader;
mod durations;
mod k8s_merge;
mod label_names;
mod objects;
mod prometheus_args;
mod prometheus_config;
mod prometheus_service;
mod prometheus_statefulset;
mod webconfig;
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
        name: "alertmanager-service",
        run: alertmanager_service::run,
    },
    Area {
        name: "alertmanager-statefulset",
        run: alertmanager_statefulset::run,
    },
    Area {
        name: "args-operator",
        run: args_operator::run,
    },
    Area {
        name: "clustertlsconfig",
        run: clustertlsconfig::run,
    },
    Area {
        name: "config-reloader",
        run: config_reloader::run,
    },
    Area {
        name: "durations",
        run: durations::run,
    },
    Area {
        name: "k8s-merge",
        run: k8s_merge::run,
    },
    Area {
        name: "label-names",
        run: label_names::run,
    },
    Area {
        name: "prometheus-args",
        run: prometheus_args::run,
    },
    Area {
        name: "prometheus-config",
        run: prometheus_config::run,
    },
    Area {
        name: "prometheus-service",
        run: prometheus_service::run,
    },
    Area {
        name: "prometheus-statefulset",
        run: prometheus_statefulset::run,
    },
    Area {
        name: "webconfig",
        run: webconfig::run,
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

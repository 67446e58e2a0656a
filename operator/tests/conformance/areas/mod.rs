//! The areas that are covered: one file each, one entry here.

use crate::area::Area;

mod alertmanager_provision;
mod alertmanager_service;
mod alertmanager_statefulset;
mod args_operator;
mod asset_store;
mod clustertlsconfig;
mod config_reloader;
mod durations;
mod k8s_merge;
mod kubelet;
mod label_names;
mod matchers;
mod namespace_enforcement;
mod objects;
mod prometheus_args;
mod prometheus_config;
mod prometheus_service;
mod prometheus_statefulset;
mod prometheus_validation;
mod prometheusagent_daemonset;
mod prometheusagent_statefulset;
mod promql;
mod promql_enforce;
mod relabel_regex;
mod relabel_validation;
mod resource_selection;
mod rules;
mod templates;
mod thanosruler_config;
mod thanosruler_service;
mod thanosruler_statefulset;
mod urls;
mod webconfig;
mod yaml_emit;
mod yaml_read;

/// All areas, in the order of the report.
pub(crate) const AREAS: &[Area] = &[
    Area::new("alertmanager-provision", alertmanager_provision::run),
    Area::new("alertmanager-service", alertmanager_service::run),
    Area::new("alertmanager-statefulset", alertmanager_statefulset::run),
    Area::new("args-operator", args_operator::run),
    Area::new("asset-store", asset_store::run),
    Area::new("clustertlsconfig", clustertlsconfig::run),
    Area::new("config-reloader", config_reloader::run),
    Area::new("durations", durations::run),
    Area::new("k8s-merge", k8s_merge::run),
    Area::new("kubelet", kubelet::run),
    Area::new("label-names", label_names::run),
    Area::new("matchers", matchers::run),
    Area::new("namespace-enforcement", namespace_enforcement::run),
    Area::new("prometheus-args", prometheus_args::run),
    Area::new("prometheus-config", prometheus_config::run),
    Area::new("prometheus-rules", rules::run),
    Area::new("prometheus-service", prometheus_service::run),
    Area::new("prometheus-statefulset", prometheus_statefulset::run),
    Area::new("prometheus-validation", prometheus_validation::run),
    Area::new("prometheusagent-daemonset", prometheusagent_daemonset::run),
    Area::new("prometheusagent-statefulset", prometheusagent_statefulset::run),
    Area::new("promql", promql::run),
    Area::new("promql-enforce", promql_enforce::run),
    Area::new("relabel-regex", relabel_regex::run),
    Area::new("relabel-validation", relabel_validation::run),
    Area::new("resource-selection", resource_selection::run),
    Area::new("rules", rules::run),
    Area::new("templates", templates::run),
    Area::new("thanosruler-config", thanosruler_config::run),
    Area::new("thanosruler-service", thanosruler_service::run),
    Area::new("thanosruler-statefulset", thanosruler_statefulset::run),
    Area::new("urls", urls::run),
    Area::new("webconfig", webconfig::run),
    Area::new("yaml-emit", yaml_emit::run),
    Area::new("yaml-read", yaml_read::run),
];

//! All objects of a Prometheus, server or agent, from what was observed. Pure: the same observation gives the same objects.

#[cfg(test)]
mod tests;

use std::mem;
use std::time::Duration;

use crds::CommonPrometheusFields;
use formats::version::Version;
use k8s_openapi::api::core::v1::{ConfigMap, Service};

use super::cache::RenderCache;
use super::config;
use super::error::Error;
use super::incremental::{JobCache, Layout, Rendering};
use super::instance::{Instance, Mode, Object};
use super::observe::Observed;
use super::secrets::{self, Secrets};
use super::select::Candidates;
use super::{daemonset, names, pod, retention, service, statefulset, validate};
use crate::check::invalid::{SPEC, Within};
use crate::object::{ConfigKind, Rejection};
use crate::pod::web;
use crate::pod::web::users::{Program, Users};
use crate::reconcile::{Notice, Rendered};
use crate::rules::{MOUNTED, RuleFileCache, RuleFiles, RuleTarget, config_map_names};
use crate::settings::Settings;
use crate::settings::versions;

/// When to look again whether all pods mount the files of jobs.
const ROLLING_OUT: Duration = Duration::from_secs(5);

/// The objects of an instance.
///
/// # Errors
/// When the instance itself is wrong. A wrong monitor or rule is a rejection in the result.
pub fn render(observed: &Observed, settings: &Settings, cache: &mut RenderCache) -> Result<Rendered, Error> {
    let instance = observed.object.instance();
    if instance.is_daemon_set() && !settings.gates.agent_daemon_sets {
        return Err(Error::DaemonSetGate);
    }
    let version = version(instance.common)?;
    observed.requirements.check(&pod::selector(&instance, None))?;
    let tls_files = validate::check(&instance, version, &observed.assets)
        .within(SPEC)
        .map_err(Error::Specification)?;
    let candidates = (observed.candidates.as_ref()).map_err(|invalid| Error::Selectors(invalid.clone()))?;
    let (rules, rule_rejections) = rule_files(&instance, version, candidates, settings, &mut cache.rules);
    let (config_maps, rule_names) = rule_config_maps(&instance, &rules, settings, &mut cache.rules);
    let mut rendered = Rendered {
        rejections: rule_rejections,
        ..Rendered::default()
    };
    let users = users(observed, version, settings)?;
    let mut secrets = Secrets {
        observed,
        settings,
        configuration: None,
        job_files: Vec::new(),
        tls_files,
        users,
    };
    let layout = if secrets::unmanaged(&instance, settings) {
        rendered.notices.push(secrets::unmanaged_notice());
        Layout::Whole
    } else {
        let cache = &mut cache.configuration;
        let rendering = configuration(observed, version, settings, candidates, &rule_names, cache)?;
        adopt(rendering, &mut secrets, &mut rendered)
    };
    let (secrets, tls_assets) = secrets.all(&mut rendered);
    rendered.desired.secrets = secrets;
    rendered.desired.config_maps = config_maps;
    rendered.desired.services = services(observed, settings);
    let pods = pod::Input {
        instance,
        version,
        settings,
        shard: 0,
        rule_config_maps: &rule_names,
        tls_assets: &tls_assets,
        layout,
    };
    sets(pods, &mut rendered).map_err(Error::Pods)?;
    if let Some(server) = instance.server() {
        let retained = retention::retained(server, settings.gates, &observed.excess, observed.now);
        rendered.again = rendered.again.into_iter().chain(retained.next).min();
        rendered.desired.retained = retained.deadlines;
        report_rules(&rules, &mut rendered);
    }
    rendered.again = rendered.again.into_iter().chain(observed.assets.again()).min();
    rendered.rejections.sort();
    report_emptiness(&instance, &mut rendered);
    report_ignored(&instance, &mut rendered);
    Ok(rendered)
}

/// Who may log in to the web server.
fn users<'a>(observed: &'a Observed, version: Version, settings: &Settings) -> Result<Option<Users<'a>>, Error> {
    let instance = observed.object.instance();
    let program = Program {
        name: "Prometheus",
        version,
        since: web::PROMETHEUS_SINCE,
    };
    let users = Users::of(
        instance.web(),
        program,
        &instance.web_config(),
        &observed.assets,
        settings,
    );
    users.within(SPEC).map_err(Error::Specification)
}

/// The configuration, from what was rendered the last time and what has changed since.
fn configuration(
    observed: &Observed,
    version: Version,
    settings: &Settings,
    candidates: &Candidates,
    rule_config_maps: &[String],
    cache: &mut JobCache,
) -> Result<Rendering, Error> {
    let instance = observed.object.instance();
    let input = config::Input {
        instance,
        version,
        rule_config_maps,
        additional: secrets::additional(&instance, &observed.assets)?,
        assets: &observed.assets,
        settings,
    };
    let (objects, rejections) = candidates.scrape.without(&candidates.left_out);
    let rendering = cache.render(&input, &objects, observed.rollout.layout);
    let mut rendering = rendering.map_err(Error::Configuration)?;
    rendering.rejections.extend(rejections);
    Ok(rendering)
}

/// Makes Secrets of the configuration, except where running pods would not find all of it; says where the jobs are.
fn adopt(mut rendering: Rendering, secrets: &mut Secrets<'_>, rendered: &mut Rendered) -> Layout {
    let Observed {
        configured, rollout, ..
    } = secrets.observed;
    let layout = rendering.layout;
    secrets.tls_files.extend(mem::take(&mut rendering.tls_files));
    secrets.job_files = mem::take(&mut rendering.job_files);
    secrets.configuration = Some(report_configuration(rendering, rendered));
    if layout == Layout::Spread && *configured && !rollout.all_mount_job_files {
        secrets.configuration = None;
        rendered.notices.push(secrets::rolling_out_notice());
        rendered.again = Some(ROLLING_OUT);
    }
    layout
}

/// The rule files of a server from the rules that it selects, and the rules that are left out.
fn rule_files(
    instance: &Instance<'_>,
    version: Version,
    candidates: &Candidates,
    settings: &Settings,
    cache: &mut RuleFileCache,
) -> (RuleFiles, Vec<Rejection>) {
    let Some(server) = instance.server() else {
        return (RuleFiles::default(), Vec::new());
    };
    let target = RuleTarget::prometheus(server, version).with_settings(settings);
    let (files, rejections, _) = cache.rule_files(&target, &candidates.rules);
    (files, rejections)
}

/// The `ConfigMap`s with the rule files of a server, and the names that its pods mount.
fn rule_config_maps(
    instance: &Instance<'_>,
    rules: &RuleFiles,
    settings: &Settings,
    cache: &mut RuleFileCache,
) -> (Vec<ConfigMap>, Vec<String>) {
    if instance.server().is_none() {
        return (Vec::new(), Vec::new());
    }
    let prefix = names::rule_files(instance);
    let config_maps = cache.managed_config_maps(instance, &prefix, names::RULES_LABEL, rules, settings);
    let names = config_map_names(&prefix, config_maps.len().max(MOUNTED));
    (config_maps, names)
}

/// The version of Prometheus that an object asks for.
pub fn version(fields: &CommonPrometheusFields) -> Result<Version, Error> {
    fields
        .version
        .as_deref()
        .filter(|text| !text.is_empty())
        .map_or(Ok(versions::PROMETHEUS), Version::parse)
        .map_err(Error::Version)
}

/// The governing Service, of what needs one and names none.
fn services(observed: &Observed, settings: &Settings) -> Vec<Service> {
    let shares = |instance: &Instance<'_>| instance.common.service_name.is_none() && !instance.is_daemon_set();
    let instance = observed.object.instance();
    if !shares(&instance) {
        return Vec::new();
    }
    let neighbours = observed.neighbours.iter().map(Object::instance);
    let sharing: Vec<Instance<'_>> = neighbours.filter(shares).collect();
    vec![service::governing(&instance, &sharing, settings)]
}

/// The StatefulSets of all shards, or the DaemonSet, from what the pods have in common.
fn sets(pods: pod::Input<'_>, rendered: &mut Rendered) -> Result<(), pod::Error> {
    if pods.instance.is_daemon_set() {
        let set = daemonset::daemon_set(&pods)?;
        rendered.dropped.extend(set.dropped.iter().map(ToString::to_string));
        rendered.desired.daemon_sets.push(set.daemon_set);
    }
    for (shard, name) in (0..).zip(names::stateful_sets(&pods.instance)) {
        // The applier fills in the hash: it is that of this very object.
        let set = statefulset::stateful_set(&pod::Input { shard, ..pods }, &name, "")?;
        if shard == 0 {
            rendered.dropped.extend(set.dropped.iter().map(ToString::to_string));
        }
        rendered.desired.stateful_sets.push(set.stateful_set);
    }
    Ok(())
}

/// Reports what became of the objects that jobs are made from; gives the compressed file.
fn report_configuration(rendering: Rendering, rendered: &mut Rendered) -> Vec<u8> {
    rendered.selected.extend(rendering.accepted);
    rendered.rejections.extend(rendering.rejections);
    let dropped = rendering.dropped.iter();
    rendered
        .dropped
        .extend(dropped.map(|dropped| format!("{}: {}", dropped.part, dropped.field)));
    let replaced = rendering.replaced_labels.iter();
    rendered.dropped.extend(
        replaced.map(|label| format!("spec.externalLabels: {label:?} is ignored: the operator sets this label")),
    );
    rendering.gzip
}

fn report_rules(rules: &RuleFiles, rendered: &mut Rendered) {
    rendered.selected.push((ConfigKind::PrometheusRule, rules.objects));
    rendered.dropped.extend(
        rules
            .dropped
            .iter()
            .map(|(object, dropped)| format!("PrometheusRule {object}: {dropped}")),
    );
}

/// Reports fields of the Thanos sidecar that have no effect, because another one is set.
fn report_ignored(instance: &Instance<'_>, rendered: &mut Rendered) {
    let Some(thanos) = instance.server().and_then(|server| server.thanos.as_deref()) else {
        return;
    };
    let (storage, tracing) = (&thanos.object_storage_config, &thanos.tracing_config);
    if storage.is_some() && thanos.object_storage_config_file.is_some() {
        let notice = Notice::ignored("thanos.objectStorageConfig", "thanos.objectStorageConfigFile");
        rendered.notices.push(notice);
    }
    if tracing.is_some() && thanos.tracing_config_file.is_some() {
        let notice = Notice::ignored("thanos.tracingConfig", "thanos.tracingConfigFile");
        rendered.notices.push(notice);
    }
}

/// Reports that nothing is selected, which is rarely intended.
fn report_emptiness(instance: &Instance<'_>, rendered: &mut Rendered) {
    let selected: usize = rendered.selected.iter().map(|(_, count)| *count).sum();
    if rendered.rejections.is_empty() && selected == 0 && rendered.notices.is_empty() {
        let message = match instance.mode {
            Mode::Server(_) => "no ServiceMonitor, PodMonitor, Probe, ScrapeConfig or PrometheusRule is selected",
            Mode::Agent => "no ServiceMonitor, PodMonitor, Probe or ScrapeConfig is selected",
            Mode::DaemonSetAgent => "no PodMonitor is selected",
        };
        rendered.notices.push(Notice::new("NoSelectedResources", message));
    }
}

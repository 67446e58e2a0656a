//! The scrape jobs of a `ServiceMonitor`: one for each endpoint, each made from the object and the context alone, so that the
//! jobs of an object can be kept until one of both changes. Pure.

use crds::{Endpoint, MonitoringResource, ServiceMonitor, TlsOptions};
use formats::{
    regular_expression::Expression,
    version::Field,
    yaml::{Yaml, map},
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{
    context::Context,
    http::Proxy,
    kubernetes_sd::{Discovery, Role, attached, namespaces},
    pattern::regex,
    relabel::{
        copy_rule, job_name_rule, keep_rule, label_name, metric_rules, namespace_rule, non_empty_rule, running_rule,
        selector_rules, set_rule, target_label_rule, user_rules,
    },
    scrape::{Options, Target},
    scrape_class::Class,
    section::{DroppedField, Mapping, PartScope, part},
    sections::{self, Section, Table},
    value::{labels, text},
};
use crate::object::ObjectKey;

const POD_LABEL: &str = "__meta_kubernetes_pod_label_";
const SERVICE_LABEL: &str = "__meta_kubernetes_service_label_";

/// The scrape jobs of `monitor`, in the order of its endpoints. What the version does not know is added to `dropped`.
pub fn service_monitor_jobs(
    monitor: &ServiceMonitor,
    context: &Context<'_>,
    dropped: &mut Vec<DroppedField>,
) -> impl Iterator<Item = Yaml> {
    let object = ObjectKey::of(monitor);
    (monitor.spec.endpoints.iter().enumerate()).map(move |(index, endpoint)| {
        let name = format!("serviceMonitor/{object}/{index}");
        part(name.as_str(), &object.namespace, context, dropped, |scope| {
            job(monitor, endpoint, &object, &name, scope)
        })
    })
}

fn job(monitor: &ServiceMonitor, endpoint: &Endpoint, object: &ObjectKey, name: &str, scope: PartScope<'_>) -> Yaml {
    let (spec, context) = (&monitor.spec, scope.context);
    let class = context.scrape_classes.class(spec.scrape_class.as_deref());
    let role = Role::of_endpoints(context, spec.service_discovery_role);
    let discovery = Discovery {
        scope: scope.in_namespace(context.namespace()),
        role,
        namespaces: &namespaces(context, spec.namespace_selector.as_deref(), &object.namespace),
        attached: attached(context, class.attach_metadata(spec.attach_metadata.as_ref())),
        selector: Some(&spec.selector).filter(|_| filters_by_role(monitor)),
    };
    let proxy = Proxy {
        values: *scope,
        from: endpoint.into(),
    };
    let target = target(endpoint, name, class, discovery, scope);
    let options = Options {
        limits: spec.into(),
        histograms: spec.into(),
        scrape_protocols: &spec.scrape_protocols,
        fallback_scrape_protocol: class.fallback_scrape_protocol(spec.fallback_scrape_protocol),
        body_size_limit: spec.body_size_limit.as_ref(),
        extra_scrape_metrics: spec.extra_scrape_metrics,
    };
    Mapping::new(scope)
        .with::<sections::JobHead>(&target)
        .with::<sections::Proxy>(&proxy)
        .with::<sections::HttpHeaders>(&target)
        .with::<sections::ServiceMonitorCredentials>(&target)
        .pair(
            "relabel_configs",
            Some(Yaml::Seq(relabel_configs(
                monitor, endpoint, object, role, class, context,
            ))),
        )
        .with_options(options, scope)
        .pair(
            "metric_relabel_configs",
            metric_rules(
                context,
                class,
                &endpoint.metric_relabelings,
                MonitoringResource::ServiceMonitors,
                object,
            ),
        )
        .into_yaml()
}

fn target<'a>(
    endpoint: &'a Endpoint,
    job_name: &'a str,
    class: Class<'a>,
    discovery: Discovery<'a>,
    scope: PartScope<'a>,
) -> Target<'a> {
    Target {
        scope,
        job_name,
        class,
        discovery,
        honor_labels: endpoint.honor_labels,
        honor_timestamps: endpoint.honor_timestamps,
        track_timestamps_staleness: endpoint.track_timestamps_staleness,
        interval: endpoint.interval.as_ref(),
        scrape_timeout: endpoint.scrape_timeout.as_ref(),
        path: endpoint.path.as_deref(),
        params: &endpoint.params,
        scheme: endpoint.scheme,
        follow_redirects: endpoint.follow_redirects,
        enable_http2: endpoint.enable_http2,
        http_headers: endpoint.http_headers.as_deref(),
        tls: endpoint.tls_config.as_deref().map(TlsOptions::from),
        auth: endpoint.into(),
        bearer_token_file: endpoint.bearer_token_file.as_deref(),
    }
}

/// Keys of the credentials of an endpoint, after its proxy.
impl Section for sections::ServiceMonitorCredentials {
    type Source<'a> = Target<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("oauth2", Target::oauth2).since(2, 27),
                Field::new("tls_config", Target::tls_config),
                Field::new("bearer_token_file", |target: &Target<'_>| {
                    target.bearer_token_file.map(text)
                }),
                Field::new("bearer_token", Target::bearer_token),
                Field::new("basic_auth", Target::basic_auth),
                Field::new("authorization", Target::authorization).since(2, 26),
            ]
        }
    }
}

/// Whether the API server filters the Services, and not rules.
fn filters_by_role(monitor: &ServiceMonitor) -> bool {
    monitor.spec.selector_mechanism == Some(crds::SelectorMechanism::RoleSelector)
}

fn relabel_configs(
    monitor: &ServiceMonitor,
    endpoint: &Endpoint,
    object: &ObjectKey,
    role: Role,
    class: Class<'_>,
    context: &Context<'_>,
) -> Vec<Yaml> {
    let spec = &monitor.spec;
    let mut rules = vec![job_name_rule()];
    if !filters_by_role(monitor) {
        rules.extend(selector_rules("service", &spec.selector));
    }
    rules.extend(port_rule(endpoint, role));
    rules.extend(identity_rules(role));
    if endpoint.filter_running != Some(false) {
        rules.push(running_rule());
    }
    let pod_labels = spec.pod_target_labels.iter().chain(&context.common().pod_target_labels);
    rules.extend((spec.target_labels.iter()).map(|label| target_label_rule(SERVICE_LABEL, label)));
    rules.extend(pod_labels.map(|label| target_label_rule(POD_LABEL, label)));
    rules.push(map([
        ("source_labels", labels(["__meta_kubernetes_service_name"])),
        ("target_label", "job".into()),
        ("replacement", "${1}".into()),
    ]));
    rules.extend(
        (spec.job_label.as_deref()).map(|label| non_empty_rule(format!("{SERVICE_LABEL}{}", label_name(label)), "job")),
    );
    rules.extend(endpoint_name(endpoint).map(|name| set_rule("endpoint", name)));
    rules.extend(user_rules(class.relabelings()));
    rules.extend(user_rules(&endpoint.relabelings));
    rules.extend(namespace_rule(context, MonitoringResource::ServiceMonitors, object));
    rules.extend(context.sharding.rules("__address__"));
    rules
}

/// Keeps the addresses of the endpoint's port.
fn port_rule(endpoint: &Endpoint, role: Role) -> Option<Yaml> {
    if let Some(port) = endpoint.port.as_deref() {
        let label = match role {
            Role::EndpointSlice => "__meta_kubernetes_endpointslice_port_name",
            Role::Endpoints | Role::Pod | Role::Ingress => "__meta_kubernetes_endpoint_port_name",
        };
        return Some(keep_rule(label, Expression::or_quoted(port)));
    }
    match endpoint.target_port.as_deref()? {
        IntOrString::String(name) if !name.is_empty() => Some(keep_rule(
            "__meta_kubernetes_pod_container_port_name",
            Expression::or_quoted(name),
        )),
        IntOrString::Int(number) if *number != 0 => {
            Some(keep_rule("__meta_kubernetes_pod_container_port_number", *number))
        }
        _ => None,
    }
}

/// The value of the label `endpoint`: the name of the port, else its number.
fn endpoint_name(endpoint: &Endpoint) -> Option<String> {
    if let Some(port) = endpoint.port.as_deref() {
        return Some(port.to_owned());
    }
    match endpoint.target_port.as_deref()? {
        IntOrString::String(name) => Some(name.clone()).filter(|name| !name.is_empty()),
        IntOrString::Int(number) => Some(number.to_string()),
    }
}

/// The labels that say where a target is.
fn identity_rules(role: Role) -> [Yaml; 6] {
    let target = |pattern: &'static str, label: &'static str| {
        let sources = match role {
            Role::EndpointSlice => [
                "__meta_kubernetes_endpointslice_address_target_kind",
                "__meta_kubernetes_endpointslice_address_target_name",
            ],
            Role::Endpoints | Role::Pod | Role::Ingress => [
                "__meta_kubernetes_endpoint_address_target_kind",
                "__meta_kubernetes_endpoint_address_target_name",
            ],
        };
        map([
            ("source_labels", labels(sources)),
            ("separator", ";".into()),
            regex(Expression::constant(pattern)),
            ("replacement", "${1}".into()),
            ("target_label", label.into()),
        ])
    };
    [
        target("Node;(.*)", "node"),
        target("Pod;(.*)", "pod"),
        copy_rule("__meta_kubernetes_namespace", "namespace"),
        copy_rule("__meta_kubernetes_service_name", "service"),
        copy_rule("__meta_kubernetes_pod_name", "pod"),
        copy_rule("__meta_kubernetes_pod_container_name", "container"),
    ]
}

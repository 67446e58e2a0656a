//! `alerting`: the Alertmanagers that get the alerts, and what is changed in alerts on the way. Pure.

use crds::{AlertmanagerApiVersion, AlertmanagerEndpoints, AuthorizationOptions, PrometheusSpec};
use formats::{
    regular_expression::Expression,
    version::{Field, Range, Version},
    yaml::{Yaml, map},
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{
    additional::Lists,
    context::Context,
    http::Proxy,
    kubernetes_sd::{Attached, Discovery, Role, kubernetes_sd_configs},
    pattern::regex,
    relabel::{keep_rule, user_rules},
    section::{DroppedField, Mapping, PartScope, part},
    sections::{self, Section, Table},
    value::text,
};

/// First version that cannot talk to the first API of Alertmanager any more.
const API_VERSION_1_REMOVED: Version = Version::candidate(3, 0, 0, 0);

/// `alerting`, or nothing where neither the object nor its additional configuration names Alertmanagers or rules.
pub(crate) fn alerting(
    context: &Context<'_>,
    server: &PrometheusSpec,
    additional: Lists,
    dropped: &mut Vec<DroppedField>,
) -> Option<Yaml> {
    let endpoints = (server.alerting.as_deref()).map(|alerting| &*alerting.alertmanagers);
    if endpoints.is_none() && additional.alert_relabel_configs.is_empty() && additional.alertmanagers.is_empty() {
        return None;
    }
    let mut rules: Vec<_> = replica_rule(context).into_iter().collect();
    rules.extend(additional.alert_relabel_configs);
    let mut alertmanagers: Vec<_> = (endpoints.unwrap_or_default().iter().enumerate())
        .map(|(index, endpoints)| {
            let name = format!("alerting.alertmanagers[{index}]");
            part(name, context.namespace(), context, dropped, |scope| {
                alertmanager(endpoints, scope)
            })
        })
        .collect();
    alertmanagers.extend(additional.alertmanagers);
    Some(map([
        ("alert_relabel_configs", Yaml::Seq(rules)),
        ("alertmanagers", Yaml::Seq(alertmanagers)),
    ]))
}

/// Removes the label in which replicas differ, so that their alerts are the same.
fn replica_rule(context: &Context<'_>) -> Option<Yaml> {
    let label = super::global::replica_label(context.common());
    (!label.is_empty()).then(|| map([("action", "labeldrop".into()), regex(Expression::quoted(label))]))
}

fn alertmanager(endpoints: &AlertmanagerEndpoints, scope: PartScope<'_>) -> Yaml {
    let namespace = endpoints.namespace.as_deref().unwrap_or(scope.namespace);
    let alertmanager = Alertmanager {
        scope,
        from: endpoints,
        role: Role::of_endpoints(scope.context, None),
        namespaces: &[namespace],
    };
    let proxy = Proxy {
        values: *scope,
        from: endpoints.into(),
    };
    Mapping::new(scope)
        .with::<sections::AlertmanagerClient>(&alertmanager)
        .with::<sections::Proxy>(&proxy)
        .with::<sections::Alertmanager>(&alertmanager)
        .into_yaml()
}

/// What an item of `alertmanagers` is made from.
pub(crate) struct Alertmanager<'a> {
    scope: PartScope<'a>,
    from: &'a AlertmanagerEndpoints,
    role: Role,
    namespaces: &'a [&'a str],
}

/// Keys before those of the proxy.
impl Section for sections::AlertmanagerClient {
    type Source<'a> = Alertmanager<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("scheme", |alertmanager: &Alertmanager<'_>| {
                    alertmanager.from.scheme.map(|scheme| scheme.as_str().into())
                }),
                Field::new("path_prefix", |alertmanager: &Alertmanager<'_>| {
                    alertmanager.from.path_prefix.as_deref().map(text)
                }),
                Field::new("timeout", |alertmanager: &Alertmanager<'_>| {
                    alertmanager.from.timeout.as_ref().map(|timeout| text(timeout))
                }),
                Field::new("enable_http2", |alertmanager: &Alertmanager<'_>| {
                    alertmanager.from.enable_http2.map(Yaml::from)
                })
                .since(2, 35),
                Field::new("tls_config", |alertmanager: &Alertmanager<'_>| {
                    alertmanager.scope.tls_config(alertmanager.from.tls_config.as_deref())
                }),
            ]
        }
    }
}

/// Keys after those of the proxy.
impl Section for sections::Alertmanager {
    type Source<'a> = Alertmanager<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("kubernetes_sd_configs", |alertmanager: &Alertmanager<'_>| {
                    Some(alertmanager.kubernetes_sd_configs())
                }),
                Field::new("bearer_token_file", |alertmanager: &Alertmanager<'_>| {
                    alertmanager.from.bearer_token_file.as_deref().map(text)
                }),
                Field::new("basic_auth", |alertmanager: &Alertmanager<'_>| {
                    alertmanager.scope.basic_auth(alertmanager.from.basic_auth.as_deref())
                })
                .since(2, 26),
                Field::new("authorization", |alertmanager: &Alertmanager<'_>| {
                    let authorization = alertmanager.from.authorization.as_deref();
                    alertmanager
                        .scope
                        .authorization(authorization.map(AuthorizationOptions::from))
                })
                .since(2, 26),
                Field::new("sigv4", |alertmanager: &Alertmanager<'_>| {
                    alertmanager.scope.sigv4(alertmanager.from.sigv4.as_deref())
                })
                .since(2, 48),
                Field {
                    versions: Range::ALL.since(Version::new(2, 11, 0)).until(API_VERSION_1_REMOVED),
                    ..Field::new("api_version", |alertmanager: &Alertmanager<'_>| {
                        alertmanager.api_version(AlertmanagerApiVersion::V1)
                    })
                },
                Field::new("api_version", |alertmanager: &Alertmanager<'_>| {
                    alertmanager.api_version(AlertmanagerApiVersion::V2)
                })
                .since(2, 11),
                Field::new("relabel_configs", |alertmanager: &Alertmanager<'_>| {
                    Some(Yaml::Seq(alertmanager.relabel_configs()))
                }),
                Field::new("alert_relabel_configs", |alertmanager: &Alertmanager<'_>| {
                    let rules = &alertmanager.from.alert_relabelings;
                    (!rules.is_empty()).then(|| user_rules(rules).collect())
                })
                .since(2, 51),
            ]
        }
    }
}

impl Alertmanager<'_> {
    fn kubernetes_sd_configs(&self) -> Yaml {
        kubernetes_sd_configs(&Discovery {
            scope: self.scope,
            role: self.role,
            namespaces: self.namespaces,
            attached: Attached::default(),
            selector: None,
        })
    }

    fn api_version(&self, version: AlertmanagerApiVersion) -> Option<Yaml> {
        (self.from.api_version == Some(version)).then(|| version.as_str().into())
    }

    /// Keeps the port of the Service; then the user's rules.
    fn relabel_configs(&self) -> Vec<Yaml> {
        let mut rules = vec![keep_rule(
            "__meta_kubernetes_service_name",
            Expression::or_quoted(&self.from.name),
        )];
        match &self.from.port {
            IntOrString::String(name) if !name.is_empty() => rules.push(keep_rule(
                match self.role {
                    Role::EndpointSlice => "__meta_kubernetes_endpointslice_port_name",
                    Role::Endpoints | Role::Pod | Role::Ingress => "__meta_kubernetes_endpoint_port_name",
                },
                Expression::or_quoted(name),
            )),
            IntOrString::Int(number) if *number != 0 => {
                rules.push(keep_rule("__meta_kubernetes_pod_container_port_number", *number));
            }
            _ => {}
        }
        rules.extend(user_rules(&self.from.relabelings));
        rules
    }
}

//! The scrape job of a `Probe`: the prober is what is scraped, and each target a parameter of the request. Made from the
//! object and the context alone. Pure.

use crds::{
    AuthorizationOptions, HttpClient, MonitoringResource, Probe, ProbeSpec, ProbeTargetIngress, ProbeTargetStaticConfig,
};
use formats::{
    regular_expression::Expression,
    version::Field,
    yaml::{Yaml, map, natural_map},
};

use super::{
    context::Context,
    http::Proxy,
    kubernetes_sd::{Attached, Discovery, Role, kubernetes_sd_configs, namespaces},
    pattern::regex,
    relabel::{copy_rule, job_name_rule, metric_rules, namespace_rule, selector_rules, set_rule, user_rules},
    scrape::Options,
    scrape_class::Class,
    section::{DroppedField, Mapping, PartScope, part},
    sections::{self, Section, Table},
    value::{labels, text, texts},
};
use crate::object::ObjectKey;

/// The target as the prober gets it.
const TARGET: &str = "__param_target";

/// The scrape job of `probe`. What the version does not know is added to `dropped`.
pub fn probe_job(probe: &Probe, context: &Context<'_>, dropped: &mut Vec<DroppedField>) -> Yaml {
    let object = ObjectKey::of(probe);
    let name = format!("probe/{object}");
    part(name.as_str(), &object.namespace, context, dropped, |scope| {
        job(&probe.spec, &object, &name, scope)
    })
}

fn job(spec: &ProbeSpec, object: &ObjectKey, name: &str, scope: PartScope<'_>) -> Yaml {
    let context = scope.context;
    let class = context.scrape_classes.class(spec.scrape_class.as_deref());
    let job = Job {
        scope,
        spec,
        name,
        class,
        client: spec.into(),
    };
    let options = Options {
        limits: spec.into(),
        histograms: spec.into(),
        scrape_protocols: &spec.scrape_protocols,
        fallback_scrape_protocol: class.fallback_scrape_protocol(spec.fallback_scrape_protocol),
        // A Probe has no limit of its own.
        body_size_limit: None,
        extra_scrape_metrics: spec.extra_scrape_metrics,
    };
    let mut mapping = Mapping::new(scope)
        .with::<sections::ProbeHead>(&job)
        .with_options(options, scope);
    if let Some(from) = job.client.proxy {
        mapping = mapping.with::<sections::Proxy>(&Proxy { values: *scope, from });
    }
    let metric_rules = metric_rules(
        context,
        class,
        &spec.metric_relabelings,
        MonitoringResource::Probes,
        object,
    );
    mapping
        .with::<sections::ProbeClient>(&job)
        .pair("static_configs", job.static_configs(object))
        .pair("kubernetes_sd_configs", job.kubernetes_sd_configs(object))
        .pair("relabel_configs", Some(Yaml::Seq(job.relabel_configs(object))))
        .with::<sections::ProbeCredentials>(&job)
        .pair("metric_relabel_configs", metric_rules)
        .into_yaml()
}

/// What the job is made from.
pub(crate) struct Job<'a> {
    scope: PartScope<'a>,
    spec: &'a ProbeSpec,
    name: &'a str,
    class: Class<'a>,
    client: HttpClient<'a>,
}

/// Keys at the head of the job.
impl Section for sections::ProbeHead {
    type Source<'a> = Job<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("job_name", |job: &Job<'_>| Some(text(job.name))),
                Field::new("honor_timestamps", |_: &Job<'_>| Some(true.into())).since(2, 9),
                Field::new("metrics_path", |job: &Job<'_>| {
                    let prober = job.spec.prober.as_deref();
                    Some(text(
                        prober.and_then(|prober| prober.path.as_deref()).unwrap_or_default(),
                    ))
                }),
                Field::new("scrape_interval", |job: &Job<'_>| {
                    job.spec.interval.as_ref().map(|interval| text(interval))
                }),
                Field::new("scrape_timeout", |job: &Job<'_>| {
                    job.spec.scrape_timeout.as_ref().map(|timeout| text(timeout))
                }),
                Field::new("scheme", |job: &Job<'_>| {
                    let scheme = job.spec.prober.as_deref()?.scheme?;
                    Some(scheme.as_str().into())
                }),
                Field::new("params", Job::params),
            ]
        }
    }
}

/// Keys of the client after its proxy.
impl Section for sections::ProbeClient {
    type Source<'a> = Job<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("follow_redirects", |job: &Job<'_>| {
                    job.client.follow_redirects.map(Yaml::from)
                })
                .since(2, 26),
                Field::new("enable_http2", |job: &Job<'_>| job.client.enable_http2.map(Yaml::from)).since(2, 35),
                Field::new("tls_config", |job: &Job<'_>| {
                    job.scope.class_tls_config(job.class, job.client.tls_config)
                }),
            ]
        }
    }
}

/// Keys of the credentials, after the rules.
impl Section for sections::ProbeCredentials {
    type Source<'a> = Job<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("bearer_token", |job: &Job<'_>| {
                    job.scope.named_secret(job.client.auth.bearer_token_secret)
                }),
                Field::new("basic_auth", |job: &Job<'_>| {
                    job.scope.basic_auth(job.client.auth.basic_auth)
                }),
                Field::new("oauth2", |job: &Job<'_>| job.scope.oauth2(job.client.auth.oauth2)).since(2, 27),
                Field::new("authorization", |job: &Job<'_>| {
                    let own = job.client.auth.authorization.map(AuthorizationOptions::from);
                    job.scope.class_authorization(job.class, own)
                })
                .since(2, 26),
            ]
        }
    }
}

impl Job<'_> {
    /// The module first, then the others in the user's order.
    fn params(&self) -> Option<Yaml> {
        let module = self
            .spec
            .module
            .as_deref()
            .map(|module| (text("module"), texts(&[module])));
        let is_free = |name: &str| module.is_none() || name != "module";
        let others = (self.spec.params.iter())
            .filter(|param| is_free(&param.name))
            .map(|param| {
                (
                    text(&param.name),
                    param.values.iter().map(|value| text(value)).collect(),
                )
            });
        let others: Vec<_> = others.collect();
        let module = module.and_then(|(name, values)| Some((name, values?)));
        let params: Vec<_> = module.into_iter().chain(others).collect();
        (!params.is_empty()).then_some(Yaml::Map(params))
    }

    fn static_targets(&self) -> Option<&ProbeTargetStaticConfig> {
        self.spec.targets.static_config.as_deref()
    }

    /// The Ingresses, where no targets are written down.
    fn ingress(&self) -> Option<&ProbeTargetIngress> {
        let ingress = self.spec.targets.ingress.as_deref();
        ingress.filter(|_| self.static_targets().is_none())
    }

    /// The targets that are written down. They have the namespace of the object, unless the user says another one.
    fn static_configs(&self, object: &ObjectKey) -> Option<Yaml> {
        let targets = self.static_targets()?;
        let mut labels: Vec<_> = (targets.labels.iter())
            .map(|(name, value)| (text(name), text(value)))
            .collect();
        if !targets.labels.contains_key("namespace") {
            labels.push((text("namespace"), text(&object.namespace)));
        }
        Some(Yaml::Seq(vec![map([
            ("targets", targets.targets.iter().map(|target| text(target)).collect()),
            ("labels", natural_map(labels)),
        ])]))
    }

    fn kubernetes_sd_configs(&self, object: &ObjectKey) -> Option<Yaml> {
        let context = self.scope.context;
        let selector = self.ingress()?.namespace_selector.as_deref();
        Some(kubernetes_sd_configs(&Discovery {
            scope: self.scope.in_namespace(context.namespace()),
            role: Role::Ingress,
            namespaces: &namespaces(context, selector, &object.namespace),
            attached: Attached::default(),
            selector: None,
        }))
    }

    fn relabel_configs(&self, object: &ObjectKey) -> Vec<Yaml> {
        let context = self.scope.context;
        let mut rules = vec![job_name_rule()];
        rules.extend((self.spec.job_name.as_deref()).map(|name| set_rule("job", text(name))));
        let own = if let Some(targets) = self.static_targets() {
            rules.push(copy_rule("__address__", TARGET));
            Some(&targets.relabeling_configs)
        } else if let Some(ingress) = self.ingress() {
            rules.extend(
                ingress
                    .selector
                    .iter()
                    .flat_map(|selector| selector_rules("ingress", selector)),
            );
            rules.extend(ingress_rules());
            Some(&ingress.relabeling_configs)
        } else {
            None
        };
        if let Some(own) = own {
            let prober = self.spec.prober.as_deref();
            rules.push(copy_rule(TARGET, "instance"));
            rules.push(set_rule("__address__", text(prober.map_or("", |prober| &prober.url))));
            rules.extend(user_rules(self.class.relabelings()));
            rules.extend(user_rules(own));
            rules.extend(namespace_rule(context, MonitoringResource::Probes, object));
        }
        rules.extend(context.sharding.rules(TARGET));
        rules
    }
}

/// The rules that make a URL of what is discovered of an Ingress, and keep where it came from.
fn ingress_rules() -> [Yaml; 4] {
    let sources = [
        "__meta_kubernetes_ingress_scheme",
        "__address__",
        "__meta_kubernetes_ingress_path",
    ];
    let joined = |sources: Yaml, pattern: &'static str, target: &'static str, replacement: &'static str| {
        map([
            ("source_labels", sources),
            ("separator", ";".into()),
            regex(Expression::constant(pattern)),
            ("target_label", target.into()),
            ("replacement", replacement.into()),
            ("action", "replace".into()),
        ])
    };
    [
        joined(labels(sources), "(.+);(.+);(.+)", TARGET, "${1}://${2}${3}"),
        copy_rule("__meta_kubernetes_namespace", "namespace"),
        copy_rule("__meta_kubernetes_ingress_name", "ingress"),
        joined(labels(["__address__"]), "(.*)", "__tmp_ingress_address", "$1"),
    ]
}

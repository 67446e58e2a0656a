//! The scrape job of a `ScrapeConfig`, with a module for each service discovery or family of them: what keys they have in
//! which order, and which versions know them. Made from the object and the context alone. Pure.

pub(super) mod aws;
pub(super) mod azure;
pub(super) mod client;
pub(super) mod consul;
pub(super) mod digitalocean;
mod discovery;
pub(super) mod dns;
pub(super) mod docker;
pub(super) mod eureka;
pub(super) mod file;
mod filter;
pub(super) mod gce;
pub(super) mod hetzner;
pub(super) mod http;
pub(super) mod ionos;
pub(super) mod kubernetes;
pub(super) mod kuma;
pub(super) mod linode;
pub(super) mod nomad;
pub(super) mod oci;
pub(super) mod openstack;
pub(super) mod ovhcloud;
pub(super) mod puppetdb;
pub(super) mod scaleway;
pub(super) mod static_config;

use crds::{
    AuthorizationOptions, HttpClient, MonitoringResource,
    v1alpha1::{
        AzureSdConfig, ConsulSdConfig, DigitalOceanSdConfig, DnsSdConfig, DockerSdConfig, DockerSwarmSdConfig,
        Ec2SdConfig, EurekaSdConfig, FileSdConfig, GceSdConfig, HetznerSdConfig, HttpSdConfig, IonosSdConfig,
        KubernetesSdConfig, KumaSdConfig, LightsailSdConfig, LinodeSdConfig, NomadSdConfig, OciSdConfig,
        OpenStackSdConfig, OvhCloudSdConfig, PuppetDbSdConfig, ScalewaySdConfig, ScrapeConfig, ScrapeConfigSpec,
        StaticConfig,
    },
};
use formats::{
    version::Field,
    yaml::{Yaml, map},
};

use super::{
    context::Context,
    http::Proxy,
    name_schemes::{escaping_scheme, validation_scheme},
    relabel::{job_name_rule, metric_rules, namespace_rule, user_rules},
    scrape::Options,
    scrape_class::Class,
    section::{DroppedField, Mapping, PartScope, part},
    sections::{self, Section, Table},
    value::text,
};
use crate::object::ObjectKey;
pub(in crate::prometheus) use discovery::Discovery;
use discovery::section;

/// The scrape job of `config`. What the version does not know is added to `dropped`.
pub fn scrape_config_job(config: &ScrapeConfig, context: &Context<'_>, dropped: &mut Vec<DroppedField>) -> Yaml {
    let object = ObjectKey::of(config);
    let name = format!("scrapeConfig/{object}");
    part(name.as_str(), &object.namespace, context, dropped, |scope| {
        let spec = &config.spec;
        let class = context.scrape_classes.class(spec.scrape_class.as_deref());
        Job {
            scope,
            spec,
            object: &object,
            name: &name,
            class,
            client: spec.into(),
        }
        .into_yaml()
    })
}

/// What the job is made from.
pub(crate) struct Job<'a> {
    scope: PartScope<'a>,
    spec: &'a ScrapeConfigSpec,
    object: &'a ObjectKey,
    name: &'a str,
    class: Class<'a>,
    client: HttpClient<'a>,
}

impl Job<'_> {
    fn into_yaml(self) -> Yaml {
        let (scope, spec) = (self.scope, self.spec);
        let options = Options {
            limits: spec.into(),
            histograms: spec.into(),
            scrape_protocols: &spec.scrape_protocols,
            fallback_scrape_protocol: self.class.fallback_scrape_protocol(spec.fallback_scrape_protocol),
            body_size_limit: spec.body_size_limit.as_ref(),
            extra_scrape_metrics: spec.extra_scrape_metrics,
        };
        let proxy = Proxy {
            values: *scope,
            from: spec.into(),
        };
        Mapping::new(scope)
            .with::<sections::ScrapeConfigHead>(&self)
            .with_formats(options, scope)
            .with::<sections::ScrapeConfigScheme>(&self)
            .with::<sections::Proxy>(&proxy)
            .with::<sections::ScrapeConfigCredentials>(&self)
            .with_limits(options, scope)
            .with_body_size_limit(options, scope)
            .with::<sections::ExtraMetrics>(&options)
            .with::<sections::ScrapeConfigDiscoveries>(&self)
            .pair("relabel_configs", Some(Yaml::Seq(self.relabel_configs())))
            .pair("metric_relabel_configs", self.metric_relabel_configs())
            .with::<sections::ScrapeConfigNames>(&self)
            .into_yaml()
    }

    fn params(&self) -> Option<Yaml> {
        let params = self.spec.params.iter();
        let params: Vec<_> = params
            .map(|(name, values)| (text(name), values.iter().map(|value| text(value)).collect()))
            .collect();
        (!params.is_empty()).then_some(Yaml::Map(params))
    }

    /// The namespace label is enforced after the user's rules, and where there are none.
    fn relabel_configs(&self) -> Vec<Yaml> {
        let (spec, context) = (self.spec, self.scope.context);
        let mut rules = vec![job_name_rule()];
        rules.extend(user_rules(self.class.relabelings()));
        rules.extend(spec.job_name.as_deref().map(job_label_rule));
        rules.extend(user_rules(&spec.relabelings));
        rules.extend(namespace_rule(context, MonitoringResource::ScrapeConfigs, self.object));
        let sharding = context.sharding.rules_unless_sharded(&rules);
        rules.extend(sharding);
        rules
    }

    fn metric_relabel_configs(&self) -> Option<Yaml> {
        let (context, own) = (self.scope.context, &self.spec.metric_relabelings);
        metric_rules(context, self.class, own, MonitoringResource::ScrapeConfigs, self.object)
    }
}

/// Sets the job label to the name that the user gives the job.
fn job_label_rule(name: &str) -> Yaml {
    map([
        ("target_label", "job".into()),
        ("action", "replace".into()),
        ("replacement", text(name)),
    ])
}

/// Keys at the head of the job.
impl Section for sections::ScrapeConfigHead {
    type Source<'a> = Job<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("job_name", |job: &Job<'_>| Some(text(job.name))),
                Field::new("honor_timestamps", |job: &Job<'_>| {
                    job.scope.honor_timestamps(job.spec.honor_timestamps).map(Yaml::from)
                })
                .since(2, 9),
                Field::new("track_timestamps_staleness", |job: &Job<'_>| {
                    job.spec.track_timestamps_staleness.map(Yaml::from)
                })
                .since(2, 48),
                Field::new("honor_labels", |job: &Job<'_>| {
                    let own = job.spec.honor_labels;
                    own.map(|_| job.scope.honor_labels(own).into())
                }),
                Field::new("metrics_path", |job: &Job<'_>| {
                    job.spec.metrics_path.as_deref().map(text)
                }),
                Field::new("params", Job::params),
                Field::new("enable_compression", |job: &Job<'_>| {
                    job.spec.enable_compression.map(Yaml::from)
                })
                .since(2, 49),
                Field::new("enable_http2", |job: &Job<'_>| job.client.enable_http2.map(Yaml::from)).since(2, 35),
                Field::new("scrape_interval", |job: &Job<'_>| {
                    job.spec.scrape_interval.as_deref().map(text)
                }),
                Field::new("scrape_timeout", |job: &Job<'_>| {
                    job.spec.scrape_timeout.as_deref().map(text)
                }),
            ]
        }
    }
}

/// Keys between the formats and the proxy.
impl Section for sections::ScrapeConfigScheme {
    type Source<'a> = Job<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[Field::new("scheme", |job: &Job<'_>| {
                job.spec.scheme.map(|scheme| scheme.as_str().into())
            })]
        }
    }
}

/// Keys of the credentials, after the proxy.
impl Section for sections::ScrapeConfigCredentials {
    type Source<'a> = Job<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("basic_auth", |job: &Job<'_>| {
                    job.scope.basic_auth(job.client.auth.basic_auth)
                }),
                Field::new("authorization", |job: &Job<'_>| {
                    let own = job.client.auth.authorization.map(AuthorizationOptions::from);
                    job.scope.class_authorization(job.class, own)
                })
                .since(2, 26),
                Field::new("oauth2", |job: &Job<'_>| job.scope.oauth2(job.client.auth.oauth2)).since(2, 27),
                Field::new("tls_config", |job: &Job<'_>| {
                    job.scope.class_tls_config(job.class, job.client.tls_config)
                }),
            ]
        }
    }
}

/// Keys of the service discoveries. An object with one that the version does not know is refused at selection.
impl Section for sections::ScrapeConfigDiscoveries {
    type Source<'a> = Job<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                section::<StaticConfig>(),
                section::<FileSdConfig>(),
                section::<HttpSdConfig>(),
                section::<KubernetesSdConfig>(),
                section::<ConsulSdConfig>(),
                section::<DnsSdConfig>(),
                section::<Ec2SdConfig>(),
                section::<AzureSdConfig>(),
                section::<GceSdConfig>(),
                section::<OpenStackSdConfig>(),
                section::<DigitalOceanSdConfig>(),
                section::<KumaSdConfig>(),
                section::<EurekaSdConfig>(),
                section::<DockerSdConfig>(),
                section::<LinodeSdConfig>(),
                section::<HetznerSdConfig>(),
                section::<NomadSdConfig>(),
                section::<DockerSwarmSdConfig>(),
                section::<PuppetDbSdConfig>(),
                section::<LightsailSdConfig>(),
                section::<OvhCloudSdConfig>(),
                section::<ScalewaySdConfig>(),
                section::<IonosSdConfig>(),
                section::<OciSdConfig>(),
            ]
        }
    }
}

/// Keys at the end of the job.
impl Section for sections::ScrapeConfigNames {
    type Source<'a> = Job<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("metric_name_validation_scheme", |job: &Job<'_>| {
                    job.spec.name_validation_scheme.map(validation_scheme)
                })
                .since(3, 0),
                Field::new("metric_name_escaping_scheme", |job: &Job<'_>| {
                    job.spec.name_escaping_scheme.map(escaping_scheme)
                })
                .since(3, 4),
            ]
        }
    }
}

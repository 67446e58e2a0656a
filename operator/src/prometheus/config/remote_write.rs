//! `remote_write`: where samples are sent to. Pure. Combinations that cannot work are refused before.

use crds::{AuthorizationOptions, AzureAd, MetadataConfig, QueueConfig, RemoteWriteMessageVersion, RemoteWriteSpec};
use formats::{
    version::Field,
    yaml::{Yaml, map},
};

use super::{
    context::Format,
    http::Proxy,
    relabel::user_rules,
    section::{DroppedField, Mapping, Values, standalone_part},
    sections::{self, Section, Table},
    value::{text, text_map},
};

/// A file with `remote_write` alone, for programs of other projects that write as Prometheus does; what it refers to is in
/// `namespace`. Without endpoints the list is empty.
pub fn remote_write_file(
    endpoints: &[RemoteWriteSpec],
    namespace: &str,
    format: &Format<'_>,
    dropped: &mut Vec<DroppedField>,
) -> Yaml {
    let endpoints = remote_write(endpoints, namespace, format, dropped);
    map([("remote_write", endpoints.unwrap_or_else(|| Yaml::Seq(Vec::new())))])
}

/// `remote_write`, or nothing where samples are sent nowhere.
pub(crate) fn remote_write(
    endpoints: &[RemoteWriteSpec],
    namespace: &str,
    format: &Format<'_>,
    dropped: &mut Vec<DroppedField>,
) -> Option<Yaml> {
    let endpoints: Vec<_> = (endpoints.iter().enumerate())
        .map(|(index, endpoint)| {
            let name = format!("remoteWrite[{index}]");
            standalone_part(name, namespace, format, dropped, |values| item(endpoint, values))
        })
        .collect();
    (!endpoints.is_empty()).then_some(Yaml::Seq(endpoints))
}

fn item(from: &RemoteWriteSpec, values: Values<'_>) -> Yaml {
    let endpoint = Endpoint { values, from };
    let proxy = Proxy {
        values,
        from: from.into(),
    };
    Mapping::new(values)
        .with::<sections::RemoteWrite>(&endpoint)
        .with::<sections::Proxy>(&proxy)
        .with::<sections::RemoteWriteOptions>(&endpoint)
        .into_yaml()
}

/// What an item is made from.
pub(crate) struct Endpoint<'a> {
    values: Values<'a>,
    from: &'a RemoteWriteSpec,
}

/// Keys before those of the proxy.
impl Section for sections::RemoteWrite {
    type Source<'a> = Endpoint<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("url", |endpoint: &Endpoint<'_>| Some(text(&endpoint.from.url))),
                Field::new("remote_timeout", |endpoint: &Endpoint<'_>| {
                    endpoint.from.remote_timeout.as_ref().map(|timeout| text(timeout))
                }),
                Field::new("headers", |endpoint: &Endpoint<'_>| text_map(&endpoint.from.headers)).since(2, 15),
                Field::new("name", |endpoint: &Endpoint<'_>| {
                    endpoint.from.name.as_deref().map(text)
                })
                .since(2, 15),
                Field::new("protobuf_message", |endpoint: &Endpoint<'_>| {
                    endpoint.from.message_version.map(|version| match version {
                        RemoteWriteMessageVersion::V1_0 => "prometheus.WriteRequest".into(),
                        RemoteWriteMessageVersion::V2_0 => "io.prometheus.write.v2.Request".into(),
                    })
                })
                .since(2, 54),
                Field::new("send_exemplars", |endpoint: &Endpoint<'_>| {
                    endpoint.from.send_exemplars.map(Yaml::from)
                })
                .since(2, 27),
                Field::new("send_native_histograms", |endpoint: &Endpoint<'_>| {
                    endpoint.from.send_native_histograms.map(Yaml::from)
                })
                .since(2, 40),
                Field::new("write_relabel_configs", |endpoint: &Endpoint<'_>| {
                    let rules = &endpoint.from.write_relabel_configs;
                    (!rules.is_empty()).then(|| user_rules(rules).collect())
                }),
                Field::new("basic_auth", |endpoint: &Endpoint<'_>| {
                    endpoint.values.basic_auth(endpoint.from.basic_auth.as_deref())
                }),
                Field::new("bearer_token", |endpoint: &Endpoint<'_>| {
                    endpoint.from.bearer_token.as_deref().map(text)
                }),
                Field::new("bearer_token_file", |endpoint: &Endpoint<'_>| {
                    endpoint.from.bearer_token_file.as_deref().map(text)
                }),
                Field::new("oauth2", |endpoint: &Endpoint<'_>| {
                    endpoint.values.oauth2(endpoint.from.oauth2.as_deref())
                })
                .since(2, 27),
                Field::new("tls_config", |endpoint: &Endpoint<'_>| {
                    endpoint.values.tls_config(endpoint.from.tls_config.as_deref())
                }),
                Field::new("authorization", |endpoint: &Endpoint<'_>| {
                    let authorization = endpoint.from.authorization.as_deref();
                    endpoint
                        .values
                        .authorization(authorization.map(AuthorizationOptions::from))
                })
                .since(2, 26),
            ]
        }
    }
}

/// Keys after those of the proxy.
impl Section for sections::RemoteWriteOptions {
    type Source<'a> = Endpoint<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("sigv4", |endpoint: &Endpoint<'_>| {
                    endpoint.values.sigv4(endpoint.from.sigv4.as_deref())
                })
                .since(2, 26),
                Field::new("azuread", |endpoint: &Endpoint<'_>| {
                    let azure = Azure {
                        values: endpoint.values,
                        from: endpoint.from.azure_ad.as_deref()?,
                    };
                    Some(endpoint.values.mapping::<sections::Azuread>(&azure))
                })
                .since(2, 45),
                Field::new("follow_redirects", |endpoint: &Endpoint<'_>| {
                    endpoint.from.follow_redirects.map(Yaml::from)
                })
                .since(2, 26),
                Field::new("enable_http2", |endpoint: &Endpoint<'_>| {
                    endpoint.from.enable_http2.map(Yaml::from)
                })
                .since(2, 35),
                Field::new("queue_config", |endpoint: &Endpoint<'_>| {
                    let queue = endpoint.from.queue_config.as_deref()?;
                    Some(endpoint.values.mapping::<sections::QueueConfig>(queue))
                }),
                Field::new("metadata_config", |endpoint: &Endpoint<'_>| {
                    let metadata = Metadata {
                        from: endpoint.from.metadata_config.as_deref()?,
                        message_version: endpoint.from.message_version,
                    };
                    Some(endpoint.values.mapping::<sections::MetadataConfig>(&metadata))
                })
                .since(2, 23),
                Field::new("round_robin_dns", |endpoint: &Endpoint<'_>| {
                    endpoint.from.round_robin_dns.map(Yaml::from)
                })
                .since(3, 1),
            ]
        }
    }
}

/// What `azuread` is made from.
pub(crate) struct Azure<'a> {
    values: Values<'a>,
    from: &'a AzureAd,
}

/// Keys of `azuread`.
impl Section for sections::Azuread {
    type Source<'a> = Azure<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("managed_identity", |azure: &Azure<'_>| {
                    let identity = azure.from.managed_identity.as_deref()?;
                    Some(map(identity.client_id.as_deref().map(|id| ("client_id", text(id)))))
                }),
                Field::new("oauth", |azure: &Azure<'_>| {
                    let oauth = azure.from.oauth.as_deref()?;
                    Some(map([
                        ("client_id", text(&oauth.client_id)),
                        ("client_secret", azure.values.secret(&oauth.client_secret)?),
                        ("tenant_id", text(&oauth.tenant_id)),
                    ]))
                })
                .since(2, 48),
                Field::new("sdk", |azure: &Azure<'_>| {
                    let sdk = azure.from.sdk.as_deref()?;
                    Some(map(sdk.tenant_id.as_deref().map(|id| ("tenant_id", text(id)))))
                })
                .since(2, 52),
                Field::new("workload_identity", |azure: &Azure<'_>| {
                    let identity = azure.from.workload_identity.as_deref()?;
                    Some(map([
                        ("client_id", text(&identity.client_id)),
                        ("tenant_id", text(&identity.tenant_id)),
                    ]))
                })
                .since(3, 7),
                Field::new("cloud", |azure: &Azure<'_>| {
                    azure.from.cloud.map(|cloud| cloud.as_str().into())
                }),
                Field::new("scope", |azure: &Azure<'_>| azure.from.scope.as_deref().map(text)).since(3, 9),
            ]
        }
    }
}

/// Zero is what Prometheus takes for unset.
fn count(number: Option<i64>) -> Option<Yaml> {
    number.filter(|number| *number != 0).map(Yaml::from)
}

/// Keys of `queue_config`.
impl Section for sections::QueueConfig {
    type Source<'a> = QueueConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("capacity", |queue: &QueueConfig| count(queue.capacity)),
                Field::new("min_shards", |queue: &QueueConfig| count(queue.min_shards)).since(2, 6),
                Field::new("max_shards", |queue: &QueueConfig| count(queue.max_shards)),
                Field::new("max_samples_per_send", |queue: &QueueConfig| {
                    count(queue.max_samples_per_send)
                }),
                Field::new("batch_send_deadline", |queue: &QueueConfig| {
                    queue.batch_send_deadline.as_ref().map(|deadline| text(deadline))
                }),
                Field::new("max_retries", |queue: &QueueConfig| count(queue.max_retries)).until(2, 11),
                Field::new("min_backoff", |queue: &QueueConfig| {
                    queue.min_backoff.as_ref().map(|backoff| text(backoff))
                }),
                Field::new("max_backoff", |queue: &QueueConfig| {
                    queue.max_backoff.as_ref().map(|backoff| text(backoff))
                }),
                Field::new("retry_on_http_429", |queue: &QueueConfig| {
                    queue.retry_on_rate_limit.filter(|retry| *retry).map(Yaml::from)
                })
                .since(2, 26),
                Field::new("sample_age_limit", |queue: &QueueConfig| {
                    queue.sample_age_limit.as_ref().map(|limit| text(limit))
                })
                .since(2, 50),
            ]
        }
    }
}

/// What `metadata_config` is made from.
pub(crate) struct Metadata<'a> {
    from: &'a MetadataConfig,
    message_version: Option<RemoteWriteMessageVersion>,
}

/// Keys of `metadata_config`. Messages of version 2 carry the metadata themselves.
impl Section for sections::MetadataConfig {
    type Source<'a> = Metadata<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("send", |metadata: &Metadata<'_>| {
                    let carried = metadata.message_version == Some(RemoteWriteMessageVersion::V2_0);
                    Some(Yaml::from(!carried && metadata.from.send == Some(true)))
                }),
                Field::new("send_interval", |metadata: &Metadata<'_>| {
                    metadata.from.send_interval.as_ref().map(|interval| text(interval))
                }),
                Field::new("max_samples_per_send", |metadata: &Metadata<'_>| {
                    metadata.from.max_samples_per_send.map(Yaml::from)
                })
                .since(2, 29),
            ]
        }
    }
}

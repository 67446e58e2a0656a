//! `remote_read`: where samples are read from that are not stored here. Pure.

use crds::{AuthorizationOptions, RemoteReadSpec};
use formats::{version::Field, yaml::Yaml};

use super::{
    context::Format,
    http::Proxy,
    section::{DroppedField, Mapping, Values, standalone_part},
    sections::{self, Section, Table},
    value::{text, text_map},
};

/// `remote_read`, or nothing where samples are read from nowhere.
pub(crate) fn remote_read(
    endpoints: &[RemoteReadSpec],
    namespace: &str,
    format: &Format<'_>,
    dropped: &mut Vec<DroppedField>,
) -> Option<Yaml> {
    let endpoints: Vec<_> = (endpoints.iter().enumerate())
        .map(|(index, endpoint)| {
            let name = format!("remoteRead[{index}]");
            standalone_part(name, namespace, format, dropped, |values| item(endpoint, values))
        })
        .collect();
    (!endpoints.is_empty()).then_some(Yaml::Seq(endpoints))
}

fn item(from: &RemoteReadSpec, values: Values<'_>) -> Yaml {
    let endpoint = Endpoint { values, from };
    let proxy = Proxy {
        values,
        from: from.into(),
    };
    Mapping::new(values)
        .with::<sections::RemoteRead>(&endpoint)
        .with::<sections::Proxy>(&proxy)
        .with::<sections::RemoteReadOptions>(&endpoint)
        .into_yaml()
}

/// What an item is made from.
pub(crate) struct Endpoint<'a> {
    values: Values<'a>,
    from: &'a RemoteReadSpec,
}

/// Keys before those of the proxy.
impl Section for sections::RemoteRead {
    type Source<'a> = Endpoint<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("url", |endpoint: &Endpoint<'_>| Some(text(&endpoint.from.url))),
                Field::new("remote_timeout", |endpoint: &Endpoint<'_>| {
                    endpoint.from.remote_timeout.as_ref().map(|timeout| text(timeout))
                }),
                Field::new("headers", |endpoint: &Endpoint<'_>| text_map(&endpoint.from.headers)).since(2, 26),
                Field::new("name", |endpoint: &Endpoint<'_>| {
                    endpoint.from.name.as_deref().map(text)
                })
                .since(2, 15),
                Field::new("required_matchers", |endpoint: &Endpoint<'_>| {
                    text_map(&endpoint.from.required_matchers)
                }),
                Field::new("read_recent", |endpoint: &Endpoint<'_>| {
                    endpoint.from.read_recent.filter(|recent| *recent).map(Yaml::from)
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
impl Section for sections::RemoteReadOptions {
    type Source<'a> = Endpoint<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("follow_redirects", |endpoint: &Endpoint<'_>| {
                    endpoint.from.follow_redirects.map(Yaml::from)
                })
                .since(2, 26),
                Field::new("filter_external_labels", |endpoint: &Endpoint<'_>| {
                    endpoint.from.filter_external_labels.map(Yaml::from)
                })
                .since(2, 34),
            ]
        }
    }
}

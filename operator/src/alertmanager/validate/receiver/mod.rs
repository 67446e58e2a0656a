//! Receivers: the services that are notified, each with what it needs and with the version that it needs. Pure.

mod chat;
mod delivery;
mod on_call;

use crds::{
    DiscordConfig, EmailConfig, HttpClient, HttpConfig, MsTeamsConfig, MsTeamsV2Config, OpsGenieConfig,
    PagerDutyConfig, PushoverConfig, Receiver, RocketChatConfig, SlackConfig, SnsConfig, TelegramConfig,
    VictorOpsConfig, WeChatConfig, WebexConfig, WebhookConfig,
};
use formats::version::Version;
use k8s_openapi::api::core::v1::SecretKeySelector;

use super::Target;
use super::address::{self, AddressError};
use super::gate::{self, Gate, Unsupported};
use crate::assets;
use crate::check::http_client::{self, Credentials};
use crate::check::invalid::{Field, Invalid, Within};

/// A service that is notified.
trait Service: Sized + 'static {
    /// Field of the receiver.
    const FIELD: &'static str;
    /// Minor version that brought the service.
    const SINCE: u64 = 0;
    /// Fields that came later.
    const GATES: &'static [Gate<Self>] = &[];

    /// Those of a receiver.
    fn of(receiver: &Receiver) -> &[Self];
    /// How it is reached.
    fn http(&self) -> Option<&HttpConfig>;
    /// Checks its own fields.
    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
    /// Checks the Secrets that it refers to, besides those of the HTTP client.
    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid>;
}

/// A service that cannot be notified.
#[derive(Debug, thiserror::Error)]
enum ServiceError {
    #[error("this is needed")]
    Missing,
    #[error("one of {0} and {1} is needed")]
    OneOf(&'static str, &'static str),
    #[error("{0} and {1} exclude each other")]
    Exclusive(&'static str, &'static str),
    #[error("{name:?} is a field of its own")]
    Reserved { name: Box<str> },
    #[error("{name:?} stands there twice")]
    HeaderTwice { name: Box<str> },
    #[error("one of id, name and username is needed")]
    Responder,
    #[error("one of targetARN, topicARN and phoneNumber is needed")]
    Subscriber,
    #[error("messages can only be updated with the token of a bot: apiURL must be {0}")]
    Update(&'static str),
    /// The address is a secret, so nothing of it is shown.
    #[error("the value is not a URL of the web")]
    SecretAddress,
    #[error(transparent)]
    Asset(#[from] assets::Error),
}

/// Checks all services of `receiver`, and with a target also what they need of it.
pub(super) fn check(receiver: &Receiver, mut target: Option<&mut Target<'_>>) -> Result<(), Invalid> {
    services::<DiscordConfig>(receiver, target.as_deref_mut())?;
    services::<EmailConfig>(receiver, target.as_deref_mut())?;
    services::<MsTeamsConfig>(receiver, target.as_deref_mut())?;
    services::<MsTeamsV2Config>(receiver, target.as_deref_mut())?;
    services::<OpsGenieConfig>(receiver, target.as_deref_mut())?;
    services::<PagerDutyConfig>(receiver, target.as_deref_mut())?;
    services::<PushoverConfig>(receiver, target.as_deref_mut())?;
    services::<RocketChatConfig>(receiver, target.as_deref_mut())?;
    services::<SlackConfig>(receiver, target.as_deref_mut())?;
    services::<SnsConfig>(receiver, target.as_deref_mut())?;
    services::<TelegramConfig>(receiver, target.as_deref_mut())?;
    services::<VictorOpsConfig>(receiver, target.as_deref_mut())?;
    services::<WebexConfig>(receiver, target.as_deref_mut())?;
    services::<WebhookConfig>(receiver, target.as_deref_mut())?;
    services::<WeChatConfig>(receiver, target)
}

fn services<S: Service>(receiver: &Receiver, mut target: Option<&mut Target<'_>>) -> Result<(), Invalid> {
    for (index, service) in S::of(receiver).iter().enumerate() {
        let place = || format!("{}[{index}]", S::FIELD);
        service.check().within(place())?;
        if let Some(http) = service.http() {
            check_http(http).within("httpConfig").within(place())?;
        }
        if let Some(target) = target.as_deref_mut() {
            Unsupported::check(target.version, Version::new(0, S::SINCE, 0)).field(S::FIELD)?;
            fit(service, target).within(place())?;
        }
    }
    Ok(())
}

/// Checks that the target has what `service` needs.
fn fit<S: Service>(service: &S, target: &mut Target<'_>) -> Result<(), Invalid> {
    gate::check(S::GATES, service, target.version)?;
    service.check_secrets(&mut target.credentials)?;
    match service.http() {
        Some(http) => fit_http(http, target).within("httpConfig"),
        None => Ok(()),
    }
}

/// Fields of the HTTP client without which requests would be refused.
const HTTP_GATES: [Gate<HttpConfig>; 2] = [
    Gate::new("authorization", 22, |http: &HttpConfig| http.authorization.is_some()),
    Gate::new("oauth2", 22, |http: &HttpConfig| http.oauth2.is_some()),
];

fn check_http(http: &HttpConfig) -> Result<(), Invalid> {
    let client = HttpClient::from(http);
    http_client::check_auth(&client.auth)?;
    if let Some(tls) = &client.tls_config {
        assets::check_tls(tls).field("tlsConfig")?;
    }
    client
        .proxy
        .map_or(Ok(()), |proxy| http_client::check_proxy(&proxy))
        .field("proxyConfig")
}

fn fit_http(http: &HttpConfig, target: &mut Target<'_>) -> Result<(), Invalid> {
    gate::check(&HTTP_GATES, http, target.version)?;
    let client = HttpClient::from(http);
    target.credentials.auth(&client.auth)?;
    if let Some(tls) = client.tls_config {
        target.credentials.tls(tls).field("tlsConfig")?;
    }
    client.proxy.map_or(Ok(()), |proxy| target.credentials.proxy(&proxy))
}

/// Checks a text that the schema requires, but cannot require of old objects.
fn required(text: &str, field: impl Into<String>) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(ServiceError::Missing).field(field);
    }
    Ok(())
}

/// Checks the Secret at `field`, if there is one.
fn secret(
    credentials: &Credentials<'_>,
    selector: Option<&SecretKeySelector>,
    field: &'static str,
) -> Result<(), Invalid> {
    selector
        .map_or(Ok(()), |selector| credentials.secret(selector))
        .field(field)
}

/// The address in the Secret at `field`. Space around it does not count.
fn secret_url<'a>(
    credentials: &Credentials<'a>,
    selector: &SecretKeySelector,
    check: fn(&str) -> Result<(), AddressError>,
    field: &'static str,
) -> Result<&'a str, Invalid> {
    let read = || {
        let url = credentials.text(selector)?.trim();
        check(url).map_err(|_| ServiceError::SecretAddress)?;
        Ok::<_, ServiceError>(url)
    };
    read().field(field)
}

//! Services that pass notifications on: mail, AWS SNS, and any HTTP server. Pure.

use std::collections::BTreeSet;

use crds::{EmailConfig, HttpConfig, Receiver, SnsConfig, WebhookConfig};

use super::{Service, ServiceError, address, required, secret, secret_url};
use crate::alertmanager::validate::gate::Gate;
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid, Within};

impl Service for EmailConfig {
    const FIELD: &'static str = "emailConfigs";
    const GATES: &'static [Gate<Self>] = &[
        Gate::new("forceImplicitTLS", 31, |email: &Self| {
            email.force_implicit_tls.is_some()
        }),
        Gate::new("threading", 30, |email: &Self| email.threading.is_some()),
    ];

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.email_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        None
    }

    fn check(&self) -> Result<(), Invalid> {
        required(self.to.as_deref().unwrap_or_default(), "to")?;
        if let Some(smarthost) = self.smarthost.as_deref().filter(|smarthost| !smarthost.is_empty()) {
            address::host_and_port(smarthost).field("smarthost")?;
        }
        let mut names = BTreeSet::new();
        for (index, header) in self.headers.iter().enumerate() {
            if !names.insert(header.key.to_lowercase()) {
                let name = header.key.clone();
                return Err(ServiceError::HeaderTwice { name }).field(format!("headers[{index}]"));
            }
        }
        Ok(())
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        secret(credentials, self.auth_password.as_deref(), "authPassword")?;
        secret(credentials, self.auth_secret.as_deref(), "authSecret")?;
        match self.tls_config.as_deref() {
            Some(tls) => credentials.tls(tls).field("tlsConfig"),
            None => Ok(()),
        }
    }
}

impl Service for SnsConfig {
    const FIELD: &'static str = "snsConfigs";
    const SINCE: u64 = 23;
    const GATES: &'static [Gate<Self>] = &[Gate::new("useAWSHTTPClient", 33, |sns: &Self| {
        sns.use_aws_http_client.is_some()
    })];

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.sns_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        let subscribers = [&self.target_arn, &self.topic_arn, &self.phone_number];
        let set = subscribers
            .into_iter()
            .flatten()
            .filter(|subscriber| !subscriber.is_empty());
        // Alertmanager takes all three together, too.
        if set.count() % 2 == 0 {
            return Err(ServiceError::Subscriber).field("topicARN");
        }
        address::check_template(self.api_url.as_deref(), "apiURL")
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        match &self.sigv4 {
            Some(sigv4) => credentials.sigv4(sigv4).within("sigv4"),
            None => Ok(()),
        }
    }
}

impl Service for WebhookConfig {
    const FIELD: &'static str = "webhookConfigs";
    const GATES: &'static [Gate<Self>] = &[Gate::new("payload", 32, |webhook: &Self| webhook.payload.is_some())];

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.webhook_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        if self.url.is_none() && self.url_secret.is_none() {
            return Err(ServiceError::OneOf("url", "urlSecret")).field("url");
        }
        address::check_template(self.url.as_deref(), "url")
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        match self.url_secret.as_deref() {
            Some(selector) => secret_url(credentials, selector, address::web_or_template, "urlSecret").map(drop),
            None => Ok(()),
        }
    }
}

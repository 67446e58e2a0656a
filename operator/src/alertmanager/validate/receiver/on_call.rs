//! Services that wake somebody up. Pure.

use crds::{
    HttpConfig, OpsGenieConfig, OpsGenieResponder, OpsGenieResponderType, PagerDutyConfig, PushoverConfig, Receiver,
    VictorOpsConfig,
};
use k8s_openapi::api::core::v1::SecretKeySelector;

use super::{Service, ServiceError, address, required, secret};
use crate::alertmanager::config::OWN_FIELDS;
use crate::alertmanager::validate::gate::Gate;
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};

impl Service for OpsGenieConfig {
    const FIELD: &'static str = "opsgenieConfigs";
    const GATES: &'static [Gate<Self>] = &[Gate::new("responders", 24, |opsgenie: &Self| {
        let mut responders = opsgenie.responders.iter();
        responders.any(|responder| responder.type_ == OpsGenieResponderType::Teams)
    })];

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.opsgenie_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        let is_nobody = |responder: &OpsGenieResponder| {
            let names = [&responder.id, &responder.name, &responder.username];
            names.into_iter().flatten().all(|name| name.is_empty())
        };
        if let Some(index) = self.responders.iter().position(is_nobody) {
            return Err(ServiceError::Responder).field(format!("responders[{index}]"));
        }
        address::check_web(self.api_url.as_deref(), "apiURL")
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        secret(credentials, self.api_key.as_deref(), "apiKey")
    }
}

impl Service for PagerDutyConfig {
    const FIELD: &'static str = "pagerdutyConfigs";

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.pagerduty_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        address::check_web(self.url.as_deref(), "url")?;
        address::check_template(self.client_url.as_deref(), "clientURL")?;
        if self.routing_key.is_none() && self.service_key.is_none() {
            return Err(ServiceError::OneOf("routingKey", "serviceKey")).field("routingKey");
        }
        for (index, link) in self.pager_duty_link_configs.iter().enumerate() {
            address::check_template(link.href.as_deref(), format!("pagerDutyLinkConfigs[{index}].href"))?;
        }
        for (index, image) in self.pager_duty_image_configs.iter().enumerate() {
            address::check_template(image.href.as_deref(), format!("pagerDutyImageConfigs[{index}].href"))?;
        }
        Ok(())
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        secret(credentials, self.routing_key.as_deref(), "routingKey")?;
        secret(credentials, self.service_key.as_deref(), "serviceKey")
    }
}

impl Service for PushoverConfig {
    const FIELD: &'static str = "pushoverConfigs";
    const GATES: &'static [Gate<Self>] = &[
        Gate::new("userKeyFile", 26, |pushover: &Self| pushover.user_key.is_none()),
        Gate::new("tokenFile", 26, |pushover: &Self| pushover.token.is_none()),
    ];

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.pushover_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        for (is_missing, field, file) in [
            (
                self.user_key.is_none() && self.user_key_file.is_none(),
                "userKey",
                "userKeyFile",
            ),
            (self.token.is_none() && self.token_file.is_none(), "token", "tokenFile"),
        ] {
            if is_missing {
                return Err(ServiceError::OneOf(field, file)).field(field);
            }
        }
        if self.html == Some(true) && self.monospace == Some(true) {
            return Err(ServiceError::Exclusive("html", "monospace")).field("html");
        }
        address::check_template(self.url.as_deref(), "url")
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        let filled = |selector: Option<&SecretKeySelector>, field| match selector {
            Some(selector) => required(credentials.text(selector).field(field)?, field),
            None => Ok(()),
        };
        filled(self.user_key.as_deref(), "userKey")?;
        filled(self.token.as_deref(), "token")
    }
}

impl Service for VictorOpsConfig {
    const FIELD: &'static str = "victoropsConfigs";

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.victorops_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        for (index, field) in self.custom_fields.iter().enumerate() {
            if OWN_FIELDS.contains(&&*field.key) {
                let name = field.key.clone();
                return Err(ServiceError::Reserved { name }).field(format!("customFields[{index}].key"));
            }
        }
        required(&self.routing_key, "routingKey")?;
        address::check_web(self.api_url.as_deref(), "apiUrl")
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        secret(credentials, self.api_key.as_deref(), "apiKey")
    }
}

//! What an `AlertmanagerConfig` and the global settings of an Alertmanager refer to: the keys and addresses of each service
//! that is notified, and the HTTP client that reaches it. Pure.

use crds::v1alpha1::AlertmanagerConfig;
use crds::{
    AlertmanagerGlobalConfig, DiscordConfig, EmailConfig, HttpClient, HttpConfig, MsTeamsConfig, MsTeamsV2Config,
    OpsGenieConfig, PagerDutyConfig, PushoverConfig, Receiver, RocketChatConfig, SlackConfig, SnsConfig,
    TelegramConfig, VictorOpsConfig, WeChatConfig, WebexConfig, WebhookConfig,
};

use super::{HasReferences, References};

impl HasReferences for AlertmanagerConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &*self.spec.receivers);
    }
}

impl HasReferences for Receiver {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &*self.discord_configs);
        references.add(namespace, &*self.email_configs);
        references.add(namespace, &*self.msteams_configs);
        references.add(namespace, &*self.msteamsv2_configs);
        references.add(namespace, &*self.opsgenie_configs);
        references.add(namespace, &*self.pagerduty_configs);
        references.add(namespace, &*self.pushover_configs);
        references.add(namespace, &*self.rocketchat_configs);
        references.add(namespace, &*self.slack_configs);
        references.add(namespace, &*self.sns_configs);
        references.add(namespace, &*self.telegram_configs);
        references.add(namespace, &*self.victorops_configs);
        references.add(namespace, &*self.webex_configs);
        references.add(namespace, &*self.webhook_configs);
        references.add(namespace, &*self.wechat_configs);
    }
}

impl HasReferences for HttpConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &HttpClient::from(self));
    }
}

impl HasReferences for EmailConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.auth_password);
        references.add(namespace, &self.auth_secret);
        references.add(namespace, &self.tls_config);
    }
}

/// Services with an HTTP client, and their other fields that refer to something.
macro_rules! services_refer {
    ($($service:ty: $($field:ident),*;)+) => {$(
        impl HasReferences for $service {
            fn refer(&self, namespace: &str, references: &mut References) {
                $(references.add(namespace, &self.$field);)*
                references.add(namespace, &self.http_config);
            }
        }
    )+};
}

services_refer! {
    DiscordConfig: api_url;
    MsTeamsConfig: webhook_url;
    MsTeamsV2Config: webhook_url;
    OpsGenieConfig: api_key;
    PagerDutyConfig: routing_key, service_key;
    PushoverConfig: user_key, token;
    RocketChatConfig: token, token_id;
    SlackConfig: api_url;
    SnsConfig: sigv4;
    TelegramConfig: bot_token;
    VictorOpsConfig: api_key;
    WeChatConfig: api_secret;
    WebexConfig:;
    WebhookConfig: url_secret;
}

impl HasReferences for AlertmanagerGlobalConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.http_config.as_deref().map(HttpClient::from));
        references.add(namespace, &self.ops_genie_api_key);
        references.add(namespace, &self.ops_genie_api_url);
        references.add(namespace, &self.slack_api_url);
        if let Some(mattermost) = &self.mattermost {
            references.add(namespace, &mattermost.webhook_url);
        }
        if let Some(rocket_chat) = &self.rocket_chat {
            references.add(namespace, &rocket_chat.token);
            references.add(namespace, &rocket_chat.token_id);
        }
        if let Some(smtp) = &self.smtp {
            references.add(namespace, &smtp.auth_password);
            references.add(namespace, &smtp.auth_secret);
            references.add(namespace, &smtp.tls_config);
        }
        if let Some(victorops) = &self.victorops {
            references.add(namespace, &victorops.api_key);
        }
        if let Some(wechat) = &self.wechat {
            references.add(namespace, &wechat.api_secret);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Names of the Secrets that `value` refers to: every mapping with a name and a key.
    fn selectors(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) if fields.contains_key("key") && fields.contains_key("name") => {
                found.push(format!("secret web/{}", fields["name"].as_str().expect("a name")));
            }
            Value::Object(fields) => fields.values().for_each(|value| selectors(value, found)),
            Value::Array(items) => items.iter().for_each(|item| selectors(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_service_refers_to_its_keys_and_to_those_of_its_client() {
        let key = |name: &str| json!({ "name": name, "key": "k" });
        let http = |name: &str| {
            json!({
                "authorization": { "credentials": key(&format!("{name}-token")) },
                "tlsConfig": { "keySecret": key(&format!("{name}-tls")) },
                "proxyConnectHeader": { "X": [key(&format!("{name}-proxy"))] },
            })
        };
        let receiver = json!({
            "name": "all",
            "discordConfigs": [{ "apiURL": key("discord"), "httpConfig": http("discord") }],
            "emailConfigs": [{
                "authPassword": key("email-p"), "authSecret": key("email-s"), "tlsConfig": { "keySecret": key("email-k") },
            }],
            "msteamsConfigs": [{ "webhookUrl": key("teams"), "httpConfig": http("teams") }],
            "msteamsv2Configs": [{ "webhookURL": key("teams2"), "httpConfig": http("teams2") }],
            "opsgenieConfigs": [{ "apiKey": key("opsgenie"), "httpConfig": http("opsgenie") }],
            "pagerdutyConfigs": [{
                "routingKey": key("pagerduty-r"), "serviceKey": key("pagerduty-s"), "httpConfig": http("pagerduty"),
            }],
            "pushoverConfigs": [{
                "userKey": key("pushover-u"), "token": key("pushover-t"), "httpConfig": http("pushover"),
            }],
            "rocketchatConfigs": [{ "token": key("rocket-t"), "tokenID": key("rocket-i"), "httpConfig": http("rocket") }],
            "slackConfigs": [{ "apiURL": key("slack"), "httpConfig": http("slack") }],
            "snsConfigs": [{
                "sigv4": { "accessKey": key("sns-a"), "secretKey": key("sns-s") }, "httpConfig": http("sns"),
            }],
            "telegramConfigs": [{ "chatID": 1, "botToken": key("telegram"), "httpConfig": http("telegram") }],
            "victoropsConfigs": [{ "routingKey": "r", "apiKey": key("victorops"), "httpConfig": http("victorops") }],
            "webexConfigs": [{ "roomID": "r", "httpConfig": http("webex") }],
            "webhookConfigs": [{ "urlSecret": key("webhook"), "httpConfig": http("webhook") }],
            "wechatConfigs": [{ "apiSecret": key("wechat"), "httpConfig": http("wechat") }],
        });
        let mut expected = Vec::new();
        selectors(&receiver, &mut expected);
        expected.sort();
        let config: AlertmanagerConfig = serde_json::from_value(json!({
            "apiVersion": "monitoring.coreos.com/v1alpha1",
            "kind": "AlertmanagerConfig",
            "metadata": { "name": "own", "namespace": "web" },
            "spec": { "receivers": [receiver] },
        }))
        .expect("an AlertmanagerConfig");
        let mut references = References::default();
        references.add("web", &config);
        let texts: Vec<String> = references.iter().map(ToString::to_string).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn global_settings_refer_to_the_keys_of_all_services() {
        let key = |name: &str| json!({ "name": name, "key": "k" });
        let global = json!({
            "httpConfig": { "bearerTokenSecret": key("http"), "tlsConfig": { "keySecret": key("http-tls") } },
            "mattermost": { "webhookURL": key("mattermost") },
            "opsGenieApiKey": key("opsgenie"),
            "opsGenieApiUrl": key("opsgenie-url"),
            "rocketChat": { "token": key("rocket-t"), "tokenID": key("rocket-i") },
            "slackApiUrl": key("slack"),
            "smtp": {
                "authPassword": key("smtp-p"), "authSecret": key("smtp-s"), "tlsConfig": { "keySecret": key("smtp-k") },
            },
            "victorops": { "apiKey": key("victorops") },
            "wechat": { "apiSecret": key("wechat") },
        });
        let mut expected = Vec::new();
        selectors(&global, &mut expected);
        expected.sort();
        let global: AlertmanagerGlobalConfig = serde_json::from_value(global).expect("global settings");
        let mut references = References::default();
        references.add("web", &global);
        let texts: Vec<String> = references.iter().map(ToString::to_string).collect();
        assert_eq!(texts, expected);
    }
}

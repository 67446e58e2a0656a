//! What is shown in the place of secrets: `<secret>`, as Prometheus and Alertmanager do on their own pages. Pure.
//!
//! A value is a secret if its field is one to the program that reads the file, or if it is a value of a Secret of the input.

use std::collections::BTreeSet;

use formats::yaml::Yaml;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use serde_json::Value;

use super::input::Input;

/// In the place of a secret.
pub const MASK: &str = "<secret>";
/// Shortest value of a Secret that is looked for within other text.
const LONG: usize = 8;
/// Fields whose values Prometheus and Alertmanager show to nobody.
const FIELDS: [&str; 31] = [
    "access_token",
    "api_key",
    "api_secret",
    "api_url",
    "application_key",
    "application_secret",
    "auth_identity",
    "auth_password",
    "auth_secret",
    "bearer_token",
    "bot_token",
    "client_secret",
    "consumer_key",
    "credentials",
    "incident_url",
    "integration_url",
    "opsgenie_api_key",
    "password",
    "routing_key",
    "secret_key",
    "secrets",
    "service_key",
    "slack_api_url",
    "slack_app_token",
    "smtp_auth_password",
    "smtp_auth_secret",
    "token",
    "token_id",
    "user_key",
    "victorops_api_key",
    "webhook_url",
];
/// Fields with lists of services whose `url` is a secret.
const WEBHOOKS: [&str; 2] = ["webhook_configs", "incidentio_configs"];

/// Hides secrets.
#[derive(Debug, Default)]
pub struct Mask {
    values: BTreeSet<String>,
}

impl Mask {
    /// Hides the values of the Secrets of `input` and of `others`, too.
    pub fn of(input: &Input, others: &[Secret]) -> Self {
        let mut mask = Self::default();
        for secret in others {
            mask.add(secret);
        }
        for object in input.objects.iter().filter(|object| object.kind == "Secret") {
            if let Ok(secret) = crds::from_value::<Secret>(&object.value) {
                mask.add(&secret);
            }
        }
        mask
    }

    fn add(&mut self, secret: &Secret) {
        let data = secret
            .data
            .iter()
            .flatten()
            .map(|(_, ByteString(value))| String::from_utf8_lossy(value).into_owned());
        let text = secret.string_data.iter().flatten().map(|(_, value)| value.clone());
        // Whole files, such as additional jobs, are read field by field.
        let is_value = |value: &String| !value.is_empty() && !value.trim_end().contains('\n');
        self.values.extend(data.chain(text).filter(is_value));
    }

    /// The text of a generated file without its secrets. Of what users put beside it, templates alone are shown.
    pub fn file(&self, name: &str, text: &str) -> String {
        let extension = name.rsplit('.').next();
        if name.starts_with("rules/") || extension.is_some_and(|extension| ["tmpl", "tpl"].contains(&extension)) {
            return self.without_values(text);
        }
        if extension != Some("yaml") {
            return MASK.to_owned();
        }
        match formats::yaml::parse(text) {
            Ok(document) => formats::yaml::to_string(&self.yaml(document, false)),
            Err(_) => MASK.to_owned(),
        }
    }

    /// An object without the contents of Secrets.
    pub fn object(&self, value: &mut Value) {
        if value["kind"] == "Secret" {
            for field in ["data", "stringData"] {
                let contents = value.get_mut(field).and_then(Value::as_object_mut);
                for (_, content) in contents.into_iter().flatten() {
                    *content = MASK.into();
                }
            }
        }
        self.json(value);
    }

    fn json(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.json(item)),
            Value::Object(fields) => fields.iter_mut().for_each(|(_, field)| self.json(field)),
            _ => {}
        }
    }

    fn yaml(&self, value: Yaml, is_webhook: bool) -> Yaml {
        match value {
            Yaml::Str(text) => Yaml::Str(self.text(&text).into()),
            Yaml::Seq(items) => Yaml::Seq(items.into_iter().map(|item| self.yaml(item, is_webhook)).collect()),
            Yaml::Flow(items) => Yaml::Flow(items.into_iter().map(|item| self.yaml(item, is_webhook)).collect()),
            Yaml::Map(pairs) => Yaml::Map(pairs.into_iter().map(|pair| self.pair(pair, is_webhook)).collect()),
            other => other,
        }
    }

    fn pair(&self, (key, value): (Yaml, Yaml), is_webhook: bool) -> (Yaml, Yaml) {
        let name = key.as_str().unwrap_or_default();
        let is_secret = FIELDS.contains(&name) || (is_webhook && name == "url");
        let value = match value {
            // Names of users and hashes of their passwords.
            Yaml::Map(users) if name == "basic_auth_users" => {
                Yaml::Map(users.into_iter().map(|(user, _)| (user, MASK.into())).collect())
            }
            Yaml::Seq(items) if is_secret => Yaml::Seq(items.iter().map(|_| MASK.into()).collect()),
            Yaml::Map(_) | Yaml::Seq(_) | Yaml::Null => self.yaml(value, WEBHOOKS.contains(&name)),
            _ if is_secret => MASK.into(),
            other => self.yaml(other, false),
        };
        (key, value)
    }

    /// A text without values of Secrets, and without passwords in URLs.
    fn text(&self, text: &str) -> String {
        if self.values.contains(text) {
            return MASK.to_owned();
        }
        without_password(&self.without_values(text))
    }

    /// A text without values of Secrets that are so long that they are hardly in it by chance.
    fn without_values(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for value in self.values.iter().filter(|value| value.len() >= LONG) {
            if shown.contains(value.as_str()) {
                shown = shown.replace(value.as_str(), MASK);
            }
        }
        shown
    }
}

/// `http://user:password@host` as `http://user:<secret>@host`.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
    let Some((user, password)) = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')) else {
        return text.to_owned();
    };
    let after = &rest[user.len() + 1 + password.len()..];
    format!("{scheme}://{user}:{MASK}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask() -> Mask {
        let mut input = Input::default();
        let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {user: bob, key: hunter2-hunter2, file: 'a: 1\n\n  b: 2'}\n";
        input.add("a.yaml".to_owned(), secret.to_owned(), "default");
        Mask::of(&input, &[])
    }

    #[test]
    fn fields_and_values_are_hidden() {
        let text = "basic_auth: {username: bob, password: x}\nurl: http://a:b@c/d\nheader: Bearer hunter2-hunter2\nname: bobby\n\
                    webhook_configs: [{url: http://x/y, send_resolved: true}]\nparams: {token: [a, b]}\n";
        let expected = "basic_auth:\n  username: <secret>\n  password: <secret>\nurl: http://a:<secret>@c/d\nheader: Bearer <secret>\n\
                        name: bobby\nwebhook_configs:\n- url: <secret>\n  send_resolved: true\nparams:\n  token:\n  - <secret>\n  - <secret>\n";
        assert_eq!(mask().file("x.yaml", text), expected);
        let users = "basic_auth_users: {ann: $2b$04$JiPWf9l1OucyyXQzZGY3Ju}\n";
        assert_eq!(mask().file("x.yaml", users), "basic_auth_users:\n  ann: <secret>\n");
        assert_eq!(mask().file("x.yaml", "a: ["), MASK);
        assert_eq!(mask().file("x.tmpl", "a hunter2-hunter2"), "a <secret>");
        assert_eq!(mask().file("x.pem", "a"), MASK);
    }

    #[test]
    fn objects_show_the_keys_of_secrets_only() {
        let mut object = serde_json::json!({"kind": "Secret", "data": {"key": "aGk="}, "metadata": {"name": "a"}});
        mask().object(&mut object);
        assert_eq!(
            object,
            serde_json::json!({"kind": "Secret", "data": {"key": "<secret>"}, "metadata": {"name": "a"}})
        );
    }
}

//! `sns_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::{Sigv4, SnsConfig};
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::load::Whole;
use crate::alertmanager::config::schema::{Key, Kind, Section, flag, has, option, section, template_address, text};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::{Field, Invalid, Within};

pub(super) static SNS: Section = Section::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    template_address("api_url"),
    Key::new("sigv4", Kind::Section(&SIGV4)),
    text("topic_arn"),
    text("phone_number"),
    text("target_arn"),
    text("subject"),
    text("message"),
    Key::new("attributes", Kind::TextMap),
    flag("use_aws_http_client").since(0, 33),
])
.loaded_if(load);

/// The signature of requests to AWS.
static SIGV4: Section = Section::new(&[
    text("region"),
    text("access_key"),
    text("secret_key"),
    text("profile"),
    text("role_arn"),
    text("external_id").since(0, 33),
    flag("use_fips_sts_endpoint").since(0, 29),
    text("service_name").since(0, 29),
])
.demanding(demand_of_sigv4)
.loaded_if(load_sigv4);

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("one of topic_arn, phone_number and target_arn is needed, and one only")]
    Target,
    #[error("access_key and secret_key need each other")]
    Keys,
}

fn demand_of_sigv4(sigv4: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    if has(sigv4, "external_id") {
        demand::key(sigv4, "role_arn")?;
    }
    Ok(())
}

fn load(sns: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    let targets = ["topic_arn", "phone_number", "target_arn"];
    // Alertmanager takes all three, too.
    if targets.into_iter().filter(|key| has(sns, key)).count() % 2 == 1 {
        Ok(())
    } else {
        Err(Cause::Target).field("")
    }
}

fn load_sigv4(sigv4: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    if has(sigv4, "access_key") == has(sigv4, "secret_key") {
        Ok(())
    } else {
        Err(Cause::Keys).field("")
    }
}

impl Service for SnsConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        let attributes = self.attributes.iter().map(|(name, value)| (&**name, &**value));
        let sigv4 = self.sigv4.as_deref().map(|from| sigv4(from, scope));
        Ok(SNS.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
            ("api_url", scope::optional(self.api_url.as_ref())),
            ("sigv4", sigv4.transpose().within("sigv4")?),
            ("topic_arn", scope::optional(self.topic_arn.as_ref())),
            ("phone_number", scope::optional(self.phone_number.as_ref())),
            ("target_arn", scope::optional(self.target_arn.as_ref())),
            ("subject", scope::optional(self.subject.as_ref())),
            ("message", scope::optional(self.message.as_ref())),
            ("attributes", Some(scope::text_map(attributes))),
            ("use_aws_http_client", scope::value(self.use_aws_http_client)),
        ]))
    }
}

fn sigv4(sigv4: &Sigv4, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
    // Alertmanager would not take one without the other.
    let keys = sigv4.access_key.as_deref().zip(sigv4.secret_key.as_deref());
    Ok(SIGV4.tree([
        ("region", scope::optional(sigv4.region.as_ref())),
        ("access_key", scope.secret(keys.map(|keys| keys.0), "accessKey")?),
        ("secret_key", scope.secret(keys.map(|keys| keys.1), "secretKey")?),
        ("profile", scope::optional(sigv4.profile.as_ref())),
        ("role_arn", scope::optional(sigv4.role_arn.as_ref())),
        ("external_id", scope::optional(sigv4.external_id.as_ref())),
        ("use_fips_sts_endpoint", scope::value(sigv4.use_fips_sts_endpoint)),
    ]))
}

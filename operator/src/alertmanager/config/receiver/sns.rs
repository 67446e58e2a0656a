//! `sns_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::{Sigv4, SnsConfig};
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::only_with;
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::{At, Cause as Shared, Fault};
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config};
use crate::alertmanager::config::schema::{
    Kind, Row, Section, flag, has, option, section, template_address, text, text_of,
};
use crate::alertmanager::config::scope::{optional, text_map, value};

pub(super) static SNS: Section<SnsConfig> = Section::<SnsConfig>::new(&[
    option("send_resolved").from("sendResolved", |sns, _| value(sns.send_resolved)),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |sns, scope| {
        http_config(sns.http_config.as_deref(), scope)
    }),
    template_address("api_url").from("apiURL", |sns, _| optional(sns.api_url.as_ref())),
    Row::new("sigv4", Kind::Section(&SIGV4)).from("sigv4", |sns, scope| SIGV4.of_option(sns.sigv4.as_deref(), scope)),
    text("topic_arn").from("topicARN", |sns, _| optional(sns.topic_arn.as_ref())),
    text("phone_number").from("phoneNumber", |sns, _| optional(sns.phone_number.as_ref())),
    text("target_arn").from("targetARN", |sns, _| optional(sns.target_arn.as_ref())),
    text("subject").from("subject", |sns, _| optional(sns.subject.as_ref())),
    text("message").from("message", |sns, _| optional(sns.message.as_ref())),
    Row::new("attributes", Kind::TextMap).from("attributes", |sns, _| text_map(&sns.attributes)),
    flag("use_aws_http_client")
        .since(0, 33)
        .refused_in_api()
        .from("useAWSHTTPClient", |sns, _| value(sns.use_aws_http_client)),
])
.loaded_if(loads);

/// The signature of requests to AWS.
static SIGV4: Section<Sigv4> = Section::<Sigv4>::new(&[
    text("region").from("region", |sigv4, _| optional(sigv4.region.as_ref())),
    text("access_key").from("accessKey", |sigv4, scope| scope.secret(sigv4.access_key.as_deref())),
    text("secret_key").from("secretKey", |sigv4, scope| scope.secret(sigv4.secret_key.as_deref())),
    text("profile").from("profile", |sigv4, _| optional(sigv4.profile.as_ref())),
    text("role_arn").from("roleArn", |sigv4, _| optional(sigv4.role_arn.as_ref())),
    text("external_id")
        .since(0, 33)
        .from("externalId", |sigv4, _| optional(sigv4.external_id.as_ref())),
    flag("use_fips_sts_endpoint")
        .since(0, 29)
        .from("useFIPSSTSEndpoint", |sigv4, _| value(sigv4.use_fips_sts_endpoint)),
    text("service_name").since(0, 29),
    text("session_name").since(0, 35),
    Row::new("tags", Kind::TextMap).since(0, 35),
])
.fitting_if(|sigv4, _| only_with(sigv4, "external_id", &["role_arn"]))
.loaded_if(sigv4_loads);

/// What is wrong with a signature.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("an access key and its secret key must be set together")]
    Keys,
    #[error("the name of a session has 2 to 64 letters, digits and +=,.@-_")]
    Session,
    #[error("a tag has a name of 1 to 128 bytes and a value of up to 256")]
    Tag,
}

fn loads(sns: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    let targets = &["topic_arn", "phone_number", "target_arn"];
    // Alertmanager takes all three, too.
    if targets.iter().filter(|key| has(sns, key)).count() % 2 == 1 {
        Ok(())
    } else {
        Err(Fault::new("", Shared::OnlyOneOf(targets)))
    }
}

fn sigv4_loads(sigv4: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    if has(sigv4, "access_key") != has(sigv4, "secret_key") {
        return Err(Cause::Keys).at("");
    }
    for key in ["session_name", "tags"] {
        only_with(sigv4, key, &["role_arn"])?;
    }
    let session = text_of(sigv4, "session_name");
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@-_".contains(&byte);
    let is_name = (2..=64).contains(&session.len()) && session.bytes().all(is_sign);
    if !session.is_empty() && !is_name {
        return Err(Cause::Session).at("session_name");
    }
    let tags = sigv4.value_of("tags").and_then(Yaml::as_map).unwrap_or_default();
    let is_tag = |(name, value): &(Yaml, Yaml)| {
        let length = |text: &Yaml| text.as_str().map_or(0, str::len);
        (1..=128).contains(&length(name)) && length(value) <= 256
    };
    if tags.iter().all(is_tag) {
        Ok(())
    } else {
        Err(Cause::Tag).at("tags")
    }
}

//! `wechat_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::WeChatConfig;
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{one_of_or_global, word};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::Fault;
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config};
use crate::alertmanager::config::schema::{Section, address, option, section, text};
use crate::alertmanager::config::scope::{optional, value};

pub(super) static WECHAT: Section<WeChatConfig> = Section::<WeChatConfig>::new(&[
    option("send_resolved").from("sendResolved", |wechat, _| value(wechat.send_resolved)),
    text("api_secret").from("apiSecret", |wechat, scope| scope.secret(wechat.api_secret.as_deref())),
    address("api_url").from("apiURL", |wechat, _| optional(wechat.api_url.as_ref())),
    text("corp_id").from("corpID", |wechat, _| optional(wechat.corp_id.as_ref())),
    text("agent_id").from("agentID", |wechat, _| optional(wechat.agent_id.as_ref())),
    text("to_user").from("toUser", |wechat, _| optional(wechat.to_user.as_ref())),
    text("to_party").from("toParty", |wechat, _| optional(wechat.to_party.as_ref())),
    text("to_tag").from("toTag", |wechat, _| optional(wechat.to_tag.as_ref())),
    text("message").from("message", |wechat, _| optional(wechat.message.as_ref())),
    text("message_type").from("messageType", |wechat, _| optional(wechat.message_type.as_ref())),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |wechat, scope| {
        http_config(wechat.http_config.as_deref(), scope)
    }),
    text("api_secret_file").since(0, 31).excluded_by("api_secret"),
])
.loaded_if(loads);

fn loads(wechat: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    word(wechat, "message_type", &["", "text", "markdown"])?;
    let global = &["wechat_api_secret", "wechat_api_secret_file"];
    one_of_or_global(wechat, &["api_secret", "api_secret_file"], global, context)?;
    one_of_or_global(wechat, &["corp_id"], &["wechat_api_corp_id"], context)
}

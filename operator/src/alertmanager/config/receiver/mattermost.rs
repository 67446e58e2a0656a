//! `mattermost_configs`, which users write themselves: which keys they have, and what must hold for them. Pure.

use formats::version::Version;
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{one_of, one_of_or_global, required};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::Fault;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{Section, address, flag, option, section, sections, template_address, text};

pub(super) static MATTERMOST: Section = Section::<()>::new(&[
    option("send_resolved"),
    address("webhook_url"),
    text("webhook_url_file").excluded_by("webhook_url"),
    text("channel"),
    text("username"),
    text("text"),
    template_address("icon_url"),
    text("icon_emoji"),
    sections("attachments", &ATTACHMENT),
    section("props", &PROPS),
    section("priority", &PRIORITY),
    text("fallback").since(0, 32),
    text("color").since(0, 32),
    text("pretext").since(0, 32),
    text("author_name").since(0, 32),
    template_address("author_link").since(0, 32),
    template_address("author_icon").since(0, 32),
    text("title").since(0, 32),
    template_address("title_link").since(0, 32),
    sections("fields", &FIELD).since(0, 32),
    template_address("thumb_url").since(0, 32),
    text("footer").since(0, 32),
    template_address("footer_icon").since(0, 32),
    template_address("image_url").since(0, 32),
    section("http_config", &HTTP_CONFIG),
    text("type"),
])
.fitting_if(fits)
.loaded_if(has_url);

static ATTACHMENT: Section = Section::<()>::new(&[
    text("fallback"),
    text("color"),
    text("pretext"),
    text("text"),
    text("author_name"),
    template_address("author_link"),
    template_address("author_icon"),
    text("title"),
    template_address("title_link"),
    sections("fields", &FIELD),
    template_address("thumb_url"),
    text("footer"),
    template_address("footer_icon"),
    template_address("image_url"),
]);

static FIELD: Section = Section::<()>::new(&[text("title"), text("value"), flag("short")]).loaded_if(|field, _| {
    required(field, "title")?;
    required(field, "value")
});

static PROPS: Section = Section::<()>::new(&[text("card").where_set()]);

static PRIORITY: Section = Section::<()>::new(&[
    text("priority"),
    option("requested_ack"),
    option("persistent_notifications"),
]);

/// Keys of the URL, of which one is required.
const URL: &[&str] = &["webhook_url", "webhook_url_file"];

/// The first version that has a URL for all receivers.
const GLOBAL_URL: Version = Version::new(0, 32, 0);

fn fits(mattermost: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    if context.is_before(GLOBAL_URL) {
        one_of(mattermost, URL)
    } else {
        has_url(mattermost, context)
    }
}

fn has_url(mattermost: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    let fallbacks = &["mattermost_webhook_url", "mattermost_webhook_url_file"];
    one_of_or_global(mattermost, URL, fallbacks, context)
}

//! `event_recorder`, which users write themselves: which keys it has, and what must hold for it. Pure.

use std::collections::BTreeSet;

use formats::version::Version;
use formats::yaml::Yaml;

use super::constraints::{count, only_with, required, word};
use super::context::Context;
use super::fault::{At, Fault};
use super::http::{HTTP_CONFIG, TLS_CONFIG};
use super::schema::{Kind, Row, Section, flag, section, sections, text, text_of, texts};

/// `event_recorder`.
pub(super) static EVENT_RECORDER: Section = Section::<()>::new(&[
    sections("file_outputs", &FILE_OUTPUT),
    sections("webhook_outputs", &WEBHOOK_OUTPUT),
    sections("kafka_outputs", &KAFKA_OUTPUT),
    sections("stdout_outputs", &STDOUT_OUTPUT).since(0, 34),
])
.fitting_if(fits);

static FILE_OUTPUT: Section =
    Section::<()>::new(&[text("name").since(0, 35), text("path")]).loaded_if(|output, _| required(output, "path"));

static WEBHOOK_OUTPUT: Section = Section::<()>::new(&[
    text("name").since(0, 35),
    Row::new("url", Kind::Url),
    section("http_config", &HTTP_CONFIG),
    Row::new("timeout", Kind::Duration),
    Row::new("workers", Kind::Integer),
    Row::new("max_retries", Kind::Integer),
    Row::new("retry_backoff", Kind::Duration),
    flag("batch").since(0, 34),
    Row::new("batch_max_events", Kind::Integer).since(0, 34),
    Row::new("batch_max_bytes", Kind::Integer).since(0, 34),
    Row::new("batch_flush_interval", Kind::Duration).since(0, 34),
])
.loaded_if(|output, _| {
    required(output, "url")?;
    count(output, "batch_max_events")?;
    count(output, "batch_max_bytes")?;
    only_with(output, "batch_max_events", &["batch"])?;
    only_with(output, "batch_max_bytes", &["batch"])?;
    only_with(output, "batch_flush_interval", &["batch"])
});

static KAFKA_OUTPUT: Section = Section::<()>::new(&[
    text("name").since(0, 35),
    texts("brokers"),
    text("topic"),
    text("client_id"),
    text("format"),
    text("acks"),
    text("compression"),
    Row::new("buffer_size", Kind::Integer),
    section("tls_config", &TLS_CONFIG),
])
.loaded_if(|output, _| {
    required(output, "brokers")?;
    required(output, "topic")?;
    word(output, "format", &["", "json", "protobuf"])?;
    word(output, "acks", &["", "none", "leader", "all"])?;
    word(output, "compression", &["", "none", "gzip", "snappy", "lz4", "zstd"])
});

static STDOUT_OUTPUT: Section = Section::<()>::new(&[text("name").since(0, 35)]);

/// Outputs have names from this version on.
const NAMES: Version = Version::new(0, 35, 0);

/// What is wrong with the name of an output.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("a name is required from Alertmanager {NAMES} on")]
    NoName,
    #[error("another output of this kind has the same name")]
    Duplicate,
}

fn fits(recorder: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    if context.is_before(NAMES) {
        return Ok(());
    }
    for kind in ["file_outputs", "webhook_outputs", "kafka_outputs", "stdout_outputs"] {
        let outputs = recorder.value_of(kind).and_then(Yaml::as_seq).unwrap_or_default();
        let mut known = BTreeSet::new();
        for (place, name) in outputs.iter().map(|output| text_of(output, "name")).enumerate() {
            let at = || format!("{kind}[{place}].name");
            if name.is_empty() {
                return Err(Cause::NoName).at(at());
            }
            if !known.insert(name) {
                return Err(Cause::Duplicate).at(at());
            }
        }
    }
    Ok(())
}

//! One log line: `ts`, `level`, `caller`, `msg`, the event's fields, then those of its spans from the outside in.
//! Pure but for the clock, which gives `ts`.

use std::fmt::{self, Write as _};

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::span::Record;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use super::LogFormat;

/// Bytes of a value that are written: what somebody else wrote must not become megabytes of log.
const VALUE_LIMIT: usize = 4096;

/// The layer that writes each event as a line of `format` to `output`.
pub(super) fn layer<S, W>(format: LogFormat, output: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    tracing_subscriber::fmt::layer()
        .fmt_fields(Fields(format))
        .event_format(Line(format))
        .with_writer(output)
}

struct Line(LogFormat);

impl<S: Subscriber + for<'a> LookupSpan<'a>> FormatEvent<S, Fields> for Line {
    fn format_event(
        &self,
        context: &FmtContext<'_, S, Fields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        let mut pairs = Pairs {
            format: self.0,
            text: String::with_capacity(256),
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "a log line tells the time at which it is written"
        )]
        let now = Timestamp::now();
        pairs.text("ts", &now.to_string());
        pairs.text("level", &metadata.level().as_str().to_ascii_lowercase());
        let file = metadata
            .file()
            .map_or("", |path| path.rsplit('/').next().unwrap_or(path));
        pairs.text("caller", &format!("{file}:{}", metadata.line().unwrap_or(0)));
        let mut message = Message(String::new());
        event.record(&mut message);
        pairs.text("msg", &message.0);
        event.record(&mut pairs);
        for span in context
            .event_scope()
            .into_iter()
            .flat_map(tracing_subscriber::registry::Scope::from_root)
        {
            if let Some(fields) = span.extensions().get::<FormattedFields<Fields>>() {
                pairs.text.push_str(&fields.fields);
            }
        }
        let line = pairs.text.get(1..).unwrap_or_default();
        match self.0 {
            LogFormat::Logfmt => writeln!(writer, "{line}"),
            LogFormat::Json => writeln!(writer, "{{{line}}}"),
        }
    }
}

/// Fields of a span, each with its separator in front, kept until an event inside the span is written.
struct Fields(LogFormat);

impl<'writer> FormatFields<'writer> for Fields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut pairs = Pairs {
            format: self.0,
            text: String::new(),
        };
        fields.record(&mut pairs);
        writer.write_str(&pairs.text)
    }

    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        self.format_fields(current.as_writer(), fields)
    }
}

/// The event's message alone.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// Pairs of a line, each with its separator in front: a space in logfmt, a comma in JSON.
struct Pairs {
    format: LogFormat,
    text: String,
}

impl Pairs {
    fn key(&mut self, key: &str) {
        match self.format {
            LogFormat::Logfmt => {
                self.text.push(' ');
                // A key ends at a space, `=` or a quote: such characters cannot be part of it.
                self.text.extend(
                    key.chars()
                        .filter(|&c| c > ' ' && !matches!(c, '=' | '"' | '\u{7f}'..='\u{9f}')),
                );
                self.text.push('=');
            }
            LogFormat::Json => {
                self.text.push(',');
                quoted(&mut self.text, key);
                self.text.push(':');
            }
        }
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        let cut = shortened(value);
        let value = cut.as_deref().unwrap_or(value);
        if self.format == LogFormat::Logfmt && is_bare(value) {
            self.text.push_str(value);
        } else {
            quoted(&mut self.text, value);
        }
    }

    /// A value that both formats write as it is.
    fn bare(&mut self, key: &str, value: impl fmt::Display) {
        self.key(key);
        let _ = write!(self.text, "{value}");
    }
}

impl Visit for Pairs {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() != "message" {
            self.text(field.name(), &format!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() != "message" {
            self.text(field.name(), value);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.bare(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.bare(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.bare(field.name(), value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.bare(field.name(), value);
        } else {
            // JSON has no such numbers.
            self.text(field.name(), &value.to_string());
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.text(field.name(), &chain(value));
    }
}

/// The beginning of a value that is too long, with an ellipsis.
fn shortened(value: &str) -> Option<String> {
    let end = value.floor_char_boundary(VALUE_LIMIT);
    (end < value.len()).then(|| format!("{}…", &value[..end]))
}

/// An error and its causes: `cannot read a: no such file`.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Whether logfmt may write the value without quotes.
fn is_bare(value: &str) -> bool {
    !value.is_empty()
        && value
            .chars()
            .all(|c| c > ' ' && !matches!(c, '=' | '"' | '\\' | '\u{7f}'..='\u{a0}' | '\u{fffd}'))
}

/// Appends `value` as a JSON string, which is what logfmt's quoted values are as well.
fn quoted(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(text, "\\u{:04x}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests;

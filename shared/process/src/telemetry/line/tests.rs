use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing::{error, info, info_span, warn};
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics with the lock").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What `events` write, line by line.
fn lines(format: LogFormat, events: impl FnOnce()) -> Vec<String> {
    let buffer = Buffer::default();
    let output = buffer.clone();
    let subscriber = tracing_subscriber::registry().with(layer(format, move || output.clone()));
    tracing::subscriber::with_default(subscriber, events);
    let bytes = buffer.0.lock().expect("no test panics with the lock").clone();
    String::from_utf8(bytes)
        .expect("logs are UTF-8")
        .lines()
        .map(str::to_owned)
        .collect()
}

/// The line without `ts` and `caller`, which differ from run to run and from edit to edit.
fn stable(line: &str) -> String {
    let (time, rest) = line.split_once(" level=").expect("ts comes first");
    assert!(
        time.strip_prefix("ts=")
            .is_some_and(|time| time.parse::<Timestamp>().is_ok() && time.ends_with('Z'))
    );
    let (level, rest) = rest.split_once(" caller=tests.rs:").expect("then level and caller");
    let (number, rest) = rest.split_once(' ').expect("then the message");
    assert!(number.parse::<u32>().is_ok_and(|number| number > 0));
    format!("{level} {rest}")
}

#[test]
fn logfmt_writes_message_then_fields_then_spans() {
    let lines = lines(LogFormat::Logfmt, || {
        let outer = info_span!("reconcile", kind = "Prometheus", key = "monitoring/main");
        let _outer = outer.enter();
        let inner = info_span!("apply", shard = 2);
        let _inner = inner.enter();
        info!(replicas = 3_u64, paused = false, ratio = 0.5, "updated");
    });
    assert_eq!(
        stable(&lines[0]),
        "info msg=updated replicas=3 paused=false ratio=0.5 kind=Prometheus key=monitoring/main shard=2"
    );
}

#[test]
fn logfmt_quotes_what_would_break_a_pair() {
    let lines = lines(LogFormat::Logfmt, || {
        warn!(
            empty = "",
            pair = "a=b",
            quote = "say \"hi\"",
            path = "c:\\x",
            bell = "\u{7}",
            "two words\nand a line"
        );
    });
    assert_eq!(
        stable(&lines[0]),
        r#"warn msg="two words\nand a line" empty="" pair="a=b" quote="say \"hi\"" path="c:\\x" bell="\u0007""#
    );
    assert_eq!(lines.len(), 1);
}

#[test]
fn an_error_brings_its_causes() {
    #[derive(Debug, thiserror::Error)]
    #[error("cannot read /etc/a")]
    struct Failure(#[source] io::Error);
    let failure = Failure(io::Error::other("no such file"));
    let lines = lines(LogFormat::Logfmt, || {
        error!(error = &failure as &(dyn std::error::Error + 'static), "apply failed");
    });
    assert_eq!(
        stable(&lines[0]),
        r#"error msg="apply failed" error="cannot read /etc/a: no such file""#
    );
}

#[test]
fn json_lines_are_objects_with_the_same_keys() {
    let lines = lines(LogFormat::Json, || {
        let span = info_span!("reconcile", key = "a/b");
        let _span = span.enter();
        info!(count = 3, nan = f64::NAN, text = "quote \" tab \t", list = ?["x"], "done");
    });
    let line: serde_json::Value = serde_json::from_str(&lines[0]).expect("valid JSON");
    let object = line.as_object().expect("an object");
    let keys: Vec<_> = object.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        ["ts", "level", "caller", "msg", "count", "nan", "text", "list", "key"]
    );
    assert_eq!(line["msg"], "done");
    assert_eq!(line["count"], 3);
    assert_eq!(line["nan"], "NaN");
    assert_eq!(line["text"], "quote \" tab \t");
    assert_eq!(line["list"], "[\"x\"]");
    assert_eq!(line["key"], "a/b");
}

#[test]
fn a_recorded_field_joins_its_span() {
    let lines = lines(LogFormat::Json, || {
        let span = info_span!("reconcile", key = "a/b", result = tracing::field::Empty);
        let _span = span.enter();
        span.record("result", "ok");
        info!("done");
    });
    let line: serde_json::Value = serde_json::from_str(&lines[0]).expect("valid JSON");
    assert_eq!((&line["key"], &line["result"]), (&"a/b".into(), &"ok".into()));
}

#[test]
fn a_long_value_is_cut() {
    for format in [LogFormat::Logfmt, LogFormat::Json] {
        let lines = lines(format, || {
            let long = "é".repeat(1_000_000);
            warn!(error = long, "{long}");
        });
        assert!(
            lines[0].len() < 9_000 && lines[0].contains("é…"),
            "{} bytes",
            lines[0].len()
        );
    }
    let whole = "x".repeat(VALUE_LIMIT);
    let lines = lines(LogFormat::Logfmt, || info!(text = whole, "fine"));
    assert!(lines[0].ends_with(&whole), "{}", lines[0]);
}

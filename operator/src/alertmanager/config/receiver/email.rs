//! `email_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crds::{EmailConfig, EmailThreadingConfig, KeyValue, ThreadByDate};
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{one_of_or_global, required, word};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::{At, Fault};
use crate::alertmanager::config::http::TLS_CONFIG;
use crate::alertmanager::config::schema::{Kind, Row, Section, flag, has, option, section, text};
use crate::alertmanager::config::scope::{self, Taken, optional, value};
use crate::check::invalid::Field;

pub(super) static EMAIL: Section<EmailConfig> = Section::<EmailConfig>::new(&[
    option("send_resolved").from("sendResolved", |email, _| value(email.send_resolved)),
    text("to").from("to", |email, _| optional(email.to.as_ref())),
    text("from").from("from", |email, _| optional(email.from.as_ref())),
    text("hello").from("hello", |email, _| optional(email.hello.as_ref())),
    Row::new("smarthost", Kind::HostPort).from("smarthost", |email, _| scope::host_and_port(email.smarthost.as_ref())),
    text("auth_username").from("authUsername", |email, _| optional(email.auth_username.as_ref())),
    text("auth_password").from("authPassword", |email, scope| {
        scope.secret(email.auth_password.as_deref())
    }),
    text("auth_password_file").since(0, 25).yields_to("auth_password"),
    text("auth_secret").from("authSecret", |email, scope| scope.secret(email.auth_secret.as_deref())),
    text("auth_secret_file").since(0, 31).yields_to("auth_secret"),
    text("auth_identity").from("authIdentity", |email, _| optional(email.auth_identity.as_ref())),
    Row::new("headers", Kind::TextMap).from("headers", |email, _| headers(&email.headers)),
    text("html")
        .where_set()
        .from("html", |email, _| optional(email.html.as_ref())),
    text("text")
        .where_set()
        .from("text", |email, _| optional(email.text.as_ref())),
    option("require_tls").from("requireTLS", |email, _| value(email.require_tls)),
    section("tls_config", &TLS_CONFIG).from("tlsConfig", |email, scope| {
        TLS_CONFIG.of_option(email.tls_config.as_deref(), scope)
    }),
    option("force_implicit_tls")
        .since(0, 31)
        .refused_in_api()
        .from("forceImplicitTLS", |email, _| value(email.force_implicit_tls)),
    section("threading", &THREADING)
        .since(0, 30)
        .refused_in_api()
        .from("threading", |email, scope| {
            THREADING.of_option(email.threading.as_ref(), scope)
        }),
])
.loaded_if(loads);

static THREADING: Section<EmailThreadingConfig> = Section::<EmailThreadingConfig>::new(&[
    flag("enabled").implied(|_, _| Ok(Some(true.into()))),
    text("thread_by_date").from("threadByDate", |threading, _| {
        let date = match threading.thread_by_date {
            ThreadByDate::Daily => "daily",
            ThreadByDate::None => "none",
        };
        Ok(Some(date.into()))
    }),
])
.fitting_if(|threading, _| {
    if has(threading, "enabled") {
        word(threading, "thread_by_date", &["daily", "none"])?;
    }
    Ok(())
});

/// Headers by which mails are put into threads.
const THREAD_HEADERS: [&str; 2] = ["references", "in-reply-to"];

/// What is wrong with a header.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("the header is set twice: header names are not case-sensitive")]
    Duplicate,
    #[error("this header is set by threading")]
    Threading,
}

fn loads(email: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    required(email, "to")?;
    one_of_or_global(email, &["smarthost"], &["smtp_smarthost"], context)?;
    one_of_or_global(email, &["from"], &["smtp_from"], context)?;
    let threading = email.value_of("threading");
    let is_threading = threading.is_some_and(|threading| has(threading, "enabled"));
    let mut known = BTreeSet::new();
    let headers = email.value_of("headers").and_then(Yaml::as_map).unwrap_or_default();
    for name in headers.iter().filter_map(|(name, _)| name.as_str()) {
        let lower_case = name.to_ascii_lowercase();
        let cause = if is_threading && THREAD_HEADERS.contains(&&*lower_case) {
            Cause::Threading
        } else if !known.insert(lower_case) {
            Cause::Duplicate
        } else {
            continue;
        };
        return Err(cause).at(format!("headers.{name}"));
    }
    Ok(())
}

fn headers(pairs: &[KeyValue]) -> Taken {
    let mut headers = BTreeMap::new();
    for (index, pair) in pairs.iter().enumerate() {
        if headers.insert(titled(&pair.key), pair.value.to_string()).is_some() {
            return Err(Cause::Duplicate).field(format!("[{index}]"));
        }
    }
    scope::text_map(headers)
}

/// A header with each of its words capitalized, as the original writes it.
fn titled(header: &str) -> String {
    let mut inside_word = false;
    let letter = |letter: char| {
        let titled = if inside_word {
            letter
        } else {
            letter.to_ascii_uppercase()
        };
        inside_word = letter.is_alphanumeric() || letter == '_';
        titled
    };
    header.chars().map(letter).collect()
}

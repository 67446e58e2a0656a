//! `email_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crds::{EmailConfig, EmailThreadingConfig, KeyValue, ThreadByDate};
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::TLS_CONFIG;
use crate::alertmanager::config::load::Whole;
use crate::alertmanager::config::schema::{Key, Kind, Section, flag, has, option, section, text};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::{Field, Invalid};

pub(super) static EMAIL: Section = Section::new(&[
    option("send_resolved"),
    text("to"),
    text("from"),
    text("hello"),
    Key::new("smarthost", Kind::HostPort),
    text("auth_username"),
    text("auth_password"),
    text("auth_password_file").since(0, 25).yields_to("auth_password"),
    text("auth_secret"),
    text("auth_secret_file").since(0, 31).yields_to("auth_secret"),
    text("auth_identity"),
    Key::new("headers", Kind::TextMap),
    text("html").where_set(),
    text("text").where_set(),
    option("require_tls"),
    section("tls_config", &TLS_CONFIG),
    option("force_implicit_tls").since(0, 31),
    section("threading", &THREADING).since(0, 30),
])
.loaded_if(load);

static THREADING: Section = Section::new(&[flag("enabled"), text("thread_by_date")]).demanding(demand_of_threading);

/// Headers by which mails are put into threads.
const THREAD_HEADERS: [&str; 2] = ["references", "in-reply-to"];

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("it stands twice: the case of letters does not count")]
    Duplicate,
    #[error("threading sets it")]
    Threading,
}

fn demand_of_threading(threading: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    if has(threading, "enabled") {
        demand::word(threading, "thread_by_date", &["daily", "none"])?;
    }
    Ok(())
}

fn load(email: &Yaml, whole: &Whole<'_>) -> Result<(), Invalid> {
    demand::key(email, "to")?;
    demand::any_of_or_global(email, &["smarthost"], whole.global, &["smtp_smarthost"])?;
    demand::any_of_or_global(email, &["from"], whole.global, &["smtp_from"])?;
    let threading = email
        .value_of("threading")
        .is_some_and(|threading| has(threading, "enabled"));
    let mut known = BTreeSet::new();
    let headers = email.value_of("headers").and_then(Yaml::as_map).unwrap_or_default();
    for name in headers.iter().filter_map(|(name, _)| name.as_str()) {
        let lower_case = name.to_ascii_lowercase();
        let cause = if threading && THREAD_HEADERS.contains(&&*lower_case) {
            Cause::Threading
        } else if !known.insert(lower_case) {
            Cause::Duplicate
        } else {
            continue;
        };
        return Err(cause).field(format!("headers.{name}"));
    }
    Ok(())
}

impl Service for EmailConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        let tls = scope.tls(self.tls_config.as_deref(), "tlsConfig")?;
        Ok(EMAIL.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("to", scope::optional(self.to.as_ref())),
            ("from", scope::optional(self.from.as_ref())),
            ("hello", scope::optional(self.hello.as_ref())),
            ("smarthost", scope::optional(self.smarthost.as_ref())),
            ("auth_username", scope::optional(self.auth_username.as_ref())),
            (
                "auth_password",
                scope.secret(self.auth_password.as_deref(), "authPassword")?,
            ),
            ("auth_secret", scope.secret(self.auth_secret.as_deref(), "authSecret")?),
            ("auth_identity", scope::optional(self.auth_identity.as_ref())),
            ("headers", Some(headers(&self.headers)?)),
            ("html", scope::optional(self.html.as_ref())),
            ("text", scope::optional(self.text.as_ref())),
            ("require_tls", scope::value(self.require_tls)),
            ("tls_config", tls.map(|tls| scope.tls_config(&tls))),
            ("force_implicit_tls", scope::value(self.force_implicit_tls)),
            ("threading", self.threading.map(threading)),
        ]))
    }
}

fn headers(pairs: &[KeyValue]) -> Result<Yaml, Invalid> {
    let mut headers = BTreeMap::new();
    for (index, pair) in pairs.iter().enumerate() {
        if headers.insert(titled(&pair.key), pair.value.to_string()).is_some() {
            return Err(Cause::Duplicate).field(format!("headers[{index}]"));
        }
    }
    Ok(scope::text_map(headers))
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

fn threading(threading: EmailThreadingConfig) -> Yaml {
    let date = match threading.thread_by_date {
        ThreadByDate::Daily => "daily",
        ThreadByDate::None => "none",
    };
    THREADING.tree([("enabled", Some(true.into())), ("thread_by_date", Some(date.into()))])
}

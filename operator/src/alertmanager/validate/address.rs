//! Addresses in receivers: plain ones, ones that are templates, and ones of mail servers. Pure.

use formats::template::{self, Functions};
use formats::url::{Url, WebError};

use crate::check::invalid::{Field, Invalid};

/// A text that is no address. It may show parts of the text.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Not an address that begins with `http://` or `https://`.
    #[error("this is not a URL of the web: {0}")]
    Url(#[from] WebError),
    /// Not a template.
    #[error("this is not a template: {0}")]
    Template(#[from] template::Error),
    /// A mail server without a port.
    #[error("the port is missing")]
    NoPort,
    /// A mail server with two ports.
    #[error("too many colons: an IPv6 address stands in brackets")]
    Colons,
    /// A mail server with half of a pair of brackets.
    #[error("a bracket out of place")]
    Bracket,
}

/// Checks the address at `field`, if there is one.
pub(super) fn check_web(text: Option<&str>, field: &'static str) -> Result<(), Invalid> {
    text.filter(|text| !text.is_empty()).map_or(Ok(()), web).field(field)
}

/// Checks the address or template at `field`, if there is one.
pub(super) fn check_template(text: Option<&str>, field: impl Into<String>) -> Result<(), Invalid> {
    text.filter(|text| !text.is_empty())
        .map_or(Ok(()), web_or_template)
        .field(field)
}

/// Checks an address of the web.
pub(in crate::alertmanager) fn web(text: &str) -> Result<(), AddressError> {
    Ok(Url::parse_web(text).map(drop)?)
}

/// Checks a template, or else an address of the web.
pub fn web_or_template(text: &str) -> Result<(), AddressError> {
    if text.contains("{{") {
        // As in the original, addresses are templates without functions of their own.
        return Ok(template::check(text, &Functions::BUILTIN)?);
    }
    web(text)
}

/// Checks a host with a port, as `net.SplitHostPort` of Go reads it. Alertmanager wants a port that is not empty.
pub(in crate::alertmanager) fn host_and_port(text: &str) -> Result<(), AddressError> {
    let (host, port) = text.rsplit_once(':').ok_or(AddressError::NoPort)?;
    let inside = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').ok_or(AddressError::Bracket)?,
        None if host.contains(':') => return Err(AddressError::Colons),
        None => host,
    };
    if inside.contains(['[', ']']) || port.contains(['[', ']']) {
        return Err(AddressError::Bracket);
    }
    if port.is_empty() {
        return Err(AddressError::NoPort);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_has_a_host_and_a_port() {
        for (text, expected) in [
            ("mail.example:25", None),
            (":25", None),
            ("[fe80::1]:smtp", None),
            ("mail.example", Some("the port is missing")),
            ("mail.example:", Some("the port is missing")),
            ("", Some("the port is missing")),
            (
                "fe80::1:25",
                Some("too many colons: an IPv6 address stands in brackets"),
            ),
            ("[fe80::1]", Some("a bracket out of place")),
            ("[fe80::1]25:1", Some("a bracket out of place")),
            ("a]:25", Some("a bracket out of place")),
        ] {
            let error = host_and_port(text).err().map(|error| error.to_string());
            assert_eq!(error.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_template_may_stand_for_an_address() {
        for (text, is_web, is_either) in [
            ("https://hook.example/a?b", true, true),
            ("hook.example", false, false),
            ("{{ .CommonLabels.url }}", false, true),
            ("https://hook.example/{{ .Status", true, false),
        ] {
            assert_eq!(web(text).is_ok(), is_web, "{text}");
            assert_eq!(web_or_template(text).is_ok(), is_either, "{text}");
        }
    }
}

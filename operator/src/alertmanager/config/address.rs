//! The URLs and addresses of services: HTTP URLs, templates of them, and addresses of mail servers. Pure.

use formats::template::{self, Functions};
use formats::url::{Url, WebError};

/// A text that is not an address. It may show parts of the text, so it is not for secrets.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Not a URL that begins with `http://` or `https://`.
    #[error("not an HTTP URL: {0}")]
    Url(#[from] WebError),
    /// Not a template.
    #[error("not a template: {0}")]
    Template(#[from] template::Error),
    /// A mail server without a port.
    #[error("missing port: expected host:port")]
    NoPort,
    /// A mail server with two ports.
    #[error("too many colons: an IPv6 address needs brackets")]
    Colons,
    /// A mail server with half of a pair of brackets.
    #[error("unbalanced brackets")]
    Bracket,
}

/// The error for an address that may be a secret: nothing of it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum SecretAddressError {
    /// Not a URL that begins with `http://` or `https://`.
    #[error("the value is not an HTTP URL")]
    Url,
    /// Not a template, though it looks like one.
    #[error("the value is not a template")]
    Template,
    /// Not an address of a mail server.
    #[error("the value is not host:port")]
    HostPort,
}

impl AddressError {
    /// The same without any part of the text, which may be a secret.
    pub(super) const fn hidden(&self) -> SecretAddressError {
        match self {
            Self::Template(_) => SecretAddressError::Template,
            Self::Url(_) => SecretAddressError::Url,
            Self::NoPort | Self::Colons | Self::Bracket => SecretAddressError::HostPort,
        }
    }
}

/// Checks an HTTP URL.
pub(super) fn http_url(text: &str) -> Result<(), AddressError> {
    Ok(Url::parse_web(text).map(drop)?)
}

/// Checks a template, or else an HTTP URL.
pub fn template_or_url(text: &str) -> Result<(), AddressError> {
    if text.contains("{{") {
        // As in the original, addresses are templates without functions of their own.
        return Ok(template::check(text, &Functions::BUILTIN)?);
    }
    http_url(text)
}

/// Checks a host with a port, as `net.SplitHostPort` of Go reads it. Alertmanager wants a port that is not empty.
pub(super) fn host_and_port(text: &str) -> Result<(), AddressError> {
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
        let no_port = Some("missing port: expected host:port");
        for (text, expected) in [
            ("mail.example:25", None),
            (":25", None),
            ("[fe80::1]:smtp", None),
            ("mail.example", no_port),
            ("mail.example:", no_port),
            ("", no_port),
            ("fe80::1:25", Some("too many colons: an IPv6 address needs brackets")),
            ("[fe80::1]", Some("unbalanced brackets")),
            ("[fe80::1]25:1", Some("unbalanced brackets")),
            ("a]:25", Some("unbalanced brackets")),
        ] {
            let error = host_and_port(text).err().map(|error| error.to_string());
            assert_eq!(error.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_template_may_stand_for_an_address() {
        for (text, is_url, is_either) in [
            ("https://hook.example/a?b", true, true),
            ("hook.example", false, false),
            ("{{ .CommonLabels.url }}", false, true),
            ("https://hook.example/{{ .Status", true, false),
        ] {
            assert_eq!(http_url(text).is_ok(), is_url, "{text}");
            assert_eq!(template_or_url(text).is_ok(), is_either, "{text}");
        }
    }
}

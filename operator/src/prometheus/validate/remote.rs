//! What the checks of remote write, remote read and tracing share: names, and headers that are not the user's to set. Pure.

use std::collections::BTreeMap;

use formats::excerpt::Excerpt;

use crate::check::invalid::{Field, Invalid};

/// A target that Prometheus would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum RemoteError {
    /// Names tell the targets apart in metrics.
    #[error("{name:?} is also the name of item {first}")]
    Name {
        /// The name.
        name: Excerpt,
        /// Position of the other target.
        first: usize,
    },
    /// A header that Prometheus sets itself.
    #[error("this header is reserved: Prometheus sets it itself")]
    Reserved,
    /// A header that other fields set.
    #[error("this header is set by the fields for authentication")]
    Authorization,
}

/// Headers that Prometheus sets itself, in small letters (`reservedHeaders` of its configuration).
const RESERVED: [&str; 16] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "user-agent",
    "www-authenticate",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-prometheus-remote-read-version",
    "x-prometheus-remote-write-version",
];

/// Checks that no two targets of the list `list` have one name. A target without a name has none to share.
pub(super) fn check_names<'a>(list: &str, names: impl IntoIterator<Item = Option<&'a str>>) -> Result<(), Invalid> {
    let mut taken = BTreeMap::new();
    for (index, name) in names.into_iter().enumerate() {
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            continue;
        };
        if let Some(first) = taken.insert(name, index) {
            let name = name.into();
            return Err(RemoteError::Name { name, first }).field(format!("{list}[{index}].name"));
        }
    }
    Ok(())
}

/// Checks that no header is one that Prometheus sets itself.
pub(super) fn check_headers(headers: &BTreeMap<Box<str>, Box<str>>) -> Result<(), Invalid> {
    for name in headers.keys() {
        let lower = name.to_lowercase();
        let checked = if lower == "authorization" {
            Err(RemoteError::Authorization)
        } else if RESERVED.contains(&lower.as_str()) {
            Err(RemoteError::Reserved)
        } else {
            Ok(())
        };
        checked.field(format!("headers[{name:?}]"))?;
    }
    Ok(())
}

//! Checks of the service discovery of Scaleway. Pure.

use crds::v1alpha1::ScalewaySdConfig;

use super::check_client;
use super::discovery::{Checked, DiscoveryError};
use crate::check::format::is_uuid;
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for ScalewaySdConfig {
    /// Prometheus makes a client of Scaleway while it reads its file, and that checks what its keys look like.
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        credentials.needed(&self.secret_key).field("secretKey")?;
        let secret_key = credentials.text(&self.secret_key).field("secretKey")?;
        for (field, is_valid, form) in [
            (
                "accessKey",
                is_access_key(&self.access_key),
                "SCW and 17 capital letters or digits",
            ),
            ("projectID", is_uuid(&self.project_id), "a UUID"),
            ("secretKey", is_uuid(secret_key), "a UUID"),
            (
                "zone",
                self.zone.as_deref().is_none_or(is_zone),
                "a zone, such as fr-par-1",
            ),
        ] {
            if !is_valid {
                return Err(DiscoveryError::Scaleway { form }).field(field);
            }
        }
        check_client(&self.into(), credentials)
    }
}

fn is_access_key(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    text.strip_prefix("SCW")
        .is_some_and(|rest| rest.len() == 17 && rest.bytes().all(is_sign))
}

/// `[a-z]{2}-[a-z]{3,7}-[0-9]{1,2}`, or one of two old names.
fn is_zone(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut next = |lengths: std::ops::RangeInclusive<usize>, is_sign: fn(&u8) -> bool| {
        let part = parts.next().unwrap_or_default();
        lengths.contains(&part.len()) && part.bytes().all(|byte| is_sign(&byte))
    };
    let is_zone =
        next(2..=2, u8::is_ascii_lowercase) && next(3..=7, u8::is_ascii_lowercase) && next(1..=2, u8::is_ascii_digit);
    (is_zone && parts.next().is_none()) || matches!(text, "par1" | "ams1")
}

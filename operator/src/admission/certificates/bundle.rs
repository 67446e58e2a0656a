//! The Secret with the certificates, and what is to be done with it next. Pure, but for the random numbers of keys.
//!
//! A certificate is replaced in two steps with a pause between them: at first the new authority is trusted beside the old
//! one, then its certificate is served. An authority is trusted as long as its certificate is valid.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::ObjectMeta;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::Wanted;
use super::authority::{BACKDATED, Issued, issue};
use crate::assets;

/// Keys of the Secret. The first three have the names that programs with certificates expect.
const AUTHORITIES: &str = "ca.crt";
const SERVED: (&str, &str) = ("tls.crt", "tls.key");
const NEXT: (&str, &str) = ("next.crt", "next.key");
/// For whom the certificates are, so that another flag makes other ones.
const NAMES: &str = "operator.prometheus.io/certificate-names";
/// Label of what the operator makes.
const MANAGED: (&str, &str) = ("app.kubernetes.io/managed-by", "prometheus-operator");

/// Why there are no certificates.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else made the Secret.
    #[error("secret {0} is not the operator's: delete it, or name another one with --admission-certificate-secret")]
    Foreign(String),
    /// No certificate can be made.
    #[error("cannot issue a certificate")]
    Issue(#[from] rcgen::Error),
}

/// What is to be done with the Secret.
#[derive(Debug)]
pub enum Step {
    /// Nothing before then.
    Keep(Timestamp),
    /// It is to be written like this.
    Write(Box<Secret>),
}

/// What is served: the certificate with its key, each in PEM form. Empty where there is none.
pub fn served(secret: &Secret) -> (&[u8], &[u8]) {
    (value(secret, SERVED.0), value(secret, SERVED.1))
}

/// The authorities that are trusted, in PEM form.
pub fn authorities(secret: &Secret) -> &[u8] {
    value(secret, AUTHORITIES)
}

/// Whether there is a certificate that is to be served next.
pub fn has_next(secret: &Secret) -> bool {
    !value(secret, NEXT.0).is_empty()
}

/// What is to be done with the Secret as it is now, whose authorities are trusted since `trusted`.
///
/// # Errors
/// When it is not ours, or no certificate can be made.
pub fn step(secret: Option<&Secret>, wanted: &Wanted, trusted: Timestamp, now: Timestamp) -> Result<Step, Error> {
    let Some(secret) = secret else {
        return fresh(Secret::default(), wanted, now);
    };
    if secret.labels().get(MANAGED.0).map(String::as_str) != Some(MANAGED.1) {
        return Err(Error::Foreign(format!("{}/{}", wanted.namespace, wanted.secret)));
    }
    let Some(current) = pair(secret, SERVED).filter(|current| current.until > now) else {
        return fresh(secret.clone(), wanted, now);
    };
    if pair(secret, NEXT).is_some() {
        let due = trusted + wanted.overlap;
        if due > now {
            return Ok(Step::Keep(due));
        }
        return Ok(promoted(secret.clone(), now));
    }
    let made = current.since + BACKDATED;
    let due = current.until - current.until.duration_since(made).unsigned_abs() / 3;
    let is_for_others = secret.annotations().get(NAMES) != Some(&names(wanted));
    if due > now && !is_for_others {
        return Ok(Step::Keep(due));
    }
    let issued = issue(&wanted.names, now, wanted.lifetime)?;
    let mut secret = signed(secret.clone(), wanted);
    put(&mut secret, NEXT.0, &issued.certificate);
    put(&mut secret, NEXT.1, &issued.key);
    trust(&mut secret, &issued, now);
    Ok(Step::Write(Box::new(secret)))
}

/// The first certificate, or one after all were lost: it is served at once.
fn fresh(secret: Secret, wanted: &Wanted, now: Timestamp) -> Result<Step, Error> {
    let issued = issue(&wanted.names, now, wanted.lifetime)?;
    let mut secret = signed(secret, wanted);
    put(&mut secret, SERVED.0, &issued.certificate);
    put(&mut secret, SERVED.1, &issued.key);
    trust(&mut secret, &issued, now);
    Ok(Step::Write(Box::new(without_next(secret))))
}

/// The next certificate is served.
fn promoted(mut secret: Secret, now: Timestamp) -> Step {
    for (from, to) in [(NEXT.0, SERVED.0), (NEXT.1, SERVED.1)] {
        let moved = value(&secret, from).to_vec();
        secret
            .data
            .get_or_insert_default()
            .insert(to.to_owned(), ByteString(moved));
    }
    let still = valid_authorities(&secret, now);
    put(&mut secret, AUTHORITIES, &still);
    Step::Write(Box::new(without_next(secret)))
}

fn without_next(mut secret: Secret) -> Secret {
    let data = secret.data.get_or_insert_default();
    data.remove(NEXT.0);
    data.remove(NEXT.1);
    secret
}

/// Adds an authority to those that are still valid.
fn trust(secret: &mut Secret, issued: &Issued, now: Timestamp) {
    let all = format!("{}{}", issued.authority, valid_authorities(secret, now));
    put(secret, AUTHORITIES, &all);
}

/// The authorities without those whose certificates have expired.
fn valid_authorities(secret: &Secret, now: Timestamp) -> String {
    const END: &str = "-----END CERTIFICATE-----";
    let text = String::from_utf8_lossy(authorities(secret)).into_owned();
    let blocks = text.split_inclusive(END).map(|block| format!("{}\n", block.trim()));
    blocks
        .filter(|block| validity(block.as_bytes()).is_some_and(|(_, until)| until > now))
        .collect()
}

/// The Secret with its metadata as we write them.
fn signed(mut secret: Secret, wanted: &Wanted) -> Secret {
    let own = ObjectMeta {
        name: Some(wanted.secret.clone()),
        namespace: Some(wanted.namespace.clone()),
        ..secret.metadata
    };
    secret.metadata = own;
    secret.labels_mut().insert(MANAGED.0.to_owned(), MANAGED.1.to_owned());
    secret.annotations_mut().insert(NAMES.to_owned(), names(wanted));
    secret.type_.get_or_insert_with(|| "kubernetes.io/tls".to_owned());
    secret
}

fn names(wanted: &Wanted) -> String {
    wanted.names.iter().map(String::as_str).collect::<Vec<_>>().join(",")
}

fn put(secret: &mut Secret, key: &str, text: &str) {
    let data: &mut BTreeMap<_, _> = secret.data.get_or_insert_default();
    data.insert(key.to_owned(), ByteString(text.as_bytes().to_vec()));
}

fn value<'a>(secret: &'a Secret, key: &str) -> &'a [u8] {
    secret
        .data
        .as_ref()
        .and_then(|data| data.get(key))
        .map_or(&[], |value| &value.0)
}

/// From when until when a certificate is valid.
struct Validity {
    since: Timestamp,
    until: Timestamp,
}

/// The validity of a certificate that has its key.
fn pair(secret: &Secret, keys: (&str, &str)) -> Option<Validity> {
    let text = |key| std::str::from_utf8(value(secret, key)).ok();
    let (certificate, key) = (text(keys.0)?, text(keys.1)?);
    assets::check_pair(certificate, key).ok()?;
    let (since, until) = validity(certificate.as_bytes())?;
    Some(Validity { since, until })
}

fn validity(pem: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let der = CertificateDer::from_pem_slice(pem).ok()?;
    let certificate = Certificate::from_der(&der).ok()?;
    let validity = certificate.tbs_certificate().validity();
    let time = |time: x509_cert::time::Time| {
        let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok()?;
        Timestamp::from_second(seconds).ok()
    };
    Some((time(validity.not_before)?, time(validity.not_after)?))
}

/// The pause until a time; none when it has come.
pub fn pause(until: Timestamp, now: Timestamp) -> Duration {
    until.duration_since(now).try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests;

//! A certificate with an authority of its own. Pure, but for the random numbers of its keys.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

/// A certificate is valid since a while before it was made: the clocks of a cluster differ.
pub(super) const BACKDATED: Duration = Duration::from_mins(5);

/// A certificate, its key and its authority, each in PEM form.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Issued {
    pub(super) authority: String,
    pub(super) certificate: String,
    pub(super) key: String,
}

/// Makes a certificate for `names` that is valid for `lifetime` from `now` on. Keys are on the curve P-256.
///
/// # Errors
/// When a name is none, or there are no random numbers.
pub(super) fn issue(names: &BTreeSet<String>, now: Timestamp, lifetime: Duration) -> Result<Issued, rcgen::Error> {
    let authority_key = KeyPair::generate()?;
    let mut authority = dated(CertificateParams::new(Vec::new())?, now, lifetime);
    authority
        .distinguished_name
        .push(DnType::CommonName, format!("prometheus-operator admission {now}"));
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    let authority_certificate = authority.self_signed(&authority_key)?;
    let issuer = Issuer::from_params(&authority, &authority_key);

    let key = KeyPair::generate()?;
    let mut own = dated(
        CertificateParams::new(names.iter().cloned().collect::<Vec<_>>())?,
        now,
        lifetime,
    );
    own.distinguished_name
        .push(DnType::CommonName, "prometheus-operator admission");
    own.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    own.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    own.use_authority_key_identifier_extension = true;
    let certificate = own.signed_by(&key, &issuer)?;
    Ok(Issued {
        authority: authority_certificate.pem(),
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}

fn dated(mut params: CertificateParams, now: Timestamp, lifetime: Duration) -> CertificateParams {
    let since_epoch = Duration::from_secs(now.as_second().unsigned_abs());
    let made = rcgen::date_time_ymd(1970, 1, 1) + since_epoch;
    params.not_before = made - BACKDATED;
    params.not_after = made + lifetime;
    params.distinguished_name = DistinguishedName::new();
    params
}

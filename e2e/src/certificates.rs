//! Authorities and the certificates that they sign, made for one test.

use anyhow::Context as _;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

/// A certificate and its key, both PEM.
#[derive(Clone)]
pub struct Pair {
    /// The certificate.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

/// An authority, which signs certificates.
pub struct Authority {
    /// Its own certificate, PEM: who trusts it trusts what it signs.
    pub certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// One of this name, unlike every other.
    pub fn new(name: &str) -> anyhow::Result<Self> {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().context("no key")?;
        let certificate = parameters.self_signed(&key).context("no authority")?.pem();
        Ok(Self {
            certificate,
            issuer: Issuer::new(parameters, key),
        })
    }

    /// A certificate for a server or a client of this name.
    pub fn signed(&self, name: &str) -> anyhow::Result<Pair> {
        self.signed_for(&[name])
    }

    /// A certificate for a server or a client of these names.
    pub fn signed_for(&self, names: &[&str]) -> anyhow::Result<Pair> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut parameters = CertificateParams::new(names).context("not a name")?;
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().context("no key")?;
        let certificate = parameters.signed_by(&key, &self.issuer).context("not signed")?.pem();
        Ok(Pair {
            certificate,
            key: key.serialize_pem(),
        })
    }
}

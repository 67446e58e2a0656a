//! Whether PEM text holds a certificate, and whether a private key belongs to it. Pure.
//!
//! Accepts what a Go server accepts as a key pair: RSA of any size, elliptic curves and Ed25519, in PKCS #1, PKCS #8 or
//! SEC 1 form; of a chain, the first certificate counts.

use pkcs1::RsaPrivateKeyRef;
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use rustls::crypto::ring::sign::any_eddsa_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sec1::EcPrivateKey;
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Text that is not what a TLS field needs. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// No certificate in PEM form.
    #[error("failed to decode PEM block of a certificate")]
    NoCertificate,
    /// The PEM block holds no X.509 certificate.
    #[error("failed to parse certificate")]
    MalformedCertificate,
    /// No private key in PEM form.
    #[error("failed to find any PEM data of a private key")]
    NoKey,
    /// The PEM block holds no private key of a known form.
    #[error("failed to parse private key")]
    MalformedKey,
    /// Both are fine and belong to different pairs.
    #[error("private key does not match the public key of the certificate")]
    Mismatch,
}

/// Checks the first certificate of `pem`.
pub(super) fn check_certificate(pem: &str) -> Result<(), PemError> {
    certificate_key(pem).map(|_| ())
}

/// Checks that the first certificate and the first private key belong together.
pub fn check_pair(certificate: &str, key: &str) -> Result<(), PemError> {
    let certified = certificate_key(certificate)?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| PemError::NoKey)?;
    let public = match &key {
        PrivateKeyDer::Pkcs1(key) => rsa_public(key.secret_pkcs1_der()),
        PrivateKeyDer::Sec1(key) => elliptic_public(key.secret_sec1_der()),
        PrivateKeyDer::Pkcs8(key) => pkcs8_public(key),
        _ => None,
    };
    match public.ok_or(PemError::MalformedKey)? {
        Public::Known { algorithm, key }
            if algorithm != certified.algorithm.oid || key != certified.subject_public_key.raw_bytes() =>
        {
            Err(PemError::Mismatch)
        }
        Public::Absent { algorithm } if algorithm != certified.algorithm.oid => Err(PemError::Mismatch),
        Public::Known { .. } | Public::Absent { .. } => Ok(()),
    }
}

/// The public half of a private key.
enum Public {
    Known {
        algorithm: ObjectIdentifier,
        key: Vec<u8>,
    },
    /// An elliptic curve key may come without its public half; then only the algorithm can be compared.
    Absent {
        algorithm: ObjectIdentifier,
    },
}

fn certificate_key(pem: &str) -> Result<SubjectPublicKeyInfoOwned, PemError> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| PemError::NoCertificate)?;
    let certificate = Certificate::from_der(&der).map_err(|_| PemError::MalformedCertificate)?;
    Ok(certificate.tbs_certificate().subject_public_key_info().clone())
}

fn rsa_public(der: &[u8]) -> Option<Public> {
    let key = RsaPrivateKeyRef::try_from(der).ok()?;
    Some(Public::Known {
        algorithm: RSA,
        key: key.public_key().to_der().ok()?,
    })
}

fn elliptic_public(der: &[u8]) -> Option<Public> {
    let key = EcPrivateKey::try_from(der).ok()?;
    Some(match key.public_key {
        Some(public) => Public::Known {
            algorithm: ELLIPTIC_CURVE,
            key: public.to_vec(),
        },
        None => Public::Absent {
            algorithm: ELLIPTIC_CURVE,
        },
    })
}

fn pkcs8_public(key: &PrivatePkcs8KeyDer<'_>) -> Option<Public> {
    let info = PrivateKeyInfoRef::try_from(key.secret_pkcs8_der()).ok()?;
    let inner = info.private_key.as_bytes();
    match info.algorithm.oid {
        RSA => rsa_public(inner),
        ELLIPTIC_CURVE => elliptic_public(inner),
        ED25519 => {
            let key = any_eddsa_type(key).ok()?;
            let public = SubjectPublicKeyInfoOwned::from_der(&key.public_key()?).ok()?;
            Some(Public::Known {
                algorithm: ED25519,
                key: public.subject_public_key.raw_bytes().to_vec(),
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;

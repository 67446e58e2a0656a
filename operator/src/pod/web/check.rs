//! Whether a server can serve the TLS that it is configured with: a certificate and its key, each from one place. What is wrong
//! here would keep the pods from starting, or leave it to chance which of two certificates is served. Pure.

use crds::{WebConfigFileFields, WebTlsConfig};

use crate::check::invalid::{Field, Invalid};

/// What is wrong with the TLS settings of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The same thing in two fields.
    #[error("{0:?} and {1:?} cannot be set at the same time")]
    Exclusive(&'static str, &'static str),
    /// The same thing from two objects.
    #[error("{0:?} names a Secret and a ConfigMap: it can have only one of them")]
    SecretAndConfigMap(&'static str),
    /// Nothing to serve.
    #[error("there is no certificate: set \"cert\" or \"certFile\"")]
    NoCertificate,
    /// Nothing to serve it with.
    #[error("there is no private key: set \"keySecret\" or \"keyFile\"")]
    NoKey,
}

/// Checks the web server of a workload. The error names the field.
pub fn check(fields: Option<&WebConfigFileFields>) -> Result<(), Invalid> {
    let tls = fields.and_then(|fields| fields.tls_config.as_deref());
    tls.map_or(Ok(()), check_tls).field("web.tlsConfig")
}

/// Checks the TLS settings of a server.
pub fn check_tls(tls: &WebTlsConfig) -> Result<(), Error> {
    let key_from_secret = tls.key_secret.is_some();
    for (reference, is_given, file, path) in [
        ("cert", !tls.cert.is_empty(), "certFile", tls.cert_file.as_deref()),
        (
            "client_ca",
            !tls.client_ca.is_empty(),
            "clientCAFile",
            tls.client_ca_file.as_deref(),
        ),
        ("keySecret", key_from_secret, "keyFile", tls.key_file.as_deref()),
    ] {
        if is_given && path.is_some() {
            return Err(Error::Exclusive(reference, file));
        }
    }
    for (field, reference) in [("cert", &tls.cert), ("client_ca", &tls.client_ca)] {
        if reference.secret.is_some() && reference.config_map.is_some() {
            return Err(Error::SecretAndConfigMap(field));
        }
    }
    if tls.cert.is_empty() && tls.cert_file.is_none() {
        return Err(Error::NoCertificate);
    }
    if !key_from_secret && tls.key_file.is_none() {
        return Err(Error::NoKey);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn checked(tls: &Value) -> Result<(), String> {
        let fields = serde_json::from_value(json!({ "tlsConfig": tls })).expect("the fields of a web server");
        check(Some(&fields)).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn a_certificate_and_a_key_come_from_one_place_each() {
        let (secret, map) = (json!({ "name": "s", "key": "k" }), json!({ "name": "m", "key": "k" }));
        assert!(check(None).is_ok());
        assert_eq!(
            checked(&json!({ "cert": { "secret": secret }, "keySecret": secret })),
            Ok(())
        );
        assert_eq!(
            checked(&json!({ "cert": { "configMap": map }, "keyFile": "/key" })),
            Ok(())
        );
        assert_eq!(
            checked(&json!({ "certFile": "/cert", "keyFile": "/key", "clientCAFile": "/ca" })),
            Ok(())
        );
        let refused = [
            (
                json!({ "cert": { "secret": secret, "configMap": map }, "keySecret": secret }),
                "\"cert\" names a Secret and",
            ),
            (json!({ "cert": { "secret": secret } }), "no private key"),
            (json!({ "keySecret": secret }), "no certificate"),
            (
                json!({ "cert": { "secret": secret }, "certFile": "/cert", "keySecret": secret }),
                "\"cert\" and \"certFile\"",
            ),
            (
                json!({ "certFile": "/cert", "keySecret": secret, "keyFile": "/key" }),
                "\"keySecret\" and \"keyFile\"",
            ),
            (
                json!({ "certFile": "/cert", "keyFile": "/key", "client_ca": { "secret": secret }, "clientCAFile": "/ca" }),
                "\"client_ca\" and \"clientCAFile\"",
            ),
            (
                json!({ "certFile": "/cert", "keyFile": "/key", "client_ca": { "secret": secret, "configMap": map } }),
                "\"client_ca\" names a Secret and",
            ),
        ];
        for (tls, words) in refused {
            let message = checked(&tls).expect_err(words);
            assert!(
                message.starts_with("web.tlsConfig: ") && message.contains(words),
                "{message}"
            );
        }
    }
}

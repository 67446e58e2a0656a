//! Settings of HTTP clients: who they are, through which proxy they go, with which TLS files. Checks that all kinds share
//! and that the original makes, too. Pure.
//!
//! A check of the fields alone is a function; what needs the content of Secrets is a method of [`Credentials`].

mod header;
mod proxy;

use crds::{
    AuthorizationOptions, AzureOAuth, BasicAuth, HttpAuth, HttpHeaders, OAuth2, ProxyConfig, Sigv4, TlsOptions,
};
use k8s_openapi::api::core::v1::SecretKeySelector;

use crate::assets::{self, Assets, TlsFiles};
use crate::check::invalid::{Field, Invalid, Within};

pub(crate) use header::is_reserved;
pub use proxy::{ProxyError, check_proxy};

/// Settings that exclude each other, or half of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Two ways to prove who one is.
    #[error("{0} and {1} cannot be configured at the same time")]
    Exclusive(&'static str, &'static str),
    /// Basic authentication has a field of its own.
    #[error("type cannot be set to \"basic\", use \"basicAuth\" instead")]
    BasicType,
    /// Nothing to send.
    #[error("credentials are required")]
    NoCredentials,
    /// A reference and a file.
    #[error("can not specify both \"credentials\" and \"credentialsFile\"")]
    CredentialsTwice,
    /// No address to fetch tokens from.
    #[error("tokenURL must be specified")]
    NoTokenUrl,
    /// No identifier of the client.
    #[error("'clientID' must be specified")]
    NoClientId,
    /// Two identifiers of the client.
    #[error("cannot specify both Secret and ConfigMap")]
    ClientIdTwice,
    /// The client would overwrite it, and refuses to be told.
    #[error("Prometheus itself sets this header")]
    ReservedHeader,
    /// One half of the pair.
    #[error("both accessKey and secretKey should be provided")]
    HalfKey,
}

/// Whether an `Authorization` must name credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// It must: of monitors, which may not read files.
    Yes,
    /// It may come without.
    No,
}

/// Checks that at most one way of authentication is set, and that it is complete.
pub fn check_auth(auth: &HttpAuth<'_>) -> Result<(), Invalid> {
    check_ways(auth, Required::Yes)
}

/// [`check_auth`], for clients whose `Authorization` header may come without credentials.
pub fn check_lenient_auth(auth: &HttpAuth<'_>) -> Result<(), Invalid> {
    check_ways(auth, Required::No)
}

fn check_ways(auth: &HttpAuth<'_>, required: Required) -> Result<(), Invalid> {
    let set = [
        ("authorization", auth.authorization.is_some()),
        ("basicAuth", auth.basic_auth.is_some()),
        // Objects written by old clients have a selector that selects nothing.
        (
            "bearerTokenSecret",
            auth.bearer_token_secret.is_some_and(|token| !token.name.is_empty()),
        ),
        ("oauth2", auth.oauth2.is_some()),
    ];
    let mut set = set.iter().filter(|(_, is_set)| *is_set).map(|(field, _)| *field);
    if let (Some(first), Some(second)) = (set.next(), set.next()) {
        return Err(Invalid::new(first, Error::Exclusive(first, second)));
    }
    if let Some(authorization) = auth.authorization {
        check_authorization(&authorization.into(), required).field("authorization")?;
    }
    if let Some(oauth2) = auth.oauth2 {
        check_oauth2(oauth2).within("oauth2")?;
    }
    Ok(())
}

/// Checks an Authorization header.
pub fn check_authorization(options: &AuthorizationOptions<'_>, required: Required) -> Result<(), Error> {
    if options.credentials.is_some() && options.credentials_file.is_some() {
        return Err(Error::CredentialsTwice);
    }
    if options
        .type_
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("basic"))
    {
        return Err(Error::BasicType);
    }
    if required == Required::Yes && options.credentials.is_none() {
        return Err(Error::NoCredentials);
    }
    Ok(())
}

/// Checks an OAuth 2.0 client.
pub fn check_oauth2(oauth2: &OAuth2) -> Result<(), Invalid> {
    if oauth2.token_url.is_empty() {
        return Err(Invalid::new("tokenUrl", Error::NoTokenUrl));
    }
    match (&oauth2.client_id.secret, &oauth2.client_id.config_map) {
        (None, None) => return Err(Invalid::new("clientId", Error::NoClientId)),
        (Some(_), Some(_)) => return Err(Invalid::new("clientId", Error::ClientIdTwice)),
        (Some(_), None) | (None, Some(_)) => {}
    }
    if let Some(tls) = &oauth2.tls_config {
        assets::check_tls(&(&**tls).into()).field("tlsConfig")?;
    }
    check_proxy(&oauth2.into()).field("proxyConfig")
}

/// Checks that what an object refers to can be had, and collects the TLS files that it needs.
#[derive(Debug)]
pub struct Credentials<'a> {
    namespace: &'a str,
    assets: &'a Assets,
    files: TlsFiles,
}

impl<'a> Credentials<'a> {
    /// For an object of `namespace`.
    pub fn new(namespace: &'a str, assets: &'a Assets) -> Self {
        Self {
            namespace,
            assets,
            files: TlsFiles::default(),
        }
    }

    /// The files of what was checked so far.
    pub fn tls_files(&self) -> &TlsFiles {
        &self.files
    }

    /// The files of everything that was checked.
    pub fn into_tls_files(self) -> TlsFiles {
        self.files
    }

    /// Checks a key of a Secret. One that is optional may be missing: the field is left out then.
    pub fn secret(&self, selector: &SecretKeySelector) -> Result<(), assets::Error> {
        self.assets.optional_secret(self.namespace, selector).map(|_| ())
    }

    /// Checks a key of a Secret that Prometheus cannot do without, optional or not.
    pub fn needed(&self, selector: &SecretKeySelector) -> Result<(), assets::Error> {
        self.assets.secret(self.namespace, selector).map(|_| ())
    }

    /// The text of a key of a Secret.
    pub fn text(&self, selector: &SecretKeySelector) -> Result<&'a str, assets::Error> {
        self.assets.secret(self.namespace, selector)
    }

    fn required(&self, selector: Option<&SecretKeySelector>) -> Result<(), assets::Error> {
        self.secret(selector.ok_or(assets::Error::NothingSelected)?)
    }

    /// Checks the Secrets of each way of authentication that is set.
    pub fn auth(&mut self, auth: &HttpAuth<'_>) -> Result<(), Invalid> {
        if let Some(token) = auth.bearer_token_secret.filter(|token| !token.name.is_empty()) {
            self.secret(token).field("bearerTokenSecret")?;
        }
        if let Some(basic_auth) = auth.basic_auth {
            self.basic_auth(basic_auth).within("basicAuth")?;
        }
        if let Some(oauth2) = auth.oauth2 {
            self.oauth2(oauth2).within("oauth2")?;
        }
        if let Some(authorization) = auth.authorization {
            self.authorization(&authorization.into()).field("authorization")?;
        }
        Ok(())
    }

    /// Checks user name and password. Both are needed.
    pub fn basic_auth(&self, basic_auth: &BasicAuth) -> Result<(), Invalid> {
        self.required(basic_auth.username.as_deref()).field("username")?;
        self.required(basic_auth.password.as_deref()).field("password")
    }

    /// Checks the credentials of an Authorization header, if it names a Secret.
    pub fn authorization(&self, options: &AuthorizationOptions<'_>) -> Result<(), assets::Error> {
        match options.credentials.filter(|credentials| !credentials.name.is_empty()) {
            Some(credentials) => self.secret(credentials),
            None => Ok(()),
        }
    }

    /// Checks what an OAuth 2.0 client refers to.
    pub fn oauth2(&mut self, oauth2: &OAuth2) -> Result<(), Invalid> {
        if !self.assets.lacks(self.namespace, &oauth2.client_id) {
            (self.assets.secret_or_config_map(self.namespace, &oauth2.client_id)).field("clientId")?;
        }
        self.secret(&oauth2.client_secret).field("clientSecret")?;
        self.proxy(&oauth2.into())?;
        match &oauth2.tls_config {
            Some(tls) => self.tls(&**tls).field("tlsConfig"),
            None => Ok(()),
        }
    }

    /// Checks TLS settings and remembers their files.
    pub fn tls<'b>(&mut self, options: impl Into<TlsOptions<'b>>) -> Result<(), assets::TlsError> {
        let files = TlsFiles::of(self.namespace, options, self.assets)?;
        self.files.extend(files);
        Ok(())
    }

    /// Checks the headers for a proxy.
    pub fn proxy(&self, proxy: &ProxyConfig<'_>) -> Result<(), Invalid> {
        for (header, selectors) in proxy.proxy_connect_header {
            for (index, selector) in selectors.iter().enumerate() {
                self.secret(selector)
                    .field(format!("proxyConnectHeader[{header}][{index}]"))?;
            }
        }
        Ok(())
    }

    /// Checks the headers of requests: their names, and the Secrets with their values. They are checked for every version,
    /// as a version that knows none leaves them out.
    pub fn headers(&self, headers: &HttpHeaders) -> Result<(), Invalid> {
        for (name, header) in headers {
            if is_reserved(name) {
                return Err(Error::ReservedHeader).field(format!("[{name}]"));
            }
            for (index, selector) in header.secrets.iter().enumerate() {
                self.secret(selector).field(format!("[{name}].secrets[{index}]"))?;
            }
        }
        Ok(())
    }

    /// Checks the keys of AWS Signature Version 4: both or none.
    pub fn sigv4(&self, sigv4: &Sigv4) -> Result<(), Invalid> {
        self.aws_keys(sigv4.access_key.as_deref(), sigv4.secret_key.as_deref())
    }

    /// Checks the keys of an AWS account: both or none.
    pub fn aws_keys(
        &self,
        access_key: Option<&SecretKeySelector>,
        secret_key: Option<&SecretKeySelector>,
    ) -> Result<(), Invalid> {
        match (access_key, secret_key) {
            (None, None) => Ok(()),
            (Some(access_key), Some(secret_key)) => {
                self.secret(access_key).field("accessKey")?;
                self.secret(secret_key).field("secretKey")
            }
            (Some(_), None) => Err(Invalid::new("secretKey", Error::HalfKey)),
            (None, Some(_)) => Err(Invalid::new("accessKey", Error::HalfKey)),
        }
    }

    /// Checks the Secret of an Azure application.
    pub fn azure_oauth(&self, oauth: &AzureOAuth) -> Result<(), Invalid> {
        self.needed(&oauth.client_secret).field("clientSecret")
    }
}

#[cfg(test)]
mod tests {
    use crds::Endpoint;
    use serde_json::{Value, json};

    use super::*;

    fn message(endpoint: Value) -> Option<String> {
        let endpoint: Endpoint = serde_json::from_value(endpoint).expect("an endpoint");
        check_auth(&(&endpoint).into()).err().map(|error| error.to_string())
    }

    #[test]
    fn one_way_of_authentication_and_a_complete_one() {
        let key = json!({"name": "s", "key": "k"});
        for (endpoint, expected) in [
            (json!({}), None),
            (
                json!({"basicAuth": {}, "bearerTokenSecret": {"name": "", "key": ""}}),
                None,
            ),
            (
                json!({"basicAuth": {}, "bearerTokenSecret": key}),
                Some("basicAuth: basicAuth and bearerTokenSecret cannot be configured at the same time"),
            ),
            (
                json!({"authorization": {"type": " Basic", "credentials": key}}),
                Some("authorization: type cannot be set to \"basic\", use \"basicAuth\" instead"),
            ),
            (
                json!({"authorization": {}}),
                Some("authorization: credentials are required"),
            ),
            (
                json!({"oauth2": {"clientId": {}, "clientSecret": key, "tokenUrl": "http://issuer"}}),
                Some("oauth2.clientId: 'clientID' must be specified"),
            ),
        ] {
            assert_eq!(message(endpoint.clone()).as_deref(), expected, "{endpoint}");
        }
    }
}

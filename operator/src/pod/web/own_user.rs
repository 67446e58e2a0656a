//! The user that the operator makes for what runs in the same pod as a web server with users: the config-reloader, the Thanos
//! sidecar and probes. Passwords of users are known by their hashes alone, so none of theirs will do. Its password is in the
//! Secret of the web configuration, from which it is read again at each run: it stays. Pure, but for [`generated`], which asks
//! the system for randomness.

use crds::WebConfigFileFields;
use formats::yaml::{self, Yaml, map};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{Secret, SecretKeySelector};
use kube::api::ObjectMeta;
use rustls::crypto::ring;
use sha2::{Digest as _, Sha256};

use super::users::are_given;
use crate::assets::{self, Assets};
use crate::object::ObjectKey;

/// Name of the user.
pub const NAME: &str = "config-reloader";
/// Key of the Secret, and name of the file, with the password.
pub const PASSWORD_FILE: &str = "config-reloader-password";
/// Key of the Secret, and name of the file, from which programs of Prometheus learn how to reach their neighbour.
pub const CLIENT_FILE: &str = "http-client.yaml";

/// Directory of the files, below that of the web configuration. It is mounted as a whole: the kubelet never refreshes the mount
/// of a single file.
const DIRECTORY: &str = "current";
/// Cost of the hash: as little as possible, since nobody guesses 192 random bits.
const COST: u32 = 4;
const BYTES: usize = 24;

/// How a new password comes about.
pub type NewPassword = fn() -> Result<String, Error>;

/// Why there is no password.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The Secret cannot be read.
    #[error(transparent)]
    Secret(#[from] assets::Error),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes for a password")]
    Random,
}

/// Who the neighbours in the pod are to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Name of the user.
    pub username: &'static str,
    /// Path of the file with the password.
    pub password_file: String,
}

impl Login {
    /// Where one is needed.
    pub fn of(fields: Option<&WebConfigFileFields>, directory: &str) -> Option<Self> {
        are_given(fields).then(|| Self {
            username: NAME,
            password_file: format!("{directory}/{DIRECTORY}/{PASSWORD_FILE}"),
        })
    }
}

/// Path of the file for the programs of Prometheus, where it is needed.
pub fn client_file(fields: Option<&WebConfigFileFields>, directory: &str) -> Option<String> {
    are_given(fields).then(|| format!("{directory}/{DIRECTORY}/{CLIENT_FILE}"))
}

/// Directory of the file of the web configuration: one that follows changes where there are users.
pub(super) fn directory(fields: Option<&WebConfigFileFields>, directory: &str) -> String {
    if are_given(fields) {
        format!("{directory}/{DIRECTORY}")
    } else {
        directory.to_owned()
    }
}

/// How a neighbour in the pod reaches the server, whose certificate may be for another name than `localhost`: the HTTP settings
/// that the programs of Prometheus and Thanos share.
pub fn http_client(fields: Option<&WebConfigFileFields>, directory: &str) -> String {
    let mut sections = Vec::new();
    if let Some(login) = Login::of(fields, directory) {
        let login = [
            ("username", Yaml::from(login.username)),
            ("password_file", login.password_file.into()),
        ];
        sections.push(("basic_auth", map(login)));
    }
    sections.push(("tls_config", map([("insecure_skip_verify", Yaml::from(true))])));
    yaml::to_string(&map(sections))
}

/// Where there are users, makes sure that `assets` hold the password: that of the Secret `own`, or else a new one.
///
/// # Errors
/// When nobody knows whether there is one, or there is no new one.
pub fn ensure(
    fields: Option<&WebConfigFileFields>,
    own: &ObjectKey,
    assets: &mut Assets,
    new: NewPassword,
) -> Result<(), Error> {
    if !are_given(fields) {
        return Ok(());
    }
    match assets.secret(&own.namespace, &key(own)) {
        Ok(known) if is_password(known) => return Ok(()),
        Err(error @ assets::Error::Unreadable { .. }) => return Err(error.into()),
        Ok(_) | Err(_) => {}
    }
    assets.insert_secret(Secret {
        metadata: ObjectMeta {
            namespace: Some(own.namespace.to_string()),
            name: Some(own.name.to_string()),
            ..ObjectMeta::default()
        },
        data: Some([(PASSWORD_FILE.to_owned(), ByteString(new()?.into_bytes()))].into()),
        ..Secret::default()
    });
    Ok(())
}

/// A new password.
///
/// # Errors
/// When the system gives no random bytes.
pub fn generated() -> Result<String, Error> {
    let mut bytes = [0; BYTES];
    let random = ring::default_provider().secure_random;
    random.fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(hexadecimal(&bytes))
}

/// In the place of a password, where nothing is written to a cluster.
///
/// # Errors
/// Never.
pub fn made_up() -> Result<String, Error> {
    Ok(hexadecimal(&[0; BYTES]))
}

/// Where the password is.
pub(super) fn key(own: &ObjectKey) -> SecretKeySelector {
    SecretKeySelector {
        name: own.name.to_string(),
        key: PASSWORD_FILE.to_owned(),
        optional: None,
    }
}

/// The hash of the password. Its salt is made from the password, so that the same file is written each time.
pub(super) fn hash(password: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(password).into();
    let mut salt = [0; 16];
    salt.copy_from_slice(&digest[..16]);
    let hash = bcrypt::hash_with_salt(password, COST, salt);
    hash.map(|hash| hash.to_string()).unwrap_or_default()
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// Whether it is one of ours, rather than what somebody wrote in its place.
fn is_password(text: &str) -> bool {
    text.len() == 2 * BYTES && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

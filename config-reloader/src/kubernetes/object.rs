//! The names of objects as the command line gives them, and objects as the API server does. Pure.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::overlay::Files;

/// What kind of object it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A Secret.
    Secret,
    /// A ConfigMap.
    ConfigMap,
}

/// An object, and the folder that it is mounted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Secret or ConfigMap.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Where it is mounted; `None`: where the configuration file is.
    pub folder: Option<PathBuf>,
}

/// A text that names no object.
#[derive(Debug, thiserror::Error)]
#[error("not NAMESPACE/NAME or NAMESPACE/NAME=FOLDER")]
pub struct Invalid;

impl Object {
    /// A Secret, as the command line names it.
    pub fn secret(text: &str) -> Result<Self, Invalid> {
        Self::parse(Kind::Secret, text)
    }

    /// A ConfigMap, as the command line names it.
    pub fn config_map(text: &str) -> Result<Self, Invalid> {
        Self::parse(Kind::ConfigMap, text)
    }

    fn parse(kind: Kind, text: &str) -> Result<Self, Invalid> {
        let (object, folder) = text
            .split_once('=')
            .map_or((text, None), |(object, folder)| (object, Some(PathBuf::from(folder))));
        let (namespace, name) = object.split_once('/').ok_or(Invalid)?;
        // What a name may be; anything else could change the meaning of the address that it becomes a part of.
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
        let is_name = |text: &str| !text.is_empty() && text.bytes().all(allowed);
        if !is_name(namespace) || !is_name(name) || folder.as_ref().is_some_and(|folder| folder.as_os_str().is_empty())
        {
            return Err(Invalid);
        }
        Ok(Self {
            kind,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            folder,
        })
    }

    /// The path and query of a list of this one object.
    pub(super) fn path(&self) -> String {
        let kind = match self.kind {
            Kind::Secret => "secrets",
            Kind::ConfigMap => "configmaps",
        };
        let Self { namespace, name, .. } = self;
        format!("/api/v1/namespaces/{namespace}/{kind}?fieldSelector=metadata.name%3D{name}")
    }
}

impl fmt::Display for Object {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} {}/{}", self.kind, self.namespace, self.name)
    }
}

/// A list of objects.
#[derive(Deserialize)]
pub(super) struct List {
    pub(super) metadata: ListMetadata,
    #[serde(default)]
    pub(super) items: Vec<Content>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListMetadata {
    pub(super) resource_version: String,
}

/// An event of a watch. Events without an object of ours have one without content.
#[derive(Deserialize)]
pub(super) struct Event {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) object: Content,
}

/// The content of a Secret or a ConfigMap.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Content {
    #[serde(default)]
    data: BTreeMap<String, String>,
    #[serde(default)]
    binary_data: BTreeMap<String, String>,
}

impl Content {
    /// The files that the kubelet would make of it.
    pub(super) fn files(self, kind: Kind) -> Result<Files, base64::DecodeError> {
        let (encoded, plain) = match kind {
            Kind::Secret => (self.data, BTreeMap::new()),
            Kind::ConfigMap => (self.binary_data, self.data),
        };
        let decoded = encoded
            .into_iter()
            .map(|(name, text)| Ok((name, STANDARD.decode(text)?)));
        let mut files = decoded.collect::<Result<Files, _>>()?;
        files.extend(plain.into_iter().map(|(name, text)| (name, text.into_bytes())));
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_nothing_else() {
        let object = Object::secret("monitoring/prometheus-k8s=/etc/config").expect("a name");
        assert_eq!(object.to_string(), "Secret monitoring/prometheus-k8s");
        assert_eq!(object.folder, Some("/etc/config".into()));
        let path = Object::config_map("a/b.c").expect("a name").path();
        assert_eq!(
            path,
            "/api/v1/namespaces/a/configmaps?fieldSelector=metadata.name%3Db.c"
        );
        for text in ["", "a", "a/", "/b", "a/b/c", "a/b?watch=1", "A/b", "a/b="] {
            assert!(Object::secret(text).is_err(), "{text}");
        }
    }

    #[test]
    fn content_becomes_files_as_the_kubelet_makes_them() {
        let files = |kind, text: &str| {
            let content: Content = serde_json::from_str(text).expect("an object");
            content.files(kind).ok()
        };
        let expected = |name: &str| Some(Files::from([(name.to_owned(), b"a: 1\n".to_vec())]));
        assert_eq!(
            files(Kind::Secret, r#"{"data":{"a.yaml":"YTogMQo="}}"#),
            expected("a.yaml")
        );
        assert_eq!(files(Kind::ConfigMap, r#"{"data":{"b":"a: 1\n"}}"#), expected("b"));
        assert_eq!(
            files(Kind::ConfigMap, r#"{"binaryData":{"c.gz":"YTogMQo="}}"#),
            expected("c.gz")
        );
        assert_eq!(files(Kind::Secret, r#"{"data":{"a":"?"}}"#), None);
        assert_eq!(files(Kind::Secret, r#"{"metadata":{}}"#), Some(Files::new()));
    }
}

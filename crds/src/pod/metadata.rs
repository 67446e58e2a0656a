//! Metadata that a user gives to objects of the operator, and entries of a pod's hosts file. Types only.

use crate::JsonSchema;
use crate::absent::{empty_is_none, null_is_default};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The part of an object's metadata that a user may choose for an object that the operator creates.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct EmbeddedObjectMetadata {
    /// Annotations of the object.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<Box<str>, Box<str>>,
    /// Labels of the object.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Box<str>, Box<str>>,
    /// Name of the object, unique in its namespace. It has no effect on pods, whose names the StatefulSet gives.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub name: Option<Box<str>>,
}

/// One line of a pod's hosts file.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct HostAlias {
    /// Names that resolve to the address.
    #[serde(deserialize_with = "null_is_default")]
    pub hostnames: Box<[Box<str>]>,
    /// IP address, unique in the list.
    pub ip: Box<str>,
}

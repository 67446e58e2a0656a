//! Roles with the reasons for their rules, and their bindings, as YAML. Pure; `deploy/` is made by this, and the command `rbac`
//! prints it.

use std::collections::BTreeMap;

use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use super::Rule;
use crate::object::yaml;
use crate::pod::metadata::map;

const GROUP: &str = "rbac.authorization.k8s.io";

/// A service account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// The name under which the API server knows it.
pub fn user(account: &Account) -> String {
    format!("system:serviceaccount:{}:{}", account.namespace, account.name)
}

/// A `Role`, or a `ClusterRole`, and what it grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its name, which its binding has, too.
    pub name: String,
    /// Its namespace; `None`: it is a `ClusterRole`.
    pub namespace: Option<String>,
    /// What it grants.
    pub rules: Vec<Rule>,
}

/// The labels that select the pods of the operator. They must never change: a Deployment cannot change its selector.
pub fn selector() -> BTreeMap<String, String> {
    map([
        ("app.kubernetes.io/name", "prometheus-operator"),
        ("app.kubernetes.io/component", "controller"),
    ])
}

/// The labels of every object of the installation.
pub fn labels() -> BTreeMap<String, String> {
    let mut labels = selector();
    labels.extend(map([("app.kubernetes.io/version", env!("CARGO_PKG_VERSION"))]));
    labels
}

/// Metadata of an object of the installation.
pub fn metadata(name: &str, namespace: Option<&str>) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: namespace.map(str::to_owned),
        labels: Some(labels()),
        ..ObjectMeta::default()
    }
}

impl Role {
    /// Its kind.
    pub const fn kind(&self) -> &'static str {
        match self.namespace {
            Some(_) => "Role",
            None => "ClusterRole",
        }
    }

    fn metadata(&self) -> ObjectMeta {
        metadata(&self.name, self.namespace.as_deref())
    }

    /// As YAML, each rule after the reasons for it.
    pub fn manifest(&self) -> String {
        let head = yaml(&ClusterRole {
            metadata: self.metadata(),
            ..ClusterRole::default()
        });
        // Both kinds have the same fields.
        let head = head.replacen("kind: ClusterRole\n", &format!("kind: {}\n", self.kind()), 1);
        format!("{head}rules:\n{}", list(&self.rules))
    }

    /// As JSON, where each rule has its reasons besides.
    pub fn document(&self) -> Value {
        let rule = |rule: &Rule| {
            let mut document = json!(policy(rule));
            document["reason"] = rule.why.join("; ").into();
            document
        };
        json!({
            "apiVersion": format!("{GROUP}/v1"),
            "kind": self.kind(),
            "metadata": self.metadata(),
            "rules": self.rules.iter().map(rule).collect::<Vec<_>>(),
        })
    }

    /// What gives it to `account`.
    pub fn binding(&self, account: &Account) -> Binding {
        let role_ref = RoleRef {
            api_group: Some(GROUP.to_owned()),
            kind: self.kind().to_owned(),
            name: self.name.clone(),
        };
        let subjects = Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name: account.name.clone(),
            namespace: Some(account.namespace.clone()),
            ..Subject::default()
        }]);
        if self.namespace.is_some() {
            Binding::Role(RoleBinding {
                metadata: self.metadata(),
                role_ref,
                subjects,
            })
        } else {
            Binding::ClusterRole(ClusterRoleBinding {
                metadata: self.metadata(),
                role_ref,
                subjects,
            })
        }
    }
}

/// A binding of either kind.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Binding {
    /// In a namespace.
    Role(RoleBinding),
    /// Across the cluster.
    ClusterRole(ClusterRoleBinding),
}

/// Rules as a list, each after the reasons for it.
pub fn list(rules: &[Rule]) -> String {
    let rule = |rule: &Rule| format!("# {}\n{}", rule.why.join("; "), yaml(&[policy(rule)]));
    rules.iter().map(rule).collect()
}

fn policy(rule: &Rule) -> PolicyRule {
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    PolicyRule {
        api_groups: Some(vec![rule.group.to_owned()]),
        resources: Some(owned(&rule.resources)),
        resource_names: Some(rule.names.clone()).filter(|names| !names.is_empty()),
        verbs: owned(&rule.verbs),
        ..PolicyRule::default()
    }
}

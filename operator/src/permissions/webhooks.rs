//! What the operator must be allowed to do where it keeps the certificates of webhooks: objects of these names, and no
//! others. Data; the `ClusterRole` of the component `webhooks` is made from it.

/// The configurations of webhooks in `deploy/`, by component: those of the operator itself, those of more kinds, and those of
/// the program `admission-webhook`.
pub const CONFIGURATIONS: [&str; 3] = [
    "prometheus-operator",
    "prometheus-operator-kinds",
    "prometheus-operator-admission-webhook",
];

/// A permission on objects of some names.
#[derive(Debug, Clone, Copy)]
pub struct NamedRule {
    /// API group.
    pub group: &'static str,
    /// Plural names.
    pub resources: &'static [&'static str],
    /// Names of the objects; empty: any.
    pub names: &'static [&'static str],
    /// What is done with them. A list or a watch names its object, too.
    pub verbs: &'static [&'static str],
    /// What for.
    pub why: &'static str,
}

/// Name of the Secret with the certificates that the operator itself serves.
pub const SECRET: &str = "prometheus-operator-webhooks";

/// What is done with that Secret, in the namespace of the operator. Where the operator follows its own namespace, this is
/// permitted anyway.
pub const CERTIFICATES: [NamedRule; 2] = [
    NamedRule {
        group: "",
        resources: &["secrets"],
        names: &[SECRET],
        verbs: &["get", "list", "watch", "update"],
        why: "keep the certificates of the webhooks (--admission-certificate-secret)",
    },
    NamedRule {
        group: "",
        resources: &["secrets"],
        names: &[],
        verbs: &["create"],
        why: "make them for the first time; creation cannot be granted by name",
    },
];

/// What is done with objects of the cluster.
pub const RULES: [NamedRule; 2] = [
    NamedRule {
        group: "admissionregistration.k8s.io",
        resources: &["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
        names: &CONFIGURATIONS,
        verbs: &["get", "list", "watch", "patch"],
        why: "publish the certificate authorities (--admission-webhook-configurations)",
    },
    NamedRule {
        group: "apiextensions.k8s.io",
        resources: &["customresourcedefinitions"],
        names: &["alertmanagerconfigs.monitoring.coreos.com"],
        verbs: &["get", "list", "watch", "patch"],
        why: "have AlertmanagerConfig objects converted (--admission-conversion)",
    },
];

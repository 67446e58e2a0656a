//! The pod template and the StatefulSet around it, as far as all workload kinds shape them with the same fields. Pure.

use std::collections::BTreeSet;

use crds::{DnsPolicy, PersistentVolumeClaimRetentionPolicy, PodFields, PodManagementPolicy};
use formats::version::Dropped;
use k8s_openapi::api::apps::v1::{
    DaemonSetSpec, DaemonSetUpdateStrategy, RollingUpdateDaemonSet, RollingUpdateStatefulSetStrategy, StatefulSet,
    StatefulSetPersistentVolumeClaimRetentionPolicy, StatefulSetSpec, StatefulSetUpdateStrategy,
};
use k8s_openapi::api::core::v1::{
    Container, HostAlias, PersistentVolumeClaim, PodSpec, PodTemplateSpec, TopologySpreadConstraint, Volume,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use super::merge;
use super::metadata::{Map, merged, texts};

/// Label of nodes with the name of their zone.
const ZONE: &str = "topology.kubernetes.io/zone";

/// A rendered StatefulSet, and the fields of the user that its version does not know.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The StatefulSet.
    pub stateful_set: StatefulSet,
    /// What was left out, for the user.
    pub dropped: Vec<Dropped>,
}

/// What a workload kind puts into its pods besides the fields that all kinds share.
#[derive(Debug, Clone, Default)]
pub struct Pod {
    /// The operator's containers, before the user's are merged over them.
    pub containers: Vec<Container>,
    /// The operator's init containers, before the user's are merged over them.
    pub init_containers: Vec<Container>,
    /// The operator's volumes; the user's come after.
    pub volumes: Vec<Volume>,
    /// Whether the pods get the token of their service account.
    pub automount_service_account_token: Option<bool>,
    /// Whether the pods use the network of their node.
    pub host_network: bool,
    /// Whether the containers see each other's processes.
    pub share_process_namespace: Option<bool>,
    /// Seconds to stop in where the user says nothing.
    pub termination_grace_period_seconds: i64,
    /// How the pods spread.
    pub topology_spread_constraints: Vec<TopologySpreadConstraint>,
    /// Zone in which the pods run.
    pub zone: Option<String>,
}

/// Why there is no pod.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A container cannot be merged.
    #[error(transparent)]
    Merge(merge::Error),
    /// Two volumes have the same name, perhaps because long names of Secrets were cut.
    #[error("two volumes of the pod are named {0:?}")]
    DuplicateVolume(String),
}

impl Pod {
    /// The specification of the pod.
    pub fn spec(self, fields: &PodFields) -> Result<PodSpec, Error> {
        let containers = merge::containers(self.containers, &fields.containers).map_err(Error::Merge)?;
        let init_containers = merge::containers(self.init_containers, &fields.init_containers).map_err(Error::Merge)?;
        let mut volumes = self.volumes;
        volumes.extend(fields.volumes.iter().cloned());
        let mut names = BTreeSet::new();
        if let Some(twice) = volumes.iter().find(|volume| !names.insert(&volume.name)) {
            return Err(Error::DuplicateVolume(twice.name.clone()));
        }
        let mut node_selector = texts(&fields.node_selector);
        node_selector.extend(self.zone.map(|zone| (ZONE.to_owned(), zone)));
        let host_network_policy = self.host_network.then_some(DnsPolicy::ClusterFirstWithHostNet);
        Ok(PodSpec {
            affinity: fields.affinity.as_deref().cloned(),
            automount_service_account_token: self.automount_service_account_token,
            containers,
            dns_config: fields.dns_config.as_deref().map(Into::into),
            dns_policy: fields
                .dns_policy
                .or(host_network_policy)
                .map(|policy| policy.as_str().to_owned()),
            enable_service_links: fields.enable_service_links,
            host_aliases: given(fields.host_aliases.iter().map(|alias| HostAlias {
                hostnames: given(alias.hostnames.iter().map(ToString::to_string)),
                ip: alias.ip.to_string(),
            })),
            host_network: self.host_network.then_some(true),
            host_users: fields.host_users,
            image_pull_secrets: given(fields.image_pull_secrets.iter().cloned()),
            init_containers: given(init_containers),
            node_selector: Some(node_selector).filter(|selector| !selector.is_empty()),
            priority_class_name: fields.priority_class_name.as_deref().map(str::to_owned),
            scheduler_name: fields.scheduler_name.as_deref().map(str::to_owned),
            security_context: fields.security_context.as_deref().cloned(),
            service_account_name: fields.service_account_name.as_deref().map(str::to_owned),
            share_process_namespace: self.share_process_namespace,
            termination_grace_period_seconds: fields
                .termination_grace_period_seconds
                .or(Some(self.termination_grace_period_seconds)),
            tolerations: given(fields.tolerations.iter().cloned()),
            topology_spread_constraints: given(self.topology_spread_constraints),
            volumes: given(volumes),
            ..PodSpec::default()
        })
    }
}

/// What a workload kind says about its StatefulSet besides the fields that all kinds share.
#[derive(Debug, Clone)]
pub struct Set<'a> {
    /// Number of pods.
    pub replicas: i32,
    /// The governing Service.
    pub service_name: &'a str,
    /// Labels by which the StatefulSet finds its pods, and which they all have.
    pub selector: Map,
    /// Labels of the pods besides, which give way to those of `podMetadata`.
    pub labels: Map,
    /// Annotations of the pods.
    pub annotations: Map,
    /// The pods.
    pub pod: PodSpec,
    /// The claim for the data.
    pub claim: Option<PersistentVolumeClaim>,
    /// What becomes of claims.
    pub claim_retention: Option<&'a PersistentVolumeClaimRetentionPolicy>,
}

impl Set<'_> {
    /// The specification of the StatefulSet. `operator_labels` are those of the flag `--labels`.
    pub fn spec(self, fields: &PodFields, operator_labels: &Map) -> StatefulSetSpec {
        let Self {
            replicas,
            service_name,
            selector,
            labels,
            annotations,
            pod,
            claim,
            claim_retention,
        } = self;
        let pods = Pods {
            selector,
            labels,
            annotations,
            pod,
        };
        let strategy = fields.update_strategy.as_deref();
        let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
        StatefulSetSpec {
            min_ready_seconds: fields.min_ready_seconds.filter(|seconds| *seconds != 0),
            persistent_volume_claim_retention_policy: claim_retention.map(|policy| {
                StatefulSetPersistentVolumeClaimRetentionPolicy {
                    when_deleted: text(&policy.when_deleted),
                    when_scaled: text(&policy.when_scaled),
                }
            }),
            pod_management_policy: Some(
                fields
                    .pod_management_policy
                    .unwrap_or(PodManagementPolicy::Parallel)
                    .as_str()
                    .to_owned(),
            ),
            replicas: Some(replicas),
            selector: pods.label_selector(operator_labels),
            service_name: Some(service_name.to_owned()),
            template: pods.template(fields, operator_labels),
            update_strategy: Some(StatefulSetUpdateStrategy {
                type_: Some(
                    strategy
                        .map_or("RollingUpdate", |strategy| strategy.type_.as_str())
                        .to_owned(),
                ),
                rolling_update: strategy
                    .and_then(|strategy| strategy.rolling_update.as_ref())
                    .map(|update| RollingUpdateStatefulSetStrategy {
                        max_unavailable: update.max_unavailable.clone(),
                        partition: None,
                    }),
            }),
            volume_claim_templates: claim.map(|claim| vec![claim]),
            ..StatefulSetSpec::default()
        }
    }
}

/// The pods of a set, and how it finds them.
#[derive(Debug, Clone)]
pub struct Pods {
    /// Labels by which the set finds its pods, and which they all have.
    pub selector: Map,
    /// Labels of the pods besides, which give way to those of `podMetadata`.
    pub labels: Map,
    /// Annotations of the pods.
    pub annotations: Map,
    /// The pods.
    pub pod: PodSpec,
}

impl Pods {
    fn label_selector(&self, operator_labels: &Map) -> LabelSelector {
        LabelSelector {
            match_labels: Some(merged([operator_labels, &self.selector])),
            match_expressions: None,
        }
    }

    fn template(self, fields: &PodFields, operator_labels: &Map) -> PodTemplateSpec {
        let given_labels = fields
            .pod_metadata
            .as_ref()
            .map(|metadata| texts(&metadata.labels))
            .unwrap_or_default();
        PodTemplateSpec {
            metadata: Some(ObjectMeta {
                labels: Some(merged([operator_labels, &self.selector, &given_labels, &self.labels])),
                annotations: Some(self.annotations),
                ..ObjectMeta::default()
            }),
            spec: Some(self.pod),
        }
    }

    /// The specification of a DaemonSet of these pods. `operator_labels` are those of the flag `--labels`.
    pub fn daemon_set(self, fields: &PodFields, operator_labels: &Map) -> DaemonSetSpec {
        let strategy = fields.update_strategy.as_deref();
        let update = strategy.and_then(|strategy| strategy.rolling_update.as_ref());
        DaemonSetSpec {
            min_ready_seconds: fields.min_ready_seconds.filter(|seconds| *seconds != 0),
            revision_history_limit: None,
            selector: self.label_selector(operator_labels),
            template: self.template(fields, operator_labels),
            update_strategy: Some(DaemonSetUpdateStrategy {
                type_: strategy.map(|strategy| strategy.type_.as_str().to_owned()),
                rolling_update: update.map(|update| RollingUpdateDaemonSet {
                    max_surge: None,
                    max_unavailable: update.max_unavailable.clone(),
                }),
            }),
        }
    }
}

/// Annotations of `podMetadata`.
pub fn pod_annotations(fields: &PodFields) -> Map {
    fields
        .pod_metadata
        .as_ref()
        .map(|metadata| texts(&metadata.annotations))
        .unwrap_or_default()
}

fn given<T>(items: impl IntoIterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<T> = items.into_iter().collect();
    (!items.is_empty()).then_some(items)
}

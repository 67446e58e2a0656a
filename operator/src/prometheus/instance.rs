//! One view of what runs Prometheus: a server, or an agent as a StatefulSet or a DaemonSet. What is rendered from the
//! fields that all of them have is written once, against this view. Plain borrowed values.

use std::fmt::Debug;
use std::sync::Arc;

use crds::v1alpha1::{PrometheusAgent, PrometheusAgentMode};
use crds::{CommonPrometheusFields, Prometheus, PrometheusSpec, WebConfigFileFields, WorkloadResource};
use k8s_openapi::NamespaceResourceScope;
use kube::Resource;
use kube::api::ObjectMeta;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::names;
use crate::assets::{HasReferences, References};
use crate::object::{ConfigKind, ControllerLabel, ObjectKey};
use crate::permissions::Part;
use crate::pod::metadata::Parent;
use crate::pod::web::users;

/// An object that runs Prometheus, of either kind.
#[derive(Clone, Debug)]
pub enum Object {
    /// A server.
    Server(Arc<Prometheus>),
    /// An agent.
    Agent(Arc<PrometheusAgent>),
}

impl Object {
    /// Its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Server(_) => "Prometheus",
            Self::Agent(_) => "PrometheusAgent",
        }
    }

    /// The view of it.
    pub fn instance(&self) -> Instance<'_> {
        match self {
            Self::Server(server) => Instance::from(&**server),
            Self::Agent(agent) => Instance::from(&**agent),
        }
    }
}

/// A kind of custom resource that runs Prometheus.
pub trait Kind:
    Resource<DynamicType = (), Scope = NamespaceResourceScope>
    + Clone
    + DeserializeOwned
    + Serialize
    + Debug
    + Send
    + Sync
    + 'static
{
    /// Label of the metrics of its controller.
    const CONTROLLER: ControllerLabel;
    /// Who says what happens, in events.
    const REPORTER: &'static str;
    /// The kind, as entries of configuration objects name it.
    const RESOURCE: WorkloadResource;
    /// The configuration objects that it can select.
    const SELECTS: &'static [ConfigKind];
    /// The permissions on its own kind.
    const PART: Part;

    /// The object, of either kind.
    fn object(shared: Arc<Self>) -> Object;

    /// The view of it.
    fn instance(&self) -> Instance<'_>;
}

impl Kind for Prometheus {
    const CONTROLLER: ControllerLabel = ControllerLabel {
        controller: "prometheus",
    };
    const REPORTER: &'static str = "prometheus-controller";
    const RESOURCE: WorkloadResource = WorkloadResource::Prometheuses;
    const SELECTS: &'static [ConfigKind] = &[
        ConfigKind::ServiceMonitor,
        ConfigKind::PodMonitor,
        ConfigKind::Probe,
        ConfigKind::ScrapeConfig,
        ConfigKind::PrometheusRule,
    ];
    const PART: Part = Part::Prometheus;

    fn object(shared: Arc<Self>) -> Object {
        Object::Server(shared)
    }

    fn instance(&self) -> Instance<'_> {
        self.into()
    }
}

impl Kind for PrometheusAgent {
    const CONTROLLER: ControllerLabel = ControllerLabel {
        controller: "prometheus-agent",
    };
    const REPORTER: &'static str = "prometheusagent-controller";
    const RESOURCE: WorkloadResource = WorkloadResource::PrometheusAgents;
    const SELECTS: &'static [ConfigKind] = &[
        ConfigKind::ServiceMonitor,
        ConfigKind::PodMonitor,
        ConfigKind::Probe,
        ConfigKind::ScrapeConfig,
    ];
    const PART: Part = Part::PrometheusAgent;

    fn object(shared: Arc<Self>) -> Object {
        Object::Agent(shared)
    }

    fn instance(&self) -> Instance<'_> {
        self.into()
    }
}

/// An object that runs Prometheus, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Instance<'a> {
    /// Its metadata.
    pub metadata: &'a ObjectMeta,
    /// The fields that server and agent share.
    pub common: &'a CommonPrometheusFields,
    /// What it is, with what only that has.
    pub mode: Mode<'a>,
}

/// What an [`Instance`] is.
#[derive(Clone, Copy, Debug)]
pub enum Mode<'a> {
    /// A server: it stores samples and evaluates rules.
    Server(&'a PrometheusSpec),
    /// An agent: it only scrapes and sends on.
    Agent,
    /// An agent on each node, which scrapes the pods of its node.
    DaemonSetAgent,
}

impl<'a> Instance<'a> {
    /// Namespace and name.
    pub fn key(&self) -> ObjectKey {
        ObjectKey::new(self.namespace(), self.name())
    }

    /// Name of the object.
    pub fn name(&self) -> &'a str {
        self.metadata.name.as_deref().unwrap_or_default()
    }

    /// Namespace of the object, in which all that it refers to is.
    pub fn namespace(&self) -> &'a str {
        self.metadata.namespace.as_deref().unwrap_or_default()
    }

    /// The fields that only a server has.
    pub fn server(&self) -> Option<&'a PrometheusSpec> {
        match self.mode {
            Mode::Server(spec) => Some(spec),
            Mode::Agent | Mode::DaemonSetAgent => None,
        }
    }

    /// The settings of its web server.
    pub fn web(&self) -> Option<&'a WebConfigFileFields> {
        self.common.web.as_ref().map(|web| &web.config_file)
    }

    /// The Secret of its web configuration.
    pub fn web_config(&self) -> ObjectKey {
        ObjectKey::new(self.namespace(), names::web_config(self))
    }

    /// Whether there is one on each node.
    pub fn is_daemon_set(&self) -> bool {
        matches!(self.mode, Mode::DaemonSetAgent)
    }
}

/// What scrape jobs can know of the instance that they are made for: all but the fields that only a server has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scraper<'a> {
    /// Namespace of the object.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The fields that server and agent share.
    pub common: &'a CommonPrometheusFields,
    /// What it is.
    pub kind: ScraperKind,
}

/// What a [`Scraper`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScraperKind {
    /// A server.
    Server,
    /// An agent.
    Agent,
    /// An agent on each node, which scrapes the pods of its node.
    DaemonSetAgent,
}

impl<'a> From<Instance<'a>> for Scraper<'a> {
    fn from(instance: Instance<'a>) -> Self {
        Self {
            namespace: instance.namespace(),
            name: instance.name(),
            common: instance.common,
            kind: match instance.mode {
                Mode::Server(_) => ScraperKind::Server,
                Mode::Agent => ScraperKind::Agent,
                Mode::DaemonSetAgent => ScraperKind::DaemonSetAgent,
            },
        }
    }
}

impl<'a> From<&'a Prometheus> for Instance<'a> {
    fn from(from: &'a Prometheus) -> Self {
        Self {
            metadata: &from.metadata,
            common: &from.spec.common,
            mode: Mode::Server(&from.spec),
        }
    }
}

impl<'a> From<&'a PrometheusAgent> for Instance<'a> {
    fn from(from: &'a PrometheusAgent) -> Self {
        Self {
            metadata: &from.metadata,
            common: &from.spec.common,
            mode: match from.spec.mode {
                Some(PrometheusAgentMode::DaemonSet) => Mode::DaemonSetAgent,
                Some(PrometheusAgentMode::StatefulSet) | None => Mode::Agent,
            },
        }
    }
}

impl<'a> From<&Instance<'a>> for Parent<'a> {
    fn from(instance: &Instance<'a>) -> Self {
        let Instance { metadata, mode, .. } = *instance;
        let (api_version, kind) = match mode {
            Mode::Server(_) => (Prometheus::api_version(&()), Prometheus::kind(&())),
            Mode::Agent | Mode::DaemonSetAgent => (PrometheusAgent::api_version(&()), PrometheusAgent::kind(&())),
        };
        Self {
            api_version,
            kind,
            metadata,
        }
    }
}

impl HasReferences for Instance<'_> {
    fn refer(&self, namespace: &str, references: &mut References) {
        let common = self.common;
        references.add(namespace, &common.additional_scrape_configs);
        references.add(namespace, &*common.scrape_classes);
        references.add(namespace, &common.apiserver_config);
        references.add(namespace, &*common.remote_write);
        if let Some(tracing) = &common.tracing_config {
            references.add(namespace, &tracing.tls_config);
        }
        users::refer(self.web(), &self.web_config(), references);
        references.add(namespace, &self.server());
    }
}

//! The generated configuration of Prometheus, byte for byte.

use std::sync::Arc;

use crds::Prometheus;
use formats::version::Version;
use formats::yaml::{Yaml, map};
use operator::assets::Assets;
use operator::object::{ByKey, ObjectKey};
use operator::prometheus::config::{AdditionalConfigs, Certificates, Error, Input};
use operator::prometheus::incremental::whole::{Configuration, configuration_in};
use operator::prometheus::instance::{Instance, Mode};
use operator::prometheus::scrape_object::ScrapeObjects;
use operator::settings::Settings;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::case::{Case, Expected};
use crate::verdict::{Failure, Verdict, bytes, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let recording = Recording::read(case)?;
    let ours = recording.configuration(recording.version)?;
    match case.expected()? {
        Expected::Error(error) => decision(&ours, Err(&error)),
        Expected::Output(theirs) => match ours {
            Ok(ours) => bytes(
                formats::yaml::to_string(&ours.document).as_bytes(),
                with_defaults(&String::from_utf8(theirs)?).as_bytes(),
            ),
            Err(error) => Err(format!("theirs accepts; ours: {error}").into()),
        },
    }
}

/// A recorded call.
pub(crate) struct Recording {
    /// The objects and the other arguments.
    pub(crate) input: Value,
    /// The version that the configuration is for.
    pub(crate) version: Version,
    /// The agent that it is for; absent: a server.
    pub(crate) agent: Option<Mode<'static>>,
    /// Whether the call wrote a part of a file only.
    is_fragment: bool,
}

impl Recording {
    /// Reads the call of `case`.
    pub(crate) fn read(case: &Case) -> Result<Self, Failure> {
        let (mut input, meta) = (case.input()?, case.meta()?);
        let (agent, is_fragment) = match meta["function"].as_str() {
            Some("ConfigGenerator.GenerateServerConfiguration" | "NewConfigGenerator") => (None, false),
            Some("ConfigGenerator.GenerateAgentConfiguration") if input["parameters"]["daemonSet"] == true => {
                (Some(Mode::DaemonSetAgent), false)
            }
            Some("ConfigGenerator.GenerateAgentConfiguration") => (Some(Mode::Agent), false),
            Some("ConfigGenerator.generateK8SSDConfig") => (None, true),
            function => return Err(format!("{function:?} is not covered").into()),
        };
        if is_fragment {
            input = around_fragment(&input);
        }
        let version = input["prometheus"]["spec"]["version"].as_str();
        let version = version.or(meta["version"].as_str()).ok_or("no version")?;
        Ok(Self {
            version: Version::parse(version).map_err(|error| error.to_string())?,
            input,
            agent,
            is_fragment,
        })
    }

    /// Our configuration, for any version.
    pub(crate) fn configuration(&self, version: Version) -> Result<Result<Configuration, Error>, Failure> {
        let (input, parameters) = (&self.input, &self.input["parameters"]);
        let mut assets = Assets::default();
        for secret in input["secrets"].as_array().into_iter().flatten() {
            assets.insert_secret(read(secret)?);
        }
        for config_map in input["configMaps"].as_array().into_iter().flatten() {
            assets.insert_config_map(read(config_map)?);
        }
        let scrape = ScrapeObjects {
            service_monitors: objects(&input["serviceMonitors"])?,
            pod_monitors: objects(&input["podMonitors"])?,
            probes: objects(&input["probes"])?,
            scrape_configs: objects(&input["scrapeConfigs"])?,
        };
        let prometheus: Prometheus = read(&input["prometheus"])?;
        let input = Input {
            // The recordings of agents have a Prometheus in the place of the agent.
            instance: Instance {
                mode: self.agent.unwrap_or(Mode::Server(&prometheus.spec)),
                ..(&prometheus).into()
            },
            version,
            rule_config_maps: &[],
            additional: AdditionalConfigs {
                scrape_configs: parameters["additionalScrapeConfigs"].as_str(),
                alert_relabel_configs: parameters["additionalAlertRelabelConfigs"].as_str(),
                alertmanager_configs: parameters["additionalAlertManagerConfigs"].as_str(),
            },
            assets: &assets,
            settings: &settings(parameters),
        };
        let certificates = if parameters["inlineTLSConfig"] == true {
            Certificates::Inline
        } else {
            Certificates::Files
        };
        let whole = input.context().and_then(|mut context| {
            context.format.certificates = certificates;
            configuration_in(&context, &input, &scrape)
        });
        Ok(if self.is_fragment { whole.map(fragment) } else { whole })
    }
}

/// A configuration that needs the recorded call: one monitor with the arguments in it.
fn around_fragment(input: &Value) -> Value {
    let mut input = input.clone();
    let parameters = input["parameters"].take();
    let slices = parameters["role"] == "endpointslice";
    let (kind, endpoints) = match parameters["role"].as_str() {
        Some("pod") => ("PodMonitor", "podMetricsEndpoints"),
        _ => ("ServiceMonitor", "endpoints"),
    };
    let monitor = json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": kind,
        "metadata": { "name": "monitor", "namespace": parameters["namespace"] },
        "spec": {
            "selector": {},
            "namespaceSelector": parameters["namespaceSelector"],
            "attachMetadata": parameters["attachMetadata"]["attachMetadata"],
            endpoints: [{}],
        },
    });
    let monitors = if kind == "PodMonitor" {
        "podMonitors"
    } else {
        "serviceMonitors"
    };
    input[monitors] = json!({ "monitor": monitor });
    input["prometheus"]["metadata"]["namespace"] = parameters["namespace"].clone();
    let spec = &mut input["prometheus"]["spec"];
    spec["apiserverConfig"] = parameters["apiserverConfig"].clone();
    spec["serviceDiscoveryRole"] = if slices { "EndpointSlice" } else { "Endpoints" }.into();
    input["parameters"] = json!({ "endpointSliceSupported": slices });
    input
}

/// The part of the configuration that the recorded call wrote.
fn fragment(whole: Configuration) -> Configuration {
    let jobs = whole.document.value_of("scrape_configs").and_then(Yaml::as_seq);
    let discovery = jobs.and_then(|jobs| jobs.first()?.value_of("kubernetes_sd_configs"));
    let job = map([
        ("job_name", "k8s-sd-test".into()),
        ("kubernetes_sd_configs", discovery.cloned().unwrap_or(Yaml::Null)),
    ]);
    Configuration {
        document: map([("scrape_configs", Yaml::Seq(vec![job]))]),
        ..whole
    }
}

fn settings(parameters: &Value) -> Settings {
    let is_set = |name: &str| parameters[name].as_bool() == Some(true);
    let mut settings = Settings::default();
    settings.gates.topology_sharding = is_set("prometheusTopologySharding");
    settings.gates.shard_retention = is_set("prometheusRetentionPolicies");
    settings.cluster.endpoint_slices = is_set("endpointSliceSupported");
    settings.cluster.pod_topology_labels = is_set("podTopologyLabelsSupported");
    settings
}

pub(super) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Failure> {
    Ok(serde_json::from_value(value.clone())?)
}

/// Objects by the key that the recording sorts them by; it is not always their name.
pub(super) fn objects<T: DeserializeOwned>(objects: &Value) -> Result<ByKey<T>, Failure> {
    (objects.as_object().into_iter().flatten())
        .map(|(key, object)| Ok((ObjectKey::new("", key.as_str()), Arc::new(read(object)?))))
        .collect()
}

/// The API server fills in the two global intervals. The tests of the original go without one, and so recorded an empty
/// text where their object has no interval, which Prometheus would refuse.
fn with_defaults(theirs: &str) -> String {
    theirs
        .replacen("\n  scrape_interval: \"\"\n", "\n  scrape_interval: 30s\n", 1)
        .replacen("\n  evaluation_interval: \"\"\n", "\n  evaluation_interval: 30s\n", 1)
}

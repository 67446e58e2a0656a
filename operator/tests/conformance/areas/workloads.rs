//! Areas of the corpus about what is rendered around the pods of a workload.

use crds::{Alertmanager, Prometheus, WebConfigFileFields};
use operator::alertmanager::cluster_tls;
use operator::alertmanager::service as alertmanager_service;
use operator::alertmanager::statefulset as alertmanager_statefulset;
use operator::pod::argument::CommandLine;
use operator::prometheus::{arguments, service, statefulset};
use operator::settings::Settings;
use operator::{versions, web};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::version::Version;

fn of<T: for<'de> Deserialize<'de>>(value: &Value) -> T {
    T::deserialize(value).unwrap_or_else(|error| panic!("{error}: {value}"))
}

fn settings(parameters: &Value) -> Settings {
    let config = &parameters["operatorConfig"];
    let text = |key: &str| config[key].as_str().unwrap_or_default().to_owned();
    let mut settings = Settings {
        local_host: text("localHost"),
        cluster_domain: text("clusterDomain"),
        reloader: super::pods::reloader_settings(&config["reloaderConfig"]),
        prometheus_base_image: text("prometheusDefaultBaseImage"),
        alertmanager_base_image: text("alertmanagerDefaultBaseImage"),
        thanos_base_image: text("thanosDefaultBaseImage"),
        labels: Option::deserialize(&config["labels"]).unwrap().unwrap_or_default(),
        annotations: Option::deserialize(&config["annotations"]).unwrap().unwrap_or_default(),
        ..Settings::default()
    };
    settings.gates.topology_sharding = parameters["prometheusTopologySharding"] == true;
    settings
}

fn names(value: &Value) -> Vec<String> {
    Option::deserialize(value).unwrap().unwrap_or_default()
}

/// Go writes some structures even if they are empty, and we do not write all of them. Nothing else is changed.
pub fn comparable(function: &str, got: Value, mut want: Value) -> (Value, Value) {
    if function == "makeStatefulSetSpec" {
        with_alertmanager_defaults(&mut want);
    }
    let mut pair = [got, want];
    for value in &mut pair {
        drop_zero_structures(value);
    }
    let [got, want] = pair;
    (got, want)
}

fn drop_zero_structures(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(drop_zero_structures);
            object.retain(|key, value| {
                !(key == "resources" && *value == json!({})) && !(key == "service" && value.is_null())
            });
            if let Some(Value::Object(key)) = object.get_mut("secretKeyRef") {
                key.retain(|_, value| *value != "");
            }
            if ["status", "loadBalancer"].iter().any(|key| object.contains_key(*key)) {
                object.retain(|key, _| key != "status");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(drop_zero_structures),
        _ => {}
    }
}

/// `prometheus-args`.
pub fn prometheus_arguments(_function: &str, input: &Value) -> Result<Value, String> {
    let prometheus: Prometheus = of(&input["prometheus"]);
    let version = Version::parse(prometheus.spec.common.version.as_deref().unwrap()).unwrap();
    let line = CommandLine::of(arguments::COMMON, &prometheus.spec.common, version, &mut Vec::new());
    let pair = |(name, value): (&str, Option<&str>)| match value {
        None => json!({ "name": name }),
        Some(value) => json!({ "name": name, "value": value }),
    };
    Ok(line.pairs().map(pair).collect())
}

/// `webconfig`.
pub fn web_config(function: &str, input: &Value) -> Result<Value, String> {
    let fields: WebConfigFileFields = of(&input["webConfigFileFields"]);
    let directory = input["parameters"]["mountingDir"].as_str().unwrap();
    if function.ends_with("CreateOrUpdateWebConfigSecret") {
        return Ok(web::config(Some(&fields), directory).into());
    }
    let mounted = web::mounted(
        Some(&fields),
        directory,
        input["parameters"]["secretName"].as_str().unwrap(),
    );
    Ok(json!({
        "argument": { "name": "web.config.file", "value": web::path(directory) },
        "volumes": mounted.volumes,
        "volumeMounts": mounted.mounts,
    }))
}

/// `prometheus-service`. The agent's Services have a name and a selector of their own and are otherwise the same.
pub fn prometheus_service(_function: &str, input: &Value) -> Result<Value, String> {
    let settings = settings(&input["parameters"]);
    let value = if input["prometheus"].is_object() {
        &input["prometheus"]
    } else {
        &input["prometheusAgent"]
    };
    let prometheus: Prometheus = of(value);
    let mut service = serde_json::to_value(service::governing(&[&prometheus], &settings)).unwrap();
    strip_type(&mut service);
    if input["prometheusAgent"].is_object() {
        service["metadata"]["name"] = "prometheus-agent-operated".into();
        service["spec"]["selector"]["app.kubernetes.io/name"] = "prometheus-agent".into();
        let owner = &mut service["metadata"]["ownerReferences"][0];
        owner["apiVersion"] = "monitoring.coreos.com/v1alpha1".into();
        owner["kind"] = "PrometheusAgent".into();
    }
    Ok(service)
}

fn strip_type(object: &mut Value) {
    let object = object.as_object_mut().unwrap();
    object.remove("apiVersion");
    object.remove("kind");
    object["metadata"].as_object_mut().unwrap().remove("namespace");
}

/// `prometheus-statefulset`.
pub fn prometheus_stateful_set(_function: &str, input: &Value) -> Result<Value, String> {
    let parameters = &input["parameters"];
    let prometheus: Prometheus = of(&input["prometheus"]);
    let version = prometheus.spec.common.version.as_deref();
    let rendered = statefulset::stateful_set(&statefulset::Input {
        prometheus: &prometheus,
        version: version.map_or(versions::PROMETHEUS, |version| Version::parse(version).unwrap()),
        settings: &settings(parameters),
        name: parameters["name"].as_str().unwrap(),
        shard: i32::try_from(parameters["shard"].as_i64().unwrap()).unwrap(),
        rule_config_maps: &names(&parameters["ruleConfigMapNames"]),
        tls_assets: &names(&parameters["tlsAssets"]["names"]),
        input_hash: parameters["inputHash"].as_str().unwrap_or_default(),
    });
    let rendered = rendered.map_err(|error| {
        format!(
            "{error}: {}",
            std::error::Error::source(&error)
                .map(ToString::to_string)
                .unwrap_or_default()
        )
    })?;
    let mut set = serde_json::to_value(rendered.stateful_set).unwrap();
    strip_type(&mut set);
    for claim in set["spec"]
        .get_mut("volumeClaimTemplates")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        strip_type(claim);
    }
    Ok(set)
}

/// `alertmanager-statefulset`.
pub fn alertmanager_stateful_set(function: &str, input: &Value) -> Result<Value, String> {
    let parameters = &input["parameters"];
    let alertmanager: Alertmanager = of(&input["alertmanager"]);
    let version = alertmanager.spec.version.as_deref();
    let rendered = alertmanager_statefulset::stateful_set(&alertmanager_statefulset::Input {
        alertmanager: &alertmanager,
        version: version.map_or(versions::ALERTMANAGER, |version| Version::parse(version).unwrap()),
        settings: &settings(parameters),
        tls_assets: &names(&parameters["tlsAssets"]["names"]),
        input_hash: parameters["inputHash"].as_str().unwrap_or_default(),
    });
    let rendered = rendered.map_err(|error| error.to_string())?;
    let mut set = serde_json::to_value(rendered.stateful_set).unwrap();
    strip_type(&mut set);
    for claim in set["spec"]
        .get_mut("volumeClaimTemplates")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        strip_type(claim);
    }
    Ok(if function == "makeStatefulSetSpec" {
        set["spec"].take()
    } else {
        set
    })
}

/// `alertmanager-service`.
pub fn alertmanager_service(_function: &str, input: &Value) -> Result<Value, String> {
    let alertmanager: Alertmanager = of(&input["alertmanager"]);
    let service = alertmanager_service::governing(&[&alertmanager], &settings(&input["parameters"]));
    let mut service = serde_json::to_value(service).unwrap();
    strip_type(&mut service);
    Ok(service)
}

/// `clustertlsconfig`.
pub fn cluster_tls(function: &str, input: &Value) -> Result<Value, String> {
    let alertmanager: Alertmanager = of(&input["alertmanager"]);
    let tls = alertmanager.spec.cluster_tls.as_deref();
    let directory = input["parameters"]["mountingDir"].as_str().unwrap();
    if function.ends_with("ClusterTLSConfiguration") {
        return Ok(cluster_tls::config(tls, directory).into());
    }
    let secret = operator::alertmanager::names::cluster_tls_config(alertmanager.metadata.name.as_deref().unwrap());
    let mounted = cluster_tls::mounted(tls, directory, &secret);
    Ok(json!({
        "argument": tls.map(|_| json!({ "name": "cluster.tls-config", "value": cluster_tls::path(directory) })),
        "volumes": mounted.volumes,
        "volumeMounts": mounted.mounts,
    }))
}

/// `makeStatefulSetSpec` is a part of the original that has no counterpart here: it gets the object before defaults are filled
/// in, and leaves the data volume to its caller. This fills in the same defaults behind it.
fn with_alertmanager_defaults(want: &mut Value) {
    let pod = &mut want["template"]["spec"];
    let container = &mut pod["containers"][0];
    for argument in container["args"].as_array_mut().unwrap() {
        if argument == "--data.retention" {
            *argument = "--data.retention=120h".into();
        }
    }
    container["ports"][0]["name"] = "web".into();
    for probe in ["livenessProbe", "readinessProbe"] {
        container[probe]["httpGet"]["port"] = "web".into();
    }
    container["resources"] = json!({ "requests": { "memory": "200Mi" } });
    let mut mounts = container["volumeMounts"].as_array().unwrap().iter();
    let data = mounts.find(|mount| mount["mountPath"] == "/alertmanager").unwrap()["name"].clone();
    pod["volumes"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "name": data, "emptyDir": {} }));
}

//! Every version gate of every table: that it is the one of the documentation of Prometheus, and that the file has the key
//! on one side of it and not on the other.

use formats::{
    version::{Gate, Range, Version},
    yaml::Yaml,
};
use serde_json::{Value, json};

use super::full_scrape_config::full_scrape_config;
use super::objects::Objects;
use crate::prometheus::config::gates;
use crate::prometheus::incremental::whole::Configuration;

/// What the tables must say: `part: key since[..until] …`.
const EXPECTED: &str = "\
global: scrape_protocols 2.49.0 body_size_limit 2.45.0
global limits: sample_limit 2.45.0 target_limit 2.45.0 label_limit 2.45.0 label_name_length_limit 2.45.0 label_value_length_limit 2.45.0 keep_dropped_targets 2.47.0
global options: scrape_failure_log_file 2.55.0 metric_name_validation_scheme 3.0.0 metric_name_escaping_scheme 3.4.0 convert_classic_histograms_to_nhcb 3.4.0 always_scrape_classic_histograms 3.5.0 scrape_native_histograms 3.8.0 extra_scrape_metrics 3.10.0
global of servers: rule_query_offset 2.53.0 query_log_file 2.16.0
runtime: gogc 2.53.0 log_level 3.15.0
head of a job: honor_timestamps 2.9.0 track_timestamps_staleness 2.48.0 follow_redirects 2.26.0 enable_http2 2.35.0
limits: target_limit 2.21.0 label_limit 2.27.0 label_name_length_limit 2.27.0 label_value_length_limit 2.27.0 keep_dropped_targets 2.47.0
native histograms: scrape_native_histograms 3.8.0 native_histogram_bucket_limit 2.45.0 native_histogram_min_bucket_factor 2.50.0 scrape_classic_histograms 2.45.0..3.0.0-rc.0 always_scrape_classic_histograms 3.0.0-rc.0 convert_classic_histograms_to_nhcb 3.0.0
formats: scrape_protocols 2.49.0 fallback_scrape_protocol 3.0.0 fallback_scrape_protocol 3.15.0
body size: body_size_limit 2.28.0
extra metrics: extra_scrape_metrics 3.10.0
http headers: http_headers 2.55.0
ServiceMonitor credentials: oauth2 2.27.0 authorization 2.26.0
PodMonitor credentials: oauth2 2.27.0
PodMonitor authorization: authorization 2.26.0
Probe head: honor_timestamps 2.9.0
Probe client: follow_redirects 2.26.0 enable_http2 2.35.0
Probe credentials: oauth2 2.27.0 authorization 2.26.0
kubernetes_sd server: authorization 2.26.0
kubernetes_sd options: attach_metadata 2.35.0 attach_metadata 2.37.0 selectors 2.17.0
attach_metadata: namespace 3.6.0
oauth2 proxy: proxy_url 2.43.0 no_proxy 2.43.0 proxy_from_environment 2.43.0 proxy_connect_header 2.43.0
oauth2 tls: tls_config 2.43.0
proxy: no_proxy 2.43.0 proxy_from_environment 2.43.0 proxy_connect_header 2.43.0
tls_config: min_version 2.35.0 max_version 2.41.0
sigv4: external_id 3.11.0 use_fips_sts_endpoint 2.54.0
exemplars: max_exemplars 2.29.0
tsdb: out_of_order_time_window 2.39.0 stale_series_compaction_threshold 3.10.0 chunk_encoding 3.13.0 retention 3.11.0
tsdb of agents: out_of_order_time_window 2.54.0 stale_series_compaction_threshold 3.10.0 chunk_encoding 3.13.0
alertmanager client: enable_http2 2.35.0
alertmanager: basic_auth 2.26.0 authorization 2.26.0 sigv4 2.48.0 api_version 2.11.0..3.0.0-rc.0 api_version 2.11.0 alert_relabel_configs 2.51.0
remote_write: headers 2.15.0 name 2.15.0 protobuf_message 2.54.0 send_exemplars 2.27.0 send_native_histograms 2.40.0 oauth2 2.27.0 authorization 2.26.0
remote_write options: sigv4 2.26.0 azuread 2.45.0 follow_redirects 2.26.0 enable_http2 2.35.0 metadata_config 2.23.0 round_robin_dns 3.1.0
azuread: oauth 2.48.0 sdk 2.52.0 workload_identity 3.7.0 scope 3.9.0
queue_config: min_shards 2.6.0 max_retries ..2.11.0 retry_on_http_429 2.26.0 sample_age_limit 2.50.0
metadata_config: max_samples_per_send 2.29.0
remote_read: headers 2.26.0 name 2.15.0 oauth2 2.27.0 authorization 2.26.0
remote_read options: follow_redirects 2.26.0 filter_external_labels 2.34.0
otlp: promote_resource_attributes 2.55.0 translation_strategy 3.0.0 keep_identifying_resource_attributes 3.1.0 convert_histograms_to_nhcb 3.4.0 promote_all_resource_attributes 3.5.0 ignore_resource_attributes 3.5.0 promote_scope_metadata 3.6.0 label_name_underscore_sanitization 3.8.0 label_name_preserve_multiple_underscores 3.8.0
ScrapeConfig head: honor_timestamps 2.9.0 track_timestamps_staleness 2.48.0 enable_compression 2.49.0 enable_http2 2.35.0
ScrapeConfig credentials: authorization 2.26.0 oauth2 2.27.0
ScrapeConfig discoveries: http_sd_configs 2.28.0 digitalocean_sd_configs 2.20.0 linode_sd_configs 2.28.0 dockerswarm_sd_configs 2.20.0 puppetdb_sd_configs 2.31.0 lightsail_sd_configs 2.27.0 ovhcloud_sd_configs 2.40.0 scaleway_sd_configs 2.26.0 ionos_sd_configs 2.36.0 oci_sd_configs 3.14.0
ScrapeConfig names: metric_name_validation_scheme 3.0.0 metric_name_escaping_scheme 3.4.0
discovery authorization: authorization 2.26.0
discovery oauth2: oauth2 2.27.0
discovery redirects: follow_redirects 2.26.0
discovery http2: enable_http2 2.35.0
kubernetes namespaces: own_namespace 2.33.0
kubernetes options: selectors 2.17.0 attach_metadata 2.35.0 attach_metadata 2.37.0 attach_metadata 3.6.0
consul: partition 2.40.0
dns: type 2.38.0 type 2.49.0
ec2: filters 2.3.0
ec2 client: follow_redirects 2.41.0 enable_http2 2.41.0 tls_config 2.41.0
azure: resource_group 2.35.0
azure client: follow_redirects 2.31.0 enable_http2 2.35.0 tls_config 2.31.0
kuma: client_id 2.50.0
docker: match_first_network 2.54.1
linode place: region 2.52.0
hetzner: label_selector 3.5.0
";

#[test]
fn gates_are_the_documented_ones() {
    let text = |gate: &Gate| {
        let since = gate.versions.since.map_or(String::new(), |since| since.to_string());
        let until = gate.versions.until.map_or(String::new(), |until| format!("..{until}"));
        format!(" {} {since}{until}", gate.key)
    };
    let lines: Vec<_> = gates()
        .into_iter()
        .map(|(name, gates)| format!("{name}:{}", gates.iter().map(text).collect::<String>()))
        .collect();
    for (ours, documented) in lines.iter().zip(EXPECTED.lines()) {
        assert_eq!(ours, documented);
    }
    assert_eq!(lines.len(), EXPECTED.lines().count());
}

/// Keys whose values other keys or flags carry on the other side of their gate, so that nothing is dropped.
const CARRIED: [&str; 4] = [
    "scrape_classic_histograms",
    "always_scrape_classic_histograms",
    "retention",
    "log_level",
];

#[test]
fn every_gate_holds_on_both_sides() {
    for (table, gates) in gates() {
        for Gate {
            key,
            versions: Range { since, until },
        } in gates
        {
            let name = format!("{table}: {key}");
            let rendered = |version, bound| rendered(version, bound, table.ends_with("of agents"));
            if let Some(since) = since {
                let (before, from) = (rendered(before(since), since), rendered(since, since));
                assert!(
                    count(&from.document, key) > count(&before.document, key),
                    "{name} from {since}"
                );
                // Without an OTLP section at all, a version refuses the object instead.
                let refused = table == "otlp" && since == Version::new(2, 55, 0);
                if !CARRIED.contains(&key) && !refused {
                    let told = before.dropped.iter().any(|dropped| dropped.field.key == key);
                    assert!(told, "{name} is left out before {since}, and nobody is told");
                }
            }
            if let Some(until) = until {
                let (before, from) = (rendered(before(until), until), rendered(until, until));
                assert!(
                    count(&from.document, key) < count(&before.document, key),
                    "{name} until {until}"
                );
            }
        }
    }
}

/// The last version before `bound`.
fn before(bound: Version) -> Version {
    match bound {
        Version { major: 3, minor: 0, .. } if bound.is_candidate() => Version::new(2, 999, 0),
        Version { major: 3, minor: 0, .. } => Version::candidate(3, 0, 0, 99),
        Version {
            major, minor, patch: 0, ..
        } => Version::new(major, minor - 1, 999),
        Version {
            major, minor, patch, ..
        } => Version::new(major, minor, patch - 1),
    }
}

/// How often a key is in a document.
fn count(document: &Yaml, key: &str) -> usize {
    match document {
        Yaml::Map(pairs) => pairs
            .iter()
            .map(|(name, value)| usize::from(name.as_str() == Some(key)) + count(value, key))
            .sum(),
        Yaml::Seq(items) | Yaml::Flow(items) => items.iter().map(|item| count(item, key)).sum(),
        _ => 0,
    }
}

/// The configuration of an object in which everything is set, for the gate at `bound`.
fn rendered(version: Version, bound: Version, agent: bool) -> Configuration {
    let mut spec = full_spec();
    // These exclude each other, or an old version as a whole.
    let excluded: &[&str] = if bound < Version::new(3, 5, 0) {
        &["promoteAllResourceAttributes", "ignoreResourceAttributes"]
    } else {
        &["promoteResourceAttributes"]
    };
    for key in excluded {
        spec["otlp"].as_object_mut().unwrap().remove(*key);
    }
    if version < Version::new(2, 55, 0) {
        spec["otlp"] = Value::Null;
    }
    let mut objects = Objects::new(spec)
        .with_service_monitor("all", &with_limits(json!({ "endpoints": [with_endpoint()] })))
        .with_pod_monitor("all", &with_limits(json!({ "podMetricsEndpoints": [with_endpoint()] })))
        .with_probe("all", &with_limits(with_endpoint()))
        .with_probe("newest", &json!({ "fallbackScrapeProtocol": "OpenMetricsText2.0.0" }))
        .with_scrape_config("all", &full_scrape_config());
    objects.agent = agent;
    objects.configuration(version).unwrap()
}

pub(super) fn merged(mut object: Value, more: Value) -> Value {
    let (Value::Object(target), Value::Object(more)) = (&mut object, more) else {
        panic!("two objects");
    };
    target.extend(more);
    object
}

pub(super) fn selector(key: &str) -> Value {
    json!({ "name": "login", "key": key })
}

pub(super) fn with_proxy(object: Value) -> Value {
    merged(
        object,
        json!({
            "proxyUrl": "http://proxy",
            "noProxy": "localhost",
            "proxyFromEnvironment": false,
            "proxyConnectHeader": { "X-Login": [selector("user")] },
        }),
    )
}

pub(super) fn with_client(object: Value) -> Value {
    let tls = json!({ "minVersion": "TLS12", "maxVersion": "TLS13" });
    let oauth2 = with_proxy(json!({
        "clientId": { "secret": selector("user") },
        "clientSecret": selector("password"),
        "tokenUrl": "http://token",
        "tlsConfig": tls,
    }));
    with_proxy(merged(
        object,
        json!({
            "basicAuth": { "username": selector("user"), "password": selector("password") },
            "authorization": { "credentials": selector("password") },
            "oauth2": oauth2,
            "tlsConfig": tls,
            "followRedirects": true,
            "enableHttp2": true,
            "enableHTTP2": true,
        }),
    ))
}

fn with_endpoint() -> Value {
    with_client(json!({
        "port": "http",
        "honorTimestamps": true,
        "trackTimestampsStaleness": true,
        "httpHeaders": { "X-Tenant": { "values": ["a"], "secrets": [selector("user")] } },
    }))
}

pub(super) fn with_limits(object: Value) -> Value {
    merged(
        object,
        json!({
            "selector": { "matchLabels": { "app": "all" } },
            "selectorMechanism": "RoleSelector",
            "attachMetadata": { "node": true, "namespace": true },
            "sampleLimit": 1, "targetLimit": 2, "labelLimit": 3, "labelNameLengthLimit": 4,
            "labelValueLengthLimit": 5, "keepDroppedTargets": 6, "bodySizeLimit": "7MB",
            "scrapeNativeHistograms": true, "scrapeClassicHistograms": true,
            "nativeHistogramBucketLimit": 8, "nativeHistogramMinBucketFactor": "1.5",
            "convertClassicHistogramsToNHCB": true, "extraScrapeMetrics": true,
            "scrapeProtocols": ["PrometheusProto"], "fallbackScrapeProtocol": "PrometheusText0.0.4",
        }),
    )
}

fn full_spec() -> Value {
    let sigv4 = json!({ "roleArn": "arn", "externalId": "id", "useFIPSSTSEndpoint": true });
    let alertmanager = |version: &str| {
        let more = json!({
            "name": "am", "port": "web", "apiVersion": version, "sigv4": sigv4,
            "alertRelabelings": [{ "action": "drop", "regex": "x" }],
        });
        with_client(more)
    };
    let server = with_client(json!({ "host": "https://kubernetes" }));
    json!({
        "scrapeProtocols": ["PrometheusProto"],
        "sampleLimit": 1, "targetLimit": 2, "labelLimit": 3, "labelNameLengthLimit": 4,
        "labelValueLengthLimit": 5, "keepDroppedTargets": 6, "bodySizeLimit": "7MB",
        "scrapeFailureLogFile": "failures", "queryLogFile": "queries", "ruleQueryOffset": "1m",
        "nameValidationScheme": "UTF8", "nameEscapingScheme": "Dots",
        "convertClassicHistogramsToNHCB": true, "scrapeClassicHistograms": true, "scrapeNativeHistograms": true,
        "extraScrapeMetrics": true, "logLevel": "debug", "runtime": { "goGC": 50 },
        "apiserverConfig": server,
        "exemplars": { "maxSize": 10 },
        "tsdb": {
            "outOfOrderTimeWindow": "5m",
            "staleSeriesCompactionThreshold": "500m",
            "chunkEncoding": { "floats": "Xor2" },
        },
        "alerting": { "alertmanagers": [alertmanager("V1"), alertmanager("V2")] },
        "remoteWrite": [full_remote_write(&sigv4)],
        "remoteRead": [with_client(json!({
            "url": "http://read", "headers": { "A": "b" }, "name": "read", "filterExternalLabels": true,
        }))],
        "otlp": {
            "promoteResourceAttributes": ["a"], "promoteAllResourceAttributes": true, "ignoreResourceAttributes": ["b"],
            "translationStrategy": "UnderscoreEscapingWithSuffixes", "keepIdentifyingResourceAttributes": true,
            "convertHistogramsToNHCB": true, "promoteScopeMetadata": true, "labelNameUnderscoreSanitization": true,
            "labelNamePreserveMultipleUnderscores": true,
        },
    })
}

fn full_remote_write(sigv4: &Value) -> Value {
    with_client(json!({
        "url": "http://write", "headers": { "A": "b" }, "name": "write", "messageVersion": "V1.0",
        "sendExemplars": true, "sendNativeHistograms": true, "enableHTTP2": true, "roundRobinDNS": true,
        "sigv4": sigv4,
        "azureAd": {
            "oauth": { "clientId": "c", "clientSecret": selector("password"), "tenantId": "t" },
            "sdk": { "tenantId": "t" },
            "workloadIdentity": { "clientId": "c", "tenantId": "t" },
            "scope": "s",
        },
        "queueConfig": { "minShards": 1, "maxRetries": 2, "retryOnRateLimit": true, "sampleAgeLimit": "1h" },
        "metadataConfig": { "send": true, "maxSamplesPerSend": 3 },
    }))
}

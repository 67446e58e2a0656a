//! How fast the `ServiceMonitor` objects of a large cluster are read, and how much memory they take: `cargo bench -p crds`.

use crds::ServiceMonitor;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use serde_json::{Value, json};

/// A large cluster.
const OBJECTS: usize = 5_000;

fn main() {
    print_memory();
    divan::main();
}

/// An endpoint of the application `number`, with basic authentication and five rules.
fn endpoint(number: usize, port: &str) -> Value {
    let credentials = |key: &str| json!({ "name": format!("app-{number}-metrics"), "key": key });
    let label = |source: &str, target: &str| {
        json!({
            "sourceLabels": [source],
            "targetLabel": target,
            "regex": "(.+)",
            "replacement": "$1",
            "action": "replace",
        })
    };
    let mut endpoint = json!({
        "port": port,
        "path": "/metrics",
        "interval": "30s",
        "scrapeTimeout": "10s",
        "basicAuth": { "username": credentials("username"), "password": credentials("password") },
        "relabelings": [
            label("__meta_kubernetes_pod_node_name", "node"),
            label("__meta_kubernetes_pod_label_app_kubernetes_io_version", "version"),
            label("__meta_kubernetes_namespace", "team"),
            { "sourceLabels": ["__meta_kubernetes_pod_phase"], "regex": "Pending|Succeeded|Failed", "action": "drop" },
            { "regex": "__meta_kubernetes_pod_label_(pod_template_hash|controller_revision_hash)", "action": "labeldrop" },
        ],
    });
    if number.is_multiple_of(5) {
        let authority = json!({ "secret": { "name": format!("app-{number}-tls"), "key": "ca.crt" } });
        endpoint["scheme"] = "https".into();
        endpoint["tlsConfig"] =
            json!({ "ca": authority, "serverName": format!("app-{number}.team-{}.svc", number % 100) });
    }
    endpoint
}

/// What the API server sends for a `ServiceMonitor`.
fn text(number: usize) -> String {
    let (name, namespace) = (format!("app-{number}"), format!("team-{}", number % 100));
    let object = json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": format!("7c2f4a1e-9d30-4b6f-8a55-{number:012}"),
            "resourceVersion": (1_000_000 + number).to_string(),
            "generation": 3,
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {
                "app.kubernetes.io/name": name,
                "app.kubernetes.io/part-of": namespace,
                "app.kubernetes.io/managed-by": "Helm",
                "release": "monitoring",
            },
            "annotations": {
                "meta.helm.sh/release-name": name,
                "meta.helm.sh/release-namespace": namespace,
            },
            "managedFields": [{
                "apiVersion": "monitoring.coreos.com/v1",
                "fieldsType": "FieldsV1",
                "fieldsV1": {
                    "f:metadata": {
                        "f:annotations": { "f:meta.helm.sh/release-name": {}, "f:meta.helm.sh/release-namespace": {} },
                        "f:labels": {
                            "f:app.kubernetes.io/name": {},
                            "f:app.kubernetes.io/part-of": {},
                            "f:app.kubernetes.io/managed-by": {},
                            "f:release": {},
                        },
                    },
                    "f:spec": {
                        "f:endpoints": {},
                        "f:jobLabel": {},
                        "f:namespaceSelector": { "f:matchNames": {} },
                        "f:selector": {},
                    },
                },
                "manager": "helm",
                "operation": "Update",
                "time": "2026-01-01T00:00:00Z",
            }],
        },
        "spec": {
            "jobLabel": "app.kubernetes.io/name",
            "selector": { "matchLabels": { "app.kubernetes.io/name": name, "monitored": "true" } },
            "namespaceSelector": { "matchNames": [namespace] },
            "endpoints": [endpoint(number, "http-metrics"), endpoint(number, "http-admin")],
        },
    });
    object.to_string()
}

fn decoded(text: &str) -> ServiceMonitor {
    serde_json::from_str(text).expect("a ServiceMonitor")
}

/// As from a watch, where an object is read in two steps so that a malformed one can be told.
fn read(text: &str) -> ServiceMonitor {
    let object: Value = serde_json::from_str(text).expect("JSON");
    crds::read(&object).expect("a ServiceMonitor")
}

/// The object without what the operator does not keep of it.
fn kept(mut object: ServiceMonitor) -> ServiceMonitor {
    object.metadata.managed_fields = None;
    object.metadata.annotations = None;
    object
}

/// Resident memory of the process in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or_default()
}

#[expect(clippy::print_stdout, reason = "the result of a measurement")]
fn print_memory() {
    let size = text(1).len();
    // What reading needs once and for all is not counted.
    divan::black_box(kept(read(&text(0))));
    let before = resident();
    let objects: Vec<ServiceMonitor> = (0..OBJECTS).map(|number| kept(read(&text(number)))).collect();
    let taken = resident().saturating_sub(before);
    println!("{OBJECTS} ServiceMonitors of {size} bytes of JSON take {taken} KiB of memory");
    divan::black_box(objects);
}

fn measure(bencher: Bencher<'_, '_>, one: fn(&str) -> ServiceMonitor) {
    let texts: Vec<String> = (0..OBJECTS).map(text).collect();
    let size: usize = texts.iter().map(String::len).sum();
    bencher
        .counter(BytesCount::new(size))
        .counter(ItemsCount::new(OBJECTS))
        .bench(|| texts.iter().map(|text| one(divan::black_box(text))).collect::<Vec<_>>());
}

#[divan::bench]
fn decode_text(bencher: Bencher<'_, '_>) {
    measure(bencher, decoded);
}

#[divan::bench]
fn read_as_from_a_watch(bencher: Bencher<'_, '_>) {
    measure(bencher, read);
}

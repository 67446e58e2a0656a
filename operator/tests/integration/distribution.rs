//! What users install, as it is: the rendered distributions that bring the original, with nothing changed but the names of
//! two images. The API server is of their own, and the operator runs with the flags and the permissions that they give it.
//!
//! The distributions are not part of this repository. They are read from `../shared/distributions` beside the checkout, or
//! from the folder in `DISTRIBUTIONS`; where there are none, the test says that it was skipped.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use operator::settings::images;
use serde_json::json;

use crate::support::{Manifests, Operator, OwnCluster, install_definitions, unreconciled};

/// What the original's images are called, with what is put in their place.
const IMAGES: [(&str, &str); 2] = [
    ("quay.io/prometheus-operator/prometheus-operator:", images::OPERATOR),
    (
        "quay.io/prometheus-operator/prometheus-config-reloader:",
        images::CONFIG_RELOADER,
    ),
];

/// Groups that the distributions use and a control plane alone does not have.
const ABSENT: [&str; 1] = ["cert-manager.io"];

/// The distributions: folders of files, and files by themselves.
fn distributions() -> Vec<PathBuf> {
    let root = match std::env::var_os("DISTRIBUTIONS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/distributions"),
    };
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        paths
    };
    let folders = entries(&root).into_iter().filter(|path| path.is_dir());
    folders
        .flat_map(|folder| match folder.file_name().and_then(|name| name.to_str()) {
            Some("kube-prometheus-stack") => entries(&folder),
            _ => vec![folder],
        })
        .collect()
}

/// The manifest with our images.
fn with_our_images(mut text: String) -> String {
    for (theirs, ours) in IMAGES {
        while let Some(start) = text.find(theirs) {
            let rest = &text[start + theirs.len()..];
            let tag = rest
                .find(|letter: char| letter.is_whitespace() || letter == '"')
                .unwrap_or(rest.len());
            text.replace_range(start..start + theirs.len() + tag, ours);
        }
    }
    text
}

/// The flags of the operator, and whom it is to the API server.
fn operator_of(manifests: &Manifests) -> (Vec<String>, String) {
    for deployment in manifests.of_kind("Deployment") {
        let pod = &deployment["spec"]["template"]["spec"];
        let containers = pod["containers"].as_array().expect("containers");
        if let Some(container) = containers
            .iter()
            .find(|container| container["image"] == images::OPERATOR)
        {
            let flags = serde_json::from_value(container["args"].clone()).expect("flags");
            let namespace = deployment["metadata"]["namespace"].as_str().expect("a namespace");
            let account = pod["serviceAccountName"].as_str().expect("a service account");
            return (flags, format!("system:serviceaccount:{namespace}:{account}"));
        }
    }
    panic!("there is no operator")
}

async fn make_namespace(cluster: &OwnCluster, name: &str) {
    let namespaces: Api<Namespace> = Api::all(cluster.client().await);
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    let applied = namespaces
        .patch(name, &PatchParams::apply("integration-test"), &Patch::Apply(&namespace))
        .await;
    applied.expect("a namespace");
}

async fn installed(distribution: &Path) {
    let manifests = Manifests::read(distribution, with_our_images);
    let (mut flags, user) = operator_of(&manifests);
    let cluster = OwnCluster::start();
    let client = cluster.client().await;
    install_definitions(&client).await;
    make_namespace(&cluster, "monitoring").await;
    manifests.apply(&client, "monitoring", &ABSENT).await;
    make_authorities(&client, &manifests).await;
    // The certificate of the distribution's own Secret is made by its Job, or by cert-manager, in pods.
    flags.extend(["--web.enable-tls=false".to_owned(), format!("--as={user}")]);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let operator = Operator::start_with(&cluster.kubeconfig, &flags);
    operator.ready().await;
    let unreconciled = unreconciled(&client, &manifests).await;
    assert_eq!(unreconciled, Vec::<String>::new(), "{}", distribution.display());
    operator.settled().await;
    let metrics = operator.metrics().await;
    assert_eq!(rejected(&metrics), Vec::<&str>::new(), "{}", distribution.display());
    assert_eq!(
        warnings(&operator.log()),
        Vec::<String>::new(),
        "{}",
        distribution.display()
    );
    // All rules of a distribution are for its one Prometheus; an agent evaluates none.
    let prometheuses = manifests.of_kind("Prometheus").count();
    let rules = manifests.of_kind("PrometheusRule").count() * prometheuses;
    let line = format!("resource=\"PrometheusRule\",state=\"selected\"}} {rules}");
    assert!(
        rules == 0 || metrics.contains(&line),
        "not all rules are in use: {}",
        distribution.display()
    );
}

/// Plays the Job, or cert-manager, that makes the certificate of the operator: the Secrets in which its `ServiceMonitor` finds
/// the authority.
async fn make_authorities(client: &Client, manifests: &Manifests) {
    for monitor in manifests.of_kind("ServiceMonitor") {
        for endpoint in monitor["spec"]["endpoints"].as_array().into_iter().flatten() {
            let wanted = &endpoint["tlsConfig"]["ca"]["secret"];
            let (Some(name), Some(key)) = (wanted["name"].as_str(), wanted["key"].as_str()) else {
                continue;
            };
            let made = rcgen::generate_simple_self_signed(["operator".to_owned()]).expect("a certificate");
            let secret = json!({
                "apiVersion": "v1", "kind": "Secret",
                "metadata": {"name": name, "namespace": monitor["metadata"]["namespace"]},
                "stringData": {key: made.cert.pem()},
            });
            Manifests::of(secret).apply(client, "monitoring", &[]).await;
        }
    }
}

/// Samples of objects that were left out.
pub(crate) fn rejected(metrics: &str) -> Vec<&str> {
    let lines = metrics
        .lines()
        .filter(|line| line.starts_with("prometheus_operator_managed_resources{"));
    lines
        .filter(|line| line.contains("state=\"rejected\"") && !line.ends_with(" 0"))
        .collect()
}

/// Lines of the log that somebody should look at. An API server that has just begun to serve a kind may end the first watch of
/// it as too old, which the operator answers by a new one.
pub(crate) fn warnings(log: &str) -> Vec<String> {
    let is_of_interest = |line: &&str| {
        ["level=warn", "level=error", "forbidden"]
            .iter()
            .any(|word| line.contains(word))
            && !line.contains("too old resource version")
    };
    log.lines().filter(is_of_interest).map(str::to_owned).collect()
}

#[tokio::test]
async fn distributions_run_with_nothing_changed_but_images() {
    let all = distributions();
    let skipped = if all.is_empty() {
        "skipped: there are no distributions (../shared/distributions or $DISTRIBUTIONS)\n"
    } else if std::env::var_os("KUBECONFIG").is_none() {
        "skipped: KUBECONFIG is not set, see e2e/test\n"
    } else {
        ""
    };
    // Not `eprintln`, which is shown of failed tests only.
    std::io::stderr()
        .write_all(skipped.as_bytes())
        .expect("standard error is open");
    if !skipped.is_empty() {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    for distribution in all {
        installed(&distribution).await;
    }
}

#[test]
fn nothing_but_images_is_changed() {
    let text = "image: quay.io/prometheus-operator/prometheus-operator:v0.93.1\n- \"--prometheus-config-reloader=quay.io/prometheus-operator/prometheus-config-reloader:v1\"\nimage: quay.io/thanos/thanos:v1\n";
    let expected = format!(
        "image: {}\n- \"--prometheus-config-reloader={}\"\nimage: quay.io/thanos/thanos:v1\n",
        images::OPERATOR,
        images::CONFIG_RELOADER
    );
    assert_eq!(with_our_images(text.to_owned()), expected);
}

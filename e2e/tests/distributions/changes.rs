//! What is changed in a distribution: the names of our images, as the guide says, and what a node without a registry asks for.
//! Pure.

use e2e::certificates::{Authority, Pair};
use e2e::fixtures::image;
use serde_json::{Value, json};

use crate::manifests::{Manifests, name};

/// What the original's reloader is called. The node has ours under this name, too, see `e2e/test`.
pub(crate) const THEIR_RELOADER: &str = "quay.io/prometheus-operator/prometheus-config-reloader:";

/// What the original's images are called, up to the tag, and ours.
const IMAGES: [(&str, &str); 3] = [
    ("quay.io/prometheus-operator/prometheus-operator:", "operator"),
    ("quay.io/prometheus-operator/admission-webhook:", "admission-webhook"),
    (THEIR_RELOADER, "config-reloader"),
];

/// Whose other images the node has.
const ON_THE_NODE: [&str; 2] = ["quay.io/brancz/kube-rbac-proxy:", "quay.io/thanos/thanos:"];

/// Whether the name of the reloader's image is changed as well.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reloader {
    /// It is ours.
    Ours,
    /// It is the original's for now.
    Theirs,
}

/// The distribution with our images, as this node can run it.
pub(crate) fn changed(mut manifests: Manifests, reloader: Reloader) -> Manifests {
    for object in &mut manifests.0 {
        rename_images(object, reloader);
        use_versions_of_the_node(object);
        ask_what_is_there(object);
    }
    manifests.0.retain(|object| !is_left_out(object));
    manifests
}

/// Puts the names of our images in the place of the original's, in any string.
fn rename_images(value: &mut Value, reloader: Reloader) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|field| rename_images(field, reloader)),
        Value::Array(elements) => elements.iter_mut().for_each(|element| rename_images(element, reloader)),
        Value::String(text) => {
            for (theirs, ours) in IMAGES {
                let is_kept = theirs == THEIR_RELOADER && reloader == Reloader::Theirs;
                if let Some(start) = text.find(theirs).filter(|_| !is_kept) {
                    text.replace_range(start.., &image(ours));
                }
            }
        }
        _ => {}
    }
}

/// The node has one version of Prometheus and Alertmanager, which is that by default.
fn use_versions_of_the_node(object: &mut Value) {
    if ["Prometheus", "PrometheusAgent", "Alertmanager"].contains(&object["kind"].as_str().unwrap_or_default())
        && let Some(spec) = object["spec"].as_object_mut()
    {
        spec.remove("image");
        spec.remove("version");
    }
}

/// The rendered ruler asks a Thanos Query that no chart brings, by an address that Thanos does not read: both `dns+` and
/// `http://`. Prometheus answers the same questions.
fn ask_what_is_there(object: &mut Value) {
    if object["kind"] == "ThanosRuler" {
        object["spec"]["queryEndpoints"] = json!(["dns+prometheus-operated:9090"]);
    }
}

/// Exporters and Grafana, whose images the node does not have, the Jobs that make certificates (see [`Certificates`]), the API
/// of the adapter, which would not answer, and objects of cert-manager, which is not there.
fn is_left_out(object: &Value) -> bool {
    let kind = object["kind"].as_str().unwrap_or_default();
    let version = object["apiVersion"].as_str().unwrap_or_default();
    if version.starts_with("cert-manager.io/") || kind == "APIService" {
        return true;
    }
    let containers = object["spec"]["template"]["spec"]["containers"].as_array();
    let has_image = |container: &Value| {
        let image = container["image"].as_str().unwrap_or_default();
        is_ours(image) || ON_THE_NODE.iter().any(|known| image.starts_with(known))
    };
    ["Deployment", "DaemonSet", "Job"].contains(&kind) && !containers.into_iter().flatten().all(has_image)
}

/// Whether this is an image of this project, under our name or that of the original.
pub(crate) fn is_ours(reference: &str) -> bool {
    IMAGES
        .iter()
        .any(|(theirs, ours)| reference == image(ours) || reference.starts_with(theirs))
}

/// Plays the chart's Jobs, or cert-manager: makes the certificate of the webhooks, and says who signed it.
pub(crate) struct Certificates {
    authority: String,
    pair: Pair,
}

impl Certificates {
    /// For the operator and the webhook of the chart.
    pub(crate) fn new(services: &[&str]) -> anyhow::Result<Self> {
        let authority = Authority::new("webhooks")?;
        let names: Vec<String> = services
            .iter()
            .flat_map(|service| [(*service).to_owned(), format!("{service}.{}.svc", crate::NAMESPACE)])
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(Self {
            pair: authority.signed_for(&names)?,
            authority: authority.certificate,
        })
    }

    /// The Secret by the keys of the Jobs and of cert-manager.
    pub(crate) fn secret(&self, name: &str) -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": name, "namespace": crate::NAMESPACE },
            "stringData": {
                "ca": self.authority, "cert": self.pair.certificate, "key": self.pair.key,
                "ca.crt": self.authority, "tls.crt": self.pair.certificate, "tls.key": self.pair.key,
            },
        })
    }

    /// Has the API server trust the authority.
    pub(crate) fn inject(&self, webhooks: &mut Manifests) {
        let bundle = k8s_openapi::ByteString(self.authority.clone().into_bytes());
        for webhook in webhooks
            .0
            .iter_mut()
            .filter_map(|object| object["webhooks"].as_array_mut())
            .flatten()
        {
            webhook["clientConfig"]["caBundle"] = json!(bundle);
        }
    }
}

/// The Deployment of the operator.
pub(crate) fn operator(manifests: &Manifests) -> Option<&Value> {
    let runs_it = |deployment: &&Value| {
        let containers = deployment["spec"]["template"]["spec"]["containers"].as_array();
        containers
            .into_iter()
            .flatten()
            .any(|container| container["image"] == image("operator"))
    };
    manifests.of_kind("Deployment").find(runs_it)
}

#[test]
fn nothing_but_names_of_images_is_changed_in_what_is_ours() {
    let deployment = |operator: &str, reloader: &str| {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "prometheus-operator" },
            "spec": { "template": { "spec": { "containers": [
                { "image": operator, "args": ["--a=b", format!("--prometheus-config-reloader={reloader}")] },
                { "image": "quay.io/brancz/kube-rbac-proxy:v1" },
            ] } } },
        })
    };
    let theirs = format!("{THEIR_RELOADER}v0.93.1");
    let original = deployment("quay.io/prometheus-operator/prometheus-operator:v0.93.1", &theirs);
    let exporter = json!({
        "kind": "DaemonSet", "spec": { "template": { "spec": { "containers": [{ "image": "quay.io/prometheus/node-exporter:v1" }] } } },
    });
    let manifests = Manifests(vec![original, exporter]);
    let both = changed(manifests.clone(), Reloader::Ours);
    assert_eq!(both.0, [deployment(&image("operator"), &image("config-reloader"))]);
    assert_eq!(operator(&both).map(name), Some("prometheus-operator"));
    let one = changed(manifests, Reloader::Theirs);
    assert_eq!(one.0, [deployment(&image("operator"), &theirs)]);
}

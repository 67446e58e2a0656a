//! What the tests of webhooks share: what the API server is told to ask, and certificates in files.

use std::net::TcpListener;
use std::path::PathBuf;

use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::{MutatingWebhookConfiguration, ValidatingWebhookConfiguration};
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use operator::admission::kinds::{ALWAYS, KINDS, ReviewedKind};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::{Value, json};

use crate::support::{Space, eventually, rule};

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

/// A `ValidatingWebhookConfiguration` and a `MutatingWebhookConfiguration` for the objects of one namespace.
pub(super) struct Door {
    pub(super) name: String,
    pub(super) url: String,
}

impl Door {
    /// The API server asks at `url` about rules and `AlertmanagerConfig`s, and trusts `authority`.
    pub(super) async fn create(space: &Space, url: &str, policy: &str, authority: Option<&str>) -> Self {
        let door = Self {
            name: format!("integration-{}", space.namespace),
            url: url.to_owned(),
        };
        let webhook =
            |name: &str, path: &str, kind: &ReviewedKind| door.webhook(space, name, path, kind, policy, authority);
        let validating: Vec<Value> = KINDS[..ALWAYS]
            .iter()
            .map(|kind| webhook(kind.plural, kind.path, kind))
            .collect();
        let mutating = [webhook("mutate", "/admission-prometheusrules/mutate", &KINDS[0])];
        door.apply(space, &validating, &mutating).await;
        door
    }

    fn webhook(
        &self,
        space: &Space,
        name: &str,
        path: &str,
        kind: &ReviewedKind,
        policy: &str,
        authority: Option<&str>,
    ) -> Value {
        let mut client = json!({ "url": format!("{}{path}", self.url) });
        if let Some(authority) = authority {
            client["caBundle"] = json!(ByteString(authority.as_bytes().to_vec()));
        }
        json!({
            "name": format!("{name}.integration.test"),
            "admissionReviewVersions": ["v1", "v1beta1"],
            "clientConfig": client,
            "failurePolicy": policy,
            "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": space.namespace } },
            "rules": [{
                "apiGroups": ["monitoring.coreos.com"], "apiVersions": kind.versions,
                "operations": ["CREATE", "UPDATE"], "resources": [kind.plural],
            }],
            "sideEffects": "None",
            "timeoutSeconds": 10,
        })
    }

    async fn apply(&self, space: &Space, validating: &[Value], mutating: &[Value]) {
        let object = |kind: &str, webhooks: &[Value]| {
            json!({
                "apiVersion": "admissionregistration.k8s.io/v1", "kind": kind,
                "metadata": { "name": self.name }, "webhooks": webhooks,
            })
        };
        let params = PatchParams::apply("integration-test").force();
        let api: Api<ValidatingWebhookConfiguration> = Api::all(space.client.clone());
        let object_of = object("ValidatingWebhookConfiguration", validating);
        api.patch(&self.name, &params, &Patch::Apply(object_of))
            .await
            .expect("validating");
        let api: Api<MutatingWebhookConfiguration> = Api::all(space.client.clone());
        let object_of = object("MutatingWebhookConfiguration", mutating);
        api.patch(&self.name, &params, &Patch::Apply(object_of))
            .await
            .expect("mutating");
    }

    /// The API server asks about every kind. Whom to trust it learns again.
    pub(super) async fn asks_about_all_kinds(&self, space: &Space) {
        let webhooks: Vec<Value> = (KINDS.iter())
            .map(|kind| self.webhook(space, kind.plural, kind.path, kind, "Fail", None))
            .collect();
        self.apply(space, &webhooks, &[]).await;
    }

    /// What becomes of objects while nobody answers.
    pub(super) async fn set_policy(&self, space: &Space, policy: &str) {
        let set = |count: usize| {
            let steps: Vec<Value> = (0..count)
                .map(|index| json!({ "op": "replace", "path": format!("/webhooks/{index}/failurePolicy"), "value": policy }))
                .collect();
            Patch::<()>::Json(serde_json::from_value(steps.into()).expect("a patch"))
        };
        let api: Api<ValidatingWebhookConfiguration> = Api::all(space.client.clone());
        api.patch(&self.name, &PatchParams::default(), &set(ALWAYS))
            .await
            .expect("validating");
        let api: Api<MutatingWebhookConfiguration> = Api::all(space.client.clone());
        api.patch(&self.name, &PatchParams::default(), &set(1))
            .await
            .expect("mutating");
    }

    /// Waits until the API server asks, and trusts who answers.
    pub(super) async fn asks(&self, space: &Space) {
        eventually("the webhooks are asked and answer", async || {
            let refused = space.try_apply(&rule("asked", "Asked", "sum(")).await.err()?;
            refused.to_string().contains("Rules are not valid").then_some(())
        })
        .await;
    }

    pub(super) async fn remove(&self, space: &Space) {
        let params = DeleteParams::default();
        let api: Api<ValidatingWebhookConfiguration> = Api::all(space.client.clone());
        api.delete(&self.name, &params).await.expect("it is there");
        let api: Api<MutatingWebhookConfiguration> = Api::all(space.client.clone());
        api.delete(&self.name, &params).await.expect("it is there");
    }
}

/// Certificates in files, of one authority.
pub(crate) struct Files {
    folder: tempfile::TempDir,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Files {
    pub(super) fn create() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("random numbers");
        let files = Self {
            folder: tempfile::tempdir().expect("a folder"),
            authority: CertifiedIssuer::self_signed(params, key).expect("a certificate"),
        };
        files.renew();
        files
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn authority_pem(&self) -> String {
        self.authority.pem()
    }

    /// Another certificate, put in the place of the last one at once, as a kubelet does.
    pub(super) fn renew(&self) {
        let key = KeyPair::generate().expect("random numbers");
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("an address");
        let certificate = params.signed_by(&key, &self.authority).expect("a certificate");
        let next = tempfile::tempdir_in(self.folder.path()).expect("a folder").keep();
        std::fs::write(next.join("tls.crt"), certificate.pem()).expect("ours");
        std::fs::write(next.join("tls.key"), key.serialize_pem()).expect("ours");
        for name in ["tls.crt", "tls.key"] {
            let link = self.path("link");
            std::os::unix::fs::symlink(next.join(name), &link).expect("ours");
            std::fs::rename(link, self.path(name)).expect("ours");
        }
    }

    /// The flags that name the files.
    pub(super) fn flags(&self) -> Vec<String> {
        vec![
            format!("--web.cert-file={}", self.path("tls.crt").display()),
            format!("--web.key-file={}", self.path("tls.key").display()),
            format!("--web.client-ca-file={}", self.path("none").display()),
        ]
    }
}

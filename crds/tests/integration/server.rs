//! Asks the API server what it thinks of an object, without storing it.

use super::table::{Row, Table};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, Error, ResourceExt,
    api::{ApiResource, DeleteParams, DynamicObject, Patch, PatchParams, PostParams},
    core::GroupVersionKind,
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, io::Write as _};

/// What is wrong with a field.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Cause {
    pub(crate) field: String,
    pub(crate) reason: String,
    pub(crate) message: String,
}

/// What the API server says of an object.
pub(crate) enum Verdict {
    /// The object as it would be stored.
    Accepted(Value),
    Refused(BTreeSet<Cause>),
    /// It could not be asked: the kind is not served, say.
    Failed(String),
}

/// An API server, and a namespace of our own on it.
pub(crate) struct Server {
    pub(crate) client: Client,
    namespace: String,
}

impl Server {
    /// `None` where there is no API server to test against.
    pub(crate) async fn connect() -> Option<Self> {
        if std::env::var_os("KUBECONFIG").is_none() {
            let ci = std::env::var("CI").as_deref() == Ok("true");
            assert!(!ci, "KUBECONFIG is not set: no API server to test against");
            // Not `eprintln`, which is shown of failed tests only.
            let said = std::io::stderr().write_all(b"skipped: KUBECONFIG is not set, see e2e/test\n");
            said.expect("standard error is open");
            return None;
        }
        rustls::crypto::ring::default_provider()
            .install_default()
            .expect("it is the first");
        let client = Client::try_default().await.expect("KUBECONFIG can be used");
        let mut namespace = Namespace::default();
        namespace.metadata.generate_name = Some("acceptance-".to_owned());
        let namespaces: Api<Namespace> = Api::all(client.clone());
        let created = namespaces.create(&PostParams::default(), &namespace).await;
        Some(Self {
            client,
            namespace: created.expect("a namespace can be created").name_any(),
        })
    }

    #[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
    fn api(&self, table: &Table) -> Api<DynamicObject> {
        let kind = GroupVersionKind::gvk("monitoring.coreos.com", &table.version, &table.kind);
        Api::namespaced_with(self.client.clone(), &self.namespace, &ApiResource::from_gvk(&kind))
    }

    /// Would it be created?
    pub(crate) async fn create(&self, table: &Table, object: &Value) -> Verdict {
        let params = PostParams {
            dry_run: true,
            ..PostParams::default()
        };
        let object = serde_json::from_value(object.clone()).expect("an object of Kubernetes");
        verdict(self.api(table).create(&params, &object).await)
    }

    /// Would it be created or, if the row is about the status, would the status of the stored object become this?
    pub(crate) async fn ask(&self, table: &Table, row: &Row) -> Verdict {
        if !row.of_status {
            return self.create(table, &row.object).await;
        }
        let params = PatchParams {
            dry_run: true,
            ..PatchParams::default()
        };
        let patch = Patch::Merge(json!({ "status": row.object["status"] }));
        verdict(self.api(table).patch_status(&stored(table), &params, &patch).await)
    }

    /// Stores an object of each kind, for the rows about its status.
    pub(crate) async fn store_objects(&self, tables: &[Table]) {
        for table in tables {
            let mut object = table.base.clone();
            object["metadata"]["name"] = stored(table).into();
            let object = serde_json::from_value(object).expect("an object of Kubernetes");
            let created = self.api(table).create(&PostParams::default(), &object).await;
            created.unwrap_or_else(|error| panic!("{}: {error}", table.kind));
        }
    }

    /// Removes what was stored.
    pub(crate) async fn remove_objects(&self, tables: &[Table]) {
        for table in tables {
            let deleted = self.api(table).delete(&stored(table), &DeleteParams::default()).await;
            deleted.unwrap_or_else(|error| panic!("{}: {error}", table.kind));
        }
    }

    /// Removes the namespace.
    pub(crate) async fn disconnect(self) {
        let namespaces: Api<Namespace> = Api::all(self.client);
        let deleted = namespaces.delete(&self.namespace, &DeleteParams::default()).await;
        deleted.expect("the namespace can be deleted");
    }
}

/// The name of the stored object, which differs between the versions of a kind.
fn stored(table: &Table) -> String {
    format!("stored-{}", table.version)
}

fn verdict(answer: kube::Result<DynamicObject>) -> Verdict {
    match answer {
        Ok(object) => {
            let mut object = serde_json::to_value(object).expect("plain data");
            object.as_object_mut().map(|fields| fields.shift_remove("metadata"));
            Verdict::Accepted(object)
        }
        Err(Error::Api(status)) if status.code == 422 => {
            let causes = status.details.into_iter().flat_map(|details| details.causes);
            let causes = causes.map(|cause| Cause {
                // What is said for the subresource `scale` starts with a dot.
                field: cause.field.strip_prefix('.').map_or(cause.field.clone(), str::to_owned),
                reason: cause.reason,
                message: cause.message,
            });
            // The API server says that it left out the rules because of the other causes.
            Verdict::Refused(causes.filter(|cause| cause.field != "<nil>").collect())
        }
        Err(error) => Verdict::Failed(error.to_string()),
    }
}

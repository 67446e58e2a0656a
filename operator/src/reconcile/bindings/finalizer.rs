//! The finalizer that keeps a workload from being gone before its entries are: set before the first entry is written, taken
//! away when the last one is removed.

use kube::{Client, Resource, ResourceExt};
use serde_json::{Value, json};

use super::writer::{Error, Part, patch};
use crate::api::Objects;
use crate::object::ObjectKey;
use crate::reconcile::Workload;

/// Its name, as the original's.
pub(crate) const FINALIZER: &str = "monitoring.coreos.com/status-cleanup";

/// The operations on an object that has these finalizers still, so that it has ours or has it not; `None` where it is so.
pub(super) fn operations(finalizers: &[String], wanted: bool) -> Option<[Value; 2]> {
    let position = finalizers.iter().position(|finalizer| finalizer == FINALIZER);
    let operation = match (position, wanted) {
        (Some(_), true) | (None, false) => return None,
        (None, true) if finalizers.is_empty() => {
            json!({"op": "add", "path": "/metadata/finalizers", "value": [FINALIZER]})
        }
        (None, true) => json!({"op": "add", "path": "/metadata/finalizers/-", "value": FINALIZER}),
        (Some(index), false) => json!({"op": "remove", "path": format!("/metadata/finalizers/{index}")}),
    };
    let seen = Some(finalizers).filter(|finalizers| !finalizers.is_empty());
    Some([
        json!({"op": "test", "path": "/metadata/finalizers", "value": seen}),
        operation,
    ])
}

/// Sets or removes the finalizer of `resource`, as it was seen. Fails where others have changed since; the next try sees them.
pub(super) async fn set<W: Workload>(client: &Client, resource: &W::Resource, wanted: bool) -> Result<(), Error> {
    let Some(operations) = operations(resource.finalizers(), wanted) else {
        return Ok(());
    };
    let key = ObjectKey::of(resource);
    let api: Objects<W::Resource> = Objects::in_namespace(client, &key.namespace);
    let test = json!({"op": "test", "path": "/metadata/uid", "value": resource.uid()});
    let kind = W::Resource::kind(&());
    match patch(&api, &kind, &key, Part::Object, test, operations.into()).await {
        Err(error) if error.is_absence() => Ok(()),
        outcome => outcome.map(drop),
    }
}

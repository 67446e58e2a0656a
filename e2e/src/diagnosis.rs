//! What a person needs to understand a failure: events, pods and the last lines of their logs. Content of Secrets is not
//! shown. Never fails: what cannot be had is said. It reads a namespace, which prints it when a test fails, so these two files
//! import each other.

use std::fmt::Write as _;

use k8s_openapi::api::core::v1::{ContainerStatus, Namespace as NamespaceObject, Pod};
use k8s_openapi::api::events::v1::Event;
use kube::api::{ListParams, LogParams};
use kube::{Api, Client, ResourceExt as _};

use crate::namespace::{Namespace, TEST_LABEL};

/// Lines of each container's log.
const LINES: i64 = 30;

/// Where one looks.
struct Place {
    client: Client,
    name: String,
}

/// Prints the state of the namespaces of a test, of which this is the first.
#[expect(clippy::print_stderr, reason = "it belongs to the output of the failing test")]
pub(crate) async fn print(namespace: &Namespace) {
    let label = format!("{TEST_LABEL}={}", namespace.name);
    let further = Api::<NamespaceObject>::all(namespace.client.clone())
        .list(&ListParams::default().labels(&label))
        .await;
    let further = further
        .into_iter()
        .flat_map(|further| further.items)
        .map(|object| object.name_any());
    for name in std::iter::once(namespace.name.clone()).chain(further) {
        let mut text = format!("== state of namespace {name}\n");
        let place = Place {
            client: namespace.client.clone(),
            name,
        };
        write_events(&place, &mut text).await;
        write_pods(&place, &mut text).await;
        eprintln!("{text}");
    }
}

impl Place {
    #[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
    fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), &self.name)
    }
}

async fn write_events(namespace: &Place, text: &mut String) {
    match namespace.api::<Event>().list(&ListParams::default()).await {
        Err(error) => _ = writeln!(text, "-- no events: {error}"),
        Ok(events) => {
            _ = writeln!(text, "-- events");
            for event in events {
                let regarding = event.regarding.unwrap_or_default();
                _ = writeln!(
                    text,
                    "{:8} {} {}: {}: {}",
                    event.type_.unwrap_or_default(),
                    regarding.kind.unwrap_or_default(),
                    regarding.name.unwrap_or_default(),
                    event.reason.unwrap_or_default(),
                    event.note.unwrap_or_default()
                );
            }
        }
    }
}

async fn write_pods(namespace: &Place, text: &mut String) {
    let pods = match namespace.api::<Pod>().list(&ListParams::default()).await {
        Ok(pods) => pods,
        Err(error) => {
            _ = writeln!(text, "-- no pods: {error}");
            return;
        }
    };
    for pod in pods {
        let name = pod.name_any();
        let status = pod.status.unwrap_or_default();
        _ = writeln!(text, "-- pod {name}: {}", status.phase.unwrap_or_default());
        let containers = status
            .init_container_statuses
            .into_iter()
            .chain(status.container_statuses);
        for container in containers.flatten() {
            write_container(namespace, &name, &container, text).await;
        }
    }
}

async fn write_container(namespace: &Place, pod: &str, status: &ContainerStatus, text: &mut String) {
    let state = serde_json::to_string(&status.state).unwrap_or_default();
    let (name, ready, restarts) = (&status.name, status.ready, status.restart_count);
    _ = writeln!(text, "   {name}: ready {ready}, restarts {restarts}, {state}");
    let parameters = LogParams {
        container: Some(name.clone()),
        tail_lines: Some(LINES),
        ..LogParams::default()
    };
    match namespace.api::<Pod>().logs(pod, &parameters).await {
        Ok(log) => log.lines().for_each(|line| _ = writeln!(text, "   | {line}")),
        Err(error) => _ = writeln!(text, "   no log: {error}"),
    }
}

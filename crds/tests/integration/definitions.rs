//! Installs definitions on the API server and knows when it works by them. Changes the cluster's definitions of our
//! group and nothing else.

use super::{
    server::{Server, Verdict},
    table::Table,
};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api,
    api::{Patch, PatchParams},
    runtime::wait::{await_condition, conditions::is_crd_established},
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// For whatever is awaited; far more than it takes.
const DEADLINE: Duration = Duration::from_mins(1);
/// Between two looks at what is awaited.
const LOOK: Duration = Duration::from_millis(20);
/// A field that is added to the definitions under test. The API server fills it in, and so says by which definitions
/// it works: it goes over to new ones some time after it has accepted them.
pub(crate) const MARK: &str = "definitionsUnderTest";

/// Adds the mark to every version of a definition.
pub(crate) fn marked(definition: &Value, mark: &str) -> Value {
    let mut definition = definition.clone();
    for version in definition["spec"]["versions"].as_array_mut().into_iter().flatten() {
        version["schema"]["openAPIV3Schema"]["properties"][MARK] = json!({ "type": "string", "default": mark });
    }
    definition
}

/// Applies definitions as `kubectl apply --server-side` does and waits until they are established and in force for the
/// kinds that they serve. `mark` is the one that they bear, if they bear one.
pub(crate) async fn install(server: &Server, definitions: &[Value], tables: &[Table], mark: Option<&str>) {
    let api: Api<CustomResourceDefinition> = Api::all(server.client.clone());
    // The name under which the other tests of the project apply them, so that each takes away what the other added.
    let params = PatchParams::apply("integration-test").force();
    let name = |definition: &Value| definition["metadata"]["name"].as_str().expect("a name").to_owned();
    for definition in definitions {
        let name = name(definition);
        let applied = api.patch(&name, &params, &Patch::Apply(definition)).await;
        applied.unwrap_or_else(|error| panic!("install {name}: {error}"));
    }
    for name in definitions.iter().map(name) {
        let established = timeout(DEADLINE, await_condition(api.clone(), &name, is_crd_established())).await;
        let established = established.unwrap_or_else(|_| panic!("{name} is not established within {DEADLINE:?}"));
        established.unwrap_or_else(|error| panic!("watch {name}: {error}"));
    }
    for table in tables.iter().filter(|table| is_served(definitions, table)) {
        let in_force = async {
            loop {
                let answer = server.create(table, &table.base).await;
                if matches!(&answer, Verdict::Accepted(object) if object[MARK].as_str() == mark) {
                    return;
                }
                sleep(LOOK).await;
            }
        };
        let in_force = timeout(DEADLINE, in_force).await;
        in_force.unwrap_or_else(|_| panic!("{}: {mark:?} is not in force within {DEADLINE:?}", table.kind));
    }
}

/// Whether there is a definition of the kind in the version of the table.
pub(crate) fn is_served(definitions: &[Value], table: &Table) -> bool {
    definitions.iter().any(|definition| {
        let versions = definition["spec"]["versions"].as_array();
        definition["spec"]["names"]["kind"] == table.kind
            && versions.is_some_and(|all| all.iter().any(|version| version["name"] == table.version))
    })
}

//! The parts that every container of the operator is made of. Pure.

use crds::ImagePullPolicy;
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, EnvVar, EnvVarSource, ObjectFieldSelector, ResourceRequirements,
    SecretKeySelector, SecurityContext,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// A container without any privilege, whose last log lines say why it ended.
pub fn hardened(name: &str, image: &str, pull_policy: Option<ImagePullPolicy>) -> Container {
    Container {
        name: name.to_owned(),
        image: (!image.is_empty()).then(|| image.to_owned()),
        image_pull_policy: pull_policy.map(|policy| policy.as_str().to_owned()),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            read_only_root_filesystem: Some(true),
            capabilities: Some(Capabilities {
                drop: Some(vec!["ALL".to_owned()]),
                ..Capabilities::default()
            }),
            ..SecurityContext::default()
        }),
        termination_message_policy: Some("FallbackToLogsOnError".to_owned()),
        ..Container::default()
    }
}

/// Memory requested for programs beside Prometheus where the user requests none.
const DEFAULT_MEMORY: &str = "200Mi";

/// The resources that the user gives, with a request of memory in any case.
pub fn resources(given: Option<&ResourceRequirements>) -> ResourceRequirements {
    let mut resources = given.cloned().unwrap_or_default();
    let requests = resources.requests.get_or_insert_default();
    (requests.entry("memory".to_owned())).or_insert_with(|| Quantity(DEFAULT_MEMORY.to_owned()));
    resources
}

/// A named TCP port.
pub fn tcp_port(name: &str, number: i32) -> ContainerPort {
    ContainerPort {
        name: Some(name.to_owned()),
        container_port: number,
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    }
}

/// An environment variable with a value.
pub fn variable(name: &str, value: String) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: Some(value),
        value_from: None,
    }
}

/// An environment variable with the value of a field of the pod, such as `metadata.name`.
pub fn variable_of_field(name: &str, path: &str) -> EnvVar {
    let field = ObjectFieldSelector {
        api_version: None,
        field_path: path.to_owned(),
    };
    EnvVar {
        name: name.to_owned(),
        value: None,
        value_from: Some(EnvVarSource {
            field_ref: Some(field),
            ..EnvVarSource::default()
        }),
    }
}

/// An environment variable with the value of a key of a Secret.
pub fn variable_of_secret(name: &str, key: &SecretKeySelector) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: None,
        value_from: Some(EnvVarSource {
            secret_key_ref: Some(key.clone()),
            ..EnvVarSource::default()
        }),
    }
}

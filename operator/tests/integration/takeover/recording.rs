//! A recorded StatefulSet of the original, and what must be known to put it into a cluster.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// What the rules are mounted from in the recordings.
const RECORDED_RULES: &str = "rules-configmap-one";

/// What the original has made of a custom resource.
pub(super) struct Original {
    pub(super) resource: Value,
    pub(super) stateful_set: Value,
    /// Names of the StatefulSet, of the governing Service, and of what the pods mount.
    pub(super) set: String,
    pub(super) service: String,
    pub(super) secrets: Vec<String>,
    pub(super) config_maps: Vec<String>,
    /// Flags of an operator with the recorded settings.
    pub(super) flags: Vec<String>,
}

/// How the objects of an area are called.
struct Naming {
    /// Key of the custom resource in the input.
    key: &'static str,
    prefix: &'static str,
    secrets: &'static [&'static str],
    /// How many `ConfigMap`s with rules the pods mount.
    rules: usize,
}

fn naming(area: &str) -> Naming {
    match area {
        "prometheus" => Naming {
            key: "prometheus",
            prefix: "prometheus",
            secrets: &["", "-web-config"],
            rules: 3,
        },
        "prometheusagent" => Naming {
            key: "prometheusAgent",
            prefix: "prom-agent",
            secrets: &["", "-web-config"],
            rules: 0,
        },
        "alertmanager" => Naming {
            key: "alertmanager",
            prefix: "alertmanager",
            secrets: &["-generated", "-web-config", "-cluster-tls-config"],
            rules: 0,
        },
        _ => Naming {
            key: "thanosRuler",
            prefix: "thanos-ruler",
            secrets: &["-config", "-web-config"],
            rules: 1,
        },
    }
}

/// The case of that area, for a cluster where it is in `namespace`.
pub(super) fn recording(area: &str, case: &str, namespace: &str) -> Option<Original> {
    let folder = root()?.join(format!("{area}-statefulset")).join(case);
    let (input, mut stateful_set) = (read(&folder.join("input.yaml")), read(&folder.join("expected.yaml")));
    let Naming {
        key,
        prefix,
        secrets,
        rules,
    } = naming(area);
    let (mut resource, config) = (input[key].clone(), &input["parameters"]["operatorConfig"]);
    let name = resource["metadata"]["name"]
        .as_str()
        .expect("a case with a name")
        .to_owned();
    let set = format!("{prefix}-{name}");
    let (mut secrets, rules): (Vec<_>, Vec<_>) = (
        secrets.iter().map(|suffix| format!("{set}{suffix}")).collect(),
        (0..rules).map(|number| format!("{set}-rulefiles-{number}")).collect(),
    );
    secrets.push(format!("{set}-tls-assets-0"));
    let recorded = resource["metadata"]["namespace"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    resource["metadata"]["namespace"] = namespace.into();
    // That of the recorded operator, which is not the default here.
    let version = match area {
        "prometheus" | "prometheusagent" => Some("v3.13.2"),
        "alertmanager" => Some("v0.33.1"),
        _ => None,
    };
    if let Some(version) = version.filter(|_| resource["spec"]["version"].is_null()) {
        resource["spec"]["version"] = version.into();
    }
    if area.starts_with("prometheus") {
        // Without any selector it is not managed.
        resource["spec"]["serviceMonitorSelector"] = json!({});
    }
    if area == "prometheus" {
        mount_rules(&mut stateful_set["spec"]["template"]["spec"]);
    }
    let defaults = [
        ("--eval-interval", "--eval-interval=15s".to_owned()),
        ("--tsdb.retention", "--tsdb.retention=24h".to_owned()),
        ("--query", "--query=".to_owned()),
        (
            &*format!("--cluster.label={recorded}/{name}"),
            format!("--cluster.label={namespace}/{name}"),
        ),
    ];
    complete(&mut stateful_set, &rules, &defaults, &format!("{set}-tls-assets-0"));
    stateful_set["metadata"]["name"] = set.as_str().into();
    stateful_set["metadata"]["namespace"] = namespace.into();
    stateful_set["status"] = Value::Null;
    let service = stateful_set["spec"]["serviceName"].as_str().expect("a name").to_owned();
    let reloader = &config["reloaderConfig"];
    let flag = |flag: &str, value: &Value| format!("--{flag}={}", value.as_str().unwrap_or_default());
    Some(Original {
        resource,
        stateful_set,
        set,
        service,
        secrets,
        // Without rules there is one; the others are mounted for the day when there are more.
        config_maps: rules.into_iter().take(1).collect(),
        flags: vec![
            flag("localhost", &config["localHost"]),
            flag("prometheus-config-reloader", &reloader["image"]),
            flag("config-reloader-cpu-request", &reloader["cpuRequests"]),
            flag("config-reloader-cpu-limit", &reloader["cpuLimits"]),
            flag("config-reloader-memory-request", &reloader["memoryRequests"]),
            flag("config-reloader-memory-limit", &reloader["memoryLimits"]),
        ],
    })
}

fn root() -> Option<PathBuf> {
    let root = match std::env::var_os("CORPUS") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
    };
    if root.is_dir() {
        return Some(root);
    }
    let ci = std::env::var("CI").as_deref() == Ok("true");
    assert!(!ci, "no recordings of the original in {}", root.display());
    // Not `eprintln`, which is shown of failed tests only.
    let said = std::io::stderr().write_all(b"skipped: no recordings of the original\n");
    said.expect("standard error is open");
    None
}

#[expect(clippy::disallowed_methods, reason = "nothing in these files is secret")]
fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Mounts rules where the recorded case has none, at the place where those stand that have some.
fn mount_rules(pod: &mut Value) {
    let is_named = |name: &'static str| move |item: &Value| item["name"] == name;
    if items(&mut pod["volumes"]).iter().any(is_named(RECORDED_RULES)) {
        return;
    }
    let volume = json!({"name": RECORDED_RULES, "configMap": {"name": RECORDED_RULES, "optional": true}});
    insert(&mut pod["volumes"], volume, is_named("web-config"));
    let path = format!("/etc/prometheus/rules/{RECORDED_RULES}");
    for list in ["containers", "initContainers"] {
        for container in items(&mut pod[list]) {
            let mut mount = json!({"name": RECORDED_RULES, "mountPath": path});
            if container["name"] == "prometheus" {
                mount["readOnly"] = true.into();
            } else {
                let argument = format!("--watched-dir={path}").into();
                insert(&mut container["args"], argument, |argument| {
                    *argument == "--watched-dir=/etc/prometheus/config"
                });
            }
            insert(&mut container["volumeMounts"], mount, is_named("web-config"));
        }
    }
}

/// Puts an item in front of another one, or at the end where there is no such.
fn insert(list: &mut Value, item: Value, is_next: impl Fn(&Value) -> bool) {
    let items = items(list);
    let place = items.iter().position(is_next).unwrap_or(items.len());
    items.insert(place, item);
}

fn items(list: &mut Value) -> &mut Vec<Value> {
    list.as_array_mut().expect("a list")
}

/// Fills in what the unit tests of the original leave out.
fn complete(value: &mut Value, rules: &[String], defaults: &[(&str, String)], tls_assets: &str) {
    match value {
        Value::String(text) => {
            if let Some((_, default)) = defaults.iter().find(|(argument, _)| argument == text) {
                text.clone_from(default);
            }
        }
        Value::Object(object) => {
            if object.get("name").is_some_and(|name| name == "tls-assets") && object.contains_key("projected") {
                object["projected"]["sources"] = json!([{"secret": {"name": tls_assets}}]);
            }
            if object.get("containerPort").is_some() && !object.contains_key("name") {
                object.insert("name".to_owned(), "web".into());
            }
            for (_, value) in object {
                complete(value, rules, defaults, tls_assets);
            }
        }
        Value::Array(items) => {
            let each = |item: Value| {
                let text = item.to_string();
                let with =
                    |name: &String| serde_json::from_str(&text.replace(RECORDED_RULES, name)).expect("as before");
                // The containers, which hold such items, are not repeated.
                if text.contains(RECORDED_RULES) && !text.contains("\"image\"") {
                    rules.iter().map(with).collect()
                } else {
                    vec![item]
                }
            };
            *items = std::mem::take(items).into_iter().flat_map(each).collect();
            for item in items {
                complete(item, rules, defaults, tls_assets);
            }
        }
        _ => {}
    }
}

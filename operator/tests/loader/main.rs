//! The rules of Prometheus' own loader, in a table (`rules.yaml`): each is checked by us, or by the schema, or nothing can
//! break it. The inputs of the checked ones are judged twice, by our checks, and by promtool where `$PROMTOOL` names it. So are
//! expressions that were made at random (`expressions`).

mod expressions;
#[expect(dead_code, reason = "suites that print a report need more of it")]
mod judge;
mod relabel;

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::Prometheus;
use formats::version::Version;
use formats::yaml::{self, Yaml};
use k8s_openapi::api::core::v1::Secret;
use operator::assets::Assets;
use operator::object::ObjectKey;
use operator::prometheus::config::{AdditionalConfigs, Input};
use operator::prometheus::incremental::whole;
use operator::prometheus::scrape_object::ScrapeObjects;
use operator::prometheus::{select, validate};
use operator::settings::Settings;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use judge::Judge;

/// The version that the table is of.
const NEWEST: Version = Version::new(3, 16, 0);
/// The oldest promtool that is asked.
const OLDEST: Version = Version::new(3, 13, 0);

/// A rule of the loader.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the words of the table")]
struct Rule {
    method: String,
    rule: String,
    checked: Option<BTreeMap<String, Value>>,
    /// Why the schema lets nothing through.
    schema: Option<String>,
    /// Why nothing leads there.
    impossible: Option<String>,
    /// The instance for which an object is checked.
    within: Option<Value>,
    /// What promtool is asked about where nothing is rendered.
    file: Option<String>,
    /// A neighbour that both take.
    loads: Option<BTreeMap<String, Value>>,
    /// First version that has the rule.
    since: Option<String>,
    /// Whether promtool does not know the rule.
    #[serde(default)]
    unasked: bool,
}

fn rules() -> Vec<Rule> {
    let tree = yaml::parse_strict(include_bytes!("rules.yaml")).expect("rules.yaml is YAML");
    serde_json::from_value(json(&tree)).expect("rules.yaml has the fields of a rule in each entry")
}

fn json(tree: &Yaml) -> Value {
    match tree {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => (*value).into(),
        Yaml::Int(value) => (*value).into(),
        Yaml::Seq(items) => items.iter().map(json).collect(),
        Yaml::Map(pairs) => {
            let pairs = pairs
                .iter()
                .map(|(key, value)| (key.words().expect("keys are scalars").into_owned(), json(value)));
            Value::Object(pairs.collect())
        }
        other => other.words().expect("nothing else is in rules.yaml").into(),
    }
}

impl Rule {
    /// Whether a version has it.
    fn is_of(&self, version: Version) -> bool {
        let since = self
            .since
            .as_deref()
            .map(|since| Version::parse(since).expect("a version"));
        since.is_none_or(|since| version >= since)
    }
}

/// An input of the table, complete, for a version.
struct Case {
    version: Version,
    prometheus: Prometheus,
    objects: ScrapeObjects,
    additional: BTreeMap<String, String>,
}

impl Case {
    fn new(input: &BTreeMap<String, Value>, within: Option<&Value>, version: Version) -> Self {
        let mut case = Self {
            version,
            prometheus: object("Prometheus", within.unwrap_or(&json!({}))),
            objects: ScrapeObjects::default(),
            additional: BTreeMap::new(),
        };
        let key = ObjectKey::new("web", "a");
        for (kind, spec) in input {
            match kind.as_str() {
                "prometheus" => case.prometheus = object("Prometheus", spec),
                "serviceMonitor" => {
                    let monitor = Arc::new(object("ServiceMonitor", spec));
                    case.objects.service_monitors.insert(key.clone(), monitor);
                }
                "podMonitor" => {
                    let monitor = Arc::new(object("PodMonitor", spec));
                    case.objects.pod_monitors.insert(key.clone(), monitor);
                }
                "probe" => {
                    case.objects.probes.insert(key.clone(), Arc::new(object("Probe", spec)));
                }
                "scrapeConfig" => {
                    let config = Arc::new(object("ScrapeConfig", spec));
                    case.objects.scrape_configs.insert(key.clone(), config);
                }
                field => {
                    let text = spec.as_str().expect("an additional configuration is a text");
                    case.additional.insert(field.to_owned(), text.to_owned());
                }
            }
        }
        case
    }

    fn with_input<T>(&self, read: impl FnOnce(&Input<'_>) -> T) -> T {
        let text = |field: &str| self.additional.get(field).map(String::as_str);
        read(&Input {
            instance: (&self.prometheus).into(),
            version: self.version,
            rule_config_maps: &[],
            additional: AdditionalConfigs {
                scrape_configs: text("additionalScrapeConfigs"),
                alert_relabel_configs: text("additionalAlertRelabelConfigs"),
                alertmanager_configs: text("additionalAlertManagerConfigs"),
            },
            assets: &assets(),
            settings: &Settings::default(),
        })
    }

    /// What our checks say.
    fn checked(&self) -> Result<(), String> {
        self.with_input(|input| {
            validate::check(&input.instance, self.version, input.assets).map_err(|error| error.to_string())?;
            let selection = select::validated(input.facts(), self.objects.clone(), input.assets);
            if let Some(rejection) = selection.rejections.first() {
                return Err(rejection.message.clone());
            }
            let rendered = whole::configuration(input, &self.objects);
            rendered.map(|_| ()).map_err(|error| error.to_string())
        })
    }

    /// The file, as if nothing had been checked.
    fn file(&self) -> String {
        let additional = |field: &str, text: &String| {
            let indented: String = text.lines().flat_map(|line| ["  ", line, "\n"]).collect();
            match field {
                "additionalScrapeConfigs" => format!("scrape_configs:\n{text}"),
                "additionalAlertRelabelConfigs" => format!("alerting:\n  alert_relabel_configs:\n{indented}"),
                _ => format!("alerting:\n  alertmanagers:\n{indented}"),
            }
        };
        if let Some((field, text)) = self.additional.first_key_value() {
            return additional(field, text);
        }
        self.with_input(|input| {
            let rendered = whole::configuration(input, &self.objects);
            yaml::to_string(&rendered.expect("it is rendered, or there is a `file`").document)
        })
    }
}

fn object<K: DeserializeOwned>(kind: &str, spec: &Value) -> K {
    let object = json!({ "kind": kind, "metadata": { "name": "a", "namespace": "web" }, "spec": spec });
    serde_json::from_value(object).unwrap_or_else(|error| panic!("{error}: {spec}"))
}

fn assets() -> Assets {
    let secret: Secret = serde_json::from_value(json!({
        "metadata": { "name": "login", "namespace": "web" },
        "stringData": { "user": "ada", "uuid": "00000000-0000-4000-8000-00000000000a" },
    }))
    .expect("a Secret");
    let mut assets = Assets::default();
    assets.insert_secret(secret);
    assets
}

#[test]
fn every_rule_is_checked_by_somebody() {
    for rule in rules() {
        let name = format!("{}: {}", rule.method, rule.rule);
        let ways = [rule.checked.is_some(), rule.schema.is_some(), rule.impossible.is_some()];
        assert_eq!(ways.iter().filter(|way| **way).count(), 1, "{name}");
        if let Some(input) = &rule.checked {
            assert!(
                Case::new(input, rule.within.as_ref(), NEWEST).checked().is_err(),
                "accepted: {name}"
            );
        }
        if let Some(input) = &rule.loads {
            assert_eq!(
                Case::new(input, rule.within.as_ref(), NEWEST).checked(),
                Ok(()),
                "{name}"
            );
        }
    }
}

#[test]
fn prometheus_says_the_same() {
    let Some(promtool) = Judge::find("PROMTOOL") else {
        return;
    };
    let version = promtool.version();
    assert!(version >= OLDEST, "the table begins with {OLDEST}");
    let version = version.min(NEWEST);
    let judge = |text: &str| promtool.judge(&["check", "config", "--syntax-only"], text);
    let mut faults = Vec::new();
    for rule in rules().into_iter().filter(|rule| rule.is_of(version)) {
        let name = format!("{}: {}", rule.method, rule.rule);
        if let Some(input) = rule.checked.as_ref().filter(|_| !rule.unasked) {
            let file = rule.file.clone();
            let file = file.unwrap_or_else(|| Case::new(input, rule.within.as_ref(), version).file());
            if judge(&file).is_ok() {
                faults.push(format!("{name}: promtool takes\n{file}"));
            }
        }
        if let Some(input) = &rule.loads {
            let file = Case::new(input, rule.within.as_ref(), version).file();
            if let Err(message) = judge(&file) {
                faults.push(format!("{name}: promtool refuses\n{file}\n{message}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

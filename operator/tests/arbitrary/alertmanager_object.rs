//! `AlertmanagerConfig`s of any shape, made from random numbers, and the file that they are added to.

use std::sync::LazyLock;

use crds::v1alpha1;
use formats::matcher::Mode;
use formats::yaml::Yaml;
use operator::alertmanager::config::base;
use operator::alertmanager::convert::Version;
use serde_json::{Value, json};

use crate::choices::Choices;
use crate::schema;

/// Most levels of child routes, which the schema leaves open.
const MOST_LEVELS: usize = 4;

/// A base with what receivers fall back on.
pub(crate) static BASE: LazyLock<Yaml> = LazyLock::new(|| {
    let text = "global: {smtp_smarthost: 'mail:25', smtp_from: a@b, slack_api_url: 'http://slack', opsgenie_api_key: k, \
                victorops_api_key: k, wechat_api_secret: s, wechat_api_corp_id: c}\n\
                route: {receiver: none}\nreceivers: [{name: none}]";
    base::checked(text.as_bytes(), None, Mode::Classic).expect("a configuration")
});

/// The schemas of the specification: first that of the version that is stored.
static SCHEMAS: LazyLock<[Value; 2]> = LazyLock::new(|| {
    let definitions = crds::full_custom_resource_definitions().into_iter();
    let mut definitions = definitions.filter(|definition| definition["spec"]["names"]["kind"] == "AlertmanagerConfig");
    let definition = definitions.next().expect("a definition");
    ["v1alpha1", "v1beta1"].map(|name| {
        let versions = definition["spec"]["versions"].as_array().expect("versions");
        let version = versions
            .iter()
            .find(|version| version["name"] == name)
            .expect("a version");
        version["schema"]["openAPIV3Schema"]["properties"]["spec"].clone()
    })
});

/// An object of a version, with what the choices make.
pub(crate) fn object(version: Version, choices: &mut Choices) -> Value {
    let (name, schema) = match version {
        Version::V1alpha1 => ("v1alpha1", &SCHEMAS[0]),
        Version::V1beta1 => ("v1beta1", &SCHEMAS[1]),
    };
    let mut spec = schema::value(schema, choices, 3, 0);
    spec["route"] = route(&schema["properties"]["route"], choices, 0);
    json!({
        "apiVersion": format!("monitoring.coreos.com/{name}"),
        "kind": "AlertmanagerConfig",
        "metadata": { "name": "own", "namespace": "web" },
        "spec": spec,
    })
}

fn route(schema: &Value, choices: &mut Choices, level: usize) -> Value {
    let mut route = schema::value(schema, choices, 2, 0);
    let fields = route.as_object_mut().expect("a route");
    fields.remove("routes");
    if level < MOST_LEVELS && choices.once_in(2) {
        let children = (0..=choices.below(2)).map(|_| self::route(schema, choices, level + 1));
        let children: Value = children.collect();
        fields.insert("routes".to_owned(), children);
    }
    route
}

/// The same with one receiver of one service, which every route names: few of the others have nothing wrong.
pub(crate) fn simple(name: &str, mut object: Value) -> Option<v1alpha1::AlertmanagerConfig> {
    fn lead(route: &mut Value) {
        let Some(fields) = route.as_object_mut() else { return };
        fields.insert("receiver".to_owned(), json!("duty"));
        fields.remove("muteTimeIntervals");
        fields.remove("activeTimeIntervals");
        for route in fields
            .get_mut("routes")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            lead(route);
        }
    }
    object["metadata"]["name"] = json!(name);
    lead(&mut object["spec"]["route"]);
    let receiver = object["spec"]["receivers"]
        .as_array()
        .and_then(|receivers| receivers.first());
    let mut services = receiver.and_then(Value::as_object).into_iter().flatten();
    let service = services.find_map(|(service, list)| Some((service, list.as_array()?.first()?)));
    object["spec"]["receivers"] = match service {
        Some((service, first)) => json!([{ "name": "duty", service: [first] }]),
        None => json!([{ "name": "duty" }]),
    };
    serde_json::from_value(object).ok()
}

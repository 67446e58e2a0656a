//! Areas of the corpus about the parts of pods: merged containers, command lines, images, the config-reloader.

use k8s_openapi::api::core::v1::Container;
use operator::pod::argument::{CommandLine, Value as Argument};
use operator::pod::image::Image;
use operator::pod::merge;
use operator::pod::reloader::{Reload, Reloader, Role, Shard};
use operator::settings;
use serde::Deserialize;
use serde_json::Value;

/// `k8s-merge`.
pub fn merge(_function: &str, input: &Value) -> Result<Value, String> {
    let containers = |key: &str| -> Vec<Container> { Option::deserialize(&input[key]).unwrap().unwrap_or_default() };
    let merged = merge::containers(containers("base"), &containers("patches")).map_err(|error| error.to_string())?;
    Ok(if merged.is_empty() {
        Value::Null
    } else {
        serde_json::to_value(merged).unwrap()
    })
}

/// `args-operator`.
pub fn arguments(function: &str, input: &Value) -> Result<Value, String> {
    let parameters = &input["parameters"];
    let text = |key: &str| parameters[key].as_str();
    if function.ends_with("BuildImagePath") {
        let image = Image {
            image: text("specImage"),
            sha: text("sha"),
            tag: text("tag"),
            base: text("baseImage").unwrap_or_default(),
            version: text("version").unwrap_or_default(),
        };
        let reference = image.reference().map_err(|error| error.to_string())?;
        return Ok(serde_json::json!({ "image": reference }));
    }
    let arguments =
        |key: &str| -> Vec<crds::Argument> { Option::deserialize(&parameters[key]).unwrap().unwrap_or_default() };
    let mut line = CommandLine::default();
    for argument in arguments("args") {
        line.push(
            &argument.name,
            argument
                .value
                .map_or(Argument::Bare, |value| Argument::Text(value.into())),
        );
    }
    let arguments = line
        .with(&arguments("additionalArgs"))
        .map_err(|error| error.to_string())?;
    Ok(arguments.into())
}

/// The config-reloader's settings as the corpus has them.
pub fn reloader_settings(config: &Value) -> settings::Reloader {
    let text = |key: &str| config[key].as_str().map(str::to_owned);
    settings::Reloader {
        image: text("image").unwrap_or_default(),
        cpu_request: text("cpuRequests"),
        cpu_limit: text("cpuLimits"),
        memory_request: text("memoryRequests"),
        memory_limit: text("memoryLimits"),
        probes: config["enableProbes"] == true,
    }
}

/// `config-reloader`.
pub fn reloader(_function: &str, input: &Value) -> Result<Value, String> {
    let parameters = &input["parameters"];
    let text = |key: &str| parameters[key].as_str();
    let number = |key: &str| parameters[key].as_i64().and_then(|number| i32::try_from(number).ok());
    let settings = reloader_settings(&parameters["config"]);
    let role = if parameters["initContainer"] == true {
        Role::Init
    } else {
        Role::Sidecar
    };
    let mut reloader = Reloader {
        pull_policy: Option::deserialize(&parameters["imagePullPolicy"]).unwrap(),
        listen_local: (parameters["listenLocal"] == true).then(|| text("localHost").unwrap()),
        web_config_file: text("webConfigFile"),
        reload: text("reloadURL").map(|url| Reload::Url(url.to_owned())),
        config_file: text("configFile"),
        expanded_file: text("configEnvsubstFile"),
        watched: Option::deserialize(&parameters["watchedDirectories"])
            .unwrap()
            .unwrap_or_default(),
        shard: Shard {
            number: number("shard"),
            zone: text("zone").map(str::to_owned),
            number_in_zone: number("inZoneShard"),
        },
        node_name: parameters["withNodeNameEnv"] == true,
        ..Reloader::new(&settings, role)
    };
    let mut extra = Vec::new();
    // The schema allows neither of these words; the corpus uses placeholders.
    for (key, flag) in [("logLevel", "--log-level="), ("logFormat", "--log-format=")] {
        extra.extend(text(key).map(|text| format!("{flag}{text}")));
    }
    reloader.log_level = None;
    let mut container = reloader.container();
    container.args.get_or_insert_default().extend(extra);
    Ok(serde_json::to_value(container).unwrap())
}

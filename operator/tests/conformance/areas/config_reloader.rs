//! The containers of the config-reloader.

use operator::pod::reloader::{Reload, Reloader, Role, Shard};

use super::objects::{self, compare, list};
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let parameters = &case.input()?["parameters"];
    let text = |key: &str| parameters[key].as_str();
    let settings = objects::reloader(&parameters["config"]);
    let role = if parameters["initContainer"] == true {
        Role::Init
    } else {
        Role::Sidecar
    };
    let number = parameters["shard"]
        .as_i64()
        .and_then(|number| i32::try_from(number).ok());
    let reloader = Reloader {
        pull_policy: objects::read(&parameters["imagePullPolicy"])?,
        listen_local: text("localHost").filter(|_| parameters["listenLocal"] == true),
        web_config_file: text("webConfigFile"),
        reload: text("reloadURL").map(|url| Reload::Url(url.to_owned())),
        config_file: text("configFile"),
        expanded_file: text("configEnvsubstFile"),
        watched: list(&parameters["watchedDirectories"])?,
        shard: Shard {
            number,
            zone: text("zone").map(str::to_owned),
            number_in_zone: None,
        },
        node_name: parameters["withNodeNameEnv"] == true,
        ..Reloader::new(&settings, role)
    };
    let mut container = reloader.container();
    // The recorded level and format are words that no schema allows, so they cannot be given to ours.
    for (key, flag) in [("logLevel", "--log-level="), ("logFormat", "--log-format=")] {
        let argument = text(key).map(|word| format!("{flag}{word}"));
        container.args.get_or_insert_default().extend(argument);
    }
    compare(case, Ok(serde_json::to_value(container)?), |_| {})
}

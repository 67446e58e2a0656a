//! Names of the objects that belong to a Thanos Ruler, and of the files in its containers. Pure.

/// Directory with a directory for each Secret that holds a configuration.
pub const CONFIG_DIRECTORY: &str = "/etc/thanos/config";
/// Directory of TLS files.
pub const TLS_ASSETS_DIRECTORY: &str = "/etc/thanos/certs";
/// Directory of the web configuration.
pub const WEB_CONFIG_DIRECTORY: &str = "/etc/thanos/web_config";
/// Directory with a directory of rule files for each ConfigMap.
pub const RULES_DIRECTORY: &str = "/etc/thanos/rules";
/// All rule files, as Thanos finds them.
pub const RULE_FILES_PATTERN: &str = "/etc/thanos/rules/*/*.yaml";
/// Directory of the data.
pub const STORAGE_DIRECTORY: &str = "/thanos/data";
/// Key of the Secret with the remote-write configuration, and name of the file.
pub const REMOTE_WRITE_FILE: &str = "remote-write.yaml";
/// Volume of that file, and name of its directory.
pub const REMOTE_WRITE_VOLUME: &str = "remote-write-config";
/// Label of the ConfigMaps with rule files, with the name of the Thanos Ruler.
pub const RULES_LABEL: &str = "thanos-ruler-name";

/// Name of the StatefulSet.
pub fn prefixed(name: &str) -> String {
    format!("thanos-ruler-{name}")
}

/// Name of the Secret with the remote-write configuration.
pub fn config(name: &str) -> String {
    format!("thanos-ruler-{name}-config")
}

/// Name of the Secrets with TLS assets, without their number.
pub fn tls_assets(name: &str) -> String {
    format!("thanos-ruler-{name}-tls-assets")
}

/// Name of the Secret with the web configuration.
pub fn web_config(name: &str) -> String {
    format!("thanos-ruler-{name}-web-config")
}

/// Name of the ConfigMaps with rule files, without their number.
pub fn rule_files(name: &str) -> String {
    format!("thanos-ruler-{name}-rulefiles")
}

/// Name of the volume with the data.
pub fn storage_volume(name: &str) -> String {
    format!("thanos-ruler-{name}-data")
}

//! What promtool is asked.

use std::path::PathBuf;
use std::process::Command;

use formats::version::Version;
use operator::prometheus::incremental::whole::Configuration;

use crate::program;
use crate::verdict::Failure;

/// What the config-reloader fills in, with values such as a pod has.
const VARIABLES: [(&str, &str); 5] = [
    ("$(POD_NAME)", "prometheus-main-0"),
    ("$(SHARD)", "0"),
    ("$(NODE_NAME)", "node-1"),
    ("$(TOPOLOGY_ZONE)", "zone-a"),
    ("$(INZONE_SHARD)", "0"),
];

/// All parts of `PromQL` under trial that promtool can be told to know.
const FEATURES: &str = "promql-experimental-functions,promql-duration-expr,promql-extended-range-selectors";

/// The program.
pub(crate) struct Promtool {
    path: PathBuf,
    /// Its version.
    pub(crate) version: Version,
}

impl Promtool {
    /// The program that `$PROMTOOL` names, if it runs.
    pub(crate) fn find() -> Option<Self> {
        let path = PathBuf::from(std::env::var_os("PROMTOOL")?);
        let output = Command::new(&path).arg("--version").output().ok()?;
        // `promtool, version 3.13.2 (branch: …`
        let text = String::from_utf8(output.stdout).ok()?;
        let version = text.split_whitespace().nth(2)?;
        Some(Self {
            version: Version::parse(version).ok()?,
            path,
        })
    }

    /// Whether Prometheus would load the configuration; if not, why. What other files hold is not looked at: there are none.
    pub(crate) fn check(&self, configuration: &Configuration, agent: bool) -> Result<Result<(), String>, Failure> {
        let mut text = formats::yaml::to_string(&configuration.document);
        for (variable, value) in VARIABLES {
            text = text.replace(variable, value);
        }
        let agent = agent.then_some("--agent");
        program::judge(
            &self.path,
            ["check", "config", "--syntax-only"].into_iter().chain(agent),
            &text,
        )
    }

    /// Whether Prometheus would load the rule file; if not, why. Fields that only Thanos knows may occur in it.
    pub(crate) fn check_rules(&self, file: &str) -> Result<Result<(), String>, Failure> {
        let features = format!("--enable-feature={FEATURES}");
        program::judge(
            &self.path,
            ["check", "rules", "--lint=none", "--ignore-unknown-fields", &features],
            file,
        )
    }
}

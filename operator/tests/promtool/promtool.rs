//! What promtool is asked.

use formats::version::Version;
use operator::prometheus::incremental::whole::Configuration;

use crate::judge::Judge;

/// All parts of `PromQL` under trial that promtool can be told to know.
const FEATURES: &str = "promql-experimental-functions,promql-duration-expr,promql-extended-range-selectors";

/// The program.
pub(crate) struct Promtool {
    judge: Judge,
    /// Its version.
    pub(crate) version: Version,
}

impl Promtool {
    /// The program that `$PROMTOOL` names.
    pub(crate) fn find() -> Option<Self> {
        let judge = Judge::find("PROMTOOL")?;
        Some(Self {
            version: judge.version(),
            judge,
        })
    }

    /// Whether Prometheus would load the configuration; if not, why. What other files hold is not looked at: there are none.
    pub(crate) fn check(&self, configuration: &Configuration, agent: bool) -> Result<(), String> {
        let text = formats::yaml::to_string(&configuration.document);
        let arguments: &[&str] = if agent {
            &["check", "config", "--syntax-only", "--agent"]
        } else {
            &["check", "config", "--syntax-only"]
        };
        self.judge.judge(arguments, &text)
    }

    /// Whether Prometheus would load the rule file; if not, why. Fields that only Thanos knows may occur in it.
    pub(crate) fn check_rules(&self, file: &str) -> Result<(), String> {
        let features = format!("--enable-feature={FEATURES}");
        let arguments = ["check", "rules", "--lint=none", "--ignore-unknown-fields", &features];
        self.judge.judge(&arguments, file)
    }
}

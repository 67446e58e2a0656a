//! `differences.yaml`: the cases that differ from the original on purpose, and those whose part is not there yet.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::case::Case;

/// The reviewed lists.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exceptions {
    /// Cases with an expectation of our own in `expected/<area>/<case>.yaml` (or `.error.txt`).
    pub(crate) differs: Vec<Difference>,
    /// Cases that need a part which is not there yet.
    pub(crate) pending: Vec<Pending>,
}

/// A case on which we differ on purpose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    area: String,
    case: String,
    /// Why ours is better.
    #[expect(dead_code, reason = "for readers of the list; its presence is checked")]
    reason: String,
}

/// Cases that may fail: of an area those that are named, or that use something, or that call a function; else all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pending {
    area: String,
    /// Names of cases.
    #[serde(default)]
    cases: Vec<String>,
    /// Path in the input, such as `probes` or `prometheus.spec.thanos`: cases where something is there.
    uses: Option<String>,
    /// `function` of `meta.yaml`.
    function: Option<String>,
    /// What is missing.
    #[expect(dead_code, reason = "for readers of the list; its presence is checked")]
    reason: String,
    /// The part of the project that brings it.
    #[expect(dead_code, reason = "for readers of the list; its presence is checked")]
    brought_by: String,
}

/// Reads the list beside this file.
pub(crate) fn read() -> Exceptions {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/differences.yaml");
    let text = std::fs::read(&path).expect("differences.yaml is part of the suite");
    let tree = formats::yaml::parse_strict(text).expect("differences.yaml is YAML");
    let value = crate::encoding::json(&tree).unwrap_or_else(|error| panic!("{}", error.0));
    serde_json::from_value(value).expect("differences.yaml has area, case and reason in each entry")
}

impl Exceptions {
    /// The difference that names a case.
    pub(crate) fn differs(&self, area: &str, case: &str) -> Option<&Difference> {
        self.differs
            .iter()
            .find(|entry| entry.area == area && entry.case == case)
    }

    /// The first entry that a case may fail by.
    pub(crate) fn pending(&self, case: &Case) -> Option<&Pending> {
        self.pending.iter().find(|entry| entry.covers(case))
    }
}

impl Difference {
    /// Area and case.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.area, self.case)
    }
}

impl Pending {
    /// Whether the entry is about this case.
    pub(crate) fn covers(&self, case: &Case) -> bool {
        self.area == case.area.name
            && (self.cases.is_empty() || self.cases.contains(&case.name))
            && self
                .uses
                .as_ref()
                .is_none_or(|path| case.input().is_ok_and(|input| is_set(&input, path)))
            && self
                .function
                .as_ref()
                .is_none_or(|name| case.meta().is_ok_and(|meta| meta["function"] == **name))
    }

    /// Whether each case is named.
    pub(crate) fn is_by_name(&self) -> bool {
        !self.cases.is_empty()
    }

    /// What the entry covers.
    pub(crate) fn name(&self) -> String {
        let conditions = [self.uses.as_deref(), self.function.as_deref()];
        let conditions = conditions
            .into_iter()
            .flatten()
            .chain(self.cases.iter().map(String::as_str));
        format!("{}: {}", self.area, conditions.collect::<Vec<_>>().join(", "))
    }

    /// The named cases that `cases` does not hold.
    pub(crate) fn unknown<'a>(&'a self, cases: &'a [Case]) -> impl Iterator<Item = String> + 'a {
        let known = move |name: &String| {
            cases
                .iter()
                .any(|case| case.area.name == self.area && case.name == *name)
        };
        self.cases
            .iter()
            .filter(move |name| !known(name))
            .map(|name| format!("{}/{name}", self.area))
    }
}

/// Whether something other than an empty list or mapping is at `path`.
fn is_set(input: &Value, path: &str) -> bool {
    match path.split('.').try_fold(input, |value, key| value.get(key)) {
        None | Some(Value::Null) => false,
        Some(Value::Object(value)) => !value.is_empty(),
        Some(Value::Array(value)) => !value.is_empty(),
        Some(_) => true,
    }
}

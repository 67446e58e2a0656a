//! `PrometheusRule`s as rule files: fields that the version does not know are left out, the rest is checked and written.
//! Pure, but for [`fetch`].

mod cache;
mod check;
mod config_map;
mod enforce;
pub mod fetch;
mod sanitise;
mod serialise;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{
    MonitoringResource, ObjectReference, PrometheusRule, PrometheusRuleExcludeConfig, PrometheusSpec, RuleGroup,
    ThanosRulerSpec,
};
use formats::gzip;
use formats::label::Scheme;
use formats::promql::{Edition, Options};
use formats::version::{Dropped, Version};
use k8s_openapi::api::core::v1::ConfigMap;

use crate::check::caps::TooManyBytes;
use crate::check::feature;
use crate::check::name_scheme::{self, NameSchemes};
use crate::object::{ByKey, ConfigKind, LeftOut, ObjectKey, Rejection};
use crate::pod::sharded_secret;
use crate::settings::{Caps, Settings};

pub use cache::RuleFileCache;
pub use check::RuleError;
pub use config_map::{MOUNTED, Places, config_map_names, config_maps, places};

/// Most bytes of one rule file, and of all files in one `ConfigMap`: half of what the API server takes.
pub const MAX_SIZE: usize = 512 * 1024;

/// First version of Thanos that takes any names of labels and metrics.
const THANOS_UTF8: Version = Version::new(0, 38, 0);

/// The program that evaluates the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Component {
    /// A Prometheus server.
    Prometheus,
    /// A Thanos Ruler.
    Thanos,
}

/// What rule files are written for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTarget {
    component: Component,
    version: Version,
    /// Which names of labels and metrics it takes.
    scheme: Scheme,
    /// Parts of `PromQL` that are enabled in the component.
    options: Options,
    /// Whether files that are too large may be compressed.
    compresses: bool,
    /// How large files may be, and how much a namespace may have of them.
    caps: Caps,
    /// Whether what is bound to its namespace may call nothing that is not.
    is_strict: bool,
    enforcement: Option<Enforcement>,
}

/// The label that binds rules to the namespace of their object.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Enforcement {
    label: Box<str>,
    excluded: Exclusions,
}

/// Objects whose rules are not bound to their namespace: namespace and name; any name where there is none.
type Exclusions = Vec<(Box<str>, Option<Box<str>>)>;

impl RuleTarget {
    /// A `component` of `version` that enforces nothing.
    pub fn new(component: Component, version: Version) -> Self {
        Self {
            component,
            version,
            scheme: match component {
                Component::Prometheus => name_scheme::of_version(version),
                Component::Thanos if version >= THANOS_UTF8 => Scheme::Utf8,
                Component::Thanos => Scheme::Legacy,
            },
            options: Options {
                edition: match component {
                    Component::Prometheus => Edition::of(version),
                    // Its parser is that of Prometheus 3.9.
                    Component::Thanos => Edition::default(),
                },
                ..Options::default()
            },
            compresses: false,
            caps: Caps::default(),
            is_strict: false,
            enforcement: None,
        }
    }

    /// The same with the parts of `PromQL` that are enabled in the component. The edition stays that of its version.
    #[must_use]
    pub fn with_options(self, options: Options) -> Self {
        let edition = self.options.edition;
        Self {
            options: Options { edition, ..options },
            ..self
        }
    }

    /// The same with names of labels and metrics by `scheme`, whatever the version says.
    #[must_use]
    pub fn with_scheme(self, scheme: Scheme) -> Self {
        Self { scheme, ..self }
    }

    /// The server of `spec`.
    pub fn prometheus(spec: &PrometheusSpec, version: Version) -> Self {
        let common = &spec.common;
        let target = Self::new(Component::Prometheus, version);
        // Schemes that exclude each other fail the instance.
        let scheme = name_scheme::scheme(version, common.into(), NameSchemes::NONE).unwrap_or(target.scheme);
        Self { scheme, ..target }
            .with_options(options(&common.enable_features))
            .enforcing(
                common.enforced_namespace_label.as_deref(),
                &common.excluded_from_enforcement,
                &spec.prometheus_rules_excluded_from_enforce,
            )
    }

    /// The Thanos Ruler of `spec`.
    pub fn thanos_ruler(spec: &ThanosRulerSpec, version: Version) -> Self {
        // Before, it has no features to enable.
        let features = if version >= Version::new(0, 39, 0) {
            &*spec.enable_features
        } else {
            &[]
        };
        Self::new(Component::Thanos, version)
            .with_options(options(features))
            .enforcing(
                spec.enforced_namespace_label.as_deref(),
                &spec.excluded_from_enforcement,
                &spec.prometheus_rules_excluded_from_enforce,
            )
    }

    /// The same, with rules bound to their namespaces where there is a label for it, but for those that are excluded.
    fn enforcing(
        self,
        label: Option<&str>,
        excluded: &[ObjectReference],
        excluded_rules: &[PrometheusRuleExcludeConfig],
    ) -> Self {
        let label = label.unwrap_or_default();
        let excluded = (excluded.iter())
            .filter(|excluded| excluded.resource == MonitoringResource::PrometheusRules)
            .map(|excluded| {
                (
                    excluded.namespace.clone(),
                    excluded.name.clone().filter(|name| !name.is_empty()),
                )
            });
        let excluded_rules =
            (excluded_rules.iter()).map(|excluded| (excluded.rule_namespace.clone(), Some(excluded.rule_name.clone())));
        Self {
            enforcement: (!label.is_empty()).then(|| Enforcement {
                label: label.into(),
                excluded: excluded.chain(excluded_rules).collect(),
            }),
            ..self
        }
    }

    /// The same with what the operator's flags say of rules. Only Prometheus has files unpacked.
    #[must_use]
    pub fn with_settings(self, settings: &Settings) -> Self {
        Self {
            compresses: settings.large_rules_compressed && self.component == Component::Prometheus,
            caps: settings.caps,
            is_strict: settings.tenancy.binds_templates,
            ..self
        }
    }

    /// Whether a file of `size` bytes can be handed on.
    fn fits(&self, size: usize) -> Result<(), Error> {
        let most = self.caps.bytes_per_object;
        if size > most {
            return Err(Error::TooManyBytes(TooManyBytes { most }));
        }
        if size > MAX_SIZE && !self.compresses {
            return Err(Error::TooLarge {
                size,
                compressible: self.component == Component::Prometheus,
            });
        }
        Ok(())
    }

    /// The label that binds the rules of `object` to its namespace.
    fn enforced_label(&self, object: &ObjectKey) -> Option<&str> {
        let excludes = |(namespace, name): &(Box<str>, Option<Box<str>>)| {
            **namespace == *object.namespace && name.as_ref().is_none_or(|name| **name == *object.name)
        };
        let enforcement = self.enforcement.as_ref()?;
        (!enforcement.excluded.iter().any(excludes)).then_some(&*enforcement.label)
    }
}

/// The parts of `PromQL` that a program knows with `--enable-feature`.
pub fn options(features: &[Box<str>]) -> Options {
    let enables = |name: &str| feature::is_enabled(features, name);
    Options {
        edition: Edition::default(),
        experimental_functions: enables("promql-experimental-functions"),
        duration_expressions: enables("promql-duration-expr"),
        extended_range_selectors: enables("promql-extended-range-selectors"),
        fill_modifiers: enables("promql-binop-fill-modifiers"),
        unquoted_utf8_names: enables("promql-unquoted-utf8-names"),
    }
}

/// The content of a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The text.
    Text(Arc<str>),
    /// The text, compressed.
    Gzip(Arc<[u8]>),
}

impl Content {
    /// Bytes in a `ConfigMap`.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Gzip(bytes) => bytes.len(),
        }
    }
}

/// The rule files of all objects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleFiles {
    /// Content by file name.
    pub files: BTreeMap<String, Content>,
    /// Fields that were left out because the version does not know them.
    pub dropped: Vec<(ObjectKey, Dropped)>,
    /// How many objects they come from.
    pub objects: usize,
}

/// An object whose rules are not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A rule that the component would refuse, with the whole file.
    #[error(transparent)]
    Rule(RuleError),
    /// More than comes of any honest object.
    #[error(transparent)]
    TooManyBytes(TooManyBytes),
    /// More than fits into a `ConfigMap`.
    #[error("the rule file has {size} bytes, and a ConfigMap has room for {MAX_SIZE}: divide the object{}",
        if *.compressible { ", or start the operator with --compress-large-rules" } else { "" })]
    TooLarge {
        /// Bytes of the file.
        size: usize,
        /// Whether the component could read it compressed.
        compressible: bool,
    },
    /// More than fits into a `ConfigMap`, even compressed.
    #[error(
        "the rule file has {size} bytes when it is compressed, and a ConfigMap has room for {}: divide the object",
        sharded_secret::LIMIT
    )]
    TooLargeCompressed {
        /// Bytes of the compressed file.
        size: usize,
    },
}

impl RuleFiles {
    fn add(&mut self, object: &ObjectKey, mut name: String, content: &Content, dropped: &[Dropped]) {
        if matches!(content, Content::Gzip(_)) {
            name = format!("{}.rules.yaml.gz", name.trim_end_matches(".yaml"));
        }
        self.files.insert(name, content.clone());
        let dropped = dropped.iter().cloned().map(|dropped| (object.clone(), dropped));
        self.dropped.extend(dropped);
        self.objects += 1;
    }
}

/// The file of one object, and the fields that were left out.
pub fn rule_file(target: &RuleTarget, rule: &PrometheusRule) -> Result<(String, Vec<Dropped>), Error> {
    let groups = bound(target, rule).map_err(Error::Rule)?;
    let (groups, dropped) = sanitise::sanitised(target, groups);
    let content = serialise::file(&groups);
    target.fits(content.len())?;
    check::check(&groups, target.scheme, target.options).map_err(Error::Rule)?;
    Ok((content, dropped))
}

/// Something for which the rules of an object are not loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The group or rule, as a path from the object on.
    pub path: String,
    /// What is wrong; in the words of the rejection.
    pub error: Error,
}

/// Everything for which `target` would not load the rules of an object; the first is what [`rule_file`] says.
pub fn refusals(target: &RuleTarget, rule: &PrometheusRule) -> Vec<Refusal> {
    let of_object = |error| Refusal {
        path: "spec.groups".to_owned(),
        error,
    };
    let groups = match bound(target, rule) {
        Ok(groups) => sanitise::sanitised(target, groups).0,
        Err(error) => return vec![of_object(Error::Rule(error))],
    };
    let text = serialise::file(&groups);
    if let Err(error) = target.fits(text.len()).and_then(|()| stored(text)) {
        return vec![of_object(error)];
    }
    check::errors(&groups, target.scheme, target.options)
        .map(|(place, error)| Refusal {
            path: place.to_string(),
            error: Error::Rule(error),
        })
        .collect()
}

/// The text of a file as a `ConfigMap` holds it.
fn stored(text: String) -> Result<Content, Error> {
    if text.len() <= MAX_SIZE {
        return Ok(Content::Text(text.into()));
    }
    let packed = gzip::compress(text.as_bytes());
    let size = packed.len();
    if size > sharded_secret::LIMIT {
        return Err(Error::TooLargeCompressed { size });
    }
    Ok(Content::Gzip(packed.into()))
}

/// The groups of an object, bound to its namespace where the target asks for it.
pub fn bound(target: &RuleTarget, rule: &PrometheusRule) -> Result<Vec<RuleGroup>, RuleError> {
    let mut groups = rule.spec.groups.to_vec();
    let object = ObjectKey::of(rule);
    if let Some(label) = target.enforced_label(&object) {
        if target.is_strict {
            enforce::check_bindable(&groups, target.options)?;
        }
        enforce::enforce(&mut groups, label, &object.namespace, target.options)?;
    }
    Ok(groups)
}

/// Takes objects from the others, and gives their rejections.
pub fn leave_out(rules: &mut ByKey<PrometheusRule>, left_out: &LeftOut) -> Vec<Rejection> {
    let of_rules = left_out
        .iter()
        .filter(|((kind, _), _)| *kind == ConfigKind::PrometheusRule);
    let rejection = |((kind, key), message): (&(ConfigKind, ObjectKey), &String)| {
        let rule = rules.remove(key)?;
        Some(Rejection {
            kind: *kind,
            object: key.clone(),
            uid: rule.metadata.uid.clone(),
            message: message.clone(),
        })
    };
    of_rules.filter_map(rejection).collect()
}

/// The rule files in these `ConfigMap`s, unpacked, with their names.
pub fn texts(config_maps: &[ConfigMap]) -> Vec<(String, Vec<u8>)> {
    let texts = config_maps.iter().flat_map(|map| map.data.iter().flatten());
    let texts = texts.map(|(name, text)| (name.clone(), text.clone().into_bytes()));
    let packed = config_maps.iter().flat_map(|map| map.binary_data.iter().flatten());
    let unpacked = packed.map(|(name, packed)| {
        let text = gzip::decompress(&*packed.0, u64::MAX).unwrap_or_default();
        (name.clone(), text)
    });
    texts.chain(unpacked).collect()
}

/// `namespace-name-uid.yaml`: the identifier keeps the names of two objects apart, whose parts may hold hyphens.
pub fn file_name(rule: &PrometheusRule) -> String {
    let metadata = &rule.metadata;
    format!(
        "{}-{}-{}.yaml",
        metadata.namespace.as_deref().unwrap_or_default(),
        metadata.name.as_deref().unwrap_or_default(),
        metadata.uid.as_deref().unwrap_or_default()
    )
}

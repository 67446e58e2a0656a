//! What all service discoveries of a `ScrapeConfig` have in common: where they are in the object and in the file, which
//! versions know them, and how one of them is written. Pure.

use crds::v1alpha1::ScrapeConfigSpec;
use formats::{
    version::{Field, Range, Version},
    yaml::Yaml,
};
use k8s_openapi::api::core::v1::SecretKeySelector;

use super::Job;
use crate::prometheus::config::section::PartScope;

/// A service discovery, of which a job may have any number.
pub(in crate::prometheus) trait Discovery: Sized {
    /// The list of them in the spec.
    const FIELD: &'static str;
    /// The list of them in the file.
    const KEY: &'static str;
    /// First version that knows it; `None`: all do.
    const SINCE: Option<Version> = None;

    /// Those of an object.
    fn all(spec: &ScrapeConfigSpec) -> &[Self];

    /// One entry of the list in the file.
    fn entry(&self, scope: PartScope<'_>) -> Yaml;
}

/// The list of the service discoveries of a type, in the table of a job.
pub(super) const fn section<'a, D: Discovery>() -> Field<Job<'a>> {
    Field {
        key: D::KEY,
        versions: Range {
            since: D::SINCE,
            until: None,
        },
        value: entries::<D>,
    }
}

fn entries<D: Discovery>(job: &Job<'_>) -> Option<Yaml> {
    let all = D::all(job.spec);
    (!all.is_empty()).then(|| all.iter().map(|discovery| discovery.entry(job.scope)).collect())
}

/// A service discovery that refers to Secrets, and the scope that it does so in.
pub(crate) struct Entry<'a, D> {
    pub(super) scope: PartScope<'a>,
    pub(super) from: &'a D,
}

impl<D> Entry<'_, D> {
    /// The text of a Secret.
    pub(super) fn secret(&self, selector: Option<&SecretKeySelector>) -> Option<Yaml> {
        self.scope.secret(selector?)
    }
}

/// A word of the API as the file has it.
pub(super) fn lowercase(word: &str) -> Yaml {
    Yaml::from(word.to_ascii_lowercase())
}

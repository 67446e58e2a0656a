//! Flags of the webhooks: what objects are judged by, and the certificates that look after themselves.

use std::str::FromStr;
use std::time::Duration;

use clap::ValueEnum;
use formats::label::Scheme;
use formats::promql::Options;
use process::flags::parse_duration;

use super::{Names, names};
use crate::admission::kinds::{ALWAYS, KINDS};
use crate::rules;

/// What objects are judged by.
#[derive(Debug, Clone, clap::Args)]
pub struct Judgement {
    /// Which names of labels and metrics a `PrometheusRule` may have to be stored.
    #[arg(long, value_enum, default_value_t = NameScheme::Legacy)]
    pub name_validation_scheme: NameScheme,
    /// Parts of `PromQL` that a `PrometheusRule` may use to be stored, separated by commas: experimental-functions,
    /// duration-expression-parsing, extended-range-selectors, binop-fill-modifiers, unquoted-utf8-names.
    #[arg(long, value_name = "NAMES", default_value = "")]
    pub promql_options: PromqlOptions,
    /// Kinds for which webhooks are served beside those of `PrometheusRule` and `AlertmanagerConfig`, by their plural names,
    /// separated by commas; `*`: all.
    #[arg(long, value_name = "NAMES", default_value = "", value_parser = kinds)]
    pub admission_kinds: Names,
}

/// Names of labels and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NameScheme {
    /// Letters, digits and underscores.
    Legacy,
    /// Any text.
    Utf8,
}

impl From<NameScheme> for Scheme {
    fn from(scheme: NameScheme) -> Self {
        match scheme {
            NameScheme::Legacy => Self::Legacy,
            NameScheme::Utf8 => Self::Utf8,
        }
    }
}

/// Parts of `PromQL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromqlOptions(pub Options);

/// A part of `PromQL` that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not one of {}", OPTIONS.map(|(name, _)| name).join(", "))]
pub struct UnknownOption {
    name: Box<str>,
}

/// Names of options here, and of the features of Prometheus that they stand for.
const OPTIONS: [(&str, &str); 5] = [
    ("experimental-functions", "promql-experimental-functions"),
    ("duration-expression-parsing", "promql-duration-expr"),
    ("extended-range-selectors", "promql-extended-range-selectors"),
    ("binop-fill-modifiers", "promql-binop-fill-modifiers"),
    ("unquoted-utf8-names", "promql-unquoted-utf8-names"),
];

impl FromStr for PromqlOptions {
    type Err = UnknownOption;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        let feature = |word: &str| {
            let found = OPTIONS.iter().find(|(name, _)| *name == word);
            found
                .map(|(_, feature)| Box::from(*feature))
                .ok_or_else(|| UnknownOption { name: word.into() })
        };
        let features: Vec<Box<str>> = words.map(feature).collect::<Result<_, _>>()?;
        Ok(Self(rules::options(&features)))
    }
}

/// A kind without a webhook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not one of {}", KINDS.each_ref().map(|kind| kind.plural)[ALWAYS..].join(", "))]
struct UnknownKind {
    name: String,
}

fn kinds(text: &str) -> Result<Names, UnknownKind> {
    let plurals = || KINDS.iter().map(|kind| kind.plural.to_owned());
    let words: Names = (text.split(',').map(str::trim))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    if words.contains("*") {
        return Ok(plurals().collect());
    }
    let unknown = words.iter().find(|word| !plurals().any(|plural| plural == **word));
    unknown.map_or_else(|| Ok(words.clone()), |word| Err(UnknownKind { name: word.clone() }))
}

/// Certificates that look after themselves, and the objects that name their authorities.
#[derive(Debug, Clone, clap::Args)]
pub struct Certificates {
    /// Judge an object by what the Prometheus, `PrometheusAgent` and `ThanosRuler` objects that select it would make of it: it is
    /// refused if none of them would load it. What none selects is judged by the flags.
    #[arg(long)]
    pub admission_by_instances: bool,
    /// Address on which the webhooks alone are served, over TLS, with the certificate of --admission-certificate-secret;
    /// empty: they are served on --web.listen-address alone.
    #[arg(long, value_name = "ADDRESS", default_value = "")]
    pub admission_listen_address: String,
    /// Secret in the namespace of the operator in which it keeps certificates for the webhooks; empty: it keeps none.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub admission_certificate_secret: String,
    /// Services of the webhooks in the namespace of the operator, separated by commas; the certificates are for them.
    #[arg(long, value_name = "NAMES", default_value = "prometheus-operator", value_parser = names)]
    pub admission_services: Names,
    /// More names and addresses that the certificates are for, separated by commas: where webhooks are named by URL.
    #[arg(long, value_name = "NAMES", default_value = "", value_parser = names)]
    pub admission_certificate_names: Names,
    /// How long a certificate is valid. It is replaced when a third of it is left.
    #[arg(long, value_name = "DURATION", default_value = "2160h", value_parser = parse_duration)]
    pub admission_certificate_lifetime: Duration,
    /// How long a new authority is published before a certificate that it signed is served, so that API servers trust it by then.
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = parse_duration)]
    pub admission_certificate_overlap: Duration,
    /// `ValidatingWebhookConfiguration` and `MutatingWebhookConfiguration` objects into which the authority is written, by their
    /// names, separated by commas.
    #[arg(long, value_name = "NAMES", default_value = "", value_parser = names)]
    pub admission_webhook_configurations: Names,
    /// Have the API server convert `AlertmanagerConfig` objects between versions by the first of --admission-services. Needs the
    /// definitions that `full-crds` prints.
    #[arg(long)]
    pub admission_conversion: bool,
    /// Port of the Service of the webhooks.
    #[arg(long, value_name = "PORT", default_value_t = 443)]
    pub admission_service_port: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_names_of_their_own() {
        let options = |text: &str| PromqlOptions::from_str(text).map(|options| options.0);
        assert_eq!(options(""), Ok(Options::default()));
        let some = options("duration-expression-parsing, binop-fill-modifiers").unwrap();
        assert!(some.duration_expressions && some.fill_modifiers);
        assert!(!some.experimental_functions && !some.extended_range_selectors);
        assert!(options("promql-duration-expr").is_err());
    }

    #[test]
    fn kinds_are_named_or_all() {
        assert_eq!(kinds("probes, servicemonitors").unwrap().len(), 2);
        assert_eq!(kinds("*").unwrap().len(), KINDS.len());
        assert!(kinds("").unwrap().is_empty());
        let error = kinds("pods").unwrap_err().to_string();
        assert!(
            error.starts_with("\"pods\" is not one of servicemonitors, podmonitors"),
            "{error}"
        );
    }
}

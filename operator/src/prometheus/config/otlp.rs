//! `otlp`: how what comes through the OTLP receiver becomes series. Pure.

use std::collections::BTreeSet;

use crds::{CommonPrometheusFields, NameValidationScheme, OtlpConfig, TranslationStrategy};
use formats::{
    version::{Field, Version},
    yaml::Yaml,
};

use super::{
    context::Context,
    error::{OTLP, OtlpError},
    section::{DroppedField, part},
    sections::{self, Section, Table},
    value::texts,
};

/// First version that promotes all resource attributes.
const PROMOTE_ALL: Version = Version::new(3, 5, 0);

/// Strategies that came later than the key, and the first version that knows them.
const LATER_STRATEGIES: &[(TranslationStrategy, Version)] = &[
    (TranslationStrategy::NoTranslation, Version::new(3, 4, 0)),
    (
        TranslationStrategy::UnderscoreEscapingWithoutSuffixes,
        Version::new(3, 6, 0),
    ),
];

/// `otlp`, or nothing where nothing is set that the version knows.
///
/// # Errors
/// When the settings contradict each other or the version.
pub(crate) fn otlp(context: &Context<'_>, dropped: &mut Vec<DroppedField>) -> Result<Option<Yaml>, OtlpError> {
    let common = context.common();
    let Some(otlp) = common.otlp.as_deref() else {
        return Ok(None);
    };
    check(otlp, common, context.version())?;
    Ok(part("otlp", context.namespace(), context, dropped, |scope| {
        scope.non_empty_mapping::<sections::Otlp>(otlp)
    }))
}

fn check(otlp: &OtlpConfig, common: &CommonPrometheusFields, version: Version) -> Result<(), OtlpError> {
    use TranslationStrategy::{NoTranslation, NoUtf8EscapingWithSuffixes};

    if version < OTLP {
        return Err(OtlpError::Version { version });
    }
    if let Some(strategy) = otlp.translation_strategy {
        let keeps_characters = matches!(strategy, NoTranslation | NoUtf8EscapingWithSuffixes);
        if keeps_characters && common.name_validation_scheme == Some(NameValidationScheme::Legacy) {
            return Err(OtlpError::Names {
                strategy: strategy.as_str(),
            });
        }
        let later = LATER_STRATEGIES.iter().find(|(later, _)| *later == strategy);
        if let Some((_, since)) = later.filter(|(_, since)| version < *since) {
            return Err(OtlpError::Strategy {
                strategy: strategy.as_str(),
                since: *since,
                version,
            });
        }
    }
    let promotes_all = otlp.promote_all_resource_attributes == Some(true);
    if version < PROMOTE_ALL {
        check_attributes("promoteResourceAttributes", &otlp.promote_resource_attributes)
    } else if promotes_all && !otlp.promote_resource_attributes.is_empty() {
        Err(OtlpError::PromotedTwice)
    } else if !promotes_all && !otlp.ignore_resource_attributes.is_empty() {
        Err(OtlpError::IgnoredAlone)
    } else {
        check_attributes("promoteResourceAttributes", &otlp.promote_resource_attributes)?;
        check_attributes("ignoreResourceAttributes", &otlp.ignore_resource_attributes)
    }
}

/// Checks names of attributes, around which Prometheus overlooks spaces.
fn check_attributes(field: &'static str, names: &[Box<str>]) -> Result<(), OtlpError> {
    let mut earlier = BTreeSet::new();
    for (index, name) in names.iter().enumerate() {
        let name = name.trim();
        if name.is_empty() || !earlier.insert(name) {
            return Err(OtlpError::Attribute { field, index });
        }
    }
    Ok(())
}

/// Keys of `otlp`.
impl Section for sections::Otlp {
    type Source<'a> = OtlpConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("promote_resource_attributes", |otlp: &OtlpConfig| {
                    texts(&otlp.promote_resource_attributes)
                })
                .since(2, 55),
                Field::new("translation_strategy", |otlp: &OtlpConfig| {
                    otlp.translation_strategy.map(|strategy| strategy.as_str().into())
                })
                .since(3, 0),
                Field::new("keep_identifying_resource_attributes", |otlp: &OtlpConfig| {
                    otlp.keep_identifying_resource_attributes.map(Yaml::from)
                })
                .since(3, 1),
                Field::new("convert_histograms_to_nhcb", |otlp: &OtlpConfig| {
                    otlp.convert_histograms_to_nhcb.map(Yaml::from)
                })
                .since(3, 4),
                Field::new("promote_all_resource_attributes", |otlp: &OtlpConfig| {
                    otlp.promote_all_resource_attributes.map(Yaml::from)
                })
                .since(3, 5),
                Field::new("ignore_resource_attributes", |otlp: &OtlpConfig| {
                    texts(&otlp.ignore_resource_attributes)
                })
                .since(3, 5),
                Field::new("promote_scope_metadata", |otlp: &OtlpConfig| {
                    otlp.promote_scope_metadata.map(Yaml::from)
                })
                .since(3, 6),
                Field::new("label_name_underscore_sanitization", |otlp: &OtlpConfig| {
                    otlp.label_name_underscore_sanitization.map(Yaml::from)
                })
                .since(3, 8),
                Field::new("label_name_preserve_multiple_underscores", |otlp: &OtlpConfig| {
                    otlp.label_name_preserve_multiple_underscores.map(Yaml::from)
                })
                .since(3, 8),
            ]
        }
    }
}

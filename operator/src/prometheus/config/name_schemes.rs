//! Which names of metrics are valid and how others are rewritten, in the words of the file. Pure.

use crds::{NameEscapingScheme, NameValidationScheme};
use formats::yaml::Yaml;

/// Value of `metric_name_validation_scheme`.
pub(crate) fn validation_scheme(scheme: NameValidationScheme) -> Yaml {
    Yaml::from(match scheme {
        NameValidationScheme::Utf8 => "utf8",
        NameValidationScheme::Legacy => "legacy",
    })
}

/// Value of `metric_name_escaping_scheme`.
pub(crate) fn escaping_scheme(scheme: NameEscapingScheme) -> Yaml {
    Yaml::from(match scheme {
        NameEscapingScheme::AllowUtf8 => "allow-utf-8",
        NameEscapingScheme::Underscores => "underscores",
        NameEscapingScheme::Dots => "dots",
        NameEscapingScheme::Values => "values",
    })
}

//! Which names of labels and metrics a Prometheus takes: by its version, by the schemes of the instance, and by those of the
//! object where it has its own. Whoever judges a name asks [`scheme`]. Pure; defined by `GlobalConfig.UnmarshalYAML` and
//! `ScrapeConfig.Validate` of Prometheus.

use crds::v1alpha1::ScrapeConfigSpec;
use crds::{CommonPrometheusFields, NameEscapingScheme, NameValidationScheme};
use formats::label::Scheme;
use formats::version::Version;

use crate::check::invalid::Invalid;

/// First version that lets the way of escaping be set.
const ESCAPING: Version = Version::new(3, 4, 0);
/// First version that judges names by the scheme that is set, and derives the escaping of a job from the job's own scheme.
/// Before, the scheme was for what targets send.
const JUDGED: Version = Version::new(3, 7, 0);

/// The schemes that an object sets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NameSchemes {
    /// `nameValidationScheme`
    pub validation: Option<NameValidationScheme>,
    /// `nameEscapingScheme`
    pub escaping: Option<NameEscapingScheme>,
}

impl NameSchemes {
    /// No scheme is set.
    pub const NONE: Self = Self {
        validation: None,
        escaping: None,
    };

    fn validation(self) -> NameValidationScheme {
        self.validation.unwrap_or(NameValidationScheme::Utf8)
    }

    fn escaping(self) -> NameEscapingScheme {
        let natural = match self.validation() {
            NameValidationScheme::Utf8 => NameEscapingScheme::AllowUtf8,
            NameValidationScheme::Legacy => NameEscapingScheme::Underscores,
        };
        self.escaping.unwrap_or(natural)
    }

    /// What holds for a job with these schemes in an instance with those of `instance`.
    fn within(self, instance: Self, version: Version) -> (NameValidationScheme, NameEscapingScheme) {
        let validation = self.validation.unwrap_or(instance.validation());
        let escaping = match self {
            Self {
                escaping: Some(own), ..
            } => own,
            Self {
                validation: Some(_), ..
            } if version >= JUDGED => self.escaping(),
            _ => instance.escaping(),
        };
        (validation, escaping)
    }
}

impl From<&CommonPrometheusFields> for NameSchemes {
    fn from(from: &CommonPrometheusFields) -> Self {
        Self {
            validation: from.name_validation_scheme,
            escaping: from.name_escaping_scheme,
        }
    }
}

impl From<&ScrapeConfigSpec> for NameSchemes {
    fn from(from: &ScrapeConfigSpec) -> Self {
        Self {
            validation: from.name_validation_scheme,
            escaping: from.name_escaping_scheme,
        }
    }
}

/// The names that `version` takes where no scheme is set. Source labels and labels of static targets are judged by it alone.
pub const fn of_version(version: Version) -> Scheme {
    if version.major >= 3 {
        Scheme::Utf8
    } else {
        Scheme::Legacy
    }
}

/// Schemes that exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Names that are not valid would not be escaped.
    #[error("AllowUTF8 requires nameValidationScheme UTF8, but Legacy is in effect")]
    Unescaped,
    /// The same, where the escaping is that of the instance.
    #[error(
        "Legacy requires nameEscapingScheme to be set, too: Prometheus before {JUDGED} inherits AllowUTF8 from the instance"
    )]
    Inherited,
}

/// The names that `version` takes in what has the schemes `own` within an instance that has those of `instance`. For the
/// instance itself, `own` is [`NameSchemes::NONE`].
///
/// # Errors
/// When the version would refuse the schemes. The error names the field.
pub fn scheme(version: Version, instance: NameSchemes, own: NameSchemes) -> Result<Scheme, Invalid> {
    let named = of_version(version);
    if named == Scheme::Legacy {
        return Ok(named);
    }
    let (validation, escaping) = own.within(instance, version);
    let legacy = validation == NameValidationScheme::Legacy;
    if version >= ESCAPING && legacy && escaping == NameEscapingScheme::AllowUtf8 {
        return Err(if own.validation.is_some() && own.escaping.is_none() {
            Invalid::new("nameValidationScheme", Error::Inherited)
        } else {
            Invalid::new("nameEscapingScheme", Error::Unescaped)
        });
    }
    Ok(if legacy && version >= JUDGED {
        Scheme::Legacy
    } else {
        named
    })
}

#[cfg(test)]
mod tests {
    use NameEscapingScheme::{AllowUtf8, Dots};
    use NameValidationScheme::{Legacy, Utf8};

    use super::*;

    const NONE: NameSchemes = NameSchemes::NONE;

    fn set(
        validation: impl Into<Option<NameValidationScheme>>,
        escaping: impl Into<Option<NameEscapingScheme>>,
    ) -> NameSchemes {
        NameSchemes {
            validation: validation.into(),
            escaping: escaping.into(),
        }
    }

    #[test]
    fn the_scheme_is_that_of_version_instance_and_object() {
        let (old, newest) = (Version::new(2, 55, 0), Version::new(3, 13, 2));
        let (no_escaping, inherits, judges) = (Version::new(3, 3, 0), Version::new(3, 6, 0), Version::new(3, 7, 0));
        let unescaped =
            Err("nameEscapingScheme: AllowUTF8 requires nameValidationScheme UTF8, but Legacy is in effect");
        let inherited = Err(
            "nameValidationScheme: Legacy requires nameEscapingScheme to be set, too: Prometheus before 3.7.0 inherits AllowUTF8 from the instance",
        );
        for (version, instance, own, expected) in [
            (old, NONE, NONE, Ok(Scheme::Legacy)),
            (old, set(Utf8, AllowUtf8), set(Legacy, AllowUtf8), Ok(Scheme::Legacy)),
            (newest, NONE, NONE, Ok(Scheme::Utf8)),
            (newest, set(Legacy, None), NONE, Ok(Scheme::Legacy)),
            (newest, set(Legacy, None), set(Utf8, None), Ok(Scheme::Utf8)),
            (newest, NONE, set(Legacy, None), Ok(Scheme::Legacy)),
            (newest, set(Legacy, Dots), NONE, Ok(Scheme::Legacy)),
            (newest, set(Legacy, AllowUtf8), NONE, unescaped),
            (newest, NONE, set(Legacy, AllowUtf8), unescaped),
            (newest, set(Legacy, None), set(None, AllowUtf8), unescaped),
            (newest, set(Utf8, AllowUtf8), set(Legacy, None), Ok(Scheme::Legacy)),
            (judges, NONE, set(Legacy, None), Ok(Scheme::Legacy)),
            (inherits, NONE, set(Legacy, None), inherited),
            (inherits, NONE, set(Legacy, Dots), Ok(Scheme::Utf8)),
            (inherits, set(Legacy, None), set(Legacy, None), Ok(Scheme::Utf8)),
            (no_escaping, NONE, set(Legacy, AllowUtf8), Ok(Scheme::Utf8)),
        ] {
            let found = scheme(version, instance, own).map_err(|invalid| invalid.to_string());
            let expected = expected.map_err(str::to_owned);
            assert_eq!(found, expected, "{version} {instance:?} {own:?}");
        }
    }
}

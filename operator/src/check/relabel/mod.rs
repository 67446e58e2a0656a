//! Whether a relabeling rule is one that Prometheus loads. Pure; the order of the checks is that of the original,
//! since only the first error is shown.

use crds::{RelabelAction, RelabelConfig};
use formats::excerpt::Excerpt;
use formats::label::{self, Scheme};
use formats::regular_expression;
use formats::version::Version;

use crate::check::invalid::{Field, Invalid};
use crate::check::name_scheme;

/// A relabeling rule that Prometheus would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The version does not know the action.
    #[error("{} relabel action is only supported from Prometheus version {since}", action.as_str())]
    Unsupported {
        /// Which action.
        action: RelabelAction,
        /// The first version that knows it.
        since: Version,
    },
    /// The expression does not parse.
    #[error("invalid regex {regex} for relabel configuration: {source}")]
    Expression {
        /// The text.
        regex: Excerpt,
        /// What is wrong with it.
        source: regular_expression::Error,
    },
    /// No label has this name.
    #[error("{label:?} is an invalid source label")]
    SourceLabel {
        /// The name.
        label: Excerpt,
    },
    /// No rule can be generated from this name.
    #[error("{label:?} does not produce a valid label name")]
    Name {
        /// The name.
        label: Excerpt,
    },
    /// Division by zero.
    #[error("relabel configuration for hashmod requires non-zero modulus")]
    NoModulus,
    /// The action writes to a label, and none is named.
    #[error("relabel configuration for {} action needs targetLabel value", action.as_str())]
    NoTargetLabel {
        /// Which action.
        action: RelabelAction,
    },
    /// No label may have this name.
    #[error("{label:?} is invalid 'target_label' for {} action", action.as_str())]
    TargetLabel {
        /// The name.
        label: Excerpt,
        /// Which action.
        action: RelabelAction,
    },
    /// The action has no replacement.
    #[error("'replacement' can not be set for {} action", action.as_str())]
    ReplacementSet {
        /// Which action.
        action: RelabelAction,
    },
    /// The replacement would not give label names.
    #[error("{replacement:?} is invalid 'replacement' for {} action", action.as_str())]
    Replacement {
        /// The text.
        replacement: Excerpt,
        /// Which action.
        action: RelabelAction,
    },
    /// Fields that mean nothing to the action.
    #[error("{} action requires only {fields}, and no other fields", action.as_str())]
    OtherFields {
        /// Which action.
        action: RelabelAction,
        /// The fields that it has.
        fields: &'static str,
    },
}

/// First version whose rules may write to any name that variables are a part of.
const TEMPLATES: Version = Version::new(3, 2, 0);
/// The versions that take no variables at all where the scheme is Legacy.
const NO_TEMPLATES: std::ops::Range<Version> = Version::new(3, 7, 0)..Version::new(3, 7, 2);

/// What a Prometheus knows of relabeling.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    version: Version,
    scheme: Scheme,
}

impl Rules {
    /// The rules of `version` where labels have names of `scheme`.
    pub fn new(version: Version, scheme: Scheme) -> Self {
        Self { version, scheme }
    }

    /// Checks `configs`, which are in the field `path`.
    pub fn check_all(self, configs: &[RelabelConfig], path: &str) -> Result<(), Invalid> {
        for (index, config) in configs.iter().enumerate() {
            self.check(config).field(format!("{path}[{index}]"))?;
        }
        Ok(())
    }

    /// Checks the names of labels that rules are generated from, which are in the field `path`.
    pub fn check_names(self, labels: &[Box<str>], path: &str) -> Result<(), Invalid> {
        match labels.iter().position(|label| !self.writes(&label::sanitized(label))) {
            Some(index) => Err(Error::Name {
                label: (&labels[index]).into(),
            })
            .field(format!("{path}[{index}]")),
            None => Ok(()),
        }
    }

    /// Whether a rule may write to a label of this name.
    pub fn writes(self, label: &str) -> bool {
        self.scheme.allows_label(label)
    }

    /// Whether a label that is written down, of a target or as the source of a rule, may have this name.
    pub fn reads(self, label: &str) -> bool {
        name_scheme::of_version(self.version).allows_label(label)
    }

    /// Checks one rule.
    pub fn check(self, config: &RelabelConfig) -> Result<(), Error> {
        let action = config.action.unwrap_or_default();
        let since = match action {
            RelabelAction::Lowercase | RelabelAction::Uppercase => Version::new(2, 36, 0),
            RelabelAction::KeepEqual | RelabelAction::DropEqual => Version::new(2, 41, 0),
            _ => Version::new(0, 0, 0),
        };
        if self.version < since {
            return Err(Error::Unsupported { action, since });
        }
        if let Some(regex) = &config.regex {
            check_expression(regex)?;
        }
        if let Some(label) = config.source_labels.iter().find(|label| !self.reads(label)) {
            return Err(Error::SourceLabel { label: label.into() });
        }
        if action == RelabelAction::HashMod && config.modulus.unwrap_or_default() == 0 {
            return Err(Error::NoModulus);
        }
        if writes_label(action) {
            self.check_target_label(action, config.target_label.as_deref().unwrap_or_default())?;
        }
        self.check_other_fields(action, config)
    }

    fn check_target_label(self, action: RelabelAction, label: &str) -> Result<(), Error> {
        if label.is_empty() {
            return Err(Error::NoTargetLabel { action });
        }
        let valid = if action == RelabelAction::Replace && label.contains('$') {
            self.allows_template(label)
        } else {
            self.scheme.allows_label(label)
        };
        if valid {
            Ok(())
        } else {
            Err(Error::TargetLabel {
                label: label.into(),
                action,
            })
        }
    }

    fn check_other_fields(self, action: RelabelAction, config: &RelabelConfig) -> Result<(), Error> {
        use RelabelAction::{DropEqual, KeepEqual, LabelDrop, LabelKeep, LabelMap, Lowercase, Uppercase};
        let replaces = differs(config.replacement.as_deref(), "$1");
        let separates = differs(config.separator.as_deref(), ";");
        let divides = config.modulus.unwrap_or_default() != 0;
        match action {
            Lowercase | Uppercase | KeepEqual | DropEqual if replaces => Err(Error::ReplacementSet { action }),
            LabelMap => match config.replacement.as_deref() {
                Some(replacement) if !self.allows_template(replacement) => Err(Error::Replacement {
                    replacement: replacement.into(),
                    action,
                }),
                _ => Ok(()),
            },
            // Prometheus compares the compiled expressions by identity: even the default is another one.
            KeepEqual | DropEqual if separates || divides || config.regex.is_some() => Err(Error::OtherFields {
                action,
                fields: "'source_labels' and 'target_label'",
            }),
            LabelDrop | LabelKeep
                if replaces
                    || separates
                    || divides
                    || config.target_label.is_some()
                    || !config.source_labels.is_empty() =>
            {
                Err(Error::OtherFields {
                    action,
                    fields: "'regex'",
                })
            }
            _ => Ok(()),
        }
    }

    /// Whether `text` gives a label's name once its `$1` and `${name}` are filled in.
    fn allows_template(self, text: &str) -> bool {
        let plain = match self.scheme {
            Scheme::Utf8 => self.version >= TEMPLATES,
            Scheme::Legacy => NO_TEMPLATES.contains(&self.version),
        };
        if plain {
            self.scheme.allows_label(text)
        } else {
            is_legacy_template(text)
        }
    }
}

/// Checks a text that Prometheus reads as a regular expression.
pub fn check_expression(text: &str) -> Result<(), Error> {
    regular_expression::check(text).map_err(|source| Error::Expression {
        regex: text.into(),
        source,
    })
}

fn writes_label(action: RelabelAction) -> bool {
    use RelabelAction::{DropEqual, HashMod, KeepEqual, Lowercase, Replace, Uppercase};
    matches!(
        action,
        Replace | HashMod | Lowercase | Uppercase | KeepEqual | DropEqual
    )
}

fn differs(value: Option<&str>, default: &str) -> bool {
    value.is_some_and(|value| value != default)
}

/// Word characters and variables, not starting with a digit.
fn is_legacy_template(text: &str) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut rest = text.as_bytes();
    if rest.first().is_none_or(u8::is_ascii_digit) {
        return false;
    }
    while let Some((first, after)) = rest.split_first() {
        rest = match first {
            b'$' => {
                let braced = after.first() == Some(&b'{');
                let name = &after[usize::from(braced)..];
                let length = name.iter().take_while(|byte| is_word(byte)).count();
                if length == 0 || (braced && name.get(length) != Some(&b'}')) {
                    return false;
                }
                &name[length + usize::from(braced)..]
            }
            byte if is_word(byte) => after,
            _ => return false,
        };
    }
    true
}

#[cfg(test)]
mod tests;

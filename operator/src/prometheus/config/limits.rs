//! Limits of scrapes: the user's, capped by the enforced ones. Pure.

use crds::{ByteSize, CommonPrometheusFields, ScrapeLimits};
use formats::{
    version::{Field, Version},
    yaml::Yaml,
};

use super::{
    context::Context,
    sections::{self, Section, Table},
};

/// From this version on, a job without a limit has the global one.
const GLOBAL_LIMITS: Version = Version::new(2, 45, 0);

/// Keys of a job's limits. Zero means no limit everywhere.
impl Section for sections::Limits {
    type Source<'a> = ScrapeLimits;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("sample_limit", |limits: &ScrapeLimits| {
                    limits.sample_limit.map(Yaml::from)
                }),
                Field::new("target_limit", |limits: &ScrapeLimits| {
                    limits.target_limit.map(Yaml::from)
                })
                .since(2, 21),
                Field::new("label_limit", |limits: &ScrapeLimits| {
                    limits.label_limit.map(Yaml::from)
                })
                .since(2, 27),
                Field::new("label_name_length_limit", |limits: &ScrapeLimits| {
                    limits.label_name_length_limit.map(Yaml::from)
                })
                .since(2, 27),
                Field::new("label_value_length_limit", |limits: &ScrapeLimits| {
                    limits.label_value_length_limit.map(Yaml::from)
                })
                .since(2, 27),
                Field::new("keep_dropped_targets", |limits: &ScrapeLimits| {
                    limits.keep_dropped_targets.map(Yaml::from)
                })
                .since(2, 47),
            ]
        }
    }
}

/// The enforced limits of an object.
fn enforced(common: &CommonPrometheusFields) -> ScrapeLimits {
    ScrapeLimits {
        sample_limit: common.enforced_sample_limit,
        target_limit: common.enforced_target_limit,
        label_limit: common.enforced_label_limit,
        label_name_length_limit: common.enforced_label_name_length_limit,
        label_value_length_limit: common.enforced_label_value_length_limit,
        keep_dropped_targets: common.enforced_keep_dropped_targets,
    }
}

/// The limits of a job. Where the user sets none, the enforced ones stand in the global section, or in the job for
/// versions that have no global limits.
pub(crate) fn job_limits(user: ScrapeLimits, context: &Context<'_>) -> ScrapeLimits {
    let fallback = context.version() < GLOBAL_LIMITS;
    combined(user, enforced(context.common()), |user, enforced| {
        capped(user, enforced, fallback)
    })
}

/// The limits of the global section.
pub(crate) fn global_limits(common: &CommonPrometheusFields) -> ScrapeLimits {
    combined(common.into(), enforced(common), |user, enforced| {
        capped(user, enforced, true)
    })
}

fn combined(
    user: ScrapeLimits,
    enforced: ScrapeLimits,
    limit: impl Fn(Option<u64>, Option<u64>) -> Option<u64>,
) -> ScrapeLimits {
    ScrapeLimits {
        sample_limit: limit(user.sample_limit, enforced.sample_limit),
        target_limit: limit(user.target_limit, enforced.target_limit),
        label_limit: limit(user.label_limit, enforced.label_limit),
        label_name_length_limit: limit(user.label_name_length_limit, enforced.label_name_length_limit),
        label_value_length_limit: limit(user.label_value_length_limit, enforced.label_value_length_limit),
        keep_dropped_targets: limit(user.keep_dropped_targets, enforced.keep_dropped_targets),
    }
}

/// The lower limit of both. With an enforced limit, no limit of the user is the enforced one where `fallback` says so.
fn capped(user: Option<u64>, enforced: Option<u64>, fallback: bool) -> Option<u64> {
    let set = |limit: Option<u64>| limit.filter(|limit| *limit != 0);
    match (set(user), set(enforced)) {
        (_, None) => user,
        (None, Some(enforced)) => fallback.then_some(enforced),
        (Some(user), Some(enforced)) => Some(user.min(enforced)),
    }
}

/// The lower size of both.
pub(crate) fn body_size_limit<'a>(user: Option<&'a ByteSize>, enforced: Option<&'a ByteSize>) -> Option<&'a ByteSize> {
    let size = |limit: Option<&'a ByteSize>| Some((limit?, bytes(limit?)?)).filter(|(_, size)| *size > 0.0);
    match (size(user), size(enforced)) {
        (_, None) => user.filter(|user| !user.is_empty()),
        (None, Some((enforced, _))) => Some(enforced),
        (Some((user, size)), Some((enforced, cap))) => Some(if size <= cap { user } else { enforced }),
    }
}

/// A size as Prometheus reads it: all units are powers of 1024, with and without the `i`.
fn bytes(size: &str) -> Option<f64> {
    let unit = size.find(|character: char| character.is_ascii_alphabetic());
    let (number, unit) = size.split_at(unit.unwrap_or(size.len()));
    let exponent = match unit {
        "" | "B" => 0,
        _ => 1 + "KMGTPE".find(unit.chars().next()?)?,
    };
    Some(number.parse::<f64>().ok()? * 1024_f64.powi(i32::try_from(exponent).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enforced_limit_caps_and_stands_in() {
        for (user, enforced, fallback, expected) in [
            (Some(500), None, false, Some(500)),
            (Some(500), Some(0), false, Some(500)),
            (Some(500), Some(1000), false, Some(500)),
            (Some(2000), Some(1000), false, Some(1000)),
            (None, Some(1000), false, None),
            (Some(0), Some(1000), true, Some(1000)),
            (Some(0), None, true, Some(0)),
        ] {
            assert_eq!(
                capped(user, enforced, fallback),
                expected,
                "{user:?} {enforced:?} {fallback}"
            );
        }
    }

    #[test]
    fn sizes_compare_across_units() {
        let size = |text: &str| ByteSize::from(text);
        for (user, enforced, expected) in [
            (Some("2GB"), Some("4000MB"), Some("2GB")),
            (Some("2GiB"), Some("1.5GB"), Some("1.5GB")),
            (Some("10B"), Some("1KB"), Some("10B")),
            (None, Some("1EB"), Some("1EB")),
            (Some("0"), Some("1MB"), Some("1MB")),
            (Some("5MB"), Some("0"), Some("5MB")),
            (None, None, None),
        ] {
            let (user, enforced) = (user.map(size), enforced.map(size));
            let lower = body_size_limit(user.as_ref(), enforced.as_ref());
            assert_eq!(lower.map(|lower| &**lower), expected, "{user:?} {enforced:?}");
        }
    }
}

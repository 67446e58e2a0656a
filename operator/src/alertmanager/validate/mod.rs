//! Whether an `AlertmanagerConfig` can be served: by itself, in either of its versions ([`semantics`]), and by a version of
//! Alertmanager and with the Secrets that it refers to ([`check`]). Pure; both decide as the original does.
//!
//! What they refuse and the original does not is what Alertmanager itself would refuse: it would load nothing of its
//! configuration then, and one object would be in the way of all others.

mod address;
mod condition;
mod gate;
mod receiver;
mod route;
mod time_interval;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crds::{InhibitRule, NamedTimeIntervals, Receiver, Route, v1alpha1, v1beta1};
use formats::version::Version;

use crate::assets::Assets;
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid, Within};
use crate::object::ObjectKey;

pub use address::{AddressError, web_or_template};
pub(super) use address::{host_and_port, web};
pub use condition::Condition;
pub use route::{TooDeep, check_depth};

/// The specification of either version: what is different about them.
pub trait Specification {
    /// How it writes conditions.
    type Condition: Condition;
    /// Field of the time intervals.
    const INTERVALS: &'static str;

    /// The first route.
    fn route(&self) -> Option<&Route<Self::Condition>>;
    /// The receivers.
    fn receivers(&self) -> &[Receiver];
    /// The inhibition rules.
    fn inhibit_rules(&self) -> &[InhibitRule<Self::Condition>];
    /// The time intervals.
    fn intervals(&self) -> &[NamedTimeIntervals];
}

/// Gives the specification of a version from the field that it has for time intervals.
macro_rules! specification_of {
    ($version:ident: $intervals:ident, $name:literal) => {
        impl Specification for $version::AlertmanagerConfigSpec {
            type Condition = $version::Matcher;
            const INTERVALS: &'static str = $name;

            fn route(&self) -> Option<&Route<Self::Condition>> {
                self.route.as_deref()
            }

            fn receivers(&self) -> &[Receiver] {
                &self.receivers
            }

            fn inhibit_rules(&self) -> &[InhibitRule<Self::Condition>] {
                &self.inhibit_rules
            }

            fn intervals(&self) -> &[NamedTimeIntervals] {
                &self.$intervals
            }
        }
    };
}

specification_of!(v1alpha1: mute_time_intervals, "muteTimeIntervals");
specification_of!(v1beta1: time_intervals, "timeIntervals");

/// A name that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum NameError {
    #[error("another one has this name, too")]
    Twice,
    #[error("it needs a name")]
    Empty,
}

/// What an object is to be served with.
struct Target<'a> {
    version: Version,
    credentials: Credentials<'a>,
}

/// Checks what does not depend on a version of Alertmanager or on Secrets.
pub fn semantics(specification: &impl Specification) -> Result<(), Invalid> {
    checked(specification, None)
}

/// Checks all of `config`.
pub fn check(config: &v1alpha1::AlertmanagerConfig, version: Version, assets: &Assets) -> Result<(), Invalid> {
    let key = ObjectKey::of(config);
    let mut target = Target {
        version,
        credentials: Credentials::new(&key.namespace, assets),
    };
    checked(&config.spec, Some(&mut target))
}

fn checked(specification: &impl Specification, mut target: Option<&mut Target<'_>>) -> Result<(), Invalid> {
    let version = target.as_ref().map(|target| target.version);
    let mut receivers = BTreeSet::new();
    for one in specification.receivers() {
        let place = || format!("receivers[{:?}]", one.name);
        if !receivers.insert(&*one.name) {
            return Err(NameError::Twice).field(place());
        }
        receiver::check(one, target.as_deref_mut()).within(place())?;
    }
    let intervals = intervals(specification)?;
    if let Some(root) = specification.route() {
        route::Names { receivers, intervals }.check(root, version)?;
    }
    for (index, rule) in specification.inhibit_rules().iter().enumerate() {
        route::check_inhibition(rule, version).within(format!("inhibitRules[{index}]"))?;
    }
    Ok(())
}

/// The names of the time intervals, all of which are fine.
fn intervals<S: Specification>(specification: &S) -> Result<BTreeSet<&str>, Invalid> {
    let mut names = BTreeSet::new();
    for (index, named) in specification.intervals().iter().enumerate() {
        let place = || format!("{}[{index}]", S::INTERVALS);
        if named.name.is_empty() {
            return Err(NameError::Empty).field(place());
        }
        if !names.insert(&*named.name) {
            return Err(NameError::Twice).field(place());
        }
        time_interval::check_all(&named.time_intervals).within(place())?;
    }
    Ok(names)
}

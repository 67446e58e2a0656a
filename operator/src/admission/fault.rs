//! Why an object is refused, and how one is read. Pure.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::review::Cause;
use crate::check::invalid::Invalid;

/// Why an object is refused.
pub(super) enum Fault {
    /// It has not the shape of its kind.
    Unreadable(Cause),
    /// It cannot be used.
    Invalid(Vec<Cause>),
}

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(vec![Cause::new(invalid.to_string()).at(invalid.path())])
    }
}

/// The object as a `T`. One that is none is read again, to find the field.
pub(super) fn read<T: DeserializeOwned>(object: &RawValue) -> Result<T, Fault> {
    serde_json::from_str(object.get()).map_err(|error| {
        let tree: Option<Value> = serde_json::from_str(object.get()).ok();
        let unreadable = tree.and_then(|tree| crds::read::<T>(&tree).err());
        Fault::Unreadable(match unreadable {
            Some(unreadable) => Cause::new(unreadable.to_string()).at(unreadable.path),
            None => Cause::new(error.to_string()),
        })
    })
}

//! Where in an object a value is wrong, and why. A plain value: what becomes of it (a rejection, a failed reconcile) is up
//! to the caller.

use std::error::Error;
use std::fmt;

/// The field below which everything is that users write. Every path that reaches a user begins with it, as in `kubectl explain`.
pub const SPEC: &str = "spec";

/// A wrong field of an object.
#[derive(Debug)]
pub struct Invalid {
    /// Path from the object, such as `spec.endpoints[0].tlsConfig`; while it is being checked, from the part that is.
    path: String,
    cause: Box<dyn Error + Send + Sync>,
}

impl Invalid {
    /// `cause` at the field `path`.
    pub fn new(path: impl Into<String>, cause: impl Error + Send + Sync + 'static) -> Self {
        Self {
            path: path.into(),
            cause: Box::new(cause),
        }
    }

    /// A cause that has been boxed, at the field `path`.
    pub fn caused_by(path: impl Into<String>, cause: Box<dyn Error + Send + Sync>) -> Self {
        Self {
            path: path.into(),
            cause,
        }
    }

    /// Where: the path of the field.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Why.
    pub fn cause(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.cause
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.cause)
    }
}

impl Error for Invalid {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}

/// Gives a plain error the field that it is about.
pub trait Field<T> {
    /// The error is about the field `path`.
    fn field(self, path: impl Into<String>) -> Result<T, Invalid>;
}

impl<T, E: Error + Send + Sync + 'static> Field<T> for Result<T, E> {
    fn field(self, path: impl Into<String>) -> Result<T, Invalid> {
        self.map_err(|cause| Invalid::new(path, cause))
    }
}

/// Gives a field's path the path of what holds it.
pub trait Within<T> {
    /// The field is one of the fields of `parent`.
    fn within(self, parent: impl fmt::Display) -> Result<T, Invalid>;
}

impl<T> Within<T> for Result<T, Invalid> {
    fn within(self, parent: impl fmt::Display) -> Result<T, Invalid> {
        self.map_err(|invalid| {
            let parent = parent.to_string();
            let is_index = invalid.path.starts_with('[');
            let dot = if parent.is_empty() || invalid.path.is_empty() || is_index {
                ""
            } else {
                "."
            };
            Invalid {
                path: format!("{parent}{dot}{}", invalid.path),
                cause: invalid.cause,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_grow_outwards() {
        let checked: Result<u8, _> = "x".parse::<u8>();
        let error = checked.field("port").within("endpoints[2]").unwrap_err();
        assert_eq!(error.to_string(), "endpoints[2].port: invalid digit found in string");
        let checked: Result<u8, _> = "x".parse::<u8>();
        let error = checked.field("").within("[2]").within("ports").unwrap_err();
        assert_eq!(error.to_string(), "ports[2]: invalid digit found in string");
    }
}

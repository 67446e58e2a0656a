//! An error and its causes on one line, for logs.

use std::error::Error;
use std::fmt;

/// Shows an error with all its causes; a cause whose text is already there is not repeated.
pub struct Causes<'a>(pub &'a dyn Error);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.0.to_string();
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let next = error.to_string();
            if !text.contains(&next) {
                text.push_str(": ");
                text.push_str(&next);
            }
            cause = error.source();
        }
        formatter.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Layer {
        text: &'static str,
        #[source]
        source: Option<Box<Layer>>,
    }

    #[test]
    fn causes_follow_once() {
        let inner = Layer {
            text: "connection refused",
            source: None,
        };
        let middle = Layer {
            text: "request failed: connection refused",
            source: Some(Box::new(inner)),
        };
        let outer = Layer {
            text: "cannot list",
            source: Some(Box::new(middle)),
        };
        assert_eq!(
            Causes(&outer).to_string(),
            "cannot list: request failed: connection refused"
        );
    }
}

//! Whether a scrape can be over before the next one begins. Pure.

use formats::duration::{ParseError, PrometheusDuration};
use formats::excerpt::Excerpt;

/// An interval and a timeout that Prometheus would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntervalError {
    /// Not a duration.
    #[error("invalid scrapeInterval {text:?}: {source}")]
    Interval {
        /// The text.
        text: Excerpt,
        /// Why.
        source: ParseError,
    },
    /// Not a duration.
    #[error("invalid scrapeTimeout {text:?}: {source}")]
    Timeout {
        /// The text.
        text: Excerpt,
        /// Why.
        source: ParseError,
    },
    /// Longer than the interval.
    #[error("scrapeTimeout {timeout:?} greater than scrapeInterval {interval:?}")]
    Greater {
        /// The timeout.
        timeout: Excerpt,
        /// The interval.
        interval: Excerpt,
    },
}

/// Checks `timeout` against the `interval` that holds for it. Without a timeout there is nothing to check.
pub fn check_timeout(timeout: Option<&str>, interval: Option<&str>) -> Result<(), IntervalError> {
    let Some(timeout) = timeout.filter(|timeout| !timeout.is_empty()) else {
        return Ok(());
    };
    let interval = interval.unwrap_or_default();
    let every = PrometheusDuration::parse(interval).map_err(|source| IntervalError::Interval {
        text: interval.into(),
        source,
    })?;
    let at_most = PrometheusDuration::parse(timeout).map_err(|source| IntervalError::Timeout {
        text: timeout.into(),
        source,
    })?;
    if at_most > every {
        return Err(IntervalError::Greater {
            timeout: timeout.into(),
            interval: interval.into(),
        });
    }
    Ok(())
}

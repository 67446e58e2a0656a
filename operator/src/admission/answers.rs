//! From a request to its response, as bytes. Pure.

use super::fault::Fault;
use super::judge::Judge;
use super::kinds::{RULES, ReviewedKind};
use super::metrics::Outcome;
use super::patch;
use super::review::{Cause, Request, Review, Verdict};

/// Whether an object of `kind` may be stored.
pub fn validated(judge: &Judge, kind: &ReviewedKind, body: &[u8]) -> (Outcome, Vec<u8>) {
    told(body, |request| kind.verdict(judge, request))
}

/// How a `PrometheusRule` is changed before it is checked.
pub fn mutated(body: &[u8]) -> (Outcome, Vec<u8>) {
    let patched = |request: &Request<'_>| match request.object.map(patch::operations) {
        Some(Ok(operations)) => Verdict::Patched(operations),
        Some(Err(error)) => RULES.refused(Fault::Unreadable(Cause::new(error.to_string()))),
        None => RULES.refused(Fault::Unreadable(Cause::new("the request has no object"))),
    };
    told(body, |request| {
        RULES.at_once(request).unwrap_or_else(|| patched(request))
    })
}

fn told(body: &[u8], verdict: impl FnOnce(&Request<'_>) -> Verdict) -> (Outcome, Vec<u8>) {
    match Review::parse(body) {
        Ok(review) => {
            let verdict = verdict(&review.request);
            let outcome = match &verdict {
                Verdict::Allowed(_) => Outcome::Allowed,
                Verdict::Patched(_) => Outcome::Patched,
                Verdict::Refused(_) => Outcome::Refused,
            };
            (outcome, review.answer(verdict))
        }
        Err(unreadable) => (Outcome::Unreadable, unreadable.answer()),
    }
}

#[cfg(test)]
mod tests;

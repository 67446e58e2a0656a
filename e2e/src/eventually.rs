//! Waiting for a condition with a deadline. The only place of the suite that looks at the clock.

use std::time::{Duration, Instant};

use anyhow::Context as _;

/// Time between two attempts.
const INTERVAL: Duration = Duration::from_millis(250);
/// Longest time of one attempt: a request that hangs must not eat the deadline.
const ATTEMPT: Duration = Duration::from_secs(10);

/// The first success of `attempt`. After `deadline` the error is that of the last attempt, with what was awaited.
pub async fn eventually<T>(
    deadline: Duration,
    what: &str,
    mut attempt: impl AsyncFnMut() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let start = Instant::now();
    loop {
        let error = match tokio::time::timeout(ATTEMPT, attempt()).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => error,
            Err(_) => anyhow::anyhow!("no answer within {} s", ATTEMPT.as_secs()),
        };
        if start.elapsed() >= deadline {
            return Err(error).with_context(|| format!("after {} s still waiting until {what}", deadline.as_secs()));
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ends_with_the_first_success() {
        let mut attempts = 0;
        let third = eventually(Duration::from_secs(10), "it is the third", async || {
            attempts += 1;
            anyhow::ensure!(attempts == 3, "number {attempts}");
            Ok(attempts)
        });
        assert_eq!(third.await.unwrap(), 3);
    }

    #[tokio::test]
    async fn says_what_was_awaited_and_why_it_did_not_come() {
        let never = eventually(Duration::ZERO, "pigs fly", async || -> anyhow::Result<()> {
            anyhow::bail!("no wings")
        });
        let error = format!("{:#}", never.await.unwrap_err());
        assert_eq!(error, "after 0 s still waiting until pigs fly: no wings");
    }
}

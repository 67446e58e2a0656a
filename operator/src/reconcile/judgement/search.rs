//! Finds the objects with which a file is refused, by trying parts of them. Knows neither files nor programs.

use std::future::Future;

/// What is tried.
pub(super) trait Trials: Send {
    /// One of those that may be at fault.
    type Item: Clone + Send + Sync;
    /// Why nothing can be tried.
    type Error: Send;

    /// Whether what comes of these items, and of no others, is accepted; if not, why.
    fn judged(&mut self, items: &[Self::Item]) -> impl Future<Output = Result<Result<(), String>, Self::Error>> + Send;
}

/// Those of `items` that are refused, and why each of them is. `message` is why all together are. Halves are tried until they
/// are single items; where only several together are refused, the one goes that completes the first such set.
///
/// # Errors
/// When something cannot be tried.
pub(super) async fn culprits<T: Trials>(
    trials: &mut T,
    items: &[T::Item],
    message: String,
) -> Result<Vec<(T::Item, String)>, T::Error> {
    let mut found = Vec::new();
    let mut refused = vec![(items, message)];
    while let Some((some, message)) = refused.pop() {
        if let [one] = some {
            found.push((one.clone(), message));
            continue;
        }
        let (left, right) = some.split_at(some.len() / 2);
        let mut is_explained = false;
        for half in [right, left] {
            if let Err(message) = trials.judged(half).await? {
                is_explained = true;
                refused.push((half, message));
            }
        }
        if !is_explained && let Some(one) = completing(trials, some, message).await? {
            found.push(one);
        }
    }
    Ok(found)
}

/// The item with which the beginning of `items` is first refused.
async fn completing<T: Trials>(
    trials: &mut T,
    items: &[T::Item],
    mut message: String,
) -> Result<Option<(T::Item, String)>, T::Error> {
    let (mut accepted, mut refused) = (0, items.len());
    while refused - accepted > 1 {
        let middle = accepted.midpoint(refused);
        match trials.judged(&items[..middle]).await? {
            Ok(()) => accepted = middle,
            Err(why) => (refused, message) = (middle, why),
        }
    }
    Ok(items.get(accepted).map(|item| (item.clone(), message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Refuses these numbers, and pairs of these.
    struct Scripted {
        bad: Vec<u32>,
        pair: Option<(u32, u32)>,
        asked: usize,
    }

    impl Trials for Scripted {
        type Item = u32;
        type Error = std::convert::Infallible;

        async fn judged(&mut self, items: &[u32]) -> Result<Result<(), String>, Self::Error> {
            self.asked += 1;
            if let Some(bad) = items.iter().find(|item| self.bad.contains(item)) {
                return Ok(Err(format!("{bad} is bad")));
            }
            let has_both = |(one, other)| items.contains(&one) && items.contains(&other);
            Ok(if self.pair.is_some_and(has_both) {
                Err("twice".to_owned())
            } else {
                Ok(())
            })
        }
    }

    async fn found(bad: &[u32], pair: Option<(u32, u32)>) -> (Vec<(u32, String)>, usize) {
        let mut trials = Scripted {
            bad: bad.to_vec(),
            pair,
            asked: 0,
        };
        let items: Vec<u32> = (0..1000).collect();
        let Ok(found) = culprits(&mut trials, &items, "all".to_owned()).await;
        (found, trials.asked)
    }

    #[tokio::test]
    async fn each_bad_one_is_found_and_nobody_else() {
        for bad in [&[0][..], &[999], &[1, 2, 3, 500, 998]] {
            let (found, asked) = found(bad, None).await;
            let expected: Vec<_> = bad.iter().map(|bad| (*bad, format!("{bad} is bad"))).collect();
            assert_eq!(found, expected);
            assert!(asked <= 20 * bad.len(), "{asked} trials");
        }
    }

    #[tokio::test]
    async fn of_those_that_are_bad_together_one_goes() {
        let (found, _) = found(&[], Some((10, 700))).await;
        assert_eq!(found, [(700, "twice".to_owned())]);
    }
}

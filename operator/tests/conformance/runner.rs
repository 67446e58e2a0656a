//! Runs the cases on all cores. A panic is a failure of its case.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::case::Case;
use crate::verdict::{Failure, Verdict};

/// Some cases are nested hundreds of levels deep.
const STACK_BYTES: usize = 64 << 20;

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The verdict on each case, in the order of the cases.
pub(crate) fn run(cases: &[Case]) -> Vec<Verdict> {
    panic::set_hook(Box::new(|info| {
        PANIC.with(|text| *text.borrow_mut() = info.to_string());
    }));
    let next = AtomicUsize::new(0);
    let slots: Vec<OnceLock<Verdict>> = cases.iter().map(|_| OnceLock::new()).collect();
    let work = || {
        while let Some((case, slot)) = take(&next, cases, &slots) {
            let _ = slot.set(judged(case));
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            if thread::Builder::new()
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, work)
                .is_err()
            {
                work();
            }
        }
    });
    let _ = panic::take_hook();
    slots
        .into_iter()
        .map(|slot| slot.into_inner().unwrap_or_else(|| Err("not run".into())))
        .collect()
}

fn take<'a>(
    next: &AtomicUsize,
    cases: &'a [Case],
    slots: &'a [OnceLock<Verdict>],
) -> Option<(&'a Case, &'a OnceLock<Verdict>)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((cases.get(index)?, slots.get(index)?))
}

fn judged(case: &Case) -> Verdict {
    panic::catch_unwind(AssertUnwindSafe(|| (case.area.run)(case)))
        .unwrap_or_else(|_| Err(Failure(PANIC.with(|text| text.borrow().clone()))))
}

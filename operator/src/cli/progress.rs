//! How far something is that takes longer than a second: a line on standard error, where that is a terminal and nobody builds
//! (`CI`). It is gone when the work is done.

use std::io::{self, IsTerminal as _, Stderr, Write};
use std::time::{Duration, Instant};

/// What takes less is not worth a line.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two lines.
const PAUSE: Duration = Duration::from_millis(100);
/// To the beginning of the line, and nothing on it.
const CLEAR: &str = "\r\x1b[2K";

/// A stretch of work, in steps.
#[derive(Debug)]
pub struct Progress<W: Write = Stderr> {
    what: &'static str,
    /// How many steps there are; 0: nobody knows.
    total: usize,
    done: usize,
    began: Instant,
    /// How long it had taken when the last line was written.
    shown: Option<Duration>,
    /// Where it is shown, if it is.
    out: Option<W>,
}

impl Progress {
    /// The beginning of some work of `total` steps, 0 where nobody knows.
    pub fn of(what: &'static str, total: usize) -> Self {
        let is_built = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
        let is_shown = io::stderr().is_terminal() && !is_built;
        Self::on(what, total, is_shown.then(io::stderr))
    }
}

impl<W: Write> Progress<W> {
    fn on(what: &'static str, total: usize, out: Option<W>) -> Self {
        Self {
            what,
            total,
            done: 0,
            began: Instant::now(),
            shown: None,
            out,
        }
    }

    /// A step has been done.
    pub fn step(&mut self) {
        self.steps(1);
    }

    /// Some steps have been done.
    pub fn steps(&mut self, count: usize) {
        self.done += count;
        if self.out.is_some() {
            self.show(self.began.elapsed());
        }
    }

    fn show(&mut self, elapsed: Duration) {
        let is_due = elapsed >= PATIENCE && self.shown.is_none_or(|shown| elapsed >= shown + PAUSE);
        let Some(out) = self.out.as_mut().filter(|_| is_due) else {
            return;
        };
        self.shown = Some(elapsed);
        let total = match self.total {
            0 => String::new(),
            total => format!(" of {total}"),
        };
        // Whoever cannot be told misses nothing.
        let _ = write!(out, "{CLEAR}{}: {}{total}", self.what, self.done);
        let _ = out.flush();
    }
}

impl<W: Write> Drop for Progress<W> {
    fn drop(&mut self) {
        if let (Some(out), Some(_)) = (self.out.as_mut(), self.shown) {
            let _ = write!(out, "{CLEAR}");
            let _ = out.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quick_is_not_shown() {
        let mut out = Vec::new();
        let mut progress = Progress::on("reading", 2, Some(&mut out));
        progress.show(PATIENCE.saturating_sub(PAUSE));
        drop(progress);
        assert!(out.is_empty());
    }

    #[test]
    fn a_line_is_replaced_now_and_then_and_goes() {
        let mut out = Vec::new();
        let mut progress = Progress::on("reading", 5, Some(&mut out));
        progress.done = 2;
        progress.show(PATIENCE);
        progress.done = 3;
        progress.show(PATIENCE + PAUSE / 2);
        progress.done = 4;
        progress.show(PATIENCE + PAUSE);
        drop(progress);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, format!("{CLEAR}reading: 2 of 5{CLEAR}reading: 4 of 5{CLEAR}"));
    }
}

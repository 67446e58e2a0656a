//! An explanation for people.

use std::io::{self, Write};

use super::relabel::{Labels, Trace};
use super::relabeling::Traced;
use super::step::{Outcome, Step};
use super::walk::{Explained, Walk};
use super::{Explanation, Near};

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[33m";
const GREEN: &str = "\x1b[32m";
const RESET: &str = "\x1b[0m";

/// Writes lines with colours, or without.
struct Page<'w, W> {
    out: &'w mut W,
    is_coloured: bool,
}

/// Writes `explanation`.
pub(super) fn write(explanation: &Explanation, is_coloured: bool, out: &mut impl Write) -> io::Result<()> {
    let mut page = Page { out, is_coloured };
    for step in &explanation.steps.0 {
        page.step(step, 0)?;
    }
    for near in &explanation.near {
        page.near(near)?;
    }
    for object in &explanation.objects {
        page.object(object)?;
    }
    if !explanation.only_in_cluster.is_empty() {
        let steps: Vec<&str> = explanation.only_in_cluster.iter().map(|step| step.as_str()).collect();
        let steps = steps.join(", ");
        let (dim, reset) = (page.paint(DIM), page.paint(RESET));
        writeln!(page.out, "{dim}Only a cluster knows (--cluster): {steps}.{reset}")?;
    }
    page.verdict(explanation)
}

impl<W: Write> Page<'_, W> {
    const fn paint(&self, code: &'static str) -> &'static str {
        if self.is_coloured { code } else { "" }
    }

    fn object(&mut self, object: &Explained) -> io::Result<()> {
        let (bold, reset) = (self.paint(BOLD), self.paint(RESET));
        writeln!(self.out, "{bold}{}{reset}", object.object)?;
        for step in &object.steps.0 {
            self.step(step, 1)?;
        }
        let is_selected = object.workloads.iter().any(Walk::is_selected);
        for walk in &object.workloads {
            match walk.failed() {
                // That others do not select it is of no account then.
                Some(step) if is_selected && !walk.is_selected() => self.other(walk, step)?,
                _ => self.walk(walk)?,
            }
        }
        Ok(())
    }

    fn other(&mut self, walk: &Walk, step: &Step) -> io::Result<()> {
        let (dim, reset) = (self.paint(DIM), self.paint(RESET));
        let (name, why) = (step.step.as_str(), reason(&step.outcome).0);
        writeln!(
            self.out,
            "  {dim}{} does not take it: {name}: {why}{reset}",
            walk.workload
        )
    }

    fn walk(&mut self, walk: &Walk) -> io::Result<()> {
        let (bold, reset) = (self.paint(BOLD), self.paint(RESET));
        writeln!(self.out, "  {bold}{}{reset}", walk.workload)?;
        for step in &walk.steps.0 {
            self.step(step, 2)?;
        }
        for job in &walk.jobs {
            writeln!(self.out, "    job {}", job.job)?;
            for step in &job.steps.0 {
                self.step(step, 3)?;
            }
            for traced in &job.traces {
                self.traced(traced)?;
            }
        }
        Ok(())
    }

    fn step(&mut self, step: &Step, depth: usize) -> io::Result<()> {
        let indentation = "  ".repeat(depth);
        let (sign, colour) = match step.outcome {
            Outcome::Passed { .. } => ("✓", GREEN),
            Outcome::Failed { .. } => ("✗", RED),
            Outcome::Hint { .. } => ("!", YELLOW),
            Outcome::Unknown { .. } => ("?", YELLOW),
        };
        let (colour, reset) = (self.paint(colour), self.paint(RESET));
        let (name, title) = (step.step.as_str(), step.step.title());
        let (text, mend) = reason(&step.outcome);
        let text = if text.is_empty() { title } else { text };
        writeln!(self.out, "{indentation}{colour}{sign}{reset} {name}: {text}")?;
        if let Some(mend) = mend {
            let (dim, reset) = (self.paint(DIM), self.paint(RESET));
            writeln!(self.out, "{indentation}  {dim}mend:{reset} {mend}")?;
        }
        Ok(())
    }

    fn near(&mut self, near: &Near) -> io::Result<()> {
        writeln!(self.out, "  near: {}: {}", near.object, near.why)
    }

    fn traced(&mut self, traced: &Traced) -> io::Result<()> {
        let Traced { target, trace } = traced;
        writeln!(self.out, "      trace of {target}")?;
        self.labels("before", &trace.before)?;
        for effect in &trace.effects {
            let mut results: Vec<String> = effect
                .set
                .iter()
                .map(|(name, value)| format!("{name}={value:?}"))
                .collect();
            results.extend(effect.removed.iter().map(|name| format!("without {name}")));
            let result = match (effect.dropped, results.is_empty()) {
                (true, _) => format!("drops it: the value is {:?}", effect.value),
                (false, true) => "no change".to_owned(),
                (false, false) => results.join(", "),
            };
            writeln!(
                self.out,
                "        rule {}: {}\n          {result}",
                effect.rule, effect.text
            )?;
        }
        self.after(trace)
    }

    fn after(&mut self, trace: &Trace) -> io::Result<()> {
        match (trace.target(), trace.url()) {
            (Some(labels), url) => {
                self.labels("after", &labels)?;
                writeln!(
                    self.out,
                    "        scraped at {}",
                    url.as_deref().unwrap_or("no address")
                )
            }
            (None, _) => writeln!(self.out, "        dropped"),
        }
    }

    fn labels(&mut self, title: &str, labels: &Labels) -> io::Result<()> {
        writeln!(self.out, "        {title}")?;
        for (name, value) in labels {
            writeln!(self.out, "          {name}={value:?}")?;
        }
        Ok(())
    }

    fn verdict(&mut self, explanation: &Explanation) -> io::Result<()> {
        let (bold, reset) = (self.paint(BOLD), self.paint(RESET));
        let Some(verdict) = &explanation.failed else {
            return writeln!(self.out, "{bold}No step fails.{reset}");
        };
        let of = if verdict.workload.is_empty() {
            String::new()
        } else {
            format!(" ({})", verdict.workload)
        };
        writeln!(
            self.out,
            "{bold}The first step that fails is {}{of}.{reset}",
            verdict.step.as_str()
        )?;
        writeln!(self.out, "  why:  {}\n  mend: {}", verdict.why, verdict.mend)
    }
}

/// What is said of a step, and what would mend it.
const fn reason(outcome: &Outcome) -> (&String, Option<&String>) {
    match outcome {
        Outcome::Passed { detail } => (detail, None),
        Outcome::Unknown { why } => (why, None),
        Outcome::Failed { why, mend } | Outcome::Hint { why, mend } => (why, Some(mend)),
    }
}

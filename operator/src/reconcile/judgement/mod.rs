//! The last line of defence, where the user wants it (`--check-configuration`): what was rendered is judged by the program
//! that speaks for its reader, before it replaces the last files. On refusal the objects with which it is refused are found,
//! left out and named; where no object is why, the last files stay. Renders and starts programs; writes nothing.

mod memory;
mod readers;
mod search;

use std::sync::Arc;

use crate::cache::Caches;
use crate::object::{LeftOut, ObjectKey, Rejection};
use crate::settings::Settings;
use memory::{Memory, Object, digest};
use search::{Trials, culprits};

use super::bindings::SelectedObject;
use super::{Error as RunError, Rendered, Workload};

pub(crate) use readers::{Failure, JudgedFile, Question, Readers};

/// How often refused objects are looked for in one run. Each time all that are refused by themselves are found.
const ROUNDS: usize = 8;

/// Why nothing is written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program gave no answer.
    #[error("the generated files cannot be judged, so the last ones stay")]
    Failure(#[from] Failure),
    /// The refusal has another cause than an object.
    #[error("the generated files are refused also without any selected object, so the last ones stay: {0}")]
    NoObject(String),
    /// Too many objects are refused.
    #[error(
        "the generated files are still refused after {ROUNDS} attempts to find out why, so the last ones stay: {0}"
    )]
    Undecided(String),
}

/// Has the files of the workloads of one controller judged.
#[derive(Debug)]
pub(crate) struct Judge {
    readers: Arc<Readers>,
    memories: Caches<Memory>,
}

impl Judge {
    /// A judge that asks `readers`.
    pub(crate) fn new(readers: Arc<Readers>) -> Self {
        Self {
            readers,
            memories: Caches::default(),
        }
    }

    /// Forgets a workload that is gone.
    pub(super) fn forget(&self, key: &ObjectKey) {
        self.memories.forget(key);
    }

    /// What comes of what was observed of the workload `key`, as far as its reader accepts it.
    pub(super) async fn rendered<W: Workload>(
        &self,
        (key, generation): (&ObjectKey, i64),
        observed: &W::Observed,
        settings: &Settings,
        cache: &mut W::Cache,
    ) -> Result<Rendered, RunError> {
        let mut memory = self.memories.take(key);
        memory.renew(generation, W::assets(observed), &W::selected(observed));
        let rendered = self.passed::<W>(observed, settings, cache, &mut memory).await;
        self.memories.put(key, memory);
        rendered
    }

    async fn passed<W: Workload>(
        &self,
        observed: &W::Observed,
        settings: &Settings,
        cache: &mut W::Cache,
        memory: &mut Memory,
    ) -> Result<Rendered, RunError> {
        let mut last = String::new();
        for _ in 0..ROUNDS {
            let (trial, rejections) = without::<W>(observed, &memory.left_out());
            let mut rendered = render::<W>(&trial, settings, cache)?;
            let Err(message) = self.verdict::<W>(&trial, &rendered, memory).await? else {
                rendered.rejections.extend(rejections);
                rendered.rejections.sort();
                return Ok(rendered);
            };
            let is_in = |one: &SelectedObject| {
                let is_rejected = |rejection: &Rejection| rejection.kind == one.kind && rejection.object == one.object;
                !rendered.rejections.iter().any(is_rejected)
            };
            let mut items = W::selected(&trial);
            items.retain(is_in);
            let mut trials = Parts::<W> {
                judge: self,
                observed: &trial,
                settings,
                all: items.iter().map(object).collect(),
                memory: Memory::default(),
            };
            if let Err(message) = trials.judged(&[]).await? {
                // What it quotes may be of a Secret of the workload's own.
                return Err(Error::NoObject(without_quotes(&message)).into());
            }
            for (item, message) in culprits(&mut trials, &items, message.clone()).await? {
                memory.refuse(&item, message);
            }
            last = message;
        }
        Err(Error::Undecided(without_quotes(&last)).into())
    }

    /// Why the files are refused, if they are. What was accepted the last time is not asked for again.
    async fn verdict<W: Workload>(
        &self,
        observed: &W::Observed,
        rendered: &Rendered,
        memory: &mut Memory,
    ) -> Result<Result<(), String>, RunError> {
        let mut accepted = std::collections::BTreeSet::new();
        for mut question in W::questions(observed, rendered) {
            if !self.readers.judges(&question) {
                continue;
            }
            let digests: Vec<_> = question.files.iter().map(|file| digest(&question, file)).collect();
            let mut known = digests.iter().map(|digest| memory.accepted.contains(digest));
            question.files.retain(|_| !known.next().unwrap_or(false));
            if let Some(message) = self.readers.refusal(&question).await.map_err(Error::Failure)? {
                return Ok(Err(W::assets(observed).redacted(&message)));
            }
            accepted.extend(digests);
        }
        memory.accepted = accepted;
        Ok(Ok(()))
    }
}

/// Renders a part of the objects.
struct Parts<'a, W: Workload> {
    judge: &'a Judge,
    observed: &'a W::Observed,
    settings: &'a Settings,
    /// The objects of which parts are tried.
    all: Vec<Object>,
    memory: Memory,
}

impl<W: Workload> Trials for Parts<'_, W> {
    type Item = SelectedObject;
    type Error = RunError;

    async fn judged(&mut self, items: &[SelectedObject]) -> Result<Result<(), String>, RunError> {
        let kept: std::collections::BTreeSet<Object> = items.iter().map(object).collect();
        let others = self.all.iter().filter(|object| !kept.contains(object));
        let left_out = others.map(|object| (object.clone(), String::new())).collect();
        let (trial, _) = without::<W>(self.observed, &left_out);
        let rendered = render::<W>(&trial, self.settings, &mut W::Cache::default())?;
        self.judge.verdict::<W>(&trial, &rendered, &mut self.memory).await
    }
}

fn object(selected: &SelectedObject) -> Object {
    (selected.kind, selected.object.clone())
}

fn without<W: Workload>(observed: &W::Observed, left_out: &LeftOut) -> (W::Observed, Vec<Rejection>) {
    let mut rest = observed.clone();
    let rejections = W::leave_out(&mut rest, left_out);
    (rest, rejections)
}

/// What comes of what was observed.
///
/// # Errors
/// When the workload itself is wrong.
pub(super) fn render<W: Workload>(
    observed: &W::Observed,
    settings: &Settings,
    cache: &mut W::Cache,
) -> Result<Rendered, RunError> {
    W::render(observed, settings, cache).map_err(|error| {
        let retry = W::retry(&error);
        RunError::Render(error.into(), retry)
    })
}

/// The text with an ellipsis for everything between quotes.
fn without_quotes(text: &str) -> String {
    let (mut shown, mut quote) = (String::new(), None);
    for character in text.chars() {
        match quote {
            Some(end) if character == end => {
                shown.push('…');
                shown.push(character);
                quote = None;
            }
            Some(_) => {}
            None => {
                shown.push(character);
                quote = Some(character).filter(|character| matches!(character, '"' | '`'));
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_not_shown() {
        let text = "line 3: cannot unmarshal !!str `hunter2` into a, or \"x\"; and `open";
        assert_eq!(
            without_quotes(text),
            "line 3: cannot unmarshal !!str `…` into a, or \"…\"; and `"
        );
    }
}

//! All that an explanation looks at. Plain borrowed values.

use crds::Unreadable;

use super::facts::Facts;
use super::job::Jobs;
use super::live::Live;
use crate::args::Args;
use crate::cli::input::{Input, Object};
use crate::cli::world::{Outcome, Selects, World};
use crate::object::ObjectKey;

/// What is known when the steps are taken.
pub(super) struct Scene<'a> {
    /// The flags of the operator.
    pub args: &'a Args,
    /// The objects as they were read.
    pub input: &'a Input,
    /// The objects as the operator sees them.
    pub world: &'a World,
    /// What the operator makes of the workloads.
    pub outcomes: &'a [Outcome],
    /// Their scrape jobs.
    pub jobs: &'a Jobs<'a>,
    /// What the workloads select.
    pub selects: &'a [Selects],
    /// What else is there.
    pub facts: &'a Facts,
    /// What a cluster has said; nothing where none is asked.
    pub live: &'a Live,
}

impl<'a> Scene<'a> {
    /// The object of that kind and name. Of several the last one, which replaces the others.
    pub(super) fn object(&self, kind: &str, key: &ObjectKey) -> Option<&'a Object> {
        let mut objects = self.input.objects.iter().rev();
        objects.find(|object| object.kind == kind && object.key == *key)
    }

    /// All objects of a kind.
    pub(super) fn objects(&self, kind: &str) -> impl Iterator<Item = &'a Object> {
        self.input.objects.iter().filter(move |object| object.kind == kind)
    }

    /// Why an object cannot be read.
    pub(super) fn unreadable(&self, object: &Object) -> Option<&'a Unreadable> {
        let place = self
            .input
            .objects
            .iter()
            .position(|other| std::ptr::eq(other, object))?;
        self.world.unreadable.get(&place)
    }

    /// Where an object comes from.
    pub(super) fn origin(&self, object: &Object) -> String {
        let wanted = [(object.origin.as_ref(), &[][..])];
        let position = self.input.positions(&wanted).pop().flatten();
        match position {
            Some(position) => format!(
                "{} {} in {}:{}",
                object.kind, object.key, position.file, position.place.line
            ),
            None if !self.facts.is_live => format!("{} {} in the place of one", object.kind, object.key),
            None => format!("{} {} in the cluster", object.kind, object.key),
        }
    }
}

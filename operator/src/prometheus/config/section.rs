//! How a part of the file is written: the scope that its values are taken in, and the mapping that the tables of its keys
//! are added to. Pure; nothing here knows which keys there are.
//!
//! One idiom for all parts: a plain struct holds what the part is made from, and a [`Section`] that has this struct as its
//! source holds the table of its keys.

use std::cell::RefCell;
use std::ops::Deref;

use formats::{
    version::{Dropped, render},
    yaml::Yaml,
};

use super::context::{Context, Format};
use super::sections::Section;

/// A field that the user set and that the version of Prometheus does not know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DroppedField {
    /// Where: `global`, `remoteWrite[0]`, or the name of a scrape job, such as `serviceMonitor/monitoring/api/0`.
    pub part: Box<str>,
    /// Key and versions.
    pub field: Dropped,
}

/// What the values of a part are taken from: the format of the file, and the namespace whose Secrets and `ConfigMap`s the
/// part may name.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) format: &'a Format<'a>,
    pub(crate) namespace: &'a str,
    dropped: &'a RefCell<Vec<Dropped>>,
}

/// The same, of a part that depends on the whole configuration.
#[derive(Clone, Copy)]
pub(crate) struct PartScope<'a> {
    pub(crate) context: &'a Context<'a>,
    values: Values<'a>,
}

impl<'a> PartScope<'a> {
    /// The same part, with references into another namespace.
    pub(crate) fn in_namespace(self, namespace: &'a str) -> Self {
        Self {
            values: Values {
                namespace,
                ..self.values
            },
            ..self
        }
    }
}

impl<'a> Deref for PartScope<'a> {
    type Target = Values<'a>;

    fn deref(&self) -> &Values<'a> {
        &self.values
    }
}

impl<'a> From<PartScope<'a>> for Values<'a> {
    fn from(scope: PartScope<'a>) -> Self {
        scope.values
    }
}

impl Values<'_> {
    /// The mapping of one table. Empty where nothing is set.
    pub(crate) fn mapping<S: Section>(self, from: &S::Source<'_>) -> Yaml {
        Mapping::new(self).with::<S>(from).into_yaml()
    }

    /// The mapping of one table, or nothing where nothing is set.
    pub(crate) fn non_empty_mapping<S: Section>(self, from: &S::Source<'_>) -> Option<Yaml> {
        let mapping = Mapping::new(self).with::<S>(from);
        (!mapping.pairs.is_empty()).then(|| mapping.into_yaml())
    }
}

/// Renders a part of a configuration: calls `write` with a scope in `namespace`, and adds what the version does not know to
/// `dropped`.
pub(crate) fn part<T>(
    name: impl Into<Box<str>>,
    namespace: &str,
    context: &Context<'_>,
    dropped: &mut Vec<DroppedField>,
    write: impl FnOnce(PartScope<'_>) -> T,
) -> T {
    standalone_part(name, namespace, &context.format, dropped, |values| {
        write(PartScope { context, values })
    })
}

/// The same of a part that depends on nothing but the format of the file.
pub(crate) fn standalone_part<T>(
    name: impl Into<Box<str>>,
    namespace: &str,
    format: &Format<'_>,
    dropped: &mut Vec<DroppedField>,
    write: impl FnOnce(Values<'_>) -> T,
) -> T {
    let fields = RefCell::new(Vec::new());
    let written = write(Values {
        format,
        namespace,
        dropped: &fields,
    });
    let fields = fields.into_inner();
    if !fields.is_empty() {
        let part = name.into();
        dropped.extend(fields.into_iter().map(|field| DroppedField {
            part: part.clone(),
            field,
        }));
    }
    written
}

/// A mapping made of several tables, for parts whose keys come from several structs.
pub(crate) struct Mapping<'a> {
    values: Values<'a>,
    pairs: Vec<(Yaml, Yaml)>,
}

impl<'a> Mapping<'a> {
    /// An empty mapping.
    pub(crate) fn new(values: impl Into<Values<'a>>) -> Self {
        Self {
            values: values.into(),
            pairs: Vec::new(),
        }
    }

    /// The mapping with the keys of a section added.
    #[must_use]
    pub(crate) fn with<S: Section>(mut self, from: &S::Source<'_>) -> Self {
        let mut dropped = Vec::new();
        self.pairs
            .append(&mut render(S::fields(), from, self.values.format.version, &mut dropped));
        self.values.dropped.borrow_mut().append(&mut dropped);
        self
    }

    /// The mapping with a key that every version knows added, where there is a value.
    #[must_use]
    pub(crate) fn pair(mut self, key: &'static str, value: Option<Yaml>) -> Self {
        self.pairs.extend(value.map(|value| (key.into(), value)));
        self
    }

    /// The YAML mapping.
    pub(crate) fn into_yaml(self) -> Yaml {
        Yaml::Map(self.pairs)
    }
}

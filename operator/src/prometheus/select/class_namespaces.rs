//! Which namespaces may use a scrape class, whose credentials go to the targets of those who do. Pure. The original lets
//! everybody use every class; so does a class without a selector.

use crds::{CommonPrometheusFields, ScrapeClass};
use formats::excerpt::Excerpt;

use crate::check::invalid::{Field, Invalid, SPEC, Within};
use crate::object::{ByKey, LeftOut};
use crate::prometheus::scrape_object::{ScrapeObject, ScrapeObjects};
use crate::selector::{NamespaceLabels, Selector};

/// An object that would use a class that its namespace may not use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("scrape class {name:?}{} may not be used in this namespace, which the namespaceSelector of the class does not select",
    if *.is_default { ", the default one," } else { "" })]
pub struct ForeignClass {
    name: Excerpt,
    /// Whether the object does not name it.
    is_default: bool,
}

/// The scrape classes of an instance, with the selectors of those who may use them.
#[derive(Debug)]
pub struct ClassNamespaces<'a>(Vec<(&'a ScrapeClass, Option<Selector>)>);

impl<'a> ClassNamespaces<'a> {
    /// Those of the instance with these fields.
    ///
    /// # Errors
    /// When Kubernetes would refuse a selector.
    pub fn of(common: &'a CommonPrometheusFields) -> Result<Self, Invalid> {
        let class = |class: &'a ScrapeClass| {
            let selector = class.namespace_selector.as_deref().map(Selector::parse).transpose();
            let selector = selector.field("namespaceSelector");
            let class_name = format!("scrapeClasses[{:?}]", class.name);
            Ok((class, selector.within(class_name).within(SPEC)?))
        };
        common
            .scrape_classes
            .iter()
            .map(class)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The selectors.
    pub fn into_selectors(self) -> Vec<Selector> {
        self.0.into_iter().filter_map(|(_, selector)| selector).collect()
    }

    /// Whether an object of `namespace` may use the class called `named`, or else the default one. A namespace that is not
    /// known has no labels.
    ///
    /// # Errors
    /// When it may not.
    pub fn check(&self, named: Option<&str>, namespace: &str, known: &NamespaceLabels) -> Result<(), ForeignClass> {
        let with_name = |name: &str| self.0.iter().find(|(class, _)| *class.name == *name);
        let found = named.and_then(with_name);
        let used = found.or_else(|| self.0.iter().find(|(class, _)| class.default == Some(true)));
        let Some((class, Some(selector))) = used else {
            return Ok(());
        };
        let matches = known.get(namespace).is_some_and(|labels| selector.matches(labels));
        if matches || selector.selects_all() {
            return Ok(());
        }
        Err(ForeignClass {
            name: (&class.name).into(),
            is_default: found.is_none(),
        })
    }

    /// Those of `objects` that may not use the class that they would use.
    pub(super) fn left_out(&self, objects: &ScrapeObjects, known: &NamespaceLabels) -> LeftOut {
        let mut left_out = LeftOut::new();
        if self.0.iter().any(|(_, selector)| selector.is_some()) {
            self.of_kind(&objects.service_monitors, known, &mut left_out);
            self.of_kind(&objects.pod_monitors, known, &mut left_out);
            self.of_kind(&objects.probes, known, &mut left_out);
            self.of_kind(&objects.scrape_configs, known, &mut left_out);
        }
        left_out
    }

    fn of_kind<K: ScrapeObject>(&self, objects: &ByKey<K>, known: &NamespaceLabels, left_out: &mut LeftOut) {
        for (key, object) in objects {
            let checked = self.check(object.scrape_class(), &key.namespace, known);
            if let Err(invalid) = checked.field("scrapeClass").within(SPEC) {
                left_out.insert((K::KIND, key.clone()), invalid.to_string());
            }
        }
    }
}

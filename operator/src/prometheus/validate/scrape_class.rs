//! The checks of scrape classes. Pure.

use crds::ScrapeClass;

use super::{Error, Owner, check_authorization};
use crate::check::invalid::{Field, Invalid, Within};
use crate::selector;

impl Owner<'_> {
    /// Checks all classes, and that one is the default at most.
    pub(super) fn scrape_classes(&mut self, classes: &[ScrapeClass]) -> Result<(), Invalid> {
        if classes.iter().filter(|class| class.default == Some(true)).count() > 1 {
            return Err(Error::DefaultScrapeClasses).field("scrapeClasses");
        }
        for class in classes {
            self.scrape_class(class)
                .within(format!("scrapeClasses[{:?}]", class.name))?;
        }
        Ok(())
    }

    fn scrape_class(&mut self, class: &ScrapeClass) -> Result<(), Invalid> {
        if let Some(namespaces) = &class.namespace_selector {
            selector::check(namespaces).field("namespaceSelector")?;
        }
        self.relabeling.check_all(&class.relabelings, "relabelings")?;
        (self.relabeling).check_all(&class.metric_relabelings, "metricRelabelings")?;
        if let Some(tls) = &class.tls_config {
            self.credentials.tls(&**tls).field("tlsConfig")?;
        }
        match &class.authorization {
            Some(authorization) => check_authorization(authorization, &self.credentials),
            None => Ok(()),
        }
    }
}

//! The configuration, all of it at once: what the one that is rendered object by object must equal. The operator itself does
//! not call it; tests do, and whoever wants a document rather than bytes. Pure.

use formats::yaml::Yaml;

use crate::object::ByKey;
use crate::prometheus::config::{
    Context, DroppedField, Error, Input, Outline, SCRAPE_CONFIGS, check_additional_names, outline,
};
use crate::prometheus::scrape_object::{ScrapeObject, ScrapeObjects, Source, sources};

/// A configuration.
#[derive(Debug)]
pub struct Configuration {
    /// The file.
    pub document: Yaml,
    /// Fields that were left out because the version does not know them.
    pub dropped: Vec<DroppedField>,
}

/// The configuration with the jobs of `objects`, all of it at once.
///
/// # Errors
/// When the object, or a text that it refers to, cannot make a configuration. What is wrong with one of `objects` is no
/// error: selection leaves it out.
pub fn configuration(input: &Input<'_>, objects: &ScrapeObjects) -> Result<Configuration, Error> {
    configuration_in(&input.context()?, input, objects)
}

/// The same in a context of `input` that was made before.
///
/// # Errors
/// As [`configuration`].
pub fn configuration_in(
    context: &Context<'_>,
    input: &Input<'_>,
    objects: &ScrapeObjects,
) -> Result<Configuration, Error> {
    let Outline {
        mut before,
        additional,
        after,
        mut dropped,
    } = outline(input, context)?;
    check_additional_names(&additional, |name| objects.object_of_job(name).is_some())?;
    let mut jobs = Vec::new();
    for source in sources(input.instance.mode) {
        match source {
            Source::ServiceMonitors => jobs_of(&objects.service_monitors, context, &mut jobs, &mut dropped),
            Source::PodMonitors => jobs_of(&objects.pod_monitors, context, &mut jobs, &mut dropped),
            Source::Probes => jobs_of(&objects.probes, context, &mut jobs, &mut dropped),
            Source::ScrapeConfigs => jobs_of(&objects.scrape_configs, context, &mut jobs, &mut dropped),
            Source::Additional => jobs.extend(additional.iter().cloned()),
        }
    }
    before.push((SCRAPE_CONFIGS.into(), Yaml::Seq(jobs)));
    before.extend(after);
    Ok(Configuration {
        document: Yaml::Map(before),
        dropped,
    })
}

fn jobs_of<K: ScrapeObject>(
    objects: &ByKey<K>,
    context: &Context<'_>,
    jobs: &mut Vec<Yaml>,
    dropped: &mut Vec<DroppedField>,
) {
    for object in objects.values() {
        jobs.extend(object.jobs(context, dropped));
    }
}

//! Workloads under review: each is rendered as the operator would render it, with nothing selected and without the Secrets
//! that it refers to, and what the renderer says against it is why it is refused. Pure.

use std::error::Error;
use std::sync::Arc;

use crds::v1alpha1::PrometheusAgent;
use crds::{Alertmanager, Prometheus, ThanosRuler};
use jiff::Timestamp;
use process::causes::Causes;
use serde_json::value::RawValue;

use super::fault::{Fault, read};
use super::judge::Judge;
use super::review::Cause;
use crate::alertmanager::config::fragments::PartCache;
use crate::assets::Assets;
use crate::object::ByKey;
use crate::pod::requirements::Requirements;
use crate::prometheus::incremental::Layout;
use crate::prometheus::instance::Kind;
use crate::prometheus::rollout::Rollout;
use crate::prometheus::select::{Candidates, Selectors};
use crate::rules::RuleFileCache;
use crate::{alertmanager, prometheus, thanos_ruler};

/// Errors of renderers are about a field, or several, of which those about one begin with its path.
fn fault(error: &(dyn Error + 'static)) -> Fault {
    let message = Causes(error).to_string();
    let path = message.split_once(": ").map(|(path, _)| path);
    let field = path.filter(|path| path.starts_with("spec.") && !path.contains(' '));
    let field = field.unwrap_or("spec").to_owned();
    Fault::Invalid(vec![Cause::new(message).at(field)])
}

/// Reviews a server.
pub(super) fn prometheus(judge: &Judge, object: &RawValue, _version: &str) -> Result<Vec<String>, Fault> {
    instance(judge, read::<Prometheus>(object)?)
}

/// Reviews an agent.
pub(super) fn agent(judge: &Judge, object: &RawValue, _version: &str) -> Result<Vec<String>, Fault> {
    instance(judge, read::<PrometheusAgent>(object)?)
}

fn instance<K: Kind>(judge: &Judge, object: K) -> Result<Vec<String>, Fault> {
    Selectors::of(&object.instance())?;
    let observed = prometheus::observe::Observed {
        object: K::object(Arc::new(object)),
        neighbours: Vec::new(),
        candidates: Ok(Candidates::default()),
        assets: Assets::unread(),
        configured: false,
        rollout: Rollout {
            layout: Layout::Whole,
            all_mount_job_files: true,
        },
        requirements: Requirements::default(),
        excess: Vec::new(),
        now: Timestamp::UNIX_EPOCH,
    };
    let rendered = prometheus::render::render(
        &observed,
        &judge.settings,
        &mut prometheus::cache::RenderCache::default(),
    )
    .map_err(|error| fault(&error))?;
    Ok(rendered.dropped)
}

/// Reviews an Alertmanager. The object that its configuration begins with may not be there yet.
pub(super) fn alertmanager(judge: &Judge, object: &RawValue, _version: &str) -> Result<Vec<String>, Fault> {
    let object: Alertmanager = read(object)?;
    alertmanager::observe::selector(&object)?;
    let observed = alertmanager::observe::Observed {
        alertmanager: Arc::new(object),
        neighbours: Vec::new(),
        configuration: None,
        root: alertmanager::observe::Root::NotNamed,
        objects: Ok(ByKey::new()),
        assets: Assets::unread(),
        requirements: Requirements::default(),
    };
    let rendered = alertmanager::render::render(&observed, &judge.settings, &mut PartCache::default())
        .map_err(|error| fault(&error))?;
    Ok(rendered.dropped)
}

/// Reviews a Thanos Ruler.
pub(super) fn thanos_ruler(judge: &Judge, object: &RawValue, _version: &str) -> Result<Vec<String>, Fault> {
    let object: ThanosRuler = read(object)?;
    thanos_ruler::observe::rule_selector(&object)?;
    let observed = thanos_ruler::observe::Observed {
        thanos_ruler: Arc::new(object),
        neighbours: Vec::new(),
        rules: Ok(ByKey::new()),
        assets: Assets::unread(),
        requirements: Requirements::default(),
    };
    let rendered = thanos_ruler::render::render(&observed, &judge.settings, &mut RuleFileCache::default())
        .map_err(|error| fault(&error))?;
    Ok(rendered.dropped)
}

//! The generated Secret of an Alertmanager, from the user's Secret.

use std::sync::Arc;

use crds::Alertmanager;
use formats::gzip;
use k8s_openapi::api::core::v1::Secret;
use operator::alertmanager::config::fragments::PartCache;
use operator::alertmanager::config::secret;
use operator::alertmanager::observe::{Configuration, Observed, Root};
use operator::assets::Assets;
use operator::object::ByKey;
use operator::pod::requirements::Requirements;
use operator::settings::Caps;
use serde_json::{Map, Value, json};

use super::objects::{RECORDED_ALERTMANAGER, compare, list, read};
use crate::case::{Case, Expected};
use crate::verdict::{Verdict, decision};

/// Larger than any recorded file.
const LIMIT: u64 = 1 << 20;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let alertmanager: Alertmanager = read(&input["alertmanager"])?;
    let secrets: Vec<Secret> = list(&input["secrets"])?;
    let user = secrets.into_iter().next().map(|secret| {
        let data = secret.data.unwrap_or_default();
        Configuration(data.into_iter().map(|(key, value)| (key, value.0)).collect())
    });
    let observed = Observed {
        alertmanager: Arc::new(alertmanager),
        neighbours: Vec::new(),
        configuration: user,
        root: Root::NotNamed,
        objects: Ok(ByKey::new()),
        assets: Assets::default(),
        requirements: Requirements::default(),
    };
    let ours = secret::configuration(
        &observed,
        &ByKey::new(),
        RECORDED_ALERTMANAGER,
        Caps::default(),
        &mut PartCache::default(),
    );
    let configuration = match (case.expected()?, ours) {
        (Expected::Output(_), Ok(configuration)) => configuration,
        (Expected::Output(_), ours) => return decision(&ours, Ok(())),
        (Expected::Error(error), ours) => return decision(&ours, Err(&error)),
    };
    let mut gunzipped = Map::new();
    let mut plain = Map::new();
    for (key, value) in configuration.data {
        if gzip::is_compressed(&value.0) {
            let text = String::from_utf8(gzip::decompress(&*value.0, LIMIT).map_err(|error| error.to_string())?)?;
            gunzipped.insert(key, Value::from(text));
        } else {
            plain.insert(key, json!(value));
        }
    }
    let mut ours = json!({"gunzipped": gunzipped});
    if !plain.is_empty() {
        ours["data"] = Value::Object(plain);
    }
    // Metadata is that of every managed object, which the areas of StatefulSets and Services compare.
    compare(case, Ok(ours), |theirs| {
        let data = theirs["secret"]["data"].take();
        if let Some(theirs) = theirs.as_object_mut() {
            theirs.remove("secret");
            if !data.is_null() {
                theirs.insert("data".to_owned(), data);
            }
        }
    })
}

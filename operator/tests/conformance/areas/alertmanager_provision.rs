//! The generated Secret of an Alertmanager, from the user's Secret.

use k8s_openapi::api::core::v1::Secret;
use operator::alertmanager::observe::Configuration;
use operator::alertmanager::render::generated;
use serde_json::{Map, Value, json};
use shared::gzip;

use super::objects::{compare, list};
use crate::case::Case;
use crate::verdict::Verdict;

/// Larger than any recorded file.
const LIMIT: u64 = 1 << 20;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let secrets: Vec<Secret> = list(&input["secrets"])?;
    let user = secrets.into_iter().next().map(|secret| {
        let data = secret.data.unwrap_or_default();
        Configuration(data.into_iter().map(|(key, value)| (key, value.0)).collect())
    });
    let mut gunzipped = Map::new();
    let mut plain = Map::new();
    for (key, value) in generated(user.as_ref()) {
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

//! An `AlertmanagerConfig` against the Alertmanager that selects it, and by itself: accepted or rejected.

use crds::v1alpha1;
use formats::version::Version;
use operator::alertmanager::config::context::{Context, mode};
use operator::alertmanager::config::{ObjectScope, admission, object};
use operator::object::ObjectKey;

use crate::areas::asset_store;
use crate::case::{Case, Expected};
use crate::verdict::{Verdict, decision};

/// With a version and Secrets, as the operator does.
pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let version = input["parameters"]["alertmanagerVersion"].as_str();
    let version = Version::parse(version.ok_or("no version")?).map_err(|error| error.to_string())?;
    let assets = asset_store::assets(&input)?;
    let object = serde_json::from_value::<v1alpha1::AlertmanagerConfig>(input["alertmanagerConfig"].clone());
    // The original looks at the object alone.
    let context = Context {
        matchers: mode(version, &[]),
        ..Context::unknown().for_version(version)
    };
    let checked = object.map_err(|error| error.to_string()).and_then(|config| {
        let owner = ObjectKey::of(&config);
        let checked = object::addition(&config, true, &ObjectScope::new(&owner, &assets, version), &context);
        checked.map_err(|invalid| invalid.to_string())
    });
    compare(case, &checked)
}

/// By itself, as the webhook does.
pub(crate) fn semantics(case: &Case) -> Verdict {
    let input = case.input()?;
    let checked = admission::check(input["alertmanagerConfig"].clone()).map_err(|error| error.to_string());
    compare(case, &checked)
}

fn compare<T>(case: &Case, checked: &Result<T, String>) -> Verdict {
    match case.expected()? {
        Expected::Error(error) => decision(checked, Err(&error)),
        Expected::Output(_) => decision(checked, Ok(())),
    }
}

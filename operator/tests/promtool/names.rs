//! Names that no cluster would allow: some recordings hold two objects of one name, which make two jobs of one name.

use std::collections::BTreeSet;

use serde_json::Value;

/// Names each object after the key that it is recorded under, where its name is taken.
pub(crate) fn tell_apart(input: &mut Value) {
    for kind in ["serviceMonitors", "podMonitors", "probes", "scrapeConfigs"] {
        let mut taken = BTreeSet::new();
        for (key, object) in input.get_mut(kind).and_then(Value::as_object_mut).into_iter().flatten() {
            let metadata = &mut object["metadata"];
            if !taken.insert((metadata["namespace"].to_string(), metadata["name"].to_string())) {
                metadata["name"] = key.as_str().into();
            }
        }
    }
}

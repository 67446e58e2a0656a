use serde_json::json;

use super::*;

fn object(version: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": format!("monitoring.coreos.com/{version}"),
        "kind": "AlertmanagerConfig",
        "metadata": { "name": "own", "namespace": "web", "uid": "1" },
        "spec": spec,
        "status": { "bindings": [] },
    })
}

fn converted(from: &str, spec: &Value, to: Version) -> Value {
    let mut object = object(from, spec);
    convert(&mut object, to).unwrap_or_else(|error| panic!("{error}"));
    object
}

#[test]
fn matchers_say_in_one_way_how_they_compare_at_every_level() {
    let older = json!([
        { "name": "a", "value": "b" },
        { "name": "a", "value": "b.*", "regex": true },
        { "name": "a", "value": "b", "matchType": "!=", "regex": true },
        { "name": "a", "matchType": "", "regex": false },
        { "name": "a", "matchType": null, "regex": true },
    ]);
    let newer = json!([
        { "name": "a", "value": "b", "matchType": "=" },
        { "name": "a", "value": "b.*", "matchType": "=~" },
        { "name": "a", "value": "b", "matchType": "!=" },
        { "name": "a", "matchType": "=" },
        { "name": "a", "matchType": "=~" },
    ]);
    let spec = |matchers: &Value| {
        json!({
            "route": { "receiver": "x", "routes": [{ "routes": [{ "matchers": matchers }] }], "matchers": matchers },
            "inhibitRules": [{}, { "sourceMatch": matchers, "targetMatch": matchers, "equal": ["a"] }],
        })
    };
    assert_eq!(
        converted("v1alpha1", &spec(&older), Version::V1beta1),
        object("v1beta1", &spec(&newer))
    );
    // The older version knows this way, too.
    assert_eq!(
        converted("v1beta1", &spec(&newer), Version::V1alpha1),
        object("v1alpha1", &spec(&newer))
    );
}

#[test]
fn time_intervals_change_their_name() {
    let intervals = json!([{ "name": "night", "timeIntervals": [{ "years": ["2030"] }] }]);
    let older = json!({ "muteTimeIntervals": intervals, "route": null });
    let newer = json!({ "timeIntervals": intervals, "route": null });
    assert_eq!(
        converted("v1alpha1", &older, Version::V1beta1),
        object("v1beta1", &newer)
    );
    assert_eq!(
        converted("v1beta1", &newer, Version::V1alpha1),
        object("v1alpha1", &older)
    );
}

#[test]
fn everything_else_stays_even_if_it_is_wrong() {
    let spec = json!({
        "receivers": [{
            "name": "all",
            "emailConfigs": [{ "to": "a" }, { "to": "b", "threading": { "threadByDate": "Daily" } }],
            "opsgenieConfigs": [{ "updateAlerts": true, "apiKey": { "name": "s", "key": "k", "optional": true } }],
            "pushoverConfigs": [{ "ttl": "1d" }],
        }],
        "route": { "receiver": 1, "routes": [null, "x", { "matchers": "x", "routes": {} }], "matchers": [null] },
        "inhibitRules": "none",
        "unknown": {},
    });
    assert_eq!(converted("v1alpha1", &spec, Version::V1beta1), object("v1beta1", &spec));
    assert_eq!(
        converted("v1beta1", &spec, Version::V1alpha1),
        object("v1alpha1", &spec)
    );
    assert_eq!(
        converted("v1alpha1", &spec, Version::V1alpha1),
        object("v1alpha1", &spec)
    );
    assert_eq!(
        converted("v1alpha1", &Value::Null, Version::V1beta1),
        object("v1beta1", &Value::Null)
    );
}

#[test]
fn what_is_not_of_this_kind_is_refused() {
    let other = json!({ "apiVersion": "monitoring.coreos.com/v1", "kind": "Alertmanager" });
    for (mut object, error) in [
        (json!([]), Error::NoObject),
        (json!({}), Error::Kind { kind: "".into() }),
        (
            other,
            Error::Kind {
                kind: "Alertmanager".into(),
            },
        ),
        (
            object("v1", &json!({})),
            Error::Version {
                version: "monitoring.coreos.com/v1".into(),
            },
        ),
    ] {
        let before = object.clone();
        assert_eq!(convert(&mut object, Version::V1beta1), Err(error));
        assert_eq!(object, before);
    }
    assert_eq!(
        Version::of("v1beta1"),
        Err(Error::Version {
            version: "v1beta1".into()
        })
    );
}

#[test]
fn deep_routes_need_no_stack() {
    let mut object = object("v1alpha1", &json!({ "route": { "matchers": [{ "name": "a" }] } }));
    for _ in 0..1_000 {
        let inner = object["spec"]["route"].take();
        object["spec"]["route"] = json!({ "routes": [inner] });
    }
    convert(&mut object, Version::V1beta1).expect("an object");
    let mut route = &object["spec"]["route"];
    while route["routes"].is_array() {
        route = &route["routes"][0];
    }
    assert_eq!(route["matchers"][0]["matchType"], "=");
}

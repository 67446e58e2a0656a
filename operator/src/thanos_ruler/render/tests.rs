use serde_json::{Value, json};

use super::*;
use crate::assets::{Assets, Reference};
use crate::object::ObjectKey;
use crate::pod::requirements::Requirements;

fn observed(spec: &Value, selected: &[Value]) -> Observed {
    let ruler = json!({"metadata": {"name": "main", "namespace": "team", "uid": "1"}, "spec": spec});
    let thanos_ruler: Arc<ThanosRuler> = Arc::new(serde_json::from_value(ruler).unwrap());
    let selected = selected.iter().map(|rule| {
        let rule: crds::PrometheusRule = serde_json::from_value(rule.clone()).unwrap();
        (ObjectKey::of(&rule), Arc::new(rule))
    });
    Observed {
        neighbours: vec![Arc::clone(&thanos_ruler)],
        rules: Ok(selected.collect()),
        assets: Assets::default(),
        requirements: Requirements::default(),
        thanos_ruler,
    }
}

fn rule(name: &str, rule: &Value) -> Value {
    let groups = json!([{"name": "group", "rules": [rule]}]);
    json!({"metadata": {"name": name, "namespace": "team", "uid": name}, "spec": {"groups": groups}})
}

fn rendered(observed: &Observed) -> Result<Rendered, String> {
    let rendered = render(observed, &Settings::default(), &mut RuleFileCache::default());
    rendered.map_err(|error| process::causes::Causes(&error).to_string())
}

#[test]
fn a_bad_rule_is_left_out_and_the_rest_is_served() {
    let good = rule("good", &json!({"record": "a:b", "expr": "up"}));
    let bad = rule("bad", &json!({"record": "a:b", "alert": "Both", "expr": "up"}));
    let rendered = rendered(&observed(&json!({"queryEndpoints": ["querier:10902"]}), &[good, bad])).unwrap();
    let files = rendered.desired.config_maps[0].data.as_ref().unwrap();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["team-good-good.yaml"]);
    assert_eq!(rendered.selected, [(crate::object::ConfigKind::PrometheusRule, 1)]);
    let rejected: Vec<String> = (rendered.rejections.iter())
        .map(|rejection| rejection.object.to_string())
        .collect();
    assert_eq!(rejected, ["team/bad"]);
    assert_eq!(rendered.notices, []);
}

#[test]
fn without_rules_the_first_config_map_is_there() {
    let rendered = rendered(&observed(&json!({"queryEndpoints": ["querier:10902"]}), &[])).unwrap();
    let names: Vec<String> = (rendered.desired.config_maps.iter())
        .map(ResourceExt::name_any)
        .collect();
    assert_eq!(names, ["thanos-ruler-main-rulefiles-0"]);
    assert_eq!(rendered.notices[0].reason, "NoSelectedResources");
}

#[test]
fn what_cannot_work_is_refused() {
    let error = rendered(&observed(&json!({}), &[])).unwrap_err();
    assert!(error.contains("queryEndpoints"), "{error}");
    let error = rendered(&observed(&json!({"queryEndpoints": ["a"], "version": "newest"}), &[])).unwrap_err();
    assert!(error.contains("spec.version") && error.contains("newest"), "{error}");
    let login = json!({"username": {"name": "login", "key": "user"}, "password": {"name": "login", "key": "password"}});
    let remote_write = json!([{"url": "http://receiver", "basicAuth": login}]);
    let mut ruler = observed(&json!({"queryEndpoints": ["a"], "remoteWrite": remote_write}), &[]);
    let missing = Reference::secret(ObjectKey::new("team", "login")).expect("a name");
    ruler.assets.insert_missing(missing);
    let error = rendered(&ruler).unwrap_err();
    assert!(
        error.contains("remoteWrite[0].basicAuth") && error.contains("team/login"),
        "{error}"
    );
}

#[test]
fn the_labels_of_the_pods_select_them() {
    let spec = json!({"queryEndpoints": ["a"], "podMetadata": {"labels": {
        "team": "mine", "thanos-ruler": "mine", "stage": "mine",
    }}});
    let settings = Settings {
        labels: metadata::map([("stage", "flag"), ("thanos-ruler", "flag")]),
        ..Settings::default()
    };
    let rendered = render(&observed(&spec, &[]), &settings, &mut RuleFileCache::default()).unwrap();
    let set = rendered.desired.stateful_sets[0].spec.as_ref().unwrap();
    let expected = metadata::map([
        ("app.kubernetes.io/instance", "main"),
        ("app.kubernetes.io/managed-by", "prometheus-operator"),
        ("app.kubernetes.io/name", "thanos-ruler"),
        ("stage", "flag"),
        ("team", "mine"),
        ("thanos-ruler", "main"),
    ]);
    assert_eq!(set.selector.match_labels, Some(expected));
}

#[test]
fn rules_are_bound_to_their_namespace_and_read_as_thanos_reads_them() {
    let experimental = rule("new", &json!({"record": "a:b", "expr": "mad_over_time(up[5m])"}));
    let enforced = rule("up", &json!({"record": "a:c", "expr": "up"}));
    let file = |spec: Value| {
        let rules = [experimental.clone(), enforced.clone()];
        let rendered = rendered(&observed(&spec, &rules)).unwrap();
        let data = rendered.desired.config_maps[0].data.clone().unwrap();
        data.into_values().collect::<String>()
    };
    let plain = file(json!({"queryEndpoints": ["a"]}));
    assert!(
        !plain.contains("mad_over_time") && plain.contains("expr: up\n"),
        "{plain}"
    );
    let features = json!(["promql-experimental-functions"]);
    let old = file(json!({"queryEndpoints": ["a"], "enableFeatures": features, "version": "0.38.0"}));
    assert_eq!(old, plain);
    let bound = file(json!({"queryEndpoints": ["a"], "enableFeatures": features, "enforcedNamespaceLabel": "tenant"}));
    assert!(bound.contains("expr: up{tenant=\"team\"}"), "{bound}");
    assert!(bound.contains("mad_over_time(up{tenant=\"team\"}[5m])"), "{bound}");
}

#[test]
fn users_are_asked_for_a_password_even_without_rules() {
    let users = json!([{ "username": "ann", "passwordHash": { "name": "users", "key": "ann" } }]);
    let spec = json!({ "queryEndpoints": ["querier:10902"], "web": { "basicAuthUsers": users } });
    let mut observed = observed(&spec, &[]);
    let hash = "$2y$10$QKyLh9CC4Sj1OZDPVxyk8.hO6wxB6FvHuMDBCIPBgu3YozLQrDGYy";
    for (name, entries) in [
        ("users", json!({ "ann": hash })),
        (
            "thanos-ruler-main-web-config",
            json!({ "config-reloader-password": "ab".repeat(24) }),
        ),
    ] {
        let secret = json!({ "metadata": { "namespace": "team", "name": name }, "stringData": entries });
        observed.assets.insert_secret(serde_json::from_value(secret).unwrap());
    }
    let desired = rendered(&observed).unwrap().desired;
    let set = &desired.stateful_sets[0].spec.as_ref().unwrap();
    let pod = set.template.spec.as_ref().unwrap();
    let arguments: Vec<&String> = pod
        .containers
        .iter()
        .flat_map(|container| container.args.iter().flatten())
        .collect();
    for argument in [
        "--http.config=/etc/thanos/web_config/current/web-config.yaml",
        "--basic-auth-password-file=/etc/thanos/web_config/current/config-reloader-password",
    ] {
        assert!(
            arguments.iter().any(|found| *found == argument),
            "{argument}: {arguments:?}"
        );
    }
    let web_config = desired
        .secrets
        .iter()
        .find(|secret| secret.name_any().ends_with("web-config"));
    let files = web_config.unwrap().data.as_ref().unwrap();
    assert!(String::from_utf8_lossy(&files["web-config.yaml"].0).contains(hash));
}

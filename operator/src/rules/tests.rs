#![expect(clippy::needless_pass_by_value, reason = "literals of JSON are made for the call")]

use serde_json::{Value, json};

use super::*;

fn rule(groups: Value) -> PrometheusRule {
    serde_json::from_value(json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "shop", "namespace": "team", "uid": "7f"},
        "spec": {"groups": groups},
    }))
    .expect("a PrometheusRule")
}

fn by_key(rules: impl IntoIterator<Item = PrometheusRule>) -> ByKey<PrometheusRule> {
    (rules.into_iter().map(|rule| (ObjectKey::of(&rule), Arc::new(rule)))).collect()
}

fn full() -> PrometheusRule {
    rule(json!([{
        "name": "shop", "interval": "1m", "limit": 10, "query_offset": "30s", "labels": {"team": "shop"},
        "partial_response_strategy": "warn",
        "rules": [
            {"record": "shop:orders:rate5m", "expr": "rate(orders_total[5m])", "labels": {"x10": "a", "x9": "b"}},
            {"alert": "NoOrders", "expr": "shop:orders:rate5m == 0", "for": "10m", "keep_firing_for": "5m",
             "annotations": {"summary": "no orders"}},
        ],
    }]))
}

fn full_of(name: &str) -> PrometheusRule {
    let mut rule = full();
    rule.metadata.name = Some(name.to_owned());
    rule
}

fn keys(component: Component, version: Version) -> Vec<&'static str> {
    let target = RuleTarget::new(component, version);
    let (_, dropped) = rule_file(&target, &full()).expect("a valid rule");
    dropped.into_iter().map(|dropped| dropped.key).collect()
}

#[test]
fn writes_keys_in_order_and_labels_naturally() {
    let target = RuleTarget::new(Component::Thanos, Version::new(0, 40, 0));
    let (content, dropped) = rule_file(&target, &full()).expect("a valid rule");
    assert_eq!(dropped, []);
    assert_eq!(
        content,
        "\
groups:
- interval: 1m
  labels:
    team: shop
  limit: 10
  name: shop
  partial_response_strategy: warn
  query_offset: 30s
  rules:
  - expr: rate(orders_total[5m])
    labels:
      x9: b
      x10: a
    record: shop:orders:rate5m
  - alert: NoOrders
    annotations:
      summary: no orders
    expr: shop:orders:rate5m == 0
    for: 10m
    keep_firing_for: 5m
"
    );
}

#[test]
fn leaves_out_what_a_version_does_not_know() {
    use Component::{Prometheus, Thanos};
    for (component, version, expected) in [
        (Prometheus, Version::new(3, 0, 0), vec!["partial_response_strategy"]),
        (
            Prometheus,
            Version::new(2, 53, 0),
            vec!["labels", "partial_response_strategy"],
        ),
        (
            Prometheus,
            Version::new(2, 52, 9),
            vec!["labels", "query_offset", "partial_response_strategy"],
        ),
        (
            Prometheus,
            Version::new(2, 30, 0),
            vec![
                "labels",
                "limit",
                "query_offset",
                "partial_response_strategy",
                "keep_firing_for",
            ],
        ),
        (Thanos, Version::new(0, 38, 0), vec!["labels"]),
        (
            Thanos,
            Version::new(0, 33, 0),
            vec!["labels", "query_offset", "keep_firing_for"],
        ),
        (
            Thanos,
            Version::new(0, 23, 0),
            vec!["labels", "limit", "query_offset", "keep_firing_for"],
        ),
    ] {
        assert_eq!(keys(component, version), expected, "{component:?} {version}");
    }
}

#[test]
fn a_bad_rule_rejects_its_object_alone() {
    let target = RuleTarget::new(Component::Prometheus, Version::new(2, 55, 0));
    let mut bad = rule(json!([{"name": "g", "rules": [{"record": "a.b", "expr": "up"}]}]));
    bad.metadata.name = Some("bad".to_owned());
    let (files, rejections, fresh) = RuleFileCache::default().rule_files(&target, &by_key([full(), bad]));
    assert_eq!(fresh, 2);
    assert_eq!(files.files.keys().collect::<Vec<_>>(), ["team-shop-7f.yaml"]);
    assert_eq!(files.objects, 1);
    assert_eq!(rejections.len(), 1);
    assert_eq!(rejections[0].object, ObjectKey::new("team", "bad"));
    assert_eq!(
        rejections[0].message,
        "group \"g\", rule 1, \"a.b\": invalid recording rule name: a.b"
    );
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let target = RuleTarget::new(Component::Prometheus, Version::new(3, 5, 0));
    let named = |name: &str, expression: &str| {
        let mut rule = rule(json!([{"name": "g", "rules": [{"record": "r", "expr": expression}]}]));
        rule.metadata.name = Some(name.to_owned());
        rule
    };
    let mut cache = RuleFileCache::default();
    let mut rules = by_key([named("a", "1"), named("b", "2"), named("c", "3")]);
    let count = |cache: &mut RuleFileCache, target: &RuleTarget, rules: &ByKey<_>| {
        let (files, rejections, fresh) = cache.rule_files(target, rules);
        let (expected, also_rejected, _) = RuleFileCache::default().rule_files(target, rules);
        assert_eq!((files, rejections), (expected, also_rejected), "what was kept shows");
        fresh
    };
    assert_eq!(count(&mut cache, &target, &rules), 3);
    rules.extend(by_key([named("b", "4"), named("c", "3")]));
    assert_eq!(count(&mut cache, &target, &rules), 1, "c is a new copy of the same");
    let mut again = named("a", "1");
    again.metadata.uid = Some("80".to_owned());
    rules.extend(by_key([again]));
    assert_eq!(count(&mut cache, &target, &rules), 1, "a was deleted and made again");
    rules.remove(&ObjectKey::new("team", "a"));
    assert_eq!(count(&mut cache, &target, &rules), 0);
    let old = RuleTarget::new(Component::Prometheus, Version::new(2, 55, 0));
    assert_eq!(count(&mut cache, &old, &rules), 2);
}

#[test]
fn labels_and_annotations_of_alerts_are_templates() {
    let target = RuleTarget::new(Component::Prometheus, Version::new(3, 5, 0));
    let load = |rules: Value| rule_file(&target, &rule(json!([{"name": "g", "rules": [rules]}]))).map(|_| ());
    let alert = |labels: Value, annotations: Value| {
        load(json!({"alert": "A", "expr": "up == 0", "labels": labels, "annotations": annotations}))
    };
    assert_eq!(
        alert(
            json!({"l": "{{ $labels.job | title }}"}),
            json!({"a": "{{ humanize $value }}"})
        ),
        Ok(())
    );
    for (labels, annotations, message) in [
        (
            json!({"l": "{{ if }}"}),
            json!({"a": "{{ end }}"}),
            "group \"g\", rule 1, \"A\": label \"l\": template: line 1: missing value in {{if}}",
        ),
        (
            json!({}),
            json!({"a": "fine", "b": "two\nlines {{ toJson .X }}"}),
            "group \"g\", rule 1, \"A\": annotation \"b\": template: line 2: function toJson is not defined",
        ),
        (
            json!({"l": "{{ define \"__alert_A\" }}x{{ end }}"}),
            json!({}),
            "group \"g\", rule 1, \"A\": label \"l\": template: line 1: template \"__alert_A\" is defined twice",
        ),
    ] {
        let error = alert(labels, annotations).expect_err(message);
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(
        load(json!({"record": "r", "expr": "up", "labels": {"l": "{{ if }}"}})),
        Ok(())
    );
}

#[test]
fn rules_are_bound_to_their_namespace_unless_they_are_excluded() {
    let spec = |excluded: Value| -> PrometheusSpec {
        serde_json::from_value(json!({"enforcedNamespaceLabel": "namespace", "excludedFromEnforcement": excluded}))
            .expect("a spec")
    };
    let load = |excluded: Value| {
        let target = RuleTarget::prometheus(&spec(excluded), Version::new(3, 5, 0));
        rule_file(&target, &full()).expect("a valid rule").0
    };
    let exclude = |resource: &str, namespace: &str| json!([{"group": "monitoring.coreos.com", "resource": resource, "namespace": namespace}]);
    for excluded in [
        json!([]),
        exclude("servicemonitors", "team"),
        exclude("prometheusrules", "other"),
    ] {
        let file = load(excluded);
        assert!(
            file.contains("expr: rate(orders_total{namespace=\"team\"}[5m])\n"),
            "{file}"
        );
        assert_eq!(file.matches("      namespace: team\n").count(), 2, "{file}");
    }
    let file = load(exclude("prometheusrules", "team"));
    assert!(
        file.contains("expr: rate(orders_total[5m])\n") && !file.contains("namespace"),
        "{file}"
    );
}

#[test]
fn nothing_of_a_bound_rule_reads_other_namespaces_where_that_is_wanted() {
    let load = |rule_fields: Value, label: &str, is_strict: bool| {
        let spec = json!({"enforcedNamespaceLabel": label, "enableFeatures": ["promql-experimental-functions"]});
        let spec: PrometheusSpec = serde_json::from_value(spec).expect("a spec");
        let rule = rule(json!([{"name": "g", "rules": [rule_fields]}]));
        let mut settings = Settings::default();
        settings.tenancy.binds_templates = is_strict;
        let target = RuleTarget::prometheus(&spec, Version::new(3, 5, 0)).with_settings(&settings);
        rule_file(&target, &rule).map(|_| ()).map_err(|error| error.to_string())
    };
    let alert = |field: &str, text: &str| {
        let mut alert = json!({"alert": "A", "expr": "up"});
        alert[field] = json!({"x": text});
        alert
    };
    let query = "{{ range query \"secret{namespace=\\\"other\\\"}\" }}{{ . }}{{ end }}";
    let piped = "{{ with printf \"up\" | query }}{{ . | first | value }}{{ end }}";
    for (rule, reason) in [
        (
            alert("annotations", query),
            "annotation \"x\": templates must not call query",
        ),
        (alert("labels", piped), "label \"x\": templates must not call query"),
        (
            json!({"record": "r", "expr": "sum(info(up))"}),
            "expr: info needs a second argument",
        ),
    ] {
        let error = load(rule.clone(), "namespace", true).expect_err("it reads other namespaces");
        assert!(error.contains(reason), "{error}");
        // As the original has it: nothing is bound, or not so strictly.
        assert_eq!(
            (load(rule.clone(), "", true), load(rule, "namespace", false)),
            (Ok(()), Ok(()))
        );
    }
    for rule in [
        alert("annotations", "{{ $value }} query {{ $labels.query }} {{ \"query\" }}"),
        json!({"record": "r", "expr": "info(up, {job=~\".+\"})"}),
        json!({"record": "r", "expr": "up", "labels": {"x": query}}),
    ] {
        assert_eq!(load(rule, "namespace", true), Ok(()));
    }
}

#[test]
fn an_expression_must_be_one_for_this_prometheus() {
    let load = |expression: &str, features: &[&str], enforced: &str| {
        let spec = json!({"enableFeatures": features, "enforcedNamespaceLabel": enforced});
        let spec: PrometheusSpec = serde_json::from_value(spec).expect("a spec");
        let rule = rule(json!([{"name": "g", "rules": [{"record": "r", "expr": expression}]}]));
        let file = rule_file(&RuleTarget::prometheus(&spec, Version::new(3, 5, 0)), &rule);
        file.map(|_| ()).map_err(|error| error.to_string())
    };
    for enforced in ["", "namespace"] {
        let error = load("sum(up", &[], enforced).expect_err("a parenthesis is open");
        assert!(error.starts_with("group \"g\", rule 1, \"r\": expr: 1:7: "), "{error}");
        let error = load("limitk(2, up)", &[], enforced).expect_err("under trial");
        assert!(
            error.contains("--enable-feature=promql-experimental-functions"),
            "{error}"
        );
        assert_eq!(
            load("limitk(2, up)", &["promql-experimental-functions"], enforced),
            Ok(())
        );
    }
}

#[test]
fn a_file_has_a_largest_size() {
    let expr = "x".repeat(MAX_SIZE);
    let target = RuleTarget::new(Component::Prometheus, Version::new(3, 5, 0));
    let large = rule(json!([{"name": "g", "rules": [{"record": "r", "expr": expr}]}]));
    let error = rule_file(&target, &large).expect_err("too large").to_string();
    assert!(error.contains("--compress-large-rules"), "{error}");
    let thanos = RuleTarget::new(Component::Thanos, Version::new(0, 42, 0));
    let error = rule_file(&thanos, &large).expect_err("too large").to_string();
    assert!(error.ends_with("divide the object"), "{error}");

    let mut cache = RuleFileCache::default();
    let rules = by_key([large, full_of("shop-2")]);
    let mut settings = Settings {
        large_rules_compressed: true,
        ..Settings::default()
    };
    let (files, rejections, _) = cache.rule_files(&target.clone().with_settings(&settings), &rules);
    assert_eq!(rejections, []);
    let maps = cache.config_maps("files", ("label", "x"), &files);
    let packed = maps[0].binary_data.as_ref().expect("compressed");
    let text = gzip::decompress(&*packed["team-shop-7f.rules.yaml.gz"].0, 1 << 20).expect("gzip");
    assert!(text.starts_with(b"groups:\n") && text.len() > MAX_SIZE);
    assert!(
        maps[0]
            .data
            .as_ref()
            .expect("texts")
            .contains_key("team-shop-2-7f.yaml")
    );

    settings.caps.bytes_per_object = MAX_SIZE;
    let capped = target.clone().with_settings(&settings);
    let (files, rejections, _) = cache.rule_files(&capped, &rules);
    assert_eq!(files.objects, 1);
    assert!(
        rejections[0].message.contains("--max-bytes-per-object"),
        "{rejections:?}"
    );

    settings.caps = Caps {
        bytes_per_namespace: 10,
        ..Caps::default()
    };
    let (files, rejections, _) = cache.rule_files(&target.with_settings(&settings), &rules);
    assert_eq!((files.objects, rejections.len()), (0, 2));
    assert!(
        rejections[0].message.contains("namespace team have") && rejections[0].message.contains("10 are allowed"),
        "{rejections:?}"
    );
}

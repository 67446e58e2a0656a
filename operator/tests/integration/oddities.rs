//! Objects with the oddest values that the API server stores, one after another beside an honest tenant, and the operator
//! restarted among them: whatever becomes of each of them, what the others write goes live, and the whole file is one that
//! promtool accepts (`$PROMTOOL`).

#[path = "../loader/judge.rs"]
#[expect(dead_code, reason = "suites that print a report need more of it")]
mod judge;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::ListParams;
use serde_json::{Value, json};

use crate::markers::said;
use crate::support::{
    Operator, Space, alertmanager, alertmanager_config, eventually, in_namespace, prometheus, rule, secret,
    service_monitor,
};
use judge::Judge;

/// The limit of the Deployment.
const MEMORY: usize = 200 << 20;
const MARKER: &str = "oddm4rk3r";
const MEGABYTE: usize = 1_000_000;

type Table = Vec<(&'static str, Value)>;

fn scrape_config(name: &str, spec: Value) -> Value {
    let mut object = json!({"apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "ScrapeConfig"});
    object["metadata"] = json!({ "name": name });
    object["spec"] = spec;
    object
}

fn static_config(name: &str, fields: Value) -> Value {
    let mut object = scrape_config(name, json!({"staticConfigs": [{"targets": ["a:1"]}]}));
    let (Value::Object(spec), Value::Object(fields)) = (&mut object["spec"], fields) else {
        return object;
    };
    spec.extend(fields);
    object
}

fn rules(name: &str, group: Value) -> Value {
    let mut object = rule(name, "A", "vector(1)");
    let (Value::Object(first), Value::Object(group)) = (&mut object["spec"]["groups"][0], group) else {
        return object;
    };
    first.extend(group);
    object
}

fn alert(name: &str, field: &str, value: Value) -> Value {
    let mut object = rule(name, "A", "vector(1)");
    object["spec"]["groups"][0]["rules"][0][field] = value;
    object
}

fn relabeling(name: &str, relabeling: &Value) -> Value {
    service_monitor(
        name,
        json!({"relabelings": [relabeling], "metricRelabelings": [relabeling]}),
    )
}

fn basic_auth(name: &str, user: &str) -> Value {
    let key = |key: &str| json!({"name": user, "key": key});
    service_monitor(
        name,
        json!({"basicAuth": {"username": key("word"), "password": key("word")}}),
    )
}

fn intervals(name: &str, interval: &Value) -> Value {
    let mut config = alertmanager_config(
        name,
        json!({"muteTimeIntervals": ["odd"], "groupWait": "9223372036854775807ms", "repeatInterval": "0s"}),
        &json!({"url": "http://a"}),
    );
    config["spec"]["muteTimeIntervals"] = json!([{"name": "odd", "timeIntervals": [interval]}]);
    config
}

/// Names, labels and annotations of objects.
fn metadata() -> Table {
    let long = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".");
    let mut labelled = service_monitor("ten-thousand-labels", json!({}));
    labelled["metadata"]["labels"] = (0..10_000)
        .map(|number| (format!("label-{number}"), json!("x")))
        .collect();
    let mut annotated = service_monitor("annotated", json!({}));
    annotated["metadata"]["annotations"] = json!({"a": "{{".repeat(130_000), "b": "\u{202e}\u{feff}\u{1f600}"});
    vec![
        ("a long name", service_monitor(&long, json!({}))),
        ("labels", labelled),
        ("annotations", annotated),
    ]
}

/// Texts that are long, deep, or of other characters.
fn texts() -> Table {
    let long = "x".repeat(MEGABYTE);
    vec![
        ("a job label of a megabyte", {
            let mut monitor = service_monitor("long-job-label", json!({}));
            monitor["spec"]["jobLabel"] = json!(long);
            monitor
        }),
        (
            "a parameter of a megabyte",
            service_monitor("long-parameter", json!({"params": {"a": [long]}})),
        ),
        (
            "a path of other characters",
            service_monitor(
                "path",
                json!({"path": "/\u{85}\u{2028}\u{2029}\u{feff}\0\u{7f}\u{1b}[2J/%zz?#"}),
            ),
        ),
        (
            "a replacement of a megabyte",
            relabeling(
                "long-replacement",
                &json!({"action": "replace", "targetLabel": "a", "replacement": long}),
            ),
        ),
        (
            "references without an end",
            relabeling(
                "references",
                &json!({"action": "replace", "targetLabel": "a", "replacement": "${".repeat(10_000)}),
            ),
        ),
        (
            "a target label that is none",
            relabeling("no-label", &json!({"action": "replace", "targetLabel": "${1}a b\u{0}"})),
        ),
        (
            "a class of all letters, often",
            relabeling(
                "classes",
                &json!({"action": "drop", "regex": r"[\pL\PN]{900}".repeat(60)}),
            ),
        ),
        (
            "a name of a group, twice",
            relabeling("groups", &json!({"action": "drop", "regex": "(?P<a>x)(?P<a>y)"})),
        ),
        (
            "alternatives, many",
            relabeling(
                "alternatives",
                &json!({"action": "drop", "regex": "a|".repeat(100_000)}),
            ),
        ),
        (
            "labels with NUL",
            static_config(
                "nul",
                json!({"staticConfigs": [{"targets": ["a:1"], "labels": {"a": "\0", "b": "\r\n- c: d"}}]}),
            ),
        ),
        (
            "targets that are none",
            static_config("targets", json!({"staticConfigs": [{"targets": ["a b", "[::1"]}]})),
        ),
        (
            "a name of a job",
            static_config("job", json!({"jobName": "\"'{}[]#&*!|>%@`: -"})),
        ),
    ]
}

/// Numbers and sizes.
fn numbers() -> Table {
    let monitor = |name: &str, fields: Value| {
        let mut monitor = service_monitor(name, json!({}));
        for (field, value) in fields.as_object().into_iter().flatten() {
            monitor["spec"][field] = value.clone();
        }
        monitor
    };
    vec![
        (
            "the largest limits",
            monitor(
                "limits",
                json!({"sampleLimit": i64::MAX, "targetLimit": i64::MAX, "labelLimit": i64::MAX, "keepDroppedTargets": i64::MAX}),
            ),
        ),
        (
            "limits below zero",
            monitor(
                "below-zero",
                json!({"sampleLimit": -1, "labelValueLengthLimit": i64::MIN}),
            ),
        ),
        (
            "bucket factors",
            monitor(
                "factors",
                json!({"nativeHistogramBucketLimit": i64::MAX, "nativeHistogramMinBucketFactor": "1e400"}),
            ),
        ),
        (
            "a size",
            monitor("size", json!({"bodySizeLimit": "99999999999999999999EB"})),
        ),
        (
            "a modulus of zero",
            relabeling(
                "modulus",
                &json!({"action": "hashmod", "targetLabel": "a", "sourceLabels": ["b"], "modulus": 0}),
            ),
        ),
        (
            "the largest modulus",
            relabeling(
                "modulus-2",
                &json!({"action": "hashmod", "targetLabel": "a", "sourceLabels": ["b"], "modulus": i64::MAX}),
            ),
        ),
        (
            "a port beyond",
            service_monitor("port", json!({"port": null, "targetPort": 99_999_999})),
        ),
        (
            "a port below zero",
            service_monitor("port-2", json!({"port": null, "targetPort": -1})),
        ),
    ]
}

fn durations() -> Table {
    vec![
        (
            "the longest interval",
            service_monitor("interval", json!({"interval": "9223372036854775807ms"})),
        ),
        (
            "an interval beyond",
            service_monitor(
                "interval-2",
                json!({"interval": "99999999999999999999y", "scrapeTimeout": "1ms"}),
            ),
        ),
        (
            "an interval of nothing",
            service_monitor("interval-3", json!({"interval": "0s", "scrapeTimeout": "0"})),
        ),
        (
            "a group of the longest interval",
            rules(
                "group",
                json!({"interval": "292y", "limit": i64::MIN, "query_offset": "9223372036854775807ms"}),
            ),
        ),
        ("a group of no interval", rules("group-2", json!({"interval": "0s"}))),
        ("a group beyond", rules("group-3", json!({"interval": "300000y"}))),
        ("an alert for ever", alert("for", "for", json!("9223372036854775807ms"))),
        (
            "an alert that keeps firing",
            alert("keep", "keep_firing_for", json!("300000000y")),
        ),
    ]
}

/// Expressions and templates.
fn expressions() -> Table {
    let expression = |name: &str, text: &str| rule(name, "A", text);
    let template = |name: &str, text: &str| alert(name, "annotations", json!({ "a": text }));
    vec![
        (
            "numbers",
            expression(
                "numbers",
                "1e400 + -0 + 0x8000000000000000 + 9223372036854775808 + NaN ^ -Inf % 1e-400",
            ),
        ),
        (
            "the longest range",
            expression("range", "rate(a[9223372036854775807ms] offset -292y @ 1e18)"),
        ),
        ("a range beyond", expression("range-2", "rate(a[9999999999y])")),
        (
            "a subquery of subqueries",
            expression("subqueries", &format!("a{}", "[1d:1s]".repeat(1000))),
        ),
        ("a tower", expression("tower", &format!("{}1", "2^".repeat(50_000)))),
        (
            "calls in calls",
            expression("calls", &format!("{}a{}", "sum(".repeat(3_000), ")".repeat(3_000))),
        ),
        (
            "matchers",
            expression(
                "matchers",
                &format!("{{{}}}", r#""a\u0000"=~"(a{9}){9}","#.repeat(10_000)),
            ),
        ),
        (
            "other characters",
            expression("characters", "{\"\u{1f600}\\n\", __name__=\"\u{0}\"}"),
        ),
        (
            "a template that calls itself",
            template(
                "recursion",
                r#"{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}"#,
            ),
        ),
        (
            "loops in loops",
            template(
                "loops",
                &format!(
                    "{}x{}",
                    "{{range $a := query \"up\"}}".repeat(500),
                    "{{end}}".repeat(500)
                ),
            ),
        ),
        ("variables, many", template("variables", &"{{$a := 1}}".repeat(60_000))),
        (
            "pipes",
            template("pipes", &format!("{{{{ 1{} }}}}", " | print".repeat(60_000))),
        ),
        (
            "an annotation of a megabyte",
            template("long-annotation", &"{{$value}}".repeat(MEGABYTE / 10)),
        ),
    ]
}

/// Addresses, intervals of time, Secrets, and what selects itself.
fn others() -> Table {
    let http = |name: &str, url: &str| scrape_config(name, json!({"httpSDConfigs": [{"url": url}]}));
    let proxy = |name: &str, url: &str| service_monitor(name, json!({"proxyUrl": url}));
    let many: Vec<String> = (0..20_000).map(|number| format!("value-{number}")).collect();
    let references: Vec<Value> = (0..499)
        .map(|number| json!({"port": "web", "bearerTokenSecret": {"name": format!("gone-{number}"), "key": "a"}}))
        .collect();
    let mut referring = service_monitor("references-499", json!({}));
    referring["spec"]["endpoints"] = json!(references);
    let mut selecting = service_monitor("selecting", json!({}));
    selecting["spec"]["selector"] = json!({"matchExpressions": [{"key": "app", "operator": "In", "values": many}]});
    let mut contradicting = service_monitor("contradicting", json!({}));
    contradicting["spec"]["selector"] =
        json!({"matchExpressions": [{"key": "a b/c/d", "operator": "Near", "values": []}]});
    vec![
        ("a URL with a user", http("user", "http://us%zzer:pa ss@a/")),
        ("a URL of a zone", http("zone", "http://[fe80::1%25eth0]:80/")),
        ("a URL of a control character", http("control", "http://a\u{7f}b/")),
        ("a proxy of nothing", proxy("proxy", "://")),
        (
            "a proxy with a user",
            proxy("proxy-2", "socks5://us:er:pa@ss@[::1]:99999"),
        ),
        ("a user of two lines", basic_auth("two-lines", "crlf")),
        ("a user with NUL", basic_auth("with-nul", "nul")),
        ("a user of a megabyte", basic_auth("of-a-megabyte", "large")),
        ("many references", referring),
        ("many values", selecting),
        ("an operator that is none", contradicting),
        (
            "a place in another folder",
            intervals(
                "place",
                &json!({"times": [{"startTime": "00:00", "endTime": "24:00"}], "location": "../../etc/passwd"}),
            ),
        ),
        ("the local place", intervals("place-2", &json!({"location": "Local"}))),
        (
            "days beyond",
            intervals(
                "days",
                &json!({"daysOfMonth": [{"start": -31, "end": 31}], "years": ["1:99999999999999999999"]}),
            ),
        ),
        (
            "months the other way",
            intervals("months", &json!({"months": ["december:january"]})),
        ),
    ]
}

fn table() -> Table {
    [metadata(), texts(), numbers(), durations(), expressions(), others()].concat()
}

/// What promtool says of all files.
async fn judged(space: &Space) {
    let Some(promtool) = Judge::find("PROMTOOL") else {
        return;
    };
    let configuration = space.configuration("main").await;
    let judged = promtool.judge(&["check", "config", "--syntax-only"], &configuration);
    judged.unwrap_or_else(|told| panic!("{}", told.chars().take(2000).collect::<String>()));
    let maps = space.api::<ConfigMap>().list(&ListParams::default()).await;
    for map in maps.expect("the API server answers").items {
        for (name, text) in map.data.into_iter().flatten() {
            let judged = promtool.judge(&["check", "rules", "--lint=none"], &text);
            judged.unwrap_or_else(|told| panic!("{name}: {}", told.chars().take(2000).collect::<String>()));
        }
    }
}

#[tokio::test]
async fn the_oddest_objects_are_in_nobodys_way() {
    in_namespace(async |space| {
        let namespaces = space.namespace.clone();
        for (name, word) in [
            ("crlf", format!("{MARKER}\r\n- {MARKER}: {MARKER}")),
            ("nul", format!("{MARKER}\0\u{1b}[2J\u{feff}{MARKER}")),
            ("large", MARKER.repeat(110_000)),
        ] {
            space.apply(&secret(name, "word", &word)).await;
        }
        let selects = json!({"scrapeConfigSelector": {}, "ruleSelector": {}});
        let main = prometheus("main", selects);
        space.apply(&main).await;
        space
            .apply(&alertmanager("main", json!({"alertmanagerConfigSelector": {}})))
            .await;
        let mut operator = Operator::start_limited(MEMORY, &namespaces, &["--log-level=debug"]);
        operator.ready().await;
        let (table, mut logs) = (table(), String::new());
        for (number, (what, object)) in table.iter().enumerate() {
            // What the API server itself refuses is no trouble of ours.
            let _ = space.try_apply(object).await;
            if number == table.len() / 2 {
                logs = operator.log();
                operator.kill();
                operator = Operator::start_limited(MEMORY, &namespaces, &["--log-level=debug"]);
            }
            let name = format!("honest-{number}");
            space.apply(&service_monitor(&name, json!({}))).await;
            space.configured("main", &space.job(&name)).await;
            assert!(operator.is_running(), "{what}");
        }
        space.apply(&rule("honest", "Honest", "vector(1) == 1")).await;
        eventually("the honest rule", async || {
            let map: ConfigMap = space.get("prometheus-main-rulefiles-0").await?;
            map.data?.values().any(|text| text.contains("Honest")).then_some(())
        })
        .await;
        space.condition(&main, "Reconciled", "True").await;
        judged(space).await;
        let shown = [logs, operator.log(), operator.metrics().await, said(space).await].concat();
        assert!(!shown.contains(MARKER), "a Secret is shown");
    })
    .await;
}

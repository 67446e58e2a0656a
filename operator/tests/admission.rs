//! The program `admission-webhook` as it is run: flags, routes, and what it says to requests that are none. And reviews that
//! somebody has tampered with: whatever comes, there is an answer. No API server is needed.
//!
//! `PROPTEST_CASES` says how many reviews are tampered with.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Output, Stdio};

use formats::label::Scheme;
use formats::promql::Options;
use operator::admission::kinds::KINDS;
use operator::admission::{Instances, Judge, answers, conversion};
use operator::settings::Settings;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_prometheus-operator");

/// The running program.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start() -> Self {
        let mut child = Command::new(PROGRAM)
            .args([
                "admission-webhook",
                "--web.enable-tls=false",
                "--web.listen-address=127.0.0.1:0",
            ])
            .args(["--admission-kinds=probes", "--log-format=json"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped"))
            .lines()
            .map_while(Result::ok);
        let line = lines.find(|line| line.contains("listening")).expect("it listens");
        let line: Value = serde_json::from_str(&line).expect("JSON");
        let address = line["address"].as_str().expect("an address").to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Status of the answer to a body of that length, which is not waited for.
    fn announce(&self, path: &str, length: usize) -> u16 {
        self.exchange(path, JSON, length, b"").0
    }

    /// Status and body of the answer.
    fn post(&self, path: &str, headers: &str, body: &[u8]) -> (u16, String) {
        self.exchange(path, headers, body.len(), body)
    }

    fn exchange(&self, path: &str, headers: &str, length: usize, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        stream.write_all(head.as_bytes()).expect("it reads");
        stream.write_all(body).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status"), body.to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const JSON: &str = "content-type: application/json\r\n";

fn review(kind: &operator::admission::kinds::ReviewedKind, object: &Value) -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "u", "operation": "UPDATE", "object": object, "oldObject": {},
            "resource": { "group": "monitoring.coreos.com", "version": kind.versions[0], "resource": kind.plural },
        },
    })
}

#[test]
fn what_is_no_review_is_told_so() {
    let program = Running::start();
    let rules = "/admission-prometheusrules/validate";
    let good = review(
        &KINDS[0],
        &json!({ "metadata": { "name": "x" }, "spec": { "groups": [] } }),
    )
    .to_string();
    for path in [
        rules,
        "/admission-prometheusrules/mutate",
        "/admission-alertmanagerconfigs/validate",
        "/admission-probes/validate",
    ] {
        let (status, body) = program.post(path, JSON, b"");
        assert_eq!((status, body.trim()), (400, "request has no body"), "{path}");
        for headers in [
            "",
            "content-type: text/plain\r\n",
            "content-type: application/json; charset=utf-8\r\n",
        ] {
            assert_eq!(program.post(path, headers, good.as_bytes()).0, 415, "{path} {headers}");
        }
        let (status, body) = program.post(path, JSON, b"nonsense");
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(status, 200);
        assert_eq!(body["response"]["allowed"], false);
        assert_eq!(body["response"]["status"]["message"], "Unable to deserialize request");
        let deep = "[".repeat(1_000_000);
        assert_eq!(program.post(path, JSON, deep.as_bytes()).0, 200);
        for length in [4 * 1024 * 1024, 100_000_000] {
            assert_eq!(program.announce(path, length), 413, "{path}");
        }
    }
    let (status, body) = program.post(rules, JSON, good.as_bytes());
    assert!(status == 200 && body.contains("\"allowed\":true"), "{body}");
    assert_eq!(program.post("/convert", JSON, b"").0, 400);
    assert_eq!(program.post("/convert", JSON, b"{}").0, 400);
    assert_eq!(
        program
            .post("/admission-servicemonitors/validate", JSON, good.as_bytes())
            .0,
        404
    );
    assert_eq!(program.post("/healthz", JSON, good.as_bytes()).0, 405);
}

fn run(name: &str, flags: &[&str]) -> Output {
    Command::new(PROGRAM)
        .arg0(name)
        .args(flags)
        .output()
        .expect("the program starts")
}

#[test]
fn under_its_own_name_it_needs_no_word() {
    for (name, flags) in [
        ("/bin/admission-webhook", &["--version"][..]),
        ("admission-webhook", &["-version"]),
        ("/bin/operator", &["admission-webhook", "--version"]),
    ] {
        let output = run(name, flags);
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(
            output.status.success() && text.starts_with("admission-webhook, version "),
            "{name}: {text}"
        );
    }
    let help = String::from_utf8(run("admission-webhook", &["--help"]).stdout).expect("text");
    assert!(
        help.contains("--promql-options") && !help.contains("--kubelet-service"),
        "{help}"
    );
    let output = run("admission-webhook", &["--promql-options=everything"]);
    assert!(!output.status.success());
    let without = run(
        "admission-webhook",
        &[
            "--web.listen-address=127.0.0.1:0",
            "--web.cert-file=/none",
            "--web.key-file=/none",
        ],
    );
    assert_eq!(without.status.code(), Some(1));
}

/// Reviews that are answered, one of each kind, with a bit of everything in them.
fn reviews() -> Vec<(usize, String)> {
    let key = json!({ "name": "s", "key": "k" });
    let objects = [
        json!({ "groups": [{ "name": "g", "interval": "1m", "labels": { "a": "b" }, "rules": [
            { "alert": "A", "expr": "sum by (job) (rate(up{job=~\"a|b\"}[5m] offset -1m)) > 0.5e3", "for": "5m",
                "labels": { "severity": 1 }, "annotations": { "x": "{{ $labels.job | title }} {{ range query \"up\" }}{{ end }}" } },
            { "record": "a:b", "expr": 1 },
        ] }] }),
        json!({ "route": { "receiver": "r", "groupWait": "1s", "matchers": [{ "name": "a", "value": "b", "matchType": "=~" }],
            "routes": [{ "receiver": "r", "muteTimeIntervals": ["n"] }] },
            "receivers": [{ "name": "r", "webhookConfigs": [{ "url": "http://a" }], "emailConfigs": [{ "to": "a" }] }],
            "muteTimeIntervals": [{ "name": "n", "timeIntervals": [{ "weekdays": ["monday:friday"], "months": ["1:3"] }] }] }),
        json!({ "selector": { "matchLabels": { "a": "b" } }, "endpoints": [{ "port": "web", "interval": "30s", "basicAuth": { "username": key, "password": key },
            "relabelings": [{ "action": "replace", "regex": "(a|b)+", "sourceLabels": ["a"], "targetLabel": "b" }] }] }),
        json!({ "selector": {}, "podMetricsEndpoints": [{ "port": "web", "tlsConfig": { "ca": { "secret": key } } }] }),
        json!({ "prober": { "url": "p:9115" }, "module": "http", "targets": { "staticConfig": { "static": ["a"] } } }),
        json!({ "staticConfigs": [{ "targets": ["a:1"] }], "httpSDConfigs": [{ "url": "http://a" }], "scrapeInterval": "1m" }),
        json!({ "version": "3.5.0", "replicas": 2, "remoteWrite": [{ "url": "http://a" }], "serviceMonitorSelector": {}, "retention": "1d" }),
        json!({ "version": "3.5.0", "podMonitorSelector": { "matchLabels": { "a": "b" } }, "shards": 2 }),
        json!({ "version": "0.28.0", "replicas": 3, "alertmanagerConfigSelector": {}, "retention": "120h" }),
        json!({ "queryEndpoints": ["q:1"], "ruleSelector": {}, "version": "0.39.0", "evaluationInterval": "15s" }),
    ];
    let of = |(index, spec): (usize, Value)| {
        let object = json!({ "metadata": { "name": "x", "namespace": "n" }, "spec": spec,
            "kind": KINDS[index].kind, "apiVersion": format!("monitoring.coreos.com/{}", KINDS[index].versions[0]) });
        (index, review(&KINDS[index], &object).to_string())
    };
    objects.into_iter().enumerate().map(of).collect()
}

/// One thing that is done to a text.
#[derive(Debug, Clone)]
enum Change {
    /// Another byte.
    Byte(Index, u8),
    /// A part is taken out.
    Cut(Index, usize),
    /// A part is there twice.
    Repeat(Index, usize, usize),
    /// Something is put in.
    Insert(Index, String),
    /// It ends early.
    End(Index),
    /// A value is another one, the JSON stays JSON.
    Value(Index, Value),
}

fn change() -> impl Strategy<Value = Change> {
    let texts = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        ",",
        ":",
        "null",
        "-1",
        "1e999",
        "true",
        "\\u0000",
        "\\ud800",
        "\u{feff}",
        "((((",
        "{{",
        "99999999999999999999",
    ]);
    let values = prop_oneof![
        Just(json!(null)),
        Just(json!(-1)),
        Just(json!(1e300)),
        Just(json!("")),
        Just(json!([])),
        Just(json!({})),
        Just(json!(true)),
        Just(json!("0s")),
        Just(json!("99999999999y")),
        Just(json!("*")),
        Just(json!(i64::MAX)),
        Just(json!("v")),
        "\\PC{0,20}".prop_map(Value::from),
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        (any::<Index>(), 1..40_usize, 1..200_usize).prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
        (any::<Index>(), texts).prop_map(|(at, text)| Change::Insert(at, text.to_owned())),
        any::<Index>().prop_map(Change::End),
        (any::<Index>(), values.clone()).prop_map(|(at, value)| Change::Value(at, value)),
        (any::<Index>(), values).prop_map(|(at, value)| Change::Value(at, value)),
    ]
}

fn changed(mut body: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if body.is_empty() {
            break;
        }
        let length = body.len();
        match change {
            Change::Byte(at, byte) => body[at.index(length)] = *byte,
            Change::Cut(at, count) => {
                let start = at.index(length);
                body.drain(start..(start + count).min(length));
            }
            Change::Repeat(at, count, times) => {
                let start = at.index(length);
                let part = body[start..(start + count).min(length)].repeat(*times);
                body.splice(start..start, part);
            }
            Change::Insert(at, text) => {
                let start = at.index(length);
                body.splice(start..start, text.bytes());
            }
            Change::End(at) => body.truncate(at.index(length)),
            Change::Value(at, value) => {
                if let Ok(mut tree) = serde_json::from_slice::<Value>(&body) {
                    let count = nodes(&mut tree, &mut |_| false);
                    let mut left = at.index(count);
                    nodes(&mut tree, &mut |node| {
                        let is_it = left == 0;
                        if is_it {
                            node.clone_from(value);
                        }
                        left = left.wrapping_sub(1);
                        is_it
                    });
                    body = tree.to_string().into_bytes();
                }
            }
        }
    }
    body
}

/// Visits the nodes of a tree until `visit` says that it was enough; how many they were.
fn nodes(tree: &mut Value, visit: &mut impl FnMut(&mut Value) -> bool) -> usize {
    let mut count = 1;
    if visit(tree) {
        return count;
    }
    match tree {
        Value::Object(fields) => fields.values_mut().for_each(|value| count += nodes(value, visit)),
        Value::Array(items) => items.iter_mut().for_each(|value| count += nodes(value, visit)),
        _ => {}
    }
    count
}

/// What every answer is.
fn is_answer(answer: &[u8]) {
    let answer: Value = serde_json::from_slice(answer).expect("JSON");
    assert_eq!(answer["kind"], "AdmissionReview");
    let response = &answer["response"];
    assert!(response["uid"].is_string());
    if response["allowed"] == false {
        let status = &response["status"];
        assert!(
            status["message"].as_str().is_some_and(|message| !message.is_empty()),
            "{status}"
        );
        assert!(
            !status["details"]["causes"].as_array().expect("causes").is_empty(),
            "{status}"
        );
    } else {
        assert_eq!(response["allowed"], true);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_there_is_an_answer(which in any::<Index>(), changes in prop::collection::vec(change(), 0..8)) {
        let reviews = reviews();
        let (index, body) = which.get(&reviews);
        let body = changed(body.clone().into_bytes(), &changes);
        let judge = Judge::new(Scheme::Legacy, Options::default(), Settings::default(), Instances::default());
        is_answer(&answers::validated(&judge, &KINDS[*index], &body).1);
        is_answer(&answers::mutated(&body).1);
        let _ = conversion::converted(&body);
    }

    /// A patch replaces what is there, and is no text yet.
    #[test]
    fn a_patch_fits_the_object(changes in prop::collection::vec(change(), 0..4)) {
        let body = changed(reviews()[0].1.clone().into_bytes(), &changes);
        let answer: Value = serde_json::from_slice(&answers::mutated(&body).1).expect("JSON");
        if !answer["response"]["patch"].is_string() {
            return Ok(());
        }
        let patch: k8s_openapi::ByteString = serde_json::from_value(answer["response"]["patch"].clone()).expect("base64");
        let steps: Vec<Value> = serde_json::from_slice(&patch.0).expect("a patch");
        // A number that is out of all ranges is a text to us, and none to this reader.
        let Ok(review) = serde_json::from_slice::<Value>(&body) else {
            return Ok(());
        };
        for step in steps.iter().filter(|step| step["op"] == "replace") {
            let path = step["path"].as_str().expect("a path");
            let was = review["request"]["object"].pointer(path).expect("it is there");
            prop_assert!(was.is_number() || was.is_boolean(), "{} is {}", path, was);
            prop_assert!(step["value"].is_string());
        }
    }

    /// What is converted there and back is the same, or was not converted at all.
    #[test]
    fn a_conversion_is_whole(changes in prop::collection::vec(change(), 0..4)) {
        let review: Value = serde_json::from_str(&reviews()[1].1).expect("JSON");
        let object = changed(review["request"]["object"].to_string().into_bytes(), &changes);
        let text = String::from_utf8_lossy(&object).into_owned();
        let ask = |objects: &str, version: &str| {
            let body = format!(
                r#"{{"kind":"ConversionReview","apiVersion":"apiextensions.k8s.io/v1","request":
                    {{"uid":"u","desiredAPIVersion":"monitoring.coreos.com/{version}","objects":{objects}}}}}"#
            );
            let answer: Value = serde_json::from_slice(&conversion::converted(body.as_bytes()).ok()?.answer).ok()?;
            (answer["response"]["result"]["status"] == "Success").then(|| answer["response"]["convertedObjects"].clone())
        };
        if let Some(there) = ask(&format!("[{text}]"), "v1beta1") {
            let back = ask(&there.to_string(), "v1alpha1").expect("it came from there");
            let again = ask(&back.to_string(), "v1beta1").expect("it was there");
            prop_assert_eq!(again, there);
        }
    }
}

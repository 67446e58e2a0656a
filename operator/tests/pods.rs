//! Throw-away.
#[path = "conformance/areas/pods.rs"]
mod pods;
#[path = "conformance/areas/workloads.rs"]
mod workloads;

use serde_json::Value;

fn read(path: &std::path::Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    if text.trim().is_empty() {
        return Value::String(String::new());
    }
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn diff(path: &str, a: &Value, b: &Value, out: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            for (k, v) in x {
                match y.get(k) {
                    Some(w) => diff(&format!("{path}.{k}"), v, w, out),
                    None => out.push(format!("{path}.{k}: extra {v}")),
                }
            }
            for (k, w) in y {
                if !x.contains_key(k) {
                    out.push(format!("{path}.{k}: missing {w}"));
                }
            }
        }
        (Value::Array(x), Value::Array(y)) => {
            for i in 0..x.len().max(y.len()) {
                match (x.get(i), y.get(i)) {
                    (Some(v), Some(w)) => diff(&format!("{path}[{i}]"), v, w, out),
                    (Some(v), None) => out.push(format!("{path}[{i}]: extra {v}")),
                    (None, Some(w)) => out.push(format!("{path}[{i}]: missing {w}")),
                    _ => {}
                }
            }
        }
        _ => {
            if a != b {
                out.push(format!("{path}: got {a} want {b}"))
            }
        }
    }
}

#[test]
fn corpus() {
    let areas: &[(&str, fn(&str, &Value) -> Result<Value, String>)] = &[
        ("k8s-merge", pods::merge),
        ("args-operator", pods::arguments),
        ("config-reloader", pods::reloader),
        ("prometheus-args", workloads::prometheus_arguments),
        ("webconfig", workloads::web_config),
        ("prometheus-service", workloads::prometheus_service),
        ("prometheus-statefulset", workloads::prometheus_stateful_set),
        ("alertmanager-statefulset", workloads::alertmanager_stateful_set),
        ("alertmanager-service", workloads::alertmanager_service),
        ("clustertlsconfig", workloads::cluster_tls),
    ];
    let only = std::env::var("AREA").ok();
    let mut failed = false;
    for (area, run) in areas {
        if only.as_deref().is_some_and(|only| only != *area) {
            continue;
        }
        let (mut passed, mut total) = (0, 0);
        let mut cases: Vec<_> = std::fs::read_dir(format!("/work/shared/corpus/{area}"))
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        cases.sort();
        for case in cases {
            let input = read(&case.join("input.yaml"));
            let function = read(&case.join("meta.yaml"))["function"].as_str().unwrap().to_owned();
            total += 1;
            let got = run(&function, &input);
            let mut out = Vec::new();
            if case.join("expected.yaml").exists() {
                let want = if (*area == "webconfig" || *area == "clustertlsconfig") && !function.contains("GetMount") {
                    Value::String(std::fs::read_to_string(case.join("expected.yaml")).unwrap())
                } else {
                    read(&case.join("expected.yaml"))
                };
                match got {
                    Ok(got) => {
                        let (got, want) = workloads::comparable(&function, got, want);
                        diff("", &got, &want, &mut out)
                    }
                    Err(error) => out.push(format!("error {error}")),
                }
            } else {
                let want = std::fs::read_to_string(case.join("expected_error.txt")).unwrap();
                match got {
                    Ok(_) => out.push("no error".to_owned()),
                    Err(e) => println!("   error: {e}\n    want: {}", want.trim()),
                }
            }
            if out.is_empty() {
                passed += 1
            } else {
                failed = true;
                println!(
                    "{area}/{}\n    {}",
                    case.file_name().unwrap().to_str().unwrap(),
                    out[..out.len().min(12)].join("\n    ")
                );
            }
        }
        println!("{area} {passed}/{total}");
    }
    assert!(!failed);
}

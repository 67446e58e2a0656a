//! Pods whose web server asks for a password: what runs beside it logs in, and what cannot looks at the port.

use k8s_openapi::api::core::v1::{Container, PodSpec, Probe};

use super::*;

const HASH: &str = "$2y$10$QKyLh9CC4Sj1OZDPVxyk8.hO6wxB6FvHuMDBCIPBgu3YozLQrDGYy";
const DIRECTORY: &str = "/etc/prometheus/web_config/current";

fn pod(spec: &Value) -> PodSpec {
    let object = server("main", spec);
    let mut assets = Assets::default();
    for (name, entries) in [
        ("users", json!({ "ann": HASH })),
        (
            "prometheus-main-web-config",
            json!({ "config-reloader-password": "ab".repeat(24) }),
        ),
    ] {
        let secret = json!({ "metadata": { "namespace": "monitoring", "name": name }, "stringData": entries });
        assets.insert_secret(serde_json::from_value(secret).expect("a Secret"));
    }
    let observed = observed(&object, &[], assets);
    let rendered = render(&observed, &Settings::default(), &mut RenderCache::default()).expect("objects");
    let set = rendered.desired.stateful_sets.into_iter().next().expect("a set");
    set.spec.and_then(|spec| spec.template.spec).expect("a pod")
}

fn spec(mut more: Value) -> Value {
    let user = json!({ "username": "ann", "passwordHash": { "name": "users", "key": "ann" } });
    more["web"]["basicAuthUsers"] = json!([user]);
    more
}

fn container<'a>(pod: &'a PodSpec, name: &str) -> &'a Container {
    let mut containers = pod.containers.iter();
    containers
        .find(|container| container.name == name)
        .expect("a container")
}

fn has_argument(container: &Container, argument: &str) -> bool {
    container.args.iter().flatten().any(|found| found == argument)
}

fn command(probe: Option<&Probe>) -> Vec<String> {
    let action = probe.and_then(|probe| probe.exec.clone());
    action.and_then(|action| action.command).unwrap_or_default()
}

#[test]
fn the_neighbours_log_in() {
    let pod = pod(&spec(json!({ "thanos": {} })));
    let file = format!("{DIRECTORY}/web-config.yaml");
    assert!(has_argument(
        container(&pod, "prometheus"),
        &format!("--web.config.file={file}")
    ));
    let reloader = container(&pod, "config-reloader");
    for argument in [
        format!("--web-config-file={file}"),
        "--basic-auth-username=config-reloader".to_owned(),
        format!("--basic-auth-password-file={DIRECTORY}/config-reloader-password"),
    ] {
        assert!(has_argument(reloader, &argument), "{argument}");
    }
    for name in ["prometheus", "config-reloader", "thanos-sidecar"] {
        let mounts = container(&pod, name).volume_mounts.iter().flatten();
        let mounted: Vec<_> = mounts.filter(|mount| mount.name == "web-config").collect();
        // A single file of it would stay what it was.
        assert_eq!(
            (&*mounted[0].mount_path, &mounted[0].sub_path),
            (DIRECTORY, &None),
            "{name}"
        );
    }
}

#[test]
fn a_kubelet_has_no_password() {
    let asks = |scheme: &str| {
        [
            "/bin/promtool",
            "check",
            "ready",
            &format!("--url={scheme}://localhost:9090/prefix"),
            &format!("--http.config.file={DIRECTORY}/http-client.yaml"),
        ]
        .map(str::to_owned)
        .to_vec()
    };
    let tls = json!({ "certFile": "/cert", "keyFile": "/key" });
    let mutual = json!({ "certFile": "/cert", "keyFile": "/key", "clientAuthType": "RequireAnyClientCert" });
    for (version, tls, expected) in [
        ("v3.13.0", Value::Null, asks("http")),
        ("v3.13.0", tls, asks("https")),
        ("v2.43.0", Value::Null, Vec::new()),
        ("v3.13.0", mutual, Vec::new()),
    ] {
        let pod = pod(&spec(
            json!({ "version": version, "routePrefix": "/prefix", "web": { "tlsConfig": tls } }),
        ));
        let prometheus = container(&pod, "prometheus");
        assert_eq!(command(prometheus.startup_probe.as_ref()), expected, "{version}");
        for probe in [&prometheus.readiness_probe, &prometheus.liveness_probe] {
            assert!(
                probe.as_ref().is_some_and(|probe| probe.tcp_socket.is_some()),
                "{version}"
            );
        }
    }
}

#[test]
fn who_asks_within_the_container_logs_in() {
    let pod = pod(&spec(json!({ "listenLocal": true, "version": "v2.43.0" })));
    let shell = command(container(&pod, "prometheus").readiness_probe.as_ref());
    let url = format!("http://config-reloader:$(cat {DIRECTORY}/config-reloader-password)@localhost:9090/-/ready");
    assert!(shell[2].contains(&url), "{shell:?}");
}

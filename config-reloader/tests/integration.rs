//! Objects of a real API server, by an account that may do nothing but list and watch them by their names. Needs
//! `KUBECONFIG`, as `e2e/test integration` sets it.

mod support;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Mount, Running, Target};

const RIGHTS: &str = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reloader}
rules:
  - {apiGroups: [""], resources: [secrets], resourceNames: [config], verbs: [list, watch]}
  - {apiGroups: [""], resources: [configmaps], resourceNames: [rules], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reloader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reloader}
subjects: [{kind: ServiceAccount, name: reloader}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: reloader}
"#;

/// A namespace that goes with the test.
struct Namespace(String);

impl Namespace {
    fn new() -> Self {
        let namespace = Self(format!("reloader-{}", std::process::id()));
        namespace.kubectl(["create", "namespace", &namespace.0], "");
        namespace
    }

    /// What kubectl prints.
    fn kubectl<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>, input: &str) -> String {
        let cluster = Path::new(env!("CARGO_MANIFEST_DIR")).join("../e2e/cluster/cluster");
        let mut child = Command::new(cluster)
            .args(["kubectl", "--namespace", &self.0])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("kubectl starts");
        std::io::Write::write_all(&mut child.stdin.take().expect("it is piped"), input.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "kubectl failed");
        String::from_utf8(output.stdout)
            .expect("it prints text")
            .trim()
            .to_owned()
    }

    /// Creates or replaces an object that holds one file.
    fn put(&self, kind: &str, name: &str, field: &str, file: &str, content: &str) {
        let object =
            format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\n{field}: {{{file}: '{content}'}}\n");
        self.kubectl(["apply", "--filename", "-"], &object);
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        self.kubectl(["delete", "namespace", &self.0, "--wait=false"], "");
    }
}

/// A kubeconfig of the account, with the API server of the given one.
fn kubeconfig_of_account(namespace: &Namespace, folder: &Path) -> PathBuf {
    namespace.kubectl(["apply", "--filename", "-"], RIGHTS);
    let token = namespace.kubectl(["create", "token", "reloader"], "");
    let field = |path: &str| {
        namespace.kubectl(
            [
                "config",
                "view",
                "--raw",
                "--minify",
                "--output",
                &format!("jsonpath={path}"),
            ],
            "",
        )
    };
    let text = format!(
        "current-context: c\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n\
         clusters: [{{name: c, cluster: {{server: '{}', certificate-authority-data: '{}', certificate-authority: '{}'}}}}]\n\
         users: [{{name: u, user: {{token: {token}}}}}]\n",
        field("{.clusters[0].cluster.server}"),
        field("{.clusters[0].cluster.certificate-authority-data}"),
        field("{.clusters[0].cluster.certificate-authority}"),
    );
    // One of the two is there.
    let text = text
        .replace("certificate-authority-data: '', ", "")
        .replace(", certificate-authority: ''", "");
    let path = folder.join("kubeconfig");
    fs::write(&path, text).expect("ours");
    path
}

#[tokio::test]
async fn a_change_is_live_well_under_a_second_after_it_is_written() {
    if std::env::var_os("KUBECONFIG").is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "KUBECONFIG is not set");
        println!("skipped: KUBECONFIG is not set");
        return;
    }
    let namespace = Namespace::new();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let kubeconfig = kubeconfig_of_account(&namespace, folder.path());
    // `YTogMQo=` is `a: 1`, and so on.
    namespace.put("Secret", "config", "data", "a.yaml", "YTogMQo=");
    namespace.put("ConfigMap", "rules", "data", "r.yaml", "groups: []");
    let mut target = Target::start().await;
    let (mut config, mut rules) = (Mount::new(path("config")), Mount::new(path("rules")));
    config.swap(&[("a.yaml", b"a: 0\n")]);
    rules.swap(&[("r.yaml", b"groups: [{name: old}]")]);
    let _running = Running::start(&[
        format!("--config-file={}", config.path.join("a.yaml").display()),
        format!("--config-envsubst-file={}", path("out.yaml").display()),
        format!("--watched-dir={}", rules.path.display()),
        format!("--target-dir={}", path("rules-out").display()),
        format!("--reload-url=http://{}/-/reload", target.address),
        format!("--kubeconfig={}", kubeconfig.display()),
        format!("--watch-secret={}/config", namespace.0),
        format!("--watch-configmap={}/rules={}", namespace.0, rules.path.display()),
    ])
    .await;
    let read = |name: &str| fs::read_to_string(path(name)).unwrap_or_default();
    while read("out.yaml") != "a: 1\n" || read("rules-out/r.yaml") != "groups: []" {
        target.request().await;
    }
    let slowest = Duration::from_millis(800);
    // Told apart from kubectl, which takes its time: the API server has it when kubectl has ended.
    for (encoded, content) in [("YTogMgo=", "a: 2\n"), ("YTogMwo=", "a: 3\n")] {
        namespace.put("Secret", "config", "data", "a.yaml", encoded);
        let written = Instant::now();
        target.request().await;
        // What came may be the last request of the start, whose files were seen before it.
        while read("out.yaml") != content {
            target.request().await;
        }
        assert!(written.elapsed() < slowest, "{:?}", written.elapsed());
    }
    namespace.put("ConfigMap", "rules", "data", "r.yaml", "groups: [{name: new}]");
    target.request().await;
    assert_eq!(read("rules-out/r.yaml"), "groups: [{name: new}]");
    target.assert_quiet();
}

//! What is secret in the files that the program reads for itself is in none of its lines, whatever is wrong with the files.

use std::fs;
use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_prometheus-config-reloader");

/// In everything that is secret, and nowhere else.
const MARKER: &str = "m4rk3r";

/// A flag that names a file, and contents with a fault each.
const FILES: [(&str, &[&str]); 3] = [
    (
        "--web-config-file",
        &[
            "tls_server_config: {cert_file: a, key: m4rk3r, nonsense: 1}\n",
            "tls_server_config: {cert: m4rk3r, key: m4rk3r}\n",
            "basic_auth_users: {ann: m4rk3r}\n",
            "basic_auth_users: m4rk3r\n",
            "basic_auth_users: [m4rk3r\n",
            "basic_auth_users: {ann: [m4rk3r]}\n",
        ],
    ),
    (
        "--targets-file",
        &[
            "targets:\n- url: http://ann:m4rk3r@host/-/reload\n  nonsense: 1\n",
            "targets:\n- url: [http://ann:m4rk3r@host/-/reload]\n",
            "targets:\n- url: 'http://ann:m4rk3r@ho st/-/reload'\n",
            "targets: m4rk3r\n",
        ],
    ),
    (
        "--kubeconfig",
        &[
            "users:\n- name: a\n  user: {token: m4rk3r, nonsense: [m4rk3r\n",
            "users:\n- name: a\n  user: {token: [m4rk3r]}\n",
            "users: m4rk3r\n",
        ],
    ),
];

#[test]
fn no_secret_of_a_file_with_a_fault_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("in.yaml"), "a: 1\n").expect("ours");
    for (flag, contents) in FILES {
        for content in contents {
            fs::write(path("file"), content).expect("ours");
            let output = Command::new(PROGRAM)
                .args(["--log-level=all", "--watch-secret=a/b", "--listen-address=127.0.0.1:0"])
                .arg(format!("--config-file={}", path("in.yaml")))
                .arg(format!("{flag}={}", path("file")))
                .output()
                .expect("the program starts");
            let shown = [output.stdout, output.stderr].concat();
            let shown = String::from_utf8_lossy(&shown);
            assert!(!shown.contains(MARKER), "{flag} {content}: {shown}");
            assert!(
                !output.status.success() && !shown.is_empty(),
                "{flag} {content}: {shown}"
            );
        }
    }
}

//! What this build is: version, revision, branch. Set at compile time from the environment variables `BUILD_REVISION`,
//! `BUILD_BRANCH`, `BUILD_USER` and `BUILD_DATE`, which the image recipes pass; absent ones read `unknown`.

use crate::register::Register;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::{family::Family, gauge::Gauge};

/// Version of the workspace, without a leading `v`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Commit that was built.
pub const REVISION: &str = or_unknown(option_env!("BUILD_REVISION"));
/// Branch that was built.
pub const BRANCH: &str = or_unknown(option_env!("BUILD_BRANCH"));
/// Oldest Rust that builds the workspace; the toolchain is pinned to it.
pub const RUST_VERSION: &str = env!("CARGO_PKG_RUST_VERSION");
const USER: &str = or_unknown(option_env!("BUILD_USER"));
const DATE: &str = or_unknown(option_env!("BUILD_DATE"));

const fn or_unknown(value: Option<&'static str>) -> &'static str {
    match value {
        Some(value) => value,
        None => "unknown",
    }
}

/// The text of `--version`: the layout of Prometheus' own programs, without a final line break.
pub fn version_text(program: &str) -> String {
    let (os, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    format!(
        "{program}, version {VERSION} (branch: {BRANCH}, revision: {REVISION})\n  build user:       {USER}\n  \
         build date:       {DATE}\n  rust version:     {RUST_VERSION}\n  platform:         {os}/{architecture}"
    )
}

/// Go's name of an architecture, which the label carries.
fn go_architecture(name: &'static str) -> &'static str {
    match name {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "powerpc64" => "ppc64le",
        other => other,
    }
}

/// Labels of a `…_build_info` metric, whose value is always 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    branch: &'static str,
    goarch: &'static str,
    goos: &'static str,
    revision: &'static str,
    rustversion: &'static str,
    version: &'static str,
}

/// Registers `<prefix>_build_info`. `goarch` and `goos` keep the names under which dashboards know them.
pub fn register_info(registry: &mut impl Register, prefix: &str) {
    let info = Family::<Labels, Gauge>::default();
    let labels = Labels {
        branch: BRANCH,
        goarch: go_architecture(std::env::consts::ARCH),
        goos: std::env::consts::OS,
        revision: REVISION,
        rustversion: RUST_VERSION,
        version: VERSION,
    };
    info.get_or_create(&labels).set(1);
    registry.register(
        &format!("{prefix}_build_info"),
        "What this program was built from; always 1",
        info,
    );
}

#[cfg(test)]
mod tests {
    use prometheus_client::registry::Registry;

    use super::*;

    #[test]
    fn the_metric_carries_the_version() {
        let mut registry = Registry::default();
        register_info(&mut registry, "sample");
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).expect("writing to a String cannot fail");
        assert!(text.contains("sample_build_info{branch="), "{text}");
        assert!(text.contains(&format!("version=\"{VERSION}\"}} 1\n")), "{text}");
    }

    #[test]
    fn architectures_have_gos_names() {
        assert_eq!(
            (go_architecture("x86_64"), go_architecture("s390x")),
            ("amd64", "s390x")
        );
    }

    #[test]
    fn the_text_starts_as_prometheus_programs_do() {
        assert!(version_text("sample").starts_with(&format!("sample, version {VERSION} (branch: ")));
    }
}

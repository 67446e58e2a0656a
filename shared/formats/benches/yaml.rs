//! How fast a large scrape configuration is written and read: `cargo bench -p formats`.

use divan::Bencher;
use divan::counter::BytesCount;
use formats::yaml::{self, Yaml, map};

fn main() {
    divan::main();
}

fn relabel(source: &str, target: &'static str, expression: &'static str) -> Yaml {
    map([
        ("source_labels", vec![source.to_owned()].into()),
        ("separator", ";".into()),
        ("target_label", target.into()),
        ("regex", expression.into()),
        ("replacement", "$1".into()),
        ("action", "replace".into()),
    ])
}

/// A configuration of so many jobs, each as of one endpoint of a service monitor.
fn configuration(jobs: usize) -> Yaml {
    let job = |number: usize| {
        let labels = [
            "namespace",
            "service",
            "pod",
            "container",
            "node",
            "job",
            "endpoint",
            "app",
        ];
        map([
            (
                "job_name",
                format!("serviceMonitor/team-{}/app-{number}/0", number % 100).into(),
            ),
            ("honor_labels", true.into()),
            ("scrape_interval", "30s".into()),
            ("metrics_path", "/metrics".into()),
            (
                "kubernetes_sd_configs",
                vec![map([
                    ("role", "endpointslice".into()),
                    (
                        "namespaces",
                        map([("names", vec![format!("team-{}", number % 100)].into())]),
                    ),
                ])]
                .into(),
            ),
            (
                "relabel_configs",
                labels
                    .into_iter()
                    .map(|label| {
                        relabel(
                            &format!("__meta_kubernetes_{label}_name"),
                            label,
                            "(?:Node;(.*)|Pod;(.*))",
                        )
                    })
                    .collect(),
            ),
        ])
    };
    map([
        ("global", map([("scrape_interval", "1m".into())])),
        ("scrape_configs", (0..jobs).map(job).collect()),
    ])
}

#[divan::bench(args = [100, 10_000])]
fn emit(bencher: Bencher<'_, '_>, jobs: usize) {
    let tree = configuration(jobs);
    let size = yaml::to_string(&tree).len();
    let mut out = String::with_capacity(size);
    bencher.counter(BytesCount::new(size)).bench_local(|| {
        out.clear();
        yaml::write(divan::black_box(&tree), &mut out);
        out.len()
    });
}

#[divan::bench(args = [100, 1_000])]
fn parse(bencher: Bencher<'_, '_>, jobs: usize) {
    let text = yaml::to_string(&configuration(jobs));
    bencher
        .counter(BytesCount::new(text.len()))
        .bench(|| yaml::parse(divan::black_box(&text)));
}

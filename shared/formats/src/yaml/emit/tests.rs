use super::*;
use crate::yaml::map;

fn list(texts: &[&'static str]) -> Yaml {
    texts.iter().copied().collect()
}

#[test]
fn a_configuration_looks_as_the_originals() {
    let tree = map([
        (
            "global",
            map([
                ("scrape_interval", "30s".into()),
                ("external_labels", map([("zone", "08:00".into())])),
            ]),
        ),
        (
            "scrape_configs",
            vec![map([
                ("job_name", "serviceMonitor/team/app/0".into()),
                ("honor_labels", true.into()),
                (
                    "relabel_configs",
                    vec![map([("source_labels", list(&["a", "b"])), ("regex", "(.+);".into())])].into(),
                ),
                ("params", Yaml::Map(vec![])),
                ("metric_relabel_configs", Yaml::Seq(vec![])),
                ("weekdays", Yaml::Flow(vec!["monday".into(), "on".into()])),
            ])]
            .into(),
        ),
    ]);
    let expected = "\
global:
  scrape_interval: 30s
  external_labels:
    zone: \"08:00\"
scrape_configs:
- job_name: serviceMonitor/team/app/0
  honor_labels: true
  relabel_configs:
  - source_labels:
    - a
    - b
    regex: (.+);
  params: {}
  metric_relabel_configs: []
  weekdays: [monday, \"on\"]
";
    assert_eq!(to_string(&tree), expected);
}

#[test]
fn a_list_may_be_written_in_parts() {
    let items = vec![map([("a", list(&["x"]))]), map([("b", Yaml::Seq(vec![list(&["y"])]))])];
    let whole = to_string(&map([("items", Yaml::Seq(items.clone()))]));
    let mut parts = "items:\n".to_owned();
    for item in items {
        write(&Yaml::Seq(vec![item]), &mut parts);
    }
    assert_eq!(parts, whole);
}

#[test]
fn quotes_are_as_few_as_readers_of_yaml_1_1_need() {
    for (text, written) in [
        ("yes", "\"yes\""),
        ("yEs", "yEs"),
        ("010", "\"010\""),
        ("1:30", "\"1:30\""),
        ("1:60", "1:60"),
        ("2021-6-5", "\"2021-6-5\""),
        ("2021-6-31", "2021-6-31"),
        ("1.2.3", "1.2.3"),
        ("", "\"\""),
        ("a: b", "'a: b'"),
        ("it's", "it's"),
        ("'q'", "'''q'''"),
        ("- a", "'- a'"),
        ("-a", "-a"),
        ("a\tb", "\"a\\tb\""),
        ("a \nb", "\"a \\nb\""),
        ("one\ntwo\n", "|\n  one\n  two"),
        ("one\n\n", "|+\n  one\n"),
        (" one\ntwo", "|2-\n   one\n  two"),
        ("🦀", "\"\\U0001F980\""),
        ("größe", "größe"),
    ] {
        assert_eq!(to_string(&text.into()), format!("{written}\n"), "{text:?}");
    }
}

#[test]
fn long_texts_are_folded_behind_column_80() {
    let words = "twelve chars ".repeat(10);
    let words = words.trim_end().to_owned();
    let expected = format!(
        "key: {}\n  {}\n",
        "twelve chars ".repeat(6).trim_end(),
        "twelve chars ".repeat(4).trim_end()
    );
    assert_eq!(to_string(&map([("key", words.into())])), expected);
    let word = "x".repeat(200);
    assert_eq!(
        to_string(&map([("key", word.clone().into())])),
        format!("key: {word}\n")
    );
    assert_eq!(
        to_string(&Yaml::Map(vec![(word.clone().into(), 1.into())])),
        format!("? {word}\n: 1\n")
    );
}

#[test]
fn numbers_are_written_as_go_writes_them() {
    for (number, written) in [
        (1.0, "1"),
        (0.25, "0.25"),
        (1e6, "1e+06"),
        (123_456.0, "123456"),
        (1.5e-7, "1.5e-07"),
        (-0.0, "-0"),
        (1e100, "1e+100"),
    ] {
        assert_eq!(to_string(&number.into()), format!("{written}\n"));
    }
    assert_eq!(to_string(&f64::NEG_INFINITY.into()), "-.inf\n");
    assert_eq!(to_string(&u64::MAX.into()), "18446744073709551615\n");
}

#[test]
fn bytes_are_written_in_base64() {
    assert_eq!(
        to_string(&Yaml::from_utf8_or_bytes(vec![0xfc, b'b'])),
        "!!binary /GI=\n"
    );
    assert_eq!(to_string(&Yaml::from_utf8_or_bytes(b"plain".to_vec())), "plain\n");
}

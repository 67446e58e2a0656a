//! Which mappings of Alertmanager's configuration take a null: `nulls.yaml`, asked of amtool. Our own verdicts on the same
//! table are compared in the unit tests of `alertmanager::config`.

use formats::version::Version;
use formats::yaml;

use crate::encoding;
use crate::judge::Judge;

/// How many rows amtool judges in another way; each is printed.
pub(crate) fn wrong(amtool: &Judge) -> usize {
    let known = amtool.version();
    let tree = yaml::parse_strict(include_bytes!("nulls.yaml")).expect("nulls.yaml is YAML");
    let rows = encoding::json(&tree).unwrap_or_else(|error| panic!("{}", error.0));
    let (mut asked, mut wrong) = (0, 0);
    for row in rows.as_array().expect("a list of rows") {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        let since = Some(text("since")).filter(|since| !since.is_empty());
        if since.is_some_and(|since| Version::parse(since).expect("a version") > known) {
            continue;
        }
        asked += 1;
        let part = text("part");
        let file = match text("section") {
            "routes" => format!("route: {{receiver: a, routes: [{{{part}}}]}}\nreceivers: [{{name: a}}]\n"),
            "inhibit_rules" => {
                format!("route: {{receiver: a}}\nreceivers: [{{name: a}}]\ninhibit_rules: [{{{part}}}]\n")
            }
            "receivers" => format!("route: {{receiver: a}}\nreceivers:\n- name: a\n  {part}\n"),
            _ => format!("route: {{receiver: a}}\nreceivers: [{{name: a}}]\n{part}\n"),
        };
        let judged = amtool.judge(&["check-config"], &file);
        if judged.is_ok() != (row["loads"] == true) {
            wrong += 1;
            println!("  NULL {part}: {judged:?}");
        }
    }
    println!("amtool: {asked} nulls asked about, {wrong} judged in another way");
    wrong
}

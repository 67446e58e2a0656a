//! The page of permissions: what each is for, from the table that the roles are made of. Pure.

use operator::permissions::webhooks::RULES;
use operator::permissions::{Feature, Place, Rule, rules};

use super::FOLDER;
use super::markdown::{code, codes, prose, table};
use crate::File;

const INTRODUCTION: &str = "\
What the operator may do, and why. The roles of `deploy/` are made from the same table, and the operator checks it when it starts:
a part that lacks a permission does not start, and the log names what is missing.

[Security](../security.md) says who is trusted with what.
";

/// The page.
pub(super) fn page() -> File {
    let mut text = INTRODUCTION.to_owned();
    let sections = [
        (
            "In the namespaces that it watches",
            "ClusterRole `prometheus-operator`. With `--namespaces` it may be bound in these namespaces alone, but for what \
             is not namespaced: Namespaces, Nodes, StorageClasses.",
            rules(|part| part.place() == Place::Followed && part.feature().is_none()),
        ),
        (
            "In its own namespace",
            "Role `prometheus-operator`.",
            rules(|part| part.place() == Place::Own),
        ),
        (
            "Beside the kubelets",
            "Role `prometheus-operator` in `kube-system`, for `--kubelet-service` (`deploy/kubelet`).",
            rules(|part| part.place() == Place::Kubelets),
        ),
    ];
    for (title, note, rules) in sections {
        section(&mut text, title, note, &rules);
    }
    for feature in Feature::ALL {
        let title = format!("With `{}`", feature.flag());
        let note = format!(
            "Component `deploy/components/{}`, which sets the flag, too.",
            feature.name()
        );
        section(
            &mut text,
            &title,
            &note,
            &rules(|part| part.feature() == Some(*feature)),
        );
    }
    let webhooks: Vec<Rule> = RULES.iter().map(Rule::from).collect();
    let note = "Component `deploy/components/webhooks` or `deploy/components/admission-webhook`.";
    section(
        &mut text,
        "With webhooks whose certificates look after themselves",
        note,
        &webhooks,
    );
    super::page(&format!("{FOLDER}/permissions.md"), "Permissions", &text)
}

fn section(text: &mut String, title: &str, note: &str, rules: &[Rule]) {
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = (rules.iter())
        .map(|rule| {
            let mut resources = codes(&owned(&rule.resources));
            if !rule.names.is_empty() {
                resources += &format!(", only {}", codes(&rule.names));
            }
            let group = if rule.group.is_empty() {
                "core".to_owned()
            } else {
                code(rule.group)
            };
            vec![group, resources, rule.verbs.join(", "), prose(&rule.why.join("; "))]
        })
        .collect();
    *text += &format!(
        "\n## {title}\n\n{note}\n\n{}",
        table(&["Group", "Resources", "Verbs", "What for"], &rows)
    );
}

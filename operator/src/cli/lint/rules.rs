//! The rules of `lint`, as a table. What is held against the last ones is the operator's own verdict.

use crate::args::Severity::{Error, Note, Warning};
use crate::cli::report::Rule;

macro_rules! rules {
    ($($name:ident = $id:literal, $severity:ident, $why:literal, $mend:literal;)+) => {
        $(pub(super) static $name: Rule = Rule { id: $id, severity: $severity, why: $why, mend: $mend };)+

        /// All of them.
        pub(super) static ALL: &[&Rule] = &[$(&$name),+];
    };
}

rules! {
    SYNTAX = "syntax", Error,
        "The document is not YAML, so nothing in it is applied.",
        "Mend the line; templates are rendered before they are checked.";
    DUPLICATE_OBJECT = "duplicate-object", Warning,
        "Of two objects of one kind, namespace and name, the one that is applied last replaces the other.",
        "Remove or rename one of them.";
    UNKNOWN_KIND = "unknown-kind", Error,
        "The group monitoring.coreos.com has no such kind in this version, so the API server refuses the object.",
        "Write a kind and apiVersion that the definitions have.";
    UNKNOWN_FIELD = "unknown-field", Error,
        "The definition has no such field: kubectl refuses the object, and other clients lose the field silently.",
        "Remove the field, or move it to where it belongs.";
    WRONG_TYPE = "wrong-type", Error,
        "The API server refuses an object with a value of another type.",
        "Write a value of that type; quote text that looks like a number or a truth value.";
    MISSING_FIELD = "missing-field", Error,
        "The API server refuses an object without it.",
        "Add the field.";
    INVALID_VALUE = "invalid-value", Error,
        "The API server refuses an object with such a value.",
        "Write a value that the definition allows.";
    DEPRECATED_FIELD = "deprecated-field", Note,
        "The field works, but has a successor and may go away.",
        "Use the field that its description names.";
    REJECTED = "rejected", Error,
        "The operator leaves this object out, because the program would not load its configuration with it.",
        "Change the field so that the message no longer holds.";
    PARTLY_REJECTED = "partly-rejected", Warning,
        "One of the workloads that select this object leaves it out.",
        "Change the field, or what the workload allows.";
    INVALID_WORKLOAD = "invalid-workload", Error,
        "The operator does not run a workload that it cannot render.",
        "Change the specification so that the message no longer holds.";
    IGNORED_FIELD = "ignored-field", Warning,
        "The field is set and has no effect.",
        "Remove the field, or run a version that knows it.";
    NOTICE = "notice", Warning,
        "The operator reports this of the workload although it runs.",
        "See the message.";
    DUPLICATE_RULE = "duplicate-rule", Note,
        "Rules with one name and the same labels write the same series or raise the same alerts, unless their expressions give other labels.",
        "Remove all but one of them, or give them different labels.";
    SPARSE_INTERVAL = "sparse-interval", Warning,
        "Prometheus looks back five minutes for a sample, so graphs and alerts on these series have gaps.",
        "Scrape more often than every five minutes.";
    DUPLICATE_JOB = "duplicate-job", Warning,
        "Two endpoints that are equal scrape the same targets twice.",
        "Remove one of them.";
    SELECTS_NOTHING = "selects-nothing", Warning,
        "A workload that selects nothing has nothing to do.",
        "Change its selectors, or add objects that they select. An absent selector selects nothing, an empty one everything.";
    NOT_SELECTED = "not-selected", Warning,
        "No workload of the input selects this object, so it has no effect.",
        "Give the object and its namespace the labels that the selectors ask for.";
    NO_SERVICE = "no-service", Warning,
        "No Service of the input has the labels that the monitor asks for, so nothing is scraped.",
        "Compare spec.selector with the labels of the Service (not of its pods), and spec.namespaceSelector with its namespace.";
    MISSING_PORT = "missing-port", Warning,
        "The Services that the monitor selects have no port of that name, so nothing is scraped.",
        "Write the name of a port of the Service, or name its port.";
    MISSING_REFERENCE = "missing-reference", Note,
        "The object is not in the input. If it is not in the cluster either, what refers to it is left out.",
        "Nothing, if something else creates it.";
    COSTLY_MONITOR = "costly-monitor", Note,
        "Prometheus discovers every target in the namespaces for each job, and drops those that are not meant.",
        "Name the namespaces (namespaceSelector.matchNames), or let the API server filter (selectorMechanism: RoleSelector).";
}

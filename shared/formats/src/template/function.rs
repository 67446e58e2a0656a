//! Which functions a template may call, and which variables are there before it begins: a table for each program. They
//! are those of Prometheus 3.13 (`template/template.go`), Alertmanager 0.33 (`template/template.go`) and Go 1.26.

/// What a template may name.
#[derive(Debug, Clone, Copy)]
pub struct Functions {
    /// Functions of the program, in order.
    own: &'static [&'static str],
    /// One of them that may not be called.
    without: Option<&'static str>,
    /// Variables that the program declares in front of the template, in order.
    variables: &'static [&'static str],
}

/// Functions that every template has, in order.
const GO: &[&str] = &[
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print", "printf",
    "println", "slice", "urlquery",
];

const PROMETHEUS: &[&str] = &[
    "args",
    "externalURL",
    "first",
    "graphLink",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "label",
    "match",
    "now",
    "parseDuration",
    "pathPrefix",
    "query",
    "reReplaceAll",
    "safeHtml",
    "sortByLabel",
    "stripDomain",
    "stripPort",
    "strvalue",
    "tableLink",
    "title",
    "toDuration",
    "toLower",
    "toTime",
    "toUpper",
    "urlQueryEscape",
    "value",
];

const ALERTMANAGER: &[&str] = &[
    "append",
    "date",
    "dict",
    "humanizeDuration",
    "join",
    "list",
    "match",
    "now",
    "reReplaceAll",
    "safeHtml",
    "safeUrl",
    "since",
    "stringSlice",
    "title",
    "toJson",
    "toLower",
    "toUpper",
    "trimSpace",
    "tz",
    "urlUnescape",
];

impl Functions {
    /// Those of Go alone.
    pub const BUILTIN: Self = Self {
        own: &[],
        without: None,
        variables: &[],
    };

    /// Those of labels and annotations of an alert.
    pub const PROMETHEUS: Self = Self {
        own: PROMETHEUS,
        without: None,
        variables: &["$externalLabels", "$externalURL", "$labels", "$value"],
    };

    /// The same, but for the one that reads series.
    pub const PROMETHEUS_WITHOUT_QUERY: Self = Self {
        without: Some("query"),
        ..Self::PROMETHEUS
    };

    /// Those of a notification.
    pub const ALERTMANAGER: Self = Self {
        own: ALERTMANAGER,
        without: None,
        variables: &[],
    };

    /// Whether there is a function `name`.
    pub(super) fn defines(&self, name: &str) -> bool {
        let is_own = self.own.binary_search(&name).is_ok() && self.without != Some(name);
        is_own || GO.binary_search(&name).is_ok()
    }

    /// The variables that are there before the template begins.
    pub(super) const fn variables(&self) -> &'static [&'static str] {
        self.variables
    }
}

//! Makes objects from a structural schema. Every field is there, with a text that names it or a number within its
//! bounds; what has a choice (words, bounds, booleans, number or text) takes another one at each turn. Pure.

use serde_json::{Map, Value, json};

/// Two texts for each pattern of the schemas.
pub(crate) const EXAMPLES: &[(&str, [&str; 2])] = &[
    (
        "^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$",
        ["1y2w3d4h5m6s7ms", "0"],
    ),
    (
        "^(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?$",
        ["1w", "45s"],
    ),
    (
        "^(0|(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$",
        ["1h30m", "250ms"],
    ),
    ("(^0|([0-9]*[.])?[0-9]+((K|M|G|T|E|P)i?)?B)$", ["0", "1.5GiB"]),
    (
        r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$",
        ["500m", "1.5Gi"],
    ),
    (
        "^(http|https)://.+$",
        ["http://one.example", "https://two.example:8443/path"],
    ),
    ("^https?://.+$", ["http://three.example/a", "https://four.example"]),
    (
        "^(http|https|socks5)://.+$",
        ["socks5://proxy.example:1080", "http://proxy.example:3128"],
    ),
    (
        "^[a-zA-Z][a-zA-Z0-9+.-]*://.+$",
        ["docker+tcp://engine.example:2375", "unix:///run/engine.sock"],
    ),
    (
        r"^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$",
        ["targets/*.json", "/etc/targets.yml"],
    ),
    ("^[0-9a-zA-Z-.]+$", ["3f1c-0a", "tenant.example"]),
    (r"^[\w\s:/.\\-]+$", ["https://monitor.example//.default", "scope"]),
    ("^(?i)(abort|warn)?$", ["abort", "WARN"]),
    (r"^((([01][0-9])|(2[0-3])):[0-5][0-9])$|(^24:00$)", ["08:15", "24:00"]),
    (
        "^((?i)sun|mon|tues|wednes|thurs|fri|satur)day(?:((:(sun|mon|tues|wednes|thurs|fri|satur)day)$)|$)",
        ["monday:friday", "sunday"],
    ),
    (
        "^((?i)january|february|march|april|may|june|july|august|september|october|november|december|1[0-2]|[1-9])(?:((:((?i)january|february|march|april|may|june|july|august|september|october|november|december|1[0-2]|[1-9]))$)|$)",
        ["january:march", "12"],
    ),
    (r"^2\d{3}(?::2\d{3}|$)", ["2026:2031", "2040"]),
];

/// Texts of a status that the schema leaves open and our types do not: what this version does not know is left out.
const STATUS_WORDS: &[(&str, &[&str])] = &[
    (".type", &["Available", "Reconciled"]),
    (".status", &["True", "Degraded", "False", "Unknown"]),
];

/// How values are spelt that have several spellings.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Spelling {
    /// In any way that the schema allows.
    Allowed,
    /// As our types write them: words as the schema lists them first (`https` for `HTTPS`), quantities as text.
    Canonical,
}

/// One of the objects of a schema.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// Which one.
    pub(crate) turn: usize,
    /// How it is spelt.
    pub(crate) spelling: Spelling,
}

/// How many turns it takes until every choice has been made: one per word of the longest list, and at least six, since
/// there are choices between two and between three.
pub(crate) fn turns(schema: &Value) -> usize {
    let here = schema["enum"].as_array().map_or(6, Vec::len);
    let below = match schema {
        Value::Object(map) => map.values().map(turns).max(),
        Value::Array(list) => list.iter().map(turns).max(),
        _ => None,
    };
    here.max(below.unwrap_or_default())
}

impl Sample {
    /// A value of the schema, at this path of the object.
    pub(crate) fn value(self, path: &str, schema: &Value) -> Value {
        if let Some(words) = words(path, schema) {
            return self.word(path, &words);
        }
        if schema["x-kubernetes-int-or-string"] == true {
            return self.number_or_text(path, schema);
        }
        match schema["type"].as_str() {
            Some("object") => self.object(path, schema),
            Some("array") => self.array(path, schema),
            Some("string") => self.text(path, schema).into(),
            Some("integer") => self.integer(path, schema).into(),
            Some("boolean") => [true, false][self.choice(path, 2)].into(),
            None if schema["x-kubernetes-preserve-unknown-fields"] == true => json!({ "any": { "thing": [path, 1] } }),
            other => panic!("{path}: {other:?} is not known"),
        }
    }

    /// One of `choices`: another one at the next turn, and another one for the next item of a list.
    fn choice(self, path: &str, choices: usize) -> usize {
        (self.turn + path.bytes().map(usize::from).sum::<usize>()) % choices
    }

    fn word(self, path: &str, words: &[&str]) -> Value {
        let word = words[self.choice(path, words.len())];
        let canonical = words.iter().find(|known| known.eq_ignore_ascii_case(word));
        match (self.spelling, canonical) {
            (Spelling::Canonical, Some(canonical)) => (*canonical).into(),
            _ => word.into(),
        }
    }

    fn number_or_text(self, path: &str, schema: &Value) -> Value {
        if self.choice(path, 3) > 0 {
            return self.text(path, schema).into();
        }
        let number = self.integer(path, &json!({ "format": "int32" }));
        let is_quantity = schema["pattern"].is_string();
        if is_quantity && self.spelling == Spelling::Canonical {
            number.to_string().into()
        } else {
            number.into()
        }
    }

    fn text(self, path: &str, schema: &Value) -> String {
        let choose = |from: [&str; 2]| from[self.choice(path, 2)].to_owned();
        match (schema["pattern"].as_str(), schema["format"].as_str()) {
            (Some(pattern), _) => {
                let known = EXAMPLES.iter().find(|(known, _)| *known == pattern);
                choose(known.unwrap_or_else(|| panic!("{path}: no example of {pattern}")).1)
            }
            (None, Some("date-time")) => choose(["2026-01-02T03:04:05Z", "2027-12-31T23:59:59Z"]),
            (None, None) => path.to_owned(),
            (None, format) => panic!("{path}: {format:?} is not known"),
        }
    }

    fn integer(self, path: &str, schema: &Value) -> i64 {
        let (least, most) = match schema["format"].as_str() {
            Some("int32") => (i32::MIN.into(), i32::MAX.into()),
            _ => (i64::MIN, i64::MAX),
        };
        let least = schema["minimum"].as_i64().unwrap_or(least);
        let most = schema["maximum"].as_i64().unwrap_or(most);
        let between = i64::try_from(path.len()).unwrap_or_default().clamp(least, most);
        [least, most, between][self.choice(path, 3)]
    }

    fn object(self, path: &str, schema: &Value) -> Value {
        if let Some(fields) = schema["properties"].as_object() {
            let field = |(name, field): (&String, &Value)| {
                let path = format!("{path}.{name}");
                (name.clone(), self.value(path.trim_start_matches('.'), field))
            };
            return fields.iter().map(field).collect();
        }
        let entry = match &schema["additionalProperties"] {
            // The metadata of an object, whose fields no schema lists.
            Value::Null => ("name", path.into()),
            below => ("an.example/key", self.value(&format!("{path}.key"), below)),
        };
        Value::Object(Map::from_iter([(entry.0.to_owned(), entry.1)]))
    }

    /// Two items, or one where two would not differ in what tells them apart.
    fn array(self, path: &str, schema: &Value) -> Value {
        let item = |number: usize| self.value(&format!("{path}[{number}]"), &schema["items"]);
        let (first, second) = (item(0), item(1));
        let same = match schema["x-kubernetes-list-map-keys"].as_array() {
            Some(keys) => keys
                .iter()
                .filter_map(Value::as_str)
                .all(|key| first[key] == second[key]),
            None => first == second,
        };
        if same { json!([first]) } else { json!([first, second]) }
    }
}

/// The words of a closed list. The empty one is left out: it says the same as an absent field, and becomes one.
fn words<'a>(path: &str, schema: &'a Value) -> Option<Vec<&'a str>> {
    if let Some(words) = schema["enum"].as_array() {
        return Some(
            words
                .iter()
                .filter_map(Value::as_str)
                .filter(|word| !word.is_empty())
                .collect(),
        );
    }
    let known = STATUS_WORDS.iter().find(|(end, _)| path.ends_with(end))?;
    path.starts_with("status.").then(|| known.1.to_vec())
}

//! What a schema demands of a value, and whether a value meets a demand by the least or misses it by the least. Pure. The
//! keywords are those of structural schemas that our definitions use.

use serde_json::Value;

/// A demand that a schema makes on a value: a keyword and what it says.
pub(crate) struct Constraint<'a> {
    pub(crate) keyword: &'static str,
    pub(crate) demand: &'a Value,
}

/// What a schema demands, without what it says of the values within. Where a value breaks several demands, the first of
/// them is the one that its row is about.
pub(crate) fn constraints(schema: &Value) -> Vec<Constraint<'_>> {
    let single = ["minLength", "enum", "pattern", "minimum", "maximum", "minItems"];
    let single = single.into_iter().filter_map(|keyword| {
        Some(Constraint {
            keyword,
            demand: schema.get(keyword)?,
        })
    });
    let several = |keyword: &'static str| {
        let demands = schema[keyword].as_array().into_iter().flatten();
        demands.map(move |demand| Constraint { keyword, demand })
    };
    let list = Constraint {
        keyword: "x-kubernetes-list-type",
        demand: &schema["x-kubernetes-list-type"],
    };
    let list = Some(list).filter(|list| list.demand == "set" || list.demand == "map");
    let rules = several("x-kubernetes-validations");
    single.chain(list).chain(several("required")).chain(rules).collect()
}

/// The first constraint of a schema with a property.
pub(crate) fn first(schema: &Value, has: impl Fn(&Constraint<'_>) -> bool) -> Option<Constraint<'_>> {
    constraints(schema).into_iter().find(has)
}

impl Constraint<'_> {
    /// As which it counts: at every field of a name, and in every kind. The names of required fields count once.
    pub(crate) fn labels(&self, kind: &str, field: &str) -> [String; 2] {
        let Self { keyword, demand } = self;
        let of_kind = if *keyword == "required" { &Value::Null } else { *demand };
        [
            format!("{field}: {keyword} {demand}"),
            format!("{kind}: {keyword} {of_kind}"),
        ]
    }

    /// Whether a valid value keeps it by the least. Rules are not understood here: the row names its rule.
    pub(crate) fn is_just_kept(&self, schema: &Value, value: &Value) -> bool {
        match (self.keyword, value) {
            ("minLength", Value::String(text)) => {
                let other_demands = schema["pattern"].is_string() || schema["enum"].is_array();
                other_demands || Some(text.len() as u64) == self.demand.as_u64()
            }
            ("enum" | "pattern", Value::String(_)) => true,
            ("minimum" | "maximum", value) => value == self.demand,
            ("minItems", Value::Array(list)) => Some(list.len() as u64) == self.demand.as_u64(),
            ("x-kubernetes-list-type", Value::Array(list)) => list.len() > 1,
            ("required", Value::Object(map)) => self.demand.as_str().is_some_and(|name| map.contains_key(name)),
            _ => false,
        }
    }

    /// Whether a value that is refused because of itself breaks it: by the least, where that can be told. Patterns are
    /// not understood here, so they are what a text breaks that breaks nothing else.
    pub(crate) fn is_just_broken(&self, value: &Value) -> bool {
        let number = |by: i64| self.demand.as_i64().map(|bound| bound + by);
        match (self.keyword, value) {
            ("minLength", Value::String(text)) => text.is_empty(),
            ("minItems", Value::Array(list)) => list.is_empty(),
            ("enum", Value::String(_)) => self.demand.as_array().is_some_and(|words| !words.contains(value)),
            ("pattern", Value::String(_)) => true,
            ("minimum", value) => value.is_i64() && value.as_i64() == number(-1),
            ("maximum", value) => value.is_i64() && value.as_i64() == number(1),
            _ => false,
        }
    }
}

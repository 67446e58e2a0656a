//! YAML in the shape in which the API server gets it from kubectl. Pure.

use formats::yaml::Yaml;
use serde_json::{Map, Number, Value};

/// The value as JSON: keys are text, bytes too, as far as they are UTF-8.
pub fn json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => (*value).into(),
        Yaml::Int(value) => (*value).into(),
        Yaml::UInt(value) => (*value).into(),
        Yaml::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
        Yaml::Str(text) => text.as_ref().into(),
        Yaml::Plain(words) => words.as_ref().into(),
        Yaml::Bytes(bytes) => String::from_utf8_lossy(bytes).as_ref().into(),
        Yaml::Seq(items) | Yaml::Flow(items) => items.iter().map(json).collect(),
        Yaml::Map(pairs) => {
            let pair = |(key, value): &(Yaml, Yaml)| (key.words().unwrap_or_default().into_owned(), json(value));
            Value::Object(pairs.iter().map(pair).collect::<Map<_, _>>())
        }
    }
}

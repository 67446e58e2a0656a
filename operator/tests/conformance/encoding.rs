//! Trees to and from JSON: as Kubernetes objects are, and as the recordings of YAML encode what JSON cannot hold.

use formats::duration::GoDuration;
use formats::yaml::{Yaml, natural_map};
use serde_json::{Map, Number, Value, json};

use crate::verdict::Failure;

/// A tree as JSON. Keys that are no texts become texts.
pub(crate) fn json(tree: &Yaml) -> Result<Value, Failure> {
    Ok(match tree {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => (*value).into(),
        Yaml::Int(value) => (*value).into(),
        Yaml::UInt(value) => (*value).into(),
        Yaml::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
        Yaml::Str(text) => text.as_ref().into(),
        Yaml::Plain(_) => json(&resolved(tree))?,
        Yaml::Bytes(_) => return Err("text that is not UTF-8".into()),
        Yaml::Seq(items) | Yaml::Flow(items) => items.iter().map(json).collect::<Result<Vec<_>, _>>()?.into(),
        Yaml::Map(pairs) => {
            let pair = |(key, value): &(Yaml, Yaml)| {
                let key = match key.as_str() {
                    Some(text) => text.to_owned(),
                    None => formats::yaml::to_string(key).trim_end().to_owned(),
                };
                Ok((key, json(value)?))
            };
            Value::Object(pairs.iter().map(pair).collect::<Result<Map<_, _>, Failure>>()?)
        }
    })
}

/// The tree that a recording of `yaml-emit` encodes.
pub(crate) fn decoded(value: &Value) -> Result<Yaml, Failure> {
    Ok(match value {
        Value::Null => Yaml::Null,
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Yaml::Int(number),
            (_, Some(number)) => Yaml::UInt(number),
            _ => return Err(format!("bare float {number}").into()),
        },
        Value::String(text) => text.clone().into(),
        Value::Array(items) => Yaml::Seq(items.iter().map(decoded).collect::<Result<_, _>>()?),
        Value::Object(object) => {
            let (kind, value) = object.iter().next().ok_or("an empty object")?;
            typed(kind, value)?
        }
    })
}

fn typed(kind: &str, value: &Value) -> Result<Yaml, Failure> {
    let text = || value.as_str().ok_or("not a text");
    let pairs = || value.as_array().ok_or("not a list").map(|pairs| pairs.iter());
    let pair = |pair: &Value| Ok((decoded(&pair[0])?, decoded(&pair[1])?));
    Ok(match kind {
        "$map" => Yaml::Map(pairs()?.map(pair).collect::<Result<_, Failure>>()?),
        "$gomap" => natural_map(pairs()?.map(pair).collect::<Result<_, Failure>>()?),
        "$struct" => {
            let field = |field: &Value| {
                let value = decoded(&field[1])?;
                let value = match (field[2].as_str(), value) {
                    (Some("flow"), Yaml::Seq(items)) => Yaml::Flow(items),
                    (_, value) => value,
                };
                Ok((decoded(&field[0])?, value))
            };
            Yaml::Map(pairs()?.map(field).collect::<Result<_, Failure>>()?)
        }
        "$float" | "$float32" => Yaml::Float(text()?.parse().map_err(|_| "not a float")?),
        "$bytes" => Yaml::from_utf8_or_bytes(bytes(text()?)?),
        "$duration" => {
            let nanoseconds = value.as_i64().ok_or("not a number")?;
            GoDuration::from_nanoseconds(nanoseconds).to_string().into()
        }
        kind => return Err(format!("unknown encoding {kind}").into()),
    })
}

/// What the words of a scalar mean.
fn resolved(scalar: &Yaml) -> Yaml {
    let words = scalar.words().unwrap_or_default();
    formats::yaml::parse(words.as_bytes()).unwrap_or(Yaml::Null)
}

/// A tree as a recording of `yaml-read` encodes it. Without `ordered`, pairs are sorted by their JSON text.
pub(crate) fn encoded(tree: &Yaml, ordered: bool) -> Value {
    match tree {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => (*value).into(),
        Yaml::Int(value) => (*value).into(),
        Yaml::UInt(value) => (*value).into(),
        Yaml::Float(value) => json!({ "$float": go_float(*value) }),
        Yaml::Str(text) => text.as_ref().into(),
        Yaml::Plain(_) => encoded(&resolved(tree), ordered),
        Yaml::Bytes(bytes) => json!({ "$bytes": base64(bytes) }),
        Yaml::Seq(items) | Yaml::Flow(items) => items.iter().map(|item| encoded(item, ordered)).collect(),
        Yaml::Map(pairs) => {
            let pair = |(key, value): &(Yaml, Yaml)| json!([encoded(key, ordered), encoded(value, ordered)]);
            let mut pairs: Vec<Value> = pairs.iter().map(pair).collect();
            if !ordered {
                pairs.sort_by_key(Value::to_string);
            }
            json!({ "$map": pairs })
        }
    }
}

fn go_float(value: f64) -> String {
    let text = formats::yaml::to_string(&Yaml::Float(value));
    match text.trim_end() {
        ".inf" => "+Inf".to_owned(),
        "-.inf" => "-Inf".to_owned(),
        ".nan" => "NaN".to_owned(),
        text => text.to_owned(),
    }
}

/// The content of `key`, or of `key_base64` where it is not UTF-8.
pub(crate) fn content(line: &Value, key: &str) -> Result<Vec<u8>, Failure> {
    match (line[key].as_str(), line[format!("{key}_base64")].as_str()) {
        (Some(text), _) => Ok(text.as_bytes().to_vec()),
        (None, Some(text)) => bytes(text),
        (None, None) => Err(format!("the recording has no {key}").into()),
    }
}

/// Base64 by way of the reader, which knows it as a tag.
fn bytes(text: &str) -> Result<Vec<u8>, Failure> {
    match formats::yaml::parse(format!("!!binary \"{text}\""))? {
        Yaml::Bytes(bytes) => Ok(bytes.into_vec()),
        Yaml::Str(text) => Ok(text.as_bytes().to_vec()),
        _ => Err("not base64".into()),
    }
}

fn base64(bytes: &[u8]) -> String {
    let text = formats::yaml::to_string(&Yaml::Bytes(bytes.into()));
    text.trim_start_matches("!!binary").replace(['|', ' ', '\n'], "")
}

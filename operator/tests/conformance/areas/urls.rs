//! Addresses as Go reads them: the verdict, every part, and the text that Go writes; and which of them Alertmanager takes,
//! with templates and without.

use formats::url::Url;
use operator::alertmanager::config::template_or_url;
use serde_json::{Map, Value, json};

use crate::case::Case;
use crate::encoding;
use crate::verdict::{Verdict, content};

/// Parts of an address, as the recording names them. What is empty is left out.
const PARTS: [&str; 11] = [
    "scheme",
    "opaque",
    "username",
    "password",
    "host",
    "hostname",
    "port",
    "path",
    "raw_query",
    "fragment",
    "string",
];

pub(crate) fn run(case: &Case) -> Verdict {
    let line = case.line()?;
    let text = encoding::content(&line, "in")?;
    content(&ours(&text), &theirs(&line))
}

fn ours(text: &[u8]) -> Value {
    // Alertmanager reads the text as the inside of a JSON string.
    let quoted = format!("\"{}\"", String::from_utf8_lossy(text));
    let decoded = serde_json::from_str::<String>(&quoted).ok();
    let web = decoded.as_ref().is_some_and(|text| Url::parse_web(text).is_ok());
    let plain = String::from_utf8_lossy(text);
    let template = if plain.contains("{{") {
        Some(plain.as_ref())
    } else {
        decoded.as_deref()
    };
    let template = template.is_some_and(|text| template_or_url(text).is_ok());
    let url = Url::parse(text).map_or(Value::Null, |url| Value::Object(parts(&url)));
    json!({ "url": url, "web": web, "secret": web, "template": template })
}

fn parts(url: &Url) -> Map<String, Value> {
    let (username, password) = url.user.clone().unwrap_or_default();
    let values = [
        url.scheme.clone().into_bytes(),
        url.opaque.clone(),
        username,
        password.unwrap_or_default(),
        url.host.clone(),
        url.hostname().to_vec(),
        url.port().to_vec(),
        url.path.clone(),
        url.raw_query.clone(),
        url.fragment.clone(),
        url.to_bytes(),
    ];
    let present = PARTS.into_iter().zip(values).filter(|(_, value)| !value.is_empty());
    present.map(|(name, value)| (name.to_owned(), shown(&value))).collect()
}

fn theirs(line: &Value) -> Value {
    let mut url = Value::Null;
    if line["ok"] == true {
        let mut parts = Map::new();
        for name in PARTS {
            // A host name that is the host is not recorded.
            let key = if name == "hostname" && line[name].is_null() {
                "host"
            } else {
                name
            };
            if let Ok(value) = encoding::content(line, key)
                && !value.is_empty()
            {
                parts.insert(name.to_owned(), shown(&value));
            }
        }
        url = parts.into();
    }
    let verdicts = &line["alertmanager_validation"];
    json!({ "url": url, "web": verdicts["url"]["ok"], "secret": verdicts["secret_url"]["ok"], "template": verdicts["template_url"]["ok"] })
}

/// Bytes that need not be UTF-8.
fn shown(value: &[u8]) -> Value {
    value.escape_ascii().to_string().into()
}

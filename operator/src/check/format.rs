//! Texts with a format: durations, numbers of bytes, addresses. The types of the API say which texts these are, and the
//! schema knows their patterns, which let pass what Prometheus refuses to load. So an object is walked over, and every text
//! of such a type is read as Prometheus reads it: no field can be forgotten. Pure.

mod walk;

use crds::v1alpha1::DiscoveryUrl;
use crds::{ByteSize, Duration, HttpUrl, NonEmptyDuration, ProxyUrl};
use formats::duration::PrometheusDuration;
use formats::excerpt::Excerpt;
use formats::url::Url;
use formats::{byte_size, duration, url};
use serde::Serialize;

use crate::check::invalid::Invalid;

/// Fields that Prometheus makes a ticker from, which ends the whole program where it is zero.
const TICKERS: [&str; 2] = ["refreshInterval", "sendInterval"];

/// A text that is not of its format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("{text:?} is not a duration: {source}")]
    Duration {
        text: Excerpt,
        source: duration::ParseError,
    },
    #[error("{text:?} must be greater than 0: Prometheus exits on zero")]
    Zero { text: Excerpt },
    #[error("{text:?}: {source}")]
    Size {
        text: Excerpt,
        source: byte_size::ParseError,
    },
    /// An address may hold a password.
    #[error("not a valid URL: {0}")]
    Url(url::Error),
}

/// How the text of a type is checked; the second argument is the path of the field.
type Check = fn(&str, &str) -> Result<(), Fault>;

/// Checks all texts with a format that `object` has.
///
/// # Errors
/// The first one that is wrong, with its field.
pub fn check<T: Serialize>(object: &T) -> Result<(), Invalid> {
    walk::texts(object, of_type)
}

/// The check for the texts of the type `name`.
fn of_type(name: &str) -> Option<Check> {
    let is = |type_name: &str| type_name.rsplit("::").next() == Some(name);
    if is(std::any::type_name::<Duration>()) || is(std::any::type_name::<NonEmptyDuration>()) {
        Some(check_duration)
    } else if is(std::any::type_name::<ByteSize>()) {
        Some(check_size)
    } else if is(std::any::type_name::<HttpUrl>())
        || is(std::any::type_name::<ProxyUrl>())
        || is(std::any::type_name::<DiscoveryUrl>())
    {
        Some(check_url)
    } else {
        None
    }
}

/// Whether a text is a UUID: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
pub fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn check_duration(text: &str, path: &str) -> Result<(), Fault> {
    let read = PrometheusDuration::parse(text).map_err(|source| Fault::Duration {
        text: text.into(),
        source,
    })?;
    let field = path.rsplit('.').next().unwrap_or_default();
    if read.nanoseconds() == 0 && TICKERS.contains(&field) {
        return Err(Fault::Zero { text: text.into() });
    }
    Ok(())
}

fn check_size(text: &str, _: &str) -> Result<(), Fault> {
    byte_size::check(text).map_err(|source| Fault::Size {
        text: text.into(),
        source,
    })
}

fn check_url(text: &str, _: &str) -> Result<(), Fault> {
    Url::parse(text).map(|_| ()).map_err(Fault::Url)
}

#[cfg(test)]
mod tests {
    use crds::v1alpha1::ScrapeConfigSpec;
    use crds::{PrometheusSpec, ServiceMonitorSpec};
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;

    fn message<T: DeserializeOwned + Serialize>(spec: Value) -> Option<String> {
        let spec: T = serde_json::from_value(spec).expect("a spec");
        check(&spec).err().map(|error| error.to_string())
    }

    #[test]
    fn every_text_is_read_and_its_field_named() {
        let far = "99999999999y";
        for (endpoint, expected) in [
            (
                json!({ "interval": "1d12h", "scrapeTimeout": "0", "proxyUrl": "http://p:1" }),
                None,
            ),
            (
                json!({ "interval": far }),
                Some(r#"endpoints[1].interval: "99999999999y" is not a duration: duration out of range"#),
            ),
            (
                json!({ "proxyUrl": "http://[" }),
                Some("endpoints[1].proxyUrl: not a valid URL: missing ']' in host"),
            ),
            (
                json!({ "oauth2": {
                    "clientId": {}, "clientSecret": { "key": "k" }, "tokenUrl": "http://a/%",
                } }),
                Some("endpoints[1].oauth2.tokenUrl: not a valid URL: invalid URL escape \"%\""),
            ),
        ] {
            let spec = json!({ "selector": {}, "endpoints": [{}, endpoint] });
            assert_eq!(message::<ServiceMonitorSpec>(spec).as_deref(), expected, "{endpoint}");
        }
        assert_eq!(
            message::<ServiceMonitorSpec>(json!({ "selector": {}, "endpoints": [], "bodySizeLimit": "about 5MB" }))
                .as_deref(),
            Some(r#"bodySizeLimit: "about 5MB": not a number of bytes, such as 512MB or 1.5GiB"#)
        );
        assert_eq!(
            message::<PrometheusSpec>(json!({ "remoteWrite": [{
                "url": "http://a", "metadataConfig": { "sendInterval": "0s" },
            }] }))
            .as_deref(),
            Some(
                r#"remoteWrite[0].metadataConfig.sendInterval: "0s" must be greater than 0: Prometheus exits on zero"#
            )
        );
    }

    /// All service discoveries that ask again after a while.
    #[test]
    fn no_discovery_asks_without_a_pause() {
        let key = json!({ "name": "s", "key": "k" });
        let mut discoveries = json!({
            "fileSDConfigs": { "files": ["/a.json"] },
            "httpSDConfigs": { "url": "http://a" },
            "consulSDConfigs": { "server": "a" },
            "dnsSDConfigs": { "names": ["a"] },
            "ec2SDConfigs": {},
            "azureSDConfigs": { "subscriptionID": "s" },
            "gceSDConfigs": { "project": "p", "zone": "z" },
            "openstackSDConfigs": { "role": "Instance", "region": "r" },
            "digitalOceanSDConfigs": {},
            "kumaSDConfigs": { "server": "http://a" },
            "eurekaSDConfigs": { "server": "http://a" },
            "dockerSDConfigs": { "host": "unix:///a" },
            "dockerSwarmSDConfigs": { "host": "unix:///a", "role": "Nodes" },
            "linodeSDConfigs": {},
            "hetznerSDConfigs": { "role": "robot" },
            "nomadSDConfigs": { "server": "http://a" },
            "puppetDBSDConfigs": { "url": "http://a", "query": "q" },
            "lightSailSDConfigs": {},
            "ovhcloudSDConfigs": { "applicationKey": "k", "applicationSecret": key, "consumerKey": key, "service": "VPS" },
            "scalewaySDConfigs": { "accessKey": "k", "secretKey": key, "projectID": "p", "role": "Instance" },
            "ionosSDConfigs": { "datacenterID": "d", "authorization": {} },
        });
        for (kind, discovery) in discoveries.as_object_mut().expect("a mapping") {
            discovery["refreshInterval"] = "0s".into();
            let error = message::<ScrapeConfigSpec>(json!({ kind.as_str(): [discovery] }));
            let expected =
                format!("{kind}[0].refreshInterval: \"0s\" must be greater than 0: Prometheus exits on zero");
            assert_eq!(error, Some(expected), "{kind}");
            discovery["refreshInterval"] = "1ms".into();
            assert_eq!(
                message::<ScrapeConfigSpec>(json!({ kind.as_str(): [discovery] })),
                None,
                "{kind}"
            );
        }
    }
}

//! Credentials and TLS settings against the Secrets and `ConfigMap`s that are there: found or not, and the files of the pod.

use operator::assets::Assets;
use operator::check::http_client::Credentials;
use operator::check::invalid::Invalid;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::case::{Case, Expected};
use crate::verdict::{Failure, Verdict, content, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let (input, meta) = (case.input()?, case.meta()?);
    let assets = assets(&input)?;
    let namespace = input["parameters"]["namespace"].as_str().unwrap_or_default();
    let mut credentials = Credentials::new(namespace, &assets);
    let function = meta["function"].as_str().unwrap_or_default();
    let ours = check(function, &input["argument"], &mut credentials)?;
    match case.expected()? {
        Expected::Error(error) => decision(&ours, Err(&error)),
        Expected::Output(_) => {
            decision(&ours, Ok(()))?;
            let theirs = case.expected_content()?;
            content(
                &tls_assets(&credentials, &assets),
                theirs.get("tlsAssets").unwrap_or(&json!({})),
            )
        }
    }
}

/// The Secrets and `ConfigMap`s of an input.
pub(super) fn assets(input: &Value) -> Result<Assets, Failure> {
    let mut assets = Assets::default();
    for secret in input["secrets"].as_array().into_iter().flatten() {
        assets.insert_secret(serde_json::from_value(secret.clone())?);
    }
    for config_map in input["configMaps"].as_array().into_iter().flatten() {
        assets.insert_config_map(serde_json::from_value(config_map.clone())?);
    }
    Ok(assets)
}

fn tls_assets(credentials: &Credentials<'_>, assets: &Assets) -> Value {
    let files = credentials.tls_files().contents(assets);
    Value::Object(
        files
            .map(|(name, text)| (name.to_owned(), text.into()))
            .collect::<Map<_, _>>(),
    )
}

fn check(function: &str, argument: &Value, credentials: &mut Credentials<'_>) -> Result<Result<(), String>, Failure> {
    let place = |error: Invalid| error.to_string();
    Ok(match function {
        "StoreBuilder.AddAuthorizationCredentials" => {
            let authorization: crds::Authorization = read(argument)?;
            (credentials.authorization(&(&authorization).into())).map_err(|error| error.to_string())
        }
        "StoreBuilder.AddBasicAuth" => credentials.basic_auth(&read(argument)?).map_err(place),
        "StoreBuilder.AddSigV4" => credentials.sigv4(&read(argument)?).map_err(place),
        "StoreBuilder.AddAzureOAuth" => credentials.azure_oauth(&read(&argument["oauth"])?).map_err(place),
        "StoreBuilder.AddSafeTLSConfig" => {
            let tls: crds::SafeTlsConfig = read(argument)?;
            credentials.tls(&tls).map_err(|error| error.to_string())
        }
        "StoreBuilder.AddProxyConfig" => {
            let headers: crds::ProxyConnectHeader = read(&argument["proxyConnectHeader"])?;
            let proxy = crds::ProxyConfig {
                proxy_url: None,
                no_proxy: None,
                proxy_from_environment: None,
                proxy_connect_header: &headers,
            };
            credentials.proxy(&proxy).map_err(place)
        }
        function => return Err(format!("unknown function {function}").into()),
    })
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Failure> {
    Ok(serde_json::from_value(value.clone())?)
}

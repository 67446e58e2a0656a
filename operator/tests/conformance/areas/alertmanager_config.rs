//! The configuration of Alertmanager: what users wrote, read and fitted to a version, and what `AlertmanagerConfig`s add.

use crds::v1alpha1::AlertmanagerConfig;
use crds::{Alertmanager, AlertmanagerConfiguration, AlertmanagerGlobalConfig, HttpConfig};
use formats::version::Version;
use formats::yaml::{self, Yaml};
use operator::alertmanager::config::context::{Context, mode};
use operator::alertmanager::config::file::FILE;
use operator::alertmanager::config::fit::Fitting;
use operator::alertmanager::config::outline::{Piece, outline};
use operator::alertmanager::config::part::Part;
use operator::alertmanager::config::schema::Table;
use operator::alertmanager::config::{HTTP_CONFIG, ObjectScope, ROUTE, base, object, read};
use operator::assets::Assets;
use operator::object::ObjectKey;
use serde_json::Value;

use super::objects::read as read_object;
use crate::case::{Case, Expected};
use crate::verdict::{Failure, Verdict, bytes, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let ours = ours(case)?;
    match (case.expected()?, ours) {
        (Expected::Output(theirs), Ok(ours)) => bytes(ours.as_bytes(), &theirs),
        (Expected::Output(_), ours) => decision(&ours, Ok(())),
        (Expected::Error(error), ours) => decision(&ours, Err(&error)),
    }
}

/// What comes of a case.
pub(crate) fn ours(case: &Case) -> Result<Text, Failure> {
    let meta = case.meta()?;
    let input = case.input()?;
    Ok(match text(&meta, "function") {
        "alertmanagerConfigFromBytes" => from_bytes(&input),
        "alertmanagerConfig.sanitize" | "route.sanitize" | "httpClientConfig.sanitize" => fitted(&input),
        "ConfigBuilder.convertHTTPConfig+httpClientConfig.sanitize" => http_config(&input)?,
        "ConfigBuilder.AddAlertmanagerConfigs" => added(&input)?,
        "ConfigBuilder.initializeFromAlertmanagerConfig" => initialized(&input)?,
        other => return Err(format!("{other} has no counterpart").into()),
    })
}

/// The text of a file, or why there is none.
pub(crate) type Text = Result<String, String>;

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_default()
}

fn version(input: &Value) -> Result<Version, String> {
    Version::parse(text(&input["parameters"], "alertmanagerVersion")).map_err(|error| error.to_string())
}

fn assets(input: &Value) -> Result<Assets, Failure> {
    let mut assets = Assets::default();
    for secret in input["secrets"].as_array().into_iter().flatten() {
        assets.insert_secret(read_object(secret)?);
    }
    for config_map in input["configMaps"].as_array().into_iter().flatten() {
        assets.insert_config_map(read_object(config_map)?);
    }
    Ok(assets)
}

fn from_bytes(input: &Value) -> Text {
    let read = read::read(&FILE, text(&input["parameters"], "rawConfig").as_bytes());
    read.map(|file| yaml::to_string(&file))
        .map_err(|error| error.to_string())
}

/// What is in the case has been read already.
fn fitted(input: &Value) -> Text {
    let parameters = &input["parameters"];
    let section: &'static dyn Table = match text(parameters, "type") {
        "route" => &ROUTE,
        "httpClientConfig" => &HTTP_CONFIG,
        _ => &FILE,
    };
    let config = yaml::parse(text(parameters, "config")).map_err(|error| error.to_string())?;
    let whole = config.clone();
    let context = Context::of(&whole, mode(version(input)?, &[])).for_version(version(input)?);
    let fitted = Fitting::new(&context).fitted(section, config, "");
    let fitted = fitted.map_err(|error| error.to_string())?;
    Ok(yaml::to_string(&fitted))
}

fn http_config(input: &Value) -> Result<Text, Failure> {
    let client: HttpConfig = read_object(&input["parameters"]["httpConfig"])?;
    let (assets, version) = (assets(input)?, version(input)?);
    let owner = ObjectKey::new("default", "own");
    let scope = ObjectScope::new(&owner, &assets, version);
    let made = HTTP_CONFIG.of(&client, &scope).map_err(|error| error.to_string());
    let context = Context::unknown().for_version(version);
    let fitted = made.and_then(|made| {
        let fitted = Fitting::new(&context).fitted(&HTTP_CONFIG, made, "");
        fitted.map_err(|error| error.to_string())
    });
    Ok(fitted.map(|fitted| yaml::to_string(&fitted)))
}

fn added(input: &Value) -> Result<Text, Failure> {
    let alertmanager: Alertmanager = read_object(&input["alertmanager"])?;
    let (assets, version) = (assets(input)?, version(input)?);
    let base = yaml::parse(text(&input["parameters"], "baseConfig"))?;
    let context = Context::of(&base, mode(version, &[])).for_version(version);
    let api = context.clone().in_api_words();
    let mut parts = Vec::new();
    let objects = input["alertmanagerConfigs"].as_object().into_iter().flatten();
    for object in objects.map(|(_, object)| read_object::<AlertmanagerConfig>(object)) {
        let object = object?;
        let key = ObjectKey::of(&object);
        let strategy =
            (alertmanager.spec.alertmanager_config_matcher_strategy.as_ref()).and_then(|strategy| strategy.type_);
        let own = alertmanager.metadata.namespace.as_deref().unwrap_or_default();
        let confined = object::is_confined(strategy, &key.namespace, own);
        let scope = ObjectScope::new(&key, &assets, version);
        match object::addition(&object, confined, &scope, &api) {
            Ok((part, _)) => parts.push((key, part)),
            Err(error) => return Ok(Err(error.to_string())),
        }
    }
    parts.sort_by(|(left, _), (right, _)| left.cmp(right));
    let parts: Vec<Part> = parts.into_iter().map(|(_, part)| part).collect();
    let base = match Fitting::new(&context).fitted(&FILE, base.clone(), "") {
        Ok(base) => base,
        Err(error) => return Ok(Err(error.to_string())),
    };
    Ok(Ok(file(&base, &parts)))
}

fn file(base: &Yaml, parts: &[Part]) -> String {
    let text_of = |addition| parts.iter().map(|part| part.text(addition)).collect::<String>();
    let pieces = outline(base, |addition| !text_of(addition).is_empty()).into_iter();
    let texts = pieces.map(|piece| match piece {
        Piece::Text(text) => text,
        Piece::Added(addition) => text_of(addition),
    });
    texts.collect()
}

fn initialized(input: &Value) -> Result<Text, Failure> {
    let object: AlertmanagerConfig = read_object(&input["alertmanagerConfig"])?;
    let global: Option<AlertmanagerGlobalConfig> = read_object(&input["parameters"]["globalConfig"])?;
    let configuration = AlertmanagerConfiguration {
        global: global.map(Box::new),
        ..AlertmanagerConfiguration::default()
    };
    let assets = assets(input)?;
    let key = ObjectKey::of(&object);
    let version = version(input)?;
    let scope = ObjectScope::new(&key, &assets, version);
    let base = base::from_object(&configuration, &object, &scope, version, mode(version, &[]));
    Ok(base
        .map(|base| file(&base.file, &[]))
        .map_err(|error| error.to_string()))
}

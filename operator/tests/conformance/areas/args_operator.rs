//! Command lines with the user's arguments, and images.

use operator::pod::argument::{CommandLine, Value as Argument};
use operator::pod::image::Image;
use serde_json::{Value, json};

use super::objects::{compare, list};
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let parameters = &case.input()?["parameters"];
    if case.name.starts_with("TestBuildImagePath") {
        return compare(case, image(parameters), |_| {});
    }
    let mut line = CommandLine::default();
    for argument in list::<crds::Argument>(&parameters["args"])? {
        let value = argument
            .value
            .map_or(Argument::Bare, |value| Argument::Text(value.into()));
        line.push(&argument.name, value);
    }
    let arguments = line.with(&list(&parameters["additionalArgs"])?);
    let ours = arguments.map(Value::from).map_err(|error| error.to_string());
    compare(case, ours, |_| {})
}

fn image(parameters: &Value) -> Result<Value, String> {
    let text = |key: &str| parameters[key].as_str();
    let image = Image {
        image: text("specImage"),
        sha: text("sha"),
        tag: text("tag"),
        base: text("baseImage").unwrap_or_default(),
        version: text("version").unwrap_or_default(),
    };
    let reference = image.reference().map_err(|error| error.to_string())?;
    Ok(json!({ "image": reference }))
}

//! Paths of fields, as texts and as steps. Pure.

use std::fmt::Write as _;

use formats::yaml::Step;

/// A path as in messages: `spec.endpoints[1].port`.
pub fn shown(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Field(name) if name.contains(['.', '/']) => drop(write!(text, "[{name:?}]")),
            Step::Field(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Step::Item(index) => drop(write!(text, "[{index}]")),
        }
    }
    text
}

/// The steps of a path; `None`: the text is none.
pub(super) fn steps(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']')?;
            match index.parse() {
                Ok(index) => steps.push(Step::Item(index)),
                Err(_) => steps.push(Step::Field(index.trim_matches('"').to_owned())),
            }
            rest = after.strip_prefix('.').unwrap_or(after);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let name = &rest[..end];
            if name.is_empty()
                || !name
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || character == '_')
            {
                return None;
            }
            steps.push(Step::Field(name.to_owned()));
            rest = rest[end..].strip_prefix('.').unwrap_or(&rest[end..]);
        }
    }
    Some(steps)
}

/// The field that a message begins with, and the rest of it. A field is meant below the specification; a message without one is
/// about the specification.
pub(super) fn path_of(text: &str) -> (Vec<Step>, &str) {
    let found = text
        .split_once(": ")
        .and_then(|(path, message)| Some((steps(path)?, message)));
    let (mut path, message) = found.unwrap_or((Vec::new(), text));
    let is_top = |step: &Step| matches!(step, Step::Field(name) if name == "spec" || name == "metadata");
    if !path.first().is_some_and(is_top) {
        path.insert(0, Step::Field("spec".to_owned()));
    }
    (path, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_they_are_shown() {
        for path in [
            "spec.endpoints[1].port",
            "spec",
            "metadata.labels[\"a.b/c\"]",
            "a[0][1]",
        ] {
            assert_eq!(shown(&steps(path).unwrap()), path);
        }
        assert_eq!(steps("the port"), None);
    }

    #[test]
    fn a_message_names_its_field_first() {
        let (path, message) = path_of("endpoints[0].port: no: it is not");
        assert_eq!(
            (shown(&path).as_str(), message),
            ("spec.endpoints[0].port", "no: it is not")
        );
        let (path, message) = path_of("the whole: it is wrong");
        assert_eq!((shown(&path).as_str(), message), ("spec", "the whole: it is wrong"));
    }
}

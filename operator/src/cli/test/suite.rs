//! Files of tests, and the rules that they are about: read, and written for promtool.

use std::fs;
use std::path::{Path, PathBuf};

use formats::yaml::{Located, Place, Step};
use serde_json::Value;

use super::answer::{Fault, RuleName};
use super::{Error, splice};
use crate::cli::input::{self, Input, Object, Position, json};
use crate::cli::world::stored;
use crate::cli::{Failure, Session};
use crate::rules::{RuleTarget, rule_file};

/// Reads files of tests.
pub(super) struct Reader<'a> {
    pub(super) session: &'a Session<'a>,
    /// What objects are rendered for.
    pub(super) target: RuleTarget,
    /// The namespace of objects that name none.
    pub(super) namespace: &'a str,
    /// Where promtool finds its files.
    pub(super) folder: &'a Path,
}

/// A file of tests as promtool gets it.
pub(super) struct Suite {
    /// Its name, as the user gave it.
    pub(super) name: String,
    /// Where promtool finds it.
    pub(super) path: PathBuf,
    /// The rule files that it is about.
    rules: Vec<RuleFile>,
    /// What is not among them.
    pub(super) refused: Vec<Refused>,
}

/// An object that no Prometheus would load.
pub(super) struct Refused {
    pub(super) object: String,
    pub(super) reason: String,
    pub(super) position: Option<Position>,
}

/// A rule file as promtool gets it, and what its rules come from.
struct RuleFile {
    path: String,
    /// The object, or the file.
    source: String,
    rules: Vec<RuleName>,
}

impl Reader<'_> {
    /// The tests that `paths` name.
    pub(super) fn suites(&self, paths: &[PathBuf]) -> Result<Vec<Suite>, Failure> {
        let mut suites = Vec::new();
        for path in paths {
            let is_folder = path.is_dir();
            for text in input::texts(std::slice::from_ref(path))? {
                let of_file = |reason: String| Error::File {
                    file: text.name.clone(),
                    reason,
                };
                let patterns = match splice::patterns(&text.text) {
                    Ok(Some(patterns)) => patterns,
                    // A folder holds more than tests.
                    Ok(None) | Err(_) if is_folder => continue,
                    Ok(None) => return Err(of_file("it has not both rule_files and tests".to_owned()).into()),
                    Err(error) => return Err(of_file(error.to_string()).into()),
                };
                suites.push(self.suite(suites.len(), &text, &patterns)?);
            }
        }
        Ok(suites)
    }

    fn suite(&self, number: usize, text: &input::Text, patterns: &[String]) -> Result<Suite, Failure> {
        let mut suite = Suite {
            name: text.name.clone(),
            path: self.folder.join(format!("tests-{number}.yaml")),
            rules: Vec::new(),
            refused: Vec::new(),
        };
        let beside = Path::new(&text.name).parent().unwrap_or(Path::new(""));
        for pattern in patterns {
            let pattern = beside.join(pattern);
            let found = glob::glob(&pattern.to_string_lossy()).map_err(|error| Error::File {
                file: text.name.clone(),
                reason: format!("rule_files: {}: {error}", pattern.display()),
            })?;
            let found: Vec<PathBuf> = found.filter_map(Result::ok).collect();
            if found.is_empty() {
                let name = pattern.display();
                self.session.remark(&format!("{}: no file matches {name}", text.name));
            }
            for rules in input::texts(&found)? {
                self.add(&mut suite, rules, number)?;
            }
        }
        let files: Vec<String> = suite.rules.iter().map(|file| file.path.clone()).collect();
        let spliced = splice::with_rule_files(&text.text, &files).ok_or_else(|| Error::File {
            file: text.name.clone(),
            reason: "write its keys on lines of their own".to_owned(),
        })?;
        fs::write(&suite.path, spliced).map_err(Error::Write)?;
        Ok(suite)
    }

    /// Adds the rules of a file: those of its objects, or its own.
    fn add(&self, suite: &mut Suite, text: input::Text, number: usize) -> Result<(), Failure> {
        let mut input = Input::default();
        let name = text.name.clone();
        input.add(text.name, text.text.clone(), self.namespace);
        suite.refused.extend(input.faults.iter().map(|fault| Refused {
            object: name.clone(),
            reason: fault.cause.clone(),
            position: Some(fault.position.clone()),
        }));
        if input.objects.is_empty() && input.faults.is_empty() {
            let file = self.write(suite, number, &text.text)?;
            suite.rules.push(of_file(file, &name, &text.text));
        }
        for object in input.objects.iter().filter(|object| object.kind == "PrometheusRule") {
            let source = format!("{} {}", object.kind, object.key);
            let rendered = crds::read(&stored(object))
                .map_err(|unreadable| unreadable.to_string())
                .and_then(|rule| rule_file(&self.target, &rule).map_err(|error| error.to_string()));
            match rendered {
                Ok((content, _)) => {
                    let file = self.write(suite, number, &content)?;
                    suite.rules.push(of_object(file, source, &input, object));
                }
                Err(reason) => suite.refused.push(Refused {
                    object: source,
                    reason,
                    position: input.positions(&[(object.origin.as_ref(), &[])]).remove(0),
                }),
            }
        }
        Ok(())
    }

    fn write(&self, suite: &Suite, number: usize, content: &str) -> Result<String, Error> {
        let name = format!("rules-{number}-{}.yaml", suite.rules.len());
        let path = self.folder.join(name);
        fs::write(&path, content).map_err(Error::Write)?;
        Ok(path.to_string_lossy().into_owned())
    }
}

fn of_object(path: String, source: String, input: &Input, object: &Object) -> RuleFile {
    let mut rules = names(&source, &object.value["spec"], "spec.");
    let steps: Vec<Vec<Step>> = rules.iter().map(|rule| rule.steps("spec")).collect();
    let wanted: Vec<_> = (steps.iter())
        .map(|steps| (object.origin.as_ref(), steps.as_slice()))
        .collect();
    for (rule, position) in rules.iter_mut().zip(input.positions(&wanted)) {
        rule.position = position;
    }
    RuleFile { path, source, rules }
}

fn of_file(path: String, name: &str, text: &str) -> RuleFile {
    let mut rules = Vec::new();
    if let Ok(located) = Located::parse(text)
        && let Ok(document) = located.value()
    {
        rules = names(name, &json(&document), "");
        for rule in &mut rules {
            let place: Option<Place> = located.place(&rule.steps(""));
            rule.position = place.map(|place| Position {
                file: name.to_owned(),
                place,
            });
        }
    }
    RuleFile {
        path,
        source: name.to_owned(),
        rules,
    }
}

/// The rules below `groups` that have names.
fn names(source: &str, spec: &Value, prefix: &str) -> Vec<RuleName> {
    let mut names = Vec::new();
    for (group_number, group) in spec["groups"].as_array().into_iter().flatten().enumerate() {
        for (number, rule) in group["rules"].as_array().into_iter().flatten().enumerate() {
            let Some(name) = rule["alert"].as_str().or(rule["record"].as_str()) else {
                continue;
            };
            names.push(RuleName {
                object: source.to_owned(),
                name: name.to_owned(),
                is_alert: rule["alert"].is_string(),
                place: (group_number, number),
                field: format!("{prefix}groups[{group_number}].rules[{number}]"),
                position: None,
            });
        }
    }
    names
}

impl RuleName {
    fn steps(&self, top: &str) -> Vec<Step> {
        let field = |name: &str| Step::Field(name.to_owned());
        let top = Some(top).filter(|top| !top.is_empty()).map(field);
        let (group, rule) = self.place;
        top.into_iter()
            .chain([field("groups"), Step::Item(group), field("rules"), Step::Item(rule)])
            .collect()
    }
}

impl Suite {
    /// What promtool says, about which rules.
    pub(super) fn fault(&self, message: &str) -> Fault {
        let mut text = message.to_owned();
        for file in &self.rules {
            text = text.replace(&file.path, &file.source);
        }
        let text = text.replace(&*self.path.to_string_lossy(), &self.name);
        let named = |prefix: &str, end: &str| {
            let lines = text.lines().filter_map(|line| line.trim().strip_prefix(prefix));
            let mut found = lines.filter_map(|rest| rest.split(end).next());
            found.next().map(str::to_owned)
        };
        let alert = named("alertname: ", ", time:");
        let expression = named("expr: ", ", time:").unwrap_or_default();
        let is_meant = |rule: &&RuleName| match &alert {
            Some(alert) => rule.is_alert && rule.name == *alert,
            None => has_word(&expression, &rule.name),
        };
        let rules = self.rules.iter().flat_map(|file| &file.rules);
        let rules: Vec<RuleName> = rules.filter(is_meant).cloned().collect();
        Fault {
            position: rules.first().and_then(|rule| rule.position.clone()),
            message: dedented(&text),
            rules,
        }
    }
}

/// Whether a name is in an expression, and not just a part of another one.
fn has_word(expression: &str, name: &str) -> bool {
    let is_inner = |character: char| character.is_alphanumeric() || matches!(character, '_' | ':');
    expression.match_indices(name).any(|(start, _)| {
        let before = expression[..start].chars().next_back();
        let after = expression[start + name.len()..].chars().next();
        !before.is_some_and(is_inner) && !after.is_some_and(is_inner)
    })
}

/// Without the spaces that all lines begin with, and those at their ends.
fn dedented(text: &str) -> String {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let least = lines().map(indent).min().unwrap_or(0);
    lines()
        .map(|line| line[least..].trim_end())
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_whole_words() {
        assert!(has_word("sum(job:up:sum) > 1", "job:up:sum"));
        assert!(has_word("ALERTS{alertname=\\\"Down\\\"}", "Down"));
        assert!(!has_word("job:up:sum5m", "job:up:sum") && !has_word("a:job:up:sum", "job:up:sum"));
    }

    #[test]
    fn the_common_indentation_goes() {
        assert_eq!(dedented("    a, \n        b\n\n"), "a,\n    b");
    }
}

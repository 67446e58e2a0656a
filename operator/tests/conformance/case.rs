//! One case: its input, and what is expected of us.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::area::Area;
use crate::encoding;
use crate::verdict::Failure;

/// A call of a function of the original.
pub(crate) struct Case {
    /// What it belongs to.
    pub(crate) area: Area,
    /// Name of the folder, or number of the line.
    pub(crate) name: String,
    /// Where it is recorded.
    pub(crate) source: Source,
    /// Whether our own expectation stands in for the original's.
    pub(crate) differs: bool,
}

/// Where a case is recorded.
pub(crate) enum Source {
    /// A folder with `input.yaml`, `expected.yaml` or `expected_error.txt`, and `meta.yaml`.
    Folder(PathBuf),
    /// An object on one line.
    Line(Box<str>),
}

/// What the original gave.
pub(crate) enum Expected {
    /// The text that it wrote.
    Output(Vec<u8>),
    /// The error that it returned; the text is informative.
    Error(String),
}

impl Case {
    /// `area/case`.
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.area.name, self.name)
    }

    /// The object of a `cases.jsonl`, with the keys of our own expectation in place of the original's.
    pub(crate) fn line(&self) -> Result<Value, Failure> {
        let Source::Line(line) = &self.source else {
            return Err("recorded as a folder".into());
        };
        let mut line = match serde_json::from_str(line) {
            Ok(line) => line,
            // JSON of more than 128 levels: as YAML, of which it is a part.
            Err(_) => encoding::json(&formats::yaml::parse(&**line)?)?,
        };
        if self.differs
            && let (Some(line), Value::Object(own)) = (line.as_object_mut(), read_yaml(&self.own("yaml"))?)
        {
            line.extend(own);
        }
        Ok(line)
    }

    /// `input.yaml`.
    pub(crate) fn input(&self) -> Result<Value, Failure> {
        read_yaml(&self.file("input.yaml")?)
    }

    /// `meta.yaml`: function, version, notes.
    pub(crate) fn meta(&self) -> Result<Value, Failure> {
        read_yaml(&self.file("meta.yaml")?)
    }

    /// `expected.yaml` (or `expected.json`) or `expected_error.txt`.
    pub(crate) fn expected(&self) -> Result<Expected, Failure> {
        if self.differs {
            return match fs::read_to_string(self.own("error.txt")) {
                Ok(error) => Ok(Expected::Error(error)),
                Err(_) => read(&self.own("yaml")).map(Expected::Output),
            };
        }
        if let Ok(error) = fs::read_to_string(self.file("expected_error.txt")?) {
            return Ok(Expected::Error(error));
        }
        let json = self.file("expected.json")?;
        let path = if json.is_file() {
            json
        } else {
            self.file("expected.yaml")?
        };
        read(&path).map(Expected::Output)
    }

    /// The expected output, where an error would be a failure.
    pub(crate) fn expected_output(&self) -> Result<Vec<u8>, Failure> {
        match self.expected()? {
            Expected::Output(output) => Ok(output),
            Expected::Error(error) => Err(format!("the original refuses it: {}", error.trim_end()).into()),
        }
    }

    /// The expected output as a tree.
    pub(crate) fn expected_content(&self) -> Result<Value, Failure> {
        encoding::json(&formats::yaml::parse(self.expected_output()?)?)
    }

    /// Another file of the recording.
    pub(crate) fn file(&self, name: &str) -> Result<PathBuf, Failure> {
        match &self.source {
            Source::Folder(folder) => Ok(folder.join(name)),
            Source::Line(_) => Err("recorded as a line".into()),
        }
    }

    /// Our own expectation.
    fn own(&self, extension: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/expected");
        folder.join(self.area.name).join(format!("{}.{extension}", self.name))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn read_yaml(path: &Path) -> Result<Value, Failure> {
    encoding::json(&formats::yaml::parse(read(path)?)?)
}

//! What the user names, as objects, each with the place it came from. `files` reads, `stream` finds the documents of a text,
//! `json` gives them the shape of the API. Only `files` touches files and standard input.

mod files;
pub mod git;
mod json;
mod stream;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use formats::yaml::{Located, ParseError, Place, Step};
use serde_json::Value;

use super::progress::Progress;
use crate::args::Sources;
use crate::object::ObjectKey;

pub use files::{Text, name};
pub use json::json;
use stream::{Document, documents};

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Input {
    files: Vec<File>,
    /// The objects, in the order in which they were read.
    pub objects: Vec<Object>,
    /// Documents that are not YAML.
    pub faults: Vec<Fault>,
}

/// A file as text.
#[derive(Debug)]
struct File {
    name: String,
    text: String,
    documents: Vec<Document>,
}

/// An object and where it came from.
#[derive(Debug, Clone)]
pub struct Object {
    /// Group and version.
    pub api_version: String,
    /// Kind.
    pub kind: String,
    /// Namespace and name. Without a namespace of its own it has that of the command line.
    pub key: ObjectKey,
    /// All of it, in the shape of the API.
    pub value: Value,
    /// Where it is written; `None`: it comes from a cluster.
    pub origin: Option<Origin>,
}

/// Where an object is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    file: usize,
    document: usize,
    /// The way to it from the top of the document.
    steps: Vec<Step>,
}

/// A document that is not YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub position: Position,
    /// What is wrong.
    pub cause: String,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Name of the file, as the user gave it or as found below a folder.
    pub file: String,
    /// Line and column.
    pub place: Place,
}

/// Why the input cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or a folder cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// More than is read.
    #[error("the input is larger than {} MiB: name fewer or smaller files", files::LIMIT >> 20)]
    TooLarge,
    /// A file is not text.
    #[error("{} is not text: {source}", path.display())]
    Encoding {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: ParseError,
    },
    /// A file is not YAML.
    #[error("{name}:{line}: {cause}")]
    Syntax {
        /// Which one.
        name: String,
        /// Where.
        line: usize,
        /// Why.
        cause: String,
    },
    /// A revision cannot be read.
    #[error("cannot read revision {revision:?}: {reason}")]
    Git {
        /// Which one.
        revision: String,
        /// What git says.
        reason: String,
    },
    /// There is nothing in it.
    #[error(
        "no Kubernetes objects in {names}: name files or folders with YAML or JSON documents that have apiVersion and kind"
    )]
    Nothing {
        /// What the user named.
        names: String,
    },
}

/// The files that `paths` name, whatever is in them.
///
/// # Errors
/// When something cannot be read.
pub fn texts(paths: &[PathBuf]) -> Result<Vec<Text>, Error> {
    files::read(paths)?.collect()
}

impl Input {
    /// Reads everything that `sources` names, but for the cluster.
    ///
    /// # Errors
    /// When something cannot be read, or there is no object in it.
    pub fn read(sources: &Sources) -> Result<Self, Error> {
        let mut input = Self::default();
        let files = files::read(&sources.filenames)?;
        let mut progress = Progress::of("reading files", files.len());
        for file in files {
            let file = file?;
            progress.step();
            input.add(file.name, file.text, &sources.namespace);
        }
        if input.objects.is_empty() && input.faults.is_empty() && !sources.cluster {
            let names = sources.filenames.iter().map(|path| files::name(path));
            return Err(Error::Nothing {
                names: names.collect::<Vec<_>>().join(", "),
            });
        }
        Ok(input)
    }

    /// All documents that `paths` name, whatever they are, each with the name of its file.
    ///
    /// # Errors
    /// When something cannot be read, or is not YAML.
    pub fn documents(paths: &[PathBuf]) -> Result<Vec<(String, Value)>, Error> {
        let mut all = Vec::new();
        for file in files::read(paths)? {
            let file = file?;
            for document in documents(&file.text) {
                let value = Located::parse(document.of(&file.text)).and_then(|located| located.value());
                let value = value.map_err(|error| Error::Syntax {
                    name: file.name.clone(),
                    line: document.line + error.line.max(1) - 1,
                    cause: error.cause.to_string(),
                })?;
                all.push((file.name.clone(), json(&value)));
            }
        }
        Ok(all)
    }

    /// Adds the objects of a text.
    pub fn add(&mut self, name: String, text: String, namespace: &str) {
        let file = self.files.len();
        let documents = documents(&text);
        for (number, document) in documents.iter().enumerate() {
            let origin = Origin {
                file,
                document: number,
                steps: Vec::new(),
            };
            let content = document.of(&text);
            match Located::parse(content).and_then(|located| located.value()) {
                Ok(value) => self.add_value(json(&value), Some(origin), namespace),
                Err(error) => self.faults.push(Fault {
                    position: Position {
                        file: name.clone(),
                        place: Place {
                            line: document.line + error.line.max(1) - 1,
                            column: 1,
                        },
                    },
                    cause: error.cause.to_string(),
                }),
            }
        }
        self.files.push(File { name, text, documents });
    }

    /// Adds an object, or the objects of a list.
    pub fn add_value(&mut self, mut value: Value, origin: Option<Origin>, namespace: &str) {
        let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        if api_version.is_empty() || kind.is_empty() {
            return;
        }
        if kind.ends_with("List")
            && let Value::Array(items) = value["items"].take()
        {
            // Items of a list of a kind need not name it.
            let item_kind = kind.trim_end_matches("List");
            for (number, mut item) in items.into_iter().enumerate() {
                if let (Value::Object(fields), false) = (&mut item, item_kind.is_empty()) {
                    fields.entry("apiVersion").or_insert_with(|| api_version.clone().into());
                    fields.entry("kind").or_insert_with(|| item_kind.into());
                }
                let origin = origin.clone().map(|mut origin| {
                    origin
                        .steps
                        .extend([Step::Field("items".to_owned()), Step::Item(number)]);
                    origin
                });
                self.add_value(item, origin, namespace);
            }
            return;
        }
        let metadata = |field: &str| value["metadata"][field].as_str().map(str::to_owned);
        let namespace = if is_cluster_scoped(&kind) {
            String::new()
        } else {
            metadata("namespace").unwrap_or_else(|| namespace.to_owned())
        };
        let name = metadata("name").or_else(|| metadata("generateName"));
        self.objects.push(Object {
            key: ObjectKey::new(namespace, name.unwrap_or_default()),
            api_version,
            kind,
            value,
            origin,
        });
    }

    /// Where fields of objects are written: the place of what is around one that is not.
    pub fn positions(&self, wanted: &[(Option<&Origin>, &[Step])]) -> Vec<Option<Position>> {
        let mut by_document: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for (number, (origin, _)) in wanted.iter().enumerate() {
            if let Some(origin) = origin {
                by_document
                    .entry((origin.file, origin.document))
                    .or_default()
                    .push(number);
            }
        }
        let mut positions = vec![None; wanted.len()];
        for ((file, document), numbers) in by_document {
            let file = &self.files[file];
            let document = &file.documents[document];
            let Ok(located) = Located::parse(document.of(&file.text)) else {
                continue;
            };
            for number in numbers {
                let (origin, path) = wanted[number];
                let steps = origin.into_iter().flat_map(|origin| &origin.steps).chain(path);
                let steps: Vec<Step> = steps.cloned().collect();
                positions[number] = located.place(&steps).map(|place| Position {
                    file: file.name.clone(),
                    place: Place {
                        line: document.line + place.line - 1,
                        column: place.column,
                    },
                });
            }
        }
        positions
    }

    /// With the objects of `below`, but for those that are here, too: these keep the identity that they have there.
    #[must_use]
    pub fn over(mut self, below: Self) -> Self {
        let identity = |object: &Object| (object.kind.clone(), object.key.clone());
        let own: BTreeMap<_, usize> = (0..)
            .zip(&self.objects)
            .map(|(place, object)| (identity(object), place))
            .collect();
        for object in below.objects {
            let Some(place) = own.get(&identity(&object)) else {
                self.objects.push(object);
                continue;
            };
            let metadata = self.objects[*place].value.get_mut("metadata");
            if let (Some(Value::Object(metadata)), Value::String(uid)) = (metadata, &object.value["metadata"]["uid"]) {
                metadata.insert("uid".to_owned(), uid.as_str().into());
            }
        }
        self
    }
}

impl Object {
    /// Whether it is one of the kinds of this operator.
    pub fn is_ours(&self) -> bool {
        self.api_version.starts_with("monitoring.coreos.com/")
    }

    /// An annotation of it.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.value["metadata"]["annotations"][name].as_str()
    }
}

/// Kinds without namespaces that come with monitoring. Of others nobody asks where they are.
fn is_cluster_scoped(kind: &str) -> bool {
    [
        "Namespace",
        "StorageClass",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
    ]
    .contains(&kind)
}

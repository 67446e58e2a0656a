//! The nodes of the first document of a text, in one list: a node names its children by their place in it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, Tag};

use super::{Cause, MAX_DEPTH, ParseError};

/// Place of a node in [`Document::nodes`].
pub(super) type NodeId = usize;

/// The first document.
pub(super) struct Document<'a> {
    nodes: Vec<Node<'a>>,
    /// The node on top; none in a text without any.
    pub(super) root: Option<NodeId>,
}

/// A node and where it starts.
pub(super) struct Node<'a> {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) kind: NodeKind<'a>,
}

/// What a node is.
pub(super) enum NodeKind<'a> {
    Scalar {
        text: Cow<'a, str>,
        tag: ScalarTag,
    },
    Sequence(Vec<NodeId>),
    /// Key, value, key, value.
    Mapping(Vec<NodeId>),
    Alias(NodeId),
}

/// What is said about the type of a scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ScalarTag {
    /// Nothing, and it is plain: the text tells.
    Plain,
    /// Nothing, and it is quoted: a text.
    Quoted,
    /// A tag of `tag:yaml.org,2002:`, such as `int`.
    Yaml(Box<str>),
    /// A tag of somebody else's.
    Foreign,
}

const YAML_TAGS: &str = "tag:yaml.org,2002:";

impl<'a> Document<'a> {
    /// The node at a place.
    pub(super) fn node(&self, id: NodeId) -> &Node<'a> {
        &self.nodes[id]
    }
}

/// Reads the events of `text` up to the end of its first document.
pub(super) fn first(text: &str) -> Result<Document<'_>, ParseError> {
    let options = granit_parser::options! {
        bom_inside_document_as_content: true,
        block_scalar_eof_without_line_feed: true,
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut reader = Reader {
        parser: Parser::new_from_str_with_options(text, options),
        document: Document {
            nodes: Vec::new(),
            root: None,
        },
        anchors: BTreeMap::new(),
        open: Vec::new(),
    };
    while reader.step()? {}
    Ok(reader.document)
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    document: Document<'a>,
    anchors: BTreeMap<usize, NodeId>,
    /// Lists and mappings whose end has not come.
    open: Vec<NodeId>,
}

impl<'a> Reader<'a> {
    /// Takes one event; whether more are to come.
    fn step(&mut self) -> Result<bool, ParseError> {
        let (event, span) = match self.parser.next_event() {
            None => return Ok(false),
            Some(event) => event.map_err(|error| syntax(&error))?,
        };
        let (line, at) = (span.start.line(), (span.start.line(), span.start.col() + 1));
        match event {
            Event::DocumentStart(_, Some(version)) if (version.major, version.minor) != (1, 1) => {
                return Err(ParseError {
                    line,
                    cause: Cause::Version,
                });
            }
            Event::DocumentEnd | Event::StreamEnd => return Ok(false),
            Event::Scalar(text, style, anchor, tag) => {
                let tag = scalar_tag(style, tag.as_deref());
                self.add(at, anchor, NodeKind::Scalar { text, tag });
            }
            Event::SequenceStart(_, anchor, _) => self.begin(at, anchor, NodeKind::Sequence(Vec::new())),
            Event::MappingStart(_, anchor, _) => self.begin(at, anchor, NodeKind::Mapping(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
            }
            Event::Alias(anchor) => {
                if let Some(target) = self.anchors.get(&anchor) {
                    self.add(at, 0, NodeKind::Alias(*target));
                }
            }
            _ => {}
        }
        Ok(true)
    }

    fn begin(&mut self, at: (usize, usize), anchor: usize, kind: NodeKind<'a>) {
        let id = self.add(at, anchor, kind);
        self.open.push(id);
    }

    fn add(&mut self, (line, column): (usize, usize), anchor: usize, kind: NodeKind<'a>) -> NodeId {
        let id = self.document.nodes.len();
        self.document.nodes.push(Node { line, column, kind });
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        match self.open.last().map(|parent| &mut self.document.nodes[*parent].kind) {
            Some(NodeKind::Sequence(children) | NodeKind::Mapping(children)) => children.push(id),
            _ => self.document.root = Some(id),
        }
        id
    }
}

fn scalar_tag(style: ScalarStyle, tag: Option<&Tag>) -> ScalarTag {
    match tag {
        None if style == ScalarStyle::Plain => ScalarTag::Plain,
        None => ScalarTag::Quoted,
        Some(tag) => match tag.suffix_in_namespace(YAML_TAGS) {
            Some(name) => ScalarTag::Yaml(name.into()),
            None => ScalarTag::Foreign,
        },
    }
}

fn syntax(error: &ScanError) -> ParseError {
    let cause = match error.kind() {
        ErrorKind::RecursionLimitExceeded => Cause::TooDeep,
        _ => Cause::Syntax(error.info().into()),
    };
    ParseError {
        line: error.marker().line(),
        cause,
    }
}

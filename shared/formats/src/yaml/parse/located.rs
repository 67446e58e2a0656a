//! Documents of which somebody wants to know where in the text a field is.

use super::decode::Decoder;
use super::document::{self, Document, NodeId, NodeKind};
use super::pairs::Keys;
use super::{ParseError, Yaml};

/// The first document of a text, with the places of its nodes.
pub struct Located<'a>(Document<'a>);

/// A place in a text, both numbers from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// A step down from a node of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The value of a key.
    Field(String),
    /// The item of a list, from 0.
    Item(usize),
}

impl<'a> Located<'a> {
    /// Reads the first document of `text`.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        document::first(text).map(Self)
    }

    /// What the document means; a key that occurs twice is an error.
    pub fn value(&self) -> Result<Yaml, ParseError> {
        Decoder::new(&self.0, Keys::Once).root()
    }

    /// Where the last step of `path` leads that the document has: of a field the place of its key. `None` in an empty
    /// document.
    pub fn place(&self, path: &[Step]) -> Option<Place> {
        let mut node = self.0.root?;
        let mut place = self.place_of(node);
        for step in path {
            let Some((key, value)) = self.below(node, step) else {
                break;
            };
            place = self.place_of(key);
            node = value;
        }
        Some(place)
    }

    fn place_of(&self, id: NodeId) -> Place {
        let node = self.0.node(id);
        Place {
            line: node.line,
            column: node.column,
        }
    }

    /// The node with the place of a step, and the node where it leads.
    fn below(&self, id: NodeId, step: &Step) -> Option<(NodeId, NodeId)> {
        match (&self.0.node(id).kind, step) {
            (NodeKind::Alias(target), _) => self.below(*target, step),
            (NodeKind::Sequence(items), Step::Item(index)) => items.get(*index).map(|item| (*item, *item)),
            (NodeKind::Mapping(children), Step::Field(name)) => {
                let is_named = |pair: &&[NodeId]| matches!(&self.0.node(pair[0]).kind, NodeKind::Scalar { text, .. } if **text == **name);
                let pair = children.chunks_exact(2).find(is_named)?;
                Some((pair[0], pair[1]))
            }
            _ => None,
        }
    }
}

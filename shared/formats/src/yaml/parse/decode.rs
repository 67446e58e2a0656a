//! What the nodes of a document mean: values, with aliases put in place and mappings merged.

use std::borrow::Cow;

use super::document::{Document, Node, NodeId, NodeKind, ScalarTag};
use super::pairs::{Keys, Pairs};
use super::{Cause, MAX_DEPTH, ParseError};
use crate::yaml::resolve::{self, Meaning};
use crate::yaml::{Yaml, to_string};

/// Walks the nodes of a document.
pub(super) struct Decoder<'a> {
    document: &'a Document<'a>,
    keys: Keys,
    /// What a scalar is.
    scalar: fn(&str, &ScalarTag) -> Result<Yaml, Cause>,
    /// Nodes decoded so far, those reached by aliases each time again.
    decoded: u32,
    /// Those of them that are reached by an alias.
    through_aliases: u32,
    /// Aliases that are being decoded.
    aliases: Vec<NodeId>,
    depth: usize,
}

impl<'a> Decoder<'a> {
    /// Reads `document`, with `keys` for what to do with keys.
    pub(super) fn new(document: &'a Document<'a>, keys: Keys) -> Self {
        Self {
            document,
            keys,
            scalar,
            decoded: 0,
            through_aliases: 0,
            aliases: Vec::new(),
            depth: 0,
        }
    }

    /// The same, with each scalar but a null as the text that was written.
    pub(super) fn literal(self) -> Self {
        Self {
            scalar: literal,
            ..self
        }
    }

    /// The same, with the words of each scalar that would be written in other ones.
    pub(super) fn in_words(self) -> Self {
        Self {
            scalar: in_words,
            ..self
        }
    }

    /// The whole document.
    pub(super) fn root(mut self) -> Result<Yaml, ParseError> {
        self.document.root.map_or(Ok(Yaml::Null), |root| self.value(root))
    }

    /// The document as a list of mappings.
    pub(super) fn mappings(mut self) -> Result<Vec<Yaml>, ParseError> {
        let Some(root) = self.document.root else {
            return Ok(Vec::new());
        };
        let items = match self.value(root)? {
            Yaml::Null => return Ok(Vec::new()),
            Yaml::Seq(items) => items,
            _ => return Err(self.error(root, Cause::NotMappings)),
        };
        items
            .into_iter()
            .map(|item| match item {
                Yaml::Null => Ok(Yaml::Map(Vec::new())),
                Yaml::Map(_) => Ok(item),
                _ => Err(self.error(root, Cause::NotMappings)),
            })
            .collect()
    }

    fn error(&self, id: NodeId, cause: Cause) -> ParseError {
        ParseError {
            line: self.document.node(id).line,
            cause,
        }
    }

    fn value(&mut self, id: NodeId) -> Result<Yaml, ParseError> {
        self.count(id)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(id, Cause::TooDeep));
        }
        let document = self.document;
        let value = match &document.node(id).kind {
            NodeKind::Scalar { text, tag } => (self.scalar)(text, tag).map_err(|cause| self.error(id, cause)),
            NodeKind::Sequence(items) => self.sequence(items),
            NodeKind::Mapping(children) => self.block(children),
            NodeKind::Alias(target) => self.aliased(id, *target, Self::value),
        };
        self.depth -= 1;
        value
    }

    // A loop, because a level of nesting must not cost more stack than it has to.
    fn sequence(&mut self, items: &[NodeId]) -> Result<Yaml, ParseError> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(self.value(*item)?);
        }
        Ok(Yaml::Seq(values))
    }

    fn block(&mut self, children: &[NodeId]) -> Result<Yaml, ParseError> {
        let mut pairs = Pairs::new(self.keys);
        self.mapping(children, &mut pairs)?;
        Ok(Yaml::Map(pairs.list))
    }

    /// Decodes what an alias stands for.
    fn aliased<T>(
        &mut self,
        id: NodeId,
        target: NodeId,
        decode: impl FnOnce(&mut Self, NodeId) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        if self.aliases.contains(&id) {
            return Err(self.error(id, Cause::Cycle));
        }
        self.aliases.push(id);
        let value = decode(self, target)?;
        self.aliases.pop();
        Ok(value)
    }

    /// Counts a node, within go-yaml's bound of what aliases may contribute: 99 % of 400,000 nodes, 10 % of 4,000,000.
    fn count(&mut self, id: NodeId) -> Result<(), ParseError> {
        const FEW: f64 = 400_000.0;
        const MANY: f64 = 4_000_000.0;
        self.decoded += 1;
        if self.aliases.is_empty() {
            return Ok(());
        }
        self.through_aliases += 1;
        let (decoded, through_aliases) = (f64::from(self.decoded), f64::from(self.through_aliases));
        let allowed = 0.99 - 0.89 * ((decoded - FEW) / (MANY - FEW)).clamp(0.0, 1.0);
        if self.through_aliases > 100 && self.decoded > 1000 && through_aliases / decoded > allowed {
            return Err(self.error(id, Cause::TooManyAliases));
        }
        Ok(())
    }

    fn mapping(&mut self, children: &[NodeId], pairs: &mut Pairs) -> Result<(), ParseError> {
        for pair in children.chunks_exact(2) {
            let (key_id, value_id) = (pair[0], pair[1]);
            if is_merge(self.document.node(key_id)) {
                self.merge(value_id, pairs)?;
                continue;
            }
            let key = self.value(key_id)?;
            let value = self.value(value_id)?;
            pairs.insert(key, value).map_err(|cause| self.error(key_id, cause))?;
        }
        Ok(())
    }

    /// Puts the pairs of the mappings after `<<` into a mapping. Of a list of mappings the first has precedence.
    fn merge(&mut self, id: NodeId, pairs: &mut Pairs) -> Result<(), ParseError> {
        let document = self.document;
        match &document.node(id).kind {
            NodeKind::Sequence(items) => items.iter().rev().try_for_each(|item| self.merge_mapping(*item, pairs)),
            _ => self.merge_mapping(id, pairs),
        }
    }

    fn merge_mapping(&mut self, id: NodeId, pairs: &mut Pairs) -> Result<(), ParseError> {
        let document = self.document;
        match &document.node(id).kind {
            NodeKind::Mapping(_) => self.merge_pairs(id, pairs),
            NodeKind::Alias(target) if matches!(document.node(*target).kind, NodeKind::Mapping(_)) => {
                self.count(id)?;
                self.aliased(id, *target, |decoder, target| decoder.merge_pairs(target, pairs))
            }
            _ => Err(self.error(id, Cause::Merge)),
        }
    }

    fn merge_pairs(&mut self, id: NodeId, pairs: &mut Pairs) -> Result<(), ParseError> {
        self.count(id)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(id, Cause::TooDeep));
        }
        let document = self.document;
        if let NodeKind::Mapping(children) = &document.node(id).kind {
            if self.keys == Keys::All {
                // Dropped, but what is wrong in it is wrong all the same.
                self.mapping(children, &mut Pairs::new(self.keys))?;
            } else {
                self.mapping(children, pairs)?;
            }
        }
        self.depth -= 1;
        Ok(())
    }
}

fn is_merge(node: &Node<'_>) -> bool {
    match &node.kind {
        NodeKind::Scalar {
            text,
            tag: ScalarTag::Plain,
        } => text == "<<",
        NodeKind::Scalar {
            text,
            tag: ScalarTag::Yaml(tag),
        } => text == "<<" && &**tag == "merge",
        _ => false,
    }
}

fn scalar(text: &str, tag: &ScalarTag) -> Result<Yaml, Cause> {
    let as_text = || Yaml::Str(Cow::Owned(text.to_owned()));
    let plain = |meaning| match meaning {
        Meaning::Null => Yaml::Null,
        Meaning::Bool(value) => Yaml::Bool(value),
        Meaning::Int(value) => Yaml::Int(value),
        Meaning::UInt(value) => Yaml::UInt(value),
        Meaning::Float(value) => Yaml::Float(value),
        Meaning::Timestamp | Meaning::Text => as_text(),
    };
    let name = match tag {
        ScalarTag::Plain => return Ok(plain(resolve::meaning(text))),
        ScalarTag::Quoted | ScalarTag::Foreign => return Ok(as_text()),
        ScalarTag::Yaml(name) => &**name,
    };
    let meaning = match name {
        "int" | "float" | "bool" | "null" => resolve::meaning_without_dates(text),
        "timestamp" => resolve::meaning(text),
        "binary" => {
            let bytes = base64(text).ok_or(Cause::Base64)?;
            return Ok(Yaml::from_utf8_or_bytes(bytes));
        }
        _ => return Ok(as_text()),
    };
    match (name, meaning) {
        #[expect(clippy::cast_precision_loss, reason = "what the tag asks for")]
        ("float", Meaning::Int(value)) => Ok(Yaml::Float(value as f64)),
        ("int", Meaning::Int(_) | Meaning::UInt(_))
        | ("float", Meaning::Float(_))
        | ("bool", Meaning::Bool(_))
        | ("null", Meaning::Null)
        | ("timestamp", Meaning::Timestamp) => Ok(plain(meaning)),
        _ => Err(Cause::Tag {
            text: text.into(),
            tag: format!("!!{name}").into(),
        }),
    }
}

/// A null, or the text that was written; of `!!binary` what it stands for.
fn literal(text: &str, tag: &ScalarTag) -> Result<Yaml, Cause> {
    match (scalar(text, tag)?, tag) {
        (Yaml::Null, _) => Ok(Yaml::Null),
        (value, ScalarTag::Yaml(name)) if &**name == "binary" => Ok(value),
        _ => Ok(Yaml::Str(Cow::Owned(text.to_owned()))),
    }
}

/// The value, or where it would be written in other words, these words.
fn in_words(text: &str, tag: &ScalarTag) -> Result<Yaml, Cause> {
    let value = scalar(text, tag)?;
    let resolved = matches!(value, Yaml::Bool(_) | Yaml::Int(_) | Yaml::UInt(_) | Yaml::Float(_));
    if *tag == ScalarTag::Plain && resolved && to_string(&value).trim_end() != text {
        return Ok(Yaml::Plain(text.into()));
    }
    Ok(value)
}

/// Decodes base64 with padding; line breaks in it do not count.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let padding = digits.iter().rev().take_while(|byte| **byte == b'=').count();
    if !digits.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    for group in digits[..digits.len() - padding].chunks(4) {
        let bits = group
            .iter()
            .try_fold(0_u32, |bits, digit| Some(bits << 6 | sextet(*digit)?))?;
        let bits = bits << (6 * (4 - group.len()));
        let [_, group_bytes @ ..] = bits.to_be_bytes();
        bytes.extend_from_slice(&group_bytes[..group.len() - 1]);
    }
    Some(bytes)
}

fn sextet(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

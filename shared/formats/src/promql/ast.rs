//! The tree of an expression. Its nodes are in one list, operands before what they are operands of, the root last: it is
//! small, and neither dropping nor walking it needs a stack.

use std::fmt;

use super::duration::{DurationId, DurationNode};
use super::function::Function;
use super::name::Names;
use super::operator::{Aggregator, BinaryOperator};
pub use super::value::{Number, ValueType};
pub use crate::matcher::Operator as MatchOperator;
use crate::quote;

/// An expression; displayed in its normal form.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub(super) nodes: Box<[Node]>,
    pub(super) durations: Box<[DurationNode]>,
    pub(super) value_type: ValueType,
    /// Which names are printed without quotes.
    pub(super) names: Names,
}

/// Position of a node in its expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeId(pub(super) u32);

impl Expr {
    /// Type of what it gives.
    pub const fn value_type(&self) -> ValueType {
        self.value_type
    }

    /// The node that is the whole expression.
    pub fn root(&self) -> Option<&Node> {
        self.nodes.last()
    }

    /// An operand.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// Part of a calculated duration.
    pub fn duration(&self, id: DurationId) -> Option<&DurationNode> {
        self.durations.get(id.0 as usize)
    }

    /// All nodes, operands before what they are operands of.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// All selectors.
    pub fn selectors(&self) -> impl Iterator<Item = &Selector> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Selector(selector) => Some(&**selector),
            _ => None,
        })
    }
}

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// A number, or a duration in seconds.
    Number(Number),
    /// A string.
    String(Text),
    /// Series, by name and labels.
    Selector(Box<Selector>),
    /// An expression over a range of time.
    Subquery(Box<Subquery>),
    /// A function.
    Call(Call),
    /// An operator over many series.
    Aggregation(Box<Aggregation>),
    /// An operator between two operands.
    Binary(Binary),
    /// A plus in front of something else than a number.
    Plus(NodeId),
    /// A minus in front of something else than a number.
    Minus(NodeId),
    /// Something between parentheses.
    Parentheses(NodeId),
}

/// What a string stands for. Escapes can name any byte, so it need not be UTF-8.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(pub Box<[u8]>);

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        quote::write_quoted(&self.0, formatter)
    }
}

/// What a label must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// Name of the label.
    pub label: Text,
    /// How it is compared.
    pub operator: MatchOperator,
    /// With what.
    pub value: Text,
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Length {
    /// So many nanoseconds.
    Fixed(i64),
    /// Calculated when the expression is evaluated.
    Computed(DurationId),
}

/// When an expression is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Milliseconds since the epoch.
    Time(i64),
    /// At the start of the query.
    Start,
    /// At its end.
    End,
}

/// How samples at the edges of a range count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// `anchored`
    Anchored,
    /// `smoothed`
    Smoothed,
}

/// Series, by name and labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Selector {
    /// Name of the metric in front of the braces.
    pub name: Option<Box<str>>,
    /// Between the braces, in the order of the text.
    pub matchers: Box<[Matcher]>,
    /// With a range it gives a range vector.
    pub range: Option<Length>,
    /// When.
    pub at: Option<At>,
    /// How long before.
    pub offset: Option<Length>,
    /// How the edges of the range count.
    pub window: Option<Window>,
}

/// An expression over a range of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Subquery {
    /// What is evaluated.
    pub operand: NodeId,
    /// For how long.
    pub range: Length,
    /// How often.
    pub resolution: Option<Length>,
    /// When.
    pub at: Option<At>,
    /// How long before.
    pub offset: Option<Length>,
}

/// A function and its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The function.
    pub function: &'static Function,
    /// The arguments.
    pub arguments: Box<[NodeId]>,
}

/// An operator over many series.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregation {
    /// The operator.
    pub aggregator: Aggregator,
    /// Whether `labels` are those that are lost.
    pub is_without: bool,
    /// Labels of the groups.
    pub labels: Box<[Box<str>]>,
    /// What `topk` and the like need.
    pub parameter: Option<NodeId>,
    /// The series.
    pub operand: NodeId,
}

/// An operator between two operands.
#[derive(Debug, Clone, PartialEq)]
pub struct Binary {
    /// The operator.
    pub operator: BinaryOperator,
    /// Whether a comparison gives 0 or 1 instead of filtering.
    pub returns_bool: bool,
    /// Left operand.
    pub left: NodeId,
    /// Right operand.
    pub right: NodeId,
    /// How series are matched, if not one to one on all labels.
    pub matching: Option<Box<Matching>>,
}

/// How many series of one side match how many of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cardinality {
    /// One to one, or many to many for sets.
    Plain,
    /// `group_left`
    ManyToOne,
    /// `group_right`
    OneToMany,
}

/// How series of two vectors are matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Matching {
    /// Whether `labels` are the only ones that count, or the only ones that do not.
    pub is_on: bool,
    /// The labels.
    pub labels: Box<[Box<str>]>,
    /// How many match how many.
    pub cardinality: Cardinality,
    /// Labels copied from the side of the one.
    pub include: Box<[Box<str>]>,
    /// Stands in for a missing series on the left.
    pub fill_left: Option<f64>,
    /// Stands in for a missing series on the right.
    pub fill_right: Option<f64>,
}

impl Matching {
    /// One to one on all labels.
    pub(super) fn is_default(&self) -> bool {
        !self.is_on
            && self.labels.is_empty()
            && self.cardinality == Cardinality::Plain
            && self.fill_left.is_none()
            && self.fill_right.is_none()
    }
}

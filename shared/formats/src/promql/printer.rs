//! Prints an expression in its normal form, as Prometheus does: one line, single blanks, matchers sorted by their text.
//!
//! What is still to be printed is on a stack of its own, so that no expression is too deep.

use std::cmp::Ordering;
use std::fmt::{self, Formatter, Write as _};

use super::ast::{
    Aggregation, At, Binary, Cardinality, Expr, Length, Matcher, Matching, Node, NodeId, Number, Selector, Subquery,
    Text, Window,
};
use super::duration::{DurationId, DurationNode};
use super::name::Names;
use super::number;
use crate::duration::PrometheusDuration;
use crate::float;
use crate::quote;

/// Something that is still to be printed.
enum Piece<'a> {
    Node(NodeId),
    Duration(DurationId),
    Text(&'static str),
    /// Operator and matching.
    Operator(&'a Binary),
    /// What follows a subquery, from its range on.
    After(&'a Subquery),
}

impl fmt::Display for Expr {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let printer = Printer { expression: self };
        self.root().map_or(Ok(()), |root| printer.node(root, formatter))
    }
}

struct Printer<'a> {
    expression: &'a Expr,
}

impl<'a> Printer<'a> {
    fn node(&self, root: &'a Node, out: &mut Formatter<'_>) -> fmt::Result {
        let mut pieces = Vec::new();
        self.start(root, &mut pieces, out)?;
        while let Some(piece) = pieces.pop() {
            match piece {
                Piece::Text(text) => out.write_str(text)?,
                Piece::Operator(binary) => write_operator(binary, self.expression.names, out)?,
                Piece::After(subquery) => self.after(subquery, out)?,
                Piece::Duration(id) => self.duration(id, out)?,
                Piece::Node(id) => {
                    if let Some(node) = self.expression.node(id) {
                        self.start(node, &mut pieces, out)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Prints what precedes the operands of `node` and puts the rest on the stack, last things first.
    fn start(&self, node: &'a Node, pieces: &mut Vec<Piece<'a>>, out: &mut Formatter<'_>) -> fmt::Result {
        match node {
            Node::Number(number) => write_number(*number, out),
            Node::String(text) => quote::write_quoted(&text.0, out),
            Node::Selector(selector) => self.selector(selector, out),
            Node::Subquery(subquery) => {
                pieces.extend([Piece::After(subquery), Piece::Node(subquery.operand)]);
                Ok(())
            }
            Node::Call(call) => {
                pieces.push(Piece::Text(")"));
                for (index, argument) in call.arguments.iter().enumerate().rev() {
                    pieces.push(Piece::Node(*argument));
                    pieces.extend((index > 0).then_some(Piece::Text(", ")));
                }
                write!(out, "{}(", call.function.name)
            }
            Node::Aggregation(aggregation) => {
                pieces.extend([Piece::Text(")"), Piece::Node(aggregation.operand)]);
                if let Some(parameter) = aggregation.parameter {
                    pieces.extend([Piece::Text(", "), Piece::Node(parameter)]);
                }
                write_aggregator(aggregation, self.expression.names, out)
            }
            Node::Binary(binary) => {
                pieces.extend([
                    Piece::Node(binary.right),
                    Piece::Operator(binary),
                    Piece::Node(binary.left),
                ]);
                Ok(())
            }
            Node::Plus(operand) => {
                pieces.push(Piece::Node(*operand));
                out.write_char('+')
            }
            Node::Minus(operand) => {
                pieces.push(Piece::Node(*operand));
                out.write_char('-')
            }
            Node::Parentheses(operand) => {
                pieces.extend([Piece::Text(")"), Piece::Node(*operand)]);
                out.write_char('(')
            }
        }
    }

    fn selector(&self, selector: &Selector, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(selector.name.as_deref().unwrap_or_default())?;
        write_matchers(&selector.matchers, self.expression.names, out)?;
        if let Some(range) = selector.range {
            out.write_char('[')?;
            self.length(range, out)?;
            out.write_char(']')?;
            write_window(selector.window, out)?;
            write_at(selector.at, out)?;
        } else {
            write_at(selector.at, out)?;
            write_window(selector.window, out)?;
        }
        self.offset(selector.offset, out)
    }

    fn after(&self, subquery: &Subquery, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_char('[')?;
        self.length(subquery.range, out)?;
        out.write_char(':')?;
        match subquery.resolution {
            None | Some(Length::Fixed(0)) => {}
            Some(resolution) => self.length(resolution, out)?,
        }
        out.write_char(']')?;
        write_at(subquery.at, out)?;
        self.offset(subquery.offset, out)
    }

    fn offset(&self, offset: Option<Length>, out: &mut Formatter<'_>) -> fmt::Result {
        match offset {
            None => Ok(()),
            Some(Length::Fixed(nanoseconds)) if nanoseconds < 0 => {
                let opposite = PrometheusDuration::from_nanoseconds(nanoseconds.wrapping_neg());
                write!(out, " offset -{opposite}")
            }
            Some(length) => {
                out.write_str(" offset ")?;
                self.length(length, out)
            }
        }
    }

    fn length(&self, length: Length, out: &mut Formatter<'_>) -> fmt::Result {
        match length {
            Length::Fixed(nanoseconds) => write!(out, "{}", PrometheusDuration::from_nanoseconds(nanoseconds)),
            Length::Computed(id) => self.duration(id, out),
        }
    }

    fn duration(&self, root: DurationId, out: &mut Formatter<'_>) -> fmt::Result {
        let mut pieces: Vec<Piece<'_>> = vec![Piece::Duration(root)];
        while let Some(piece) = pieces.pop() {
            match piece {
                Piece::Text(text) => out.write_str(text)?,
                Piece::Duration(id) => match self.expression.duration(id).copied() {
                    Some(DurationNode::Number(number)) => write_number(number, out)?,
                    Some(DurationNode::Step) => out.write_str("step()")?,
                    Some(DurationNode::Range) => out.write_str("range()")?,
                    Some(DurationNode::Minus(operand)) => pieces.extend([Piece::Duration(operand), Piece::Text("-")]),
                    Some(DurationNode::Parentheses(operand)) => {
                        pieces.extend([Piece::Text(")"), Piece::Duration(operand), Piece::Text("(")]);
                    }
                    Some(DurationNode::MaxOf(left, right)) => pieces.extend(two_of("max_of(", left, right)),
                    Some(DurationNode::MinOf(left, right)) => pieces.extend(two_of("min_of(", left, right)),
                    Some(DurationNode::Binary(operator, left, right)) => pieces.extend([
                        Piece::Duration(right),
                        Piece::Text(" "),
                        Piece::Text(operator.text()),
                        Piece::Text(" "),
                        Piece::Duration(left),
                    ]),
                    None => {}
                },
                Piece::Node(_) | Piece::Operator(_) | Piece::After(_) => {}
            }
        }
        Ok(())
    }
}

fn two_of(name: &'static str, left: DurationId, right: DurationId) -> [Piece<'static>; 5] {
    [
        Piece::Text(")"),
        Piece::Duration(right),
        Piece::Text(", "),
        Piece::Duration(left),
        Piece::Text(name),
    ]
}

fn write_number(number: Number, out: &mut Formatter<'_>) -> fmt::Result {
    if !number.is_duration {
        return out.write_str(&float::plain(number.value));
    }
    if number.value < 0.0 {
        out.write_char('-')?;
    }
    let nanoseconds = number::truncated(number.value.abs() * 1e9);
    write!(out, "{}", PrometheusDuration::from_nanoseconds(nanoseconds))
}

fn write_matchers(matchers: &[Matcher], names: Names, out: &mut Formatter<'_>) -> fmt::Result {
    if matchers.is_empty() {
        return Ok(());
    }
    let mut texts = Vec::with_capacity(matchers.len());
    for matcher in matchers {
        let mut text = String::new();
        write_label(&matcher.label, names, &mut text)?;
        text.push_str(matcher.operator.text());
        quote::write_quoted(&matcher.value.0, &mut text)?;
        texts.push(text);
    }
    texts.sort_unstable();
    out.write_char('{')?;
    out.write_str(&texts.join(","))?;
    out.write_char('}')
}

/// A name, between quotes if it is not a plain one.
fn write_label(label: &Text, names: Names, out: &mut impl fmt::Write) -> fmt::Result {
    match std::str::from_utf8(&label.0) {
        Ok(plain) if names.allow(plain) => out.write_str(plain),
        _ => quote::write_quoted(&label.0, out),
    }
}

fn write_labels(labels: &[Box<str>], names: Names, out: &mut Formatter<'_>) -> fmt::Result {
    out.write_char('(')?;
    for (index, label) in labels.iter().enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        if names.allow(label) {
            out.write_str(label)?;
        } else {
            quote::write_quoted(label.as_bytes(), out)?;
        }
    }
    out.write_char(')')
}

fn write_at(at: Option<At>, out: &mut Formatter<'_>) -> fmt::Result {
    match at {
        None => Ok(()),
        Some(At::Start) => out.write_str(" @ start()"),
        Some(At::End) => out.write_str(" @ end()"),
        #[expect(clippy::cast_precision_loss, reason = "Prometheus divides in floating point")]
        Some(At::Time(milliseconds)) => write!(out, " @ {:.3}", milliseconds as f64 / 1000.0),
    }
}

fn write_window(window: Option<Window>, out: &mut Formatter<'_>) -> fmt::Result {
    out.write_str(match window {
        None => "",
        Some(Window::Anchored) => " anchored",
        Some(Window::Smoothed) => " smoothed",
    })
}

fn write_aggregator(aggregation: &Aggregation, names: Names, out: &mut Formatter<'_>) -> fmt::Result {
    out.write_str(aggregation.aggregator.text())?;
    if aggregation.is_without || !aggregation.labels.is_empty() {
        out.write_str(if aggregation.is_without { " without " } else { " by " })?;
        write_labels(&aggregation.labels, names, out)?;
        out.write_char(' ')?;
    }
    out.write_char('(')
}

fn write_operator(binary: &Binary, names: Names, out: &mut Formatter<'_>) -> fmt::Result {
    write!(out, " {}", binary.operator.text())?;
    if binary.returns_bool {
        out.write_str(" bool")?;
    }
    if let Some(matching) = &binary.matching {
        write_matching(matching, names, out)?;
    }
    out.write_char(' ')
}

fn write_matching(matching: &Matching, names: Names, out: &mut Formatter<'_>) -> fmt::Result {
    let group = match matching.cardinality {
        Cardinality::Plain => None,
        Cardinality::ManyToOne => Some(" group_left "),
        Cardinality::OneToMany => Some(" group_right "),
    };
    if matching.is_on || !matching.labels.is_empty() || group.is_some() {
        out.write_str(if matching.is_on { " on " } else { " ignoring " })?;
        write_labels(&matching.labels, names, out)?;
    }
    if let Some(group) = group {
        out.write_str(group)?;
        write_labels(&matching.include, names, out)?;
    }
    if let (Some(left), Some(right)) = (matching.fill_left, matching.fill_right)
        && left.partial_cmp(&right).is_some_and(Ordering::is_eq)
    {
        return write!(out, " fill ({})", float::general(left));
    }
    if let Some(left) = matching.fill_left {
        write!(out, " fill_left ({})", float::general(left))?;
    }
    if let Some(right) = matching.fill_right {
        write!(out, " fill_right ({})", float::general(right))?;
    }
    Ok(())
}

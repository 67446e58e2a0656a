//! Binds an expression to one value of a label: every selector gets the matcher, in place of those that it has for the
//! label. Pure; the normal form that is given back is Prometheus' own.

use super::ast::{Expr, MatchOperator, Matcher, Node, Text};
use super::{Error, Options, parse};

/// Label that holds the name of the metric.
const NAME: &[u8] = b"__name__";

impl Expr {
    /// Whether it calls `info` without a selector of its own: that reads series that no matcher of ours is on.
    pub fn reads_any_info(&self) -> bool {
        let is_unbound =
            |node: &Node| matches!(node, Node::Call(call) if call.function.name == "info" && call.arguments.len() < 2);
        self.nodes.iter().any(is_unbound)
    }

    /// Gives every selector the matcher `label="value"`, in place of its own matchers of that label.
    pub fn enforce(&mut self, label: &str, value: &str) {
        for node in &mut self.nodes {
            let Node::Selector(selector) = node else { continue };
            let own = std::mem::take(&mut selector.matchers).into_iter();
            let others = own.filter(|matcher| *matcher.label.0 != *label.as_bytes());
            // A name that is in front of the braces is a matcher too, and says the same.
            let says_it = label.as_bytes() == NAME && selector.name.as_deref() == Some(value);
            let enforced = (!says_it).then(|| Matcher {
                label: Text(label.as_bytes().into()),
                operator: MatchOperator::Equal,
                value: Text(value.as_bytes().into()),
            });
            selector.matchers = others.chain(enforced).collect();
        }
    }
}

/// The expression `text`, bound to `label="value"`, in its normal form.
pub fn enforce(text: &str, options: Options, label: &str, value: &str) -> Result<String, Error> {
    let mut expression = parse(text, options)?;
    expression.enforce(label, value);
    Ok(expression.to_string())
}

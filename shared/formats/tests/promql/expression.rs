//! Texts of expressions, all of them valid. Left out is what Prometheus does not print faithfully: fractions of
//! milliseconds, infinite numbers, numbers between parentheses in the calculation of a duration, and a plus in front of
//! a calculated offset.

use proptest::prelude::*;

/// Most choices that one text is made from. What comes after them is the simplest.
const MOST_CHOICES: usize = 300;
/// How many levels of operands there are at most.
const DEEPEST: u32 = 6;

/// The text of an expression of any type.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<u32>(), 0..MOST_CHOICES).prop_map(|choices| {
        let mut writer = Writer {
            choices: choices.into_iter(),
            text: String::new(),
        };
        match writer.below(8) {
            0 => writer.string(),
            1 => writer.scalar(0),
            2 => writer.matrix(0),
            _ => writer.vector(0),
        }
        writer.text
    })
}

struct Writer {
    choices: std::vec::IntoIter<u32>,
    text: String,
}

impl Writer {
    /// A choice out of `count`; the first one when there are no more choices.
    fn below(&mut self, count: u32) -> u32 {
        self.choices.next().unwrap_or_default() % count
    }

    fn one_of(&mut self, texts: &[&'static str]) -> &'static str {
        let choice = self.choices.next().unwrap_or_default();
        texts[choice as usize % texts.len()]
    }

    /// Writes `text`, with blanks or a comment around it now and then.
    fn write(&mut self, text: &str) {
        let blank = self.one_of(&["", "", " ", "", "\n\t", "", "# a (comment\n"]);
        self.text.push_str(blank);
        self.text.push_str(text);
    }

    /// As `write`, apart from what is before.
    fn word(&mut self, text: &str) {
        self.text.push(' ');
        self.write(text);
    }

    fn choose(&mut self, texts: &[&'static str]) {
        let text = self.one_of(texts);
        self.word(text);
    }

    fn vector(&mut self, depth: u32) {
        match if depth < DEEPEST { self.below(12) } else { 0 } {
            0..3 => {
                self.selector();
                self.modifiers();
            }
            3 => self.between_parentheses(depth, Self::vector),
            4 => {
                self.choose(&["+", "-"]);
                self.vector(depth + 1);
            }
            5..8 => self.vector_operation(depth),
            8 => self.aggregation(depth),
            9 => {
                // So that no operator beside it takes the scalar alone.
                self.write("(");
                self.apart(|writer| writer.scalar_operation(depth, Self::vector, &["", " bool"]));
                self.write(")");
            }
            10 => self.call_of_matrix(depth),
            _ => self.call(depth),
        }
    }

    fn scalar(&mut self, depth: u32) {
        match if depth < DEEPEST { self.below(8) } else { 0 } {
            0..3 => self.number(),
            3 => self.between_parentheses(depth, Self::scalar),
            4 => {
                self.choose(&["+", "-"]);
                self.scalar(depth + 1);
            }
            5 => self.scalar_operation(depth, Self::scalar, &[" bool"]),
            6 => self.choose(&["time()", "pi()", "start()", "step()", "range()", "max_of(1, 2)"]),
            _ => {
                self.word("scalar");
                self.between_parentheses(depth, Self::vector);
            }
        }
    }

    fn matrix(&mut self, depth: u32) {
        if depth < DEEPEST && self.below(3) == 0 {
            self.vector(depth + 1);
            // A range would belong to the last operand only.
            self.text = format!("({})", self.text);
            self.write("[");
            self.positive_duration();
            self.write(":");
            if self.below(2) == 0 {
                self.positive_duration();
            }
            self.write("]");
        } else {
            self.selector();
            self.write("[");
            self.positive_duration();
            self.write("]");
            let window = self.one_of(&["", " anchored", " smoothed"]);
            self.text.push_str(window);
        }
        self.modifiers();
    }

    fn between_parentheses(&mut self, depth: u32, write: fn(&mut Self, u32)) {
        self.write("(");
        self.apart(|writer| write(writer, depth + 1));
        self.write(")");
    }

    /// Writes something into a text of its own first.
    fn apart(&mut self, write: impl FnOnce(&mut Self)) {
        let before = std::mem::take(&mut self.text);
        write(self);
        self.text.insert_str(0, &before);
    }

    fn number(&mut self) {
        if self.below(2) == 0 {
            self.choose(&[
                "5", "0", "1.25", "1e3", "0x1F", "017", "1_000", ".5", "30s", "1h30m", "2w",
            ]);
        } else {
            let number = self.below(1_000_000);
            self.word(&number.to_string());
        }
    }

    fn string(&mut self) {
        let (mut inside, quote) = (String::new(), self.one_of(&["\"", "'", "`"]));
        for _ in 0..self.below(6) {
            let plain = [
                "a", "b c", "é", "日本", "😀", "|", ".*", "%", "\u{301}", "\u{200b}", "{{",
            ];
            let escaped = ["\\n", "\\\\", "\\x41", "\\377", "\\u00e9", "\\U0001F600", "\\a"];
            inside.push_str(if quote == "`" || self.below(2) == 0 {
                self.one_of(&plain)
            } else {
                self.one_of(&escaped)
            });
        }
        self.word(&format!("{quote}{inside}{quote}"));
    }

    fn selector(&mut self) {
        let has_name = self.below(3) != 2;
        if has_name {
            self.choose(&[
                "up", "rule:sum", "sum", "offset", "by", "_x9", "fill", "start", "anchored",
            ]);
        }
        if has_name && self.below(2) == 0 {
            return;
        }
        // In the order of the normal form, in which the tree holds them after it is read back.
        let mut matchers: Vec<String> = (0..self.below(4)).map(|_| self.matcher()).collect();
        if !has_name {
            matchers.push("b!=\"\"".to_owned());
        }
        matchers.sort();
        self.write("{");
        for matcher in matchers {
            self.write(&matcher);
            self.write(",");
        }
        self.write("}");
    }

    fn matcher(&mut self) -> String {
        let label = self.one_of(&["a", "b", "job", "on", "\"x y\"", "\"größe\"", "\"\\xff\""]);
        let operator = self.one_of(&["=", "!=", "=~", "!~"]);
        let value = self.one_of(&["", "x", "a|b", ".+", "[a-z]*", "\\\"é\\n"]);
        format!("{label}{operator}\"{value}\"")
    }

    fn modifiers(&mut self) {
        match self.below(6) {
            0 => self.choose(&["@ 1.5", "@ start()", "@ end()", "@ -100"]),
            1 => self.offset(),
            2 => {
                self.offset();
                self.choose(&["@ 1603774568", "@ end()"]);
            }
            _ => {}
        }
    }

    fn offset(&mut self) {
        self.word("offset");
        match self.below(5) {
            0 => self.choose(&["1h", "-90m", "+5", "1.5", "-1001ms"]),
            1 => self.choose(&["step()", "-range()", "+step()", "-max_of(1m, step())", "min_of(1, 2)"]),
            2 => {
                self.word("-(");
                self.calculation(0);
                self.write(")");
            }
            _ => self.choose(&["5m", "-1y"]),
        }
    }

    fn positive_duration(&mut self) {
        // No comment may occur before the first number, and none but a number before the colon.
        if self.below(2) == 0 {
            let length = self.one_of(&["5m", "1h30m", "90s", "1.5", "4.018", "1001ms", "3600"]);
            self.text.push_str(length);
        } else {
            self.text.push_str("1m + ");
            self.calculation(0);
        }
    }

    /// Never a number alone.
    fn calculation(&mut self, depth: u32) {
        match if depth < 4 { self.below(5) } else { 0 } {
            0 => self.choose(&["step()", "range()", "max_of(1m, 2)", "min_of(step(), 3 ^ 2)"]),
            1 => {
                self.choose(&["-", "+"]);
                self.calculation(depth + 1);
            }
            2 => {
                self.write("(");
                self.calculation(depth + 1);
                self.write(")");
            }
            _ => {
                self.choose(&["step()", "2", "1m", "-3"]);
                self.choose(&["+", "-", "*", "/", "%", "^"]);
                self.calculation(depth + 1);
            }
        }
    }

    fn labels(&mut self) {
        let labels = ["", "a", "a,b", "sum, on,", "\"x y\", `é`", "job, a:b"];
        let labels = self.one_of(&labels);
        self.write(&format!("({labels})"));
    }

    fn vector_operation(&mut self, depth: u32) {
        self.vector(depth + 1);
        let is_set = self.below(3) == 0;
        if is_set {
            self.choose(&["and", "or", "unless"]);
        } else {
            self.choose(&[
                "+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", ">= bool", "> bool", "</", ">/",
            ]);
        }
        if self.below(2) == 0 {
            self.choose(&["on", "ignoring"]);
            self.labels();
            if !is_set && self.below(2) == 0 {
                self.choose(&[
                    "group_left",
                    "group_right(x)",
                    "group_left(x, \"y z\")",
                    "group_right()",
                ]);
            }
        }
        if !is_set && self.below(4) == 0 {
            self.choose(&[
                "fill(0)",
                "fill_left(-1.5)",
                "fill_right(1e6) fill_left(2)",
                "fill_left(1e-7)",
            ]);
        }
        // Behind group_left the parenthesis of an operand would be taken for its labels.
        self.word("up +");
        self.vector(depth + 1);
    }

    fn scalar_operation(&mut self, depth: u32, left: fn(&mut Self, u32), comparison: &[&'static str]) {
        left(self, depth + 1);
        if self.below(3) == 0 {
            self.choose(&["==", "!=", "<", ">=", ">"]);
            self.choose(comparison);
        } else {
            self.choose(&["+", "-", "*", "/", "%", "^", "atan2"]);
        }
        self.scalar(depth + 1);
    }

    fn aggregation(&mut self, depth: u32) {
        let parameter = self.below(3);
        self.choose(match parameter {
            0 => &["sum", "AVG", "count", "min", "stddev", "group"],
            1 => &["topk", "bottomk", "quantile", "limitk", "limit_ratio"],
            _ => &["count_values"],
        });
        let grouping = self.below(3);
        if grouping == 0 {
            self.choose(&["by", "without"]);
            self.labels();
        }
        self.write("(");
        match parameter {
            0 => {}
            1 => self.apart(|writer| writer.scalar(depth + 1)),
            _ => self.string(),
        }
        if parameter > 0 {
            self.write(",");
        }
        self.apart(|writer| writer.vector(depth + 1));
        self.write(")");
        if grouping == 1 {
            self.choose(&["by", "without"]);
            self.labels();
        }
    }

    fn call_of_matrix(&mut self, depth: u32) {
        self.choose(&["rate", "increase", "max_over_time", "absent_over_time", "mad_over_time"]);
        self.between_parentheses(depth, Self::matrix);
    }

    fn call(&mut self, depth: u32) {
        match self.below(4) {
            0 => {
                self.choose(&["abs", "sort_desc", "absent", "histogram_sum", "hour"]);
                self.between_parentheses(depth, Self::vector);
            }
            1 => {
                self.word("histogram_quantile(");
                self.apart(|writer| writer.scalar(depth + 1));
                self.write(",");
                self.apart(|writer| writer.vector(depth + 1));
                self.write(")");
            }
            2 => {
                self.choose(&["label_join(", "sort_by_label("]);
                self.apart(|writer| writer.vector(depth + 1));
                for _ in 0..3 {
                    self.write(",");
                    self.string();
                }
                self.write(")");
            }
            _ => {
                self.word("vector");
                self.between_parentheses(depth, Self::scalar);
            }
        }
    }
}

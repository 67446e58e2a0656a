//! The functions of the language: a table of names, arguments and results. Data only.

use super::edition::Edition;
use super::value::ValueType::{self, Matrix, Scalar, String, Vector};
use Arity::{AnyMore, Fixed, UpTo};

/// A function.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// How it is called.
    pub name: &'static str,
    /// Types of its arguments. Where there may be more, they are of the last type.
    pub arguments: &'static [ValueType],
    /// How many arguments it takes.
    pub arity: Arity,
    /// Type of what it gives.
    pub returns: ValueType,
    /// The first edition that knows it.
    pub since: Edition,
    /// The first edition that knows it without a feature flag; `None`: there is none yet.
    pub stable_since: Option<Edition>,
}

/// How many arguments a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// As many as it has types.
    Fixed,
    /// The last may be left out; no more than so many.
    UpTo(usize),
    /// The last may be left out or repeated.
    AnyMore,
}

impl Function {
    /// The function called `name`. Upper case is not lower case here.
    pub fn named(name: &str) -> Option<&'static Self> {
        let index = FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok()?;
        FUNCTIONS.get(index)
    }

    /// Whether `edition` knows it behind a feature flag only.
    pub fn is_experimental(&self, edition: Edition) -> bool {
        self.stable_since.is_none_or(|stable| edition < stable)
    }

    /// The least number of arguments.
    pub fn least(&self) -> usize {
        match self.arity {
            Fixed => self.arguments.len(),
            UpTo(_) | AnyMore => self.arguments.len().saturating_sub(1),
        }
    }

    /// The greatest number of arguments, if there is one.
    pub fn most(&self) -> Option<usize> {
        match self.arity {
            Fixed => Some(self.arguments.len()),
            UpTo(most) => Some(most),
            AnyMore => None,
        }
    }

    /// Type of the argument at `index`.
    pub fn argument(&self, index: usize) -> Option<ValueType> {
        self.arguments.get(index).or(self.arguments.last()).copied()
    }
}

const fn stable(name: &'static str, arguments: &'static [ValueType], arity: Arity, returns: ValueType) -> Function {
    Function {
        name,
        arguments,
        arity,
        returns,
        since: Edition::V3_13,
        stable_since: Some(Edition::V3_13),
    }
}

const fn trial(name: &'static str, arguments: &'static [ValueType], arity: Arity, returns: ValueType) -> Function {
    Function {
        stable_since: None,
        ..stable(name, arguments, arity, returns)
    }
}

impl Function {
    const fn since(self, since: Edition) -> Self {
        Self { since, ..self }
    }

    const fn stable_since(self, edition: Edition) -> Self {
        Self {
            stable_since: Some(edition),
            ..self
        }
    }
}

/// All functions, sorted by name.
static FUNCTIONS: &[Function] = &[
    stable("abs", &[Vector], Fixed, Vector),
    stable("absent", &[Vector], Fixed, Vector),
    stable("absent_over_time", &[Matrix], Fixed, Vector),
    stable("acos", &[Vector], Fixed, Vector),
    stable("acosh", &[Vector], Fixed, Vector),
    stable("asin", &[Vector], Fixed, Vector),
    stable("asinh", &[Vector], Fixed, Vector),
    stable("atan", &[Vector], Fixed, Vector),
    stable("atanh", &[Vector], Fixed, Vector),
    stable("avg_over_time", &[Matrix], Fixed, Vector),
    stable("ceil", &[Vector], Fixed, Vector),
    stable("changes", &[Matrix], Fixed, Vector),
    stable("clamp", &[Vector, Scalar, Scalar], Fixed, Vector),
    stable("clamp_max", &[Vector, Scalar], Fixed, Vector),
    stable("clamp_min", &[Vector, Scalar], Fixed, Vector),
    stable("cos", &[Vector], Fixed, Vector),
    stable("cosh", &[Vector], Fixed, Vector),
    stable("count_over_time", &[Matrix], Fixed, Vector),
    stable("day_of_month", &[Vector], UpTo(1), Vector),
    stable("day_of_week", &[Vector], UpTo(1), Vector),
    stable("day_of_year", &[Vector], UpTo(1), Vector),
    stable("days_in_month", &[Vector], UpTo(1), Vector),
    stable("deg", &[Vector], Fixed, Vector),
    stable("delta", &[Matrix], Fixed, Vector),
    stable("deriv", &[Matrix], Fixed, Vector),
    trial("double_exponential_smoothing", &[Matrix, Scalar, Scalar], Fixed, Vector),
    trial("end", &[], Fixed, Scalar),
    stable("exp", &[Vector], Fixed, Vector),
    trial("first_over_time", &[Matrix], Fixed, Vector).stable_since(Edition::V3_14),
    stable("floor", &[Vector], Fixed, Vector),
    stable("histogram_avg", &[Vector], Fixed, Vector),
    stable("histogram_count", &[Vector], Fixed, Vector),
    stable("histogram_fraction", &[Scalar, Scalar, Vector], Fixed, Vector),
    stable("histogram_quantile", &[Scalar, Vector], Fixed, Vector),
    trial(
        "histogram_quantiles",
        &[Vector, String, Scalar, Scalar],
        UpTo(12),
        Vector,
    ),
    stable("histogram_stddev", &[Vector], Fixed, Vector),
    stable("histogram_stdvar", &[Vector], Fixed, Vector),
    stable("histogram_sum", &[Vector], Fixed, Vector),
    stable("hour", &[Vector], UpTo(1), Vector),
    stable("idelta", &[Matrix], Fixed, Vector),
    stable("increase", &[Matrix], Fixed, Vector),
    trial("info", &[Vector, Vector], UpTo(2), Vector),
    trial("integral", &[Matrix, Scalar], UpTo(2), Vector).since(Edition::V3_16),
    stable("irate", &[Matrix], Fixed, Vector),
    stable("label_join", &[Vector, String, String, String], AnyMore, Vector),
    stable(
        "label_replace",
        &[Vector, String, String, String, String],
        Fixed,
        Vector,
    ),
    stable("last_over_time", &[Matrix], Fixed, Vector),
    stable("ln", &[Vector], Fixed, Vector),
    stable("log10", &[Vector], Fixed, Vector),
    stable("log2", &[Vector], Fixed, Vector),
    trial("mad_over_time", &[Matrix], Fixed, Vector),
    trial("max_of", &[Scalar, Scalar], Fixed, Scalar),
    stable("max_over_time", &[Matrix], Fixed, Vector),
    trial("min_of", &[Scalar, Scalar], Fixed, Scalar),
    stable("min_over_time", &[Matrix], Fixed, Vector),
    stable("minute", &[Vector], UpTo(1), Vector),
    stable("month", &[Vector], UpTo(1), Vector),
    stable("pi", &[], Fixed, Scalar),
    stable("predict_linear", &[Matrix, Scalar], Fixed, Vector),
    stable("present_over_time", &[Matrix], Fixed, Vector),
    stable("quantile_over_time", &[Scalar, Matrix], Fixed, Vector),
    stable("rad", &[Vector], Fixed, Vector),
    trial("range", &[], Fixed, Scalar),
    stable("rate", &[Matrix], Fixed, Vector),
    stable("resets", &[Matrix], Fixed, Vector),
    stable("round", &[Vector, Scalar], UpTo(2), Vector),
    stable("scalar", &[Vector], Fixed, Scalar),
    stable("sgn", &[Vector], Fixed, Vector),
    stable("sin", &[Vector], Fixed, Vector),
    stable("sinh", &[Vector], Fixed, Vector),
    stable("sort", &[Vector], Fixed, Vector),
    trial("sort_by_label", &[Vector, String], AnyMore, Vector),
    trial("sort_by_label_desc", &[Vector, String], AnyMore, Vector),
    stable("sort_desc", &[Vector], Fixed, Vector),
    stable("sqrt", &[Vector], Fixed, Vector),
    trial("start", &[], Fixed, Scalar),
    trial("start_timestamp", &[Vector], Fixed, Vector).since(Edition::V3_14),
    stable("stddev_over_time", &[Matrix], Fixed, Vector),
    stable("stdvar_over_time", &[Matrix], Fixed, Vector),
    trial("step", &[], Fixed, Scalar),
    stable("sum_over_time", &[Matrix], Fixed, Vector),
    stable("tan", &[Vector], Fixed, Vector),
    stable("tanh", &[Vector], Fixed, Vector),
    stable("time", &[], Fixed, Scalar),
    stable("timestamp", &[Vector], Fixed, Vector),
    trial("ts_of_first_over_time", &[Matrix], Fixed, Vector),
    trial("ts_of_last_over_time", &[Matrix], Fixed, Vector),
    trial("ts_of_max_over_time", &[Matrix], Fixed, Vector),
    trial("ts_of_min_over_time", &[Matrix], Fixed, Vector),
    stable("vector", &[Scalar], Fixed, Vector),
    stable("year", &[Vector], UpTo(1), Vector),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_sorted_by_name() {
        assert!(FUNCTIONS.is_sorted_by_key(|function| function.name));
    }

    #[test]
    fn the_last_argument_may_be_optional_or_repeated() {
        let bounds = |name| Function::named(name).map(|function| (function.least(), function.most()));
        assert_eq!(bounds("rate"), Some((1, Some(1))));
        assert_eq!(bounds("hour"), Some((0, Some(1))));
        assert_eq!(bounds("label_join"), Some((3, None)));
        assert_eq!(bounds("Rate"), None);
    }
}

//! The variables that can be seen, and what else belongs to one template of a text: its name, the loops around.

use std::collections::BTreeMap;

/// A template whose text is being read.
#[derive(Default)]
pub(super) struct Scope<'a> {
    /// Its name. Bytes, since escapes need not give UTF-8.
    pub(super) name: Vec<u8>,
    /// Whether there was nothing but white space yet.
    pub(super) is_blank: bool,
    /// How many loops are around, that `break` could leave.
    pub(super) loops: usize,
    declared: Vec<&'a str>,
    /// How often each name is declared: a lookup must not take longer the more variables there are.
    counts: BTreeMap<&'a str, usize>,
}

impl<'a> Scope<'a> {
    /// A blank template, in which nothing but `$` is declared.
    pub(super) fn new(name: Vec<u8>) -> Self {
        let mut scope = Self {
            name,
            is_blank: true,
            ..Self::default()
        };
        scope.declare("$");
        scope
    }

    /// How many variables are declared.
    pub(super) const fn variables(&self) -> usize {
        self.declared.len()
    }

    pub(super) fn declare(&mut self, variable: &'a str) {
        self.declared.push(variable);
        *self.counts.entry(variable).or_default() += 1;
    }

    pub(super) fn declares(&self, variable: &str) -> bool {
        self.counts.contains_key(variable)
    }

    /// Forgets all but the first `variables` variables.
    pub(super) fn forget(&mut self, variables: usize) {
        for variable in self.declared.drain(variables.min(self.declared.len())..) {
            if let Some(count) = self.counts.get_mut(variable) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(variable);
                }
            }
        }
    }
}

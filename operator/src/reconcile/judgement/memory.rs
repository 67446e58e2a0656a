//! What is remembered of the judgement of one workload: which files were accepted, and which objects are refused as they are.
//! Plain values.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::readers::{JudgedFile, Question};
use crate::assets::Assets;
use crate::object::{ConfigKind, LeftOut, ObjectKey};
use crate::reconcile::bindings::SelectedObject;

/// Kind and key of an object.
pub(super) type Object = (ConfigKind, ObjectKey);
/// Hash of a file and of what is asked of it.
pub(super) type Digest = [u8; 32];

/// What was found out.
#[derive(Debug, Default)]
pub(super) struct Memory {
    generation: i64,
    assets: Assets,
    /// The files that the last rendering consisted of.
    pub(super) accepted: BTreeSet<Digest>,
    refused: BTreeMap<Object, Refused>,
}

#[derive(Debug)]
struct Refused {
    uid: Option<String>,
    generation: i64,
    message: String,
}

impl Memory {
    /// Forgets what need not hold any more: everything when the workload has changed or a Secret that somebody refers to, else
    /// what concerns objects that have.
    pub(super) fn renew(&mut self, generation: i64, assets: &Assets, selected: &[SelectedObject]) {
        if self.generation != generation || !assets.changed_since(&self.assets).is_empty() {
            self.refused.clear();
        }
        (self.generation, self.assets) = (generation, assets.clone());
        if self.refused.is_empty() {
            return;
        }
        let mut last = std::mem::take(&mut self.refused);
        for now in selected {
            let key = (now.kind, now.object.clone());
            if let Some(refused) = last.remove(&key)
                && (&refused.uid, refused.generation) == (&now.uid, now.generation)
            {
                self.refused.insert(key, refused);
            }
        }
    }

    /// Notes that one of `selected` is refused as it is.
    pub(super) fn refuse(&mut self, selected: &SelectedObject, message: String) {
        let refused = Refused {
            uid: selected.uid.clone(),
            generation: selected.generation,
            message,
        };
        self.refused.insert((selected.kind, selected.object.clone()), refused);
    }

    /// Who is refused, and why.
    pub(super) fn left_out(&self) -> LeftOut {
        let entry = |(object, refused): (&Object, &Refused)| (object.clone(), refused.message.clone());
        self.refused.iter().map(entry).collect()
    }
}

/// The digest of a file and of what `question` asks of it.
pub(super) fn digest(question: &Question, file: &JudgedFile) -> Digest {
    let mut hash = Sha256::new();
    for argument in &question.arguments {
        hash.update(argument.as_bytes());
        hash.update([0]);
    }
    hash.update(&file.content);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Secret;
    use serde_json::json;

    use super::*;

    fn selected(name: &str, uid: &str, generation: i64) -> SelectedObject {
        SelectedObject {
            kind: ConfigKind::Probe,
            object: ObjectKey::new("shop", name),
            uid: Some(uid.to_owned()),
            generation,
        }
    }

    #[test]
    fn a_refusal_holds_until_something_changes() {
        let mut memory = Memory::default();
        let one = selected("a", "u-1", 1);
        memory.renew(1, &Assets::default(), std::slice::from_ref(&one));
        let refuse = |memory: &mut Memory| {
            memory.refuse(&one, "bad".to_owned());
            assert_eq!(memory.left_out().into_values().collect::<Vec<_>>(), ["bad"]);
        };
        refuse(&mut memory);
        memory.renew(1, &Assets::default(), &[selected("b", "u-2", 1), one.clone()]);
        assert_eq!(memory.left_out().len(), 1);
        for other in [
            selected("a", "u-1", 2),
            selected("a", "u-9", 1),
            selected("b", "u-1", 1),
        ] {
            memory.renew(1, &Assets::default(), &[other]);
            assert!(memory.left_out().is_empty());
            refuse(&mut memory);
        }
        memory.renew(2, &Assets::default(), std::slice::from_ref(&one));
        assert!(memory.left_out().is_empty());
        refuse(&mut memory);
        let mut assets = Assets::default();
        let secret = json!({ "metadata": { "name": "login", "namespace": "shop" }, "stringData": { "a": "b" } });
        assets.insert_secret(serde_json::from_value::<Secret>(secret).expect("a Secret"));
        memory.renew(2, &assets, &[one]);
        assert!(memory.left_out().is_empty());
    }
}

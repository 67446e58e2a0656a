//! Any order of edits, events, runs and failing writes ends in a status that tells the truth about the object as it is.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

/// What can happen.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// The user writes a specification that can be reconciled, or cannot.
    Edit(bool),
    /// The user deletes the object and makes another one of its name.
    Recreate(bool),
    /// Somebody else overwrites the status.
    Meddle,
    /// The watch brings the next event.
    Deliver,
    /// Pods change, or the clock does: the status alone is looked at.
    Pods(i32),
    /// The next run, if one is asked for; the fate of its write.
    Run(Fate),
    /// The operator starts again, with a list of the objects as they are.
    Restart,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Answered,
    /// Written, but the answer is lost.
    Unanswered,
    Refused,
}

#[derive(Debug, Clone, PartialEq)]
struct Object {
    uid: String,
    resource_version: u64,
    generation: i64,
    is_good: bool,
    status: Value,
}

/// One object, its watch and its controller.
struct World {
    now: u32,
    version: u64,
    server: Object,
    /// On the way from the server to the store.
    events: VecDeque<Object>,
    store: Object,
    asked: Option<bool>,
    ready: i32,
    histories: Histories,
    /// When each condition of the server's status came to what it is, by type.
    transitions: BTreeMap<String, (Value, String)>,
    writes: usize,
}

fn reconciled(is_good: bool) -> Condition {
    let (status, message) = if is_good {
        (ConditionStatus::True, String::new())
    } else {
        (ConditionStatus::False, "spec.version is wrong".to_owned())
    };
    Condition {
        kind: ConditionType::Reconciled,
        status,
        reason: String::new(),
        message,
    }
}

fn available(ready: i32) -> Condition {
    let status = if ready > 0 {
        ConditionStatus::True
    } else {
        ConditionStatus::False
    };
    Condition {
        kind: ConditionType::Available,
        status,
        reason: String::new(),
        message: String::new(),
    }
}

impl World {
    fn new() -> Self {
        let object = Object {
            uid: "u-1".to_owned(),
            resource_version: 1,
            generation: 1,
            is_good: true,
            status: Value::Null,
        };
        Self {
            now: 0,
            version: 1,
            server: object.clone(),
            events: VecDeque::new(),
            store: object,
            asked: Some(true),
            ready: 0,
            histories: Histories::default(),
            transitions: BTreeMap::new(),
            writes: 0,
        }
    }

    fn changed(&mut self) {
        self.version += 1;
        self.server.resource_version = self.version;
        self.events.push_back(self.server.clone());
    }

    fn ask(&mut self, everything: bool) {
        self.asked = Some(self.asked.unwrap_or(false) || everything);
    }

    fn deliver(&mut self) {
        let Some(object) = self.events.pop_front() else { return };
        if (&object.uid, object.generation) != (&self.store.uid, self.store.generation) {
            self.ask(true);
        }
        if object.uid != self.store.uid {
            self.histories.forget(&key());
        }
        self.store = object;
    }

    fn step(&mut self, step: Step) {
        self.now += 1;
        match step {
            Step::Edit(is_good) => {
                self.server.generation += 1;
                self.server.is_good = is_good;
                self.changed();
            }
            Step::Recreate(is_good) => {
                self.server = Object {
                    uid: format!("u-{}", self.version + 1),
                    generation: 1,
                    is_good,
                    status: Value::Null,
                    ..self.server.clone()
                };
                self.transitions.clear();
                self.changed();
            }
            Step::Meddle => {
                self.server.status = json!({"paused": true});
                self.transitions.clear();
                self.changed();
            }
            Step::Deliver => self.deliver(),
            Step::Pods(ready) => {
                self.ready = ready;
                self.ask(false);
            }
            Step::Run(fate) => self.run(fate),
            Step::Restart => {
                self.events.clear();
                self.store = self.server.clone();
                self.histories = Histories::default();
                self.asked = Some(true);
            }
        }
    }

    /// As the controller does it.
    fn run(&mut self, fate: Fate) {
        let Some(everything) = self.asked.take() else { return };
        let object = self.store.clone();
        let version = object.resource_version.to_string();
        let seen = Seen {
            uid: &object.uid,
            resource_version: &version,
            generation: object.generation,
            status: &object.status,
        };
        let mut history = self.histories.of(&key(), &seen);
        let attempt = if everything {
            Attempt::Ended(reconciled(object.is_good))
        } else {
            Attempt::None
        };
        history.attempted(attempt, object.generation);
        let conditions = history.conditions(&available(self.ready), object.generation, &self.now.to_string());
        let status = json!({"replicas": self.ready, "conditions": conditions});
        if history.is_due(&status, &seen) {
            history.sending(status.clone());
            if fate == Fate::Refused || object.uid != self.server.uid {
                self.ask(false);
            } else {
                self.write(status.clone());
                if fate == Fate::Answered {
                    history.written(self.server.resource_version.to_string(), status);
                } else {
                    self.ask(false);
                }
            }
        }
        self.histories.keep(key(), history);
    }

    /// The API server takes a status; one that changes nothing makes no version.
    fn write(&mut self, status: Value) {
        self.writes += 1;
        if self.server.status == status {
            return;
        }
        for condition in status["conditions"].as_array().expect("conditions") {
            let kind = condition["type"].as_str().expect("a type").to_owned();
            let now = condition["status"].clone();
            let time = self.now.to_string();
            let entry = self.transitions.entry(kind).or_insert((now.clone(), time.clone()));
            if entry.0 != now {
                *entry = (now, time);
            }
        }
        self.server.status = status;
        self.changed();
    }

    /// Everything arrives, and what was asked for runs.
    fn settle(&mut self) {
        while !self.events.is_empty() || self.asked.is_some() {
            self.deliver();
            self.step(Step::Run(Fate::Answered));
        }
    }

    fn condition(&self, kind: &str) -> &Value {
        let all = self.server.status["conditions"].as_array();
        let found = all.into_iter().flatten().find(|condition| condition["type"] == kind);
        found.expect("the condition is there")
    }

    fn assert_truth(&self, steps: &[Step]) {
        let told = self.condition("Reconciled");
        let truth = reconciled(self.server.is_good);
        assert_eq!(told["status"], truth.status.as_str(), "{steps:?}");
        assert_eq!(told["message"].as_str().unwrap_or_default(), truth.message, "{steps:?}");
        assert_eq!(told["observedGeneration"], self.server.generation, "{steps:?}");
        let told = self.condition("Available");
        assert_eq!(told["status"], available(self.ready).status.as_str(), "{steps:?}");
        assert_eq!(told["observedGeneration"], self.server.generation, "{steps:?}");
        assert_eq!(self.server.status["replicas"], self.ready, "{steps:?}");
    }
}

fn key() -> ObjectKey {
    ObjectKey::new("ns", "main")
}

fn step() -> impl Strategy<Value = Step> {
    let fate = prop_oneof![6 => Just(Fate::Answered), 1 => Just(Fate::Unanswered), 1 => Just(Fate::Refused)];
    prop_oneof![
        3 => any::<bool>().prop_map(Step::Edit),
        1 => any::<bool>().prop_map(Step::Recreate),
        1 => Just(Step::Meddle),
        6 => Just(Step::Deliver),
        3 => (0..3).prop_map(Step::Pods),
        8 => fate.prop_map(Step::Run),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_order_ends_in_the_truth(steps in proptest::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        for step in &steps {
            world.step(*step);
        }
        world.settle();
        // Somebody else's change of the status alone starts no run; the next one undoes it.
        world.step(Step::Pods(world.ready));
        world.settle();
        world.assert_truth(&steps);
        let writes = world.writes;
        world.step(Step::Pods(world.ready));
        world.settle();
        prop_assert_eq!(world.writes, writes, "what is as wanted is not written again: {:?}", steps);
    }

    /// As long as nobody else writes and each write is answered, a time of transition is the time of the change.
    #[test]
    fn times_move_with_the_status_alone(steps in proptest::collection::vec(step(), 1..40)) {
        let is_calm = |step: &&Step| {
            !matches!(step, Step::Meddle | Step::Recreate(_) | Step::Restart | Step::Run(Fate::Unanswered | Fate::Refused))
        };
        let mut world = World::new();
        for step in steps.iter().filter(is_calm) {
            world.step(*step);
        }
        world.settle();
        for (kind, (status, time)) in &world.transitions {
            let told = world.condition(kind);
            prop_assert_eq!(&told["status"], status);
            prop_assert_eq!(told["lastTransitionTime"].as_str(), Some(time.as_str()), "{}: {:?}", kind, steps);
        }
    }
}

/// The order in which the fault was seen: the pods' event comes before the watch has brought the status just written.
#[test]
fn a_run_for_the_status_alone_writes_no_old_result() {
    let mut world = World::new();
    let run = Step::Run(Fate::Answered);
    for step in [run, Step::Deliver, Step::Edit(false), Step::Deliver, run, Step::Deliver] {
        world.step(step);
    }
    assert_eq!(world.condition("Reconciled")["status"], "False");
    for step in [Step::Edit(true), Step::Deliver, run, Step::Pods(1), run] {
        world.step(step);
    }
    assert_eq!(world.condition("Reconciled")["status"], "True");
    assert_eq!(world.condition("Reconciled")["observedGeneration"], 3);
    assert_eq!(world.server.status["replicas"], 1);
}

#[test]
fn a_result_is_about_the_generation_that_was_tried() {
    let mut world = World::new();
    let run = Step::Run(Fate::Answered);
    world.step(run);
    world.step(Step::Edit(false));
    // The status just written, then the edit.
    world.deliver();
    world.deliver();
    // The status alone, before the new generation was tried.
    world.asked = Some(false);
    world.step(run);
    let told = world.condition("Reconciled");
    assert_eq!(
        (&told["status"], &told["observedGeneration"]),
        (&json!("True"), &json!(1))
    );
    assert_eq!(world.condition("Available")["observedGeneration"], 2);
}

#[test]
fn a_paused_object_keeps_its_result_under_its_new_generation() {
    let status = json!({"conditions": [{"type": "Reconciled", "status": "False", "reason": "R", "message": "m",
        "lastTransitionTime": "before", "observedGeneration": 1}]});
    let seen = Seen {
        uid: "u",
        resource_version: "5",
        generation: 2,
        status: &status,
    };
    let mut history = History::new(&seen);
    let reconciled = |history: &History| history.conditions(&available(1), 2, "now")[1].clone();
    assert_eq!(reconciled(&history), status["conditions"][0]);
    history.attempted(Attempt::Paused, 2);
    assert_eq!(reconciled(&history)["observedGeneration"], 2);
    assert_eq!(reconciled(&history)["lastTransitionTime"], "before");
}

#[test]
fn versions_that_are_no_numbers_cost_a_write_at_most() {
    let (old, new) = (json!({"replicas": 0}), json!({"replicas": 1}));
    let seen = |version: &'static str| Seen {
        uid: "u",
        resource_version: version,
        generation: 1,
        status: &old,
    };
    let mut history = History::new(&seen("a"));
    history.sending(new.clone());
    history.written("b".to_owned(), new.clone());
    assert!(history.is_due(&new, &seen("a")));
    let mut history = History::new(&seen("9"));
    history.sending(new.clone());
    assert!(history.is_due(&new, &seen("9")), "nobody has answered");
    history.written("10".to_owned(), new.clone());
    assert!(!history.is_due(&new, &seen("9")), "the watch is late");
    assert!(history.is_due(&new, &seen("11")), "somebody else wrote");
}

#[test]
fn a_message_is_cut_to_what_a_condition_allows() {
    let condition = Condition {
        message: "é".repeat(1_000_000),
        ..reconciled(false)
    };
    let value = condition.value(&Value::Null, 1, "2026-01-01T00:00:00Z");
    assert_eq!(value["message"].as_str().map(str::len), Some(32_768));
}

//! The table of objects that `integration` offers to an API server leaves nothing out: each constraint of our
//! definitions, at each field of that name and in each kind, has a row that keeps it by the least and a row that breaks
//! it by the least. Needs no API server: that the rows are accepted and refused is for `integration` to see.

mod constraint;
mod coverage;
#[path = "../integration/manifests.rs"]
mod manifests;
#[path = "../integration/path.rs"]
mod path;
#[expect(dead_code, reason = "`integration` needs more of a row")]
#[path = "../integration/table.rs"]
mod table;

use coverage::{Side, count, demanded};

#[test]
fn every_constraint_has_a_row_on_both_sides() {
    let tables = table::all();
    let [mut accepted, mut rejected, mut wanted_accepted, mut wanted_rejected] =
        std::array::from_fn(|_| Side::default());
    for definition in manifests::definitions(&manifests::ours()) {
        for version in definition["spec"]["versions"].as_array().expect("versions") {
            let of = &definition["spec"]["names"]["kind"];
            let table = tables
                .iter()
                .find(|table| *of == *table.kind && version["name"] == *table.version);
            let table = table.unwrap_or_else(|| panic!("no objects of {of} {}", version["name"]));
            let schema = &version["schema"]["openAPIV3Schema"];
            let kind = format!("{}.{}", table.kind, table.version);
            demanded(&kind, schema, "", &mut wanted_accepted, &mut wanted_rejected);
            count(&kind, table, schema, &mut accepted, &mut rejected);
        }
    }
    let lacking: Vec<String> = [
        ("accepted", wanted_accepted, accepted),
        ("refused", wanted_rejected, rejected),
    ]
    .iter()
    .flat_map(|(side, wanted, found)| {
        let lacking = wanted.0.difference(&found.0);
        lacking.map(move |constraint| format!("no row is {side} because of {constraint}"))
    })
    .collect();
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

//! Every input in `fuzz/corpus` through its fuzz target.

use std::fs;
use std::path::Path;

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is a crate of its own elsewhere")]
mod fuzz;

#[test]
fn what_a_fuzzer_found_stays_found() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, target) in fuzz::TARGETS {
        let mut inputs = 0;
        for entry in fs::read_dir(corpus.join(name)).expect("a folder per target") {
            let path = entry.expect("an entry").path();
            let input = fs::read(&path).expect("a file");
            println!("{}", path.display()); // shown where it fails
            target(&input);
            inputs += 1;
        }
        assert!(inputs > 0, "{name} has no corpus");
    }
}

//! Differences for people: lines of texts, paths of trees.

use serde_json::Value;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;
/// Lines compared; beyond them only the first change is shown.
const MOST_LINES: usize = 3_000;

/// A unified difference: `-` theirs, `+` ours.
pub(crate) fn lines(ours: &str, theirs: &str) -> String {
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (ours.split('\n').collect(), theirs.split('\n').collect());
    let start = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let most = ours.len().min(theirs.len()) - start;
    let end = ours
        .iter()
        .rev()
        .zip(theirs.iter().rev())
        .take(most)
        .take_while(|(a, b)| a == b)
        .count();
    let (middle, their_middle) = (&ours[start..ours.len() - end], &theirs[start..theirs.len() - end]);
    let cut = |lines: &[&str]| lines.len().min(MOST_LINES);
    let edits = edits(&middle[..cut(middle)], &their_middle[..cut(their_middle)]);

    let mut out = vec![format!("line {}:", start + 1)];
    out.extend(
        ours[start.saturating_sub(CONTEXT)..start]
            .iter()
            .map(|line| format!("  {line}")),
    );
    let changed: Vec<usize> = edits
        .iter()
        .enumerate()
        .filter(|(_, (sign, _))| *sign != ' ')
        .map(|(index, _)| index)
        .collect();
    let mut last = None;
    for (index, (sign, line)) in edits.iter().enumerate() {
        if !changed.iter().any(|change| change.abs_diff(index) <= CONTEXT) {
            continue;
        }
        if last.is_some_and(|last| last + 1 < index) {
            out.push("  ...".to_owned());
        }
        last = Some(index);
        out.push(format!("{sign} {line}"));
    }
    out.extend(
        ours[ours.len() - end..]
            .iter()
            .take(CONTEXT)
            .map(|line| format!("  {line}")),
    );
    out.join("\n")
}

/// The lines of both, those in common once: the longest common subsequence.
fn edits<'a>(ours: &[&'a str], theirs: &[&'a str]) -> Vec<(char, &'a str)> {
    let width = ours.len() + 1;
    let mut common = vec![0_u32; (theirs.len() + 1) * width];
    for (t, their) in theirs.iter().enumerate().rev() {
        for (o, our) in ours.iter().enumerate().rev() {
            common[t * width + o] = if their == our {
                common[(t + 1) * width + o + 1] + 1
            } else {
                common[(t + 1) * width + o].max(common[t * width + o + 1])
            };
        }
    }
    let (mut t, mut o, mut edits) = (0, 0, Vec::new());
    while t < theirs.len() || o < ours.len() {
        if t < theirs.len() && o < ours.len() && theirs[t] == ours[o] {
            edits.push((' ', ours[o]));
            (t, o) = (t + 1, o + 1);
        } else if o == ours.len() || (t < theirs.len() && common[(t + 1) * width + o] >= common[t * width + o + 1]) {
            edits.push(('-', theirs[t]));
            t += 1;
        } else {
            edits.push(('+', ours[o]));
            o += 1;
        }
    }
    edits
}

/// Where two trees differ: `spec.containers[0].args[3]: ours "a", theirs "b"`.
pub(crate) fn paths(ours: &Value, theirs: &Value) -> Vec<String> {
    let mut out = Vec::new();
    walk("", ours, theirs, &mut out);
    out
}

fn walk(path: &str, ours: &Value, theirs: &Value, out: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let at = |key: &str| {
                if path.is_empty() {
                    key.to_owned()
                } else {
                    format!("{path}.{key}")
                }
            };
            for (key, our) in ours {
                match theirs.get(key) {
                    Some(their) => walk(&at(key), our, their, out),
                    None => out.push(format!("{}: ours {}, theirs absent", at(key), short(our))),
                }
            }
            for (key, their) in theirs.iter().filter(|(key, _)| !ours.contains_key(*key)) {
                out.push(format!("{}: ours absent, theirs {}", at(key), short(their)));
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            for index in 0..ours.len().max(theirs.len()) {
                let at = format!("{path}[{index}]");
                match (ours.get(index), theirs.get(index)) {
                    (Some(our), Some(their)) => walk(&at, our, their, out),
                    (Some(our), None) => out.push(format!("{at}: ours {}, theirs absent", short(our))),
                    (None, Some(their)) => out.push(format!("{at}: ours absent, theirs {}", short(their))),
                    (None, None) => {}
                }
            }
        }
        _ if same(ours, theirs) => {}
        _ => {
            let path = if path.is_empty() { "(top)" } else { path };
            out.push(format!("{path}: ours {}, theirs {}", short(ours), short(theirs)));
        }
    }
}

/// Numbers are the same by value: `1` and `1.0`.
fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => ours == theirs || ours.as_f64() == theirs.as_f64(),
        _ => ours == theirs,
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 200 {
        text
    } else {
        text.chars().take(200).chain("...".chars()).collect()
    }
}
